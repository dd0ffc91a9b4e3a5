"""Known approximations of the (r, Q) policy, for comparison with the exact optimum."""

from __future__ import annotations

import math
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore import _distributions as dist
from shopcore._checks import fail, instance, one_of
from shopcore.inventory._rq import RQ, Setting, backorder_quantity, cost_of, equal_ends, loss_at, one_sku, setting
from shopcore.inventory._values import Costs, Demand, LeadTime

RQHeuristic: TypeAlias = Literal["expected_inventory", "loss_function", "eoq_backorders", "eoq_safety_stock"]
RQ_HEURISTICS: Final[tuple[RQHeuristic, ...]] = get_args(RQHeuristic)
ROUNDS: Final = 500

__all__ = ["heuristic_rq"]


def heuristic_rq(
    demand: Demand, lead_time: LeadTime, costs: Costs, *, method: RQHeuristic = "expected_inventory"
) -> RQ:
    """Return a reorder point and order quantity by a known approximation, with normal demand.

    Parameters
    ----------
    demand, lead_time
        As in `rq_cost`, of one SKU.
    costs : Costs
        ``shortage_per_unit`` for ``"expected_inventory"``, ``shortage_per_unit_time`` for the others.
    method : {"expected_inventory", "loss_function", "eoq_backorders", "eoq_safety_stock"}
        Which one.

    Returns
    -------
    RQ
        The numbers, with the approximate cost (expected inventory) or the exact one (the others).

    Raises
    ------
    InputError
        If the cost the method needs is missing, or no reorder point solves it.

    Notes
    -----
    ``expected_inventory`` iterates Q and r with ``K + p n(r)`` in place of K (Hadley & Whitin, 1963);
    ``loss_function`` neglects the shortage above r + Q; ``eoq_backorders`` takes Q from the EOQ with backorders and
    the best r for it; ``eoq_safety_stock`` takes the EOQ and the newsvendor quantile.
    Source: Snyder & Shen, sections 5.3 and 5.4.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, LeadTime, heuristic_rq
    >>> costs = Costs(order=85, holding=0.2142857, shortage_per_unit=40)
    >>> found = heuristic_rq(Demand(192, 17.4), LeadTime(3), costs)
    >>> round(found.reorder_point, 1), round(found.order_quantity, 1), round(found.cost, 2)
    (644.8, 400.8, 100.63)
    """
    one_of("method", method, RQ_HEURISTICS)
    instance("demand", demand, Demand)
    kind = "shortage_per_unit" if method == "expected_inventory" else "shortage_per_unit_time"
    s = one_sku(
        setting(Demand(demand.mean, demand.sd, "normal", period=demand.period), lead_time, costs, shortage=kind)
    )
    if s.sd <= 0.0:
        fail("demand.sd", s.sd, "> 0", reason="range", hint="use economic_order_quantity for steady demand")
    r, q = _HEURISTICS[method](s)
    cost = _eil_cost(r, q, s) if method == "expected_inventory" else float(cost_of(r, q, s))
    return RQ(r, q, cost, "normal", method)


def _eil_cost(r: float, q: float, s: Setting) -> float:
    short = loss_at(r, s)
    return float(s.holding * (r - s.mean + 0.5 * q) + (s.order + s.shortage * short) * s.rate / q)


def _expected_inventory(s: Setting) -> tuple[float, float]:
    q = math.sqrt(2.0 * s.order * s.rate / s.holding)
    r = s.mean
    for _ in range(ROUNDS):
        share = q * s.holding / (s.shortage * s.rate)
        if not 0.0 < share < 1.0:
            fail("shortage_per_unit", None, "large enough for this method", reason="no_solution")
        new_r = s.mean - s.sd * dist.normal_quantile_scalar(share)
        new_q = math.sqrt(2.0 * s.rate * (s.order + s.shortage * loss_at(new_r, s)) / s.holding)
        done = abs(new_r - r) + abs(new_q - q) <= 1e-12 * (abs(r) + q)
        r, q = new_r, new_q
        if done:
            break
    return r, q


def _loss_function(s: Setting) -> tuple[float, float]:
    q = math.sqrt(2.0 * s.order * s.rate / s.holding)
    both = s.holding + s.shortage
    r = s.mean
    for _ in range(ROUNDS):
        new_r = s.mean + s.sd * dist.normal_inverse_loss_scalar(s.holding * q / (both * s.sd))
        second = s.sd * s.sd * float(dist.normal_second_loss(np.asarray((new_r - s.mean) / s.sd)))
        new_q = math.sqrt(2.0 * (s.order * s.rate + both * second) / s.holding)
        done = abs(new_r - r) + abs(new_q - q) <= 1e-12 * (abs(r) + q)
        r, q = new_r, new_q
        if done:
            break
    return r, q


def _eoq_backorders(s: Setting) -> tuple[float, float]:
    q = backorder_quantity(s)
    return equal_ends(q, s), q


def _eoq_safety_stock(s: Setting) -> tuple[float, float]:
    ratio = s.shortage / (s.holding + s.shortage)
    return s.mean + s.sd * dist.normal_quantile_scalar(ratio), math.sqrt(2.0 * s.order * s.rate / s.holding)


_HEURISTICS: Final = {
    "expected_inventory": _expected_inventory,
    "loss_function": _loss_function,
    "eoq_backorders": _eoq_backorders,
    "eoq_safety_stock": _eoq_safety_stock,
}
