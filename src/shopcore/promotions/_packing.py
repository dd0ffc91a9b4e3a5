"""Single-use units on small carts: exact, by memoised recursion over sets of units.

For every promotion the sets of units that one use of it can take, and what they save, are listed; uses are joined;
a table over (promotion, units left) then holds the most that can still be saved if nothing but units stood in the way.
The search prices every decision for real and uses the table as its bound, so limits, conditions and shipping are met.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final, NamedTuple

from shopcore.promotions import rules as r
from shopcore.promotions._assign import on_sets
from shopcore.promotions._bounds import bound_of
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._harder import never_changes
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._run import Legality, Outcome, attempt, used_units
from shopcore.promotions._search import Found, gifts_of
from shopcore.promotions._view import State
from shopcore.promotions.rules._base import Rule

MAX_UNITS: Final = 8
MAX_WORK: Final = 12_000
NOTHING: Final = (r.FreeShipping, r.Gift)

Uses = tuple[int, ...]
Table = dict[int, tuple[int, Uses]]


def fits(problem: Problem) -> bool:
    """Return whether a cart is small enough to be searched exactly."""
    count = len(problem.layout.all)
    return count <= MAX_UNITS and len(problem.candidates) << count <= MAX_WORK


def reach_of(problem: Problem, one: Candidate) -> tuple[int, ...]:
    """Return the units that a candidate may take part in."""
    effect: Any = one.promotion.effect
    layout = problem.layout
    if isinstance(effect, r.Bundle):
        return tuple(sorted({unit for part in effect.parts for unit in layout.units(part.on)}))
    if isinstance(effect, r.BuyXGetY) and effect.get_on is not None:
        return tuple(sorted({*layout.units(one.on), *layout.units(effect.get_on)}))
    return layout.units(one.on) if isinstance(effect, Rule) else layout.all


class _Node(NamedTuple):
    state: State
    taken: tuple[Candidate, ...]
    outcomes: tuple[Outcome, ...]
    saving: int
    gifts: int


class Packing:
    """The exact search over assignments of units to promotions."""

    def __init__(self, problem: Problem, budget: SearchBudget) -> None:
        self.problem = problem
        self.budget = budget
        self.legality = Legality(problem)
        self.row = problem.candidates
        self.opening = problem.layout.opening(once=True)
        self.tables = [self._joined(one, self._single(one)) for one in self.row]
        self.rest = self._rest()
        self.nodes = 0
        self.open_bound = 0
        self.best = _Node(self.opening, (), (), 0, 0)
        self.score = (-1, 0, 0)
        self.second: tuple[int, tuple[str, ...]] | None = None
        self.free = problem.policy.order == "free" and any(_heeds_prices(one) for one in self.row)

    def run(self) -> Found:
        """Return the best assignment."""
        if self.free:
            self._visit_free(self.best, tuple(range(len(self.row))))
        else:
            self._visit(self.best, 0)
        best = self.best
        bound = max(best.saving, self.open_bound)
        return Found(best.outcomes, best.state, best.saving, bound, self.nodes, "exact_units", self.second)

    def _single(self, one: Candidate) -> Table:
        """Return what one use can save, by the units it takes; at opening prices, which a free unit always has."""
        table: Table = {}
        if isinstance(one.promotion.effect, NOTHING):
            return table
        reach, bare = reach_of(self.problem, one), one.single_use(when=False)
        for size in range(1, len(reach) + 1):
            for units in combinations(reach, size):
                view = self.problem.view(bare, self.opening._replace(free=frozenset(units)))
                found = self.problem.proposal(one, view)
                if found.unmet is not None or not found.cuts:
                    continue
                mask = _mask(used_units(found))
                if mask in table:
                    continue
                answer, _ = attempt(self.problem, bare, self.opening._replace(free=frozenset(units)))
                if isinstance(answer, Outcome) and answer.saving:
                    table[mask] = (answer.saving, (mask,))
        return table

    def _joined(self, one: Candidate, single: Table) -> Table:
        joined, last = dict(single), dict(single)
        for _ in range(1, min(one.uses, len(self.problem.layout.all))):
            fresh: Table = {}
            for mask, (saving, uses) in last.items():
                for other, (more, _) in single.items():
                    if not mask & other and saving + more > max(
                        _saved(joined, mask | other), _saved(fresh, mask | other)
                    ):
                        fresh[mask | other] = (saving + more, (*uses, other))
            if not fresh:
                break
            joined |= fresh
            last = fresh
        return joined

    def _rest(self) -> list[list[int]]:
        size = 1 << len(self.problem.layout.all)
        rest = [[0] * size]
        for one, table in zip(reversed(self.row), reversed(self.tables), strict=True):
            after = rest[-1]
            extra = self._extra(one)
            room = one.room
            options = [(mask, saving if room is None else min(saving, room)) for mask, (saving, _) in table.items()]
            now = list(after)
            for mask, saving in options:
                # Every superset of the mask may use it.
                others = (size - 1) ^ mask
                sub = others
                while True:
                    worth = saving + after[sub]
                    now[sub | mask] = max(now[sub | mask], worth)
                    if not sub:
                        break
                    sub = (sub - 1) & others
            rest.append([worth + extra for worth in now] if extra else now)
        rest.reverse()
        return rest

    def _extra(self, one: Candidate) -> int:
        effect = one.promotion.effect
        if isinstance(effect, r.FreeShipping):
            return self.opening.shipping
        if isinstance(effect, Rule):
            return 0
        # A foreign rule may look at units that are not its own, so its table holds at opening prices only.
        return bound_of(effect, self.problem.view(one, self.opening), one.promotion.promotion_id)

    def _visit(self, node: _Node, place: int) -> None:
        self.nodes += 1
        if place == len(self.row):
            self._offer(node)
            return
        if self._promising(node, place):
            for after in self._after(node, self.row[place]):
                self._visit(after, place + 1)
            self._visit(node, place + 1)

    def _visit_free(self, node: _Node, rest: tuple[int, ...]) -> None:
        """Visit every order of a stage: needed only where a promotion heeds what others left of the prices."""
        self.nodes += 1
        if not rest:
            self._offer(node)
            return
        stage = self.row[rest[0]].promotion.stage
        here = [place for place in rest if self.row[place].promotion.stage == stage]
        first = next(place for place, one in enumerate(self.row) if one.promotion.stage == stage)
        if self._promising(node, first):
            for place in here:
                for after in self._after(node, self.row[place]):
                    self._visit_free(after, tuple(other for other in rest if other != place))
            self._visit_free(node, rest[len(here) :])

    def _promising(self, node: _Node, place: int) -> bool:
        """Return whether something as good as the best may follow where the candidates from a place on are left."""
        limit = node.saving + self.rest[place][_mask(node.state.free or frozenset())]
        limit = min(limit, node.saving + sum(node.state.price) + node.state.shipping)
        if limit < self.score[0]:
            return False
        if self.nodes > self.budget.nodes:
            self.open_bound = max(self.open_bound, limit)
            return False
        return True

    def _after(self, node: _Node, one: Candidate) -> Iterator[_Node]:
        if self.legality.blockers(node.taken, one):
            return
        for found, after in self._options(one, node.state, node.state.free or frozenset()):
            gifts = node.gifts + gifts_of((found,))
            yield _Node(after, (*node.taken, one), (*node.outcomes, found), node.saving + found.saving, gifts)

    def _options(self, one: Candidate, state: State, free: frozenset[int]) -> list[tuple[Outcome, State]]:
        table = self.tables[self.row.index(one)]
        if isinstance(one.promotion.effect, NOTHING) or not isinstance(one.promotion.effect, Rule):
            found, after = attempt(self.problem, one, state)
            plain = [(found, after)] if isinstance(found, Outcome) else []
            if isinstance(one.promotion.effect, NOTHING):
                return plain
        else:
            plain = []
        mask = _mask(free)
        masks = [one_mask for one_mask in table if one_mask & mask == one_mask and self._lowest(one_mask, free)]
        masks.sort(key=lambda one_mask: (-table[one_mask][0], one_mask))
        for chosen in masks:
            sets = [frozenset(_units(use)) for use in table[chosen][1]]
            found, after = on_sets(self.problem, one, state, sets)
            if isinstance(found, Outcome):
                plain.append((found, after))
        return plain

    def _lowest(self, mask: int, free: frozenset[int]) -> bool:
        """Return whether a set takes the first free units of every line: equal units need not be tried in turn."""
        line_of = self.problem.layout.line_of
        skipped: set[int] = set()
        for unit in sorted(free):
            if not mask >> unit & 1:
                skipped.add(line_of[unit])
            elif line_of[unit] in skipped:
                return False
        return True

    def _offer(self, node: _Node) -> None:
        few = -len(node.taken) if self.problem.policy.tie_break == "fewest" else len(node.taken)
        score = (node.saving, node.gifts, few)
        names = tuple(one.promotion.promotion_id for one in node.taken)
        if score > self.score:
            if self.score[0] >= 0:
                self.second = (self.best.saving, tuple(one.promotion.promotion_id for one in self.best.taken))
            self.best, self.score = node, score
        elif self.second is None or node.saving > self.second[0]:
            self.second = (node.saving, names)


def _heeds_prices(one: Candidate) -> bool:
    """Return whether what others took off may change what a candidate does with units of its own."""
    effect = one.promotion.effect
    plain = isinstance(effect, Rule) and not isinstance(effect, (*NOTHING, r.AddOn))
    return not (plain and never_changes(one.when))


def _saved(table: Table, mask: int) -> int:
    return table[mask][0] if mask in table else 0


def _mask(units: frozenset[int] | set[int]) -> int:
    return sum(1 << unit for unit in units)


def _units(mask: int) -> list[int]:
    return [unit for unit in range(mask.bit_length()) if mask >> unit & 1]
