"""Many carts under many policies: totals, take-up, margin, and what greed costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopcore._checks import at_most, fail, instance
from shopcore.errors import CurrencyMismatchError
from shopcore.models import Currency, Money, Result
from shopcore.models._cart import Cart
from shopcore.models._promotion import Promotion
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._evaluate import FULL, evaluate, looked_up
from shopcore.promotions._policy import StackingPolicy
from shopcore.promotions._prepare import Usage
from shopcore.promotions._registry import BUILT_INS, Registry
from shopcore.promotions._results import PricedCart

__all__ = ["PolicyOutcome", "PriceOfGreed", "TakeUp", "evaluate_many", "price_of_greed"]

MAX_CARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class TakeUp(Result):
    """How often a promotion applied (使用率), and what it cost."""

    promotion_id: str
    carts: int
    saving: Money


@dataclass(frozen=True, slots=True)
class PolicyOutcome(Result):
    """What all carts come to under one policy.

    `margin` is goods paid less their cost and that of the gifts, None where no costs were given; `proved` counts the
    carts whose combination is proved to be the best.
    """

    policy: str
    carts: int
    list_total: Money
    total: Money
    saving: Money
    carts_with_saving: int
    take_up: tuple[TakeUp, ...]
    margin: Money | None
    proved: int
    totals: tuple[int, ...]

    def explain(self) -> str:
        """Return the outcome in words."""
        used = ", ".join(f"{entry.promotion_id} on {entry.carts}" for entry in self.take_up if entry.carts) or "none"
        text = f"{self.policy}: {self.carts} carts, {self.total} to pay, {self.saving} saved; used: {used}"
        return text if self.margin is None else f"{text}; margin {self.margin}"


@dataclass(frozen=True, slots=True)
class PriceOfGreed(Result):
    """What taking promotions in order costs the customers (贪心的代价), against the best legal combination.

    `extra_paid` is what they pay more in order; `carts_worse` how many carts are dearer; `worst` the position and the
    amount of the worst one. Seen from the shop it is what best-deal selection would have cost.
    """

    in_order: PolicyOutcome
    best: PolicyOutcome
    extra_paid: Money
    carts_worse: int
    worst: tuple[int, Money] | None

    def explain(self) -> str:
        """Return the price of greed in words."""
        text = f"in order {self.in_order.total}, best {self.best.total}: {self.extra_paid} paid more"
        return f"{text} on {self.carts_worse} of {self.best.carts} carts"


def evaluate_many(
    carts: Sequence[Cart],
    promotions: Sequence[Promotion],
    policies: Mapping[str, StackingPolicy],
    *,
    at: datetime | None = None,
    usage: Mapping[str, Usage] | None = None,
    unit_costs: Mapping[str, Money] | None = None,
    budget: SearchBudget = FULL,
    registry: Registry = BUILT_INS,
) -> tuple[PolicyOutcome, ...]:
    """Return what carts would come to under each policy (what-if).

    Every cart is priced by itself: usage and budgets are the same facts for each of them.

    Parameters
    ----------
    carts : sequence of Cart
        At least one, all of one currency.
    promotions : sequence of Promotion
        The set they are priced with.
    policies : mapping of name to StackingPolicy
        What is compared.
    at, usage, budget, registry
        As in `evaluate`.
    unit_costs : mapping of SKU to Money, optional
        Landed cost of a unit, for the margin; every SKU of the carts and of the gifts given is needed then.

    Returns
    -------
    tuple of PolicyOutcome
        In the order of `policies`; amounts sum over the carts, ``totals`` holds one amount per cart in minor units.

    Raises
    ------
    InputError
        If there is no cart, or a cost is missing.
    CurrencyMismatchError
        If the carts are of several currencies.

    Examples
    --------
    >>> from shopcore.models import Cart, CartLine, Money, Promotion, Stacking
    >>> from shopcore.promotions import StackingPolicy
    >>> from shopcore.promotions.rules import AmountOff, PercentOff
    >>> tea = CartLine(line_id="1", sku="TEA", quantity=1, unit_price=Money(4900, "CNY"))
    >>> ten = Promotion(promotion_id="ten", effect=AmountOff(amount=Money(300, "CNY")), priority=1,
    ...                 stacking=Stacking(excludes=["percent"]))
    >>> percent = Promotion(promotion_id="percent", effect=PercentOff(percent="10%"))
    >>> policies = {"order": StackingPolicy(), "best": StackingPolicy(selection="best")}
    >>> for outcome in evaluate_many([Cart(currency="CNY", lines=[tea])], [ten, percent], policies):
    ...     print(outcome.explain())
    order: 1 carts, 46.00 CNY to pay, 3.00 CNY saved; used: ten on 1
    best: 1 carts, 44.10 CNY to pay, 4.90 CNY saved; used: percent on 1
    """
    at_most("carts", carts, MAX_CARTS, "carts")
    if not carts:
        fail("carts", carts, "at least one cart", reason="too_few")
    if not isinstance(policies, Mapping):
        fail("policies", type(policies).__name__, "a mapping of name to StackingPolicy", reason="type")
    currency = instance("carts", carts[0], Cart).currency
    if any(instance("carts", cart, Cart).currency is not currency for cart in carts):
        raise CurrencyMismatchError(
            "carts must be of one currency", argument="carts", expected="one currency", reason="currency_mismatch"
        )
    known = looked_up(promotions, registry)
    return tuple(
        _outcome(
            name,
            known,
            (evaluate(cart, known, policy, at=at, usage=usage, budget=budget) for cart in carts),
            (currency, unit_costs),
        )
        for name, policy in policies.items()
    )


def _outcome(
    name: str,
    promotions: Sequence[Promotion],
    priced: Iterable[PricedCart],
    worth: tuple[Currency, Mapping[str, Money] | None],
) -> PolicyOutcome:
    """Sum up cart by cart, so that a million of them never lie in memory at once."""
    currency, unit_costs = worth
    used: dict[str, list[int]] = {one.promotion_id: [0, 0] for one in promotions}
    totals: list[int] = []
    listed = saved = helped = proved = margin = 0
    for one in priced:
        totals.append(one.total.minor)
        listed += one.list_total.minor
        saved += one.saving.minor
        helped += one.saving.minor > 0
        proved += one.certificate.status == "optimal"
        margin += 0 if unit_costs is None else _margin(one, unit_costs)
        for entry in one.trace:
            if entry.applied:
                used[entry.promotion_id][0] += 1
                used[entry.promotion_id][1] += entry.saving.minor
    return PolicyOutcome(
        policy=name,
        carts=len(totals),
        list_total=Money(listed, currency),
        total=Money(sum(totals), currency),
        saving=Money(saved, currency),
        carts_with_saving=helped,
        take_up=tuple(TakeUp(key, count, Money(minor, currency)) for key, (count, minor) in used.items()),
        margin=None if unit_costs is None else Money(margin, currency),
        proved=proved,
        totals=tuple(totals),
    )


def _margin(priced: PricedCart, unit_costs: Mapping[str, Money]) -> int:
    margin = sum(line.amount.minor for line in priced.lines)
    gone = [(line.sku, line.quantity) for line in priced.lines]
    for sku, count in (*gone, *priced.gifts):
        cost = unit_costs.get(sku)
        if cost is None:
            fail("unit_costs", sku, "a cost for every SKU of the carts and of their gifts", reason="missing")
        if cost.currency is not priced.total.currency:
            raise CurrencyMismatchError(
                "unit_costs must be in the currency of the carts",
                argument="unit_costs",
                expected="the currency of the carts",
                reason="currency_mismatch",
            )
        margin -= cost.minor * count
    return margin


def price_of_greed(
    carts: Sequence[Cart],
    promotions: Sequence[Promotion],
    policy: StackingPolicy,
    *,
    at: datetime | None = None,
    usage: Mapping[str, Usage] | None = None,
    budget: SearchBudget = FULL,
    registry: Registry = BUILT_INS,
) -> PriceOfGreed:
    """Return how far promotions taken in order are from the best deal on these carts (贪心的代价).

    Parameters
    ----------
    carts, promotions, at, usage, budget, registry
        As in `evaluate_many`.
    policy : StackingPolicy
        Its selection is set to priority and to best in turn.

    Examples
    --------
    >>> from shopcore.models import Cart, CartLine, Money, Promotion
    >>> from shopcore.promotions.rules import NthUnit, PercentOff
    >>> books = [CartLine(line_id=str(price), sku="B", quantity=1, unit_price=Money(price, "USD"))
    ...          for price in (3000, 3001, 2000, 1000)]
    >>> offers = [Promotion(promotion_id="3for2", effect=NthUnit(group=3, percent="100%"), priority=1),
    ...           Promotion(promotion_id="30%", effect=PercentOff(percent="30%"))]
    >>> print(price_of_greed([Cart(currency="USD", lines=books)], offers, StackingPolicy(units="once")).explain())
    in order 67.01 USD, best 63.01 USD: 4.00 USD paid more on 1 of 1 carts
    """
    both = {name: policy.evolve(selection=name) for name in ("priority", "best")}
    greedy, best = evaluate_many(carts, promotions, both, at=at, usage=usage, budget=budget, registry=registry)
    extra = [mine - least for mine, least in zip(greedy.totals, best.totals, strict=True)]
    currency = best.total.currency
    place = max(range(len(extra)), key=extra.__getitem__)
    worst = (place, Money(extra[place], currency)) if extra[place] > 0 else None
    return PriceOfGreed(greedy, best, Money(sum(extra), currency), sum(more > 0 for more in extra), worst)
