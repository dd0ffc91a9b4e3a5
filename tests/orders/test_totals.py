"""Worked totals: levels, modes, currencies, several taxes, refusals."""

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import DiscountShare, Money, OrderLine, Rate, RoundingPolicy, TaxPart, UnitPrice
from shopcore.orders import basket_totals


def line(number=1, **changes):
    fields = {"line_id": str(number), "sku": "A", "title": "A thing", "quantity": 1, "unit_price": Money(1000, "EUR")}
    return OrderLine(**{**fields, **changes})


@pytest.mark.parametrize(
    ("scope", "on_top", "inside"), [("unit", "11.88", "11.88"), ("line", "11.95", "11.94"), ("order", "11.95", "11.94")]
)
def test_the_three_levels_on_one_basket(scope, on_top, inside):
    policy = RoundingPolicy(scope)
    net = line(quantity=36, unit_price=Money(166, "EUR"), tax_rate=Rate("0.2"), tax_included=False)
    gross = line(quantity=36, unit_price=Money(199, "EUR"), tax_rate=Rate("0.2"))
    assert basket_totals([net], rounding=policy).tax.text == on_top
    found = basket_totals([gross], rounding=policy)
    assert (found.tax.text, found.total.text) == (inside, "71.64")


@pytest.mark.parametrize(
    ("mode", "tax"),
    [("half_up", 3), ("half_even", 2), ("half_down", 2), ("up", 3), ("down", 2), ("ceiling", 3), ("floor", 2)],
)
def test_the_seven_modes_on_a_tie(mode, tax):
    found = basket_totals(
        [line(unit_price=Money(25, "EUR"), tax_rate=Rate("0.10"), tax_included=False)],
        rounding=RoundingPolicy("line", mode),
    )
    assert found.tax == Money(tax, "EUR")


def test_several_rates_are_shown_one_by_one():
    lines = [
        line(1, quantity=3, unit_price=Money(333, "EUR"), tax_rate=Rate("0.19")),
        line(2, tax_rate=Rate("0.07")),
        line(3, tax_rate=Rate("0.19")),
        line(4, kind="shipping", unit_price=Money(490, "EUR"), tax_rate=Rate("0.19")),
    ]
    found = basket_totals(lines, rounding=RoundingPolicy("order"))
    # (999 + 1000 + 490) / 1.19 = 2091.6, 1000 / 1.07 = 934.58
    assert [(str(entry.rate), entry.base.minor, entry.tax.minor) for entry in found.taxes] == [
        ("0.19", 2092, 397),
        ("0.07", 935, 65),
    ]
    assert found.of_kind("shipping") == Money(490, "EUR")
    assert found.of_kind("fee") == Money(0, "EUR")


def test_two_taxes_on_one_line_share_its_tax():
    parts = [TaxPart(name="GST", rate=Rate("0.05")), TaxPart(name="QST", rate=Rate("0.09975"))]
    found = basket_totals([line(taxes=parts, tax_included=False)], rounding=RoundingPolicy("line"))
    assert [(entry.name, entry.tax.minor) for entry in found.taxes] == [("GST", 50), ("QST", 100)]
    assert found.total == Money(1150, "EUR")


def test_every_cent_is_explained():
    shares = [DiscountShare(promotion_id="11.11", amount=Money(1001, "EUR"), per_unit=[(2, 334), (1, 333)])]
    text = basket_totals(
        [line(quantity=3, discounts=shares, tax_rate=Rate("0.2"))], rounding=RoundingPolicy("line")
    ).explain()
    for part in ("rounded half_up per line", "list 30.00", "less 10.01 (11.11)", "3.33", "16.66", "19.99"):
        assert part in text


def test_a_free_line_has_no_tax():
    gift = line(kind="gift", unit_price=Money(0, "EUR"), tax_rate=Rate("0.2"))
    for scope in ("unit", "line", "order"):
        assert basket_totals([gift], rounding=RoundingPolicy(scope)).total == Money(0, "EUR")


def test_sub_cent_prices_are_rounded_where_the_policy_says():
    screws = line(quantity=1000, unit_price=UnitPrice("0.0345", "EUR"))
    listed = {scope: basket_totals([screws], rounding=RoundingPolicy(scope)).listed.minor for scope in ("unit", "line")}
    assert listed == {"unit": 3000, "line": 3450}


def test_a_discount_above_the_rounded_price_is_refused():
    share = DiscountShare(promotion_id="p", amount=Money(34, "EUR"))
    screws = line(quantity=10, unit_price=UnitPrice("0.034", "EUR"), discounts=[share])
    assert basket_totals([screws], rounding=RoundingPolicy("line")).total == Money(0, "EUR")
    with pytest.raises(InputError, match="as its order rounds it"):
        basket_totals([screws], rounding=RoundingPolicy("unit"))


def test_misuse_is_refused():
    policy = RoundingPolicy("line")
    with pytest.raises(InputError, match="at least one line"):
        basket_totals([], rounding=policy)
    with pytest.raises(LimitError):
        basket_totals([line()] * 10_001, rounding=policy)
    with pytest.raises(CurrencyMismatchError):
        basket_totals([line(), line(2, unit_price=Money(1, "USD"))], rounding=policy)
    with pytest.raises(InputError):
        basket_totals(["x"], rounding=policy)


def test_totals_are_plain_data_and_a_table():
    found = basket_totals([line(title="<b>")], rounding=RoundingPolicy("line"))
    assert found.to_dict()["total"] == {"minor": 1000, "currency": "EUR"}
    assert "<b>" not in found._repr_html_()


def test_a_coarse_step_rounds_the_tax_inside_a_price():
    def tax(minor):
        lines = [line(unit_price=Money(minor, "CHF"), tax_rate=Rate("0.05"))]
        return basket_totals(lines, rounding=RoundingPolicy("line", step=5)).tax.minor

    assert [tax(minor) for minor in (2, 4, 100, 2100)] == [0, 0, 5, 100]
