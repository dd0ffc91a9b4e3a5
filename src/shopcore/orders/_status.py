"""The trade's words for an order, derived from its quantities and amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shopcore._checks import instance
from shopcore.models import Money, Order, Result
from shopcore.orders._facts import Facts, facts_of

__all__ = ["STATES", "OrderStatus", "order_state", "order_status"]

STATES: Final[dict[str, str]] = {
    "awaiting_payment": "待付款",
    "awaiting_shipment": "待发货",
    "partially_shipped": "部分发货",
    "shipped": "已发货",
    "received": "已签收",
    "cancelled": "已取消",
    "in_return": "退货中",
    "refunded": "已退款",
    "exchanged": "已换货",
}


@dataclass(frozen=True, slots=True)
class OrderStatus(Result):
    """Where an order stands: the trade's word, the three axes behind it, and its money.

    Attributes
    ----------
    state, chinese : str
        The word, a key of `STATES`, and its Chinese.
    payment : str
        ``"unpaid"``, ``"partly_paid"``, ``"paid"``, ``"overpaid"``, ``"partly_refunded"``, ``"refunded"`` or
        ``"charged_back"``.
    fulfilment : str
        ``"not_needed"``, ``"unshipped"``, ``"partly_shipped"``, ``"shipped"``, ``"received"`` or ``"cancelled"``.
    returns : str
        ``"none"``, ``"requested"``, ``"to_settle"`` (goods are back, money or replacement is not), ``"returned"``.
    payable, due, paid, refunded, goodwill, charged_back, held : Money
        What the order costs less what was waived; what is still to be paid; what came in; what went back as refunds,
        as goodwill and by the bank; and what the shop still holds, the ceiling of everything that may go back.
    allowed : tuple of str
        The commands that may be given now.
    """

    state: str
    chinese: str
    payment: str
    fulfilment: str
    returns: str
    payable: Money
    due: Money
    paid: Money
    refunded: Money
    goodwill: Money
    charged_back: Money
    held: Money
    allowed: tuple[str, ...]

    def explain(self) -> str:
        """Return the word and what it rests on."""
        return (
            f"{self.state} ({self.chinese}): payment {self.payment}, fulfilment {self.fulfilment}, "
            f"returns {self.returns}; payable {self.payable.text}, paid {self.paid.text}, due {self.due.text}, "
            f"held {self.held.text} {self.held.currency}; allowed: {', '.join(self.allowed) or 'nothing'}"
        )


def order_state(order: Order) -> str:
    """Return the trade's word for where an order stands (订单状态), a key of `STATES`.

    Parameters
    ----------
    order : Order
        Its word is never stored: it follows from the quantities and the money.

    Notes
    -----
    The first that holds: a return is open, `in_return`; nothing is left, or all money went back, `refunded` or
    `cancelled`; money is due before the first parcel, `awaiting_payment`; units are still to be shipped,
    `awaiting_shipment` or `partially_shipped`; a unit was replaced, `exchanged`; then `shipped` and `received`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import OrderLine, RoundingPolicy
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...               placed_at=datetime(2026, 11, 11, 8, tzinfo=UTC))
    >>> order_state(order), STATES[order_state(order)]
    ('awaiting_payment', '待付款')
    """
    return word(facts_of(instance("order", order, Order)))


def word(facts: Facts) -> str:
    """Return the trade's word for the facts of an order."""
    if facts.requested or facts.open_returned:
        return "in_return"
    if facts.left == 0 or facts.all_back:
        return "refunded" if facts.refunded and not facts.open_cancelled else "cancelled"
    if facts.due and facts.prepaid and not facts.shipped:
        return "awaiting_payment"
    if facts.outstanding:
        return "partially_shipped" if facts.shipped else "awaiting_shipment"
    if facts.exchanged:
        return "exchanged"
    return "received" if facts.received >= facts.shipped else "shipped"


def order_status(order: Order) -> OrderStatus:
    """Return where an order stands: word, axes, money and the commands it allows (订单状态).

    Parameters
    ----------
    order : Order
        A sale; a credit note allows no command.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import OrderLine, RoundingPolicy
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...               placed_at=datetime(2026, 11, 11, 8, tzinfo=UTC))
    >>> found = order_status(order)
    >>> found.payment, found.due, found.allowed
    ('unpaid', Money(11700, 'CNY'), ('pay', 'hold', 'cancel'))
    """
    from shopcore.orders._table import allowed_by

    facts = facts_of(instance("order", order, Order))
    state = word(facts)

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    return OrderStatus(
        state=state,
        chinese=STATES[state],
        payment=_payment(facts),
        fulfilment=_fulfilment(facts),
        returns=_returns(facts),
        payable=money(facts.payable),
        due=money(facts.due),
        paid=money(facts.paid),
        refunded=money(facts.refunded),
        goodwill=money(facts.goodwill),
        charged_back=money(facts.charged_back),
        held=money(facts.held),
        allowed=allowed_by(facts),
    )


def _payment(facts: Facts) -> str:
    if facts.charged_back:
        return "charged_back"
    if facts.refunded:
        return "refunded" if facts.held <= 0 else "partly_refunded"
    if facts.due:
        return "partly_paid" if facts.paid else "unpaid"
    return "overpaid" if facts.paid > facts.payable else "paid"


def _fulfilment(facts: Facts) -> str:
    if not facts.ordered:
        return "not_needed"
    if not facts.shipped:
        return "unshipped" if facts.outstanding else "cancelled"
    if facts.outstanding:
        return "partly_shipped"
    return "received" if facts.received >= facts.shipped else "shipped"


def _returns(facts: Facts) -> str:
    if facts.requested:
        return "requested"
    if facts.open_returned:
        return "to_settle"
    return "returned" if facts.returned else "none"
