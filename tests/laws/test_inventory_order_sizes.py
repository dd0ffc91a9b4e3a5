"""How much to order: exact answers equal a search by brute force, evaluation equals definition, arrays equal rows."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from shopcore.inventory import (
    Constraints,
    Costs,
    Demand,
    LeadTime,
    Pmf,
    best_reorder_point,
    clearance,
    economic_order_cost,
    economic_order_quantity,
    heuristic_rq,
    joint_replenishment,
    least_unit_cost,
    newsvendor,
    newsvendor_cost,
    newsvendor_for_profit,
    newsvendor_profit,
    optimal_rq,
    optimal_ss,
    part_period_balancing,
    quantity_discount,
    round_order,
    rq_cost,
    silver_meal,
    ss_cost,
    wagner_whitin,
)

positive = st.floats(0.1, 100)
weights = st.lists(st.floats(0.01, 1), min_size=2, max_size=7)
discounts = st.lists(st.floats(0.7, 0.99), min_size=1, max_size=4)


def pmf_of(parts: list[float]) -> Pmf:
    return Pmf(np.array(parts) / sum(parts))


@given(positive, positive, positive, st.none() | positive, st.floats(1.05, 9), st.floats(0.5, 2))
def test_no_order_is_cheaper_than_the_economic_one(demand, order, holding, shortage, speed, other) -> None:
    costs = Costs(order=order, holding=holding, shortage_per_unit_time=shortage)
    best = economic_order_quantity(demand, costs, production_rate=demand * speed)
    same = economic_order_cost(
        best.order_quantity, demand, costs, production_rate=demand * speed, stockout_fraction=best.stockout_fraction
    )
    assert same.cost == pytest.approx(best.cost)
    fraction = min(1.0, best.stockout_fraction * other)
    for quantity, share in ((other, best.stockout_fraction), (1, fraction)):
        tried = economic_order_cost(
            best.order_quantity * quantity, demand, costs, production_rate=demand * speed, stockout_fraction=share
        )
        assert tried.cost >= best.cost * (1 - 1e-12)


@given(positive, positive, st.floats(0.05, 0.9), discounts, st.sampled_from(["all_units", "incremental"]))
def test_no_quantity_beats_the_discounted_order(demand, order, rate, cuts, kind) -> None:
    prices = 10 * np.cumprod([1.0, *cuts])
    lows = np.linspace(0, 40, len(prices))
    found = quantity_discount(demand, lows, prices, order_cost=order, holding_rate=rate, kind=kind)
    tried = np.concatenate([np.linspace(0.05, 400, 3000), lows[1:]])
    tier = np.searchsorted(lows, tried, side="right") - 1
    spent = prices[tier] * tried
    if kind == "incremental":
        steps = np.append(0, np.cumsum(np.diff(lows) * prices[:-1]))
        spent = steps[tier] + prices[tier] * (tried - lows[tier])
    cost = spent / tried * demand + order * demand / tried + rate * spent / 2
    assert found.cost <= cost.min() * (1 + 1e-9)
    assert found.cost >= cost.min() * (1 - 2e-2)
    many = quantity_discount([demand, 2 * demand], lows, prices, order_cost=order, holding_rate=rate, kind=kind)
    assert many.cost[0] == pytest.approx(found.cost)


@given(weights, positive, positive, st.integers(0, 2))
def test_newsvendor_is_the_cheapest_count(parts, holding, shortage, lead) -> None:
    demand, costs = pmf_of(parts), Costs(holding=holding, shortage_per_unit=shortage)
    best = newsvendor(demand, costs, lead_time=lead)
    over = demand.times(lead + 1).probabilities
    units = np.arange(over.size)
    brute = [holding * (over @ np.maximum(x - units, 0)) + shortage * (over @ np.maximum(units - x, 0)) for x in units]
    assert best.cost == pytest.approx(min(brute))
    assert newsvendor_cost(best.level, demand, costs, lead_time=lead).cost == pytest.approx(best.cost)
    every = newsvendor_cost(units, demand, costs, lead_time=lead)
    assert every.cost == pytest.approx(np.array(brute))


@given(
    st.floats(1, 200),
    st.floats(0.05, 0.9),
    st.floats(0.5, 50),
    st.sampled_from(["normal", "gamma", "lognormal", "poisson", "negative_binomial"]),
    st.floats(0.5, 1.6),
)
def test_no_order_earns_more(mean, ratio, cost, kind, other) -> None:
    demand = Demand(mean, max(mean * ratio, mean**0.5 * 1.1), kind)
    prices = {"price": 2 * cost, "unit_cost": cost, "salvage_value": 0.4 * cost}
    best = newsvendor_for_profit(demand, **prices)
    assert newsvendor_profit(best.order_quantity, demand, **prices).profit == pytest.approx(best.profit)
    tried = newsvendor_profit(np.round(best.order_quantity * other), demand, **prices)
    assert tried.profit <= best.profit + 1e-7 * abs(best.profit) + 1e-9
    assert best.expected_sales + best.expected_shortage == pytest.approx(mean)


@given(st.floats(0, 500), st.floats(5, 200), st.floats(0.1, 0.9))
def test_cleared_and_kept_sum_to_the_stock(stock, mean, share) -> None:
    demand = Demand(mean, mean / 4, "normal")
    found = clearance(stock, demand, price=100, clearance_price=100 * share, salvage_value=5)
    assert found.clear + found.keep == pytest.approx(stock)
    assert found.gain >= -1e-9


@given(weights, positive, positive, st.floats(0, 100), st.integers(0, 2))
def test_no_pair_of_levels_beats_the_optimal_one(parts, holding, shortage, order, lead) -> None:
    demand = pmf_of(parts)
    costs = Costs(order=order, holding=holding, shortage_per_unit_time=shortage)
    best = optimal_ss(demand, costs, lead_time=lead)
    s, top = int(best.reorder_point), int(best.order_up_to_level)
    assert ss_cost(s, top, demand, costs, lead_time=lead).cost == pytest.approx(best.cost)
    for low, high in product(range(s - 4, s + 5), range(top - 4, top + 5)):
        if low < high:
            assert ss_cost(low, high, demand, costs, lead_time=lead).cost >= best.cost * (1 - 1e-12) - 1e-12


@given(weights, positive, positive, positive, st.integers(-3, 4), st.integers(1, 9))
def test_cost_of_levels_is_that_of_the_markov_chain(parts, holding, shortage, order, s, gap) -> None:
    demand = pmf_of(parts)
    costs = Costs(order=order, holding=holding, shortage_per_unit_time=shortage)
    # Positions after ordering are s + 1 ... S; each review sends the chain down by the demand or back to S.
    size, p = gap, demand.probabilities
    moves = np.zeros((size, size))
    for i in range(size):
        for d, chance in enumerate(p):
            moves[i, i - d if i - d >= 0 else size - 1] += chance
    orders = np.array([sum(chance for d, chance in enumerate(p) if i - d < 0) for i in range(size)])
    share = np.linalg.lstsq(
        np.vstack([moves.T - np.eye(size), np.ones(size)]), np.append(np.zeros(size), 1), rcond=None
    )[0]
    levels = np.arange(s + 1, s + gap + 1)
    short = np.array([p @ np.maximum(np.arange(p.size) - y, 0) for y in levels])
    periods = holding * (levels - demand.mean + short) + shortage * short
    expected = share @ (periods + order * orders)
    found = ss_cost(s, s + gap, demand, costs)
    assert found.cost == pytest.approx(expected, rel=1e-8)
    assert found.order_share == pytest.approx(share @ orders, rel=1e-8)


@given(st.floats(0.5, 30), st.floats(0.2, 4), positive, positive, positive, st.sampled_from([1.0, 2.5]))
def test_no_pair_beats_the_optimal_reorder_quantity_of_counts(rate, lead, order, holding, shortage, spread) -> None:
    costs = Costs(order=order, holding=holding, shortage_per_unit_time=shortage)
    kind = "poisson" if spread == 1.0 else "negative_binomial"
    demand, time = Demand(rate, (rate * spread) ** 0.5, kind), LeadTime(lead)
    best = optimal_rq(demand, time, costs)
    assert rq_cost(best.reorder_point, best.order_quantity, demand, time, costs).cost == pytest.approx(best.cost)
    near = np.arange(-3, 4)
    r, q = np.meshgrid(best.reorder_point + near, np.maximum(best.order_quantity + near, 1))
    assert rq_cost(r, q, demand, time, costs).cost.min() >= best.cost * (1 - 1e-10)
    fixed = best_reorder_point(best.order_quantity, demand, time, costs)
    assert fixed.cost == pytest.approx(best.cost)


@given(positive, st.floats(0.05, 1), st.floats(0.1, 4), positive, positive, positive, st.floats(0, 0.5))
def test_no_pair_beats_the_optimal_reorder_quantity(rate, ratio, lead, order, holding, shortage, lead_sd) -> None:
    costs = Costs(order=order, holding=holding, shortage_per_unit_time=shortage, shortage_per_unit=shortage)
    demand, time = Demand(rate, rate * ratio, "normal"), LeadTime(lead, lead_sd)
    best = optimal_rq(demand, time, costs)
    r = best.reorder_point + np.array([[-1.0, -0.1, 0, 0.1, 1]]) * rate * ratio
    q = best.order_quantity * np.array([[0.8], [0.97], [1], [1.03], [1.25]])
    assert rq_cost(r, q, demand, time, costs).cost.min() >= best.cost * (1 - 1e-9)
    for method in ("loss_function", "eoq_backorders", "eoq_safety_stock"):
        assert heuristic_rq(demand, time, costs, method=method).cost >= best.cost * (1 - 1e-9)


def test_normal_cost_is_the_integral() -> None:
    mean, sd = 1300 / 12, 150 / 12**0.5
    costs = Costs(order=8, holding=0.225, shortage_per_unit_time=7.5)
    found = rq_cost(100, 250, Demand(1300, 150, "normal"), LeadTime(1 / 12), costs)

    def point(y: float) -> float:
        z = (y - mean) / sd
        short = sd * (stats.norm.pdf(z) - z * stats.norm.sf(z))
        return 0.225 * (y - mean + short) + 7.5 * short

    area = integrate.quad(point, 100, 350, epsabs=1e-11)[0]
    assert found.cost == pytest.approx((8 * 1300 + area) / 250, rel=1e-10)


needs = st.lists(st.integers(0, 30), min_size=1, max_size=8)


@given(needs, st.floats(0, 60), st.floats(0, 3), st.floats(0, 2))
def test_no_plan_is_cheaper_than_wagner_whitin(demand, fixed, holding, unit) -> None:
    best = wagner_whitin(demand, fixed_cost=fixed, holding_cost=holding, unit_cost=unit)
    cheapest = np.inf
    for pattern in product([False, True], repeat=len(demand)):
        last, cost, placed = None, 0.0, set()
        for t, need in enumerate(demand):
            last = t if pattern[t] else last
            if need and last is None:
                break
            if need:
                placed.add(last)
                cost += need * (unit + holding * (t - last))
        else:
            cheapest = min(cheapest, cost + fixed * len(placed))
    assert best.cost == pytest.approx(cheapest)
    assert best.order_quantities.sum() == sum(demand)


@given(st.lists(needs.map(lambda n: (n * 8)[:8]), min_size=1, max_size=4), st.floats(1, 60), st.floats(0.1, 3))
def test_plans_cover_demand_and_rows_equal_plans_alone(rows, fixed, holding) -> None:
    for function in (wagner_whitin, silver_meal, least_unit_cost, part_period_balancing):
        many = function(rows, fixed_cost=fixed, holding_cost=holding)
        for i, row in enumerate(rows):
            one = function(row, fixed_cost=fixed, holding_cost=holding)
            assert many.order_quantities[i].tolist() == one.order_quantities.tolist()
            assert many.cost[i] == pytest.approx(one.cost)
            assert np.all(np.cumsum(one.order_quantities) >= np.cumsum(row) - 1e-9)
            assert one.order_quantities.sum() == sum(row)
            assert one.cost >= wagner_whitin(row, fixed_cost=fixed, holding_cost=holding).cost - 1e-9


@given(st.lists(st.tuples(positive, positive, positive), min_size=1, max_size=5), positive)
def test_joint_order_is_the_best_rhythm_for_its_multiples(rows, shared) -> None:
    demand, own, holding = np.array(rows).T
    plan = joint_replenishment(demand, shared_cost=shared, individual_costs=own, holding_costs=holding)
    for time in (plan.base_cycle_time, 0.9 * plan.base_cycle_time, 1.1 * plan.base_cycle_time):
        cost = (shared + np.sum(own / plan.multiples)) / time + np.sum(plan.multiples * holding * demand) * time / 2
        assert cost >= plan.cost * (1 - 1e-12)
    assert plan.order_quantities == pytest.approx(demand * plan.multiples * plan.base_cycle_time)


@given(st.lists(st.tuples(positive, st.just(0.0) | positive, positive), min_size=1, max_size=3), positive)
def test_no_rhythm_beats_the_exact_joint_order(rows, shared) -> None:
    demand, own, holding = np.array(rows).T
    columns = {"shared_cost": shared, "individual_costs": own, "holding_costs": holding}
    plan, rule = joint_replenishment(demand, **columns), joint_replenishment(demand, method="silver", **columns)
    others = np.array(list(product(*(range(max(1, m - 6), m + 12) for m in plan.multiples.tolist()))))
    cost = np.sqrt(2 * (shared + np.sum(own / others, axis=1)) * np.sum(others * holding * demand, axis=1))
    assert plan.cost <= cost.min() * (1 + 1e-12)
    assert plan.cost <= rule.cost * (1 + 1e-12)


@given(
    st.floats(0, 1000),
    st.integers(1, 50),
    st.integers(0, 200),
    st.none() | st.integers(200, 400),
    st.sampled_from(["up", "down", "nearest"]),
)
def test_rounded_order_is_whole_packs_within_limits(need, pack, minimum, maximum, rounding) -> None:
    found = round_order(need, Constraints(minimum=minimum, pack=pack, maximum=maximum), rounding=rounding)
    assert found.quantity == pytest.approx(found.packs * pack)
    assert found.packs == int(found.packs)
    if need == 0 or not found.fits:
        assert found.quantity == 0
        return
    assert found.quantity >= minimum
    assert maximum is None or found.quantity <= maximum
    if rounding == "up" and maximum is None:
        assert found.quantity >= need - 1e-6
        assert found.quantity < max(need, minimum) + pack
