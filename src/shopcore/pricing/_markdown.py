"""The best price path for stock that must go: never rising, week by week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shopcore._checks import at_most, fail, fail_limit, integer, number
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._result import Result
from shopcore.pricing._waterfall import MAX_PRICE

__all__ = ["MarkdownPath", "demand_at_prices", "markdown_path"]

MAX_STATES = 50_000_000


@dataclass(frozen=True, slots=True)
class MarkdownPath(Result):
    """A price for each week, what it sells and what it earns.

    Attributes
    ----------
    prices : tuple of Money
        One a week, never rising.
    sales : tuple of int
        Units each week.
    revenue : Money
        Sales at their prices.
    left : int
        Units left at the end.
    value : Money
        Revenue and the salvage value of what is left.
    """

    prices: tuple[Money, ...]
    sales: tuple[int, ...]
    revenue: Money
    left: int
    value: Money

    def explain(self) -> str:
        """Return the path in words."""
        weeks = ", ".join(f"{price.text} ({sold})" for price, sold in zip(self.prices, self.sales, strict=True))
        return f"{weeks}: {self.revenue}, {self.left} left, {self.value} in all"


def demand_at_prices(prices: Sequence[Money], *, base: float, elasticity: float) -> tuple[int, ...]:
    """Return whole weekly demand at each price: floor(base x (price / first price) ** elasticity).

    Parameters
    ----------
    prices : sequence of Money
        Positive; `base` is sold at the first.
    base, elasticity : float
        Units a week at the first price; zero or negative exponent.

    Examples
    --------
    >>> demand_at_prices([Money(m, "EUR") for m in (100, 80, 60, 50)], base=12, elasticity=-2.5)
    (12, 20, 43, 67)
    """
    number("base", base, low=0, high=1e9)
    number("elasticity", elasticity, high=0, low=-100)
    for price in prices:
        same_currency(prices[0], price)
        if price.minor <= 0:
            fail("prices", str(price), "positive", reason="range")
    first = prices[0].minor if prices else 1
    # A billionth above, so that 12 x 1 ** e is 12 on every machine.
    return tuple(math.floor(min(base * (price.minor / first) ** elasticity, 1e15) + 1e-9) for price in prices)


def markdown_path(
    prices: Sequence[Money],
    demand: Sequence[int] | Sequence[Sequence[int]],
    *,
    stock: int,
    weeks: int,
    salvage: Money,
) -> MarkdownPath:
    """Return the never rising price path that earns most from a stock (清仓降价路径), exactly.

    Parameters
    ----------
    prices : sequence of Money
        Prices allowed, at most 100.
    demand : sequence of int, or one such sequence for each week
        Whole units sold a week at each price, if there is stock.
    stock : int
        Units at the start.
    weeks : int
        Weeks to go, at most 520.
    salvage : Money
        Worth of a unit left at the end.

    Raises
    ------
    LimitError
        If prices x weeks x stock exceed 50,000,000 states.

    Notes
    -----
    Dynamic programming over stock and price; of equally good paths the one that stays high longest. Demand is
    taken as known. Source: Gallego and van Ryzin, Management Science 40(8), 1994, deterministic case.

    Examples
    --------
    >>> prices = [Money(m, "EUR") for m in (100, 80, 60, 50)]
    >>> path = markdown_path(prices, (12, 20, 43, 67), stock=100, weeks=3, salvage=Money(20, "EUR"))
    >>> path.explain()
    '1.00 (12), 0.60 (43), 0.60 (43): 63.60 EUR, 2 left, 64.00 EUR in all'
    """
    at_most("prices", prices, 100, "prices")
    integer("weeks", weeks, low=1, high=520)
    integer("stock", stock, low=0, high=10**7)
    states = len(prices) * weeks * (stock + 1)
    if states > MAX_STATES:
        fail_limit("stock", states, MAX_STATES, "states", reason="too_many_states")
    table = _weekly(demand, len(prices), weeks)
    for price in prices:
        same_currency(salvage, price)
        integer("prices", price.minor, low=0, high=MAX_PRICE)
    integer("salvage", salvage.minor, low=-MAX_PRICE, high=MAX_PRICE)
    order = sorted(range(len(prices)), key=lambda index: -prices[index].minor)
    minors = [prices[index].minor for index in order]
    chosen = _best_path(minors, [[week[index] for index in order] for week in table], stock, salvage.minor)
    left, revenue, sales = stock, 0, []
    for week, index in enumerate(chosen):
        sold = min(table[week][order[index]], left)
        left, revenue = left - sold, revenue + sold * minors[index]
        sales.append(sold)
    currency = salvage.currency
    path = tuple(Money(minors[index], currency) for index in chosen)
    return MarkdownPath(
        path, tuple(sales), Money(revenue, currency), left, Money(revenue + left * salvage.minor, currency)
    )


def _weekly(demand: Sequence[int] | Sequence[Sequence[int]], prices: int, weeks: int) -> list[list[int]]:
    if prices == 0:
        fail("prices", (), "at least one price", reason="empty")
    rows = list(demand)
    weekly = [row for row in rows if isinstance(row, Sequence)]
    table = [[integer("demand", units, low=0, high=10**15) for units in row] for row in weekly or [rows] * weeks]
    if len(table) != weeks or any(len(row) != prices for row in table):
        fail("demand", demand, f"one number for each of {prices} prices, in each of {weeks} weeks", reason="shape")
    return table


def _best_path(prices: list[int], demand: list[list[int]], stock: int, salvage: int) -> list[int]:
    # value[k][s]: best from here on with s units left and prices k, k + 1, ... still allowed (dearest first).
    import numpy as np

    units = np.arange(stock + 1, dtype=np.int64)
    value = np.broadcast_to(units * salvage, (len(prices), stock + 1))
    choices = []
    for week in reversed(demand):
        new = np.empty((len(prices), stock + 1), dtype=np.int64)
        choice = np.empty((len(prices), stock + 1), dtype=np.int8)
        for k in range(len(prices) - 1, -1, -1):
            sold = np.minimum(units, week[k])
            here = sold * prices[k] + value[k][units - sold]
            if k == len(prices) - 1:
                new[k], choice[k] = here, k
            else:
                keep = here >= new[k + 1]
                new[k] = np.where(keep, here, new[k + 1])
                choice[k] = np.where(keep, k, choice[k + 1])
        value = new
        choices.append(choice)
    path, k, left = [], 0, stock
    for week, choice in zip(demand, reversed(choices), strict=True):
        k = int(choice[k][left])
        path.append(k)
        left -= min(week[k], left)
    return path
