"""Sixteen callers at one hot SKU and at orders of five: nothing oversold, no drift, no deadlock, on both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import MetaData, text

from shopcore.errors import OutOfStockError
from shopcore.models import Money, Order, OrderLine, RoundingPolicy
from shopcore.persistence import (
    build_tables,
    load_stock,
    place_order,
    receive_stock,
    reconcile_claims,
    reconcile_stock,
    reserve_stock,
)
from shopcore.persistence._migrate import create
from shopcore.persistence._shop import open_engine
from shopcore.promotions import Claim

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
WORKERS = 16
SKUS = "ABCDEFGH"


@pytest.fixture
def wide(engine):
    # A connection for every worker.
    found = open_engine(engine.url.render_as_string(hide_password=False))
    found.pool._max_overflow = WORKERS
    tables = build_tables(MetaData())
    with found.begin() as connection:
        create(connection, tables)
    yield found, tables
    found.dispose()


def sixteen(work):
    barrier = Barrier(WORKERS)

    def run(name):
        barrier.wait(timeout=60)
        return work(name)

    with ThreadPoolExecutor(WORKERS) as pool:
        # What a worker raises is raised here: a deadlock or a busy database would be an error.
        return sum(pool.map(run, range(WORKERS)), Counter())


def proven(engine, tables):
    with engine.begin() as connection:
        assert reconcile_stock(connection, tables) == ()
        assert reconcile_claims(connection, tables) == ()
        return {p.sku: (p.on_hand, p.reserved) for p in load_stock(connection, tables)}


def test_one_hot_sku_is_never_oversold_and_a_naive_counter_is(wide):
    engine, tables = wide
    stock = 100
    with engine.begin() as connection:
        receive_stock(connection, tables, {"A": stock}, op_id="opening", at=NOON)
        connection.execute(text("CREATE TABLE naive (free INTEGER)"))
        connection.execute(text("INSERT INTO naive VALUES (:n)"), {"n": stock})

    def ours(name):
        found = Counter()
        for number in range(8):
            key = f"{name}-{number}"
            try:
                with engine.begin() as connection:
                    reserve_stock(connection, tables, {"A": 1}, hold_id=key, op_id=key, at=NOON)
                found["sold"] += 1
            except OutOfStockError:
                found["refused"] += 1
        return found

    def naive(_):
        found = Counter()
        for _ in range(8):
            # Read in one transaction, written in the next, as a page and its button do.
            with engine.begin() as connection:
                free = connection.scalar(text("SELECT free FROM naive"))
            sleep(0.002)
            if free > 0:
                with engine.begin() as connection:
                    connection.execute(text("UPDATE naive SET free = :left"), {"left": free - 1})
                found["sold"] += 1
        return found

    assert sixteen(ours) == {"sold": stock, "refused": WORKERS * 8 - stock}
    assert proven(engine, tables) == {"A": (stock, stock)}
    sold = sixteen(naive)["sold"]
    with engine.begin() as connection:
        left = connection.scalar(text("SELECT free FROM naive"))
    assert sold > stock - left, "the harness must be able to see an oversell"


def test_orders_of_five_skus_with_one_promotion_never_deadlock(wide):
    engine, tables = wide
    with engine.begin() as connection:
        receive_stock(connection, tables, dict.fromkeys(SKUS, 60), op_id="opening", at=NOON)
    off, nothing = Money(100, "CNY"), Money(0, "CNY")
    claim = Claim("off", 1, off, None, None, Money(1_000_000, "CNY"), off, nothing)

    def order(name, skus):
        lines = [
            OrderLine(line_id=sku, sku=sku, title="Thing", quantity=1, unit_price=Money(1000, "CNY")) for sku in skus
        ]
        return Order(order_id=name, currency="CNY", rounding=RoundingPolicy("line"), placed_at=NOON, lines=lines)

    def work(name):
        found = Counter()
        for number in range(5):
            # Every worker in an order of his own, half of them backwards.
            skus = [SKUS[(name + number + step) % len(SKUS)] for step in range(5)]
            made = order(f"{name}-{number}", skus if name % 2 else skus[::-1])
            try:
                with engine.begin() as connection:
                    place_order(connection, tables, made, op_id=made.order_id, claims=[claim])
                found["sold"] += 1
            except OutOfStockError:
                found["refused"] += 1
        return found

    found = sixteen(work)
    after = proven(engine, tables)
    assert sum(reserved for _, reserved in after.values()) == 5 * found["sold"]
    assert all(reserved <= on_hand == 60 for on_hand, reserved in after.values())
    assert found["sold"] > 0
