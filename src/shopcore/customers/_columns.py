"""The three columns every purchase model reads, checked once, and packed where rows repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, Domain, broadcast, check_rows, fail_rows, floats
from shopcore.customers._history import one_or_each
from shopcore.typing import FloatArray, IntArray

MAX_ORDERS: Final = 1_000_000
SAMPLE: Final = 4_000
_WEIGHT: Final = Domain("from 0 to 1e15", low=0.0, high=1e15)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Repeat orders, time of the last one and time observed; one row for each pattern, with its count.

    Attributes
    ----------
    orders : int64 array
    recency, age, weight : float64 arrays of the same length
    notes : tuple of str
        What was changed in the data.
    """

    orders: IntArray
    recency: FloatArray
    age: FloatArray
    weight: FloatArray
    notes: tuple[str, ...] = ()

    @property
    def customers(self) -> float:
        """How many customers all rows stand for."""
        return float(self.weight.sum())

    def head(self, rows: int) -> Columns:
        """Return about so many rows for a first look that costs little: evenly spaced, the heavy ones all kept."""
        if len(self.orders) <= 2 * rows:
            return self
        heavy = self.weight > self.customers / rows
        light = np.flatnonzero(~heavy)
        light = light[:: max(1, len(light) // rows)]
        pick = np.concatenate([np.flatnonzero(heavy), light])
        weight = self.weight[pick]
        weight[heavy.sum() :] *= self.weight[~heavy].sum() / max(float(self.weight[light].sum()), 1e-300)
        return Columns(self.orders[pick], self.recency[pick], self.age[pick], weight)


def checked(orders: object, recency: object, age: object) -> tuple[list[FloatArray], bool]:
    """Return the three columns as float arrays of one shape, and whether all were scalars.

    Raises
    ------
    InputError
        If orders are not whole numbers, a recency is later than its age, or a customer without repeat order has one.
    """
    x = floats("orders", orders, NON_NEGATIVE)
    if (bad := (x != np.floor(x)) | (x > MAX_ORDERS)).any():
        fail_rows("orders", bad, x, f"whole numbers of repeat orders up to {MAX_ORDERS}")
    last, until = floats("recency", recency, NON_NEGATIVE), floats("age", age, NON_NEGATIVE)
    scalar = x.ndim == last.ndim == until.ndim == 0
    x, last, until = broadcast(orders=x, recency=last, age=until)
    if (bad := last > until).any():
        fail_rows("recency", bad, last, "no later than the age (both count from the first order)")
    if (bad := (x == 0) & (last > 0)).any():
        fail_rows("recency", bad, last, "0 where there is no repeat order")
    return [x, last, until], scalar


def weights(weight: object, size: int) -> FloatArray:
    """Return how many customers each row stands for, at most 1e15 each."""
    return one_or_each("weight", floats("weight", weight, _WEIGHT), size)


def packed(orders: object, recency: object, age: object, weight: object = None) -> Columns:
    """Return the columns with equal rows merged where that pays: repeated rows are the rule in daily data."""
    (x, last, until), _ = checked(orders, recency, age)
    x, last, until = np.ravel(x), np.ravel(last), np.ravel(until)
    check_rows("orders", len(x))
    count = None if weight is None else weights(weight, len(x))
    whole, notes = _merged_at_once(x.astype(np.int32), last)
    if len(x) < 2 * SAMPLE:
        return Columns(whole, last, until, np.ones(len(x)) if count is None else count, notes)
    # Places rather than masks: taking a column by them costs a third.
    none, some = np.flatnonzero(whole == 0), np.flatnonzero(whole)
    parts = [
        _of_ages(until[none], None if count is None else count[none]),
        _merged(*(None if column is None else column[some] for column in (whole, last, until, count))),
    ]
    names = ("orders", "recency", "age", "weight")
    columns: list[Any] = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    return Columns(columns[0], columns[1], columns[2], columns[3], notes)


def _merged_at_once(whole: Any, last: FloatArray) -> tuple[Any, tuple[str, ...]]:
    # Repeat orders at the very moment of the first one: the likelihood has no maximum with them, so they count as one.
    at_once = (whole > 0) & (last == 0.0)
    count = int(np.count_nonzero(at_once))
    if not count:
        return whole, ()
    note = f"{count} rows with repeat orders at the moment of the first order: counted as that order"
    return np.where(at_once, 0, whole), (note,)


def _of_ages(until: FloatArray, count: Any) -> Columns:
    # Customers without a repeat order differ in nothing but their age.
    ages, code = _codes(until) if len(until) else (until, np.zeros(0, dtype=np.int64))
    weight = np.bincount(code, weights=count, minlength=len(ages)).astype(np.float64)
    found = np.flatnonzero(weight)
    return Columns(np.zeros(len(found), dtype=np.int32), np.zeros(len(found)), ages[found], weight[found])


def _merged(x: Any, last: Any, until: Any, count: Any) -> Columns:
    # One integer key for each row; sorting integers costs a tenth of sorting rows.
    weight = np.ones(len(x)) if count is None else count
    if not len(x) or not _repeats(x, last, until):
        return Columns(x, last, until, weight)
    lasts, last_code = _codes(last)
    ages, age_code = _codes(until)
    key = (x * np.int64(len(lasts)) + last_code) * len(ages) + age_code
    if int(key.max()) < 2 * len(key):
        weight = np.bincount(key, weights=count)
        key = np.flatnonzero(weight)
        weight = weight[key].astype(np.float64)
    elif count is None:
        key, weight = np.unique(key, return_counts=True)
    else:
        key, inverse = np.unique(key, return_inverse=True)
        weight = np.bincount(inverse, weights=count)
    rest, age_code = np.divmod(key, len(ages))
    x_code, last_code = np.divmod(rest, len(lasts))
    return Columns(x_code.astype(np.int32), lasts[last_code], ages[age_code], weight.astype(np.float64))


def _repeats(*columns: Any) -> bool:
    # Whether merging pays, judged by a few neighbours: in daily data more than half of them are alike.
    every = max(1, len(columns[0]) // SAMPLE)
    sample = np.column_stack([column[::every] for column in columns])
    return len(np.unique(sample, axis=0)) < len(sample) // 2


def _codes(values: FloatArray) -> tuple[FloatArray, IntArray]:
    # Days, or days in weeks: then the codes are the days and no sorting is needed.
    for scale in (1.0, 7.0):
        first = values[:SAMPLE] * scale
        if np.max(np.abs(first - np.rint(first))) >= 1e-6:
            continue
        scaled = values * scale
        days = np.rint(scaled)
        if days.max() < 1e6 and np.max(np.abs(np.subtract(scaled, days, out=scaled), out=scaled)) < 1e-6:
            return np.arange(days.max() + 1.0) / scale, days.astype(np.int64)
    distinct, codes = np.unique(values, return_inverse=True)
    return distinct, codes
