"""A host that asks every function of traffic and customers by keyword; checkers must accept it.

Run by tests/traffic/test_typing.py too, so that what checkers accept is what is taken.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import assert_type

import numpy as np

from shopcore import customers as c
from shopcore import traffic as t
from shopcore.models import Ratio, Ratios, Result


def rates() -> Iterator[Ratio | Ratios]:
    """Ask every metric."""
    yield assert_type(t.click_through_rate(clicks=40, impressions=1000, confidence=0.9), Ratio)
    yield assert_type(t.click_through_rate(clicks=[40, 2], impressions=np.array([1000, 50])), Ratios)
    yield t.add_to_cart_rate(added_to_cart=9, visitors=100)
    yield t.favourite_rate(favourites=9, visitors=100)
    yield t.favourite_cart_rate(favourite_or_cart=14, visitors=100)
    yield t.bounce_rate(single_page_visits=40, visits=100)
    yield t.unengaged_rate(unengaged_sessions=40, sessions=100)
    yield t.interaction_rate(interacting=40, viewers=100)
    yield t.new_visitor_share(new_visitors=40, visitors=100)
    yield t.returning_visitor_share(returning_visitors=60, visitors=100)
    yield t.refund_rate(refunded_orders=4, matured_orders=100)
    yield assert_type(t.return_on_ad_spend(ad_revenue=900.0, spend=300.0), Ratio)
    yield t.advertising_cost_of_sale(spend=300.0, ad_revenue=900.0)
    yield t.total_advertising_cost_of_sale(spend=300.0, revenue=2000.0)
    yield t.cost_per_click(spend=300.0, clicks=100)
    yield t.cost_per_mille(spend=300.0, impressions=9000)
    yield t.cost_per_order(spend=300.0, orders=9)
    yield t.visitor_cost(spend=300.0, paid_visitors=90)
    yield t.dwell_time(seconds=5000, visits=100)
    yield t.page_depth(page_views=300, visits=100)
    yield t.gross_merchandise_per_mille(revenue=500.0, views=10_000)
    yield t.unit_session_rate(units=12, sessions=100)
    yield assert_type(t.conversion_rate(buyers=3, visitors=100, sale="presale", confidence=0.9), Ratio)
    yield assert_type(t.average_order_value(revenue=300.0, sales=3, per="order"), Ratio)
    yield t.pooled(ratios=t.bounce_rate([1, 2], [5, 6]), distinct_numerator=None, distinct_denominator=None)
    yield t.ratio_of_sums(numerators=[5, 6], denominators=[2, 2], basis="money", confidence=0.9, empty="x").ratio


def shop() -> Iterator[Result]:
    """Ask for reports, funnels, reasons of change and the quality of sources."""
    yield t.uv_value(revenue=300.0, visitors=100, buyers=3, orders_per_buyer=1.2, confidence=0.9)
    yield t.channel_report(facts={"channel": ["a"], "clicks": [3]}, people="sum", distinct=None, confidence=0.9)
    yield t.funnel(steps={"click": 100, "cart": 20, "paid": 9}, order_value=50.0, on_growth="raise", confidence=0.9)
    yield t.payment_failures(causes={"balance": 3}, attempts=50, order_value=20.0, confidence=0.9)
    yield t.compare_with_peers(buyers=30, visitors=900, peer_rate=0.04, confidence=0.9)
    yield from t.traffic_structure(visits={"a": 3, "b": 5}, reference={"a": 0.5}, tolerance=0.1, confidence=0.9)
    yield t.live_session(
        viewers=[90], views=[120], interacting=[9], buyers=[3], revenue=[50.0], watch_minutes=[400.0], confidence=0.9
    )
    yield t.decompose(base={"uv": 10.0, "cvr": 0.1}, current={"uv": 12.0, "cvr": 0.1}, method="shapley")
    yield t.decompose_channels(base={"a": (9, 3, 50.0)}, current={"a": (9, 4, 60.0)}, distinct_visitors=(9, 9))
    yield t.mix_rate(base=[(10, 0.1), (20, 0.2)], current=[(10, 0.2), (20, 0.2)], weights="midpoint")
    yield t.source_quality(
        sources=["x", "y"], measures={"bounce": ([3.0, 4.0], [9.0, 9.0], "high")}, error=0.1, correction="holm"
    )
    days = {"revenue": [5.0, 6.0, 7.0]}
    yield t.campaign_review(
        before=days, during=days, after=days, spend=3.0, contribution_margin=0.3, expected_revenue=9.0, confidence=0.9
    )


def advertising() -> Iterator[Result | float]:
    """Ask what advertising may cost, what more of it brings, and where the budget goes."""
    yield t.break_even_return(contribution_margin=0.4)
    yield t.break_even_of_order(price=100.0, unit_cost=50.0, commission_rate=0.05, shipping=5.0, refund_rate=0.1)
    yield t.highest_bid(conversion_rate=0.03, average_order_value=120.0, contribution_margin=0.4, target_return=None)
    yield t.review_plans(
        names=["a"], clicks=[90], orders=[3], spend=[50.0], revenue=[300.0], target_return=2.0, value_weight=5.0
    )
    curves: dict[str, t.LogCurve | t.HillCurve] = {
        "a": t.LogCurve(size=9.0, scale=4.0),
        "b": t.HillCurve(top=9.0, half_point=4.0, shape=1.0),
    }
    yield t.allocate(curves=curves, budget=10.0, lower={"a": 1.0}, upper={"b": 9.0})
    yield t.spend_at_marginal_return(curve=t.PowerCurve(size=2.0, exponent=0.5), target=0.5)
    yield t.spend_at_target_return(curve=t.TableCurve(spends=(0.0, 5.0), responses=(0.0, 9.0)), target=0.5)
    yield float(t.geometric_adstock(spend=[1.0, 0.0], retention=0.5, normalised=True).sum())
    yield float(t.delayed_adstock(spend=[1.0], retention=0.5, delay=1.0, periods=3, normalised=True).sum())
    yield t.half_life_of_retention(retention=t.retention_of_half_life(half_life=2.0))
    spend = [1.0, 2.0, 4.0, 8.0, 12.0]
    yield t.fit_response(spend=spend, response=[2.0, 3.1, 4.4, 6.0, 7.0], kind="power", baseline="none")


def credit() -> Iterator[Result]:
    """Ask who deserves the sale."""
    found = t.journeys_of_paths(
        paths=[["a", "b"], ["b"]], conversions=[3, 1], nulls=[9, 9], value=[30.0, 8.0], days=[[2, 0], [1]]
    )
    coded = t.journeys(codes=[0, 1, 1], offsets=[0, 2, 3], channels=["a", "b"], conversions=[3, 1])
    for rule in (t.first_touch_credit, t.last_touch_credit, t.linear_credit, t.shapley_credit):
        yield rule(source=coded)
    yield t.last_non_direct_credit(source=coded, direct="b")
    yield t.position_credit(source=found, first=0.3, last=0.4)
    yield t.time_decay_credit(source=found, half_life=3.0)
    yield t.markov_credit(source=found, order=2)
    rng = np.random.default_rng(1)
    yield t.credit_interval(source=found, credit=t.markov_credit, rng=rng, repeats=20, confidence=0.9)
    yield t.incremental_return(
        treated_revenue=9.0, control_revenue=4.0, spend=2.0, scale=1.0, treated_se=1.0, control_se=1.0
    )


def experiments() -> Iterator[Result | float]:
    """Ask what a test says."""
    shares = t.compare_shares(successes_a=30, trials_a=900, successes_b=40, trials_b=900, variance="pooled")
    yield shares
    a, b = t.Moments(n=50, mean=2.0, variance=3.0), t.Moments.of([1.0, 2.0, 4.0])
    yield t.compare_means(a=a, b=b, confidence=0.9)
    pair = t.PairMoments.of([1.0, 0.0, 2.0], [2.0, 1.0, 3.0])
    yield t.compare_ratios(a=pair, b=pair, confidence=0.9)
    yield t.compare_adjusted(a=pair, b=pair, confidence=0.9)
    yield t.proportion_tests(successes_a=[3], trials_a=9, successes_b=4, trials_b=9, alternative="greater")
    yield t.bayesian_test(successes_a=3, trials_a=9, successes_b=4, trials_b=9, prior=(1.0, 2.0))
    yield sum(t.probability_best(successes=[3, 4], trials=[9, 9], prior=(1.0, 1.0)))
    yield float(t.thompson_allocation([3, 4], [9, 9], visitors=5, rng=np.random.default_rng(1), prior=(1.0, 1.0)).sum())
    yield t.sequential_test(difference=0.1, standard_error=0.05, mixing_sd=t.mixing_sd_for(standard_error=0.05))
    yield t.anytime(comparison=shares, mixing_sd=0.05)
    ratio = t.sample_ratio(counts=[900, 910], shares=[1, 1], threshold=0.001)
    yield ratio
    yield t.decide(comparison=shares, stage="complete", ratio=ratio, smallest_difference=0.001, p_value=0.2)
    yield sum(p or 0.0 for p in t.adjusted_p_values(p_values=[0.1, None], correction="benjamini_hochberg"))
    size = assert_type(t.sample_size(baseline_rate=0.1, target_rate=0.12, power=0.8, confidence=0.9), int)
    yield t.power_of_test(baseline_rate=0.1, target_rate=0.12, visitors=size, confidence=0.9)
    yield t.sample_size_of_means(sd=3.0, difference=0.5, power=0.8, confidence=0.9)


WHO, DAYS = ["a", "a", "b", "b", "b", "c", "d"], [0, 20, 3, 30, 61, 40, 50]
PAID = [10.0, 12.0, 30.0, 28.0, 35.0, 8.0, 9.0]


def people() -> Iterator[Result | float]:
    """Ask for segments, levels and lists of customers."""
    found = c.rfm(customers=WHO, days=DAYS, spend=PAID, end=70, orders=list(range(7)), cuts="quantile", parts=3, high=2)
    yield found
    cuts = c.quantile_cuts(recency=[5, 9], frequency=[1, 2], monetary=[3.0, 4.0], parts=3)
    yield c.rfm_scores(recency=[5, 9], frequency=[1, 2], monetary=[3.0, 4.0], customers=["a", "b"], cuts=cuts)
    yield c.trade_cuts(average_order_value=120.0)
    levels = [c.MemberLevel(name="silver", spend=100.0, orders=2)]
    yield c.member_levels(spend=[50.0, 300.0], orders=[1, 4], levels=levels, current=None, needs="both", drop="one")
    yield c.value_classes(spend=[50.0, 300.0], orders=[1, 4], discounted_orders=[1, 0], low_below=0.7, high_from=1.5)
    rhythm = c.activity(customers=WHO, days=DAYS, end=70, sleeping_after=2.0, lost_after=4.0, default_gap=60.0)
    yield rhythm
    yield c.win_back(found=rhythm, value=found.monetary, states=("sleeping",), within=None, contactable=None, limit=5)
    yield c.birthdays(customers=["a"], births=["1990-02-03"], start="2026-02-01", days=7, leap="02-28")
    yield c.cohorts(customers=WHO, days=DAYS, period="month", end=70, partial="keep", spend=PAID, ages=None)
    yield c.repurchase(customers=WHO, days=DAYS, start=0, end=70, orders=None, confidence=0.9)
    yield c.second_order(customers=WHO, days=DAYS, end=70, orders=None, confidence=0.9)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    account = c.earn_points(account=c.PointsAccount(), points=50, at=at, reference="o1", expires_at=None)
    account = c.spend_points(account=account, points=20, at=at, reference="o2")
    account = c.restore_points(account=account, points=10, at=at, reference="o2", expires_at=None)
    account = c.revoke_points(account=account, points=5, at=at, reference="o1")
    yield c.expire_points(account=account, at=at)


def models() -> Iterator[Result | float]:
    """Ask what customers will do and what they are worth."""
    past = c.purchase_history(customers=WHO, days=DAYS, end=70, spend=PAID, unit="week")
    yield past
    columns = {"orders": past.orders, "recency": past.recency, "age": past.age}
    for fit in (c.fit_bg_nbd, c.fit_mbg_nbd, c.fit_pareto_nbd):
        yield fit(orders=past.orders, recency=past.recency, age=past.age, weight=None)
    yield c.fit_bg_bb(orders=[1, 0], recency=[2, 0], chances=[4, 4], weight=None)
    yield c.fit_gamma_gamma(orders=past.orders, mean_spend=past.mean_spend, weight=None)
    yield c.fit_sbg(survivors=[100, 60, 45])
    model, money = c.BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426), c.GammaGamma(p=6.25, q=3.74, v=15.44)
    for ask in (c.log_likelihood, c.probability_alive):
        yield float(ask(model=model, **columns).sum())
    yield float(c.probability_no_order(model=model, **columns, horizon=4).sum())
    yield float(c.expected_orders(model=model, **columns, horizon=4).sum())
    yield float(c.discounted_orders(model=model, **columns, step=4.0, steps=3, discount_rate=0.01).sum())
    yield float(c.expected_orders_of_new(model=model, horizon=4))
    yield float(c.probability_of_orders(model=model, count=2, horizon=4))
    yield float(c.expected_spend(model=money, orders=past.orders, mean_spend=past.mean_spend).sum())
    yield float(c.retention_rate(model=c.Sbg(alpha=0.7, beta=1.2), period=2))
    yield float(c.survival(model=c.Sbg(alpha=0.7, beta=1.2), periods=2))
    yield c.with_interval(fit=c.fit_sbg([100, 60, 45, 38]), predict=lambda m: c.survival(m, 5), scale="log")
    yield c.holdout(model=model, history=past, customers=WHO, days=DAYS, end=90, groups=3, confidence=0.9)
    yield c.lifetime_value(
        purchase=model, spend=money, history=past, horizon=6, unit="month", discount_rate=0.01, margin=0.3
    )
    yield c.acquisition_limit(
        purchase=model, spend=money, model_unit="week", horizon=6, unit="month", margin=0.3, conversion_rate=0.02
    )
    yield c.days_in(unit="month")


def goods() -> Iterator[Result]:
    """Ask what is bought together and what people complain about."""
    pairs = c.associations(baskets=[1, 1, 2, 2, 3], items=["x", "y", "x", "y", "x"], min_baskets=1, min_item_baskets=1)
    yield pairs
    yield c.cross_sell(found=pairs, top=2, min_lift=1.0, max_p_value=1.0)
    yield c.cause_shares(causes=["late", "late", "broken"], skus=["x", "x", "y"], confidence=0.9)
    yield c.return_alarms(skus=["x", "y"], classes=["k", "k"], sold=[90, 80], returned=[3, 20], level=0.05)
    yield c.review_scores(scores={"goods": [5, 4]}, days=[1, 2], trade_averages={"goods": 4.7}, confidence=0.9)
