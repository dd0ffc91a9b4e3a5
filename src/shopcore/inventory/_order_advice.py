"""What to order from a supplier today: level, position, calendar, packs, and the risk of running out meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shopcore._arrays import broadcast, give_back
from shopcore._checks import instance
from shopcore.inventory._fields import ByValue
from shopcore.inventory._policies import BaseStock, ReorderQuantity
from shopcore.inventory._reorder_point import ReorderPoint, achieved_service, reorder_point
from shopcore.inventory._round_order import PackRounding, RoundedOrder, round_order
from shopcore.inventory._values import Constraints, CycleService, Demand, FillService, LeadTime, Position
from shopcore.models._result import Result
from shopcore.typing import FloatLike

__all__ = ["OrderAdvice", "order_advice"]


@dataclass(frozen=True, slots=True, eq=False)
class OrderAdvice(ByValue, Result):
    """What to order now, and why.

    Attributes
    ----------
    order : RoundedOrder
        Units and packs to order now; zero where the supplier takes no order or nothing is needed.
    level : ReorderPoint
        The level the position was compared with, and the service it holds.
    position : float or array
        Net stock position before ordering.
    takes_orders : bool
        Whether the supplier takes orders in this period.
    next_order : int
        The first period after this one in which the supplier takes orders.
    stockout_risk : float or array
        Chance to run out before anything that is not ordered now could arrive: what waiting for `next_order` risks.
    """

    order: RoundedOrder
    level: ReorderPoint
    position: Any
    takes_orders: bool
    next_order: int
    stockout_risk: Any

    @property
    def quantity(self) -> Any:
        """Units to order now."""
        return self.order.quantity


def order_advice(
    position: Position,
    demand: Demand,
    lead_time: LeadTime,
    service: CycleService | FillService,
    *,
    constraints: Constraints | None = None,
    period: int = 0,
    order_quantity: FloatLike | None = None,
    rounding: PackRounding = "up",
) -> OrderAdvice:
    """Return what to order from one supplier in this period (补货建议), for one SKU or all of the supplier's.

    Parameters
    ----------
    position : Position
        On hand, on order, reserved, backordered.
    demand, lead_time, service
        As in `reorder_point`.
    constraints : Constraints, optional
        Packs, minimum, maximum and the supplier's calendar; without it every period and quantity will do.
    period : int
        This period, in the count of the supplier's calendar.
    order_quantity : float or array, optional
        Order in multiples of it where the position is at or below the level; without it up to the level.
    rounding : {"up", "down", "nearest"}
        To whole packs.

    Returns
    -------
    OrderAdvice
        The order, the level behind it, and the risk of waiting.

    Raises
    ------
    InputError
        As in `reorder_point`.

    Notes
    -----
    With a calendar of more than one period, or without an order quantity, the level covers the lead time and the
    periods until the order after the next: today's order has to last that long. Otherwise it is the reorder point of
    continuous review. Source: Silver, Pyke & Thomas, Inventory and Production Management, ch. 6, (R, S) and (R, s, nQ).

    Examples
    --------
    >>> from shopcore.inventory import Constraints, Demand, LeadTime, Position, Service, order_advice
    >>> weekly = Constraints(pack=12, minimum=24, order_every=7)
    >>> stock = Position(on_hand=60, reserved=5)
    >>> today = order_advice(stock, Demand(10, 4), LeadTime(3), Service.cycle(0.95), constraints=weekly, period=14)
    >>> round(today.level.reorder_point, 1), today.quantity, today.order.packs, round(today.stockout_risk, 3)
    (120.8, 72.0, 6.0, 1.0)
    >>> later = order_advice(stock, Demand(10, 4), LeadTime(3), Service.cycle(0.95), constraints=weekly, period=20)
    >>> later.quantity, later.next_order, round(later.stockout_risk, 3)
    (0.0, 21, 0.03)
    """
    net = instance("position", position, Position).net
    limits = Constraints() if constraints is None else instance("constraints", constraints, Constraints)
    opens, following = limits.takes_orders(period), limits.next_order(period + 1)
    gap = limits.review_period(period)
    review = float(gap) if gap > 1 or order_quantity is None else 0.0
    level = reorder_point(demand, lead_time, service, order_quantity=order_quantity, review_period=review)
    point = level.reorder_point
    policy = BaseStock(point) if order_quantity is None else ReorderQuantity(point, order_quantity)
    need = policy.order(net, period=period)
    order = round_order(need if opens else np.zeros(np.shape(need)), limits, rounding=rounding)
    waiting = achieved_service(net, demand, lead_time, review_period=float(following - period))
    net, risk = broadcast(position=net, risk=1.0 - np.asarray(waiting.achieved_cycle_service))
    back = [give_back(np.array(value), scalar=np.ndim(value) == 0) for value in (net, risk)]
    return OrderAdvice(order, level, back[0], opens, following, back[1])
