"""The waterfall over columns: the same compiled lines on int64 minor units, in blocks that stay in the cache."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from shopcore._arrays import broadcast, check_rows, fail_rows, guard_range, minors, round_div
from shopcore._checks import fail, integer
from shopcore.errors import LimitError
from shopcore.models._result import Result
from shopcore.pricing._component import LEVELS, MAX_AMOUNT, Level
from shopcore.pricing._fees import plan_of
from shopcore.pricing._freight import MAX_GRAMS
from shopcore.pricing._item import MAX_QUANTITY
from shopcore.pricing._lines import Parcel, Term
from shopcore.pricing._plan import Plan
from shopcore.pricing._waterfall import MAX_PRICE, Bar, bars_of, chart

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.typing import FloatArray, IntArray, IntLike, MinorArray

BLOCK: Final = 32_768
MAX_VOLUME: Final = 10**12
MAX_TABLES: Final = 10_000
# A column, or one number for all rows.
Column: TypeAlias = "IntArray | int"


@dataclass(frozen=True, slots=True, eq=False)
class Items(Result):
    """Columns of items: what `Item` is for one row. Each is an array of n rows or one number for all.

    Attributes
    ----------
    unit_cost : int64 array
        Minor units of the fee table's currency, zero or positive.
    quantity : int64 array
        Units sold in the order, at least 1.
    weight : int64 array
        Grams of one unit.
    volume : int64 array
        Cubic millimetres of one unit; 0 where unknown.
    region : str, or sequence of str or None, optional
        Names of the freight templates' regions.
    """

    unit_cost: IntLike
    quantity: IntLike = 1
    weight: IntLike = 0
    volume: IntLike = 0
    region: str | Sequence[str | None] | None = None


@dataclass(slots=True)
class Rows:
    """Checked columns of one length: prices and what the items add, times the quantity already."""

    size: int
    price: Column
    quantity: Column
    cost: Column
    weight: Column
    volume: Column
    region: Column
    regions: tuple[str, ...]
    # How many rows the caller handed in, and how these were picked among them, one pick after the other.
    whole: int
    picks: tuple[Any, ...] = ()

    def part(self, rows: Any) -> Rows:
        """Return some of the rows."""
        names = ("price", "quantity", "cost", "weight", "volume", "region")
        parts = {name: cut(getattr(self, name), rows) for name in names}
        size = len(range(*rows.indices(self.size))) if isinstance(rows, slice) else len(rows)
        return Rows(size, regions=self.regions, whole=self.whole, picks=(*self.picks, rows), **parts)

    def spread(self, values: Any, among: Any = slice(None)) -> Any:
        """Return values of these rows (or of those `among` them) at the caller's positions, zero or empty elsewhere."""
        positions = np.arange(self.whole)
        for picked in (*self.picks, among):
            positions = positions[picked]
        found = np.zeros(self.whole, dtype=np.asarray(values).dtype)
        found[positions] = values
        return found

    def guard(self, argument: str, values: Any, factor: int, *, limit: int, among: Any = slice(None)) -> None:
        """Refuse rows where a product could leave int64, by the positions the caller knows them by."""
        # The ends of a column decide almost always; only a refusal needs the positions.
        if factor > 0 and np.size(values) and max(int(np.max(values)), -int(np.min(values))) > limit // factor:
            guard_range(argument, self.spread(values, among), factor, limit=limit)


def rows_of(price: IntLike, items: Items, **others: object) -> Rows:
    """Return the checked rows of prices and items.

    Raises
    ------
    InputError
        If a column holds floats or values outside its range; `positions` names the rows.
    """
    if not isinstance(items, Items):
        fail("items", items, "an Items", reason="type")
    columns = {
        "price": minors("price", price, low=0, high=MAX_PRICE),
        "unit_cost": _secret(items.unit_cost),
        "quantity": minors("quantity", items.quantity, low=1, high=MAX_QUANTITY),
        "weight": minors("weight", items.weight, low=0, high=MAX_GRAMS),
        "volume": minors("volume", items.volume, low=0, high=MAX_VOLUME),
    }
    codes, names = _region_codes(items.region)
    along = {name: np.asarray(column) for name, column in others.items() if column is not None}
    every = {**columns, "region": np.asarray(codes), **along}
    for name, column in every.items():
        if column.ndim > 1:
            fail(name, column.shape, "of one dimension", reason="shape")
    shape = broadcast(**every)[0].shape
    size = shape[0] if shape else 1
    check_rows("price", size)
    price_, cost, quantity, weight, volume = (_column(column) for column in columns.values())
    # At most 10**12 x 10**6: a product of two checked columns cannot leave int64.
    if not isinstance(quantity, int) or quantity != 1:
        cost, weight, volume = cost * quantity, weight * quantity, volume * quantity
    return Rows(size, price_, quantity, cost, weight, volume, _column(codes), names, size)


def cut(column: Column, at: Any) -> Column:
    """Return some rows of a column; a number for all rows is itself."""
    return column if isinstance(column, int) else column[at]


def _column(values: Any) -> Column:
    # One number stands for all rows, and costs no memory.
    column: Column = int(np.asarray(values).item()) if np.size(values) == 1 else values
    return column


def _secret(unit_cost: IntLike) -> IntArray:
    cost = minors("unit_cost", unit_cost)
    bad = (cost < 0) | (cost > MAX_AMOUNT)
    if bad.any():
        # The value is a cost price and stays out of the message.
        fail_rows("unit_cost", np.atleast_1d(bad), np.where(np.atleast_1d(bad), "hidden", ""), f"0 to {MAX_AMOUNT}")
    return cost


def _region_codes(region: str | Sequence[str | None] | None) -> tuple[Column, tuple[str, ...]]:
    if region is None:
        return 0, ()
    if isinstance(region, str):
        return 1, (region,)
    known: dict[str | None, int] = {None: 0}
    codes = np.array([known.setdefault(name, len(known)) for name in region], dtype=np.int64)
    return codes, tuple(name for name in known if name is not None)


@dataclass(frozen=True, slots=True, eq=False)
class WaterfallColumns(Result):
    """Waterfalls of many rows: gross = tax + all lines + profit in each, exactly.

    Attributes
    ----------
    gross, net, profit : int64 array, shape (n,)
        Minor units.
    names : tuple of str
        Lines, the goods first.
    levels : tuple of str
        Margin level of each line.
    amounts : tuple of int64 arrays
        What each line takes, in the order of `names`.
    """

    gross: MinorArray
    net: MinorArray
    profit: MinorArray
    names: tuple[str, ...]
    levels: tuple[Level, ...]
    amounts: tuple[MinorArray, ...]

    @property
    def tax(self) -> MinorArray:
        """Gross less net."""
        return self.gross - self.net

    def line(self, name: str) -> MinorArray:
        """Return the amounts of one line."""
        if name not in self.names:
            fail("name", name, "one of " + ", ".join(self.names), reason="unknown_fee")
        return self.amounts[self.names.index(name)]

    def contribution(self, level: Level) -> MinorArray:
        """Return the margin after a level: cm1, cm2, cm3, or the profit for ``"overhead"``."""
        left = self.net.copy()
        upto = LEVELS[: LEVELS.index(level) + 1]
        for kind, amount in zip(self.levels, self.amounts, strict=True):
            if kind in upto:
                left -= amount
        return left

    @property
    def margin(self) -> FloatArray:
        """Profit over net as floats, for display and sorting; NaN where net is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.net != 0, self.profit / self.net, np.nan)

    def to_columns(self) -> dict[str, MinorArray]:
        """Return every column by name, ready for a data frame; lines as ``line: name``."""
        lines = {f"line: {name}": amount for name, amount in zip(self.names, self.amounts, strict=True)}
        return {"gross": self.gross, "tax": self.tax, "net": self.net, **lines, "profit": self.profit}

    def explain(self) -> str:
        """Return the totals of all rows."""
        shown = [(name, amount) for name, amount, *_ in self._bars()]
        width = max(len(name) for name, _ in shown)
        rows = [f"{name:<{width}}  {amount:>20,}" for name, amount in shown]
        return "\n".join([f"{len(self.gross)} rows; totals in minor units", *rows])

    def _bars(self) -> list[Bar]:
        totals = [whole_sum(amount) for amount in self.amounts]
        lines = list(zip(self.names, self.levels, totals, strict=True))
        return bars_of(whole_sum(self.gross), whole_sum(self.net), lines)

    def _repr_html_(self) -> str:
        """Return the totals as a small chart; names are escaped."""
        return chart(f"{len(self.gross):,} waterfalls, totals in minor units", self._bars(), lambda minor: f"{minor:,}")


def whole_sum(column: IntArray) -> int:
    """Return the sum of a column, whatever its size: numpy's own would wrap at 64 bits."""
    return (int((column >> 32).sum()) << 32) + int((column & 0xFFFF_FFFF).sum())


def tables_of(fees: FeeTable | Sequence[FeeTable], which: IntLike | None, size: int) -> Iterator[tuple[Plan, Any]]:
    """Yield each plan with its rows: all of them for one table, else those where `which` holds its position."""
    if not isinstance(fees, Sequence):
        yield plan_of(fees), slice(0, size)
        return
    if not 1 <= len(fees) <= MAX_TABLES:
        integer("fees", len(fees), low=1, high=MAX_TABLES)
    if which is None:
        fail("which", None, "the position of each row's table, as there are several", reason="missing")
    if len({plan_of(table).currency for table in fees}) != 1:
        fail("fees", fees, "tables of one currency", reason="currency_mismatch")
    chosen = np.broadcast_to(minors("which", which, low=0, high=len(fees) - 1), (size,))
    order = np.argsort(chosen, kind="stable")
    ends = np.searchsorted(chosen[order], np.arange(len(fees) + 1))
    for position, table in enumerate(fees):
        rows = order[ends[position] : ends[position + 1]]
        if rows.size:
            yield plan_of(table), rows


def check_fit(plan: Plan, rows: Rows, total: Column, freight: Column) -> None:
    """Refuse, before anything is multiplied, rows that could leave int64; names the rows."""
    lines = len(plan.terms) + 2
    largest = {"total": 2 * lines, "cost": 2 * lines, "freight": 2 * lines, "unit": 1, "offset": 0}
    for term in plan.terms:
        if type(term) is not Term:
            continue
        # A gross price with tax on top is at most twice the price asked.
        steep = 4 * max(abs(numerator) for numerator in term.numerators)
        largest["total"] = max(largest["total"], steep)
        largest["cost"] = max(largest["cost"], 2 * abs(term.by_cost))
        largest["freight"] = max(largest["freight"], 2 * abs(term.by_freight))
        largest["unit"] = max(largest["unit"], 2 * abs(term.by_unit))
        largest["offset"] = max(largest["offset"], 2 * max(abs(o) for o in term.offsets) + term.denominator)
    largest["total"] = max(largest["total"], 2 * plan.tax_whole)
    if largest["offset"] > 2**60:
        raise LimitError(
            "fees must have smaller denominators to stay exact in int64", argument="fees", reason="overflow"
        )
    # The five parts of a numerator together stay below 2**63.
    for name, values, limit in (
        ("price", total, 2**62),
        ("unit_cost", rows.cost, 2**61),
        ("weight", freight, 2**59),
        ("quantity", rows.quantity, 2**58),
    ):
        key = {"price": "total", "unit_cost": "cost", "weight": "freight", "quantity": "unit"}[name]
        rows.guard(name, values, largest[key], limit=limit)


def parcel_fee(parcel: Parcel, rows: Rows, room: IntArray | None = None) -> Column:
    """Return a freight line for each row, written into `room` if there is one: the twin of `Parcel.fee`."""
    once, each = _surcharges(parcel, rows)
    dearest = max(1, parcel.step_fee + (int(np.max(each)) if np.size(each) else 0))
    rows.guard("weight", rows.weight, dearest, limit=2**57 * parcel.step_weight)
    rows.guard("volume", rows.volume, dearest, limit=2**57 * parcel.step_weight * (parcel.divisor or 2**60))
    columns: tuple[Column, ...] = (rows.weight, rows.volume, once, each)
    if all(isinstance(column, int) for column in columns):
        return int(_fee(parcel, *columns))
    fee = np.empty(rows.size, dtype=np.int64) if room is None else room
    for at in blocks(rows.size):
        fee[at] = _fee(parcel, *(cut(column, at) for column in columns))
    return fee


def _fee(parcel: Parcel, weight: Any, volume: Any, once: Any, each: Any) -> Any:
    if parcel.divisor is not None:
        weight = np.maximum(weight, -(-volume // parcel.divisor))
    steps = -(-(weight - parcel.first_weight) // parcel.step_weight)
    return parcel.first_fee + once + (parcel.step_fee + each) * np.maximum(steps, 0)


def blocks(size: int) -> Iterator[slice]:
    """Yield slices that stay in the cache."""
    for start in range(0, size, BLOCK):
        yield slice(start, min(start + BLOCK, size))


def _surcharges(parcel: Parcel, rows: Rows) -> tuple[Any, Any]:
    if not rows.regions:
        return 0, 0
    used = np.unique(rows.region)
    for code in used[used > 0].tolist():
        if rows.regions[code - 1] not in parcel.regions:
            here = np.asarray(rows.region)
            bad, names = rows.spread(here == code), rows.spread(np.array(["", *rows.regions])[here])
            fail_rows("region", bad, names, "one of the template's regions", reason="unknown_region")
    pairs = [(0, 0), *(parcel.regions.get(name, (0, 0)) for name in rows.regions)]
    table = np.array(pairs, dtype=np.int64)
    return _column(table[rows.region, 0]), _column(table[rows.region, 1])


def charge(term: Term, base: IntArray, beside: Column, out: IntArray) -> None:
    """Write a line that depends on the price: the twin of `Term.at`, in place."""
    first, last = 0, 0
    if term.edges and base.size:
        # Segments that no row of the block falls in are left out: often one is left, and often no minimum binds.
        first, last = (bisect_left(term.edges, int(end)) for end in (base.min(), base.max()))
    if first == last:
        np.multiply(base, term.numerators[first], out=out)
        beside = beside + term.offsets[first]
    else:
        segment = (base > term.edges[first]).astype(np.intp)
        for edge in term.edges[first + 1 : last]:
            segment += base > edge
        offsets = term.offsets[first : last + 1]
        np.take(np.array(term.numerators[first : last + 1], dtype=np.int64), segment, out=out, mode="clip")
        np.multiply(out, base, out=out)
        if min(offsets) == max(offsets):
            beside = beside + offsets[0]
        else:
            np.add(out, np.array(offsets, dtype=np.int64).take(segment, mode="clip"), out=out)
    divide(term, out, beside)


def divide(term: Term, out: IntArray, beside: Column) -> None:
    """Round a numerator and what the item adds to it by the line's denominator, in place."""
    shift = term.shift
    if shift < 0:
        np.add(out, beside, out=out)
        out[...] = round_div(out, term.denominator, term.rounding)
        return
    beside = beside + shift
    if isinstance(beside, np.ndarray) or beside:
        np.add(out, beside, out=out)
    if term.denominator != 1:
        np.floor_divide(out, term.denominator, out=out)


def beside(term: Term, rows: Rows, freight: Column) -> Column:
    """Return what the item adds to a line's numerator: the twin of `Term.beside`."""
    found: Column = 0
    for factor, column in ((term.by_cost, rows.cost), (term.by_freight, freight), (term.by_unit, rows.quantity)):
        if factor:
            found = found + (column if factor == 1 else factor * column)
    return found


def split(plan: Plan, total: IntArray, net: IntArray) -> tuple[IntArray, IntArray]:
    """Return gross and net of asked totals; `net` is used for what has to be rounded."""
    if plan.tax_net == plan.tax_whole:
        return total, total
    if plan.tax_included:
        _scaled(total, plan.tax_net, plan.tax_whole, plan, net)
        return total, net
    _scaled(total, plan.tax_whole - plan.tax_net, plan.tax_net, plan, net)
    np.add(net, total, out=net)
    return net, total


def _scaled(total: IntArray, top: int, bottom: int, plan: Plan, out: IntArray) -> None:
    np.multiply(total, top, out=out)
    if plan.tax_rounding == "half_up":
        np.add(out, bottom // 2, out=out)
        np.floor_divide(out, bottom, out=out)
    else:
        out[...] = round_div(out, bottom, plan.tax_rounding)
