"""Laws of the waterfall and the solver over random fee tables."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from pricing_tables import (
    SEEDS,
    check_against_brute_force,
    meets,
    random_item,
    random_table,
    random_target,
)

from shopcore.models import Money
from shopcore.pricing import FeeTable, Target, dead_zones, price_for, waterfall


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


@given(SEEDS)
def test_the_solver_is_equal_to_trying_every_price(seed):
    check_against_brute_force(seed, 1500)


@pytest.mark.heavy
def test_the_solver_is_equal_to_trying_every_price_on_2000_tables():
    reasons = Counter()
    for seed in range(2000):
        solution = check_against_brute_force(seed, 6000)
        reasons[solution.reason or ("stable later" if solution.smallest != solution.stable else "one price")] += 1
    assert reasons["stable later"] > 50, reasons


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
