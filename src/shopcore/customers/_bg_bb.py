"""BG/BB: buying or not at chances that come at fixed times (a weekly market, a yearly appeal)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, broadcast, fail_rows, floats
from shopcore._checks import number
from shopcore.customers._columns import weights
from shopcore.customers._fitting import Evaluation, Fit, climb, degenerate, finished
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["BgBb", "fit_bg_bb"]

NAMES: Final = ("alpha", "beta", "gamma", "delta")
MAX_CHANCES: Final = 2_000
CELLS: Final = 400_000
WIDE: Final = np.log(1e5)


@dataclass(frozen=True, slots=True)
class BgBb(Result):
    """Parameters of the BG/BB model (Fader, Hardie and Shang 2010).

    An active customer takes each chance to buy with a probability of one's own, beta distributed with `alpha` and
    `beta`, and leaves before it with one of one's own, beta distributed with `gamma` and `delta`. Times are counted in
    chances.

    Parameters
    ----------
    alpha, beta, gamma, delta : float
        Positive.

    Examples
    --------
    >>> BgBb(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783).gamma
    0.657
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    def __post_init__(self) -> None:
        for name in NAMES:
            object.__setattr__(self, name, number(name, getattr(self, name), low=0.0, low_open=True))

    def log_likelihoods(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        """Return the log-likelihood of each customer; arrays of one shape."""
        columns = np.broadcast_arrays(x, last, until)
        found = np.empty(columns[0].shape)
        flat = [np.ravel(column) for column in columns]
        for part in _parts(*flat[1:]):
            logs = _logs(self, *(column[part] for column in flat))[0]
            top = logs.max(axis=0)
            found.ravel()[part] = top + np.log(np.exp(logs - top).sum(axis=0))
        return found

    def alive(self, x: FloatArray, last: FloatArray, until: FloatArray) -> FloatArray:
        """Return the probability of not having left by the last chance."""
        stayed = _log_buying(self, x, until) + _log_staying(self, until)
        return np.asarray(np.exp(stayed - self.log_likelihoods(x, last, until)))

    def orders_if_alive(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the orders expected at the next `horizon` chances of a customer known not to have left."""
        share = (self.alpha + x) / (self.alpha + self.beta + until)
        return np.asarray(share * self._chances(until, horizon))

    def _chances(self, until: FloatArray, horizon: FloatArray) -> FloatArray:
        # Chances still met: a sum of positive terms, where the closed form has a pole at gamma = 1.
        until, horizon = np.broadcast_arrays(until, horizon)
        stay = np.ones(until.shape)
        total = np.zeros(until.shape)
        for ahead in range(1, int(np.max(horizon, initial=0)) + 1):
            at = self.delta + until + ahead - 1.0
            stay = stay * at / (self.gamma + at)
            total += np.where(ahead <= horizon, stay, 0.0)
        return total

    def orders_of_new(self, horizon: FloatArray) -> FloatArray:
        """Return the orders expected of a new customer at the first `horizon` chances."""
        zero = np.zeros_like(horizon)
        return self.orders_if_alive(zero, zero, horizon)

    def chance_of_new(self, count: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the probability that a new customer takes exactly `count` of the first `horizon` chances."""
        count, horizon = np.broadcast_arrays(count, horizon)
        total = np.zeros(count.shape)
        for met in range(int(np.max(horizon, initial=0)) + 1):
            # Met all chances, or left when so many were met.
            leaves = np.where(met == horizon, 0.0, 1.0)
            stay = _log_leaving(self, float(met), leaves)
            found = np.exp(
                _log_ways(float(met), count) + _log_buying(self, count, np.maximum(float(met), count)) + stay
            )
            total += np.where((met >= count) & (met <= horizon), found, 0.0)
        return total

    def no_order_if_alive(self, x: FloatArray, until: FloatArray, horizon: FloatArray) -> FloatArray:
        """Return the probability that a customer known not to have left takes none of the next `horizon` chances."""
        x, until, horizon = np.broadcast_arrays(x, until, horizon)
        refused, stay, total = np.ones(x.shape), np.ones(x.shape), np.zeros(x.shape)
        for ahead in range(int(np.max(horizon, initial=0))):
            at = self.delta + until + ahead
            total += np.where(ahead < horizon, refused * stay * self.gamma / (self.gamma + at), 0.0)
            going = ahead < horizon
            stay = np.where(going, stay * at / (self.gamma + at), stay)
            met = until + ahead
            refused = np.where(going, refused * (self.beta + met - x) / (self.alpha + self.beta + met), refused)
        return total + refused * stay


def fit_bg_bb(orders: object, recency: object, chances: object, *, weight: object = None) -> Fit:
    """Return the BG/BB model that fits best (离散复购模型): parameters, errors, and how the fit ended.

    Parameters
    ----------
    orders : array-like of shape (n,)
        How many chances each customer took (the first order, which made it a customer, not counted).
    recency : array-like of shape (n,)
        Number of the last chance taken; 0 for none.
    chances : array-like of shape (n,)
        How many chances there were; at most 2,000.
    weight : array-like of shape (n,), optional
        How many customers each row stands for.

    Returns
    -------
    Fit
        `model` is a `BgBb`, or None where there is nothing to learn from.

    Notes
    -----
    Source: Fader, Hardie and Shang, "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", Marketing
    Science 29 (2010), equation 3.

    Examples
    --------
    >>> fit_bg_bb([0, 0], [0, 0], [6, 6]).reason
    'no chance was taken'
    """
    x, last, until = _checked(orders, recency, chances)
    w = np.ones(len(x)) if weight is None else weights(weight, len(x))
    keep = w > 0
    rows, inverse = np.unique(np.column_stack([x, last, until])[keep], axis=0, return_inverse=True)
    counts = np.bincount(np.ravel(inverse), weights=w[keep], minlength=len(rows)).astype(np.float64)
    size = float(counts.sum())
    if size < 2 or not counts @ rows[:, 0] > 0:
        return degenerate(NAMES, size, "no chance was taken" if size else "no customer in the data")
    if counts @ rows[:, 0] == counts @ rows[:, 2]:
        return degenerate(NAMES, size, "every chance was taken")
    x, last, until = rows.T
    found = climb(
        Kernel(x, last, until, counts), np.log([1.0, 1.0, 0.7, 2.0]), (np.full(4, -WIDE), np.full(4, WIDE)), size
    )
    return finished(BgBb, NAMES, size, found)


def _checked(orders: object, recency: object, chances: object) -> list[FloatArray]:
    columns = {"orders": orders, "recency": recency, "chances": chances}
    read = {name: floats(name, value, NON_NEGATIVE) for name, value in columns.items()}
    for name, value in read.items():
        if (bad := (value != np.floor(value)) | (value > MAX_CHANCES)).any():
            fail_rows(name, bad, value, f"whole numbers up to {MAX_CHANCES}")
    x, last, until = (np.ravel(column) for column in broadcast(**read))
    if (bad := (last > until) | (x > last) | ((x == 0) & (last > 0))).any():
        fail_rows("recency", bad, last, "at least the orders, at most the chances, and 0 without order")
    return [x, last, until]


def _parts(last: FloatArray, until: FloatArray) -> list[slice]:
    # So many rows at a time that rows times moments of leaving stay within a table that fits memory.
    deepest = int(np.max(until - last, initial=0)) + 1
    rows = max(1, CELLS // deepest)
    return [slice(begin, begin + rows) for begin in range(0, len(until), rows)]


def _log_buying(model: Any, x: Any, met: Any) -> Any:
    from scipy.special import betaln

    return betaln(model.alpha + x, model.beta + met - x) - betaln(model.alpha, model.beta)


def _log_leaving(model: Any, met: float, leaves: Any) -> Any:
    from scipy.special import betaln

    return betaln(model.gamma + leaves, model.delta + met) - betaln(model.gamma, model.delta)


def _log_ways(met: float, count: Any) -> Any:
    from scipy.special import betaln

    return -np.log1p(met) - betaln(np.maximum(met - count, 0.0) + 1.0, count + 1.0)


def _log_staying(model: Any, met: Any) -> Any:
    from scipy.special import betaln

    return betaln(model.gamma, model.delta + met) - betaln(model.gamma, model.delta)


def _logs(model: Any, x: FloatArray, last: FloatArray, until: FloatArray) -> tuple[Any, Any]:
    # First row: still there after every chance. Below: left after so many chances were met, from the last one taken on.
    from scipy.special import betaln

    ahead = np.arange(int(np.max(until - last, initial=0)))[:, None]
    met = np.concatenate([until[None], last + ahead])
    logs = _log_buying(model, x, np.maximum(met, x)) - betaln(model.gamma, model.delta)
    logs[0] += betaln(model.gamma, model.delta + met[0])
    logs[1:] += betaln(model.gamma + 1.0, model.delta + met[1:])
    logs[1:][met[1:] >= until] = -np.inf
    return logs, met


@dataclass(frozen=True, slots=True)
class _Point:
    alpha: float
    beta: float
    gamma: float
    delta: float


class Kernel:
    """The log-likelihood with slope and curvature in log-parameters."""

    __slots__ = ("last", "orders", "until", "weight")

    def __init__(self, orders: FloatArray, last: FloatArray, until: FloatArray, weight: FloatArray) -> None:
        self.orders, self.last, self.until, self.weight = orders, last, until, weight

    def __call__(self, point: FloatArray) -> Evaluation:
        """Return log-likelihood, slope and curvature at a point of log-parameters."""
        theta = np.exp(point)
        value, slope, bend = 0.0, np.zeros(4), np.zeros((4, 4))
        for part in _parts(self.last, self.until):
            found = self._mixed(_Point(*theta), part)
            value, slope, bend = value + found[0], slope + found[1], bend + found[2]
        return value, slope * theta, bend * np.outer(theta, theta) + np.diag(slope * theta)

    def _mixed(self, model: _Point, part: slice) -> Evaluation:
        # Slope and curvature of the logarithm of a sum, from those of its terms: mean, and mean of squares less square.
        x, weight = self.orders[part], self.weight[part]
        logs, met = _logs(model, x, self.last[part], self.until[part])
        top = logs.max(axis=0)
        share = np.exp(logs - top)
        whole = share.sum(axis=0)
        share /= whole
        left = np.ones((len(met), 1))
        left[0] = 0.0
        buying = _beta_slopes(model.alpha, model.beta, x + 0.0 * met, np.maximum(met - x, 0.0))
        staying = _beta_slopes(model.gamma, model.delta, left + 0.0 * met, met)
        slopes = np.array([*buying[:2], *staying[:2]])
        means = np.einsum("kn,ikn->in", share, slopes)
        bend = np.einsum("n,kn,ikn,jkn->ij", weight, share, slopes, slopes) - (means * weight) @ means.T
        for at, (_, _, one, cross, two) in ((0, buying), (2, staying)):
            inner = [float(np.einsum("n,kn,kn->", weight, share, item)) for item in (one, cross, two)]
            bend[at, at] += inner[0]
            bend[at, at + 1] += inner[1]
            bend[at + 1, at] += inner[1]
            bend[at + 1, at + 1] += inner[2]
        return float(weight @ (top + np.log(whole))), means @ weight, bend


def _beta_slopes(one: float, two: float, more: Any, other: Any) -> tuple[Any, ...]:
    # First and second derivatives of ln B(one + more, two + other) - ln B(one, two).
    from scipy.special import polygamma, psi

    both, start = one + two + more + other, one + two
    first = psi(both) - psi(start)
    second = polygamma(1, both) - polygamma(1, start)
    return (
        psi(one + more) - psi(one) - first,
        psi(two + other) - psi(two) - first,
        polygamma(1, one + more) - polygamma(1, one) - second,
        -second,
        polygamma(1, two + other) - polygamma(1, two) - second,
    )
