"""Fees as data: JSON both ways, limits, and a clear error for each kind of misuse."""

import json
from datetime import date

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import Money, Rate
from shopcore.pricing import (
    Band,
    Commission,
    Exchange,
    FeeTable,
    Fixed,
    Freight,
    FreightTemplate,
    Item,
    PaymentFee,
    Percent,
    Region,
    ReturnLoss,
    Tax,
    fees_in_force,
    freight,
    waterfall,
)

CNY = "CNY"
TEMPLATE = FreightTemplate(
    first_weight=1000,
    first_fee=Money(500, CNY),
    step_weight=1000,
    step_fee=Money(100, CNY),
    divisor=6000,
    regions=[Region(name="remote", surcharge=Money(1000, CNY), step_surcharge=Money(200, CNY))],
)


def table(*fees, currency=CNY, **rest):
    return FeeTable(name="shop", currency=currency, valid_from=date(2026, 1, 1), fees=fees, **rest)


def bands(*pairs, currency=CNY):
    return [Band(up_to=None if edge is None else Money(edge, currency), rate=rate) for edge, rate in pairs]


EVERYTHING = table(
    Percent(name="promotion", level="cm3", rate="8%"),
    Commission(
        name="commission", bands=bands((1000, "8%"), (None, "5%")), minimum=Money(30, CNY), cap=Money(9000, CNY)
    ),
    PaymentFee(name="payment", rate="0.6%", fixed=Money(10, CNY)),
    Freight(name="freight", template=TEMPLATE),
    Fixed(name="packaging", level="cm2", amount=Money(80, CNY), per="unit"),
    ReturnLoss(name="returns", rate="1/30", freight=Money(900, CNY), loss_share="20%", basis="shipped"),
    Percent(name="insurance", level="cm2", rate="1%", base="cost"),
    Percent(name="fuel", level="cm2", rate="10%", base="freight"),
    Percent(name="overhead", level="overhead", rate="3%", base="net", rounding="ceiling"),
    tax=Tax(rate="13%"),
    exchange=[Exchange(currency="USD", rate="7.12")],
)


def test_json_round_trip_keeps_every_digit():
    again = FeeTable.from_json(EVERYTHING.to_json())
    assert again == EVERYTHING
    assert again.to_json() == EVERYTHING.to_json()
    assert FeeTable.from_dict(EVERYTHING.to_dict()) == EVERYTHING
    sale = waterfall(Money(9990, CNY), EVERYTHING, Item(Money(700, "USD"), quantity=2, weight=800))
    assert waterfall(Money(9990, CNY), again, Item(Money(700, "USD"), quantity=2, weight=800)) == sale


def test_a_float_in_json_is_refused():
    fields = EVERYTHING.to_dict()
    fields["fees"][0]["rate"] = 0.08
    with pytest.raises(InputError) as caught:
        FeeTable.from_dict(fields)
    assert "rate" in caught.value.argument


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '{"name": 1}',
        '{"__class__": "os.system"}',
        '{"name":"x","currency":"CNY","valid_from":"2026-01-01","fees":[{"kind":"python","name":"x","code":"1"}]}',
        '{"name":"x","currency":"CNY","valid_from":"2026-01-01","schema_version":2}',
        '{"name":"x","currency":"CNY","valid_from":"2026-01-01","fees":[{"kind":"percent","name":"x","level":"cm2","rate":"NaN"}]}',
        '{"name":"x","currency":"CNY","valid_from":"2026-01-01","fees":[{"kind":"percent","name":"x","level":"cm9","rate":"1%"}]}',
        '{"name":"x\\u0000","currency":"CNY","valid_from":"2026-01-01"}',
        '{"name":"x","currency":"ZZZ","valid_from":"2026-01-01"}',
    ],
)
def test_hostile_json_is_an_input_error(text):
    with pytest.raises(InputError):
        FeeTable.from_json(text)


def test_json_is_limited_in_size_depth_and_number():
    with pytest.raises(LimitError):
        FeeTable.from_json(" " * 1_000_001)
    with pytest.raises(LimitError):
        FeeTable.from_json("[" * 40 + "]" * 40)
    fields = table().to_dict()
    fee = {"kind": "fixed", "level": "cm2", "amount": {"minor": 1, "currency": "CNY"}}
    fields["fees"] = [{**fee, "name": str(i)} for i in range(65)]
    with pytest.raises(LimitError):
        FeeTable.from_json(json.dumps(fields))


@pytest.mark.parametrize("rate", ["25", 25, "-1%", "1.0001"])
def test_a_rate_of_25_for_a_quarter_is_refused(rate):
    with pytest.raises(InputError, match="in \\[0, 1\\]"):
        Percent(name="x", level="cm2", rate=rate)


def test_the_way_out_is_in_the_message():
    with pytest.raises(InputError, match=r'write 25 % as "0.25" or "25%"'):
        Percent(name="x", level="cm2", rate="25")


@pytest.mark.parametrize("rate", [0.25, float("nan"), True, None, "NaN"])
def test_what_is_no_exact_rate_is_refused(rate):
    with pytest.raises(InputError):
        Percent(name="x", level="cm2", rate=rate)


def test_bands_empty_overlapping_or_without_end():
    for wrong, reason in (
        ([], "empty"),
        (bands((1000, "8%")), "open_end"),
        (bands((1000, "8%"), (1000, "9%"), (None, "5%")), "overlapping"),
        (bands((1000, "8%"), (500, "9%"), (None, "5%")), "overlapping"),
        (bands((None, "8%"), (None, "5%")), "overlapping"),
    ):
        with pytest.raises(InputError) as caught:
            Commission(name="x", bands=wrong)
        assert caught.value.reason == reason
    with pytest.raises(InputError, match="at most the cap"):
        Commission(name="x", bands=bands((None, "8%")), minimum=Money(2, CNY), cap=Money(1, CNY))


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatchError):
        table(Fixed(name="x", level="cm2", amount=Money(1, "USD")))
    with pytest.raises(CurrencyMismatchError):
        waterfall(Money(1, "USD"), EVERYTHING, Item(Money(1, CNY)))
    with pytest.raises(CurrencyMismatchError):
        waterfall(Money(1, CNY), table(), Item(Money(1, "USD")))
    with pytest.raises(CurrencyMismatchError):
        table(Commission(name="x", bands=bands((1000, "8%"), (None, "5%"), currency="USD")))


def test_names_are_unique_and_goods_is_taken():
    for names in (("x", "x"), ("goods",)):
        with pytest.raises(InputError, match="different names"):
            table(*(Percent(name=name, level="cm2", rate="1%") for name in names))


def test_a_cost_price_is_in_no_message_or_repr():
    secret = Money(123456, CNY)
    assert "1234" not in repr(Item(secret))
    sale = waterfall(Money(200000, CNY), table(), Item(secret))
    assert "1234" not in repr(sale)
    assert "1234" not in repr(sale.lines[0])
    with pytest.raises(InputError) as caught:
        Item(Money(-123456, CNY))
    assert "1234" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [{"weight": -1}, {"quantity": 0}, {"quantity": True}, {"weight": 1.5}, {"size": (1, 2)}, {"size": (1, 2, -3)}],
)
def test_items_that_cannot_be(fields):
    with pytest.raises(InputError):
        Item(Money(1, CNY), **fields)


def test_freight_by_weight_volume_step_and_region():
    assert freight(0, TEMPLATE).fee == Money(500, CNY)
    assert freight(1000, TEMPLATE).fee == Money(500, CNY)
    assert freight(1001, TEMPLATE).fee == Money(600, CNY)
    bulky = freight(800, TEMPLATE, size=(400, 300, 200))
    assert (bulky.billable_grams, bulky.steps, bulky.fee) == (4000, 3, Money(800, CNY))
    assert freight(1001, TEMPLATE, region="remote").fee == Money(1800, CNY)
    with pytest.raises(InputError, match="region"):
        freight(1, TEMPLATE, region="moon")
    with pytest.raises(InputError):
        freight(-1, TEMPLATE)
    with pytest.raises(InputError):
        waterfall(Money(1, CNY), table(Freight(name="f", template=TEMPLATE)), Item(Money(1, CNY), region="moon"))


def test_freight_in_the_waterfall_is_freight_alone():
    item = Item(Money(0, CNY), quantity=3, weight=700, size=(300, 200, 150), region="remote")
    alone = freight(2100, TEMPLATE, size=(900, 200, 150), region="remote").fee
    sale = waterfall(Money(9000, CNY), table(Freight(name="f", template=TEMPLATE)), item)
    assert sale.line("f") == alone


def test_return_loss_of_both_kinds():
    loss = {"name": "r", "rate": "10%", "freight": Money(1200, CNY), "loss_share": "25%"}
    item = Item(Money(4000, CNY))
    kept = waterfall(Money(10000, CNY), table(ReturnLoss(**loss)), item)
    shipped = waterfall(Money(10000, CNY), table(ReturnLoss(**loss, basis="shipped")), item)
    assert kept.line("r") == Money(220, CNY)
    # A tenth of: 100.00 given back, 12.00 freight, less the 30.00 of goods that come back whole.
    assert shipped.line("r") == Money(820, CNY)


def test_the_version_in_force():
    old = FeeTable(name="s", currency=CNY, valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    new = FeeTable(name="s", currency=CNY, valid_from=date(2026, 2, 1))
    assert fees_in_force([new, old], date(2025, 12, 31)) is old
    assert fees_in_force([new, old], date(2026, 1, 15)) is None
    assert fees_in_force([new, old], date(2026, 2, 1)) is new
    with pytest.raises(InputError, match="valid_until"):
        old.evolve(valid_until=date(2024, 1, 1))


def test_replace_changes_a_fee_by_name():
    changed = EVERYTHING.replace(Percent(name="promotion", level="cm3", rate="12%"))
    assert changed.fee("promotion").rate == Rate("12%")
    assert [fee.name for fee in changed.fees] == [fee.name for fee in EVERYTHING.fees]


def test_the_waterfall_shows_itself_escaped():
    sale = waterfall(Money(9990, CNY), table(Percent(name="<b>ads</b>", level="cm3", rate="8%")), Item(Money(1, CNY)))
    assert "<b>" not in sale._repr_html_()
    assert "CM2 = CM1" in sale.explain()
    assert json.loads(json.dumps(sale.to_dict()))["profit"] == sale.profit.minor


def test_tax_on_top_leaves_the_net_alone():
    sale = waterfall(Money(1000, CNY), table(tax=Tax(rate="8.875%", included=False)), Item(Money(1, CNY)))
    assert (sale.gross, sale.tax, sale.net) == (Money(1089, CNY), Money(89, CNY), Money(1000, CNY))


def test_price_zero_and_the_limit():
    sale = waterfall(Money(0, CNY), EVERYTHING, Item(Money(100, CNY), weight=1))
    assert sale.margin is None
    assert sale.profit.minor < 0
    for price in (-1, 10**12 + 1):
        with pytest.raises(InputError, match="price"):
            waterfall(Money(price, CNY), EVERYTHING, Item(Money(100, CNY)))
