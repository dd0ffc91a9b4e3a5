"""Single-use units on larger carts: HiGHS on the integer program, its answer priced again in whole minor units.

The solver works in floats, so nothing of its answer is taken on trust but the numbers of units: they are handed out,
priced and checked by the same code as everything else, and its dual bound is rounded up to the minor unit.
"""

from __future__ import annotations

from math import floor
from typing import Any, Final

from shopcore.promotions import rules as r
from shopcore.promotions._assign import by_size, priced
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._prepare import Problem
from shopcore.promotions._priority import Run
from shopcore.promotions._program import Program
from shopcore.promotions._search import Found
from shopcore.promotions._writers import WRITERS

NODE_SHARE: Final = 20
MAX_COLUMNS: Final = 600
NOISE: Final = 1e-5


def by_program(problem: Problem, start: Run, budget: SearchBudget) -> Found:
    """Return the best assignment found, never worse than the two greedy ones, with the proved bound."""
    best = max(start, by_size(problem), key=lambda run: run.saving)
    first = _tried(
        problem, Program(problem, WRITERS), budget, Found(best.outcomes, best.state, best.saving, 0, 0, "milp")
    )
    if first.saving == first.bound or not _repeats(problem):
        return first
    exact = Program(problem, WRITERS, split=True)
    if len(exact.gain) > MAX_COLUMNS or first.bound - first.saving <= budget.gap * first.bound:
        return first
    second = _tried(problem, exact, budget, first)
    return second._replace(bound=max(min(first.bound, second.bound), second.saving), nodes=first.nodes + second.nodes)


def _repeats(problem: Problem) -> bool:
    """Return whether a spend threshold may be used several times: the small program takes its uses together."""
    return any(isinstance(one.promotion.effect, r.SpendThreshold) and one.uses > 1 for one in problem.candidates)


def _tried(problem: Problem, program: Program, budget: SearchBudget, known: Found) -> Found:
    outcomes, state, saving = known.outcomes, known.state, known.saving
    solved = _solve(program, budget) if program.gain else None
    bound = _bound(problem, program, solved)
    if solved is not None and solved.x is not None:
        found, after = priced(problem, _sets(program, solved.x))
        total = sum(outcome.saving for outcome in found)
        if total > saving:
            outcomes, state, saving = found, after, total
    nodes = int(getattr(solved, "mip_node_count", None) or 0)
    return Found(outcomes, state, saving, max(bound, saving), nodes, "milp", None, _version())


def _bound(problem: Problem, program: Program, solved: Any) -> int:
    most = sum(problem.layout.list_price)
    bound = float(most)
    if not program.gain:
        bound = 0.0
    elif solved is not None and solved.mip_dual_bound is not None:
        bound = -float(solved.mip_dual_bound)
    shipping = 0
    if any(not isinstance(one.promotion.effect, r.Gift) for one in program.outside):
        shipping = problem.layout.shipping
    return min(floor(bound + program.slack + NOISE * max(1.0, bound / 1e6)), most + shipping)


def _solve(program: Program, budget: SearchBudget) -> Any:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    data: list[float] = []
    columns: list[int] = []
    starts = [0]
    for row in program.rows:
        columns += row.keys()
        data += row.values()
        starts.append(len(columns))
    matrix = csr_array((data, columns, starts), shape=(len(program.rows), len(program.gain)))
    options: dict[str, Any] = {"node_limit": max(budget.nodes // NODE_SHARE, 1), "mip_rel_gap": budget.gap}
    if budget.seconds is not None:
        options["time_limit"] = budget.seconds
    return milp(
        -np.array(program.gain),
        constraints=LinearConstraint(matrix, program.lows, program.highs),
        integrality=np.array(program.whole),
        bounds=Bounds(0, np.array(program.high)),
        options=options,  # type: ignore[arg-type]  # a plain dictionary of them
    )


def _sets(program: Program, values: Any) -> dict[int, list[frozenset[int]]]:
    """Hand out units: the first free ones of every line, in the order of the columns."""
    start = program.problem.layout.start
    following = list(start[:-1])
    uses: dict[tuple[int, int], list[int]] = {}
    for index, use, line, column in program.takes:
        count = min(round(float(values[column])), start[line + 1] - following[line])
        uses.setdefault((index, use), []).extend(range(following[line], following[line] + count))
        following[line] += count
    sets: dict[int, list[frozenset[int]]] = {}
    effects = {one.index: one.promotion.effect for one in program.problem.candidates}
    for (index, _), units in uses.items():
        if units:
            sets.setdefault(index, []).extend(_parted(program.problem, effects[index], units))
    for index, some in sets.items():
        effect = effects[index]
        if isinstance(effect, r.SpendThreshold):
            sets[index] = some[: effect.uses]
    return sets


def _parted(problem: Problem, effect: Any, units: list[int]) -> list[frozenset[int]]:
    """Part the units of a spend threshold into uses: the dearest with the cheapest that reach it together."""
    if not isinstance(effect, r.SpendThreshold) or effect.threshold is None or effect.every is not None:
        return [frozenset(units)]
    price, needed = problem.layout.list_price, effect.threshold.minor
    left = sorted(units, key=price.__getitem__)
    sets: list[frozenset[int]] = []
    while len(sets) < effect.uses and sum(map(price.__getitem__, left)) >= needed:
        chosen = [left.pop()]
        worth = price[chosen[0]]
        while worth < needed:
            enough = next((place for place, unit in enumerate(left) if worth + price[unit] >= needed), len(left) - 1)
            chosen.append(left.pop(enough))
            worth += price[chosen[-1]]
        sets.append(frozenset(chosen))
    return sets or [frozenset(units)]


def _version() -> str:
    from scipy import __version__

    return f"scipy {__version__} (HiGHS)"
