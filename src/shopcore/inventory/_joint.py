"""Several SKUs from one supplier: order them together, each every so many cycles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopcore._arrays import broadcast, floats
from shopcore._checks import fail, number
from shopcore.inventory._fields import NON_NEGATIVE, POSITIVE, ByValue
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike, IntArray

__all__ = ["JointOrder", "joint_replenishment"]


@dataclass(frozen=True, slots=True, eq=False)
class JointOrder(ByValue, Result):
    """A shared ordering rhythm.

    Attributes
    ----------
    base_cycle_time : float
        Periods between orders to the supplier.
    multiples : int array, shape (SKUs,)
        Each SKU joins every so many orders.
    order_quantities : array, shape (SKUs,)
        Units each time it joins.
    cost : float
        Ordering and holding cost per period.
    cost_alone : float
        The same if every SKU were ordered by itself, paying the shared cost each time.
    """

    base_cycle_time: float
    multiples: IntArray
    order_quantities: FloatArray
    cost: float
    cost_alone: float


def joint_replenishment(
    demand_rates: FloatLike, *, shared_cost: float, individual_costs: FloatLike, holding_costs: FloatLike
) -> JointOrder:
    """Return how often to order from a supplier and which SKUs join each time (联合补货).

    Parameters
    ----------
    demand_rates : array, shape (SKUs,)
        Units per period, > 0.
    shared_cost : float
        Per order, whatever it holds (> 0).
    individual_costs : float or array, shape (SKUs,)
        Per SKU that joins, >= 0.
    holding_costs : float or array, shape (SKUs,)
        Per unit and period, > 0.

    Returns
    -------
    JointOrder
        Cycle time, multiples, quantities, cost.

    Raises
    ------
    InputError
        If there is no SKU or a value lies outside its domain.

    Notes
    -----
    A heuristic: the SKU with the least ``k / (h d)`` joins every order, the others every m-th with m the rounding of
    ``sqrt(k / (h d) * h1 d1 / (K + k1))``; the cycle time is then optimal. Within a few percent of the optimum.
    Source: Silver (1976); Snyder & Shen, section 3.6.

    Examples
    --------
    >>> from shopcore.inventory import joint_replenishment
    >>> plan = joint_replenishment([1736, 656, 558, 170, 142], shared_cost=10,
    ...     individual_costs=[1.87, 5.27, 7.94, 8.19, 8.87], holding_costs=0.2)
    >>> plan.multiples.tolist(), round(plan.base_cycle_time, 4), round(plan.cost, 2)
    ([1, 1, 1, 3, 3], 0.2814, 218.69)
    """
    shared = number("shared_cost", shared_cost, low=0.0, low_open=True)
    demand, own, holding = (
        np.atleast_1d(column)
        for column in broadcast(
            demand_rates=floats("demand_rates", demand_rates, POSITIVE),
            individual_costs=floats("individual_costs", individual_costs, NON_NEGATIVE),
            holding_costs=floats("holding_costs", holding_costs, POSITIVE),
        )
    )
    if demand.ndim != 1 or demand.size == 0:
        fail("demand_rates", list(demand.shape), "of shape (SKUs,) with at least one", reason="shape")
    value = holding * demand
    ratio = own / value
    first = int(np.argmin(ratio))
    ideal = np.sqrt(ratio * value[first] / (shared + own[first]))
    multiples = np.maximum(np.floor(ideal + 0.5), 1.0)
    multiples[first] = 1.0
    ordering, holding_sum = shared + np.sum(own / multiples), np.sum(multiples * value)
    time = float(np.sqrt(2.0 * ordering / holding_sum))
    alone = float(np.sum(np.sqrt(2.0 * (shared + own) * value)))
    return JointOrder(
        time, multiples.astype(np.int64), multiples * time * demand, float(np.sqrt(2.0 * ordering * holding_sum)), alone
    )
