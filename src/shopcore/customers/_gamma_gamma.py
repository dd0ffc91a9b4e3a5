"""Gamma-Gamma: what a customer spends on an order, drawn towards what customers spend on the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, broadcast, fail_rows, floats, give_back
from shopcore._checks import instance, number
from shopcore.customers._columns import weights
from shopcore.customers._fitting import Evaluation, Fit, climb, degenerate, finished
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["GammaGamma", "expected_spend", "fit_gamma_gamma"]

NAMES: Final = ("p", "q", "v")
CHUNK: Final = 8_192  # see _bg_nbd
WARM: Final = (4_000, 64_000)
WIDE: Final = np.log(1e6)


@dataclass(frozen=True, slots=True)
class GammaGamma(Result):
    """Parameters of the Gamma-Gamma model of spend per order (Fader and Hardie 2013).

    The value of an order is gamma distributed with shape `p` about a mean of the customer's own, which is itself drawn
    from a gamma distributed scale (`q`, `v`). It assumes that how much is spent does not depend on how often.

    Parameters
    ----------
    p, q, v : float
        Positive; `v` in the money unit of the data.

    Examples
    --------
    >>> round(GammaGamma(p=6.25, q=3.74, v=15.44).mean, 2)
    35.22
    """

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        for name in NAMES:
            object.__setattr__(self, name, number(name, getattr(self, name), low=0.0, low_open=True))

    @property
    def mean(self) -> float | None:
        """Mean spend over all customers; None where `q` <= 1, because then there is none."""
        return self.p * self.v / (self.q - 1.0) if self.q > 1.0 else None

    def log_likelihoods(self, orders: FloatArray, spend: FloatArray) -> FloatArray:
        """Return the log-likelihood of each customer's mean spend; arrays of one shape, orders at least 1."""
        from scipy.special import gammaln

        shape = self.p * orders
        return np.asarray(
            gammaln(shape + self.q) - gammaln(shape) - gammaln(self.q) + self.q * np.log(self.v)
            + (shape - 1.0) * np.log(spend) + shape * np.log(orders)
            - (shape + self.q) * np.log(self.v + orders * spend)
        )  # fmt: skip


def expected_spend(model: GammaGamma, orders: object, mean_spend: object) -> Any:
    """Return what a customer will spend on an order, given what was spent so far (预期客单价).

    Parameters
    ----------
    model : GammaGamma
    orders : float or array-like
        How many orders the mean was taken of.
    mean_spend : float or array-like
        Their mean, in the model's money unit; not looked at where there is no order.

    Returns
    -------
    float, None or float64 array
        None (NaN in an array) where the mean does not exist: no order and `q` <= 1.

    Notes
    -----
    ``p (v + x m) / (p x + q - 1)``, a weighted mean of the customer's and the population's.
    Source: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), equation 5.

    Examples
    --------
    >>> model = GammaGamma(p=6.25, q=3.74, v=15.44)
    >>> expected_spend(model, [2, 0], [22.35, 0.0]).round(2).tolist()
    [24.66, 35.22]
    >>> expected_spend(GammaGamma(6.25, 0.9, 15.44), 0, 0) is None
    True
    """
    instance("model", model, GammaGamma)
    x, m = floats("orders", orders, NON_NEGATIVE), floats("mean_spend", mean_spend, NON_NEGATIVE)
    scalar = x.ndim == m.ndim == 0
    x, m = broadcast(orders=x, mean_spend=m)
    below = model.p * x + model.q - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(below > 0.0, model.p * (model.v + x * m) / below, np.nan)
    answer = give_back(found, scalar=scalar)
    return None if scalar and np.isnan(answer) else answer


def fit_gamma_gamma(orders: object, mean_spend: object, *, weight: object = None) -> Fit:
    """Return the Gamma-Gamma model of spend that fits best (客单价模型).

    Customers without a repeat order tell nothing here and are left out.

    Parameters
    ----------
    orders : array-like of shape (n,)
        How many orders each mean was taken of (repeat orders, from `purchase_history`).
    mean_spend : array-like of shape (n,)
        Their mean value; must be positive where there are orders.
    weight : array-like of shape (n,), optional
        How many customers each row stands for.

    Returns
    -------
    Fit
        `model` is a `GammaGamma` in the money unit of the data, or None where there is nothing to learn from.

    Raises
    ------
    InputError
        If a mean of orders is not positive; `positions` names the rows.

    Notes
    -----
    Source: Fader and Hardie (2013), equation 1a of note 025. An optimum with `q` <= 1 has no population mean.

    Examples
    --------
    >>> fit_gamma_gamma([0, 0], [0, 0]).reason
    'no customer with a repeat order'
    """
    x, m = broadcast(orders=floats("orders", orders, NON_NEGATIVE), mean_spend=floats("mean_spend", mean_spend))
    if (bad := (x > 0) & (m <= 0)).any():
        fail_rows("mean_spend", bad, m, "> 0 where there are orders; leave free and refunded orders out")
    keep = np.ravel(x) > 0
    w = weights(1.0 if weight is None else weight, len(x))
    w, x, m = (np.ravel(column)[keep] for column in (w, x, m))
    size = float(w.sum())
    if size < 2:
        return degenerate(NAMES, size, "no customer with a repeat order" if size == 0 else "only one customer")
    if not x.max() > 1 or float(m.max()) == float(m.min()):
        lack = "no spread of spend" if float(m.max()) == float(m.min()) else "nobody with two repeat orders"
        return degenerate(NAMES, size, f"{lack}, so the spread within and between customers cannot be told apart")
    usual = float(np.log(w @ m / size))
    middle = np.array([0.0, 0.0, usual])
    box = middle - WIDE, middle + WIDE
    start = np.array([np.log(3.0), np.log(3.0), usual - np.log(3.0)])
    for rows in WARM:
        if len(x) > 2 * rows:
            every = slice(None, None, len(x) // rows)
            found = climb(Kernel(x[every], m[every], w[every]), start, box, float(w[every].sum()), settled=1e-2)
            start = found.point
    return finished(GammaGamma, NAMES, size, climb(Kernel(x, m, w), start, box, size))


class Kernel:
    """The log-likelihood with slope and curvature in log-parameters; what depends on orders alone is tabulated."""

    __slots__ = ("counts", "distinct", "fixed", "log_spend", "orders", "total", "weight")

    def __init__(self, orders: FloatArray, spend: FloatArray, weight: FloatArray) -> None:
        self.orders, self.total, self.weight = orders, orders * spend, weight
        self.distinct, place = np.unique(orders, return_inverse=True)
        self.counts = np.bincount(place, weights=weight)
        log_spend = weight * np.log(spend)
        self.log_spend = float(orders @ log_spend) + float(self.counts * self.distinct @ np.log(self.distinct))
        self.fixed = float(log_spend.sum())

    def __call__(self, point: FloatArray) -> Evaluation:
        """Return log-likelihood, slope and curvature at a point of log-parameters."""
        from scipy.special import gammaln, polygamma, psi

        p, q, v = theta = np.exp(point)
        x, n, total = self.distinct, self.counts, self.counts.sum()
        logs, log_x, one, one_x, two, two_x = self._sums(v)
        shape, both = p * x, p * x + q
        value = n @ (gammaln(both) - gammaln(shape)) + total * (q * np.log(v) - gammaln(q))
        value += p * self.log_spend - self.fixed - p * log_x - q * logs
        slope = np.array([
            n @ (x * (psi(both) - psi(shape))) + self.log_spend - log_x,
            n @ psi(both) - total * (psi(q) - np.log(v)) - logs,
            total * q / v - p * one_x - q * one,
        ])  # fmt: skip
        second = polygamma(1, both)
        bend = np.array([
            [n @ (x * x * (second - polygamma(1, shape))), n @ (x * second), -one_x],
            [n @ (x * second), n @ second - total * polygamma(1, q), total / v - one],
            [-one_x, total / v - one, -total * q / v**2 + p * two_x + q * two],
        ])  # fmt: skip
        return float(value), slope * theta, bend * np.outer(theta, theta) + np.diag(slope * theta)

    def _sums(self, v: float) -> list[float]:
        # Of the logarithm of v plus total spend, and of its first two inverses, plain and times the orders.
        found = np.zeros(6)
        for begin in range(0, len(self.orders), CHUNK):
            part = slice(begin, begin + CHUNK)
            w, x, whole = self.weight[part], self.orders[part], v + self.total[part]
            wx, logs, inverse = w * x, np.log(whole), 1.0 / whole
            square = inverse * inverse
            found += (w @ logs, wx @ logs, w @ inverse, wx @ inverse, w @ square, wx @ square)
        return [float(item) for item in found]
