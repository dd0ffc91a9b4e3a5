"""Demand that comes now and then: its class, and the forecasts by Croston, SBA and TSB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import floats, give_back
from shopcore._checks import fail, number, one_of
from shopcore.inventory._fields import NON_NEGATIVE, ByValue
from shopcore.models._result import Result
from shopcore.typing import FloatLike

CrostonVariant: TypeAlias = Literal["classic", "sba"]
CROSTON_VARIANTS: Final[tuple[CrostonVariant, ...]] = get_args(CrostonVariant)
BLOCK: Final = 512
CLASSES: Final = ("none", "smooth", "erratic", "intermittent", "lumpy")
ADI_ABOVE: Final = 1.32
CV_SQUARED_FROM: Final = 0.49

__all__ = ["DemandClass", "IntermittentForecast", "classify_demand", "croston", "tsb"]


def history(argument: str, series: object) -> Any:
    """Return a checked history of shape (periods,) or (SKUs, periods) with at least one period."""
    array = floats(argument, series, NON_NEGATIVE)
    if array.ndim not in (1, 2) or array.shape[-1] == 0:
        fail(argument, list(array.shape), "of shape (periods,) or (SKUs, periods) with a period", reason="shape")
    return array


@dataclass(frozen=True, slots=True, eq=False)
class DemandClass(ByValue, Result):
    """How a demand behaves.

    Attributes
    ----------
    name : str or array
        ``"smooth"``, ``"erratic"``, ``"intermittent"``, ``"lumpy"``, or ``"none"`` without any demand.
    average_interval : float or array
        Periods per demand (ADI); infinite without demand.
    cv_squared : float or array
        Squared coefficient of variation of the sizes; 0 for fewer than two demands.
    """

    name: Any
    average_interval: Any
    cv_squared: Any


def classify_demand(series: FloatLike) -> DemandClass:
    """Return the class of a demand by how often and how evenly it comes (需求分类, ADI/CV2).

    Parameters
    ----------
    series : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0.

    Returns
    -------
    DemandClass
        The class with both measures.

    Raises
    ------
    InputError
        If a value is negative or there is no period.

    Notes
    -----
    Interval = periods / demands; intermittent or lumpy above 1.32, erratic or lumpy from a CV2 of 0.49 (sample
    deviation of the sizes above 0). Source: Syntetos, Boylan & Croston (2005).

    Examples
    --------
    >>> from shopcore.inventory import classify_demand
    >>> found = classify_demand([0, 0, 3, 0, 0, 0, 5, 0, 2, 0])
    >>> found.name, round(found.average_interval, 2), round(found.cv_squared, 2)
    ('intermittent', 3.33, 0.21)
    """
    seen = history("series", series)
    hits = seen > 0.0
    count = hits.sum(axis=-1)
    some = np.maximum(count, 1)
    interval = np.where(count > 0, seen.shape[-1] / some, np.inf)
    mean = seen.sum(axis=-1) / some
    squares = np.sum(np.where(hits, np.square(seen - mean[..., None]), 0.0), axis=-1)
    spread = np.where(count > 1, squares / np.maximum(count - 1, 1) / np.square(np.where(mean > 0.0, mean, 1.0)), 0.0)
    rare, uneven = interval > ADI_ABOVE, spread >= CV_SQUARED_FROM
    code = np.where(count == 0, 0, 1 + 2 * rare + uneven)
    if seen.ndim == 1:
        return DemandClass(CLASSES[int(code)], interval.item(), spread.item())
    return DemandClass(np.array(CLASSES)[code], interval, spread)


@dataclass(frozen=True, slots=True, eq=False)
class IntermittentForecast(ByValue, Result):
    """A forecast of the mean demand per period, without a distribution around it.

    Attributes
    ----------
    forecast : float or array
        Units per period; 0 without any demand.
    size : float or array
        Smoothed units of one demand.
    interval : float or array
        Smoothed periods between demands; infinite without any demand.
    method : str
        ``"croston"``, ``"sba"`` or ``"tsb"``.
    """

    forecast: Any
    size: Any
    interval: Any
    method: str


def _columns(series: object) -> tuple[Any, Any, Any, bool]:
    # Periods in rows, so that one step over time touches neighbouring numbers of all SKUs.
    seen = history("series", series)
    rows = np.atleast_2d(seen)
    first = np.argmax(rows > 0.0, axis=1)
    size = rows[np.arange(rows.shape[0]), first]
    wide = np.empty(rows.shape[::-1])
    for start in range(0, rows.shape[0], BLOCK):
        wide[:, start : start + BLOCK] = rows[start : start + BLOCK].T
    return wide, first, size, seen.ndim == 1


def croston(series: FloatLike, *, alpha: float = 0.1, variant: CrostonVariant = "classic") -> IntermittentForecast:
    """Return the mean demand per period of an intermittent series: size over interval, each smoothed (Croston, SBA).

    A mean only; Croston has no distribution to take an interval from. For demand that dies out use `tsb`.

    Parameters
    ----------
    series : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0.
    alpha : float
        Smoothing of size and interval, in (0, 1].
    variant : {"classic", "sba"}
        ``"sba"`` takes away the bias by the factor ``1 - alpha/2``.

    Returns
    -------
    IntermittentForecast
        Forecast, size, interval.

    Raises
    ------
    InputError
        If a value is negative or there is no period.

    Notes
    -----
    Size and interval start at the first demand and its position (leading zeros counted), and are updated at demands
    only. Source: Croston (1972); Syntetos & Boylan (2005).

    Examples
    --------
    >>> from shopcore.inventory import croston
    >>> round(croston([1, 0, 0, 0, 2, 0, 0], alpha=0.1, variant="sba").forecast, 4)
    0.8038
    """
    one_of("variant", variant, CROSTON_VARIANTS)
    weight = number("alpha", alpha, low=0.0, high=1.0, low_open=True)
    wide, first, size, flat = _columns(series)
    interval = first + 1.0
    since, step, hit, pull = np.ones(size.shape), np.empty(size.shape), np.empty(size.shape), np.empty(size.shape)
    for units in wide:
        np.greater(units, 0.0, out=hit)
        np.multiply(hit, weight, out=pull)
        np.subtract(units, size, out=step)
        step *= pull
        size += step
        np.subtract(since, interval, out=step)
        step *= pull
        interval += step
        # Back to one at a demand, one more otherwise.
        np.multiply(since, hit, out=step)
        since -= step
        since += 1.0
    interval = np.where(size > 0.0, interval, np.inf)
    factor = 1.0 - 0.5 * weight if variant == "sba" else 1.0
    return _forecast(factor * size / interval, size, interval, flat=flat, method="sba" if factor < 1.0 else "croston")


def tsb(series: FloatLike, *, alpha_demand: float = 0.1, alpha_probability: float = 0.1) -> IntermittentForecast:
    """Return the mean demand per period from its size and its probability, both smoothed (TSB).

    The probability falls in every period without demand, so that dying items are seen.

    Parameters
    ----------
    series : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0.
    alpha_demand, alpha_probability : float
        Smoothing of the size and of the probability, in (0, 1].

    Returns
    -------
    IntermittentForecast
        Forecast, size, and the interval as 1 over the probability.

    Raises
    ------
    InputError
        If a value is negative or there is no period.

    Notes
    -----
    The probability starts at 1 when the first period has demand, else at 0; the size at the first demand.
    Source: Teunter, Syntetos & Babai (2011).

    Examples
    --------
    >>> from shopcore.inventory import tsb
    >>> dying = [4, 0, 5, 3, 0, 4, 0, 0, 0, 0, 0, 0]
    >>> round(tsb(dying, alpha_probability=0.3).forecast, 2), round(tsb(dying).forecast, 2)
    (0.34, 1.79)
    """
    pull_size = number("alpha_demand", alpha_demand, low=0.0, high=1.0, low_open=True)
    pull_chance = number("alpha_probability", alpha_probability, low=0.0, high=1.0, low_open=True)
    wide, _, size, flat = _columns(series)
    chance = (wide[0] > 0.0).astype(np.float64)
    step, hit, pull = np.empty(size.shape), np.empty(size.shape), np.empty(size.shape)
    for units in wide:
        np.greater(units, 0.0, out=hit)
        np.multiply(hit, pull_size, out=pull)
        np.subtract(units, size, out=step)
        step *= pull
        size += step
        np.subtract(hit, chance, out=step)
        step *= pull_chance
        chance += step
    interval = np.where(chance > 0.0, 1.0 / np.where(chance > 0.0, chance, 1.0), np.inf)
    return _forecast(size * chance, size, interval, flat=flat, method="tsb")


def _forecast(forecast: Any, size: Any, interval: Any, *, flat: bool, method: str) -> IntermittentForecast:
    if flat:
        forecast, size, interval = (give_back(v, scalar=True) for v in (forecast, size, interval))
    return IntermittentForecast(forecast, size, interval, method)
