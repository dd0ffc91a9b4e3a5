"""Purchase models beside independent oracles: quadrature, sums over outcomes, simulation; and the ends of the scale."""

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import integrate, special, stats

from shopcore import customers
from shopcore.customers import BgBb, BgNbd, GammaGamma, MbgNbd, ParetoNbd, Sbg
from shopcore.errors import InputError, ShapeError

BG, MBG = BgNbd(0.243, 4.414, 0.793, 2.426), MbgNbd(0.525, 6.183, 0.891, 1.614)
PARETO = ParetoNbd(0.553, 10.578, 0.606, 11.669)
BB = BgBb(1.204, 0.750, 0.657, 2.783)
PAST = [(0, 0.0, 38.86), (2, 30.43, 38.86), (7, 38.0, 38.0), (1, 0.14, 27.0)]


def bg_by_quadrature(model: BgNbd, x: int, last: float, until: float) -> float:
    """Mix the likelihood of one customer over rates (in closed form) and chances to leave (numerically)."""

    def at(p: float) -> float:
        chances = x + model.extra
        stayed = (1 - p) ** chances * (model.alpha + until) ** -(model.r + x)
        left = p * (1 - p) ** (chances - 1) * (model.alpha + last) ** -(model.r + x) if chances else 0.0
        return float((stayed + left) * stats.beta.pdf(p, model.a, model.b))

    mixed = integrate.quad(at, 0, 1, epsabs=0, epsrel=1e-11, limit=400)[0]
    start = special.gammaln(model.r + x) - special.gammaln(model.r) + model.r * np.log(model.alpha)
    return float(start + np.log(mixed))


@pytest.mark.parametrize("model", [BG, MBG])
@pytest.mark.parametrize("past", PAST)
def test_bg_likelihood_equals_quadrature(model: BgNbd, past: tuple[int, float, float]) -> None:
    assert customers.log_likelihood(model, *past) == pytest.approx(bg_by_quadrature(model, *past), rel=1e-7)


def pareto_by_quadrature(x: int, last: float, until: float) -> tuple[float, float]:
    m = PARETO
    stayed = (m.alpha + until) ** -(m.r + x) * (m.beta / (m.beta + until)) ** m.s
    gone = integrate.quad(
        lambda y: (m.alpha + y) ** -(m.r + x) * m.s / m.beta * (m.beta / (m.beta + y)) ** (m.s + 1),
        last, until, epsabs=0, epsrel=1e-12,
    )[0]  # fmt: skip
    start = special.gammaln(m.r + x) - special.gammaln(m.r) + m.r * np.log(m.alpha)
    return float(start + np.log(stayed + gone)), stayed / (stayed + gone)


@pytest.mark.parametrize("past", PAST)
def test_pareto_likelihood_and_activity_equal_quadrature(past: tuple[int, float, float]) -> None:
    value, alive = pareto_by_quadrature(*past)
    assert customers.log_likelihood(PARETO, *past) == pytest.approx(value, rel=1e-9)
    assert customers.probability_alive(PARETO, *past) == pytest.approx(alive, rel=1e-9)


def test_bg_bb_sums_to_one_over_all_histories() -> None:
    chances = 6
    total = 0.0
    for x in range(chances + 1):
        for last in range(x, chances + 1) if x else [0]:
            ways = special.comb(last - 1, x - 1) if x else 1
            total += ways * np.exp(customers.log_likelihood(BB, x, last, chances))
    assert total == pytest.approx(1.0, rel=1e-12)


def simulated(model: Any, size: int, until: float, rng: np.random.Generator) -> tuple[Any, Any, Any]:
    """Draw customers; the third answer is whether each is active at the end."""
    rate = rng.gamma(model.r, 1 / model.alpha, size)
    if isinstance(model, ParetoNbd):
        gone = rng.exponential(1, size) / rng.gamma(model.s, 1 / model.beta, size)
        leaving = np.zeros(size)
    else:
        gone, leaving = np.full(size, np.inf), rng.beta(model.a, model.b, size)
    if isinstance(model, MbgNbd):
        gone[rng.random(size) < leaving] = 0.0
    orders, last, time = np.zeros(size, dtype=int), np.zeros(size), np.zeros(size)
    going = gone > 0
    while going.any():
        time[going] += rng.exponential(1, int(going.sum())) / np.maximum(rate[going], 1e-300)
        going &= time <= np.minimum(until, gone)
        orders[going] += 1
        last[going] = time[going]
        left = going & (rng.random(size) < leaving)
        gone[left] = time[left]
        going &= ~left
    return orders, last, gone > until


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_expectations_equal_simulation(model: Any) -> None:
    rng = np.random.default_rng(5)
    size, now, ahead = 60_000, 30.0, 20.0
    orders, last, alive = simulated(model, size, now + ahead, rng)
    expected = customers.expected_orders_of_new(model, now + ahead)
    assert orders.mean() == pytest.approx(expected, abs=4 * orders.std() / np.sqrt(size))
    active = customers.probability_alive(model, orders, last, now + ahead)
    assert active.mean() == pytest.approx(alive.mean(), abs=4 * np.sqrt(0.25 / size))


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_expected_orders_of_the_population_are_those_of_the_longer_window(model: Any) -> None:
    rng = np.random.default_rng(8)
    orders, last, _ = simulated(model, 60_000, 30.0, rng)
    ahead = customers.expected_orders(model, orders, last, 30.0, horizon=20.0)
    wanted = customers.expected_orders_of_new(model, 50.0) - customers.expected_orders_of_new(model, 30.0)
    assert ahead.mean() == pytest.approx(wanted, abs=4 * ahead.std() / np.sqrt(60_000))
    none = customers.probability_no_order(model, orders, last, 30.0, horizon=20.0)
    assert ((none >= 0) & (none <= 1)).all()


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_probability_of_no_order_is_the_ratio_of_two_likelihoods(model: Any) -> None:
    # Nothing ordered until later is a history of its own.
    for x, last, until in PAST:
        later = customers.log_likelihood(model, x, last, until + 13.0)
        ratio = np.exp(later - customers.log_likelihood(model, x, last, until))
        if isinstance(model, BgNbd) or x == 0:
            assert customers.probability_no_order(model, x, last, until, horizon=13.0) == pytest.approx(ratio, rel=1e-9)
        assert customers.probability_no_order(model, x, last, until, horizon=13.0) == pytest.approx(ratio, rel=1e-7)


def test_bg_bb_forecasts_equal_sums_over_histories() -> None:
    x, last, now, ahead = 2, 3, 5, 4
    base = customers.log_likelihood(BB, x, last, now)
    expected, none = 0.0, 0.0
    for more in range(1, ahead + 1):
        for end in range(now + more, now + ahead + 1):
            ways = special.comb(end - now - 1, more - 1)
            chance = ways * np.exp(customers.log_likelihood(BB, x + more, end, now + ahead) - base)
            expected += more * chance
    none = np.exp(customers.log_likelihood(BB, x, last, now + ahead) - base)
    assert customers.expected_orders(BB, x, last, now, horizon=ahead) == pytest.approx(expected, rel=1e-10)
    assert customers.probability_no_order(BB, x, last, now, horizon=ahead) == pytest.approx(none, rel=1e-10)


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_discounting_equals_the_sum_of_its_steps(model: Any) -> None:
    ends = [customers.expected_orders(model, 2, 30.43, 38.86, horizon=4.0 * k) for k in range(7)]
    wanted = sum(part / 1.02**k for k, part in enumerate(np.diff(ends), start=1))
    found = customers.discounted_orders(model, 2, 30.43, 38.86, step=4.0, steps=6, discount_rate=0.02)
    assert found == pytest.approx(wanted, rel=1e-12)
    free = customers.discounted_orders(model, 2, 30.43, 38.86, step=4.0, steps=6, discount_rate=0.0)
    assert free == pytest.approx(ends[-1], rel=1e-12)


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_for_ever_is_the_limit_of_many_small_steps(model: Any) -> None:
    ever = customers.discounted_orders(model, 2, 30.43, 38.86, step=1.0, steps=None, discount_rate=0.02)
    small = customers.discounted_orders(
        model, 2, 30.43, 38.86, step=0.25, steps=8_000, discount_rate=float(1.02**0.25 - 1)
    )
    assert ever == pytest.approx(small, rel=3e-3)
    assert ever > small


@pytest.mark.parametrize("a", [0.999, 1.0 - 1e-9, 1.0, 1.0 + 1e-9, 1.001])
def test_a_equal_to_one_is_no_pole(a: float) -> None:
    model = BgNbd(0.243, 4.414, a, 2.426)
    found = customers.expected_orders(model, 2, 30.43, 38.86, horizon=39.0)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    p = special.betaincinv(a, 2.426 + 2, (nodes + 1) / 2)
    given = -np.expm1(-2.243 * np.log1p(p * 39.0 / (4.414 + 38.86))) / p
    wanted = float(weights @ given / 2) * customers.probability_alive(model, 2, 30.43, 38.86)
    assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("model", [BG, MBG, PARETO, BgNbd(1e-3, 50, 40, 1e-3), ParetoNbd(3, 0.01, 1.0, 500)])
def test_nothing_overflows_up_to_five_thousand_orders(model: Any) -> None:
    x = np.array([0, 1, 10, 100, 1_000, 5_000])
    last = np.where(x > 0, 99.9, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (
            customers.log_likelihood(model, x, last, 100.0),
            customers.probability_alive(model, x, last, 100.0),
            customers.expected_orders(model, x, last, 100.0, horizon=50.0),
            customers.probability_no_order(model, x, last, 100.0, horizon=50.0),
            customers.discounted_orders(model, x, last, 100.0, step=4.0, steps=None, discount_rate=0.01),
        ):
            assert np.isfinite(found).all()


def test_no_time_and_no_horizon_are_answers() -> None:
    assert customers.probability_alive(BG, 0, 0, 0) == 1.0
    assert customers.expected_orders(BG, 2, 3, 4, horizon=0) == 0.0
    assert customers.probability_no_order(PARETO, 2, 3, 4, horizon=0) == pytest.approx(1.0)
    assert customers.expected_orders(BB, 2, 3, 4, horizon=0) == 0.0
    assert customers.expected_orders_of_new(BG, 0) == 0.0


@pytest.mark.parametrize("function", [customers.fit_bg_nbd, customers.fit_mbg_nbd, customers.fit_pareto_nbd])
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        (([], [], []), "no customer in the data"),
        (([0, 0], [0, 0], [5, 9]), "no repeat order in the data"),
        (([3], [4], [5]), "one customer cannot show how customers differ"),
        (([1, 2], [0, 0], [0, 0]), "no repeat order in the data"),
    ],
)
def test_data_without_information_end_with_the_reason(function: Any, columns: Any, reason: str) -> None:
    fit = function(*columns)
    assert (fit.status, fit.model, fit.reason) == ("degenerate", None, reason)
    assert fit.explain() == f"no model: {reason}"
    with pytest.raises(InputError, match="model"):
        customers.with_interval(fit, lambda model: model.r)


def test_orders_at_the_moment_of_the_first_are_counted_as_it_and_said() -> None:
    fit = customers.fit_bg_nbd([5, 2, 0, 1], [0, 7, 0, 3], [9, 9, 9, 9])
    assert fit.notes == ("1 rows with repeat orders at the moment of the first order: counted as that order",)
    assert fit.log_likelihood == customers.fit_bg_nbd([0, 2, 0, 1], [0, 7, 0, 3], [9, 9, 9, 9]).log_likelihood
    assert fit.notes[0] in fit.explain()


def test_customers_who_never_leave_end_at_the_rim() -> None:
    rng = np.random.default_rng(3)
    orders = rng.poisson(rng.gamma(2, 3, 400))
    last = np.where(orders > 0, 40.0 * rng.random(400) ** (1 / np.maximum(orders, 1)), 0.0)
    fit = customers.fit_bg_nbd(orders, last, np.full(400, 40.0))
    assert fit.status == "boundary"
    assert fit.reason is not None
    assert fit.reason.startswith("runs away: a, b")
    assert (fit.covariance, fit.standard_errors, fit.intervals()) == (None, None, None)
    found = customers.with_interval(fit, lambda model: customers.expected_orders(model, 3, 20, 40, horizon=10))
    assert (found.low, found.method, found.reason) == (None, "none", fit.reason)
    assert found.value == pytest.approx((fit.model.r + 3) / (fit.model.alpha + 40) * 10, rel=1e-2)


@pytest.mark.parametrize("kind", ["fit_bg_nbd", "fit_mbg_nbd", "fit_pareto_nbd"])
def test_the_fit_is_a_stationary_point_with_the_right_curvature(kind: str) -> None:
    model = {"fit_bg_nbd": BG, "fit_mbg_nbd": MBG, "fit_pareto_nbd": PARETO}[kind]
    orders, last, _ = simulated(model, 1_500, 39.0, np.random.default_rng(2))
    fit = getattr(customers, kind)(orders, last, 39.0)
    assert fit.status == "interior"

    def value(logs: np.ndarray) -> float:
        moved = type(model)(*np.exp(logs))
        return float(customers.log_likelihood(moved, orders, last, 39.0).sum())

    point = np.log([getattr(fit.model, name) for name in fit.parameters])
    assert value(point) == pytest.approx(fit.log_likelihood, rel=1e-10)
    step, eye = 1e-3, np.eye(4)
    slopes = [(value(point + step * e) - value(point - step * e)) / (2 * step) for e in eye]
    assert np.abs(slopes).max() < 1e-2
    bend = np.array([
        [
            (value(point + step * (e + f)) - value(point + step * (e - f))
             - value(point - step * (e - f)) + value(point - step * (e + f))) / (4 * step * step)
            for f in eye
        ]
        for e in eye
    ])  # fmt: skip
    assert np.array(fit.covariance) @ -bend == pytest.approx(np.eye(4), abs=2e-2)


def test_units_of_time_change_nothing_but_the_scale() -> None:
    orders, last, _ = simulated(BG, 1_500, 39.0, np.random.default_rng(4))
    weeks, days = customers.fit_bg_nbd(orders, last, 39.0), customers.fit_bg_nbd(orders, last * 7, 39.0 * 7)
    assert days.model.alpha == pytest.approx(7 * weeks.model.alpha, rel=1e-5)
    assert days.model.b == pytest.approx(weeks.model.b, rel=1e-5)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - orders.sum() * np.log(7), rel=1e-9)


def test_weights_stand_for_repeated_rows() -> None:
    orders, last, _ = simulated(BG, 800, 39.0, np.random.default_rng(4))
    twice = customers.fit_bg_nbd(np.tile(orders, 3), np.tile(last, 3), 39.0)
    weighted = customers.fit_bg_nbd(orders, last, 39.0, weight=3.0)
    assert weighted.log_likelihood == pytest.approx(twice.log_likelihood, rel=1e-9)
    assert weighted.model.a == pytest.approx(twice.model.a, rel=1e-4)


def test_gamma_gamma_likelihood_equals_quadrature() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)

    def at(nu: float) -> float:
        return float(stats.gamma.pdf(22.35, 6.25 * 2, scale=1 / (2 * nu)) * stats.gamma.pdf(nu, 3.74, scale=1 / 15.44))

    wanted = integrate.quad(at, 0, np.inf, epsrel=1e-11)[0]
    assert model.log_likelihoods(np.array([2.0]), np.array([22.35]))[0] == pytest.approx(np.log(wanted), rel=1e-8)


def test_gamma_gamma_finds_its_own_parameters_and_says_when_it_cannot() -> None:
    rng = np.random.default_rng(6)
    orders = rng.integers(1, 8, 20_000)
    scale = rng.gamma(3.74, 1 / 15.44, orders.size)
    spend = rng.gamma(6.25 * orders, 1 / (orders * scale))
    fit = customers.fit_gamma_gamma(orders, spend)
    ends = fit.intervals(confidence=0.999)
    assert ends is not None
    assert ends["p"][0] < 6.25 < ends["p"][1]
    assert ends["q"][0] < 3.74 < ends["q"][1]
    twice = customers.fit_gamma_gamma(orders, spend, weight=2.0)
    assert twice.log_likelihood == pytest.approx(2 * fit.log_likelihood, rel=1e-9)
    assert customers.fit_gamma_gamma([2, 3], [5.0, 5.0]).status == "degenerate"
    assert customers.fit_gamma_gamma([1, 1, 1], [5.0, 6.0, 9.0]).status == "degenerate"
    with pytest.raises(InputError, match="mean_spend"):
        customers.fit_gamma_gamma([1, 2], [5.0, 0.0])


def test_sbg_projects_and_says_when_nobody_left() -> None:
    stayed = np.cumprod(customers.retention_rate(Sbg(0.668, 3.806), np.arange(1, 13)))
    assert customers.survival(Sbg(0.668, 3.806), np.arange(1, 13)) == pytest.approx(stayed, rel=1e-12)
    assert customers.retention_rate(Sbg(0.668, 3.806), 1) == pytest.approx(customers.survival(Sbg(0.668, 3.806), 1))
    assert customers.fit_sbg([10, 10, 10]).reason == "nobody left"
    assert customers.fit_sbg([10, 9]).reason == "fewer than two renewals were seen"
    with pytest.raises(InputError):
        customers.fit_sbg([10, 11])


@pytest.mark.parametrize(
    "columns",
    [([1.5], [1], [2]), ([1], [3], [2]), ([0], [1], [2]), ([-1], [0], [2]), ([1], [float("nan")], [2])],
)
def test_impossible_histories_are_refused_with_their_rows(columns: Any) -> None:
    for function in (customers.fit_bg_nbd, customers.fit_pareto_nbd):
        with pytest.raises(InputError) as caught:
            function(*([0, *c] for c in columns))
        assert caught.value.positions == (1,)
    with pytest.raises(ShapeError):
        customers.fit_bg_nbd([1, 2], [1], [2, 3, 4])


@pytest.mark.parametrize("bad", [{"r": 0}, {"alpha": -1}, {"a": float("nan")}, {"b": "much"}])
def test_parameters_are_positive_numbers(bad: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        BgNbd(**{"r": 1, "alpha": 1, "a": 1, "b": 1, **bad})


def test_a_fit_can_be_stored_and_shown() -> None:
    fit = customers.fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    assert pickle.loads(pickle.dumps(fit)) == fit
    assert fit.to_dict()["model"]["alpha"] == fit.model.alpha
    assert "0.668" in fit.explain()
    assert fit.aic == pytest.approx(4 - 2 * fit.log_likelihood)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    inside = 0
    truth = customers.expected_orders(BG, 2, 30.0, 39.0, horizon=26)
    for seed in range(40):
        orders, last, _ = simulated(BG, 2_000, 39.0, np.random.default_rng(100 + seed))
        fit = customers.fit_bg_nbd(orders, last, 39.0)
        found = customers.with_interval(fit, lambda model: customers.expected_orders(model, 2, 30.0, 39.0, horizon=26))
        inside += found.low < truth < found.high
    assert inside >= 34


def test_many_rows_equal_few_rows() -> None:
    orders, last, _ = simulated(BG, 25_000, 39.0, np.random.default_rng(9))
    age = 39.0 + np.arange(orders.size) % 83 / 7
    for function in (
        lambda *rows: customers.expected_orders(BG, *rows, horizon=26.0),
        lambda *rows: customers.discounted_orders(BG, *rows, step=4.0, steps=6, discount_rate=0.01),
    ):
        every = function(orders, last, age)
        few = function(orders[:500], last[:500], age[:500])
        assert every[:500] == pytest.approx(few, rel=1e-10)


@pytest.mark.parametrize("model", [BG, MBG, PARETO, ParetoNbd(3, 0.1, 1.0, 500), BgNbd(2.0, 0.5, 1.0, 1.0)])
def test_chances_of_counts_sum_to_one_and_to_the_mean(model: Any) -> None:
    counts = np.arange(30_000)
    chances = customers.probability_of_orders(model, counts, horizon=39.0)
    assert chances.sum() == pytest.approx(1.0, rel=1e-7)
    assert counts @ chances == pytest.approx(customers.expected_orders_of_new(model, 39.0), rel=1e-6)
    assert np.isfinite(chances).all()


@pytest.mark.parametrize("model", [BG, MBG, PARETO])
def test_chances_of_counts_equal_simulation(model: Any) -> None:
    orders, _, _ = simulated(model, 60_000, 39.0, np.random.default_rng(12))
    chances = customers.probability_of_orders(model, np.arange(6), horizon=39.0)
    seen = np.bincount(np.minimum(orders, 6), minlength=7)[:6] / 60_000
    assert seen == pytest.approx(chances, abs=4 * np.sqrt(0.25 / 60_000))
    assert customers.probability_of_orders(model, [0, 1], horizon=0.0).sum() == pytest.approx(
        customers.probability_of_orders(model, 0, horizon=0.0)
    )


def test_chances_of_bg_bb_counts_equal_the_sum_over_histories() -> None:
    for x in range(7):
        wanted = sum(
            (special.comb(last - 1, x - 1) if x else 1) * np.exp(customers.log_likelihood(BB, x, last, 6))
            for last in (range(x, 7) if x else [0])
        )
        assert customers.probability_of_orders(BB, x, horizon=6) == pytest.approx(wanted, rel=1e-10)
    with pytest.raises(InputError, match="count"):
        customers.probability_of_orders(BB, 1.5, horizon=6)
