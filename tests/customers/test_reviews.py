"""Review scores beside scipy, causes by hand, and alarms whose errors are counted."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from shopcore.customers import cause_shares, return_alarms, review_scores
from shopcore.errors import InputError, ShapeError


def test_scores_equal_the_t_interval_and_the_straight_line() -> None:
    rng = np.random.default_rng(1)
    score, days = rng.integers(1, 6, 80), rng.integers(0, 120, 80)
    axis = review_scores({"service": score}, days=days, trade_averages={"service": 4.9}).axes[0]
    wanted = stats.t.interval(0.95, 79, score.mean(), stats.sem(score))
    assert (axis.low, axis.high) == pytest.approx(wanted)
    line = stats.linregress(days, score)
    assert axis.trend == pytest.approx(30 * line.slope)
    assert axis.trend_high == pytest.approx(30 * (line.slope + stats.t.ppf(0.975, 78) * line.stderr))
    assert axis.against_trade == "below"


def test_few_reviews_have_no_interval_and_none_has_no_score() -> None:
    none, one, same = review_scores({"a": [], "b": [4], "c": [5, 5]}).axes
    assert (none.mean, none.explain()) == (None, "a: no reviews")
    assert (one.mean, one.low) == (4.0, None)
    assert (same.low, same.high) == (5.0, 5.0)
    assert review_scores({"a": [4, 5]}, days=[3, 3]).axes[0].trend is None
    assert review_scores({"a": [4, 5, 3]}, days=[3, 3, 3]).axes[0].trend is None
    assert review_scores({}).axes == ()


def test_bad_scores_are_refused_with_their_rows() -> None:
    with pytest.raises(InputError) as caught:
        review_scores({"service": [5, 6, 0]})
    assert caught.value.positions == (1, 2)
    with pytest.raises(ShapeError):
        review_scores({"service": [5, 4]}, days=[1])
    with pytest.raises(InputError, match="trade_averages"):
        review_scores({"service": [5, 4]}, trade_averages={"speed": 4.0})
    with pytest.raises(InputError):
        review_scores([5, 4])  # type: ignore[arg-type]  # the refusal is the test


def test_causes_by_sku_sum_to_one_each() -> None:
    found = cause_shares(["size", "size", "colour", "late", "late"], skus=["x", "x", "x", "y", "y"])
    assert list(zip(found.sku, found.cause, found.cases.tolist(), strict=True)) == [
        ("x", "size", 2), ("x", "colour", 1), ("y", "late", 2)
    ]  # fmt: skip
    assert found.cumulative.tolist() == pytest.approx([2 / 3, 1.0, 1.0])
    assert (found.low < found.share).all()
    assert cause_shares([]).explain() == "no cases"


def test_false_alarms_are_held_down_and_bad_skus_found() -> None:
    alarms, found_bad = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sold = rng.integers(20, 400, 200)
        group = np.arange(200) % 8
        rate = 0.03 + 0.02 * group
        rate[0] = 0.25
        found = return_alarms(np.arange(200), group, sold=sold, returned=rng.binomial(sold, rate))
        alarms += bool(found.alarm[1:].any())
        found_bad += bool(found.alarm[0])
    assert alarms <= 4
    assert found_bad >= 17


def test_alone_unsold_and_equal_skus_raise_no_alarm() -> None:
    found = return_alarms(["a", "b", "c"], ["x", "y", "y"], sold=[10, 0, 10], returned=[10, 0, 10])
    assert found.alarm.tolist() == [False] * 3
    assert np.isnan(found.rate[1])
    assert np.isnan(found.p_value).all()
    assert "0 of 3" in found.explain()
    assert len(return_alarms([], [], sold=[], returned=[]).alarm) == 0


@pytest.mark.parametrize(
    "change", [{"skus": ["a", "a", "c"]}, {"returned": [1, 2, 99]}, {"level": 0}, {"correction": "hope"}]
)
def test_bad_returns_are_refused(change: dict[str, Any]) -> None:
    given = {"skus": ["a", "b", "c"], "classes": ["x"] * 3, "sold": [9, 9, 9], "returned": [1, 2, 3], **change}
    with pytest.raises(InputError):
        return_alarms(given.pop("skus"), given.pop("classes"), **given)
