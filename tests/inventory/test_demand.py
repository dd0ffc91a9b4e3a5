"""Demand: edges that break others, refusals, and the backtest that judges methods."""

import numpy as np
import pytest

from shopcore.errors import InputError
from shopcore.inventory import (
    backtest,
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


@pytest.mark.parametrize("function", [croston, tsb])
def test_series_that_break_others_are_defined(function) -> None:
    assert function([0, 0, 0]).forecast == 0
    assert function([0, 0, 0]).interval == np.inf
    assert function([7]).forecast == 7
    assert function([5, 5, 5]).forecast == pytest.approx(5)
    assert 0 < function([0, 0, 4]).forecast < 4
    assert function([[0, 0], [1, 0]]).forecast.shape == (2,)


def test_dying_demand_fades_in_tsb_only() -> None:
    dying = [4, 4, 4] + [0] * 30
    assert tsb(dying).forecast < 0.2
    assert croston(dying).forecast > 3


def test_all_periods_cut_off_give_a_lower_bound() -> None:
    found = censored_demand([3, 5], [3, 5])
    assert (found.mean, found.sd) == (5, 0)
    assert censored_demand([0, 0], [0, 0]).mean == 0
    assert censored_demand([4, 0, 6], [9, 0, 9]).mean == 5


def test_edges_of_speed_uplift_and_outliers() -> None:
    assert sales_speed([3, 4], in_stock=np.array([False, False])) == 0
    assert promotion_uplift([1, 2], np.array([False, False])).reason == "no_promotion"
    assert promotion_uplift([4, 2], np.array([True, True])).reason == "no_base"
    assert promotion_uplift([0, 2], np.array([False, True])).reason == "no_base_sales"
    assert cap_outliers([0, 99, 1]).tolist() == [0, 99, 1]
    assert exponential_smoothing([4]).error_sd == 0
    assert seasonal_smoothing([0, 0, 0, 0], season_length=2).forecast.tolist() == [0]
    assert days_of_cover([0, 5, 5], [0, 0, 2]).tolist() == [0, np.inf, 2.5]


def test_backtest_shows_that_poisson_misses_on_lumpy_demand() -> None:
    rng = np.random.default_rng(3)
    sales = rng.negative_binomial(0.5, 0.1, size=(500, 80))
    found = backtest(sales, lead_time=2, train=50, targets=[0.9, 0.99])
    by = {(line.method, line.target): line for line in found.lines}
    assert by["poisson", 0.99].cycle_service < 0.9
    assert by["negative_binomial", 0.99].cycle_service == pytest.approx(0.985, abs=0.01)
    assert found.best(0.9).cycle_service >= 0.9
    assert found.windows == 29
    assert backtest(np.zeros((3, 20)), lead_time=2, train=9).skus == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: croston([]),
        lambda: croston([1, -1]),
        lambda: croston([1, np.nan]),
        lambda: croston([1], alpha=0),
        lambda: croston([1], variant="x"),
        lambda: tsb([[[1]]]),
        lambda: classify_demand("abc"),
        lambda: exponential_smoothing([1], horizon=0),
        lambda: seasonal_smoothing([1, 2], season_length=3),
        lambda: seasonal_smoothing([1, 2], season_length=2, kind="x"),
        lambda: sales_speed([1, 2], in_stock=np.array([True])),
        lambda: sales_speed([1, 2], in_stock=[1, 0]),
        lambda: sales_speed([1, 2], weights={0: 1}),
        lambda: days_of_cover(-1, 2),
        lambda: censored_demand([5], [4]),
        lambda: promotion_uplift([1], np.array([1])),
        lambda: cap_outliers([1], limit=0),
        lambda: backtest([1, 2, 3], lead_time=2, train=2),
        lambda: backtest([1, 2, 3, 4], lead_time=2, train=3),
        lambda: backtest([1, 2, 3, 4, 5], lead_time=1, train=3, methods=["x"]),
        lambda: backtest([1, 2, 3, 4, 5], lead_time=1, train=3, targets=[1.5]),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument
