"""Pareto/NBD: buying at a rate of one's own until leaving, unseen, at a moment of one's own.

The likelihood is written as a positive integral over the moment of leaving instead of the published difference of two
hypergeometric functions: nothing cancels, and no case distinction between alpha and beta is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from shopcore._checks import number
from shopcore.customers._bg_nbd import lacks, order_chance
from shopcore.customers._columns import Columns, packed
from shopcore.customers._fitting import Evaluation, Fit, climb, degenerate, finished
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["ParetoNbd", "fit_pareto_nbd"]

NAMES: Final = ("r", "alpha", "s", "beta")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
CHUNK: Final = 2_048
WIDE: Final = np.log(1e6)
WARM: Final = (1_500, 12_000)
NOTHING: Final = 42.0  # exp(-42) is below the last digit


@dataclass(frozen=True, slots=True)
class ParetoNbd(Result):
    """Parameters of the Pareto/NBD model of repeat buying (Schmittlein, Morrison and Colombo 1987).

    Orders come at a gamma distributed rate (`r`, `alpha`); customers leave at any moment at a gamma distributed rate
    (`s`, `beta`), also between orders and right after the first.

    Parameters
    ----------
    r, alpha, s, beta : float
        Positive; `alpha` and `beta` in the time unit of the data.

    Examples
    --------
    >>> ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669).s
    0.606
    """

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        for name in NAMES:
            object.__setattr__(self, name, number(name, getattr(self, name), low=0.0, low_open=True))

    def log_likelihoods(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        """Return the log-likelihood of each customer; arrays of one shape."""
        from scipy.special import gammaln

        start = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        return np.asarray(start + self._log_both(x, last, until))

    def _log_both(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        # Still active, or gone at some moment since the last order.
        shape = self.r + x
        return np.logaddexp(self._log_stayed(x, until), log_gone((shape, self.alpha), (self.s, self.beta), last, until))

    def _log_stayed(self, x: FloatArray, until: FloatArray) -> FloatArray:
        return np.asarray(-(self.r + x) * np.log(self.alpha + until) - self.s * np.log(self.beta + until))

    def alive(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        """Return the probability of being active at the end of the time observed."""
        from scipy.special import expit

        gone = log_gone((self.r + x, self.alpha), (self.s, self.beta), last, until)
        return np.asarray(expit(self._log_stayed(x, until) - gone))

    def orders_if_alive(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the orders expected in `horizon` of a customer known to be active."""
        rate = (self.r + x) / (self.alpha + until)
        wide = self.beta + until
        growth = np.log1p(horizon / wide)
        power = self.s - 1.0
        # (1 - q**power) / power, whose limit for power 0 is the logarithm.
        active = growth if abs(power) < 1e-12 else -np.expm1(-power * growth) / power
        return np.asarray(rate * wide * active)

    def orders_of_new(self, horizon: FloatArray) -> FloatArray:
        """Return the repeat orders expected of a new customer in `horizon`."""
        zero = np.zeros_like(horizon)
        return self.orders_if_alive(zero, zero, horizon)

    def no_order_if_alive(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the probability that an active customer does not order in `horizon` (also by leaving in it)."""
        # The same integral, from the end of the time observed on and with what was learnt until then.
        shape, alpha, beta = self.r + x, self.alpha + until, self.beta + until
        stayed = -shape * np.log1p(horizon / alpha) - self.s * np.log1p(horizon / beta)
        gone = log_gone((shape, alpha), (self.s, beta), np.zeros_like(horizon), horizon)
        return np.asarray(np.exp(np.logaddexp(stayed, gone + shape * np.log(alpha) + self.s * np.log(beta))))

    def chance_of_new(self, count: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the probability that a new customer has exactly `count` repeat orders in `horizon`."""
        # Mixed over quantiles of the moment of leaving, cut into pieces so that a sharp peak is met.
        wide = np.log1p(horizon / self.beta)
        total = np.exp(-self.s * wide) * order_chance(self.r, self.alpha, count, horizon)
        edges = np.linspace(0.0, 1.0, 9)
        for low, high in pairwise(edges):
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                # Even on the logarithm of beta plus time, where leaving falls off exponentially.
                reached = wide * (low + (high - low) * (node + 1.0) / 2.0)
                share = weight * (high - low) / 2.0 * wide * self.s * np.exp(-self.s * reached)
                total = total + share * order_chance(self.r, self.alpha, count, self.beta * np.expm1(reached))
        return np.asarray(total)


def log_gone(buying: tuple[Any, Any], leaving: tuple[float, Any], last: FloatArray, until: FloatArray) -> FloatArray:
    """Return the logarithm of the chance of having left between two moments without an order; columns of one shape."""
    columns = np.broadcast_arrays(*buying, leaving[1], last, until)
    found = np.empty(columns[0].shape)
    flat = [np.ravel(column) for column in columns]
    for begin in range(0, found.size, CHUNK):
        part = [column[begin : begin + CHUNK] for column in flat]
        logs = components((part[0], part[1]), (leaving[0], part[2]), part[3], part[4])[0][1:]
        top = logs.max(axis=0)
        safe = np.where(np.isfinite(top), top, 0.0)
        with np.errstate(divide="ignore"):
            found.ravel()[begin : begin + CHUNK] = safe + np.log(np.exp(logs - safe).sum(axis=0))
    return found


def components(buying: tuple[Any, Any], leaving: tuple[float, Any], last: Any, until: Any) -> tuple[Any, ...]:
    """Return the log-weights of having stayed and of leaving at each of 32 moments, and what their slopes need.

    The moments lie even on the logarithm of the smaller of alpha and beta plus time, where the integrand is smooth; a
    stretch beyond which it is nothing is left out.
    """
    (shape, alpha), (s, beta) = buying, leaving
    least = np.minimum(alpha, beta)
    begin = least + last
    fall = shape * begin / (alpha + last) + (s + 1.0) * begin / (beta + last) - 1.0
    stretch = np.log1p((until - last) / begin)
    stretch = np.where(fall > 0.0, np.minimum(stretch, NOTHING / np.maximum(fall, 1e-300)), stretch)
    reached = begin * np.exp(0.5 * (NODES[:, None] + 1.0) * stretch)
    moments = np.concatenate([until[None], reached - least])
    log_a, log_b = np.log(alpha + moments), np.log(beta + moments)
    with np.errstate(divide="ignore"):
        measure = np.log(0.5 * WEIGHTS[:, None] * stretch * reached)
    power = np.full((len(moments), 1), s + 1.0)
    power[0] = s
    logs = -shape * log_a - power * log_b
    logs[1:] += measure + np.log(s)
    return logs, log_a, log_b, moments, power


def fit_pareto_nbd(orders: object, recency: object, age: object, *, weight: object = None) -> Fit:
    """Return the Pareto/NBD model that fits best (复购模型): parameters, errors, and how the fit ended.

    Parameters
    ----------
    orders, recency, age, weight : array-like of shape (n,)
        As in `fit_bg_nbd`.

    Returns
    -------
    Fit
        `model` is a `ParetoNbd` in the time unit of the data, or None where there is nothing to learn from.

    Raises
    ------
    InputError
        If a column holds what cannot be; `positions` names the rows.

    Notes
    -----
    Maximum likelihood by Newton steps in log-parameters; the integral over the moment of leaving by 32 Gauss-Legendre
    nodes, differentiated exactly. Source: Schmittlein, Morrison and Colombo, Management Science 33 (1987); Fader and
    Hardie, "A Note on Deriving the Pareto/NBD Model" (2005).

    Examples
    --------
    >>> fit_pareto_nbd([0], [0], [10]).reason
    'no repeat order in the data'
    """
    rows = packed(orders, recency, age, weight)
    if (reason := lacks(rows)) is not None:
        return degenerate(NAMES, rows.customers, reason, rows.notes)
    size = rows.customers
    usual = np.log(max(float(rows.weight @ rows.age) / size, 1e-12))
    middle = np.array([0.0, usual, 0.0, usual])
    box = middle - WIDE, middle + WIDE
    start = np.array([np.log(0.7), usual - 1.0, np.log(0.7), usual - 0.5])
    for first in (rows.head(count) for count in WARM):
        if first is not rows:
            start = climb(Kernel(first), start, box, first.customers, settled=1e-2).point
    return finished(ParetoNbd, NAMES, size, climb(Kernel(rows), start, box, size), rows.notes)


class Kernel:
    """The log-likelihood with slope and curvature in log-parameters."""

    __slots__ = ("counts", "distinct", "rows")

    def __init__(self, rows: Columns) -> None:
        self.rows = rows
        counts = np.bincount(rows.orders, weights=rows.weight)
        self.distinct = np.flatnonzero(counts)
        self.counts = counts[self.distinct]

    def __call__(self, point: FloatArray) -> Evaluation:
        """Return log-likelihood, slope and curvature at a point of log-parameters."""
        from scipy.special import gammaln, polygamma, psi

        theta = np.exp(point)
        x, n, total = self.distinct, self.counts, self.counts.sum()
        r, alpha, s, beta = theta
        value = n @ (gammaln(r + x) - gammaln(r)) + total * (r * np.log(alpha) + s * np.log(beta))
        logs = total * np.log(alpha), total * np.log(beta)
        slope = np.array([n @ (psi(r + x) - psi(r)) + logs[0], total * r / alpha, logs[1], total * s / beta])
        bend = np.zeros((4, 4))
        bend[0, 0] = n @ (polygamma(1, r + x) - polygamma(1, r))
        bend[0, 1], bend[1, 1] = total / alpha, -total * r / alpha**2
        bend[2, 3], bend[3, 3] = total / beta, -total * s / beta**2
        for begin in range(0, len(self.rows.orders), CHUNK):
            part = _mixed(theta, self.rows, slice(begin, begin + CHUNK))
            value, slope, bend = value + part[0], slope + part[1], bend + part[2]
        bend = bend + bend.T - np.diag(np.diag(bend))
        return float(value), slope * theta, bend * np.outer(theta, theta) + np.diag(slope * theta)


def _mixed(theta: FloatArray, rows: Columns, part: slice) -> Evaluation:
    # Slope and curvature of the logarithm of a sum, from those of its terms: mean, and mean of squares less square.
    r, alpha, s, beta = theta
    shape, weight = r + rows.orders[part], rows.weight[part]
    logs, log_a, log_b, moments, power = components((shape, alpha), (s, beta), rows.recency[part], rows.age[part])
    top = logs.max(axis=0)
    share = np.exp(logs - top)
    whole = share.sum(axis=0)
    share /= whole
    value = float(weight @ (top + np.log(whole)))
    by_alpha = shape / (alpha + moments)
    by_beta = power / (beta + moments)
    by_s = -log_b
    by_s[1:] += 1.0 / s
    slopes = (-log_a, -by_alpha, by_s, -by_beta)
    leaning = [share * slope for slope in slopes]
    means = [one.sum(axis=0) for one in leaning]
    bend = np.zeros((4, 4))
    for one in range(4):
        for two in range(one, 4):
            squares = np.einsum("kn,kn->n", leaning[one], slopes[two])
            bend[one, two] = weight @ (squares - means[one] * means[two])
    bend[0, 1] += weight @ (means[1] / shape)
    bend[1, 1] += weight @ (np.einsum("kn,kn->n", leaning[1], slopes[1]) / shape)
    bend[2, 2] -= weight @ (1.0 - share[0]) / s**2
    bend[2, 3] += weight @ (leaning[3] / power).sum(axis=0)
    bend[3, 3] += weight @ np.einsum("kn,kn->n", leaning[3] / power, slopes[3])
    return value, np.array([weight @ mean for mean in means]), bend
