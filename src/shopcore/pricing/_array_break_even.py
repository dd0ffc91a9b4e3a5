"""`break_even` over columns of minor units: the twin of `shopcore.pricing.break_even`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shopcore._arrays import RateColumn, broadcast, minors, times_rate
from shopcore.models._money import Money
from shopcore.models._rate import rate_argument
from shopcore.models._result import Result
from shopcore.pricing._array_search import NONE
from shopcore.pricing._array_solve import deepest_discount, price_for
from shopcore.pricing._array_waterfall import waterfall
from shopcore.pricing._component import MAX_AMOUNT
from shopcore.pricing._fees import plan_of
from shopcore.pricing._target import Target

if TYPE_CHECKING:
    from shopcore.models._rate import Rate
    from shopcore.pricing._columns import Items
    from shopcore.pricing._fees import FeeTable
    from shopcore.typing import FloatArray, IntLike, MinorArray, RateLike

__all__ = ["BreakEvenColumns", "break_even"]


@dataclass(frozen=True, slots=True, eq=False)
class BreakEvenColumns(Result):
    """Where each input of many sales brings the profit to zero, all else equal; money in minor units.

    Attributes
    ----------
    price : int64 array, shape (n,)
        As in `BreakEven`; -1 where there is none.
    units : int64 array or None
        Orders that cover the fixed cost; -1 where an order earns nothing, None without a fixed cost.
    gross, net, ad_cost : int64 arrays
        The exact parts of the returns on ad spend: revenue as platforms show it, net revenue, and CM2, which is the
        highest advertising and promotion cost of an order.
    click_price : int64 array or None
        Highest click price; None without a conversion rate.
    unit_cost : int64 array
        Highest cost of one unit of goods that leaves no loss; -1 where even free goods lose.
    discount : int64 array
        As of `arrays.deepest_discount`: -1 where the price misses already, -2 where it is undecided.
    """

    price: MinorArray
    units: MinorArray | None
    gross: MinorArray
    net: MinorArray
    ad_cost: MinorArray
    click_price: MinorArray | None
    unit_cost: MinorArray
    discount: MinorArray

    @property
    def roas_net(self) -> FloatArray:
        """Break-even return on ad spend on net revenue; NaN where CM2 is not positive."""
        return self._over(self.net, self.ad_cost)

    @property
    def roas_gross(self) -> FloatArray:
        """Break-even return on ad spend as platforms show it; NaN where CM2 is not positive."""
        return self._over(self.gross, self.ad_cost)

    @property
    def acos(self) -> FloatArray:
        """Advertising over gross revenue at break-even; NaN where CM2 is not positive."""
        return self._over(self.ad_cost, self.gross)

    def _over(self, top: MinorArray, bottom: MinorArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            found: FloatArray = np.where(self.ad_cost > 0, top / bottom, np.nan)
        return found

    def to_columns(self) -> dict[str, Any]:
        """Return every column that there is by name, ready for a data frame."""
        exact = {name: getattr(self, name) for name in self.__slots__}
        rates = {name: getattr(self, name) for name in ("roas_net", "roas_gross", "acos")}
        return {name: column for name, column in {**exact, **rates}.items() if column is not None}

    def explain(self) -> str:
        """Return how many rows have a break-even price, pay for advertising, and bear a discount."""
        rows = len(self.price)
        counts = [
            (self.price != NONE, "have a price from which every higher one covers all lines"),
            (self.ad_cost > 0, "leave something for advertising"),
            (self.discount > 0, "bear a discount"),
        ]
        return "\n".join(f"{int(which.sum())} of {rows} rows {what}" for which, what in counts)


def break_even(
    price: IntLike,
    fees: FeeTable | Sequence[FeeTable],
    items: Items,
    *,
    conversion_rate: RateLike | None = None,
    fixed_cost: IntLike | None = None,
    which: IntLike | None = None,
) -> BreakEvenColumns:
    """Return the break-even of every input of many sales (保本点): the twin of `shopcore.pricing.break_even`.

    Parameters
    ----------
    price : int64 array, shape (n,)
        Today's price of a unit, minor units.
    fees, items, which
        As for `arrays.waterfall`.
    conversion_rate : Rate, str, Decimal or int, optional
        Orders for each click, one for all rows; gives the highest click price.
    fixed_cost : int64 array or int, optional
        Cost of the period that does not depend on orders; gives the units (orders).

    Returns
    -------
    BreakEvenColumns
        Equal to the scalar function row by row; returns on ad spend as their exact parts and as floats for display.

    Raises
    ------
    LimitError
        If a product could leave int64.

    Notes
    -----
    The highest cost of goods is found by halving over all rows at once, from what is left with goods for nothing.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Fixed, Tax
    >>> from shopcore.pricing.arrays import Items
    >>> packing = Fixed(name="packaging", level="cm2", amount=Money(500, "EUR"))
    >>> tax = Tax(rate="20%")
    >>> fees = FeeTable(name="shop", currency="EUR", valid_from=date(2026, 1, 1), tax=tax, fees=[packing])
    >>> found = break_even([12000, 6000], fees, Items(unit_cost=5500), conversion_rate="2%")
    >>> found.roas_net.tolist(), found.click_price.tolist(), found.unit_cost.tolist()
    ([2.5, nan], [80, 0], [9500, 4500])
    """
    sale = waterfall(price, fees, items, which=which)
    prices, each = one_a_row(price, items, len(sale.gross))
    ad_cost = sale.contribution("cm2")
    return BreakEvenColumns(
        price=break_even_price(fees, each, which),
        units=None if fixed_cost is None else _units(fixed_cost, sale.profit),
        gross=sale.gross,
        net=sale.net,
        ad_cost=ad_cost,
        click_price=None if conversion_rate is None else _click_price(ad_cost, conversion_rate),
        unit_cost=highest_unit_cost(prices, fees, each, which),
        discount=deepest_discount(prices, fees, each, which=which),
    )


def one_a_row(price: IntLike, items: Items, size: int) -> tuple[MinorArray, Items]:
    """Return checked prices and items with one row a sale, also where all that differs is one of them."""
    cost = np.broadcast_to(np.asarray(items.unit_cost, dtype=np.int64), (size,))
    return np.broadcast_to(np.asarray(price, dtype=np.int64), (size,)), replace(items, unit_cost=cost)


def break_even_price(fees: FeeTable | Sequence[FeeTable], items: Items, which: IntLike | None) -> MinorArray:
    """Return the price from which every higher one covers all lines; -1 where there is none."""
    table = fees[0] if isinstance(fees, Sequence) else fees
    return price_for(Target.profit(Money(0, plan_of(table).currency)), fees, items, which=which).stable


def _units(fixed_cost: IntLike, profit: MinorArray) -> MinorArray:
    fixed, each = broadcast(fixed_cost=minors("fixed_cost", fixed_cost, low=0), profit=profit)
    needed = -(-fixed // np.maximum(each, 1))
    return np.where(fixed == 0, 0, np.where(each > 0, needed, NONE))


def _click_price(ad_cost: MinorArray, conversion_rate: RateLike) -> MinorArray:
    rate = rate_argument("conversion_rate", conversion_rate, low=0, high=1)
    return times_rate("price", np.maximum(ad_cost, 0), column_of(rate), "floor")


def column_of(rate: Rate) -> RateColumn:
    """Return one rate for all rows."""
    return RateColumn(np.array(rate.numerator, dtype=np.int64), rate.denominator)


def highest_unit_cost(
    prices: MinorArray, fees: FeeTable | Sequence[FeeTable], items: Items, which: IntLike | None
) -> MinorArray:
    """Return the highest cost of one unit that leaves no loss at each price; -1 where even free goods lose."""

    def profit(cost: MinorArray) -> MinorArray:
        return waterfall(prices, fees, replace(items, unit_cost=cost), which=which).profit

    free = profit(np.zeros_like(prices))
    # More cost never earns more. Without rebates on it a cost above what free goods leave makes a loss.
    low = np.zeros_like(free)
    high = np.minimum(np.maximum(free, 0) // np.asarray(items.quantity, dtype=np.int64), MAX_AMOUNT)
    while (bears := (profit(high) >= 0) & (high < MAX_AMOUNT) & (free >= 0)).any():
        low = np.where(bears, high, low)
        high = np.where(bears, np.minimum(2 * high + 1, MAX_AMOUNT), high)
    while (low < high).any():
        middle = (low + high + 1) // 2
        bears = profit(middle) >= 0
        low, high = np.where(bears, middle, low), np.where(bears, high, np.maximum(middle - 1, low))
    return np.where(free >= 0, low, NONE)
