"""How much to order: refusals, edges, and peers' known faults."""

import numpy as np
import pytest

from shopcore.errors import InputError, LimitError
from shopcore.inventory import (
    Constraints,
    Costs,
    Demand,
    LeadTime,
    Pmf,
    economic_order_cost,
    economic_order_quantity,
    heuristic_rq,
    joint_replenishment,
    newsvendor,
    newsvendor_for_profit,
    optimal_rq,
    optimal_ss,
    power_ss,
    quantity_discount,
    round_order,
    rq_cost,
    ss_cost,
    wagner_whitin,
)

COSTS = Costs(order=8, holding=0.225, shortage_per_unit=7.5, shortage_per_unit_time=7.5)
POISSON = Demand(5, distribution="poisson")


def test_mass_on_the_last_count_is_not_lost() -> None:
    # A peer drops the top of the distribution: 3.473 for (0, 2) where the Markov chain gives 4.7.
    demand = Pmf([0.5, 0.2, 0.3])
    costs = Costs(order=5, holding=1, shortage_per_unit_time=4)
    assert optimal_ss(demand, costs).cost <= ss_cost(0, 2, demand, costs).cost
    assert ss_cost(0, 40, demand, costs).cost > 15


def test_no_demand_orders_nothing() -> None:
    assert economic_order_quantity(0, COSTS).cost == 0
    assert economic_order_quantity(0.0, Costs(order=8, holding=1)).cycle_time == float("inf")
    assert wagner_whitin([0, 0, 0], fixed_cost=9, holding_cost=1).orders == 0
    assert newsvendor(Demand(0, 0), COSTS).level == 0
    assert round_order(0, Constraints(minimum=50)).quantity == 0


def test_ties_take_fewer_orders() -> None:
    plan = wagner_whitin([10, 10], fixed_cost=10, holding_cost=1)
    assert plan.order_quantities.tolist() == [20, 0]


def test_costs_and_periods_may_vary() -> None:
    plan = wagner_whitin([10, 10, 10], fixed_cost=[5, 500, 5], holding_cost=[1, 1, 9], unit_cost=[1, 1, 2])
    assert plan.order_quantities.tolist() == [20, 0, 10]
    batch = wagner_whitin(np.ones((2, 3)), fixed_cost=[[0.5], [100]], holding_cost=1)
    assert batch.orders.tolist() == [3, 1]


def test_lead_time_deviation_raises_the_level() -> None:
    plain = optimal_rq(Demand(20, 5, "normal"), LeadTime(4), COSTS)
    shaky = optimal_rq(Demand(20, 5, "normal"), LeadTime(4, 2), COSTS)
    assert shaky.reorder_point > plain.reorder_point
    assert shaky.cost > plain.cost
    assert (
        newsvendor(Demand(20, 5), COSTS, lead_time=LeadTime(4, 2)).cost
        > newsvendor(Demand(20, 5), COSTS, lead_time=4).cost
    )


def test_arrays_answer_for_every_sku() -> None:
    answer = newsvendor(Demand([50, 50], [8, 16], "normal"), Costs(holding=0.18, shortage_per_unit=[0.7, 0.7]))
    assert answer.level[0] == pytest.approx(
        newsvendor(Demand(50, 8, "normal"), Costs(holding=0.18, shortage_per_unit=0.7)).level
    )
    assert economic_order_quantity([1300, 0], Costs(order=8, holding=0.225)).order_quantity.tolist() == [
        pytest.approx(304.0467800264368),
        0,
    ]
    assert economic_order_quantity(np.array([]), COSTS).cost.shape == (0,)
    assert round_order([5, 0, 61], Constraints(pack=[6, 6, 12])).quantity.tolist() == [6, 0, 72]


def test_what_does_not_fit_is_said() -> None:
    stuck = round_order(40, Constraints(minimum=50, pack=40, maximum=70))
    assert (stuck.quantity, stuck.fits) == (0, False)
    assert round_order(100, Constraints(pack=24, maximum=90)).quantity == 72
    assert round_order(30, Constraints(pack=12, container=100)).quantity == 100


@pytest.mark.parametrize(
    "call",
    [
        lambda: economic_order_quantity(-1, COSTS),
        lambda: economic_order_quantity(10, Costs(order=1)),
        lambda: economic_order_quantity(10, COSTS, production_rate=10),
        lambda: economic_order_quantity(10, 3),
        lambda: economic_order_cost(0, 10, COSTS),
        lambda: economic_order_cost(5, 10, Costs(order=1, holding=1), stockout_fraction=0.2),
        lambda: quantity_discount(10, [1, 5], [2, 1], order_cost=1, holding_rate=0.1),
        lambda: quantity_discount(10, [0, 5], [1, 2], order_cost=1, holding_rate=0.1, kind="incremental"),
        lambda: quantity_discount(10, [0, 5], [1], order_cost=1, holding_rate=0.1),
        lambda: quantity_discount(10, [0], [1], order_cost=1, holding_rate=0.1, kind="other"),
        lambda: newsvendor(POISSON, Costs(holding=1)),
        lambda: newsvendor(Pmf([0.5, 0.5]), COSTS, lead_time=1.5),
        lambda: newsvendor_for_profit(POISSON, price=1, unit_cost=2),
        lambda: newsvendor_for_profit(POISSON, price=3, unit_cost=2, salvage_value=2),
        lambda: rq_cost(1.5, 2, POISSON, LeadTime(1), COSTS),
        lambda: rq_cost(1, 2, Demand(5, 4, "gamma"), LeadTime(1), COSTS),
        lambda: optimal_rq(Demand([1.0, 2.0], 1.0, "normal"), LeadTime(1), COSTS),
        lambda: optimal_rq(Demand(0, 1, "normal"), LeadTime(1), COSTS),
        lambda: optimal_rq(Demand(1e-300, 1, "normal"), LeadTime(1), COSTS),
        lambda: power_ss(Demand(1e-300, 1), COSTS),
        lambda: heuristic_rq(Demand(5, 0, "normal"), LeadTime(1), COSTS),
        lambda: heuristic_rq(Demand(5, 1, "normal"), LeadTime(1), Costs(order=1e6, holding=1, shortage_per_unit=0.1)),
        lambda: ss_cost(5, 5, POISSON, COSTS),
        lambda: optimal_ss(Pmf([1.0]), COSTS),
        lambda: optimal_ss(POISSON, Costs(holding=1)),
        lambda: power_ss(Demand(5, 0), COSTS),
        lambda: Pmf([0.5, 0.2]),
        lambda: Pmf([]),
        lambda: Pmf([[0.5, 0.5]]),
        lambda: Pmf([1.5, -0.5]),
        lambda: Pmf.of(Demand([1.0, 2.0], 1.0)),
        lambda: wagner_whitin([], fixed_cost=1, holding_cost=1),
        lambda: wagner_whitin([1, -1], fixed_cost=1, holding_cost=1),
        lambda: joint_replenishment([], shared_cost=1, individual_costs=1, holding_costs=1),
        lambda: joint_replenishment([1], shared_cost=0, individual_costs=1, holding_costs=1),
        lambda: joint_replenishment([1], shared_cost=1, individual_costs=1, holding_costs=1, method="best"),
        lambda: joint_replenishment([1, 1], shared_cost=1e-6, individual_costs=[1e9, 2e9], holding_costs=1),
        lambda: round_order(-1, Constraints()),
        lambda: round_order(5, Constraints(), rounding="half"),
        lambda: round_order(5, Constraints(), demand_rate=5),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument


def test_limits_are_stated_before_work() -> None:
    with pytest.raises(LimitError):
        Pmf.of(Demand(1e7, 1e3, "normal"))
    with pytest.raises(LimitError):
        wagner_whitin(np.ones(2001), fixed_cost=1, holding_cost=1)
    with pytest.raises(LimitError):
        Pmf(np.full(1000, 0.001)).times(10**6)


def test_results_show_themselves() -> None:
    answer = economic_order_quantity(1300, COSTS)
    assert "order quantity" in answer.explain()
    assert answer.to_dict()["order_quantity"] == pytest.approx(answer.order_quantity)
    assert answer == economic_order_quantity(1300, COSTS)
