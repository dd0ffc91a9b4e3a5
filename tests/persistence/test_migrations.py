"""The revisions lead to exactly the tables that build_tables describes; the host's own migrations stay its own."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, inspect, text

from shopcore.errors import InputError, StorageError
from shopcore.models import Sku
from shopcore.persistence import Shop, build_tables, check, include_object, load_skus, save_skus, upgrade
from shopcore.persistence._migrate import config_for, create


def checks_of(connection, tables):
    found = inspect(connection)
    return {
        table.name: sorted(entry["name"] for entry in found.get_check_constraints(table.name, schema=table.schema))
        for table in tables.all
    }


def shape_of(connection, tables):
    found = inspect(connection)
    shape = {}
    for table in tables.all:
        columns = [
            (column["name"], str(column["type"]), column["nullable"], column["default"])
            for column in found.get_columns(table.name, schema=table.schema)
        ]
        keys = found.get_pk_constraint(table.name, schema=table.schema)
        indexes = sorted((i["name"], tuple(i["column_names"])) for i in found.get_indexes(table.name, table.schema))
        foreign = [(f["name"], f["referred_table"], f["options"]) for f in found.get_foreign_keys(table.name)]
        shape[table.name] = columns, keys, indexes, foreign
    return shape


def test_revision_one_is_what_build_tables_describes(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        upgrade(connection, tables)
        check(connection, tables)
        context = MigrationContext.configure(
            connection, opts={"version_table": tables.version_table, "compare_type": True}
        )
        assert compare_metadata(context, tables.orders.metadata) == []
        by_revision = checks_of(connection, tables), shape_of(connection, tables)
        command.downgrade(config_for(connection, tables), "base")
        assert not inspect(connection).has_table("shopcore_orders")
        connection.execute(text(f"DROP TABLE {tables.version_table}"))
        create(connection, tables)
        check(connection, tables)
        assert (checks_of(connection, tables), shape_of(connection, tables)) == by_revision


def test_sqlite_tables_are_strict_either_way():
    for make in (upgrade, create):
        tables = build_tables(MetaData())
        shop = Shop()
        with shop.begin() as connection:
            for table in reversed(tables.all):
                connection.execute(text(f"DROP TABLE {table.name}"))
            connection.execute(text(f"DROP TABLE {tables.version_table}"))
            make(connection, tables)
            texts = connection.scalars(text("SELECT sql FROM sqlite_master WHERE name LIKE 'shopcore_orders'")).all()
        assert texts
        assert all("STRICT" in found for found in texts)


def test_data_stay_when_upgraded_again(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        upgrade(connection, tables)
        save_skus(connection, tables, [Sku(sku="MUG")])
        upgrade(connection, tables)
        assert load_skus(connection, tables) == (Sku(sku="MUG"),)


def test_check_names_the_command():
    tables = build_tables(MetaData())
    shop = Shop(prefix="other_")
    with shop.begin() as connection:
        with pytest.raises(StorageError, match=r"not there.*shopcore\.persistence\.upgrade"):
            check(connection, tables)
        create(connection, tables)
        connection.execute(text("UPDATE shopcore_schema_version SET version_num = '9999'"))
        with pytest.raises(StorageError, match="revision 9999"):
            check(connection, tables)
        with pytest.raises(StorageError, match="revision 9999"):
            create(connection, tables)


def test_the_hosts_autogenerate_proposes_nothing(engine):
    host = MetaData()
    Table("invoices", host, Column("id", Integer, primary_key=True))
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        host.create_all(connection)
        upgrade(connection, tables)
        naive = MigrationContext.configure(connection)
        assert compare_metadata(naive, host), "without the filter the host would drop our tables"
        kept = MigrationContext.configure(connection, opts={"include_object": include_object()})
        assert compare_metadata(kept, host) == []


def test_two_shops_live_in_one_database(engine):
    first, second = build_tables(MetaData(), prefix="a_"), build_tables(MetaData(), prefix="b_")
    with engine.begin() as connection:
        upgrade(connection, first)
        upgrade(connection, second)
        save_skus(connection, first, [Sku(sku="ONLY-A")])
        assert load_skus(connection, second) == ()


def test_a_schema_of_its_own_on_postgresql(postgres_url):
    from shopcore.persistence._shop import open_engine

    engine = open_engine(postgres_url)
    tables = build_tables(MetaData(), schema="trade")
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS trade CASCADE"))
        connection.execute(text("CREATE SCHEMA trade"))
        upgrade(connection, tables)
        check(connection, tables)
        save_skus(connection, tables, [Sku(sku="MUG")])
        assert connection.scalar(text("SELECT count(*) FROM trade.shopcore_skus")) == 1
    engine.dispose()


@pytest.mark.parametrize(
    "name", ["", "Shop_", "1a", "a-b", "a;drop table x", "a" * 32, "ａ_", "a\n", 'a"', None, 5], ids=repr
)
def test_names_that_are_not_plain_are_refused(name):
    with pytest.raises(InputError, match="prefix"):
        build_tables(MetaData(), prefix=name)
    if name is not None:
        with pytest.raises(InputError, match="schema"):
            build_tables(MetaData(), schema=name)
