"""Several SKUs from one supplier: order them together, each every so many cycles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import broadcast, floats
from shopcore._checks import fail, fail_limit, number, one_of
from shopcore.inventory._fields import NON_NEGATIVE, POSITIVE, ByValue
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike, IntArray

JointMethod: TypeAlias = Literal["exact", "silver"]
JOINT_METHODS: Final[tuple[JointMethod, ...]] = get_args(JointMethod)
MAX_RHYTHMS: Final = 5_000_000

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
    demand_rates: FloatLike,
    *,
    shared_cost: float,
    individual_costs: FloatLike,
    holding_costs: FloatLike,
    method: JointMethod = "exact",
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
    method : {"exact", "silver"}
        The cheapest rhythm, or Silver's rule of thumb.

    Returns
    -------
    JointOrder
        Cycle time, multiples, quantities, cost.

    Raises
    ------
    InputError
        If there is no SKU or a value lies outside its domain.
    LimitError
        If the exact search would have to look at more than 5,000,000 rhythms.

    Notes
    -----
    Cost ``(K + sum k_i/m_i)/T + T/2 sum m_i h_i d_i``; the supplier gets an order every T. For one T the best m_i is
    the least with ``m (m + 1) >= 2 k / (h d T^2)``, so the cost has one minimum between any two T at which an m_i
    changes: all are compared, from the T where every m_i is 1 down to where K/T alone costs too much. Silver's rule
    rounds ``sqrt(k / (h d) * h1 d1 / (K + k1))``, with SKU 1 of least ``k / (h d)`` in every order; in 20,000 random
    cases it cost 1.9 % more on average, and up to three times as much where K is small beside the k.
    Source: Goyal (1974); Silver (1976); Snyder & Shen, section 3.6.

    Examples
    --------
    >>> from shopcore.inventory import joint_replenishment
    >>> costs = dict(shared_cost=10, individual_costs=[1.87, 5.27, 7.94, 8.19, 8.87], holding_costs=0.2)
    >>> plan = joint_replenishment([1736, 656, 558, 170, 142], **costs)
    >>> plan.multiples.tolist(), round(plan.base_cycle_time, 4), round(plan.cost, 2)
    ([1, 1, 2, 3, 3], 0.2456, 218.25)
    """
    one_of("method", method, JOINT_METHODS)
    shared = number("shared_cost", shared_cost, low=POSITIVE.low, high=POSITIVE.high)
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
    multiples = _silver(shared, own, value)
    if method == "exact":
        multiples = _exact(shared, own, value, _cost(shared, own, value, multiples))
    ordering, holding_sum = shared + np.sum(own / multiples), np.sum(multiples * value)
    time = float(np.sqrt(2.0 * ordering / holding_sum))
    alone = float(np.sum(np.sqrt(2.0 * (shared + own) * value)))
    cost = _cost(shared, own, value, multiples)
    return JointOrder(time, multiples.astype(np.int64), multiples * time * demand, cost, alone)


def _cost(shared: float, own: FloatArray, value: FloatArray, multiples: FloatArray) -> float:
    return float(np.sqrt(2.0 * (shared + np.sum(own / multiples)) * np.sum(multiples * value)))


def _silver(shared: float, own: FloatArray, value: FloatArray) -> FloatArray:
    ratio = own / value
    first = int(np.argmin(ratio))
    ideal = np.sqrt(ratio * value[first] / (shared + own[first]))
    multiples: FloatArray = np.maximum(np.floor(ideal + 0.5), 1.0)
    multiples[first] = 1.0
    return multiples


def _exact(shared: float, own: FloatArray, value: FloatArray, known: float) -> FloatArray:
    # Going down from the cycle in which all join, SKU i skips one more order at sqrt(2 k / (h d m (m + 1))). No cycle
    # below `least` can be as cheap as the rhythm known already.
    alone = float(np.sum(np.sqrt(2.0 * own * value)))
    least = shared / max(known - alone, 1e-12 * known)
    ideal = np.sqrt(2.0 * own / value) / least
    counts = np.floor(0.5 * (np.sqrt(1.0 + 4.0 * ideal * ideal) - 1.0))
    if (total := float(np.sum(counts))) > MAX_RHYTHMS:
        fail_limit("demand_rates", int(total), MAX_RHYTHMS, "rhythms to look at", reason="too_many_rhythms")
    sku = np.repeat(np.arange(own.size), counts.astype(np.int64))
    multiple = np.arange(sku.size) - np.repeat(np.cumsum(counts) - counts, counts.astype(np.int64)) + 1.0
    change = np.sqrt(2.0 * own[sku] / (value[sku] * multiple * (multiple + 1.0)))
    order = np.argsort(-change, kind="stable")
    sku, multiple, change = sku[order], multiple[order], change[order]
    ordering = shared + np.concatenate([[own.sum()], own.sum() - np.cumsum(own[sku] / (multiple * (multiple + 1.0)))])
    held = np.concatenate([[value.sum()], value.sum() + np.cumsum(value[sku])])
    above, below = np.concatenate([[np.inf], change]), np.concatenate([change, [0.0]])
    time = np.clip(np.sqrt(2.0 * ordering / held), below, above)
    best = int(np.argmin(ordering / np.maximum(time, 1e-300) + 0.5 * time * held))
    return np.asarray(1.0 + np.bincount(sku[:best], minlength=own.size), dtype=np.float64)
