"""The supplier's calendar, what to order in a period, and policies within constraints."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.errors import InputError
from shopcore.inventory import (
    BaseStock,
    ConstrainedPolicy,
    Constraints,
    Demand,
    LeadTime,
    Position,
    ReorderQuantity,
    Service,
    lot_for_lot,
    order_advice,
    reorder_point,
    simulate,
    wagner_whitin,
)

DEMAND, LEAD, SERVICE = Demand(10, 4), LeadTime(3), Service.cycle(0.95)


@given(st.integers(1, 15), st.sets(st.integers(0, 14), min_size=1), st.integers(0, 200))
def test_the_calendar_is_the_list_of_its_periods(cycle, days, period) -> None:
    days = {day % cycle for day in days}
    limits = Constraints(order_every=cycle, order_on=tuple(days))
    opened = [t for t in range(period, period + 4 * cycle) if t % cycle in days]
    assert limits.takes_orders(period) == (opened[0] == period)
    assert limits.next_order(period) == opened[0]
    assert limits.review_period(period) == opened[1] - opened[0]


def test_an_order_lasts_until_the_one_after_it() -> None:
    limits = Constraints(order_every=7, order_on=(0, 4))
    for period, gap in ((0, 4), (4, 3), (5, 4)):
        today = order_advice(Position(20), DEMAND, LEAD, SERVICE, constraints=limits, period=period)
        assert today.level == reorder_point(DEMAND, LEAD, SERVICE, review_period=gap)
        assert today.quantity == (np.ceil(today.level.reorder_point - 20) if limits.takes_orders(period) else 0)


def test_continuous_review_orders_its_quantity() -> None:
    today = order_advice(Position(12), DEMAND, LEAD, Service.fill(0.97), order_quantity=50)
    assert today.level == reorder_point(DEMAND, LEAD, Service.fill(0.97), order_quantity=50)
    assert today.quantity == 50
    assert order_advice(Position(90), DEMAND, LEAD, SERVICE, order_quantity=50).quantity == 0


def test_a_catalogue_is_advised_as_its_skus_are() -> None:
    limits = Constraints(pack=[6, 12, 1], minimum=[0, 24, 0], order_every=5, order_on=(1, 3))
    on_hand, mean = np.array([20.0, 70.0, 0.0]), np.array([10.0, 9.0, 0.0])
    many = order_advice(Position(on_hand), Demand(mean, 3.0), LEAD, SERVICE, constraints=limits, period=8)
    for row in range(3):
        own = Constraints(pack=limits.pack[row], minimum=limits.minimum[row], order_every=5, order_on=(1, 3))
        one = order_advice(Position(on_hand[row]), Demand(mean[row], 3.0), LEAD, SERVICE, constraints=own, period=8)
        assert many.quantity[row] == one.quantity
        assert many.stockout_risk[row] == pytest.approx(one.stockout_risk)
    assert "order" in many.explain()
    assert many.to_dict()["next_order"] == 11


def test_waiting_longer_risks_more() -> None:
    risks = [
        order_advice(Position(75), DEMAND, LEAD, SERVICE, constraints=Constraints(order_every=n)).stockout_risk
        for n in (1, 3, 6, 12)
    ]
    assert risks == sorted(risks)
    assert risks[0] < 0.001 < risks[-1]


def test_the_referee_confirms_the_level_of_a_calendar() -> None:
    # Orders on period 0 of 6 only: the level that covers lead time and six periods holds its cycle service.
    limits, runs = Constraints(order_every=6), Demand(np.full(400, 10.0), 4.0, "normal")
    level = reorder_point(Demand(10, 4, "normal"), LEAD, SERVICE, review_period=6)
    policy = ConstrainedPolicy(BaseStock(level.reorder_point), limits)
    played = simulate(policy, runs, LEAD, periods=600, rng=np.random.default_rng(5), warm_up=60)
    low, high = played.interval("cycle_service")
    assert low - 0.005 <= 0.95 <= high + 0.005


def test_a_policy_within_constraints_keeps_to_them() -> None:
    limits = Constraints(pack=6, minimum=12, maximum=60, order_every=3, order_on=(1,))
    policy = ConstrainedPolicy(ReorderQuantity(20, 25), limits)
    for period in range(6):
        ordered = policy.order([5.0, 30.0, -500.0], period=period)
        assert ordered.tolist() == ([30, 0, 60] if period % 3 == 1 else [0, 0, 0])


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_lot_for_lot_holds_nothing_and_is_never_cheaper_than_the_best(demand) -> None:
    plan = lot_for_lot(demand, fixed_cost=20, holding_cost=1, unit_cost=2)
    assert plan.order_quantities.tolist() == demand
    assert plan.cost == 20 * sum(d > 0 for d in demand) + 2 * sum(demand)
    best = wagner_whitin(demand, fixed_cost=20, holding_cost=1, unit_cost=2).cost
    assert plan.cost >= best - 1e-9
    free = wagner_whitin(demand, fixed_cost=0, holding_cost=1).cost
    assert lot_for_lot(demand, fixed_cost=0, holding_cost=1).cost == pytest.approx(free)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Constraints(order_every=0),
        lambda: Constraints(order_every=7, order_on=(7,)),
        lambda: Constraints(order_every=7, order_on=()),
        lambda: Constraints(order_every=7, order_on=3),
        lambda: Constraints(order_every=10**9),
        lambda: Constraints().next_order(-1),
        lambda: order_advice(40, DEMAND, LEAD, SERVICE),
        lambda: order_advice(Position(40), DEMAND, LEAD, SERVICE, constraints=12),
        lambda: order_advice(Position(40), DEMAND, LEAD, SERVICE, period=-1),
        lambda: ConstrainedPolicy(BaseStock(3), 5),
        lambda: ConstrainedPolicy(BaseStock(3), Constraints(order_every=2)).order("5", period=1),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument
