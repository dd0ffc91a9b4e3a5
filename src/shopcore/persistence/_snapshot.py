"""A priced cart as the order it becomes: every price, discount share and rate as it was on that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shopcore._checks import fail, instance, text
from shopcore.errors import InputError
from shopcore.models import Cart, DiscountShare, Money, Order, OrderLine, RoundingPolicy
from shopcore.promotions import PricedCart

__all__ = ["order_from_cart"]

BY_LINE: Final = RoundingPolicy("line")


def order_from_cart(
    cart: Cart,
    priced: PricedCart,
    *,
    order_id: str,
    placed_at: datetime,
    titles: Mapping[str, str],
    rounding: RoundingPolicy = BY_LINE,
    unit_costs: Mapping[str, Money] | None = None,
    shipping_title: str = "Shipping",
    **fields: Any,
) -> Order:
    """Return the order that a priced cart becomes, its prices kept as they were (价格快照).

    Pure: it asks no catalogue and no clock. Gifts become lines of their own at no price, the shipping fee a line with
    its own discounts. Hand the order to `place_order` together with ``priced.claims``.

    Parameters
    ----------
    cart : Cart
        What is bought.
    priced : PricedCart
        Of `evaluate`, for this cart.
    order_id : str
        The shop's id.
    placed_at : datetime
        Aware.
    titles : mapping of SKU to str
        As they are shown on the order; gifts too.
    rounding : RoundingPolicy
        By which the order is settled. Pricing rounds the tax by line and half up; another policy may differ from
        ``priced.total_with_tax`` in the tax, never in what goods cost.
    unit_costs : mapping of SKU to Money, optional
        What a unit cost the shop; sensitive.
    shipping_title : str
        What the line of the shipping fee says.
    **fields
        Other fields of `Order`: customer_id, channel_id, country, source, external_ref, payment_terms, audit.

    Raises
    ------
    InputError
        If a title is missing or `priced` is not of this cart.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Cart, CartLine, Promotion
    >>> from shopcore.orders import totals
    >>> from shopcore.promotions import evaluate, rules
    >>> cart = Cart(currency="CNY", lines=[CartLine(line_id="1", sku="TEA", quantity=3, unit_price=Money(4900, "CNY"))],
    ...             shipping=Money(1200, "CNY"))
    >>> rule = rules.SpendThreshold(threshold=Money(10000, "CNY"), amount=Money(2000, "CNY"))
    >>> priced = evaluate(cart, [Promotion(promotion_id="full-100", effect=rule)])
    >>> order = order_from_cart(cart, priced, order_id="A1", titles={"TEA": "Oolong, 100 g"},
    ...                         placed_at=datetime(2026, 11, 11, 4, tzinfo=UTC))
    >>> totals(order).total, priced.total, [line.kind for line in order.lines]
    (Money(13900, 'CNY'), Money(13900, 'CNY'), ['goods', 'shipping'])
    """
    instance("cart", cart, Cart)
    _check_pair(cart, instance("priced", priced, PricedCart))
    costs = {} if unit_costs is None else unit_costs
    lines = [
        OrderLine(
            line_id=line.line_id, sku=line.sku, title=_title(titles, line.sku), quantity=line.quantity,
            unit_price=line.unit_price, discounts=after.discounts, tax_rate=line.tax_rate,
            tax_included=cart.prices_include_tax, unit_cost=costs.get(line.sku),
        )
        for line, after in zip(cart.lines, priced.lines, strict=True)
    ]  # fmt: skip
    used = {line.line_id for line in lines}
    lines += [
        OrderLine(
            line_id=_free_id("gift", used), sku=sku, title=_title(titles, sku), quantity=count, kind="gift",
            unit_price=Money(0, cart.currency), tax_included=cart.prices_include_tax, unit_cost=costs.get(sku),
        )
        for sku, count in priced.gifts
    ]  # fmt: skip
    if priced.shipping_list.minor:
        lines.append(_shipping(priced, used, text("shipping_title", shipping_title, max_length=300)))
    return Order(
        order_id=order_id, currency=cart.currency, rounding=rounding, placed_at=placed_at, lines=tuple(lines), **fields
    )


def _check_pair(cart: Cart, priced: PricedCart) -> None:
    pairs = [(line.line_id, line.sku, line.quantity) for line in cart.lines]
    found = [(line.line_id, line.sku, line.quantity) for line in priced.lines]
    listed = [line.unit_price.minor * line.quantity for line in cart.lines]
    shipping = 0 if cart.shipping is None else cart.shipping.minor
    whole = priced.shipping_list.minor == shipping and priced.total.currency is cart.currency
    if pairs != found or listed != [line.list_amount.minor for line in priced.lines] or not whole:
        raise InputError(
            "priced must be that of this cart; evaluate it again", argument="priced", expected="the cart's own",
            reason="other_cart",
        )  # fmt: skip


def _title(titles: Mapping[str, str], sku: str) -> str:
    if sku not in titles:
        fail("titles", sku, "a mapping that holds every SKU of the order", reason="missing")
    return titles[sku]


def _free_id(wanted: str, used: set[str]) -> str:
    found, number = wanted, 2
    while found in used:
        found, number = f"{wanted}-{number}", number + 1
    used.add(found)
    return found


def _shipping(priced: PricedCart, used: set[str], title: str) -> OrderLine:
    shares = tuple(
        DiscountShare(promotion_id=entry.promotion_id, amount=entry.shipping)
        for entry in priced.trace
        if entry.applied and entry.shipping.minor
    )
    return OrderLine(
        line_id=_free_id("shipping", used), sku="SHIPPING", title=title, quantity=1, kind="shipping",
        unit_price=priced.shipping_list, discounts=shares,
    )  # fmt: skip
