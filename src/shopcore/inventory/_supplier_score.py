"""How well a supplier keeps its word: dispatch on time, lead time, defects, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shopcore._arrays import floats
from shopcore._checks import fail, integer, number
from shopcore._intervals import t_quantile, wilson
from shopcore.inventory._fields import NON_NEGATIVE, ByValue
from shopcore.inventory._values import LeadTime
from shopcore.models._result import Result
from shopcore.typing import FloatLike

__all__ = ["SupplierScore", "supplier_score"]


@dataclass(frozen=True, slots=True, eq=False)
class SupplierScore(ByValue, Result):
    """A supplier's record; every rate with its interval, None where nothing was seen.

    Attributes
    ----------
    lead_time : LeadTime
        Mean and sample deviation of the deliveries: goes into `reorder_point` as it is.
    lead_time_interval : tuple of float or None
        Of the mean; None for a single delivery.
    on_time_rate, on_time_interval : float, tuple of float
        Share of the orders dispatched within the term.
    defect_rate, defect_interval : float or None, tuple of float or None
        Share of defective units.
    deliveries : int
    """

    lead_time: LeadTime
    lead_time_interval: tuple[float, float] | None
    on_time_rate: float
    on_time_interval: tuple[float, float]
    defect_rate: float | None
    defect_interval: tuple[float, float] | None
    deliveries: int


def supplier_score(
    lead_days: FloatLike,
    dispatch_hours: FloatLike,
    *,
    units: int = 0,
    defects: int = 0,
    within_hours: float = 48.0,
    confidence: float = 0.95,
) -> SupplierScore:
    """Return a supplier's record with intervals (供应商评分): dispatch within 48 h, lead time, defects.

    Parameters
    ----------
    lead_days : array, shape (deliveries,)
        Days from order to stock of each delivery, >= 0; at least one.
    dispatch_hours : array, shape (deliveries,)
        Hours from order to dispatch of each, >= 0.
    units, defects : int
        Units received and inspected, and those that were defective.
    within_hours : float
        The term.
    confidence : float
        Of all intervals, in (0, 1).

    Returns
    -------
    SupplierScore
        Its `lead_time` feeds the reorder point.

    Raises
    ------
    InputError
        If there is no delivery, or more defects than units.

    Notes
    -----
    Rates by Wilson's interval, the mean lead time by Student's t; deliveries are taken as independent.
    Source: Wilson (1927); Student (1908).

    Examples
    --------
    >>> from shopcore.inventory import supplier_score
    >>> found = supplier_score([6, 7, 9, 6, 12], [20, 30, 60, 24, 47], units=400, defects=6)
    >>> found.lead_time.mean, round(found.lead_time.sd, 2), found.on_time_rate, found.defect_rate
    (8.0, 2.55, 0.8, 0.015)
    >>> [round(bound, 2) for bound in found.on_time_interval]
    [0.38, 0.96]
    """
    days, hours = floats("lead_days", lead_days, NON_NEGATIVE), floats("dispatch_hours", dispatch_hours, NON_NEGATIVE)
    if days.ndim != 1 or days.size == 0:
        fail("lead_days", list(days.shape), "of shape (deliveries,) with at least one", reason="shape")
    if hours.shape != days.shape:
        fail("dispatch_hours", list(hours.shape), f"one for each of {days.size} deliveries", reason="shape")
    seen = integer("units", units, low=0)
    bad, count = integer("defects", defects, low=0, high=seen), int(days.size)
    met = int((hours <= number("within_hours", within_hours, low=0.0)).sum())
    mean, sd = float(days.mean()), float(days.std(ddof=1)) if count > 1 else 0.0
    half = t_quantile(confidence, count - 1) * sd / count**0.5 if count > 1 else 0.0
    return SupplierScore(
        LeadTime(mean, sd), (max(mean - half, 0.0), mean + half) if count > 1 else None, met / count,
        _bounds(met, count, confidence), bad / seen if seen else None,
        _bounds(bad, seen, confidence) if seen else None, count,
    )  # fmt: skip


def _bounds(hits: int, tries: int, confidence: float) -> tuple[float, float]:
    low, high = wilson(hits, tries, confidence=confidence)
    bounds: tuple[Any, Any] = (float(low), float(high))
    return bounds
