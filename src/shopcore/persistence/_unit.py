"""A savepoint in the host's transaction, and the database's request for another try in our words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shopcore._checks import fail
from shopcore.errors import IdempotencyConflictError, RetryableError, StorageError

__all__ = ["Host", "connection_of", "fingerprint_of", "insert_new", "insert_of", "remember", "unit"]

Host: TypeAlias = Connection | Session
# Serialisation failure, deadlock, lock not to be had; on SQLite busy and locked.
_RETRY_STATES: Final = frozenset({"40001", "40P01", "55P03"})
_RETRY_CODES: Final = frozenset({5, 6})


def connection_of(host: Host, *, writes: bool = True) -> Connection:
    """Return the connection of a Session, or the connection itself, with a transaction begun on SQLite for writing.

    SQLite's driver begins none before a savepoint, and would take the release of the savepoint for the commit.
    """
    if isinstance(host, Session):
        connection = host.connection()
    elif isinstance(host, Connection):
        connection = host
    else:
        fail("host", host, "a Connection or a Session", reason="type", hint="of an async one: run_sync")
    if connection.dialect.name not in ("sqlite", "postgresql"):
        raise StorageError(f"stock is kept on SQLite and PostgreSQL, not on {connection.dialect.name}")
    if writes and not connection.in_transaction():
        # The engine's own way to begin, where it has one, comes before ours.
        connection.begin()
    if writes and connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    return connection


@contextmanager
def unit(host: Host, *, writes: bool = True) -> Iterator[Connection]:
    """Run a block in a savepoint: all of it or nothing, and the host's transaction goes on. Never commits."""
    try:
        connection = connection_of(host, writes=writes)
        with connection.begin_nested():
            yield connection
    except DBAPIError as error:
        if _retryable(error):
            raise RetryableError(
                "the database asked for another try; roll the transaction back and run it again"
            ) from error
        raise


def _retryable(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    code = getattr(error.orig, "sqlite_errorcode", None)
    return state in _RETRY_STATES or (code is not None and code & 0xFF in _RETRY_CODES)


def fingerprint_of(facts: Any) -> str:
    """Return a digest of what an operation was asked to do."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def insert_of(connection: Connection, table: Table) -> Any:
    """Return the INSERT of the database's own kind, which knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_pg

        return insert_pg(table)
    from sqlalchemy.dialects.sqlite import insert as insert_lite

    return insert_lite(table)


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row unless its key is there; return whether it was inserted.

    Waits for another transaction that inserts the same key, and sees what became of it.
    """
    # Asked for by RETURNING: drivers count the rows of an INSERT that met a conflict in ways of their own.
    one = insert_of(connection, table).values(row).on_conflict_do_nothing().returning(next(iter(table.primary_key)))
    return connection.execute(one).first() is not None


def remember(connection: Connection, operations: Table, row: dict[str, Any]) -> str | None:
    """Return None and write the operation row, or the stored result where this id was carried out before.

    Raises
    ------
    IdempotencyConflictError
        If the id was used with other facts.
    """
    if insert_new(connection, operations, row):
        return None
    known = operations.c.op_id == row["op_id"]
    found = connection.execute(operations.select().where(known)).mappings().one_or_none()
    if found is None:
        raise RetryableError("the operation of this id is being undone; run the transaction again")
    if found["fingerprint"] != row["fingerprint"]:
        raise IdempotencyConflictError("this operation id was used with other facts")
    return str(found["result"])
