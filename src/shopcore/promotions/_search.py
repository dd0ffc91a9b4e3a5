"""The best legal combination: branch and bound over who is taken and who is left out, with the pricing of `_run`.

A node is a prefix of decisions in order of application, with the state they led to. What the rest can still save is
bounded by what each could take off at the node's prices, with the limits of groups and codes counted in; conditions
that can only get harder are asked too. Ties: more gifts, then fewer promotions (or more), then the earliest in order.
"""

from __future__ import annotations

from typing import NamedTuple

from shopcore.promotions._bounds import bound_of
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._harder import only_gets_harder
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._run import Legality, Outcome, attempt
from shopcore.promotions._view import State
from shopcore.promotions.rules._base import Rule
from shopcore.promotions.rules._gift import Gift

Score = tuple[int, int, int]
Step = tuple[Outcome, State]


class Found(NamedTuple):
    """What a search found: the best row, what is proved, and the runner-up."""

    outcomes: tuple[Outcome, ...]
    state: State
    saving: int
    bound: int
    nodes: int
    method: str
    second: tuple[int, tuple[str, ...]] | None = None
    solver: str | None = None


class _Node(NamedTuple):
    state: State
    taken: tuple[Candidate, ...]
    outcomes: tuple[Outcome, ...]
    saving: int
    gifts: int


class Search:
    """Branch and bound over the candidates of a problem."""

    method = "branch_and_bound"

    def __init__(self, problem: Problem, budget: SearchBudget) -> None:
        self.problem = problem
        self.budget = budget
        self.legality = Legality(problem)
        self.row = problem.candidates
        self.nodes = 0
        self.open_bound = 0
        self.best: _Node | None = None
        self.best_score: Score = (-1, 0, 0)
        self.second: tuple[int, tuple[str, ...]] | None = None
        self.seen: set[tuple[frozenset[int], State, int]] = set()
        self.harder = [only_gets_harder(one.when) for one in self.row]
        self.gifty = [
            not isinstance(one.promotion.effect, Rule) or isinstance(one.promotion.effect, Gift) for one in self.row
        ]
        self.free = problem.policy.order == "free"

    def run(self, start: tuple[Outcome, ...], state: State) -> Found:
        """Return the best combination, given a legal one to start from."""
        opening = self.problem.layout.opening(once=any(one.terms.once for one in self.row))
        taken = tuple(outcome.one for outcome in start)
        self._offer(_Node(state, taken, start, sum(o.saving for o in start), gifts_of(start)))
        root = _Node(opening, (), (), 0, 0)
        rest = tuple(range(len(self.row)))
        bounds = self._bounds(root, rest, None)
        if self.free:
            self._visit_free(root, rest, bounds)
        else:
            self._visit(root, 0, bounds)
        best = self.best or root
        bound = max(best.saving, self.open_bound)
        return Found(best.outcomes, best.state, best.saving, bound, self.nodes, self.method, self.second)

    def _score(self, node: _Node) -> Score:
        few = -len(node.taken) if self.problem.policy.tie_break == "fewest" else len(node.taken)
        return (node.saving, node.gifts, few)

    def _offer(self, node: _Node) -> None:
        if not self.problem.policy.may_decline and not self._complete(node):
            return
        score = self._score(node)
        if score > self.best_score:
            if self.best is not None:
                self._keep_second(self.best)
            self.best, self.best_score = node, score
        elif self.best is None or node.taken != self.best.taken:
            self._keep_second(node)

    def _keep_second(self, node: _Node) -> None:
        if self.second is None or node.saving > self.second[0]:
            self.second = (node.saving, tuple(one.promotion.promotion_id for one in node.taken))

    def _complete(self, node: _Node) -> bool:
        taken = {one.index for one in node.taken}
        return all(
            one.index in taken
            or self.legality.blockers(node.taken, one)
            or not isinstance(attempt(self.problem, one, node.state)[0], Outcome)
            for one in self.row
        )

    def _visit(self, node: _Node, place: int, bounds: dict[int, int]) -> None:
        self.nodes += 1
        place, node, steps = self._next(node, place)
        if not steps:
            self._offer(node)
            return
        tight = self._promising(node, tuple(range(place, len(self.row))), bounds)
        if tight is None:
            return
        for step in steps:
            self._visit(self._with(node, self.row[place], *step), place + 1, tight)
        self._visit(node, place + 1, tight)

    def _next(self, node: _Node, place: int) -> tuple[int, _Node, list[Step]]:
        """Pass over candidates that may not join or take no effect: there is nothing to decide about them."""
        while place < len(self.row):
            one = self.row[place]
            if not self.legality.blockers(node.taken, one):
                steps, after = self._steps(one, node.state)
                if steps:
                    return place, node, steps
                node = node._replace(state=after)
            place += 1
        return place, node, []

    def _steps(self, one: Candidate, state: State) -> tuple[list[Step], State]:
        """Return what a candidate may do on a state, and the state where it does nothing."""
        found, after = attempt(self.problem, one, state)
        return ([(found, after)] if isinstance(found, Outcome) else []), after

    def _most(self, one: Candidate, state: State) -> int:
        """Return what a candidate cannot exceed from a state on."""
        return bound_of(one.promotion.effect, self.problem.view(one, state), one.promotion.promotion_id)

    def _with(self, node: _Node, one: Candidate, found: Outcome, after: State) -> _Node:
        gifts = node.gifts + gifts_of((found,))
        return _Node(after, (*node.taken, one), (*node.outcomes, found), node.saving + found.saving, gifts)

    def _visit_free(self, node: _Node, rest: tuple[int, ...], bounds: dict[int, int]) -> None:
        key = (frozenset(one.index for one in node.taken), node.state, len(rest))
        if key in self.seen:
            return
        self.seen.add(key)
        self.nodes += 1
        if not rest:
            self._offer(node)
            return
        tight = self._promising(node, rest, bounds)
        if tight is None:
            return
        stage = self.row[rest[0]].promotion.stage
        here = [place for place in rest if self.row[place].promotion.stage == stage]
        for place in here:
            one = self.row[place]
            if self.legality.blockers(node.taken, one):
                continue
            left = tuple(other for other in rest if other != place)
            for found, after in self._steps(one, node.state)[0]:
                self._visit_free(self._with(node, one, found, after), left, tight)
        self._visit_free(node, rest[len(here) :], tight)

    def _promising(self, node: _Node, rest: tuple[int, ...], bounds: dict[int, int]) -> dict[int, int] | None:
        """Return bounds tight at this node, or None where nothing better can follow (or the budget is spent)."""
        limit = node.saving + self._together(node, rest, bounds)
        if self._hopeless(node, rest, limit):
            return None
        if node.saving:
            bounds = self._bounds(node, rest, bounds)
            limit = node.saving + self._together(node, rest, bounds)
            if self._hopeless(node, rest, limit):
                return None
        slack = self.budget.gap * limit
        if self.nodes >= self.budget.nodes or (self.budget.gap and limit - self.best_score[0] <= slack):
            self.open_bound = max(self.open_bound, limit)
            return None
        return bounds

    def _hopeless(self, node: _Node, rest: tuple[int, ...], limit: int) -> bool:
        saving, gifts, few = self.best_score
        if limit != saving:
            return limit < saving
        if any(self.gifty[place] for place in rest) or node.gifts > gifts:
            return False
        if self.problem.policy.tie_break == "fewest":
            return node.gifts < gifts or -len(node.taken) <= few
        return node.gifts < gifts or len(node.taken) + len(rest) <= few

    def _bounds(self, node: _Node, rest: tuple[int, ...], before: dict[int, int] | None) -> dict[int, int]:
        found: dict[int, int] = {}
        state = node.state
        self.nodes += len(rest)
        for place in rest:
            if before is not None and not before[place]:
                found[place] = 0
                continue
            one = self.row[place]
            if self.harder[place] and self.problem.check(one, state) is not None:
                found[place] = 0
                continue
            bound = self._most(one, state)
            bound = bound if one.room is None else min(bound, one.room)
            found[place] = bound if before is None else min(bound, before[place])
        return found

    def _together(self, node: _Node, rest: tuple[int, ...], bounds: dict[int, int]) -> int:
        """Return what the rest can save together at most: alone or all, within the limits of groups and codes."""
        policy, taken = self.problem.policy, node.taken
        limits = dict(policy.group_limits)
        barred = frozenset().union(*(one.conflicts for one in taken)) if taken else frozenset()
        piles: dict[str, list[int]] = {}
        alone = total = 0
        for place in rest:
            bound, one = bounds[place], self.row[place]
            if not bound or one.index in barred:
                continue
            if one.stacking.exclusive:
                alone = max(alone, 0 if taken else bound)
                continue
            group = next((f"g {name}" for name in one.stacking.groups if name in limits), None)
            if group is None and policy.max_codes is not None and one.promotion.code is not None:
                group = "codes"
            if group is None:
                total += bound
            else:
                piles.setdefault(group, []).append(bound)
        for group, pile in piles.items():
            pile.sort(reverse=True)
            if group == "codes":
                total += sum(pile) if _codes_repeat(self.row, rest) else sum(pile[: policy.max_codes])
            else:
                name = group[2:]
                inside = sum(name in one.stacking.groups for one in taken)
                total += sum(pile[: max(limits[name] - inside, 0)])
        left = sum(node.state.price) + node.state.shipping
        return min(max(alone, total), left)


def _codes_repeat(row: list[Candidate], rest: tuple[int, ...]) -> bool:
    codes = [row[place].promotion.code for place in rest if row[place].promotion.code is not None]
    return len(set(codes)) != len(codes)


def gifts_of(outcomes: tuple[Outcome, ...]) -> int:
    """Return how many gift units a row gives."""
    return sum(quantity for outcome in outcomes for _, quantity in outcome.gifts)
