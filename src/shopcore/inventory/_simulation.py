"""The referee: a policy played against demand, period by period, for all SKUs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import floats
from shopcore._checks import fail, fail_limit, instance, integer, one_of
from shopcore._intervals import t_quantile
from shopcore.inventory._draws import draw_demand, draw_lead_times
from shopcore.inventory._fields import NON_NEGATIVE, ByValue
from shopcore.inventory._policies import Policy
from shopcore.inventory._values import Costs, Demand, LeadTime
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike

Unmet: TypeAlias = Literal["backorder", "lost"]
UNMET: Final[tuple[Unmet, ...]] = get_args(Unmet)
MAX_CELLS: Final = 200_000_000

__all__ = ["Simulation", "simulate"]


@dataclass(frozen=True, slots=True, eq=False)
class Simulation(ByValue, Result):
    """What a policy did, one entry per SKU.

    Attributes
    ----------
    fill_rate : array
        Share of units served from the shelf in the period they were asked for; 1 without demand.
    cycle_service : array
        Share of the cycles between two deliveries without a unit short; 1 without a cycle.
    ready_rate : array
        Share of periods that ended without a unit short.
    mean_on_hand, mean_backorders : array
        Units at the end of a period.
    orders, units_ordered, units_short, units_expired : array
        Sums over the periods that count.
    cost : array or None
        Per period; None unless costs were given.
    periods : int
        Periods that count: without the warm-up.
    """

    fill_rate: FloatArray
    cycle_service: FloatArray
    ready_rate: FloatArray
    mean_on_hand: FloatArray
    mean_backorders: FloatArray
    orders: FloatArray
    units_ordered: FloatArray
    units_short: FloatArray
    units_expired: FloatArray
    cost: FloatArray | None
    periods: int

    def interval(
        self, measure: Literal["fill_rate", "cycle_service", "ready_rate", "mean_on_hand", "cost"],
        *, confidence: float = 0.99,
    ) -> tuple[float, float]:  # fmt: skip
        """Return the interval of a measure's mean, with the SKUs as independent runs of one case.

        Examples
        --------
        >>> import numpy as np
        >>> from shopcore.inventory import BaseStock, Demand, LeadTime, simulate
        >>> runs = Demand(np.full(200, 10.0), 3.0, "normal")
        >>> found = simulate(BaseStock(25), runs, LeadTime(1), periods=100, rng=np.random.default_rng(1))
        >>> low, high = found.interval("fill_rate")
        >>> bool(low < found.fill_rate.mean() < high)
        True
        """
        values = getattr(self, measure)
        if values is None or values.size < 2:
            fail(measure, None, "of at least two runs", reason="too_short")
        mean = float(values.mean())
        half = t_quantile(confidence, values.size - 1) * float(values.std(ddof=1)) / float(values.size) ** 0.5
        return mean - half, mean + half


def simulate(
    policy: Policy,
    demand: Demand | FloatLike,
    lead_time: LeadTime,
    *,
    rng: np.random.Generator | None = None,
    periods: int | None = None,
    unmet: Unmet = "backorder",
    shelf_life: int | None = None,
    costs: Costs | None = None,
    opening: FloatLike | None = None,
    warm_up: int = 0,
) -> Simulation:
    """Return what a policy achieves against demand: both services, stock, orders and cost (模拟).

    Parameters
    ----------
    policy : Policy
        Such as `ReorderQuantity` or `MinMax`; its fields one number or one per SKU.
    demand : Demand, or array of shape (SKUs, periods) or (periods,)
        A distribution to draw from, or the units of each period.
    lead_time : LeadTime
        Whole periods; with a deviation, gamma draws rounded to whole periods. Orders may overtake each other.
    rng : numpy Generator, optional
        Needed where something is drawn.
    periods : int, optional
        Periods to draw; needed with a `Demand`.
    unmet : {"backorder", "lost"}
        What becomes of demand that finds no stock.
    shelf_life : int, optional
        Periods a unit can be sold in, >= 1; the oldest units sell first.
    costs : Costs, optional
        For the cost per period.
    opening : float or array, optional
        Units on hand at the start; by default what the policy would order at an empty shelf.
    warm_up : int
        First periods that do not count.

    Returns
    -------
    Simulation
        One entry per SKU.

    Raises
    ------
    InputError
        If something needed is missing or shapes differ.
    LimitError
        Above 200,000,000 SKU-periods.

    Notes
    -----
    In each period: the policy sees the position and orders; what is due arrives (an order with lead time 0 at once);
    demand takes the oldest units; what has reached its shelf life is thrown away; costs count what is left.
    Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import Costs, LeadTime, MinMax, simulate
    >>> week = [3, 1, 4, 1, 5, 9, 2]
    >>> found = simulate(MinMax(4, 12), week, LeadTime(1), costs=Costs(order=5, holding=0.1))
    >>> found.orders.tolist(), found.fill_rate.round(2).tolist(), found.cost.round(2).tolist()
    ([2.0], [0.8], [1.86])
    """
    lead = instance("lead_time", lead_time, LeadTime)
    one_of("unmet", unmet, UNMET)
    units = _units(demand, rng, periods)
    count = units.shape[0] - integer("warm_up", warm_up, low=0)
    if count < 1:
        fail("warm_up", warm_up, "fewer than the periods", reason="range")
    ages = 1 if shelf_life is None else integer("shelf_life", shelf_life, low=1, high=10_000)
    delays = draw_lead_times(lead, units.shape, rng)
    state = _State(policy, units, delays, _opening(policy, opening, units.shape[1]), ages)
    for t in range(units.shape[0]):
        if t == warm_up:
            state.forget()
        state.step(t, lost=unmet == "lost", perishes=shelf_life is not None)
    return state.answer(count, units[warm_up:].sum(axis=0), costs)


def _units(demand: Any, rng: Any, periods: int | None) -> Any:
    # Periods in rows: one step over time touches neighbouring numbers.
    if isinstance(demand, Demand):
        if periods is None:
            fail("periods", None, "given to draw from a Demand", reason="missing")
        length, size = integer("periods", periods, low=1), int(np.size(demand.mean))
        if length * size > MAX_CELLS:
            fail_limit("periods", length * size, MAX_CELLS, "SKU-periods", reason="too_many_cells")
        return draw_demand(demand, length, rng)
    given = floats("demand", demand, NON_NEGATIVE)
    if given.ndim not in (1, 2) or given.size == 0:
        fail("demand", list(given.shape), "of shape (SKUs, periods) or (periods,)", reason="shape")
    if periods is not None and periods != given.shape[-1]:
        fail("periods", periods, "left out, or the number of periods given", reason="shape")
    return np.ascontiguousarray(np.atleast_2d(given).T)


def _opening(policy: Policy, opening: Any, skus: int) -> Any:
    if opening is None:
        return np.maximum(np.broadcast_to(policy.order(np.zeros(skus), period=0), (skus,)).astype(np.float64), 0.0)
    given = floats("opening", opening, NON_NEGATIVE)
    if given.shape not in ((), (skus,)):
        fail("opening", list(given.shape), f"one number or {skus}", reason="shape")
    return np.array(np.broadcast_to(given, (skus,)))


class _State:
    """The shelf of every SKU and the sums so far."""

    def __init__(self, policy: Policy, units: Any, delays: Any, opening: Any, ages: int) -> None:
        skus = units.shape[1]
        self.policy, self.units, self.delays = policy, units, delays
        # Row a holds units that may be sold in a + 1 more periods; without shelf life there is one row.
        self.shelf = np.zeros((ages, skus))
        self.shelf[-1] = opening
        self.owed, self.coming = np.zeros(skus), np.zeros(skus)
        longest = int(delays.max()) + 1 if isinstance(delays, np.ndarray) else delays + 1
        self.pipeline = np.zeros((longest, skus))
        self.rows = np.arange(skus)
        self.short_cycle = np.zeros(skus, dtype=bool)
        self.forget()

    def forget(self) -> None:
        """Start counting again."""
        skus = self.units.shape[1]
        self.orders, self.ordered, self.short, self.expired = (np.zeros(skus) for _ in range(4))
        self.held, self.owing, self.ready, self.cycles, self.bad_cycles = (np.zeros(skus) for _ in range(5))

    def step(self, t: int, *, lost: bool, perishes: bool) -> None:
        """Play one period."""
        on_hand = self.shelf.sum(axis=0) if self.shelf.shape[0] > 1 else self.shelf[0].copy()
        self._order(t, on_hand + self.coming - self.owed)
        slot = t % self.pipeline.shape[0]
        arrived = self.pipeline[slot]
        due = arrived > 0.0
        self.cycles += due
        self.bad_cycles += due & self.short_cycle
        self.short_cycle &= ~due
        self.coming -= arrived
        self.shelf[-1] += arrived
        on_hand += arrived
        arrived[:] = 0.0
        wanted = self.units[t] + self.owed
        taken = np.minimum(on_hand, wanted)
        # What was owed before is served first; only this period's demand counts as short now.
        left = wanted - taken
        short = np.minimum(left, self.units[t])
        self.short += short
        self._take(taken)
        if not lost:
            self.owed = left
        self.short_cycle |= left > 0.0
        self.ready += left <= 0.0
        on_hand = on_hand - taken
        if perishes:
            gone = self.shelf[0].copy()
            self.shelf[:-1] = self.shelf[1:]
            self.shelf[-1] = 0.0
            self.expired += gone
            on_hand = on_hand - gone
        self.held += on_hand
        self.owing += self.owed

    def _order(self, t: int, position: Any) -> None:
        quantity = np.broadcast_to(np.asarray(self.policy.order(position, period=t), dtype=np.float64), position.shape)
        if not np.all(quantity >= 0.0):
            fail("policy", None, "a policy that orders finite units >= 0", reason="contract")
        self.orders += quantity > 0.0
        self.ordered += quantity
        self.coming += quantity
        length = self.pipeline.shape[0]
        if isinstance(self.delays, np.ndarray):
            self.pipeline[(t + self.delays[t]) % length, self.rows] += quantity
        else:
            self.pipeline[(t + self.delays) % length] += quantity

    def _take(self, taken: Any) -> None:
        if self.shelf.shape[0] == 1:
            self.shelf[0] -= taken
            return
        rest = taken
        for age in range(self.shelf.shape[0]):
            part = np.minimum(self.shelf[age], rest)
            self.shelf[age] -= part
            rest = rest - part

    def answer(self, periods: int, asked: Any, costs: Costs | None) -> Simulation:
        """Return the sums as measures."""
        fill = np.where(asked > 0.0, 1.0 - self.short / np.where(asked > 0.0, asked, 1.0), 1.0)
        cycle = np.where(self.cycles > 0.0, 1.0 - self.bad_cycles / np.maximum(self.cycles, 1.0), 1.0)
        cost = None if costs is None else self._cost(instance("costs", costs, Costs)) / periods
        return Simulation(
            fill, cycle, self.ready / periods, self.held / periods, self.owing / periods, self.orders, self.ordered,
            self.short, self.expired, cost, periods,
        )  # fmt: skip

    def _cost(self, costs: Costs) -> Any:
        total = costs.order * self.orders + costs.holding * self.held
        for price, units in (
            (costs.shortage_per_unit, self.short),
            (costs.shortage_per_unit_time, self.owing),
            (costs.shortage_per_event, self.bad_cycles),
        ):
            total = total if price is None else total + price * units
        return total
