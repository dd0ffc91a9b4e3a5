"""One promotion on one state: asked, granted, limited.

Every search calls this, and so does the final pricing, so that what was searched is what is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from shopcore.models._rule import Proposal, Unmet
from shopcore.promotions._grant import Shares, grant, limit_shares
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._view import State

NO_EFFECT = Unmet("no_effect")


class Outcome(NamedTuple):
    """What a candidate took off."""

    one: Candidate
    before: State
    shares: Shares
    goods: int
    shipping: int
    gifts: tuple[tuple[str, int], ...]
    pay_now: int | None
    points: int
    capped: bool

    @property
    def saving(self) -> int:
        """Goods and shipping together."""
        return self.goods + self.shipping


Answer: TypeAlias = Outcome | Unmet


def attempt(problem: Problem, one: Candidate, state: State, *, spent: int = 0) -> tuple[Answer, State]:
    """Return what a candidate does on a state, and the state after it; the same state where it does nothing.

    `spent` is what earlier uses of it took of its budget.
    """
    if one.promotion.stage and state.item is None:
        state = state._replace(item=state.price)
    unmet = problem.check(one, state)
    if unmet is not None:
        return unmet, state
    if one.terms.once and one.loops and one.uses > 1:
        return _attempt_uses(problem, one, state, spent)
    return _use(problem, one, state, spent)


def _use(problem: Problem, one: Candidate, state: State, spent: int) -> tuple[Answer, State]:
    view = problem.view(one, state)
    found = problem.proposal(one, view)
    if found.unmet is not None:
        return found.unmet, state
    shares = grant(view, found) if found.cuts else {}
    goods = sum(shares.values())
    shipping = min(found.shipping, state.shipping)
    if not (goods or shipping or found.gifts or found.pay_now):
        return NO_EFFECT, state
    shares, shipping, capped = _limited(problem, one, state, (shares, shipping), spent)
    wanted, goods, points = goods, sum(shares.values()), found.points
    if capped and not (goods or shipping):
        return Unmet("budget"), state
    if points and goods < wanted:
        # Whole points: the last one pays for what is left of the limit.
        points = -(-points * goods // wanted)
    outcome = Outcome(one, state, shares, goods, shipping, found.gifts, found.pay_now, points, capped)
    return outcome, _after(one, state, outcome, found)


def _limited(
    problem: Problem, one: Candidate, state: State, wanted: tuple[Shares, int], spent: int
) -> tuple[Shares, int, bool]:
    shares, shipping = wanted
    budget, capped = one.promotion.budget, False
    if one.room is not None and budget is not None and sum(shares.values()) + shipping > one.room - spent:
        capped = True
        shares, shipping = limit_shares(shares, shipping, one.room - spent if budget.on_exceed == "cap" else 0)
    if problem.cap is not None and sum(shares.values()) > problem.cap - state.saved:
        capped = True
        shares, _ = limit_shares(shares, 0, max(problem.cap - state.saved, 0))
    return shares, shipping, capped


def _after(one: Candidate, state: State, outcome: Outcome, found: Proposal) -> State:
    price, free = state.price, state.free
    if outcome.shares:
        left = list(price)
        for unit, minor in outcome.shares.items():
            left[unit] -= minor
        price = tuple(left)
    if one.terms.once and found.cuts:
        free = (free or frozenset()) - used_units(found)
    return State(price, state.item, state.shipping - outcome.shipping, free, state.saved + outcome.goods)


def used_units(found: Proposal) -> frozenset[int]:
    """Return the units that a proposal takes part in."""
    cut = frozenset(unit for part in found.cuts for unit in part.units)
    return cut if found.used is None else cut.union(found.used)


def _attempt_uses(problem: Problem, one: Candidate, state: State, spent: int) -> tuple[Answer, State]:
    total: Outcome | None = None
    first = state
    answer: Answer = NO_EFFECT
    for _ in range(one.uses):
        found, after = _use(problem, one, state, spent if total is None else spent + total.saving)
        if isinstance(found, Unmet):
            answer = found if total is None else answer
            break
        total = found if total is None else joined(total, found)
        if after.free == state.free:
            state = after
            break
        state = after
        if problem.check(one, state) is not None:
            break
    return (answer, first) if total is None else (total._replace(before=first), state)


def joined(one: Outcome, two: Outcome) -> Outcome:
    """Return two uses of a candidate as one outcome."""
    shares = dict(one.shares)
    for unit, minor in two.shares.items():
        shares[unit] = shares.get(unit, 0) + minor
    return one._replace(
        shares=shares,
        goods=one.goods + two.goods,
        shipping=one.shipping + two.shipping,
        gifts=one.gifts + two.gifts,
        points=one.points + two.points,
        capped=one.capped or two.capped,
    )


class Legality:
    """Which promotions were taken, and whether another one may join them."""

    __slots__ = ("_limits", "_max_codes", "_max_promotions", "_single")

    def __init__(self, problem: Problem) -> None:
        self._single = {entry.stage for entry in problem.policy.stages if entry.within != "all"}
        self._limits = dict(problem.policy.group_limits)
        self._max_codes = problem.policy.max_codes
        self._max_promotions = problem.policy.max_promotions

    def blockers(self, taken: Sequence[Candidate], one: Candidate) -> tuple[str, ...]:
        """Return the promotions taken that keep another one out; none where it may join."""
        if not taken:
            return self._empty(one)
        if one.conflicts:
            found = [other for other in taken if other.index in one.conflicts]
            if found:
                return tuple(other.promotion.promotion_id for other in found)
        for group in one.stacking.groups:
            inside = [other for other in taken if group in other.stacking.groups]
            if group in self._limits and len(inside) >= self._limits[group]:
                return tuple(other.promotion.promotion_id for other in inside) or (group,)
        if one.promotion.stage in self._single:
            same = [other for other in taken if other.promotion.stage == one.promotion.stage]
            if same:
                return tuple(other.promotion.promotion_id for other in same)
        if self._max_codes is not None and one.promotion.code is not None:
            codes = [other for other in taken if other.promotion.code is not None]
            if len({other.promotion.code for other in codes} | {one.promotion.code}) > self._max_codes:
                return tuple(other.promotion.promotion_id for other in codes) or ("max_codes",)
        if self._max_promotions is not None and len(taken) >= self._max_promotions:
            return tuple(other.promotion.promotion_id for other in taken)
        return ()

    def _empty(self, one: Candidate) -> tuple[str, ...]:
        if any(self._limits.get(group) == 0 for group in one.stacking.groups):
            return ("group limit 0",)
        if self._max_promotions == 0 or (self._max_codes == 0 and one.promotion.code is not None):
            return ("policy limit 0",)
        return ()
