"""One answer of each engine, for an environment that holds nothing but the installed wheel."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import shopcore
from shopcore.customers import rfm
from shopcore.errors import InputError
from shopcore.inventory import Demand, LeadTime, Service, reorder_point
from shopcore.models import Cart, CartLine, Money, Order, OrderLine, Promotion, Rate, RoundingPolicy
from shopcore.operations import demo
from shopcore.orders import order_state, pay, place
from shopcore.persistence import Shop
from shopcore.pricing import FeeTable, Item, Percent, waterfall
from shopcore.promotions import evaluate
from shopcore.promotions.rules import PercentOff
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
assert reorder_point(Demand(12.0, 5.0, "normal"), LeadTime(7.0, 2.0), Service.cycle(0.5)).reorder_point == 84.0
cart = Cart(currency=price.currency, lines=(CartLine(line_id="1", sku="MUG", quantity=2, unit_price=price),))
tenth = Promotion(promotion_id="members", effect=PercentOff(percent=Rate("10%")))
assert evaluate(cart, [tenth]).total == Money.of("538.20", "CNY")
assert conversion_rate(375, 12_500).value == 0.03
scored = rfm(["li", "li", "wang", "chen"], [1, 88, 30, 75], [120.0, 300.0, 45.0, 60.0], end=90)
assert scored.customers_in("important_value").tolist() == ["li"]
noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
line = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=1, unit_price=price)
placed = Order(order_id="A1", currency=price.currency, rounding=RoundingPolicy("line"), lines=(line,), placed_at=noon)
order = place(placed).order
assert order_state(pay(order, price, at=noon).order) == "awaiting_shipment"
with Shop() as shop, shop.begin() as connection:
    assert connection.dialect.has_table(connection, shop.tables.orders.name)
with TemporaryDirectory() as folder:
    answer = demo(Path(folder))
    assert answer.lines_read == answer.lines_taken + len(answer.rejected)
    assert Path(folder, "report.html").stat().st_size

print(f"shopcore {shopcore.__version__} answers")
