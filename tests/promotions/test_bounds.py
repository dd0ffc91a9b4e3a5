"""Bounds of the search: no rule takes off more than its bound, on any basis, rounding or lower prices."""

import random

import pytest

from shopcore.models import Cart, CartLine, Money, Promotion, RoundingPolicy
from shopcore.promotions import SearchBudget, Selector, StackingPolicy, evaluate
from shopcore.promotions import rules as r
from shopcore.promotions._bounds import bound_of
from shopcore.promotions._milp import by_program
from shopcore.promotions._prepare import Problem
from shopcore.promotions._priority import by_priority
from shopcore.promotions._run import Outcome, attempt


def usd(minor):
    return Money(minor, "USD")


def cart(*prices, floors=()):
    floors = dict(enumerate(floors))
    rows = enumerate(prices)
    return Cart(
        currency="USD",
        lines=[
            CartLine(
                line_id=f"{place}",
                sku=f"{place}",
                quantity=1,
                unit_price=usd(price),
                price_floor=None if floors.get(place) is None else usd(floors[place]),
            )
            for place, price in rows
        ],
    )


RULES = [
    r.NthUnit(group=2, percent="50%"),
    r.NthUnit(group=3, discounted=2, percent="33%", grouping="cheapest_overall"),
    r.BuyXGetY(buy=1, get=1, percent="50%"),
    r.AnyN(n=2, percent="10%", max_times=1),
    r.Bundle(parts=[r.BundlePart(on=Selector(skus=[sku])) for sku in "01"], percent="10%"),
    r.PercentOff(percent="10%", max_units=1),
    r.GroupAmount(group=2, amount_per_unit=usd(500)),
    r.TieredPrice(tiers=[r.PriceTier(min_quantity=2, percent="10%")]),
    r.SpendThresholdPercent(percent="15%", threshold=usd(1000)),
]
POLICIES = [
    StackingPolicy(percent_basis=basis, rounding=RoundingPolicy(scope, "up", step))
    for basis in ("running", "item", "list")
    for scope in ("unit", "line", "order")
    for step in (1, 10)
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_no_rule_takes_off_more_than_its_bound_at_these_prices_or_lower_ones(rule):
    rng = random.Random(rule.kind)
    for policy in POLICIES:
        for _ in range(20):
            prices = [rng.randint(100, 3_000) for _ in range(rng.randint(2, 5))]
            goods = cart(*prices, floors=[rng.choice([None, price // 2, price]) for price in prices])
            problem = Problem(goods, [Promotion(promotion_id="p", effect=rule)], policy, None, {})
            one, opening = problem.candidates[0], problem.layout.opening(once=False)
            bound = bound_of(rule, problem.view(one, opening), "p")
            lower = tuple(max(price - rng.choice([0, 1, 40, 900]), 0) for price in opening.price)
            for state in (opening, opening._replace(price=lower)):
                found, _ = attempt(problem, one, state)
                assert bound >= (found.saving if isinstance(found, Outcome) else 0)


def test_the_dearest_two_may_be_chosen_where_the_cheapest_of_all_go_free():
    # Three units, pairs, the cheapest free: of all three it is the 5.00, of the two dear ones alone a 10.00.
    offers = [Promotion(promotion_id="p", effect=r.NthUnit(group=2, percent="100%", grouping="cheapest_overall"))]
    goods, policy = cart(1000, 1000, 500), StackingPolicy(selection="best", units="once")
    assert evaluate(goods, offers, policy).saving == usd(1000)
    problem = Problem(goods, offers, policy, None, {})
    assert by_program(problem, by_priority(problem), SearchBudget()).bound >= 1000


def test_spend_thresholds_that_are_alike_share_one_place_in_the_program():
    rule = r.SpendThreshold(threshold=usd(1000), amount=usd(100), max_times=2)
    offers = [Promotion(promotion_id=name, effect=rule) for name in ("a", "b", "c")]
    policy = StackingPolicy(selection="best", units="once")
    found = evaluate(cart(*[1000] * 5, *[1] * 6), offers, policy)
    assert (found.saving, found.certificate.status) == (usd(500), "optimal")
    assert found.applied == ("a", "b", "c")
    limited = evaluate(cart(*[1000] * 5, *[1] * 6), offers, policy.evolve(max_promotions=2))
    assert (limited.saving, limited.certificate.status) == (usd(400), "optimal")


def test_a_gap_that_is_allowed_is_met_without_the_integer_program():
    goods, offers = cart(*range(500, 3000, 50)), [Promotion(promotion_id="p", effect=r.NthUnit(group=3, percent="50%"))]
    policy = StackingPolicy(selection="best", units="once")
    found = evaluate(goods, offers, policy, budget=SearchBudget(gap=0.2)).certificate
    assert found.nodes == 0
    assert found.saving.minor >= 0.8 * found.bound.minor
    assert found.bound >= evaluate(goods, offers, policy).saving
