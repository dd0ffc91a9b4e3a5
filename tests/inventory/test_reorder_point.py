"""Reorder points: examples, refusals, warnings, and what a notebook shows."""

import pickle

import numpy as np
import pytest

from shopcore.errors import InputError, LimitError, ShapeError
from shopcore.inventory import (
    Constraints,
    Costs,
    Demand,
    LeadTime,
    Position,
    Service,
    achieved_service,
    reorder_point,
    safety_stock,
)  # fmt: skip


def test_one_term_formula_overstocks_when_the_order_is_small() -> None:
    # Q = sigma / 4 and 95 % asked: 1.52 deviations are enough where the one-term form says 1.85.
    answer = reorder_point(Demand(100, 10), LeadTime(1), Service.fill(0.95), order_quantity=2.5)
    assert answer.safety_stock / 10 == pytest.approx(1.52, abs=0.01)


@pytest.mark.parametrize("kind", ["normal", "gamma", "lognormal", "poisson", "negative_binomial"])
def test_a_tiny_order_is_filled_as_often_as_its_cycle_has_stock(kind: str) -> None:
    # Two losses so near to each other cancel; the limit of the fill rate is P(D <= x).
    sd = 2000.0 if kind == "poisson" else 3e6
    demand = Demand(4e6, sd, kind)  # type: ignore[arg-type]  # one of the distributions
    answer = reorder_point(demand, LeadTime(1), Service.fill(0.98), order_quantity=1e-3)
    assert answer.achieved_cycle_service == pytest.approx(0.98, abs=1e-4)
    assert answer.achieved_fill_rate == pytest.approx(0.98, abs=1e-4)
    rows = reorder_point(demand, LeadTime([1.0] * 2), Service.fill(0.98), order_quantity=[1e-3, 1e8])
    assert rows.reorder_point[0] == pytest.approx(answer.reorder_point, rel=1e-9)


def test_a_tiny_review_period_is_filled_by_the_rate_of_shortage() -> None:
    # Units short in a short time: d P(D > x) and half the growth of the variance times the density.
    level = reorder_point(Demand(100, 30, "normal"), LeadTime(4), Service.fill(0.9), review_period=1e-7)
    z = (level.reorder_point - 400) / 60
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    tail = 1 - level.achieved_cycle_service
    assert tail + 30**2 / (2 * 60 * 100) * density == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize("kind", ["auto", "normal", "gamma", "lognormal", "poisson", "negative_binomial"])
@pytest.mark.parametrize("moments", [(1e8, 1e8), (0, 3), (5, 0), (5, 1e-9), (0.01, 5), (1e-12, 1e-12), (1e7, 1e9)])
def test_every_demand_within_the_bounds_has_finite_answers(kind, moments) -> None:
    for lead_time in (LeadTime(0), LeadTime(1), LeadTime(1e-9, 0.3)):
        for service in (Service.cycle(1 - 1e-15), Service.cycle(1e-12), Service.fill(0.98)):
            answer = reorder_point(Demand(*moments, kind), lead_time, service, order_quantity=10)
            shown = answer.to_dict()
            assert all(np.isfinite(value) for value in shown.values() if isinstance(value, float))


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (InputError, lambda: Demand(1e300, 2)),
        (InputError, lambda: Demand([1, 1e16], 2)),
        (InputError, lambda: LeadTime(1e16)),
        (InputError, lambda: reorder_point(Demand(1, 1), LeadTime(1), Service.fill(0.9), order_quantity=1e-300)),
        (LimitError, lambda: reorder_point(Demand(1e9, distribution="poisson"), LeadTime(1), Service.cycle(0.9))),
    ],
)
def test_numbers_beyond_the_bounds_are_refused(error, call) -> None:
    with pytest.raises(error):
        call()


def test_inverse_question_returns_the_service_asked_for() -> None:
    demand, lead_time = Demand(50, 20), LeadTime(4, 1)
    asked = reorder_point(demand, lead_time, Service.fill(0.97), order_quantity=300)
    today = achieved_service(asked.reorder_point, demand, lead_time, order_quantity=300)
    assert today.achieved_fill_rate == pytest.approx(0.97)
    assert today.service is None
    assert today.units_for_next_point is None


def test_components_sum_to_the_variance() -> None:
    answer = reorder_point(Demand(2500, 500), LeadTime(7, 2), Service.cycle(0.9))
    assert sum(answer.components.values()) == pytest.approx(answer.lead_time_demand_sd**2)
    assert answer.units_for_next_point > 0


@pytest.mark.parametrize(
    ("demand", "kind", "warning"),
    [
        (Demand(100, 5), "normal", None),
        (Demand(2, 2), "negative_binomial", None),
        (Demand(4, 2), "poisson", None),
        (Demand(500, 400), "gamma", None),
        (Demand(5, 0), "constant", None),
        (Demand(0, 0), "constant", None),
        (Demand(2, 3, "poisson"), "poisson", "poisson_overdispersed"),
        (Demand(2, 3, "normal"), "normal", "normal_misses_high_service"),
        (Demand(9, 1, "negative_binomial"), "negative_binomial", "not_overdispersed"),
    ],
)
def test_distribution_is_chosen_and_weakness_is_said(demand: Demand, kind: str, warning: str | None) -> None:
    answer = reorder_point(demand, LeadTime(1), Service.cycle(0.99))
    assert answer.distribution == kind
    assert answer.reason
    assert warning is None or warning in answer.warnings


def test_short_history_falls_back_to_moments() -> None:
    demand = Demand.from_samples([3, 5, 4, 6])
    assert reorder_point(demand, LeadTime(3), Service.cycle(0.95)).distribution != "empirical"
    long = Demand.from_samples(np.random.default_rng(1).poisson(5, (3, 400)))
    assert reorder_point(long, LeadTime(2, 1), Service.cycle(0.95)).distribution == "empirical"
    filled = reorder_point(long, LeadTime(2, 1), Service.fill(0.95), order_quantity=20)
    assert filled.achieved_fill_rate == pytest.approx([0.95] * 3, abs=1e-6)
    single = reorder_point(Demand.from_samples([7]), LeadTime(3), Service.cycle(0.95))
    assert single.reorder_point == 21
    with pytest.raises(InputError, match="samples"):
        reorder_point(Demand.from_samples([7], distribution="empirical"), LeadTime(3), Service.cycle(0.95))


def test_zero_lead_time_and_zero_demand_are_defined() -> None:
    assert reorder_point(Demand(10, 3), LeadTime(0), Service.cycle(0.99)).reorder_point == 0
    nothing = reorder_point(Demand(0, 0), LeadTime(5, 2), Service.fill(0.99), review_period=2)
    assert (nothing.reorder_point, nothing.achieved_fill_rate) == (0, 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Demand(-1, 2),
        lambda: Demand(float("nan"), 2),
        lambda: Demand(10),
        lambda: Demand(10, 2, "weibull"),
        lambda: Demand("10", 2),
        lambda: Demand(True, 2),
        lambda: Demand(10**400, 2),
        lambda: Demand(10, 2, "empirical"),
        lambda: Demand.from_samples([]),
        lambda: LeadTime(1, float("inf")),
        lambda: Service.cycle(95),
        lambda: Service.fill(1.0),
        lambda: Costs(order=-1),
        lambda: Constraints(pack=0),
        lambda: Constraints(order_every=0),
        lambda: Position(on_hand=1, reserved=-1),
        lambda: reorder_point(Demand(1, 1), LeadTime(1), 0.95),
        lambda: reorder_point(Demand(1, 1), LeadTime(1), Service.fill(0.95)),
        lambda: reorder_point(Demand(1, 1, period="week"), LeadTime(1), Service.cycle(0.95)),
        lambda: reorder_point(Demand(1, 1), 4, Service.cycle(0.95)),
        lambda: reorder_point(Demand(1, 1), LeadTime(1), Service.fill(0.95), order_quantity=0),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument


def test_bad_rows_and_shapes_are_named() -> None:
    with pytest.raises(InputError) as caught:
        Demand([1.0, -2.0, 3.0, np.nan], 1.0)
    assert caught.value.positions == (1, 3)
    with pytest.raises(ShapeError):
        reorder_point(Demand([1.0, 2.0], 1.0), LeadTime([1.0, 2.0, 3.0]), Service.cycle(0.9))


def test_values_are_frozen_equal_by_value_and_picklable() -> None:
    demand = Demand(np.array([1.0, 2.0]), 1.0)
    with pytest.raises(ValueError, match="read-only"):
        demand.mean[0] = 9
    assert demand == Demand([1.0, 2.0], 1)
    assert hash(demand) == hash(Demand([1.0, 2.0], 1))
    assert demand != Demand([1.0, 2.5], 1)
    answer = reorder_point(demand, LeadTime(4), Service.cycle(0.9))
    assert pickle.loads(pickle.dumps(answer)) == answer


def test_results_show_themselves() -> None:
    answer = reorder_point(Demand(10, 9, "normal"), LeadTime(4), Service.cycle(0.99), order_quantity=50)
    assert "warning" in answer.explain()
    assert answer.to_dict()["achieved_cycle_service"] == pytest.approx(0.99)
    assert "safety stock" in answer._repr_html_()
    assert "7.5" not in repr(Costs(holding=7.5))


def test_position_and_broadcast() -> None:
    assert Position(np.array([5.0, 1.0]), on_order=2).net.tolist() == [7, 3]
    grid = safety_stock(Demand(np.ones((3, 1)), 1.0), LeadTime(4), Service.cycle([0.5, 0.9]))
    assert grid.shape == (3, 2)
    assert reorder_point(Demand([], []), LeadTime(2), Service.cycle(0.9)).reorder_point.shape == (0,)
    assert reorder_point(Demand([], []), LeadTime(2), Service.fill(0.9), order_quantity=1).reorder_point.shape == (0,)
