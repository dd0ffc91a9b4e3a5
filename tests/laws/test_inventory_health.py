"""Stock health: sums hold, classes cover everything, and no other purchase within the budget earns more."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shopcore.inventory import (
    Demand,
    abc_classes,
    excess_units,
    life_cycle_stage,
    rank_next_units,
    stock_ages,
    stock_alarms,
    stock_health,
    stocktake,
    xyz_classes,
)

units = st.integers(0, 500)
rows = st.lists(
    st.tuples(units, st.floats(0, 90), st.floats(0, 20), st.integers(0, 200), st.integers(0, 200)),
    min_size=1,
    max_size=20,
)


@given(rows)
def test_health_sums_over_the_catalogue(table) -> None:
    on_hand, cost, demand, quiet, since = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    found = stock_health(
        on_hand, unit_cost=cost, daily_demand=demand, days_since_sale=quiet, days_since_receipt=since, return_loss=0.2
    )
    assert sum(found.counts.values()) == len(table)
    assert sum(found.tied_up.values()) == pytest.approx(found.stock_value.sum())
    assert found.excess_units == pytest.approx(excess_units(on_hand, demand))
    assert np.all((found.state == "empty") == (on_hand == 0))
    assert np.all(found.return_loss <= found.excess_value * 0.2 + 1e-9)
    dead = (on_hand > 0) & (quiet >= 90) & (since >= 90)
    assert np.all((found.state == "dead") == dead)


@given(units, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 400)), min_size=1, max_size=8))
def test_ages_sum_to_the_stock_and_the_newest_remain(on_hand, deliveries) -> None:
    received, ages = zip(*deliveries, strict=True)
    found = stock_ages(on_hand, received, ages)
    assert found.sum() == pytest.approx(on_hand)
    newest = sum(n for n, age in deliveries if age <= 30)
    assert found[0] == pytest.approx(min(on_hand, newest))
    assert stock_ages([on_hand, 0], [received] * 2, ages)[0] == pytest.approx(found)


@given(st.lists(st.tuples(units, units, st.integers(0, 9999)), min_size=1, max_size=20))
def test_a_stocktake_is_exact(table) -> None:
    booked, counted, cost = zip(*table, strict=True)
    found = stocktake(booked, counted, unit_cost=cost)
    gains = [max(c - b, 0) * p for b, c, p in table]
    losses = [max(b - c, 0) * p for b, c, p in table]
    assert (found.surplus_value, found.shrinkage_value) == (sum(gains), sum(losses))
    assert found.net_value == sum(gains) - sum(losses)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30))
def test_a_class_ends_where_its_share_is_reached(worth) -> None:
    values = np.array(worth)
    found = abc_classes(values)
    if values.sum() <= 0:
        assert set(found) == {"C"}
        return
    top = values[found == "A"].sum()
    assert top >= 0.8 * values.sum() * (1 - 1e-9)
    assert top - values[found == "A"].min() <= 0.8 * values.sum() * (1 + 1e-9)
    assert values[found == "A"].min() >= values[found != "A"].max(initial=0)
    assert abc_classes(values[::-1]).tolist().count("A") == found.tolist().count("A")


@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(0.5, 6), st.floats(0, 20), st.floats(0, 9), st.integers(1, 5)),
             min_size=1, max_size=3),
    st.integers(0, 15),
)  # fmt: skip
def test_no_other_purchase_earns_more_but_for_the_pack_that_did_not_fit(table, budget) -> None:
    at, mean, margin, lose, price = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    found = rank_next_units(
        at,
        Demand(mean, distribution="poisson"),
        margin=margin,
        overstock_cost=lose,
        budget=budget,
        budget_per_unit=price,
    )
    assert found.spent == pytest.approx(found.quantity @ price)
    assert found.spent <= budget + 1e-9

    def gain(bought):
        k = np.arange(200)
        total = 0.0
        for i, n in enumerate(bought):
            chance = stats.poisson.pmf(k, mean[i])
            sold = chance @ (np.minimum(k, at[i] + n) - np.minimum(k, at[i]))
            total += margin[i] * sold - lose[i] * (n - sold)
        return total

    assert found.gain == pytest.approx(gain(found.quantity), abs=1e-7)
    # With one price the greedy choice is the best one; else at most the pack that did not fit is missing.
    slack = 0.0 if len(set(price)) == 1 else max(gain(row) for row in np.eye(len(table)))
    for other in product(range(8), repeat=len(table)):
        if np.array(other) @ price <= budget:
            assert gain(other) <= found.gain + max(slack, 0.0) + 1e-7


def test_alarms_classes_and_stages() -> None:
    assert stock_alarms(-3) == "out_of_stock"
    assert stock_alarms(9.0) == "ok"
    assert xyz_classes([0, 0, 0]) == "Z"
    assert xyz_classes([5, 5, 5]) == "X"
    stages = {
        "none": [0] * 12,
        "launch": [0] * 10 + [2, 3],
        "growth": [1, 1, 1, 2, 2, 2, 3, 3, 3, 9, 9, 9],
        "maturity": [5] * 12,
        "decline": [9, 9, 9, 9, 9, 9, 9, 9, 9, 2, 2, 2],
        "dormant": [9] * 8 + [0] * 4,
    }
    for stage, series in stages.items():
        assert life_cycle_stage(series) == stage
    assert life_cycle_stage(list(stages.values())).tolist() == list(stages)
