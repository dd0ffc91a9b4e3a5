"""What people ask of the stored shop every day: orders by state and age, late parcels, what must be ordered again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, tuple_

from shopcore._checks import at_most, aware, fail, instance, integer, one_of, text
from shopcore.models import Order, Result
from shopcore.orders import STATES, Deadline, ServiceTerms, order_deadlines
from shopcore.persistence._orders import load_orders
from shopcore.persistence._rows import chunks, upsert
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, connection_of, unit

__all__ = [
    "LowStock",
    "OverdueShipment",
    "count_orders",
    "low_stock",
    "orders_by_state",
    "overdue_shipments",
    "save_reorder_points",
]

MAX_PAGE: Final = 10_000
MAX_UNITS: Final = 2**53
STEP: Final = 500
USUAL: Final = ServiceTerms()


@dataclass(frozen=True, slots=True)
class OverdueShipment(Result):
    """An order that should have left the house.

    Attributes
    ----------
    order_id, state : str
        Which, and where it stands.
    deadline : Deadline
        Since when it waits and since when it is late.
    """

    order_id: str
    state: str
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class LowStock(Result):
    """A SKU at or below its reorder point.

    Attributes
    ----------
    sku, location : str
        What and where.
    position : int
        Sound units on hand that nobody holds, and what is on its way.
    reorder_point : int
        As it was saved.
    short : int
        Units the position is below it; 0 at the point itself.
    """

    sku: str
    location: str
    position: int
    reorder_point: int
    short: int


def _states(states: str | Iterable[str]) -> list[str]:
    return [one_of("states", state, tuple(STATES)) for state in ([states] if isinstance(states, str) else states)]


def orders_by_state(
    host: Host,
    tables: Tables,
    states: str | Iterable[str],
    *,
    placed_before: datetime | None = None,
    after: Order | None = None,
    limit: int = 1_000,
) -> tuple[Order, ...]:
    """Return orders in some states, the oldest first (按状态与时长查订单).

    Parameters
    ----------
    host : Session or Connection
        The host's.
    tables : Tables
        From `build_tables`.
    states : str or iterable of str
        Keys of `shopcore.orders.STATES`, as the order was when it was saved.
    placed_before : datetime, optional
        Only orders placed before; ``at - timedelta(days=3)`` asks for those older than three days.
    after : Order, optional
        The last order of the page before.
    limit : int
        Orders on a page, 1 to 10,000.

    Raises
    ------
    InputError
        If a state is unknown, an instant naive or the limit out of range.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.models import Money, OrderLine, RoundingPolicy
    >>> from shopcore.persistence import Shop, save_orders
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=2, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...               placed_at=datetime(2026, 11, 11, 8, tzinfo=UTC))
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_orders(connection, shop.tables, [order])
    ...     orders_by_state(connection, shop.tables, "awaiting_payment") == (order,)
    True
    """
    integer("limit", limit, low=1, high=MAX_PAGE)
    table = tables.orders
    query = (
        select(table.c.order_id)
        .where(table.c.state.in_(_states(states)))
        .order_by(table.c.placed_at, table.c.order_id)
        .limit(limit)
    )
    if placed_before is not None:
        query = query.where(table.c.placed_at < aware("placed_before", placed_before))
    if after is not None:
        instance("after", after, Order)
        query = query.where(_later(table.c.placed_at, table.c.order_id, after.placed_at, after.order_id))
    connection = connection_of(host, writes=False)
    return _in_turn(connection, tables, connection.scalars(query).all())


def _later(instant: Any, name: Any, since: datetime, last: str) -> Any:
    return tuple_(instant, name) > tuple_(since, last, types=[instant.type, name.type])


def _in_turn(connection: Connection, tables: Tables, ids: Iterable[str]) -> tuple[Order, ...]:
    names = list(ids)
    found = {order.order_id: order for order in load_orders(connection, tables, names, limit=max(len(names), 1))}
    return tuple(found[name] for name in names)


def count_orders(host: Host, tables: Tables, *, placed_before: datetime | None = None) -> dict[str, int]:
    """Return how many orders are in each state, in the order of `STATES`; states without any are left out (订单计数).

    Parameters
    ----------
    host, tables, placed_before
        As in `orders_by_state`.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     count_orders(connection, shop.tables)
    {}
    """
    table = tables.orders
    query = select(table.c.state, func.count()).group_by(table.c.state)
    if placed_before is not None:
        query = query.where(table.c.placed_at < aware("placed_before", placed_before))
    found = {state: int(count) for state, count in connection_of(host, writes=False).execute(query)}
    return {state: found[state] for state in STATES if state in found}


def overdue_shipments(
    host: Host,
    tables: Tables,
    *,
    at: datetime,
    terms: ServiceTerms = USUAL,
    after: OverdueShipment | None = None,
    limit: int = 1_000,
) -> tuple[OverdueShipment, ...]:
    """Return orders whose parcels are late, those that wait longest first (超时未发货).

    Parameters
    ----------
    host, tables
        As in `orders_by_state`.
    at : datetime
        Now; aware.
    terms : ServiceTerms
        How long shipping may take; 48 hours by default, working days and holidays where stated.
    after : OverdueShipment, optional
        The last one of the page before.
    limit : int
        Orders on a page, 1 to 10,000.

    Raises
    ------
    InputError
        If `at` is naive or the limit out of range.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.models import Money, OrderLine, Posting, RoundingPolicy
    >>> from shopcore.persistence import Shop, save_orders
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=1, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug], placed_at=noon,
    ...               paid_at=noon, postings=[Posting(kind="payment", amount=Money(3900, "CNY"), at=noon)])
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_orders(connection, shop.tables, [order])
    ...     for hours in (48, 49):
    ...         found = overdue_shipments(connection, shop.tables, at=noon + timedelta(hours=hours))
    ...         print([one.order_id for one in found])
    []
    ['A1']
    """
    integer("limit", limit, low=1, high=MAX_PAGE)
    aware("at", at)
    instance("terms", terms, ServiceTerms)
    table = tables.orders
    # Of a term in hours the database tells who is late; working days are counted here.
    latest = at if terms.ship.hours is None else at - timedelta(hours=terms.ship.hours)
    query = (
        select(table.c.order_id, table.c.ship_since, table.c.state)
        .where(table.c.ship_since < latest)
        .order_by(table.c.ship_since, table.c.order_id)
        .limit(STEP)
    )
    found: list[OverdueShipment] = []
    last = None if after is None else (after.deadline.since, instance("after", after, OverdueShipment).order_id)
    connection = connection_of(host, writes=False)
    while len(found) < limit:
        paged = query if last is None else query.where(_later(table.c.ship_since, table.c.order_id, *last))
        rows = connection.execute(paged).all()
        if not rows:
            break
        found += _late(_in_turn(connection, tables, [row.order_id for row in rows]), rows, at, terms)
        last = rows[-1].ship_since, rows[-1].order_id
    return tuple(found[:limit])


def _late(orders: Iterable[Order], rows: Iterable[Any], at: datetime, terms: ServiceTerms) -> Iterator[OverdueShipment]:
    for order, row in zip(orders, rows, strict=True):
        for end in order_deadlines(order, at=at, terms=ServiceTerms(ship=terms.ship)):
            if end.state == "overdue":
                yield OverdueShipment(order.order_id, row.state, end)


def save_reorder_points(
    host: Host, tables: Tables, points: Mapping[str, int], *, at: datetime, location: str = "main"
) -> int:
    """Return how many reorder points were stored for one place, new or in place of the SKU's last (保存补货点).

    What `shopcore.inventory.reorder_point` worked out in the night, in whole units.

    Parameters
    ----------
    host : Session or Connection
        The host's, in its transaction; a savepoint, nothing is committed.
    tables : Tables
        From `build_tables`.
    points : mapping of str to int
        Units by SKU, 0 or more.
    at : datetime
        When they were worked out; aware.
    location : str
        Where.

    Raises
    ------
    InputError
        If a point is not a whole number, or negative.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.models import StockPosition
    >>> from shopcore.persistence import Shop, save_stock
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_stock(connection, shop.tables, [StockPosition(sku="MUG", on_hand=12, reserved=2, incoming=5)])
    ...     _ = save_reorder_points(connection, shop.tables, {"MUG": 20}, at=datetime(2026, 11, 11, tzinfo=UTC))
    ...     [(one.sku, one.position, one.short) for one in low_stock(connection, shop.tables)]
    [('MUG', 15, 5)]
    """
    aware("at", at)
    text("location", location, max_length=128)
    if not isinstance(points, Mapping):
        fail("points", points, "units by SKU", reason="type")
    rows = (
        {"sku": text("points", sku, max_length=64), "location": location, "at": at,
         "units": integer("points", units, low=0, high=MAX_UNITS)}
        for sku, units in points.items()
    )  # fmt: skip
    with unit(host) as connection:
        for part in chunks(rows):
            upsert(connection, tables.records.reorder_points, part)
    return len(points)


def low_stock(
    host: Host,
    tables: Tables,
    *,
    skus: Iterable[str] | None = None,
    location: str | None = None,
    after: LowStock | None = None,
    limit: int = 1_000,
) -> tuple[LowStock, ...]:
    """Return what is at or below its reorder point, in the order of SKU and place (低于补货点).

    Parameters
    ----------
    host, tables
        As in `save_reorder_points`.
    skus : iterable of str, optional
        Only these; at most 10,000.
    location : str, optional
        Only here.
    after : LowStock, optional
        The last one of the page before.
    limit : int
        Rows on a page, 1 to 10,000.

    Notes
    -----
    The position is what is on hand, less reserved, damaged and unchecked units, plus what is on its way. The buffer
    (`safety`) counts: a reorder point holds the safety stock already. A SKU with a point and no stock row is at 0.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_reorder_points(connection, shop.tables, {"NEW": 3}, at=datetime(2026, 11, 11, tzinfo=UTC))
    ...     low_stock(connection, shop.tables)[0].short
    3
    """
    integer("limit", limit, low=1, high=MAX_PAGE)
    point, level = tables.records.reorder_points, tables.stock_levels
    sound = level.c.on_hand - level.c.reserved - level.c.quality_control - level.c.damaged + level.c.incoming
    position = func.coalesce(sound, 0)
    query = (
        select(point.c.sku, point.c.location, position.label("position"), point.c.units)
        .join(level, (level.c.sku == point.c.sku) & (level.c.location == point.c.location), isouter=True)
        .where(position <= point.c.units)
        .order_by(point.c.sku, point.c.location)
        .limit(limit)
    )
    if skus is not None:
        names = list(skus)
        at_most("skus", names, MAX_PAGE, "skus")
        query = query.where(point.c.sku.in_(names))
    if location is not None:
        query = query.where(point.c.location == location)
    if after is not None:
        instance("after", after, LowStock)
        query = query.where(tuple_(point.c.sku, point.c.location) > tuple_(after.sku, after.location))
    rows = connection_of(host, writes=False).execute(query)
    return tuple(LowStock(sku, place, here, units, units - here) for sku, place, here, units in rows)
