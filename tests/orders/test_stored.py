"""An order that was worked on comes back from the database as it was."""

from shopcore.models import Money, OrderLine, Rate, TaxPart
from shopcore.persistence import Shop, load_orders, save_orders


def test_units_kept_and_several_taxes_are_stored(story):
    taxes = [TaxPart(name="GST", rate=Rate("0.05")), TaxPart(name="QST", rate=Rate("0.09975"))]
    line = OrderLine(
        line_id="1",
        sku="A",
        title="A thing",
        quantity=2,
        unit_price=Money(1000, "CNY"),
        taxes=taxes,
        tax_included=False,
    )
    made = story(lines=[line]).paid().ship().refund({"1": 1}, keep_goods=True)
    shop = Shop()
    with shop.begin() as connection:
        save_orders(connection, shop.tables, [made.order])
    with shop.begin() as connection:
        [found] = load_orders(connection, shop.tables)
    assert found == made.order
    assert (found.lines[0].kept, found.lines[0].tax_rate) == (1, Rate("0.14975"))
