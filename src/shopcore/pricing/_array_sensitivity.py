"""`sensitivity` over columns of minor units: the twin of `shopcore.pricing.sensitivity`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shopcore._arrays import times_rate
from shopcore._checks import one_of
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result
from shopcore.pricing._array_break_even import break_even_price, column_of, highest_unit_cost, one_a_row
from shopcore.pricing._array_waterfall import waterfall

if TYPE_CHECKING:
    from shopcore.pricing._columns import Items
    from shopcore.pricing._fees import FeeTable
    from shopcore.typing import IntArray, IntLike, MinorArray, RateLike

__all__ = ["SensitivityColumns", "sensitivity"]


@dataclass(frozen=True, slots=True, eq=False)
class SensitivityColumns(Result):
    """The levers of many sales: the price, the cost of a unit, then the lines of the fee table.

    Attributes
    ----------
    step : Rate
        Relative rise of each lever.
    profit : int64 array, shape (n,)
        Minor units, before any change.
    names : tuple of str
        The levers.
    today, change, break_even : tuples of int64 arrays
        As in `Lever`, in the order of `names`; a break-even of the price or the unit cost is -1 where there is none.
    """

    step: Rate
    profit: MinorArray
    names: tuple[str, ...]
    today: tuple[MinorArray, ...]
    change: tuple[MinorArray, ...]
    break_even: tuple[MinorArray, ...]

    def lever(self, name: str) -> MinorArray:
        """Return what one lever does to the profit of each row."""
        return self.change[self.names.index(one_of("name", name, self.names))]

    @property
    def strongest(self) -> IntArray:
        """Position in `names` of the lever that moves each row's profit most."""
        found: IntArray = np.abs(np.stack(self.change)).argmax(axis=0)
        return found

    def to_columns(self) -> dict[str, Any]:
        """Return the profit and each lever's change by name, ready for a data frame."""
        return {"profit": self.profit, **dict(zip(self.names, self.change, strict=True))}

    def explain(self) -> str:
        """Return for how many rows each lever is the strongest."""
        counts = np.bincount(self.strongest, minlength=len(self.names)).tolist()
        ranked = sorted(zip(counts, self.names, strict=True), key=lambda pair: -pair[0])
        shown = ", ".join(f"{name} {count}" for count, name in ranked if count)
        return f"strongest lever of {len(self.profit)} rows: {shown}"


def sensitivity(
    price: IntLike,
    fees: FeeTable | Sequence[FeeTable],
    items: Items,
    *,
    step: RateLike = "1%",
    which: IntLike | None = None,
) -> SensitivityColumns:
    """Return what a small rise of each lever does to profit (敏感度): the twin of `shopcore.pricing.sensitivity`.

    Parameters
    ----------
    price : int64 array, shape (n,)
        Today's price of a unit, minor units.
    fees, items, which
        As for `arrays.waterfall`.
    step : Rate, str, Decimal or int
        As for the scalar function.

    Returns
    -------
    SensitivityColumns
        Equal to the scalar function row by row; not sorted, because the strongest lever differs by row.

    Raises
    ------
    LimitError
        If a product could leave int64.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Percent
    >>> from shopcore.pricing.arrays import Items
    >>> ads = Percent(name="advertising", level="cm3", rate="10%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[ads])
    >>> found = sensitivity([10000, 5000], fees, Items(unit_cost=[6000, 4900]))
    >>> found.lever("price").tolist(), found.lever("unit_cost").tolist(), found.explain()
    ([90, 45], [-60, -49], 'strongest lever of 2 rows: price 1, unit_cost 1')
    """
    rate = rate_argument("step", step, low=0, high=1, low_open=True)
    sale = waterfall(price, fees, items, which=which)
    prices, each = one_a_row(price, items, len(sale.gross))
    costs = np.asarray(each.unit_cost)
    dearer = waterfall(prices + _rise("price", prices, rate), fees, each, which=which)
    costlier = waterfall(prices, fees, replace(each, unit_cost=costs + _rise("unit_cost", costs, rate)), which=which)
    lines = sale.amounts[1:]
    return SensitivityColumns(
        rate,
        sale.profit,
        ("price", "unit_cost", *sale.names[1:]),
        (prices, costs, *lines),
        (
            dearer.profit - sale.profit,
            costlier.profit - sale.profit,
            *(-times_rate("price", line, column_of(rate)) for line in lines),
        ),
        (
            break_even_price(fees, each, which),
            highest_unit_cost(prices, fees, each, which),
            *(line + sale.profit for line in lines),
        ),
    )


def _rise(argument: str, amounts: MinorArray, rate: Rate) -> MinorArray:
    return np.maximum(times_rate(argument, amounts, column_of(rate)), 1)
