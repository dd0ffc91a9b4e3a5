"""Units that serve one promotion only: pricing a given assignment of units, and greedy ones to start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopcore.models._rule import Unmet
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._priority import Run, run
from shopcore.promotions._run import Answer, Legality, Outcome, attempt, joined
from shopcore.promotions._view import State

Sets = Mapping[int, Sequence[frozenset[int]]]


def on_sets(problem: Problem, one: Candidate, state: State, sets: Sequence[frozenset[int]]) -> tuple[Answer, State]:
    """Return what a candidate does when each of its uses may take the units of one set only."""
    free, total, answer = state.free or frozenset(), None, None
    opening = state
    caller = one.single_use(when=True) if len(sets) > 1 else one
    for units in sets:
        spent = 0 if total is None else total.saving
        found, after = attempt(problem, caller, state._replace(free=units & free), spent=spent)
        if isinstance(found, Outcome):
            total = found if total is None else joined(total, found)
            free = (free - units) | (after.free or frozenset())
            state = after._replace(free=free)
        else:
            answer = found
    if total is None:
        return answer or Unmet("no_effect"), opening
    return total._replace(one=one, before=opening), state


def priced(problem: Problem, sets: Sets) -> tuple[tuple[Outcome, ...], State]:
    """Return the outcomes of an assignment in order of application; the others get the units nobody was given."""
    state = problem.layout.opening(once=True)
    legality = Legality(problem)
    given = frozenset().union(*(units for some in sets.values() for units in some)) if sets else frozenset()
    left = (state.free or frozenset()) - given
    taken: list[Candidate] = []
    outcomes: list[Outcome] = []
    for one in problem.candidates:
        if legality.blockers(taken, one):
            continue
        own = sets.get(one.index)
        if own:
            found, state = on_sets(problem, one, state, own)
        elif not one.terms.once:
            found, state = attempt(problem, one, state)
        else:
            found, after = attempt(problem, one, state._replace(free=left))
            if isinstance(found, Outcome):
                left = after.free or frozenset()
                free = (state.free or frozenset()) - frozenset(found.shares)
                state = after._replace(free=free)
        if isinstance(found, Outcome):
            taken.append(one)
            outcomes.append(found)
    return tuple(outcomes), state


def by_size(problem: Problem) -> Run:
    """Return the run of the candidates by what each would take off alone, largest first, priced in its legal order."""
    opening = problem.layout.opening(once=True)
    alone: dict[int, int] = {}
    for one in problem.candidates:
        answer, _ = attempt(problem, one, opening)
        alone[one.index] = answer.saving if isinstance(answer, Outcome) else 0
    if problem.policy.order == "free":
        return run(problem, sorted(problem.candidates, key=lambda one: (one.promotion.stage, -alone[one.index])))
    found = run(problem, sorted(problem.candidates, key=lambda one: -alone[one.index]))
    outcomes, state = priced(problem, _sets_of(found))
    return Run(outcomes, {}, {}, state)


def _sets_of(found: Run) -> Sets:
    """Return the units that each promotion of a run took: a condition may say otherwise when they come in order."""
    states = [outcome.before for outcome in found.outcomes] + [found.state]
    sets: dict[int, list[frozenset[int]]] = {}
    for outcome, after in zip(found.outcomes, states[1:], strict=True):
        used = (outcome.before.free or frozenset()) - (after.free or frozenset())
        if used:
            sets[outcome.one.index] = [used]
    return sets
