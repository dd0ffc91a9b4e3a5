"""What is stored comes back equal, and the host's transaction stays the host's."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models import (
    DiscountShare,
    Money,
    Order,
    OrderLine,
    Period,
    Posting,
    Rate,
    RoundingPolicy,
    Sku,
    SpecOption,
    StockPosition,
    TrafficFacts,
    UnitPrice,
)
from shopcore.persistence import (
    Shop,
    build_tables,
    load_orders,
    load_skus,
    load_stock,
    load_traffic,
    save_orders,
    save_skus,
    save_stock,
    save_traffic,
    upgrade,
)
from shopcore.persistence._columns import price_parts

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)


def order(order_id="A1", quantity=3, **fields):
    line = OrderLine(line_id="1", sku="MUG-RED", title="马克杯", quantity=quantity, unit_price=Money(3900, "CNY"))
    fields = {"lines": (line,), "placed_at": NOON, **fields}
    return Order(order_id=order_id, currency="CNY", rounding=RoundingPolicy("line"), **fields)


FULL = order(
    "FULL",
    kind="credit",
    of_order_id="A1",
    source="tmall",
    external_ref="T-1",
    channel_id="search",
    customer_id="C1",
    country="CN",
    payment_terms="cash_on_delivery",
    audit="passed",
    paid_at=NOON,
    version=7,
    postings=(Posting(kind="payment", amount=Money(100, "CNY"), at=NOON, reference="P1"),),
    lines=(
        OrderLine(line_id="a", sku="S1", title="t", quantity=2, unit_price=UnitPrice("0.0345", "CNY")),
        OrderLine(
            line_id="b", sku="S2", title="<b>", quantity=3, unit_price=Money(1000, "CNY"), tax_rate=Rate("1/3"),
            discounts=(DiscountShare(promotion_id="p", amount=Money(1001, "CNY"), per_unit=((2, 334), (1, 333))),),
            unit_cost=Money(600, "CNY"), shipped=3, returned=1, options=(SpecOption(name="colour", value="red"),),
        ),
        OrderLine(line_id="c", sku="POST", title="邮费", quantity=1, unit_price=Money(0, "CNY"), kind="shipping"),
    ),
)  # fmt: skip


@pytest.fixture
def tables(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        upgrade(connection, tables)
    return tables


def test_orders_come_back_equal(engine, tables):
    with engine.begin() as connection:
        assert save_orders(connection, tables, iter([order(), FULL])) == 2
    with engine.begin() as connection:
        assert load_orders(connection, tables) == (order(), FULL)
        assert load_orders(connection, tables, ["FULL", "none"]) == (FULL,)
        assert load_orders(connection, tables, ["FULL"])[0].lines[1].unit_cost == Money(600, "CNY")


def test_saving_again_replaces_and_changes_nothing_else(engine, tables):
    with engine.begin() as connection:
        save_orders(connection, tables, [order("A"), order("B")])
        save_orders(connection, tables, [order("A", quantity=5)])
        save_orders(connection, tables, [order("A", quantity=5)])
        assert load_orders(connection, tables) == (order("A", quantity=5), order("B"))
        assert connection.scalar(text("SELECT count(*) FROM shopcore_order_lines")) == 2


def test_pages_follow_the_id(engine, tables):
    many = [order(f"N{number:03}") for number in range(25)]
    with engine.begin() as connection:
        save_orders(connection, tables, many)
        seen, after = [], None
        while page := load_orders(connection, tables, after=after, limit=7):
            seen += page
            after = page[-1].order_id
    assert seen == many


def test_articles_stock_and_traffic_come_back_equal(engine, tables):
    skus = (
        Sku(sku="A", price=Money(3900, "CNY"), unit_cost=UnitPrice("12.345", "CNY"), weight_grams=380, tax_rate="0.13"),
        Sku(sku="B", title="杯", gtin="4006381333931", list_price=Money(1, "CNY"), listing="withdrawn"),
    )
    stock = (StockPosition(sku="A", on_hand=10, reserved=4), StockPosition(sku="A", location="north", on_hand=0))
    day = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    traffic = (
        TrafficFacts(channel_id="ads", period=day, clicks=3, spend=Money(100, "CNY")),
        TrafficFacts(channel_id="search", period=day),
    )
    with engine.begin() as connection:
        for save, values in ((save_skus, skus), (save_stock, stock), (save_traffic, traffic)):
            assert save(connection, tables, values) == len(values)
            assert save(connection, tables, values) == len(values)
        assert load_skus(connection, tables) == skus
        assert load_skus(connection, tables, ["B"]) == skus[1:]
        assert load_stock(connection, tables) == stock
        assert load_traffic(connection, tables) == traffic
        assert load_traffic(connection, tables, ["ads"]) == traffic[:1]


def test_an_error_leaves_the_hosts_work_and_nothing_of_ours(engine, tables):
    host = MetaData()
    notes = Table("notes", host, Column("id", Integer, primary_key=True))

    def stream():
        yield from (order(f"S{number}") for number in range(1_200))
        raise RuntimeError("the stream broke")

    with Session(engine) as session:
        host.create_all(session.connection())
        session.execute(notes.insert(), {"id": 1})
        with pytest.raises(RuntimeError):
            save_orders(session.connection(), tables, stream())
        session.commit()
    with engine.begin() as connection:
        assert connection.scalars(select(notes.c.id)).all() == [1]
        assert load_orders(connection, tables) == ()


def test_the_database_refuses_what_no_model_would_hold(engine, tables):
    with engine.begin() as connection:
        save_orders(connection, tables, [order()])
        for statement in (
            "UPDATE shopcore_order_lines SET quantity = 0",
            "UPDATE shopcore_order_lines SET returned = 9",
            "INSERT INTO shopcore_stock_levels (sku, location, on_hand, reserved) VALUES ('A', 'x', 1, 2)",
            "UPDATE shopcore_orders SET kind = 'gift'",
        ):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(text(statement))
        connection.execute(text("DELETE FROM shopcore_orders"))
        assert connection.scalar(text("SELECT count(*) FROM shopcore_order_lines")) == 0


def test_strict_tables_refuse_text_for_numbers(tmp_path):
    with Shop(f"sqlite:///{tmp_path / 's.db'}") as shop, shop.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("INSERT INTO shopcore_stock_levels (sku, location, on_hand) VALUES ('A','x','abc')"))


def test_instants_are_kept_in_utc_and_sort_as_text(engine, tables):
    east = timezone(timedelta(hours=8))
    with engine.begin() as connection:
        save_orders(connection, tables, [order("E", placed_at=datetime(2026, 11, 11, 12, tzinfo=east))])
        [found] = load_orders(connection, tables)
        assert found.placed_at == NOON
        assert found.placed_at.utcoffset() == timedelta(0)
        placed = tables.orders.c.placed_at
        later = select(tables.orders.c.order_id).where(placed >= NOON)
        assert connection.scalars(later).all() == ["E"]
        with pytest.raises(Exception, match="aware"):
            connection.execute(select(placed).where(placed > datetime(2026, 1, 1)))  # noqa: DTZ001  # what is refused


def test_what_cannot_be_stored_is_named():
    shop = Shop()
    mixed = Sku(sku="A", price=Money(1, "CNY"), unit_cost=Money(1, "USD"))
    with shop.begin() as connection:
        with pytest.raises(CurrencyMismatchError):
            save_skus(connection, shop.tables, [mixed])
        with pytest.raises(InputError, match="limit"):
            load_orders(connection, shop.tables, limit=0)
        with pytest.raises(InputError, match="ids"):
            load_orders(connection, shop.tables, ["A"], after="A")
    with pytest.raises(InputError, match="decimal digits"):
        price_parts(UnitPrice("1/3", "CNY"))


def test_a_file_is_reopened_and_hides_its_password(tmp_path):
    url = f"sqlite:///{tmp_path / 's.db'}"
    with Shop(url) as shop, shop.begin() as connection:
        save_orders(connection, shop.tables, [order()])
    with Shop(url) as shop, shop.begin() as connection:
        assert load_orders(connection, shop.tables) == (order(),)
        assert set(inspect(connection).get_table_names()) == {
            *(t.name for t in shop.tables.all),
            "shopcore_schema_version",
        }
    assert "s.db" in repr(shop)


@given(
    minor=st.integers(-(10**15), 10**15),
    places=st.integers(0, 12),
    currency=st.sampled_from(["CNY", "JPY", "KWD", "GBP"]),
)
def test_every_decimal_price_survives(minor, places, currency):
    from fractions import Fraction

    from shopcore.persistence._columns import price_of

    digits = Money(0, currency).currency.digits
    price = UnitPrice(Fraction(minor, 10 ** (digits + places)), currency)
    parts, scale = price_parts(price)
    back = price_of(parts, scale, currency)
    assert (UnitPrice.of_money(back) if isinstance(back, Money) else back) == price
