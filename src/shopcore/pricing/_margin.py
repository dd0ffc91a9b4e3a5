"""The quantities of one sale without a fee table: margin, markup, one commission, one payment fee, tax on lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shopcore._checks import at_most, fail, instance, integer
from shopcore._rounding import Rounding
from shopcore.models._amount import same_currency
from shopcore.models._currency import Currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result
from shopcore.models._rounding_policy import RoundingPolicy
from shopcore.pricing._charges import Commission
from shopcore.pricing._component import MAX_AMOUNT, minor_in, share
from shopcore.pricing._lines import Term, band_term
from shopcore.pricing._waterfall import MAX_PRICE, percent, ratio

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["Margin", "commission", "margin", "payment_fee", "price_with_margin", "tax_on_lines"]


@dataclass(frozen=True, slots=True)
class Margin(Result):
    """Profit of a price over its cost.

    Attributes
    ----------
    profit : Money
        Price less cost.
    margin : Rate or None
        Profit over price (毛利率), exact; None where the price is zero.
    markup : Rate or None
        Profit over cost (加价率), exact; None where the cost is zero.
    """

    profit: Money = field(repr=False)
    margin: Rate | None
    markup: Rate | None

    def explain(self) -> str:
        """Return the three in words."""
        return f"profit {self.profit}: margin {percent(self.margin)} of price, markup {percent(self.markup)} on cost"


def margin(price: Money, cost: Money) -> Margin:
    """Return profit, gross margin and markup of a price over a cost (毛利率, 加价率).

    Parameters
    ----------
    price, cost : Money
        Of one unit, one currency, both with or both without tax.

    Returns
    -------
    Margin
        Exact ratios; None where there is nothing to divide by.

    Examples
    --------
    >>> print(margin(Money(12500, "CNY"), Money(8000, "CNY")).explain())
    profit 45.00 CNY: margin 36.00 % of price, markup 56.25 % on cost
    """
    profit = price - cost
    return Margin(profit, ratio(profit.minor, price.minor), ratio(profit.minor, cost.minor))


def price_with_margin(cost: Money, target_margin: RateLike) -> Money:
    """Return the smallest price with a gross margin, where nothing but the cost is paid (倒推售价).

    Parameters
    ----------
    cost : Money
        Zero or positive.
    target_margin : Rate, str, Decimal or int
        Profit over price, in [0, 1).

    Returns
    -------
    Money
        At least one minor unit. With fees use `price_for`.

    Notes
    -----
    cost / (1 - margin), rounded up: the margin is met exactly, never on a rounded percentage.

    Examples
    --------
    >>> price_with_margin(Money(1000, "CNY"), "30%")
    Money(1429, 'CNY')
    """
    rate = rate_argument("target_margin", target_margin, low=0, high=1, high_open=True)
    if cost.minor < 0:
        fail("cost", None, "zero or positive", reason="range")
    price = -(-cost.minor * rate.denominator // (rate.denominator - rate.numerator))
    return Money(max(price, 1), cost.currency)


def commission(amount: Money, schedule: Commission) -> Money:
    """Return the commission on one amount (平台扣点): bands, then one rounding, minimum, cap.

    Parameters
    ----------
    amount : Money
        What the commission looks at (gross or net price of a unit, or an order's), zero or positive.
    schedule : Commission
        Bands, minimum, cap and rounding; all in the amount's currency.

    Notes
    -----
    An edge belongs to the lower band. Marginal bands are summed exactly and rounded once.

    Examples
    --------
    >>> from shopcore.pricing import Band
    >>> bands = [Band(up_to=Money(1500, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    >>> grocery = Commission(name="referral", bands=bands)
    >>> commission(Money(1500, "USD"), grocery), commission(Money(1501, "USD"), grocery)
    (Money(120, 'USD'), Money(225, 'USD'))
    """
    instance("schedule", schedule, Commission)
    for money in schedule.amounts():
        same_currency(amount, money)
    if not 0 <= amount.minor <= MAX_PRICE:
        fail("amount", str(amount), f"from 0 to {MAX_PRICE} minor units", reason="range")
    return Money(schedule_line(schedule, amount.currency).at(amount.minor), amount.currency)


def schedule_line(schedule: Commission, currency: Currency | None) -> Term:
    """Return a commission of one currency in whole numbers; None where it has no amounts."""

    def minor(money: Money | None) -> int:
        return 0 if money is None or currency is None else minor_in(money, currency, ())

    return schedule.in_numbers(minor)


def payment_fee(
    amount: Money,
    rate: RateLike,
    *,
    fixed: Money | None = None,
    minimum: Money | None = None,
    cap: Money | None = None,
    rounding: Rounding = "half_up",
) -> Money:
    """Return a fee of percent and fixed amount (手续费): the percent rounded once, then minimum, then cap.

    Parameters
    ----------
    amount : Money
        What is charged on, zero or positive.
    rate : Rate, str, Decimal or int
        From 0 to 1.
    fixed, minimum, cap : Money, optional
        The fixed part; limits of the whole fee.

    Examples
    --------
    >>> payment_fee(Money(1050, "USD"), "2.9%", fixed=Money(30, "USD"))
    Money(60, 'USD')
    """
    exact = share(rate_argument("rate", rate, low=None))
    limits = [None if money is None else (amount - amount + money).minor for money in (fixed, minimum, cap)]
    if amount.minor < 0 or any(limit is not None and limit < 0 for limit in limits):
        fail("amount", str(amount), "zero or positive, as are fixed part, minimum and cap", reason="range")
    start, low, high = limits
    if low is not None and high is not None and low > high:
        fail("minimum", str(minimum), "at most the cap", reason="minimum_above_cap")
    term = band_term([], [exact], base="gross", rounding=rounding, limits=(low, high), start=start or 0)
    return Money(term.at(amount.minor), amount.currency)


@dataclass(frozen=True, slots=True)
class TaxedLines(Result):
    """Net, tax and gross of lines priced without tax."""

    net: Money
    tax: Money
    gross: Money
    untaxed: Money

    def explain(self) -> str:
        """Return the sum in words."""
        return f"{self.net} + tax {self.tax} + untaxed {self.untaxed} = {self.gross}"


def tax_on_lines(
    lines: Sequence[tuple[Money, int]], rate: RateLike, *, policy: RoundingPolicy, untaxed: Money | None = None
) -> TaxedLines:
    """Return net, tax and gross of lines priced without tax (不含税价), rounded where the policy says.

    Parameters
    ----------
    lines : sequence of (Money, int)
        Net price of a unit and quantity; at least one.
    rate : Rate, str, Decimal or int
        From 0 to 1.
    policy : RoundingPolicy
        Tax rounded for each unit (then multiplied), each line, or once on the order.
    untaxed : Money, optional
        What comes on top without tax, such as shipping.

    Examples
    --------
    >>> line = [(Money(360, "EUR"), 10)]
    >>> tax_on_lines(line, "5.5%", policy=RoundingPolicy("unit")).gross.text
    '38.00'
    >>> tax_on_lines(line, "5.5%", policy=RoundingPolicy("line")).gross.text
    '37.98'
    """
    exact = share(rate_argument("rate", rate, low=None))
    instance("policy", policy, RoundingPolicy)
    at_most("lines", lines, 100_000, "lines")
    if not lines:
        fail("lines", (), "at least one line", reason="empty")
    currency = lines[0][0].currency
    net, tax = Money(0, currency), Money(0, currency)
    for unit, quantity in lines:
        integer("quantity", quantity, low=0, high=MAX_AMOUNT)
        net = net + unit * quantity
        if policy.scope == "unit":
            tax = tax + unit.times(exact, rounding=policy.mode, step=policy.step) * quantity
        elif policy.scope == "line":
            tax = tax + (unit * quantity).times(exact, rounding=policy.mode, step=policy.step)
    if policy.scope == "order":
        tax = net.times(exact, rounding=policy.mode, step=policy.step)
    extra = Money(0, currency) if untaxed is None else untaxed
    return TaxedLines(net, tax, net + tax + extra, extra)
