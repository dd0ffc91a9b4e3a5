"""What was wanted of each article, week by week: sales less what was cancelled again, from the last weeks only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shopcore.operations._calendar import sums_by

if TYPE_CHECKING:
    from shopcore.operations._matching import Matching
    from shopcore.operations._sales import Sales
    from shopcore.typing import FloatArray, IntArray

WEEKS = 13


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Demand of every SKU of an export.

    Attributes
    ----------
    end : int
        Day number after the last day.
    weeks : int array
        Weeks of history behind each figure: 13, or fewer where the article or the export is younger.
    units, mean, sd : float arrays
        Units in those weeks; mean and sample deviation of a week.
    table : float array, shape (SKUs, 13)
        Units by week, the latest first.
    revenue : int64 array
        Minor units paid for them.
    first, last : int arrays
        Day numbers of the first and last sale; 0 where there was none.
    past_units, past_revenue : int64 arrays
        In the whole export, net of what was taken back.
    """

    end: int
    weeks: IntArray
    units: FloatArray
    mean: FloatArray
    sd: FloatArray
    table: FloatArray
    revenue: IntArray
    first: IntArray
    last: IntArray
    past_units: IntArray
    past_revenue: IntArray


def wanted(sales: Sales, matching: Matching) -> Wanted:
    """Return the weekly demand of the last 13 weeks, counted back from the last day of the export."""
    count = len(sales.skus)
    kept = sales.quantity - matching.returned
    rows = np.flatnonzero(sales.goods & (sales.sign > 0) & (kept > 0))
    end = int(sales.day.max()) + 1
    sku, day = sales.sku[rows], sales.day[rows]
    first, last = np.full(count, end), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, sku, day)
    np.maximum.at(last, sku, day)
    first[last == 0] = 0
    # An article's own history begins with the week of its first sale.
    age = np.where(first > 0, -(-(end - first) // 7), 0)
    weeks = np.minimum(age, WEEKS)
    ago = (end - 1 - day) // 7
    recent = ago < weeks[sku]
    table = np.zeros((count, WEEKS))
    np.add.at(table, (sku[recent], ago[recent]), kept[rows][recent].astype(float))
    units = table.sum(axis=1)
    safe = np.maximum(weeks, 1)
    mean = units / safe
    squares = ((table - mean[:, None]) ** 2 * (np.arange(WEEKS) < weeks[:, None])).sum(axis=1)
    net = np.flatnonzero(sales.goods)
    return Wanted(
        end=end,
        weeks=weeks,
        units=units,
        mean=mean,
        table=table,
        sd=np.sqrt(squares / np.maximum(weeks - 1, 1)),
        revenue=sums_by(sku[recent], (sales.amount[rows] * kept[rows] // sales.quantity[rows])[recent], count),
        first=first,
        last=last,
        past_units=sums_by(sales.sku[net], sales.quantity[net] * sales.sign[net], count),
        past_revenue=sums_by(sales.sku[net], sales.amount[net], count),
    )
