"""Intervals, p values and error control that several engines need and none owns.

Everything works on scalars and arrays alike. A bound that does not exist is NaN, so that a column keeps its shape;
the engines turn it into None and a reason where they answer. Tail probabilities come from survival functions: one
minus a distribution function loses every digit beyond eight standard deviations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._arrays import NON_NEGATIVE, POSITIVE, UNIT, Domain, broadcast, fail_rows, floats, gather, give_back
from shopcore._checks import fail, integer, number, one_of
from shopcore.typing import FloatArray, IntArray

Bounds: TypeAlias = tuple[Any, Any]
Alternative: TypeAlias = Literal["two_sided", "greater", "less"]
Correction: TypeAlias = Literal["holm", "benjamini_hochberg", "none"]

ALTERNATIVES: Final = ("two_sided", "greater", "less")
CORRECTIONS: Final = ("holm", "benjamini_hochberg", "none")
MAX_REPEATS: Final = 100_000
_POSITIVE_DF: Final = Domain("> 0", low=0.0, low_open=True, infinite=True)
_STATISTIC: Final = Domain("a number, not NaN", infinite=True)


def confidence_level(value: object) -> float:
    """Return a nominal coverage checked to lie inside (0, 1)."""
    return number("confidence", value, low=0.0, high=1.0, low_open=True, high_open=True, hint="95 % is written as 0.95")


def normal_quantile(confidence: float) -> float:
    """Return the two-sided normal critical value of a confidence level.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    from scipy.special import ndtri

    return float(-ndtri((1.0 - confidence_level(confidence)) / 2.0))


def t_quantile(confidence: float, df: object) -> Any:
    """Return the two-sided critical value of Student's t; with endless degrees of freedom the normal one.

    Examples
    --------
    >>> round(t_quantile(0.95, 10), 6)
    2.228139
    """
    from scipy.special import stdtrit

    freedom = floats("df", df, _POSITIVE_DF)
    tail = (1.0 - confidence_level(confidence)) / 2.0
    endless = np.isinf(freedom)
    found = -stdtrit(np.where(endless, 1.0, freedom), tail)
    return give_back(np.where(endless, normal_quantile(confidence), found), scalar=freedom.ndim == 0)


def counts(successes: object, trials: object, names: tuple[str, str] = ("successes", "trials")) -> list[FloatArray]:
    """Return successes and trials as float arrays of one shape, checked: 0 <= successes <= trials."""
    part, whole = floats(names[0], successes, NON_NEGATIVE), floats(names[1], trials, NON_NEGATIVE)
    hits, tries = broadcast(**{names[0]: part, names[1]: whole})
    bad = hits > tries
    if bad.any():
        fail_rows(names[0], bad, hits, f"at most {names[1]}", reason="more_than_whole")
    return [hits, tries]


def _scalar(*values: Any) -> bool:
    return all(np.ndim(value) == 0 for value in values)


def _bounds(low: Any, high: Any, undefined: Any, *values: Any) -> Bounds:
    scalar = _scalar(*values)
    return tuple(give_back(np.where(undefined, np.nan, end), scalar=scalar) for end in (low, high))


def wilson(successes: object, trials: object, *, confidence: float = 0.95) -> Bounds:
    """Return the score interval of a share (Wilson); NaN where there were no trials.

    Notes
    -----
    The lower end comes from the product of the two roots, so that one success in 10^12 keeps its digits.
    Source: Wilson 1927; Brown, Cai, DasGupta 2001.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(10, 10)]
    [0.7225, 1.0]
    """
    hits, tries = counts(successes, trials)
    low, high = wilson_of(hits, tries, normal_quantile(confidence))
    return _bounds(low, high, tries == 0.0, successes, trials)


def wilson_of(hits: FloatArray, tries: FloatArray, z: float) -> tuple[FloatArray, FloatArray]:
    """Return Wilson bounds of checked float arrays for a critical value."""
    square = z * z
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = hits / tries
        half = z * np.sqrt(hits * (1.0 - share) + square / 4.0)
        high = np.minimum((hits + square / 2.0 + half) / (tries + square), 1.0)
        low = share * (hits / (tries + square)) / high
    high = np.where(hits == tries, 1.0, high)
    empty = tries == 0.0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def clopper_pearson(successes: object, trials: object, *, confidence: float = 0.95) -> Bounds:
    """Return the exact interval of a share (Clopper and Pearson 1934): at least its nominal coverage, often above.

    Examples
    --------
    >>> [round(end, 4) for end in clopper_pearson(8, 10)]
    [0.4439, 0.9748]
    """
    from scipy.special import betainccinv, betaincinv

    hits, tries = counts(successes, trials)
    tail = (1.0 - confidence_level(confidence)) / 2.0
    misses, none, every = tries - hits, hits == 0.0, hits == tries
    low = np.where(none, 0.0, betaincinv(np.where(none, 1.0, hits), misses + 1.0, tail))
    high = np.where(every, 1.0, betainccinv(hits + 1.0, np.where(every, 1.0, misses), tail))
    return _bounds(low, high, tries == 0.0, successes, trials)


def newcombe(
    successes_a: object, trials_a: object, successes_b: object, trials_b: object, *, confidence: float = 0.95
) -> Bounds:
    """Return the hybrid score interval of share a minus share b (Newcombe 1998, method 10).

    Examples
    --------
    >>> [round(end, 4) for end in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    a, n_a = counts(successes_a, trials_a, ("successes_a", "trials_a"))
    b, n_b = counts(successes_b, trials_b, ("successes_b", "trials_b"))
    a, n_a, b, n_b = broadcast(successes_a=a, trials_a=n_a, successes_b=b, trials_b=n_b)
    z = normal_quantile(confidence)
    (low_a, high_a), (low_b, high_b) = wilson_of(a, n_a, z), wilson_of(b, n_b, z)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_a, p_b = a / n_a, b / n_b
    low, high = np.hypot(p_a - low_a, high_b - p_b), np.hypot(high_a - p_a, p_b - low_b)
    parts = (successes_a, trials_a, successes_b, trials_b)
    return _bounds(p_a - p_b - low, p_a - p_b + high, (n_a == 0.0) | (n_b == 0.0), *parts)


def delta_se(y: Any, x: Any, var_y: Any, var_x: Any, cov: Any) -> Any:
    """Return the delta-method standard error of y / x; variances and covariance are those of y and x themselves.

    Examples
    --------
    >>> round(delta_se(10.0, 5.0, 1.0, 0.25, 0.0), 4)
    0.2828
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        r = np.divide(y, x)
        found = np.sqrt(np.maximum(var_y - 2.0 * r * cov + r * r * var_x, 0.0)) / np.abs(x)
    return give_back(found, scalar=_scalar(y, x, var_y, var_x, cov))


def fieller(y: Any, x: Any, var_y: Any, var_x: Any, cov: Any, *, critical: Any) -> Bounds:
    """Return Fieller's interval of y / x; NaN ends where it is unbounded (x is not clearly away from zero).

    Parameters
    ----------
    y, x : float or array
        Numerator and denominator (means, or sums).
    var_y, var_x, cov : float or array
        Variances and covariance of `y` and `x` themselves (of the means, not of one observation).
    critical : float or array
        Normal or t critical value.

    Notes
    -----
    The ends are the roots in r of (y - r x)^2 = critical^2 (var_y - 2 r cov + r^2 var_x): r0 lies outside exactly
    where the two-sided test of y = r0 x rejects. Source: Fieller 1954; Cox 1990.

    Examples
    --------
    >>> [round(end, 4) for end in fieller(10.0, 5.0, 1.0, 0.25, 0.0, critical=1.96)]
    [1.5089, 2.6509]
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        r, relative = np.divide(y, x), 1.0 / np.square(x)
        square = np.square(critical)
        v_y, v_x, c = var_y * relative, var_x * relative, cov * relative
        lead = 1.0 - square * v_x
        # The discriminant is expanded: as a difference of squares it would lose the digits of narrow intervals.
        inside = v_y - 2.0 * r * c + r * r * v_x - square * (v_y * v_x - c * c)
        middle, half = r - square * c, critical * np.sqrt(np.maximum(inside, 0.0))
        low, high = (middle - half) / lead, (middle + half) / lead
    return _bounds(low, high, ~(lead > 0.0), y, x, var_y, var_x, cov, critical)


def normal_p(z: object, alternative: Alternative = "two_sided") -> Any:
    """Return the p value of a standard normal statistic.

    Examples
    --------
    >>> round(normal_p(1.96), 4), normal_p(35.0) > 0.0
    (0.05, True)
    """
    from scipy.special import ndtr

    statistic = floats("z", z, _STATISTIC)
    if one_of("alternative", alternative, ALTERNATIVES) == "two_sided":
        found = 2.0 * ndtr(-np.abs(statistic))
    else:
        found = ndtr(-statistic if alternative == "greater" else statistic)
    return give_back(found, scalar=statistic.ndim == 0)


def log_normal_p(z: object) -> Any:
    """Return the natural logarithm of the two-sided normal p value, for statistics beyond any float.

    Examples
    --------
    >>> round(log_normal_p(100.0))
    -5005
    """
    from scipy.special import log_ndtr

    statistic = floats("z", z, _STATISTIC)
    return give_back(np.log(2.0) + log_ndtr(-np.abs(statistic)), scalar=statistic.ndim == 0)


def t_p(t: object, df: object, alternative: Alternative = "two_sided") -> Any:
    """Return the p value of Student's t.

    Examples
    --------
    >>> round(t_p(2.228139, 10), 6)
    0.05
    """
    from scipy.special import betainc, betaincc

    one_of("alternative", alternative, ALTERNATIVES)
    (statistic, freedom), scalar = gather(t=(t, _STATISTIC), df=(df, _POSITIVE_DF))
    endless = np.isinf(freedom) | np.isinf(statistic)
    size = np.where(endless, 1.0, freedom)
    with np.errstate(over="ignore", divide="ignore"):
        square = np.where(endless, 0.0, statistic) ** 2
        near = square < size
        # With many degrees of freedom size / (size + square) rounds to 1, so the other share is taken there.
        both = np.where(
            near,
            betaincc(0.5, size / 2.0, np.where(near, 1.0 / (1.0 + size / square), 0.5)),
            betainc(size / 2.0, 0.5, size / (size + square)),
        )
    both = np.where(endless, normal_p(statistic), both)
    if alternative != "two_sided":
        upper = statistic > 0.0 if alternative == "greater" else statistic < 0.0
        both = np.where(upper, both / 2.0, 1.0 - both / 2.0)
    return give_back(both, scalar=scalar)


def chi_square_p(statistic: object, df: object) -> Any:
    """Return the p value of a chi-square statistic.

    Examples
    --------
    >>> round(chi_square_p(3.841459, 1), 6)
    0.05
    """
    from scipy.special import gammaincc

    (found, freedom), scalar = gather(statistic=(statistic, NON_NEGATIVE), df=(df, POSITIVE))
    return give_back(gammaincc(freedom / 2.0, found / 2.0), scalar=scalar)


def binomial_p(successes: object, trials: object, rate: object, alternative: Alternative = "two_sided") -> Any:
    """Return the exact binomial p value; two-sided it sums the outcomes no more likely than the one seen.

    Examples
    --------
    >>> round(binomial_p(45, 2000, 0.03), 6)
    0.04903
    """
    one_of("alternative", alternative, ALTERNATIVES)
    hits, tries = counts(successes, trials)
    hits, tries, p = broadcast(successes=hits, trials=tries, rate=floats("rate", rate, UNIT))
    scalar = _scalar(successes, trials, rate)
    if alternative == "greater":
        return give_back(_at_least(hits, tries, p), scalar=scalar)
    if alternative == "less":
        return give_back(_at_least(tries - hits, tries, 1.0 - p), scalar=scalar)
    below = hits < tries * p
    # Mirrored so that the outcome seen always lies in the lower tail; the other tail begins where the bisection ends.
    k, q = np.where(below, hits, tries - hits), np.where(below, p, 1.0 - p)
    start = _upper_start(k, tries, q)
    both = _at_least(tries - k, tries, 1.0 - q) + np.where(start > tries, 0.0, _at_least(start, tries, q))
    return give_back(np.minimum(np.where(hits == tries * p, 1.0, both), 1.0), scalar=scalar)


def _at_least(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    from scipy.special import betainc

    always = k <= 0.0
    found: FloatArray = np.where(always, 1.0, betainc(np.where(always, 1.0, k), np.maximum(n - k, 0.0) + 1.0, p))
    return found


def _log_pmf(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    from scipy.special import betaln, xlog1py, xlogy

    found: FloatArray = -np.log1p(n) - betaln(n - k + 1.0, k + 1.0) + xlogy(k, p) + xlog1py(n - k, -p)
    return found


def _upper_start(k: FloatArray, n: FloatArray, p: FloatArray) -> FloatArray:
    # The smallest outcome above the mean that is no more likely than k, by bisection on whole numbers.
    limit = _log_pmf(k, n, p) + 1e-7
    low, high = np.ceil(n * p), n + 1.0
    while np.any(low < high):
        middle = np.floor((low + high) / 2.0)
        likely = _log_pmf(np.minimum(middle, n), n, p) > limit
        low, high = (
            np.where((low < high) & likely, middle + 1.0, low),
            np.where((low < high) & ~likely, middle, high),
        )
    return high


def adjust(p_values: object, correction: Correction = "holm") -> FloatArray:
    """Return p values adjusted for how many were looked at; NaN rows (no test made) stay NaN and do not count.

    Parameters
    ----------
    p_values : array, shape (n,)
        In [0, 1] or NaN.
    correction : {"holm", "benjamini_hochberg", "none"}
        Holm bounds the chance of a single false alarm, Benjamini-Hochberg the share of false alarms.
        Source: Holm 1979; Benjamini and Hochberg 1995.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03], "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    >>> adjust([0.01, 0.04, 0.03], "benjamini_hochberg").round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    one_of("correction", correction, CORRECTIONS)
    p = np.atleast_1d(np.asarray(p_values, dtype=np.float64))
    if p.ndim != 1:
        fail("p_values", p_values, "a list of p values", reason="shape")
    bad = (p < 0.0) | (p > 1.0)
    if bad.any():
        fail_rows("p_values", bad, p, "in [0, 1] or NaN")
    result = p.copy()
    rows = np.flatnonzero(~np.isnan(p))
    if correction == "none" or rows.size == 0:
        return result
    order: IntArray = rows[np.argsort(p[rows], kind="stable")]
    ranks = np.arange(order.size)
    if correction == "holm":
        adjusted = np.maximum.accumulate(p[order] * (order.size - ranks))
    else:
        adjusted = np.minimum.accumulate((p[order] * (order.size / (ranks + 1.0)))[::-1])[::-1]
    result[order] = np.minimum(adjusted, 1.0)
    return result


def bootstrap(
    statistic: Callable[[FloatArray], Any],
    frequencies: object,
    *,
    rng: np.random.Generator,
    repeats: int = 1000,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Return percentile bounds of a statistic of weighted rows (bootstrap); NaN where any resample has no answer.

    Parameters
    ----------
    statistic : callable
        Given one weight per row (how often the row was drawn), returns a float or an array of fixed shape.
    frequencies : array, shape (n,)
        How often each distinct row was seen; equal rows kept apart have frequency 1.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 3.0, 4.0])
    >>> low, high = bootstrap(lambda w: w @ values / w.sum(), np.ones(4), rng=np.random.default_rng(1), repeats=200)
    >>> bool(1.0 <= low < 2.5 < high <= 4.0)
    True
    """
    if not isinstance(rng, np.random.Generator):
        fail("rng", rng, "a numpy.random.Generator", reason="type", hint="pass numpy.random.default_rng(seed)")
    integer("repeats", repeats, low=2, high=MAX_REPEATS)
    tail = (1.0 - confidence_level(confidence)) / 2.0
    weights = floats("frequencies", frequencies, NON_NEGATIVE).ravel()
    total = float(weights.sum())
    if total < 1.0:
        fail("frequencies", total, "at least one row in total", reason="empty")
    shares = weights / total
    draws = np.array(
        [statistic(rng.multinomial(round(total), shares).astype(np.float64)) for _ in range(repeats)], dtype=np.float64
    )
    low, high = np.quantile(draws, (tail, 1.0 - tail), axis=0)
    return low, high
