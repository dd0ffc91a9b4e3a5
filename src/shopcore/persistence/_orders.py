"""Orders and their lines: rows of two tables and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, select

from shopcore._checks import fail, integer
from shopcore.models import Order, OrderLine, RoundingPolicy
from shopcore.models._order import trusted_line
from shopcore.orders._facts import facts_of
from shopcore.orders._status import word
from shopcore.persistence._columns import price_of, price_parts
from shopcore.persistence._rows import EMPTY, chunks, insert_plain, read_rest, rest_of, upsert
from shopcore.persistence._tables import LINE_COUNTS, Tables

__all__ = ["load_orders", "save_orders"]

_ORDER_PLAIN: Final = (
    "order_id", "kind", "of_order_id", "placed_at", "customer_id", "channel_id", "country", "source", "external_ref",
    "version",
)  # fmt: skip
_ORDER_COLUMNS: Final = frozenset({*_ORDER_PLAIN, "currency", "lines"})
_LINE_PLAIN: Final = ("line_id", "sku", "title", "kind", "quantity", *LINE_COUNTS)
_LINE_COLUMNS: Final = frozenset({*_LINE_PLAIN, "unit_price"})
LINE_ROW: Final = ("order_id", "position", "unit_price", "unit_price_scale", "discount", "rest", *_LINE_PLAIN)
_plain: Final = itemgetter(*_LINE_PLAIN)


def save_orders(connection: Connection, tables: Tables, orders: Iterable[Order]) -> int:
    """Return how many orders were stored, new or in place of the same order id (保存订单).

    Orders are taken from the iterable a few hundred at a time, so a stream of any length fits in memory. One
    savepoint holds them all: after an error none is stored and the host's transaction can go on.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        The host's, in its transaction; nothing is committed.
    tables : Tables
        From `build_tables`.
    orders : iterable of Order
        Any number.

    Returns
    -------
    int
        Orders stored.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.persistence import Shop
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=2, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...               placed_at=datetime(2026, 11, 11, 8, tzinfo=UTC))
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     save_orders(connection, shop.tables, [order])
    1
    >>> with shop.begin() as connection:
    ...     [found] = load_orders(connection, shop.tables)
    >>> found == order
    True
    """
    stored = 0
    with connection.begin_nested():
        for part in chunks(orders):
            latest = {order.order_id: order for order in part}
            _drop_lines(connection, tables, list(latest))
            upsert(connection, tables.orders, [order_row(order) for order in latest.values()])
            insert_plain(connection, tables.order_lines, LINE_ROW, [r for o in latest.values() for r in line_rows(o)])
            stored += len(part)
    return stored


def _drop_lines(connection: Connection, tables: Tables, ids: list[str]) -> None:
    known = connection.scalars(select(tables.orders.c.order_id).where(tables.orders.c.order_id.in_(ids))).all()
    if known:
        connection.execute(tables.order_lines.delete().where(tables.order_lines.c.order_id.in_(known)))


def order_row(order: Order) -> dict[str, Any]:
    """Return the row of an order without its lines."""
    row = {name: getattr(order, name) for name in _ORDER_PLAIN}
    row["currency"] = order.currency.code
    row["rest"] = rest_of(order, _ORDER_COLUMNS)
    # Derived on every save, to be asked for and never read back: the truth is in quantities and postings.
    facts = facts_of(order)
    row["state"] = word(facts)
    waits = facts.outstanding > 0 and not facts.all_back
    row["ship_since"] = (order.paid_at if facts.prepaid else order.placed_at) if waits else None
    return row


def line_rows(order: Order) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an order's lines, in the order of `LINE_ROW`."""
    for position, line in enumerate(order.lines):
        fields = line.__dict__
        discount = line.discount_minor if fields["discounts"] else 0
        # Nearly every line has nothing beyond its columns; asking pydantic about each would double the time.
        rest = EMPTY if line.model_fields_set <= _LINE_COLUMNS else rest_of(line, _LINE_COLUMNS)
        yield (order.order_id, position, *price_parts(fields["unit_price"]), discount, rest, *_plain(fields))


def load_orders(
    connection: Connection,
    tables: Tables,
    ids: Iterable[str] | None = None,
    *,
    after: str | None = None,
    limit: int = 1_000,
) -> tuple[Order, ...]:
    """Return orders by id, or a page of all orders in the order of their ids (读取订单).

    Parameters
    ----------
    connection, tables
        As in `save_orders`.
    ids : iterable of str, optional
        The orders wanted; unknown ids are left out. Without it, a page of all.
    after : str, optional
        The last id of the page before.
    limit : int
        Orders on a page, 1 to 10,000.

    Raises
    ------
    InputError
        If the limit is out of range, or ids and a page are asked for at once.
    """
    integer("limit", limit, low=1, high=10_000)
    head, lines = tables.orders, tables.order_lines
    query = select(head).order_by(head.c.order_id)
    if ids is not None:
        wanted = list(ids)
        if after is not None or len(wanted) > limit:
            fail("ids", wanted, f"at most {limit} ids without `after`", reason="too_many")
        query = query.where(head.c.order_id.in_(wanted))
    elif after is not None:
        query = query.where(head.c.order_id > after)
    rows = connection.execute(query.limit(limit)).mappings().all()
    found = lines.c.order_id.in_([row["order_id"] for row in rows])
    inner: dict[str, list[OrderLine]] = {row["order_id"]: [] for row in rows}
    currencies = {row["order_id"]: row["currency"] for row in rows}
    for row in connection.execute(select(lines).where(found).order_by(lines.c.order_id, lines.c.position)).mappings():
        inner[row["order_id"]].append(_line_of(row, currencies[row["order_id"]]))
    return tuple(_order_of(row, tuple(inner[row["order_id"]])) for row in rows)


def _line_of(row: Any, currency: str) -> OrderLine:
    fields = {name: row[name] for name in _LINE_PLAIN}
    fields["unit_price"] = price_of(row["unit_price"], row["unit_price_scale"], currency)
    if row["rest"] == EMPTY:
        return OrderLine(**fields)
    # What was written as JSON is read as JSON, together with the columns, so that it is validated as one.
    rest = {**trusted_line(fields).model_dump(mode="json", include=set(fields)), **read_rest(row["rest"])}
    return OrderLine.from_dict(rest)


def _order_of(row: Any, lines: tuple[OrderLine, ...]) -> Order:
    fields = {name: row[name] for name in _ORDER_PLAIN}
    fields["currency"] = row["currency"]
    rest = read_rest(row["rest"])
    if set(rest) == {"rounding"}:
        return Order(**fields, rounding=RoundingPolicy(**rest["rounding"]), lines=lines)
    plain = Order(**fields, rounding=RoundingPolicy(**rest["rounding"]), lines=lines).to_dict()
    return Order.from_dict({**plain, **rest})
