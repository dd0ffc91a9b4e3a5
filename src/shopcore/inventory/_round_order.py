"""From the quantity wanted to one that can be ordered: packs, minimum, maximum, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import broadcast, floats, give_back
from shopcore._checks import fail, instance, one_of
from shopcore.inventory._eoq import economic_order_cost
from shopcore.inventory._fields import NON_NEGATIVE, POSITIVE, ByValue
from shopcore.inventory._values import Constraints, Costs
from shopcore.models._result import Result
from shopcore.typing import FloatLike

PackRounding: TypeAlias = Literal["up", "down", "nearest"]
PACK_ROUNDINGS: Final[tuple[PackRounding, ...]] = get_args(PackRounding)
# Float noise on a whole number of packs must not add or lose a pack.
NOISE: Final = 1e-9

__all__ = ["RoundedOrder", "round_order"]


@dataclass(frozen=True, slots=True, eq=False)
class RoundedOrder(ByValue, Result):
    """A quantity that can be ordered.

    Attributes
    ----------
    quantity : float or array
        Units to order: whole packs within minimum and maximum; 0 where nothing fits.
    packs : float or array
        Packs (or containers) to order.
    need : float or array
        The quantity asked for.
    fits : bool or array
        False where a need cannot be ordered, since no whole pack lies between minimum and maximum.
    cost_penalty : float, array or None
        Extra ordering and holding cost per period against ordering the need itself; None unless asked for.
    """

    quantity: Any
    packs: Any
    need: Any
    fits: Any
    cost_penalty: Any

    @property
    def extra_units(self) -> Any:
        """Units ordered above the need; negative where the maximum or rounding down cut it."""
        return self.quantity - self.need


def round_order(
    need: FloatLike,
    constraints: Constraints,
    *,
    rounding: PackRounding = "up",
    demand_rate: FloatLike | None = None,
    costs: Costs | None = None,
) -> RoundedOrder:
    """Return the quantity that can be ordered: whole packs within minimum and maximum (起订量, 箱规).

    A step of its own after the optimum. Give the demand rate and the costs to learn what the rounding costs.

    Parameters
    ----------
    need : float or array
        Units wanted, >= 0; 0 orders nothing.
    constraints : Constraints
        Pack (or container, where given), minimum and maximum.
    rounding : {"up", "down", "nearest"}
        To whole packs; the minimum is always met and the maximum never passed.
    demand_rate : float or array, optional
        Units per period, > 0, for the cost.
    costs : Costs, optional
        Order and holding cost, for the cost.

    Returns
    -------
    RoundedOrder
        Quantity, packs, and the cost of the rounding.

    Raises
    ------
    InputError
        If a value lies outside its domain, or only one of demand rate and costs is given.

    Notes
    -----
    A need within 1e-9 of whole packs counts as whole. Cost by `economic_order_cost`. Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import Constraints, Costs, round_order
    >>> round_order(61, Constraints(minimum=50, pack=12)).quantity
    72.0
    >>> dear = round_order(304, Constraints(pack=250), demand_rate=1300, costs=Costs(order=8, holding=0.225))
    >>> dear.quantity, round(dear.cost_penalty, 2)
    (500.0, 8.64)
    """
    one_of("rounding", rounding, PACK_ROUNDINGS)
    instance("constraints", constraints, Constraints)
    asked = floats("need", need, NON_NEGATIVE)
    unit = constraints.pack if constraints.container is None else constraints.container
    most = np.inf if constraints.maximum is None else constraints.maximum
    wanted, unit, least, most = broadcast(need=asked, pack=unit, minimum=constraints.minimum, maximum=most)
    packs, fits = _packs(wanted, unit, least, most, rounding)
    penalty = _penalty(wanted, packs * unit, demand_rate, costs)
    scalar = wanted.ndim == 0
    back = [give_back(v, scalar=scalar) for v in (packs * unit, packs, np.array(wanted), fits)]
    cost = None if penalty is None else give_back(penalty, scalar=np.ndim(penalty) == 0)
    return RoundedOrder(back[0], back[1], back[2], back[3], cost)


def _packs(need: Any, unit: Any, least: Any, most: Any, rounding: str) -> tuple[Any, Any]:
    raw = need / unit
    noise = NOISE * np.maximum(raw, 1.0)
    if rounding == "up":
        packs = np.ceil(raw - noise)
    else:
        packs = np.floor(raw + noise) if rounding == "down" else np.floor(raw + 0.5)
    fewest, largest = np.ceil(least / unit * (1.0 - NOISE)), np.floor(most / unit * (1.0 + NOISE))
    some = need > 0.0
    fits = ~some | ((fewest <= largest) & (largest > 0.0))
    return np.where(some & fits, np.clip(packs, fewest, largest), 0.0), fits


def _penalty(need: Any, quantity: Any, demand_rate: Any, costs: Costs | None) -> Any:
    if demand_rate is None and costs is None:
        return None
    if demand_rate is None or costs is None:
        fail("demand_rate", demand_rate, "given together with costs", reason="missing")
    demand = floats("demand_rate", demand_rate, POSITIVE)
    both = (need > 0.0) & (quantity > 0.0)
    plain = Costs(order=costs.order, holding=costs.holding)
    before = economic_order_cost(np.where(both, need, 1.0), demand, plain).cost
    after = economic_order_cost(np.where(both, quantity, 1.0), demand, plain).cost
    return np.where(both, after - before, 0.0)
