"""Laws of the waterfall, the solver and the array twins over random fee tables."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.models import Money
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Fixed,
    Freight,
    FreightTemplate,
    Item,
    PaymentFee,
    Percent,
    PriceEnding,
    Region,
    ReturnLoss,
    Target,
    Tax,
    arrays,
    dead_zones,
    price_for,
    waterfall,
)

SEEDS = st.integers(0, 2**32)
CURRENCIES = ("CNY", "USD", "JPY", "KWD", "EUR")
ROUNDINGS = ("half_up", "half_up", "half_even", "half_down", "up", "down", "ceiling", "floor")


def random_rate(rng, top=300):
    return rng.choice((f"0.{rng.randrange(top):03d}", f"{rng.randrange(1, 30)}/{rng.randrange(100, 331)}"))


def random_commission(rng, money):
    edges = sorted(rng.sample(range(50, 6000), rng.randrange(3)))
    bands = [Band(up_to=money(edge), rate=random_rate(rng)) for edge in edges]
    low, high = sorted((rng.randrange(200), rng.randrange(100, 2000)))
    return Commission(
        name="commission",
        mode=rng.choice(("slab", "marginal")),
        base=rng.choice(("gross", "net")),
        per=rng.choice(("unit", "order")),
        bands=[*bands, Band(up_to=None, rate=random_rate(rng))],
        minimum=rng.choice((None, money(low))),
        cap=rng.choice((None, money(high))),
        rounding=rng.choice(ROUNDINGS),
    )


def random_freight(rng, money):
    template = FreightTemplate(
        first_weight=rng.choice((500, 1000)),
        first_fee=money(rng.randrange(800)),
        step_weight=rng.choice((100, 500, 1000)),
        step_fee=money(rng.randrange(200)),
        divisor=rng.choice((None, 5000, 6000)),
        regions=[Region(name="far", surcharge=money(300), step_surcharge=rng.choice((None, money(50))))],
    )
    return Freight(name="freight", template=template)


def random_table(rng):
    currency = rng.choice(CURRENCIES)

    def money(minor):
        return Money(minor, currency)

    choices = [
        random_commission(rng, money),
        PaymentFee(
            name="payment", rate=random_rate(rng, 40), fixed=money(rng.randrange(40)), rounding=rng.choice(ROUNDINGS)
        ),
        random_freight(rng, money),
        Fixed(name="packaging", level="cm2", amount=money(rng.randrange(90)), per=rng.choice(("unit", "order"))),
        ReturnLoss(
            name="returns",
            rate=random_rate(rng, 120),
            freight=money(rng.randrange(900)),
            loss_share=random_rate(rng, 900),
            basis=rng.choice(("kept", "shipped")),
        ),
        Percent(name="ads", level="cm3", rate=random_rate(rng, 150), rounding=rng.choice(ROUNDINGS)),
        Percent(name="overhead", level="overhead", rate=random_rate(rng, 80), base=rng.choice(("net", "cost"))),
        Percent(name="fuel", level="cm2", rate=random_rate(rng, 200), base="freight"),
    ]
    rng.shuffle(choices)
    tax = Tax(rate=rng.choice(("0", "0.13", "0.06", "0.2", "0.08875", "1/3")), included=rng.random() < 0.7)
    # Bands make the search hard: most tables have them.
    choices.sort(key=lambda fee: fee.kind != "commission" or rng.random() < 0.3)
    fees = choices[: rng.randrange(len(choices) + 1)]
    return FeeTable(name="shop", currency=currency, valid_from=date(2026, 1, 1), tax=tax, fees=fees)


def random_item(rng, currency, *, quantities=(1, 1, 1, 2, 3)):
    return Item(
        Money(rng.randrange(2500), currency),
        quantity=rng.choice(quantities),
        weight=rng.randrange(4000),
        size=rng.choice((None, (rng.randrange(1, 600), 200, 150))),
    )


def slow_amount(fee, gross, net, units, one_gross, one_net, cost, freight):
    """One fee in rational numbers, straight from its definition."""
    base = {"gross": gross, "net": net, "cost": cost, "freight": freight}
    kind = fee.kind
    if kind == "percent":
        return slow_round(Fraction(base[fee.base]) * fee.rate.as_fraction(), fee.rounding)
    if kind == "fixed":
        return fee.amount.minor * (units if fee.per == "unit" else 1)
    if kind == "payment":
        fixed = fee.fixed.minor if fee.fixed is not None else 0
        return slow_round(Fraction(base[fee.base]) * fee.rate.as_fraction() + fixed, fee.rounding)
    if kind == "return_loss":
        lost = fee.freight.minor + fee.loss_share.as_fraction() * cost
        if fee.basis == "shipped":
            lost += net - cost
        return slow_round(fee.rate.as_fraction() * lost, fee.rounding)
    assert kind == "commission"
    on = {("gross", "unit"): one_gross, ("net", "unit"): one_net, ("gross", "order"): gross, ("net", "order"): net}
    amount = slow_commission(fee, on[fee.base, fee.per])
    return amount * units if fee.per == "unit" else amount


def slow_commission(fee, base):
    exact, low = Fraction(0), 0
    for band in fee.bands:
        high = base if band.up_to is None else min(base, band.up_to.minor)
        if fee.mode == "marginal":
            exact += max(0, high - low) * band.rate.as_fraction()
            low = max(low, high)
        elif band.up_to is None or base <= band.up_to.minor:
            exact = base * band.rate.as_fraction()
            break
    amount = slow_round(exact, fee.rounding)
    if fee.minimum is not None:
        amount = max(amount, fee.minimum.minor)
    return amount if fee.cap is None else min(amount, fee.cap.minor)


def slow_round(exact, mode):
    size, sign = abs(exact), -1 if exact < 0 else 1
    low = size.numerator // size.denominator
    rest = size - low
    up = {
        "half_up": rest >= Fraction(1, 2),
        "half_down": rest > Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low % 2 == 1),
        "up": rest > 0,
        "down": False,
        "ceiling": rest > 0 and sign > 0,
        "floor": rest > 0 and sign < 0,
    }[mode]
    return sign * (low + up)


def random_target(rng, currency):
    return rng.choice(
        (
            lambda: Target.profit(Money(rng.randrange(-50, 900), currency)),
            lambda: Target.margin(random_rate(rng, 400), plus=rng.choice((None, Money(rng.randrange(90), currency)))),
            lambda: Target.margin_on_gross(random_rate(rng, 300)),
            lambda: Target.markup(random_rate(rng, 900)),
            lambda: Target.roi(random_rate(rng, 400)),
        )
    )()


def random_endings(rng):
    return rng.choice(
        (
            None,
            None,
            PriceEnding(100, (99,)),
            PriceEnding(100, (90, 99)),
            PriceEnding(10, (8,)),
            PriceEnding(1000, (0, 95, 480)),
        )
    )


def hard_target(rng, table, item):
    """Half of the targets are met exactly at a price where a fee changes, or anywhere."""
    if rng.random() < 0.5:
        return random_target(rng, table.currency)
    bands = [band for fee in table.fees if fee.kind == "commission" for band in fee.bands[:-1]]
    edges = [band.up_to for band in bands] or [Money(rng.randrange(1, 3000), table.currency)]
    return Target.profit(waterfall(rng.choice(edges), table, item).profit)


def meets(target, sale):
    """The target in rational numbers, from its wording."""
    if target.kind == "profit":
        return sale.profit >= target.amount
    plus = 0 if target.amount is None else target.amount.minor
    costs = sum(line.amount.minor for line in sale.lines)
    of = {"margin": sale.net, "margin_on_gross": sale.gross, "markup": sale.line("goods")}
    base = costs if target.kind == "roi" else of[target.kind].minor
    return sale.profit.minor >= target.rate.as_fraction() * base + plus


def brute_force(target, table, item, endings, low, high):
    """Smallest and stable price by trying every allowed price."""
    smallest, stable = None, None
    for price in range(low, high + 1):
        if endings is not None and price % endings.modulus not in endings.residues:
            continue
        if meets(target, waterfall(Money(price, table.currency), table, item)):
            smallest = price if smallest is None else smallest
            stable = price if stable is None else stable
        else:
            stable = None
    return smallest, stable


def check_against_brute_force(seed, high):
    rng = random.Random(seed)
    table = random_table(rng)
    item = random_item(rng, table.currency)
    target, endings, low = hard_target(rng, table, item), random_endings(rng), rng.choice((1, 1, 700))
    limits = {"lo": Money(low, table.currency), "hi": Money(high, table.currency)}
    solution = price_for(target, table, item, endings=endings, **limits)
    found = tuple(None if price is None else price.minor for price in (solution.smallest, solution.stable))
    assert found == brute_force(target, table, item, endings, low, high)
    assert (solution.reason is None) == (solution.smallest is not None)
    return solution


@given(SEEDS)
def test_the_solver_is_equal_to_trying_every_price(seed):
    check_against_brute_force(seed, 1500)


@pytest.mark.heavy
def test_the_solver_is_equal_to_trying_every_price_on_2000_tables():
    reasons = Counter()
    for seed in range(2000):
        solution = check_against_brute_force(seed, 6000)
        reasons[solution.reason or ("stable later" if solution.smallest != solution.stable else "one price")] += 1
    assert reasons["stable later"] > 200, reasons


@given(SEEDS)
def test_gaps_are_where_the_target_is_missed_above_the_smallest_price(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    item, target = random_item(rng, table.currency), random_target(rng, table.currency)
    solution = price_for(target, table, item, hi=Money(1500, table.currency))
    if solution.smallest is None:
        return
    missed = {price for gap in solution.gaps for price in range(gap.low.minor, gap.high.minor + 1)}
    for price in range(solution.smallest.minor, 1501):
        assert (price in missed) != meets(target, waterfall(Money(price, table.currency), table, item))


@given(SEEDS)
def test_a_dead_price_earns_less_than_the_price_before_the_zone(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    item = random_item(rng, table.currency)

    def profit(price):
        return waterfall(Money(price, table.currency), table, item).profit

    for zone in dead_zones(table, item, hi=Money(8000, table.currency)):
        best = profit(zone.low.minor - 1)
        assert profit(zone.low.minor) < best
        assert all(profit(price) < best for price in range(zone.low.minor, min(zone.high.minor, 8000) + 1))
        assert zone.high.minor == 8000 or profit(zone.high.minor + 1) > profit(zone.high.minor)


@given(SEEDS)
def test_a_higher_target_needs_no_lower_price(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    item = random_item(rng, table.currency)
    prices = [
        price_for(Target.profit(Money(amount, table.currency)), table, item, hi=Money(9000, table.currency)).smallest
        for amount in (0, 100, 300)
    ]
    known = [price for price in prices if price is not None]
    assert known == sorted(known)
    assert prices[: len(known)] == known


@given(SEEDS)
def test_every_line_is_its_definition_in_rational_numbers(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    item = random_item(rng, table.currency)
    price, units = rng.randrange(8000), item.quantity
    sale = waterfall(Money(price, table.currency), table, item)
    rate = table.tax.rate.as_fraction()

    def split(asked):
        if table.tax.included:
            return asked, slow_round(asked / (1 + rate), "half_up")
        return asked + slow_round(asked * rate, "half_up"), asked

    gross, net = split(price * units)
    assert (sale.gross.minor, sale.net.minor) == (gross, net)
    one_gross, one_net = split(price)
    cost = item.unit_cost.minor * units
    freight = sum(sale.line(fee.name).minor for fee in table.fees if fee.kind == "freight")
    for fee in table.fees:
        if fee.kind != "freight":
            expected = slow_amount(fee, gross, net, units, one_gross, one_net, cost, freight)
            assert sale.line(fee.name).minor == expected, fee


@given(SEEDS)
def test_gross_is_tax_and_lines_and_profit(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    item = random_item(rng, table.currency)
    sale = waterfall(Money(rng.randrange(8000), table.currency), table, item)
    lines = Money.total((line.amount for line in sale.lines), table.currency)
    assert sale.gross == sale.tax + lines + sale.profit
    by_level = [line.amount for line in sale.lines if line.level == "overhead"]
    assert sale.profit == sale.cm3 - Money.total(by_level, table.currency)
    assert sale.contribution("overhead") == sale.profit
    assert sale.pocket == sale.profit + sale.net - sale.cm1 + sale.cm3 - sale.profit
    if sale.margin is not None:
        assert sale.margin * sale.net.minor == sale.profit.minor


@given(SEEDS)
def test_a_table_survives_json(seed):
    table = random_table(random.Random(seed))
    assert FeeTable.from_json(table.to_json()) == table


def columns_of(items):
    return arrays.Items(
        unit_cost=np.array([item.unit_cost.minor for item in items]),
        quantity=np.array([item.quantity for item in items]),
        weight=np.array([item.weight for item in items]),
        volume=np.array([item.volume for item in items]),
        region=[item.region for item in items],
    )


def random_rows(rng, currency, count):
    def region():
        return rng.choice((None, "far"))

    return [replace(random_item(rng, currency), region=region()) for _ in range(count)]


@given(SEEDS)
def test_the_twin_of_the_waterfall_equals_it_row_by_row(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    items = random_rows(rng, table.currency, 20)
    prices = [rng.randrange(8000) for _ in items]
    found = arrays.waterfall(prices, table, columns_of(items))
    assert (found.gross == found.tax + sum(found.amounts) + found.profit).all()
    for row, (price, item) in enumerate(zip(prices, items, strict=True)):
        sale = waterfall(Money(price, table.currency), table, item)
        assert [amount[row] for amount in found.amounts] == list(sale.amounts)
        assert (found.gross[row], found.net[row], found.profit[row]) == (
            sale.gross_minor,
            sale.net_minor,
            sale.profit_minor,
        )
        for level in ("cm1", "cm2", "cm3", "overhead"):
            assert found.contribution(level)[row] == sale.contribution(level).minor


@given(SEEDS)
def test_the_twin_takes_a_table_for_each_row(seed):
    rng = random.Random(seed)
    tables = [random_table(rng) for _ in range(4)]
    tables = [table for table in tables if table.currency == tables[0].currency]
    items = random_rows(rng, tables[0].currency, 12)
    prices = [rng.randrange(8000) for _ in items]
    which = [rng.randrange(len(tables)) for _ in items]
    levels = {}
    for table in tables:
        for fee in table.fees:
            if levels.setdefault(fee.name, fee.level) != fee.level:
                return
    found = arrays.waterfall(prices, tables, columns_of(items), which=which)
    for row, (price, item) in enumerate(zip(prices, items, strict=True)):
        sale = waterfall(Money(price, tables[0].currency), tables[which[row]], item)
        assert found.profit[row] == sale.profit_minor
        mine = dict(zip(found.names, (amount[row] for amount in found.amounts), strict=True))
        assert {name: mine[name] for name in sale.plan.names} == dict(zip(sale.plan.names, sale.amounts, strict=True))
