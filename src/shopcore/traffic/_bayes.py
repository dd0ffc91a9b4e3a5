"""Shares of arms as beliefs: the chance that one is better, what a wrong choice costs, and who should see what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import POSITIVE, ByValue, broadcast, floats, give_back
from shopcore._checks import at_most, fail, integer
from shopcore._intervals import counts
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike, IntArray

MAX_ARMS: Final = 100
_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class BayesianTest(ByValue, Result):
    """What is believed of b against a (贝叶斯检验).

    Attributes
    ----------
    probability_b_better : float or array
        Chance that the share of b is above that of a.
    expected_loss_a, expected_loss_b : float or array
        What choosing a (or b) costs on average in points of the share, if it should be the worse one.
    lift : float or array
        Expected difference b - a.
    """

    probability_b_better: Any
    expected_loss_a: Any
    expected_loss_b: Any
    lift: Any


def bayesian_test(
    successes_a: FloatLike,
    trials_a: FloatLike,
    successes_b: FloatLike,
    trials_b: FloatLike,
    *,
    prior: tuple[float, float] = (1.0, 1.0),
) -> BayesianTest:
    """Return the chance that b is better and the expected loss of either choice (贝叶斯检验), without simulation.

    An answer in the words people use. It is no licence to peek: a flat prior looked at daily is as jumpy as a p value.

    Parameters
    ----------
    successes_a, trials_a, successes_b, trials_b : float or array
        Counts; broadcast together. Arms without trials hold the prior.
    prior : (float, float)
        Parameters of the beta prior of both arms, > 0; (1, 1) is flat.

    Returns
    -------
    BayesianTest
        Floats, or arrays for columns; absolute error below 1e-7.

    Raises
    ------
    InputError
        If successes exceed trials or the prior is not above zero.

    Notes
    -----
    Beta posteriors; the integral is a trapezoid sum on the logit scale over the narrower posterior, where its
    integrand is smooth and the error falls exponentially with the number of nodes. Source: Evan Miller 2014; own
    quadrature.

    Examples
    --------
    >>> found = bayesian_test(49, 100, 51, 100)
    >>> round(found.probability_b_better, 7), round(found.expected_loss_b, 7)
    (0.6107705, 0.0191165)
    """
    alpha, beta = _prior(prior)
    columns = (successes_a, trials_a, successes_b, trials_b)
    a, n_a = counts(successes_a, trials_a, ("successes_a", "trials_a"))
    b, n_b = counts(successes_b, trials_b, ("successes_b", "trials_b"))
    a, n_a, b, n_b = broadcast(successes_a=a, trials_a=n_a, successes_b=b, trials_b=n_b)
    rows = [column.ravel() for column in (a + alpha, n_a - a + beta, b + alpha, n_b - b + beta)]
    parts = [_better(*(r[i : i + _CHUNK] for r in rows)) for i in range(0, rows[0].size, _CHUNK)]
    found = np.concatenate(parts, axis=1) if parts else np.empty((3, 0))
    lift = rows[2] / (rows[2] + rows[3]) - rows[0] / (rows[0] + rows[1])
    scalar = all(np.ndim(column) == 0 for column in columns)
    return BayesianTest(*(give_back(column.reshape(a.shape), scalar=scalar) for column in (*found, lift)))


def _prior(prior: tuple[float, float]) -> tuple[float, float]:
    pair = floats("prior", prior, POSITIVE)
    if pair.shape != (2,):
        fail("prior", prior, "two numbers > 0", reason="shape")
    return float(pair[0]), float(pair[1])


def _logit_spread(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    from scipy.special import digamma, polygamma

    middle: FloatArray = digamma(a) - digamma(b)
    return middle, np.sqrt(polygamma(1, a) + polygamma(1, b))


def _window(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    # Ends beyond which less than 1e-9 lies, and a step at which the trapezoid sum is exact to that.
    middle, sd = _logit_spread(a, b)
    low, high = middle - np.maximum(7.0 * sd, 23.0 / a), middle + np.maximum(7.0 * sd, 23.0 / b)
    return low, high, np.minimum(0.6 * sd, 0.45)


def _weights(logit: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the density on the logit scale, as its height at the peak and the fall from there.

    The logarithms of density and beta function are as large as the counts and would lose their digits together.
    """
    share, rest = a / (a + b), b / (a + b)
    away = logit - np.log(a) + np.log(b)
    near = np.clip(away, -1.0, 1.0)
    log_x = np.where(away == near, -np.log1p(rest * np.expm1(-near)), -np.logaddexp(np.log(share), np.log(rest) - away))
    log_y = np.where(away == near, -np.log1p(share * np.expm1(near)), -np.logaddexp(np.log(rest), np.log(share) + away))
    peak = _stirling_rest(a + b) - _stirling_rest(a) - _stirling_rest(b)
    found: FloatArray = np.sqrt(a * rest / (2.0 * np.pi)) * np.exp(peak + a * log_x + b * log_y)
    return found


def _stirling_rest(z: FloatArray) -> FloatArray:
    # What Stirling's formula leaves of the logarithm of the gamma function.
    from scipy.special import gammaln

    small = np.minimum(z, 20.0)
    exact = gammaln(small) - (small - 0.5) * np.log(small) + small - 0.5 * np.log(2.0 * np.pi)
    large = np.maximum(z, 20.0)
    square = large * large
    series = (1.0 - (1.0 - (2.0 / 7.0 - 3.0 / (14.0 * square)) / square) / (30.0 * square)) / (12.0 * large)
    found: FloatArray = np.where(z < 20.0, exact, series)
    return found


def _better(a1: FloatArray, b1: FloatArray, a2: FloatArray, b2: FloatArray) -> FloatArray:
    """Return P(second > first), E max(second - first, 0) and E max(first - second, 0) by rows."""
    from scipy.special import betainc, expit

    swap = _logit_spread(a1, b1)[1] < _logit_spread(a2, b2)[1]
    # p is the narrower posterior, over which is summed; q the other.
    p_a, p_b, q_a, q_b = (np.where(swap, one, two) for one, two in ((a1, a2), (b1, b2), (a2, a1), (b2, b1)))
    low, high, step = _window(p_a, p_b)
    nodes = int(np.ceil(((high - low) / step).max(initial=1.0))) + 1
    logit = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, nodes)
    weight = _weights(logit, p_a[:, None], p_b[:, None]) * ((high - low) / (nodes - 1))[:, None]
    x = expit(logit)
    below = betainc(q_a[:, None], q_b[:, None], x)
    mean_q = (q_a / (q_a + q_b))[:, None]
    # E[q; q < x] from the distribution function itself: one incomplete beta per node is enough.
    part = mean_q * (below - _weights(logit, q_a[:, None], q_b[:, None]) / q_a[:, None])
    beats = (weight * below).sum(axis=1)
    # Two sums rather than one and the difference of the means, which would leave its rounding where p is clearly ahead.
    ahead = x * below - part
    gain = (weight * np.maximum(ahead, 0.0)).sum(axis=1)
    loss = (weight * np.maximum(ahead - (x - mean_q), 0.0)).sum(axis=1)
    probability = np.clip(np.where(swap, 1.0 - beats, beats), 0.0, 1.0)
    return np.array((probability, np.where(swap, loss, gain), np.where(swap, gain, loss)))


def probability_best(
    successes: Sequence[float], trials: Sequence[float], *, prior: tuple[float, float] = (1.0, 1.0)
) -> tuple[float, ...]:
    """Return the chance of each arm to have the highest share (最优概率), without simulation.

    Parameters
    ----------
    successes, trials : sequence of float
        One pair per arm, one to 100 arms.
    prior : (float, float)
        Of every arm, > 0.

    Returns
    -------
    tuple of float
        Sums to 1.

    Raises
    ------
    InputError
        If successes exceed trials, or there is no arm.

    Examples
    --------
    >>> [round(chance, 4) for chance in probability_best([30, 40, 35], [1000, 1000, 1000])]
    [0.0692, 0.6754, 0.2553]
    """
    from scipy.special import betainc, expit

    a, b = _posteriors(successes, trials, prior)
    low, high, step = _window(a, b)
    found = []
    for arm in range(a.size):
        # Sharp arms bend the product inside the window of a wide one, so the finest step of all is taken there.
        nodes = min(int(np.ceil((high[arm] - low[arm]) / step.min())) + 1, 200_000)
        logit = np.linspace(low[arm], high[arm], nodes)
        x, others = expit(logit), np.ones(nodes)
        for other in range(a.size):
            if other != arm:
                others *= betainc(a[other], b[other], x)
        weight = _weights(logit, a[arm : arm + 1], b[arm : arm + 1])
        found.append(float((weight * others).sum() * (logit[1] - logit[0])))
    return tuple(chance / sum(found) for chance in found)


def _posteriors(
    successes: Sequence[float], trials: Sequence[float], prior: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    alpha, beta = _prior(prior)
    hits, tries = counts(successes, trials)
    if hits.ndim != 1 or hits.shape != tries.shape or hits.size == 0:
        fail("successes", hits.shape, "one number of successes and trials per arm", reason="shape")
    at_most("successes", hits, MAX_ARMS, "arms")
    return hits + alpha, tries - hits + beta


def thompson_allocation(
    successes: Sequence[float],
    trials: Sequence[float],
    visitors: int,
    *,
    rng: np.random.Generator,
    prior: tuple[float, float] = (1.0, 1.0),
) -> IntArray:
    """Return how many of the next visitors see each arm (汤普森采样): each sees the best of one draw of beliefs.

    Shows the better title more while still learning. Use a fixed split where the answer itself is wanted: shares from
    a bandit are biased.

    Parameters
    ----------
    successes, trials : sequence of float
        One pair per arm so far, one to 100 arms.
    visitors : int
        The next ones, 0 to 1,000,000.
    rng : numpy.random.Generator
        Where the draws come from.
    prior : (float, float)
        Of every arm, > 0.

    Returns
    -------
    int array, shape (arms,)
        Sums to `visitors`.

    Raises
    ------
    InputError
        If a number is out of range or `rng` is no generator.

    Notes
    -----
    Expected shares are `probability_best`. Source: Thompson 1933; Chapelle and Li 2011.

    Examples
    --------
    >>> int(thompson_allocation([30, 40], [1000, 1000], 500, rng=np.random.default_rng(1)).sum())
    500
    """
    if not isinstance(rng, np.random.Generator):
        fail("rng", rng, "a numpy.random.Generator", reason="type", hint="pass numpy.random.default_rng(seed)")
    a, b = _posteriors(successes, trials, prior)
    drawn = rng.beta(a, b, (integer("visitors", visitors, low=0, high=1_000_000), a.size))
    found: IntArray = np.bincount(drawn.argmax(axis=1), minlength=a.size).astype(np.int64, copy=False)
    return found
