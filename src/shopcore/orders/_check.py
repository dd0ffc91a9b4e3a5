"""Whether a command may be given now: the event it would give, or the refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

from shopcore._checks import fail, instance, integer, one_of
from shopcore.errors import RefundLimitError, TransitionError
from shopcore.models import Money, Order, OrderLine, Result
from shopcore.models._amount import same_currency
from shopcore.orders._amounts import allotments
from shopcore.orders._facts import Facts, facts_of, line_facts
from shopcore.orders._refunds import charged_between, sources
from shopcore.orders._status import word
from shopcore.orders._table import BY_COMMAND, GUARDS, allowed_by, broken_guard

__all__ = ["Refusal", "check_command"]

Pairs: TypeAlias = tuple[tuple[str, int], ...]
MONEY_BACK: Final = frozenset({"refund", "goodwill", "chargeback", "reverse_chargeback"})
_NO_MONEY: Final = frozenset({"money_held", "units_to_settle", "charged_back"})


@dataclass(frozen=True, slots=True)
class Refusal(Result):
    """Why a command may not be given now.

    Attributes
    ----------
    command : str
        The command asked about.
    reason : str
        Code of the guard that does not hold, or ``"too_many_units"``, ``"above_due"``, ``"above_ceiling"``,
        ``"nothing_to_refund"``, ``"keeps_goods"`` (the customer has them: ask for a return, or say so).
    state : str
        The trade's word for where the order stands.
    allowed : tuple of str
        Commands that may be given.
    limit : int, Money or None
        The most that would be allowed: units of `line_id`, or money.
    line_id : str or None
        The line at fault.
    """

    command: str
    reason: str
    state: str
    allowed: tuple[str, ...]
    limit: int | Money | None = None
    line_id: str | None = None

    def explain(self) -> str:
        """Return the refusal as a sentence."""
        why = GUARDS[self.reason].text if self.reason in GUARDS else self.reason.replace("_", " ")
        need = f"it needs that {why}" if self.reason in GUARDS else why
        most = f", at most {self.limit}" if self.limit is not None else ""
        line = f" on line {self.line_id}" if self.line_id else ""
        return f"{self.command} is refused{line}: {need}{most}; allowed now: {', '.join(self.allowed) or 'nothing'}"


def raise_refusal(found: Refusal) -> NoReturn:
    """Raise a refusal as the error it is."""
    if found.command in MONEY_BACK and isinstance(found.limit, Money):
        raise RefundLimitError(
            found.explain(), limit=found.limit, state=found.state, allowed=found.allowed, reason=found.reason
        )
    raise TransitionError(
        found.explain(), limit=found.limit, state=found.state, allowed=found.allowed, reason=found.reason
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A command as it was given."""

    order: Order
    command: str
    units: Mapping[str, int] | None = None
    amount: Money | None = None
    keep_goods: bool = False


def check_command(
    order: Order,
    command: str,
    *,
    units: Mapping[str, int] | None = None,
    amount: Money | None = None,
    keep_goods: bool = False,
) -> Refusal | None:
    """Return why a command may not be given now, or None where it may; nothing changes (操作预检).

    Parameters
    ----------
    order : Order
        The order as it stands.
    command : str
        Name of the command, a row of `transition_table`.
    units, amount, keep_goods
        As the command takes them.

    Raises
    ------
    InputError
        If the command, a line or a currency is unknown to the order: misuse, not a refusal.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import RoundingPolicy
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...               placed_at=datetime(2026, 11, 11, 4, tzinfo=UTC))
    >>> print(check_command(order, "ship").explain())
    ship is refused: it needs that it is paid, or sold on account or delivery, and the money did not all go back;
    allowed now: pay, hold, cancel
    >>> check_command(order, "cancel", units={"1": 2}) is None
    True
    """
    instance("order", order, Order)
    one_of("command", command, tuple(BY_COMMAND))
    found = prepared(Asked(order, command, units, amount, keep_goods))
    return found if isinstance(found, Refusal) else None


def prepared(asked: Asked) -> dict[str, Any] | Refusal:
    """Return the fields of the event that a command gives, or its refusal."""
    facts = facts_of(asked.order)
    broken = broken_guard(asked.command, facts)
    if broken is not None:
        nothing = Money(0, asked.order.currency) if broken in _NO_MONEY else None
        return _refused(asked, facts, broken, limit=nothing)
    if asked.command == "refund":
        return _refund(asked, facts)
    if asked.command in ("pay", "goodwill", "chargeback", "reverse_chargeback"):
        return _money(asked, facts)
    return _units(asked, facts) if asked.command in LIMITS else {}


def _refused(
    asked: Asked, facts: Facts, reason: str, *, limit: int | Money | None = None, line_id: str | None = None
) -> Refusal:
    return Refusal(
        command=asked.command, reason=reason, state=word(facts), allowed=allowed_by(facts), limit=limit, line_id=line_id
    )


def _unshipped(line: OrderLine) -> int:
    return line.quantity - line.cancelled - line.shipped


LIMITS: Final[Mapping[str, Callable[[OrderLine], int]]] = {
    "cancel": _unshipped,
    "ship": lambda line: line.outstanding,
    "confirm_receipt": lambda line: line.shipped - line.received,
    "request_return": lambda line: line_facts(line).keepable,
    "reject_return": lambda line: line.return_requested,
    "receive_return": lambda line: line.return_requested,
    "exchange": lambda line: line_facts(line).open_returned,
}
_WAIVES: Final = frozenset({"cancel", "receive_return"})


def _named(asked: Asked) -> Pairs:
    units = asked.units
    if not isinstance(units, Mapping) or not units:
        fail("units", units, "units by line id", reason="type", hint="leave them out for all that may be")
    known = _by_id(asked.order)
    unknown = [line_id for line_id in units if line_id not in known]
    if unknown:
        asked.order.line(unknown[0])
    return tuple((line_id, integer("units", count, low=1)) for line_id, count in units.items())


def _by_id(order: Order) -> dict[str, OrderLine]:
    return {line.line_id: line for line in order.lines}


def _units(asked: Asked, facts: Facts) -> dict[str, Any] | Refusal:
    order, limit = asked.order, LIMITS[asked.command]
    if asked.units is None:
        # Postage and fees stay owed once a parcel has left; before that they go with the goods.
        kept = asked.command == "cancel" and facts.shipped > 0
        lines = [line for line in order.lines if not kept or line.kind not in ("shipping", "fee", "adjustment")]
        pairs = tuple((line.line_id, limit(line)) for line in lines if limit(line) > 0)
        if not pairs:
            return _refused(asked, facts, BY_COMMAND[asked.command].needs[1])
    else:
        pairs = _named(asked)
        known = _by_id(order)
        for line_id, count in pairs:
            most = limit(known[line_id])
            if count > most:
                return _refused(asked, facts, "too_many_units", limit=most, line_id=line_id)
    waives = pairs if asked.command in _WAIVES and facts.due else ()
    return {"units": pairs, "waives": waives}


def _money(asked: Asked, facts: Facts) -> dict[str, Any] | Refusal:
    amount = _amount(asked)
    if amount is None:
        fail("amount", amount, "a Money", reason="type")
    most = {"pay": facts.due, "reverse_chargeback": facts.charged_back}.get(asked.command, facts.held)
    if amount.minor > most:
        reason = "above_due" if asked.command == "pay" else "above_ceiling"
        return _refused(asked, facts, reason, limit=Money(most, asked.order.currency))
    return {"amount": amount}


def _amount(asked: Asked) -> Money | None:
    if asked.amount is None:
        return None
    amount = instance("amount", asked.amount, Money)
    same_currency(Money(0, asked.order.currency), amount)
    if amount.minor <= 0:
        fail("amount", str(amount), "positive", reason="range")
    return amount


def _refund(asked: Asked, facts: Facts) -> dict[str, Any] | Refusal:
    amount = _amount(asked)
    ceiling = Money(max(0, facts.held), asked.order.currency)
    if asked.units is None and amount is not None:
        if amount.minor > ceiling.minor:
            return _refused(asked, facts, "above_ceiling", limit=ceiling)
        return {"amount": amount}
    pairs = _named(asked) if asked.units is not None else _all_refundable(asked.order, facts)
    if not pairs:
        return _refused(asked, facts, "nothing_to_refund")
    split = _split(asked, pairs)
    if isinstance(split, tuple):
        return _refused(asked, facts, split[0], limit=split[1], line_id=split[2])
    most = _charged(asked.order, pairs)
    minor = most if amount is None else amount.minor
    if minor > min(most, ceiling.minor):
        return _refused(asked, facts, "above_ceiling", limit=Money(min(most, ceiling.minor), asked.order.currency))
    # Units that cost nothing are settled without a posting.
    return {"units": pairs, **split, "amount": Money(minor, asked.order.currency) if minor else None}


def _all_refundable(order: Order, facts: Facts) -> Pairs:
    found = tuple((line.line_id, line_facts(line).open) for line in order.lines if line_facts(line).open)
    if found or facts.shipped:
        return found
    return tuple((line.line_id, _unshipped(line)) for line in order.lines if _unshipped(line))


def _split(asked: Asked, pairs: Pairs) -> dict[str, Pairs] | tuple[str, int, str]:
    cancels: list[tuple[str, int]] = []
    keeps: list[tuple[str, int]] = []
    known = _by_id(asked.order)
    for line_id, count in pairs:
        found = line_facts(known[line_id])
        parts = sources(found, count, keep_goods=asked.keep_goods)
        if parts is None:
            free = found.open + found.unshipped
            enough = count <= free + found.keepable
            reason = "keeps_goods" if enough else "too_many_units"
            return reason, free + (found.keepable if asked.keep_goods else 0), line_id
        if parts[0]:
            cancels.append((line_id, parts[0]))
        if parts[1]:
            keeps.append((line_id, parts[1]))
    return {"cancels": tuple(cancels), "keeps": tuple(keeps)}


def _charged(order: Order, pairs: Pairs) -> int:
    wanted = dict(pairs)
    shares = zip(order.lines, allotments(order.lines, order.rounding), strict=True)
    return sum(
        charged_between(order, line, wanted[line.line_id], allotted)
        for line, allotted in shares
        if line.line_id in wanted
    )
