"""Many callers at once on both databases: nothing is sold twice, nobody waits in a circle, a key happens once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import MetaData, text

from shopcore.errors import OutOfStockError, RefusedError, RetryableError
from shopcore.persistence import (
    build_tables,
    commit_stock,
    expire_due,
    load_stock,
    receive_stock,
    reconcile_stock,
    release_stock,
    reserve_stock,
)
from shopcore.persistence._migrate import create

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
WORKERS = 8


@pytest.fixture
def tables(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        create(connection, tables)
    return tables


def stock(engine, tables, units):
    with engine.begin() as connection:
        receive_stock(connection, tables, units, op_id="opening", at=NOON)


def at_once(jobs):
    """Run the jobs in threads of their own that start together; return what each gave or raised."""
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait(timeout=60)
        try:
            return job()
        except Exception as error:  # noqa: BLE001  # what was raised is looked at
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def in_transaction(engine, work, tries=1):
    for _ in range(tries - 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except RetryableError:
            continue
    with engine.begin() as connection:
        return work(connection)


def proven(engine, tables):
    with engine.begin() as connection:
        assert reconcile_stock(connection, tables) == ()
        return {level.sku: (level.on_hand, level.reserved) for level in load_stock(connection, tables)}


def test_the_last_units_are_sold_once(engine, tables):
    stock(engine, tables, {"A": 50})

    def worker(name):
        outcomes = Counter()
        for number in range(10):
            key = f"{name}-{number}"
            try:
                in_transaction(engine, lambda c, k=key: reserve_stock(c, tables, {"A": 1}, hold_id=k, op_id=k, at=NOON))
                outcomes["sold"] += 1
            except OutOfStockError:
                outcomes["refused"] += 1
        return outcomes

    found = sum(at_once([lambda w=w: worker(w) for w in range(WORKERS)]), Counter())
    assert found == {"sold": 50, "refused": 30}
    assert proven(engine, tables) == {"A": (50, 50)}


def test_read_check_write_oversells_in_the_same_harness(postgres_url):
    from shopcore.persistence._shop import open_engine

    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS naive"))
        connection.execute(text("CREATE TABLE naive (free INTEGER)"))
        connection.execute(text("INSERT INTO naive VALUES (10)"))

    def buy():
        with engine.begin() as connection:
            free = connection.scalar(text("SELECT free FROM naive"))
            sleep(0.05)
            if free > 0:
                connection.execute(text("UPDATE naive SET free = :left"), {"left": free - 1})
            return free > 0

    sold = sum(at_once([buy] * WORKERS)) + sum(at_once([buy] * WORKERS))
    with engine.begin() as connection:
        left = connection.scalar(text("SELECT free FROM naive"))
        connection.execute(text("DROP TABLE naive"))
    engine.dispose()
    assert sold > 10 - left, "the harness must be able to see an oversell"


def test_opposite_lock_orders_do_not_deadlock(engine, tables):
    stock(engine, tables, {"A": 1000, "B": 1000})

    def worker(name, lines):
        for number in range(50):
            key = f"{name}-{number}"
            in_transaction(engine, lambda c, k=key: reserve_stock(c, tables, lines, hold_id=k, op_id=k, at=NOON))

    orders = [[("A", 1), ("B", 1)], [("B", 1), ("A", 1)]] * 2
    # Without a second try: a single deadlock would be an error here.
    assert at_once([lambda n=n, o=o: worker(n, o) for n, o in enumerate(orders)]) == [None] * 4
    assert proven(engine, tables) == {"A": (1000, 200), "B": (1000, 200)}


def test_eight_callers_with_one_key_give_one_result(engine, tables):
    stock(engine, tables, {"A": 100})
    found = at_once([
        lambda: in_transaction(
            engine, lambda c: reserve_stock(c, tables, {"A": 3}, hold_id="h", op_id="k1", at=NOON)
        )
    ] * 8)  # fmt: skip
    assert [type(one).__name__ for one in found] == ["StockBooking"] * 8
    assert len({one.event for one in found}) == 1
    assert sorted(one.replayed for one in found) == [False] + [True] * 7
    assert proven(engine, tables) == {"A": (100, 3)}


def test_one_hold_id_of_two_operations_is_held_once(engine, tables):
    stock(engine, tables, {"A": 100, "B": 100})
    jobs = [
        lambda k=k, sku=sku: in_transaction(
            engine, lambda c: reserve_stock(c, tables, {sku: 1}, hold_id="h", op_id=k, at=NOON)
        )
        for k, sku in (("1", "A"), ("2", "B"), ("3", "A"), ("4", "B"))
    ]
    found = at_once(jobs)
    assert sorted(type(one).__name__ for one in found) == ["RefusedError"] * 3 + ["StockBooking"]


def test_holds_that_end_are_lent_settled_and_given_back_at_once(engine, tables):
    stock(engine, tables, {"A": 20, "B": 20})

    def worker(name):
        for number in range(12):
            key, at = f"{name}-{number}", NOON + timedelta(seconds=number)
            lines = {"A": 3, "B": 2} if (name + number) % 2 else {"B": 3, "A": 2}
            with_end = at + timedelta(seconds=1)

            def hold(c, k=key, at=at, lines=lines, end=with_end):
                reserve_stock(c, tables, lines, hold_id=k, op_id=k, at=at, expires_at=end)

            def settle(c, k=key, at=at, number=number):
                if number % 3 == 0:
                    release_stock(c, tables, k, op_id=f"{k}-x", at=at + timedelta(seconds=2))
                elif number % 3 == 1:
                    expire_due(c, tables, at=at + timedelta(seconds=2), op_id=f"{k}-x")
                else:
                    commit_stock(c, tables, k, {"A": 1}, op_id=f"{k}-x", at=at)

            for work in (hold, settle):
                try:
                    in_transaction(engine, work)
                except RetryableError:
                    raise
                except RefusedError:
                    pass

    assert at_once([lambda w=w: worker(w) for w in range(6)]) == [None] * 6
    after = proven(engine, tables)
    with engine.begin() as connection:
        expire_due(connection, tables, at=NOON + timedelta(days=1))
    final = proven(engine, tables)
    assert all(0 <= reserved <= on_hand for on_hand, reserved in after.values())
    assert all(reserved == 0 for _, reserved in final.values())


def test_stricter_isolation_asks_for_another_try_and_never_holds_twice(postgres_url):
    from shopcore.persistence._shop import open_engine

    engine = open_engine(postgres_url).execution_options(isolation_level="REPEATABLE READ")
    tables = build_tables(MetaData(), prefix="strict_")
    with engine.begin() as connection:
        for table in reversed(tables.all):
            connection.execute(text(f"DROP TABLE IF EXISTS {table.name} CASCADE"))
        connection.execute(text("DROP TABLE IF EXISTS strict_schema_version"))
        create(connection, tables)
        receive_stock(connection, tables, {"A": 5}, op_id="opening", at=NOON)
    same = at_once([
        lambda: in_transaction(
            engine, lambda c: reserve_stock(c, tables, {"A": 2}, hold_id="h", op_id="k1", at=NOON), tries=20
        )
    ] * 8)  # fmt: skip
    assert len({one.event for one in same}) == 1
    assert proven(engine, tables) == {"A": (5, 2)}
    engine.dispose()
