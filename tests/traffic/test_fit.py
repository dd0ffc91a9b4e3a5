"""Fits: exact data give the curve back, units do not matter, a history that tells nothing says so."""

import math
import pickle

import numpy as np
import pytest

from shopcore import traffic
from shopcore.errors import InputError, ShapeError

TRUE = {
    "log": traffic.LogCurve(100.0, 50.0),
    "power": traffic.PowerCurve(5.0, 0.5),
    "hill": traffic.HillCurve(1000.0, 300.0, 1.2),
}
SPEND = np.linspace(20.0, 1500.0, 60)


@pytest.mark.parametrize("kind", TRUE)
@pytest.mark.parametrize("unit", [1.0, 1e6])
def test_exact_data_give_the_curve_back_in_any_unit(kind, unit):
    response = np.array([TRUE[kind].response(x) for x in SPEND]) * unit + 70.0 * unit
    found = traffic.fit_response(SPEND * unit, response, kind=kind, baseline="fitted")
    assert found.status == "interior"
    assert found.baseline.value == pytest.approx(70.0 * unit, rel=1e-4)
    assert found.curve.response(500.0 * unit) == pytest.approx(TRUE[kind].response(500.0) * unit, rel=1e-5)
    assert found.marginal_at(500.0 * unit).value == pytest.approx(TRUE[kind].marginal(500.0), rel=1e-4)
    assert found.r_squared == pytest.approx(1.0)
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.to_json()


@pytest.mark.parametrize("kind", TRUE)
def test_intervals_cover(kind):
    rng = np.random.default_rng(11)
    mean = np.array([TRUE[kind].response(x) for x in SPEND])
    truth = [getattr(TRUE[kind], name) for name in type(TRUE[kind]).__dataclass_fields__]
    hits, slopes = [], []
    for _ in range(20):
        found = traffic.fit_response(SPEND, mean + rng.normal(0.0, mean.max() * 0.02, 60), kind=kind)
        hits += [e.low <= t <= e.high for e, t in zip(found.parameters.values(), truth, strict=True)]
        slope = found.marginal_at(400.0)
        slopes.append(slope.low <= TRUE[kind].marginal(400.0) <= slope.high)
    assert np.mean(hits) >= 0.85
    assert np.mean(slopes) >= 0.85


def test_a_history_that_tells_nothing_says_so():
    assert traffic.fit_response([5.0] * 9, np.arange(9.0)).status == "degenerate"
    assert traffic.fit_response([1.0, 2.0], [1.0, 2.0]).curve is None
    assert traffic.fit_response([], []).status == "degenerate"
    assert traffic.fit_response(SPEND, np.zeros(60)).marginal_at(5.0) is None
    straight = traffic.fit_response(SPEND, 3.0 * SPEND, kind="log")
    assert straight.status == "boundary"
    assert all(each.low is None for each in straight.parameters.values())
    assert straight.marginal_at(100.0).value == pytest.approx(3.0, rel=0.02)
    falling = traffic.fit_response(SPEND, 100.0 - SPEND / 20.0, kind="hill", baseline="fitted")
    assert falling.status == "boundary"


def test_an_s_curve_shows_its_flat_foot():
    s = traffic.HillCurve(100.0, 500.0, 3.0)
    found = traffic.fit_response(SPEND, [s.response(x) for x in SPEND], kind="hill")
    slope = (s.response(50.01) - s.response(49.99)) / 0.02
    assert found.marginal_at(50.0).value == pytest.approx(slope, rel=1e-3)


def test_nonsense_is_refused():
    with pytest.raises(ShapeError):
        traffic.fit_response([1.0, 2.0], [1.0])
    with pytest.raises(InputError):
        traffic.fit_response([-1.0, 2.0], [1.0, 2.0])
    with pytest.raises(InputError):
        traffic.fit_response([1.0, 2.0], [1.0, math.nan])
    with pytest.raises(InputError):
        traffic.fit_response([1.0, 2.0], [1.0, 2.0], kind="cubic")
