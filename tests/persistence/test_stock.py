"""The stock verbs on both databases: what they do, what they refuse, and that the host's transaction stays its own."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from shopcore.errors import (
    IdempotencyConflictError,
    InputError,
    LimitError,
    OutOfStockError,
    RefusedError,
    RetryableError,
    StorageError,
)
from shopcore.inventory import StockLedger
from shopcore.models import StockPosition
from shopcore.persistence import (
    adjust_stock,
    available_stock,
    build_tables,
    check_reserve_stock,
    commit_stock,
    expire_due,
    load_stock,
    receive_stock,
    reconcile_stock,
    release_stock,
    reserve_stock,
    save_stock,
    transfer_stock,
)
from shopcore.persistence._migrate import create
from shopcore.persistence._unit import unit

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)


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


def levels(host, tables):
    return {
        (p.sku, p.location) if p.location != "main" else p.sku: (p.on_hand, p.reserved)
        for p in load_stock(host, tables)
    }


def test_the_verbs_move_the_counters_and_agree_with_the_pure_ledger(host, tables):
    pure = StockLedger.of({"A": 10, "B": 5})
    ask = [("B", 2), ("A", 3), ("B", 1)]
    steps = [
        (reserve_stock(host, tables, ask, hold_id="h", op_id="1", at=NOON),
         pure := pure.reserve(ask, hold_id="h", op_id="1", at=NOON)),
        (commit_stock(host, tables, "h", {"B": 1}, op_id="2", at=NOON),
         pure := pure.ledger.commit("h", {"B": 1}, op_id="2", at=NOON)),
        (release_stock(host, tables, "h", {"A": 1}, op_id="3", at=NOON),
         pure := pure.ledger.release("h", {"A": 1}, op_id="3", at=NOON)),
        (adjust_stock(host, tables, {"A": -4, "B": 2}, reason="count", op_id="4", at=NOON),
         pure := pure.ledger.adjust({"A": -4, "B": 2}, reason="count", op_id="4", at=NOON)),
        (transfer_stock(host, tables, {"A": 2}, source="main", target="SHA", op_id="5", at=NOON),
         pure := pure.ledger.transfer({"A": 2}, source="main", target="SHA", op_id="5", at=NOON)),
        (commit_stock(host, tables, "h", op_id="6", at=NOON), pure := pure.ledger.commit("h", op_id="6", at=NOON)),
    ]  # fmt: skip
    for booked, step in steps:
        assert booked.event == step.event
        assert not booked.replayed
    assert levels(host, tables) == {"A": (2, 0), "B": (4, 0), ("A", "SHA"): (2, 0)}
    assert dict(pure.ledger.on_hand) == {("main", "A"): 2, ("main", "B"): 4, ("SHA", "A"): 2}
    assert host.scalar(select(func.count()).select_from(tables.stock_holds)) == 0
    assert reconcile_stock(host, tables) == ()


def test_every_short_line_is_named_and_nothing_is_held(host, tables):
    ask = [("A", 6), ("Z", 1), ("A", 5), ("B", 5)]
    with pytest.raises(OutOfStockError) as caught:
        reserve_stock(host, tables, ask, hold_id="h", op_id="1", at=NOON)
    assert [(line.sku, line.asked, line.available) for line in caught.value.lines] == [("A", 11, 10), ("Z", 1, 0)]
    assert caught.value.lines == check_reserve_stock(host, tables, ask, at=NOON)
    assert levels(host, tables) == {"A": (10, 0), "B": (5, 0)}
    with pytest.raises(OutOfStockError):
        adjust_stock(host, tables, {"A": -11}, reason="lost", op_id="2", at=NOON)
    with pytest.raises(OutOfStockError):
        transfer_stock(host, tables, {"B": 6}, source="main", target="SHA", op_id="3", at=NOON)
    # A refusal is not remembered: the same id may go through later.
    receive_stock(host, tables, {"A": 1, "Z": 1}, op_id="more", at=NOON)
    assert not reserve_stock(host, tables, ask, hold_id="h", op_id="1", at=NOON).replayed


def test_an_operation_happens_once(host, tables):
    def each(op):
        return (
            receive_stock(host, tables, {"A": 1}, op_id=f"{op}r", at=NOON),
            reserve_stock(host, tables, {"A": 3}, hold_id="h", op_id=f"{op}h", at=NOON, expires_at=LATER),
            commit_stock(host, tables, "h", {"A": 1}, op_id=f"{op}c", at=NOON),
            release_stock(host, tables, "h", op_id=f"{op}f", at=NOON),
            adjust_stock(host, tables, {"A": -1}, reason="x", op_id=f"{op}a", at=NOON),
            transfer_stock(host, tables, {"A": 1}, source="main", target="SHA", op_id=f"{op}t", at=NOON),
            expire_due(host, tables, op_id=f"{op}e", at=NOON),
        )

    first, after = each("k"), levels(host, tables)
    again = each("k")
    assert [booking.event for booking in again] == [booking.event for booking in first]
    assert all(booking.replayed for booking in again)
    assert levels(host, tables) == after
    for other in (
        lambda: receive_stock(host, tables, {"A": 2}, op_id="kr", at=NOON),
        lambda: reserve_stock(host, tables, {"A": 3}, hold_id="other", op_id="kh", at=NOON),
        lambda: release_stock(host, tables, "h", {"A": 1}, op_id="kf", at=NOON),
        lambda: adjust_stock(host, tables, {"A": -1}, reason="y", op_id="ka", at=NOON),
        lambda: release_stock(host, tables, "h", op_id="kr", at=NOON),
    ):
        with pytest.raises(IdempotencyConflictError):
            other()
    assert levels(host, tables) == after


def test_expired_holds_are_free_at_once_and_given_back_in_time(host, tables):
    reserve_stock(host, tables, {"A": 8, "B": 2}, hold_id="cart", op_id="1", at=NOON, expires_at=LATER)
    with pytest.raises(OutOfStockError):
        reserve_stock(host, tables, {"A": 3}, hold_id="x", op_id="2", at=LATER - timedelta(microseconds=1))
    assert available_stock(host, tables, ["A", "B", "Z"], at=LATER) == {"A": 10, "B": 5, "Z": 0}
    reserve_stock(host, tables, {"A": 9}, hold_id="x", op_id="3", at=LATER)
    assert levels(host, tables) == {"A": (10, 9), "B": (5, 2)}
    assert reconcile_stock(host, tables) == ()
    with pytest.raises(RefusedError, match="expired"):
        commit_stock(host, tables, "cart", op_id="4", at=LATER)
    with pytest.raises(RefusedError) as caught:
        reserve_stock(host, tables, {"B": 1}, hold_id="cart", op_id="5", at=NOON)
    assert caught.value.reason == "hold_exists"
    assert [(c.sku, c.reserved) for c in expire_due(host, tables, at=LATER).event.changes] == [("B", -2)]
    assert expire_due(host, tables, at=LATER).replayed
    assert levels(host, tables) == {"A": (10, 9), "B": (5, 0)}
    with pytest.raises(RefusedError) as caught:
        release_stock(host, tables, "cart", op_id="6", at=LATER)
    assert caught.value.reason == "unknown_hold"
    assert reconcile_stock(host, tables) == ()


def test_a_hold_of_which_all_was_lent_is_released_without_units(host, tables):
    reserve_stock(host, tables, {"A": 10}, hold_id="cart", op_id="1", at=NOON, expires_at=LATER)
    reserve_stock(host, tables, {"A": 10}, hold_id="x", op_id="2", at=LATER)
    assert release_stock(host, tables, "cart", op_id="3", at=LATER).event.changes == ()
    assert levels(host, tables)["A"] == (10, 10)
    with pytest.raises(RefusedError):
        release_stock(host, tables, "cart", op_id="4", at=LATER)


def test_buffers_are_not_promised(host, tables):
    save_stock(host, tables, [StockPosition(sku="C", on_hand=10, safety=2, quality_control=1, damaged=3)])
    with pytest.raises(OutOfStockError) as caught:
        reserve_stock(host, tables, {"C": 5}, hold_id="h", op_id="1", at=NOON)
    assert caught.value.lines[0].available == 4
    reserve_stock(host, tables, {"C": 4}, hold_id="h", op_id="2", at=NOON)
    adjust_stock(host, tables, {"C": -6}, reason="scrapped", op_id="3", at=NOON)
    assert available_stock(host, tables, ["C"], at=NOON) == {"C": -6}
    assert check_reserve_stock(host, tables, {"C": 1}, at=NOON)[0].available == 0


def test_holds_refuse_what_they_do_not_have(host, tables):
    reserve_stock(host, tables, {"A": 2}, hold_id="h", op_id="1", at=NOON)
    for ask, reason in (({"A": 3}, "too_many"), ({"B": 1}, "too_many")):
        for settle in (commit_stock, release_stock):
            with pytest.raises(RefusedError) as caught:
                settle(host, tables, "h", ask, op_id="2", at=NOON)
            assert caught.value.reason == reason
    with pytest.raises(RefusedError) as caught:
        reserve_stock(host, tables, {"B": 1}, hold_id="h", op_id="3", at=NOON)
    assert caught.value.reason == "hold_exists"
    assert levels(host, tables) == {"A": (10, 2), "B": (5, 0)}


def test_stated_stock_is_found_and_booked_or_reset(host, tables):
    reserve_stock(host, tables, {"A": 2}, hold_id="h", op_id="1", at=NOON)
    with pytest.raises(RefusedError, match="held here"):
        save_stock(host, tables, [StockPosition(sku="A", on_hand=50)])
    save_stock(host, tables, [StockPosition(sku="A", on_hand=50, reserved=2), StockPosition(sku="B", on_hand=1)])
    found = reconcile_stock(host, tables)
    assert [(d.sku, d.on_hand, d.entries_on_hand, d.held) for d in found] == [("A", 50, 10, 2), ("B", 1, 5, 0)]
    assert reconcile_stock(host, tables, repair="book", op_id="fix", at=NOON) == found
    assert reconcile_stock(host, tables) == ()
    assert levels(host, tables) == {"A": (50, 2), "B": (1, 0)}
    assert reconcile_stock(host, tables, repair="book", op_id="fix", at=NOON) == found
    host.execute(text("UPDATE shopcore_stock_levels SET on_hand = 49, reserved = 7 WHERE sku = 'A'"))
    host.execute(text("DELETE FROM shopcore_stock_levels WHERE sku = 'B'"))
    assert len(reconcile_stock(host, tables, repair="reset", op_id="fix-2", at=NOON)) == 2
    assert levels(host, tables) == {"A": (50, 2), "B": (1, 0)}
    assert reconcile_stock(host, tables) == ()


def test_a_repair_never_leaves_less_than_is_held(host, tables):
    reserve_stock(host, tables, {"A": 8}, hold_id="h", op_id="1", at=NOON)
    host.execute(text("UPDATE shopcore_stock_levels SET on_hand = 5, reserved = 0 WHERE sku = 'A'"))
    with pytest.raises(RefusedError, match="8 held"):
        reconcile_stock(host, tables, repair="book", op_id="fix", at=NOON)
    with pytest.raises(StorageError, match="reconcile_stock"):
        commit_stock(host, tables, "h", op_id="2", at=NOON)
    reconcile_stock(host, tables, repair="reset", op_id="fix", at=NOON)
    assert commit_stock(host, tables, "h", op_id="2", at=NOON).event.changes[0].on_hand == -8


def test_the_host_keeps_its_transaction_after_a_refusal_and_may_roll_ours_back(engine, tables):
    with Session(engine) as session:
        session.execute(text("CREATE TABLE notes (id INTEGER)"))
        session.execute(text("INSERT INTO notes VALUES (1)"))
        with pytest.raises(OutOfStockError):
            reserve_stock(session, tables, {"A": 1, "B": 6}, hold_id="h", op_id="1", at=NOON)
        session.commit()
        assert session.scalar(text("SELECT count(*) FROM notes")) == 1
        reserve_stock(session, tables, {"A": 1}, hold_id="h", op_id="1", at=NOON)
        session.rollback()
        assert not reserve_stock(session, tables, {"A": 1}, hold_id="h", op_id="1", at=NOON).replayed


def test_a_plain_sqlite_engine_rolls_back_too(tmp_path):
    engine, tables = create_engine(f"sqlite:///{tmp_path / 'host.db'}"), build_tables(MetaData())
    with engine.begin() as connection:
        create(connection, tables)
    with engine.connect() as connection:
        receive_stock(connection, tables, {"A": 1}, op_id="1", at=NOON)
        connection.rollback()
    with engine.begin() as connection:
        assert levels(connection, tables) == {}
        receive_stock(connection, tables, {"A": 1}, op_id="1", at=NOON)
    with engine.connect() as connection:
        assert levels(connection, tables) == {"A": (1, 0)}
    engine.dispose()


def test_misuse_is_named(host, tables):
    good = {"op_id": "1", "at": NOON}
    for call, name in (
        (lambda: receive_stock(host, tables, {}, **good), "lines"),
        (lambda: receive_stock(host, tables, {"A": 0}, **good), "units"),
        (lambda: receive_stock(host, tables, {"A": True}, **good), "units"),
        (lambda: receive_stock(host, tables, {"A": 1}, op_id="", at=NOON), "op_id"),
        (lambda: receive_stock(host, tables, {"A": 1}, op_id="1", at=datetime(2026, 1, 1)), "at"),  # noqa: DTZ001
        (lambda: receive_stock("host", tables, {"A": 1}, **good), "host"),
        (lambda: reserve_stock(host, tables, {"A": 1}, hold_id="h\x00", **good), "hold_id"),
        (lambda: reserve_stock(host, tables, {"A": 1}, hold_id="h", expires_at=NOON, **good), "expires_at"),
        (lambda: transfer_stock(host, tables, {"A": 1}, source="main", target="main", **good), "target"),
        (lambda: reconcile_stock(host, tables, repair="guess", **good), "repair"),
        (lambda: reconcile_stock(host, tables, repair="book", at=NOON), "op_id"),
    ):
        with pytest.raises(InputError, match=name):
            call()
    with pytest.raises(LimitError, match="on hand"):
        receive_stock(host, tables, {"A": 2**53}, **good)
    assert levels(host, tables) == {"A": (10, 0), "B": (5, 0)}


def test_requests_for_another_try_have_our_name(tmp_path, postgres_url):
    def fails(state):
        cause = Exception("no")
        cause.sqlstate = state
        raise DBAPIError("SELECT 1", {}, cause)

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        for state in ("40001", "40P01", "55P03"):
            with pytest.raises(RetryableError), unit(connection):
                fails(state)
        with pytest.raises(DBAPIError), unit(connection):
            fails("23505")
    first = create_engine(f"sqlite:///{tmp_path / 'busy.db'}", connect_args={"timeout": 0})
    with first.connect() as one, first.connect() as two:
        with unit(one):
            one.execute(text("CREATE TABLE t (id INTEGER)"))
        with pytest.raises(RetryableError) as caught, unit(two):
            pass
        assert isinstance(caught.value.__cause__, OperationalError)
    first.dispose()
    engine.dispose()
