"""The order and its lines: round trips, refusals, limits, privacy."""

import pickle
from datetime import UTC, datetime

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import (
    Address,
    DiscountShare,
    Model,
    Money,
    Order,
    OrderLine,
    Posting,
    Product,
    Rate,
    RoundingPolicy,
    SpecOption,
    StockPosition,
    TaxPart,
    TrafficFacts,
    UnitPrice,
)
from shopcore.models._base import privacy_of
from shopcore.models._order import trusted_line, trusted_order

AT = datetime(2026, 11, 11, 8, tzinfo=UTC)


def line(number=1, **changes):
    fields = {"line_id": str(number), "sku": "MUG", "title": "Mug", "quantity": 3, "unit_price": Money(3900, "CNY")}
    return OrderLine(**{**fields, **changes})


def order(lines=None, **changes):
    fields = {"order_id": "A", "currency": "CNY", "rounding": RoundingPolicy("line"), "placed_at": AT}
    return Order(**{**fields, "lines": lines or [line()], **changes})


def full_line(number):
    share = DiscountShare(promotion_id="11.11", amount=Money(1001, "CNY"), per_unit=[(2, 334), (1, 333)])
    options = [SpecOption(name="colour", value="red")]
    return line(number, discounts=[share], options=options, tax_rate=Rate("1/3"), unit_cost=Money(1200, "CNY"))


@pytest.mark.parametrize("count", [10, 1_000])
def test_json_round_trip(count):
    made = order([full_line(number) for number in range(count)], customer_id="C1")
    assert Order.from_json(made.to_json()) == made
    assert Order.from_dict(made.to_dict()) == made
    assert pickle.loads(pickle.dumps(made)) == made


def test_sub_cent_price_round_trips_and_a_whole_one_becomes_money():
    fine = line(unit_price=UnitPrice("0.0345", "CNY"))
    assert OrderLine.from_json(fine.to_json()) == fine
    assert line(unit_price=UnitPrice("2.50", "CNY")).unit_price == Money(250, "CNY")


def test_trusted_path_equals_the_validated_one():
    checked = full_line(1)
    fast = trusted_line({name: getattr(checked, name) for name in OrderLine.model_fields})
    assert fast == checked
    assert pickle.loads(pickle.dumps(fast)) == checked
    made = order([checked])
    assert trusted_order({name: getattr(made, name) for name in Order.model_fields}) == made


@pytest.mark.parametrize(
    "quantities",
    [
        {"shipped": 4},
        {"shipped": 2, "cancelled": 2},
        {"shipped": 1, "received": 2},
        {"shipped": 2, "returned": 2, "return_requested": 1},
        {"shipped": 2, "returned": 1, "exchanged": 2},
        {"waived": 1},
        {"cancelled": 1, "waived": 1, "refunded": 3},
        {"shipped": 3, "kept": 1},
        {"shipped": 3, "refunded": 1},
        {"shipped": 3, "return_requested": 3, "refunded": 1, "kept": 1},
        {"shipped": -1},
        {"quantity": 0},
    ],
)
def test_impossible_quantities_are_refused(quantities):
    with pytest.raises(InputError):
        line(**quantities)


def test_other_currency_is_refused():
    with pytest.raises(CurrencyMismatchError):
        order(currency="USD")
    with pytest.raises(CurrencyMismatchError):
        line(unit_cost=Money(1, "USD"))


def test_discount_above_the_price_is_refused():
    with pytest.raises(InputError):
        line(discounts=[DiscountShare(promotion_id="p", amount=Money(11_701, "CNY"))])


def test_a_discount_above_the_price_of_one_unit_is_refused():
    with pytest.raises(InputError, match="every unit"):
        line(discounts=[DiscountShare(promotion_id="p", amount=Money(4000, "CNY"), per_unit=[(1, 4000), (2, 0)])])


def test_several_taxes_make_up_the_rate():
    taxes = [TaxPart(name="GST", rate=Rate("0.05")), TaxPart(name="QST", rate=Rate("0.09975"))]
    made = line(taxes=taxes)
    assert made.tax_rate == Rate("0.14975")
    assert OrderLine.from_json(made.to_json()) == made
    assert made.evolve(quantity=2).tax_rate == made.tax_rate
    for wrong in ({"tax_rate": Rate("0.15")}, {"taxes": [taxes[0], taxes[0]]}):
        with pytest.raises(InputError):
            line(**{"taxes": taxes, **wrong})


def test_more_back_than_paid_is_refused():
    paid = Posting(kind="payment", amount=Money(100, "CNY"), at=AT)
    back = Posting(kind="refund", amount=Money(101, "CNY"), at=AT)
    with pytest.raises(InputError) as caught:
        order(postings=[paid, back])
    assert caught.value.reason == "refund_above_paid"


def test_too_many_lines_are_refused_by_name():
    with pytest.raises(LimitError) as caught:
        order([line()] * 100_000)
    assert caught.value.reason == "too_many_lines"


def test_duplicate_line_ids_are_refused():
    with pytest.raises(InputError):
        order([line(1), line(1)])


def models(base=Model):
    for found in base.__subclasses__():
        yield found
        yield from models(found)


def test_every_field_of_every_model_is_classed():
    # Naming the models loads them: subclasses are only known once they are imported.
    assert {Address, Order, Product, StockPosition, TrafficFacts} <= set(models())
    unmarked = [
        f"{model.__name__}.{name}"
        for model in models()
        if model.__module__.startswith("shopcore.")
        for name, kind in privacy_of(model).items()
        if kind is None
    ]
    assert unmarked == []


def test_cost_and_customer_are_masked():
    text = repr(order([full_line(1)], customer_id="C-4711"))
    assert "1200" not in text
    assert "4711" not in text
