"""Laws of the cart's waterfall: one line is a sale, lines sum to the whole, their order does not matter."""

import random
from datetime import date

import pytest
from hypothesis import given
from pricing_tables import SEEDS, random_rows, random_table

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import Money
from shopcore.pricing import FeeTable, Fixed, Freight, FreightTemplate, Item, cart_waterfall, waterfall


def random_cart(seed):
    rng = random.Random(seed)
    table = random_table(rng)
    region = rng.choice((None, "far"))
    items = [Item(x.unit_cost, x.quantity, x.weight, x.size, region) for x in random_rows(rng, table.currency, 5)]
    items = items[: rng.randrange(1, 6)]
    return table, [(Money(rng.randrange(8000), table.currency), item) for item in items]


@given(SEEDS)
def test_a_cart_of_one_line_is_a_sale(seed):
    table, lines = random_cart(seed)
    price, item = lines[0]
    cart, sale = cart_waterfall(lines[:1], table), waterfall(price, table, item)
    assert cart.lines == (sale,)
    assert (cart.total.amounts, cart.total.profit) == (sale.amounts, sale.profit)


@given(SEEDS)
def test_lines_sum_to_the_whole(seed):
    table, lines = random_cart(seed)
    cart = cart_waterfall(lines, table)
    for name in ("gross", "tax", "net", "profit", "cm1", "cm2", "cm3", "pocket"):
        assert Money.total((getattr(line, name) for line in cart.lines), table.currency) == getattr(cart.total, name)
    for index, amount in enumerate(cart.total.amounts):
        assert sum(line.amounts[index] for line in cart.lines) == amount
    assert cart.total.gross == cart.total.tax + Money.total((x.amount for x in cart.total.lines), table.currency) + (
        cart.total.profit
    )


@given(SEEDS)
def test_the_order_of_lines_does_not_change_the_whole(seed):
    table, lines = random_cart(seed)
    assert cart_waterfall(lines[::-1], table).total == cart_waterfall(lines, table).total


@given(SEEDS)
def test_what_the_order_pays_once_is_charged_on_its_sums(seed):
    table, lines = random_cart(seed)
    cart = cart_waterfall(lines, table)
    gross, net = cart.total.gross, cart.total.net
    for fee in table.fees:
        if fee.kind == "percent" and fee.base in ("gross", "net"):
            expected = (gross if fee.base == "gross" else net).times(fee.rate, rounding=fee.rounding)
            assert cart.total.line(fee.name) == expected
        if fee.kind == "freight":
            weight = sum(item.weight * item.quantity for _, item in lines)
            volume = sum(item.volume * item.quantity for _, item in lines)
            region = lines[0][1].region
            index = [other.name for other in table.fees].index(fee.name) + 1
            assert cart.total.amounts[index] == table.plan.terms[index].fee(weight, volume, region)


def test_bad_carts_are_refused():
    zero = Money(0, "CNY")
    template = FreightTemplate(first_weight=1000, first_fee=zero, step_weight=1000, step_fee=zero)
    freight = Freight(name="freight", template=template)
    table = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[freight])
    line = (Money(100, "CNY"), Item(Money(50, "CNY")))
    with pytest.raises(InputError, match="at least one line"):
        cart_waterfall([], table)
    with pytest.raises(LimitError):
        cart_waterfall([line] * 1001, table)
    with pytest.raises(InputError, match="one parcel"):
        cart_waterfall([line, (Money(100, "CNY"), Item(Money(50, "CNY"), region="far"))], table)
    with pytest.raises(CurrencyMismatchError):
        cart_waterfall([(Money(100, "USD"), line[1])], table)
    with pytest.raises(InputError, match="item"):
        cart_waterfall([(Money(100, "CNY"), None)], table)


def test_free_goods_and_a_free_cart_share_by_units():
    free = (Money(0, "CNY"), Item(Money(0, "CNY"), quantity=2))
    gift = (Money(0, "CNY"), Item(Money(0, "CNY")))
    table = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[packaging(90)])
    cart = cart_waterfall([free, gift], table)
    assert [line.line("packaging").minor for line in cart.lines] == [60, 30]


def packaging(minor):
    return Fixed(name="packaging", level="cm2", amount=Money(minor, "CNY"))


def test_a_cart_shows_itself():
    line = (Money(1990, "CNY"), Item(Money(500, "CNY"), quantity=3))
    evil = packaging(90).evolve(name="<script>")
    table = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[evil])
    cart = cart_waterfall([line, line], table)
    assert "line 2: 3 x 19.90, profit 44.25 CNY, margin 74.12 %" in cart.explain()
    assert "<script>" not in cart._repr_html_()
    assert cart.to_dict()["lines"][1]["profit"] == 4425
