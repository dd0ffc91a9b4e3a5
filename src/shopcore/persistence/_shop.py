"""A shop's database for notebooks and the command line; a backend hands in its own connection instead."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.pool import StaticPool

from shopcore.persistence._migrate import create
from shopcore.persistence._tables import Tables, build_tables

__all__ = ["Shop"]


class Shop:
    """An embedded shop database: SQLite in a file or in memory, or any database by its URL.

    The schema is made when the database is empty and checked otherwise; it is never upgraded silently.

    Parameters
    ----------
    url : str
        An SQLAlchemy URL; without one, a database in memory.
    prefix : str
        What the table names begin with.

    Raises
    ------
    StorageError
        If the database holds another revision of the schema; the message names the command.

    Examples
    --------
    >>> with Shop() as shop, shop.begin() as connection:
    ...     connection.dialect.name, shop.tables.orders.name
    ('sqlite', 'shopcore_orders')
    """

    def __init__(self, url: str = "sqlite://", *, prefix: str = "shopcore_") -> None:
        self.metadata: MetaData = MetaData()
        self.tables: Tables = build_tables(self.metadata, prefix=prefix)
        self.engine: Engine = open_engine(url)
        with self.engine.begin() as connection:
            create(connection, self.tables)

    def begin(self) -> AbstractContextManager[Connection]:
        """Return a connection in a transaction that is committed at the end of the block."""
        return self.engine.begin()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def __repr__(self) -> str:
        """Return the place without a password."""
        return f"Shop({self.engine.url.render_as_string(hide_password=True)!r})"


def open_engine(url: str) -> Engine:
    """Return an engine whose SQLite connections keep foreign keys and real transactions."""
    memory = url in ("sqlite://", "sqlite:///:memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    if memory:
        options["connect_args"] = {"check_same_thread": False}
    engine = create_engine(url, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    # The driver's own transactions leave SELECT outside and break savepoints; ours begin by name.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA busy_timeout = 10000")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
