"""Stock health of a catalogue in one pass: cover, excess, slow and dead stock, and the money tied up in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._arrays import UNIT, broadcast, floats, give_back
from shopcore._checks import fail, number
from shopcore.inventory._fields import NON_NEGATIVE, ByValue
from shopcore.inventory._sales_speed import days_of_cover
from shopcore.inventory._stock_ratios import excess_units
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike, IntLike

STATES: Final = ("empty", "healthy", "excess", "slow", "dead")
ALARMS: Final = ("ok", "below_cover", "below_threshold", "out_of_stock")
StockState: TypeAlias = Literal["empty", "healthy", "excess", "slow", "dead"]

__all__ = ["StockHealth", "Stocktake", "stock_ages", "stock_alarms", "stock_health", "stocktake"]


@dataclass(frozen=True, slots=True, eq=False)
class StockHealth(ByValue, Result):
    """Health of each SKU's stock; sums over the catalogue as properties.

    Attributes
    ----------
    state : array of str
        ``"empty"``, ``"healthy"``, ``"excess"``, ``"slow"`` or ``"dead"``.
    days_of_cover : array
        Infinite where stock does not move.
    excess_units : array
        Units above the cover limit.
    stock_value, excess_value : array
        At cost.
    returnable : array of bool
        Whether the supplier still takes it back and there is excess.
    return_loss : array
        What returning the excess would lose, 0 where it cannot be returned.
    """

    state: Any
    days_of_cover: FloatArray
    excess_units: FloatArray
    stock_value: FloatArray
    excess_value: FloatArray
    returnable: Any
    return_loss: FloatArray

    @property
    def tied_up(self) -> dict[str, float]:
        """Stock value by state, over the whole catalogue."""
        return {state: float(self.stock_value[self.state == state].sum()) for state in STATES}

    @property
    def counts(self) -> dict[str, int]:
        """SKUs by state."""
        return {state: int(np.sum(self.state == state)) for state in STATES}

    def explain(self) -> str:
        """Return in words where the money lies."""
        total = float(self.stock_value.sum())
        counts, tied = self.counts, self.tied_up
        rows = [f"{state}: {counts[state]} SKUs, {tied[state]:.6g} tied up" for state in STATES]
        return "\n".join(
            [f"stock at cost: {total:.6g}", *rows, f"excess at cost: {float(self.excess_value.sum()):.6g}"]
        )


def stock_health(
    on_hand: FloatLike,
    *,
    unit_cost: FloatLike,
    daily_demand: FloatLike,
    days_since_sale: FloatLike,
    days_since_receipt: FloatLike | None = None,
    cover_limit: float = 90.0,
    slow_after: float = 30.0,
    dead_after: float = 90.0,
    return_window: float = 30.0,
    return_loss: FloatLike = 0.0,
) -> StockHealth:
    """Return the health of every SKU's stock in one pass (库存健康): cover, excess, slow movers, dead stock.

    Parameters
    ----------
    on_hand, unit_cost, daily_demand : float or array, shape (SKUs,)
        Units; cost of one; units per day, each >= 0.
    days_since_sale : float or array, shape (SKUs,)
        Days since the last sale, >= 0.
    days_since_receipt : float or array, shape (SKUs,), optional
        Days since the last delivery, >= 0; long ago where left out.
    cover_limit : float
        Days of cover that are fine; more is excess.
    slow_after, dead_after : float
        Days without a sale from which stock is slow (滞销) or dead (呆滞), counted from the delivery if that is later.
    return_window : float
        Days after delivery in which the supplier takes stock back.
    return_loss : float or array
        Share of the cost lost when returning, in [0, 1].

    Returns
    -------
    StockHealth
        Columns, with sums by state.

    Raises
    ------
    InputError
        If a value lies outside its domain.

    Notes
    -----
    The worst state that applies counts: dead, slow, excess, healthy. Source: definitions; excess above 90 days as in
    Amazon seller help.

    Examples
    --------
    >>> from shopcore.inventory import stock_health
    >>> found = stock_health([200, 900, 40, 0], unit_cost=[10, 4, 25, 8], daily_demand=[5, 2, 0, 1],
    ...     days_since_sale=[0, 3, 120, 1], days_since_receipt=[12, 20, 200, 9], return_loss=0.15)
    >>> found.state.tolist(), found.excess_units.tolist()
    (['healthy', 'excess', 'dead', 'empty'], [0.0, 720.0, 40.0, 0.0])
    >>> found.returnable.tolist(), found.return_loss.tolist(), found.tied_up["dead"]
    ([False, True, False, False], [0.0, 432.0, 0.0, 0.0], 1000.0)
    """
    units, cost, demand, quiet, since, loss = (np.atleast_1d(column) for column in broadcast(
        on_hand=floats("on_hand", on_hand, NON_NEGATIVE), unit_cost=floats("unit_cost", unit_cost, NON_NEGATIVE),
        daily_demand=floats("daily_demand", daily_demand, NON_NEGATIVE),
        days_since_sale=floats("days_since_sale", days_since_sale, NON_NEGATIVE),
        days_since_receipt=_receipt(days_since_receipt),
        return_loss=floats("return_loss", return_loss, UNIT),
    ))  # fmt: skip
    limit, window = number("cover_limit", cover_limit, low=0.0), number("return_window", return_window, low=0.0)
    slow, dead = number("slow_after", slow_after, low=0.0), number("dead_after", dead_after, low=0.0)
    if dead < slow:
        fail("dead_after", dead_after, "at least slow_after", reason="order")
    cover, excess = days_of_cover(units, demand), excess_units(units, demand, cover_limit=limit)
    # New goods have had no time to sell, whatever the last sale was.
    idle = np.minimum(quiet, since)
    code = np.select([units == 0.0, idle >= dead, idle >= slow, excess > 0.0], [0, 4, 3, 2], 1)
    back = (excess > 0.0) & (since <= window)
    lost = np.where(back, excess * cost * loss, 0.0)
    return StockHealth(np.array(STATES)[code], cover, excess, units * cost, excess * cost, back, lost)


def _receipt(days: Any) -> Any:
    return np.asarray(np.inf) if days is None else floats("days_since_receipt", days, NON_NEGATIVE)


def stock_ages(
    on_hand: FloatLike, received: FloatLike, ages: FloatLike, *, edges: FloatLike = (30.0, 60.0, 90.0, 180.0)
) -> FloatArray:
    """Return the units on hand by age, with the oldest sold first (库龄).

    Parameters
    ----------
    on_hand : float or array, shape (SKUs,)
        Units, >= 0.
    received : array, shape (deliveries,) or (SKUs, deliveries)
        Units of each past delivery, >= 0.
    ages : array, shape (deliveries,) or (SKUs, deliveries)
        Days since each delivery, >= 0.
    edges : array
        Ends of the age classes in days, rising; the last class is open.

    Returns
    -------
    array, shape (classes,) or (SKUs, classes)
        Units of each class; units that no delivery explains are in the oldest.

    Raises
    ------
    InputError
        If the edges do not rise or a value is negative.

    Notes
    -----
    First in, first out: what is left are the newest deliveries. Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import stock_ages
    >>> stock_ages(120, received=[100, 80, 60], ages=[150, 70, 10]).tolist()
    [60.0, 0.0, 60.0, 0.0, 0.0]
    """
    ends = floats("edges", edges, NON_NEGATIVE)
    if ends.ndim != 1 or ends.size == 0 or np.any(np.diff(ends) <= 0.0):
        fail("edges", None, "rising", reason="order")
    units = floats("on_hand", on_hand, NON_NEGATIVE)
    left, came, days = broadcast(
        on_hand=units[..., None], received=floats("received", received, NON_NEGATIVE),
        ages=floats("ages", ages, NON_NEGATIVE),
    )  # fmt: skip
    order = np.argsort(days, axis=-1, kind="stable")
    came, days = np.take_along_axis(came, order, -1), np.take_along_axis(days, order, -1)
    before = np.cumsum(came, axis=-1) - came
    kept = np.clip(left - before, 0.0, came)
    bucket = np.searchsorted(ends, days, side="left")
    classes = np.stack([np.where(bucket == k, kept, 0.0).sum(axis=-1) for k in range(ends.size + 1)], axis=-1)
    classes[..., -1] += left[..., 0] - kept.sum(axis=-1)
    return classes


def stock_alarms(
    available: FloatLike,
    *,
    threshold: FloatLike = 0.0,
    daily_demand: FloatLike = 0.0,
    cover_days: FloatLike = 0.0,
) -> Any:
    """Return the low-stock alarm of each SKU (库存预警): by an absolute threshold and by days of cover.

    Parameters
    ----------
    available : float or array
        Units that may be sold; 0 or below is out of stock.
    threshold : float or array
        Units below which the alarm goes, >= 0.
    daily_demand, cover_days : float or array
        Units per day, and days of cover below which the alarm goes, >= 0.

    Returns
    -------
    str or array of str
        The gravest that applies: ``"out_of_stock"``, ``"below_threshold"``, ``"below_cover"`` or ``"ok"``.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import stock_alarms
    >>> stock_alarms([0, 4, 30, 500], threshold=5, daily_demand=8, cover_days=7).tolist()
    ['out_of_stock', 'below_threshold', 'below_cover', 'ok']
    """
    units, least, demand, days = broadcast(
        available=floats("available", available), threshold=floats("threshold", threshold, NON_NEGATIVE),
        daily_demand=floats("daily_demand", daily_demand, NON_NEGATIVE),
        cover_days=floats("cover_days", cover_days, NON_NEGATIVE),
    )  # fmt: skip
    code = np.select([units <= 0.0, units < least, units < demand * days], [3, 2, 1], 0)
    return np.array(ALARMS)[code] if units.ndim else ALARMS[int(code)]


@dataclass(frozen=True, slots=True, eq=False)
class Stocktake(ByValue, Result):
    """Differences between the books and the count, in units and in minor units of money.

    Attributes
    ----------
    difference : int or array
        Counted less booked, per SKU.
    value : int or array
        The difference at cost, per SKU.
    surplus_value, shrinkage_value, net_value : int
        Gains (盘盈), losses as a positive number (盘亏), and gains less losses.
    """

    difference: Any
    value: Any
    surplus_value: int
    shrinkage_value: int
    net_value: int


def stocktake(booked: IntLike, counted: IntLike, *, unit_cost: IntLike) -> Stocktake:
    """Return what a stocktake found, by value (盘点): surplus and shrinkage never cancel out.

    Parameters
    ----------
    booked, counted : int or array, shape (SKUs,)
        Units in the books and on the shelf, >= 0.
    unit_cost : int or array
        Cost of a unit in whole minor units, >= 0.

    Returns
    -------
    Stocktake
        Differences per SKU and their sums, exact.

    Raises
    ------
    InputError
        If a number is negative or not whole.
    LimitError
        If a value could leave 64 bits.

    Notes
    -----
    Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import stocktake
    >>> found = stocktake([10, 20, 5], [8, 21, 5], unit_cost=[1250, 300, 999])
    >>> found.surplus_value, found.shrinkage_value, found.net_value
    (300, 2500, -2200)
    """
    from shopcore._arrays import guard_range, minors

    books, shelf, cost = broadcast(
        booked=minors("booked", booked, low=0), counted=minors("counted", counted, low=0),
        unit_cost=minors("unit_cost", unit_cost, low=0),
    )  # fmt: skip
    difference = shelf - books
    rows = max(int(difference.size), 1)
    guard_range("unit_cost", cost, rows * max(int(np.abs(difference).max()) if difference.size else 0, 1))
    value = difference * cost
    up, down = int(value[value > 0].sum()), int(-value[value < 0].sum())
    scalar = value.ndim == 0
    return Stocktake(give_back(difference, scalar=scalar), give_back(value, scalar=scalar), up, down, up - down)
