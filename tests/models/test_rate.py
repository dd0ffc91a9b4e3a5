"""Rate and UnitPrice: exact numbers finer than money."""

import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from shopcore.errors import InputError
from shopcore.models import Money, Rate, UnitPrice


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ("0.25", Fraction(1, 4)),
        ("25%", Fraction(1, 4)),
        ("8.875%", Fraction(71, 800)),
        ("1/3", Fraction(1, 3)),
        ("-11/9", Fraction(-11, 9)),
        ("007", Fraction(7)),
        (3, Fraction(3)),
        (np.int64(3), Fraction(3)),
        (Decimal("0.0290"), Fraction(29, 1000)),
        (Decimal("0E+1000000"), Fraction(0)),
        (Fraction(2, 6), Fraction(1, 3)),
        (str(10**24), Fraction(10**24)),
    ],
)
def test_reads(value, exact):
    rate = Rate(value)
    assert rate.as_fraction() == exact
    assert rate == exact
    assert hash(rate) == hash(exact)
    assert Rate(str(rate)) == rate
    assert TypeAdapter(Rate).validate_json(TypeAdapter(Rate).dump_json(rate)) == rate


@pytest.mark.parametrize(
    "value",
    [
        "1e5", "NaN", "", " 1", "+1", "1 %", "%", "1//2", "1/0", "0.5/2", "-0", "-0.0%", "１", "٣", "1_0", "9" * 5_000,
        0.25, np.float64(0.25), True, np.bool_(True), None, b"1", 10**25, Fraction(1, 10**25), Fraction(10**5_000, 3),
        Decimal("1E+1000000"), Decimal("1E-1000000"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"),
        Decimal("1." + "3" * 5_000),
    ],
    ids=lambda value: f"{type(value).__name__}-{str(value)[:8] if not isinstance(value, Fraction) else ''}",
)  # fmt: skip
def test_refuses(value):
    with pytest.raises(InputError):
        Rate(value)


def test_equality_never_raises():
    half = Rate("0.5")
    for other in (
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+1000000"),
        10**5_000,
        Fraction(1, 10**50),
        0.5,
        "0.5",
        None,
    ):
        assert half != other
    assert half == Decimal("0.50") == half
    assert half in {Fraction(1, 2)}


def test_comparison_is_exact_for_numbers_of_any_length():
    assert Rate("1/3") < Fraction(333_333_333_333_333_333_333_333_334, 10**27) < 10**5_000
    assert Rate("1/3") > Decimal("0.333333333333")
    assert Rate(1) <= 1 <= Rate(1)
    with pytest.raises(TypeError):
        assert Rate(1) < 1.5


def test_arithmetic_is_exact_and_bounded():
    assert 1 - Rate("1/3") == Rate("2/3")
    assert 1 / Rate("0.4") == Rate("2.5")
    assert np.int64(2) * Rate("1/3") == Rate("2/3")
    assert abs(-Rate("0.1")) == Rate("10%")
    for operate in (
        lambda: Rate(1) / 0,
        lambda: Rate(10**24) * 10,
        lambda: Rate(Fraction(1, 10**24 - 1)) * Rate(Fraction(1, 7)),
    ):
        with pytest.raises(InputError):
            operate()
    for operate in (lambda: Rate(1) * 0.5, lambda: Rate(1) + True, lambda: Rate(1) - "1"):
        with pytest.raises(TypeError):
            operate()


def test_approx_and_decimals_are_bounded():
    assert Rate.approx(0.1 + 0.2, places=6) == Rate("0.3")
    assert Rate("2/3").as_decimal(4) == Decimal("0.6667")
    assert str(Rate("1/3").as_decimal(0)) == "0"
    for places in (-1, 25, 10**9, 2.0, True):
        with pytest.raises(InputError):
            Rate("1/3").as_decimal(places)
        with pytest.raises(InputError):
            Rate.approx(0.5, places=places)
    for value in (float("nan"), float("inf"), 1e300, "0.5", True):
        with pytest.raises(InputError):
            Rate.approx(value)


def test_copies():
    rate = Rate("1/3")
    assert copy.deepcopy(rate) is rate
    assert pickle.loads(pickle.dumps(rate)) == rate


@pytest.mark.parametrize("text", ["0.25", 0.25, True, "null", [1]])
def test_json_takes_text_and_whole_numbers_only(text):
    reader = TypeAdapter(Rate)
    if text == "0.25":
        assert reader.validate_python(text) == Rate("25%")
    else:
        with pytest.raises(ValidationError):
            reader.validate_python(text)


def test_unit_price_keeps_its_digits_until_a_named_rounding():
    screw = UnitPrice("0.0345", "USD")
    assert screw.times(1_000, rounding="half_up") == Money(3450, "USD")
    assert screw.times(1, rounding="down") == Money(3, "USD")
    assert not screw.is_whole
    assert UnitPrice.of_money(Money(5, "JPY")).is_whole
    assert pickle.loads(pickle.dumps(screw)) == screw
    assert hash(UnitPrice("0.10", "USD")) == hash(UnitPrice(Decimal("0.1"), "USD"))
    reader = TypeAdapter(UnitPrice)
    assert reader.validate_json(reader.dump_json(screw)) == screw


@pytest.mark.parametrize("amount", ["25%", 0.5, "NaN", "1e3", True, None, "-0", "9" * 5_000], ids=lambda v: str(v)[:6])
def test_unit_price_refuses(amount):
    with pytest.raises(InputError) as caught:
        UnitPrice(amount, "USD")
    assert caught.value.argument == "amount"
