"""Laws of the array twins: equal to the scalar functions row by row, and no row leaves int64 unseen."""

import random
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from pricing_tables import (
    SEEDS,
    columns_of,
    hard_target,
    random_commission,
    random_endings,
    random_rows,
    random_table,
    random_target,
)

from shopcore.errors import InputError, LimitError
from shopcore.models import Money, Rate
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Freight,
    FreightTemplate,
    Item,
    Percent,
    PriceEnding,
    Target,
    Tax,
    arrays,
    break_even,
    charm,
    commission,
    deepest_discount,
    price_for,
    sensitivity,
    waterfall,
)


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


def tables_of_one_currency(rng, count):
    tables = [random_table(rng)]
    while len(tables) < count:
        table = random_table(rng)
        if table.currency == tables[0].currency:
            tables.append(table)
    return tables


def check_solve(seed, count):
    rng = random.Random(seed)
    tables = tables_of_one_currency(rng, 2)
    currency = tables[0].currency
    items = random_rows(rng, currency, count)
    target, endings = hard_target(rng, tables[0], items[0]), random_endings(rng)
    lows = [rng.choice((1, 1, 500, 3000)) for _ in items]
    highs = [rng.choice((10**12, 4000, 900)) for _ in items]
    which = [rng.randrange(2) for _ in items]
    found = arrays.price_for(target, tables, columns_of(items), endings=endings, lo=lows, hi=highs, which=which)
    for row, item in enumerate(items):
        limits = {"lo": Money(lows[row], currency), "hi": Money(highs[row], currency)}
        one = price_for(target, tables[which[row]], item, endings=endings, **limits)
        expected = tuple(-1 if price is None else price.minor for price in (one.smallest, one.stable))
        assert (found.smallest[row], found.stable[row]) == expected, (row, item, target)
        assert found.reasons[row] == one.reason
    return found


@given(SEEDS)
def test_the_twin_of_the_break_evens_equals_them_row_by_row(seed):
    rng = random.Random(seed)
    tables = tables_of_one_currency(rng, 2)
    currency = tables[0].currency
    items = random_rows(rng, currency, 6)
    prices = [rng.randrange(8000) for _ in items]
    fixed = [rng.choice((0, 1, rng.randrange(10**8))) for _ in items]
    which = [rng.randrange(2) for _ in items]
    asked = {"conversion_rate": "0.017", "which": which}
    found = arrays.break_even(prices, tables, columns_of(items), fixed_cost=fixed, **asked)
    for row, item in enumerate(items):
        one = break_even(
            Money(prices[row], currency), tables[which[row]], item, conversion_rate="0.017",
            fixed_cost=Money(fixed[row], currency),
        )  # fmt: skip
        sums = [one.price, one.ad_cost, one.click_price, one.unit_cost]
        expected = [-1 if money is None else money.minor for money in sums]
        assert [column[row] for column in (found.price, found.ad_cost, found.click_price, found.unit_cost)] == expected
        assert found.units[row] == (-1 if one.units is None else one.units)
        cut, codes = one.discount.discount, {"already_missed": -1, "undecided": -2}
        assert found.discount[row] == (codes[one.discount.reason] if cut is None else cut.minor)
        paid = found.ad_cost[row] > 0
        assert one.roas_net == (Rate(int(found.net[row])) / Rate(int(found.ad_cost[row])) if paid else None)
        assert one.roas_gross == (Rate(int(found.gross[row])) / Rate(int(found.ad_cost[row])) if paid else None)
        assert (one.acos is None) == np.isnan(found.acos[row])


@given(SEEDS)
def test_the_twin_of_the_levers_equals_them_row_by_row(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    items = random_rows(rng, table.currency, 6)
    prices = [rng.randrange(8000) for _ in items]
    step = rng.choice(("1%", "0.5%", "1/3", 1))
    found = arrays.sensitivity(prices, table, columns_of(items), step=step)
    for row, (price, item) in enumerate(zip(prices, items, strict=True)):
        one = sensitivity(Money(price, table.currency), table, item, step=step)
        assert found.profit[row] == one.profit.minor
        assert set(found.names) == {lever.name for lever in one.levers}
        for name, today, change, even in zip(found.names, found.today, found.change, found.break_even, strict=True):
            lever = one.lever(name)
            expected = -1 if lever.break_even is None else lever.break_even.minor
            assert (today[row], change[row], even[row]) == (lever.today.minor, lever.change.minor, expected)
        assert abs(found.change[found.strongest[row]][row]) == abs(one.levers[0].change.minor)


@given(SEEDS)
def test_the_twin_of_the_solver_equals_it_row_by_row(seed):
    check_solve(seed, 12)


@pytest.mark.heavy
def test_the_twin_of_the_solver_equals_it_on_2000_tables():
    statuses = np.zeros(6, dtype=int)
    for seed in range(2000):
        statuses += np.bincount(check_solve(seed, 12).status, minlength=6)
    assert (statuses[[0, 2, 4, 5]] > 50).all(), statuses


def test_the_twin_gives_the_reasons_of_the_scalar_solver():
    bands = [Band(up_to=Money(1000, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    table = simple_table(Commission(name="commission", bands=bands), currency="USD", tax="0")
    items = arrays.Items(unit_cost=670)
    for target, low, high, reason in (
        (Target.profit(Money(250, "USD")), 1, 5000, None),
        (Target.margin("0.99"), 1, 5000, "fees_eat_price"),
        (Target.profit(Money(250, "USD")), 1, 500, "above_ceiling"),
        (Target.profit(Money(10**12, "USD")), 1001, 1025, "fees_eat_price"),
        (Target.profit(Money(250, "USD")), 2000, 1000, "floor_above_ceiling"),
    ):
        limits = {"lo": Money(low, "USD"), "hi": Money(high, "USD")}
        found = arrays.price_for(target, table, items, lo=low, hi=high)
        assert found.reasons == [price_for(target, table, Item(Money(670, "USD")), **limits).reason] == [reason]
    free = simple_table(Commission(name="commission", bands=bands, cap=Money(90, "USD")), currency="USD", tax="0")
    endings = PriceEnding(100, (99,))
    empty = arrays.price_for(Target.margin("0"), free, items, lo=1000, hi=1090, endings=endings)
    assert empty.reasons == ["no_ending_in_range"]
    assert "1 no_ending_in_range" in empty.explain()


@given(SEEDS)
def test_the_twin_of_the_deepest_discount_equals_it_row_by_row(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    items = random_rows(rng, table.currency, 12)
    target = random_target(rng, table.currency) if rng.random() < 0.7 else None
    prices = [rng.choice((0, rng.randrange(8000))) for _ in items]
    found = arrays.deepest_discount(prices, table, columns_of(items), target=target)
    for row, (price, item) in enumerate(zip(prices, items, strict=True)):
        one = deepest_discount(Money(price, table.currency), table, item, target=target).discount
        assert found[row] == (-1 if one is None else one.minor)


@given(SEEDS)
def test_the_twin_of_the_commission_equals_it_row_by_row(seed):
    rng = random.Random(seed)
    schedule = random_commission(rng, lambda minor: Money(minor, "KWD"))
    amounts = [rng.choice((0, rng.randrange(8000), 10**6)) for _ in range(20)]
    edges = [band.up_to.minor + step for band in schedule.bands[:-1] for step in (0, 1)]
    found = arrays.commission(amounts + edges, schedule)
    assert found.tolist() == [commission(Money(a, "KWD"), schedule).minor for a in amounts + edges]


@given(SEEDS)
def test_the_twin_of_the_ending_equals_it_row_by_row(seed):
    rng = random.Random(seed)
    endings = random_endings(rng) or PriceEnding(7, (0, 3))
    direction = rng.choice(("nearest", "up", "down"))
    prices = [rng.randrange(3000) for _ in range(20)]
    floors = [rng.randrange(3000) for _ in prices] if rng.random() < 0.5 else None
    found = arrays.charm(prices, endings, direction=direction, floor=floors)
    for row, price in enumerate(prices):
        floor = None if floors is None else Money(floors[row], "JPY")
        one = charm(Money(price, "JPY"), endings, direction=direction, floor=floor)
        assert found[row] == (-1 if one is None else one.minor)


def simple_table(*fees, currency="CNY", tax="13%"):
    return FeeTable(name="shop", currency=currency, valid_from=date(2026, 1, 1), tax=Tax(rate=tax), fees=fees)


FINE = Percent(name="ads", level="cm3", rate="123456789/1000000000")


def test_overflow_is_refused_before_it_happens_and_names_the_rows():
    prices = np.full(70_000, 1000)
    prices[[3, 69_999]] = 10**12
    with pytest.raises(LimitError) as refusal:
        arrays.waterfall(prices, simple_table(FINE), arrays.Items(unit_cost=0))
    assert refusal.value.positions == (3, 69_999)
    with pytest.raises(LimitError) as refusal:
        arrays.waterfall(
            prices, [simple_table(), simple_table(FINE)], arrays.Items(unit_cost=0), which=[0] * 69_999 + [1]
        )
    assert refusal.value.positions == (69_999,)


def test_the_solver_names_the_rows_it_cannot_keep_exact():
    costs = np.full(70_000, 500)
    costs[69_999] = 10**12
    quantities = np.ones(70_000, dtype=int)
    quantities[[1, 69_999]] = 2
    with pytest.raises(LimitError) as refusal:
        arrays.price_for(Target.margin("0.123456789"), simple_table(), arrays.Items(costs, quantities))
    assert refusal.value.positions == (69_999,)
    assert str(10**12) not in str(refusal.value)


def test_an_unknown_region_is_named_by_the_row_of_the_caller():
    zero = Money(0, "CNY")
    template = FreightTemplate(first_weight=1000, first_fee=zero, step_weight=1000, step_fee=zero)
    tables = [simple_table(), simple_table(Freight(name="freight", template=template))]
    items = arrays.Items(unit_cost=0, weight=10, region=[None, "near", None, "moon"])
    with pytest.raises(InputError) as refusal:
        arrays.waterfall(1000, tables, items, which=[0, 0, 1, 1])
    assert refusal.value.positions == (3,)


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_yen_and_dinar_are_solved_as_their_scalar_twins(currency):
    bands = [Band(up_to=Money(1500, currency), rate="8%"), Band(up_to=None, rate="15%")]
    table = simple_table(Commission(name="commission", bands=bands, minimum=Money(30, currency)), currency=currency)
    costs = list(range(0, 4000, 37))
    endings = PriceEnding(1000, (80, 95, 480))
    found = arrays.price_for(Target.margin("1/7"), table, arrays.Items(unit_cost=costs), endings=endings)
    for row, cost in enumerate(costs):
        one = price_for(Target.margin("1/7"), table, Item(Money(cost, currency)), endings=endings)
        assert (one.smallest.minor, one.stable.minor) == (found.smallest[row], found.stable[row])


def test_no_rows_and_one_row_and_one_number_for_all():
    table = simple_table(FINE)
    none = arrays.price_for(Target.margin("20%"), table, arrays.Items(unit_cost=np.array([], dtype=int)))
    assert none.smallest.shape == none.stable.shape == none.status.shape == (0,)
    assert arrays.waterfall(np.array([], dtype=int), table, arrays.Items(unit_cost=5)).profit.shape == (0,)
    one = arrays.price_for(Target.margin("20%"), table, arrays.Items(unit_cost=700))
    many = arrays.price_for(Target.margin("20%"), table, arrays.Items(unit_cost=[700]), hi=[10**6] * 40_000)
    assert one.smallest.tolist() == [one.smallest[0]]
    assert (many.smallest == one.smallest[0]).all()
    chosen = arrays.price_for(Target.margin("20%"), [table], arrays.Items(unit_cost=700), which=[0, 0, 0])
    assert (chosen.smallest == one.smallest[0]).all()
    assert len(chosen.smallest) == 3
    wide = arrays.waterfall(9990, table, arrays.Items(unit_cost=[700], weight=np.zeros(40_000, dtype=int)))
    assert (wide.profit == wide.profit[0]).all()
    assert len(wide.profit) == 40_000


def test_bad_columns_are_refused_with_all_their_rows():
    table = simple_table(FINE)
    for columns, name, positions in (
        ({"unit_cost": [5, -1, -2]}, "unit_cost", (1, 2)),
        ({"unit_cost": 5, "quantity": [1, 0]}, "quantity", (1,)),
        ({"unit_cost": 5, "weight": [-1, 3]}, "weight", (0,)),
    ):
        with pytest.raises(InputError) as refusal:
            arrays.price_for(Target.margin("20%"), table, arrays.Items(**columns))
        assert (refusal.value.argument, refusal.value.positions) == (name, positions)
    with pytest.raises(InputError, match="whole minor units"):
        arrays.waterfall([9.99, 10.0], table, arrays.Items(unit_cost=5))
    with pytest.raises(InputError, match="shapes must broadcast"):
        arrays.price_for(Target.margin("20%"), table, arrays.Items(unit_cost=[5, 6]), hi=[1, 2, 3])
    with pytest.raises(InputError, match="one dimension"):
        arrays.price_for(Target.margin("20%"), table, arrays.Items(unit_cost=[5, 6]), lo=[[1, 2]])


def test_columns_show_their_totals_beyond_64_bits():
    fees = Percent(name="<b>ads</b>", level="cm3", rate="10%")
    large, none = np.full(10, 2**61), np.zeros(10, dtype=np.int64)
    found = arrays.WaterfallColumns(large, large, large, ("goods", "<b>ads</b>"), ("cm1", "cm3"), (none, -large))
    assert f"{20 * 2**61:,}" in found.explain()
    assert "<b>" not in found._repr_html_()
    solved = arrays.price_for(Target.margin("0.95"), simple_table(fees), arrays.Items(unit_cost=[5, 6]))
    assert "2 fees_eat_price" in solved.explain()
    assert "<td>fees_eat_price</td><td>2</td>" in solved._repr_html_()
