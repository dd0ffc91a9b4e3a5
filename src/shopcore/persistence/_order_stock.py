"""What the steps of an order do to stock: held when placed, out when shipped, free when cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import select

from shopcore.errors import OutOfStockError, RefusedError
from shopcore.inventory import ShortLine, StockChange
from shopcore.inventory._ledger_facts import Key
from shopcore.models import Order
from shopcore.orders import OrderEvent
from shopcore.orders._facts import facts_of
from shopcore.persistence._stock_levels import Books, set_units
from shopcore.persistence._unit import insert_new

__all__ = ["hold_order", "settle_order"]

Move: TypeAlias = tuple[str, str, StockChange]


@dataclass(slots=True)
class _Held:
    """The rows of one hold, what is left in them, and the moves that lead there."""

    books: Books
    hold_id: str
    rows: list[Any]
    left: dict[Key, int]
    moves: list[Move] = field(default_factory=list)

    @classmethod
    def of(cls, books: Books, hold_id: str) -> _Held:
        """Return a hold, its rows locked; without rows where there is none."""
        hold = books.tables.stock_holds
        query = select(hold).where(hold.c.hold_id == hold_id).order_by(hold.c.position).with_for_update()
        rows = list(books.connection.execute(query).mappings())
        return cls(books, hold_id, rows, {(row["location"], row["sku"]): row["units"] for row in rows})

    def take(self, verb: str, sku: str, units: int, location: str | None) -> int:
        """Take units of a SKU out of the hold; return how many were not in it."""
        for key, here in self.left.items():
            taken = min(units, here)
            if key[1] != sku or location not in (None, key[0]) or not taken:
                continue
            self.left[key] -= taken
            units -= taken
            out = -taken if verb == "commit" else 0
            self.moves.append((verb, self.hold_id, StockChange(sku, key[0], out, -taken)))
        return units

    def of_sku(self, sku: str) -> int:
        """Return what is left of a SKU, wherever it is."""
        return sum(units for key, units in self.left.items() if key[1] == sku)

    def sell(self, sku: str, units: int, location: str) -> None:
        """Take units that nobody holds straight off the shelf."""
        if units:
            self.moves.append(("reserve", self.hold_id, StockChange(sku, location, -units, 0)))

    def write(self) -> None:
        """Write the moves: entries first, then what is left of the hold, then the counters."""
        moves = self.moves
        for verb in dict.fromkeys(verb for verb, _, _ in moves):
            named = "commit" if verb == "reserve" else verb
            self.books.write(named, [(hold, change) for v, hold, change in moves if v == verb])
        changed = [(self.hold_id, row["position"], self.left[row["location"], row["sku"]]) for row in self.rows]
        if changed and moves:
            self._keep(changed)
        self.books.move_all((verb, change) for verb, _, change in moves)

    def _keep(self, changed: Sequence[tuple[str, int, int]]) -> None:
        if any(units for _, _, units in changed):
            set_units(self.books.connection, self.books.tables, changed)
        else:
            hold = self.books.tables.stock_holds
            self.books.connection.execute(hold.delete().where(hold.c.hold_id == self.hold_id))


def outstanding(order: Order) -> dict[str, int]:
    """Return the units still to be shipped, by SKU."""
    found: dict[str, int] = {}
    for line in order.lines:
        if line.outstanding:
            found[line.sku] = found.get(line.sku, 0) + line.outstanding
    return dict(sorted(found.items()))


def hold_order(
    books: Books, order: Order, *, location: str | Mapping[str, str], expires_at: datetime | None, from_hold: str | None
) -> None:
    """Hold the units of an order, those of a cart's hold among them; raise `OutOfStockError` with every short line."""
    units = _placed(order, location)
    cart = None if from_hold is None else _Held.of(books, from_hold)
    freed = {} if cart is None else {key: n for key, n in cart.left.items() if n}
    if cart is not None and cart.rows:
        hold = books.tables.stock_holds
        books.connection.execute(hold.delete().where(hold.c.hold_id == from_hold))
        books.write("release", [(cart.hold_id, StockChange(k[1], k[0], 0, -n)) for k, n in freed.items()])
    if units:
        _insert_hold(books, order.order_id, units, expires_at)
        books.write("reserve", [(order.order_id, StockChange(k[1], k[0], 0, n)) for k, n in units.items()])
    # One move for each place: what the cart held and the order takes is never free in between.
    net = {key: units.get(key, 0) - freed.get(key, 0) for key in {**units, **freed}}
    books.move_all(
        ("reserve" if n > 0 else "release", StockChange(key[1], key[0], 0, n)) for key, n in net.items() if n
    )


def _insert_hold(books: Books, hold_id: str, units: Mapping[Key, int], expires_at: datetime | None) -> None:
    rows = [
        {"hold_id": hold_id, "position": position, "sku": sku, "location": place, "units": count,
         "expires_at": expires_at}
        for position, ((place, sku), count) in enumerate(units.items())
    ]  # fmt: skip
    if not insert_new(books.connection, books.tables.stock_holds, rows[0]):
        raise RefusedError(
            "this hold exists already", state="held", allowed=("commit", "release"), reason="hold_exists"
        )
    if rows[1:]:
        books.connection.execute(books.tables.stock_holds.insert(), rows[1:])


def _placed(order: Order, location: str | Mapping[str, str]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for line in order.lines:
        if line.outstanding:
            place = location if isinstance(location, str) else location[line.line_id]
            found[place, line.sku] = found.get((place, line.sku), 0) + line.outstanding
    return dict(sorted(found.items()))


def settle_order(
    books: Books, order: Order, event: OrderEvent, *, location: str | None, restock_to: str | None
) -> tuple[ShortLine, ...]:
    """Move stock after a step of an order; return what a payment that came too late no longer finds."""
    lines = {line.line_id: line for line in order.lines}
    units = _by_sku(lines, event.units)
    if event.kind == "return_received":
        if restock_to is not None and units:
            changes = [StockChange(sku, restock_to, count, 0) for sku, count in units.items()]
            books.write("receive", [(order.order_id, change) for change in changes])
            books.move("receive", changes)
        return ()
    if event.kind not in ("shipped", "exchanged", "cancelled", "refunded", "paid"):
        return ()
    held = _Held.of(books, order.order_id)
    if event.kind in ("shipped", "exchanged"):
        for sku, count in units.items():
            missing = held.take("commit", sku, count, location) if event.kind == "shipped" else count
            held.sell(sku, missing, location or "main")
    _free(held, order)
    held.write()
    settled = event.kind == "paid" and not facts_of(order).due
    return _keep_for_good(held, order) if settled else ()


def _by_sku(lines: Mapping[str, Any], pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line_id, count in pairs:
        if lines[line_id].is_shippable:
            found[lines[line_id].sku] = found.get(lines[line_id].sku, 0) + count
    return dict(sorted(found.items()))


def _free(held: _Held, order: Order) -> None:
    # Whatever is held beyond what is still to be shipped goes back.
    needed = outstanding(order)
    for sku in sorted({key[1] for key in held.left}):
        held.take("release", sku, max(0, held.of_sku(sku) - needed.get(sku, 0)), None)


def _keep_for_good(held: _Held, order: Order) -> tuple[ShortLine, ...]:
    """Let a paid order's hold end no more; what was lent to others meanwhile is held again where it can be had."""
    hold, books = held.books.tables.stock_holds, held.books
    missing = {sku: n - held.of_sku(sku) for sku, n in outstanding(order).items() if n > held.of_sku(sku)}
    books.connection.execute(hold.update().where(hold.c.hold_id == held.hold_id).values(expires_at=None))
    if not missing:
        return ()
    places = {sku: place for place, sku in reversed(held.left)}
    changes = [StockChange(sku, places.get(sku, "main"), 0, count) for sku, count in missing.items()]
    before = books.written
    try:
        # The payment is a fact that stands; only the attempt to hold again is undone where stock is short.
        with books.connection.begin_nested():
            _hold_again(held, changes)
    except OutOfStockError as error:
        books.written = before
        return tuple(error.lines)
    return ()


def _hold_again(held: _Held, changes: Sequence[StockChange]) -> None:
    hold, books = held.books.tables.stock_holds, held.books
    units = {key: n for key, n in held.left.items() if n}
    for change in changes:
        key = (change.location, change.sku)
        units[key] = units.get(key, 0) + change.reserved
    books.connection.execute(hold.delete().where(hold.c.hold_id == held.hold_id))
    _insert_hold(books, held.hold_id, units, None)
    books.write("reserve", [(held.hold_id, change) for change in changes])
    books.move("reserve", changes)
