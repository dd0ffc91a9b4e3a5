"""Periodic review with an order whenever stock is low, the (s, S) policy: exact for any demand, with lead time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._checks import fail, fail_limit, instance, integer, number
from shopcore.inventory._fields import POSITIVE, ByValue, field
from shopcore.inventory._pmf import Pmf
from shopcore.inventory._values import Costs, Demand
from shopcore.models._result import Result

MAX_GAP: Final = 100_000
# The power approximation takes powers of these, so they have to be numbers of this world.
LEAST: Final = 1e-9

__all__ = ["SS", "optimal_ss", "power_ss", "ss_cost"]


@dataclass(frozen=True, slots=True, eq=False)
class SS(ByValue, Result):
    """A reorder point s and an order-up-to level S with their expected cost per period.

    Attributes
    ----------
    reorder_point : float
        s: order when the stock position at a review is at or below it.
    order_up_to_level : float
        S: the position after ordering.
    cost : float or None
        Expected ordering, holding and shortage cost per period; None for an approximation.
    order_share : float or None
        Share of reviews that place an order.
    """

    reorder_point: float
    order_up_to_level: float
    cost: float | None
    order_share: float | None


class _Renewal:
    """Expected visits m(j) of the position S - j before the next order, and the cost of a position."""

    def __init__(self, demand: Pmf, exposed: Pmf, holding: float, shortage: float) -> None:
        self.pmf = demand.probabilities
        self.rate = demand.mean
        self.stay = 1.0 / (1.0 - float(self.pmf[0]))
        self.visits = np.array([self.stay])
        self.filled = 1
        self.holding, self.shortage, self.exposed = holding, shortage, exposed
        self.low = 0
        self.points = np.zeros(0)

    def grow(self, size: int) -> None:
        """Know m(0) to m(size - 1)."""
        if size > MAX_GAP:
            fail_limit("order_up_to_level", size, MAX_GAP, "units above the reorder point", reason="too_many_units")
        if size > self.visits.size:
            self.visits = np.concatenate([self.visits, np.zeros(max(size, 2 * self.visits.size) - self.visits.size)])
        top = self.pmf.size - 1
        backwards = self.pmf[:0:-1]
        for j in range(self.filled, size):
            reach = min(j, top)
            self.visits[j] = self.stay * float(self.visits[j - reach : j] @ backwards[top - reach :])
        self.filled = max(self.filled, size)

    def cost(self, levels: Any) -> Any:
        """Return G: expected holding and shortage cost of a position, lead time and review period later."""
        short = self.exposed.loss(levels)
        return self.holding * (levels - self.exposed.mean) + (self.holding + self.shortage) * short

    def table(self, low: int, high: int) -> None:
        """Have G of all positions from `low` to `high` at hand."""
        self.low, self.points = low, self.cost(np.arange(low, high + 1.0))

    def at(self, level: int) -> float:
        """Return G of one position, widening the table where it ends."""
        if not self.low <= level < self.low + self.points.size:
            span = self.points.size + 64
            self.table(min(self.low, level - span), max(self.low + self.points.size - 1, level + span))
        return float(self.points[level - self.low])

    def average(self, s: int, top: int, order: float) -> float:
        """Return the cost per period of (s, S)."""
        gap = top - s
        self.grow(gap)
        self.at(s + 1), self.at(top)
        visits = self.visits[:gap]
        costs = self.points[s + 1 - self.low : top + 1 - self.low][::-1]
        return (order + float(visits @ costs)) / float(visits.sum())


def _ready(demand: Demand | Pmf, costs: Costs, lead_time: int) -> tuple[_Renewal, float]:
    instance("costs", costs, Costs)
    pmf = demand if isinstance(demand, Pmf) else Pmf.of(demand)
    if pmf.probabilities[0] >= 1.0 - 1e-12:
        fail("demand", 0.0, "above 0", reason="range")
    price = costs.shortage_per_unit_time
    if price is None:
        fail("shortage_per_unit_time", None, "given", reason="missing", hint="the cost per unit short and period")
    values = [field("holding", costs.holding, POSITIVE), field("shortage_per_unit_time", price, POSITIVE), costs.order]
    if not all(type(v) is float for v in values):
        fail("costs", None, "those of one SKU: floats, not arrays", reason="shape")
    exposed = pmf.times(integer("lead_time", lead_time, low=0) + 1)
    return _Renewal(pmf, exposed, values[0], values[1]), values[2]


def ss_cost(
    reorder_point: int, order_up_to_level: int, demand: Demand | Pmf, costs: Costs, *, lead_time: int = 0
) -> SS:
    """Return the exact expected cost per period of a reorder point s and an order-up-to level S.

    Parameters
    ----------
    reorder_point, order_up_to_level : int
        Units, s < S.
    demand : Demand or Pmf
        Of one period and one SKU; continuous demand is taken in whole units.
    costs : Costs
        ``order``, ``holding`` (> 0) and ``shortage_per_unit_time`` (> 0).
    lead_time : int
        Whole periods from the review to the delivery.

    Returns
    -------
    SS
        The same numbers with their cost.

    Raises
    ------
    InputError
        If s is not below S, a cost is missing, or there is no demand.

    Notes
    -----
    ``(K + sum of m(j) G(S - j)) / sum of m(j)`` over j < S - s, with the renewal sequence m of the demand and G over
    lead time plus one period. Source: Zheng & Federgruen (1991); Snyder & Shen, section 4.4.2.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, ss_cost
    >>> costs = Costs(order=150, holding=40, shortage_per_unit_time=125)
    >>> round(ss_cost(4, 10, Demand(4, distribution="poisson"), costs).cost, 4)
    262.2756
    """
    low, top = integer("reorder_point", _int(reorder_point)), integer("order_up_to_level", _int(order_up_to_level))
    if low >= top:
        fail("order_up_to_level", order_up_to_level, "above the reorder point", reason="order")
    renewal, order = _ready(demand, costs, lead_time)
    renewal.table(low, top)
    return _answer(low, top, renewal.average(low, top, order), renewal)


def _int(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _answer(low: int, top: int, cost: float, renewal: _Renewal) -> SS:
    return SS(float(low), float(top), cost, 1.0 / float(renewal.visits[: top - low].sum()))


def optimal_ss(demand: Demand | Pmf, costs: Costs, *, lead_time: int = 0) -> SS:
    """Return the reorder point s and order-up-to level S of least expected cost: exact, for any demand.

    Parameters
    ----------
    demand, costs, lead_time
        As in `ss_cost`.

    Returns
    -------
    SS
        The optimum.

    Raises
    ------
    InputError
        As in `ss_cost`.
    LimitError
        If S would lie more than 100,000 units above s.

    Notes
    -----
    The search of Zheng & Federgruen, which ends when no higher S can pay; unmet demand is backordered. Reviews happen
    every period; an order placed now arrives `lead_time` periods later, before that period's demand.
    Source: Zheng & Federgruen (1991).

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, optimal_ss
    >>> costs = Costs(order=5, holding=1, shortage_per_unit_time=4)
    >>> best = optimal_ss(Demand(6, distribution="poisson"), costs)
    >>> best.reorder_point, best.order_up_to_level, round(best.cost, 3)
    (4.0, 10.0, 8.034)
    """
    renewal, order = _ready(demand, costs, lead_time)
    base = int(renewal.exposed.quantile(renewal.shortage / (renewal.shortage + renewal.holding)))
    spread = int(4.0 * math.sqrt(2.0 * order * renewal.rate / renewal.holding) + 3.0 * renewal.exposed.sd) + 16
    renewal.table(base - spread, base + spread)
    low, top, best = _first(renewal, order, base)
    high = top + 1
    while renewal.at(high) <= best:
        if (cost := renewal.average(low, high, order)) < best:
            top = high
            while cost <= renewal.at(low + 1) and low + 1 < top:
                low += 1
                cost = renewal.average(low, top, order)
            best = cost
        high += 1
    return _answer(low, top, best, renewal)


def _first(renewal: _Renewal, order: float, top: int) -> tuple[int, int, float]:
    low = top - 1
    while (cost := renewal.average(low, top, order)) > renewal.at(low):
        low -= 1
    return low, top, cost


def power_ss(demand: Demand, costs: Costs, *, lead_time: float = 0.0) -> SS:
    """Return a reorder point and order-up-to level by the power approximation, for many periods of normal demand.

    Parameters
    ----------
    demand : Demand
        Mean (> 0) and deviation (> 0) of one period, one SKU.
    costs : Costs
        ``order``, ``holding`` (> 0) and ``shortage_per_unit_time`` (> 0).
    lead_time : float
        Periods.

    Returns
    -------
    SS
        Not rounded; without cost, which `ss_cost` gives for whole units.

    Raises
    ------
    InputError
        As in `ss_cost`.

    Notes
    -----
    Fitted to a grid of cases; a quantity below 1.5 times the mean lies outside of it. Source: Ehrhardt & Mosier (1984),
    in Snyder & Shen, section 4.4.4.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, power_ss
    >>> found = power_ss(Demand(50, 8), Costs(order=2.5, holding=0.18, shortage_per_unit_time=0.70))
    >>> round(found.reorder_point, 2), round(found.order_up_to_level, 2)
    (40.19, 74.29)
    """
    named = {"demand.mean": demand.mean, "demand.sd": demand.sd, "holding": costs.holding, "order": costs.order,
             "shortage_per_unit_time": costs.shortage_per_unit_time}  # fmt: skip
    mean, sd, holding, order, shortage = (number(name, value, low=LEAST) for name, value in named.items())
    time = number("lead_time", lead_time, low=0.0) + 1.0
    spread = sd * math.sqrt(time)
    share = (1.0 + spread * spread / (mean * mean)) ** 0.116
    quantity = 1.30 * mean**0.494 * (order / holding) ** 0.506 * share
    z = math.sqrt(quantity * holding / (shortage * spread))
    low = 0.973 * mean * time + spread * (0.183 / z + 1.063 - 2.192 * z)
    return SS(low, low + quantity, None, None)
