"""What one per cent more of each lever does to the profit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shopcore._checks import integer, one_of
from shopcore._rounding import round_div
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result
from shopcore.pricing._break_even import highest_unit_cost
from shopcore.pricing._component import minor_in
from shopcore.pricing._fees import plan_of
from shopcore.pricing._solve import price_for
from shopcore.pricing._target import Target
from shopcore.pricing._waterfall import percent, ratio, waterfall

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.pricing._item import Item
    from shopcore.typing import RateLike

__all__ = ["Lever", "ProfitLevers", "Sensitivity", "profit_levers", "sensitivity"]


@dataclass(frozen=True, slots=True)
class ProfitLevers(Result):
    """Relative effect on profit of one per cent in the shop's favour, lever by lever; None where profit is zero."""

    base: Money = field(repr=False)
    price: Rate | None
    cost: Rate | None
    volume: Rate | None
    fixed: Rate | None

    def explain(self) -> str:
        """Return the four levers, as shares of the profit."""
        parts = {"price": self.price, "cost": self.cost, "volume": self.volume, "fixed cost": self.fixed}
        return "1 % better: " + ", ".join(f"{name} {percent(share)}" for name, share in parts.items()) + " of profit"


def profit_levers(price: Money, unit_cost: Money, *, units: int, fixed_cost: Money) -> ProfitLevers:
    """Return what one per cent on price, cost, volume and fixed cost does to profit (利润杠杆).

    Parameters
    ----------
    price, unit_cost : Money
        Of one unit.
    units : int
        Sold in the period.
    fixed_cost : Money
        Of the period.

    Notes
    -----
    profit = (price - cost) x units - fixed cost; each lever 1 % in the shop's favour, the others held: what price
    gains, volume may lose again. Source: Marn and Rosiello, Managing Price, Gaining Profit, Harvard Business
    Review, 1992.

    Examples
    --------
    >>> money = lambda minor: Money(minor, "CNY")
    >>> print(profit_levers(money(10000), money(6000), units=1000, fixed_cost=money(3200000)).explain())
    1 % better: price 12.50 %, cost 7.50 %, volume 5.00 %, fixed cost 4.00 % of profit
    """
    integer("units", units, low=0, high=10**9)
    unit = price - unit_cost
    profit = unit * units - fixed_cost

    def effect(minor: int) -> Rate | None:
        found = ratio(minor, profit.minor)
        return None if found is None else found / 100

    return ProfitLevers(
        profit,
        effect(price.minor * units),
        effect(unit_cost.minor * units),
        effect(unit.minor * units),
        effect(fixed_cost.minor),
    )


@dataclass(frozen=True, slots=True)
class Lever(Result):
    """One input of a sale: what a change of it does, and the value that brings profit to zero.

    Attributes
    ----------
    name : str
        ``"price"``, ``"unit_cost"`` or a line of the fee table.
    today : Money
        Its amount in the order (the price or cost of a unit for the first two).
    change : Money
        Profit after the change less profit before.
    break_even : Money or None
        Price or unit cost that leaves no profit; for a line, today's amount plus the profit. None if there is none.
    """

    name: str
    today: Money = field(repr=False)
    change: Money
    break_even: Money | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sensitivity(Result):
    """The levers of a sale, the strongest first."""

    step: Rate
    profit: Money = field(repr=False)
    levers: tuple[Lever, ...]

    def lever(self, name: str) -> Lever:
        """Return one lever by name."""
        names = [lever.name for lever in self.levers]
        return self.levers[names.index(one_of("name", name, names))]

    def explain(self) -> str:
        """Return a line for each lever."""
        rows = [f"profit {self.profit}; {percent(self.step)} more of:"]
        rows += [
            f"  {x.name}: {x.change.text} (break-even at {'none' if x.break_even is None else x.break_even.text})"
            for x in self.levers
        ]
        return "\n".join(rows)


def sensitivity(price: Money, fees: FeeTable, item: Item, *, step: RateLike = "1%") -> Sensitivity:
    """Return what a small rise of each lever does to profit (敏感度), exactly, and each lever's break-even.

    Parameters
    ----------
    price, fees, item
        As for `waterfall`.
    step : Rate, str, Decimal or int
        Relative rise of price, unit cost and every line's amount, above 0 and at most 1.

    Notes
    -----
    Price and unit cost are raised by ``step`` (rounded half up, at least one minor unit) and all lines that follow
    them are worked out again. A line of the fee table is raised alone.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Item, Percent
    >>> ads = Percent(name="advertising", level="cm3", rate="10%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[ads])
    >>> print(sensitivity(Money(10000, "CNY"), fees, Item(Money(6000, "CNY"))).explain())
    profit 30.00 CNY; 1.00 % more of:
      price: 0.90 (break-even at 66.67)
      unit_cost: -0.60 (break-even at 90.00)
      advertising: -0.10 (break-even at 40.00)
    """
    rate = rate_argument("step", step, low=0, high=1, low_open=True)
    sale = waterfall(price, fees, item)
    currency = plan_of(fees).currency
    cost = Money(minor_in(item.unit_cost, currency, plan_of(fees).exchange), currency)
    dearer = waterfall(price + _rise(price, rate), fees, item)
    costlier = waterfall(price, fees, replace(item, unit_cost=cost + _rise(cost, rate)))
    zero = price_for(Target.profit(Money(0, currency)), fees, item).stable
    levers = [
        Lever("price", price, dearer.profit - sale.profit, zero),
        Lever("unit_cost", cost, costlier.profit - sale.profit, highest_unit_cost(price, fees, item)),
    ]
    for line in sale.lines[1:]:
        change = -line.amount.times(rate)
        levers.append(Lever(line.name, line.amount, change, line.amount + sale.profit))
    levers.sort(key=lambda lever: -abs(lever.change.minor))
    return Sensitivity(rate, sale.profit, tuple(levers))


def _rise(money: Money, rate: Rate) -> Money:
    return Money(max(1, round_div(money.minor * rate.numerator, rate.denominator)), money.currency)
