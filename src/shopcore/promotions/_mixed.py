"""Small carts under a policy that the plain searches cannot take: stages of both unit modes, or sets to be completed.

The search of `_search`, with one more choice: a promotion whose units serve once may take any set of the free ones.
What it can still take off is bounded by what is left of the goods within its reach.
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

from shopcore.promotions import rules as r
from shopcore.promotions._assign import on_sets
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._packing import NOTHING, reach_of
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._run import Outcome, attempt, used_units
from shopcore.promotions._search import Search, Step
from shopcore.promotions._view import State
from shopcore.promotions.rules._base import Rule

MAX_UNITS: Final = 6
MAX_CANDIDATES: Final = 8
SHIPPING: Final = (*NOTHING, r.BestOf, r.Sequence)

Sets = tuple[frozenset[int], ...]


def fits_mixed(problem: Problem) -> bool:
    """Return whether a cart is small enough for every set of units to be tried."""
    return len(problem.layout.all) <= MAX_UNITS and len(problem.candidates) <= MAX_CANDIDATES


class Mixed(Search):
    """The exact search over legal sets and, where units serve once, over the units of each."""

    method = "exact_units"

    def __init__(self, problem: Problem, budget: SearchBudget) -> None:
        super().__init__(problem, budget)
        self.reach = {one.index: reach_of(problem, one) for one in self.row}
        self.known: dict[tuple[int, State], list[Step]] = {}

    def _most(self, one: Candidate, state: State) -> int:
        if not one.terms.once:
            return super()._most(one, state)
        goods_only = isinstance(one.promotion.effect, Rule) and not isinstance(one.promotion.effect, SHIPPING)
        shipping = 0 if goods_only else state.shipping
        floor, free = self.problem.layout.floor, state.free or frozenset()
        return shipping + sum(max(state.price[unit] - floor[unit], 0) for unit in self.reach[one.index] if unit in free)

    def _steps(self, one: Candidate, state: State) -> tuple[list[Step], State]:
        plain, after = super()._steps(one, state)
        if not one.terms.once or isinstance(one.promotion.effect, NOTHING):
            return plain, after
        key = (one.index, state)
        if key not in self.known:
            self.known[key] = self._choices(one, state, plain)
        return self.known[key], after

    def _choices(self, one: Candidate, state: State, plain: list[Step]) -> list[Step]:
        found = {(after.price, after.shipping, after.free): (outcome, after) for outcome, after in plain}
        for sets in _joined(self._single(one, state), one.uses):
            self.nodes += 1
            outcome, after = on_sets(self.problem, one, state, sets)
            if isinstance(outcome, Outcome):
                found.setdefault((after.price, after.shipping, after.free), (outcome, after))
        return sorted(found.values(), key=lambda step: -step[0].saving)

    def _single(self, one: Candidate, state: State) -> list[frozenset[int]]:
        """Return the sets of units that one use can take; of alike units, the first ones."""
        bare, free = one.single_use(when=False), state.free or frozenset()
        reach = [unit for unit in self.reach[one.index] if unit in free]
        found: dict[frozenset[int], None] = {}
        for size in range(1, len(reach) + 1):
            for units in combinations(reach, size):
                alone = state._replace(free=frozenset(units))
                proposal = self.problem.proposal(one, self.problem.view(bare, alone))
                used = used_units(proposal)
                if proposal.unmet is None and proposal.cuts and used not in found:
                    answer, _ = attempt(self.problem, bare, alone)
                    if isinstance(answer, Outcome):
                        found[used] = None
        return list(found)


def _joined(single: list[frozenset[int]], uses: int) -> list[Sets]:
    """Return the rows of disjoint sets, at most so many in one; each row once, in the order of the sets."""
    found: list[Sets] = []

    def add(row: Sets, taken: frozenset[int], place: int) -> None:
        for following in range(place, len(single)):
            units = single[following]
            if units and not units & taken:
                found.append((*row, units))
                if len(row) + 1 < uses:
                    add((*row, units), taken | units, following + 1)

    add((), frozenset(), 0)
    return found
