"""Lot sizes for demand that is known and changes: Wagner-Whitin and the common rules, for one SKU or many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np

from shopcore._arrays import broadcast, floats
from shopcore._checks import fail, fail_limit
from shopcore.inventory._fields import NON_NEGATIVE, ByValue
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike

MAX_PERIODS: Final = 2_000
SAME: Final = 1e-9

__all__ = ["LotSizes", "least_unit_cost", "lot_for_lot", "part_period_balancing", "silver_meal", "wagner_whitin"]


@dataclass(frozen=True, slots=True, eq=False)
class LotSizes(ByValue, Result):
    """A plan of orders for known demand.

    Attributes
    ----------
    order_quantities : array, shape (periods,) or (SKUs, periods)
        Units ordered at the start of each period.
    cost : float or array
        Ordering, holding and purchase cost of the plan.
    orders : int or array
        Number of orders.
    """

    order_quantities: FloatArray
    cost: Any
    orders: Any


class _Plan(NamedTuple):
    # Two-dimensional columns (SKUs, periods); `carry` is the cost of holding a unit from period 0 to the start of t.
    demand: Any
    order: Any
    carry: Any
    unit: Any
    flat: bool


def _plan(demand: Any, fixed_cost: Any, holding_cost: Any, unit_cost: Any) -> _Plan:
    names = ("demand", "fixed_cost", "holding_cost", "unit_cost")
    given = zip(names, (demand, fixed_cost, holding_cost, unit_cost), strict=True)
    columns = [floats(name, value, NON_NEGATIVE) for name, value in given]
    if columns[0].ndim not in (1, 2) or columns[0].size == 0:
        fail("demand", list(columns[0].shape), "of shape (periods,) or (SKUs, periods)", reason="shape")
    if columns[0].shape[-1] > MAX_PERIODS:
        fail_limit("demand", columns[0].shape[-1], MAX_PERIODS, "periods", reason="too_many_periods")
    wide = broadcast(**dict(zip(names, columns, strict=True)))
    need, order, holding, unit = (np.atleast_2d(c) for c in wide)
    carry = np.concatenate([np.zeros((need.shape[0], 1)), np.cumsum(holding, axis=1)[:, :-1]], axis=1)
    return _Plan(need, order, carry, unit, wide[0].ndim == 1)


def _answer(plan: _Plan, starts: Any) -> LotSizes:
    # `starts[i, t]` is the period whose order covers period t.
    rows = np.arange(plan.demand.shape[0])[:, None]
    quantities = np.zeros(plan.demand.shape)
    np.add.at(quantities, (rows, starts), plan.demand)
    placed = quantities > 0.0
    held = plan.demand * (plan.carry - np.take_along_axis(plan.carry, starts, axis=1))
    cost = np.sum(placed * plan.order + quantities * plan.unit + held, axis=1)
    orders = placed.sum(axis=1)
    if plan.flat:
        return LotSizes(quantities[0], cost[0].item(), int(orders[0]))
    return LotSizes(quantities, cost, orders)


def wagner_whitin(
    demand: FloatLike, *, fixed_cost: FloatLike, holding_cost: FloatLike, unit_cost: FloatLike = 0.0
) -> LotSizes:
    """Return the cheapest plan of orders for known demand: exact (Wagner-Whitin).

    Parameters
    ----------
    demand : array, shape (periods,) or (SKUs, periods)
        Units needed in each period, >= 0; at most 2,000 periods.
    fixed_cost, holding_cost, unit_cost : float or array
        Per order, per unit held to the next period, per unit bought; one number or one per period. For one number
        per SKU give shape (SKUs, 1).

    Returns
    -------
    LotSizes
        Quantities, cost, number of orders.

    Raises
    ------
    InputError
        If a value is negative or the shapes do not fit.
    LimitError
        Above 2,000 periods.

    Notes
    -----
    Forward dynamic programme over the period of the last order. Stock is held at the end of a period. On ties the
    plan with fewer orders, then the one that orders earlier. Source: Wagner & Whitin (1958).

    Examples
    --------
    >>> from shopcore.inventory import wagner_whitin
    >>> plan = wagner_whitin([150, 100, 80, 200], fixed_cost=120, holding_cost=0.8)
    >>> plan.order_quantities.tolist(), plan.cost
    ([150.0, 180.0, 0.0, 200.0], 424.0)
    """
    plan = _plan(demand, fixed_cost, holding_cost, unit_cost)
    need = plan.demand
    skus, periods = need.shape
    best, count = np.zeros((skus, periods + 1)), np.zeros((skus, periods + 1))
    open_, held = np.zeros((skus, periods)), np.zeros((skus, periods))
    bought = np.zeros((skus, periods))
    last = np.zeros((skus, periods), dtype=np.intp)
    for t in range(periods):
        seen = slice(0, t + 1)
        held[:, seen] += need[:, t, None] * (plan.carry[:, t, None] - plan.carry[:, seen])
        bought[:, seen] += need[:, t, None] * plan.unit[:, seen]
        open_[:, seen] = np.where(need[:, t, None] > 0.0, 1.0, open_[:, seen])
        total = best[:, seen] + open_[:, seen] * plan.order[:, seen] + held[:, seen] + bought[:, seen]
        orders = count[:, seen] + open_[:, seen]
        least = total.min(axis=1)
        tied = total <= (least + SAME * (1.0 + least))[:, None]
        last[:, t] = np.argmin(np.where(tied, orders, np.inf), axis=1)
        best[:, t + 1] = least
        count[:, t + 1] = np.take_along_axis(orders, last[:, t, None], axis=1)[:, 0]
    return _answer(plan, _trace(last))


def _trace(last: Any) -> Any:
    skus, periods = last.shape
    starts = np.zeros((skus, periods), dtype=np.intp)
    end = np.full(skus, periods)
    for t in range(periods - 1, -1, -1):
        # A period inside a lot shares its start; at the end of a lot the table says where it began.
        closes = end == t + 1
        starts[:, t] = np.where(closes, last[:, t], starts[:, min(t + 1, periods - 1)])
        end = np.where(starts[:, t] == t, t, end)
    return starts


def lot_for_lot(
    demand: FloatLike, *, fixed_cost: FloatLike, holding_cost: FloatLike, unit_cost: FloatLike = 0.0
) -> LotSizes:
    """Return the plan that orders in every period what the period needs (按需订货, lot for lot).

    Nothing is ever held; right where ordering costs next to nothing, and what the other rules are measured against.

    Parameters
    ----------
    demand, fixed_cost, holding_cost, unit_cost
        As in `wagner_whitin`.

    Returns
    -------
    LotSizes
        Quantities, cost, number of orders.

    Raises
    ------
    InputError, LimitError
        As in `wagner_whitin`.

    Notes
    -----
    Source: Nahmias, Production and Operations Analysis, lot sizing.

    Examples
    --------
    >>> from shopcore.inventory import lot_for_lot
    >>> plan = lot_for_lot([18, 30, 0, 5], fixed_cost=80, holding_cost=2)
    >>> plan.order_quantities.tolist(), plan.cost
    ([18.0, 30.0, 0.0, 5.0], 240.0)
    """
    plan = _plan(demand, fixed_cost, holding_cost, unit_cost)
    return _answer(plan, np.broadcast_to(np.arange(plan.demand.shape[1]), plan.demand.shape))


def _sweep(plan: _Plan, rule: Any) -> LotSizes:
    # One pass over time for all SKUs: does the running lot take this period in, or does a new one start?
    skus, periods = plan.demand.shape
    start = np.full(skus, -1, dtype=np.intp)
    units, held, closed = np.zeros(skus), np.zeros(skus), np.zeros(skus, dtype=bool)
    starts = np.zeros((skus, periods), dtype=np.intp)
    rows = np.arange(skus)
    for t in range(periods):
        need = plan.demand[:, t]
        begin = np.maximum(start, 0)
        more = held + need * (plan.carry[:, t] - plan.carry[rows, begin])
        extend, closes = rule(plan.order[rows, begin], units, held, need, more, t - begin)
        take = (start >= 0) & (((~closed) & extend) | (need == 0.0))
        fresh = ~take & (need > 0.0)
        held = np.where(fresh, 0.0, np.where(take, more, held))
        units = np.where(fresh, need, units + need)
        closed = ~fresh & (closed | (take & closes & (need > 0.0)))
        start = np.where(fresh, t, start)
        starts[:, t] = np.where(start >= 0, start, t)
    return _answer(plan, starts)


def silver_meal(demand: FloatLike, *, fixed_cost: FloatLike, holding_cost: FloatLike) -> LotSizes:
    """Return a plan of orders that extends each lot while the cost per period falls (Silver-Meal).

    Parameters
    ----------
    demand, fixed_cost, holding_cost
        As in `wagner_whitin`.

    Returns
    -------
    LotSizes
        Quantities, cost, number of orders.

    Raises
    ------
    InputError
        As in `wagner_whitin`.

    Notes
    -----
    A lot ends at the first period that would raise its cost per period; a period without demand joins it.
    Source: Silver & Meal (1973).

    Examples
    --------
    >>> from shopcore.inventory import silver_meal
    >>> plan = silver_meal([18, 30, 42, 5, 20], fixed_cost=80, holding_cost=2)
    >>> plan.order_quantities.tolist(), plan.cost
    ([48.0, 0.0, 47.0, 0.0, 20.0], 310.0)
    """

    def rule(order: Any, _units: Any, held: Any, _need: Any, more: Any, age: Any) -> tuple[Any, Any]:
        extend = (order + more) * age <= (order + held) * (age + 1.0) * (1.0 + SAME)
        return extend, np.zeros(extend.shape, dtype=bool)

    return _sweep(_plan(demand, fixed_cost, holding_cost, 0.0), rule)


def least_unit_cost(demand: FloatLike, *, fixed_cost: FloatLike, holding_cost: FloatLike) -> LotSizes:
    """Return a plan of orders that extends each lot while the cost per unit falls (least unit cost).

    Parameters
    ----------
    demand, fixed_cost, holding_cost
        As in `wagner_whitin`.

    Returns
    -------
    LotSizes
        Quantities, cost, number of orders.

    Raises
    ------
    InputError
        As in `wagner_whitin`.

    Notes
    -----
    A lot ends at the first period that would raise its cost per unit. Source: Nahmias, Production and Operations
    Analysis, lot sizing.

    Examples
    --------
    >>> from shopcore.inventory import least_unit_cost
    >>> least_unit_cost([18, 30, 42, 5, 20], fixed_cost=80, holding_cost=2).order_quantities.tolist()
    [48.0, 0.0, 42.0, 25.0, 0.0]
    """

    def rule(order: Any, units: Any, held: Any, need: Any, more: Any, _age: Any) -> tuple[Any, Any]:
        extend = (order + more) * units <= (order + held) * (units + need) * (1.0 + SAME)
        return extend, np.zeros(extend.shape, dtype=bool)

    return _sweep(_plan(demand, fixed_cost, holding_cost, 0.0), rule)


def part_period_balancing(demand: FloatLike, *, fixed_cost: FloatLike, holding_cost: FloatLike) -> LotSizes:
    """Return a plan of orders whose lots hold about as much cost as they order (part-period balancing).

    Parameters
    ----------
    demand, fixed_cost, holding_cost
        As in `wagner_whitin`.

    Returns
    -------
    LotSizes
        Quantities, cost, number of orders.

    Raises
    ------
    InputError
        As in `wagner_whitin`.

    Notes
    -----
    Of the two horizons around the point where holding passes the order cost, the closer one; the shorter on ties.
    Source: DeMatteis (1968), in Nahmias, lot sizing.

    Examples
    --------
    >>> from shopcore.inventory import part_period_balancing
    >>> part_period_balancing([18, 30, 42, 5, 20], fixed_cost=80, holding_cost=2).order_quantities.tolist()
    [48.0, 0.0, 67.0, 0.0, 0.0]
    """

    def rule(order: Any, _units: Any, held: Any, _need: Any, more: Any, _age: Any) -> tuple[Any, Any]:
        beyond = more > order
        closer = (more - order) < (order - held)
        return ~beyond | closer, beyond

    return _sweep(_plan(demand, fixed_cost, holding_cost, 0.0), rule)
