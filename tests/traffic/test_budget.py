"""Budgets: known optima, every unit of money, bounds, tables and S-curves, adstock, bad input."""

import math
import pickle

import numpy as np
import pytest

from shopcore import traffic
from shopcore.errors import InputError

HILLS = {
    f"c{i}": traffic.HillCurve(top, half, shape)
    for i, (top, half, shape) in enumerate(
        zip(np.linspace(0.2, 1.0, 20), np.geomspace(0.01, 0.3, 20), np.tile([0.6, 1.0, 0.9, 1.0], 5), strict=True)
    )
}


def scaled(unit):
    return {name: traffic.HillCurve(c.top, c.half_point * unit, c.shape) for name, c in HILLS.items()}


@pytest.mark.parametrize("unit", [1.0, 1e2, 1e4, 1e6])
def test_the_unit_of_money_does_not_matter(unit):
    found, base = traffic.allocate(scaled(unit), unit), traffic.allocate(HILLS, 1.0)
    assert found.spend == pytest.approx([x * unit for x in base.spend], rel=1e-9)
    assert math.fsum(found.spend) == pytest.approx(unit, rel=1e-15)
    assert 0.0 <= found.gap_in_spend <= 1e-9
    slopes = [c.marginal(x) for c, x in zip(scaled(unit).values(), found.spend, strict=True) if x > 0.0]
    assert max(slopes) - min(slopes) <= 1e-11 * max(slopes)


def test_the_answer_beats_a_well_scaled_solver_and_the_unscaled_one_stands_still():
    from scipy.optimize import minimize

    def solve(curves, budget):
        top, half, shape = np.array([(c.top, c.half_point, c.shape) for c in curves.values()]).T

        def loss(x):
            return -(top / (1.0 + (half / np.maximum(x, 1e-12)) ** shape)).sum()

        rule = {"type": "eq", "fun": lambda x: x.sum() - budget}
        start = np.full(20, budget / 20)
        return start, minimize(loss, start, method="SLSQP", bounds=[(0, budget)] * 20, constraints=[rule])

    ours = traffic.allocate(HILLS, 1.0)
    _, scaled_run = solve(HILLS, 1.0)
    assert ours.response >= -scaled_run.fun - 1e-9
    start, raw = solve(scaled(1e6), 1e6)
    assert raw.success
    assert raw.x == pytest.approx(start, rel=1e-6)
    assert traffic.allocate(scaled(1e6), 1e6).response > -raw.fun * 1.02


def test_bounds_bind_and_leftovers_are_said():
    curves = {"a": traffic.LogCurve(100.0, 10.0), "b": traffic.LogCurve(100.0, 10.0)}
    found = traffic.allocate(curves, 100.0, lower={"a": 70.0})
    assert found.binding == ("lower", "")
    assert (found["a"], found["b"]) == pytest.approx((70.0, 30.0))
    capped = traffic.allocate(curves, 100.0, upper={"a": 10.0, "b": 20.0})
    assert (capped.spend, capped.binding, capped.unspent) == ((10.0, 20.0), ("upper", "upper"), 70.0)
    assert capped.marginal_return == capped.duality_gap == 0.0
    assert "upper" in capped.explain()
    assert "upper" in capped._repr_html_()
    assert pickle.loads(pickle.dumps(capped)) == capped


def test_equal_returns_share_without_loss():
    lines = {"a": traffic.PowerCurve(2.0, 1.0), "b": traffic.PowerCurve(2.0, 1.0), "c": traffic.PowerCurve(1.0, 1.0)}
    found = traffic.allocate(lines, 10.0)
    assert found.response == pytest.approx(20.0)
    assert found.spend[2] == 0.0
    assert found.duality_gap == pytest.approx(0.0, abs=1e-12)


def test_tables_end_where_they_were_measured():
    table = traffic.TableCurve((0.0, 100.0, 200.0), (0.0, 50.0, 60.0))
    found = traffic.allocate({"a": table, "b": traffic.TableCurve((0.0, 50.0), (0.0, 5.0))}, 500.0)
    assert (found.spend, found.unspent, found.response) == ((200.0, 50.0), 250.0, 65.0)
    tight = traffic.allocate({"a": table, "b": traffic.TableCurve((0.0, 50.0), (0.0, 5.0))}, 120.0)
    assert tight.response == pytest.approx(52.0)
    assert tight.marginal_return == pytest.approx(0.1)


def test_an_s_curve_states_its_gap_and_the_gap_is_a_bound():
    curves = {"s": traffic.HillCurve(100.0, 50.0, 4.0), "t": traffic.HillCurve(90.0, 60.0, 3.0)}
    for budget in (20.0, 60.0, 100.0, 200.0):
        found = traffic.allocate(curves, budget)
        best = max(curves["s"].response(x) + curves["t"].response(budget - x) for x in np.linspace(0, budget, 4001))
        assert found.response <= best + 1e-6 <= found.response + found.duality_gap + 2e-6
    assert traffic.allocate(curves, 200.0).duality_gap <= 1e-9


def test_a_budget_of_nothing_is_split_into_nothing_and_says_what_the_first_unit_earns():
    lines = {"log": traffic.LogCurve(100.0, 50.0), "table": traffic.TableCurve((0.0, 10.0), (0.0, 30.0))}
    found = traffic.allocate(lines, 0.0)
    assert (found.spend, found.response, found.unspent, found.duality_gap) == ((0.0, 0.0), 0.0, 0.0, 0.0)
    assert found.marginal_return == 3.0
    assert traffic.allocate(lines, 0.0, upper={"table": 0.0}).marginal_return == 2.0
    steep = {"power": traffic.PowerCurve(5.0, 0.5), "hill": traffic.HillCurve(9.0, 2.0, 0.5), **lines}
    assert traffic.allocate(steep, 0.0).marginal_return == math.inf
    assert traffic.allocate(steep, 0.0).gap_in_spend == 0.0
    assert traffic.HillCurve(9.0, 2.0, 0.5).spend_at(math.inf) == 0.0


def test_targets_of_average_and_margin():
    hill = traffic.HillCurve(1000.0, 100.0, 1.0)
    found = traffic.spend_at_target_return(hill, 2.0)
    assert found.spend == pytest.approx(400.0)  # 1000 / (100 + x) = 2
    assert traffic.spend_at_target_return(hill, 11.0).reason == "never_reached"
    assert traffic.spend_at_target_return(traffic.PowerCurve(3.0, 1.0), 2.0).reason == "always_reached"
    assert traffic.spend_at_marginal_return(traffic.PowerCurve(3.0, 1.0), 2.0).reason == "always_reached"
    assert traffic.spend_at_marginal_return(hill, 11.0).spend == 0.0
    s = traffic.HillCurve(100.0, 50.0, 3.0)
    best = s.response(s.tangent) / s.tangent
    assert traffic.spend_at_target_return(s, best * 0.5).spend > s.tangent
    assert traffic.spend_at_target_return(s, best * 1.01).reason == "never_reached"
    assert traffic.spend_at_target_return(traffic.LogCurve(10.0, 5.0), 1.0).spend == pytest.approx(12.82, abs=0.3)


def test_adstock_is_a_filter():
    assert traffic.geometric_adstock([100] * 5, 0.5).tolist() == [100.0, 150.0, 175.0, 187.5, 193.75]
    assert traffic.geometric_adstock([7.0] * 200, 0.8, normalised=True)[-1] == pytest.approx(7.0)
    assert traffic.geometric_adstock([], 0.5).size == 0
    assert traffic.delayed_adstock([], 0.5, delay=1, periods=3).size == 0
    assert traffic.half_life_of_retention(traffic.retention_of_half_life(3.5)) == pytest.approx(3.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: traffic.LogCurve(0.0, 1.0),
        lambda: traffic.PowerCurve(1.0, 1.5),
        lambda: traffic.HillCurve(1.0, math.inf),
        lambda: traffic.HillCurve(1.0, 1.0, 1e9),
        lambda: traffic.TableCurve((0.0, 1.0), (0.0, -1.0)),
        lambda: traffic.TableCurve((0.0, 0.0), (0.0, 1.0)),
        lambda: traffic.TableCurve((1.0, 2.0), (0.0, 1.0)),
        lambda: traffic.allocate({}, 1.0),
        lambda: traffic.allocate(HILLS, -1.0),
        lambda: traffic.allocate(HILLS, 0.0, lower={"c0": 0.1}),
        lambda: traffic.allocate(HILLS, math.nan),
        lambda: traffic.allocate(HILLS, 1.0, lower={"c0": 2.0}),
        lambda: traffic.allocate(HILLS, 1.0, upper={"nobody": 2.0}),
        lambda: traffic.allocate(HILLS, 1.0, lower={"c0": 0.5}, upper={"c0": 0.2}),
        lambda: traffic.geometric_adstock([1.0], 1.0),
        lambda: traffic.delayed_adstock([1.0], 0.5, delay=1, periods=0),
        lambda: traffic.spend_at_target_return(HILLS["c0"], 0.0),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(InputError):
        call()
