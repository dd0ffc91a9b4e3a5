"""What to sell off now and what to keep for the full price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shopcore._arrays import broadcast, floats, give_back
from shopcore._checks import fail
from shopcore.inventory._fields import ANY, NON_NEGATIVE, POSITIVE, ByValue, field
from shopcore.inventory._newsvendor import newsvendor, newsvendor_cost
from shopcore.inventory._pmf import Pmf
from shopcore.inventory._values import Costs, Demand
from shopcore.models._result import Result
from shopcore.typing import FloatLike

__all__ = ["Clearance", "clearance"]


@dataclass(frozen=True, slots=True, eq=False)
class Clearance(ByValue, Result):
    """How much of a stock to clear now.

    Attributes
    ----------
    clear, keep : float or array
        Units to clear now and to keep; they sum to the stock.
    gain : float or array
        Expected gain against keeping everything.
    critical_ratio : float or array
        Share of the remaining demand the kept stock should cover.
    """

    clear: Any
    keep: Any
    gain: Any
    critical_ratio: Any


def clearance(
    stock: FloatLike,
    demand: Demand | Pmf,
    *,
    price: FloatLike,
    clearance_price: FloatLike,
    salvage_value: FloatLike = 0.0,
    holding_cost: FloatLike = 0.0,
) -> Clearance:
    """Return how much of a stock to clear now and how much to keep for the full price (清仓).

    Parameters
    ----------
    stock : float or array
        Units on hand, >= 0.
    demand : Demand or Pmf
        At the full price over the rest of the season, as one period.
    price, clearance_price, salvage_value : float or array
        What a unit brings at the full price, cleared now, and left over at the end; falling in that order.
    holding_cost : float or array
        Per unit kept to the end.

    Returns
    -------
    Clearance
        Units to clear and to keep, and the expected gain.

    Raises
    ------
    InputError
        If the three prices do not fall in that order.

    Notes
    -----
    Keep the newsvendor level with ``p = price - clearance`` and ``h = clearance - salvage + holding``; clear what is
    above. Any number of units can be cleared at the price. Source: the newsvendor argument, Snyder & Shen, ch. 4.

    Examples
    --------
    >>> from shopcore.inventory import Demand, clearance
    >>> found = clearance(400, Demand(150, 40, "normal"), price=99, clearance_price=49, salvage_value=20)
    >>> round(found.clear), round(found.keep)
    (236, 164)
    """
    full, now = field("price", price, POSITIVE), field("clearance_price", clearance_price, NON_NEGATIVE)
    end = field("salvage_value", salvage_value, ANY)
    over, under = now - end + field("holding_cost", holding_cost, NON_NEGATIVE), full - now
    if np.any(np.asarray(over) <= 0.0) or np.any(np.asarray(under) <= 0.0):
        fail("clearance_price", clearance_price, "between salvage value and price", reason="order")
    costs = Costs(holding=over, shortage_per_unit=under)
    best = newsvendor(demand, costs)
    have = floats("stock", stock, NON_NEGATIVE)
    keep = np.minimum(have, np.maximum(best.level, 0.0))
    gain = np.asarray(newsvendor_cost(np.asarray(have), demand, costs).cost) - newsvendor_cost(keep, demand, costs).cost
    values = broadcast(clear=have - keep, keep=keep, gain=gain, ratio=best.critical_ratio)
    return Clearance(*(give_back(v, scalar=v.ndim == 0) for v in values))
