"""Columns are what the objects hold, and what goes in by COPY is what goes in by statements."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_records import cny, ids, maybe, titles

from shopcore.errors import InputError
from shopcore.models import Money, Order, OrderLine, RoundingPolicy, Sku, StockPosition, UnitPrice
from shopcore.persistence import _rows as rows_module
from shopcore.persistence import load_columns, load_skus, load_stock, save_orders, save_skus, save_stock
from shopcore.persistence._columns import price_parts

prices = maybe(cny | st.just(UnitPrice("0.0345", "CNY")))
skus = st.builds(Sku, sku=ids, title=maybe(titles), price=prices, unit_cost=prices, weight_grams=maybe(st.just(5)))


@given(found=st.lists(skus, max_size=6))
def test_prices(place, found):
    connection, tables = place
    with connection.begin_nested() as savepoint:
        save_skus(connection, tables, found)
        columns = load_columns(connection, tables, "prices")
        kept = {sku.sku: sku for sku in found}
        assert sorted(columns["sku"]) == sorted(kept)
        for position, name in enumerate(columns["sku"]):
            for field in ("price", "unit_cost"):
                parts, scale = price_parts(getattr(kept[name], field))
                assert columns[field][position] == (-1 if parts is None else parts)
                assert columns[field + "_scale"][position] == scale
            unknown = kept[name].price is None and kept[name].unit_cost is None
            assert columns["currency"][position] == ("" if unknown else "CNY")
        savepoint.rollback()


@given(first=st.lists(skus, max_size=6), second=st.lists(skus, max_size=6))
def test_copy_does_what_statements_do(place, first, second):
    connection, tables = place
    second += [sku.evolve(title="again") for sku in first[:2]]
    seen = []
    for size in (10**9, 1):
        with pytest.MonkeyPatch.context() as patch, connection.begin_nested() as savepoint:
            patch.setattr(rows_module, "COPY_FROM", size)
            for part in (first, second):
                save_skus(connection, tables, part)
            seen.append(load_skus(connection, tables))
            savepoint.rollback()
    assert seen[0] == seen[1]
    assert {sku.sku: sku for sku in seen[0]} == {sku.sku: sku for sku in (*first, *second)}


def test_stock_and_lines_in_the_order_of_the_key(place):
    connection, tables = place
    lines = [
        OrderLine(line_id=str(n), sku=f"S{n}", title="t", quantity=n + 1, unit_price=Money(100 * n, "CNY"), shipped=n)
        for n in range(3)
    ]
    order = Order(
        order_id="A", currency="CNY", rounding=RoundingPolicy("line"), lines=lines,
        placed_at=datetime(2026, 11, 11, tzinfo=UTC),
    )  # fmt: skip
    with connection.begin_nested() as savepoint:
        assert {len(column) for column in load_columns(connection, tables, "stock").values()} == {0}
        save_stock(connection, tables, [StockPosition(sku=sku, on_hand=9, reserved=2) for sku in "BAC"])
        save_orders(connection, tables, [order])
        stock, found = (load_columns(connection, tables, name) for name in ("stock", "lines"))
        assert stock["sku"].tolist() == [level.sku for level in load_stock(connection, tables)]
        assert (stock["on_hand"] - stock["reserved"]).tolist() == [7, 7, 7]
        assert found["quantity"].tolist() == [1, 2, 3]
        assert found["unit_price"].dtype == "int64"
        assert found["unit_price"].tolist() == [0, 100, 200]
        assert found["shipped"].tolist() == [0, 1, 2]
        with pytest.raises(InputError, match="columns"):
            load_columns(connection, tables, "customers")
        savepoint.rollback()
