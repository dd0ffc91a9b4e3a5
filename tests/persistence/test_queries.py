"""Queries of every day give what a look at every order and every shelf would give, page by page."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.errors import InputError
from shopcore.models import Money, Order, OrderLine, Posting, RoundingPolicy, StockPosition
from shopcore.orders import STATES, ServiceTerms, Term, order_deadlines, order_state
from shopcore.persistence import (
    count_orders,
    load_orders,
    low_stock,
    orders_by_state,
    overdue_shipments,
    save_orders,
    save_reorder_points,
    save_stock,
)

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
TERMS = [
    ServiceTerms(),
    ServiceTerms(ship=Term(1)),
    ServiceTerms(ship=Term(days=1, zone="Asia/Shanghai", rest_days=(5, 6), holidays=(date(2026, 11, 12),))),
]


@st.composite
def orders(draw):
    found = []
    for number in range(draw(st.integers(0, 8))):
        placed = NOON + timedelta(hours=draw(st.integers(0, 5)))
        quantity = draw(st.integers(1, 3))
        shipped = draw(st.integers(0, quantity))
        line = OrderLine(
            line_id="1", sku="A", title="t", quantity=quantity, unit_price=Money(100, "CNY"), shipped=shipped,
            cancelled=draw(st.integers(0, quantity - shipped)), received=draw(st.integers(0, shipped)),
            return_requested=draw(st.integers(0, 1)) if shipped else 0,
        )  # fmt: skip
        paid = draw(st.sampled_from([0, 0, 100 * quantity]))
        after = timedelta(hours=draw(st.integers(-1, 60)))
        fields = {"postings": [Posting(kind="payment", amount=Money(paid, "CNY"), at=placed)]} if paid else {}
        found.append(
            Order(
                order_id=f"N{number}", currency="CNY", rounding=RoundingPolicy("line"), placed_at=placed, lines=[line],
                payment_terms=draw(st.sampled_from(["prepaid", "cash_on_delivery", "account"])),
                paid_at=placed + after if paid else None, kind=draw(st.sampled_from(["sale", "sale", "credit"])),
                **fields,
            )
        )  # fmt: skip
    return found


@given(
    found=orders(), limit=st.integers(1, 3), hours=st.integers(0, 6), chosen=st.sets(st.sampled_from(sorted(STATES)))
)
def test_orders_by_state_and_age(place, found, limit, hours, chosen):
    connection, tables = place
    before = NOON + timedelta(hours=hours)
    with connection.begin_nested() as savepoint:
        save_orders(connection, tables, found)
        seen, last = [], None
        ask = {"placed_before": before, "limit": limit}
        while chosen and (page := orders_by_state(connection, tables, chosen, after=last, **ask)):
            seen += page
            last = page[-1]
        young = [one for one in found if one.placed_at < before]
        expected = [one for one in young if order_state(one) in chosen]
        assert seen == sorted(expected, key=lambda one: (one.placed_at, one.order_id))
        counts = count_orders(connection, tables, placed_before=before)
        assert counts == {s: n for s in STATES if (n := sum(order_state(one) == s for one in young))}
        savepoint.rollback()


@given(found=orders(), limit=st.integers(1, 3), hours=st.integers(0, 120), terms=st.sampled_from(TERMS))
def test_overdue_shipments(place, found, limit, hours, terms):
    connection, tables = place
    at = NOON + timedelta(hours=hours, microseconds=hours % 2)
    with connection.begin_nested() as savepoint:
        save_orders(connection, tables, found)
        seen, last = [], None
        while page := overdue_shipments(connection, tables, at=at, terms=terms, after=last, limit=limit):
            seen += page
            last = page[-1]
        expected = [
            (end.since, one.order_id, order_state(one), end)
            for one in found
            for end in order_deadlines(one, at=at, terms=terms)
            if end.task == "ship" and end.state == "overdue"
        ]
        assert [(one.deadline.since, one.order_id, one.state, one.deadline) for one in seen] == sorted(
            expected, key=lambda row: row[:2]
        )
        savepoint.rollback()


levels = st.builds(
    StockPosition, sku=st.sampled_from("ABCD"), location=st.sampled_from(["main", "north"]),
    on_hand=st.integers(5, 20), reserved=st.integers(0, 5), safety=st.integers(0, 5), damaged=st.integers(0, 5),
    incoming=st.integers(0, 9),
)  # fmt: skip


@given(
    shelves=st.lists(levels, max_size=8, unique_by=lambda one: (one.sku, one.location)),
    main=st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 25)),
    north=st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 25)),
    limit=st.integers(1, 3),
)
def test_low_stock(place, shelves, main, north, limit):
    connection, tables = place
    with connection.begin_nested() as savepoint:
        save_stock(connection, tables, shelves)
        save_reorder_points(connection, tables, dict.fromkeys(main, 99), at=NOON)
        save_reorder_points(connection, tables, main, at=NOON)
        save_reorder_points(connection, tables, north, at=NOON, location="north")
        seen, last = [], None
        while page := low_stock(connection, tables, after=last, limit=limit):
            seen += page
            last = page[-1]
        here = {(one.sku, one.location): one.available + one.safety + one.incoming for one in shelves}
        points = {(sku, "main"): units for sku, units in main.items()} | {(s, "north"): u for s, u in north.items()}
        expected = [
            (*key, here.get(key, 0), units, units - here.get(key, 0))
            for key, units in sorted(points.items())
            if here.get(key, 0) <= units
        ]
        assert [(one.sku, one.location, one.position, one.reorder_point, one.short) for one in seen] == expected
        assert low_stock(connection, tables, location="north", skus=["A", "B"]) == tuple(
            one for one in seen if one.location == "north" and one.sku in "AB"
        )
        savepoint.rollback()


def test_the_state_follows_the_order(place):
    connection, tables = place
    line = OrderLine(line_id="1", sku="A", title="t", quantity=1, unit_price=Money(100, "CNY"))
    order = Order(order_id="S", currency="CNY", rounding=RoundingPolicy("line"), placed_at=NOON, lines=[line])
    with connection.begin_nested() as savepoint:
        for state in ("awaiting_payment", "cancelled"):
            if state == "cancelled":
                order = order.evolve(lines=[line.evolve(cancelled=1, waived=1)])
            save_orders(connection, tables, [order])
            assert order_state(order) == state
            assert count_orders(connection, tables) == {state: 1}
            assert load_orders(connection, tables) == (order,)
        savepoint.rollback()


def test_bad_questions_are_named(place):
    connection, tables = place
    with pytest.raises(InputError, match="states"):
        orders_by_state(connection, tables, "lost")
    with pytest.raises(InputError, match="limit"):
        orders_by_state(connection, tables, "shipped", limit=0)
    with pytest.raises(InputError, match="after"):
        orders_by_state(connection, tables, "shipped", after="A1")
    with pytest.raises(InputError, match="at"):
        overdue_shipments(connection, tables, at=datetime(2026, 1, 1))  # noqa: DTZ001  # what is refused
    with pytest.raises(InputError, match="points"):
        save_reorder_points(connection, tables, {"A": 1.5}, at=NOON)
    with pytest.raises(InputError, match="points"):
        save_reorder_points(connection, tables, [("A", 1)], at=NOON)
