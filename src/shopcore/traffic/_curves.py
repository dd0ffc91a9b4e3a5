"""What more spend brings: response curves with their marginal return and its inverse, and carry-over in time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import exp, inf, log, log1p
from typing import Protocol, TypeAlias

import numpy as np

from shopcore._arrays import ANY, NON_NEGATIVE, floats
from shopcore._checks import at_most, fail, integer, number
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike


class Curve(Protocol):
    """What `allocate` asks of a curve; the best concave curve above it is its envelope."""

    def response(self, spend: float) -> float:
        """Return the response to a spend."""
        ...

    def envelope(self, spend: float) -> float:
        """Return the envelope at a spend."""
        ...

    def marginal(self, spend: float) -> float:
        """Return the slope of the envelope to the right of a spend; may be infinite at 0."""
        ...

    def spend_at(self, marginal: float) -> float:
        """Return the largest spend at which the envelope still rises by `marginal` per unit; may be infinite."""
        ...


@dataclass(frozen=True, slots=True)
class LogCurve(Result):
    """Response ``size ln(1 + spend / scale)`` (对数响应曲线).

    Attributes
    ----------
    size : float
        Response per factor e of spend, > 0.
    scale : float
        Spend at which the marginal return has halved, > 0.

    Examples
    --------
    >>> round(LogCurve(100.0, 50.0).marginal(50.0), 6)
    1.0
    """

    size: float
    scale: float

    def __post_init__(self) -> None:
        """Check the fields."""
        number("size", self.size, low=0.0, low_open=True)
        number("scale", self.scale, low=0.0, low_open=True)

    def response(self, spend: float) -> float:
        """Return the response to a spend."""
        return self.size * log1p(spend / self.scale)

    envelope = response

    def marginal(self, spend: float) -> float:
        """Return what one more unit of spend brings."""
        return self.size / (self.scale + spend)

    def spend_at(self, marginal: float) -> float:
        """Return the spend at which one more unit brings `marginal`."""
        return max(self.size / marginal - self.scale, 0.0)


@dataclass(frozen=True, slots=True)
class PowerCurve(Result):
    """Response ``size spend^exponent`` (幂响应曲线).

    Attributes
    ----------
    size : float
        Response to one unit of spend, > 0.
    exponent : float
        Elasticity, in (0, 1]; at 1 every unit brings the same.

    Examples
    --------
    >>> PowerCurve(5.0, 0.5).response(400.0)
    100.0
    """

    size: float
    exponent: float

    def __post_init__(self) -> None:
        """Check the fields."""
        number("size", self.size, low=0.0, low_open=True)
        number("exponent", self.exponent, low=0.0, high=1.0, low_open=True)

    def response(self, spend: float) -> float:
        """Return the response to a spend."""
        return float(self.size * spend**self.exponent)

    envelope = response

    def marginal(self, spend: float) -> float:
        """Return what one more unit of spend brings; infinite at 0 below exponent 1."""
        if self.exponent == 1.0:
            return self.size
        return self.size * self.exponent * exp((self.exponent - 1.0) * log(spend)) if spend else inf

    def spend_at(self, marginal: float) -> float:
        """Return the spend at which one more unit brings `marginal`."""
        if self.exponent == 1.0:
            return inf if marginal <= self.size else 0.0
        power = (log(self.size * self.exponent) - log(marginal)) / (1.0 - self.exponent)
        return exp(power) if power < 700.0 else inf


@dataclass(frozen=True, slots=True)
class HillCurve(Result):
    """Response ``top spend^shape / (spend^shape + half_point^shape)`` (希尔响应曲线).

    The half point is an amount of money, not a share of the largest spend seen, so the curve does not move with the
    window of the data.

    Attributes
    ----------
    top : float
        Most that can be reached, > 0.
    half_point : float
        Spend that brings half of it, > 0.
    shape : float
        > 0, at most 100; above 1 the curve is S-shaped and small spends are wasted.

    Examples
    --------
    >>> HillCurve(1000.0, 300.0, 1.0).response(300.0)
    500.0
    """

    top: float
    half_point: float
    shape: float = 1.0

    def __post_init__(self) -> None:
        """Check the fields."""
        number("top", self.top, low=0.0, low_open=True)
        number("half_point", self.half_point, low=0.0, low_open=True)
        number("shape", self.shape, low=0.0, high=100.0, low_open=True)

    @property
    def tangent(self) -> float:
        """Spend with the highest response per unit: 0 unless S-shaped."""
        return self.half_point * (self.shape - 1.0) ** (1.0 / self.shape) if self.shape > 1.0 else 0.0

    def response(self, spend: float) -> float:
        """Return the response to a spend."""
        if spend <= 0.0:
            return 0.0
        return self.top / (1.0 + exp(min(self.shape * (log(self.half_point) - log(spend)), 700.0)))

    def envelope(self, spend: float) -> float:
        """Return the straight line up to the spend with the best average, the curve after it."""
        if spend >= self.tangent:
            return self.response(spend)
        return self.response(self.tangent) * (spend / self.tangent)

    def marginal(self, spend: float) -> float:
        """Return the slope of the envelope: what one more unit brings, on average below the tangent."""
        at = max(spend, self.tangent)
        if at == 0.0:
            return self.top / self.half_point if self.shape == 1.0 else inf
        w = self.shape * (log(at) - log(self.half_point))
        return self.top * self.shape / self.half_point * exp(self._slope(w))

    def _slope(self, w: float) -> float:
        # Logarithm of the marginal, less a constant, at w = shape ln(spend / half point).
        return (1.0 - 1.0 / self.shape) * w - 2.0 * (max(w, 0.0) + log1p(exp(-abs(w))))

    def spend_at(self, marginal: float) -> float:
        """Return the largest spend at which the envelope rises by `marginal`."""
        if marginal > self.marginal(0.0) or (self.shape <= 1.0 and marginal == self.marginal(0.0)):
            return 0.0
        target = log(marginal) + log(self.half_point) - log(self.top * self.shape)
        # The slope is concave and lies below both its asymptotes: Newton from there falls onto the root from the right.
        rise = 1.0 - 1.0 / self.shape
        w = -target / (2.0 - rise) if target <= 0.0 else target / rise
        for _ in range(100):
            change = (self._slope(w) - target) / (rise - 2.0 / (1.0 + exp(-min(max(w, -700.0), 700.0))))
            w -= change
            if abs(change) <= 1e-15 * max(abs(w), 1.0):
                break
        power = log(self.half_point) + w / self.shape
        return max(exp(power), self.tangent) if power < 700.0 else inf


@dataclass(frozen=True, slots=True)
class TableCurve(Result):
    """Measured responses joined by straight lines (实测响应表); flat beyond the last, nothing is extrapolated.

    Attributes
    ----------
    spends, responses : tuple of float
        Rising spends from 0, responses that do not fall, from 0; at least two and at most 10,000.

    Examples
    --------
    >>> TableCurve((0.0, 100.0, 300.0), (0.0, 80.0, 120.0)).response(200.0)
    100.0
    """

    spends: tuple[float, ...]
    responses: tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the fields."""
        at_most("spends", self.spends, 10_000, "points")
        x, y = floats("spends", self.spends, NON_NEGATIVE), floats("responses", self.responses, NON_NEGATIVE)
        if x.ndim != 1 or x.size < 2 or x.shape != y.shape or x[0] != 0.0 or y[0] != 0.0:
            fail("spends", x.shape, "as long as responses, both from 0, of two points or more", reason="shape")
        if (np.diff(x) <= 0.0).any() or (np.diff(y) < 0.0).any():
            fail("spends", x.size, "rising, with responses that do not fall", reason="order")

    def response(self, spend: float) -> float:
        """Return the response to a spend."""
        return float(np.interp(spend, self.spends, self.responses))

    def _hull(self) -> tuple[list[float], list[float]]:
        xs: list[float] = []
        ys: list[float] = []
        for x, y in zip(self.spends, self.responses, strict=True):
            while len(xs) > 1 and (y - ys[-1]) * (xs[-1] - xs[-2]) >= (ys[-1] - ys[-2]) * (x - xs[-1]):
                xs.pop()
                ys.pop()
            xs.append(x)
            ys.append(y)
        return xs, ys

    def envelope(self, spend: float) -> float:
        """Return the upper hull of the points."""
        return float(np.interp(spend, *self._hull()))

    def marginal(self, spend: float) -> float:
        """Return the slope of the hull to the right of a spend."""
        xs, ys = self._hull()
        at = bisect_right(xs, spend) - 1
        return 0.0 if at >= len(xs) - 1 else (ys[at + 1] - ys[at]) / (xs[at + 1] - xs[at])

    def spend_at(self, marginal: float) -> float:
        """Return the largest spend up to which the hull rises by at least `marginal`."""
        xs, ys = self._hull()
        steep = [i for i in range(len(xs) - 1) if (ys[i + 1] - ys[i]) >= marginal * (xs[i + 1] - xs[i])]
        return xs[steep[-1] + 1] if steep else 0.0


ResponseCurve: TypeAlias = LogCurve | PowerCurve | HillCurve | TableCurve


def geometric_adstock(spend: FloatLike, retention: float, *, normalised: bool = False) -> FloatArray:
    """Return spend with its echo (广告存量): each period keeps a share of what was there before.

    Parameters
    ----------
    spend : array, shape (periods,)
        In order of time, finite.
    retention : float
        Share kept from one period to the next, in [0, 1).
    normalised : bool
        Whether to multiply by ``1 - retention``, so that a steady spend keeps its level.

    Returns
    -------
    float array, shape (periods,)
        In the unit of `spend`.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    ``y_t = x_t + retention y_(t-1)``. Source: Broadbent 1979.

    Examples
    --------
    >>> geometric_adstock([100, 0, 0, 0], 0.7).round(6).tolist()
    [100.0, 70.0, 49.0, 34.3]
    """
    column = floats("spend", spend, ANY)
    if column.ndim != 1:
        fail("spend", column.shape, "a column of periods", reason="shape")
    keep = number("retention", retention, low=0.0, high=1.0, high_open=True)
    level, found = 0.0, np.empty(column.size)
    for period, amount in enumerate(column.tolist()):
        level = amount + keep * level
        found[period] = level
    return found * (1.0 - keep) if normalised else found


def delayed_adstock(
    spend: FloatLike, retention: float, *, delay: float, periods: int, normalised: bool = True
) -> FloatArray:
    """Return spend with an echo that peaks later (延迟广告存量), as for films and pictures people talk about.

    Parameters
    ----------
    spend : array, shape (n,)
        In order of time, finite.
    retention : float
        In (0, 1).
    delay : float
        Periods until the peak, 0 to 1000.
    periods : int
        Length of the echo, 1 to 1000.
    normalised : bool
        Whether the weights sum to 1.

    Returns
    -------
    float array, shape (n,)
        In the unit of `spend`.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    Weights ``retention^((lag - delay)^2)`` for lags from 0. Source: Jin, Wang, Sun, Chan, Koehler 2017, eq. 2.

    Examples
    --------
    >>> delayed_adstock([100, 0, 0], 0.5, delay=1, periods=3).tolist()
    [25.0, 50.0, 25.0]
    """
    column = floats("spend", spend, ANY)
    if column.ndim != 1:
        fail("spend", column.shape, "a column of periods", reason="shape")
    keep = number("retention", retention, low=0.0, high=1.0, low_open=True, high_open=True)
    lags = np.arange(integer("periods", periods, low=1, high=1000))
    weights = keep ** ((lags - number("delay", delay, low=0.0, high=1000.0)) ** 2)
    weights = weights / weights.sum() if normalised else weights
    return np.convolve(column, weights)[: column.size] if column.size else column


def retention_of_half_life(half_life: float) -> float:
    """Return the retention whose echo halves in so many periods (半衰期).

    Parameters
    ----------
    half_life : float
        Periods, > 0.

    Returns
    -------
    float
        In (0, 1): ``2^(-1 / half_life)``.

    Raises
    ------
    InputError
        If `half_life` is not above zero.

    Examples
    --------
    >>> retention_of_half_life(1.0)
    0.5
    """
    return float(0.5 ** (1.0 / number("half_life", half_life, low=0.0, low_open=True)))


def half_life_of_retention(retention: float) -> float:
    """Return in how many periods an echo halves (半衰期).

    Parameters
    ----------
    retention : float
        In (0, 1).

    Returns
    -------
    float
        Periods: ``-ln 2 / ln(retention)``.

    Raises
    ------
    InputError
        If `retention` is out of range.

    Examples
    --------
    >>> half_life_of_retention(0.5)
    1.0
    """
    return log(2.0) / -log(number("retention", retention, low=0.0, high=1.0, low_open=True, high_open=True))
