"""One answer of each engine, for an environment that holds nothing but the installed wheel."""

from datetime import date

import shopcore
from shopcore.errors import InputError
from shopcore.models import Money, Rate
from shopcore.persistence import Shop
from shopcore.pricing import FeeTable, Item, Percent, waterfall
from shopcore.traffic import conversion_rate

price = Money.of("299.00", "CNY")
assert sum(part.minor for part in price.allocate([1, 1, 1])) == price.minor
assert price.times(Rate("8.875%")) == Money.of("26.54", "CNY")
try:
    Money.of("1e1000000", "CNY")
except InputError as error:
    assert error.code == "input"
else:
    raise AssertionError("hostile text was taken for money")

platform = Percent(name="platform", level="cm2", rate=Rate("5%"))
fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=(platform,))
assert waterfall(price, fees, Item(Money.of("199.00", "CNY"))).profit == Money.of("85.05", "CNY")
assert conversion_rate(375, 12_500).value == 0.03
with Shop() as shop, shop.begin() as connection:
    assert connection.dialect.has_table(connection, shop.tables.orders.name)

print(f"shopcore {shopcore.__version__} answers")
