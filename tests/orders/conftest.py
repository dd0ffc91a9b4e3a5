"""Orders of the tests of this folder."""

from datetime import UTC, datetime

import pytest

from shopcore import orders
from shopcore.models import Money, Order, OrderLine, RoundingPolicy

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)


def new_order(*quantities, price=1000, lines=None, **fields):
    made = lines or [
        OrderLine(
            line_id=str(number), sku=f"S{number}", title="A thing", quantity=count, unit_price=Money(price, "CNY")
        )
        for number, count in enumerate(quantities or (3,), start=1)
    ]
    fields = {"order_id": "A1", "rounding": RoundingPolicy("line"), "placed_at": AT, **fields}
    return orders.place(Order(currency="CNY", lines=made, **fields)).order


class Story:
    """An order with its commands as methods; keeps the events."""

    at = AT

    def __init__(self, *quantities, **fields):
        self.order = new_order(*quantities, **fields)

    def __getattr__(self, command):
        def give(*args, **options):
            self.order, self.events = getattr(orders, command)(self.order, *args, at=AT, **options)
            return self

        return give

    @property
    def state(self):
        return orders.order_state(self.order)

    def paid(self):
        return self.pay(orders.order_status(self.order).due)


@pytest.fixture
def story():
    """Start a story of an order with lines of these quantities at 10.00 each."""
    return Story
