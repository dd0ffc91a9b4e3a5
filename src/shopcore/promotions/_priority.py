"""Promotions taken in order while they are legal and take effect."""

from __future__ import annotations

from itertools import groupby
from typing import Final, NamedTuple

from shopcore.models._rule import Unmet
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._run import Legality, Outcome, attempt
from shopcore.promotions._view import State

CONFLICT: Final = Unmet("conflict")


class Run(NamedTuple):
    """What a row of promotions gave: outcomes in order, the reason of each refused one, and whom it met."""

    outcomes: tuple[Outcome, ...]
    refused: dict[int, Unmet]
    blockers: dict[int, tuple[str, ...]]
    state: State

    @property
    def saving(self) -> int:
        """Goods and shipping together."""
        return sum(outcome.goods + outcome.shipping for outcome in self.outcomes)


def by_priority(problem: Problem) -> Run:
    """Return the run of all candidates in order; an effective exclusive one of the highest priority stands alone."""
    opening = problem.layout.opening(once=_once(problem))
    alone = _exclusive(problem, opening)
    if alone is not None:
        name = (alone.one.promotion.promotion_id,)
        rest = [one for one in problem.candidates if one is not alone.one]
        state = attempt(problem, alone.one, opening)[1]
        return Run((alone,), {one.index: CONFLICT for one in rest}, {one.index: name for one in rest}, state)
    return run(problem, problem.candidates)


def _once(problem: Problem) -> bool:
    return any(one.terms.once for one in problem.candidates)


def _exclusive(problem: Problem, opening: State) -> Outcome | None:
    legality = Legality(problem)
    lonely = [one for one in problem.candidates if one.stacking.exclusive]
    for one in sorted(lonely, key=lambda one: -one.promotion.priority):
        if not legality.blockers((), one):
            found, _ = attempt(problem, one, opening)
            if isinstance(found, Outcome):
                return found
    return None


class _Walk:
    """A run in the making."""

    __slots__ = ("blockers", "legality", "outcomes", "problem", "refused", "state", "taken")

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.legality = Legality(problem)
        self.state = problem.layout.opening(once=_once(problem))
        self.taken: list[Candidate] = []
        self.outcomes: list[Outcome] = []
        self.refused: dict[int, Unmet] = {}
        self.blockers: dict[int, tuple[str, ...]] = {}

    def step(self, one: Candidate) -> bool:
        """Take a candidate if it is legal and takes effect; return whether it did."""
        met = self.legality.blockers(self.taken, one)
        if met:
            self.blockers[one.index] = met
            self.refused[one.index] = CONFLICT
            return False
        found, self.state = attempt(self.problem, one, self.state)
        if isinstance(found, Unmet):
            self.refused[one.index] = found
            return False
        self.taken.append(one)
        self.outcomes.append(found)
        return True

    def savings(self, members: list[Candidate]) -> dict[int, int]:
        """Return what each member would take off as things stand."""
        found: dict[int, int] = {}
        for one in members:
            answer = CONFLICT if self.legality.blockers(self.taken, one) else attempt(self.problem, one, self.state)[0]
            found[one.index] = -1 if isinstance(answer, Unmet) else answer.saving
        return found


def run(problem: Problem, row: list[Candidate]) -> Run:
    """Return what a row of candidates gives in that order, each taken where it is legal and takes effect."""
    best = {entry.stage for entry in problem.policy.stages if entry.within == "best"}
    walk = _Walk(problem)
    for stage, group in groupby(row, key=lambda one: one.promotion.stage):
        members = list(group)
        if stage in best:
            savings = walk.savings(members)
            members.sort(key=lambda one: -savings[one.index])
        for one in members:
            walk.step(one)
    return Run(tuple(walk.outcomes), walk.refused, walk.blockers, walk.state)
