"""Cohort tables: of those who first bought in a period, who bought again in each later one; unseen is not zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from shopcore._arrays import floats
from shopcore._checks import fail_limit, integer, one_of
from shopcore._intervals import normal_quantile, wilson_of
from shopcore.customers._history import codes_of, day_number, day_numbers, same_rows
from shopcore.customers._share import shares
from shopcore.customers._table import Table
from shopcore.models import Ratio, Ratios
from shopcore.typing import BoolArray, FloatArray, IntArray

__all__ = ["CohortTable", "cohorts"]

PERIODS: Final = ("day", "week", "month", "quarter", "year")
PARTIAL: Final = ("leave_out", "keep")
MAX_PERIODS: Final = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class CohortTable(Table):
    """Retention of each cohort in each period after its first (同期群留存).

    Attributes
    ----------
    cohorts : array of shape (c,)
        First day of each cohort's first period, as ISO text.
    sizes : int64 array of shape (c,)
        Customers of each cohort.
    observed : bool array of shape (c, k)
        Whether the data reach the end of the period; the first column is the cohort's own.
    active : int64 array of shape (c, k)
        Customers of the cohort who ordered in the period; -1 where it is not observed, 0 where nobody did.
    retention : float64 array of shape (c, k)
        Active of all; NaN where not observed.
    low, high : float64 arrays of shape (c, k)
        Wilson interval of `retention`.
    spend : float64 array of shape (c, k) or None
        Spend of the cohort in the period; NaN where not observed.
    period : str
    confidence : float
    """

    cohorts: Any
    sizes: IntArray
    observed: BoolArray
    active: IntArray
    retention: FloatArray
    low: FloatArray
    high: FloatArray
    spend: FloatArray | None
    period: str
    confidence: float

    def cell(self, cohort: int, age: int) -> Ratio:
        """Return one cell; without value and with the reason ``"unobserved"`` where the data do not reach it.

        Examples
        --------
        >>> table = cohorts(["a", "b"], ["2026-01-05", "2026-02-01"])
        >>> table.cell(0, 1).value, table.cell(1, 1).reason
        (0.0, 'unobserved')
        """
        seen, size = bool(self.observed[cohort, age]), float(self.sizes[cohort])
        if not seen:
            return Ratio(None, 0.0, size, reason="unobserved", basis="person")
        value, low, high = (float(table[cohort, age]) for table in (self.retention, self.low, self.high))
        part = float(self.active[cohort, age])
        return Ratio(value, part, size, low, high, self.confidence, "wilson", None, "person")

    def curve(self) -> Ratios:
        """Return the retention by age over all cohorts observed at that age: sums over sums, never means of rates."""
        part = np.where(self.observed, self.active, 0).sum(axis=0)
        whole = np.where(self.observed, self.sizes[:, None], 0).sum(axis=0)
        return shares(part, whole, basis="person", empty="unobserved", confidence=self.confidence)

    def spend_per_customer(self) -> FloatArray | None:
        """Return the spend up to and with each age per customer of the cohort; NaN where not observed."""
        if self.spend is None:
            return None
        found: FloatArray = np.cumsum(self.spend, axis=1) / self.sizes[:, None]
        return found

    def explain(self) -> str:
        """Return in words how many cohorts there are and the retention by age over all of them."""
        if not len(self.sizes):
            return "no customers"
        ages = [f"{age}: {value:.1%}" for age, value in enumerate(self.curve().value[:13]) if np.isfinite(value)]
        return f"{len(self.sizes)} cohorts by {self.period}, {int(self.sizes.sum())} customers; " + ", ".join(ages)


def cohorts(
    customers: object,
    days: object,
    *,
    period: Literal["day", "week", "month", "quarter", "year"] = "month",
    end: object = None,
    partial: Literal["leave_out", "keep"] = "leave_out",
    spend: object = None,
    ages: int | None = None,
    confidence: float = 0.95,
) -> CohortTable:
    """Return the retention of customers by the period of their first order (同期群留存).

    Parameters
    ----------
    customers : array-like of shape (n,)
        Customer of each order row: integers or texts.
    days : array-like of shape (n,)
        Day of each row: dates, ``datetime64``, ISO text, or days since 1970.
    period : {"day", "week", "month", "quarter", "year"}
        Calendar periods; weeks begin on Monday.
    end : int or date, optional
        Last day of the data. Without it the last period with an order counts as seen to its end.
    partial : {"leave_out", "keep"}
        Whether a period that the data end in counts as observed.
    spend : array-like of shape (n,), optional
        Value of each row in one unit of money.
    ages : int, optional
        Columns after the first period; all without.
    confidence : float
        Of the intervals.

    Returns
    -------
    CohortTable

    Raises
    ------
    InputError
        If a column holds what it should not; `positions` names the rows.
    LimitError
        If more than 5,000 periods lie between the first and the last.

    Examples
    --------
    >>> table = cohorts(["a", "a", "b", "c"], ["2026-01-05", "2026-03-02", "2026-01-30", "2026-02-11"])
    >>> table.cohorts.tolist(), table.sizes.tolist()
    (['2026-01-01', '2026-02-01'], [2, 1])
    >>> table.active.tolist()
    [[2, 0, 1], [1, 0, -1]]
    """
    one_of("period", period, PERIODS)
    one_of("partial", partial, PARTIAL)
    day = day_numbers("days", days)
    code = codes_of("customers", customers, len(day))[1]
    paid = None if spend is None else np.ravel(floats("spend", spend))
    if paid is not None:
        same_rows("spend", paid, len(day))
    last = _last_observed(day, end, period, keep=partial == "keep")
    if end is not None:
        keep = day <= day_number("end", end)
        day, code, paid = day[keep], code[keep], None if paid is None else paid[keep]
    when = _periods(day, period)
    first = np.full(int(code.max()) + 1 if len(code) else 0, np.iinfo(np.int64).max)
    np.minimum.at(first, code, when)
    widest = int(max(last, when.max()) - when.min()) + 1 if len(when) else 0
    if widest > MAX_PERIODS:
        fail_limit("days", widest, MAX_PERIODS, "periods", reason="too_many_periods")
    width = widest if ages is None else min(widest, integer("ages", ages, low=0, high=MAX_PERIODS) + 1)
    return _table((code, when, first, paid), last, width, period, confidence)


def _table(rows: Any, last: int, width: int, period: str, confidence: float) -> CohortTable:
    code, when, first, paid = rows
    starts, sizes = np.unique(first[first < np.iinfo(np.int64).max], return_counts=True)
    age, row = when - first[code], np.searchsorted(starts, first[code])
    inside = age < width
    shape = len(starts), width
    # Each customer counts once in a cell, whatever the number of orders.
    pairs = np.unique(code[inside] * np.int64(max(width, 1)) + age[inside])
    who, when_active = np.divmod(pairs, max(width, 1))
    cells = np.searchsorted(starts, first[who]) * width + when_active
    active = np.bincount(cells, minlength=shape[0] * width).reshape(shape).astype(np.int64)
    observed = starts[:, None] + np.arange(width) <= last
    value = None
    if paid is not None:
        sums = np.bincount(row[inside] * width + age[inside], weights=paid[inside], minlength=shape[0] * width)
        value = np.where(observed, sums.reshape(shape), np.nan)
    whole = np.broadcast_to(sizes[:, None].astype(np.float64), shape)
    low, high = wilson_of(active.astype(np.float64), whole, normal_quantile(confidence))
    return CohortTable(
        cohorts=_starts(starts, period),
        sizes=sizes.astype(np.int64),
        observed=observed,
        active=np.where(observed, active, -1),
        retention=np.where(observed, active / whole, np.nan),
        low=np.where(observed, low, np.nan),
        high=np.where(observed, high, np.nan),
        spend=value,
        period=period,
        confidence=confidence,
    )


def _periods(day: IntArray, period: str) -> IntArray:
    if period == "day":
        return day
    if period == "week":
        return (day + 3) // 7  # 1970-01-01 was a Thursday
    months: IntArray = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // {"month": 1, "quarter": 3, "year": 12}[period]


def _starts(periods: IntArray, period: str) -> Any:
    if period == "day":
        days = periods.astype("datetime64[D]")
    elif period == "week":
        days = (periods * 7 - 3).astype("datetime64[D]")
    else:
        months = periods * {"month": 1, "quarter": 3, "year": 12}[period]
        days = months.astype("datetime64[M]").astype("datetime64[D]")
    return days.astype(str)


def _last_observed(day: IntArray, end: object, period: str, *, keep: bool) -> int:
    if end is None:
        return int(_periods(day.max()[None], period)[0]) if len(day) else 0
    last_day = np.array([day_number("end", end)])
    now, tomorrow = _periods(last_day, period)[0], _periods(last_day + 1, period)[0]
    return int(now if keep or tomorrow > now else now - 1)
