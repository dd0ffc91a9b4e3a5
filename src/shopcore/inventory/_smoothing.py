"""Exponential smoothing, simple and seasonal, for one series or a catalogue at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import give_back
from shopcore._checks import fail, integer, number, one_of
from shopcore.inventory._fields import ByValue
from shopcore.inventory._intermittent import history
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike

Seasonality: TypeAlias = Literal["additive", "multiplicative"]
SEASONALITIES: Final[tuple[Seasonality, ...]] = get_args(Seasonality)

__all__ = ["SmoothedForecast", "exponential_smoothing", "seasonal_smoothing"]


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedForecast(ByValue, Result):
    """A forecast by exponential smoothing.

    Attributes
    ----------
    forecast : array, shape (horizon,) or (SKUs, horizon)
        Units per period ahead, never below 0.
    level : float or array
        The smoothed level.
    error_sd : float or array
        Root mean square of the one-step errors inside the series; what a `Demand` takes as ``sd``. 0 for one period.
    season : array or None
        The smoothed pattern, starting at the first period ahead; factors or differences.
    """

    forecast: FloatArray
    level: Any
    error_sd: Any
    season: Any


def exponential_smoothing(series: FloatLike, *, alpha: float = 0.1, horizon: int = 1) -> SmoothedForecast:
    """Return the forecast of demand without trend and season (simple exponential smoothing, 指数平滑).

    Parameters
    ----------
    series : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0.
    alpha : float
        Weight of the newest period, in (0, 1].
    horizon : int
        Periods ahead, all of the same forecast.

    Returns
    -------
    SmoothedForecast
        Forecast, level, and the deviation of its errors.

    Raises
    ------
    InputError
        If a value is negative or there is no period.

    Notes
    -----
    ``level += alpha (x - level)``, starting at the first period. Source: Brown (1959); Hyndman & Athanasopoulos,
    Forecasting: Principles and Practice, section 8.1.

    Examples
    --------
    >>> from shopcore.inventory import exponential_smoothing
    >>> found = exponential_smoothing([20, 24, 22, 30, 26], alpha=0.3)
    >>> round(found.level, 2), round(found.error_sd, 2)
    (24.61, 4.84)
    """
    weight = number("alpha", alpha, low=0.0, high=1.0, low_open=True)
    ahead = integer("horizon", horizon, low=1, high=10_000)
    seen = history("series", series)
    wide = np.atleast_2d(seen).T
    level, squares = wide[0].copy(), np.zeros(wide.shape[1])
    for units in wide[1:]:
        error = units - level
        squares += error * error
        level += weight * error
    sd = np.sqrt(squares / max(wide.shape[0] - 1, 1))
    forecast = np.repeat(level[:, None], ahead, axis=1)
    return _answer(forecast, level, sd, None, flat=seen.ndim == 1)


def seasonal_smoothing(
    series: FloatLike,
    *,
    season_length: int,
    alpha: float = 0.1,
    gamma: float = 0.1,
    kind: Seasonality = "multiplicative",
    horizon: int = 1,
) -> SmoothedForecast:
    """Return the forecast of demand with a season but no trend (Holt-Winters without trend).

    Parameters
    ----------
    series : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0; at least one whole season.
    season_length : int
        Periods in a season, >= 2.
    alpha, gamma : float
        Weights of the newest period for level and season, in [0, 1].
    kind : {"multiplicative", "additive"}
        Whether the season multiplies the level or adds to it.
    horizon : int
        Periods ahead.

    Returns
    -------
    SmoothedForecast
        Forecast, level, deviation of the errors, and the season.

    Raises
    ------
    InputError
        If the series is shorter than a season.

    Notes
    -----
    Level and season start at the mean and the pattern of the first season; errors count from the second. A season
    without any demand has factors of 1. Source: Winters (1960); Hyndman & Athanasopoulos, section 8.3.

    Examples
    --------
    >>> from shopcore.inventory import seasonal_smoothing
    >>> weeks = [10, 12, 11, 14, 18, 30, 25] * 3
    >>> seasonal_smoothing(weeks, season_length=7, horizon=7).forecast.round(1).tolist()
    [10.0, 12.0, 11.0, 14.0, 18.0, 30.0, 25.0]
    """
    one_of("kind", kind, SEASONALITIES)
    pull, pull_season = number("alpha", alpha, low=0.0, high=1.0), number("gamma", gamma, low=0.0, high=1.0)
    length, ahead = integer("season_length", season_length, low=2), integer("horizon", horizon, low=1, high=10_000)
    seen = history("series", series)
    if seen.shape[-1] < length:
        fail("series", seen.shape[-1], f"at least one season of {length} periods", reason="too_short")
    wide = np.atleast_2d(seen).T
    multiply = kind == "multiplicative"
    level = wide[:length].mean(axis=0)
    season = _start(wide[:length], level, multiply=multiply)
    squares = np.zeros(level.shape)
    for t in range(length, wide.shape[0]):
        units, pattern = wide[t], season[t % length]
        error = units - (level * pattern if multiply else level + pattern)
        squares += error * error
        level = level + pull * (_ratio(units, pattern, level) if multiply else units - pattern) - pull * level
        new = _ratio(units, level, pattern) if multiply else units - level
        season[t % length] = pattern + pull_season * (new - pattern)
    sd = np.sqrt(squares / max(wide.shape[0] - length, 1))
    nearest = np.roll(season, -(wide.shape[0] % length), axis=0)
    future = nearest[np.arange(ahead) % length]
    forecast = np.maximum((level * future if multiply else level + future).T, 0.0)
    return _answer(forecast, level, sd, nearest.T, flat=seen.ndim == 1)


def _start(first: Any, level: Any, *, multiply: bool) -> Any:
    return _ratio(first, level, np.ones(first.shape)) if multiply else first - level


def _ratio(top: Any, bottom: Any, otherwise: Any) -> Any:
    safe = bottom > 0.0
    return np.where(safe, top / np.where(safe, bottom, 1.0), otherwise)


def _answer(forecast: Any, level: Any, sd: Any, season: Any, *, flat: bool) -> SmoothedForecast:
    if flat:
        season = None if season is None else season[0]
        return SmoothedForecast(forecast[0], give_back(level, scalar=True), give_back(sd, scalar=True), season)
    return SmoothedForecast(forecast, level, sd, season)
