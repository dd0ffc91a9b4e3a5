"""Predicted against actual: what a model fitted on the past says about orders that came later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shopcore._checks import fail, instance, integer
from shopcore._intervals import normal_quantile
from shopcore.customers._fitting import Fit
from shopcore.customers._history import PurchaseHistory, codes_of, day_number, day_numbers, days_in
from shopcore.customers._predict import expected_orders
from shopcore.customers._table import Table
from shopcore.typing import FloatArray, IntArray

__all__ = ["Holdout", "holdout"]


@dataclass(frozen=True, slots=True, eq=False)
class Holdout(Table):
    """Orders predicted and orders that came, by how often customers had come before (样本外验证).

    Attributes
    ----------
    frequency : int64 array of shape (g,)
        Repeat orders in the past; the last group holds all above, too.
    customers : int64 array
    predicted, actual : float64 arrays
        Mean orders per customer in the time held out; NaN where a group is empty.
    low, high : float64 arrays
        Interval of `actual` (normal); NaN with fewer than two customers.
    predicted_total, actual_total : float
    error : float or None
        Total predicted over total actual, less one; None where nobody ordered.
    correlation : float or None
        Over customers; None where one side does not vary.
    mean_absolute_error : float or None
    length : float
        Of the time held out, in `unit`.
    unit : str
    confidence : float
    """

    frequency: IntArray
    customers: IntArray
    predicted: FloatArray
    actual: FloatArray
    low: FloatArray
    high: FloatArray
    predicted_total: float
    actual_total: float
    error: float | None
    correlation: float | None
    mean_absolute_error: float | None
    length: float
    unit: str
    confidence: float

    def explain(self) -> str:
        """Return in words how far off the total is and in how many groups the prediction lies in the interval."""
        groups = len(self.frequency)
        near = int(((self.low <= self.predicted) & (self.predicted <= self.high)).sum())
        off = "nobody ordered" if self.error is None else f"{self.error:+.1%}"
        return (
            f"{self.predicted_total:.0f} orders predicted in {self.length:g} {self.unit}s, "
            f"{self.actual_total:.0f} came ({off}); the prediction lies in the interval in {near} of {groups} groups"
        )


def holdout(
    model: Any, history: PurchaseHistory, customers: object, days: object, *, end: object, groups: int = 8,
    confidence: float = 0.95,
) -> Holdout:  # fmt: skip
    """Return predicted against actual orders after the end of a history (样本外验证).

    Parameters
    ----------
    model : Fit, BgNbd, MbgNbd or ParetoNbd
        Fitted on `history`.
    history : PurchaseHistory
        Up to the day before the time held out.
    customers, days : array-like of shape (n,)
        All orders, as handed to `purchase_history`.
    end : int or date
        Last day of the time held out, included.
    groups : int
        Groups by repeat orders: 0, 1, ... and the last for all above.
    confidence : float
        Of the intervals.

    Returns
    -------
    Holdout

    Raises
    ------
    InputError
        If the end lies not after the history, or the fit holds no model.

    Examples
    --------
    >>> from shopcore.customers import BgNbd, purchase_history
    >>> who, days = ["a", "a", "b", "a", "c"], [0, 9, 20, 80, 90]
    >>> past = purchase_history(who, days, end=70)
    >>> found = holdout(BgNbd(0.243, 4.414, 0.793, 2.426), past, who, days, end=140, groups=2)
    >>> found.customers.tolist(), found.actual.tolist()
    ([1, 1], [0.0, 1.0])
    """
    found = model.model if isinstance(model, Fit) else model
    if isinstance(model, Fit) and found is None:
        fail("model", None, "a fit that holds a model", reason="no_model", hint=str(model.reason))
    past = instance("history", history, PurchaseHistory)
    last_day = day_number("end", end)
    if last_day <= past.end_day:
        fail("end", last_day, "after the end of the history", reason="order")
    length = (last_day - past.end_day) / days_in(past.unit)
    predicted = np.asarray(expected_orders(found, past.orders, past.recency, past.age, horizon=length))
    actual = _later(past, customers, days, last_day)
    group = np.minimum(past.orders, integer("groups", groups, low=1, high=1_000) - 1)
    return _compared(group, groups, predicted, actual, (length, past.unit, confidence))


def _later(past: PurchaseHistory, customers: object, days: object, last_day: int) -> FloatArray:
    # Days with an order after the history, of its customers; who came first later is nobody's prediction.
    day = day_numbers("days", days)
    ids, code = codes_of("customers", customers, len(day))
    if not len(past.customers):
        return np.zeros(0)
    place = np.searchsorted(past.customers, ids)
    known = past.customers[np.minimum(place, len(past.customers) - 1)] == ids
    keep = (day > past.end_day) & (day <= last_day) & known[code]
    span = last_day - past.end_day + 1
    visits = np.unique(place[code[keep]] * np.int64(span) + (day[keep] - past.end_day))
    return np.bincount(visits // span, minlength=len(past.customers)).astype(np.float64)


def _compared(group: IntArray, groups: int, predicted: FloatArray, actual: FloatArray, facts: Any) -> Holdout:
    length, unit, confidence = facts
    count = np.bincount(group, minlength=groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [np.bincount(group, weights=column, minlength=groups) / count for column in (predicted, actual)]
        squares = np.bincount(group, weights=(actual - means[1][group]) ** 2, minlength=groups)
        half = normal_quantile(confidence) * np.sqrt(squares / (count - 1.0) / count)
    half = np.where(count > 1, half, np.nan)
    totals = float(predicted.sum()), float(actual.sum())
    vary = len(actual) > 1 and predicted.std() > 0.0 and actual.std() > 0.0
    return Holdout(
        frequency=np.arange(groups),
        customers=count.astype(np.int64),
        predicted=means[0],
        actual=means[1],
        low=means[1] - half,
        high=means[1] + half,
        predicted_total=totals[0],
        actual_total=totals[1],
        error=totals[0] / totals[1] - 1.0 if totals[1] else None,
        correlation=float(np.corrcoef(predicted, actual)[0, 1]) if vary else None,
        mean_absolute_error=float(np.abs(predicted - actual).mean()) if len(actual) else None,
        length=length,
        unit=unit,
        confidence=confidence,
    )
