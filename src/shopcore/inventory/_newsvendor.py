"""One order for uncertain demand: the newsvendor by cost or profit, base stock over a lead time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import broadcast, give_back
from shopcore._checks import fail, instance, integer
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._fields import ANY, NON_NEGATIVE, POSITIVE, ByValue, all_floats, field
from shopcore.inventory._pmf import Pmf
from shopcore.inventory._service import Asked, ask, demand_of, kinds_of, mean_of, sd_of
from shopcore.inventory._values import Costs, Demand, LeadTime
from shopcore.models._result import Result
from shopcore.typing import FloatLike

__all__ = [
    "Newsvendor", "ProfitNewsvendor", "newsvendor", "newsvendor_cost",
    "newsvendor_for_profit", "newsvendor_profit",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Newsvendor(ByValue, Result):
    """A stock level for one selling period, or a base-stock level, with its expected cost.

    Attributes
    ----------
    level : float or array
        Units to have; with a lead time the base-stock level.
    cost : float or array
        Expected cost per period of units left over and short.
    critical_ratio : float or array
        ``p / (p + h)``: the share of demand the level should cover.
    expected_left_over, expected_shortage : float or array
        Units, per period.
    distribution : str or array
        What the demand was taken to follow.
    """

    level: Any
    cost: Any
    critical_ratio: Any
    expected_left_over: Any
    expected_shortage: Any
    distribution: Any


def _demand(demand: Demand | Pmf, lead_time: LeadTime | float, ratio: Any) -> tuple[Any, Any, Any, Any]:
    # The demand of lead time and the period itself: (quantile, tail, loss), mean, deviation and kind.
    if isinstance(demand, Pmf):
        periods = integer("lead_time", lead_time if not isinstance(lead_time, float) else _whole(lead_time), low=0)
        over = demand.times(periods + 1)
        return over, over.mean, over.sd, ltd.EMPIRICAL
    asked = _asked(demand, lead_time)
    kinds = kinds_of(asked, ratio)
    return demand_of(asked, kinds), mean_of(asked), sd_of(asked), kinds


def _asked(demand: Demand, lead_time: LeadTime | float) -> Asked:
    if isinstance(lead_time, LeadTime):
        return ask(demand, lead_time, None, 1.0)
    return ask(demand, LeadTime(lead_time, period=instance("demand", demand, Demand).period), None, 1.0)


def _whole(lead_time: float) -> int:
    if not lead_time.is_integer():
        fail("lead_time", lead_time, "a whole number of periods", reason="range")
    return int(lead_time)


def _name(kinds: Any) -> Any:
    return ltd.KINDS[kinds] if isinstance(kinds, int) else np.array(ltd.KINDS)[kinds]


def _costs(costs: Costs) -> tuple[Any, Any]:
    instance("costs", costs, Costs)
    if costs.shortage_per_unit is None:
        fail("shortage_per_unit", None, "given", reason="missing", hint="the cost of one unit short")
    return field("holding", costs.holding, POSITIVE), field("shortage_per_unit", costs.shortage_per_unit, POSITIVE)


def _evaluate(level: Any, over: Any, mean: Any, kinds: Any, prices: tuple[Any, Any]) -> Newsvendor:
    holding, shortage = prices
    short = over.loss(np.asarray(level))
    left = level - mean + short
    ratio = shortage / (shortage + holding)
    cost = holding * left + shortage * short
    values = (np.asarray(v) for v in broadcast(level=level, cost=cost, ratio=ratio, left=left, short=short))
    level, cost, ratio, left, short = (give_back(v, scalar=v.ndim == 0) for v in values)
    return Newsvendor(level, cost, ratio, left, short, _name(kinds))


def newsvendor(demand: Demand | Pmf, costs: Costs, *, lead_time: LeadTime | float = 0.0) -> Newsvendor:
    """Return the stock level that balances units left over and units short (报童模型).

    One order for one selling period; with a lead time the base-stock level of a review every period, which has to
    cover the lead time and one period more. `newsvendor_for_profit` asks with prices instead of costs.

    Parameters
    ----------
    demand : Demand or Pmf
        Of one period; any distribution.
    costs : Costs
        ``holding`` per unit left over (> 0) and ``shortage_per_unit`` per unit short (> 0).
    lead_time : float or LeadTime
        Periods; whole ones with a `Pmf`.

    Returns
    -------
    Newsvendor
        Level, expected cost, critical ratio.

    Raises
    ------
    InputError
        If a cost is missing or a value lies outside its domain.

    Notes
    -----
    ``F(level) = p / (p + h)``, counts rounded up to the first unit that reaches it; cost
    ``h E[(x - D)+] + p E[(D - x)+]``. Source: Snyder & Shen, Fundamentals of Supply Chain Theory, section 4.3.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, newsvendor
    >>> paper = newsvendor(Demand(50, 8, "normal"), Costs(holding=0.18, shortage_per_unit=0.70))
    >>> round(paper.level, 1), round(paper.cost, 2)
    (56.6, 2.0)
    """
    holding, shortage = _costs(costs)
    ratio = shortage / (shortage + holding)
    if isinstance(demand, Demand) and demand.distribution == "normal" and all_floats(demand.mean, demand.sd, ratio):
        asked = _asked(demand, lead_time)
        mean, sd = mean_of(asked), sd_of(asked)
        if all_floats(mean, sd) and sd > 0.0:
            z = dist.normal_quantile_scalar(ratio)
            short = sd * dist.normal_loss_scalar(z)
            left = z * sd + short
            return Newsvendor(mean + z * sd, holding * left + shortage * short, ratio, left, short, "normal")
    over, mean, _, kinds = _demand(demand, lead_time, ratio)
    level = over.quantile(np.asarray(ratio))
    return _evaluate(level, over, mean, kinds, (holding, shortage))


def newsvendor_cost(
    level: FloatLike, demand: Demand | Pmf, costs: Costs, *, lead_time: LeadTime | float = 0.0
) -> Newsvendor:
    """Return what a given stock level costs: `newsvendor` evaluated, not optimised.

    Parameters
    ----------
    level : float or array
        Units.
    demand, costs, lead_time
        As in `newsvendor`.

    Returns
    -------
    Newsvendor
        The same level with its cost.

    Raises
    ------
    InputError
        As in `newsvendor`.

    Notes
    -----
    Source: Snyder & Shen, section 4.3.

    Examples
    --------
    >>> from shopcore.inventory import Costs, Demand, newsvendor_cost
    >>> costs = Costs(holding=0.18, shortage_per_unit=0.70)
    >>> round(newsvendor_cost(180, Demand(50, 8, "normal"), costs, lead_time=4).cost, 3)
    49.0
    """
    holding, shortage = _costs(costs)
    over, mean, _, kinds = _demand(demand, lead_time, None)
    return _evaluate(field("level", level, ANY), over, mean, kinds, (holding, shortage))


@dataclass(frozen=True, slots=True, eq=False)
class ProfitNewsvendor(ByValue, Result):
    """An order for one selling period with its expected profit.

    Attributes
    ----------
    order_quantity : float or array
        Units to order.
    profit : float or array
        Expected, per period.
    critical_ratio : float or array
        Share of demand the order should cover.
    expected_sales, expected_left_over, expected_shortage : float or array
        Units.
    """

    order_quantity: Any
    profit: Any
    critical_ratio: Any
    expected_sales: Any
    expected_left_over: Any
    expected_shortage: Any


def _margins(price: Any, unit_cost: Any, salvage_value: Any, holding_cost: Any, shortage_cost: Any) -> tuple[Any, ...]:
    price, cost = field("price", price, POSITIVE), field("unit_cost", unit_cost, NON_NEGATIVE)
    salvage = field("salvage_value", salvage_value, ANY)
    over = cost - salvage + field("holding_cost", holding_cost, NON_NEGATIVE)
    under = price - cost + field("shortage_cost", shortage_cost, NON_NEGATIVE)
    if np.any(np.asarray(over) <= 0.0):
        fail("salvage_value", None, "below unit cost plus holding cost", reason="range", hint="else order without end")
    if np.any(np.asarray(under) <= 0.0):
        fail("price", None, "such that a unit sold earns more than a unit short", reason="range")
    return price - cost, over, under


def _of_cost(answer: Newsvendor, mean: Any, margin: Any) -> ProfitNewsvendor:
    profit = margin * mean - answer.cost
    sales = mean - answer.expected_shortage
    return ProfitNewsvendor(
        answer.level, profit, answer.critical_ratio, sales, answer.expected_left_over, answer.expected_shortage
    )


def newsvendor_for_profit(
    demand: Demand | Pmf,
    *,
    price: FloatLike,
    unit_cost: FloatLike,
    salvage_value: FloatLike = 0.0,
    holding_cost: FloatLike = 0.0,
    shortage_cost: FloatLike = 0.0,
    lead_time: LeadTime | float = 0.0,
) -> ProfitNewsvendor:
    """Return the order that earns most when what is left over is sold off (季节性备货).

    Parameters
    ----------
    demand : Demand or Pmf
        Of the selling period.
    price, unit_cost, salvage_value : float or array
        What a unit sells for, costs, and brings when left over.
    holding_cost, shortage_cost : float or array
        Per unit left over beyond its loss of value; per unit short beyond its lost margin.
    lead_time : float or LeadTime
        As in `newsvendor`.

    Returns
    -------
    ProfitNewsvendor
        Quantity and expected profit.

    Raises
    ------
    InputError
        If leaving a unit over costs nothing or selling one earns nothing.

    Notes
    -----
    `newsvendor` with ``h = cost - salvage + holding`` and ``p = price - cost + shortage``; profit is the margin on
    the mean demand less that cost. Source: Snyder & Shen, section 4.3.2.

    Examples
    --------
    >>> from shopcore.inventory import Demand, newsvendor_for_profit
    >>> coat = newsvendor_for_profit(Demand(100, 30, "normal"), price=4, unit_cost=1)
    >>> round(coat.order_quantity, 2), round(coat.profit, 2), coat.critical_ratio
    (120.23, 261.87, 0.75)
    """
    margin, over, under = _margins(price, unit_cost, salvage_value, holding_cost, shortage_cost)
    answer = newsvendor(demand, Costs(holding=over, shortage_per_unit=under), lead_time=lead_time)
    return _of_cost(answer, _demand(demand, lead_time, None)[1], margin)


def newsvendor_profit(
    order_quantity: FloatLike,
    demand: Demand | Pmf,
    *,
    price: FloatLike,
    unit_cost: FloatLike,
    salvage_value: FloatLike = 0.0,
    holding_cost: FloatLike = 0.0,
    shortage_cost: FloatLike = 0.0,
    lead_time: LeadTime | float = 0.0,
) -> ProfitNewsvendor:
    """Return the expected profit of a given order: `newsvendor_for_profit` evaluated, not optimised.

    Parameters
    ----------
    order_quantity : float or array
        Units.
    demand, price, unit_cost, salvage_value, holding_cost, shortage_cost, lead_time
        As in `newsvendor_for_profit`.

    Returns
    -------
    ProfitNewsvendor
        The same order with its profit.

    Raises
    ------
    InputError
        As in `newsvendor_for_profit`.

    Notes
    -----
    Source: Snyder & Shen, section 4.3.2.

    Examples
    --------
    >>> from shopcore.inventory import Demand, newsvendor_profit
    >>> round(newsvendor_profit(100, Demand(100, 30, "normal"), price=4, unit_cost=1).profit, 2)
    252.13
    """
    margin, over, under = _margins(price, unit_cost, salvage_value, holding_cost, shortage_cost)
    answer = newsvendor_cost(order_quantity, demand, Costs(holding=over, shortage_per_unit=under), lead_time=lead_time)
    return _of_cost(answer, _demand(demand, lead_time, None)[1], margin)
