"""What an order comes to: list, discount, tax and total, with every line's share to the minor unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shopcore._checks import at_most, fail, instance
from shopcore.models import Currency, Money, Order, OrderLine, Rate, Result, RoundingPolicy
from shopcore.models._allocation import allocate_minor, whole_weights
from shopcore.models._order import MAX_LINES
from shopcore.orders._amounts import Through, allotments, discount_parts, through

__all__ = ["LineTotals", "OrderTotals", "TaxTotals", "basket_totals", "totals"]


@dataclass(frozen=True, slots=True)
class TaxTotals(Result):
    """One tax of an order or a line: its name, rate, the net it is on and its amount.

    Attributes
    ----------
    name : str
        The tax code of the lines or the name of the part; empty where they have none.
    rate : Rate
        Its rate.
    included : bool
        Whether the prices hold it.
    base, tax : Money
        The net it is on and its amount.
    """

    name: str
    rate: Rate
    included: bool
    base: Money
    tax: Money

    @property
    def label(self) -> str:
        """Name and rate, for people."""
        return f"{self.name} {self.rate}".strip()


@dataclass(frozen=True, slots=True)
class LineTotals(Result):
    """What one line comes to.

    Attributes
    ----------
    line_id, kind, quantity
        Of the line.
    listed, discount : Money
        Unit price times quantity, and what promotions take off it.
    net, tax, total : Money
        Without tax, the tax, and what the customer pays; ``net + tax == total``.
    taxes : tuple of TaxTotals
        The line's taxes, one by one; they sum to `tax`.
    discounts : tuple of (str, Money)
        What each promotion takes off.
    """

    line_id: str
    kind: str
    quantity: int
    listed: Money
    discount: Money
    net: Money
    tax: Money
    total: Money
    taxes: tuple[TaxTotals, ...]
    discounts: tuple[tuple[str, Money], ...]

    def explain(self) -> str:
        """Return the line's arithmetic in one sentence."""
        parts = [f"{self.line_id}: {self.quantity} of it, list {self.listed.text}"]
        parts += [f"less {amount.text} ({promotion})" for promotion, amount in self.discounts]
        for entry in self.taxes:
            sign = "holds" if entry.included else "plus"
            parts.append(f"{sign} {entry.tax.text} tax {entry.label} of net {entry.base.text}")
        return ", ".join(parts) + f" = {self.total.text}"


@dataclass(frozen=True, slots=True)
class OrderTotals(Result):
    """What an order comes to (订单金额); every sum is the sum of what the lines show.

    Attributes
    ----------
    currency, rounding
        Of the order.
    lines : tuple of LineTotals
        In the order of the lines.
    taxes : tuple of TaxTotals
        One for each name, rate and way of inclusion.
    listed, discount, net, tax, total : Money
        Sums of the lines; `total` is what the customer pays. Negative for a credit note.
    """

    currency: Currency
    rounding: RoundingPolicy
    lines: tuple[LineTotals, ...]
    taxes: tuple[TaxTotals, ...]
    listed: Money
    discount: Money
    net: Money
    tax: Money
    total: Money

    def of_kind(self, kind: str) -> Money:
        """Return the sum of the lines of one kind, such as ``"shipping"``."""
        return Money.total((line.total for line in self.lines if line.kind == kind), self.currency)

    def explain(self) -> str:
        """Return the arithmetic of every line, then the sums."""
        policy = self.rounding
        step = f" to multiples of {policy.step}" if policy.step != 1 else ""
        head = f"Tax is rounded {policy.mode} per {policy.scope}{step}; amounts in {self.currency.code}."
        taxes = [
            f"tax {entry.label} {'in' if entry.included else 'on'} net {entry.base.text}: {entry.tax.text}"
            for entry in self.taxes
        ]
        sums = (
            f"list {self.listed.text} - discount {self.discount.text}; "
            f"net {self.net.text} + tax {self.tax.text} = total {self.total.text}"
        )
        return "\n".join([head, *(line.explain() for line in self.lines), *taxes, sums])


def totals(order: Order) -> OrderTotals:
    """Return what an order comes to as it was placed (订单金额).

    Parameters
    ----------
    order : Order
        Units cancelled or returned later still count: `refundable` says what may go back for them.

    Returns
    -------
    OrderTotals
        Every line with its net, tax and total; the sums are sums of the lines.

    Raises
    ------
    InputError
        If discounts exceed the price of a line once sub-cent prices are rounded.

    Notes
    -----
    Tax on top: rounded(amount x rate). Tax inside: net = rounded(amount / (1 + rate)), tax = the rest, so that the
    total never changes with the level of rounding; where the policy's step is coarser than one, the tax is rounded.
    Level ``"order"`` rounds the sum of each rate once and splits it
    over its lines by largest remainder, earliest line first on ties. Several taxes on one line share its tax by
    largest remainder of their rates.
    Source: levels and modes as in commercetools, "Cart tax calculation" (documentation, 2026).

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> def order(scope):
    ...     line = OrderLine(line_id="1", sku="SOAP", title="Soap", quantity=36, unit_price=Money(166, "EUR"),
    ...                      tax_rate=Rate("0.20"), tax_included=False)
    ...     return Order(order_id="A1", currency="EUR", rounding=RoundingPolicy(scope), lines=[line],
    ...                  placed_at=datetime(2026, 6, 1, tzinfo=UTC))
    >>> [totals(order(scope)).tax.text for scope in ("unit", "line", "order")]
    ['11.88', '11.95', '11.95']
    """
    instance("order", order, Order)
    return _sum(order.lines, order.rounding, order.currency, sign=order.sign)


def basket_totals(lines: Sequence[OrderLine], *, rounding: RoundingPolicy) -> OrderTotals:
    """Return what lines come to before there is an order, by the same rule as `totals`.

    Parameters
    ----------
    lines : sequence of OrderLine
        1 to 10,000 of one currency.
    rounding : RoundingPolicy
        The policy the order will have.

    Examples
    --------
    >>> line = OrderLine(line_id="1", sku="TEA", title="Tea", quantity=3, unit_price=Money(999, "JPY"),
    ...                  tax_rate=Rate("0.10"))
    >>> found = basket_totals([line], rounding=RoundingPolicy("order"))
    >>> found.tax, found.total
    (Money(272, 'JPY'), Money(2997, 'JPY'))
    """
    instance("rounding", rounding, RoundingPolicy)
    if not isinstance(lines, Sequence):
        fail("lines", lines, "a sequence of lines", reason="type")
    at_most("lines", lines, MAX_LINES, "lines")
    if not lines:
        fail("lines", lines, "at least one line", reason="too_few")
    currency = instance("lines", lines[0], OrderLine).unit_price.currency
    for line in lines:
        if instance("lines", line, OrderLine).unit_price.currency is not currency:
            Money(0, currency) + Money(0, line.unit_price.currency)
    return _sum(lines, rounding, currency, sign=1)


def _sum(lines: Sequence[OrderLine], policy: RoundingPolicy, currency: Currency, *, sign: int) -> OrderTotals:
    shares = allotments(lines, policy)
    rows = tuple(
        line_totals(line, through(line, line.quantity, policy, share), policy, sign=sign)
        for line, share in zip(lines, shares, strict=True)
    )

    def whole(name: str) -> Money:
        return Money.total((getattr(row, name) for row in rows), currency)

    return OrderTotals(
        currency=currency,
        rounding=policy,
        lines=rows,
        taxes=_by_tax(rows, currency),
        listed=whole("listed"),
        discount=whole("discount"),
        net=whole("net"),
        tax=whole("tax"),
        total=whole("total"),
    )


def line_totals(line: OrderLine, found: Through, policy: RoundingPolicy, *, sign: int) -> LineTotals:
    """Return the totals of a line from what all of its units amount to."""
    currency = line.unit_price.currency

    def money(minor: int) -> Money:
        return Money(sign * minor, currency)

    net = found.amount - found.tax if line.tax_included else found.amount
    parts = discount_parts(line, line.quantity, policy) if line.discounts else ()
    return LineTotals(
        line_id=line.line_id,
        kind=line.kind,
        quantity=line.quantity,
        listed=money(found.listed),
        discount=money(found.discount),
        net=money(net),
        tax=money(found.tax),
        total=money(net + found.tax),
        taxes=tuple(
            TaxTotals(name=name, rate=rate, included=line.tax_included, base=money(net), tax=money(minor))
            for name, rate, minor in tax_parts(line, found.tax)
        ),
        discounts=tuple((share.promotion_id, money(minor)) for share, minor in zip(line.discounts, parts, strict=True)),
    )


def tax_parts(line: OrderLine, tax: int) -> list[tuple[str, Rate, int]]:
    """Return the taxes of a line by name and rate; they sum to `tax`."""
    if not line.taxes:
        return [(line.tax_code or "", line.tax_rate, tax)] if line.tax_rate.numerator else []
    rates = [part.rate for part in line.taxes]
    shares = allocate_minor(tax, whole_weights(rates)) if line.tax_rate.numerator else [0] * len(rates)
    return [(part.name, part.rate, share) for part, share in zip(line.taxes, shares, strict=True)]


def _by_tax(rows: Sequence[LineTotals], currency: Currency) -> tuple[TaxTotals, ...]:
    sums: dict[tuple[str, Rate, bool], list[int]] = {}
    for row in rows:
        for entry in row.taxes:
            held = sums.setdefault((entry.name, entry.rate, entry.included), [0, 0])
            held[0] += entry.base.minor
            held[1] += entry.tax.minor
    return tuple(
        TaxTotals(name=name, rate=rate, included=included, base=Money(base, currency), tax=Money(tax, currency))
        for (name, rate, included), (base, tax) in sums.items()
    )
