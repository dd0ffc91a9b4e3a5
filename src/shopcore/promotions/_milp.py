"""Single-use units on larger carts: HiGHS on the integer program, its answer priced again in whole minor units.

The solver works in floats, so nothing of its answer is taken on trust but the numbers of units: they are handed out,
priced and checked by the same code as everything else, and its dual bound is rounded up to the minor unit.
"""

from __future__ import annotations

from itertools import islice
from math import floor
from typing import Any, Final

from shopcore.promotions import rules as r
from shopcore.promotions._assign import by_size, priced
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._linear import matrix_of, relaxed
from shopcore.promotions._prepare import Problem
from shopcore.promotions._priority import Run
from shopcore.promotions._program import Program
from shopcore.promotions._search import Found
from shopcore.promotions._writers import WRITERS

NODE_SHARE: Final = 20
MAX_COLUMNS: Final = 600
NOISE: Final = 1e-5
# Beyond it the tolerances of the solver are worth whole minor units: the exact bound of the multipliers stands alone.
MOST_TRUSTED: Final = 10**10


def by_program(problem: Problem, start: Run, budget: SearchBudget) -> Found:
    """Return the best assignment found, never worse than the two greedy ones, with the proved bound.

    First the relaxed program is rounded; then the program is solved; then the one in which every use is said by itself.
    """
    best = max(start, by_size(problem), key=lambda run: run.saving)
    program = Program(problem, WRITERS)
    known = Found(best.outcomes, best.state, best.saving, _most(problem, program), 0, "milp")
    found = _rounded(problem, program, known)
    if _enough(found, budget) or _most(problem, program) > MOST_TRUSTED:
        return found
    found = _tried(problem, program, budget, found)
    if _enough(found, budget) or not _repeats(problem):
        return found
    exact = Program(problem, WRITERS, split=True)
    return found if len(exact.gain) > MAX_COLUMNS else _tried(problem, exact, budget, found)


def _enough(found: Found, budget: SearchBudget) -> bool:
    return found.bound - found.saving <= budget.gap * found.bound


def _most(problem: Problem, program: Program) -> int:
    """Return what can be saved at most whatever the program says."""
    most = sum(problem.layout.list_price)
    plain = all(isinstance(one.promotion.effect, r.Gift) for one in program.outside)
    return most if plain else most + problem.layout.shipping


def _rounded(problem: Problem, program: Program, known: Found) -> Found:
    """Return what is known, with the bound of the relaxed program and its answer rounded down and to the nearest."""
    if not program.gain:
        return known._replace(bound=max(min(known.bound, floor(program.slack)), known.saving))
    loose = relaxed(program)
    if loose is None:
        return known
    best = known._replace(bound=min(known.bound, loose.bound), solver=_version())
    for values in ([floor(value + NOISE) for value in loose.values], loose.values):
        best = _better(problem, program, values, best)
    return best._replace(bound=max(best.bound, best.saving))


def _better(problem: Problem, program: Program, values: Any, known: Found) -> Found:
    """Return an assignment priced for real, where it saves more than what is known."""
    found, after = priced(problem, _sets(program, values))
    total = sum(outcome.saving for outcome in found)
    return known._replace(outcomes=found, state=after, saving=total) if total > known.saving else known


def _repeats(problem: Problem) -> bool:
    """Return whether a spend threshold may be used several times: the small program takes its uses together."""
    return any(isinstance(one.promotion.effect, r.SpendThreshold) and one.uses > 1 for one in problem.candidates)


def _tried(problem: Problem, program: Program, budget: SearchBudget, known: Found) -> Found:
    if not program.gain:
        return known
    solved = _solve(program, budget)
    found = known if solved.x is None else _better(problem, program, solved.x, known)
    bound = known.bound
    if solved.mip_dual_bound is not None:
        most = -float(solved.mip_dual_bound)
        bound = min(bound, floor(most + program.slack + NOISE * max(1.0, most / 1e6)))
    nodes = known.nodes + int(solved.mip_node_count or 0)
    return found._replace(bound=max(bound, found.saving), nodes=nodes, solver=_version())


def _solve(program: Program, budget: SearchBudget) -> Any:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    options: dict[str, Any] = {"node_limit": max(budget.nodes // NODE_SHARE, 1), "mip_rel_gap": budget.gap}
    if budget.seconds is not None:
        options["time_limit"] = budget.seconds
    return milp(
        -np.array(program.gain),
        constraints=LinearConstraint(matrix_of(program), program.lows, program.highs),
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
    for (index, _), units in uses.items():
        if units:
            sets.setdefault(index, []).extend(_parted(program, index, units))
    return _handed_out(program, sets)


def _handed_out(program: Program, sets: dict[int, list[frozenset[int]]]) -> dict[int, list[frozenset[int]]]:
    """Give its uses to every promotion and its twins, as many to each as it may have."""
    for index, some in list(sets.items()):
        left = iter(some)
        for twin in program.twins[index]:
            sets[twin.index] = list(islice(left, twin.uses))
    return {index: some for index, some in sets.items() if some}


def _parted(program: Program, index: int, units: list[int]) -> list[frozenset[int]]:
    """Part the units of a spend threshold into uses: the dearest with the cheapest that reach it together."""
    problem, twins = program.problem, program.twins[index]
    effect: Any = twins[0].promotion.effect
    if not isinstance(effect, r.SpendThreshold) or effect.threshold is None or effect.every is not None:
        return [frozenset(units)]
    price, needed = problem.layout.list_price, effect.threshold.minor
    left = sorted(units, key=price.__getitem__)
    sets: list[frozenset[int]] = []
    while len(sets) < program.uses(twins[0]) and sum(map(price.__getitem__, left)) >= needed:
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
