"""The front door: a cart, promotions and a policy in, the priced cart out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from shopcore._checks import instance
from shopcore.models import Model, Money
from shopcore.models._cart import Cart
from shopcore.models._promotion import Promotion, RawRule
from shopcore.promotions._best import best
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._policy import StackingPolicy
from shopcore.promotions._prepare import Problem, Usage
from shopcore.promotions._priority import by_priority
from shopcore.promotions._registry import BUILT_INS, Registry
from shopcore.promotions._report import report
from shopcore.promotions._results import Certificate, PricedCart

__all__ = ["evaluate"]

BY_PRIORITY: Final = StackingPolicy()
FULL: Final = SearchBudget()


def evaluate(
    cart: Cart,
    promotions: Sequence[Promotion],
    policy: StackingPolicy = BY_PRIORITY,
    *,
    at: datetime | None = None,
    usage: Mapping[str, Usage] | None = None,
    budget: SearchBudget = FULL,
    registry: Registry = BUILT_INS,
) -> PricedCart:
    """Return the cart after promotions, with a record of every promotion (优惠结算).

    Pure and deterministic to the byte. The engine reads no database: limits used so far come in as `usage`, what the
    order takes of them goes out as `claims`.

    Parameters
    ----------
    cart : Cart
        What is bought.
    promotions : sequence of Promotion
        At most 1,000, with ids that differ; equal priorities keep this order.
    policy : StackingPolicy
        How they stack; in priority order by default.
    at : datetime, optional
        The instant of pricing; needed where a promotion has a window or asks for the day.
    usage : mapping of promotion id to Usage, optional
        What was used before.
    budget : SearchBudget
        How far the search for the best combination may go.
    registry : Registry
        The kinds of rules that are known, for promotions that were read and not looked up yet.

    Returns
    -------
    PricedCart
        Amounts by line and unit that sum to the cent, gifts, claims, the trace and the certificate.

    Raises
    ------
    InputError
        If ids repeat, or `at` is needed and missing.
    CurrencyMismatchError
        If a promotion is in another currency than the cart.
    LimitError
        If there are too many promotions.
    RuleContractError
        If a rule breaks the contract; names the promotion.

    Examples
    --------
    >>> from shopcore.models import Cart, CartLine, Money, Promotion
    >>> from shopcore.promotions.rules import PercentOff, SpendThreshold
    >>> tea = CartLine(line_id="1", sku="TEA", quantity=3, unit_price=Money(4900, "CNY"))
    >>> cup = CartLine(line_id="2", sku="CUP", quantity=1, unit_price=Money(18000, "CNY"))
    >>> cart = Cart(currency="CNY", lines=[tea, cup])
    >>> flash = Promotion(promotion_id="flash", effect=PercentOff(percent="20%"), priority=2)
    >>> full = Promotion(promotion_id="full", effect=SpendThreshold(threshold=Money(30000, "CNY"),
    ...                                                             amount=Money(4000, "CNY")))
    >>> print(evaluate(cart, [flash, full]).explain())
    327.00 CNY less 65.40 CNY is 261.60 CNY to pay; promotions were taken in their order
    flash: 65.40 CNY off: 29.40 CNY on 1, 36.00 CNY on 2
    full: not applied, the goods do not cost enough yet; it would if 38.40 CNY more were spent on its goods
    """
    instance("budget", budget, SearchBudget)
    problem = Problem(cart, looked_up(promotions, registry), policy, at, usage or {})
    currency = cart.currency
    if policy.selection == "priority":
        taken = by_priority(problem)
        listed = Money(problem.worth, currency)
        saving = Money(taken.saving, currency)
        return report(problem, taken, Certificate("priority", "greedy", saving, listed, 0))
    chosen, found, dominated = best(problem, budget)
    certificate = Certificate(
        method=found.method,
        status="optimal" if found.bound == found.saving else "gap",
        saving=Money(found.saving, currency),
        bound=Money(found.bound, currency),
        nodes=found.nodes,
        next_best=None if found.second is None else found.second[1],
        next_best_total=None if found.second is None else Money(problem.worth - found.second[0], currency),
        solver=found.solver,
    )
    return report(problem, chosen, certificate, dominated)


def looked_up(promotions: Sequence[Promotion], registry: Registry) -> Sequence[Promotion]:
    """Return promotions with the rules that are still raw looked up."""
    instance("registry", registry, Registry)
    if isinstance(promotions, list | tuple) and any(map(_is_raw, promotions)):
        return [registry.resolve(one) if isinstance(one, Promotion) else one for one in promotions]
    return promotions


def _is_raw(one: object) -> bool:
    return isinstance(one, Promotion) and (_has_raw(one.effect) or _has_raw(one.when))


def _has_raw(rule: object) -> bool:
    if isinstance(rule, RawRule):
        return True
    # Asked of the class: a field that a model lacks is found missing only after pydantic has looked everywhere.
    combined = isinstance(rule, Model) and hasattr(type(rule), "resolved")
    return combined and any(map(_has_raw, getattr(rule, "of", ())))
