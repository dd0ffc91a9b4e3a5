"""Inside somebody else's backend: its sessions, its event loop, its savepoints; ours is a guest in all of them."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import MetaData, event, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shopcore.errors import OutOfStockError, StorageError
from shopcore.persistence import build_tables, load_stock, receive_stock, reserve_stock
from shopcore.persistence._migrate import create
from shopcore.persistence._unit import unit

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


@pytest.fixture
def tables(engine):
    tables = build_tables(MetaData())
    with engine.begin() as connection:
        create(connection, tables)
        Base.metadata.create_all(connection)
        receive_stock(connection, tables, {"A": 5}, op_id="opening", at=NOON)
    return tables


def async_url(engine):
    url = engine.url
    return url.set(drivername="sqlite+aiosqlite") if engine.dialect.name == "sqlite" else url


def test_an_async_host_hands_in_its_session(engine, tables):
    async def run():
        host = create_async_engine(async_url(engine))
        async with AsyncSession(host) as session, session.begin():
            session.add(Note(id=1, words="kept"))
            booking = await session.run_sync(reserve_stock, tables, {"A": 4}, hold_id="cart", op_id="cart-1", at=NOON)
            with pytest.raises(OutOfStockError):
                await session.run_sync(reserve_stock, tables, {"A": 2}, hold_id="b", op_id="b-1", at=NOON)
        async with AsyncSession(host) as session:
            await session.run_sync(receive_stock, tables, {"A": 100}, op_id="never", at=NOON)
            await session.rollback()
        async with host.begin() as connection:
            levels = await connection.run_sync(load_stock, tables)
            notes = (await connection.execute(text("SELECT words FROM notes"))).scalars().all()
        await host.dispose()
        return booking, levels, notes

    booking, [level], notes = asyncio.run(run())
    assert not booking.replayed
    assert (level.on_hand, level.reserved, notes) == (5, 4, ["kept"])


def test_many_async_callers_share_the_last_units(engine, tables):
    async def buy(host, name):
        try:
            async with AsyncSession(host) as session, session.begin():
                await session.run_sync(reserve_stock, tables, {"A": 1}, hold_id=name, op_id=name, at=NOON)
        except OutOfStockError:
            return 0
        return 1

    async def run():
        host = create_async_engine(async_url(engine), pool_size=8)
        sold = sum(await asyncio.gather(*(buy(host, str(number)) for number in range(8))))
        await host.dispose()
        return sold

    assert asyncio.run(run()) == 5


def test_the_hosts_own_savepoint_and_objects_stay_the_hosts(engine, tables):
    with Session(engine) as session, session.begin():
        session.add(Note(id=1, words="before"))
        inner = session.begin_nested()
        receive_stock(session, tables, {"A": 7}, op_id="1", at=NOON)
        inner.rollback()
        with session.begin_nested():
            receive_stock(session, tables, {"A": 1}, op_id="1", at=NOON)
        session.add(Note(id=2, words="after"))
    with Session(engine) as session:
        assert session.query(Note).count() == 2
        assert load_stock(session.connection(), tables)[0].on_hand == 6


def test_nothing_is_committed_closed_or_rolled_back(engine, tables):
    seen = []
    for name in ("commit", "rollback"):
        event.listen(engine, name, lambda _, name=name: seen.append(name))
    with engine.connect() as connection:
        with connection.begin() as transaction:
            with pytest.raises(OutOfStockError):
                reserve_stock(connection, tables, {"A": 6}, hold_id="h", op_id="h", at=NOON)
            reserve_stock(connection, tables, {"A": 5}, hold_id="h", op_id="h", at=NOON)
            assert seen == []
            assert transaction.is_active
            assert not connection.closed
        assert seen == ["commit"]


def write_and_fail(connection, tables):
    connection.execute(text("INSERT INTO notes VALUES (2, 'lost')"))
    reserve_stock(connection, tables, {"A": 6}, hold_id="h", op_id="h", at=NOON)


def test_an_error_of_the_host_inside_the_unit_undoes_the_unit_alone(engine, tables):
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO notes VALUES (1, 'kept')"))
        with pytest.raises(OutOfStockError), unit(connection) as inner:
            write_and_fail(inner, tables)
    with engine.begin() as connection:
        assert connection.scalars(text("SELECT words FROM notes")).all() == ["kept"]


def test_another_database_is_refused_by_name(engine):
    class Other:
        name = "mysql"

    with engine.connect() as connection:
        connection.dialect = Other()
        with pytest.raises(StorageError, match="not on mysql"), unit(connection):
            pass
