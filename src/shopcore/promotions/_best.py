"""The best combination: which method answers, and what becomes of those left out."""

from __future__ import annotations

from shopcore.models._rule import Unmet
from shopcore.promotions._bounds import bound_of
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._milp import by_program
from shopcore.promotions._mixed import Mixed, fits_mixed
from shopcore.promotions._packing import Packing, fits
from shopcore.promotions._prepare import Problem
from shopcore.promotions._priority import CONFLICT, Run, by_priority, run
from shopcore.promotions._run import Legality, Outcome, attempt
from shopcore.promotions._search import Found, Search
from shopcore.promotions._view import State

MAX_DEPTH = 300
DOMINATED = Unmet("dominated")


def best(problem: Problem, budget: SearchBudget) -> tuple[Run, Found, dict[int, int]]:
    """Return the best run found, what is proved about it, and how much each promotion left out is dominated by."""
    start = by_priority(problem)
    modes = {one.terms.once for one in problem.candidates}
    once, declines = modes == {True}, problem.policy.may_decline
    if len(problem.candidates) > MAX_DEPTH:
        found = _greedy(problem, start)
    elif True not in modes:
        found = Search(problem, budget).run(start.outcomes, start.state)
    elif once and declines and fits(problem):
        found = _at_least(Packing(problem, budget).run(), start)
    elif fits_mixed(problem) and not (once and declines):
        found = _at_least(Mixed(problem, budget).run(start.outcomes, start.state), start)
    elif declines:
        found = by_program(problem, start if once else _searched(problem, start, budget), budget)
    else:
        found = _greedy(problem, start)
    return _explained(problem, found)


def _searched(problem: Problem, start: Run, budget: SearchBudget) -> Run:
    """Return the best run over legal sets where single-use units go to whoever comes first; it bounds nothing."""
    found = Search(problem, budget).run(start.outcomes, start.state)
    return Run(found.outcomes, {}, {}, found.state)


def _at_least(found: Found, start: Run) -> Found:
    """Return what was found, or the greedy run where the budget ended the search before it got that far."""
    if found.saving >= start.saving:
        return found
    bound = max(found.bound, start.saving)
    return found._replace(outcomes=start.outcomes, state=start.state, saving=start.saving, bound=bound)


def _greedy(problem: Problem, start: Run) -> Found:
    opening = problem.layout.opening(once=any(one.terms.once for one in problem.candidates))
    bound = opening_bound(problem, opening)
    return Found(start.outcomes, start.state, start.saving, max(bound, start.saving), 0, "greedy")


def opening_bound(problem: Problem, opening: State) -> int:
    """Return what all candidates could save together if none were in another's way."""
    total = sum(
        bound_of(one.promotion.effect, problem.view(one, opening), one.promotion.promotion_id)
        * (one.uses if one.loops else 1)
        for one in problem.candidates
    )
    return min(total, sum(opening.price) + opening.shipping)


def _explained(problem: Problem, found: Found) -> tuple[Run, Found, dict[int, int]]:
    taken = [outcome.one for outcome in found.outcomes]
    inside = {one.index for one in taken}
    legality = Legality(problem)
    refused: dict[int, Unmet] = {}
    blockers: dict[int, tuple[str, ...]] = {}
    dominated: dict[int, int] = {}
    for one in problem.candidates:
        if one.index in inside:
            continue
        met = legality.blockers(taken, one)
        answer, _ = attempt(problem, one, found.state)
        alone, _ = attempt(problem, one, problem.layout.opening(once=one.terms.once))
        if met:
            refused[one.index], blockers[one.index] = CONFLICT, met
        elif isinstance(answer, Unmet) and isinstance(alone, Unmet):
            refused[one.index] = alone
        else:
            refused[one.index] = DOMINATED
        if isinstance(alone, Outcome):
            beside = [other for other in taken if not legality.blockers([one], other)]
            row = [other for other in problem.candidates if other is one or other in beside]
            dominated[one.index] = max(found.saving - run(problem, row).saving, 0)
    return Run(found.outcomes, refused, blockers, found.state), found, dominated
