"""What a step of an order gives, kept with its operation id; and the events behind every order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from shopcore._checks import text
from shopcore.inventory import ShortLine
from shopcore.models import Order
from shopcore.models._result import Result
from shopcore.orders import OrderEvent, OrderStep, replay
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, unit

__all__ = ["OrderBooking", "load_order_events", "replayed", "written"]


@dataclass(frozen=True, slots=True)
class OrderBooking(Result):
    """A step of an order that was carried out.

    Attributes
    ----------
    order : Order
        As it is after the step; on a replay as it was after it the first time.
    events : tuple of OrderEvent
        What happened.
    short : tuple of ShortLine
        Of a payment that came after the hold had ended: what could not be held again. The payment stands; refund it
        or wait for goods. Empty otherwise.
    replayed : bool
        True where the operation id had been carried out before: nothing changed now.
    """

    order: Order
    events: tuple[OrderEvent, ...]
    short: tuple[ShortLine, ...] = ()
    replayed: bool = False


def written(step: OrderStep, short: Sequence[ShortLine] = (), *, kept: Order | None = None) -> str:
    """Return a step as the text that is stored with its operation; the order itself only where its events lack it."""
    event = step.events[0]
    lines = [[line.sku, line.location, line.asked, line.available] for line in short]
    order = None if kept is None else kept.to_json()
    return json.dumps([event.order_id, event.number, lines, order], ensure_ascii=False)


def replayed(connection: Connection, tables: Tables, known: str) -> OrderBooking:
    """Return the booking that `written` wrote: the order as it was after that step."""
    order_id, number, short, kept = json.loads(known)
    events = _events(connection, tables, order_id, upto=number)
    order = replay(events) if kept is None else Order.from_json(kept)
    return OrderBooking(order, events[-1:], tuple(ShortLine(*line) for line in short), replayed=True)


def load_order_events(host: Host, tables: Tables, order_id: str) -> tuple[OrderEvent, ...]:
    """Return what happened to an order, from the placing on (订单日志); `replay` leads from it to the stored order.

    Of an order that was brought in by `save_orders` only what happened since.

    Parameters
    ----------
    host, tables
        As in `receive_stock`.
    order_id : str
        Whose events.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     load_order_events(connection, shop.tables, "A1")
    ()
    """
    with unit(host, writes=False) as connection:
        return _events(connection, tables, text("order_id", order_id, max_length=128))


def _events(connection: Connection, tables: Tables, order_id: str, upto: int | None = None) -> tuple[OrderEvent, ...]:
    table = tables.trade.order_events
    query = select(table.c.body).where(table.c.order_id == order_id).order_by(table.c.number)
    if upto is not None:
        query = query.where(table.c.number <= upto)
    return tuple(OrderEvent.from_json(body) for body in connection.scalars(query))
