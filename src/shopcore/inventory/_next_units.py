"""What to buy next when money or room is short: the next unit of every SKU, ranked by what it earns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import broadcast, floats
from shopcore._checks import fail, fail_limit, integer, number
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._fields import ANY, NON_NEGATIVE, POSITIVE, ByValue
from shopcore.inventory._values import Demand
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike

MAX_CANDIDATES: Final = 50_000_000

__all__ = ["NextUnits", "rank_next_units"]


@dataclass(frozen=True, slots=True, eq=False)
class NextUnits(ByValue, Result):
    """What to buy within a budget.

    Attributes
    ----------
    quantity : array, shape (SKUs,)
        Units to buy, whole packs.
    spent : float
        Of the budget.
    gain : float
        Expected, of all units bought.
    cutoff : float or None
        Gain per unit of budget of the last pack bought: what one more unit of budget would earn at most.
    """

    quantity: FloatArray
    spent: float
    gain: float
    cutoff: float | None


def rank_next_units(
    position: FloatLike,
    demand: Demand,
    *,
    margin: FloatLike,
    overstock_cost: FloatLike,
    budget: float,
    budget_per_unit: FloatLike,
    pack: FloatLike = 1.0,
    max_packs: int = 200,
) -> NextUnits:
    """Return what to buy within a budget of cash or room: always the pack that earns most per unit of budget.

    Parameters
    ----------
    position : float or array, shape (SKUs,)
        Stock position now, in units.
    demand : Demand
        Of the time the purchase has to last, as one period; fields one number or one per SKU.
    margin : float or array
        Earned by a unit that sells, with the cost of losing the sale, >= 0.
    overstock_cost : float or array
        Lost by a unit that does not sell in that time, >= 0.
    budget : float
        Cash, container volume or shelf, >= 0.
    budget_per_unit : float or array
        Of the budget that one unit takes, > 0: its cost or its volume.
    pack : float or array
        Units of a pack, > 0.
    max_packs : int
        Packs looked at per SKU.

    Returns
    -------
    NextUnits
        Units per SKU and the expected gain.

    Raises
    ------
    InputError
        If a value lies outside its domain.
    LimitError
        Above 50,000,000 packs to look at.

    Notes
    -----
    The gain of a pack is ``margin * (L(x) - L(x + pack)) - overstock * (pack - (L(x) - L(x + pack)))`` with the loss
    L of the demand at position x; it falls pack by pack, so taking the best first is optimal up to the last pack that
    does not fit. Source: marginal analysis, Hadley & Whitin (1963); the purchase priority list of J. Vermorel.

    Examples
    --------
    >>> from shopcore.inventory import Demand, rank_next_units
    >>> found = rank_next_units([2, 0], Demand([5, 5], distribution="poisson"), margin=[10, 30],
    ...     overstock_cost=2, budget=100, budget_per_unit=[10, 20])
    >>> found.quantity.tolist(), found.spent, round(found.gain, 1)
    ([2.0, 4.0], 100.0, 121.3)
    """
    money = number("budget", budget, low=0.0)
    most = integer("max_packs", max_packs, low=1)
    at, earn, lose, share, size, mean, sd = (np.atleast_1d(column) for column in broadcast(
        position=floats("position", position, ANY), margin=floats("margin", margin, NON_NEGATIVE),
        overstock_cost=floats("overstock_cost", overstock_cost, NON_NEGATIVE),
        budget_per_unit=floats("budget_per_unit", budget_per_unit, POSITIVE), pack=floats("pack", pack, POSITIVE),
        mean=np.asarray(demand.mean), sd=np.asarray(demand.sd),
    ))  # fmt: skip
    if at.size * most > MAX_CANDIDATES:
        fail_limit("max_packs", at.size * most, MAX_CANDIDATES, "packs", reason="too_many_packs")
    gain = _gains(demand, (at, earn, lose, size, mean, sd), most)
    return _greedy(gain, share * size, size, money)


def _gains(demand: Demand, columns: tuple[Any, ...], most: int) -> Any:
    at, earn, lose, size, mean, sd = columns
    if demand.distribution == "empirical":
        fail("demand.distribution", "empirical", "given by its moments", reason="choice")
    named = demand.distribution
    kinds = ltd.choose_rows(mean, sd) if named == "auto" else np.full(mean.shape, ltd.KINDS.index(named))
    over = ltd.Mixed(kinds[:, None] + np.zeros(most + 1, dtype=np.int8), mean[:, None] + np.zeros(most + 1),
                     sd[:, None] + np.zeros(most + 1))  # fmt: skip
    losses = over.loss(at[:, None] + size[:, None] * np.arange(most + 1.0))
    sold = losses[:, :-1] - losses[:, 1:]
    return earn[:, None] * sold - lose[:, None] * (size[:, None] - sold)


def _greedy(gain: Any, price: Any, size: Any, budget: float) -> NextUnits:
    rate = gain / price[:, None]
    rows, packs = np.nonzero(gain > 0.0)
    order = np.argsort(-rate[rows, packs], kind="stable")
    rows, packs = rows[order], packs[order]
    bought, spent, total, cutoff = np.zeros(size.shape, dtype=np.int64), 0.0, 0.0, None
    closed = np.zeros(size.shape, dtype=bool)
    cheapest = float(price.min()) if price.size else np.inf
    for row, pack in zip(rows.tolist(), packs.tolist(), strict=True):
        if budget - spent < cheapest * (1.0 - 1e-12):
            break
        # A pack that does not fit closes its SKU: a later pack of it cannot be bought before this one.
        if closed[row] or spent + price[row] > budget * (1.0 + 1e-12):
            closed[row] = True
            continue
        bought[row], spent, total = pack + 1, spent + float(price[row]), total + float(gain[row, pack])
        cutoff = float(rate[row, pack])
    return NextUnits(bought * size, spent, total, cutoff)
