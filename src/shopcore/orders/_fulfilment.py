"""Commands of the audit and of fulfilment: hold, approve, reject, cancel, ship, confirm receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shopcore.models import Order
from shopcore.orders._check import Asked
from shopcore.orders._step import OrderStep, take

__all__ = ["approve", "cancel", "confirm_receipt", "hold", "reject", "ship"]


def hold(order: Order, *, at: datetime, reason: str | None = None) -> OrderStep:
    """Return the order after it was sent to the audit (送审).

    Nothing is shipped until it passed.

    Parameters
    ----------
    order : Order
        The order as it stands.
    at : datetime
        When; aware, not before the order was placed.
    reason : str, optional
        Why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import hold, place
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = hold(order, at=noon)
    >>> order.audit
    'pending'
    """
    return take(Asked(order, "hold"), at, None, reason)


def approve(order: Order, *, at: datetime, reason: str | None = None) -> OrderStep:
    """Return the order after it passed the audit (审核通过).

    A rejected order may be approved after all.

    Parameters
    ----------
    order : Order
        The order as it stands.
    at : datetime
        When; aware, not before the order was placed.
    reason : str, optional
        Why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import approve, hold, place
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = approve(hold(order, at=noon).order, at=noon)
    >>> order.audit
    'passed'
    """
    return take(Asked(order, "approve"), at, None, reason)


def reject(order: Order, *, at: datetime, reason: str | None = None) -> OrderStep:
    """Return the order after it failed the audit (审核驳回).

    It can then be cancelled and refunded, or approved after all; not paid, not shipped.

    Parameters
    ----------
    order : Order
        The order as it stands.
    at : datetime
        When; aware, not before the order was placed.
    reason : str, optional
        Why, without personal data.

    Raises
    ------
    TransitionError
        If a guard of the table does not hold.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import hold, place, reject
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = reject(hold(order, at=noon).order, at=noon, reason="address unknown")
    >>> order.audit
    'rejected'
    """
    return take(Asked(order, "reject"), at, None, reason)


def cancel(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after units were cancelled (取消订单).

    Before payment their price is waived; after it, `refund` gives their money back.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units by line id; by default all that are not shipped, with postage and fees unless a parcel has left.
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
    >>> from shopcore.orders import cancel, order_status, place
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = cancel(order, {"1": 1}, at=noon)
    >>> order_status(order).due
    Money(7800, 'CNY')
    """
    return take(Asked(order, "cancel", units), at, reference, reason)


def ship(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after a parcel left (发货).

    Split shipments are several calls; `reference` is the parcel's number.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units in the parcel by line id; by default all that are outstanding.
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
    >>> from shopcore.orders import order_state, pay, place, ship
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = ship(order, {"1": 2}, at=noon, reference="SF-1")
    >>> order_state(order)
    'partially_shipped'
    """
    return take(Asked(order, "ship", units), at, reference, reason)


def confirm_receipt(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after units arrived (确认收货).

    The customer said so, or the term for saying so ran out.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units that arrived by line id; by default all that are under way.
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
    >>> from shopcore.orders import confirm_receipt, order_state, pay, place, ship
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = ship(order, at=noon)
    >>> order, _ = confirm_receipt(order, at=noon)
    >>> order_state(order)
    'received'
    """
    return take(Asked(order, "confirm_receipt", units), at, reference, reason)
