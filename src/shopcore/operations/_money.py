"""Revenue and margin over time: exact sums of the lines, and the pricing engine's waterfall over what was paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from shopcore.models import Money, Rate
from shopcore.models._result import Result
from shopcore.operations._calendar import month_name, months, sums_by
from shopcore.pricing import FeeTable, Item, Percent, waterfall

if TYPE_CHECKING:
    from shopcore.operations._extra import Article
    from shopcore.operations._sales import Sales
    from shopcore.typing import BoolArray, IntArray

# The pricing engine's limits on one line.
MAX_UNITS = 1_000_000
MAX_PRICE = 10**12


@dataclass(frozen=True, slots=True)
class Month(Result):
    """One month of the shop: what was sold, what was taken back, what was earned on goods whose cost is known.

    Attributes
    ----------
    month : str
        ``"2026-11"``, in the shop's zone.
    orders, units : int
        Sales (not cancellations), and units of goods in them.
    sold, taken_back, revenue : Money
        Sales, cancellations and returns (positive), and their difference.
    costed_revenue, margin : Money or None
        Revenue of goods with a known cost, and what is left of it after goods and commission.
    """

    month: str
    orders: int
    units: int
    sold: Money
    taken_back: Money
    revenue: Money
    costed_revenue: Money | None = None
    margin: Money | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Margin(Result):
    """What is left of the revenue of goods with a known cost (毛利): revenue = goods + commission + margin.

    Attributes
    ----------
    revenue, goods, commission, margin : Money
        Net of cancellations; every part is a sum of waterfalls.
    rate : Rate or None
        Margin over revenue, exact.
    share_of_revenue : float
        How much of the revenue of all goods has a known cost, from 0 to 1.
    by_sku : dict
        Margin in minor units by SKU.
    """

    revenue: Money
    goods: Money = field(repr=False)
    commission: Money
    margin: Money = field(repr=False)
    rate: Rate | None = field(repr=False)
    share_of_revenue: float
    by_sku: dict[str, int] = field(repr=False)
    by_month: dict[str, tuple[int, int]] = field(repr=False)


def monthly(sales: Sales, margin: Margin | None) -> tuple[Month, ...]:
    """Return the months from the first line to the last, those without a line too."""
    number = months(sales.day)
    real = sales.sign != 0
    if not real.any():
        return ()
    first, count = int(number[real].min()), int(number[real].max() - number[real].min()) + 1
    at = number - first
    sold = _where(at, sales.amount, sales.sign > 0, count)
    back = _where(at, -sales.amount, sales.sign < 0, count)
    units = _where(at, sales.quantity, sales.goods & (sales.sign > 0), count)
    pairs = np.unique(np.column_stack([at, sales.order])[sales.sign > 0], axis=0)
    orders = np.bincount(pairs[:, 0], minlength=count)
    found = []
    for index in range(count):
        name = month_name(first + index)
        costed, left = (margin.by_month.get(name, (0, 0))) if margin else (None, None)
        found.append(
            Month(
                month=name,
                orders=int(orders[index]),
                units=int(units[index]),
                sold=sales.money(sold[index]),
                taken_back=sales.money(back[index]),
                revenue=sales.money(sold[index] - back[index]),
                costed_revenue=None if costed is None else sales.money(costed),
                margin=None if left is None else sales.money(left),
            )
        )
    return tuple(found)


def _where(at: IntArray, values: IntArray, where: BoolArray, count: int) -> IntArray:
    return sums_by(at[where], values[where], count)


def margin_of(sales: Sales, articles: dict[str, Article], commission: Rate | None) -> Margin | None:
    """Return the margin on goods with a known cost, by the pricing engine's waterfall; None where none is known.

    Each line is taken apart into units at what was really paid for them (at most two prices a minor unit apart, so
    that they sum to the line), equal ones of a month are put together, and each group is one waterfall.
    """
    costs = np.array(
        [-1 if (cost := articles[sku].unit_cost if sku in articles else None) is None else cost.minor
         for sku in sales.skus], dtype=np.int64,
    )  # fmt: skip
    rows = np.flatnonzero(sales.goods & (costs[sales.sku] >= 0))
    if not rows.size:
        return None
    fees = () if commission is None else (Percent(name="commission", level="cm2", rate=commission),)
    table = FeeTable(name="review", currency=sales.currency.code, valid_from=date(1970, 1, 1), fees=fees)
    sums = _Sums(table, sales)
    for (month, sku, price), units in _groups(sales, rows):
        sums.add(month, sku, price, units, Money(int(costs[sku]), sales.currency))
    goods = int(sales.amount[sales.goods].sum())
    return sums.result(goods)


def _groups(sales: Sales, rows: IntArray) -> list[tuple[tuple[int, int, int], int]]:
    quantity, paid = sales.quantity[rows], np.abs(sales.amount[rows])
    low, rest = np.divmod(paid, quantity)
    month, sku, sign = months(sales.day[rows]), sales.sku[rows], sales.sign[rows]
    keys = np.concatenate([np.column_stack([month, sku, low]), np.column_stack([month, sku, low + 1])])
    units = np.concatenate([(quantity - rest) * sign, rest * sign])
    distinct, where = np.unique(keys, axis=0, return_inverse=True)
    total = sums_by(where.ravel(), units, len(distinct))
    return [((m, s, p), u) for (m, s, p), u in zip(distinct.tolist(), total.tolist(), strict=True) if u]


class _Sums:
    def __init__(self, table: FeeTable, sales: Sales) -> None:
        self.table, self.sales = table, sales
        self.revenue = self.goods = self.commission = self.margin = 0
        self.by_sku: dict[str, int] = {}
        self.by_month: dict[str, tuple[int, int]] = {}

    def add(self, month: int, sku: int, price: int, units: int, cost: Money) -> None:
        """Add one group; more units than the engine takes at once go in several."""
        sign, left = (1 if units > 0 else -1), abs(units)
        name, code = month_name(month), self.sales.skus[sku]
        while left:
            part = min(left, MAX_UNITS, MAX_PRICE // max(price, cost.minor, 1))
            fall = waterfall(Money(price, cost.currency), self.table, Item(cost, quantity=part))
            gross, margin = sign * fall.gross_minor, sign * fall.profit_minor
            self.revenue += gross
            self.goods += sign * fall.amounts[0]
            self.commission += sign * sum(fall.amounts[1:])
            self.margin += margin
            self.by_sku[code] = self.by_sku.get(code, 0) + margin
            costed, earned = self.by_month.get(name, (0, 0))
            self.by_month[name] = (costed + gross, earned + margin)
            left -= part

    def result(self, goods_revenue: int) -> Margin:
        """Return the sums."""
        money: Any = self.sales.money
        return Margin(
            revenue=money(self.revenue),
            goods=money(self.goods),
            commission=money(self.commission),
            margin=money(self.margin),
            rate=Rate(self.margin) / self.revenue if self.revenue > 0 else None,
            share_of_revenue=min(self.revenue / goods_revenue, 1.0) if goods_revenue > 0 else 0.0,
            by_sku=self.by_sku,
            by_month=self.by_month,
        )
