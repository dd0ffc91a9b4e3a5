"""Whole columns out of the database, for engines that take arrays: no objects in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import Connection, Table, func, select

from shopcore._checks import one_of
from shopcore.persistence._tables import LEVEL_COUNTS, LINE_COUNTS, Tables
from shopcore.persistence._unit import Host, connection_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["load_columns"]

ColumnSet: TypeAlias = Literal["prices", "stock", "lines"]
UNKNOWN: Final = -1
# Table, key in whose order the rows come, texts, whole numbers that may be null, whole numbers.
_SETS: Final[dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "prices": (
        "skus", ("sku",), ("sku", "currency"), ("price", "unit_cost"), ("price_scale", "unit_cost_scale"),
    ),
    "stock": ("stock_levels", ("sku", "location"), ("sku", "location"), (), LEVEL_COUNTS),
    "lines": (
        "order_lines", ("order_id", "position"), ("order_id", "sku"), (),
        ("quantity", "unit_price", "unit_price_scale", "discount", *LINE_COUNTS),
    ),
}  # fmt: skip


def load_columns(host: Host, tables: Tables, columns: ColumnSet) -> dict[str, NDArray[Any]]:
    """Return columns of every row as arrays of one length, in the order of the key (整列读取).

    Without objects in between: for a million prices, stocks or order lines on their way to an engine.

    Parameters
    ----------
    host : Session or Connection
        The host's.
    tables : Tables
        From `build_tables`.
    columns : {"prices", "stock", "lines"}
        Of articles: ``sku, currency, price, unit_cost, price_scale, unit_cost_scale``. Of stock: ``sku, location`` and
        its counts. Of order lines: ``order_id, sku, quantity, unit_price, unit_price_scale, discount`` and counts.

    Returns
    -------
    dict of str to ndarray
        Texts as objects, whole numbers as int64. A price is in minor units, or in their ``10**scale`` th parts; one
        that is not known is -1, an unknown currency is empty.

    Raises
    ------
    InputError
        If there is no such set.

    Examples
    --------
    >>> from shopcore.models import Money, Sku
    >>> from shopcore.persistence import Shop, save_skus
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_skus(connection, shop.tables, [Sku(sku="MUG", price=Money(3900, "CNY")), Sku(sku="TEA")])
    ...     found = load_columns(connection, shop.tables, "prices")
    >>> found["sku"].tolist(), found["price"].tolist()
    (['MUG', 'TEA'], [3900, -1])
    """
    name, key, texts, unsure, sure = _SETS[one_of("columns", columns, tuple(_SETS))]
    table: Table = getattr(tables, name)
    connection = connection_of(host, writes=False)
    parts: list[Any] = [func.coalesce(table.c[text], "").label(text) for text in texts]
    parts += [func.coalesce(table.c[number], UNKNOWN).label(number) for number in unsure]
    parts += [table.c[number] for number in sure]
    query = select(*parts).order_by(*(table.c[part] for part in key))
    if connection.dialect.name == "postgresql":
        return _packed(connection, query, texts, (*unsure, *sure))
    rows = _driver_rows(connection, query)
    found = list(zip(*rows, strict=True)) if rows else [()] * len(parts)
    return {
        name: np.array(column, object if name in texts else np.int64)
        for name, column in zip((*texts, *unsure, *sure), found, strict=True)
    }


def _driver_rows(connection: Connection, query: Any) -> list[tuple[Any, ...]]:
    # The driver's own tuples: rows with names would cost more than the reading.
    text = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    cursor: Any = connection.exec_driver_sql(str(text)).cursor
    return list(cursor.fetchall())


def _packed(
    connection: Connection, query: Any, texts: tuple[str, ...], numbers: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    """Let the server pack each column into one value: 8 bytes a number, lines of text (ids hold no line breaks)."""
    inner = query.subquery()
    lines = [func.string_agg(inner.c[name], "\n") for name in texts]
    packs = [func.string_agg(func.int8send(inner.c[name]), func.decode("", "hex")) for name in numbers]
    rows = connection.execute(select(func.count(), *lines, *packs).select_from(inner)).one()
    count, values = rows[0], rows[1:]
    found: dict[str, NDArray[Any]] = {}
    for name, value in zip((*texts, *numbers), values, strict=True):
        if name in texts:
            found[name] = np.array(value.split("\n") if count else [], object)
        else:
            found[name] = np.frombuffer(value or b"", ">i8").astype(np.int64)
    return found
