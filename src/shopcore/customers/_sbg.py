"""Shifted beta-geometric: how a cohort of subscribers melts away, and how far ahead that can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, fail_rows, floats, give_back
from shopcore._checks import fail, instance, number
from shopcore.customers._fitting import Evaluation, Fit, climb, degenerate, finished
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["Sbg", "fit_sbg", "retention_rate", "survival"]

NAMES: Final = ("alpha", "beta")
WIDE: Final = np.log(1e6)
MAX_PERIODS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Sbg(Result):
    """Parameters of the shifted beta-geometric model (Fader and Hardie 2007).

    At every renewal a customer leaves with a probability of one's own, beta distributed with `alpha` and `beta`; the
    retention rate rises with time because those who leave easily have left.

    Parameters
    ----------
    alpha, beta : float
        Positive.

    Examples
    --------
    >>> round(survival(Sbg(alpha=0.668, beta=3.806), 7), 3)
    0.489
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        for name in NAMES:
            object.__setattr__(self, name, number(name, getattr(self, name), low=0.0, low_open=True))


def survival(model: Sbg, periods: object) -> Any:
    """Return the share of a cohort still there after so many renewals (留存曲线).

    Parameters
    ----------
    model : Sbg
    periods : float or array-like
        Renewals since the start; 0 gives 1.

    Returns
    -------
    float or float64 array

    Notes
    -----
    ``B(alpha, beta + t) / B(alpha, beta)``. Source: Fader and Hardie, "How to Project Customer Retention" (2007), (6).

    Examples
    --------
    >>> survival(Sbg(alpha=0.668, beta=3.806), [0, 1, 2]).round(3).tolist()
    [1.0, 0.851, 0.747]
    """
    instance("model", model, Sbg)
    from scipy.special import betaln

    t = floats("periods", periods, NON_NEGATIVE)
    found = np.exp(betaln(model.alpha, model.beta + t) - betaln(model.alpha, model.beta))
    return give_back(found, scalar=t.ndim == 0)


def retention_rate(model: Sbg, period: object) -> Any:
    """Return the share of those there before the renewal `period` who stay (留存率).

    Parameters
    ----------
    model : Sbg
    period : float or array-like
        Number of the renewal, from 1.

    Returns
    -------
    float or float64 array

    Notes
    -----
    ``(beta + t - 1) / (alpha + beta + t - 1)``. Source: Fader and Hardie (2007), equation 8.

    Examples
    --------
    >>> round(retention_rate(Sbg(alpha=0.668, beta=3.806), 1), 3)
    0.851
    """
    instance("model", model, Sbg)
    t = floats("period", period, NON_NEGATIVE)
    if (bad := t < 1).any():
        fail_rows("period", bad, t, "at least 1, the first renewal")
    return give_back((model.beta + t - 1.0) / (model.alpha + model.beta + t - 1.0), scalar=t.ndim == 0)


def fit_sbg(survivors: object) -> Fit:
    """Return the shifted beta-geometric model of a cohort (订阅留存模型).

    Parameters
    ----------
    survivors : array-like of shape (n,)
        Customers at the start and after each renewal: ``[1000, 869, 743, ...]``; never rising.

    Returns
    -------
    Fit
        `model` is an `Sbg`, or None where nobody left or fewer than two renewals were seen.

    Raises
    ------
    InputError
        If the numbers rise, or there are none.

    Examples
    --------
    >>> fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> round(fit.model.alpha, 3), round(fit.model.beta, 3)
    (0.668, 3.806)
    """
    alive = np.ravel(floats("survivors", survivors, NON_NEGATIVE))
    if not 0 < len(alive) <= MAX_PERIODS:
        fail("survivors", len(alive), f"1 to {MAX_PERIODS} numbers of customers", reason="too_many_periods")
    lost = -np.diff(alive)
    if (bad := lost < 0).any():
        fail_rows("survivors", np.concatenate([[False], bad]), alive, "never more than before")
    size = float(alive[0])
    if len(lost) < 2 or not lost.sum() > 0:
        return degenerate(NAMES, size, "nobody left" if len(lost) > 1 else "fewer than two renewals were seen")
    kernel = Kernel(lost, float(alive[-1]))
    return finished(Sbg, NAMES, size, climb(kernel, np.log([1.0, 4.0]), (np.full(2, -WIDE), np.full(2, WIDE)), size))


class Kernel:
    """The log-likelihood with slope and curvature in log-parameters."""

    __slots__ = ("more", "other", "weight")

    def __init__(self, lost: FloatArray, left: float) -> None:
        count = len(lost)
        self.weight = np.append(lost, left)
        self.more = np.append(np.ones(count), 0.0)
        self.other = np.append(np.arange(count), count).astype(np.float64)

    def __call__(self, point: FloatArray) -> Evaluation:
        """Return log-likelihood, slope and curvature at a point of log-parameters."""
        from scipy.special import betaln

        from shopcore.customers._bg_bb import _beta_slopes

        alpha, beta = theta = np.exp(point)
        value = self.weight @ (betaln(alpha + self.more, beta + self.other) - betaln(alpha, beta))
        slopes = _beta_slopes(alpha, beta, self.more, self.other)
        by_alpha, by_beta, one, cross, two = (self.weight @ item for item in slopes)
        slope = np.array([by_alpha, by_beta])
        bend = np.array([[one, cross], [cross, two]])
        return float(value), slope * theta, bend * np.outer(theta, theta) + np.diag(slope * theta)
