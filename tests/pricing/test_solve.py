"""The solver by example: traps of fee tables, limits, endings, and every reason for having no price."""

import pickle
from datetime import date

import pytest
from pricing_tables import brute_force

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models import Money, Rate
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
    charm,
    dead_zones,
    guard,
    price_for,
)

USD = "USD"


def usd(minor):
    return Money(minor, USD)


def table(*fees, **rest):
    return FeeTable(name="shop", currency=USD, valid_from=date(2026, 1, 1), fees=fees, **rest)


def slab(*pairs, **rest):
    return Commission(
        name="commission", bands=[Band(up_to=e if e is None else usd(e), rate=r) for e, r in pairs], **rest
    )


BEAUTY = table(slab((1000, "8%"), (None, "15%"), minimum=usd(30)))
ITEM = Item(usd(622))


def test_the_floor_and_the_ceiling_are_named_and_obeyed():
    target = Target.profit(usd(250))
    held = price_for(target, BEAUTY, ITEM, floors={"map": usd(1999), "cost": usd(700)}, ceilings={"list": usd(2999)})
    assert (held.smallest, held.binding) == (usd(1999), "map")
    free = price_for(target, BEAUTY, ITEM, floors={"cost": usd(700)})
    assert (free.smallest, free.binding) == (usd(948), None)


def test_every_reason_for_no_price():
    target = Target.profit(usd(250))
    over = price_for(target, BEAUTY, ITEM, ceilings={"lowest_30_days": usd(900)})
    assert (over.reason, over.nearest) == ("above_ceiling", usd(948))
    conflict = price_for(target, BEAUTY, ITEM, floors={"map": usd(3100)}, ceilings={"list": usd(2999)})
    assert conflict.reason == "floor_above_ceiling"
    none = price_for(target, BEAUTY, ITEM, endings=PriceEnding(1000, (999,)), lo=usd(1000), hi=usd(1900))
    assert none.reason == "no_ending_in_range"
    falling = table(slab((1000, "8%"), (None, "99%")), Fixed(name="x", level="cm2", amount=usd(100)))
    under = price_for(target, falling, Item(usd(300)), lo=usd(1001), hi=usd(2000))
    assert (under.reason, under.nearest) in {("below_floor", usd(707)), ("above_ceiling", under.nearest)}
    eaten = price_for(Target.margin("40%"), table(Percent(name="ads", level="cm3", rate="70%")), ITEM)
    assert eaten.reason == "fees_eat_price"
    assert dict(eaten.shares) == {"ads": eaten.shares[0][1], "target": eaten.shares[1][1]}
    assert "ads 70.00 %, target 40.00 %" in eaten.explain()
    for solution in (over, conflict, none, under, eaten):
        assert solution.smallest is None
        assert solution.waterfall is None
        assert solution.gaps == ()
        assert pickle.loads(pickle.dumps(solution)) == solution
        assert solution.to_dict()["reason"] == solution.reason


def test_a_price_that_no_higher_price_confirms():
    falling = table(slab((1000, "8%"), (None, "99.9%")))
    solution = price_for(Target.profit(usd(250)), falling, Item(usd(300)), hi=usd(5000))
    assert (solution.smallest, solution.stable) == (usd(598), None)
    assert "50.00 USD misses it" in solution.explain()
    assert solution.waterfall.profit >= usd(250)


def test_a_slab_meets_misses_and_meets_again():
    solution = price_for(Target.profit(usd(250)), BEAUTY, ITEM)
    assert [gap.explain() for gap in solution.gaps] == ["10.01 to 10.25 USD"]
    assert solution.waterfall.price == 1026


def test_endings_several_and_far_apart():
    solution = price_for(Target.profit(usd(250)), BEAUTY, ITEM, endings=PriceEnding(1000, (10, 480, 990)))
    assert solution.smallest == usd(990)
    assert solution.stable == usd(1480)
    assert solution.to_dict()["waterfall"]["price"] == 1480


def test_currencies_and_signs():
    with pytest.raises(CurrencyMismatchError):
        price_for(Target.profit(Money(1, "EUR")), BEAUTY, ITEM)
    with pytest.raises(CurrencyMismatchError):
        price_for(Target.margin("10%"), BEAUTY, ITEM, hi=Money(1, "EUR"))
    with pytest.raises(CurrencyMismatchError):
        price_for(Target.margin("10%"), BEAUTY, ITEM, floors={"x": Money(1, "EUR")})
    with pytest.raises(InputError, match="lo"):
        price_for(Target.margin("10%"), BEAUTY, ITEM, lo=usd(0))
    with pytest.raises(InputError, match="target"):
        price_for("20%", BEAUTY, ITEM)
    for wrong in ("1", "25", 25, 0.2, "-0.1"):
        with pytest.raises(InputError):
            Target.margin(wrong)


@pytest.mark.parametrize("rates", [("75%",), ("50%", "25%"), ("1/3", "5/12"), ("50%", "12.5%", "1/8")])
@pytest.mark.parametrize("cost", [0, 1, 2, 500])
def test_fees_and_target_that_take_every_further_cent_are_answered(rates, cost):
    # All of a higher price is taken, so a period of the roundings decides for every price there is.
    flat = table(*(Percent(name=f"fee {i}", level="cm3", rate=rate) for i, rate in enumerate(rates)))
    target, item = Target.margin("25%"), Item(usd(cost))
    found = price_for(target, flat, item)
    smallest = brute_force(target, flat, item, None, 1, 2000)[0]
    assert (None if found.smallest is None else found.smallest.minor) == smallest
    assert found.reason == ("fees_eat_price" if smallest is None else None)
    twin = arrays.price_for(target, flat, arrays.Items(unit_cost=[cost, cost]))
    assert twin.smallest.tolist() == [-1 if smallest is None else smallest] * 2
    assert twin.reasons == [found.reason] * 2


def test_what_rounding_alone_decides_is_said():
    # Ninths, thirteenths, thousandths and a tax of 13 % inside repeat after more prices than are tried; none meets.
    fees = [Percent(name=name, level="cm3", rate=rate, base="net") for name, rate in (("a", "2/9"), ("b", "1/13"))]
    flat = table(*fees, Percent(name="c", level="cm3", rate="7/1000"), tax=Tax(rate="13%"))
    target = Target.margin_on_gross(Rate(1) / Rate("1.13") * (1 - Rate("2/9") - Rate("1/13")) - Rate("7/1000"))
    item = Item(usd(2))
    found = price_for(target, flat, item)
    assert (found.smallest, found.stable, found.reason) == (None, None, "undecided")
    assert "undecided; of one more unit of price: tax 11.50 %" in found.explain()
    assert sum((share for _, share in found.shares), Rate(0)) == 1
    assert found.to_dict()["reason"] == "undecided"
    twin = arrays.price_for(target, flat, arrays.Items(unit_cost=[2, 900]))
    assert twin.reasons == ["undecided", "fees_eat_price"]
    assert "1 undecided" in twin.explain()


def test_dead_zones_under_fees_above_the_whole_price():
    falling = table(slab((1000, "10%"), (None, "100%")), Percent(name="ads", level="cm3", rate="20%"))
    zones = dead_zones(falling, ITEM, hi=usd(3000))
    assert [zone.explain() for zone in zones] == ["10.01 to 30.00 USD"]
    assert dead_zones(table(tax=Tax(rate="20%")), ITEM) == ()


def test_a_minimum_makes_no_dead_zone_of_rounding():
    assert dead_zones(table(slab((None, "15%"), minimum=usd(30), cap=usd(500))), ITEM) == ()


@pytest.mark.parametrize(
    ("price", "endings", "direction", "expected"),
    [
        (1310, PriceEnding(100, (99,)), "nearest", 1299),
        (1349, PriceEnding(100, (99,)), "nearest", 1399),
        (12801, PriceEnding(1000, (800,)), "up", 13800),
        (1234, PriceEnding(100, (80, 98)), "down", 1198),
        (50, PriceEnding(100, (99,)), "down", None),
        (50, PriceEnding(100, (99,)), "nearest", 99),
        (99, PriceEnding(100, (99,)), "down", 99),
    ],
)
def test_charm_prices(price, endings, direction, expected):
    found = charm(usd(price), endings, direction=direction)
    assert found == (None if expected is None else usd(expected))


def test_charm_never_goes_under_a_floor():
    nines = PriceEnding(100, (99,))
    assert charm(usd(1310), nines, direction="down", floor=usd(1300)) == usd(1399)
    assert charm(usd(1310), nines, direction="up", floor=usd(2000)) == usd(2099)
    with pytest.raises(InputError):
        charm(usd(-1), nines)


@pytest.mark.parametrize("fields", [(0, (0,)), (100, ()), (100, (100,)), (100, (-1,)), (100, "99"), (100, (9.5,))])
def test_endings_that_cannot_be(fields):
    with pytest.raises(InputError):
        PriceEnding(*fields)


def test_guards():
    assert guard(usd(1899), floors={"cost": usd(1750), "map": usd(1999)}).binding == "map"
    assert guard(usd(1899), ceilings={"list": usd(1500)}).price == usd(1500)
    assert guard(usd(1899)).explain() == "18.99 USD, inside all limits"
    conflict = guard(usd(1899), floors={"cost": usd(3100)}, ceilings={"list": usd(2999)})
    assert (conflict.price, conflict.reason, conflict.conflict) == (None, "conflict", ("cost", "list"))
    with pytest.raises(CurrencyMismatchError):
        guard(usd(1), floors={"x": Money(1, "EUR")})
