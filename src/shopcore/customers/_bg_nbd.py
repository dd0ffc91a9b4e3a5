"""BG/NBD and MBG/NBD: buying at a rate of one's own, leaving with a chance of one's own after an order.

Likelihood and forecasts are written so that neither thousands of orders nor a = 1 lose anything: sums of logarithms,
and the hypergeometric function after Euler's transformation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from shopcore._checks import number
from shopcore.customers._columns import Columns, packed
from shopcore.customers._fitting import Evaluation, Fit, climb, degenerate, finished
from shopcore.customers._smooth import around
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["BgNbd", "MbgNbd", "fit_bg_nbd", "fit_mbg_nbd"]

# Below 10,000 elements a dot product stays on one core; more spin threads on a busy host and win nothing.
CHUNK: Final = 8_192
NAMES: Final = ("r", "alpha", "a", "b")
WIDE: Final = np.log(1e6)
# A few rows bring the climb near, some more bring it close; over all rows two or three steps are left.
WARM: Final = (4_000, 64_000)


@dataclass(frozen=True, slots=True)
class BgNbd(Result):
    """Parameters of the BG/NBD model of repeat buying (Fader, Hardie and Lee 2005).

    While a customer is active, orders come at a rate of one's own, gamma distributed with shape `r` and rate `alpha`
    (in the time unit of the data). After every repeat order the customer leaves with a chance of one's own, beta
    distributed with `a` and `b`. A customer without repeat order counts as active for certain.

    Parameters
    ----------
    r, alpha, a, b : float
        Positive.

    Examples
    --------
    >>> BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426).explain().splitlines()[0]
    'r: 0.243'
    """

    # How many chances to leave a customer had beyond the repeat orders: after the first order, too, in MBG/NBD.
    extra: ClassVar[int] = 0

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        for name in NAMES:
            object.__setattr__(self, name, number(name, getattr(self, name), low=0.0, low_open=True))

    def log_likelihoods(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        """Return the log-likelihood of each customer; arrays of one shape."""
        from scipy.special import betaln, gammaln

        start = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha)
        stayed = betaln(self.a, self.b + x + self.extra) - betaln(self.a, self.b)
        # B(a, b + x) stands for every chance to leave that was let pass; the ratio below adds the last one taken.
        odds = self._log_odds_gone(x, last, until)
        return np.asarray(start + stayed - (self.r + x) * np.log(self.alpha + until) + np.logaddexp(0.0, odds))

    def _log_odds_gone(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        # Of having left after the last order, against being active still.
        chances = self.b + x + self.extra - 1.0
        spread = np.log1p((until - last) / (self.alpha + last))
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(self.a / chances) + (self.r + x) * spread
        return odds if self.extra else np.where(x > 0, odds, -np.inf)

    def alive(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        """Return the probability of being active at the end of the time observed."""
        from scipy.special import expit

        return np.asarray(expit(-self._log_odds_gone(x, last, until)))

    def orders_if_alive(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the orders expected in `horizon` of a customer known to be active."""
        c = self.a + self.b + x + self.extra - 1.0
        share = horizon / (self.alpha + until + horizon)

        def at(shift: float) -> FloatArray:
            from scipy.special import hyp2f1

            a, c_ = self.a + shift, c + shift
            inner = a + self.b + self.extra - 1.0 - self.r
            with np.errstate(over="ignore", invalid="ignore"):
                kept = np.exp((a - 1.0) * np.log1p(-share)) * hyp2f1(inner, a - 1.0, c_, share)
            return c_ / (a - 1.0) * (1.0 - kept)

        found = around(at, (self.a - 1.0, np.min(c) if np.size(c) else 1.0))
        lost = ~np.isfinite(found)
        if np.any(lost):
            found = np.where(lost, self._orders_by_quantiles(x, until, horizon), found)
        return np.maximum(found, 0.0)

    def _orders_by_quantiles(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        # Runaway parameters overflow the series; averaging over quantiles of the chance to leave cannot.
        from scipy.special import betaincinv

        nodes, weights = np.polynomial.legendre.leggauss(64)
        total = np.zeros(np.broadcast(x, until, horizon).shape)
        for node, weight in zip((nodes + 1.0) / 2.0, weights / 2.0, strict=True):
            chance = np.maximum(betaincinv(self.a, self.b + x + self.extra, node), 1e-300)
            total += weight * -np.expm1(-(self.r + x) * np.log1p(chance * horizon / (self.alpha + until))) / chance
        return total

    def orders_of_new(self, horizon: FloatArray) -> FloatArray:
        """Return the repeat orders expected of a new customer in `horizon`."""
        zero = np.zeros_like(horizon)
        return self.orders_if_alive(zero, zero, horizon) * self.alive(zero, zero, zero)

    def no_order_if_alive(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the probability that an active customer does not order in `horizon`."""
        return np.exp(-(self.r + x) * np.log1p(horizon / (self.alpha + until)))

    def chance_of_new(self, count: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the probability that a new customer has exactly `count` repeat orders in `horizon`."""
        from scipy.special import betainc, betaln

        whole, stays = betaln(self.a, self.b), count + self.extra
        still = np.exp(betaln(self.a, self.b + stays) - whole) * order_chance(self.r, self.alpha, count, horizon)
        # Left after the last of `count` orders, whatever would have come then: so many or more would have.
        some = stays > 0
        left = np.exp(betaln(self.a + 1.0, self.b + np.where(some, stays, 1.0) - 1.0) - whole)
        reach = betainc(np.maximum(count, 1.0), self.r, horizon / (self.alpha + horizon))
        return np.asarray(still + np.where(some, left * np.where(count > 0, reach, 1.0), 0.0))


def order_chance(r: float, alpha: float, count: Any, horizon: Any) -> Any:
    """Return the probability of `count` orders in `horizon` of a customer who stays (negative binomial)."""
    from scipy.special import gammaln, xlogy

    start = gammaln(r + count) - gammaln(r) - gammaln(count + 1.0)
    away = r * np.log1p(horizon / alpha) + count * np.log(alpha + horizon)
    return np.exp(start - away + xlogy(count, horizon))


@dataclass(frozen=True, slots=True)
class MbgNbd(BgNbd):
    """Parameters of the MBG/NBD model: as BG/NBD, but a customer may leave after the first order already.

    Notes
    -----
    Source: Batislam, Denizel and Filiztekin 2007; Hoppe and Wagner 2007.

    Examples
    --------
    >>> MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614).b
    1.614
    """

    extra: ClassVar[int] = 1


def fit_bg_nbd(orders: object, recency: object, age: object, *, weight: object = None) -> Fit:
    """Return the BG/NBD model that fits best (复购模型): parameters, errors, and how the fit ended.

    For shops whose customers come when they like and do not say when they leave. Not for subscriptions (`fit_sbg`)
    or for chances that come at fixed times (`fit_bg_bb`).

    Parameters
    ----------
    orders : array-like of shape (n,)
        Repeat orders of each customer: orders after the first, those of one day counted once. Whole numbers.
    recency : array-like of shape (n,)
        From the first to the last order, in any time unit; 0 without repeat order.
    age : array-like of shape (n,)
        From the first order to the end of the data, in the same unit.
    weight : array-like of shape (n,), optional
        How many customers each row stands for.

    Returns
    -------
    Fit
        `model` is a `BgNbd` in the time unit of the data, or None where there is nothing to learn from.

    Raises
    ------
    InputError
        If a column holds what cannot be; `positions` names the rows.

    Notes
    -----
    Maximum likelihood by Newton steps in log-parameters. Source: Fader, Hardie and Lee, "Counting Your Customers the
    Easy Way", Marketing Science 24 (2005), equation 6.

    Examples
    --------
    >>> fit = fit_bg_nbd([2, 0, 1, 0, 3, 0], [30.4, 0, 5.2, 0, 24.0, 0], [38.9, 38.9, 35.0, 30.1, 38.0, 37.9])
    >>> fit.status, fit.customers
    ('boundary', 6.0)
    """
    return _fit(BgNbd, packed(orders, recency, age, weight))


def fit_mbg_nbd(orders: object, recency: object, age: object, *, weight: object = None) -> Fit:
    """Return the MBG/NBD model that fits best; `fit_bg_nbd` with leaving after the first order allowed.

    Parameters
    ----------
    orders, recency, age, weight : array-like of shape (n,)
        As in `fit_bg_nbd`.

    Returns
    -------
    Fit
        `model` is an `MbgNbd`, or None where there is nothing to learn from.

    Examples
    --------
    >>> fit_mbg_nbd([0, 0], [0, 0], [10, 20]).reason
    'no repeat order in the data'
    """
    return _fit(MbgNbd, packed(orders, recency, age, weight))


def lacks(rows: Columns) -> str | None:
    """Return what data lack that no model of repeat buying can be fitted to, or None."""
    if rows.customers == 0:
        return "no customer in the data"
    if rows.weight @ rows.orders == 0:
        return "no repeat order in the data"
    if not (rows.weight @ rows.age) > 0:
        return "no time observed"
    if rows.customers < 2:
        return "one customer cannot show how customers differ"
    return None


def _fit(kind: type[BgNbd], rows: Columns) -> Fit:
    if (reason := lacks(rows)) is not None:
        return degenerate(NAMES, rows.customers, reason, rows.notes)
    size = rows.customers
    usual = np.log(max(float(rows.weight @ rows.age) / size, 1e-12))
    middle = np.array([0.0, usual, 0.0, 0.0])
    box = middle - WIDE, middle + WIDE
    start = np.array([np.log(0.5), usual - 1.0, 0.0, 1.0])
    some = rows.head(WARM[1])
    for first in (some.head(WARM[0]), some):
        if first is not rows:
            start = climb(Kernel(kind.extra, first), start, box, first.customers, settled=1e-2).point
    return finished(kind, NAMES, size, climb(Kernel(kind.extra, rows), start, box, size), rows.notes)


class Kernel:
    """The log-likelihood with slope and curvature in log-parameters; what depends on orders alone is tabulated."""

    __slots__ = ("counts", "distinct", "extra", "place", "rows")

    def __init__(self, extra: int, rows: Columns) -> None:
        self.extra, self.rows = extra, rows
        counts = np.bincount(rows.orders, weights=rows.weight)
        self.distinct = np.flatnonzero(counts)
        self.counts = counts[self.distinct]
        place = np.zeros(len(counts), dtype=np.intp)
        place[self.distinct] = np.arange(len(self.distinct))
        self.place = place[rows.orders]

    def __call__(self, point: FloatArray) -> Evaluation:
        """Return log-likelihood, slope and curvature at a point of log-parameters."""
        theta = np.exp(point)
        value, slope, bend = self._tabulated(*theta)
        for begin in range(0, len(self.rows.orders), CHUNK):
            part = self._rows(slice(begin, begin + CHUNK), *theta)
            value, slope, bend = value + part[0], slope + part[1], bend + part[2]
        bend = bend + bend.T - np.diag(np.diag(bend))
        return float(value), slope * theta, bend * np.outer(theta, theta) + np.diag(slope * theta)

    def _tabulated(self, r: float, alpha: float, a: float, b: float) -> Any:
        from scipy.special import betaln, gammaln, polygamma, psi

        x, n, total = self.distinct, self.counts, self.counts.sum()
        passed = b + x + self.extra
        value = n @ (gammaln(r + x) - gammaln(r) + betaln(a, passed) - betaln(a, b)) + total * r * np.log(alpha)
        slope = np.array([
            n @ (psi(r + x) - psi(r)) + total * np.log(alpha),
            total * r / alpha,
            n @ (psi(a + b) - psi(a + passed)),
            n @ (psi(passed) - psi(a + passed) - psi(b) + psi(a + b)),
        ])  # fmt: skip
        bend = np.zeros((4, 4))
        bend[0, 0] = n @ (polygamma(1, r + x) - polygamma(1, r))
        bend[0, 1] = total / alpha
        bend[1, 1] = -total * r / alpha**2
        bend[2, 2] = bend[2, 3] = n @ (polygamma(1, a + b) - polygamma(1, a + passed))
        bend[3, 3] = bend[2, 3] + n @ (polygamma(1, passed) - polygamma(1, b))
        return value, slope, bend

    def _rows(self, part: slice, r: float, alpha: float, a: float, b: float) -> Any:
        rows = self.rows
        x, weight = rows.orders[part], rows.weight[part]
        until, last = alpha + rows.age[part], alpha + rows.recency[part]
        log_until = np.log(until)
        spread = log_until - np.log(last)
        inverse = 1.0 / until
        narrow = inverse - 1.0 / last
        shape = r + x
        chances = b + self.distinct + (self.extra - 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            table, table_inverse = np.log(a / chances), 1.0 / chances
        if not self.extra and self.distinct[0] == 0:
            table[0], table_inverse[0] = -np.inf, 0.0
        place = self.place[part]
        odds = table[place] + shape * spread
        small = np.exp(-np.abs(odds))
        share = 1.0 + small
        gone = np.where(odds > 0, 1.0, small) / share
        # The plain logarithm costs half of log1p and is as exact where it is added to numbers of size one.
        value = weight @ (np.maximum(odds, 0.0) + np.log(share) - shape * log_until)
        moves = (spread, shape * narrow, table_inverse[place])
        return value, *_sums(weight, gone, moves, a, (shape, inverse, narrow, log_until))


def _sums(w: FloatArray, gone: FloatArray, moves: Any, a: float, more: Any) -> tuple[FloatArray, FloatArray]:
    # The odds of being gone move by `by_r`, `by_alpha`, 1/a and -by_b; `gone` and `both` derive from the logistic.
    (by_r, by_alpha, by_b), (shape, inverse, narrow, log_until) = moves, more
    gone, both = w * gone, w * gone * (1.0 - gone)
    wide = w * inverse
    slope = np.array([
        gone @ by_r - w @ log_until,
        gone @ by_alpha - wide @ shape,
        gone.sum() / a,
        -(gone @ by_b),
    ])  # fmt: skip
    both_r, both_alpha, both_b = both * by_r, both * by_alpha, both * by_b
    bend = np.zeros((4, 4))
    bend[0, 0] = both_r @ by_r
    bend[0, 1] = both_r @ by_alpha + gone @ narrow - wide.sum()
    bend[0, 2] = both_r.sum() / a
    bend[0, 3] = -(both_r @ by_b)
    # narrow * (2 * inverse - narrow) is the difference of the squared inverses.
    bend[1, 1] = both_alpha @ by_alpha + (wide * shape) @ inverse - (gone * by_alpha) @ (2.0 * inverse - narrow)
    bend[1, 2] = both_alpha.sum() / a
    bend[1, 3] = -(both_alpha @ by_b)
    bend[2, 2] = (both.sum() - gone.sum()) / a**2
    bend[2, 3] = -both_b.sum() / a
    bend[3, 3] = both_b @ by_b + (gone * by_b) @ by_b
    return slope, bend
