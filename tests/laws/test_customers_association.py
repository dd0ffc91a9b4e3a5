"""Laws of associations: they equal a loop over pairs, and neither order nor repetition of lines matters."""

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shopcore.customers import associations, cross_sell

LINES = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcdefg")), min_size=1, max_size=60)


@given(LINES)
def test_counts_equal_a_loop_over_pairs(lines: list[Any]) -> None:
    found = associations(*zip(*lines, strict=True), min_baskets=1)
    baskets = {basket: {item for one, item in lines if one == basket} for basket, _ in lines}
    wanted = {}
    for one, two in combinations("abcdefg", 2):
        both = sum({one, two} <= held for held in baskets.values())
        if both:
            wanted[frozenset((one, two))] = both
    got = {
        frozenset((str(x), str(y))): int(n) for x, y, n in zip(found.first, found.second, found.baskets, strict=True)
    }
    assert got == wanted
    assert found.pairs_seen == len(wanted)
    held = {item: sum(item in items for items in baskets.values()) for item in "abcdefg"}
    for row in range(len(found)):
        one, two = str(found.first[row]), str(found.second[row])
        assert held[one] <= held[two]
        assert abs(found.lift[row] - len(baskets) * found.baskets[row] / held[one] / held[two]) < 1e-12
        assert found.lift_low[row] <= found.lift[row] <= found.lift_high[row]
        assert 0.0 <= found.p_value[row] <= 1.0


@given(LINES, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(lines: list[Any], random: Any) -> None:
    mixed = lines + lines[: len(lines) // 2]
    random.shuffle(mixed)
    one, two = (associations(*zip(*rows, strict=True), min_baskets=1) for rows in (lines, mixed))
    assert one == two
    assert cross_sell(one, min_lift=0.0, max_p_value=1.0) == cross_sell(two, min_lift=0.0, max_p_value=1.0)
