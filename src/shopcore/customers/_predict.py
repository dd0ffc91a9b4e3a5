"""What a fitted model says about a customer: still there, how many orders, how much in today's money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._arrays import NON_NEGATIVE, POSITIVE, ByValue, broadcast, fail_rows, floats, give_back
from shopcore._checks import fail, instance, integer, number, one_of
from shopcore._intervals import normal_quantile
from shopcore.customers._bg_bb import MAX_CHANCES, BgBb
from shopcore.customers._bg_nbd import BgNbd
from shopcore.customers._columns import checked
from shopcore.customers._fitting import Fit
from shopcore.customers._pareto_nbd import ParetoNbd
from shopcore.customers._smooth import by_orders
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = [
    "Prediction",
    "discounted_orders",
    "expected_orders",
    "expected_orders_of_new",
    "log_likelihood",
    "probability_alive",
    "probability_no_order",
    "probability_of_orders",
    "with_interval",
]

PurchaseModel: TypeAlias = BgNbd | ParetoNbd | BgBb
MAX_STEPS: Final = 10_000
SCALES: Final = ("log", "logit", "plain")


def purchase_model(model: object) -> None:
    """Refuse what is no model of repeat buying."""
    if not isinstance(model, PurchaseModel):
        fail("model", model, "a BgNbd, MbgNbd, ParetoNbd or BgBb", reason="type", hint="a fit holds it as .model")


def _ready(model: PurchaseModel, orders: object, recency: object, age: object) -> tuple[list[FloatArray], bool]:
    purchase_model(model)
    columns, scalar = checked(orders, recency, age)
    if isinstance(model, BgBb) and any((column != np.floor(column)).any() for column in columns):
        fail("age", age, "whole numbers of chances for BG/BB", reason="range")
    return columns, scalar


def _horizon(model: PurchaseModel, horizon: object) -> FloatArray:
    ahead = floats("horizon", horizon, NON_NEGATIVE)
    if isinstance(model, BgBb) and (bad := (ahead != np.floor(ahead)) | (ahead > MAX_CHANCES)).any():
        fail_rows("horizon", bad, ahead, f"whole numbers of chances up to {MAX_CHANCES}")
    return ahead


def log_likelihood(model: PurchaseModel, orders: object, recency: object, age: object) -> Any:
    """Return the log-likelihood of each customer under a model, in the caller's unit of time.

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    orders, recency, age : float or array-like
        As in `fit_bg_nbd`; broadcast together.

    Returns
    -------
    float or float64 array

    Examples
    --------
    >>> round(log_likelihood(BgNbd(0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86), 4)
    -9.4586
    """
    (x, last, until), scalar = _ready(model, orders, recency, age)
    return give_back(model.log_likelihoods(x, last, until), scalar=scalar)


def probability_alive(model: PurchaseModel, orders: object, recency: object, age: object) -> Any:
    """Return the probability that a customer has not left by the end of the data (存活概率).

    Under BG/NBD a customer without repeat order is active for certain, because leaving is only possible after one; use
    MBG/NBD or Pareto/NBD where that is not believed.

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    orders, recency, age : float or array-like
        As in `fit_bg_nbd`; broadcast together.

    Returns
    -------
    float or float64 array

    Examples
    --------
    >>> round(probability_alive(BgNbd(0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86), 4)
    0.7266
    """
    (x, last, until), scalar = _ready(model, orders, recency, age)
    return give_back(model.alive(x, last, until), scalar=scalar)


def expected_orders(model: PurchaseModel, orders: object, recency: object, age: object, *, horizon: object) -> Any:
    """Return the orders expected of a customer in the time ahead, given the past (预期订单数).

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    orders, recency, age : float or array-like
        As in `fit_bg_nbd`; broadcast together.
    horizon : float or array-like
        Time ahead in the model's unit (chances for BG/BB).

    Returns
    -------
    float or float64 array

    Notes
    -----
    For BG/NBD the published expression after Euler's transformation of the hypergeometric function, which neither
    overflows at thousands of orders nor divides by zero at a = 1.

    Examples
    --------
    >>> round(expected_orders(BgNbd(0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86, horizon=39), 4)
    1.226
    """
    (x, last, until), scalar = _ready(model, orders, recency, age)
    ahead = _horizon(model, horizon)
    scalar = scalar and ahead.ndim == 0
    if ahead.ndim == 0:
        active = by_orders(lambda n, time: model.orders_if_alive(n, time, np.broadcast_to(ahead, n.shape)), x, until)
    else:
        x, last, until, ahead = broadcast(orders=x, recency=last, age=until, horizon=ahead)
        active = model.orders_if_alive(x, until, ahead)
    return give_back(active * model.alive(x, last, until), scalar=scalar)


def expected_orders_of_new(model: PurchaseModel, horizon: object) -> Any:
    """Return the repeat orders expected of a new customer in the time after the first order.

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    horizon : float or array-like
        Time after the first order, in the model's unit.

    Returns
    -------
    float or float64 array

    Examples
    --------
    >>> expected_orders_of_new(BgNbd(0.24259, 4.41353, 0.79289, 2.42575), [1, 32, 78]).round(4).tolist()
    [0.0532, 1.0437, 1.8579]
    """
    purchase_model(model)
    ahead = _horizon(model, horizon)
    return give_back(model.orders_of_new(ahead), scalar=ahead.ndim == 0)


def probability_of_orders(model: PurchaseModel, count: object, *, horizon: object) -> Any:
    """Return the probability that a new customer has exactly so many repeat orders in a time (复购次数分布).

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    count : float or array-like
        Repeat orders, whole numbers; broadcast with `horizon`.
    horizon : float or array-like
        Time after the first order, in the model's unit.

    Returns
    -------
    float or float64 array

    Notes
    -----
    Source: Fader, Hardie and Lee (2005), equation 8; Fader, Hardie and Shang (2010), equation 7.

    Examples
    --------
    >>> probability_of_orders(BgNbd(0.243, 4.414, 0.793, 2.426), [0, 1, 2], horizon=39).round(4).tolist()
    [0.5738, 0.1994, 0.0854]
    """
    purchase_model(model)
    number_of, ahead = floats("count", count, NON_NEGATIVE), _horizon(model, horizon)
    if (bad := number_of != np.floor(number_of)).any():
        fail_rows("count", bad, number_of, "whole numbers of repeat orders")
    scalar = number_of.ndim == ahead.ndim == 0
    number_of, ahead = broadcast(count=number_of, horizon=ahead)
    return give_back(model.chance_of_new(number_of, ahead), scalar=scalar)


def probability_no_order(model: PurchaseModel, orders: object, recency: object, age: object, *, horizon: object) -> Any:
    """Return the probability that a customer does not order in the time ahead (流失概率).

    This is the churn figure to act on: it counts those who left and those who are merely slow.

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    orders, recency, age : float or array-like
        As in `fit_bg_nbd`; broadcast together.
    horizon : float or array-like
        Time ahead in the model's unit.

    Returns
    -------
    float or float64 array

    Examples
    --------
    >>> round(probability_no_order(BgNbd(0.243, 4.414, 0.793, 2.426), 2, 30.43, 38.86, horizon=26), 6)
    0.526317
    """
    (x, last, until), scalar = _ready(model, orders, recency, age)
    ahead = _horizon(model, horizon)
    scalar = scalar and ahead.ndim == 0
    x, last, until, ahead = broadcast(orders=x, recency=last, age=until, horizon=ahead)
    some = 1.0 - model.no_order_if_alive(x, until, ahead)
    return give_back(1.0 - model.alive(x, last, until) * some, scalar=scalar)


def discounted_orders(
    model: PurchaseModel,
    orders: object,
    recency: object,
    age: object,
    *,
    step: float,
    steps: int | None,
    discount_rate: float,
) -> Any:
    """Return the expected orders ahead in today's money: each step's orders discounted to now.

    Parameters
    ----------
    model : BgNbd, MbgNbd, ParetoNbd or BgBb
    orders, recency, age : float or array-like
        As in `fit_bg_nbd`; broadcast together.
    step : float
        Length of a step in the model's unit (a month of a weekly model: ``days_in("month") / days_in("week")``).
    steps : int or None
        How many steps; None for ever, discounted continuously (not for BG/BB).
    discount_rate : float
        Per step, 0.01 for 1 %; greater than 0 where `steps` is None.

    Returns
    -------
    float or float64 array

    Notes
    -----
    ``sum_i (E[Y(i)] - E[Y(i - 1)]) / (1 + d) ** i``, orders counted at the end of their step. For ever:
    ``integral of exp(-delta t) dE[Y(t)]``, delta = ln(1 + d), by parts and 96 Gauss-Legendre nodes on the logarithm
    of time.

    Examples
    --------
    >>> model = BgNbd(0.243, 4.414, 0.793, 2.426)
    >>> round(discounted_orders(model, 2, 30.43, 38.86, step=52 / 12, steps=12, discount_rate=0.01), 4)
    1.4681
    """
    (x, last, until), scalar = _ready(model, orders, recency, age)
    floats("step", step, POSITIVE)
    rate = number("discount_rate", discount_rate, low=0.0, low_open=steps is None, high=10.0)
    if steps is None:
        if isinstance(model, BgBb):
            fail("steps", steps, "a number of chances for BG/BB", reason="range")
        times, weights = _for_ever(float(step) / np.log1p(rate))
    else:
        number_of = np.arange(1, integer("steps", steps, low=1, high=MAX_STEPS) + 1)
        times, falling = np.multiply(step, number_of, dtype=np.float64), (1.0 + rate) ** -number_of.astype(np.float64)
        weights = falling - np.append(falling[1:], 0.0)
        _horizon(model, times)

    def total(n: FloatArray, time: FloatArray) -> FloatArray:
        found = np.zeros(n.shape)
        for at, weight in zip(times, weights, strict=True):
            if weight:
                found += weight * model.orders_if_alive(n, time, np.full(n.shape, at))
        return found

    return give_back(by_orders(total, x, until) * model.alive(x, last, until), scalar=scalar)


def _for_ever(scale: float) -> tuple[FloatArray, FloatArray]:
    nodes, weights = np.polynomial.legendre.leggauss(96)
    low, high = np.log(1e-9), np.log(45.0)
    log_time = low + (high - low) * (nodes + 1.0) / 2.0
    time = np.exp(log_time)
    return scale * time, weights * (high - low) / 2.0 * time * np.exp(-time)


Scale: TypeAlias = Literal["log", "logit", "plain"]


@dataclass(frozen=True, slots=True, eq=False)
class Prediction(ByValue, Result):
    """A prediction and how far the fitted parameters leave it open.

    Attributes
    ----------
    value, low, high : float or float64 array
        `low` and `high` are None where the fit has no covariance.
    confidence : float
    method : str
        ``"delta"``, or ``"none"``.
    reason : str or None
        Why there is no interval.
    """

    value: Any
    low: Any
    high: Any
    confidence: float
    method: str
    reason: str | None


def with_interval(
    fit: Fit, predict: Callable[[Any], Any], *, confidence: float = 0.95, scale: Scale = "log"
) -> Prediction:
    """Return a prediction with an interval from the uncertainty of the fitted parameters (delta method).

    The interval is about the expected number, not about what one customer will do: that scatters far more.

    Parameters
    ----------
    fit : Fit
    predict : callable
        Takes the model and returns the prediction: ``lambda model: expected_orders(model, x, t, T, horizon=26)``.
    confidence : float
        Nominal coverage.
    scale : {"log", "logit", "plain"}
        Where the interval is symmetric: ``"log"`` for positive numbers, ``"logit"`` for probabilities.

    Returns
    -------
    Prediction

    Raises
    ------
    InputError
        If the fit holds no model.

    Examples
    --------
    >>> from shopcore.customers import fit_sbg, survival
    >>> found = with_interval(fit_sbg([1000, 869, 743, 653]), lambda model: survival(model, 7), scale="logit")
    >>> found.low < found.value < found.high
    True
    """
    if not callable(predict):
        fail("predict", predict, "a function of a model", reason="type")
    one_of("scale", scale, SCALES)
    z = normal_quantile(confidence)
    if instance("fit", fit, Fit).model is None:
        fail("fit", None, "a fit that holds a model", reason="no_model", hint=str(fit.reason))
    value = predict(fit.model)
    if fit.covariance is None:
        return Prediction(value, None, None, confidence, "none", fit.reason)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = [_moved(fit, place, predict, scale) for place in range(len(fit.parameters))]
        variance: Any = 0.0
        for row, one in zip(fit.covariance, slopes, strict=True):
            for cell, two in zip(row, slopes, strict=True):
                variance = variance + cell * one * two
        half = z * np.sqrt(np.maximum(variance, 0.0))
        middle = _on(scale, value)
        low, high = _back(scale, middle - half), _back(scale, middle + half)
    scalar = np.ndim(value) == 0
    return Prediction(value, give_back(low, scalar=scalar), give_back(high, scalar=scalar), confidence, "delta", None)


def _moved(fit: Fit, place: int, predict: Callable[[Any], Any], scale: Scale) -> Any:
    # Slope of the prediction, on its scale, in the logarithm of one parameter.
    small = 1e-4
    ends = []
    for sign in (1.0, -1.0):
        values = {name: getattr(fit.model, name) for name in fit.parameters}
        values[fit.parameters[place]] *= float(np.exp(sign * small))
        ends.append(_on(scale, predict(type(fit.model)(**values))))
    slope = (ends[0] - ends[1]) / (2.0 * small)
    # A prediction at the rim of its scale (an order count of 0, a certainty) stays there whatever the parameters.
    return np.where(np.isfinite(slope), slope, 0.0)


def _on(scale: Scale, value: Any) -> Any:
    found = np.asarray(value, dtype=np.float64)
    if scale == "plain":
        return found
    return np.log(found) if scale == "log" else np.log(found) - np.log1p(-found)


def _back(scale: Scale, value: Any) -> Any:
    if scale == "plain":
        return value
    return np.exp(value) if scale == "log" else 1.0 / (1.0 + np.exp(-value))
