"""Stock health: refusals and what is shown."""

import numpy as np
import pytest

from shopcore.errors import InputError, LimitError
from shopcore.inventory import (
    Demand,
    abc_classes,
    excess_units,
    gmroi,
    life_cycle_stage,
    rank_next_units,
    sell_through_rate,
    stock_ages,
    stock_alarms,
    stock_health,
    stock_turnover,
    stocktake,
    units_per_stock,
    xyz_classes,
)

BUY = {"margin": 1, "overstock_cost": 1, "budget": 5, "budget_per_unit": 1}
HEALTH = {"unit_cost": 1, "daily_demand": 1, "days_since_sale": 0}


def test_new_goods_are_not_slow_and_old_ones_are_not_returned() -> None:
    new = stock_health(50, unit_cost=2, daily_demand=0, days_since_sale=400, days_since_receipt=0)
    assert new.state.tolist() == ["excess"]
    assert new.returnable.tolist() == [True]
    old = stock_health(50, unit_cost=2, daily_demand=0, days_since_sale=40)
    assert (old.state.tolist(), old.returnable.tolist()) == (["slow"], [False])
    assert "slow: 1 SKUs, 100 tied up" in old.explain()
    assert old.to_dict()["days_of_cover"] == ["Infinity"]


def test_ratios_without_denominator_have_no_value() -> None:
    for function in (stock_turnover, sell_through_rate, units_per_stock):
        assert np.isnan(function(5, 0))
        assert function([6, 6], [2, 3]).tolist() == [3, 2]
    assert np.isnan(gmroi(5, 1, 0))
    assert stock_health([], **HEALTH).state.shape == (0,)


@pytest.mark.parametrize(
    "call",
    [
        lambda: stock_health(-1, **HEALTH),
        lambda: stock_health(1, **HEALTH, slow_after=50, dead_after=40),
        lambda: stock_health([1, 2], **{**HEALTH, "unit_cost": [1, 2, 3]}),
        lambda: stock_health(1, **HEALTH, return_loss=1.5),
        lambda: stock_ages(5, [5], [1], edges=[30, 30]),
        lambda: stock_ages(5, [5], [-1]),
        lambda: stock_alarms(5, threshold=-1),
        lambda: stocktake([1.5], [1], unit_cost=[1]),
        lambda: stocktake([-1], [1], unit_cost=[1]),
        lambda: stock_turnover(-1, 1),
        lambda: excess_units(1, -1),
        lambda: abc_classes([1, -1]),
        lambda: abc_classes([[1]]),
        lambda: abc_classes([1], a=0.9, b=0.5),
        lambda: xyz_classes([1]),
        lambda: xyz_classes([1, 2], x=2),
        lambda: life_cycle_stage([1, 2]),
        lambda: rank_next_units(0, Demand(5, 1), **{**BUY, "budget": -1}),
        lambda: rank_next_units(0, Demand(5, 1), **{**BUY, "budget_per_unit": 0}),
        lambda: rank_next_units(0, Demand.from_samples([1, 2], distribution="empirical"), **BUY),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument


def test_limits_are_stated() -> None:
    with pytest.raises(LimitError):
        stocktake([0], [2**40], unit_cost=[2**40])
    with pytest.raises(LimitError):
        rank_next_units(np.zeros(1000), Demand(5, 1), **BUY, max_packs=10**6)


def test_nothing_is_bought_without_budget_or_gain() -> None:
    found = rank_next_units([0, 0], Demand([5, 5], 1.0), **{**BUY, "budget": 0})
    assert (found.quantity.tolist(), found.cutoff) == ([0, 0], None)
    assert rank_next_units(50, Demand(5, 1), **BUY).quantity.tolist() == [0]
