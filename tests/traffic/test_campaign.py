"""The account of a campaign: sums agree, forecasts cover, edges are defined, nonsense is refused."""

import pickle

import numpy as np
import pytest

from shopcore import traffic
from shopcore.errors import InputError, ShapeError

BEFORE = {
    "revenue": [900.0, 1100.0, 1000.0, 950.0, 1050.0, 980.0, 1020.0],
    "visitors": [100, 110, 105, 95, 100, 90, 100],
    "organic_visitors": [80, 85, 84, 76, 81, 72, 80],
    "buyers": [9, 11, 10, 10, 10, 9, 11],
}
DURING = {
    "revenue": [1800.0, 2100.0],
    "visitors": [260, 300],
    "organic_visitors": [60, 70],
    "buyers": [20, 24],
    "impressions": [9000, 9900],
}


def test_the_account_sums():
    found = traffic.campaign_review(
        BEFORE, DURING, {"revenue": [850.0]}, spend=500.0, contribution_margin=0.4, expected_revenue=3000.0
    )
    assert found.revenue - found.baseline == found.uplift.value
    assert found.net_uplift.value == pytest.approx(found.uplift.value + found.after_effect.value)
    assert found.decomposition.change == pytest.approx(found.uplift.value)
    assert abs(found.decomposition.residual) < 1e-9
    assert found.incremental_return.value == pytest.approx(found.net_uplift.value / 500.0)
    assert found.profit.value == pytest.approx(0.4 * found.net_uplift.value - 500.0)
    assert found.expectation.value == pytest.approx(1.3)
    assert found.funnel_during.steps[0].name == "visitors"
    assert found.funnel_before.overall.value == pytest.approx(70 / 700)
    # 558 / 7 organic visitors a day were usual, 65 came; 430 came by the campaign.
    assert found.cannibalised_share.value == pytest.approx((2 * 558 / 7 - 130) / 430)
    assert found.uplift.low < found.uplift.value < found.uplift.high
    assert "effects: visitors" in found.explain()
    assert "assumes" in found.explain()
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.to_json()


def test_edges_are_defined():
    one = traffic.campaign_review({"revenue": [5.0]}, {"revenue": [9.0]}, spend=0.0)
    assert (one.reason, one.uplift.low, one.profit, one.decomposition) == ("too_few_days", None, None, None)
    assert one.incremental_return.reason == "no_spend"
    assert one.expectation.reason == "no_expectation"
    assert one.after_effect is None
    assert one.cannibalised_share is None
    assert traffic.campaign_review({"revenue": [5.0]}, {"revenue": [9.0]}, spend=2.0).incremental_return.value == 2.0
    nobody = {"revenue": [0.0, 0.0], "visitors": [0, 0], "buyers": [0, 0]}
    found = traffic.campaign_review(nobody, {**nobody}, spend=1.0)
    assert found.decomposition is None
    assert found.uplift.value == 0.0
    negative = traffic.campaign_review(BEFORE, DURING, spend=1.0, contribution_margin=-0.1)
    assert negative.profit.low < negative.profit.value < negative.profit.high


def test_forecast_intervals_cover():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(2000):
        before, during = rng.normal(1000.0, 80.0, 14), rng.normal(1000.0, 80.0, 5) + 300.0
        found = traffic.campaign_review({"revenue": before}, {"revenue": during}, spend=1.0).uplift
        # The truth of these very days: their noise is part of what the days would have been.
        hits += found.low <= 1500.0 <= found.high
    assert hits / 2000 == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(
    ("before", "during", "error"),
    [
        ({}, {"revenue": [1.0]}, InputError),
        ({"revenue": []}, {"revenue": [1.0]}, InputError),
        ({"revenue": [1.0]}, {"revenue": [-1.0]}, InputError),
        ({"revenue": [1.0]}, {"revenue": [1.0], "sales": [1]}, InputError),
        ({"revenue": [1.0], "buyers": [1, 2]}, {"revenue": [1.0]}, ShapeError),
        (
            {"revenue": [1.0], "organic_visitors": [1]},
            {"revenue": [1.0], "organic_visitors": [3], "visitors": [2]},
            InputError,
        ),
    ],
)
def test_nonsense_is_refused(before, during, error):
    with pytest.raises(error):
        traffic.campaign_review(before, during, spend=1.0)
