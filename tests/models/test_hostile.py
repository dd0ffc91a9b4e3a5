"""What comes from outside: many faults at once, sums beyond 64 bits, and what an attempted change shows."""

import json
import traceback
from datetime import UTC, datetime

import pytest

from shopcore.errors import InputError, LimitError
from shopcore.models import Customer, Money, Order, OrderLine, Posting, RoundingPolicy, UnitPrice

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)


def order_of(*lines, **fields):
    made = [
        OrderLine(line_id=str(place), sku="A", title="A", quantity=count, unit_price=price)
        for place, (count, price) in enumerate(lines)
    ]
    return Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), placed_at=AT, lines=made, **fields)


def test_the_first_item_that_does_not_fit_ends_its_list():
    fields = order_of((1, Money(1, "CNY"))).to_dict()
    for name in ("lines", "postings"):
        with pytest.raises(InputError) as caught:
            Order.from_dict({**fields, name: [3] * 20_000})
        assert caught.value.argument == f"{name}.0"


@pytest.mark.parametrize("make", [lambda fields: Order(**fields), Order.from_dict], ids=["python", "json"])
def test_more_faults_than_anybody_reads_are_refused_as_such(make):
    with pytest.raises(LimitError) as caught:
        make({f"field{number}": 1 for number in range(1_001)})
    assert caught.value.reason == "too_many_faults"
    with pytest.raises(InputError) as caught:
        make({"order_id": "A1"})
    assert caught.value.argument == "currency"


@pytest.mark.parametrize(
    "price", [Money(2**59, "CNY"), UnitPrice("5764607523034234.881", "CNY")], ids=["money", "unit_price"]
)
def test_an_order_whose_sums_leave_64_bits_is_none(price):
    # One such order from outside would stop the work list of all others.
    with pytest.raises(LimitError) as caught:
        order_of((2, price))
    assert caught.value.reason == "too_large"
    with pytest.raises(LimitError):
        order_of(*[(1, Money(2**58, "CNY"))] * 3)
    assert order_of((1, Money(2**59, "CNY"))).lines[0].quantity == 1


def test_postings_are_bounded_too():
    posting = Posting(kind="payment", amount=Money(2**61, "CNY"), at=AT)
    assert order_of((1, Money(1, "CNY")), postings=[posting]).posted("payment").minor == 2**61
    with pytest.raises(LimitError):
        order_of((1, Money(1, "CNY")), postings=[posting] * 2)


@pytest.mark.parametrize("name", ["phone", "unheard_of"])
def test_a_model_refuses_change_without_showing_the_value(name):
    customer = Customer(customer_id="C1")
    told = "13800" + str(138_000)
    with pytest.raises(InputError, match="evolve") as caught:
        setattr(customer, name, told)
    assert caught.value.reason == "frozen"
    assert told not in "".join(traceback.format_exception(caught.value)) + json.dumps(vars(caught.value), default=str)
    with pytest.raises(InputError, match="evolve"):
        delattr(customer, name)
    assert customer == Customer(customer_id="C1")
