"""An error before and after every statement and at the commit of every operation: all of it or nothing, and once."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, event, select

from shopcore.models import Money, Order, OrderLine, RoundingPolicy
from shopcore.persistence import (
    adjust_stock,
    advance_order,
    build_tables,
    commit_stock,
    expire_due,
    place_order,
    receive_stock,
    reconcile_claims,
    reconcile_stock,
    release_stock,
    reserve_stock,
    transfer_stock,
)
from shopcore.persistence._migrate import create
from shopcore.promotions import Claim

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)
OFF = Claim("off", 1, Money(100, "CNY"), 5, 2, Money(900, "CNY"), Money(100, "CNY"), Money(0, "CNY"))


class Fault(Exception):  # noqa: N818  # what is thrown in, not what is raised
    pass


class Faults:
    """Raises at the n-th statement of an engine, before or after it, or at its commit."""

    def __init__(self, engine):
        self.engine, self.seen, self.target = engine, 0, None
        event.listen(engine, "before_cursor_execute", lambda *_: self._count("before"))
        event.listen(engine, "after_cursor_execute", lambda *_: self._count("after"))
        event.listen(engine, "commit", lambda _: self._hit(("commit", 0)))

    def _count(self, phase):
        self.seen += phase == "before"
        self._hit((phase, self.seen))

    def _hit(self, here):
        if here == self.target:
            self.target = None
            raise Fault

    @contextmanager
    def at(self, target):
        self.seen, self.target = 0, target
        try:
            yield
        finally:
            self.target = None


def order(name):
    lines = [
        OrderLine(line_id=sku, sku=sku, title="Thing", quantity=2, unit_price=Money(1000, "CNY")) for sku in ("A", "B")
    ]
    return Order(
        order_id=name, currency="CNY", rounding=RoundingPolicy("line"), placed_at=NOON, lines=lines, customer_id="C"
    )


def placing(name, **fields):
    return lambda c, t, k: place_order(c, t, order(name), op_id=k, claims=[OFF], expires_at=LATER, **fields)


def step(name, command, **asked):
    return lambda c, t, k: advance_order(c, t, name, command, op_id=k, at=NOON, **asked)


OPERATIONS = (
    lambda c, t, k: receive_stock(c, t, {"A": 20, "B": 20}, op_id=k, at=NOON),
    lambda c, t, k: reserve_stock(c, t, {"A": 3, "B": 2}, hold_id="h", op_id=k, at=NOON, expires_at=LATER),
    lambda c, t, k: commit_stock(c, t, "h", {"A": 1}, op_id=k, at=NOON),
    lambda c, t, k: release_stock(c, t, "h", {"B": 1}, op_id=k, at=NOON),
    lambda c, t, k: adjust_stock(c, t, {"A": -1, "B": 2}, reason="count", op_id=k, at=NOON),
    lambda c, t, k: transfer_stock(c, t, {"A": 2}, source="main", target="east", op_id=k, at=NOON),
    placing("O1", from_hold="h"),
    step("O1", "pay", amount=Money(4000, "CNY")),
    step("O1", "ship", units={"A": 1}),
    step("O1", "refund", units={"B": 1}),
    step("O1", "ship"),
    step("O1", "request_return", units={"A": 1}),
    step("O1", "receive_return", restock_to="east"),
    placing("O2"),
    step("O2", "cancel"),
    placing("O3"),
    lambda c, t, k: expire_due(c, t, op_id=k, at=LATER),
)


def everything(connection, tables):
    shown = (tables.stock_levels, tables.stock_holds, tables.stock_entries, tables.operations, tables.orders,
             tables.order_lines, *tables.trade.all)  # fmt: skip
    return [sorted(map(str, connection.execute(select(table)).all())) for table in shown]


def result(booking):
    return getattr(booking, "event", None) or (booking.order, booking.events, booking.short)


def test_no_fault_leaves_half_an_operation_behind(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        create(connection, tables)
    faults, points = Faults(engine), 0
    for number, operation in enumerate(OPERATIONS):
        key = f"op-{number}"
        with engine.connect() as connection:
            before = everything(connection, tables)
            connection.rollback()
            with faults.at(None):
                reference = result(operation(connection, tables, key))
            statements = faults.seen
            connection.rollback()
        targets = [(phase, n) for n in range(1, statements + 1) for phase in ("before", "after")]
        for target in (*targets, ("commit", 0)):
            points += 1
            with pytest.raises(Fault), faults.at(target), engine.begin() as connection:
                operation(connection, tables, key)
            with engine.connect() as connection:
                assert everything(connection, tables) == before, (number, target)
                connection.rollback()
        with engine.begin() as connection:
            # The reply of this one is lost: it was committed, and is asked for again.
            assert result(operation(connection, tables, key)) == reference
        with engine.begin() as connection:
            after = everything(connection, tables)
            again = operation(connection, tables, key)
            assert again.replayed
            assert result(again) == reference
            assert everything(connection, tables) == after
            assert reconcile_stock(connection, tables) == ()
            assert reconcile_claims(connection, tables) == ()
    assert points > 300


def test_a_host_that_catches_the_fault_goes_on_without_the_operation(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        create(connection, tables)
        receive_stock(connection, tables, {"A": 20, "B": 20}, op_id="opening", at=NOON)
    faults = Faults(engine)
    with engine.connect() as connection:
        before = everything(connection, tables)
        with faults.at(None):
            placing("O1")(connection, tables, "k")
        # After the savepoint was released the operation is done, and only its reply is lost.
        inside = range(2, faults.seen)
        connection.rollback()
    with engine.begin() as connection:
        for number in inside:
            with pytest.raises(Fault), faults.at(("after", number)):
                placing("O1")(connection, tables, "k")
            assert everything(connection, tables) == before, number
        assert not placing("O1")(connection, tables, "k").replayed
