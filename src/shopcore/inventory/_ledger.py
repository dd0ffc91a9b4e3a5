"""The reservation ledger: immutable stock, pure transitions, and no way to promise a unit twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from shopcore._checks import aware, fail, instance, integer, text
from shopcore.errors import IdempotencyConflictError, OutOfStockError, RefusedError
from shopcore.inventory._ledger_facts import (
    MAX_UNITS,
    Key,
    Lines,
    ShortLine,
    StockDifference,
    StockEvent,
    StockHold,
    StockVerb,
    changes_of,
    summed,
)
from shopcore.models._result import Result

__all__ = ["LedgerStep", "StockLedger", "reconcile"]


@dataclass(frozen=True, slots=True)
class LedgerStep(Result):
    """A transition carried out.

    Attributes
    ----------
    ledger : StockLedger
        The state after it.
    event : StockEvent
        What happened; on a replay what happened the first time.
    replayed : bool
        True where the operation id had been carried out before: nothing changed now.
    """

    ledger: StockLedger = dataclass_field(repr=False)
    event: StockEvent
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class StockLedger:
    """Stock on hand and every reservation of it; each verb returns a new ledger and the event (库存台账).

    What is available is always derived: on hand less the holds that live at the instant passed in. Lines of one
    request are summed before they are checked; a request passes whole or not at all. A verb with an `op_id` that was
    carried out before returns the first event and changes nothing.

    Attributes
    ----------
    on_hand : mapping of (location, sku) to int
    holds : mapping of hold id to StockHold
    operations : mapping of operation id to (facts, event)

    Notes
    -----
    Each verb copies the mappings it changes. Share one ledger between processes through `shopcore.persistence`.

    Examples
    --------
    >>> from shopcore.inventory import StockLedger
    >>> stock = StockLedger.of({"MUG": 5, "LID": 2})
    >>> held = stock.reserve([("MUG", 2), ("MUG", 1)], hold_id="order-7").ledger
    >>> held.available("MUG"), stock.available("MUG")
    (2, 5)
    >>> [(line.sku, line.missing) for line in held.check_reserve([("MUG", 3), ("LID", 3)])]
    [('LID', 1), ('MUG', 1)]
    >>> held.commit("order-7").ledger.units("MUG")
    2
    """

    on_hand: Mapping[Key, int] = dataclass_field(default_factory=dict)
    holds: Mapping[str, StockHold] = dataclass_field(default_factory=dict)
    operations: Mapping[str, tuple[Any, StockEvent]] = dataclass_field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name in ("on_hand", "holds", "operations"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickle needs: read-only views have no pickle of their own."""
        return StockLedger, (dict(self.on_hand), dict(self.holds), dict(self.operations))

    def __hash__(self) -> int:
        """Return a hash that agrees with equality."""
        return hash((frozenset(self.on_hand.items()), frozenset(self.holds.items())))

    @classmethod
    def of(cls, units: Mapping[str, int], *, location: str = "main") -> StockLedger:
        """Return a ledger with this stock on hand at one place."""
        text("location", location, max_length=64)
        counts = {
            (location, text("sku", sku, max_length=64)): integer("on_hand", count, low=0, high=MAX_UNITS)
            for sku, count in units.items()
        }
        return cls(counts)

    def units(self, sku: str, *, location: str = "main") -> int:
        """Return the units on hand."""
        return self.on_hand.get((location, sku), 0)

    def reserved(self, sku: str, *, location: str = "main", at: datetime | None = None) -> int:
        """Return the units held by reservations that live at an instant; by all without one."""
        return self._held(at).get((location, sku), 0)

    def available(self, sku: str, *, location: str = "main", at: datetime | None = None) -> int:
        """Return the units that may be promised: on hand less reserved (可售库存)."""
        return self.units(sku, location=location) - self.reserved(sku, location=location, at=at)

    def check_reserve(
        self, lines: Lines, *, location: str = "main", at: datetime | None = None
    ) -> tuple[ShortLine, ...]:
        """Return every SKU that is short for a request, in order; empty where it would pass."""
        return self._short(summed(lines, location), at)

    def receive(
        self, lines: Lines, *, location: str = "main", op_id: str = "", at: datetime | None = None
    ) -> LedgerStep:
        """Return the ledger with goods put on the shelf (入库)."""
        units = summed(lines, location)
        facts = ("receive", tuple(units.items()))
        return self._once(op_id, facts) or self._moved("receive", units, {}, self.holds, facts, op_id=op_id, at=at)

    def reserve(
        self,
        lines: Lines,
        *,
        hold_id: str,
        location: str = "main",
        expires_at: datetime | None = None,
        op_id: str = "",
        at: datetime | None = None,
    ) -> LedgerStep:
        """Return the ledger with units held for a cart or an order (占用); all lines or none.

        `expires_at` needs `at`. Raises `OutOfStockError` with every short line, `RefusedError` if the hold exists.
        """
        units = summed(lines, location)
        text("hold_id", hold_id, max_length=128)
        facts = ("reserve", hold_id, tuple(units.items()))
        if done := self._once(op_id, facts):
            return done
        if expires_at is not None and aware("expires_at", expires_at) <= aware("at", at):
            fail("expires_at", expires_at, "later than at", reason="order")
        if hold_id in self.holds:
            raise RefusedError(
                "this hold exists already", state="held", allowed=("commit", "release"), reason="hold_exists"
            )
        self._refuse(self._short(units, at))
        holds = {**self.holds, hold_id: StockHold(tuple(units.items()), expires_at)}
        return self._moved("reserve", {}, units, holds, facts, op_id=op_id, at=at, hold_id=hold_id)

    def commit(
        self,
        hold_id: str,
        lines: Lines | None = None,
        *,
        location: str = "main",
        op_id: str = "",
        at: datetime | None = None,
    ) -> LedgerStep:
        """Return the ledger with held units shipped (出库): all of a hold, or some lines of it.

        A hold that can expire needs `at`. Raises `RefusedError` if it is unknown, has expired, or holds less.
        """
        return self._settle("commit", hold_id, lines, location, op_id=op_id, at=at)

    def release(
        self,
        hold_id: str,
        lines: Lines | None = None,
        *,
        location: str = "main",
        op_id: str = "",
        at: datetime | None = None,
    ) -> LedgerStep:
        """Return the ledger with held units given back (释放): all of a hold, or some lines of it."""
        return self._settle("release", hold_id, lines, location, op_id=op_id, at=at)

    def expire(self, at: datetime, *, op_id: str = "") -> LedgerStep:
        """Return the ledger without the holds that ended at or before an instant."""
        aware("at", at)
        facts = ("expire", at)
        if done := self._once(op_id, facts):
            return done
        ended = [hold for hold in self.holds.values() if not hold.live(at)]
        kept = {name: hold for name, hold in self.holds.items() if hold.live(at)}
        freed = _total(ended)
        return self._moved("expire", {}, {key: -n for key, n in freed.items()}, kept, facts, op_id=op_id, at=at)

    def adjust(
        self, lines: Lines, *, reason: str, location: str = "main", op_id: str = "", at: datetime | None = None
    ) -> LedgerStep:
        """Return the ledger after a stocktake: signed differences per SKU (盘盈, 盘亏).

        Units that are reserved cannot be written off: release them first. Raises `OutOfStockError`.
        """
        units = summed(lines, location, signed=True)
        facts = ("adjust", text("reason", reason, max_length=200), tuple(units.items()))
        if done := self._once(op_id, facts):
            return done
        self._refuse(self._short({key: -n for key, n in units.items() if n < 0}, at))
        return self._moved("adjust", units, {}, self.holds, facts, op_id=op_id, at=at, reason=reason)

    def transfer(
        self, lines: Lines, *, source: str, target: str, op_id: str = "", at: datetime | None = None
    ) -> LedgerStep:
        """Return the ledger with unreserved units moved to another place (调拨)."""
        leaving, arriving = summed(list(_pairs(lines)), source), summed(list(_pairs(lines)), target)
        if source == target:
            fail("target", target, "another place than source", reason="same")
        facts = ("transfer", tuple(leaving.items()), target)
        if done := self._once(op_id, facts):
            return done
        self._refuse(self._short(leaving, at))
        moved = {**{key: -n for key, n in leaving.items()}, **arriving}
        return self._moved("transfer", moved, {}, self.holds, facts, op_id=op_id, at=at)

    def _held(self, at: datetime | None) -> dict[Key, int]:
        if at is not None:
            aware("at", at)
        return _total(hold for hold in self.holds.values() if hold.live(at))

    def _short(self, units: Mapping[Key, int], at: datetime | None) -> tuple[ShortLine, ...]:
        held = self._held(at)
        free = {key: self.on_hand.get(key, 0) - held.get(key, 0) for key in units}
        return tuple(ShortLine(key[1], key[0], n, free[key]) for key, n in units.items() if n > free[key])

    def _refuse(self, short: tuple[ShortLine, ...]) -> None:
        if short:
            first = f"{short[0].sku} lacks {short[0].missing}"
            more = f" and {len(short) - 1} more" if len(short) > 1 else ""
            raise OutOfStockError(f"not enough stock: {first}{more}", lines=short, state="short")

    def _once(self, op_id: str, facts: Any) -> LedgerStep | None:
        if not op_id:
            return None
        known = self.operations.get(text("op_id", op_id, max_length=128))
        if known is None:
            return None
        if known[0] != facts:
            raise IdempotencyConflictError("this operation id was used with other facts")
        return LedgerStep(self, known[1], replayed=True)

    def _settle(
        self, verb: StockVerb, hold_id: str, lines: Lines | None, location: str, *, op_id: str, at: datetime | None
    ) -> LedgerStep:
        asked = None if lines is None else summed(lines, location)
        facts = (verb, hold_id, None if asked is None else tuple(asked.items()))
        if done := self._once(op_id, facts):
            return done
        hold = self.holds.get(hold_id)
        if hold is None:
            raise RefusedError("there is no such hold", state="unknown", allowed=("reserve",), reason="unknown_hold")
        if verb == "commit" and not hold.live(at if hold.expires_at is None else aware("at", at)):
            raise RefusedError(
                "the hold has expired", state="expired", allowed=("release", "reserve"), reason="expired"
            )
        had = dict(hold.units)
        units = had if asked is None else asked
        if any(n > had.get(key, 0) for key, n in units.items()):
            raise RefusedError(
                "the hold has fewer units", state="held", allowed=("commit", "release"), reason="too_many"
            )
        if verb == "commit":
            # Only a clock that went backwards can have lent these units to somebody else meanwhile.
            have = {key: self.on_hand.get(key, 0) for key in units}
            self._refuse(tuple(ShortLine(k[1], k[0], n, have[k]) for k, n in units.items() if n > have[k]))
        left = tuple((key, n - units.get(key, 0)) for key, n in hold.units if n > units.get(key, 0))
        holds = {name: other for name, other in self.holds.items() if name != hold_id}
        if left:
            holds[hold_id] = replace(hold, units=left)
        freed = {key: -n for key, n in units.items()}
        return self._moved(
            verb, freed if verb == "commit" else {}, freed, holds, facts, op_id=op_id, at=at, hold_id=hold_id
        )

    def _moved(
        self, verb: StockVerb, on_hand: Mapping[Key, int], reserved: Mapping[Key, int], holds: Mapping[str, StockHold],
        facts: Any, *, op_id: str, at: datetime | None, hold_id: str = "", reason: str = "",
    ) -> LedgerStep:  # fmt: skip
        event = StockEvent(verb, changes_of(on_hand, reserved), hold_id, op_id, reason, at)
        counts = {**self.on_hand, **{key: self.on_hand.get(key, 0) + n for key, n in on_hand.items()}}
        operations = {**self.operations, op_id: (facts, event)} if op_id else self.operations
        return LedgerStep(StockLedger(counts, holds, operations), event)


def _pairs(lines: Lines) -> Iterable[tuple[str, int]]:
    return lines.items() if isinstance(lines, Mapping) else lines


def _total(holds: Iterable[StockHold]) -> dict[Key, int]:
    total: dict[Key, int] = {}
    for hold in holds:
        for key, units in hold.units:
            total[key] = total.get(key, 0) + units
    return total


def reconcile(
    ledger: StockLedger, events: Iterable[StockEvent], *, opening: StockLedger | None = None
) -> tuple[StockDifference, ...]:
    """Return every counter that is not the opening stock plus the sum of its events (对账); empty where all agree.

    Parameters
    ----------
    ledger : StockLedger
        The state to prove.
    events : iterable of StockEvent
        All events since the opening, in any order.
    opening : StockLedger, optional
        The state before them; empty by default.

    Returns
    -------
    tuple of StockDifference
        In order of place, SKU and counter.

    Raises
    ------
    InputError
        If something else than events is given.

    Notes
    -----
    Source: the append-only reservation log of Magento's multi-source inventory, as an idea.

    Examples
    --------
    >>> from shopcore.inventory import StockLedger, reconcile
    >>> opening = StockLedger.of({"MUG": 5})
    >>> step = opening.reserve([("MUG", 2)], hold_id="order-7")
    >>> reconcile(step.ledger, [step.event], opening=opening)
    ()
    >>> reconcile(opening, [step.event], opening=opening)[0].events
    2
    """
    start = StockLedger() if opening is None else instance("opening", opening, StockLedger)
    sums: dict[tuple[str, str, Any], int] = {(*key, "on_hand"): n for key, n in start.on_hand.items()}
    sums.update({(*key, "reserved"): n for key, n in _total(start.holds.values()).items()})
    for event in events:
        for change in instance("events", event, StockEvent).changes:
            for counter, units in (("on_hand", change.on_hand), ("reserved", change.reserved)):
                key = (change.location, change.sku, counter)
                sums[key] = sums.get(key, 0) + units
    found: dict[tuple[str, str, Any], int] = {(*key, "on_hand"): n for key, n in ledger.on_hand.items()}
    found.update({(*key, "reserved"): n for key, n in _total(ledger.holds.values()).items()})
    keys = sorted(key for key in {**sums, **found} if sums.get(key, 0) != found.get(key, 0))
    return tuple(StockDifference(k[1], k[0], k[2], found.get(k, 0), sums.get(k, 0)) for k in keys)
