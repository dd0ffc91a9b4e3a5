"""The search of `_search` over columns: where rows first meet a target, and where they last miss it.

Windows are found in floating point and made wider by more than its error; whether a price meets the target is decided
in integers, so rows equal the scalar search exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shopcore.pricing._columns import Column, Rows, beside, check_fit, cut, divide, parcel_fee, split
from shopcore.pricing._endings import PriceEnding
from shopcore.pricing._lines import Parcel, Term
from shopcore.pricing._pieces import Piece, pieces_of
from shopcore.pricing._plan import Curve, Plan
from shopcore.pricing._search import MAX_TESTS, error_of, period_of
from shopcore.pricing._target import Target
from shopcore.pricing._waterfall import MAX_PRICE

if TYPE_CHECKING:
    from shopcore.typing import FloatArray, IntArray

# What stands for "no such price", and for "rounding alone decides, and the prices tried do not tell".
NONE: Final = -1
UNDECIDED: Final = -2


class ColumnSearch:
    """Rows of one plan and quantity with one target: the twin of `Search`."""

    def __init__(self, plan: Plan, quantity: int, rows: Rows, target: Target, endings: PriceEnding | None) -> None:
        self.plan, self.quantity, self.rows, self.endings = plan, quantity, rows, endings
        # The goal in whole numbers; only a markup's floor depends on the row.
        self.goal = target.goal(Curve(plan, quantity, 0, (), (), 0, (), ()))
        self.floor: Column = self.goal.floor
        if target.kind == "markup":
            rows.guard("unit_cost", rows.cost, target.rate.numerator, limit=2**60)
            self.floor = target.rate.numerator * rows.cost
        self.pieces = pieces_of(plan, quantity)
        self.terms: list[tuple[Term, Column]] = []
        self.still = self._fill()
        self.fastest = (self.goal.profit_weight - self.goal.net_weight) * quantity
        self.ceiling = self._ceiling()
        self.error, self.base = self._lines()
        self.period = period_of(self.pieces, endings)

    def _fill(self) -> Column:
        parcels = [parcel_fee(term, self.rows) for term in self.plan.terms if isinstance(term, Parcel)]
        freight: Column = sum(parcels)
        check_fit(self.plan, self.rows, 0, freight)
        still: Column = freight
        for term in self.plan.terms:
            if not isinstance(term, Term):
                continue
            extra = beside(term, self.rows, freight)
            if term.base != "none":
                self.terms.append((term, extra))
            elif isinstance(extra, int):
                still = still + term.at(0, extra)
            else:
                amount = np.full(self.rows.size, term.offsets[0], dtype=np.int64)
                divide(term, amount, extra)
                still = still + amount
        return still

    def _ceiling(self) -> int:
        # The highest price whose surplus surely fits int64; prices above it are refused before they are evaluated.
        goal = self.goal
        weight = goal.profit_weight + abs(goal.net_weight) + abs(goal.gross_weight)
        steep = max([4, *(4 * max(term.numerators) for term, _ in self.terms)])
        terms = 4 * (len(self.terms) + 2) * weight
        largest = max(2 * self.plan.tax_whole, steep, terms)
        self.rows.guard("unit_cost", self.still, 4 * weight, limit=2**62)
        return 2**62 // (largest * self.quantity)

    def _lines(self) -> tuple[float, FloatArray]:
        # What rounding may move, and what the item takes, both in minor units times the goal's weight.
        scale, goal = self.pieces.scale, self.goal
        taken: Any = np.asarray(self.still, dtype=float)
        for (_, extra), share in zip(self.terms, self.pieces.item_shares, strict=True):
            if not isinstance(extra, int) or extra:
                taken = taken + np.asarray(extra, dtype=float) * (share / scale)
        base = float(goal.profit_weight) * taken + np.asarray(self.floor, dtype=float)
        return float(Fraction(error_of(self.pieces, goal), scale)), np.broadcast_to(base, (self.rows.size,))

    def up(self, price: IntArray) -> IntArray:
        """Return the allowed prices at or above."""
        return next_allowed(self.endings, price)

    def down(self, price: IntArray) -> IntArray:
        """Return the allowed prices at or below."""
        return previous_allowed(self.endings, price)

    def first(self, low: IntArray, high: IntArray) -> IntArray:
        """Return the lowest allowed price from `low` to `high` that meets the goal; -1 where none, -2 undecided."""
        return self._search(low, high, step=1)

    def last_missing(self, low: IntArray, high: IntArray) -> IntArray:
        """Return the highest allowed price from `low` to `high` that misses the goal; -1 where none, -2 undecided."""
        return self._search(low, high, step=-1)

    def surplus_at(self, price: IntArray) -> IntArray:
        """Return by how much the goal is met at one price for each row, in whichever piece it lies."""
        found = np.empty(len(price), dtype=np.int64)
        for piece in self.pieces.pieces:
            end = MAX_PRICE if piece.end is None else piece.end
            rows = np.flatnonzero((price >= piece.start) & (price <= end))
            if rows.size:
                found[rows] = self._surplus(piece, price[rows], rows)
        return found

    def _search(self, low: IntArray, high: IntArray, *, step: int) -> IntArray:
        found = np.full(self.rows.size, NONE, dtype=np.int64)
        pieces = self.pieces.pieces if step > 0 else self.pieces.pieces[::-1]
        for piece in pieces:
            end = MAX_PRICE if piece.end is None else piece.end
            first, last = np.maximum(low, piece.start), np.minimum(high, end)
            rows = np.flatnonzero((found == NONE) & (first <= last))
            if rows.size:
                self._walk(piece, (first[rows], last[rows]), rows, found, step)
        return found

    def _walk(self, piece: Piece, span: tuple[IntArray, IntArray], rows: IntArray, found: IntArray, step: int) -> None:
        low, high = self._window(piece, span, rows, wanted=step)
        price = self.up(low) if step > 0 else self.down(high)
        for _ in range(MAX_TESTS):
            inside = (price <= high) & (price >= low)
            if not inside.all():
                price, low, high, rows = price[inside], low[inside], high[inside], rows[inside]
            if not rows.size:
                return
            surplus = self._surplus(piece, price, rows)
            hit = surplus >= 0 if step > 0 else surplus < 0
            found[rows[hit]] = price[hit]
            go = ~hit
            price, low, high, rows, surplus = price[go], low[go], high[go], rows[go], surplus[go]
            # As in `_search`: nearer prices cannot close the surplus.
            if step > 0:
                price = self.up(price + np.maximum(1, -(surplus // self.fastest)))
            else:
                price = self.down(price - (surplus // self.fastest + 1))
        found[rows] = UNDECIDED

    def _window(
        self, piece: Piece, span: tuple[IntArray, IntArray], rows: IntArray, *, wanted: int
    ) -> tuple[IntArray, IntArray]:
        # Prices that may meet (wanted > 0) or miss the goal: where the line is on the right side of the error.
        goal, scale = self.goal, self.pieces.scale
        off = goal.net_weight * self.pieces.net_slope + goal.gross_weight * self.pieces.gross_slope
        slope = float(Fraction(wanted * (goal.profit_weight * piece.slope - off), scale))
        value = wanted * (float(Fraction(goal.profit_weight * piece.value, scale)) - self.base[rows])
        first, last = span
        if slope == 0.0:
            # In a level piece the surplus repeats with the roundings, so one period decides.
            if wanted > 0:
                last = np.minimum(last, first + (min(self.period, MAX_PRICE) - 1))
            else:
                first = np.maximum(first, last - (min(self.period, MAX_PRICE) - 1))
            reach = self._slack(value, 0.0) + value + self.error
            return first, np.where(reach >= 0, last, first - 1)
        edge = -(value + self.error) / slope
        wide = 2 + np.abs(edge) * 1e-9 + self._slack(value, slope) / abs(slope)
        edge = np.clip(edge, -2.0 * MAX_PRICE, 2.0 * MAX_PRICE)
        wide = np.minimum(wide, 4.0 * MAX_PRICE)
        if slope > 0:
            return np.maximum(first, np.floor(edge - wide).astype(np.int64)), last
        return first, np.minimum(last, np.ceil(edge + wide).astype(np.int64))

    def _slack(self, value: FloatArray, slope: float) -> Any:
        # More than what floating point can be off by: a few units in the last place of the largest part.
        return 1e-14 * (np.abs(value) + abs(slope) + float(np.max(np.abs(self.base), initial=0.0)) + self.error)

    def _surplus(self, piece: Piece, price: IntArray, rows: IntArray) -> IntArray:
        self.rows.guard("price", price, 1, limit=self.ceiling, among=rows)
        plan, quantity, goal = self.plan, self.quantity, self.goal
        total = price * quantity if quantity != 1 else price
        gross, net = split(plan, total, np.empty_like(total))
        one_gross, one_net = gross, net
        if quantity != 1 and any(term.per_unit for term, _ in self.terms):
            one_gross, one_net = split(plan, price, np.empty_like(price))
        profit = net - cut(self.still, rows)
        amount = np.empty_like(price)
        for (term, extra), segment in zip(self.terms, piece.segments, strict=True):
            alone = term.per_unit and quantity != 1
            base = (one_gross if alone else gross) if term.base == "gross" else (one_net if alone else net)
            np.multiply(base, term.numerators[segment], out=amount)
            divide(term, amount, cut(extra, rows) + term.offsets[segment])
            profit -= amount * quantity if alone else amount
        if goal.profit_weight != 1:
            profit *= goal.profit_weight
        if goal.net_weight:
            profit -= goal.net_weight * net
        if goal.gross_weight:
            profit -= goal.gross_weight * gross
        profit -= cut(self.floor, rows)
        return profit


def next_allowed(endings: PriceEnding | None, price: IntArray) -> IntArray:
    """Return the allowed prices at or above: the twin of `PriceEnding.next`."""
    if endings is None:
        return price
    whole, rest = np.divmod(price, endings.modulus)
    residues = np.array([*endings.residues, endings.modulus + endings.residues[0]], dtype=np.int64)
    return whole * endings.modulus + residues[np.searchsorted(residues[:-1], rest)]


def previous_allowed(endings: PriceEnding | None, price: IntArray) -> IntArray:
    """Return the allowed prices at or below: the twin of `PriceEnding.previous`."""
    if endings is None:
        return price
    whole, rest = np.divmod(price, endings.modulus)
    residues = np.array([endings.residues[-1] - endings.modulus, *endings.residues], dtype=np.int64)
    return whole * endings.modulus + residues[np.searchsorted(residues[1:], rest, side="right")]
