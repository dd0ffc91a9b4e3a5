"""Laws of ratios, funnels and decompositions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore import traffic
from shopcore._intervals import adjust, binomial_p, clopper_pearson, fieller, newcombe, normal_quantile, wilson

COUNT = st.integers(0, 10**9)
PAIRS = st.lists(st.tuples(COUNT, COUNT).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=12)
FACTOR = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))


@given(PAIRS)
def test_a_column_answers_like_its_rows(pairs):
    tops, bottoms = zip(*pairs, strict=True)
    column = traffic.click_through_rate(tops, bottoms)
    rows = [traffic.click_through_rate(top, bottom) for top, bottom in pairs]
    assert list(column) == rows


@given(PAIRS)
def test_the_total_is_the_ratio_of_sums_and_splits_do_not_matter(pairs):
    tops, bottoms = zip(*pairs, strict=True)
    total = traffic.pooled(traffic.click_through_rate(tops, bottoms))
    assert total.value == traffic.click_through_rate(sum(tops), sum(bottoms)).value


@given(PAIRS, st.floats(0.5, 0.999))
def test_intervals_hold_their_estimate_and_mirror(pairs, confidence):
    for top, bottom in pairs:
        for interval in (wilson, clopper_pearson):
            low, high = interval(top, bottom, confidence=confidence)
            if bottom == 0:
                assert math.isnan(low)
                assert math.isnan(high)
                continue
            assert 0.0 <= low <= top / bottom * (1 + 1e-12)
            assert top / bottom <= high * (1 + 1e-12) <= 1.0 + 1e-9
            other_low, other_high = interval(bottom - top, bottom, confidence=confidence)
            assert low == pytest.approx(1.0 - other_high, abs=1e-9)
            assert high == pytest.approx(1.0 - other_low, abs=1e-9)


@given(PAIRS, PAIRS)
def test_newcombe_turns_its_sign_with_the_arms(first, second):
    (a, n_a), (b, n_b) = first[0], second[0]
    if n_a and n_b:
        low, high = newcombe(a, n_a, b, n_b)
        assert (low, high) == pytest.approx(tuple(-end for end in reversed(newcombe(b, n_b, a, n_a))), abs=1e-12)
        assert -1.0 - 1e-9 <= low <= high <= 1.0 + 1e-9


@given(st.lists(st.one_of(st.floats(0.0, 1.0), st.just(math.nan)), min_size=1, max_size=20))
def test_adjusted_p_values_keep_order_and_never_fall(p):
    for correction in ("holm", "benjamini_hochberg"):
        adjusted = adjust(p, correction)
        kept = [(value, adjusted[i]) for i, value in enumerate(p) if not math.isnan(value)]
        assert all(new >= old * (1 - 1e-12) for old, new in kept)
        ranked = [new for _, new in sorted(kept)]
        assert ranked == sorted(ranked)
    assert (np.nan_to_num(adjust(p, "benjamini_hochberg")) <= np.nan_to_num(adjust(p, "holm")) + 1e-12).all()


@given(st.integers(1, 60), st.data(), st.floats(0.01, 0.99))
def test_the_exact_p_value_sums_the_unlikely_outcomes(trials, data, rate):
    hits = data.draw(st.integers(0, trials))
    mass = [math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(trials + 1)]
    expected = math.fsum(m for m in mass if m <= mass[hits] * (1 + 1e-7))
    assert binomial_p(hits, trials, rate) == pytest.approx(min(expected, 1.0), rel=1e-8, abs=1e-12)


@given(st.floats(-5, 5), st.floats(0.5, 50), st.floats(1e-4, 1), st.floats(1e-4, 1), st.floats(-0.9, 0.9))
def test_fieller_ends_are_where_the_test_just_rejects(y, x, var_y, var_x, correlation):
    cov = correlation * math.sqrt(var_y * var_x)
    z = normal_quantile(0.95)
    low, high = fieller(y, x, var_y, var_x, cov, critical=z)
    if math.isnan(low):
        assert x * x <= z * z * var_x * (1 + 1e-12)
        return
    assert low <= y / x <= high
    for r in (low, high):
        gap, spread = (y - r * x) ** 2, z * z * (var_y - 2 * r * cov + r * r * var_x)
        assert gap == pytest.approx(spread, rel=1e-6, abs=1e-9 * (y * y + r * r * x * x))


@given(st.lists(st.tuples(FACTOR, FACTOR), min_size=2, max_size=5))
def test_effects_sum_to_the_change_in_any_order(pairs):
    names = [f"f{i}" for i in range(len(pairs))]
    for method in ("lmdi", "shapley"):
        before, now = ({n: pair[side] for n, pair in zip(names, pairs, strict=True)} for side in (0, 1))
        found = traffic.decompose(before, now, method=method)
        scale = max(found.base, found.current, sum(abs(effect) for effect in found.effects))
        assert abs(found.residual) <= 1e-9 * scale
        turned = traffic.decompose(dict(reversed(before.items())), dict(reversed(now.items())), method=method)
        assert turned.effects[::-1] == pytest.approx(found.effects, rel=1e-9, abs=1e-9 * scale)


def test_shapley_averages_over_all_orders():
    before, now = [10_000, 0.02, 150.0], [12_000, 0.018, 170.0]
    sums = np.zeros(3)
    for order in itertools.permutations(range(3)):
        state = list(before)
        for k in order:
            start = math.prod(state)
            state[k] = now[k]
            sums[k] += math.prod(state) - start
    names = ("visitors", "conversion", "order_value")
    found = traffic.decompose(
        dict(zip(names, before, strict=True)), dict(zip(names, now, strict=True)), method="shapley"
    )
    assert found.effects == pytest.approx(sums / 6, rel=1e-12)


CHANNEL = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(1.0, 1e4)).map(
    lambda t: (max(t[:2]), min(t[:2]), min(t[:2]) * t[2])
)


@given(
    st.dictionaries(st.sampled_from("abcde"), CHANNEL, min_size=1), st.dictionaries(st.sampled_from("abcde"), CHANNEL)
)
def test_channel_effects_add_up_both_ways(before, now):
    people = [max([side[0] for side in channels.values()], default=0) for channels in (before, now)]
    found = traffic.decompose_channels(before, now, distinct_visitors=tuple(people))
    scale = sum(abs(e) for part in found.by_channel for e in part.effects) + found.total.base + found.total.current
    assert found.total.current == pytest.approx(sum(side[2] for side in now.values()))
    for part in (*found.by_channel, found.total):
        assert abs(part.residual) <= 1e-9 * max(scale, 1.0)


@given(
    st.lists(st.tuples(CHANNEL, CHANNEL), min_size=1, max_size=6),
    st.sampled_from(["midpoint", "base_rates", "current_rates"]),
)
def test_mix_and_rate_leave_no_rest(groups, weights):
    before = [(pair[0][1], pair[0][0] + 1) for pair in groups]
    now = [(pair[1][1], pair[1][0] + 1) for pair in groups]
    found = traffic.mix_rate(before, now, weights=weights)
    assert abs(found.residual) < 1e-12


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=6))
def test_funnel_losses_and_rates_telescope(counts):
    sizes = sorted(counts, reverse=True)
    found = traffic.funnel([(f"s{i}", size) for i, size in enumerate(sizes)], order_value=10.0)
    assert sum(step.loss for step in found.steps) == sizes[0] - sizes[-1]
    if sizes[0] > sizes[-1]:
        assert math.fsum(step.loss_share for step in found.steps) == pytest.approx(1.0)
    if sizes[-1] > 0:
        product = math.prod(step.step_rate.value for step in found.steps)
        assert product == pytest.approx(found.overall.value)
