"""The best combination is the best: held against a plain exhaustive search, for every rule and both unit modes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promotion_carts import brute_force, brute_force_mixed, brute_force_units, carts, offers, policies

from shopcore.models import Budget, Cart, CartLine, Money, Promotion, RoundingPolicy
from shopcore.promotions import SearchBudget, StackingPolicy, StagePolicy, evaluate
from shopcore.promotions._linear import relaxed, relaxed_bound
from shopcore.promotions._milp import by_program
from shopcore.promotions._packing import Packing
from shopcore.promotions._prepare import Problem
from shopcore.promotions._priority import by_priority
from shopcore.promotions._program import Program
from shopcore.promotions._writers import WRITERS
from shopcore.promotions.rules import PercentOff

LIMITED = (("free", 0), ("tea", 99))


def mixed(**fixed):
    """Policies of which one stage shares its units and the others use them once, or the other way round."""
    stage = st.builds(StagePolicy, stage=st.integers(0, 2), units=st.just("shared"))
    return st.builds(lambda policy, own: policy.evolve(units="once", stages=(own,)),
                     policies(selection="best", max_discount=None, **fixed), stage)  # fmt: skip


# The exhaustive search over owners of units and the solver take their time: a quarter of the profile's examples.
few = settings(max_examples=max(settings().max_examples // 4, 10))


@given(carts(), offers(), st.data())
def test_the_best_combination_is_what_trying_all_of_them_gives(cart, promotions, data):
    policy = data.draw(policies(selection="best"))
    found = evaluate(cart, promotions, policy)
    assert found.certificate.status == "optimal"
    assert found.saving.minor == brute_force(cart, promotions, policy)
    assert found.saving.minor <= relaxed_bound(Problem(cart, promotions, policy, None, {}))


@given(carts(), offers(max_size=4), st.data())
def test_a_free_order_is_searched_too(cart, promotions, data):
    policy = data.draw(policies(selection="best", order="free"))
    found = evaluate(cart, promotions, policy)
    assert found.certificate.status == "optimal"
    assert found.saving.minor == brute_force(cart, promotions, policy)
    assert found.saving.minor <= relaxed_bound(Problem(cart, promotions, policy, None, {}))


@few
@given(carts(max_units=5), offers(max_size=3, budgets=False), st.data())
def test_units_that_serve_once_go_where_they_save_most(cart, promotions, data):
    order = data.draw(st.sampled_from(["fixed", "free"]))
    policy = data.draw(policies(selection="best", units="once", max_discount=None, order=order))
    found = evaluate(cart, promotions, policy)
    assert found.certificate.status == "optimal"
    assert found.saving.minor >= brute_force_units(cart, promotions, policy)


@few
@given(carts(max_units=4), offers(max_size=3, budgets=False), st.data())
def test_stages_of_both_unit_modes_are_searched_to_the_proof(cart, promotions, data):
    policy = data.draw(mixed(order=data.draw(st.sampled_from(["fixed", "free"]))))
    found = evaluate(cart, promotions, policy)
    problem = Problem(cart, promotions, policy, None, {})
    best = brute_force_mixed(cart, promotions, policy)
    assert found.certificate.status == "optimal"
    assert found.saving.minor >= best
    # Larger carts go to the integer program: what it answers is legal, what it proves bounds every assignment.
    larger = by_program(problem, by_priority(problem), SearchBudget())
    assert larger.saving <= found.saving.minor <= min(larger.bound, relaxed_bound(problem))


@given(carts(), offers(), st.data(), st.sampled_from([0, 1, 2, 5]))
def test_at_every_node_budget_the_gap_is_stated_and_greedy_is_not_better(cart, promotions, data, nodes):
    policy = data.draw(policies(selection="best", units=data.draw(st.sampled_from(["shared", "once"]))))
    found = evaluate(cart, promotions, policy, budget=SearchBudget(nodes=nodes))
    proved = evaluate(cart, promotions, policy)
    greedy = evaluate(cart, promotions, policy.evolve(selection="priority"))
    assert greedy.saving.minor <= found.saving.minor <= proved.saving.minor <= found.certificate.bound.minor


@given(carts(), offers(), policies())
def test_the_same_input_gives_the_same_bytes(cart, promotions, policy):
    assert evaluate(cart, promotions, policy).to_json() == evaluate(cart, promotions, policy).to_json()


@few
@given(carts(), offers(), st.data())
def test_the_integer_program_bounds_every_assignment_and_is_priced_again(cart, promotions, data):
    policy = data.draw(policies(selection="best", units="once"))
    problem = Problem(cart, promotions, policy, None, {})
    proved = Packing(problem, SearchBudget()).run()
    found = by_program(problem, by_priority(problem), SearchBudget())
    loose = relaxed(Program(problem, WRITERS))
    assert proved.saving <= relaxed_bound(problem)
    assert proved.saving == proved.bound
    assert found.saving <= proved.saving <= found.bound
    assert loose is None or proved.saving <= loose.bound
    assert sum(outcome.saving for outcome in found.outcomes) == found.saving


@pytest.mark.parametrize("limit", ["budget", "policy"])
def test_a_limit_below_one_unit_s_saving_is_bounded_by_the_limit(limit):
    lines = [CartLine(line_id=sku, sku=sku, quantity=1, unit_price=Money(price, "CNY")) for sku, price in LIMITED]
    cart = Cart(currency="CNY", lines=lines)
    budget = Budget(limit=Money(1, "CNY")) if limit == "budget" else None
    most = {"max_discount": "2%"} if limit == "policy" else {}
    promotion = Promotion(promotion_id="p", effect=PercentOff(percent="5%", max_units=1), budget=budget)
    policy = StackingPolicy(selection="best", units="once", rounding=RoundingPolicy("unit"), **most)
    problem = Problem(cart, [promotion], policy, None, {})
    proved = Packing(problem, SearchBudget()).run()
    found = by_program(problem, by_priority(problem), SearchBudget())
    assert (found.saving, found.bound) == (proved.saving, proved.bound) == (1, 1)
