"""Products, SKUs, customers, stock, traffic facts: refusals, limits, derived figures."""

from datetime import UTC, datetime, timedelta

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import (
    Address,
    Attribute,
    Campaign,
    Consent,
    Customer,
    Dimensions,
    MediaFacts,
    Money,
    Period,
    Product,
    Sku,
    SpecOption,
    StockPosition,
    TrafficFacts,
    UnitPrice,
)

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)
DAY = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")


def sku(**fields):
    return Sku(**{"sku": "MUG", **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"sku": ""}, {"sku": " MUG"}, {"sku": "MUG\n"}, {"sku": "M\u200bUG"}, {"sku": "M" * 65}, {"sku": 5},
        {"price": 5}, {"price": 5.0}, {"price": "5"}, {"price": Money(-1, "CNY")},
        {"price": UnitPrice("-0.001", "CNY")},
        {"gtin": "4006381333930"}, {"gtin": 4006381333931}, {"gtin": "４００６３８１３３３９３１"}, {"gtin": "0" * 13},
        {"weight_grams": 0}, {"weight_grams": 1.5}, {"weight_grams": True}, {"weight_grams": 10**9},
        {"tax_rate": -1}, {"tax_rate": 0.13}, {"tax_rate": "13"}, {"listing": "gone"}, {"stage": "young"},
        {"options": [SpecOption(name="colour", value="red"), SpecOption(name="colour", value="blue")]},
        {"colour": "red"},
    ],
)  # fmt: skip
def test_bad_skus_are_refused(fields):
    with pytest.raises(InputError) as caught:
        sku(**fields)
    assert next(iter(fields)) in caught.value.argument


def test_a_sku_keeps_what_it_was_given():
    made = sku(
        price=Money(3900, "CNY"), unit_cost=UnitPrice("12.3456", "USD"), gtin="036000291452", tax_rate="0.13",
        dimensions=Dimensions(length_mm=300, width_mm=200, height_mm=100), stage="growth", listing="draft",
        options=[SpecOption(name="colour", value="红色"), SpecOption(name="size", value="L")],
    )  # fmt: skip
    assert Sku.from_json(made.to_json()) == made
    assert made.dimensions.volume_mm3 == 6_000_000
    with pytest.raises(InputError):
        made.evolve(price=Money(-1, "CNY"))
    with pytest.raises(InputError):
        made.model_copy(update={"price": "x"})


def test_products():
    product = Product(product_id="P", title="马克杯", skus=[sku(), sku(sku="B")], attributes=[Attribute(name="a")])
    assert Product.from_json(product.to_json()) == product
    assert product.sku("B").sku == "B"
    with pytest.raises(InputError):
        product.sku("C")
    for wrong in (
        {"skus": [sku(), sku()]},
        {"attributes": [Attribute(name="a"), Attribute(name="a", value="x")]},
        {"title": ""},
        {"title": "a\x00b"},
        {"media": [MediaFacts(kind="image", width=1, height=1)] * 101},
    ):
        with pytest.raises(InputError):
            product.evolve(**wrong)
    with pytest.raises(LimitError) as caught:
        product.evolve(skus=[sku(sku=str(number)) for number in range(501)])
    assert caught.value.reason == "too_many_skus"
    for wrong in ({"kind": "sound"}, {"width": 0}, {"seconds": float("nan")}, {"seconds": -1.0}):
        with pytest.raises(InputError):
            MediaFacts(**{"kind": "video", "width": 1, "height": 1, **wrong})


def test_consent_is_the_latest_word_on_its_purpose():
    words = [
        Consent(purpose="sms", granted=True, at=AT),
        Consent(purpose="email", granted=True, at=AT),
        Consent(purpose="sms", granted=False, at=AT + timedelta(days=1)),
        Consent(purpose="push", granted=True, at=AT),
        Consent(purpose="push", granted=False, at=AT),
    ]
    buyer = Customer(customer_id="C", consents=words)
    assert [buyer.consents_to(name) for name in ("sms", "email", "push", "phone")] == [False, True, False, False]
    assert buyer.consents_to("sms", at=AT)
    assert not buyer.consents_to("sms", at=AT - timedelta(seconds=1))
    with pytest.raises(InputError):
        buyer.consents_to("fax")
    with pytest.raises(InputError):
        buyer.consents_to("sms", at=datetime(2026, 1, 1))  # noqa: DTZ001  # the naive one is the case


@pytest.mark.parametrize(
    "fields", [{"email": "no at"}, {"email": "a@b\n"}, {"points": -1}, {"points": 1.0}, {"phone": "1" * 65}]
)
def test_bad_customers_are_refused_without_being_shown(fields):
    with pytest.raises(InputError) as caught:
        Customer(customer_id="C", **fields)
    value = next(iter(fields.values()))
    assert str(value) not in str(caught.value) or not isinstance(value, str)


def test_addresses_stand_apart():
    home = Address(address_id="1", customer_id="C", recipient="张三", lines=["Road 1"], country="CN")
    assert Address.from_json(home.to_json()) == home
    assert "张三" not in repr(home)
    with pytest.raises(InputError):
        home.evolve(lines=["x"] * 7)


def test_stock_adds_up():
    found = StockPosition(sku="MUG", on_hand=100, reserved=30, safety=10, quality_control=5, damaged=5, incoming=40)
    assert found.available == 50
    assert found.on_hand == found.available + found.reserved + found.safety + found.quality_control + found.damaged
    assert StockPosition(sku="MUG", on_hand=10, safety=20).available == -10
    for wrong in ({"on_hand": 10, "reserved": 11}, {"on_hand": -1}, {"on_hand": True}, {"on_hand": 1.0}):
        with pytest.raises(InputError):
            StockPosition(sku="MUG", **wrong)


def test_traffic_facts_know_what_was_not_measured():
    facts = TrafficFacts(channel_id="search", period=DAY, clicks=5, revenue=Money(0, "CNY"))
    assert (facts.clicks, facts.visitors) == (5, None)
    assert TrafficFacts.from_json(facts.to_json()) == facts
    with pytest.raises(CurrencyMismatchError):
        facts.evolve(spend=Money(1, "USD"))
    for wrong in ({"clicks": -1}, {"clicks": 1.0}, {"revenue": Money(-1, "CNY")}, {"orders": 10**9 + 1}):
        with pytest.raises(InputError):
            facts.evolve(**wrong)


def test_campaigns():
    push = Campaign(campaign_id="1", name="11.11", period=DAY, budget=Money(1, "CNY"))
    assert Campaign.from_json(push.to_json()) == push
    with pytest.raises(InputError):
        push.evolve(warm_up=Period.local("2026-11-10", "2026-11-13", "Asia/Shanghai"))
