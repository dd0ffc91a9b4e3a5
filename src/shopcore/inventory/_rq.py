"""Continuous review with a fixed quantity, the (r, Q) policy: exact cost and exact optimum."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import broadcast, give_back
from shopcore._checks import fail, fail_limit, instance
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._fields import ANY, POSITIVE, ByValue, field
from shopcore.inventory._service import Asked, ask, demand_of, kinds_of, mean_of, sd_of
from shopcore.inventory._values import Costs, Demand, LeadTime
from shopcore.models._result import Result
from shopcore.typing import FloatLike

MAX_UNITS: Final = 2_000_000

__all__ = ["RQ", "best_reorder_point", "optimal_rq", "rq_cost"]


@dataclass(frozen=True, slots=True, eq=False)
class RQ(ByValue, Result):
    """A reorder point and an order quantity with their expected cost per period.

    Attributes
    ----------
    reorder_point, order_quantity : float or array
        Order Q when the stock position is at or below r.
    cost : float or array
        Expected ordering, holding and shortage cost per period.
    distribution : str
        What the lead-time demand was taken to follow.
    method : str
        How the numbers were found.
    """

    reorder_point: Any
    order_quantity: Any
    cost: Any
    distribution: str
    method: str


class Setting(NamedTuple):
    """What the costs below are computed from: rates, moments and prices of the lead-time demand."""

    rate: Any
    mean: Any
    sd: Any
    order: Any
    holding: Any
    shortage: Any
    over: Any
    kind: int


def setting(demand: Demand, lead_time: LeadTime, costs: Costs, *, shortage: str) -> Setting:
    """Return the checked setting; `shortage` names the cost that is needed."""
    instance("costs", costs, Costs)
    asked: Asked = ask(demand, lead_time, None, 0.0)
    kind = kinds_of(asked, None)
    if demand.distribution == "auto":
        # Only these have an exact cost in closed form: Poisson where it fits, else the normal.
        kind = ltd.POISSON if isinstance(kind, int) and kind == ltd.POISSON else ltd.NORMAL
    if kind not in (ltd.NORMAL, *ltd.DISCRETE):
        fail("demand.distribution", demand.distribution, "normal, poisson, negative_binomial or auto", reason="choice")
    price = getattr(costs, shortage)
    if price is None:
        fail(shortage, None, "given", reason="missing")
    holding = field("holding", costs.holding, POSITIVE)
    return Setting(demand.mean, mean_of(asked), sd_of(asked), costs.order, holding, field(shortage, price, POSITIVE),
                    demand_of(asked, kind), kind)  # fmt: skip


def _point_cost(y: Any, s: Setting) -> Any:
    return s.holding * (y - s.mean) + (s.holding + s.shortage) * s.over.loss(np.asarray(y))


def _shortage_area(r: Any, q: Any, s: Setting) -> Any:
    # The expected shortage summed (counts) or integrated (normal) over the positions between r and r + Q.
    if s.kind in ltd.DISCRETE:
        steps = np.arange(1.0, float(np.max(q)) + 1.0)
        inside = steps <= np.asarray(q)[..., None]
        losses = s.over.loss(np.moveaxis(np.asarray(r)[..., None] + steps, -1, 0))
        return np.sum(np.where(np.moveaxis(inside, -1, 0), losses, 0.0), axis=0)
    safe = np.where(np.asarray(s.sd) > 0.0, s.sd, 1.0)
    area = (
        safe * safe * (dist.normal_second_loss((r - s.mean) / safe) - dist.normal_second_loss((r + q - s.mean) / safe))
    )
    plain = 0.5 * (np.maximum(s.mean - r, 0.0) ** 2 - np.maximum(s.mean - r - q, 0.0) ** 2)
    return np.where(np.asarray(s.sd) > 0.0, area, plain)


def cost_of(r: Any, q: Any, s: Setting) -> Any:
    """Return the exact expected cost per period."""
    middle = r + 0.5 * (q + 1.0) if s.kind in ltd.DISCRETE else r + 0.5 * q
    area = (s.holding + s.shortage) * _shortage_area(r, q, s)
    return s.order * s.rate / q + s.holding * (middle - s.mean) + area / q


def rq_cost(
    reorder_point: FloatLike, order_quantity: FloatLike, demand: Demand, lead_time: LeadTime, costs: Costs
) -> RQ:
    """Return the exact expected cost per period of a reorder point and an order quantity.

    Parameters
    ----------
    reorder_point : float or array
        Units; whole for counts.
    order_quantity : float or array
        Units, > 0; whole for counts.
    demand : Demand
        Normal, Poisson or negative binomial (``"auto"`` takes one of the first two).
    lead_time : LeadTime
        Mean and deviation.
    costs : Costs
        ``order``, ``holding`` (> 0) and ``shortage_per_unit_time`` (> 0).

    Returns
    -------
    RQ
        The same numbers with their cost.

    Raises
    ------
    InputError
        If a cost is missing or the distribution has no exact cost here.

    Notes
    -----
    ``(K d + integral of G over (r, r + Q)) / Q`` with ``G(y) = h E[(y - D)+] + p E[(D - y)+]``, D the lead-time
    demand; closed form by the second-order loss. Source: Zheng (1992); Snyder & Shen, section 5.2.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, LeadTime, rq_cost
    >>> costs = Costs(order=8, holding=0.225, shortage_per_unit_time=7.5)
    >>> round(rq_cost(100, 250, Demand(1300, 150, "normal"), LeadTime(1 / 12), costs).cost, 2)
    87.35
    """
    s = setting(demand, lead_time, costs, shortage="shortage_per_unit_time")
    r, q = broadcast(
        reorder_point=field("reorder_point", reorder_point, ANY),
        order_quantity=field("order_quantity", order_quantity, POSITIVE),
    )
    if s.kind in ltd.DISCRETE:
        _check_whole(reorder_point=r, order_quantity=q)
    values = broadcast(reorder_point=r, order_quantity=q, cost=cost_of(r, q, s))
    r, q, cost = (give_back(np.asarray(v), scalar=np.ndim(v) == 0) for v in values)
    return RQ(r, q, cost, ltd.KINDS[s.kind], "given")


def _check_whole(**values: Any) -> None:
    for name, value in values.items():
        if np.any(value != np.floor(value)):
            fail(name, None, "whole units when demand counts units", reason="range")
        if np.any(np.abs(value) > MAX_UNITS):
            fail_limit(name, int(np.max(np.abs(value))), MAX_UNITS, "units", reason="too_many_units")


def best_reorder_point(order_quantity: float, demand: Demand, lead_time: LeadTime, costs: Costs) -> RQ:
    """Return the reorder point that is cheapest for a given order quantity.

    Parameters
    ----------
    order_quantity : float
        Units, > 0.
    demand, lead_time, costs
        As in `rq_cost`, of one SKU.

    Returns
    -------
    RQ
        Reorder point and cost.

    Raises
    ------
    InputError
        As in `rq_cost`.

    Notes
    -----
    The r with ``G(r) = G(r + Q)``; for counts the Q consecutive positions whose G are smallest. Source: Zheng (1992).

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, LeadTime, best_reorder_point
    >>> costs = Costs(order=8, holding=0.225, shortage_per_unit_time=7.5)
    >>> round(best_reorder_point(318, Demand(1300, 150, "normal"), LeadTime(1 / 12), costs).reorder_point, 2)
    127.79
    """
    s = one_sku(setting(demand, lead_time, costs, shortage="shortage_per_unit_time"))
    q = field("order_quantity", order_quantity, POSITIVE)
    if type(q) is not float:
        fail("order_quantity", order_quantity, "one number", reason="shape")
    if s.kind in ltd.DISCRETE:
        _check_whole(order_quantity=np.asarray(q))
        r, _ = _cheapest_positions(s, int(q))
    else:
        r = equal_ends(q, s)
    return RQ(r, q, float(cost_of(r, q, s)), ltd.KINDS[s.kind], "exact")


def one_sku(s: Setting) -> Setting:
    """Return the setting if it is one SKU with demand."""
    if not all(type(v) is float for v in (s.rate, s.mean, s.sd, s.order, s.holding, s.shortage)):
        fail("demand.mean", None, "one SKU: floats, not arrays", reason="shape")
    if s.rate <= ltd.NOTHING:
        fail("demand.mean", s.rate, f"above {ltd.NOTHING}", reason="range")
    return s


def loss_at(y: float, s: Setting) -> float:
    """Return the expected shortage at one position of normal demand."""
    return float(s.sd * dist.normal_loss_scalar((y - s.mean) / s.sd)) if s.sd > 0.0 else max(float(s.mean) - y, 0.0)


def _gap(r: float, q: float, s: Setting) -> float:
    # G(r + Q) - G(r): rises with r, and is zero at the best r.
    short = loss_at(r, s) - loss_at(r + q, s)
    return float(s.holding * q - (s.holding + s.shortage) * short)


def equal_ends(q: float, s: Setting) -> float:
    """Return the best reorder point for a quantity: both ends of the range cost the same."""
    # Without deviation the gap is linear while r < mean < r + Q, with this root; it also starts the bracket.
    centre = s.mean - q * s.holding / (s.holding + s.shortage)
    if s.sd == 0.0:
        return float(centre)
    from scipy.optimize import brentq

    step = s.sd
    low, high = centre - step, centre + step
    while _gap(low, q, s) > 0.0:
        low, step = low - step, 2.0 * step
    step = s.sd
    while _gap(high, q, s) < 0.0:
        high, step = high + step, 2.0 * step
    return float(brentq(_gap, low, high, args=(q, s), xtol=1e-12, rtol=1e-15))


def optimal_rq(demand: Demand, lead_time: LeadTime, costs: Costs) -> RQ:
    """Return the reorder point and order quantity of least expected cost: exact for normal and count demand.

    Parameters
    ----------
    demand, lead_time, costs
        As in `rq_cost`, of one SKU with a mean above 0.

    Returns
    -------
    RQ
        The optimum.

    Raises
    ------
    InputError
        As in `rq_cost`.
    LimitError
        If counts would need more than 2,000,000 positions.

    Notes
    -----
    Normal: ``G(r) = G(r + Q) = cost``, one bracketed root in Q around one in r. Counts: the best Q positions are the
    Q smallest values of G, so one sorted running sum gives the cost of every Q; the smaller Q on ties.
    Source: Federgruen & Zheng (1992); Zheng (1992); Snyder & Shen, section 5.2.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, LeadTime, optimal_rq
    >>> costs = Costs(order=1, holding=10, shortage_per_unit_time=25)
    >>> best = optimal_rq(Demand(50, distribution="poisson"), LeadTime(1), costs)
    >>> best.reorder_point, best.order_quantity, round(best.cost, 2)
    (50.0, 7.0, 95.46)
    """
    s = one_sku(setting(demand, lead_time, costs, shortage="shortage_per_unit_time"))
    if s.kind in ltd.DISCRETE:
        r, q = _cheapest_positions(s, None)
    else:
        q = _optimal_quantity(s)
        r = equal_ends(q, s)
    return RQ(r, q, float(cost_of(r, q, s)), ltd.KINDS[s.kind], "exact")


def backorder_quantity(s: Setting) -> float:
    """Return the economic order quantity with backorders."""
    return math.sqrt(2.0 * s.order * s.rate * (s.holding + s.shortage) / (s.holding * s.shortage))


def _optimal_quantity(s: Setting) -> float:
    start = backorder_quantity(s)
    if s.order == 0.0:
        fail("order", 0.0, "> 0: without it the best order is infinitely small", reason="range")
    if s.sd == 0.0:
        return start
    from scipy.optimize import brentq

    def excess(q: float) -> float:
        # Q H(Q) - (K d + integral of G), whose derivative in Q is Q H'(Q) > 0: one root.
        r = equal_ends(q, s)
        ends = s.holding * (r - s.mean) + (s.holding + s.shortage) * loss_at(r, s)
        return float(ends - cost_of(r, q, s))

    high = 2.0 * start + s.sd
    while excess(high) < 0.0:
        high *= 2.0
    return float(brentq(excess, 0.5 * start, high, xtol=1e-10, rtol=1e-14))


def _cheapest_positions(s: Setting, wanted: int | None) -> tuple[float, float]:
    # G is convex, so its smallest values are neighbours: widen the window until the optimum lies inside.
    ratio = s.shortage / (s.holding + s.shortage)
    best = float(np.asarray(s.over.quantile(np.asarray(ratio))))
    width = wanted + 2 if wanted else int(2.0 * backorder_quantity(s) + 6.0 * s.sd) + 8
    while True:
        if width > MAX_UNITS:
            fail_limit("order_quantity", width, MAX_UNITS, "units", reason="too_many_units")
        y = np.arange(best - width, best + width + 1.0)
        order = np.argsort(values := np.asarray(_point_cost(y, s)), kind="stable")
        picked = order[:wanted] if wanted else order[: _best_count(values[order], s)]
        low, high = y[picked].min(), y[picked].max()
        if low > y[0] and high < y[-1]:
            return float(low - 1.0), float(picked.size)
        width *= 2


def _best_count(sorted_costs: Any, s: Setting) -> int:
    counts = np.arange(1.0, sorted_costs.size + 1.0)
    totals = (s.order * s.rate + np.cumsum(sorted_costs)) / counts
    return int(np.argmin(totals)) + 1
