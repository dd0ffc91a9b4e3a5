"""RFM: the figures by hand, the cut rules, bad input and the ends of the scale."""

import pickle
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from shopcore.customers import (
    RFM_SEGMENTS,
    RfmCuts,
    quantile_cuts,
    rfm,
    rfm_scores,
    trade_cuts,
)
from shopcore.errors import InputError, ShapeError

ROWS: dict[str, Any] = {
    "customers": ["b", "a", "a", "c", "a"],
    "days": [date(2026, 3, 1), date(2026, 1, 5), date(2026, 4, 1), date(2025, 12, 1), date(2026, 4, 30)],
    "spend": [50.0, 20.0, 30.0, 10.0, 99.0],
}


def test_the_figures_are_those_counted_by_hand() -> None:
    found = rfm(**ROWS, end=date(2026, 4, 10))
    assert found.customers.tolist() == ["a", "b", "c"]
    assert found.recency.tolist() == [9.0, 40.0, 130.0]
    assert found.frequency.tolist() == [2.0, 1.0, 1.0]
    assert found.monetary.tolist() == [50.0, 50.0, 10.0]


def test_text_dates_and_datetimes_are_the_same_days() -> None:
    texts = [day.isoformat() for day in ROWS["days"]]
    stamps = np.array(texts, dtype="datetime64[s]") + np.timedelta64(3, "h")
    wanted = rfm(**ROWS, end="2026-04-10")
    assert rfm(ROWS["customers"], texts, ROWS["spend"], end="2026-04-10") == wanted
    assert rfm(ROWS["customers"], stamps, ROWS["spend"], end=np.datetime64("2026-04-10")) == wanted


def test_lines_of_one_order_count_once() -> None:
    found = rfm([1, 1, 1, 2], [0, 0, 5, 1], [10, 20, 5, 7], end=9, orders=["x", "x", "y", "x"])
    assert found.frequency.tolist() == [2.0, 1.0]
    assert found.monetary.tolist() == [35.0, 7.0]


def test_a_refund_lowers_the_spend_and_is_no_visit() -> None:
    found = rfm([1, 1, 2], [0, 8, 1], [10.0, -4.0, 7.0], end=9)
    assert found.recency.tolist() == [9.0, 8.0]
    assert found.frequency.tolist() == [1.0, 1.0]
    assert found.monetary.tolist() == [6.0, 7.0]
    assert len(rfm([1], [0], [-4.0], end=9)) == 0


def test_scores_by_rank_follow_the_definition_with_ties() -> None:
    frequency = [1, 1, 1, 2, 2, 3, 5, 5, 8, 9]
    found = rfm_scores(np.zeros(10), frequency, np.zeros(10))
    assert found.frequency_score.tolist() == [1, 1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert set(found.recency_score.tolist()) == {1}


def test_fixed_cuts_score_without_the_others() -> None:
    cuts = RfmCuts(recency=(365, 180, 90, 30), frequency=(2, 3, 4, 5), monetary=(100, 200, 300, 400))
    found = rfm_scores([30, 31, 366], [1, 5, 2], [400, 99, 100], cuts=cuts, high=4)
    assert found.recency_score.tolist() == [5, 4, 1]
    assert found.frequency_score.tolist() == [1, 5, 2]
    assert found.monetary_score.tolist() == [5, 1, 2]
    assert found.segment.tolist() == ["important_develop", "general_value", "general_win_back"]


def test_trade_bands_use_the_mean_order() -> None:
    found = rfm_scores([10, 10], [2, 2], [100, 300], cuts="trade")
    assert found.cuts == trade_cuts(100.0)
    assert found.monetary_score.tolist() == [3, 5]
    assert rfm_scores([1], [1], [0], cuts="trade").monetary_score.tolist() == [1]


def test_segments_carry_shares_with_intervals() -> None:
    parts = rfm_scores([5, 90, 90, 90], [4, 1, 1, 1], [900, 40, 40, 20], customers=list("wxyz")).segments()
    assert [part.segment for part in parts] == list(reversed(RFM_SEGMENTS))
    best, rest = parts[0], parts[-1]
    assert (best.customers, best.share.value, best.spend_share.value) == (1, 0.25, 0.9)
    assert best.share.low is not None
    assert 0 < best.share.low < 0.25
    assert rest.customers == 3


def test_nobody_is_an_answer() -> None:
    found = rfm([], [], [], end=0)
    assert len(found) == 0
    assert found.explain() == "no customers"
    assert found.segments()[0].share.reason == "no_customers"
    assert len(rfm([1], [10], [5.0], end=9)) == 0


def test_one_customer_has_the_lowest_rank_and_no_error() -> None:
    found = rfm([7], [3], [12.0], end=3)
    assert (found.recency_score[0], found.segment[0]) == (1, "general_win_back")
    assert found.cuts.monetary == (np.inf,) * 4


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"days": [1.5, 2, 3, 4, 5]}, InputError),
        ({"spend": [1, 2, float("nan"), 4, 5]}, InputError),
        ({"spend": [1, 2]}, ShapeError),
        ({"customers": ["a", None, "b", "c", "d"]}, InputError),
        ({"customers": ["a"]}, ShapeError),
        ({"days": ["soon"] * 5}, InputError),
        ({"days": ["2026-01-01T00:30:00+08:00"] * 5}, InputError),
        ({"days": [datetime(2026, 1, 1, tzinfo=UTC)] * 5}, InputError),
        ({"cuts": "deciles"}, InputError),
        ({"high": "median"}, InputError),
        ({"high": 0}, InputError),
        ({"parts": 1}, InputError),
        ({"parts": 101}, InputError),
        ({"orders": [1]}, ShapeError),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        rfm(**{**ROWS, "end": "2026-04-10", **change})


@pytest.mark.parametrize("cuts", [{"recency": (1, 2)}, {"frequency": (2, 1)}, {"monetary": (float("nan"),)}])
def test_cuts_out_of_order_are_refused(cuts: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        RfmCuts(**{"recency": (), "frequency": (), "monetary": (), **cuts})


def test_ids_stay_out_of_the_repr_and_the_result_can_be_stored() -> None:
    found = rfm(["13800138000"], [3], [12.0], end=3)
    assert "13800138000" not in repr(found) + found.explain() + found._repr_html_()
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.to_dict()["cuts"]["monetary"] == ["Infinity"] * 4
    assert set(found.to_columns()) >= {"customers", "recency_score", "segment_code"}


def test_quantile_cuts_of_equal_customers_are_out_of_reach() -> None:
    assert quantile_cuts([3, 3], [1, 1], [5, 5]).frequency == (np.inf,) * 4
