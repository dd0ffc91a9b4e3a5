"""Lifetime value in money, and the highest price worth paying for a customer or a click."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore._checks import fail, instance, integer, number, one_of
from shopcore._intervals import normal_quantile
from shopcore.customers._bg_nbd import BgNbd
from shopcore.customers._fitting import Fit
from shopcore.customers._gamma_gamma import GammaGamma, expected_spend
from shopcore.customers._history import PurchaseHistory, days_in
from shopcore.customers._pareto_nbd import ParetoNbd
from shopcore.customers._predict import discounted_orders
from shopcore.customers._table import Table
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["AcquisitionLimit", "LifetimeValue", "acquisition_limit", "lifetime_value"]

Purchase: TypeAlias = BgNbd | ParetoNbd
TimeUnit: TypeAlias = Literal["day", "week", "month", "year"]
INTERVALS: Final = ("delta", "none")
SMALL: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class LifetimeValue(Table):
    """What each customer will still bring in the time ahead, in today's money (客户生命周期价值).

    Attributes
    ----------
    customers : array of shape (n,)
    orders : float64 array
        Orders expected, each discounted to now.
    spend_per_order : float64 array
        NaN where no mean exists (no repeat order and `q` <= 1).
    value : float64 array
        Orders times spend times margin.
    low, high : float64 arrays or None
        Interval of the expected value from the uncertainty of the parameters; one customer scatters far more.
    total, total_low, total_high : float or None
        Of all customers together.
    horizon : float
        In `unit`; endless as infinity.
    unit : str
    discount_rate : float
        Per `unit`.
    confidence : float
    reason : str or None
        Why there is no interval.
    """

    customers: Any = field(repr=False)
    orders: FloatArray
    spend_per_order: FloatArray
    value: FloatArray
    low: FloatArray | None
    high: FloatArray | None
    total: float
    total_low: float | None
    total_high: float | None
    horizon: float
    unit: str
    discount_rate: float
    confidence: float
    reason: str | None

    def explain(self) -> str:
        """Return in words what all customers together are worth."""
        head = f"{len(self.value)} customers bring {self.total:,.2f} in {self.horizon:g} {self.unit}s"
        if self.total_low is None:
            return f"{head}, no interval: {self.reason}"
        return f"{head}, {self.confidence:.0%} interval {self.total_low:,.2f} to {self.total_high:,.2f}"


def lifetime_value(
    purchase: Fit | Purchase,
    spend: Fit | GammaGamma | float,
    history: PurchaseHistory,
    *,
    horizon: int | None,
    unit: TimeUnit = "month",
    discount_rate: float = 0.0,
    margin: object = 1.0,
    interval: Literal["delta", "none"] = "delta",
    confidence: float = 0.95,
) -> LifetimeValue:
    """Return what each customer will still bring in the time ahead, in today's money (客户生命周期价值).

    Parameters
    ----------
    purchase : Fit, BgNbd, MbgNbd or ParetoNbd
        Fitted on `history`, so that both count time in ``history.unit``.
    spend : Fit, GammaGamma or float
        Spend per order: fitted, or one value for all.
    history : PurchaseHistory
        With `mean_spend` where `spend` is a model.
    horizon : int or None
        How many units ahead; None for ever (needs a discount rate).
    unit : {"day", "week", "month", "year"}
        Of the horizon and of the discount rate: 12 and ``"month"`` is a year in monthly steps.
    discount_rate : float
        Per unit: 0.01 a month is 12.7 % a year.
    margin : float or array-like of shape (n,)
        Share of the spend that is left after all costs of an order, as data from pricing.
    interval : {"delta", "none"}
        ``"none"`` saves nine tenths of the work.
    confidence : float

    Returns
    -------
    LifetimeValue

    Raises
    ------
    InputError
        If a fit holds no model, or the history has no spend.

    Notes
    -----
    ``margin * E[spend] * sum_i (E[Y(i)] - E[Y(i-1)]) / (1 + d)**i``; orders count at the end of their unit. Spend and
    number of orders are taken as independent, which is what Gamma-Gamma assumes; check their correlation.
    Source: Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42 (2005).

    Examples
    --------
    >>> from shopcore.customers import BgNbd, purchase_history
    >>> history = purchase_history(["a", "a", "b"], [0, 28, 14], end=210, spend=[90.0, 110.0, 80.0], unit="week")
    >>> found = lifetime_value(BgNbd(0.243, 4.414, 0.793, 2.426), 100.0, history, horizon=12, margin=0.4)
    >>> found.value.round(2).tolist(), found.reason
    ([20.61, 12.99], 'parameters without covariance')
    """
    one_of("interval", interval, INTERVALS)
    instance("history", history, PurchaseHistory)
    share = floats("margin", margin)
    step = days_in(unit) / days_in(history.unit)
    rows = (history.orders, history.recency, history.age)

    def orders(model: Any) -> Any:
        return discounted_orders(model, *rows, step=step, steps=horizon, discount_rate=discount_rate)

    def per_order(model: Any) -> Any:
        if not isinstance(model, GammaGamma):
            return np.full(len(history.orders), float(floats("spend", model, NON_NEGATIVE)))
        if history.mean_spend is None:
            fail("history", None, "a history with spend", reason="no_spend")
        return expected_spend(model, history.orders, history.mean_spend)

    parts = [(purchase, orders), (spend, per_order)]
    count, paid = (function(_model(source)) for source, function in parts)
    value = count * paid * share
    reason = "not asked for" if interval == "none" else _no_interval(purchase, spend)
    spread: Any = (None, None, None, None)
    if reason is None:
        spread = _spread(parts, value, confidence)
    known = np.where(np.isfinite(value), value, 0.0)
    ahead = float("inf") if horizon is None else float(horizon)
    return LifetimeValue(
        customers=history.customers,
        orders=count,
        spend_per_order=paid,
        value=value,
        low=spread[0],
        high=spread[1],
        total=float(known.sum()),
        total_low=spread[2],
        total_high=spread[3],
        horizon=ahead,
        unit=unit,
        discount_rate=float(discount_rate),
        confidence=confidence,
        reason=reason,
    )


def _model(source: Any) -> Any:
    if not isinstance(source, Fit):
        return source
    if source.model is None:
        fail("fit", None, "a fit that holds a model", reason="no_model", hint=str(source.reason))
    return source.model


def _no_interval(*sources: Any) -> str | None:
    for source in sources:
        if isinstance(source, Fit) and source.covariance is None:
            return source.reason
        if not isinstance(source, Fit) and isinstance(source, BgNbd | ParetoNbd | GammaGamma):
            return "parameters without covariance"
    return None


def _spread(parts: Any, value: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray, float, float]:
    # Delta method on the logarithm, of each customer and of the total; purchases and spend are fitted apart.
    total = float(np.nansum(value))
    rows, whole = np.zeros(value.shape), 0.0
    for source, predict in parts:
        if isinstance(source, Fit):
            slopes = [_log_slope(source, place, predict) for place in range(len(source.parameters))]
            weights = [float(np.nansum(value * slope)) / total if total else 0.0 for slope in slopes]
            for one, line in enumerate(source.covariance or ()):
                for two, cell in enumerate(line):
                    rows += cell * slopes[one] * slopes[two]
                    whole += cell * weights[one] * weights[two]
    z = normal_quantile(confidence)
    half, around = np.exp(z * np.sqrt(np.maximum(rows, 0.0))), float(np.exp(z * np.sqrt(max(whole, 0.0))))
    ends = (value / half, value * half), (total / around, total * around)
    # A negative margin turns the ends round.
    return np.minimum(*ends[0]), np.maximum(*ends[0]), min(ends[1]), max(ends[1])


def _log_slope(fit: Fit, place: int, predict: Callable[[Any], Any]) -> Any:
    ends = []
    for sign in (1.0, -1.0):
        values = {name: getattr(fit.model, name) for name in fit.parameters}
        values[fit.parameters[place]] *= float(np.exp(sign * SMALL))
        ends.append(predict(type(fit.model)(**values)))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (np.log(ends[0]) - np.log(ends[1])) / (2.0 * SMALL)
    return np.where(np.isfinite(slope), slope, 0.0)


@dataclass(frozen=True, slots=True)
class AcquisitionLimit(Result):
    """The highest price at which a new customer, or a click, still pays for itself (获客成本上限).

    Attributes
    ----------
    first_order : float
        Margin of the first order.
    repeat_orders : float
        Discounted repeat orders expected of a new customer.
    repeat_value : float or None
        Their margin; None where the mean spend does not exist.
    customer, customer_low, customer_high : float or None
        Highest price of a customer, with the interval from the fitted parameters.
    click : float or None
        Highest price of a click: `customer` times the conversion rate.
    horizon : float
    unit : str
    reason : str or None
        Why there is no price or no interval.
    """

    first_order: float
    repeat_orders: float
    repeat_value: float | None
    customer: float | None
    customer_low: float | None
    customer_high: float | None
    click: float | None
    horizon: float
    unit: str
    reason: str | None

    def explain(self) -> str:
        """Return in words how the price was reached."""
        if self.customer is None:
            return f"no price: {self.reason}"
        parts = (
            f"{self.first_order:.2f} from the first order + {self.repeat_value:.2f} from {self.repeat_orders:.2f} more"
        )
        click = "" if self.click is None else f"; a click at most {self.click:.2f}"
        return f"a customer at most {self.customer:.2f} = {parts} in {self.horizon:g} {self.unit}s{click}"


def acquisition_limit(
    purchase: Fit | Purchase,
    spend: Fit | GammaGamma | float,
    *,
    model_unit: TimeUnit,
    horizon: int | None,
    unit: TimeUnit = "month",
    margin: float,
    first_order_value: float | None = None,
    conversion_rate: float | None = None,
    discount_rate: float = 0.0,
    confidence: float = 0.95,
) -> AcquisitionLimit:
    """Return the highest price worth paying for a new customer, and for a click (获客成本上限).

    Parameters
    ----------
    purchase : Fit, BgNbd, MbgNbd or ParetoNbd
    spend : Fit, GammaGamma or float
        Spend per repeat order.
    model_unit : {"day", "week", "month", "year"}
        The unit of time `purchase` was fitted in.
    horizon : int or None
        Units ahead that count; a shop short of cash takes a short one. None for ever (needs a discount rate).
    unit : {"day", "week", "month", "year"}
        Of the horizon and of the discount rate.
    margin : float
        Share of an order that is left after all its costs.
    first_order_value : float, optional
        Value of the first order; that of repeat orders without.
    conversion_rate : float, optional
        Share of clicks that become customers, in [0, 1].
    discount_rate : float
        Per unit.
    confidence : float

    Returns
    -------
    AcquisitionLimit

    Raises
    ------
    InputError
        If a fit holds no model or a number is out of its range.

    Examples
    --------
    >>> from shopcore.customers import BgNbd
    >>> found = acquisition_limit(
    ...     BgNbd(0.243, 4.414, 0.793, 2.426), 100.0, model_unit="week", horizon=12, margin=0.4, conversion_rate=0.03
    ... )
    >>> round(found.repeat_orders, 3), round(found.customer, 2), round(found.click, 3)
    (1.449, 97.97, 2.939)
    """
    share = number("margin", margin, low=0.0, high=1.0, hint="40 % is written as 0.4")
    step = days_in(unit) / days_in(model_unit)
    ahead = float("inf") if horizon is None else float(integer("horizon", horizon, low=1))

    def orders(model: Any) -> float:
        return float(discounted_orders(model, 0, 0.0, 0.0, step=step, steps=horizon, discount_rate=discount_rate))

    count, paid = orders(_model(purchase)), _mean_spend(_model(spend))
    first = paid if first_order_value is None else number("first_order_value", first_order_value, low=0.0)
    start = float("nan") if first is None else first * share
    if paid is None or first is None:
        none = "the mean spend does not exist (q <= 1)"
        return AcquisitionLimit(start, count, None, None, None, None, None, ahead, unit, none)
    repeat = count * paid * share

    def price_by_spend(model: Any) -> float:
        each = (_mean_spend(model) or np.nan) * share
        return each * count + (each if first_order_value is None else start)

    parts = [(purchase, lambda model: start + orders(model) * paid * share), (spend, price_by_spend)]
    ends: Any = (None, None)
    if (reason := _no_interval(purchase, spend)) is None:
        ends = [float(end[0]) for end in _spread(parts, np.array([start + repeat]), confidence)[:2]]
    click = None
    if conversion_rate is not None:
        click = (start + repeat) * number("conversion_rate", conversion_rate, low=0.0, high=1.0)
    return AcquisitionLimit(start, count, repeat, start + repeat, ends[0], ends[1], click, ahead, unit, reason)


def _mean_spend(model: Any) -> float | None:
    return model.mean if isinstance(model, GammaGamma) else number("spend", model, low=0.0)
