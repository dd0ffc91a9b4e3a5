"""What a command gives, and the placing that every order starts with."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shopcore._checks import aware, fail, instance
from shopcore.models import Order
from shopcore.orders._check import Asked, Refusal, prepared, raise_refusal
from shopcore.orders._events import OrderEvent, apply
from shopcore.orders._facts import facts_of
from shopcore.orders._table import BY_COMMAND

__all__ = ["OrderStep", "place"]


class OrderStep(NamedTuple):
    """What a command gives: the order afterwards and the events to keep; unpacks as ``order, events = ...``.

    Attributes
    ----------
    order : Order
        As it is now; the one handed in is unchanged.
    events : tuple of OrderEvent
        What happened, for the audit trail and for `replay`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import place
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> step = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                    placed_at=datetime(2026, 11, 11, 4, tzinfo=UTC)))
    >>> step.order.version, [event.kind for event in step.events]
    (1, ['placed'])
    """

    order: Order
    events: tuple[OrderEvent, ...]


def place(order: Order) -> OrderStep:
    """Return the order as placed, with the event every replay starts from (下单).

    Parameters
    ----------
    order : Order
        A sale on which nothing has happened: version 0, no postings, no units moved.

    Raises
    ------
    InputError
        If something has happened to it.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import place
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, events = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                             placed_at=datetime(2026, 11, 11, 4, tzinfo=UTC)))
    >>> order.version, events[0].kind
    (1, 'placed')
    """
    instance("order", order, Order)
    facts = facts_of(order)
    moved = order.version or order.postings or facts.shipped or any(line.cancelled for line in order.lines)
    if moved or not facts.sale:
        fail("order", order.order_id, "a sale on which nothing has happened", reason="order")
    event = OrderEvent(order_id=order.order_id, number=1, kind="placed", at=order.placed_at, order=order)
    return OrderStep(order.evolve(version=1), (event,))


def take(asked: Asked, at: datetime, reference: str | None, reason: str | None) -> OrderStep:
    """Return the order after a command, or raise its refusal."""
    order = instance("order", asked.order, Order)
    if aware("at", at) < order.placed_at:
        fail("at", at, "at or after the placing of the order", reason="order")
    found = prepared(asked)
    if isinstance(found, Refusal):
        raise_refusal(found)
    event = OrderEvent(
        order_id=order.order_id, number=order.version + 1, kind=BY_COMMAND[asked.command].event,  # type: ignore[arg-type]  # the table holds kinds only
        at=at, reference=reference, reason=reason, **found,
    )  # fmt: skip
    return OrderStep(apply(order, event), (event,))
