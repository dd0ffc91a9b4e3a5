"""Laws of attribution: every rule conserves, agrees with a plain loop, and does not care how rows are grouped."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore import traffic

CHANNELS = ("a", "b", "c", "direct")


@st.composite
def journeys(draw, max_rows=6):
    paths = draw(st.lists(st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=5), min_size=1, max_size=max_rows))
    n = len(paths)
    conversions = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    nulls = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    value = [draw(st.integers(0, 900)) if c else 0 for c in conversions]
    days = [sorted(draw(st.lists(st.integers(0, 400), min_size=len(p), max_size=len(p))), reverse=True) for p in paths]
    return paths, conversions, nulls, value, days


def made(rows):
    paths, conversions, nulls, value, days = rows
    return traffic.journeys_of_paths(paths, conversions=conversions, nulls=nulls, value=value, days=days)


def shares(path, days):
    """The weights of each rule, written out."""
    n = len(path)
    last = [i for i in range(n) if path[i] != "direct"]
    middle = [0.4] + [0.2 / max(n - 2, 1)] * (n - 2) + [0.4]
    position = [1.0] if n == 1 else [w / sum(middle) for w in middle]
    decay = [2.0 ** (-(d - min(days)) / 7.0) for d in days]
    return {
        traffic.first_touch_credit: [float(i == 0) for i in range(n)],
        traffic.last_touch_credit: [float(i == n - 1) for i in range(n)],
        traffic.last_non_direct_credit: [float(i == (last[-1] if last else n - 1)) for i in range(n)],
        traffic.linear_credit: [1.0 / n] * n,
        traffic.position_credit: position,
        traffic.time_decay_credit: [w / math.fsum(decay) for w in decay],
    }


@given(journeys())
def test_rules_agree_with_a_plain_loop_and_conserve(rows):
    paths, conversions, _, value, days = rows
    source = made(rows)
    for rule in shares(paths[0], days[0]):
        found = rule(source)
        assert found.conservation_error <= 1e-9
        if found.conversions is None:
            assert sum(conversions) == 0
            continue
        for channel in source.channels:
            expected = [
                math.fsum(
                    column[i] * w
                    for i, path in enumerate(paths)
                    for name, w in zip(path, shares(path, days[i])[rule], strict=True)
                    if name == channel
                )
                for column in (conversions, value)
            ]
            assert found[channel] == pytest.approx(tuple(expected), rel=1e-12, abs=1e-12)


@given(journeys(), st.integers(1, 4))
def test_the_chain_converts_as_often_as_the_journeys_did(rows, order):
    _, conversions, nulls, _, _ = rows
    found = traffic.markov_credit(made(rows), order=order)
    assert found.conservation_error <= 1e-9
    if found.conversions is not None:
        rate = sum(conversions) / (sum(conversions) + sum(nulls))
        assert found.conversion_rate == pytest.approx(rate, rel=1e-10)
        assert all(0.0 <= effect <= 1.0 for effect in found.removal_effects)


def removal_by_hand(rows, order):
    """Removal effects from transition probabilities between tuples of channels, by repeated multiplication."""
    paths, conversions, nulls, _, _ = rows
    counts = {}
    for path, sold, lost in zip(paths, conversions, nulls, strict=True):
        walk = ["start", *(tuple(path[max(0, i - order + 1) : i + 1]) for i in range(len(path)))]
        for a, b in itertools.pairwise(walk):
            counts.setdefault(a, {})[b] = counts.setdefault(a, {}).get(b, 0) + sold + lost
        ends = counts.setdefault(walk[-1], {})
        ends["sale"] = ends.get("sale", 0) + sold
        ends["none"] = ends.get("none", 0) + lost
    names = [*counts, "sale", "none"]

    def sale(removed):
        m = np.zeros((len(names), len(names)))
        for a, row in counts.items():
            total = sum(row.values())
            for b, count in row.items():
                if total and not (isinstance(b, tuple) and removed in b):
                    m[names.index(a), names.index(b)] = count / total
        m[-2, -2] = 1.0
        for _ in range(40):
            m = m @ m
        return m[names.index("start"), -2]

    base = sale(None)
    return {c: 1.0 - sale(c) / base for c in CHANNELS}


@given(journeys(max_rows=4), st.integers(1, 3))
def test_removal_effects_agree_with_a_chain_that_is_walked(rows, order):
    source = made(rows)
    found = traffic.markov_credit(source, order=order)
    if found.removal_effects is not None and found.conversions is not None:
        expected = removal_by_hand(rows, order)
        assert found.removal_effects == pytest.approx([expected[c] for c in source.channels], abs=1e-9)


@given(journeys())
def test_shapley_is_the_average_over_all_orders_of_joining(rows):
    paths, conversions, _, _, _ = rows
    source = made(rows)
    found = traffic.shapley_credit(source)
    if found.conversions is None:
        return

    def worth(coalition):
        return sum(c for path, c in zip(paths, conversions, strict=True) if set(path) <= coalition)

    orders = list(itertools.permutations(source.channels))
    for at, channel in enumerate(source.channels):
        gains = [worth({*o[: o.index(channel)], channel}) - worth(set(o[: o.index(channel)])) for o in orders]
        assert found.conversions[at] == pytest.approx(sum(gains) / len(gains), abs=1e-9)


@given(journeys(), st.integers(1, 3))
def test_splitting_a_row_changes_nothing(rows, order):
    paths, conversions, nulls, value, days = rows
    halves = ([*paths, *paths], [c / 2 for c in conversions] * 2, [n / 2 for n in nulls] * 2)
    split = traffic.journeys_of_paths(
        halves[0], conversions=halves[1], nulls=halves[2], value=[v / 2 for v in value] * 2, days=[*days, *days]
    )
    for rule in (traffic.linear_credit, traffic.shapley_credit, lambda j: traffic.markov_credit(j, order=order)):
        one, two = rule(made(rows)), rule(split)
        assert one.reason == two.reason
        if one.conversions is not None:
            assert one.conversions == pytest.approx(two.conversions, rel=1e-9, abs=1e-9)
