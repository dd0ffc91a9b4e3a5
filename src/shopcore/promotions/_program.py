"""Single-use units as an integer program: how many units of each line each promotion takes, in which part.

Units of a line are alike, so they are counted, not named. Every rule that can be said linearly adds its columns and
rows; the objective of a column is never less than what the unit really saves, so the optimum bounds every assignment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from shopcore.promotions._bounds import bound_of
from shopcore.promotions._harder import only_gets_harder
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._view import View
from shopcore.promotions.rules._base import Rule
from shopcore.promotions.rules._spend_threshold import SpendThreshold

INF: Final = float("inf")


Writer: TypeAlias = "Callable[[Program, Candidate, Any, View], bool]"


class Program:
    """Columns, rows and an objective to be maximised, with the names of the columns that count units.

    `split` says every use of a spend threshold by itself: exact, and larger.
    """

    def __init__(self, problem: Problem, writers: Mapping[type, Writer], *, split: bool = False) -> None:
        self.problem = problem
        self.split = split
        self.writers = writers
        self.gain: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.rows: list[dict[int, float]] = []
        self.lows: list[float] = []
        self.highs: list[float] = []
        self.takes: list[tuple[int, int, int, int]] = []
        self.slack = 0.0
        self.outside: list[Candidate] = []
        self.gains_of: dict[int, list[int]] = {}
        self.opening = problem.layout.opening(once=True)
        self.twins = _twins(problem)
        for one in problem.candidates:
            if self.twins.get(one.index):
                self._add(one)
        self._capacities()
        self._legality()

    def column(self, one: Candidate | None, gain: float, high: float, *, whole: bool = True) -> int:
        """Add a column, of a candidate or of all together, and return its number."""
        self.gain.append(gain)
        self.high.append(high)
        self.whole.append(int(whole))
        if one is not None:
            self.gains_of.setdefault(one.index, []).append(len(self.gain) - 1)
        return len(self.gain) - 1

    def row(self, terms: Iterable[tuple[int, float]], low: float, high: float) -> None:
        """Add a row ``low <= sum of terms <= high``."""
        found: dict[int, float] = {}
        for column, factor in terms:
            found[column] = found.get(column, 0.0) + factor
        self.rows.append(found)
        self.lows.append(low)
        self.highs.append(high)

    def take(self, one: Candidate, use: int, units: tuple[int, ...], gain: Callable[[int], float]) -> dict[int, int]:
        """Add columns that count the units taken of each line, and return them by line."""
        line_of = self.problem.layout.line_of
        by_line: dict[int, list[int]] = {}
        for unit in units:
            by_line.setdefault(line_of[unit], []).append(unit)
        columns: dict[int, int] = {}
        for line, some in by_line.items():
            columns[line] = self.column(one, gain(some[0]), len(some))
            self.takes.append((one.index, use, line, columns[line]))
        return columns

    def uses(self, one: Candidate) -> int:
        """Return how often a candidate and its twins may be used together."""
        return sum(twin.uses for twin in self.twins[one.index])

    def price(self, line: int) -> int:
        """Return the opening price of a line's units."""
        return self.problem.cart.lines[line].unit_price.minor

    def _add(self, one: Candidate) -> None:
        effect: Any = one.promotion.effect
        view = self.problem.view(one, self.opening)
        if only_gets_harder(one.when) and self.problem.check(one, self.opening) is not None:
            return
        # Promotions of a stage that shares its units are in nobody's way: each counts with its own bound.
        write = self.writers.get(type(effect)) if isinstance(effect, Rule) and one.terms.once else None
        before = len(self.gain)
        if write is None or not write(self, one, effect, view):
            self.outside.append(one)
            most = bound_of(effect, view, one.promotion.promotion_id) * (one.uses if one.loops else 1)
            self.slack += most if one.room is None else min(most, one.room)
        elif one.room is not None and len(self.gain) > before:
            self._at_most(one.room, range(before, len(self.gain)), one)

    def _at_most(self, limit: int, columns: Iterable[int], one: Candidate | None = None) -> None:
        """Let columns save at most a limit: what goes beyond it is lost, so that whole units may still be taken."""
        gains = [(column, self.gain[column]) for column in columns]
        lost = self.column(one, -1.0, INF, whole=False)
        self.row([*gains, (lost, -1.0)], -INF, limit)

    def _capacities(self) -> None:
        by_line: dict[int, list[int]] = {}
        for _, _, line, column in self.takes:
            by_line.setdefault(line, []).append(column)
        for line, columns in by_line.items():
            self.row(((column, 1.0) for column in columns), -INF, self.problem.cart.lines[line].quantity)
        if self.problem.cap is not None:
            self._at_most(self.problem.cap, range(len(self.gain)))

    def _legality(self) -> None:
        policy = self.problem.policy
        row = [one for one in self.problem.candidates if one.index in self.gains_of]
        limited = dict(policy.group_limits)
        picky = bool(limited) or any(one.conflicts for one in row)
        if (
            not picky
            and policy.max_codes is None
            and policy.max_promotions is None
            and not _single_stages(self.problem)
        ):
            return
        on = {one.index: self._switch(one) for one in row}
        for one in row:
            for other in row:
                if one.index < other.index and other.index in one.conflicts:
                    self.row(((on[one.index], 1.0), (on[other.index], 1.0)), -INF, 1)
        for group, limit in limited.items():
            self.row(((on[one.index], 1.0) for one in row if group in one.stacking.groups), -INF, limit)
        for stage in _single_stages(self.problem):
            self.row(((on[one.index], 1.0) for one in row if one.promotion.stage == stage), -INF, 1)
        if policy.max_promotions is not None:
            self.row(((on[one.index], 1.0) for one in row), -INF, policy.max_promotions)
        if policy.max_codes is not None:
            self._codes(row, on, policy.max_codes)

    def _switch(self, one: Candidate) -> int:
        units = [column for index, _, _, column in self.takes if index == one.index]
        switch = self.column(one, 0.0, 1)
        for column in units:
            self.row(((column, 1.0), (switch, -self.high[column])), -INF, 0)
        return switch

    def _codes(self, row: list[Candidate], on: dict[int, int], limit: int) -> None:
        codes: dict[str, int] = {}
        for one in row:
            code = one.promotion.code
            if code is not None:
                codes.setdefault(code, self.column(one, 0.0, 1))
                self.row(((on[one.index], 1.0), (codes[code], -1.0)), -INF, 0)
        self.row(((column, 1.0) for column in codes.values()), -INF, limit)


def _twins(problem: Problem) -> dict[int, list[Candidate]]:
    """Return by the first of them the candidates that are alike: spend thresholds nothing tells apart but their names.

    Said once with all their uses together, so that the solver need not try one in another's place.
    """
    policy, found = problem.policy, dict[int, list[Candidate]]()
    counted = policy.max_promotions is not None or policy.max_codes is not None or bool(_single_stages(problem))
    first: dict[Any, int] = {}
    for one in problem.candidates:
        effect: Any = one.promotion.effect
        alike = isinstance(effect, SpendThreshold) and effect.threshold is not None and effect.every is None
        free = one.when is None and one.room is None and not one.conflicts and not one.stacking.groups
        if not (alike and free) or counted:
            found[one.index] = [one]
            continue
        key = (effect.threshold, effect.amount, effect.on, effect.basis, one.terms)
        found.setdefault(first.setdefault(key, one.index), []).append(one)
    return found


def _single_stages(problem: Problem) -> list[int]:
    return [entry.stage for entry in problem.policy.stages if entry.within != "all"]
