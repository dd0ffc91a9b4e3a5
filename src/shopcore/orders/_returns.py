"""Commands of the axis of return: request, reject, receive, exchange."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shopcore.models import Order
from shopcore.orders._check import Asked
from shopcore.orders._step import OrderStep, take

__all__ = ["exchange", "receive_return", "reject_return", "request_return"]


def request_return(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after the customer asked to send units back (申请退货).

    Not received yet is no hindrance: a refused parcel comes back too.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units by line id; by default all the customer has.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the parcel or request, and why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold, or more units are named than may be.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import order_state, pay, place, request_return, ship
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = ship(order, at=noon)
    >>> order, _ = request_return(order, {"1": 1}, at=noon)
    >>> order_state(order)
    'in_return'
    """
    return take(Asked(order, "request_return", units), at, reference, reason)


def reject_return(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after a request for return was turned down or taken back (驳回退货).

    The order stands where it stood before the request.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units by line id; by default all requested.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the parcel or request, and why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold, or more units are named than may be.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import order_state, pay, place, reject_return, request_return, ship
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = ship(order, at=noon)
    >>> order, _ = reject_return(request_return(order, at=noon).order, at=noon)
    >>> order_state(order)
    'shipped'
    """
    return take(Asked(order, "reject_return", units), at, reference, reason)


def receive_return(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after returned units were accepted (退货签收).

    They wait for `refund` or `exchange`; where they were never paid, their price is waived.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units that came back by line id; by default all requested.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the parcel or request, and why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold, or more units are named than may be.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import order_state, pay, place, receive_return, refundable, request_return, ship
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = ship(order, at=noon)
    >>> order, _ = receive_return(request_return(order, {"1": 1}, at=noon).order, at=noon)
    >>> order_state(order), refundable(order).open_amount
    ('in_return', Money(3900, 'CNY'))
    """
    return take(Asked(order, "receive_return", units), at, reference, reason)


def exchange(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after returned units were replaced by the same article (换货).

    Another article is an order of its own; its price difference is settled there.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units replaced by line id; by default all that came back and are not settled.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the parcel or request, and why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold, or more units are named than may be.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import exchange, order_state, pay, place, receive_return, request_return, ship
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = ship(order, at=noon)
    >>> order, _ = receive_return(request_return(order, {"1": 1}, at=noon).order, at=noon)
    >>> order, _ = exchange(order, at=noon, reference="SF-2")
    >>> order_state(order)
    'exchanged'
    """
    return take(Asked(order, "exchange", units), at, reference, reason)
