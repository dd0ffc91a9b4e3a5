"""Uses of the public surface that type checkers must accept, with the types they must infer."""

from decimal import Decimal
from typing import assert_type

import shopcore
from shopcore.errors import InputError, ShopcoreError
from shopcore.models import Money, Rate

price = Money.of("299.00", "CNY")
assert_type(price, Money)
assert_type(price + price, Money)
assert_type(price * 3, Money)
assert_type(price.amount, Decimal)
assert_type(shopcore.models.Rate("25%"), Rate)
assert_type(shopcore.__version__, str)

try:
    Money.of("1.005", "CNY")
except ShopcoreError as error:
    assert_type(error.code, str)
    if isinstance(error, InputError):
        assert_type(error.argument, str)
        assert_type(error.positions, tuple[int, ...])
