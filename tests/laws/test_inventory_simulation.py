"""The referee agrees with a plain simulation, and every optimiser with the referee."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.inventory import (
    BaseStock,
    Costs,
    CoverPolicy,
    Demand,
    LeadTime,
    MinMax,
    PeriodicReview,
    Pmf,
    ReorderQuantity,
    Service,
    achieved_service,
    newsvendor,
    optimal_ss,
    reorder_point,
    simulate,
)

policies = st.one_of(
    st.builds(ReorderQuantity, st.integers(-2, 15), st.integers(1, 20)),
    st.tuples(st.integers(-2, 10), st.integers(0, 20)).map(lambda p: MinMax(p[0], p[0] + p[1])),
    st.builds(BaseStock, st.integers(0, 25)),
    st.builds(PeriodicReview, st.integers(1, 5), st.integers(0, 30)),
    st.integers(1, 9).map(lambda days: CoverPolicy(speed=2.0, reorder_days=days, target_days=2 * days)),
)
paths = st.lists(st.integers(0, 9), min_size=1, max_size=30)


def plain(policy, path, lead, *, lost, life):
    stock = [(policy.order(0.0, period=0), life)] if policy.order(0.0, period=0) > 0 else []
    owed, coming = 0.0, []
    totals = {"short": 0.0, "held": 0.0, "owing": 0.0, "orders": 0, "expired": 0.0}
    for t, wanted in enumerate(path):
        position = sum(n for n, _ in stock) + sum(n for n, _ in coming) - owed
        quantity = policy.order(position, period=t)
        if quantity > 0:
            totals["orders"] += 1
            coming.append((quantity, t + lead))
        stock += [(n, life) for n, due in coming if due == t]
        coming = [(n, due) for n, due in coming if due != t]
        need = wanted + owed
        for i, (n, age) in enumerate(stock):
            take = min(n, need)
            stock[i], need = (n - take, age), need - take
        totals["short"] += min(need, wanted)
        owed = 0.0 if lost else need
        stock = [(n, age - 1) for n, age in stock]
        totals["expired"] += sum(n for n, age in stock if age == 0)
        stock = [(n, age) for n, age in stock if age != 0 and n > 0]
        totals["held"] += sum(n for n, _ in stock)
        totals["owing"] += owed
    return totals


@given(policies, st.lists(paths.map(lambda p: (p * 20)[:20]), min_size=1, max_size=4), st.integers(0, 4), st.booleans(),
       st.none() | st.integers(1, 5))  # fmt: skip
def test_all_skus_at_once_equal_a_plain_simulation_of_each(policy, rows, lead, lost, life) -> None:
    found = simulate(
        policy, rows, LeadTime(lead), unmet="lost" if lost else "backorder", shelf_life=life, costs=Costs(holding=1)
    )
    for i, path in enumerate(rows):
        one = plain(policy, path, lead, lost=lost, life=life or 10**9)
        assert found.units_short[i] == pytest.approx(one["short"])
        assert found.orders[i] == one["orders"]
        assert found.units_expired[i] == pytest.approx(one["expired"])
        assert found.mean_on_hand[i] * len(path) == pytest.approx(one["held"])
        assert found.mean_backorders[i] * len(path) == pytest.approx(one["owing"])
        assert found.fill_rate[i] == pytest.approx(1 - one["short"] / sum(path) if sum(path) else 1)


def case_of(rng):
    kind = rng.choice(["normal", "gamma", "poisson", "negative_binomial"])
    mean = float(rng.uniform(2, 40))
    spread = {"normal": 0.2 * mean, "gamma": 0.8 * mean, "poisson": mean**0.5}.get(kind, (2.5 * mean) ** 0.5)
    return Demand(mean, spread, kind), int(rng.integers(0, 6)), int(rng.integers(1, 6))


def runs_of(demand, size):
    return Demand(np.full(size, demand.mean), demand.sd, demand.distribution)


def inside(values, expected=0.0):
    half = 2.576 * values.std(ddof=1) / values.size**0.5
    return abs(values.mean() - expected) <= half + 1e-9


def held(seed):
    """Tell for one random case whether fill rate and cycle service lie in their 99 % intervals."""
    rng = np.random.default_rng(seed)
    demand, lead, review = case_of(rng)
    level = float(rng.uniform(0.7, 0.97))
    asked = reorder_point(demand, LeadTime(lead), Service.fill(level), review_period=review)
    found = simulate(
        PeriodicReview(review, asked.reorder_point), runs_of(demand, 300), LeadTime(lead), rng=rng,
        periods=60 * review + 30, warm_up=30,
    )  # fmt: skip
    promised = achieved_service(asked.reorder_point, demand, LeadTime(lead), review_period=review)
    units = found.units_short / np.maximum(1 - found.fill_rate, 1e-12)
    units = np.where(found.units_short > 0, units, demand.mean * found.periods)
    return inside(found.units_short - (1 - promised.achieved_fill_rate) * units)


def costs_held(seed):
    """Tell for one random case whether the predicted costs of (s, S) and base stock lie in their intervals."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.05, 1, int(rng.integers(2, 8)))
    pmf, lead = Pmf(weights / weights.sum()), int(rng.integers(0, 4))
    costs = Costs(order=float(rng.uniform(0, 30)), holding=1.0, shortage_per_unit_time=float(rng.uniform(2, 12)))
    best = optimal_ss(pmf, costs, lead_time=lead)
    level = newsvendor(pmf, Costs(holding=1.0, shortage_per_unit=5.0), lead_time=lead)
    paths = rng.choice(pmf.probabilities.size, p=pmf.probabilities, size=(300, 240)).astype(float)
    policy = MinMax(best.reorder_point, best.order_up_to_level)
    first = simulate(policy, paths, LeadTime(lead), costs=costs, warm_up=40)
    second = simulate(
        BaseStock(level.level), paths, LeadTime(lead), costs=Costs(holding=1.0, shortage_per_unit_time=5.0), warm_up=40
    )
    return inside(first.cost, best.cost), inside(second.cost, level.cost)


def test_what_optimisers_promise_the_referee_confirms() -> None:
    assert sum(held(seed) for seed in range(20)) >= 18
    answers = [costs_held(seed) for seed in range(10)]
    assert sum(first for first, _ in answers) >= 9
    assert sum(second for _, second in answers) >= 9


@pytest.mark.heavy
def test_two_hundred_cases_lie_in_their_intervals() -> None:
    assert sum(held(seed) for seed in range(1000, 1200)) >= 194
    answers = [costs_held(seed) for seed in range(1000, 1200)]
    assert sum(first for first, _ in answers) >= 194
    assert sum(second for _, second in answers) >= 194


def test_cycle_service_is_confirmed() -> None:
    demand = Demand(20.0, 4.0, "normal")
    asked = reorder_point(demand, LeadTime(3), Service.cycle(0.9), review_period=2)
    found = simulate(
        PeriodicReview(2, asked.reorder_point), runs_of(demand, 400), LeadTime(3), rng=np.random.default_rng(5),
        periods=240, warm_up=40,
    )  # fmt: skip
    low, high = found.interval("cycle_service")
    assert low <= 0.9 <= high
