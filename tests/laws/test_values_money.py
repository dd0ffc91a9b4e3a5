"""Laws of Money: parts sum to the whole, signs mirror, text and JSON lose nothing."""

import json
import pickle
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shopcore._rounding import ROUNDINGS
from shopcore.models import Money
from shopcore.models._allocation import allocate_capped_minor
from shopcore.testing import currencies, money, rates, same_currency_money

READER = TypeAdapter(Money)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any)
MODES = st.sampled_from(("largest_remainder", "first"))
ROUNDING = st.sampled_from(ROUNDINGS)


@given(money(), WEIGHTS, MODES)
def test_parts_sum_to_the_whole_within_one_unit_of_their_quota(whole, weights, mode):
    parts = whole.allocate(weights, mode=mode)
    assert Money.total(parts, whole.currency) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(whole.minor * weight, sum(weights))) < 1
        assert weight or part.minor == 0


@given(money(), WEIGHTS)
def test_no_other_split_is_nearer_to_the_quotas(whole, weights):
    # Largest remainder minimises the sum of squared errors: moving one unit never helps.
    parts = [part.minor for part in whole.allocate(weights)]
    errors = [part - Fraction(whole.minor * weight, sum(weights)) for part, weight in zip(parts, weights, strict=True)]
    for giver, taker in product(range(len(parts)), repeat=2):
        if giver != taker:
            assert (errors[giver] - 1) ** 2 + (errors[taker] + 1) ** 2 >= errors[giver] ** 2 + errors[taker] ** 2


@given(money(), WEIGHTS, MODES)
def test_signs_mirror(whole, weights, mode):
    assert [-part for part in whole.allocate(weights, mode=mode)] == list((-whole).allocate(weights, mode=mode))


@given(money(), st.lists(rates(high=5), min_size=1, max_size=6).filter(any), st.integers(1, 50))
def test_the_scale_of_the_weights_does_not_matter(whole, weights, factor):
    assert whole.allocate(weights) == whole.allocate([weight * factor for weight in weights])


@given(money(), st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 2_000)), min_size=1, max_size=8))
def test_capped_parts_respect_every_cap(whole, pairs):
    if not any(weight for weight, _ in pairs):
        return
    weights, limits = zip(*pairs, strict=True)
    caps = [Money(cap, whole.currency) for cap in limits]
    parts, rest = whole.allocate_capped(weights, caps)
    assert Money.total(parts, whole.currency) + rest == whole
    for part, cap, weight in zip(parts, caps, weights, strict=True):
        assert abs(part) <= cap
        assert weight or part.minor == 0
    if rest.minor:
        assert all(abs(part) == cap for part, cap, weight in zip(parts, caps, weights, strict=True) if weight)
    mirrored, left = (-whole).allocate_capped(weights, caps)
    assert ([-part for part in mirrored], -left) == (list(parts), rest)


@given(st.integers(0, 40), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 15)), min_size=1, max_size=5))
def test_capped_parts_are_the_water_level(total, pairs):
    """A part is at its cap, or within one unit of the common level per weight."""
    if not any(weight for weight, _ in pairs):
        return
    weights, caps = zip(*pairs, strict=True)
    parts, rest = allocate_capped_minor(total, weights, caps)
    below = [(part, weight) for part, weight, cap in zip(parts, weights, caps, strict=True) if weight and part < cap]
    if not below:
        return
    assert rest == 0
    level = max(Fraction(part - 1, weight) for part, weight in below)
    for part, weight, cap in zip(parts, weights, caps, strict=True):
        if weight:
            assert part == cap or part + 1 >= level * weight


@given(money(low=0), WEIGHTS)
def test_caps_that_do_not_bind_change_nothing(whole, weights):
    parts, rest = whole.allocate_capped(weights, [whole] * len(weights))
    assert (parts, rest.minor) == (whole.allocate(weights), 0)


@given(money(), st.integers(1, 200))
def test_split_is_equal_allocation(whole, count):
    parts = whole.split(count)
    assert parts == whole.allocate([1] * count)
    assert max(parts) - min(parts) <= Money(1, whole.currency)


@given(money(), rates(high=2), ROUNDING)
def test_net_and_tax_sum(amount, rate, rounding):
    net, tax = amount.split_tax(rate, included=True, rounding=rounding)
    assert net + tax == amount
    assert abs(net.minor - amount.minor / (1 + rate.as_fraction())) < 1
    base, added = amount.split_tax(rate, included=False, rounding=rounding)
    assert base == amount
    assert added == amount.times(rate, rounding=rounding)


@given(money(), rates(low=-2, high=2), ROUNDING, st.sampled_from((1, 5, 100)))
def test_times_rounds_the_exact_product_once(amount, rate, rounding, step):
    found = amount.times(rate, rounding=rounding, step=step).minor
    exact = amount.minor * rate.as_fraction()
    assert found % step == 0
    assert abs(found - exact) < step
    if rounding.startswith("half"):
        assert 2 * abs(found - exact) <= step


@given(money(), currencies(), rates(low=Fraction(1, 1_000), high=1_000), ROUNDING)
def test_conversion_is_exact_to_half_a_unit(amount, target, rate, rounding):
    found = amount.convert(target, rate, rounding=rounding)
    exact = Fraction(amount.minor, amount.currency.factor) * rate.as_fraction() * target.factor
    assert abs(found.minor - exact) < 1
    assert found.currency is target


@given(same_currency_money(min_size=1))
def test_the_order_of_lines_is_irrelevant(lines):
    code = lines[0].currency
    assert Money.total(lines, code) == Money.total(reversed(lines), code) == Money.total(sorted(lines), code)
    running = Money(0, code)
    for line in lines:
        running = running + line - line + line
    assert running == Money.total(lines, code)


@given(money())
def test_round_trips(amount):
    code = amount.currency
    assert Money.parse(amount.text, code) == amount
    assert Money.of(amount.amount, code) == amount
    assert READER.validate_json(READER.dump_json(amount)) == amount
    assert READER.validate_json(json.dumps({"amount": amount.text, "currency": code.code})) == amount
    assert pickle.loads(pickle.dumps(amount)) == amount
    assert eval(repr(amount)) == amount  # noqa: S307  # our own repr


@given(money(), money())
def test_hash_and_order_agree_with_equality(left, right):
    assert (left == right) == (left.minor == right.minor and left.currency is right.currency)
    assert left != right or hash(left) == hash(right)
    if left.currency is right.currency:
        assert (left < right) + (left == right) + (left > right) == 1
        assert (left <= right) == (not left > right)


@given(st.text(max_size=45))
def test_any_text_is_money_that_reads_back_or_our_error(text):
    try:
        found = Money.parse(text, "CLF")
    except ValueError as error:
        assert type(error).__module__ == "shopcore.errors"  # noqa: PT017  # either end is right
    else:
        assert text.isascii()
        assert Money.parse(found.text, "CLF") == found
