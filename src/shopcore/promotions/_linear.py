"""The relaxed program: a quick answer to round, and a bound that trusts no solver.

Whatever multipliers of the rows a solver returns, adding the rows up with them bounds every assignment. That sum is
made in exact fractions here, so a wrong multiplier makes the bound weaker, never wrong.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, isinf
from typing import Any, Final, NamedTuple

from shopcore.promotions._prepare import Problem
from shopcore.promotions._program import Program
from shopcore.promotions._writers import WRITERS

SCALE: Final = 2**24


class Relaxed(NamedTuple):
    """Units taken in parts, and what no assignment can exceed."""

    values: Any
    bound: int


def relaxed(program: Program) -> Relaxed | None:
    """Return the optimum of the program with units that may be parted; None where there is nothing to solve."""
    if not program.gain or not program.rows:
        return None
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    worth = float(sum(program.problem.layout.list_price))
    matrix, lows, highs = matrix_of(program), np.array(program.lows), np.array(program.highs)
    above, below = np.flatnonzero(np.isfinite(highs)), np.flatnonzero(np.isfinite(lows))
    solve: Any = linprog
    found = solve(
        -np.array(program.gain),
        A_ub=vstack([matrix[above], -matrix[below]], format="csr"),
        b_ub=np.concatenate([highs[above], -lows[below]]),
        bounds=np.column_stack([np.zeros(len(program.gain)), np.minimum(program.high, worth)]),
        method="highs",
    )
    if found.x is None:
        return None
    # What is added up below is held against every row, so a sign or a digit that is off does no harm.
    duals = [max(round(-float(dual) * SCALE), 0) for dual in found.ineqlin.marginals]
    rows = [(int(row), 1) for row in above] + [(int(row), -1) for row in below]
    return Relaxed(found.x, _added_up(program, rows, duals))


def relaxed_bound(problem: Problem) -> int:
    """Return what no legal combination can save, by the relaxed program's multipliers and no search."""
    most = sum(problem.layout.list_price) + problem.layout.shipping
    program = Program(problem, WRITERS)
    loose = relaxed(program)
    if loose is not None:
        return min(loose.bound, most)
    return most if program.gain else min(floor(program.slack), most)


def matrix_of(program: Program) -> Any:
    """Return the rows of a program as a sparse matrix."""
    from scipy.sparse import csr_array

    data: list[float] = []
    columns: list[int] = []
    starts = [0]
    for row in program.rows:
        columns += row.keys()
        data += row.values()
        starts.append(len(columns))
    return csr_array((data, columns, starts), shape=(len(program.rows), len(program.gain)))


def _added_up(program: Program, rows: list[tuple[int, int]], duals: list[int]) -> int:
    """Return the bound of rows added up with multipliers; what is left of a column counts at its upper limit."""
    worth = sum(program.problem.layout.list_price)
    left: list[int | Fraction] = [_exact(gain) * SCALE for gain in program.gain]
    total: int | Fraction = 0
    for (row, sign), dual in zip(rows, duals, strict=True):
        if not dual:
            continue
        total += dual * _exact(program.highs[row] if sign > 0 else -program.lows[row])
        for column, factor in program.rows[row].items():
            left[column] -= sign * dual * _exact(factor)
    for column, rest in enumerate(left):
        if rest > 0:
            high = program.high[column]
            total += rest * (worth if isinf(high) or high > worth else _exact(high))
    return floor(Fraction(total, SCALE) + _exact(program.slack))


def _exact(number: float) -> int | Fraction:
    whole = int(number)
    return whole if whole == number else Fraction(number)
