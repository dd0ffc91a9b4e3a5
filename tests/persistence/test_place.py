"""Orders placed and advanced on both databases: rows, stock, promotion claims, events and messages move as one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, event, select, text
from sqlalchemy.orm import Session

from shopcore.errors import (
    IdempotencyConflictError,
    InputError,
    OutOfStockError,
    PromotionLimitError,
    RecordNotFoundError,
    RefundLimitError,
    RefusedError,
    StaleRecordError,
    TransitionError,
)
from shopcore.models import Budget, Buyer, Cart, CartLine, Money, Order, OrderLine, Promotion, RoundingPolicy
from shopcore.orders import order_state, replay, totals
from shopcore.persistence import (
    acknowledge_outbox,
    advance_order,
    available_stock,
    build_tables,
    expire_due,
    load_order_events,
    load_orders,
    load_stock,
    load_usage,
    order_from_cart,
    place_order,
    read_outbox,
    receive_stock,
    reconcile_claims,
    reconcile_stock,
    reserve_stock,
    save_orders,
    write_outbox,
)
from shopcore.persistence._migrate import create
from shopcore.promotions import evaluate, rules

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
SOON, LATER = NOON + timedelta(minutes=5), NOON + timedelta(minutes=15)


@pytest.fixture
def tables(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        create(connection, tables)
        receive_stock(connection, tables, {"A": 10, "B": 5}, op_id="opening", at=NOON)
    return tables


@pytest.fixture
def host(engine, tables):
    with engine.begin() as connection:
        yield connection


def line(number, sku, quantity, **fields):
    return OrderLine(
        line_id=str(number), sku=sku, title=f"Thing {sku}", quantity=quantity, unit_price=Money(1000, "CNY"), **fields
    )


def order(name="O1", lines=None, **fields):
    return Order(
        order_id=name, currency="CNY", rounding=RoundingPolicy("line"), placed_at=NOON,
        lines=lines or [line(1, "A", 3), line(2, "B", 2)], **fields,
    )  # fmt: skip


def levels(host, tables):
    return {(p.sku, p.location): (p.on_hand, p.reserved) for p in load_stock(host, tables)}


def proven(host, tables, name="O1"):
    assert reconcile_stock(host, tables) == ()
    assert reconcile_claims(host, tables) == ()
    [stored] = load_orders(host, tables, [name])
    assert replay(load_order_events(host, tables, name)) == stored
    return stored


def step(host, tables, command, op_id, *, name="O1", at=SOON, **asked):
    return advance_order(host, tables, name, command, op_id=op_id, at=at, **asked)


def pay(host, tables, amount=5000, **asked):
    return step(host, tables, "pay", "pay", amount=Money(amount, "CNY"), **asked)


def test_an_order_goes_from_placing_to_return_and_the_books_agree_at_every_step(host, tables):
    booked = place_order(host, tables, order(), op_id="1", expires_at=LATER)
    assert booked.order.version == 1
    assert levels(host, tables) == {("A", "main"): (10, 3), ("B", "main"): (5, 2)}
    assert proven(host, tables) == booked.order
    pay(host, tables, reference="wx-1")
    expire_due(host, tables, at=LATER)
    assert levels(host, tables)["A", "main"] == (10, 3), "a paid order's hold lasts"
    step(host, tables, "ship", "2", units={"1": 2})
    assert levels(host, tables) == {("A", "main"): (8, 1), ("B", "main"): (5, 2)}
    step(host, tables, "refund", "3", units={"2": 2})
    assert levels(host, tables) == {("A", "main"): (8, 1), ("B", "main"): (5, 0)}, "a refund of unshipped units"
    step(host, tables, "ship", "4")
    assert levels(host, tables)["A", "main"] == (7, 0)
    step(host, tables, "confirm_receipt", "5")
    step(host, tables, "request_return", "6", units={"1": 2})
    step(host, tables, "receive_return", "7", units={"1": 1}, restock_to="returns")
    step(host, tables, "receive_return", "8", units={"1": 1})
    step(host, tables, "exchange", "9", units={"1": 1})
    assert levels(host, tables) == {("A", "main"): (6, 0), ("A", "returns"): (1, 0), ("B", "main"): (5, 0)}
    last = step(host, tables, "refund", "10", units={"1": 1})
    assert proven(host, tables) == last.order
    assert [one.number for one in load_order_events(host, tables, "O1")] == list(range(1, 12))
    assert host.execute(select(tables.stock_holds)).all() == []


def test_every_step_happens_once_and_gives_the_first_result_again(host, tables):
    first = place_order(host, tables, order(), op_id="1")
    paid = pay(host, tables)
    shipped = step(host, tables, "ship", "2", units={"1": 1})
    before = levels(host, tables), proven(host, tables)
    later = order().evolve(placed_at=SOON)
    for again, was in (
        (place_order(host, tables, later, op_id="1"), first),
        (pay(host, tables, at=LATER), paid),
        (step(host, tables, "ship", "2", units={"1": 1}), shipped),
    ):
        assert again.replayed
        assert (again.order, again.events, again.short) == (was.order, was.events, was.short)
    assert (levels(host, tables), proven(host, tables)) == before
    for conflict in (
        lambda: place_order(host, tables, order("O2"), op_id="1"),
        lambda: step(host, tables, "ship", "2", units={"1": 2}),
        lambda: step(host, tables, "confirm_receipt", "2"),
        lambda: receive_stock(host, tables, {"A": 1}, op_id="2", at=NOON),
    ):
        with pytest.raises(IdempotencyConflictError):
            conflict()
    with pytest.raises(RefusedError) as caught:
        place_order(host, tables, order(), op_id="other")
    assert caught.value.reason == "order_exists"
    assert (levels(host, tables), proven(host, tables)) == before


def test_what_is_refused_leaves_nothing_behind(engine, host, tables):
    count = "SELECT (SELECT count(*) FROM shopcore_{}) + (SELECT count(*) FROM shopcore_{})"
    with pytest.raises(OutOfStockError) as caught:
        place_order(host, tables, order(lines=[line(1, "A", 11), line(2, "B", 6), line(3, "C", 1)]), op_id="1")
    assert [short.sku for short in caught.value.lines] == ["A", "B", "C"]
    assert host.scalar(text(count.format("orders", "order_events"))) == 0
    assert host.scalar(text(count.format("outbox", "stock_holds"))) == 0
    place_order(host, tables, order(), op_id="1")
    with pytest.raises(TransitionError) as refused:
        step(host, tables, "ship", "2")
    assert "pay" in refused.value.allowed
    with pytest.raises(RefundLimitError):
        step(host, tables, "goodwill", "2", amount=Money(1, "CNY"))
    with pytest.raises(StaleRecordError, match="version 1, not 7"):
        pay(host, tables, version=7)
    with pytest.raises(RecordNotFoundError):
        step(host, tables, "ship", "2", name="nobody")
    pay(host, tables, version=1)
    assert proven(host, tables).version == 2


def test_a_cancelled_order_gives_everything_back(host, tables):
    claims = priced().claims
    place_order(host, tables, order(customer_id="C1"), op_id="1", claims=claims)
    assert load_usage(host, tables, ["off"], currency="CNY", customer_id="C1")["off"].used_by_customer == 1
    step(host, tables, "cancel", "2", units={"1": 3})
    assert levels(host, tables) == {("A", "main"): (10, 0), ("B", "main"): (5, 2)}
    assert load_usage(host, tables, ["off"], currency="CNY")["off"].used == 1, "part of the order still stands"
    after = step(host, tables, "cancel", "3")
    assert order_state(after.order) == "cancelled"
    assert levels(host, tables) == {("A", "main"): (10, 0), ("B", "main"): (5, 0)}
    found = load_usage(host, tables, ["off"], currency="CNY", customer_id="C1")["off"]
    assert (found.used, found.used_by_customer, found.spent) == (0, 0, Money(0, "CNY"))
    proven(host, tables)


def promotion(**fields):
    return Promotion(promotion_id="off", effect=rules.SpendThreshold(amount=Money(500, "CNY")), **fields)


def cart(quantity=1):
    return Cart(
        currency="CNY", buyer=Buyer(orders=0), shipping=Money(800, "CNY"),
        lines=[CartLine(line_id="1", sku="A", quantity=quantity, unit_price=Money(1000, "CNY"), tax_rate="13%")],
    )  # fmt: skip


def priced(usage=None, **fields):
    return evaluate(cart(), [promotion(**fields)], at=NOON, usage=usage)


def bought(host, tables, number, result, customer="C1"):
    made = order_from_cart(
        cart(), result, order_id=f"P{number}", placed_at=NOON, titles={"A": "Thing A"}, customer_id=customer
    )
    return place_order(host, tables, made, op_id=f"p{number}", claims=result.claims)


@pytest.mark.parametrize(
    ("fields", "reason", "sold"),
    [
        ({"limit": 2}, "usage_limit", 2),
        ({"per_customer": 1}, "customer_limit", 1),
        ({"budget": Budget(limit=Money(1200, "CNY"))}, "budget", 2),
    ],
    ids=["limit", "per_customer", "budget"],
)
def test_limits_hold_against_prices_that_are_out_of_date(host, tables, fields, reason, sold):
    # Priced before anybody bought, as two customers who look at one moment do.
    stale = priced(**fields)
    for number in range(sold):
        bought(host, tables, number, stale)
    made = order_from_cart(cart(), stale, order_id="X", placed_at=NOON, titles={"A": "A"}, customer_id="C1")
    with pytest.raises(PromotionLimitError) as caught:
        place_order(host, tables, made, op_id="x", claims=stale.claims)
    assert [(one.promotion_id, one.reason) for one in caught.value.claims] == [("off", reason)]
    assert available_stock(host, tables, ["A"], at=NOON) == {"A": 10 - sold}
    usage = load_usage(host, tables, ["off"], currency="CNY", customer_id="C1")
    again = priced(usage, **fields).of("off")
    assert (again.code, again.capped) in ((reason, False), ("applied", True))
    advance_order(host, tables, "P0", "cancel", op_id="c", at=SOON)
    place_order(host, tables, made, op_id="x", claims=stale.claims)
    spent = [replace(claim, limit=0) for claim in stale.claims]
    with pytest.raises(PromotionLimitError):
        place_order(host, tables, order(), op_id="y", claims=spent)
    assert reconcile_claims(host, tables) == ()


def test_the_order_keeps_the_prices_of_its_cart(host, tables):
    gift = Promotion(promotion_id="gift", effect=rules.Gift(sku="B"))
    free = Promotion(promotion_id="free", effect=rules.FreeShipping())
    found = evaluate(cart(3), [promotion(), gift, free], at=NOON)
    made = order_from_cart(
        cart(3), found, order_id="O1", placed_at=NOON, titles={"A": "Thing A", "B": "Gift B"},
        unit_costs={"A": Money(400, "CNY")}, country="CN",
    )  # fmt: skip
    assert [(one.kind, one.sku, one.quantity) for one in made.lines] == [
        ("goods", "A", 3), ("gift", "B", 1), ("shipping", "SHIPPING", 1)
    ]  # fmt: skip
    sums = totals(made)
    assert (sums.total, sums.tax) == (found.total_with_tax, found.lines[0].tax)
    place_order(host, tables, made, op_id="1", claims=found.claims)
    assert proven(host, tables).evolve(version=0) == made
    assert levels(host, tables) == {("A", "main"): (10, 3), ("B", "main"): (5, 1)}
    with pytest.raises(InputError, match="priced"):
        order_from_cart(cart(2), found, order_id="O2", placed_at=NOON, titles={"A": "Thing A"})
    with pytest.raises(InputError, match="titles"):
        order_from_cart(cart(3), found, order_id="O2", placed_at=NOON, titles={"A": "Thing A"})


def test_a_carts_hold_passes_to_its_order_and_nobody_gets_between(host, tables):
    reserve_stock(host, tables, {"A": 9, "B": 1}, hold_id="cart", op_id="h", at=NOON, expires_at=LATER)
    place_order(host, tables, order(lines=[line(1, "A", 10), line(2, "B", 1)]), op_id="1", from_hold="cart")
    assert levels(host, tables) == {("A", "main"): (10, 10), ("B", "main"): (5, 1)}
    assert reconcile_stock(host, tables) == ()
    with pytest.raises(RefusedError) as caught:
        reserve_stock(host, tables, {"B": 1}, hold_id="O1", op_id="x", at=NOON)
    assert caught.value.reason == "hold_exists"
    place_order(host, tables, order("O2", [line(1, "B", 4)]), op_id="2", from_hold="unknown")
    assert levels(host, tables)["B", "main"] == (5, 5)


def test_a_payment_after_the_hold_ended_stands_and_says_what_is_short(host, tables):
    place_order(host, tables, order(), op_id="1", expires_at=SOON)
    place_order(host, tables, order("O2", [line(1, "B", 5)]).evolve(placed_at=SOON), op_id="2")
    assert levels(host, tables) == {("A", "main"): (10, 3), ("B", "main"): (5, 5)}
    late = pay(host, tables, at=LATER)
    assert [(short.sku, short.missing) for short in late.short] == [("B", 2)]
    assert order_state(late.order) == "awaiting_shipment"
    assert pay(host, tables, at=LATER).short == late.short
    assert expire_due(host, tables, at=LATER + timedelta(days=9)).event.changes == ()
    with pytest.raises(OutOfStockError):
        step(host, tables, "ship", "3", at=LATER)
    step(host, tables, "ship", "3", at=LATER, units={"1": 3})
    receive_stock(host, tables, {"B": 2}, op_id="more", at=LATER)
    step(host, tables, "ship", "4", at=LATER)
    assert levels(host, tables) == {("A", "main"): (7, 0), ("B", "main"): (5, 5)}
    proven(host, tables)


def test_a_late_payment_holds_again_what_is_free(host, tables):
    place_order(host, tables, order(), op_id="1", expires_at=SOON)
    expire_due(host, tables, at=SOON)
    assert pay(host, tables, at=LATER).short == ()
    assert levels(host, tables) == {("A", "main"): (10, 3), ("B", "main"): (5, 2)}
    step(host, tables, "ship", "2", at=LATER)
    assert proven(host, tables).shipped_at == LATER


def test_units_lent_in_part_are_held_again(host, tables):
    place_order(host, tables, order(lines=[line(1, "A", 10), line(2, "B", 1)]), op_id="1", expires_at=SOON)
    place_order(host, tables, order("O2", [line(1, "A", 1)]).evolve(placed_at=SOON), op_id="o2")
    advance_order(host, tables, "O2", "cancel", op_id="c", at=SOON)
    assert pay(host, tables, 11000, at=LATER).short == ()
    assert levels(host, tables) == {("A", "main"): (10, 10), ("B", "main"): (5, 1)}
    step(host, tables, "ship", "2", at=LATER)
    proven(host, tables)


def test_goods_lie_at_several_places(host, tables):
    receive_stock(host, tables, {"A": 4}, op_id="sha", at=NOON, location="SHA")
    two = order(lines=[line(1, "A", 3), line(2, "A", 2), line(3, "B", 1, kind="service")])
    place_order(host, tables, two, op_id="1", location={"1": "main", "2": "SHA"})
    assert levels(host, tables) == {("A", "SHA"): (4, 2), ("A", "main"): (10, 3), ("B", "main"): (5, 0)}
    pay(host, tables, 6000)
    step(host, tables, "ship", "2", units={"2": 2}, location="SHA")
    step(host, tables, "ship", "3", units={"1": 3})
    assert levels(host, tables) == {("A", "SHA"): (2, 0), ("A", "main"): (7, 0), ("B", "main"): (5, 0)}
    with pytest.raises(InputError, match="location"):
        place_order(host, tables, order("O2"), op_id="x", location={"1": "main"})


def test_orders_without_stock_and_orders_brought_in(host, tables):
    made = order("D1", [line(1, "DROP", 2)])
    place_order(host, tables, made, op_id="1", stock=False)
    step(host, tables, "pay", "2", name="D1", amount=Money(2000, "CNY"), stock=False)
    step(host, tables, "ship", "3", name="D1", stock=False)
    proven(host, tables, "D1")
    save_orders(host, tables, [order("I1", [line(1, "A", 2)], source="taobao", external_ref="9")])
    paid = step(host, tables, "pay", "4", name="I1", amount=Money(2000, "CNY"))
    shipped = step(host, tables, "ship", "5", name="I1")
    again = step(host, tables, "pay", "4", name="I1", amount=Money(2000, "CNY"))
    assert (again.replayed, again.order, again.events) == (True, paid.order, paid.events)
    assert load_orders(host, tables, ["I1"]) == (shipped.order,)
    assert [one.number for one in load_order_events(host, tables, "I1")] == [1, 2]
    with pytest.raises(RefusedError) as caught:
        place_order(host, tables, order("I2", source="taobao", external_ref="9"), op_id="6")
    assert caught.value.reason == "order_exists"


def test_the_outbox_is_read_in_order_and_at_least_once(engine, tables):
    with engine.begin() as connection:
        place_order(connection, tables, order(customer_id="C1"), op_id="1")
        pay(connection, tables)
        write_outbox(connection, tables, "host.note", {"n": 1}, key="O1", at=NOON)
    with engine.begin() as connection:
        seen = read_outbox(connection, tables)
        connection.rollback()
    with Session(engine) as session, session.begin():
        again = read_outbox(session, tables, limit=2)
        assert acknowledge_outbox(session, tables, again) == 2
    with engine.begin() as connection:
        assert [one.topic for one in seen] == ["order.placed", "order.paid", "host.note"]
        assert again == seen[:2]
        assert read_outbox(connection, tables) == seen[2:]
        acknowledge_outbox(connection, tables, seen)
        step(connection, tables, "ship", "2")
        [later] = read_outbox(connection, tables)
    assert later.number > seen[-1].number
    assert "C1" not in str([one.body for one in seen])
    assert seen[1].body["amount"] == {"minor": 5000, "currency": "CNY"}


def test_a_rolled_back_transaction_tells_nobody(engine, tables):
    with engine.connect() as connection:
        place_order(connection, tables, order(), op_id="1")
        connection.rollback()
    with engine.begin() as connection:
        assert read_outbox(connection, tables) == ()
        assert load_orders(connection, tables) == ()


def test_an_order_takes_few_statements(engine, host, tables):
    seen = []
    event.listen(engine, "before_cursor_execute", lambda *facts: seen.append(facts[2]))
    place_order(host, tables, order(lines=[line(n, "A", 1) for n in range(9)]), op_id="1")
    assert len(seen) <= 12


def test_misuse_is_named(host, tables):
    place_order(host, tables, order(), op_id="1")
    for call, name in (
        (lambda: place_order(host, tables, "order", op_id="2"), "order"),
        (lambda: place_order(host, tables, order("O2", version=3), op_id="2"), "order"),
        (lambda: place_order(host, tables, order("O2"), op_id=""), "op_id"),
        (lambda: place_order(host, tables, order("O2"), op_id="2", expires_at=NOON), "expires_at"),
        (lambda: place_order(host, tables, order("O2"), op_id="2", claims=["off"]), "claims"),
        (lambda: step(host, tables, "fly", "2"), "command"),
        (lambda: step(host, tables, "ship", "2", amount=Money(1, "CNY")), "amount"),
        (lambda: step(host, tables, "hold", "2", units={"1": 1}), "units"),
        (lambda: step(host, tables, "cancel", "2", keep_goods=True), "keep_goods"),
        (lambda: step(host, tables, "cancel", "2", units=[("1", 1)]), "units"),
        (lambda: step(host, tables, "cancel", "2", version=True), "version"),
        (lambda: step(host, tables, "cancel", "2", location=""), "location"),
        (lambda: step(host, tables, "cancel", "2", at=datetime(2026, 1, 1)), "at"),  # noqa: DTZ001
        (lambda: write_outbox(host, tables, "t", {"a": object()}, key="k", at=NOON), "body"),
        (lambda: write_outbox(host, tables, "t", {"a": float("nan")}, key="k", at=NOON), "body"),
        (lambda: read_outbox(host, tables, limit=0), "limit"),
        (lambda: acknowledge_outbox(host, tables, [1]), "messages"),
    ):
        with pytest.raises(InputError, match=name):
            call()
    assert proven(host, tables).version == 1
