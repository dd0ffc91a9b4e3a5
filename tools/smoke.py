"""One answer of each engine, for an environment that holds nothing but the installed wheel."""

import importlib.util

import shopcore
from shopcore.errors import InputError
from shopcore.models import Money, Rate

price = Money.of("299.00", "CNY")
assert sum(part.minor for part in price.allocate([1, 1, 1])) == price.minor
assert price.times(Rate("8.875%")) == Money.of("26.54", "CNY")
try:
    Money.of("1e1000000", "CNY")
except InputError as error:
    assert error.code == "input"
else:
    raise AssertionError("hostile text was taken for money")

assert importlib.util.find_spec("shopcore.tests") is None
print(f"shopcore {shopcore.__version__} answers")
