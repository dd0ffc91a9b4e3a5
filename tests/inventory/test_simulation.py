"""Policies and their simulation: edges, draws, and refusals."""

import numpy as np
import pytest

from shopcore.errors import InputError, LimitError
from shopcore.inventory import (
    BaseStock,
    Costs,
    CoverPolicy,
    Demand,
    LeadTime,
    MinMax,
    PeriodicReview,
    ReorderQuantity,
    simulate,
)

RNG = np.random.default_rng


@pytest.mark.parametrize(
    "distribution", ["auto", "normal", "gamma", "lognormal", "poisson", "negative_binomial", "empirical"]
)
def test_draws_have_the_moments_of_the_demand(distribution) -> None:
    history = RNG(2).poisson(9, (40, 300)).astype(float)
    demand = Demand(np.full(40, 9.0), 3.0 if distribution != "negative_binomial" else 5.0, distribution, history)
    found = simulate(BaseStock(1e6), demand, LeadTime(0), rng=RNG(1), periods=500)
    assert found.units_ordered.mean() / 500 == pytest.approx(9, abs=0.2)
    assert found.fill_rate.tolist() == [1.0] * 40


def test_random_lead_times_and_the_same_seed_give_the_same() -> None:
    def play():
        return simulate(
            ReorderQuantity([50.0, 110.0], 80.0), Demand([9.0, 20.0], 3.0), LeadTime(4, 2), rng=RNG(7), periods=400
        )

    assert play() == play()
    steady = simulate(
        ReorderQuantity([50.0, 110.0], 80.0), Demand([9.0, 20.0], 3.0), LeadTime(4), rng=RNG(7), periods=400
    )
    assert steady.fill_rate[1] >= play().fill_rate[1] - 0.02
    rows = simulate(BaseStock([20.0, 40.0]), np.full((2, 9), 4.0), LeadTime([0, 3]))
    assert rows.fill_rate.tolist() == [1, 1]


def test_lost_sales_and_every_cost() -> None:
    costs = Costs(order=2, holding=1, shortage_per_unit=10, shortage_per_unit_time=3, shortage_per_event=7)
    lost = simulate(MinMax(0, 5), [5, 5, 5, 5], LeadTime(1), unmet="lost", costs=costs, opening=0)
    assert lost.units_short.tolist() == [10]
    # Orders of 5 in periods 0 and 2 arrive in 1 and 3; one full cycle before each delivery was short.
    assert lost.orders.tolist() == [2]
    assert lost.cost.tolist() == [(2 * 2 + 10 * 10 + 7 * 2) / 4]
    assert lost.explain()


def test_stock_that_expires_is_thrown_away() -> None:
    found = simulate(BaseStock(10), [1, 1, 1, 1], LeadTime(0), shelf_life=2)
    assert found.units_expired[0] > 0
    assert simulate(BaseStock(10), [1, 1, 1, 1], LeadTime(0)).units_expired[0] == 0


class Endless:
    def order(self, position, *, period=0):  # noqa: ARG002  # the contract of a policy
        return np.full(np.shape(position), np.nan)


@pytest.mark.parametrize(
    "call",
    [
        lambda: simulate(BaseStock(5), Demand(5, 1), LeadTime(1), periods=9),
        lambda: simulate(BaseStock(5), Demand(5, 1), LeadTime(1), rng=RNG(1)),
        lambda: simulate(BaseStock(5), Demand(5, 1), LeadTime(1), rng=5, periods=9),
        lambda: simulate(BaseStock(5), [1, -1], LeadTime(1)),
        lambda: simulate(BaseStock(5), [], LeadTime(1)),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1), periods=3),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1), warm_up=2),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1.5)),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime([1, 2, 3])),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1), unmet="gone"),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1), shelf_life=0),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1), opening=[1, 2]),
        lambda: simulate(Endless(), [1, 2], LeadTime(1), opening=3),
        lambda: simulate(BaseStock(5), [1, 2], LeadTime(1)).interval("cost"),
        lambda: MinMax(5, 4),
        lambda: ReorderQuantity(5, 0),
        lambda: PeriodicReview(0, 5),
        lambda: CoverPolicy(1, 5, 4),
        lambda: BaseStock(float("nan")),
        lambda: BaseStock(5).order(float("nan")),
        lambda: MinMax(1, 5).order("5"),
        lambda: ReorderQuantity(1, 5).order([1, None]),
        lambda: PeriodicReview(2, 5).order(10**400, period=1),
        lambda: CoverPolicy(1, 5, 9).order(True),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument


def test_a_huge_simulation_is_refused_before_work() -> None:
    with pytest.raises(LimitError):
        simulate(BaseStock(5), Demand(5, 1), LeadTime(1), rng=RNG(1), periods=10**9)
