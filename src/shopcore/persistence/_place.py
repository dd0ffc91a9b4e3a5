"""Placing an order in the host's transaction: rows, hold, promotion claims, event and message as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from shopcore._checks import aware, fail, instance, text
from shopcore.errors import RefusedError
from shopcore.models import Order
from shopcore.orders import place
from shopcore.orders._facts import facts_of
from shopcore.persistence._claims import checked_claims, take_claims
from shopcore.persistence._order_booking import OrderBooking, replayed, written
from shopcore.persistence._order_stock import hold_order
from shopcore.persistence._orders import LINE_ROW, line_rows, order_row
from shopcore.persistence._outbox import write_events
from shopcore.persistence._rows import insert_plain
from shopcore.persistence._stock_levels import Books
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, fingerprint_of, insert_new, remember, unit
from shopcore.promotions import Claim

__all__ = ["place_order"]

# When an order was placed is a reading of a clock: a client that asks again reads it again.
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def place_order(
    host: Host,
    tables: Tables,
    order: Order,
    *,
    op_id: str,
    claims: Iterable[Claim] = (),
    expires_at: datetime | None = None,
    from_hold: str | None = None,
    location: str | Mapping[str, str] = "main",
    stock: bool = True,
) -> OrderBooking:
    """Return the booking of an order that was placed (下单): rows, hold, claims, event and message, or none of them.

    Parameters
    ----------
    host, tables
        As in `receive_stock`.
    order : Order
        On which nothing has happened, such as `order_from_cart` gives; its prices are kept as they are.
    op_id : str
        The caller's id of this operation: the same id again gives the first result and changes nothing.
    claims : iterable of Claim
        What it takes of promotions' limits and budgets: `PricedCart.claims`.
    expires_at : datetime, optional
        When the hold of an order that was not paid ends; a payment makes it last. Without it, never.
    from_hold : str, optional
        Id of a cart's hold whose units pass to the order without being free in between.
    location : str or mapping of line id to str
        Where the goods are held; a mapping names all lines that are shipped.
    stock : bool
        False for orders whose goods this ledger does not keep.

    Raises
    ------
    OutOfStockError
        With every short line.
    PromotionLimitError
        With every promotion that has nothing left.
    RefusedError
        If there is such an order already.
    IdempotencyConflictError
        If the id was used with another order; when it was placed is no part of the comparison.
    RetryableError
        As in `receive_stock`.

    Notes
    -----
    The hold has the id of the order. Rows are written in one order by everybody: operation, order, claims, hold,
    counters; so two orders cannot wait for each other.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, OrderLine, RoundingPolicy
    >>> from shopcore.persistence import Shop, available_stock, receive_stock
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=2, unit_price=Money(3900, "CNY"))
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug], placed_at=noon)
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     first = place_order(connection, shop.tables, order, op_id="checkout-1")
    ...     again = place_order(connection, shop.tables, order, op_id="checkout-1")
    ...     first.order.version, again.replayed, available_stock(connection, shop.tables, ["MUG"], at=noon)
    (1, True, {'MUG': 3})
    """
    step = place(instance("order", order, Order))
    taken, at = checked_claims(order, claims), order.placed_at
    if expires_at is not None and aware("expires_at", expires_at) <= at:
        fail("expires_at", expires_at, "later than the placing", reason="order")
    where = _checked_places(order, location) if stock else {}
    facts = [
        order.evolve(placed_at=EPOCH).to_json(), [[one.claim.promotion_id, one.uses, one.amount] for one in taken],
        where, from_hold,
    ]  # fmt: skip
    asked = {"op_id": text("op_id", op_id, max_length=128), "verb": "place", "fingerprint": fingerprint_of(facts),
             "at": at, "result": written(step)}  # fmt: skip
    with unit(host) as connection:
        known = remember(connection, tables.operations, asked)
        if known is not None:
            return replayed(connection, tables, known)
        _insert_order(connection, tables, step.order)
        write_events(connection, tables, step.events, op_id)
        take_claims(connection, tables, order, taken, at)
        if stock:
            ends = expires_at if facts_of(order).due else None
            hold_order(
                Books(connection, tables, op_id, at), order, location=where or "main", expires_at=ends,
                from_hold=from_hold,
            )  # fmt: skip
    return OrderBooking(step.order, step.events)


def _checked_places(order: Order, location: str | Mapping[str, str]) -> dict[str, str]:
    shipped = [line.line_id for line in order.lines if line.is_shippable]
    if isinstance(location, str):
        place_of = dict.fromkeys(shipped, location)
    elif isinstance(location, Mapping) and set(shipped) <= set(location):
        place_of = {line_id: location[line_id] for line_id in shipped}
    else:
        fail("location", location, "a place, or a place for each line that is shipped", reason="type")
    for name in set(place_of.values()):
        text("location", name, max_length=64)
    return place_of


def _insert_order(connection: Connection, tables: Tables, order: Order) -> None:
    if not insert_new(connection, tables.orders, order_row(order)):
        raise RefusedError("there is such an order already", state="placed", reason="order_exists")
    insert_plain(connection, tables.order_lines, LINE_ROW, list(line_rows(order)))
