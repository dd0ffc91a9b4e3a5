"""What is refused at the door: each with the name of the argument, none with an error of Python's."""

from datetime import date

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import Money
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Fixed,
    Item,
    Percent,
    PriceEnding,
    Target,
    Tax,
    arrays,
    break_even,
    cart_waterfall,
    charm,
    competitor_index,
    dead_zones,
    guard,
    landed_cost,
    optimal_price_constant,
    price_for,
    waterfall,
)


def cny(minor):
    return Money(minor, "CNY")


ADS = Percent(name="advertising", level="cm3", rate="10%")
TABLE = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[ADS])
ITEM, PRICE, TARGET = Item(cny(500)), cny(990), Target.margin("20%")
COLUMNS = arrays.Items(unit_cost=[500])


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("fees", lambda: waterfall(PRICE, {}, ITEM)),
        ("fees", lambda: price_for(TARGET, None, ITEM)),
        ("fees", lambda: dead_zones("table", ITEM)),
        ("fees", lambda: break_even(PRICE, None, ITEM)),
        ("fees", lambda: arrays.waterfall([990], None, COLUMNS)),
        ("fees", lambda: arrays.waterfall([990], [TABLE, "x"], COLUMNS, which=[0])),
        ("fees", lambda: arrays.price_for(TARGET, [], COLUMNS, which=[0])),
        ("item", lambda: waterfall(PRICE, TABLE, None)),
        ("item", lambda: price_for(TARGET, TABLE, {"unit_cost": 5})),
        ("items", lambda: arrays.price_for(TARGET, TABLE, {"unit_cost": 5})),
        ("price", lambda: waterfall(9.9, TABLE, ITEM)),
        ("target", lambda: price_for("20%", TABLE, ITEM)),
        ("target", lambda: arrays.price_for(0.2, TABLE, COLUMNS)),
        ("endings", lambda: price_for(TARGET, TABLE, ITEM, endings=".99")),
        ("endings", lambda: arrays.price_for(TARGET, TABLE, COLUMNS, endings=".99")),
        ("endings", lambda: charm(PRICE, 99)),
        ("floors", lambda: price_for(TARGET, TABLE, ITEM, floors=[PRICE])),
        ("ceilings", lambda: guard(PRICE, ceilings=PRICE)),
        ("lines", lambda: cart_waterfall(iter([]), TABLE)),
        ("which", lambda: arrays.waterfall([990], [TABLE], COLUMNS, which=[1])),
        ("weights", lambda: competitor_index(PRICE, [PRICE], weights=[0])),
        ("lines", lambda: landed_cost([], freight=PRICE)),
        ("residues", lambda: PriceEnding(100, ())),
        ("target_margin", lambda: Target.margin(25)),
    ],
)
def test_what_is_no_such_thing_is_refused_by_name(argument, call):
    with pytest.raises(InputError) as refusal:
        call()
    assert refusal.value.argument == argument


@pytest.mark.parametrize("rate", ["25", 25, "nan", "-1", 0.25, "1e400", None])
def test_a_fee_is_no_more_than_the_whole(rate):
    with pytest.raises(InputError):
        Percent(name="advertising", level="cm3", rate=rate)
    with pytest.raises(InputError):
        Tax(rate=rate)


@pytest.mark.parametrize(
    ("edges", "reason"),
    [
        ([], "empty"),
        ([500, 400, None], "overlapping"),
        ([500, 500, None], "overlapping"),
        ([None, None], "overlapping"),
        ([500], "open_end"),
    ],
)
def test_bands_reach_from_zero_to_the_end_without_overlap(edges, reason):
    bands = [Band(up_to=None if edge is None else cny(edge), rate="5%") for edge in edges]
    with pytest.raises(InputError) as refusal:
        Commission(name="commission", bands=bands)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "call",
    [
        lambda: waterfall(Money(990, "USD"), TABLE, ITEM),
        lambda: waterfall(PRICE, TABLE, Item(Money(500, "USD"))),
        lambda: price_for(Target.profit(Money(5, "USD")), TABLE, ITEM),
        lambda: price_for(TARGET, TABLE, ITEM, hi=Money(5, "USD")),
        lambda: arrays.price_for(Target.profit(Money(5, "USD")), TABLE, COLUMNS),
        lambda: TABLE.replace(Fixed(name="fixed", level="cm2", amount=Money(5, "USD"))),
    ],
)
def test_currencies_do_not_mix(call):
    with pytest.raises(CurrencyMismatchError):
        call()


def test_hostile_json_is_refused_before_it_is_read():
    good = TABLE.to_json()
    for text in ("[" * 100_000, " " * 1_000_001):
        with pytest.raises(LimitError):
            FeeTable.from_json(text)
    for new in ("0.1", "NaN", '"1e-999999"', '"0.' + "1" * 5000 + '"', "true", "[]"):
        with pytest.raises(InputError):
            FeeTable.from_json(good.replace('"0.1"', new))
    with pytest.raises(InputError):
        FeeTable.from_json(good.replace('"percent"', '"__import__"'))


def test_no_cost_price_is_told():
    with pytest.raises(InputError) as refusal:
        Item(cny(-98_765))
    assert "98" not in str(refusal.value)
    with pytest.raises(InputError) as refusal:
        arrays.price_for(TARGET, TABLE, arrays.Items(unit_cost=[-98_765]))
    assert "98" not in str(refusal.value)
    assert "500" not in repr(ITEM)


def test_an_optimum_beyond_all_numbers_is_none():
    assert optimal_price_constant(1e308, -1.0000001).reason == "no_finite_optimum"
