"""Laws of the purchase models and of retention: probabilities, monotone in time, order of rows nothing."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopcore import customers
from shopcore.customers import BgBb, BgNbd, MbgNbd, ParetoNbd

POSITIVE = st.floats(0.02, 50.0)
MODELS = st.one_of(*(st.builds(kind, POSITIVE, POSITIVE, POSITIVE, POSITIVE) for kind in (BgNbd, MbgNbd, ParetoNbd)))
PASTS = st.tuples(st.integers(0, 300), st.floats(0.01, 1.0), st.floats(0.5, 200.0)).map(
    lambda row: (row[0], row[1] * row[2] if row[0] else 0.0, row[2])
)


@given(MODELS, PASTS, st.floats(0.0, 300.0))
def test_probabilities_are_probabilities_and_orders_are_bounded(model: Any, past: Any, ahead: float) -> None:
    alive = customers.probability_alive(model, *past)
    none = customers.probability_no_order(model, *past, horizon=ahead)
    orders = customers.expected_orders(model, *past, horizon=ahead)
    assert 0.0 <= alive <= 1.0
    assert -1e-12 <= none <= 1.0 + 1e-9
    assert 0.0 <= orders <= (model.r + past[0]) / (model.alpha + past[2]) * ahead * (1 + 1e-6) + 1e-9
    # At least one order is expected as often as at least one comes.
    assert orders >= 1.0 - none - 1e-6


@given(MODELS, PASTS, st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_a_longer_horizon_holds_more_orders(model: Any, past: Any, one: float, more: float) -> None:
    short, long = (customers.expected_orders(model, *past, horizon=h) for h in (one, one + more))
    assert long >= short * (1 - 1e-7) - 1e-9
    none = [customers.probability_no_order(model, *past, horizon=h) for h in (one, one + more)]
    assert none[1] <= none[0] + 1e-9


@given(MODELS, PASTS)
def test_a_longer_silence_makes_less_alive(model: Any, past: Any) -> None:
    x, last, until = past
    now, later = (customers.probability_alive(model, x, last, until + h) for h in (0.0, 10.0))
    assert later <= now + 1e-12


@given(st.builds(BgBb, POSITIVE, POSITIVE, POSITIVE, POSITIVE), st.integers(1, 12), st.data())
def test_bg_bb_histories_sum_to_one(model: BgBb, chances: int, data: st.DataObject) -> None:
    from scipy.special import comb

    rows = [(0, 0, 1.0)] + [(x, t, comb(t - 1, x - 1)) for t in range(1, chances + 1) for x in range(1, t + 1)]
    x, last, ways = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert abs(ways @ np.exp(customers.log_likelihood(model, x, last, float(chances))) - 1.0) < 1e-9


ROWS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 40)), min_size=1, max_size=40)


@given(ROWS)
def test_second_orders_equal_a_loop(rows: list[tuple[int, int]]) -> None:
    who, days = zip(*rows, strict=True)
    found = customers.second_order(who, days, end=40)
    waits = []
    for customer in set(who):
        own = sorted(day for one, day in rows if one == customer)
        waits.append((own[1] - own[0], True) if len(own) > 1 else (40 - own[0], False))
    stay = 1.0
    for place, moment in enumerate(sorted({wait for wait, again in waits if again})):
        at_risk = sum(wait >= moment for wait, _ in waits)
        stay *= 1 - sum(again and wait == moment for wait, again in waits) / at_risk
        assert found.waiting[place] == at_risk
        assert abs(found.returned[place] - (1 - stay)) < 1e-12


@given(ROWS, st.integers(0, 40), st.integers(0, 40))
def test_repurchase_equals_a_loop(rows: list[tuple[int, int]], one: int, two: int) -> None:
    start, end = min(one, two), max(one, two)
    who, days = zip(*rows, strict=True)
    found = customers.repurchase(who, days, start=start, end=end)
    inside = [row for row in rows if start <= row[1] <= end]
    buyers = {row[0] for row in inside}
    twice = {c for c in buyers if sum(row[0] == c for row in inside) >= 2}
    first = {c for c in buyers if min(row[1] for row in rows if row[0] == c) >= start}
    assert found.repurchase_rate.numerator == len(twice)
    assert found.repurchase_rate.denominator == len(buyers)
    assert found.returning_order_share.numerator == len(inside) - len(first)
    assert found.returning_customer_share.numerator == len(buyers - first)


@given(ROWS)
def test_history_equals_a_loop(rows: list[tuple[int, int]]) -> None:
    who, days = zip(*rows, strict=True)
    found = customers.purchase_history(who, days, end=30, unit="day")
    wanted = []
    for customer in sorted(set(who)):
        own = sorted({day for one, day in rows if one == customer and day <= 30})
        if own:
            wanted.append((customer, len(own) - 1, own[-1] - own[0], 30 - own[0]))
    got = zip(found.customers, found.orders, found.recency, found.age, strict=True)
    assert [tuple(map(int, row)) for row in got] == wanted
