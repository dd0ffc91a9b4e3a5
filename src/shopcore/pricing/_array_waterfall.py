"""`waterfall` for many rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from shopcore._checks import fail
from shopcore.pricing._columns import (
    Column,
    Items,
    Rows,
    WaterfallColumns,
    beside,
    blocks,
    charge,
    check_fit,
    cut,
    divide,
    parcel_fee,
    rows_of,
    split,
    tables_of,
)
from shopcore.pricing._component import Level
from shopcore.pricing._lines import Parcel, Term
from shopcore.pricing._plan import Plan

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.typing import IntArray, IntLike

__all__ = ["waterfall"]


def waterfall(
    price: IntLike, fees: FeeTable | Sequence[FeeTable], items: Items, *, which: IntLike | None = None
) -> WaterfallColumns:
    """Return many sales from the gross price to the profit, line by line: the twin of `shopcore.pricing.waterfall`.

    Parameters
    ----------
    price : int64 array, shape (n,)
        Asked price of one unit, minor units.
    fees : FeeTable, or sequence of FeeTable
        One table for all rows, or several of one currency.
    items : Items
        Columns of cost, quantity, weight, volume, region.
    which : int array, shape (n,), optional
        Position of each row's table, where there are several; a line that a table lacks is 0.

    Returns
    -------
    WaterfallColumns
        Equal to the scalar function row by row, to the minor unit.

    Raises
    ------
    InputError
        If a column holds floats, negatives or an unknown region; `positions` names the rows.
    LimitError
        If a product could leave int64; nothing was computed.

    Notes
    -----
    Exact integers in blocks of 32,768 rows. Lines that are the same for all rows take no memory.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Percent, Tax
    >>> ads = Percent(name="advertising", level="cm3", rate="10%")
    >>> tax = Tax(rate="13%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), tax=tax, fees=[ads])
    >>> columns = waterfall([9990, 4990], fees, Items(unit_cost=[3520, 4000]))
    >>> columns.profit.tolist(), columns.line("advertising").tolist()
    ([4322, -83], [999, 499])
    """
    rows = rows_of(price, items, which=which)
    groups = list(tables_of(fees, which, rows.size))
    return _one(groups[0][0], rows) if not isinstance(fees, Sequence) else _several(groups, rows)


def _one(plan: Plan, rows: Rows) -> WaterfallColumns:
    size, terms = rows.size, plan.terms
    # Room for every line, profit and net in one piece: only what is written to costs memory, and it is paged in fast.
    room = np.empty((len(terms) + 2, size), dtype=np.int64)
    total = rows.price if isinstance(rows.quantity, int) and rows.quantity == 1 else rows.price * rows.quantity
    parcels = {i: parcel_fee(term, rows, room[i]) for i, term in enumerate(terms) if isinstance(term, Parcel)}
    freight: Column = sum(parcels.values())
    check_fit(plan, rows, total, freight)
    asked = np.broadcast_to(np.asarray(total, dtype=np.int64), (size,))
    still, moving = _sorted_lines(plan, rows, parcels, freight)
    outs = {index: room[index] for index in moving}
    same = sum(amount for amount in still.values() if isinstance(amount, int))
    taken = [amount for amount in (*still.values(), *outs.values()) if not isinstance(amount, int)]
    profit, rounded = room[-2:] if plan.tax_net != plan.tax_whole else (room[-1], asked)
    for at in blocks(size):
        gross, net = split(plan, asked[at], rounded[at])
        _block(plan, rows.part(at), (gross, net), {i: out[at] for i, out in outs.items()}, cut(freight, at))
        left = profit[at]
        np.subtract(net, same, out=left)
        for amount in taken:
            left -= amount[at]
    gross, net = (asked, rounded) if plan.tax_included else (rounded, asked)
    lines = [outs[i] if i in outs else np.broadcast_to(np.asarray(still[i]), (size,)) for i in range(len(terms))]
    return WaterfallColumns(gross, net, profit, plan.names, plan.levels, tuple(lines))


def _sorted_lines(
    plan: Plan, rows: Rows, parcels: dict[int, Column], freight: Column
) -> tuple[dict[int, Column], list[int]]:
    # Lines that need no work row by row, and the positions of the others.
    still, moving = dict(parcels), []
    same = isinstance(rows.cost, int) and isinstance(freight, int) and isinstance(rows.quantity, int)
    for index, term in enumerate(plan.terms):
        if not isinstance(term, Term):
            continue
        if index == 0:
            still[index] = rows.cost
        elif term.base == "none" and (same or not term.needs_item):
            still[index] = term.at(0, int(beside(term, rows, freight)))
        else:
            moving.append(index)
    return still, moving


def _block(
    plan: Plan, rows: Rows, money: tuple[IntArray, IntArray], outs: dict[int, IntArray], freight: Column
) -> None:
    gross, net = money
    one_gross, one_net = gross, net
    many = not isinstance(rows.quantity, int) or rows.quantity != 1
    if many and any(isinstance(term, Term) and term.per_unit for term in plan.terms):
        price = np.broadcast_to(np.asarray(rows.price, dtype=np.int64), (rows.size,))
        one_gross, one_net = split(plan, price, np.empty(rows.size, dtype=np.int64))
    for index, out in outs.items():
        term: Any = plan.terms[index]
        extra = beside(term, rows, freight)
        if term.base == "none":
            out[...] = term.offsets[0]
            divide(term, out, extra)
        elif term.per_unit and many:
            charge(term, one_gross if term.base == "gross" else one_net, extra, out)
            np.multiply(out, rows.quantity, out=out)
        else:
            charge(term, gross if term.base == "gross" else net, extra, out)


def _several(groups: list[tuple[Plan, Any]], rows: Rows) -> WaterfallColumns:
    levels: dict[str, Level] = {}
    for plan, _ in groups:
        for name, level in zip(plan.names, plan.levels, strict=True):
            if levels.setdefault(name, level) != level:
                fail("fees", name, "tables in which a line of one name has one level", reason="level")
    size = rows.size
    gross, net, profit = (np.zeros(size, dtype=np.int64) for _ in range(3))
    amounts = {name: np.zeros(size, dtype=np.int64) for name in levels}
    for plan, picked in groups:
        found = _one(plan, rows.part(picked))
        gross[picked], net[picked], profit[picked] = found.gross, found.net, found.profit
        for name, amount in zip(found.names, found.amounts, strict=True):
            amounts[name][picked] = amount
    return WaterfallColumns(gross, net, profit, tuple(levels), tuple(levels.values()), tuple(amounts.values()))
