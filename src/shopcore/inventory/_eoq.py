"""How much to order when demand is steady: the economic order quantity, its backorders, production rate, discounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import UNIT, broadcast, floats
from shopcore._checks import fail, instance, one_of
from shopcore.inventory._fields import NON_NEGATIVE, POSITIVE, ByValue, all_floats, field
from shopcore.inventory._values import Costs
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike

DiscountKind: TypeAlias = Literal["all_units", "incremental"]
DISCOUNT_KINDS: Final[tuple[DiscountKind, ...]] = get_args(DiscountKind)

__all__ = ["DiscountedOrder", "EconomicOrder", "economic_order_cost", "economic_order_quantity", "quantity_discount"]


@dataclass(frozen=True, slots=True, eq=False)
class EconomicOrder(ByValue, Result):
    """An order quantity for steady demand with its cost per period.

    Attributes
    ----------
    order_quantity : float or array
        Units per order.
    stockout_fraction : float or array
        Share of the cycle during which units are backordered; 0 without backorders.
    ordering_cost, holding_cost, shortage_cost : float or array
        The parts of the cost, per period.
    cycle_time : float or array
        Periods between orders; infinite without demand.
    """

    order_quantity: Any
    stockout_fraction: Any
    ordering_cost: Any
    holding_cost: Any
    shortage_cost: Any
    cycle_time: Any

    @property
    def cost(self) -> Any:
        """Ordering, holding and shortage cost per period."""
        return self.ordering_cost + self.holding_cost + self.shortage_cost


def _checked(demand_rate: Any, costs: Costs, production_rate: Any, **more: Any) -> list[Any]:
    instance("costs", costs, Costs)
    demand = field("demand_rate", demand_rate, NON_NEGATIVE)
    holding = field("holding", costs.holding, POSITIVE)
    shortage = costs.shortage_per_unit_time
    if shortage is not None:
        shortage = field("shortage_per_unit_time", shortage, POSITIVE)
    busy: Any = 0.0
    if production_rate is not None:
        rate = field("production_rate", production_rate, POSITIVE)
        busy = demand / rate
        if np.any(np.asarray(busy) >= 1.0):
            fail("production_rate", "a rate not above demand", "greater than demand_rate", reason="range")
    # Without a shortage cost nothing is ever backordered: an endless cost, whose share of the cycle is zero.
    values = [demand, costs.order, holding, np.inf if shortage is None else shortage, 1.0 - busy, *more.values()]
    if all_floats(*values):
        return values
    names = ("demand_rate", "order", "holding", "shortage_per_unit_time", "production_rate", *more)
    return broadcast(**dict(zip(names, values, strict=True)))


def _parts(quantity: Any, fraction: Any, columns: list[Any]) -> EconomicOrder:
    demand, order, holding, shortage, idle = columns
    if type(quantity) is float:
        orders = demand / quantity if quantity > 0.0 else 0.0
        pay = 0.0 if fraction == 0.0 else 0.5 * idle * quantity * shortage * fraction * fraction
        time = quantity / demand if demand > 0.0 else float("inf")
    else:
        safe, some = np.where(quantity > 0.0, quantity, 1.0), np.where(demand > 0.0, demand, 1.0)
        orders = np.where(quantity > 0.0, demand / safe, 0.0)
        pay = 0.5 * idle * quantity * np.where(fraction > 0.0, shortage, 0.0) * fraction * fraction
        time = np.where(demand > 0.0, quantity / some, np.inf)
    hold = 0.5 * idle * quantity * holding * (1.0 - fraction) * (1.0 - fraction)
    return EconomicOrder(quantity, fraction, order * orders, hold, pay, time)


def economic_order_quantity(
    demand_rate: FloatLike, costs: Costs, *, production_rate: FloatLike | None = None
) -> EconomicOrder:
    """Return the order quantity that makes ordering and holding cheapest (经济订货量, EOQ).

    With a shortage cost per unit and time in `costs` backorders are planned; with a production rate the order
    arrives bit by bit. For prices that fall with the quantity use `quantity_discount`.

    Parameters
    ----------
    demand_rate : float or array
        Units per period, >= 0, steady.
    costs : Costs
        Order cost, holding cost per unit and period (> 0), optionally ``shortage_per_unit_time`` (> 0).
    production_rate : float or array, optional
        Units per period at which an order arrives; greater than the demand rate.

    Returns
    -------
    EconomicOrder
        Quantity, share of the cycle backordered, and the cost per period in its parts.

    Raises
    ------
    InputError
        If a value lies outside its domain, or production cannot keep up.

    Notes
    -----
    ``Q = sqrt(2 K d (h + p) / (h p (1 - d/rate)))``, share short ``h / (h + p)``. Not rounded; see `round_order`.
    Source: Harris (1913); Snyder & Shen, Fundamentals of Supply Chain Theory, sections 3.2 to 3.5.

    Examples
    --------
    >>> from shopcore.inventory import Costs, economic_order_quantity
    >>> answer = economic_order_quantity(1300, Costs(order=8, holding=0.225))
    >>> round(answer.order_quantity, 1), round(answer.cost, 2)
    (304.0, 68.41)
    """
    columns = _checked(demand_rate, costs, production_rate)
    demand, order, holding, shortage, idle = columns
    fraction = holding / (holding + shortage)
    quantity = (2.0 * order * demand / (holding * (1.0 - fraction) * idle)) ** 0.5
    return _parts(quantity, fraction, columns)


def economic_order_cost(
    order_quantity: FloatLike,
    demand_rate: FloatLike,
    costs: Costs,
    *,
    production_rate: FloatLike | None = None,
    stockout_fraction: FloatLike = 0.0,
) -> EconomicOrder:
    """Return what a given order quantity costs per period: `economic_order_quantity` evaluated, not optimised.

    Parameters
    ----------
    order_quantity : float or array
        Units per order, > 0.
    demand_rate, costs, production_rate
        As in `economic_order_quantity`.
    stockout_fraction : float or array
        Share of the cycle backordered, in [0, 1]; needs ``shortage_per_unit_time`` when above 0.

    Returns
    -------
    EconomicOrder
        The same quantity with its cost.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    ``K d/Q + (1 - d/rate) Q (h (1-x)^2 + p x^2) / 2``. Source: Snyder & Shen, sections 3.2 to 3.5.

    Examples
    --------
    >>> from shopcore.inventory import Costs, economic_order_cost
    >>> costs = Costs(order=40, holding=40.05, shortage_per_unit_time=60)
    >>> round(economic_order_cost(100, 2080, costs, stockout_fraction=0.3).cost, 3)
    2083.225
    """
    quantity = field("order_quantity", order_quantity, POSITIVE)
    fraction = field("stockout_fraction", stockout_fraction, UNIT)
    *columns, quantity, fraction = _checked(
        demand_rate, costs, production_rate, order_quantity=quantity, stockout_fraction=fraction
    )
    if costs.shortage_per_unit_time is None and np.any(fraction > 0.0):
        fail("shortage_per_unit_time", None, "given when units are backordered", reason="missing")
    return _parts(quantity, fraction, columns)


@dataclass(frozen=True, slots=True, eq=False)
class DiscountedOrder(ByValue, Result):
    """An order quantity under a price list.

    Attributes
    ----------
    order_quantity : float or array
        Units per order.
    tier : int or array
        Position of the price that applies, from 0.
    cost : float or array
        Purchase, ordering and holding cost per period.
    tier_costs : array
        The lowest cost in each tier; what the choice was made from.
    """

    order_quantity: Any
    tier: Any
    cost: Any
    tier_costs: FloatArray


def quantity_discount(
    demand_rate: FloatLike,
    breaks: FloatLike,
    unit_costs: FloatLike,
    *,
    order_cost: FloatLike,
    holding_rate: FloatLike,
    kind: DiscountKind = "all_units",
) -> DiscountedOrder:
    """Return the order quantity under prices that fall with the quantity (阶梯进价).

    Parameters
    ----------
    demand_rate : float or array, shape (SKUs,)
        Units per period, > 0.
    breaks : array, shape (tiers,) or (SKUs, tiers)
        Fewest units of each tier, rising from 0.
    unit_costs : array, shape (tiers,) or (SKUs, tiers)
        Price of a unit in each tier, > 0.
    order_cost : float or array
        Per order.
    holding_rate : float or array
        Holding cost per period as a share of the unit cost, > 0.
    kind : {"all_units", "incremental"}
        Whether the lower price applies to every unit or to those above the break.

    Returns
    -------
    DiscountedOrder
        Quantity, tier, cost per period, and the best cost in each tier.

    Raises
    ------
    InputError
        If the breaks do not rise from 0 or a value lies outside its domain.

    Notes
    -----
    Each tier's optimum moved into the tier; the cheapest wins, the smaller order on ties. Incremental prices must not
    rise. Source: Snyder & Shen, section 3.4; Hadley & Whitin (1963).

    Examples
    --------
    >>> from shopcore.inventory import quantity_discount
    >>> found = quantity_discount(1300, [0, 400, 800], [0.75, 0.72, 0.68], order_cost=8, holding_rate=0.3)
    >>> found.order_quantity, found.tier, round(found.cost, 2)
    (800.0, 2, 978.6)
    """
    one_of("kind", kind, DISCOUNT_KINDS)
    lows, prices = _tiers(breaks, unit_costs, kind)
    names = ("demand_rate", "order_cost", "holding_rate")
    domains = (POSITIVE, NON_NEGATIVE, POSITIVE)
    raw = [
        floats(name, value, domain)
        for name, value, domain in zip(names, (demand_rate, order_cost, holding_rate), domains, strict=True)
    ]
    demand, order, rate = (v[..., None] for v in raw)
    columns = broadcast(demand_rate=demand, order_cost=order, holding_rate=rate, breaks=lows, unit_costs=prices)
    quantity, cost = _tier_optima(columns, kind)
    tier = np.argmin(cost, axis=-1)
    picked = [np.take_along_axis(a, tier[..., None], -1)[..., 0] for a in (quantity, cost)]
    if tier.ndim == 0:
        return DiscountedOrder(picked[0].item(), int(tier), picked[1].item(), cost)
    return DiscountedOrder(picked[0], tier, picked[1], cost)


def _tiers(breaks: Any, unit_costs: Any, kind: str) -> tuple[Any, Any]:
    lows, prices = floats("breaks", breaks, NON_NEGATIVE), floats("unit_costs", unit_costs, POSITIVE)
    if lows.ndim == 0 or lows.shape[-1] == 0 or np.any(lows[..., 0] != 0.0) or np.any(np.diff(lows, axis=-1) <= 0.0):
        fail("breaks", breaks, "rising from 0", reason="order")
    if prices.ndim == 0 or prices.shape[-1] != lows.shape[-1]:
        fail("unit_costs", unit_costs, "one price for each break", reason="shape")
    if kind == "incremental" and np.any(np.diff(prices, axis=-1) > 0.0):
        fail("unit_costs", unit_costs, "falling from tier to tier", reason="order")
    return lows, prices


def _tier_optima(columns: list[Any], kind: str) -> tuple[Any, Any]:
    demand, order, rate, lows, prices = columns
    extra = np.zeros(prices.shape)
    if kind == "incremental":
        # What the units below the break cost more than the price of this tier is paid once per order.
        steps = -np.diff(prices, axis=-1) * lows[..., 1:]
        extra[..., 1:] = np.cumsum(steps, axis=-1)
    quantity = np.sqrt(2.0 * (order + extra) * demand / (rate * prices))
    ends = np.concatenate([lows[..., 1:], np.full((*lows.shape[:-1], 1), np.inf)], axis=-1)
    if kind == "all_units":
        # An order that would reach the next price pays it, so only the lower end of a tier binds.
        quantity = np.maximum(quantity, lows)
        inside = quantity < ends
    else:
        inside = (quantity >= lows) & (quantity < ends)
    safe = np.where(quantity > 0.0, quantity, 1.0)
    ordering = np.where(quantity > 0.0, (order + extra) * demand / safe, 0.0)
    cost = prices * demand + ordering + 0.5 * rate * (prices * quantity + extra)
    return quantity, np.where(inside, cost, np.inf)
