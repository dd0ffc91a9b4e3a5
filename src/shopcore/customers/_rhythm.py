"""New, active, sleeping or lost by each customer's own rhythm; whom to win back, and whose birthday comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from shopcore._checks import entries, fail, instance, integer, number, one_of
from shopcore.customers._history import codes_of, day_number, day_numbers, same_rows
from shopcore.customers._table import Table
from shopcore.typing import FloatArray, IntArray

__all__ = ["ACTIVITY_STATES", "Activity", "Birthdays", "WinBack", "activity", "birthdays", "win_back"]

ACTIVITY_STATES: Final = ("new", "active", "sleeping", "lost")


@dataclass(frozen=True, slots=True, eq=False)
class Activity(Table):
    """How long each customer has been silent, measured in the customer's own rhythm (客户活跃状态).

    Attributes
    ----------
    customers : array of shape (n,)
    order_days : int64 array
        Days with an order.
    last_day : int64 array
    gap : float64 array
        Usual days between orders: the customer's own, drawn towards the shop's as far as the own gaps are few.
    silence : float64 array
        Days since the last order.
    beats : float64 array
        Silence over gap.
    state_code : int8 array
        Place in `ACTIVITY_STATES`.
    usual_gap : float or None
        Of the shop; None where nobody came twice.
    sleeping_after, lost_after : float
        In beats.
    end_day : int
    """

    customers: Any = field(repr=False)
    order_days: IntArray
    last_day: IntArray
    gap: FloatArray
    silence: FloatArray
    beats: FloatArray
    state_code: Any
    usual_gap: float | None
    sleeping_after: float
    lost_after: float
    end_day: int

    @property
    def state(self) -> Any:
        """The name of each customer's state."""
        return np.array(ACTIVITY_STATES, dtype=object)[self.state_code]

    def explain(self) -> str:
        """Return in words how many customers are in each state."""
        count = np.bincount(self.state_code, minlength=len(ACTIVITY_STATES))
        parts = ", ".join(f"{name} {size}" for name, size in zip(ACTIVITY_STATES, count, strict=True))
        gap = "nobody came twice" if self.usual_gap is None else f"usual gap {self.usual_gap:.1f} days"
        return f"{parts}; {gap}, sleeping after {self.sleeping_after:g} and lost after {self.lost_after:g} gaps"


def activity(
    customers: object,
    days: object,
    *,
    end: object,
    sleeping_after: float = 2.0,
    lost_after: float = 4.0,
    prior_gaps: float = 1.0,
    default_gap: float = 90.0,
) -> Activity:
    """Return whether each customer is new, active, sleeping or lost by the customer's own rhythm (客户活跃状态).

    A monthly buyer silent for three months is asleep, a yearly buyer is not.

    Parameters
    ----------
    customers, days : array-like of shape (n,)
        Customer and day of each order; later ones than `end` are left out.
    end : int or date
        The day of the question.
    sleeping_after, lost_after : float
        Silence in multiples of the customer's gap.
    prior_gaps : float
        How many gaps the shop's usual one counts for.
    default_gap : float
        Days, where nobody came twice.

    Returns
    -------
    Activity

    Raises
    ------
    InputError
        If the limits are out of order, or a column holds what it should not.

    Notes
    -----
    ``gap = (own gaps + prior * usual) / (number of own gaps + prior)``. One order day and not yet asleep is new.

    Examples
    --------
    >>> found = activity(["a", "a", "a", "b", "c"], [0, 30, 60, 100, 10], end=130)
    >>> found.state.tolist(), found.gap.tolist()
    (['sleeping', 'new', 'sleeping'], [30.0, 30.0, 30.0])
    """
    sleep = number("sleeping_after", sleeping_after, low=0.0, low_open=True)
    lost = number("lost_after", lost_after, low=sleep)
    prior = number("prior_gaps", prior_gaps, low=0.0, low_open=True)
    start = number("default_gap", default_gap, low=0.0, low_open=True)
    day = day_numbers("days", days)
    ids, code = codes_of("customers", customers, len(day))
    last_day = day_number("end", end)
    code, day = code[day <= last_day], day[day <= last_day]
    low = int(day.min()) if len(day) else 0
    who, when = np.divmod(np.unique(code * np.int64(last_day - low + 1) + (day - low)), last_day - low + 1)
    count = np.bincount(who, minlength=len(ids))
    seen = count > 0
    ends = np.cumsum(count[seen]) - 1
    first, final, count = when[ends - count[seen] + 1] + low, when[ends] + low, count[seen]
    stretch = (final - first).astype(np.float64)
    gaps = float((count - 1).sum())
    usual = float(stretch.sum()) / gaps if gaps else None
    gap = (stretch + prior * (start if usual is None else usual)) / (count - 1 + prior)
    silence = (last_day - final).astype(np.float64)
    beats = silence / gap
    state = np.where(beats > lost, 3, np.where(beats > sleep, 2, np.where(count == 1, 0, 1))).astype(np.int8)
    return Activity(
        customers=ids[seen],
        order_days=count.astype(np.int64),
        last_day=final.astype(np.int64),
        gap=gap,
        silence=silence,
        beats=beats,
        state_code=state,
        usual_gap=usual,
        sleeping_after=sleep,
        lost_after=lost,
        end_day=last_day,
    )


@dataclass(frozen=True, slots=True, eq=False)
class WinBack(Table):
    """Customers to win back, the most valuable first (流失挽回名单).

    Attributes
    ----------
    customers : array of shape (m,)
    value : float64 array
    silence, gap : float64 arrays
        Days.
    since : float64 array
        Days since the customer fell asleep.
    considered : int
        Customers in the states asked for.
    """

    customers: Any = field(repr=False)
    value: FloatArray
    silence: FloatArray
    gap: FloatArray
    since: FloatArray
    considered: int

    def explain(self) -> str:
        """Return in words how many customers are on the list and what they are worth together."""
        return f"{len(self.value)} of {self.considered} customers, worth {self.value.sum():,.2f} together"


def win_back(
    found: Activity,
    value: object,
    *,
    states: Sequence[str] = ("sleeping",),
    within: float | None = 7.0,
    contactable: object = None,
    limit: int | None = None,
) -> WinBack:
    """Return whom to win back now: who fell asleep lately, the most valuable first (流失挽回名单).

    Parameters
    ----------
    found : Activity
    value : array-like of shape (n,)
        What each customer of `found` is worth: spend so far, or `lifetime_value`; unknown (NaN) comes last.
    states : sequence of str
        Of `ACTIVITY_STATES`.
    within : float or None
        Only those who fell asleep in the last so many days; None for all.
    contactable : array-like of bool of shape (n,), optional
        Who agreed to be written to.
    limit : int, optional
        Longest list.

    Returns
    -------
    WinBack

    Raises
    ------
    InputError
        If a state is unknown or a column has another length.

    Examples
    --------
    >>> found = activity(["a", "a", "a", "b", "b"], [0, 30, 60, 0, 28], end=122)
    >>> win_back(found, [300.0, 90.0]).customers.tolist()
    ['a']
    """
    instance("found", found, Activity)
    try:
        worth = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        fail("value", "", "numbers", reason="type")
    same_rows("value", np.atleast_1d(worth), len(found.gap))
    chosen = [ACTIVITY_STATES.index(one_of("states", state, ACTIVITY_STATES)) for state in entries("states", states)]
    since = found.silence - found.sleeping_after * found.gap
    keep = np.isin(found.state_code, chosen)
    considered = int(keep.sum())
    if within is not None:
        keep &= since <= number("within", within, low=0.0)
    if contactable is not None:
        agreed = np.atleast_1d(np.asarray(contactable))
        if agreed.dtype.kind != "b":
            fail("contactable", contactable, "True or False for each customer", reason="type")
        same_rows("contactable", agreed, len(keep))
        keep &= agreed
    rows = np.flatnonzero(keep)
    rows = rows[np.argsort(-np.where(np.isnan(worth[rows]), -np.inf, worth[rows]), kind="stable")]
    rows = rows if limit is None else rows[: integer("limit", limit, low=0)]
    return WinBack(found.customers[rows], worth[rows], found.silence[rows], found.gap[rows], since[rows], considered)


@dataclass(frozen=True, slots=True, eq=False)
class Birthdays(Table):
    """Customers whose birthday lies in a stretch of days, the next first (生日名单).

    Attributes
    ----------
    customers : array of shape (m,)
    day : int64 array
        Day number of the birthday.
    unknown : int
        Customers without a date of birth.
    """

    customers: Any = field(repr=False)
    day: IntArray
    unknown: int


def birthdays(
    customers: object, births: object, *, start: object, days: int = 7, leap: Literal["02-28", "03-01"] = "02-28"
) -> Birthdays:
    """Return whose birthday lies in the coming days (生日名单).

    Parameters
    ----------
    customers : array-like of shape (n,)
    births : array-like of shape (n,)
        Dates of birth as dates, ``datetime64`` or ISO text; NaT where it is unknown.
    start : date
        First day.
    days : int
        How many days, at most 366.
    leap : {"02-28", "03-01"}
        When a birthday of 29 February is kept in a year without one.

    Returns
    -------
    Birthdays

    Raises
    ------
    InputError
        If a birth is no date.

    Examples
    --------
    >>> found = birthdays(["a", "b", "c"], ["1990-12-30", "1988-06-01", "2001-01-02"], start="2026-12-28")
    >>> found.customers.tolist()
    ['a', 'c']
    """
    integer("days", days, low=1, high=366)
    one_of("leap", leap, ("02-28", "03-01"))
    ids = np.ravel(np.asarray(customers))
    raw = np.ravel(np.asarray(births))
    try:
        born = None if raw.dtype.kind in "biufc" else raw.astype("datetime64[D]")
    except (ValueError, TypeError, OverflowError):
        born = None
    if born is None:
        fail("births", "", "dates of birth as dates or ISO text", reason="type")
    same_rows("births", born, len(ids))
    known = ~np.isnat(born)
    first = day_number("start", start)
    month = born[known].astype("datetime64[M]")
    day_of_month = (born[known] - month.astype("datetime64[D]")).astype(np.int64)
    year = np.int64(first).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    coming = [_birthday(month, day_of_month, year + later, leap) for later in (0, 1)]
    when = np.where(coming[0] >= first, coming[0], coming[1])
    rows = np.flatnonzero(known)[when < first + days]
    when = when[when < first + days]
    order = np.lexsort((rows, when))
    return Birthdays(ids[rows[order]], when[order], int((~known).sum()))


def _birthday(month: Any, day_of_month: Any, year: Any, leap: str) -> Any:
    start = (year * 12 + month.astype(np.int64) % 12).astype("datetime64[M]")
    day = start.astype("datetime64[D]").astype(np.int64) + day_of_month
    over = day >= (start + 1).astype("datetime64[D]").astype(np.int64)
    return np.where(over & (leap == "02-28"), day - 1, day)
