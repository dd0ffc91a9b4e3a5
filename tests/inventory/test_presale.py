"""Presale push: nothing is lost, packs are whole, no city gets more than it ordered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.errors import InputError
from shopcore.inventory import presale_push

cities = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 900), min_size=1)


@given(st.integers(0, 3000), cities, st.integers(1, 30), st.floats(0, 0.5), st.floats(0, 1))
def test_units_sum_and_follow_the_orders(units, orders, pack, least, share) -> None:
    found = presale_push(units, orders, pack=pack, minimum_share=least, push_share=share)
    assert sum(n for _, n in found.cities) + found.kept == units
    assert found.kept >= units * (1 - share) - 1e-6
    for city, n in found.cities:
        assert n % pack == 0
        assert 0 < n <= orders[city]
        assert orders[city] >= least * sum(orders.values())
    sizes = [n for _, n in found.cities]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda: presale_push(-1, {"a": 1}),
        lambda: presale_push(5, {}),
        lambda: presale_push(5, {"a": 1.5}),
        lambda: presale_push(5, {"a": 1}, pack=0),
        lambda: presale_push(5, {"a": 1}, push_share=2),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument
