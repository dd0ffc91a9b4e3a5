"""Laws of curves and budgets: inverses invert, envelopes hold, no other split is better, more money brings more."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shopcore import traffic

SIZE = st.floats(1e-3, 1e6)
CONCAVE = st.one_of(
    st.builds(traffic.LogCurve, SIZE, SIZE),
    st.builds(traffic.PowerCurve, SIZE, st.floats(0.05, 0.95)),
    st.builds(traffic.HillCurve, SIZE, SIZE, st.floats(0.1, 1.0)),
)
CURVE = st.one_of(CONCAVE, st.builds(traffic.HillCurve, SIZE, SIZE, st.floats(1.01, 8.0)))


@given(CURVE, st.floats(1e-6, 1e9))
def test_the_inverse_finds_the_spend_of_a_marginal_return(curve, spend):
    assume(spend > getattr(curve, "tangent", 0.0) * 1.001)
    marginal = curve.marginal(spend)
    assume(1e-290 < marginal < 1e290)
    back = curve.spend_at(marginal)
    assert math.isclose(back, spend, rel_tol=1e-6) or curve.marginal(back) == pytest.approx(marginal, rel=1e-9)


@given(CURVE, st.floats(0.0, 1e8), st.floats(1e-3, 1e6))
def test_slopes_are_slopes_and_the_envelope_lies_above(curve, spend, step):
    assert curve.envelope(spend) >= curve.response(spend) * (1 - 1e-9)
    rise = curve.envelope(spend + step) - curve.envelope(spend)
    noise = 1e-9 * curve.envelope(spend + step)
    assert curve.marginal(spend + step) * step - noise <= rise <= curve.marginal(spend) * step + noise


@given(st.lists(CONCAVE, min_size=1, max_size=5), st.floats(1e-2, 1e7), st.randoms(use_true_random=False))
def test_no_other_split_is_better(curves, budget, random):
    found = traffic.allocate({str(i): c for i, c in enumerate(curves)}, budget)
    assert math.fsum(found.spend) + found.unspent == pytest.approx(budget, rel=1e-12)
    assert found.gap_in_spend <= 1e-9 * budget
    parts = [random.random() + 1e-9 for _ in curves]
    other = [budget * part / math.fsum(parts) for part in parts]
    worth = math.fsum(c.response(x) for c, x in zip(curves, other, strict=True))
    assert worth <= found.response * (1 + 1e-9)


@given(st.lists(CURVE, min_size=1, max_size=4), st.floats(1.0, 1e6), st.randoms(use_true_random=False))
def test_the_gap_bounds_every_split_of_any_curves(curves, budget, random):
    found = traffic.allocate({str(i): c for i, c in enumerate(curves)}, budget)
    parts = [random.random() + 1e-9 for _ in curves]
    other = [budget * part / math.fsum(parts) for part in parts]
    worth = math.fsum(c.response(x) for c, x in zip(curves, other, strict=True))
    assert worth <= found.response + found.duality_gap + 1e-9 * worth


@given(st.lists(CONCAVE, min_size=2, max_size=4), st.floats(1.0, 1e5))
def test_the_order_of_channels_does_not_matter_and_more_money_brings_more(curves, budget):
    named = {str(i): c for i, c in enumerate(curves)}
    found, back = traffic.allocate(named, budget), traffic.allocate(dict(reversed(named.items())), budget)
    assert found.response == pytest.approx(back.response, rel=1e-9)
    more = traffic.allocate(named, budget * 1.01)
    assert more.response >= found.response
    assert more.response - found.response <= found.marginal_return * budget * 0.01 * (1 + 1e-6) + 1e-9 * found.response


@given(st.lists(st.floats(0, 1e6), max_size=30), st.lists(st.floats(0, 1e6), max_size=30), st.floats(0, 0.99))
def test_adstock_adds_up(first, second, retention):
    n = min(len(first), len(second))
    a, b = (traffic.geometric_adstock(column[:n], retention) for column in (first, second))
    both = traffic.geometric_adstock([x + y for x, y in zip(first[:n], second[:n], strict=True)], retention)
    assert both == pytest.approx(a + b)
