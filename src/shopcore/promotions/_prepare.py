"""A cart, a set of promotions and a policy made ready: who may apply at all, in which order, and with whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shopcore._checks import at_most, aware, fail, instance, integer
from shopcore.errors import CurrencyMismatchError
from shopcore.models import Money
from shopcore.models._cart import Cart
from shopcore.models._promotion import Promotion, RawRule
from shopcore.models._rule import LineFilter, Proposal, Unmet
from shopcore.promotions._contract import asked, broken, check_proposal, check_unmet
from shopcore.promotions._policy import StackingPolicy, StagePolicy
from shopcore.promotions._view import Layout, State, Terms, View
from shopcore.promotions.conditions._base import Check
from shopcore.promotions.conditions._combined import AllOf, AnyOf, NoneOf
from shopcore.promotions.rules._base import Rule
from shopcore.promotions.rules._spend_threshold import SpendThreshold

MAX_PROMOTIONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a promotion was used before, by all and by this customer, and what it has cost (使用情况).

    Facts the host states; the engine reads no database.

    Parameters
    ----------
    used, used_by_customer : int
        Orders before this one.
    spent : Money, optional
        What its budget has paid for.
    """

    used: int = 0
    used_by_customer: int = 0
    spent: Money | None = None

    def __post_init__(self) -> None:
        integer("used", self.used, low=0)
        integer("used_by_customer", self.used_by_customer, low=0)
        if self.spent is not None:
            instance("spent", self.spent, Money)


class Candidate:
    """A promotion that may apply, with what the search asks for again and again."""

    __slots__ = (
        "conflicts",
        "index",
        "loops",
        "most",
        "on",
        "own",
        "promotion",
        "propose",
        "room",
        "single",
        "stacking",
        "terms",
        "view_terms",
        "when",
        "when_own",
    )

    def __init__(self, index: int, promotion: Promotion, terms: Terms, room: int | None) -> None:
        effect: Any = promotion.effect
        self.index = index
        self.promotion = promotion
        self.propose = effect.propose if hasattr(effect, "propose") else effect
        self.own = isinstance(effect, Rule)
        self.on: LineFilter | None = effect.on if self.own else asked(promotion.promotion_id, _chooser, effect)
        # Our rules find all their uses at once; a threshold, and a foreign rule, are asked again for every use.
        self.loops = not self.own or isinstance(effect, SpendThreshold)
        # How often it may be used where units serve once.
        self.most = effect.uses if self.own else _uses_of(effect, promotion.promotion_id)
        self.view_terms = terms if self.loops else terms._replace(once=False)
        self.when = promotion.when
        self.when_own = _is_ours(promotion.when)
        self.terms = terms
        self.room = room
        self.stacking = promotion.stacking
        self.conflicts: frozenset[int] = frozenset()
        self.single = False

    def single_use(self, *, when: bool) -> Candidate:
        """Return it for one use, with or without its condition."""
        copy = Candidate(self.index, self.promotion, self.terms, self.room)
        copy.conflicts, copy.single, copy.view_terms = self.conflicts, True, self.terms
        if not when:
            copy.when = None
        return copy

    @property
    def uses(self) -> int:
        """How often it may be used."""
        return self.most if self.terms.once and not self.single else 1


class Problem:
    """Everything that stays the same while combinations are tried."""

    __slots__ = (
        "_guest",
        "at",
        "candidates",
        "cap",
        "cart",
        "layout",
        "policy",
        "promotions",
        "rejected",
        "usage",
        "zero",
    )

    def __init__(
        self,
        cart: Cart,
        promotions: Sequence[Promotion],
        policy: StackingPolicy,
        at: datetime | None,
        usage: Mapping[str, Usage],
    ) -> None:
        instance("cart", cart, Cart)
        instance("policy", policy, StackingPolicy)
        if not isinstance(promotions, Sequence) or isinstance(promotions, str | bytes):
            fail("promotions", type(promotions).__name__, "a sequence of promotions", reason="type")
        if not isinstance(usage, Mapping):
            fail("usage", type(usage).__name__, "a mapping of promotion id to Usage", reason="type")
        at_most("promotions", promotions, MAX_PROMOTIONS, "promotions")
        for known in usage.values():
            instance("usage", known, Usage)
        self.cart, self.policy, self.promotions, self.usage = cart, policy, tuple(promotions), usage
        self.at = None if at is None else aware("at", at)
        self.layout = Layout(cart, self.at)
        self._guest: Layout | None = None
        self.zero = Money(0, cart.currency)
        self.cap = None
        if policy.max_discount is not None:
            rate = policy.max_discount
            self.cap = sum(self.layout.list_price) * rate.numerator // rate.denominator
        self.rejected: dict[int, Unmet] = {}
        self.candidates: list[Candidate] = []
        self._read()
        self.candidates.sort(key=lambda one: (one.promotion.stage, -one.promotion.priority, one.index))
        _find_conflicts(self.candidates)

    def _read(self) -> None:
        stages = {entry.stage: entry for entry in self.policy.stages}
        known: dict[int, Terms] = {}
        seen = set()
        own = {self.cart.currency}
        codes = frozenset(self.cart.codes)
        for index, promotion in enumerate(self.promotions):
            if type(promotion) is not Promotion:
                instance("promotions", promotion, Promotion)
            if promotion.promotion_id in seen:
                fail("promotions", promotion.promotion_id, "promotions with ids that differ", reason="duplicate")
            seen.add(promotion.promotion_id)
            if promotion.currencies and promotion.currencies != own:
                _fail_currency(promotion.promotion_id)
            usage = self.usage.get(promotion.promotion_id)
            unmet = self._barred(promotion, usage, codes)
            if unmet is not None:
                self.rejected[index] = unmet
                continue
            terms = known.get(promotion.stage)
            if terms is None:
                terms = known[promotion.stage] = terms_of(self.policy, stages.get(promotion.stage))
            one = Candidate(index, promotion, terms, self._room(promotion, usage))
            if not one.own and one.on is not None:
                # Asked once, on the guest's cart, so that what it raises later names its promotion too.
                asked(promotion.promotion_id, self.guest.units, one.on)
                self._unharmed(promotion.promotion_id)
            self.candidates.append(one)

    def _barred(self, promotion: Promotion, usage: Usage | None, codes: frozenset[str]) -> Unmet | None:
        if isinstance(promotion.effect, RawRule) or isinstance(promotion.when, RawRule):
            return Unmet("unknown_kind")
        if promotion.code is not None and promotion.code not in codes:
            return Unmet("code_missing")
        if promotion.window is not None:
            if self.at is None:
                fail(
                    "at", None, f"the instant of pricing, since {promotion.promotion_id} has a window", reason="missing"
                )
            if self.at < promotion.window.start:
                return Unmet("not_started")
            if self.at >= promotion.window.end:
                return Unmet("expired")
        if usage is not None:
            if promotion.limit is not None and usage.used >= promotion.limit:
                return Unmet("usage_limit")
            if promotion.per_customer is not None and usage.used_by_customer >= promotion.per_customer:
                return Unmet("customer_limit")
        elif promotion.limit == 0 or promotion.per_customer == 0:
            return Unmet("usage_limit" if promotion.limit == 0 else "customer_limit")
        if promotion.budget is not None and not self._room(promotion, usage):
            return Unmet("budget")
        return None

    def _room(self, promotion: Promotion, usage: Usage | None) -> int | None:
        budget = promotion.budget
        if budget is None:
            return None
        spent = usage.spent if usage is not None and usage.spent is not None else None
        if spent is not None and spent.currency is not self.cart.currency:
            _fail_currency(promotion.promotion_id)
        return max(budget.limit.minor - (spent.minor if spent is not None else 0), 0)

    @property
    def worth(self) -> int:
        """Goods and shipping before every promotion."""
        return sum(self.layout.list_price) + self.layout.shipping

    @property
    def guest(self) -> Layout:
        """The layout with a copy of the cart, for rules that are not ours: what they do to it harms nobody."""
        if self._guest is None:
            self._guest = self.layout.guest()
        return self._guest

    def view(self, one: Candidate, state: State) -> View:
        """Return what a candidate's rule sees; used units are gone only where units of its stage serve once."""
        free = state.free if one.terms.once else None
        return View(self.layout if one.own else self.guest, state, one.view_terms, one.on, free)

    def check(self, one: Candidate, state: State) -> Unmet | None:
        """Return why a candidate's condition is not met, None where it is; a condition sees used units too."""
        when = one.when
        if when is None:
            return None
        name = one.promotion.promotion_id
        layout = self.layout if one.when_own else self.guest
        found = asked(name, when.check, View(layout, state, one.view_terms, one.on, None))
        if not one.when_own:
            self._unharmed(name)
        if found is None:
            return None
        return found if type(found) is Unmet and one.when_own else check_unmet(found, name)

    def proposal(self, one: Candidate, view: View) -> Proposal:
        """Return what a candidate proposes on a view; what is not ours is looked over."""
        name = one.promotion.promotion_id
        found = asked(name, one.propose, view)
        if one.own and type(found) is Proposal:
            return found
        self._unharmed(name)
        return check_proposal(found, len(self.layout.all), name)

    def _unharmed(self, name: str) -> None:
        if self._guest is not None and self._guest.cart != self.cart:
            self._guest = None
            broken(name, "a rule must leave the cart as it is", "mutation")


def _chooser(effect: Any) -> Any:
    on = getattr(effect, "on", None)
    return on if callable(getattr(on, "matches", None)) else None


def _uses_of(effect: Any, name: str) -> int:
    uses = asked(name, lambda rule: getattr(rule, "uses", 1), effect)
    if type(uses) is not int or uses < 1:
        broken(name, "uses must be an int of 1 or more", "uses")
    return uses


def _is_ours(when: Any) -> bool:
    if isinstance(when, AllOf | AnyOf | NoneOf):
        return all(_is_ours(part) for part in when.of)
    return when is None or isinstance(when, Check)


def terms_of(policy: StackingPolicy, stage: StagePolicy | None) -> Terms:
    """Return how a stage measures and rounds."""
    own = stage or _FOLLOWS
    once = (own.units or policy.units) == "once"
    return Terms(
        own.threshold_basis or policy.threshold_basis,
        own.percent_basis or policy.percent_basis,
        once,
        policy.multibuy_allocation == "spread_group",
        # A unit that serves one promotion only is a line of its own: its discount does not depend on its neighbours.
        "unit" if once else policy.rounding.scope,
        policy.rounding.mode,
        policy.rounding.step,
    )


_FOLLOWS: Final = StagePolicy(stage=0)


def _find_conflicts(candidates: list[Candidate]) -> None:
    picky = [one for one in candidates if one.stacking.model_fields_set]
    for one in picky:
        found = {other.index for other in candidates if other is not one and disagree(one.promotion, other.promotion)}
        if found:
            one.conflicts = frozenset(found)
    for one in candidates:
        if one not in picky:
            one.conflicts = frozenset(other.index for other in picky if one.index in other.conflicts)


def disagree(one: Promotion, other: Promotion) -> bool:
    """Return whether two promotions may not stand on one order."""
    mine, theirs = one.stacking, other.stacking
    return (
        mine.exclusive
        or theirs.exclusive
        or other.promotion_id in mine.excludes
        or one.promotion_id in theirs.excludes
        or (mine.allows is not None and not any(tag in mine.allows for tag in theirs.tags))
        or (theirs.allows is not None and not any(tag in theirs.allows for tag in mine.tags))
    )


def _fail_currency(promotion_id: str) -> None:
    raise CurrencyMismatchError(
        f"promotion {promotion_id} must be in the currency of the cart",
        argument="promotions",
        expected="the currency of the cart",
        reason="currency_mismatch",
    )
