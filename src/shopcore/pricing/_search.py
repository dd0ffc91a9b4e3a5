"""Where the profit first meets a target, exactly: only prices near a crossing are ever evaluated.

In a piece the unrounded surplus is a straight line and rounding moves it by at most E. So prices where the line is
above +E meet the target, prices where it is below -E miss it, and only those between are tested one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import lcm
from typing import Final, NoReturn, TypeAlias

from shopcore.errors import LimitError
from shopcore.pricing._endings import PriceEnding
from shopcore.pricing._pieces import Pieces, pieces_of
from shopcore.pricing._plan import Curve

# First and last price.
Span: TypeAlias = tuple[int, int]
Window: TypeAlias = tuple[Span, Span | None]
# Start and end of a piece, slope and value of the unrounded surplus in it.
StraightLine: TypeAlias = tuple[int, int | None, int, int]
# Prices of a piece tested one by one before the search gives up; a normal table needs about ten.
MAX_TESTS: Final = 20_000


@dataclass(slots=True)
class Goal:
    """The target ``profit_weight x profit - net_weight x net - gross_weight x gross >= floor``, all whole numbers."""

    profit_weight: int
    net_weight: int
    gross_weight: int
    floor: int


class Search:
    """One curve and one goal, ready to be asked for the first price that meets or misses it."""

    __slots__ = ("base", "curve", "error", "goal", "lattice", "lines", "period", "pieces")

    def __init__(self, curve: Curve, goal: Goal, lattice: PriceEnding | None = None) -> None:
        self.curve, self.goal, self.lattice = curve, goal, lattice
        pieces = self.pieces = pieces_of(curve.plan, curve.quantity)
        taken = curve.still * pieces.scale
        for (_, _, extra, _), share in zip(curve.moving, pieces.item_shares, strict=True):
            taken += extra * share
        self.base = goal.profit_weight * taken + goal.floor * pieces.scale
        self.error = error_of(pieces, goal)
        self.lines = self._lines()
        self.period = period_of(pieces, lattice)

    def surplus(self, price: int) -> int:
        """Return by how much the goal is met at a price, exactly; negative where it is missed."""
        gross, net, profit = self.curve.profit(price)
        goal = self.goal
        return goal.profit_weight * profit - goal.net_weight * net - goal.gross_weight * gross - goal.floor

    def _lines(self) -> list[StraightLine]:
        goal, pieces = self.goal, self.pieces
        weight, base = goal.profit_weight, self.base
        off = goal.net_weight * pieces.net_slope + goal.gross_weight * pieces.gross_slope
        return [
            (piece.start, piece.end, weight * piece.slope - off, weight * piece.value - base) for piece in pieces.pieces
        ]

    def first_meeting(self, low: int, high: int) -> int | None:
        """Return the lowest allowed price from `low` to `high` that meets the goal."""
        return self._first(low, high, missing=False)

    def first_missing(self, low: int, high: int) -> int | None:
        """Return the lowest allowed price from `low` to `high` that misses the goal."""
        return self._first(low, high, missing=True)

    def last_missing(self, low: int, high: int) -> int | None:
        """Return the highest allowed price from `low` to `high` that misses the goal."""
        for window in self._windows(reversed(self.lines), low, high, missing=True, upward=False):
            found = self._walk(*window, missing=True, step=-1)
            if found is not None:
                return found
        return None

    def _first(self, low: int, high: int, *, missing: bool) -> int | None:
        for window in self._windows(self.lines, low, high, missing=missing):
            found = self._walk(*window, missing=missing, step=1)
            if found is not None:
                return found
        return None

    def _windows(
        self, lines: Iterable[StraightLine], low: int, high: int, *, missing: bool, upward: bool = True
    ) -> Iterator[Window]:
        # In each piece: the prices that may be wanted, and those that certainly are. Pieces that are not reached
        # cost nothing.
        error = self.error
        for start, end, slope, value in lines:
            first = start if start > low else low
            last = high if end is None or end > high else end
            if first > last:
                continue
            if slope == 0:
                first, last = one_period(first, last, self.period, upward=upward)
            up, at = (-slope, -value) if missing else (slope, value)
            possible = at_least(up, at, missing - error, first, last)
            if possible is not None:
                yield possible, at_least(up, at, missing + error, first, last)

    def _walk(self, possible: Span, sure: Span | None, *, missing: bool, step: int) -> int | None:
        lattice, (low, high) = self.lattice, possible
        price = low if step > 0 else high
        if lattice is not None:
            price = lattice.next(price) if step > 0 else lattice.previous(price)
        for _ in range(MAX_TESTS):
            if not low <= price <= high:
                return None
            if sure is not None and sure[0] <= price <= sure[1]:
                return price
            surplus = self.surplus(price)
            if (surplus < 0) == missing:
                return price
            price += self._stride(surplus, step, missing=missing)
            if lattice is not None:
                price = lattice.next(price) if step > 0 else lattice.previous(price)
        return refuse_flat()

    def _stride(self, surplus: int, step: int, *, missing: bool) -> int:
        # In a piece no fee falls as the price rises, and net rises by the quantity at most: so a surplus closes at
        # `fastest` a step or slower, and prices nearer than that need no look. Upward, fees may jump: step by one.
        if step > 0 and missing:
            return 1
        fastest = (self.goal.profit_weight - self.goal.net_weight) * self.curve.quantity
        return max(1, -(surplus // fastest)) if step > 0 else -(surplus // fastest + 1)


def period_of(pieces: Pieces, lattice: PriceEnding | None) -> int:
    """Return after how many minor units all roundings repeat, and the endings with them."""
    return pieces.scale // 2 if lattice is None else lcm(pieces.scale // 2, lattice.modulus)


def one_period(first: int, last: int, period: int, *, upward: bool) -> Span:
    """Return the part of a level piece that decides for all of it: there the surplus repeats with the roundings."""
    return (first, min(last, first + period - 1)) if upward else (max(first, last - period + 1), last)


def refuse_flat() -> NoReturn:
    """Refuse a target so near to what the fees leave of every further cent that prices cannot be told apart."""
    raise LimitError(
        f"target must be decided within {MAX_TESTS} prices tested; here fees and target take all but nothing of a "
        "higher price, so that rounding alone decides; narrow `lo` and `hi`, or change the target a little",
        argument="target",
        expected=f"decided within {MAX_TESTS} prices",
        reason="flat",
    )


def error_of(pieces: Pieces, goal: Goal) -> int:
    """Return the most that rounding moves the surplus, at the pieces' scale."""
    return (
        goal.profit_weight * pieces.profit_error
        + abs(goal.net_weight) * pieces.net_error
        + abs(goal.gross_weight) * pieces.gross_error
    )


def at_least(slope: int, value: int, limit: int, first: int, last: int) -> tuple[int, int] | None:
    """Return the prices of ``first .. last`` where ``slope x price + value >= limit``; None where there are none.

    Examples
    --------
    >>> at_least(2, -10, 0, 1, 100), at_least(-2, 10, 0, 1, 100), at_least(0, -1, 0, 1, 100)
    ((5, 100), (1, 5), None)
    """
    if slope > 0:
        first = max(first, -((value - limit) // slope))
    elif slope < 0:
        last = min(last, (value - limit) // -slope)
    elif value < limit:
        return None
    return (first, last) if first <= last else None
