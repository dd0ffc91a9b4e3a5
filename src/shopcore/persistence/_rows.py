"""Between rows and frozen models: named columns for what is asked for, one JSON text for the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table

from shopcore.models._base import Model

T = TypeVar("T")
M = TypeVar("M", bound=Model)
CHUNK: Final = 500
COPY_FROM: Final = 2_000
EMPTY: Final = "{}"


def rest_of(model: Model, columns: frozenset[str]) -> str:
    """Return, as JSON text, the fields that have no column of their own and differ from their default."""
    fields = type(model).model_fields
    names = {
        name
        for name, field in fields.items()
        if name not in columns and (field.is_required() or getattr(model, name) != field.default)
    }
    if not names:
        return EMPTY
    return json.dumps(model.model_dump(mode="json", include=names), ensure_ascii=False, sort_keys=True)


def read_rest(text: str) -> dict[str, Any]:
    """Return what `rest_of` wrote."""
    return {} if text == EMPTY else dict(json.loads(text))


def trusted(model: type[M], fields: dict[str, Any]) -> M:
    """Return a value made of fields that were checked before they were stored, without checking them again."""
    value = model.__new__(model)
    states = {
        "__dict__": {**_defaults(model), **fields},
        "__pydantic_fields_set__": set(fields),
        "__pydantic_extra__": None,
        "__pydantic_private__": None,
    }
    for name, state in states.items():
        object.__setattr__(value, name, state)
    return value


@lru_cache(maxsize=64)
def _defaults(model: type[Model]) -> dict[str, Any]:
    return {name: field.default for name, field in model.model_fields.items() if not field.is_required()}


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield lists of at most `size` items."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or replace those with the same key, by one prepared statement run many times.

    Other databases than SQLite and PostgreSQL are served by delete and insert.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    if len(rows) >= COPY_FROM and connection.dialect.name == "postgresql" and connection.dialect.driver == "psycopg":
        _copy(connection, table, keys, rows)
        return
    if connection.dialect.name in ("sqlite", "postgresql"):
        connection.execute(_on_conflict(connection, table, keys), rows)
        return
    from sqlalchemy import bindparam

    gone = table.delete()
    for key in keys:
        gone = gone.where(table.c[key] == bindparam(f"old_{key}"))
    connection.execute(gone, [{f"old_{key}": row[key] for key in keys} for row in rows])
    connection.execute(table.insert(), rows)


def insert_plain(connection: Connection, table: Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    """Insert rows of plain texts and whole numbers, given in the order of `names`.

    Straight to the driver: such values need no conversion, and SQLAlchemy's own work per row is most of the time.
    """
    if not rows:
        return
    compiled: Any = table.insert().compile(dialect=connection.dialect, column_keys=list(names))
    if compiled.positional:
        places = [names.index(name) for name in compiled.positiontup]
        connection.exec_driver_sql(str(compiled), list(map(itemgetter(*places), rows)))
    else:
        connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in rows])


def _copy(connection: Connection, table: Table, keys: list[str], rows: list[dict[str, Any]]) -> None:
    """Upsert through a temporary table filled by COPY: a fifth of the time of many statements."""
    names, quote = list(rows[0]), connection.dialect.identifier_preparer
    listed = ", ".join(quote.quote(name) for name in names)
    stage, target = quote.quote(f"stage_{table.name}"), quote.format_table(table)
    changed = [quote.quote(name) for name in names if name not in keys]
    action = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in changed) if changed else "NOTHING"
    # Of two rows with one key the later counts, as with statements run one by one.
    latest = {tuple(row[key] for key in keys): tuple(row.values()) for row in rows}
    connection.exec_driver_sql(f"CREATE TEMP TABLE {stage} (LIKE {target} INCLUDING DEFAULTS)")
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {stage} ({listed}) FROM STDIN") as copy:
        for row in latest.values():
            copy.write_row(row)
    connection.exec_driver_sql(
        f"INSERT INTO {target} ({listed}) SELECT {listed} FROM {stage} "  # noqa: S608  # names of our own, quoted
        f"ON CONFLICT ({', '.join(quote.quote(key) for key in keys)}) DO {action}"
    )
    connection.exec_driver_sql(f"DROP TABLE {stage}")


def _on_conflict(connection: Connection, table: Table, keys: list[str]) -> Any:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_pg

        statement: Any = insert_pg(table)
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_lite

        statement = insert_lite(table)
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
