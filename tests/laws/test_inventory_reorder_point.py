"""Reorder points: the promise is kept, twins agree, and more service never costs less."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopcore.inventory import Demand, LeadTime, Service, achieved_service, reorder_point

means = st.floats(0.1, 500)
ratios = st.floats(0.05, 3)
levels = st.floats(0.3, 0.995)
kinds = st.sampled_from(["auto", "normal", "gamma", "lognormal", "poisson", "negative_binomial"])
discrete = ("poisson", "negative_binomial")


@given(means, ratios, st.floats(0, 20), st.floats(0, 3), levels, kinds, st.floats(0, 10))
@example(1.0, 1.0, 2.7638893706556766e-89, 0.0, 0.5, "gamma", 0.0)
@example(1.0, 1.0, 1e-5, 0.0, 0.5, "gamma", 0.0)
def test_cycle_service_is_achieved(
    mean: float, ratio: float, lead: float, lead_sd: float, level: float, kind: Any, review: float
) -> None:
    answer = reorder_point(
        Demand(mean, mean * ratio, kind), LeadTime(lead, lead_sd), Service.cycle(level), review_period=review
    )
    nothing = answer.reorder_point < 1e-300 or answer.lead_time_demand_mean <= 1e-9  # too small to be told from zero
    if answer.distribution in (*discrete, "constant") or answer.lead_time_demand_sd == 0 or nothing:
        assert answer.achieved_cycle_service >= level - 1e-12
    else:
        assert answer.achieved_cycle_service == pytest.approx(level, abs=1e-9)


@given(means, ratios, st.floats(0.1, 20), st.floats(0, 3), levels, kinds, st.floats(0.05, 20), st.booleans())
def test_fill_rate_is_achieved_and_no_unit_too_many(
    mean: float, ratio: float, lead: float, lead_sd: float, level: float, kind: Any, size: float, periodic: bool
) -> None:
    demand, lead_time = Demand(mean, mean * ratio, kind), LeadTime(lead, lead_sd)
    how: dict[str, Any] = {"review_period": size} if periodic else {"order_quantity": size * mean}
    answer = reorder_point(demand, lead_time, Service.fill(level), **how)
    if answer.distribution not in discrete:
        assert answer.achieved_fill_rate == pytest.approx(level, abs=1e-7)
        return
    assert answer.achieved_fill_rate >= level - 1e-9
    fewer = achieved_service(answer.reorder_point - 1, demand, lead_time, **how)
    floor = 0 if periodic else -size * mean
    assert answer.reorder_point - 1 < floor or fewer.achieved_fill_rate < level


@given(st.lists(st.tuples(means, ratios, st.floats(0, 9), st.floats(0, 3), levels), min_size=1, max_size=6), kinds)
def test_arrays_answer_as_their_rows_do(rows: list[tuple[float, ...]], kind: Any) -> None:
    mean, ratio, lead, lead_sd, level = (np.array(c) for c in zip(*rows, strict=True))
    demand, lead_time = Demand(mean, mean * ratio, kind), LeadTime(lead, lead_sd)
    for service, quantity in ((Service.cycle, None), (Service.fill, mean * 3)):
        whole = reorder_point(demand, lead_time, service(level), order_quantity=quantity)
        for i in range(len(rows)):
            one = reorder_point(
                Demand(mean[i], mean[i] * ratio[i], kind),
                LeadTime(lead[i], lead_sd[i]),
                service(level[i]),
                order_quantity=None if quantity is None else quantity[i],
            )
            assert whole.reorder_point[i] == pytest.approx(one.reorder_point, rel=1e-8, abs=1e-7)
            assert whole.achieved_cycle_service[i] == pytest.approx(one.achieved_cycle_service, abs=1e-7)
            assert whole.safety_stock[i] == pytest.approx(one.safety_stock, rel=1e-8, abs=1e-7)


@given(means, ratios, st.floats(0.1, 20), st.floats(0, 3), levels, levels, kinds)
def test_more_service_never_needs_less(
    mean: float, ratio: float, lead: float, lead_sd: float, one: float, two: float, kind: Any
) -> None:
    low, high = sorted((one, two))
    for service in (Service.cycle, Service.fill):
        less, more = (
            reorder_point(
                Demand(mean, mean * ratio, kind), LeadTime(lead, lead_sd), service(level), order_quantity=2 * mean
            ).reorder_point
            for level in (low, high)
        )
        assert less <= more + 1e-7 * (1 + abs(more))


@given(st.lists(st.integers(0, 40), min_size=4, max_size=60), levels)
def test_empirical_level_is_a_window_that_was_seen(history: list[int], level: float) -> None:
    answer = reorder_point(Demand.from_samples(history, distribution="empirical"), LeadTime(2), Service.cycle(level))
    windows = [a + b for a, b in pairwise(history)]
    assert answer.reorder_point in windows
    assert answer.achieved_cycle_service >= min(level, 1) - 1e-9 or answer.reorder_point == max(windows)
