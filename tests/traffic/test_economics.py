"""Break-evens, bids, advice on plans, quality and mix of traffic: rules, edges, error control, bad input."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shopcore import traffic
from shopcore.errors import InputError, ShapeError


@given(st.floats(0.01, 1.0), st.floats(0, 1e6))
def test_at_the_break_even_return_nothing_is_won_or_lost(margin, spend):
    found = traffic.break_even_return(margin)
    assert found.profit(spend, found.return_on_ad_spend) == pytest.approx(0.0, abs=1e-9 * (spend + 1))
    assert found.advertising_cost_of_sale * found.return_on_ad_spend == pytest.approx(1.0)
    bid = traffic.highest_bid(0.05, 80.0, contribution_margin=margin)
    assert bid == pytest.approx(traffic.highest_bid(0.05, 80.0, target_return=found.return_on_ad_spend))


def test_what_never_breaks_even_says_so():
    found = traffic.break_even_of_order(50.0, 55.0, refund_rate=0.2)
    assert (found.return_on_ad_spend, found.reason) == (None, "never_breaks_even")
    assert found.contribution == pytest.approx(-4.0)
    assert traffic.break_even_return(-0.2).advertising_cost_of_sale is None
    assert traffic.break_even_of_order(50.0, 5.0, refund_rate=1.0, shipping=4.0).contribution == -4.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: traffic.break_even_return(40.0),
        lambda: traffic.break_even_of_order(0.0, 1.0),
        lambda: traffic.highest_bid(0.03, 140.0),
        lambda: traffic.highest_bid(0.03, 140.0, contribution_margin=0.4, target_return=2.0),
        lambda: traffic.highest_bid(3.0, 140.0, target_return=2.0),
        lambda: traffic.source_quality(["a"], {"x": ([1], [2], "high")}),
        lambda: traffic.source_quality(["a", "b"], {"x": ([1, 2], [2, 2], "up")}),
        lambda: traffic.source_quality(["a", "b"], {"x": ([1], [2], "high")}),
        lambda: traffic.source_quality(["a", "b"], {}),
        lambda: traffic.compare_with_peers(3, 2, peer_rate=0.1),
        lambda: traffic.traffic_structure({"a": 1}, reference={"b": 0.5}),
        lambda: traffic.traffic_structure({"a": -1}),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(InputError):
        call()


PLANS = {"clicks": [4000, 5000, 12, 0], "orders": [320, 60, 0, 0], "spend": [3200.0, 6000.0, 14.0, 0.0]}


def reviewed(**changes):
    columns = {**PLANS, "revenue": [41_600.0, 7500.0, 0.0, 0.0], "target_return": 2.5, **changes}
    return traffic.review_plans(["brand", "shoes", "red", "new"], **columns)


def test_plans_are_judged_by_their_whole_interval():
    found = reviewed()
    assert [plan.action for plan in found.plans] == ["raise", "cut", "hold", "hold"]
    assert found["new"].reason == "no_spend"
    assert found["new"].conversion_rate.reason == "no_clicks"
    assert [plan.long_tail for plan in found.plans] == [False, False, True, True]
    assert found.tail.name == "long tail"
    assert "raise" in found.explain()
    assert "raise" in found._repr_html_()
    assert len(found.to_columns()["name"]) == 4
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(InputError):
        found["nobody"]
    with pytest.raises(ShapeError):
        reviewed(clicks=[1, 2])
    with pytest.raises(InputError):
        reviewed(orders=[5000, 60, 0, 0])


def test_few_clicks_are_drawn_to_all_and_many_keep_their_own():
    rng = np.random.default_rng(6)
    clicks = np.concatenate((np.full(200, 30), np.full(200, 20_000)))
    truth = rng.beta(20, 480, 400)
    orders = rng.binomial(clicks, truth)
    found = traffic.review_plans(
        [str(i) for i in range(400)],
        clicks=clicks, orders=orders, spend=clicks * 1.0, revenue=orders * 30.0, target_return=1.2,
    )  # fmt: skip
    shrunken = np.array([plan.shrunken_rate for plan in found.plans])
    raw = orders / clicks
    assert np.mean((shrunken - truth)[:200] ** 2) < 0.2 * np.mean((raw - truth)[:200] ** 2)
    assert shrunken[200:] == pytest.approx(raw[200:], rel=0.05)
    assert sum(found.prior) == pytest.approx(500, rel=0.3)
    inside = [p.shrunken_low <= t <= p.shrunken_high for p, t in zip(found.plans, truth, strict=True)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_plans_without_any_order_or_alone_are_defined():
    none = traffic.review_plans(["a", "b"], clicks=[9, 9], orders=[0, 0], spend=[9, 9], revenue=[0, 0], target_return=2)
    assert none.prior == (0.5, 0.5)
    assert [plan.highest_bid for plan in none.plans] == [0.0, 0.0]
    alone = traffic.review_plans(["a"], clicks=[100], orders=[9], spend=[50], revenue=[900], target_return=2)
    assert alone.plans[0].shrunken_rate == pytest.approx(9.5 / 101)
    assert traffic.review_plans([], clicks=[], orders=[], spend=[], revenue=[], target_return=2).plans == ()
    bare = traffic.review_plans(
        ["a"], clicks=[9], orders=[0], spend=[9], revenue=[0], target_return=2, value_weight=0.0
    )
    assert (bare.plans[0].action, bare.plans[0].highest_bid) == ("hold", 0.0)


def test_honest_sources_raise_few_alarms_and_a_false_one_does():
    rng = np.random.default_rng(1)
    names = [f"s{i}" for i in range(60)]
    alarms = 0
    for _ in range(40):
        visits = rng.integers(500, 5000, 60)
        found = traffic.source_quality(names, {"conversion": (rng.binomial(visits, 0.03), visits, "low")})
        alarms += bool(found.alarms())
    assert alarms <= 6  # 5 % of 40, with room for chance
    visits[7], buyers = 4000, rng.binomial(visits, 0.03)
    buyers[7] = 20
    found = traffic.source_quality(names, {"conversion": (buyers, visits, "low")}, correction="holm")
    assert [sign.source for sign in found.alarms()] == ["s7"]
    assert "s7" in found.explain()
    assert "s7" in found._repr_html_()


def test_a_source_without_visits_is_no_alarm():
    found = traffic.source_quality(["a", "b"], {"bounce": ([0, 5], [0, 9], "high")})
    assert (found.signs[0].p_value, found.signs[0].alarm, found.signs[1].others) == (None, False, None)
    assert found.explain() == "no source behaves unlike the others"


def test_peers_and_mix():
    oracle = stats.binomtest(45, 2000, 0.03)
    assert traffic.compare_with_peers(45, 2000, peer_rate=0.03).p_value == pytest.approx(oracle.pvalue)
    assert traffic.compare_with_peers(0, 0, peer_rate=0.03).verdict == "no_visitors"
    assert traffic.compare_with_peers(61, 2000, peer_rate=0.03).verdict == "alike"
    assert traffic.compare_with_peers(150, 2000, peer_rate=0.03).verdict == "above"
    parts = traffic.traffic_structure({"a": 0, "b": 0}, reference={"a": 0.5})
    assert [part.state for part in parts] == ["no_visits", "no_visits"]
    parts = traffic.traffic_structure({"a": 50, "b": 50}, reference={"a": 0.5})
    assert parts[0].state == "within"
    assert math.fsum(part.share.value for part in parts) == 1.0
