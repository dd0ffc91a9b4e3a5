"""Lifetime value, highest prices, holdout and cohorts: by hand, beside the parts they are made of, and at the ends."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shopcore import customers
from shopcore.customers import BgNbd, GammaGamma, cohorts
from shopcore.errors import InputError, LimitError

BG, GG = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)


def history(seed: int = 1, size: int = 400) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    who = rng.integers(0, size, 4 * size)
    return who, rng.integers(0, 300, 4 * size), rng.gamma(4.0, 25.0, 4 * size)


def fitted() -> tuple[Any, Any, Any]:
    who, days, spend = history()
    past = customers.purchase_history(who, days, end=200, spend=spend)
    purchase = customers.fit_gamma_gamma(past.orders, past.mean_spend)
    return customers.fit_pareto_nbd(past.orders, past.recency, past.age), purchase, past


def test_value_is_orders_times_spend_times_margin() -> None:
    _, _, past = fitted()
    found = customers.lifetime_value(BG, GG, past, horizon=52, unit="week", discount_rate=0.002, margin=0.3)
    orders = customers.discounted_orders(
        BG, past.orders, past.recency, past.age, step=1.0, steps=52, discount_rate=0.002
    )
    spend = customers.expected_spend(GG, past.orders, past.mean_spend)
    assert found.value == pytest.approx(orders * spend * 0.3, rel=1e-12)
    assert found.total == pytest.approx(found.value.sum())
    assert (found.low, found.reason) == (None, "parameters without covariance")
    assert "no interval" in found.explain()


def test_intervals_hold_the_value_and_the_total_is_surer_than_the_parts() -> None:
    rng = np.random.default_rng(4)
    rate = rng.gamma(0.8, 0.2, 3_000)
    rows = [(i, day) for i in range(3_000) for day in [0, *np.cumsum(rng.exponential(7 / max(rate[i], 1e-6), 60))]]
    who, days = (np.array(column) for column in zip(*rows, strict=True))
    keep = days <= 280
    who, days = who[keep], days[keep].astype(int)
    spend = rng.gamma(5.0, 1.0, who.size) * rng.gamma(9.0, 2.0, 3_000)[who]
    past = customers.purchase_history(who, days, end=280, spend=spend)
    purchase = customers.fit_mbg_nbd(past.orders, past.recency, past.age)
    money = customers.fit_gamma_gamma(past.orders, past.mean_spend)
    fits = (purchase, money)
    if purchase.status == "boundary":  # nobody leaves in these data
        assert customers.lifetime_value(*fits, past, horizon=6).reason == purchase.reason
        fits = (customers.Fit(BG, "interior", None, 0.0, 1.0, ("r", "alpha", "a", "b"), tuple(
            tuple(0.01 * (i == j) for j in range(4)) for i in range(4)), 0.0, 1), money)  # fmt: skip
    found = customers.lifetime_value(*fits, past, horizon=6)
    assert found.low is not None
    assert found.high is not None
    assert ((found.low < found.value) & (found.value < found.high)).all()
    assert found.total_low is not None
    assert found.total_high is not None
    assert found.total_low < found.total < found.total_high
    turned = customers.lifetime_value(*fits, past, horizon=6, margin=-0.1)
    assert (turned.low <= turned.value).all()
    limit = customers.acquisition_limit(*fits, model_unit="week", horizon=12, margin=0.4)
    assert limit.customer_low is not None
    assert limit.customer is not None
    assert limit.customer_low < limit.customer


def test_units_are_what_they_say() -> None:
    _, _, past = fitted()
    year = customers.lifetime_value(BG, 50.0, past, horizon=1, unit="year").total
    months = customers.lifetime_value(BG, 50.0, past, horizon=12, unit="month").total
    assert year == pytest.approx(months, rel=1e-12)
    ever = customers.lifetime_value(BG, 50.0, past, horizon=None, unit="month", discount_rate=0.01)
    assert ever.total > customers.lifetime_value(BG, 50.0, past, horizon=12, discount_rate=0.01).total
    assert ever.to_dict()["horizon"] == "Infinity"


def test_no_mean_spend_is_no_value_and_no_price() -> None:
    past = customers.purchase_history(["a", "b", "b"], [0, 0, 7], end=70, spend=[5.0, 5.0, 6.0])
    heavy = GammaGamma(6.25, 0.9, 15.44)
    found = customers.lifetime_value(BG, heavy, past, horizon=12)
    assert np.isnan(found.value[0])
    assert np.isfinite(found.value[1])
    assert np.isfinite(found.total)
    limit = customers.acquisition_limit(BG, heavy, model_unit="week", horizon=12, margin=0.4)
    assert (limit.customer, limit.reason) == (None, "the mean spend does not exist (q <= 1)")
    assert "no price" in limit.explain()


def test_a_click_is_worth_its_share_of_a_customer() -> None:
    found = customers.acquisition_limit(
        BG, 80.0, model_unit="week", horizon=52, unit="week", margin=0.25, first_order_value=60.0, conversion_rate=0.02
    )
    orders = customers.expected_orders_of_new(BG, 52.0)
    assert found.customer == pytest.approx(0.25 * (60.0 + 80.0 * orders), rel=1e-12)
    assert found.click == pytest.approx(found.customer * 0.02)
    assert "a click at most" in found.explain()


@pytest.mark.parametrize(
    "change", [{"margin": 40}, {"conversion_rate": 2}, {"horizon": 0}, {"unit": "decade"}, {"discount_rate": -1}]
)
def test_bad_prices_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        customers.acquisition_limit(BG, 80.0, **{"model_unit": "week", "horizon": 12, "margin": 0.4, **change})


def test_a_fit_without_model_is_refused_by_name() -> None:
    _, _, past = fitted()
    nothing = customers.fit_bg_nbd([0], [0], [3])
    with pytest.raises(InputError, match="fit"):
        customers.lifetime_value(nothing, 50.0, past, horizon=12)
    with pytest.raises(InputError, match="model"):
        customers.holdout(nothing, past, [1], [1], end=300)
    with pytest.raises(InputError, match="spend"):
        customers.lifetime_value(BG, GG, customers.purchase_history(["a"], [0], end=9), horizon=3)


def test_holdout_counts_days_of_known_customers_only() -> None:
    who, days, _ = history(3)
    past = customers.purchase_history(who, days, end=150)
    found = customers.holdout(BG, past, who, days, end=280, groups=5)
    known = set(past.customers.tolist())
    visits = {(c, d) for c, d in zip(who.tolist(), days.tolist(), strict=True) if c in known and 150 < d <= 280}
    assert found.actual_total == len(visits)
    assert found.customers.sum() == len(known)
    assert np.nansum(found.predicted * found.customers) == pytest.approx(found.predicted_total)
    with pytest.raises(InputError, match="end"):
        customers.holdout(BG, past, who, days, end=150)
    empty = customers.purchase_history([], [], end=5)
    assert customers.holdout(BG, empty, [], [], end=9).error is None


@pytest.mark.shared_data
def test_cdnow_is_forecast_as_published(shared_data: Path) -> None:
    columns = np.loadtxt(shared_data / "cdnow_sample.txt", dtype=str).T
    who, days = columns[1].astype(int), [f"{t[:4]}-{t[4:6]}-{t[6:]}" for t in columns[2]]
    past = customers.purchase_history(who, days, end="1997-09-30")
    fit = customers.fit_bg_nbd(past.orders, past.recency, past.age)
    found = customers.holdout(fit, past, who, days, end="1998-06-30")
    assert found.error is not None
    assert found.error == pytest.approx(-0.1215, abs=1e-3)  # under-forecast, as in figure 3 of the paper
    assert found.correlation is not None
    assert found.correlation > 0.6
    assert ((found.low <= found.predicted) & (found.predicted <= found.high)).sum() >= 5


DAYS = ["2025-01-05", "2025-02-11", "2025-04-02", "2025-01-20", "2025-02-02", "2025-03-15", "2025-04-30"]


def test_unseen_months_are_not_zero() -> None:
    table = cohorts(list("aaabddd"), DAYS, spend=[1, 2, 3, 4, 5, 6, 7])
    assert table.cohorts.tolist() == ["2025-01-01", "2025-02-01"]
    assert table.active.tolist() == [[2, 1, 0, 1], [1, 1, 1, -1]]
    assert np.isnan(table.retention[1, 3])
    assert table.curve().value.tolist() == [1.0, pytest.approx(2 / 3), pytest.approx(1 / 3), 0.5]
    assert table.spend is not None
    assert table.spend[0].tolist() == [5.0, 2.0, 0.0, 3.0]
    cumulated = table.spend_per_customer()
    assert cumulated is not None
    assert cumulated[0].tolist() == [2.5, 3.5, 3.5, 5.0]
    assert table.cell(0, 1).low is not None
    assert table.to_dict()["retention"][1][3] is None


def test_a_month_that_is_not_over_is_not_observed() -> None:
    whole = cohorts(list("aaabddd"), DAYS, end="2025-04-30")
    part = cohorts(list("aaabddd"), DAYS, end="2025-04-29")
    kept = cohorts(list("aaabddd"), DAYS, end="2025-04-29", partial="keep")
    assert whole.observed.sum(axis=1).tolist() == [4, 3]
    assert part.observed.sum(axis=1).tolist() == [3, 2]
    assert kept.observed.sum(axis=1).tolist() == [4, 3]
    assert kept.active[0].tolist() == [2, 1, 0, 1]


@pytest.mark.parametrize(
    ("period", "first"),
    [("day", "2025-01-05"), ("week", "2024-12-30"), ("month", "2025-01-01"), ("quarter", "2025-01-01"),
     ("year", "2025-01-01")],
)  # fmt: skip
def test_periods_are_those_of_the_calendar(period: Any, first: str) -> None:
    table = cohorts(list("aaabddd"), DAYS, period=period, ages=2)
    assert table.cohorts[0] == first
    assert table.active.shape[1] <= 3


def test_cohorts_of_nobody_and_of_too_long_a_time() -> None:
    empty = cohorts([], [])
    assert empty.explain() == "no customers"
    assert len(empty.curve()) == 0
    with pytest.raises(LimitError):
        cohorts(["a", "b"], [0, 10_000], period="day")
    with pytest.raises(InputError):
        cohorts(["a"], ["2025-01-05"], period="moon")  # type: ignore[arg-type]  # the refusal is the test
