"""Laws of comparisons: interval, lift and p value never disagree, arms may be swapped, columns equal rows."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shopcore import traffic

ARM = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
MOMENTS = st.builds(traffic.Moments, st.integers(2, 10**5), st.floats(-50, 50), st.floats(1e-3, 1e3))


def agrees(found):
    rejected = found.p_value < 1.0 - found.confidence
    assume(abs(found.p_value - (1.0 - found.confidence)) > 1e-6)
    assert rejected == (not found.low <= 0.0 <= found.high)
    if found.lift_low is not None:
        assert rejected == (not found.lift_low <= 1e-12 or not found.lift_high >= -1e-12)
        assert found.lift_low <= found.lift * (1 + 1e-9) + 1e-9
        assert found.lift * (1 - 1e-9) - 1e-9 <= found.lift_high


@given(ARM, ARM, st.sampled_from(["pooled", "unpooled"]), st.floats(0.5, 0.99))
def test_shares_agree_absolutely_and_relatively(a, b, variance, confidence):
    assume(a[0] and (a[0] / a[1] != b[0] / b[1]))
    agrees(traffic.compare_shares(*a, *b, variance=variance, confidence=confidence))


@given(MOMENTS, MOMENTS)
def test_means_agree_absolutely_and_relatively(a, b):
    assume(a.mean > 1e-3 and abs(a.mean - b.mean) > 1e-6)
    agrees(traffic.compare_means(a, b))


@given(ARM, ARM)
def test_swapped_arms_turn_the_sign(a, b):
    one, two = traffic.compare_shares(*a, *b), traffic.compare_shares(*b, *a)
    assert (one.difference, one.p_value) == pytest.approx((-two.difference, two.p_value))
    assert (one.score_low, one.score_high) == pytest.approx((-two.score_high, -two.score_low), abs=1e-12)
    ahead, behind = traffic.bayesian_test(*a, *b), traffic.bayesian_test(*b, *a)
    assert ahead.probability_b_better == pytest.approx(1.0 - behind.probability_b_better, abs=2e-7)
    assert ahead.expected_loss_a == pytest.approx(behind.expected_loss_b, abs=2e-7)


@given(st.lists(st.tuples(ARM, ARM), min_size=1, max_size=8))
def test_columns_of_tests_equal_their_rows(pairs):
    columns = [np.array(c) for c in zip(*((*a, *b) for a, b in pairs), strict=True)]
    together = traffic.proportion_tests(*columns)
    believed = traffic.bayesian_test(*columns)
    for i, (a, b) in enumerate(pairs):
        assert together.p_value[i] == pytest.approx(traffic.proportion_tests(*a, *b).p_value, rel=1e-12)
        alone = traffic.bayesian_test(*a, *b).probability_b_better
        assert believed.probability_b_better[i] == pytest.approx(alone, abs=1e-7)


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.floats(1e-3, 1), st.floats(0.5, 0.999))
def test_sequences_exclude_zero_where_their_p_value_says_so(difference, se, mixing, confidence):
    found = traffic.sequential_test(difference, se, mixing_sd=mixing, confidence=confidence)
    assume(abs(found.p_value - (1.0 - confidence)) > 1e-9)
    assert (found.p_value < 1.0 - confidence) == (not found.low <= 0.0 <= found.high)


@given(st.lists(ARM, min_size=2, max_size=4))
def test_chances_to_be_best_sum_to_one_and_follow_the_arms(arms):
    hits, tries = zip(*arms, strict=True)
    chances = traffic.probability_best(hits, tries)
    assert sum(chances) == pytest.approx(1.0)
    back = traffic.probability_best(hits[::-1], tries[::-1])[::-1]
    assert chances == pytest.approx(back, abs=1e-7)
