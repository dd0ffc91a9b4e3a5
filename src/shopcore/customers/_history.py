"""From order lines to what the models read: repeat orders, time of the last one, time observed, mean spend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from shopcore._arrays import check_rows, fail_rows, floats
from shopcore._checks import fail, one_of
from shopcore.customers._table import Table
from shopcore.errors import ShapeError
from shopcore.typing import FloatArray, IntArray

__all__ = ["PurchaseHistory", "days_in", "purchase_history"]

MAX_DAY: Final = 10_000_000
UNITS: Final[dict[str, float]] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12.0, "year": 365.25}


def days_in(unit: str) -> float:
    """Return the days in a time unit: a month is a twelfth of a year, a year has 365.25 days.

    Examples
    --------
    >>> days_in("month")
    30.4375
    """
    return UNITS[one_of("unit", unit, tuple(UNITS))]


@dataclass(frozen=True, slots=True, eq=False)
class PurchaseHistory(Table):
    """One row for each customer who ordered by the end of the data (客户购买历史).

    Attributes
    ----------
    customers : array of shape (n,)
        The ids, sorted.
    orders : int64 array
        Repeat orders; all orders of one day count once.
    recency, age : float64 arrays
        From the first order to the last one, and to the end of the data, in `unit`.
    first_day : int64 array
        Day number of the first order, as in the data.
    mean_spend : float64 array or None
        Mean value of the repeat orders; 0 without one.
    total_spend : float64 array or None
        Value of all orders, the first included.
    unit : str
        ``"day"``, ``"week"``, ``"month"`` or ``"year"``.
    end_day : int
        Number of the last day of the data.
    """

    customers: Any = field(repr=False)
    orders: IntArray
    recency: FloatArray
    age: FloatArray
    first_day: IntArray
    mean_spend: FloatArray | None
    total_spend: FloatArray | None
    unit: str
    end_day: int

    def explain(self) -> str:
        """Return in words how many customers there are and how many came again."""
        again = int(np.count_nonzero(self.orders))
        return f"{len(self.orders)} customers, {again} with a repeat order; times in {self.unit}s"


def purchase_history(
    customers: object, days: object, *, end: object, spend: object = None, unit: str = "week"
) -> PurchaseHistory:
    """Return the history of each customer up to a day, ready for the models (购买历史).

    Parameters
    ----------
    customers : array-like of shape (n,)
        Customer of each order line: integers or texts.
    days : array-like of shape (n,)
        Day of each order line: whole day numbers or ``datetime64``.
    end : int or datetime64
        Last day of the data, included; later lines are left out (they are for `holdout`).
    spend : array-like of shape (n,), optional
        Value of each line in one unit of money; lines of one day are added up.
    unit : {"day", "week", "month", "year"}
        Of the times in the result.

    Raises
    ------
    InputError
        If a day is no day, or a column holds something else than it should.
    ShapeError
        If the columns differ in length.

    Examples
    --------
    >>> history = purchase_history(["a", "a", "a", "b"], [0, 7, 7, 3], end=28, spend=[10.0, 12.0, 8.0, 5.0])
    >>> history.orders.tolist(), history.recency.tolist(), history.age.round(2).tolist()
    ([1, 0], [1.0, 0.0], [4.0, 3.57])
    >>> history.mean_spend.tolist()
    [20.0, 0.0]
    """
    days_in(unit)
    day = day_numbers("days", days)
    last_day = day_number("end", end)
    ids, code = codes_of("customers", customers, len(day))
    value = None if spend is None else np.ravel(floats("spend", spend))
    if value is not None:
        same_rows("spend", value, len(day))
    keep = day <= last_day
    if not keep.all():
        day, code, value = day[keep], code[keep], None if value is None else value[keep]
    return _summed((ids, code), day, value, last_day=last_day, unit=unit)


def _summed(coded: Any, day: IntArray, value: Any, *, last_day: int, unit: str) -> PurchaseHistory:
    (ids, code), length = coded, days_in(unit)
    # One key for each customer and day; sorted keys put the orders of a customer in order of time.
    start = int(day.min()) if len(day) else 0
    span = last_day - start + 1
    key = code.astype(np.int64) * span + (day - start)
    if value is None:
        visits, paid = np.unique(key), None
    else:
        visits, inverse = np.unique(key, return_inverse=True)
        paid = np.bincount(inverse, weights=value, minlength=len(visits))
    who, when = np.divmod(visits, span)
    count = np.bincount(who, minlength=len(ids))
    seen = count > 0
    begin = np.concatenate([[0], np.cumsum(count[seen])])[:-1]
    count = count[seen]
    first, last = when[begin] + start, when[begin + count - 1] + start
    mean = total = None
    if paid is not None:
        total = np.add.reduceat(paid, begin) if len(begin) else np.zeros(0)
        repeats = np.maximum(count - 1, 1)
        mean = np.where(count > 1, (total - paid[begin]) / repeats, 0.0) if len(begin) else np.zeros(0)
    return PurchaseHistory(
        customers=ids[seen],
        orders=(count - 1).astype(np.int64),
        recency=(last - first) / length,
        age=(last_day - first) / length,
        first_day=first.astype(np.int64),
        mean_spend=mean,
        total_spend=total,
        unit=unit,
        end_day=last_day,
    )


def day_number(argument: str, value: object) -> int:
    """Return the number of one day."""
    days = np.asarray(value)
    if days.size != 1:
        fail(argument, value, "one day", reason="shape")
    return int(day_numbers(argument, days.reshape(1))[0])


def day_numbers(argument: str, value: object) -> IntArray:
    """Return whole day numbers (days since 1970 where dates were given), or refuse the rows that are none."""
    raw = np.asarray(value)
    if raw.dtype.kind in "UO" and raw.size:
        raw = _dates_of_texts(argument, raw)
    if raw.dtype.kind == "M":
        days = raw.astype("datetime64[D]")
        if (bad := np.isnat(days)).any():
            fail_rows(argument, bad, raw.astype(str), "a day", reason="missing")
        return np.ravel(days.astype(np.int64))
    if raw.dtype.kind == "i" and raw.ndim == 1 and not isinstance(value, np.ma.MaskedArray):
        # Whole numbers of a column need no second look but at their range.
        if raw.size and (int(raw.min()) < -MAX_DAY or int(raw.max()) > MAX_DAY):
            fail_rows(argument, np.abs(raw) > MAX_DAY, raw, "a whole day number, or a date")
        return raw.astype(np.int64, copy=False)
    found = np.ravel(floats(argument, value))
    if (bad := (found != np.floor(found)) | (np.abs(found) > MAX_DAY)).any():
        fail_rows(argument, bad, found, "a whole day number, or a date")
    return found.astype(np.int64)


def _dates_of_texts(argument: str, raw: Any) -> Any:
    if raw.dtype.kind == "O" and not all(isinstance(item, str) or hasattr(item, "isoformat") for item in raw.ravel()):
        return raw
    if any(_has_zone(item) for item in raw.ravel()):
        fail(argument, "", "days without a time zone", reason="timezone", hint="take the shop's local date first")
    try:
        found = raw.astype("datetime64[D]")
    except (ValueError, TypeError):
        found = None
    if found is None:
        fail(argument, raw.ravel()[0], "days as whole numbers, dates, datetime64 or ISO text", reason="type")
    return found


def _has_zone(item: Any) -> bool:
    # numpy would drop the offset, and with it the day.
    if isinstance(item, str):
        return len(item) > 10 and (item[-1] in "Zz" or "+" in item[10:] or "-" in item[10:])
    return getattr(item, "tzinfo", None) is not None


def codes_of(argument: str, values: object, length: int) -> tuple[Any, IntArray]:
    """Return the distinct values, sorted, and the code of each row; small non-negative integers cost no sorting."""
    raw = np.ravel(np.asarray(values))
    check_rows(argument, len(raw))
    same_rows(argument, raw, length)
    if raw.dtype.kind in "iu" and len(raw) and raw.min() >= 0 and int(raw.max()) < max(2 * len(raw), 65_536):
        seen = np.zeros(int(raw.max()) + 1, dtype=bool)
        seen[raw] = True
        place = np.cumsum(seen, dtype=np.int32) - np.int32(1)
        return np.flatnonzero(seen), place[raw].astype(np.int64)
    if raw.dtype.kind == "O" and not all(isinstance(item, str) for item in raw):
        fail(argument, values, "integers or texts, none missing", reason="type")
    if raw.dtype.kind not in "iuUSO" and raw.size:
        fail(argument, values, "integers or texts", reason="type")
    distinct, code = np.unique(raw, return_inverse=True)
    return distinct, code


def same_rows(argument: str, column: Any, wanted: int) -> None:
    """Refuse a column that has not as many rows as the days beside it."""
    if len(column) != wanted:
        raise ShapeError(
            f"{argument} must have {wanted} rows like the other columns, got {len(column)}",
            argument=argument,
            expected=f"{wanted} rows",
            reason="shape",
        )


def one_or_each(argument: str, column: FloatArray, size: int) -> FloatArray:
    """Return a checked column of `size` rows; a single number stands for all of them."""
    if column.ndim:
        same_rows(argument, np.ravel(column), size)
    found: FloatArray = np.broadcast_to(column if column.ndim == 0 else np.ravel(column), (size,))
    return found
