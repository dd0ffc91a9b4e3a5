"""Checking a priced cart without trusting whoever priced it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final

from shopcore._checks import instance
from shopcore.models import Money, Result
from shopcore.models._cart import Cart
from shopcore.models._promotion import Promotion
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._evaluate import BY_PRIORITY, FULL, evaluate, looked_up
from shopcore.promotions._linear import relaxed_bound
from shopcore.promotions._policy import StackingPolicy
from shopcore.promotions._prepare import Candidate, Problem, Usage
from shopcore.promotions._priority import by_priority
from shopcore.promotions._registry import BUILT_INS, Registry
from shopcore.promotions._results import PricedCart
from shopcore.promotions._run import Legality, Outcome, attempt

__all__ = ["Verification", "verify"]

EXHAUSTIVE: Final = 10


@dataclass(frozen=True, slots=True)
class Verification(Result):
    """What was found: `sound` when nothing is wrong; `faults` in words otherwise.

    `bound` is what no legal combination can exceed as found here, and `method` how: ``"exhaustive"`` tries every set
    without any bound, ``"relaxed"`` adds up the rows of a program in exact fractions, ``"order"`` has nothing to prove.
    `proved` says whether the bound of the certificate follows from that alone; where it does not, the certificate
    rests on its search, which was repeated.
    """

    sound: bool
    faults: tuple[str, ...]
    method: str
    bound: Money
    proved: bool


def verify(
    result: PricedCart,
    cart: Cart,
    promotions: Sequence[Promotion],
    policy: StackingPolicy = BY_PRIORITY,
    *,
    at: datetime | None = None,
    usage: Mapping[str, Usage] | None = None,
    budget: SearchBudget = FULL,
    registry: Registry = BUILT_INS,
) -> Verification:
    """Return whether a priced cart is what it says: amounts, legality, and the proof (核验).

    Sums are added up anew, the set applied is checked for legality, the cart is priced again from the same input, and
    with up to 10 promotions and shared units every legal set is tried without any bound. Otherwise the bound is held
    against one that needs no search: the multipliers of a relaxed program, added up in exact fractions.

    Parameters
    ----------
    result : PricedCart
        What is to be checked.
    cart, promotions, policy, at, usage, budget, registry
        What it was priced from.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from shopcore.models import Cart, CartLine, Money, Promotion
    >>> from shopcore.promotions import StackingPolicy, evaluate
    >>> from shopcore.promotions.rules import PercentOff
    >>> tea = CartLine(line_id="1", sku="T", quantity=1, unit_price=Money(900, "CNY"))
    >>> cart = Cart(currency="CNY", lines=[tea])
    >>> offers = [Promotion(promotion_id="p", effect=PercentOff(percent="10%"))]
    >>> policy = StackingPolicy(selection="best")
    >>> found = evaluate(cart, offers, policy)
    >>> verify(found, cart, offers, policy).sound
    True
    >>> verify(replace(found, total=Money(1, "CNY")), cart, offers, policy).faults[0]
    'the total is not list less saving'
    """
    instance("result", result, PricedCart)
    promotions = looked_up(promotions, registry)
    problem = Problem(cart, promotions, policy, at, usage or {})
    faults = [*_sums(result), *_legality(problem, result)]
    again = evaluate(cart, promotions, policy, at=at, usage=usage, budget=budget)
    if again != result or again.to_dict() != result.to_dict():
        faults.append("priced again from the same input it comes out differently")
    bound, method = result.certificate.bound.minor, "order"
    if policy.selection == "best":
        bound, method = _own_bound(problem)
        faults += _proof(problem, result, bound, exhaustive=method == "exhaustive")
    proof = result.certificate
    named = policy.selection == "priority" or (proof.status == "optimal") == (proof.saving == proof.bound)
    if proof.saving != result.saving or proof.saving.minor > proof.bound.minor or not named:
        faults.append("the certificate contradicts itself")
    proved = policy.selection == "priority" or bound <= proof.bound.minor
    return Verification(not faults, tuple(faults), method, Money(bound, cart.currency), proved)


def _own_bound(problem: Problem) -> tuple[int, str]:
    small = len(problem.candidates) <= EXHAUSTIVE and problem.policy.order == "fixed" and problem.policy.may_decline
    if small and not any(one.terms.once for one in problem.candidates):
        return _exhaustive(problem), "exhaustive"
    return relaxed_bound(problem), "relaxed"


def _proof(problem: Problem, result: PricedCart, bound: int, *, exhaustive: bool) -> list[str]:
    proof, faults = result.certificate, []
    known = bound if exhaustive else by_priority(problem).saving if problem.policy.may_decline else 0
    if known > proof.bound.minor:
        faults.append("a legal combination saves more than the bound")
    if proof.saving.minor > bound:
        faults.append("it saves more than any legal combination can")
    if exhaustive and proof.status == "optimal" and bound != proof.saving.minor:
        faults.append("it is not the optimum that it is said to be")
    return faults


def _sums(result: PricedCart) -> list[str]:
    try:
        return _not_summing(result)
    except (AttributeError, TypeError, ValueError):
        return ["it is not of the form of a priced cart"]


def _not_summing(result: PricedCart) -> list[str]:
    faults = []
    goods = sum(line.amount.minor for line in result.lines)
    if result.total.minor != result.list_total.minor - result.saving.minor:
        faults.append("the total is not list less saving")
    if result.total.minor != goods + result.shipping.minor:
        faults.append("the total is not the sum of its lines and shipping")
    if result.saving.minor != sum(entry.saving.minor for entry in result.trace):
        faults.append("the savings of the promotions do not sum to the saving")
    for line in result.lines:
        shares = sum(share.amount.minor for share in line.discounts)
        units = sum(count * minor for count, minor in line.unit_amounts)
        if shares != line.discount.minor or units != line.amount.minor:
            faults.append(f"the shares of line {line.line_id} do not sum")
    return faults


def _legality(problem: Problem, result: PricedCart) -> list[str]:
    known = {one.promotion.promotion_id: one for one in problem.candidates}
    missing = [name for name in result.applied if name not in known]
    if missing:
        return ["it applies promotions that may not apply: " + ", ".join(missing[:5])]
    legality, taken = Legality(problem), list[Candidate]()
    for name in result.applied:
        if legality.blockers(taken, known[name]):
            return [f"promotion {name} may not stand beside the others"]
        taken.append(known[name])
    return []


def _exhaustive(problem: Problem) -> int:
    """Return the largest saving of all legal sets, each priced in order, by no other means than trying them."""
    row, best = problem.candidates, 0
    for size in range(1, len(row) + 1):
        for chosen in combinations(row, size):
            best = max(best, _saving(problem, chosen))
    return best


def _saving(problem: Problem, chosen: tuple[Candidate, ...]) -> int:
    legality, state, total = Legality(problem), problem.layout.opening(once=False), 0
    taken: list[Candidate] = []
    for one in chosen:
        if legality.blockers(taken, one):
            return -1
        found, state = attempt(problem, one, state)
        if not isinstance(found, Outcome):
            return -1
        taken.append(one)
        total += found.saving
    return total
