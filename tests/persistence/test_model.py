"""Both databases held to the reference model by the machine that hosts run on theirs; seeded defects are found."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import MetaData

from shopcore.persistence import Shop, build_tables
from shopcore.persistence._migrate import create
from shopcore.persistence._shop import open_engine
from shopcore.testing import shop_machine

QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def run(machine, examples, steps=30):
    options = {"deadline": None, "suppress_health_check": QUIET, "database": None, "phases": [Phase.generate]}
    chosen = settings(max_examples=examples, stateful_step_count=steps, derandomize=True, **options)
    run_state_machine_as_test(machine, settings=chosen)


def test_sqlite_agrees_with_the_model():
    with Shop() as shop:
        run(shop_machine(shop.engine.connect, shop.tables), 12)


def test_postgresql_agrees_with_the_model(postgres_url):
    engine, tables = open_engine(postgres_url), build_tables(MetaData(), prefix="model_")
    with engine.begin() as connection:
        create(connection, tables)
    run(shop_machine(engine.connect, tables), 3)
    engine.dispose()


def no_guard(books, verb, change):
    # A counter that takes what is not there, as a plain UPDATE does; the CHECK is taken off as well.
    level = books.tables.stock_levels
    here = (level.c.sku == change.sku) & (level.c.location == change.location)
    books.connection.execute(level.update().where(here).values(reserved=level.c.reserved + change.reserved))
    return True


def nothing_lent(books, verb, change):
    return False


def nothing_known(connection, operations, row):
    connection.execute(operations.delete().where(operations.c.op_id == row["op_id"]))
    connection.execute(operations.insert(), row)


def forgotten(connection, tables, order, at):
    return None


def nothing_short(held, order):
    return ()


DEFECTS = {
    "no guard": ("_stock_levels.Books._shift", no_guard),
    "ended holds count": ("_stock_levels.Books._lend", nothing_lent),
    "operations forgotten": ("_stock_booking.remember", nothing_known),
    "claims kept after a cancellation": ("_advance.release_claims", forgotten),
    "paid holds end": ("_order_stock._keep_for_good", nothing_short),
}


@pytest.mark.parametrize("name", DEFECTS, ids=lambda name: name.replace(" ", "_"))
def test_the_machine_finds_a_seeded_defect(name, monkeypatch):
    where, defect = DEFECTS[name]
    monkeypatch.setattr(f"shopcore.persistence.{where}", defect)
    with Shop() as shop, pytest.raises(Exception):  # noqa: B017  # whatever the defect breaks first
        run(shop_machine(shop.engine.connect, shop.tables), 60)


@pytest.mark.heavy
def test_sqlite_agrees_with_the_model_in_ten_thousand_steps():
    with Shop() as shop:
        run(shop_machine(shop.engine.connect, shop.tables), 200, 50)
