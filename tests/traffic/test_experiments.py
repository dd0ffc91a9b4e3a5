"""Experiments: edge cases, decisions, coverage by simulation, bad input."""

import pickle

import numpy as np
import pytest
from scipy import stats

from shopcore import traffic
from shopcore._intervals import t_p
from shopcore.errors import InputError, LimitError, ShapeError


def test_edge_cases_of_shares_are_defined():
    none = traffic.compare_shares(0, 0, 5, 100)
    assert (none.reason, none.b, none.p_value) == ("empty_arm", 0.05, None)
    assert none.explain() == "no comparison (empty_arm)"
    zero = traffic.compare_shares(0, 1000, 12, 1000)
    assert (zero.reason, zero.lift) == ("zero_baseline", None)
    assert zero.p_value < 0.01
    every = traffic.compare_shares(50, 50, 60, 60)
    assert (every.difference, every.statistic, every.p_value, every.reason) == (0.0, 0.0, 1.0, "no_variance")
    apart = traffic.compare_shares(0, 40, 40, 40)
    assert 0.0 < apart.p_value < 1e-15
    huge = traffic.compare_shares(3e14, 1e16, 3.01e14, 1e16)
    assert huge.p_value == 0.0 or huge.p_value < 1e-300


def test_small_p_values_keep_their_digits():
    found = traffic.proportion_tests(10_000, 100_000, 15_300, 100_000)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(found.z)), rel=1e-10)
    assert 1e-300 < found.p_value < 1e-200


def test_columns_of_tests():
    found = traffic.proportion_tests([10, 0, 5], [100, 0, 5], [20, 1, 5], [100, 10, 5])
    assert np.isnan(found.p_value).tolist() == [False, True, False]
    assert found.p_value[2] == 1.0
    assert found.p_value[0] == traffic.proportion_tests(10, 100, 20, 100).p_value
    assert traffic.proportion_tests([], [], [], []).z.size == 0
    with pytest.raises(InputError) as caught:
        traffic.proportion_tests([1, 9], [2, 2], 1, 2)
    assert caught.value.positions == (1,)


def test_pooled_test_is_that_of_the_textbooks():
    chi2 = stats.chi2_contingency([[300, 9700], [360, 9640]], correction=False)
    pooled = traffic.compare_shares(300, 10_000, 360, 10_000, variance="pooled")
    assert pooled.statistic**2 == pytest.approx(chi2.statistic)
    assert pooled.p_value == pytest.approx(chi2.pvalue)
    assert traffic.proportion_tests(300, 10_000, 360, 10_000).p_value == pytest.approx(chi2.pvalue)


def test_means_are_those_of_welch():
    rng = np.random.default_rng(2)
    a, b = rng.gamma(2.0, 3.0, 40), rng.gamma(2.0, 4.0, 60)
    found = traffic.compare_means(traffic.Moments.of(a), traffic.Moments.of(b))
    oracle = stats.ttest_ind(b, a, equal_var=False)
    assert (found.statistic, found.p_value) == pytest.approx((oracle.statistic, oracle.pvalue))
    assert (found.low, found.high) == pytest.approx(tuple(oracle.confidence_interval()))
    same = traffic.Moments(5, 2.0, 0.0)
    assert traffic.compare_means(same, same).p_value == 1.0
    assert traffic.compare_means(traffic.Moments(1, 2.0, 0.0), same).reason == "empty_arm"
    assert traffic.compare_means(same, traffic.Moments(5, 3.0, 0.0)).p_value == 0.0


def test_moments_from_sums_are_those_from_units():
    values = [1.0, 5.0, 2.5, 0.0]
    sums = traffic.Moments.of_sums(4, sum(values), sum(v * v for v in values))
    assert sums.variance == pytest.approx(traffic.Moments.of(values).variance)
    assert traffic.Moments.of([]).n == 0.0
    with pytest.raises(ShapeError):
        traffic.PairMoments.of([1, 2], [1, 2, 3])
    with pytest.raises(InputError):
        traffic.PairMoments(5, 1.0, 1.0, 1.0, 1.0, 2.0)
    with pytest.raises(InputError):
        traffic.Moments(-1, 0.0, 1.0)


def test_ratio_metrics_without_denominator_have_no_value():
    arm = traffic.PairMoments(9, 1.0, 2.0, 1.0, 1.0, 0.5)
    none = traffic.PairMoments(9, 1.0, 0.0, 1.0, 1.0, 0.5)
    assert traffic.compare_ratios(none, arm).reason == "empty_arm"


def test_a_useless_past_changes_nothing():
    a = traffic.PairMoments(50, 3.0, 0.0, 4.0, 0.0, 0.0)
    b = traffic.PairMoments(60, 3.5, 0.0, 5.0, 0.0, 0.0)
    plain = traffic.compare_means(traffic.Moments(50, 3.0, 4.0), traffic.Moments(60, 3.5, 5.0))
    assert traffic.compare_adjusted(a, b).p_value == plain.p_value


def test_decisions_say_why():
    clear = traffic.compare_shares(300, 10_000, 400, 10_000)
    bad = traffic.sample_ratio([10_000, 11_000])
    assert traffic.decide(clear, stage="complete", ratio=bad).action == "mend"
    assert traffic.decide(clear, stage="running").action == "continue"
    assert traffic.decide(traffic.anytime(clear, mixing_sd=0.005), stage="running").action == "use_b"
    assert traffic.decide(traffic.compare_shares(400, 10_000, 300, 10_000), stage="complete").reason == "a_better"
    assert traffic.decide(clear, stage="complete", p_value=0.2).reason == "nothing_found"
    close = traffic.compare_shares(30_000, 10**6, 30_010, 10**6)
    assert traffic.decide(close, stage="complete", smallest_difference=0.002).reason == "no_relevant_difference"
    assert traffic.decide(traffic.compare_shares(0, 0, 1, 2), stage="complete").reason == "empty_arm"
    decision = traffic.decide(clear, stage="complete")
    assert pickle.loads(pickle.dumps(decision)) == decision
    with pytest.raises(InputError):
        traffic.decide(clear, stage="done")


def test_sequences_refuse_what_squares_out_of_range():
    assert traffic.sequential_test(1e5, 1e-9, mixing_sd=1.0).p_value == 0.0
    for bad in ((0.1, 0.0, 1.0), (0.1, 1e-300, 1.0), (0.1, 1.0, 1e300), (float("nan"), 1.0, 1.0)):
        with pytest.raises(InputError):
            traffic.sequential_test(bad[0], bad[1], mixing_sd=bad[2])


def test_sample_ratio_edges():
    assert traffic.sample_ratio([0, 0]).p_value is None
    assert traffic.sample_ratio([900, 100], [9, 1]).p_value == 1.0
    oracle = stats.chisquare([50, 60, 70])
    assert traffic.sample_ratio([50, 60, 70]).p_value == pytest.approx(oracle.pvalue)
    for counts, shares in (([5], None), ([5, -1], None), ([5, 5], [1, 0]), ([5, 5], [1, 1, 1])):
        with pytest.raises(InputError):
            traffic.sample_ratio(counts, shares)


def test_bayes_edges():
    flat = traffic.bayesian_test(0, 0, 0, 0)
    assert flat.probability_b_better == pytest.approx(0.5, abs=1e-9)
    assert flat.expected_loss_b == pytest.approx(1 / 6, abs=1e-9)
    column = traffic.bayesian_test([0, 50], [0, 100], [0, 70], [0, 100])
    assert column.probability_b_better.shape == (2,)
    assert traffic.bayesian_test([], [], [], []).lift.size == 0
    assert traffic.bayesian_test(10, 10**9, 10**9, 10**9).probability_b_better == 1.0
    assert traffic.probability_best([7], [9]) == (1.0,)
    for bad in ((0.0, 1.0), (1.0,), (1.0, float("nan"))):
        with pytest.raises(InputError):
            traffic.bayesian_test(1, 2, 1, 2, prior=bad)
    with pytest.raises(InputError):
        traffic.probability_best([], [])
    with pytest.raises(LimitError):
        traffic.probability_best([1] * 101, [2] * 101)


@pytest.mark.parametrize(
    "arms", [((30, 1000), (40, 1000)), ((0, 3), (2, 3)), ((5000, 90_000), (1, 9)), ((0, 0), (9, 9))]
)
@pytest.mark.parametrize("prior", [(1.0, 1.0), (0.5, 0.5), (3.0, 40.0)])
def test_bayes_agrees_with_adaptive_quadrature(arms, prior):
    from scipy.integrate import quad

    (a, n_a), (b, n_b) = arms
    first = stats.beta(a + prior[0], n_a - a + prior[1])
    second = stats.beta(b + prior[0], n_b - b + prior[1])
    found = traffic.bayesian_test(a, n_a, b, n_b, prior=prior)
    # In quantiles of a, so that the oracle has no pole.
    chance = quad(lambda u: second.sf(first.ppf(u)), 0, 1, epsabs=1e-10, limit=400)[0]
    assert found.probability_b_better == pytest.approx(chance, abs=1e-7)
    best = traffic.probability_best([a, b], [n_a, n_b], prior=prior)
    assert best[1] == pytest.approx(chance, abs=1e-7)
    assert found.expected_loss_a - found.expected_loss_b == pytest.approx(found.lift, abs=1e-9)


@pytest.mark.parametrize("trials", [1e8, 1e12, 1e15])
def test_bayes_keeps_its_digits_where_counts_are_huge(trials):
    share, step = 0.03, (0.03 * 0.97 / trials) ** 0.5
    ahead = share * trials + step * trials
    found = traffic.bayesian_test(share * trials, trials, ahead, trials)
    # Of two normal beliefs one standard deviation apart; their loss is the density less the tail.
    z = ((ahead + 1.0) / (trials + 2.0) - (share * trials + 1.0) / (trials + 2.0)) / (step * 2**0.5)
    assert found.probability_b_better == pytest.approx(stats.norm.cdf(z), abs=trials**-0.5)
    loss = step * 2**0.5 * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    assert found.expected_loss_b == pytest.approx(loss, rel=10.0 * trials**-0.5)


def test_the_loss_of_the_better_arm_is_not_rounding():
    found = traffic.bayesian_test(2000, 100_000, 3000, 100_000)
    assert 0.0 <= found.expected_loss_b < 1e-30
    back = traffic.bayesian_test(3000, 100_000, 2000, 100_000)
    assert (back.expected_loss_a, back.expected_loss_b) == pytest.approx((found.expected_loss_b, found.expected_loss_a))


@pytest.mark.parametrize("freedom", [3.0, 1e6, 1e12, 1e17, 1e300])
@pytest.mark.parametrize("t", [0.0, 1e-9, 0.3, 2.0, -8.0])
def test_t_with_many_degrees_of_freedom_becomes_the_normal(t, freedom):
    oracle = stats.t.sf(abs(t), freedom) if freedom < 1e10 else stats.norm.sf(abs(t))
    assert t_p(t, freedom) == pytest.approx(2.0 * oracle, rel=1e-9)


@pytest.mark.parametrize("unit", [1e-120, 1.0, 1e150])
def test_the_unit_of_a_mean_does_not_change_its_test(unit):
    a, b = (traffic.Moments(40, m * unit, v * unit * unit) for m, v in ((2.0, 3.0), (3.0, 5.0)))
    found = traffic.compare_means(a, b)
    oracle = stats.ttest_ind_from_stats(3.0, 5.0**0.5, 40, 2.0, 3.0**0.5, 40, equal_var=False)
    assert (found.statistic, found.p_value) == pytest.approx((oracle.statistic, oracle.pvalue), rel=1e-7)


def test_bandit_shares_are_the_chances_to_be_best():
    shown = traffic.thompson_allocation([30, 40, 35], [1000] * 3, 200_000, rng=np.random.default_rng(8))
    assert shown / 200_000 == pytest.approx(traffic.probability_best([30, 40, 35], [1000] * 3), abs=0.005)
    with pytest.raises(InputError):
        traffic.thompson_allocation([1], [2], 5, rng=8)


def test_power_and_size_are_inverse_and_refuse_nonsense():
    n = traffic.sample_size(0.1, 0.12, power=0.9)
    assert traffic.power_of_test(0.1, 0.12, n) >= 0.9 > traffic.power_of_test(0.1, 0.12, n - 1)
    for bad in ((0.1, 0.1), (0.0, 0.1), (0.1, 1.0)):
        with pytest.raises(InputError):
            traffic.sample_size(*bad)
    with pytest.raises(InputError):
        traffic.sample_size_of_means(1.0, 0.0)
    assert traffic.adjusted_p_values([None, 0.02]) == (None, 0.02)


def test_fixed_intervals_cover_and_sequences_cover_at_every_look():
    rng = np.random.default_rng(4)
    p_a, p_b, n = 0.08, 0.1, 2000
    a, b = rng.binomial(n, p_a, 3000), rng.binomial(n, p_b, 3000)
    cases = [traffic.compare_shares(x, n, y, n) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    assert np.mean([c.low <= p_b - p_a <= c.high for c in cases]) == pytest.approx(0.95, abs=0.01)
    assert np.mean([c.lift_low <= p_b / p_a - 1 <= c.lift_high for c in cases]) == pytest.approx(0.95, abs=0.01)
    paths = np.cumsum(rng.normal(0.0, 1.0, (500, 300)), axis=1) / np.arange(1, 301)
    looks = [
        [traffic.sequential_test(path[k - 1], k**-0.5, mixing_sd=0.2) for k in (10, 50, 100, 300)] for path in paths
    ]
    missed = np.mean([any(not look.low <= 0.0 <= look.high for look in row) for row in looks])
    assert missed <= 0.05
