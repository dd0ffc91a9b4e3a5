"""The stock ledger and its orders as plain dicts: slow, obvious, and what every deployment must agree with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

__all__ = ["ModelRefusal", "ShopModel"]

Key: TypeAlias = tuple[str, str]
Units: TypeAlias = Mapping[Key, int]


class ModelRefusal(Exception):  # noqa: N818  # an answer of the model, not an error of the library
    """What the model answers where the real ledger refuses; `reason` is the code of the refusal.

    Examples
    --------
    >>> ModelRefusal("out_of_stock").reason
    'out_of_stock'
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class _Hold:
    units: dict[Key, int]
    ends: datetime | None


@dataclass
class _Order:
    ordered: dict[str, int]
    place: str
    shipped: dict[str, int]
    cancelled: bool = False
    paid: bool = False
    claimed: bool = False
    version: int = 1

    def left(self) -> dict[str, int]:
        return {} if self.cancelled else {sku: n - self.shipped[sku] for sku, n in self.ordered.items()}


@dataclass
class _Books:
    on_hand: dict[Key, int] = field(default_factory=dict)
    holds: dict[str, _Hold] = field(default_factory=dict)
    orders: dict[str, _Order] = field(default_factory=dict)
    uses: int = 0


class ShopModel:
    """A reference of the stock verbs and of order placement in plain dicts (参照模型).

    Every method takes the operation id first and gives what changed, or raises `ModelRefusal`; the same id again
    gives the first answer. There is no concurrency in it: a database under load must behave as some
    order of calls of this model.

    Parameters
    ----------
    limit : int
        How often the one promotion may be used.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> noon, shop = datetime(2026, 11, 11, 4, tzinfo=UTC), ShopModel(limit=1)
    >>> shop.receive("1", {("main", "MUG"): 5})
    {('main', 'MUG'): (5, 0)}
    >>> shop.reserve("2", noon, {("main", "MUG"): 4}, hold_id="cart", ends=None)
    {('main', 'MUG'): (0, 4)}
    >>> shop.available(("main", "MUG"), noon)
    1
    """

    def __init__(self, *, limit: int) -> None:
        self.books: _Books = _Books()
        self.limit = limit
        self.done: dict[str, tuple[Any, Any]] = {}

    def available(self, key: Key, at: datetime) -> int:
        """Return the units that may be promised: on hand less the holds that live."""
        live = [hold for hold in self.books.holds.values() if hold.ends is None or hold.ends > at]
        return self.books.on_hand.get(key, 0) - sum(hold.units.get(key, 0) for hold in live)

    def receive(self, op_id: str, units: Units) -> Any:
        """Put units on the shelf."""
        return self._once(op_id, ("receive", units), lambda: self._add(units))

    def reserve(self, op_id: str, at: datetime, units: Units, *, hold_id: str, ends: datetime | None) -> Any:
        """Hold units, all or none."""

        def act() -> Any:
            if hold_id in self.books.holds:
                raise ModelRefusal("hold_exists")
            self._need(units, at)
            self.books.holds[hold_id] = _Hold(dict(units), ends)
            return {key: (0, n) for key, n in units.items()}

        return self._once(op_id, ("reserve", hold_id, units), act)

    def settle(self, op_id: str, at: datetime, verb: str, hold_id: str, units: Units | None) -> Any:
        """Ship (commit) held units or give them back (release): all that is left, or some."""

        def act() -> Any:
            hold = self.books.holds.get(hold_id)
            if hold is None:
                raise ModelRefusal("unknown_hold")
            if verb == "commit" and hold.ends is not None and hold.ends <= at:
                raise ModelRefusal("expired")
            wanted = {key: n for key, n in hold.units.items() if n} if units is None else units
            if any(n > hold.units.get(key, 0) for key, n in wanted.items()):
                raise ModelRefusal("too_many")
            out = self._leave(hold_id, wanted)
            if verb == "commit":
                self._add({key: -n for key, n in wanted.items()})
            return {key: (-n if verb == "commit" else 0, -n) for key, n in out.items()}

        return self._once(op_id, (verb, hold_id, units), act)

    def expire(self, op_id: str, at: datetime) -> Any:
        """Give back all holds that ended."""

        def act() -> Any:
            freed: dict[Key, int] = {}
            for name in [n for n, hold in self.books.holds.items() if hold.ends is not None and hold.ends <= at]:
                for key, n in self.books.holds.pop(name).units.items():
                    freed[key] = freed.get(key, 0) + n
            return {key: (0, -n) for key, n in freed.items() if n}

        return self._once(op_id, ("expire", at), act)

    def adjust(self, op_id: str, at: datetime, units: Units) -> Any:
        """Book a stocktake; what is held cannot be written off."""

        def act() -> Any:
            self._need({key: -n for key, n in units.items() if n < 0}, at)
            return self._add(units)

        return self._once(op_id, ("adjust", units), act)

    def transfer(self, op_id: str, at: datetime, units: Units, target: str) -> Any:
        """Move free units to another place."""
        moved = {**{key: -n for key, n in units.items()}, **{(target, key[1]): n for key, n in units.items()}}

        def act() -> Any:
            self._need(units, at)
            return self._add(moved)

        return self._once(op_id, ("transfer", units, target), act)

    def place(
        self, op_id: str, at: datetime, order_id: str, units: Mapping[str, int], *, location: str,
        ends: datetime | None, from_hold: str | None, claim: bool,
    ) -> Any:  # fmt: skip
        """Place an order: count the promotion, take the cart's hold over, hold the rest."""

        def act() -> Any:
            if order_id in self.books.orders:
                raise ModelRefusal("order_exists")
            if claim and self.books.uses >= self.limit:
                raise ModelRefusal("usage_limit")
            self.books.uses += claim
            if from_hold is not None:
                self.books.holds.pop(from_hold, None)
            wanted = {(location, sku): n for sku, n in units.items()}
            self._need(wanted, at)
            self.books.holds[order_id] = _Hold(wanted, ends)
            self.books.orders[order_id] = _Order(dict(units), location, dict.fromkeys(units, 0), claimed=claim)
            return 1, ()

        return self._once(op_id, ("place", order_id, units, location, from_hold, claim), act)

    def pay(self, op_id: str, at: datetime, order_id: str) -> Any:
        """Pay all that is due: the hold lasts, and is made again where it had ended."""

        def act() -> Any:
            order = self.books.orders[order_id]
            if order.paid or order.cancelled:
                raise ModelRefusal("transition")
            order.paid, order.version = True, order.version + 1
            hold = self.books.holds.setdefault(order_id, _Hold({}, None))
            hold.ends = None
            needed = {(order.place, sku): n for sku, n in order.left().items()}
            missing = {key: n - hold.units.get(key, 0) for key, n in needed.items() if n > hold.units.get(key, 0)}
            before = deepcopy(self.books.holds)
            short = self._lacking(missing, at)
            if short:
                self.books.holds = before
            else:
                hold.units = needed
            return order.version, tuple(sorted(short))

        return self._once(op_id, ("pay", order_id), act)

    def ship(self, op_id: str, at: datetime, order_id: str, units: Mapping[str, int]) -> Any:
        """Ship units: those held, then free ones."""

        def act() -> Any:
            order = self.books.orders[order_id]
            left = order.left()
            if not order.paid or any(n > left.get(sku, 0) for sku, n in units.items()):
                raise ModelRefusal("transition")
            hold = self.books.holds.get(order_id, _Hold({}, None))
            for sku, n in units.items():
                key = (order.place, sku)
                held = min(n, hold.units.get(key, 0))
                hold.units[key] = hold.units.get(key, 0) - held
                self._add({key: -held})
                # What is not held must be free.
                self._need({key: n - held}, at)
                self._add({key: held - n})
                order.shipped[sku] += n
            order.version += 1
            return order.version, ()

        return self._once(op_id, ("ship", order_id, units), act)

    def cancel(self, op_id: str, order_id: str) -> Any:
        """Cancel what was not shipped; a whole order gives its promotion back."""

        def act() -> Any:
            order = self.books.orders[order_id]
            if not any(order.left().values()):
                raise ModelRefusal("transition")
            if not any(order.shipped.values()):
                self.books.uses -= order.claimed
            order.cancelled, order.version = True, order.version + 1
            self.books.holds.pop(order_id, None)
            return order.version, ()

        return self._once(op_id, ("cancel", order_id), act)

    def _once(self, op_id: str, facts: Any, act: Callable[[], Any]) -> Any:
        if op_id in self.done:
            if self.done[op_id][0] != facts:
                raise ModelRefusal("conflict")
            return self.done[op_id][1]
        before = deepcopy(self.books)
        try:
            found = act()
        except ModelRefusal:
            self.books = before
            raise
        self.done[op_id] = facts, found
        return found

    def _add(self, units: Units) -> Any:
        for key, n in units.items():
            self.books.on_hand[key] = self.books.on_hand.get(key, 0) + n
        return {key: (n, 0) for key, n in units.items() if n}

    def _need(self, units: Units, at: datetime) -> None:
        if self._lacking(units, at):
            raise ModelRefusal("out_of_stock")

    def _lacking(self, units: Units, at: datetime) -> list[str]:
        return [key[1] for key, n in units.items() if n > self._free(key, n, at)]

    def _free(self, key: Key, wanted: int, at: datetime) -> int:
        """Return what is free, after holds that ended have lent their units where that is needed."""
        holds = self.books.holds.values()
        free = self.books.on_hand.get(key, 0) - sum(hold.units.get(key, 0) for hold in holds)
        if wanted <= free:
            return free
        for hold in holds:
            if hold.ends is not None and hold.ends <= at and key in hold.units:
                free, hold.units[key] = free + hold.units[key], 0
        return free

    def _leave(self, hold_id: str, wanted: Units) -> Units:
        hold = self.books.holds[hold_id]
        for key, n in wanted.items():
            hold.units[key] -= n
        if not any(hold.units.values()):
            del self.books.holds[hold_id]
        return wanted
