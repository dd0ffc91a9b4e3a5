"""What happened to an order: facts that alone rebuild it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias

from pydantic import model_validator

from shopcore._checks import fail, instance
from shopcore.errors import InputError
from shopcore.models import Model, Order, OrderLine, Posting, Public
from shopcore.models._fields import Count, Id, Many, PositiveAmount, Quantity, Title
from shopcore.models._instant import Instant
from shopcore.orders._facts import Facts, facts_of

__all__ = ["EventKind", "OrderEvent", "replay"]

EventKind: TypeAlias = Literal[
    "placed", "paid", "held", "approved", "rejected", "cancelled", "shipped", "received", "return_requested",
    "return_rejected", "return_received", "exchanged", "refunded", "goodwill", "charged_back", "chargeback_reversed",
]  # fmt: skip
Units: TypeAlias = Annotated[tuple[tuple[Id, Quantity], ...], Many(10_000, "units")]


class OrderEvent(Model):
    """One thing that happened to an order (订单事件): what a command gives, and what `replay` needs.

    Parameters
    ----------
    order_id : str
        Whose event it is.
    number : int
        1 for the placing, then one more each; the version of the order after it.
    kind : str
        What happened.
    at : datetime
        When; aware.
    units : tuple of (line id, count)
        The units it is about.
    cancels, keeps, waives : tuple of (line id, count)
        Of a refund the units it cancels and those the customer keeps; the units whose payment was waived.
    amount : Money, optional
        The money that moved.
    reference : str, optional
        Number of the payment or the parcel.
    reason : str, optional
        In words, without personal data.
    order : Order, optional
        The order as it was placed; of the first event only.
    """

    order_id: Public[Id]
    number: Public[Count]
    kind: Public[EventKind]
    at: Public[Instant]
    units: Public[Units] = ()
    cancels: Public[Units] = ()
    keeps: Public[Units] = ()
    waives: Public[Units] = ()
    amount: Public[PositiveAmount | None] = None
    reference: Public[Id | None] = None
    reason: Public[Title | None] = None
    order: Public[Order | None] = None

    max_json_bytes: ClassVar[int] = 2 * Order.max_json_bytes

    @model_validator(mode="after")
    def _first_has_the_order(self) -> Self:
        if (self.kind == "placed") != (self.order is not None and self.number == 1):
            raise InputError(
                "order must stand in the first event and only there", argument="order", expected="of the placing",
                reason="order",
            )  # fmt: skip
        _check_parts(self)
        return self


def _check_parts(event: OrderEvent) -> None:
    for name in ("units", "cancels", "keeps", "waives"):
        pairs = getattr(event, name)
        if len({line_id for line_id, _ in pairs}) != len(pairs):
            _fail_part(name, "of lines that differ", "duplicate")
        if pairs and (event.kind not in _CHANGES or event.kind not in _PARTS.get(name, (event.kind,))):
            _fail_part(name, "left out of this kind of event", "unexpected")
    # A refund of units that cost nothing moves no money.
    if event.amount is None and event.kind in _POSTED and not (event.kind == "refunded" and event.units):
        _fail_part("amount", "the money that moved", "missing")
    if event.amount is not None and event.kind not in _POSTED:
        _fail_part("amount", "left out of this kind of event", "unexpected")


def _fail_part(argument: str, expected: str, reason: str) -> None:
    raise InputError(f"{argument} must be {expected}", argument=argument, expected=expected, reason=reason)


Counts: TypeAlias = Mapping[str, int]
Change: TypeAlias = Callable[[OrderLine, int], dict[str, int]]


def _add(name: str) -> Change:
    return lambda line, units: {name: getattr(line, name) + units}


def _came_back(line: OrderLine, units: int) -> dict[str, int]:
    returned = line.returned + units
    return {
        "return_requested": line.return_requested - units,
        "returned": returned,
        # What came back had arrived, whether or not anybody said so.
        "received": max(line.received, min(line.shipped, returned)),
    }


_CHANGES: Final[Mapping[str, Change]] = {
    "cancelled": _add("cancelled"),
    "shipped": _add("shipped"),
    "received": _add("received"),
    "return_requested": _add("return_requested"),
    "return_rejected": lambda line, units: {"return_requested": line.return_requested - units},
    "return_received": _came_back,
    "exchanged": _add("exchanged"),
    "refunded": _add("refunded"),
}
# Kinds of events that may name cancelled, kept or waived units.
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "cancels": ("refunded",),
    "keeps": ("refunded",),
    "waives": ("cancelled", "return_received"),
}
_POSTED: Final = {
    "paid": "payment",
    "refunded": "refund",
    "goodwill": "goodwill",
    "charged_back": "chargeback",
    "chargeback_reversed": "chargeback_reversal",
}
_AUDITS: Final = {"held": "pending", "approved": "passed", "rejected": "rejected"}


def apply(order: Order, event: OrderEvent) -> Order:
    """Return the order after an event; the event was checked by the command that gave it."""
    changes: dict[str, Any] = {"version": event.number}
    if event.units or event.cancels or event.waives:
        changes["lines"] = _changed_lines(order, event)
    if event.amount is not None and event.kind in _POSTED:
        posting = Posting(
            kind=_POSTED[event.kind],  # type: ignore[arg-type]  # a word of the table above
            amount=event.amount,
            at=event.at,
            reference=event.reference,
        )
        changes["postings"] = (*order.postings, posting)
    if event.kind in _AUDITS:
        changes["audit"] = _AUDITS[event.kind]
    after = order.evolve(**changes)
    stamps = _stamps(after, facts_of(after), event)
    return after.evolve(**stamps) if stamps else after


def _changed_lines(order: Order, event: OrderEvent) -> tuple[OrderLine, ...]:
    moved = dict(event.units)
    named = [(name, dict(units)) for name, units in _named_units(event) if units]
    known = {line.line_id for line in order.lines}
    for line_id in {*moved, *(line_id for _, units in named for line_id in units)} - known:
        order.line(line_id)
    found = []
    for line in order.lines:
        line_id = line.line_id
        changes = {name: getattr(line, name) + units[line_id] for name, units in named if line_id in units}
        if line_id in moved:
            changes |= _CHANGES[event.kind](line, moved[line_id])
        found.append(line.evolve(**changes) if changes else line)
    return tuple(found)


def _named_units(event: OrderEvent) -> tuple[tuple[str, Units], ...]:
    return ("cancelled", event.cancels), ("kept", event.keeps), ("waived", event.waives)


def _stamps(order: Order, facts: Facts, event: OrderEvent) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if order.paid_at is None and event.kind == "paid" and not facts.due:
        found["paid_at"] = event.at
    complete = facts.shipped > 0 and not facts.outstanding
    if order.shipped_at is None and complete:
        found["shipped_at"] = event.at
    if order.received_at is None and complete and facts.received >= facts.shipped:
        found["received_at"] = event.at
    if order.cancelled_at is None and facts.ordered and not facts.shipped and not facts.outstanding:
        found["cancelled_at"] = event.at
    return found


def replay(events: Iterable[OrderEvent]) -> Order:
    """Return the order that its events lead to (回放): the same, field by field, as the commands gave.

    Parameters
    ----------
    events : iterable of OrderEvent
        All of one order, from the placing on, in the order of their numbers.

    Raises
    ------
    InputError
        If the first is no placing, a number is missing, or an event belongs to another order or does not fit.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import pay, place
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> placed = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                      placed_at=noon))
    >>> paid = pay(placed.order, Money(11700, "CNY"), at=noon)
    >>> replay([*placed.events, *paid.events]) == paid.order
    True
    """
    order: Order | None = None
    for event in events:
        instance("events", event, OrderEvent)
        if order is None:
            if event.order is None:
                fail("events", event.number, "events from the placing on", reason="order")
            order = event.order.evolve(version=1)
            continue
        if event.number != order.version + 1 or event.order_id != order.order_id or event.order is not None:
            fail("events", event.number, f"event {order.version + 1} of the same order", reason="order")
        if event.at < order.placed_at:
            fail("events", event.number, "events at or after the placing", reason="order")
        order = apply(order, event)
    if order is None:
        fail("events", None, "at least the placing", reason="too_few")
    return order
