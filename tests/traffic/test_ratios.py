"""Ratios, reports and funnels: zero cases, people, bad input."""

import json
import pickle

import numpy as np
import pytest

from shopcore import traffic
from shopcore.errors import CurrencyMismatchError, InputError, LimitError, ShapeError
from shopcore.models import Money, Period, Ratios, TrafficFacts


def test_undefined_states_have_their_own_reason():
    assert traffic.return_on_ad_spend(100.0, 0.0).reason == "no_spend"
    assert traffic.return_on_ad_spend(0.0, 0.0).value is None
    assert traffic.click_through_rate(0, 0).reason == "no_impressions"
    assert traffic.refund_rate(0, 0).reason == "not_matured"
    assert traffic.conversion_rate(0, 10).value == 0.0
    assert traffic.conversion_rate(0, 0, sale="presale").reason == "no_visitors"


def test_a_pending_presale_has_an_upper_bound_only_until_somebody_paid():
    column = traffic.conversion_rate([0, 3, 0], [600, 600, 0], sale="presale")
    assert [r.reason for r in column] == ["presale_pending", None, "no_visitors"]
    assert column[0].high == pytest.approx(1 - 0.05 ** (1 / 600))
    assert column[1] == traffic.conversion_rate(3, 600)


def test_presales_of_many_days_stay_pending_together():
    days = traffic.conversion_rate([0, 0], [600, 400], sale="presale")
    week = traffic.pooled(days, distinct_numerator=0, distinct_denominator=900)
    assert (week.value, week.reason) == (None, "presale_pending")
    assert week.high == pytest.approx(1 - 0.05 ** (1 / 900))
    started = traffic.conversion_rate([0, 3], [600, 400], sale="presale")
    assert traffic.pooled(started, distinct_numerator=3, distinct_denominator=900).value == 3 / 900


def test_a_ratio_beyond_floats_has_a_reason_and_no_value():
    tiny = traffic.return_on_ad_spend(1e300, 1e-300)
    assert (tiny.value, tiny.reason) == (None, "beyond_range")
    column = traffic.return_on_ad_spend([1e300, 6.0, 1.0], [1e-300, 3.0, 0.0])
    assert [(r.value, r.reason) for r in column] == [(None, "beyond_range"), (2.0, None), (None, "no_spend")]
    wide = traffic.ratio_of_sums([1e200, -1e200, 3.0], [1.0, 2.0, 1.0])
    assert (wide.standard_error, wide.ratio.low, wide.ratio.value) == (None, None, 0.75)
    assert traffic.ratio_of_sums([1e300, 1.0], [1e-300, 1e-300]).ratio.reason == "beyond_range"
    with pytest.raises(InputError, match="sums"):
        traffic.ratio_of_sums([1e308, 1e308], [1.0, 1.0])


@pytest.mark.parametrize("revenue", ["12", None, [1.0, float("nan")], True])
def test_uv_value_checks_its_revenue(revenue):
    with pytest.raises(InputError, match="revenue"):
        traffic.uv_value(revenue, 3, 100)


@pytest.mark.parametrize(
    "steps",
    ["ab", 5, None, [("click", 3), "cart"], [("click", 3, 4), ("cart", 2)], [("click", 9)], [1, 2]],
)
def test_a_funnel_of_something_else_is_refused(steps):
    with pytest.raises(InputError, match="steps"):
        traffic.funnel(steps)


@pytest.mark.parametrize(
    ("part", "whole"), [(5, 4), (-1, 4), (float("nan"), 4), (1, float("inf")), ("1", 4), (True, 4), (None, 4)]
)
def test_impossible_counts_are_refused(part, whole):
    with pytest.raises(InputError):
        traffic.click_through_rate(part, whole)


def test_every_bad_row_is_named():
    with pytest.raises(InputError) as caught:
        traffic.bounce_rate([1, 5, 2, 9], [4, 4, 4, 4])
    assert caught.value.positions == (1, 3)


def test_numpy_scalars_answer_like_python_numbers():
    assert traffic.bounce_rate(np.int64(3), np.float64(4.0)) == traffic.bounce_rate(3, 4)


def test_columns_survive_copying_and_plain_data():
    column = traffic.click_through_rate([1, 0], [10, 0])
    assert isinstance(column, Ratios)
    assert pickle.loads(pickle.dumps(column)) == column
    assert json.loads(json.dumps(column.to_dict()))["rows"][1]["reason"] == "no_impressions"
    assert "no_impressions" in column._repr_html_()
    assert len(traffic.click_through_rate([], [])) == 0


def test_people_are_not_added_up():
    daily = traffic.conversion_rate([12, 18], [400, 500])
    assert traffic.pooled(daily).reason == "not_additive"
    with pytest.raises(InputError):
        traffic.pooled(daily, distinct_numerator=28, distinct_denominator=901)
    visits = traffic.bounce_rate([10, 0], [100, 0])
    assert traffic.pooled(visits).value == 0.1


def day(number: int, **counts: object) -> TrafficFacts:
    period = Period.local(f"2026-11-{number:02d}", f"2026-11-{number + 1:02d}", "Asia/Shanghai")
    return TrafficFacts(channel_id="search", period=period, **counts)


def test_a_report_of_facts_adds_days_and_keeps_people_apart():
    facts = [
        day(
            11,
            impressions=1000,
            clicks=40,
            visitors=30,
            buyers=3,
            revenue=Money(30_000, "CNY"),
            spend=Money(5000, "CNY"),
        ),
        day(
            12,
            impressions=3000,
            clicks=60,
            visitors=50,
            buyers=4,
            revenue=Money(50_000, "CNY"),
            spend=Money(5000, "CNY"),
        ),
    ]
    report = traffic.channel_report(facts)
    search = report["search"]
    assert report.currency == "CNY"
    assert search.click_through_rate.value == 0.025
    assert search.return_on_ad_spend.value == 8.0
    assert search.conversion_rate.reason == "not_additive"
    assert search.bounce_rate.reason == "not_measured"
    known = traffic.channel_report(facts, distinct={"search": {"visitors": 70, "buyers": 7}})
    assert known["search"].conversion_rate.value == 0.1
    assert known["search"].uv_value.value == pytest.approx(800 / 70)
    summed = traffic.channel_report(facts, people="sum")["search"]
    assert (summed.conversion_rate.value, summed.conversion_rate.basis) == (7 / 80, "person_day")
    assert len(report.to_columns()["channel"]) == 1
    assert "search" in report.explain()


def test_one_day_measured_and_one_not_is_no_sum():
    report = traffic.channel_report([day(11, impressions=10, clicks=1), day(12, clicks=2)])
    assert report["search"].click_through_rate.reason == "partly_measured"


def test_two_currencies_or_crooked_columns_are_refused():
    with pytest.raises(CurrencyMismatchError):
        traffic.channel_report([day(11, revenue=Money(1, "CNY")), day(12, revenue=Money(1, "JPY"))])
    with pytest.raises(ShapeError):
        traffic.channel_report({"channel": ["a"], "clicks": [1, 2]})
    with pytest.raises(InputError, match="colour"):
        traffic.channel_report({"channel": ["a"], "colour": [1]})
    with pytest.raises(InputError):
        traffic.channel_report([])


def test_a_yen_is_a_yen():
    facts = [day(11, revenue=Money(500, "JPY"), spend=Money(250, "JPY"), clicks=10)]
    assert traffic.channel_report(facts)["search"].cost_per_click.value == 25.0


def test_a_growing_funnel_is_refused_or_marked():
    with pytest.raises(InputError, match="at most the step before"):
        traffic.funnel({"click": 10, "cart": 12})
    marked = traffic.funnel({"click": 10, "cart": 12, "pay": 3}, on_growth="flag")
    assert marked.steps[0].step_rate.reason == "exceeds_previous"
    assert marked.steps[0].loss_share is None
    assert marked.overall.value == 0.3


def test_an_empty_funnel_is_defined():
    found = traffic.funnel({"exposure": 0, "click": 0}, order_value=5.0)
    assert found.steps[0].step_rate.reason == "empty_step"
    assert found.steps[0].loss_share is None
    assert found.steps[0].lost_money is None


def test_sums_with_one_row_or_no_denominator_are_defined():
    assert traffic.ratio_of_sums([5.0], [2.0]).standard_error is None
    assert traffic.ratio_of_sums([5.0, 1.0], [0.0, 0.0], empty="no_spend").ratio.reason == "no_spend"
    wild = traffic.ratio_of_sums([5.0, 1.0, 3.0], [-4.0, 5.0, 0.5])
    assert (wild.ratio.low, wild.ratio.method) == (None, "fieller_unbounded")
    with pytest.raises(ShapeError):
        traffic.ratio_of_sums([1.0, 2.0], [1.0])


def test_a_factor_from_nothing_takes_the_whole_change():
    found = traffic.decompose({"a": 0.0, "b": 2.0}, {"a": 5.0, "b": 3.0})
    assert found.effects == (15.0, 0.0)
    assert found.reason == "zero_factor"
    with pytest.raises(InputError):
        traffic.decompose({"a": 1.0, "b": 1.0}, {"a": 1.0, "c": 1.0})
    with pytest.raises(InputError, match="current"):
        traffic.decompose({"a": 1.0, "b": 1.0}, {"a": 1e200, "b": 1e200})
    with pytest.raises(LimitError):
        traffic.decompose({str(i): 1.0 for i in range(13)}, {str(i): 1.0 for i in range(13)})


def test_a_new_channel_counts_as_mix():
    found = traffic.decompose_channels({"a": (100, 5, 500.0)}, {"a": (100, 5, 500.0), "b": (50, 2, 300.0)})
    assert found.by_channel[1]["mix"] == pytest.approx(300.0)
    with pytest.raises(InputError):
        traffic.decompose_channels({"a": (100, 5, 1.0)}, {}, distinct_visitors=(101, 0))
