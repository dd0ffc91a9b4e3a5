"""Laws of rounding, rates, array twins, periods."""

import pickle
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, trunc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shopcore import _arrays
from shopcore._rounding import ROUNDINGS, round_div
from shopcore.errors import LimitError
from shopcore.models import CURRENCIES, Currency, Money, Period, Rate
from shopcore.testing import amounts, periods, rates, zones

ROUNDING = st.sampled_from(ROUNDINGS)
RATES = TypeAdapter(Rate)
PERIODS = TypeAdapter(Period)


def by_definition(exact, rounding):
    """The seven modes, each from its meaning, on an exact fraction."""
    away = 1 if exact >= 0 else -1
    low = floor(exact)
    tie = exact - low == Fraction(1, 2)
    nearest = floor(exact + Fraction(1, 2))
    return {
        "floor": low,
        "ceiling": ceil(exact),
        "down": trunc(exact),
        "up": trunc(exact) + (away if exact != trunc(exact) else 0),
        "half_even": round(exact),
        "half_up": trunc(exact) + away if tie else nearest,
        "half_down": trunc(exact) if tie else nearest,
    }[rounding]


@given(st.integers(-(10**30), 10**30), st.integers(-(10**15), 10**15).filter(bool), ROUNDING)
def test_rounding_is_its_definition(numerator, denominator, rounding):
    assert round_div(numerator, denominator, rounding) == by_definition(Fraction(numerator, denominator), rounding)


@given(st.integers(-50, 50), st.sampled_from((1, 2, 4, 10)), ROUNDING)
def test_ties_are_its_definition(numerator, denominator, rounding):
    assert round_div(numerator, denominator, rounding) == by_definition(Fraction(numerator, denominator), rounding)


@given(st.lists(st.integers(-(2**60), 2**60), min_size=1, max_size=20), st.integers(1, 2**60), ROUNDING)
def test_the_array_twin_rounds_alike(numerators, denominator, rounding):
    found = _arrays.round_div(np.array(numerators), denominator, rounding)
    assert found.tolist() == [round_div(numerator, denominator, rounding) for numerator in numerators]


@given(st.lists(st.tuples(amounts(), rates(low=-2, high=2)), min_size=1, max_size=12), ROUNDING)
def test_times_rate_is_money_times(rows, rounding):
    minors, column = zip(*rows, strict=True)
    common = 1
    for rate in column:
        common = common * rate.denominator // np.gcd.reduce([common, rate.denominator]) if common < 10**6 else 0
    if not 0 < common < 10**6:
        return
    scaled = _arrays.RateColumn(np.array([int(rate.as_fraction() * common) for rate in column]), common)
    found = _arrays.times_rate("price", np.array(minors), scaled, rounding)
    assert found.tolist() == [Money(m, "CNY").times(rate, rounding=rounding).minor for m, rate in rows]


@given(st.integers(1, 2**40), st.integers(2**22, 2**62))
def test_the_range_is_refused_before_it_overflows(numerator, size):
    column = _arrays.RateColumn(np.array([numerator, 1]), 1_000)
    prices = np.array([size, -size])
    try:
        found = _arrays.times_rate("price", prices, column)
    except LimitError as error:
        assert error.positions == (0, 1)  # noqa: PT017  # either end is right
        assert 2 * size * numerator + 1_000 > 2**63 - 1
    else:
        assert found.tolist() == [round_div(size * numerator, 1_000), round_div(-size, 1_000)]


@given(rates(low=-100, high=100), rates(low=-100, high=100), rates(low=-100, high=100))
def test_rates_are_a_field(a, b, c):
    fractions = [rate.as_fraction() for rate in (a, b, c)]
    try:
        sums, products = (a + b) + c, (a * b) * c
        assert a * (b + c) == a * b + a * c
    except ValueError:
        return
    assert sums == a + (b + c) == sum(fractions)
    assert products == a * (b * c) == fractions[0] * fractions[1] * fractions[2]
    assert a - a == 0
    assert not a or a / a == 1
    assert (a < b) == (fractions[0] < fractions[1])


@given(rates(low=-(10**6), high=10**6))
def test_rates_travel_as_text(rate):
    assert Rate(str(rate)) == rate
    assert RATES.validate_json(RATES.dump_json(rate)) == rate
    assert pickle.loads(pickle.dumps(rate)) == rate
    assert hash(rate) == hash(rate.as_fraction())


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_rates_agree_with_decimals(value):
    assert Rate(value) == value
    assert hash(Rate(value)) == hash(value)
    assert Rate(value).as_decimal(6) == value


@pytest.mark.parametrize(("code", "digits"), [("JPY", 0), ("CNY", 2), ("KWD", 3), ("CLF", 4), ("MGA", 2), ("ISK", 0)])
def test_digits_of_the_odd_currencies(code, digits):
    assert Currency.of(code).digits == digits
    assert Money.of(1, code).minor == 10**digits
    assert Decimal(Money(1, code).text) == Decimal(1).scaleb(-digits)


def test_every_currency_keeps_the_law():
    for currency in CURRENCIES.values():
        assert currency.factor == 10**currency.digits
        assert Money.parse(Money(1, currency).text, currency) == Money(1, currency)


@given(periods(), periods())
def test_periods_overlap_where_they_share_an_instant(one, two):
    shared = max(one.start, two.start) < min(one.end, two.end)
    assert one.overlaps(two) is two.overlaps(one) is shared
    assert one.contains(one.start)
    assert not one.contains(one.end)
    assert one.contains(one.end - timedelta(microseconds=1))


@given(periods())
def test_periods_travel(period):
    assert PERIODS.validate_json(PERIODS.dump_json(period)) == period
    assert pickle.loads(pickle.dumps(period)) == period


@given(st.dates(date(1970, 1, 2), date(2037, 12, 30)), zones())
def test_days_follow_each_other_without_gap(day, zone):
    today = Period.day(day, zone)
    tomorrow = Period.day(day + timedelta(days=1), zone)
    assert today.end == tomorrow.start
    assert today.days() == (day,)
    assert abs(today.length - timedelta(days=1)) <= timedelta(hours=24)
