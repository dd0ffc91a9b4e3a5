"""Quantiles, tails, losses and inverse losses of the demand distributions, on float64 arrays.

Arguments are checked by the callers; arrays broadcast. Tails come from survival functions, never from ``1 - cdf``.
A loss is the expected shortage ``E[(X - x)+]``. The functions ending in ``_scalar`` need nothing but `math`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any, Final, TypeAlias

import numpy as np

from shopcore.typing import BoolArray, FloatArray

SQRT_2: Final = math.sqrt(2.0)
SQRT_2PI: Final = math.sqrt(2.0 * math.pi)
SQRT_HALF_PI: Final = math.sqrt(0.5 * math.pi)
LOSS_AT_ZERO: Final = 1.0 / SQRT_2PI
CHUNK: Final = 16_384
# From here on the continued fraction is used; below it the plain difference loses less than one digit.
FRACTION_FROM: Final = 3.0
FRACTION_TERMS: Final = 60
# A probability that equals the cdf at k up to this share counts as reached, so that rounding adds no unit.
REACHED: Final = 1.0 - 1e-14
NEAR_POISSON: Final = 1.0 + 1e-6
# Units the ladder climbs at most; how near, in probability and as a share of one unit's, is too close to call; the size
# from which the cdf itself is no better than that.
LADDER_STEPS: Final = 8
LADDER_DOUBT: Final = (1e-12, 1e-4)
LADDER_BELOW: Final = 1e6
# The probability of k, and that of k + 1 as a multiple of it.
Ladder: TypeAlias = tuple[Callable[..., FloatArray], Callable[..., FloatArray]]

normal_quantile_scalar: Final = NormalDist().inv_cdf


def normal_density_scalar(z: float) -> float:
    """Return the standard normal density."""
    return math.exp(-0.5 * z * z) / SQRT_2PI


def normal_tail_scalar(z: float) -> float:
    """Return the standard normal survival function."""
    return 0.5 * math.erfc(z / SQRT_2)


def _tail_ratio(z: Any, order: int) -> Any:
    # Ratio of two neighbouring repeated integrals of the tail: 1 / (z + (n+1) / (z + (n+2) / ...)); cancels nothing.
    ratio = 0.0 * z
    for n in range(order + FRACTION_TERMS, order - 1, -1):
        ratio = 1.0 / (z + (n + 1) * ratio)
    return ratio


def normal_loss_scalar(z: float) -> float:
    """Return the standard normal loss of one value; relative error below 1e-13 for z up to 37."""
    if z >= FRACTION_FROM:
        return normal_tail_scalar(z) * float(_tail_ratio(z, 1))
    return normal_density_scalar(z) - z * normal_tail_scalar(z)


def normal_inverse_loss_scalar(loss: float) -> float:
    """Return the z whose standard normal loss is `loss` (> 0)."""
    if loss >= LOSS_AT_ZERO:
        z = -loss
        for _ in range(60):
            step = (normal_loss_scalar(z) - loss) / normal_tail_scalar(z)
            z += step
            if abs(step) <= 1e-15 * (1.0 + abs(z)):
                break
        return z
    z = _inverse_loss_start_scalar(loss)
    for _ in range(60):
        here = normal_loss_scalar(z)
        step = here / normal_tail_scalar(z) * math.log(here / loss)
        z += step
        if abs(step) <= 1e-15 * (1.0 + abs(z)):
            break
    return z


def _inverse_loss_start_scalar(loss: float) -> float:
    t = math.sqrt(math.log(25.0 / (loss * loss))) if loss > 1e-12 else 0.0
    if t == 0.0:
        return min(math.sqrt(-2.0 * math.log(loss)) - 0.5, 37.0)
    start: float = _rational_start(t)
    return start


def _rational_start(t: Any) -> Any:
    # Rational approximation to the inverse loss; Source: Schneider (1981), in Silver, Pyke & Peterson, appendix.
    top = ((1.0897299 * t - 3.8836830) * t + 5.6211054) * t - 5.3925569
    return top / ((((-3.29129114e-3 * t + 6.69136868e-2) * t + 5.07326622e-1) * t - 7.2496485e-1) * t + 1.0)


def normal_quantile(probability: FloatArray) -> FloatArray:
    """Return the standard normal quantile."""
    from scipy.special import ndtri

    return np.asarray(ndtri(probability))


def normal_tail(z: FloatArray) -> FloatArray:
    """Return the standard normal survival function."""
    from scipy.special import ndtr

    return np.asarray(ndtr(-np.asarray(z)))


def normal_density(z: FloatArray) -> FloatArray:
    """Return the standard normal density."""
    return np.exp(-0.5 * z * z) / SQRT_2PI


def normal_loss(z: FloatArray) -> FloatArray:
    """Return the standard normal loss; both tails hold their relative accuracy."""
    from scipy.special import erfcx

    z = np.asarray(z, dtype=np.float64)
    size = np.abs(z)
    near = np.minimum(size, 40.0)
    right = normal_density(near) * (1.0 - near * (SQRT_HALF_PI * erfcx(near / SQRT_2)))
    return np.where(size > 40.0, 0.0, right) + np.maximum(-z, 0.0)


def normal_second_loss(z: FloatArray) -> FloatArray:
    """Return half the expected squared shortage, ``E[((Z - z)+)^2] / 2``."""
    z = np.asarray(z, dtype=np.float64)
    plain: FloatArray = 0.5 * ((z * z + 1.0) * normal_tail(z) - z * normal_density(z))
    far = z >= FRACTION_FROM
    if far.any():
        tail = np.maximum(z, FRACTION_FROM)
        return np.where(far, normal_loss(z) * _tail_ratio(tail, 2), plain)
    return plain


def normal_inverse_loss(loss: FloatArray) -> FloatArray:
    """Return the z whose standard normal loss is `loss` (> 0), to 1e-12."""
    loss = np.asarray(loss, dtype=np.float64)
    z = normal_inverse_loss_start(loss)
    left = loss >= LOSS_AT_ZERO
    for _ in range(6):
        here, tail = normal_loss(z), normal_tail(z)
        small = np.maximum(here, 1e-320)
        step = np.where(left, here - loss, small * np.log(small / loss)) / np.maximum(tail, 1e-320)
        z = z + np.clip(step, -8.0, 8.0)
    return z


def normal_inverse_loss_start(loss: FloatArray) -> FloatArray:
    """Return a z near the inverse loss: within 1e-3 between 1e-12 and 0.4, a safe start elsewhere."""
    t = np.sqrt(np.log(25.0 / np.square(np.clip(loss, 1e-12, LOSS_AT_ZERO))))
    z = np.where(loss < LOSS_AT_ZERO, _rational_start(t), -loss)
    tiny = loss < 1e-12
    if tiny.any():
        far = np.minimum(np.sqrt(-2.0 * np.log(np.clip(loss, 1e-300, 0.5))) - 0.5, 37.0)
        z = np.where(tiny, far, z)
    return z


def lognormal_parameters(mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mu and sigma of the logarithm from the mean (> 0) and the variance."""
    square = np.log1p(variance / (mean * mean))
    return np.log(mean) - 0.5 * square, np.sqrt(square)


def lognormal_loss(x: FloatArray, mu: FloatArray, sigma: FloatArray) -> FloatArray:
    """Return the loss of a lognormal demand at `x` > 0."""
    z = (np.log(x) - mu) / sigma
    return np.exp(mu + 0.5 * sigma * sigma) * normal_tail(z - sigma) - x * normal_tail(z)


def gamma_quantile(probability: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the gamma quantile; from the upper tail where that is the shorter way."""
    from scipy.special import gammainccinv, gammaincinv

    probability, shape = np.broadcast_arrays(probability, shape)
    upper = probability > 0.5
    if upper.all():
        return np.asarray(gammainccinv(shape, 1.0 - probability) * scale)
    quantile = np.empty(probability.shape)
    quantile[upper] = gammainccinv(shape[upper], 1.0 - probability[upper])
    quantile[~upper] = gammaincinv(shape[~upper], probability[~upper])
    return np.asarray(quantile * scale)


def gamma_tail(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the gamma survival function; zero stands for all demand too small for a float, as in the quantile."""
    from scipy.special import gammaincc

    x = np.asarray(x)
    return np.where(x < 0.0, 1.0, gammaincc(shape, np.maximum(x, np.finfo(np.float64).tiny) / scale))


def gamma_loss(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the loss of a gamma demand; below zero the whole demand is short."""
    from scipy.special import gammaincc, gammaln, xlogy

    y = np.maximum(x, 0.0) / scale
    edge = np.exp(xlogy(shape, y) - y - gammaln(shape + 1.0))
    loss = scale * ((shape - y) * gammaincc(shape, y) + shape * edge)
    return np.maximum(loss, 0.0) + np.maximum(-np.asarray(x), 0.0)


def poisson_tail(x: FloatArray, mean: FloatArray) -> FloatArray:
    """Return P(X > x)."""
    from scipy.special import pdtrc

    return np.where(np.asarray(x) < 0.0, 1.0, pdtrc(np.maximum(np.floor(x), 0.0), mean))


def poisson_pmf(k: FloatArray, mean: FloatArray) -> FloatArray:
    """Return P(X = k) for whole k >= 0, in log space."""
    from scipy.special import gammaln, xlogy

    return np.asarray(np.exp(xlogy(k, mean) - mean - gammaln(np.asarray(k) + 1.0)))


def poisson_loss(x: FloatArray, mean: FloatArray) -> FloatArray:
    """Return the loss of a Poisson demand at any real `x`."""
    x = np.asarray(x, dtype=np.float64)
    k = np.maximum(np.floor(x), 0.0)
    loss = (mean - x) * poisson_tail(k, mean) + mean * poisson_pmf(k, mean)
    return np.where(x < 0.0, mean - x, np.maximum(loss, 0.0))


def poisson_quantile(probability: FloatArray, mean: FloatArray) -> FloatArray:
    """Return the smallest whole k with P(X <= k) >= probability."""
    from scipy.special import pdtr

    sd = np.sqrt(mean)
    skew = 1.0 / np.maximum(sd, 1e-150)
    start = _cornish_fisher(probability, mean, sd, skew, skew * skew)
    ladder = poisson_pmf, lambda k, mean: mean / (k + 1.0)
    return smallest_whole(probability, start, pdtr, mean, ladder=ladder)


def _cornish_fisher(
    probability: FloatArray, mean: FloatArray, sd: FloatArray, skew: FloatArray, kurtosis: FloatArray
) -> FloatArray:
    # Source: Cornish & Fisher (1938), to the fourth cumulant; a start, so far tails may take it astray.
    z = normal_quantile(probability)
    third, fourth = np.minimum(skew, 1e3), np.minimum(kurtosis, 1e6)
    square = z * z
    value = z + third * (square - 1.0) / 6.0
    value += z * (fourth * (square - 3.0) / 24.0 - third * third * (2.0 * square - 5.0) / 36.0)
    return np.maximum(np.floor(mean + sd * value + 0.5), 0.0)


def negative_binomial_parameters(mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return r and the success probability p; ``mean = r (1 - p) / p`` and ``variance = mean / p`` above the mean."""
    excess = np.maximum(variance - mean, mean * (NEAR_POISSON - 1.0))
    return mean * mean / excess, mean / (mean + excess)


def negative_binomial_tail(x: FloatArray, r: FloatArray, p: FloatArray) -> FloatArray:
    """Return P(X > x) for real r."""
    from scipy.special import betainc

    return np.where(np.asarray(x) < 0.0, 1.0, betainc(np.maximum(np.floor(x), 0.0) + 1.0, r, 1.0 - p))


def negative_binomial_loss(x: FloatArray, r: FloatArray, p: FloatArray) -> FloatArray:
    """Return the loss of a negative binomial demand at any real `x`."""
    from scipy.special import betaln

    x = np.asarray(x, dtype=np.float64)
    k = np.maximum(np.floor(x), 0.0)
    mean = r * (1.0 - p) / p
    edge = np.exp(k * np.log1p(-p) + r * np.log(p) - betaln(k + 1.0, r + 1.0)) / (k + r + 1.0)
    loss = (mean - x) * negative_binomial_tail(k, r, p) + mean * edge
    return np.where(x < 0.0, mean - x, np.maximum(loss, 0.0))


def negative_binomial_quantile(probability: FloatArray, r: FloatArray, p: FloatArray) -> FloatArray:
    """Return the smallest whole k with P(X <= k) >= probability, for real r."""
    from scipy.special import betainc, gammaincinv

    probability, r, p = np.broadcast_arrays(probability, r, p)
    spread = r * (1.0 - p)
    skew = (2.0 - p) / np.sqrt(spread)
    start = _cornish_fisher(probability, spread / p, np.sqrt(spread) / p, skew, 6.0 / r + p * p / spread)
    # A very skewed demand is close to its gamma mixing distribution, where Cornish-Fisher goes astray.
    lumpy = skew > 1.5
    if lumpy.any():
        start = np.array(start)
        start[lumpy] = np.floor(gammaincinv(r[lumpy], probability[lumpy]) * ((1.0 - p[lumpy]) / p[lumpy]))

    def cdf(k: FloatArray, r: FloatArray, p: FloatArray) -> FloatArray:
        return np.asarray(betainc(r, k + 1.0, p))

    ladder = negative_binomial_pmf, lambda k, r, p: (k + r) / (k + 1.0) * (1.0 - p)
    return smallest_whole(probability, start, cdf, r, p, ladder=ladder)


def negative_binomial_pmf(k: FloatArray, r: FloatArray, p: FloatArray) -> FloatArray:
    """Return P(X = k) for whole k >= 0 and real r, in log space."""
    from scipy.special import gammaln

    return np.asarray(np.exp(gammaln(k + r) - gammaln(r) - gammaln(k + 1.0) + r * np.log(p) + k * np.log1p(-p)))


def smallest_whole(
    probability: FloatArray,
    start: FloatArray,
    cdf: Callable[..., FloatArray],
    *parameters: FloatArray,
    ladder: Ladder | None = None,
) -> FloatArray:
    """Return the smallest whole k >= 0 with ``cdf(k) >= probability``; `ladder` settles near starts without the cdf."""
    wanted, start, *arrays = (a.ravel() for a in np.broadcast_arrays(probability, start, *parameters))
    shape = np.broadcast_shapes(np.shape(probability), *(np.shape(p) for p in parameters))
    found = np.empty(start.size)
    for first in range(0, start.size, CHUNK):
        piece = slice(first, first + CHUNK)
        columns = [a[piece] for a in arrays]
        found[piece] = _smallest_piece(wanted[piece] * REACHED, start[piece], cdf, columns, ladder)
    return found.reshape(shape)


def _smallest_piece(
    wanted: FloatArray, start: FloatArray, cdf: Callable[..., FloatArray], arrays: Any, ladder: Ladder | None
) -> FloatArray:
    # One look settles every row the ladder brings home; the others double their step and then halve it.
    total = cdf(start, *arrays)
    reached = total >= wanted
    low = np.where(reached, -1.0, start)
    high = np.where(reached, start, np.inf)
    if ladder is not None:
        weight = ladder[0](start, *arrays)
        open_ = (high - low > 1.0) & np.logical_and.reduce([a < LADDER_BELOW for a in (start, *arrays)])
        for side in (reached, ~reached):
            _climb(np.flatnonzero(side & open_), (wanted, total, weight), (low, high), arrays, ladder[1])
    step = np.ones(start.size)
    rows = np.flatnonzero(high - low > 1.0)
    while rows.size:
        lo, hi = low[rows], high[rows]
        unknown = np.isinf(hi) | (reached[rows] & (lo == -1.0))
        k = np.where(unknown, np.where(reached[rows], np.maximum(hi - step[rows], 0.0), lo + step[rows]),
                     np.floor(0.5 * (lo + hi)))  # fmt: skip
        good = cdf(k, *(a[rows] for a in arrays)) >= wanted[rows]
        high[rows] = np.where(good, k, hi)
        low[rows] = np.where(good, lo, k)
        step[rows] *= 2.0
        rows = rows[_open(low[rows], high[rows])]
    return high


def _climb(rows: Any, here: Any, bracket: Any, arrays: Any, ratio: Callable[..., Any]) -> None:
    # Neighbouring probabilities follow from each other, so a few units need no look at the cdf. What is too close to
    # call is left open. All rows have reached what is wanted, or none has.
    low, high = bracket
    down = bool(rows.size) and bool(np.isfinite(high[rows[0]]))
    k = (high if down else low)[rows]
    aim, total, weight = (column[rows] for column in here)
    columns = [a[rows] for a in arrays]
    for _ in range(LADDER_STEPS):
        if not rows.size:
            return
        if down:
            total = total - weight
            k = k - 1.0
            weight = weight / ratio(k, *columns)
        else:
            weight = weight * ratio(k, *columns)
            total = total + weight
            k = k + 1.0
        doubt = np.abs(total - aim) <= LADDER_DOUBT[0] + LADDER_DOUBT[1] * weight
        above = total >= aim
        high[rows] = np.where(above & ~doubt, k, high[rows])
        low[rows] = np.where(~above & ~doubt, k, low[rows])
        go = ~doubt & (above == down) & (k > 0.0)
        rows, k, total, weight, aim, *columns = (a[go] for a in (rows, k, total, weight, aim, *columns))


def _open(low: FloatArray, high: FloatArray) -> BoolArray:
    # Beyond 2**53 neighbouring floats are more than one apart; such a row is as settled as floats allow.
    return (high - low > 1.0) & (0.5 * low + 0.5 * high > low) & (low < 2.0**53)
