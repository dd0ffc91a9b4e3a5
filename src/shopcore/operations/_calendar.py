"""Day numbers of the shop's own calendar as dates and months."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from shopcore.typing import IntArray

_FIRST = np.datetime64("0001-01-01", "D")


def months(days: IntArray) -> IntArray:
    """Return day numbers (1 is 0001-01-01) as month numbers that count up by one."""
    dates: Any = _FIRST + (days - 1).astype("timedelta64[D]")
    found: IntArray = dates.astype("datetime64[M]").astype(np.int64)
    return found


def month_name(month: int) -> str:
    """Return a month number as text.

    Examples
    --------
    >>> month_name(int(months(np.array([date(2026, 11, 30).toordinal()]))[0]))
    '2026-11'
    """
    return str(np.datetime64(int(month), "M"))


def day_of(number: int) -> date:
    """Return a day number as a date."""
    return date.fromordinal(int(number))


def sums_by(group: IntArray, values: IntArray, count: int) -> IntArray:
    """Return exact sums of int64 values by group number."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, group, values)
    return found
