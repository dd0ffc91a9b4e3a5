"""Break-evens of every input of a sale, from the same fees as the waterfall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shopcore._checks import fail
from shopcore.errors import LimitError
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result
from shopcore.pricing._component import MAX_AMOUNT
from shopcore.pricing._fees import plan_of
from shopcore.pricing._plan import Curve, curve_of
from shopcore.pricing._search import Search
from shopcore.pricing._solve import price_for
from shopcore.pricing._target import Target
from shopcore.pricing._waterfall import Waterfall, check_price, percent, ratio, waterfall

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.pricing._item import Item
    from shopcore.typing import RateLike

__all__ = [
    "BreakEven",
    "BreakEvenUnits",
    "DeepestDiscount",
    "RoiRule",
    "break_even",
    "break_even_roas",
    "break_even_units",
    "check_roi_rule",
    "deepest_discount",
    "highest_click_price",
]


@dataclass(frozen=True, slots=True)
class BreakEvenUnits(Result):
    """Units that cover a fixed cost; None where a unit contributes nothing."""

    units: int | None
    reason: str | None = None


def break_even_units(fixed_cost: Money, contribution: Money) -> BreakEvenUnits:
    """Return the units whose contribution covers a fixed cost (保本销量), rounded up.

    Parameters
    ----------
    fixed_cost : Money
        Zero or positive.
    contribution : Money
        Contribution of one unit; where it is not positive there is no such number (``"no_contribution"``).

    Examples
    --------
    >>> break_even_units(Money(500000, "CNY"), Money(1300, "CNY")).units
    385
    """
    fixed = (contribution - contribution + fixed_cost).minor
    if fixed < 0:
        fail("fixed_cost", None, "zero or positive", reason="range")
    if fixed == 0:
        return BreakEvenUnits(0)
    if contribution.minor <= 0:
        return BreakEvenUnits(None, "no_contribution")
    return BreakEvenUnits(-(-fixed // contribution.minor))


def break_even_roas(revenue: Money, contribution: Money) -> Rate | None:
    """Return the return on ad spend at which advertising eats all the contribution (保本投产比).

    Parameters
    ----------
    revenue : Money
        Of one order: net, or with tax as advertising platforms show it; say which.
    contribution : Money
        What the order leaves before advertising. Not positive: None, no return is enough.

    Notes
    -----
    Revenue over contribution. The break-even share of advertising in sales (ACOS) is its inverse.

    Examples
    --------
    >>> net, contribution = Money(10000, "EUR"), Money(4000, "EUR")
    >>> break_even_roas(net, contribution), break_even_roas(Money(12000, "EUR"), contribution)
    (Rate('2.5'), Rate('3'))
    """
    (revenue - contribution).minor  # noqa: B018  # refuses two currencies
    return ratio(revenue.minor, contribution.minor) if contribution.minor > 0 else None


def highest_click_price(contribution: Money, conversion_rate: RateLike) -> Money:
    """Return the most a click may cost at break-even (保本点击价): contribution x conversion rate, rounded down.

    Parameters
    ----------
    contribution : Money
        What an order leaves before advertising; nothing is left for clicks where it is not positive.
    conversion_rate : Rate, str, Decimal or int
        Orders for each click, from 0 to 1.

    Examples
    --------
    >>> highest_click_price(Money(4000, "CNY"), "2%")
    Money(80, 'CNY')
    """
    rate = rate_argument("conversion_rate", conversion_rate, low=0, high=1)
    return Money(max(contribution.minor, 0), contribution.currency).times(rate, rounding="floor")


@dataclass(frozen=True, slots=True)
class RoiRule(Result):
    """Whether a sale can pay for advertising at a stated return, and what the rule means.

    Attributes
    ----------
    passes : bool
        Whether the contribution before advertising is at least net / ratio, exactly.
    ratio : Rate
        The return asked for, 2.5 for "1 : 2.5".
    needed, contribution : Money
        Contribution before advertising that the rule asks for (rounded up), and that there is.
    break_even : Rate or None
        The sale's own break-even return on net revenue; None where no return is enough.
    """

    passes: bool
    ratio: Rate
    needed: Money
    contribution: Money
    break_even: Rate | None

    def explain(self) -> str:
        """Return the rule's meaning and its verdict."""
        share = percent(1 / self.ratio)
        own = "none" if self.break_even is None else str(self.break_even.as_decimal(2))
        verdict = "passes" if self.passes else "fails"
        return (
            f"{verdict}: ROI 1 : {self.ratio} breaks even where the margin before advertising is at least {share} of "
            f"net ({self.needed}); here it is {self.contribution}, break-even ROI {own}"
        )


def check_roi_rule(sale: Waterfall, *, ratio: RateLike = "2.5") -> RoiRule:
    """Return whether a sale passes the guides' rule "ROI at least 1 : 2.5" (投产比), with its meaning.

    Parameters
    ----------
    sale : Waterfall
        CM2 is taken as the contribution before advertising.
    ratio : Rate, str, Decimal or int
        Net revenue for one unit of advertising; above zero.

    Notes
    -----
    Break-even ROAS = net / CM2 <= ratio exactly where CM2 >= net / ratio: 40 % of net for 2.5. On revenue with 20 %
    tax, as platforms show it, the same shop needs 3.0.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.models import Money
    >>> from shopcore.pricing import FeeTable, Item, Percent, waterfall
    >>> platform = Percent(name="platform", level="cm2", rate="5%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[platform])
    >>> rule = check_roi_rule(waterfall(Money(10000, "CNY"), fees, Item(Money(5000, "CNY"))))
    >>> rule.passes, rule.needed, rule.contribution
    (True, Money(4000, 'CNY'), Money(4500, 'CNY'))
    """
    wanted = rate_argument("ratio", ratio, low=0, low_open=True)
    needed = sale.net.times(1 / wanted, rounding="ceiling")
    passes = sale.cm2.minor * wanted.numerator >= sale.net_minor * wanted.denominator
    return RoiRule(passes, wanted, needed, sale.cm2, break_even_roas(sale.net, sale.cm2))


@dataclass(frozen=True, slots=True)
class DeepestDiscount(Result):
    """How far a promotion may cut a price.

    Attributes
    ----------
    price : Money or None
        The lowest price such that it and every price up to today's meets the target; None where today's misses it.
    discount : Money or None
        Today's price less that.
    rate : Rate or None
        Discount over today's price, exact.
    reason : str or None
        ``"already_missed"`` where today's price misses the target; ``"undecided"`` where fees and target take all but
        nothing of a price, so that rounding alone decides, and 20,000 prices tried do not tell.
    """

    price: Money | None
    discount: Money | None
    rate: Rate | None
    reason: str | None = None

    def explain(self) -> str:
        """Return the deepest discount in words."""
        if self.price is None:
            why = "the price misses the target already" if self.reason == "already_missed" else "rounding alone decides"
            return f"no discount: {why}"
        return f"down to {self.price}: {self.discount} or {percent(self.rate)} off"


def deepest_discount(price: Money, fees: FeeTable, item: Item, *, target: Target | None = None) -> DeepestDiscount:
    """Return the deepest discount a promotion may give on a price (最大让利), under all fees.

    Parameters
    ----------
    price : Money
        Today's price of a unit.
    fees, item
        As for `waterfall`.
    target : Target, optional
        What has to be left; break-even unless given.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Item, Percent
    >>> ads = Percent(name="advertising", level="cm3", rate="10%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[ads])
    >>> deepest_discount(Money(9990, "CNY"), fees, Item(Money(6000, "CNY"))).explain()
    'down to 66.67 CNY: 33.23 CNY or 33.26 % off'
    """
    curve = curve_of(plan_of(fees), item)
    today = check_price(price, plan_of(fees))
    wanted = target if target is not None else Target.profit(Money(0, plan_of(fees).currency))
    search = Search(curve, wanted.goal(curve))
    if today == 0 or search.surplus(today) < 0:
        return DeepestDiscount(None, None, None, "already_missed")
    try:
        missing = search.last_missing(0, today)
    except LimitError:
        return DeepestDiscount(None, None, None, "undecided")
    lowest = Money(0 if missing is None else missing + 1, price.currency)
    return DeepestDiscount(lowest, price - lowest, ratio((price - lowest).minor, today))


@dataclass(frozen=True, slots=True)
class BreakEven(Result):
    """Where each input of a sale brings the profit to zero, all else equal.

    Attributes
    ----------
    price : Money or None
        Lowest price from which every price up to 10**12 covers all lines (`PriceSolution.stable`).
    units : int or None
        Orders that cover `fixed_cost`; None without it, or where an order earns nothing.
    roas_net, roas_gross : Rate or None
        Return on ad spend at which all of CM2 goes to advertising, on net revenue and on revenue as platforms show it.
    acos : Rate or None
        Advertising over gross revenue at break-even.
    click_price : Money or None
        Highest click price at the conversion rate given; None without one.
    ad_cost : Money
        Highest advertising and promotion cost of an order that CM2 pays; negative where CM2 is.
    unit_cost : Money or None
        Highest cost of one unit of goods that leaves no loss; None where even free goods lose.
    discount : DeepestDiscount
        How far a promotion may cut the price.
    """

    price: Money | None
    units: int | None
    roas_net: Rate | None
    roas_gross: Rate | None
    acos: Rate | None
    click_price: Money | None
    ad_cost: Money
    unit_cost: Money | None
    discount: DeepestDiscount

    def explain(self) -> str:
        """Return each break-even on a line."""
        rows = [
            ("price", self.price),
            ("units", self.units),
            ("ROAS on net", _decimal(self.roas_net)),
            ("ROAS as platforms show it", _decimal(self.roas_gross)),
            ("ACOS", percent(self.acos)),
            ("click price", self.click_price),
            ("advertising and promotion per order", self.ad_cost),
            ("cost of a unit", self.unit_cost),
            ("promotion", self.discount.explain()),
        ]
        return "\n".join(f"{name}: {'none' if value is None else value}" for name, value in rows)


def _decimal(rate: Rate | None) -> str | None:
    return None if rate is None else str(rate.as_decimal(2))


def break_even(
    price: Money,
    fees: FeeTable,
    item: Item,
    *,
    conversion_rate: RateLike | None = None,
    fixed_cost: Money | None = None,
) -> BreakEven:
    """Return the break-even of every input of a sale (保本点), from its fee table.

    Parameters
    ----------
    price : Money
        Today's price of a unit.
    fees, item
        As for `waterfall`.
    conversion_rate : Rate, str, Decimal or int, optional
        Orders for each click; gives the highest click price.
    fixed_cost : Money, optional
        Cost of the period that does not depend on orders; gives the units (orders).

    Notes
    -----
    Advertising and promotion are the lines of level cm3; the ROAS figures and the ad cost ask what CM2 could pay
    for them, whatever they are today. Click prices are rounded down, units up.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Fixed, Item, Tax
    >>> packing = Fixed(name="packaging", level="cm2", amount=Money(500, "EUR"))
    >>> tax = Tax(rate="20%")
    >>> fees = FeeTable(name="shop", currency="EUR", valid_from=date(2026, 1, 1), tax=tax, fees=[packing])
    >>> found = break_even(Money(12000, "EUR"), fees, Item(Money(5500, "EUR")), conversion_rate="2%")
    >>> found.roas_net, found.roas_gross, found.click_price.text, found.unit_cost.text
    (Rate('2.5'), Rate('3'), '0.80', '95.00')
    """
    sale = waterfall(price, fees, item)
    zero = Target.profit(Money(0, plan_of(fees).currency))
    acos = ratio(sale.cm2.minor, sale.gross_minor) if sale.cm2.minor > 0 else None
    return BreakEven(
        price=price_for(zero, fees, item).stable,
        units=None if fixed_cost is None else break_even_units(fixed_cost, sale.profit).units,
        roas_net=break_even_roas(sale.net, sale.cm2),
        roas_gross=break_even_roas(sale.gross, sale.cm2),
        acos=acos,
        click_price=None if conversion_rate is None else highest_click_price(sale.cm2, conversion_rate),
        ad_cost=sale.cm2,
        unit_cost=highest_unit_cost(price, fees, item),
        discount=deepest_discount(price, fees, item),
    )


def highest_unit_cost(price: Money, fees: FeeTable, item: Item) -> Money | None:
    """Return the highest cost of one unit that leaves no loss at a price, in the table's currency; None if none."""
    asked = check_price(price, plan_of(fees))

    def profit(cost: int) -> int:
        return _with_cost(fees, item, cost).profit(asked)[2]

    # More cost never earns more, so the last cost without a loss is found by halving.
    if profit(0) < 0:
        return None
    low, high = 0, MAX_AMOUNT
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if profit(middle) >= 0 else (low, middle - 1)
    return Money(low, plan_of(fees).currency)


def _with_cost(fees: FeeTable, item: Item, cost: int) -> Curve:
    return curve_of(plan_of(fees), replace(item, unit_cost=Money(cost, plan_of(fees).currency)))
