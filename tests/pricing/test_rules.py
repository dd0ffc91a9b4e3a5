"""Price rules by example and by their traps; break-evens and levers."""

import json
from datetime import date, datetime

import pytest

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models import Money, Rate, RoundingPolicy, UnitPrice
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Fixed,
    Item,
    Percent,
    PriceBreak,
    PriceChange,
    PurchaseLine,
    Rung,
    Target,
    Tax,
    activity_entry,
    break_even,
    break_even_roas,
    break_even_units,
    check_price_ladder,
    check_roi_rule,
    commission,
    competitor_index,
    deepest_discount,
    highest_click_price,
    landed_cost,
    margin,
    payment_fee,
    price_with_margin,
    prior_price,
    profit_levers,
    reduction,
    sensitivity,
    tax_on_lines,
    tier_inversions,
    tier_prices,
    waterfall,
)


def eur(minor):
    return Money(minor, "EUR")


FEES = FeeTable(
    name="shop",
    currency="EUR",
    valid_from=date(2026, 1, 1),
    tax=Tax(rate="20%"),
    fees=[
        Commission(name="commission", bands=[Band(up_to=eur(5000), rate="8%"), Band(up_to=None, rate="15%")]),
        Fixed(name="packaging", level="cm2", amount=eur(120)),
        Percent(name="ads", level="cm3", rate="10%"),
    ],
)
ITEM = Item(eur(2000))


def test_break_even_of_every_input_is_where_the_next_unit_loses():
    found = break_even(eur(9000), FEES, ITEM, conversion_rate="2%", fixed_cost=eur(100000))
    sale = waterfall(eur(9000), FEES, ITEM)
    assert waterfall(found.price, FEES, ITEM).profit >= eur(0)
    assert waterfall(found.price - eur(1), FEES, ITEM).profit < eur(0)
    assert waterfall(eur(9000), FEES, Item(found.unit_cost)).profit >= eur(0)
    assert waterfall(eur(9000), FEES, Item(found.unit_cost + eur(1))).profit < eur(0)
    assert found.ad_cost == sale.cm2
    assert found.roas_net * sale.cm2.minor == sale.net.minor
    assert found.roas_gross == 1 / found.acos
    assert found.click_price == sale.cm2.times("2%", rounding="floor")
    assert sale.profit * found.units >= eur(100000) > sale.profit * (found.units - 1)
    assert "ROAS as platforms show it" in found.explain()
    json.dumps(found.to_dict())


def test_break_evens_that_do_not_exist():
    found = break_even(eur(100), FEES, Item(eur(5000)))
    assert (found.roas_net, found.acos, found.unit_cost) == (None, None, None)
    assert found.discount.reason == "already_missed"
    assert break_even_units(eur(1), eur(0)).reason == "no_contribution"
    assert break_even_units(eur(0), eur(-5)).units == 0
    assert break_even_roas(eur(100), eur(0)) is None
    assert highest_click_price(eur(-100), "2%") == eur(0)
    with pytest.raises(InputError, match="conversion_rate"):
        highest_click_price(eur(100), "25")
    with pytest.raises(CurrencyMismatchError):
        break_even_roas(eur(100), Money(1, "USD"))


def test_the_deepest_discount_stops_before_a_dead_zone():
    # Above 50.00 the whole price pays 15 %: prices just above it may lose what prices just below keep.
    deepest = deepest_discount(eur(9000), FEES, ITEM, target=Target.profit(eur(1150)))
    assert waterfall(deepest.price - eur(1), FEES, ITEM).profit < eur(1150)
    for price in range(deepest.price.minor, 9001):
        assert waterfall(eur(price), FEES, ITEM).profit >= eur(1150)
    assert deepest.discount + deepest.price == eur(9000)


def test_the_roi_rule_by_name():
    sale = waterfall(eur(12000), FEES.evolve(fees=()), Item(eur(6000)))
    rule = check_roi_rule(sale)
    assert rule.passes
    assert "40.00 % of net" in rule.explain()
    assert not check_roi_rule(waterfall(eur(12000), FEES.evolve(fees=()), Item(eur(6001)))).passes
    with pytest.raises(InputError):
        check_roi_rule(sale, ratio=0)


def test_levers():
    levers = profit_levers(eur(10000), eur(6000), units=1000, fixed_cost=eur(4000000))
    assert levers.price is None
    assert "undefined" in levers.explain()
    found = sensitivity(eur(9000), FEES, ITEM)
    raised = waterfall(eur(9090), FEES, ITEM).profit - waterfall(eur(9000), FEES, ITEM).profit
    assert found.lever("price").change == raised
    ads = found.lever("ads")
    assert ads.break_even == ads.today + found.profit
    with pytest.raises(InputError, match="name"):
        found.lever("nothing")
    with pytest.raises(InputError, match="step"):
        sensitivity(eur(9000), FEES, ITEM, step=0)


def test_small_functions_refuse_what_cannot_be():
    with pytest.raises(InputError, match="target_margin"):
        price_with_margin(eur(100), "1")
    with pytest.raises(CurrencyMismatchError):
        margin(eur(100), Money(1, "USD"))
    schedule = Commission(name="c", bands=[Band(up_to=eur(100), rate="8%"), Band(up_to=None, rate="1%")])
    with pytest.raises(CurrencyMismatchError):
        commission(Money(1, "USD"), schedule)
    with pytest.raises(InputError):
        commission(eur(-1), schedule)
    with pytest.raises(InputError):
        payment_fee(eur(100), "25")
    with pytest.raises(InputError, match="cap"):
        payment_fee(eur(100), "2%", minimum=eur(5), cap=eur(1))
    with pytest.raises(InputError, match="at least one line"):
        tax_on_lines([], "5%", policy=RoundingPolicy("line"))
    assert price_with_margin(eur(0), "30%") == eur(1)


def test_payment_fee_minimum_and_cap():
    assert payment_fee(eur(100), "2.9%", fixed=eur(30), minimum=eur(50)) == eur(50)
    assert payment_fee(eur(100000), "2.9%", fixed=eur(30), cap=eur(500)) == eur(500)


def test_prior_price_evidence_and_chains():
    history = [
        PriceChange(date(2026, 1, 1), eur(10000)),
        PriceChange(date(2026, 5, 10), eur(9000)),
        PriceChange(date(2026, 5, 20), eur(8000)),
    ]
    plain = prior_price(history, date(2026, 6, 1))
    assert (plain.price, plain.since, plain.first_day, plain.carried_in) == (
        eur(8000),
        date(2026, 5, 20),
        date(2026, 5, 20),
        False,
    )
    chained = prior_price(history, date(2026, 5, 20), chain=[date(2026, 5, 10)])
    assert (chained.price, chained.start, chained.carried_in) == (eur(10000), date(2026, 5, 10), True)
    assert prior_price(history[::-1], date(2026, 6, 1)) == plain


def test_prior_price_without_history_and_new_articles():
    assert prior_price([], date(2026, 6, 1)).reason == "no_history"
    new = prior_price([PriceChange(date(2026, 5, 20), eur(9000))], date(2026, 6, 1))
    assert (new.price, new.covered) == (eur(9000), False)
    assert "not on sale" in new.explain()
    late = prior_price([PriceChange(date(2026, 6, 1), eur(5000))], date(2026, 6, 1))
    assert late.price is None
    with pytest.raises(InputError, match="a date, not an instant"):
        PriceChange(datetime(2026, 1, 1), eur(1))  # noqa: DTZ001
    with pytest.raises(InputError, match="start"):
        prior_price([], datetime(2026, 1, 1))  # noqa: DTZ001


def test_reduction_and_entry_say_why():
    assert reduction(eur(0), eur(0)).rate is None
    assert reduction(eur(9000), eur(8000)).announce
    assert activity_entry(eur(9000), eur(9000), sales=50).eligible
    assert "at most 90.00 EUR" in activity_entry(eur(9000), eur(9001), sales=49).explain()


def test_ladder():
    fine = check_price_ladder([Rung("a", eur(1000), 5), Rung("b", eur(1000), 0), Rung("c", eur(1500), 1)])
    assert fine.passes
    steep = check_price_ladder([Rung("a", eur(1000), 5), Rung("c", eur(2500), 1)], max_step="100%")
    assert [flag.code for flag in steep.flags] == ["step_too_large"]
    assert steep.flags[0].value == Rate("1.5")
    with pytest.raises(InputError):
        check_price_ladder([])
    with pytest.raises(CurrencyMismatchError):
        check_price_ladder([Rung("a", eur(1000), 5), Rung("c", Money(1, "USD"), 1)])


def test_tiers_are_inverted_exactly_where_buying_more_is_cheaper():
    breaks = tier_prices(eur(1000), [(1, 0), (10, "10%"), (50, "15%"), (60, "40%")])
    inverted = {n for found in tier_inversions(breaks) for n in range(found.first, found.last + 1)}

    def total(n):
        return n * [entry.price.minor for entry in breaks if entry.quantity <= n][-1]

    assert inverted == {n for n in range(1, 60) if any(total(m) < total(n) for m in range(n + 1, 61))}
    for wrong in ([], [PriceBreak(5, eur(1)), PriceBreak(5, eur(1))]):
        with pytest.raises(InputError):
            tier_inversions(wrong)


def test_competitors():
    found = competitor_index(eur(1000), [eur(800), eur(1000), eur(1200), eur(4000)], weights=[1, 2, 1, 0])
    assert (found.index, found.to_lowest, found.to_median, found.rank) == (1, Rate("1.25"), Rate("10/11"), 2)
    assert competitor_index(eur(1000), [eur(0)]).index is None
    for wrong in ({"competitors": []}, {"competitors": [eur(1)], "weights": [0]}):
        with pytest.raises(InputError):
            competitor_index(eur(1), **wrong)


def test_landed_cost_keeps_totals():
    lines = [PurchaseLine(3, UnitPrice("0.3333", "USD"), weight=10), PurchaseLine(7, UnitPrice("1", "USD"), weight=1)]
    for by in ("weight", "quantity", "value"):
        found = landed_cost(lines, freight=Money(1000, "USD"), duty="7.5%", by=by)
        assert sum(line.freight.minor for line in found.lines) == 1000
        assert sum(line.total.minor for line in found.lines) == found.total.minor
    assert "0.33" not in repr(found)
    with pytest.raises(InputError, match="weights"):
        landed_cost([PurchaseLine(3, UnitPrice("1", "USD"))], freight=Money(1, "USD"))
    with pytest.raises(InputError, match="fx"):
        landed_cost(lines, freight=Money(1, "USD"), currency="CNY")
    with pytest.raises(CurrencyMismatchError):
        landed_cost(lines, freight=eur(1))
    with pytest.raises(InputError, match="at least one line"):
        landed_cost([], freight=eur(1))
