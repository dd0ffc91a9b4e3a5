"""Routing and supplier score: the whole order is shipped once, by the fewest and nearest; rates have intervals."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.errors import InputError, LimitError
from shopcore.inventory import Demand, Service, reorder_point, route_order, supplier_score

stocks = st.dictionaries(
    st.sampled_from("abcd"), st.dictionaries(st.sampled_from(["X", "Y"]), st.integers(0, 4)), min_size=1
)
orders = st.lists(st.tuples(st.sampled_from(["X", "Y"]), st.integers(1, 4)), min_size=1, max_size=3)
AWAY = {"a": 1.0, "b": 2.0, "c": 2.5, "d": 9.0}


@given(orders, stocks)
def test_the_fewest_and_nearest_ship_the_whole_order(lines, stock) -> None:
    wanted = {sku: sum(n for other, n in lines if other == sku) for sku, _ in lines}
    found = route_order(lines, stock, AWAY, split=True)

    def enough(names):
        return all(sum(stock[name].get(sku, 0) for name in names) >= n for sku, n in wanted.items())

    sets = [names for size in range(1, 5) for names in combinations(stock, size) if enough(names)]
    if not sets:
        assert found.reason == "out_of_stock"
        assert {line.sku for line in found.short}
        return
    best = min((len(names), sum(AWAY[name] for name in names)) for names in sets)
    assert (len(found.parcels), found.distance) == best
    shipped = {sku: sum(n for p in found.parcels for other, n in p.lines if other == sku) for sku in wanted}
    assert shipped == wanted
    assert all(n <= stock[p.warehouse][sku] for p in found.parcels for sku, n in p.lines)
    alone = route_order(lines, stock, AWAY)
    assert alone.reason == ("" if best[0] == 1 else "split_needed")


def test_score_feeds_the_lead_time() -> None:
    found = supplier_score([6, 7, 9, 6, 12], [20, 30, 60, 24, 47], units=400, defects=6)
    assert reorder_point(Demand(10, 3), found.lead_time, Service.cycle(0.95)).safety_stock > 0
    low, high = found.lead_time_interval
    assert low < 8 < high
    assert found.on_time_interval[0] < 0.8 < found.on_time_interval[1]
    assert found.defect_interval[0] < 0.015 < found.defect_interval[1]
    once = supplier_score([4], [50])
    assert (once.lead_time.sd, once.lead_time_interval, once.defect_rate, once.on_time_rate) == (0, None, None, 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: route_order([], {"a": {}}, AWAY),
        lambda: route_order({"X": 1}, {"z": {"X": 1}}, AWAY),
        lambda: route_order({"X": 1}, {"a": {"X": 1.5}}, AWAY),
        lambda: route_order({"X": 1}, {"a": {"X": 1}}, {"a": -1}),
        lambda: supplier_score([], []),
        lambda: supplier_score([1], [1, 2]),
        lambda: supplier_score([1], [1], units=3, defects=4),
        lambda: supplier_score([1, 2], [1, 2], confidence=95),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument


def test_too_many_warehouses_are_refused_before_work() -> None:
    stock = {f"w{i}": {"X": 1} for i in range(13)}
    with pytest.raises(LimitError):
        route_order({"X": 2}, stock, dict.fromkeys(stock, 1.0), split=True)
