"""Demand: forecasts equal their definitions, classes their cut-offs, and corrections bring back what was hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from shopcore.inventory import (
    cap_outliers,
    censored_demand,
    classify_demand,
    croston,
    days_of_cover,
    exponential_smoothing,
    promotion_uplift,
    sales_speed,
    seasonal_smoothing,
    tsb,
)

series = st.lists(st.sampled_from([0, 0, 0, 1, 2, 5, 30]), min_size=1, max_size=40)
weights = st.floats(0.01, 1)


def plain_croston(values, alpha):
    size = interval = None
    since = 0
    for value in values:
        since += 1
        if value > 0:
            if size is None:
                size, interval = value, since
            else:
                size += alpha * (value - size)
                interval += alpha * (since - interval)
            since = 0
    return 0.0 if size is None else size / interval


def plain_tsb(values, alpha, beta):
    size, chance = None, float(values[0] > 0)
    for value in values:
        if value > 0:
            size = value if size is None else size + alpha * (value - size)
        chance += beta * ((value > 0) - chance)
    return (size or 0.0) * chance


@given(series, weights, weights)
def test_intermittent_forecasts_equal_their_definitions(values, alpha, beta) -> None:
    expected = plain_croston(values, alpha)
    assert croston(values, alpha=alpha).forecast == pytest.approx(expected)
    assert croston(values, alpha=alpha, variant="sba").forecast == pytest.approx(expected * (1 - alpha / 2))
    assert tsb(values, alpha_demand=alpha, alpha_probability=beta).forecast == pytest.approx(
        plain_tsb(values, alpha, beta)
    )


@given(st.lists(series.map(lambda v: (v * 12)[:12]), min_size=1, max_size=6), weights)
def test_a_catalogue_answers_as_its_rows_do(rows, alpha) -> None:
    many = np.array(rows, dtype=float)
    for function in (
        lambda s: croston(s, alpha=alpha).forecast,
        lambda s: tsb(s, alpha_probability=alpha).forecast,
        lambda s: classify_demand(s).average_interval,
        lambda s: classify_demand(s).cv_squared,
        lambda s: exponential_smoothing(s, alpha=alpha).level,
        lambda s: exponential_smoothing(s, alpha=alpha).error_sd,
        lambda s: seasonal_smoothing(s, season_length=4, alpha=alpha).forecast[..., 0],
        lambda s: seasonal_smoothing(s, season_length=3, kind="additive").level,
        lambda s: sales_speed(s, weights={3: 0.5, 12: 0.5}),
        lambda s: promotion_uplift(s, np.broadcast_to(np.arange(12) % 5 == 1, np.shape(s))).uplift,
        lambda s: cap_outliers(s)[..., 3],
    ):
        assert function(many) == pytest.approx([float(function(row)) for row in many], rel=1e-9, abs=1e-9)
    # Rows are iterated together until the slowest has settled.
    cut = np.maximum(many, 3)
    alone = [censored_demand(*pair).mean for pair in zip(many, cut, strict=True)]
    assert censored_demand(many, cut).mean == pytest.approx(alone, rel=1e-3, abs=1e-3)


@given(series)
def test_classes_follow_the_cut_offs(values) -> None:
    found = classify_demand(values)
    sizes = [v for v in values if v]
    if not sizes:
        assert (found.name, found.average_interval) == ("none", np.inf)
        return
    interval = len(values) / len(sizes)
    spread = np.var(sizes, ddof=1) / np.mean(sizes) ** 2 if len(sizes) > 1 else 0.0
    names = {(False, False): "smooth", (False, True): "erratic", (True, False): "intermittent", (True, True): "lumpy"}
    assert found.name == names[interval > 1.32, spread >= 0.49]
    assert found.cv_squared == pytest.approx(spread)


@given(st.floats(0.1, 50), st.lists(st.floats(0.2, 3), min_size=2, max_size=8), st.integers(1, 4), weights, weights)
def test_a_pure_season_is_forecast_without_error(level, pattern, seasons, alpha, gamma) -> None:
    values = np.tile(level * np.array(pattern), seasons)
    for kind in ("multiplicative", "additive"):
        found = seasonal_smoothing(
            values, season_length=len(pattern), alpha=alpha, gamma=gamma, kind=kind, horizon=len(pattern)
        )
        assert found.forecast == pytest.approx(level * np.array(pattern))
        assert found.error_sd == pytest.approx(0, abs=1e-9 * level)


@given(st.lists(st.floats(0, 20), min_size=3, max_size=30), st.floats(2, 15))
def test_censored_demand_is_the_maximum_of_its_likelihood(values, stock) -> None:
    seen = np.minimum(values, stock)
    cut = seen >= stock
    free = seen[~cut]
    if cut.mean() > 0.6 or free.size < 3 or free.std() < 0.5:
        return
    found = censored_demand(seen, np.full(seen.size, stock))
    assert found.mean >= seen.mean() - 1e-9
    if not cut.any():
        assert found.sd == pytest.approx(free.std(ddof=1))
        return

    def minus(p):
        return -(stats.norm.logpdf(free, p[0], p[1]).sum() + cut.sum() * stats.norm.logsf(stock, p[0], p[1]))

    best = optimize.minimize(
        minus, (seen.mean(), seen.std() + 0.5), method="Nelder-Mead", bounds=[(None, None), (0.1, None)]
    )
    assert minus((found.mean, found.sd)) <= best.fun + 1e-3


@given(st.lists(st.tuples(st.floats(0, 50), st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_stock_outs_do_not_slow_sales_and_promotions_do_not_raise_the_base(rows) -> None:
    sales, out, promoted = (np.array(column) for column in zip(*rows, strict=True))
    sold = np.where(out, 0.0, sales)
    speed = sales_speed(sold, in_stock=~out)
    assert speed == pytest.approx(sold[~out].mean() if (~out).any() else 0.0)
    found = promotion_uplift(sold, promoted)
    if found.reason == "" and found.uplift > 0:
        assert found.base == pytest.approx(sold[~promoted].mean())
        assert found.base_series[promoted].mean() == pytest.approx(found.base)
        assert found.base_series[~promoted].tolist() == sold[~promoted].tolist()


@given(st.floats(0, 1e6), st.floats(0, 1e4))
def test_cover_times_speed_is_the_stock(available, speed) -> None:
    cover = days_of_cover(available, speed)
    if speed > 1e-6:
        assert cover * speed == pytest.approx(available)
    elif speed == 0:
        assert cover == (np.inf if available else 0.0)
