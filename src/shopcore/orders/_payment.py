"""Commands of the axis of payment: money in, money back, goodwill apart, and what a bank takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shopcore.models import Money, Order
from shopcore.orders._check import Asked
from shopcore.orders._step import OrderStep, take

__all__ = ["chargeback", "goodwill", "pay", "refund", "reverse_chargeback"]


def pay(
    order: Order, amount: Money, *, at: datetime, reference: str | None = None, reason: str | None = None
) -> OrderStep:
    """Return the order after a payment (付款).

    Part payments add up; what exceeds the amount due is refused and belongs back to the payer.

    Parameters
    ----------
    order : Order
        The order as it stands.
    amount : Money
        Positive, at most what is due.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the payment, and why, without personal data.

    Raises
    ------
    TransitionError
        If nothing is due or the amount exceeds it; `limit` is what is due.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import order_state, pay, place
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, events = pay(order, Money(11700, "CNY"), at=noon, reference="WX-1")
    >>> order_state(order), order.paid_at == noon
    ('awaiting_shipment', True)
    """
    return take(Asked(order, "pay", amount=amount), at, reference, reason)


def refund(
    order: Order,
    units: Mapping[str, int] | None = None,
    *,
    at: datetime,
    amount: Money | None = None,
    keep_goods: bool = False,
    reference: str | None = None,
    reason: str | None = None,
) -> OrderStep:
    """Return the order after money went back (退款): for units, to the cent, or an amount of your choice.

    Units are taken from those cancelled, then those that came back, then those not shipped, which it cancels. Units
    the customer has need ``keep_goods=True`` (仅退款). Goodwill is a command of its own.

    Parameters
    ----------
    order : Order
        The order as it stands.
    units : mapping of str to int, optional
        Units by line id; by default all that are cancelled or back and not settled, and where nothing was shipped
        yet all the rest.
    at : datetime
        When; aware, not before the order was placed.
    amount : Money, optional
        With `units`, less than they were charged: the rest is retained. Without, an amount tied to no unit.
    keep_goods : bool
        Whether units may be refunded that stay with the customer.
    reference, reason : str, optional
        Number of the refund, and why, without personal data.

    Raises
    ------
    RefundLimitError
        If it exceeds what the shop still holds, or what the units were charged; `limit` is the most.
    TransitionError
        If nothing may be refunded, or more units are named than may be.

    Notes
    -----
    n units bring back F(settled + n) - F(settled), F being what the first units were charged with tax and after
    discounts; see `refundable`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import order_state, pay, place, refund
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, events = refund(order, {"1": 1}, at=noon)
    >>> events[0].amount, order.lines[0].cancelled, order_state(order)
    (Money(3900, 'CNY'), 1, 'awaiting_shipment')
    >>> order_state(refund(order, at=noon).order)
    'refunded'
    """
    return take(Asked(order, "refund", units, amount, keep_goods), at, reference, reason)


def goodwill(
    order: Order, amount: Money, *, at: datetime, reference: str | None = None, reason: str | None = None
) -> OrderStep:
    """Return the order after money was given as goodwill (补偿).

    Apart from refunds: it settles no units, but the ceiling counts it.

    Parameters
    ----------
    order : Order
        The order as it stands.
    amount : Money
        Positive, at most what the shop holds.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the payment, and why, without personal data.

    Raises
    ------
    RefundLimitError
        If it exceeds what the shop holds; `limit` is the most.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import goodwill, pay, place, refundable
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = goodwill(order, Money(500, "CNY"), at=noon, reason="late parcel")
    >>> refundable(order).ceiling
    Money(11200, 'CNY')
    """
    return take(Asked(order, "goodwill", amount=amount), at, reference, reason)


def chargeback(
    order: Order, amount: Money, *, at: datetime, reference: str | None = None, reason: str | None = None
) -> OrderStep:
    """Return the order after a bank took money back (拒付).

    What it took falls due again: no parcel leaves a prepaid order before it is settled.

    Parameters
    ----------
    order : Order
        The order as it stands.
    amount : Money
        Positive, at most what the shop holds.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the payment, and why, without personal data.

    Raises
    ------
    RefundLimitError
        If it exceeds what the shop holds; `limit` is the most.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import chargeback, order_status, pay, place
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = chargeback(order, Money(11700, "CNY"), at=noon)
    >>> order_status(order).payment
    'charged_back'
    """
    return take(Asked(order, "chargeback", amount=amount), at, reference, reason)


def reverse_chargeback(
    order: Order, amount: Money, *, at: datetime, reference: str | None = None, reason: str | None = None
) -> OrderStep:
    """Return the order after a bank gave a chargeback back (拒付撤销).

    The dispute was won.

    Parameters
    ----------
    order : Order
        The order as it stands.
    amount : Money
        Positive, at most what was charged back.
    at : datetime
        When; aware, not before the order was placed.
    reference, reason : str, optional
        Number of the payment, and why, without personal data.

    Raises
    ------
    RefundLimitError
        If it exceeds what was charged back; `limit` is the most.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Money, Order, OrderLine, RoundingPolicy
    >>> from shopcore.orders import chargeback, order_status, pay, place, reverse_chargeback
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order, _ = place(Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...                        placed_at=noon))
    >>> order, _ = pay(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = chargeback(order, Money(11700, "CNY"), at=noon)
    >>> order, _ = reverse_chargeback(order, Money(11700, "CNY"), at=noon)
    >>> order_status(order).payment
    'paid'
    """
    return take(Asked(order, "reverse_chargeback", amount=amount), at, reference, reason)
