"""Advancing an order in the host's transaction: its rows, the stock it moves, events and messages as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from shopcore._checks import aware, fail, instance, integer, one_of, text
from shopcore.errors import RecordNotFoundError, StaleRecordError
from shopcore.inventory import ShortLine
from shopcore.models import Money, Order
from shopcore.orders import OrderStep
from shopcore.orders._check import Asked
from shopcore.orders._step import take
from shopcore.orders._table import BY_COMMAND
from shopcore.persistence._claims import release_claims
from shopcore.persistence._order_booking import OrderBooking, replayed, written
from shopcore.persistence._order_stock import settle_order
from shopcore.persistence._orders import LINE_ROW, line_rows, load_orders, order_row
from shopcore.persistence._outbox import write_events
from shopcore.persistence._stock_levels import Books
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, fingerprint_of, remember, unit

__all__ = ["advance_order"]

# What a command takes beside the order, where that is not units.
_TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("pay", "goodwill", "chargeback", "reverse_chargeback"), ("amount",)),
    **dict.fromkeys(("hold", "approve", "reject"), ()),
    "refund": ("units", "amount", "keep_goods"),
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A command as it was asked for."""

    order_id: str
    command: str
    op_id: str
    at: datetime
    units: Mapping[str, int] | None
    amount: Money | None
    keep_goods: bool
    reference: str | None
    reason: str | None
    version: int | None
    location: str | None
    restock_to: str | None
    stock: bool

    def __post_init__(self) -> None:
        one_of("command", self.command, tuple(BY_COMMAND))
        for name in ("order_id", "op_id"):
            text(name, getattr(self, name), max_length=128)
        for name in ("location", "restock_to"):
            if getattr(self, name) is not None:
                text(name, getattr(self, name), max_length=64)
        aware("at", self.at)
        if self.version is not None:
            integer("version", self.version, low=0)
        if self.units is not None and not isinstance(self.units, Mapping):
            fail("units", self.units, "units by line id", reason="type")
        for name in ("units", "amount", "keep_goods"):
            if getattr(self, name) not in (None, False) and name not in _TAKES.get(self.command, ("units",)):
                fail(name, getattr(self, name), f"left out of {self.command}", reason="unexpected")

    @property
    def row(self) -> dict[str, Any]:
        """The row of the operation, without its result."""
        amount = None if self.amount is None else instance("amount", self.amount, Money)
        facts = [
            self.command, self.order_id, None if self.units is None else sorted(self.units.items()),
            None if amount is None else [amount.minor, amount.currency.code], self.keep_goods, self.reference,
            self.reason, self.version, self.location, self.restock_to, self.stock,
        ]  # fmt: skip
        verb = f"order.{self.command}"
        return {"op_id": self.op_id, "verb": verb, "fingerprint": fingerprint_of(facts), "at": self.at, "result": ""}


def advance_order(
    host: Host,
    tables: Tables,
    order_id: str,
    command: str,
    *,
    op_id: str,
    at: datetime,
    units: Mapping[str, int] | None = None,
    amount: Money | None = None,
    keep_goods: bool = False,
    reference: str | None = None,
    reason: str | None = None,
    version: int | None = None,
    location: str | None = None,
    restock_to: str | None = None,
    stock: bool = True,
) -> OrderBooking:
    """Return the booking of an order after a command: pay, ship, cancel, return, refund ... (订单流转).

    The commands are those of `shopcore.orders.transition_table`, with the stock they move and the claims they give
    back, in one savepoint.

    Parameters
    ----------
    host, tables, op_id, at
        As in `receive_stock`.
    order_id : str
        Of `place_order` or `save_orders`.
    command : str
        Name of the command.
    units, amount, keep_goods, reference, reason
        As the command takes them.
    version : int, optional
        The version the caller saw; the step is refused if the order has changed since.
    location : str, optional
        From where units are shipped; by default from where they are held, else from ``"main"``.
    restock_to : str, optional
        Place where units of ``"receive_return"`` go back on the shelf; without it they do not.
    stock : bool
        False for orders whose goods this ledger does not keep.

    Raises
    ------
    RecordNotFoundError
        If there is no such order.
    StaleRecordError
        If the order has another version than the caller saw.
    TransitionError, RefundLimitError
        If the command may not be given now, with what may.
    OutOfStockError
        If units are shipped that are neither held nor free.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Notes
    -----
    Shipping takes the units held for the order, then free ones. A cancellation of the whole order gives its promotion
    claims back. A payment of all that is due makes the hold last; where it had ended, it is held again, and what is
    short stands in the booking.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import OrderLine, RoundingPolicy
    >>> from shopcore.persistence import Shop, load_stock, place_order, receive_stock
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=2, unit_price=Money(3900, "CNY"))
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug], placed_at=noon)
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = place_order(connection, shop.tables, order, op_id="checkout-1")
    ...     _ = advance_order(connection, shop.tables, "A1", "pay", amount=Money(7800, "CNY"), op_id="pay-1", at=noon)
    ...     shipped = advance_order(connection, shop.tables, "A1", "ship", op_id="parcel-1", at=noon)
    ...     [level] = load_stock(connection, shop.tables)
    >>> shipped.order.version, level.on_hand, level.reserved
    (3, 3, 0)
    """
    wanted = _Wanted(
        order_id, command, op_id, at, units, amount, keep_goods, reference, reason, version, location, restock_to, stock
    )
    with unit(host) as connection:
        known = remember(connection, tables.operations, wanted.row)
        if known is not None:
            return replayed(connection, tables, known)
        before = _locked(connection, tables, order_id, version)
        step = take(Asked(before, command, units, amount, keep_goods), at, reference, reason)
        _store(connection, tables, before, step, op_id)
        short = _settled(connection, tables, wanted, before, step)
        kept = None if _has_placing(connection, tables, order_id) else step.order
        table = tables.operations
        finished = table.update().where(table.c.op_id == op_id).values(result=written(step, short, kept=kept))
        connection.execute(finished)
    return OrderBooking(step.order, step.events, short)


def _settled(
    connection: Connection, tables: Tables, wanted: _Wanted, before: Order, step: OrderStep
) -> tuple[ShortLine, ...]:
    if before.cancelled_at is None and step.order.cancelled_at is not None:
        release_claims(connection, tables, before, wanted.at)
    if not wanted.stock:
        return ()
    books = Books(connection, tables, wanted.op_id, wanted.at)
    return settle_order(
        books, step.order, step.events[0], location=wanted.location, restock_to=wanted.restock_to
    )  # fmt: skip


def _has_placing(connection: Connection, tables: Tables, order_id: str) -> bool:
    table = tables.trade.order_events
    first = select(table.c.kind).where(table.c.order_id == order_id, table.c.number == 1)
    return connection.scalar(first) == "placed"


def _locked(connection: Connection, tables: Tables, order_id: str, version: int | None) -> Order:
    head = tables.orders
    lock = select(head.c.version).where(head.c.order_id == order_id).with_for_update()
    found = connection.execute(lock).first()
    if found is None:
        raise RecordNotFoundError("there is no order of this id")
    if version is not None and found.version != version:
        raise StaleRecordError(f"the order is at version {found.version}, not {version}; read it again")
    [order] = load_orders(connection, tables, [order_id])
    return order


def _store(connection: Connection, tables: Tables, before: Order, step: OrderStep, op_id: str) -> None:
    head, lines, order = tables.orders, tables.order_lines, step.order
    row = order_row(order)
    here = (head.c.order_id == order.order_id) & (head.c.version == before.version)
    # Nothing of an order but its version and the rest changes; the lock makes the version the second net.
    changed = head.update().where(here).values(version=order.version, rest=row["rest"])
    if connection.execute(changed).rowcount != 1:
        raise StaleRecordError("the order changed meanwhile; read it again")
    moved = [
        dict(zip(LINE_ROW, row, strict=True))
        for row, old, new in zip(line_rows(order), before.lines, order.lines, strict=True)
        if old != new
    ]
    if moved:
        names = [name for name in LINE_ROW if name not in ("order_id", "position")]
        line = (lines.c.order_id == order.order_id) & (lines.c.position == bindparam("at_position"))
        update = lines.update().where(line).values({name: bindparam(f"new_{name}") for name in names})
        facts = [{"at_position": row["position"], **{f"new_{name}": row[name] for name in names}} for row in moved]
        connection.execute(update, facts)
    write_events(connection, tables, step.events, op_id)
