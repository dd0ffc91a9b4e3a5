"""The demand distributions against scipy.stats and against their own definitions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats

from shopcore import _distributions as d


def exact_normal_loss(z: float) -> float:
    """The loss as a positive integral of the tail, in scaled form, so that nothing cancels."""
    scaled, _ = integrate.quad(lambda t: t * math.exp(-z * t - 0.5 * t * t), 0, np.inf, epsabs=0, epsrel=1e-13)
    return math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * scaled


@pytest.mark.parametrize("z", [0.0, 0.5, 2.9, 3.0, 5.0, 8.0, 12.0, 20.0])
def test_normal_loss_holds_its_relative_accuracy(z: float) -> None:
    assert d.normal_loss_scalar(z) == pytest.approx(exact_normal_loss(z), rel=1e-12)
    assert float(d.normal_loss(np.array(z))) == pytest.approx(exact_normal_loss(z), rel=1e-12)


@given(st.floats(-30, 37))
def test_normal_loss_twins_and_reflection(z: float) -> None:
    assert float(d.normal_loss(np.array(z))) == pytest.approx(d.normal_loss_scalar(z), rel=1e-11)
    # Written for the left side, where nothing cancels.
    assert d.normal_loss_scalar(-abs(z)) == pytest.approx(d.normal_loss_scalar(abs(z)) + abs(z), rel=1e-12)


@given(st.floats(-250, 3.0).map(lambda power: 10.0**power))
def test_inverse_loss_inverts(loss: float) -> None:
    scalar, array = d.normal_inverse_loss_scalar(loss), float(d.normal_inverse_loss(np.array(loss)))
    assert array == pytest.approx(scalar, rel=1e-12, abs=1e-12)
    assert d.normal_loss_scalar(scalar) == pytest.approx(loss, rel=1e-11)


@given(st.floats(-6, 30))
def test_second_loss_is_the_integral_of_the_loss(z: float) -> None:
    scaled, _ = integrate.quad(lambda t: d.normal_loss_scalar(z + t) / d.normal_loss_scalar(z), 0, 12, epsrel=1e-9)
    assert float(d.normal_second_loss(np.array(z))) == pytest.approx(scaled * d.normal_loss_scalar(z), rel=1e-8)


def random_demands(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(20)
    mean = np.exp(rng.uniform(-4, 8, count))
    variance = mean * (1 + np.exp(rng.uniform(-5, 4, count)))
    tails = rng.choice([0.5, 0.95, 0.99, 0.999, 0.999999], count)
    return np.where(rng.random(count) < 0.3, tails, rng.uniform(1e-4, 1, count)), mean, variance


def test_quantiles_equal_scipy_on_24_000_values() -> None:
    p, mean, variance = random_demands(8_000)
    r, success = d.negative_binomial_parameters(mean, variance)
    assert np.array_equal(d.poisson_quantile(p, mean), stats.poisson.ppf(p, mean))
    assert np.array_equal(d.negative_binomial_quantile(p, r, success), stats.nbinom.ppf(p, r, success))
    gamma = stats.gamma.ppf(p, mean, scale=variance)
    np.testing.assert_allclose(d.gamma_quantile(p, mean, variance), gamma, rtol=1e-11)


def test_a_probability_equal_to_the_cdf_does_not_jump() -> None:
    k, mean = np.meshgrid(np.arange(30.0), np.array([0.3, 2.0, 7.7, 15.0]))
    inside = stats.poisson.cdf(k, mean) < 1 - 1e-12
    cdf = stats.poisson.cdf(k, mean)[inside]
    assert np.array_equal(d.poisson_quantile(cdf, mean[inside]), k[inside])


def tail_sum(kind: str, x: float, mean: float, variance: float) -> float:
    k = np.arange(math.floor(x) + 1, math.floor(x) + 1_500)
    r, p = mean * mean / (variance - mean), mean / variance
    pmf = stats.poisson.pmf(k, mean) if kind == "poisson" else stats.nbinom.pmf(k, r, p)
    return float(np.sum((k - x) * pmf))


@given(st.floats(0, 80), st.floats(0.05, 40), st.floats(1.05, 6))
def test_discrete_losses_are_sums_over_the_tail(x: float, mean: float, ratio: float) -> None:
    assert float(d.poisson_loss(x, mean)) == pytest.approx(tail_sum("poisson", x, mean, 2 * mean), rel=1e-8, abs=1e-290)
    r, p = d.negative_binomial_parameters(np.array(mean), np.array(mean * ratio))
    expected = tail_sum("negative_binomial", x, mean, mean * ratio)
    assert float(d.negative_binomial_loss(x, r, p)) == pytest.approx(expected, rel=1e-8)


@given(st.floats(0.01, 200), st.floats(0.05, 40), st.floats(0.1, 20))
def test_gamma_loss_falls_by_the_tail(x: float, shape: float, scale: float) -> None:
    step = 1e-4 * scale
    slope = (d.gamma_loss(x + step, shape, scale) - d.gamma_loss(x, shape, scale)) / step
    low, high = d.gamma_tail(x + step, shape, scale), d.gamma_tail(x, shape, scale)
    assert -high - 1e-6 <= slope <= -low + 1e-6


def test_losses_below_zero_and_at_zero_are_the_whole_demand() -> None:
    for loss in (d.poisson_loss(-2.0, 5.0), d.gamma_loss(-2.0, 5.0, 1.0), d.negative_binomial_loss(-2.0, 5.0, 0.5)):
        assert float(loss) == pytest.approx(7.0)
    assert float(d.poisson_loss(0.0, 5.0)) == pytest.approx(5.0)


def test_lognormal_by_moments() -> None:
    mu, sigma = d.lognormal_parameters(np.array(40.0), np.array(900.0))
    frozen = stats.lognorm(sigma, scale=math.exp(mu))
    assert frozen.mean() == pytest.approx(40)
    assert frozen.var() == pytest.approx(900)
    assert float(d.lognormal_loss(np.array(50.0), mu, sigma)) == pytest.approx(
        frozen.expect(lambda x: x - 50, lb=50), rel=1e-8
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_ladder_gives_the_quantile_that_the_cdf_gives(seed: int) -> None:
    # More rows than one piece holds, means from nothing to ten million, far tails, and probabilities on the cdf itself.
    rng, n = np.random.default_rng(seed), d.CHUNK + 1000
    mean = np.exp(rng.uniform(np.log(1e-6), np.log(1e7), n))
    r, p = d.negative_binomial_parameters(mean, mean * (1.0 + np.exp(rng.uniform(np.log(1e-7), np.log(1e4), n))))
    wanted = np.where(rng.random(n) < 0.5, rng.random(n), 1.0 - 10.0 ** rng.uniform(-15.0, -1.0, n))

    def poisson(k: np.ndarray, mean: np.ndarray) -> np.ndarray:
        return np.asarray(special.pdtr(k, mean))

    def binomial(k: np.ndarray, r: np.ndarray, p: np.ndarray) -> np.ndarray:
        return np.asarray(special.betainc(r, k + 1.0, p))

    for cdf, quantile, arrays in (
        (poisson, d.poisson_quantile, (mean,)),
        (binomial, d.negative_binomial_quantile, (r, p)),
    ):
        on = cdf(np.floor(mean * rng.exponential(1.0, n)), *arrays)
        probability = np.where((rng.random(n) < 0.3) & (on > 0.0) & (on < 1.0), on, wanted)
        start = np.floor(mean)
        assert np.array_equal(quantile(probability, *arrays), d.smallest_whole(probability, start, cdf, *arrays))


def test_quantiles_of_no_rows_and_of_single_numbers() -> None:
    none = np.array([])
    assert d.poisson_quantile(none, none).shape == d.negative_binomial_quantile(none, none, none).shape == (0,)
    assert d.poisson_quantile(np.array(0.95), np.array([3.0, 0.0])).tolist() == [6.0, 0.0]
