"""What may be promised, and the proof that the counters, the entries and the holds of stock agree."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import and_, func, literal, or_, select, union_all

from shopcore._checks import aware, one_of, text
from shopcore.errors import RefusedError
from shopcore.inventory import ShortLine, StockChange
from shopcore.inventory._ledger_facts import Lines, summed
from shopcore.models._result import Result
from shopcore.persistence._stock_levels import Books
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, fingerprint_of, remember, unit

__all__ = ["StockDrift", "StockRepair", "available_stock", "check_reserve_stock", "reconcile_stock"]

StockRepair: TypeAlias = Literal["book", "reset"]
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class StockDrift(Result):
    """A SKU at a place whose counters, entries and holds do not agree.

    Attributes
    ----------
    sku, location : str
        What and where.
    on_hand, reserved : int
        The counters.
    entries_on_hand, entries_reserved : int
        Sums of all entries.
    held : int
        Units of all holds.
    """

    sku: str
    location: str
    on_hand: int
    reserved: int
    entries_on_hand: int
    entries_reserved: int
    held: int


def available_stock(
    host: Host, tables: Tables, skus: Iterable[str], *, at: datetime, location: str = "main"
) -> dict[str, int]:
    """Return the units of each SKU that may be promised at an instant (可售库存): on hand less all that is spoken for.

    Holds that ended at or before `at` count as free, whether or not they were given back yet. A SKU without a level
    has 0; negative where safety, quality control and damaged units exceed what is left.

    Parameters
    ----------
    host, tables, location
        As in `receive_stock`.
    skus : iterable of str
        Any number.
    at : datetime
        Now; aware.

    Examples
    --------
    >>> from datetime import UTC, datetime, timedelta
    >>> from shopcore.persistence import Shop, receive_stock, reserve_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> later = noon + timedelta(minutes=15)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = reserve_stock(connection, shop.tables, {"MUG": 4}, hold_id="cart", op_id="c", at=noon, expires_at=later)
    ...     [available_stock(connection, shop.tables, ["MUG"], at=now) for now in (noon, later)]
    [{'MUG': 1}, {'MUG': 5}]
    """
    aware("at", at)
    wanted = dict.fromkeys(skus, 0)
    level, hold, names = tables.stock_levels, tables.stock_holds, list(wanted)
    buffers = level.c.safety + level.c.quality_control + level.c.damaged
    ended = (
        select(func.coalesce(func.sum(hold.c.units), 0))
        .where(hold.c.sku == level.c.sku, hold.c.location == level.c.location, hold.c.expires_at <= at)
        .correlate(level)
        .scalar_subquery()
    )
    query = select(level.c.sku, (level.c.on_hand - level.c.reserved - buffers + ended).label("free"))
    with unit(host, writes=False) as connection:
        for start in range(0, len(names), _PAGE):
            page = query.where(level.c.location == location, level.c.sku.in_(names[start : start + _PAGE]))
            wanted |= {row.sku: int(row.free) for row in connection.execute(page)}
    return wanted


def check_reserve_stock(
    host: Host, tables: Tables, lines: Lines, *, at: datetime, location: str = "main"
) -> tuple[ShortLine, ...]:
    """Return every SKU that would be short if these lines were reserved now; empty where they would pass.

    An answer for a page of the shop: only `reserve_stock` holds anything.

    Parameters
    ----------
    host, tables, lines, at, location
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     [line.missing for line in check_reserve_stock(connection, shop.tables, [("MUG", 2), ("MUG", 1)], at=noon)]
    [3]
    """
    units = {sku: count for (_, sku), count in summed(lines, location).items()}
    free = available_stock(host, tables, units, at=at, location=location)
    return tuple(
        ShortLine(sku, location, count, max(free[sku], 0)) for sku, count in units.items() if count > free[sku]
    )


def reconcile_stock(
    host: Host,
    tables: Tables,
    *,
    repair: StockRepair | None = None,
    op_id: str | None = None,
    at: datetime | None = None,
) -> tuple[StockDrift, ...]:
    """Return every SKU and place whose counters, entries and holds do not agree (对账); empty where all do.

    Without `repair` nothing is written. What is returned is what was found before the repair.

    Parameters
    ----------
    host, tables
        As in `receive_stock`.
    repair : {"book", "reset"}, optional
        ``"book"``: the counter of units on hand is right, such as one stated by `save_stock`; an entry of the
        difference is appended. ``"reset"``: the entries are right; the counter is set to their sum. Either way the
        units reserved become those of the holds. Entries are never changed.
    op_id : str, optional
        The caller's id; needed for a repair, which is done once.
    at : datetime, optional
        Now; needed for a repair.

    Raises
    ------
    RefusedError
        If a reset would leave less on hand than the holds need; release some first.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import StockPosition
    >>> from shopcore.persistence import Shop, save_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     _ = save_stock(connection, shop.tables, [StockPosition(sku="MUG", on_hand=12)])
    ...     [drift] = reconcile_stock(connection, shop.tables, repair="book", op_id="opening", at=noon)
    ...     drift.on_hand, drift.entries_on_hand, reconcile_stock(connection, shop.tables)
    (12, 0, ())
    """
    if repair is None:
        with unit(host, writes=False) as connection:
            return tuple(_drift(connection, tables))
    one_of("repair", repair, ("book", "reset"))
    when = aware("at", at)
    name = text("op_id", op_id, max_length=128)
    with unit(host) as connection:
        row = {"op_id": name, "verb": "reconcile", "fingerprint": fingerprint_of([repair]), "at": when, "result": ""}
        known = remember(connection, tables.operations, row)
        if known is not None:
            return tuple(StockDrift(*facts) for facts in json.loads(known))
        found = _repaired(Books(connection, tables, name, when), repair)
        table, result = tables.operations, json.dumps([astuple(drift) for drift in found])
        connection.execute(table.update().where(table.c.op_id == name).values(result=result))
    return tuple(found)


def _repaired(books: Books, repair: StockRepair) -> list[StockDrift]:
    connection, level = books.connection, books.tables.stock_levels
    suspects = _drift(connection, books.tables)
    found = []
    for one in sorted(suspects, key=lambda drift: (drift.sku, drift.location)):
        here = and_(level.c.sku == one.sku, level.c.location == one.location)
        connection.execute(select(level.c.sku).where(here).with_for_update()).all()
        # Read again under the lock: what looked wrong may have been somebody's work that was under way.
        for drift in _drift(connection, books.tables, one):
            found.append(drift)
            on_hand = drift.on_hand if repair == "book" else drift.entries_on_hand
            _set(books, drift, on_hand)
    return found


def _set(books: Books, drift: StockDrift, on_hand: int) -> None:
    level = books.tables.stock_levels
    if on_hand < drift.held:
        raise RefusedError(
            f"{drift.sku} would have {on_hand} on hand and {drift.held} held; release or receive first",
            state="drift", allowed=("book", "release"), reason="held",
        )  # fmt: skip
    here = and_(level.c.sku == drift.sku, level.c.location == drift.location)
    changed = level.update().where(here).values(on_hand=on_hand, reserved=drift.held)
    if books.connection.execute(changed).rowcount == 0:
        row = {"sku": drift.sku, "location": drift.location, "on_hand": on_hand, "reserved": drift.held}
        books.connection.execute(level.insert(), row)
    change = StockChange(
        drift.sku, drift.location, on_hand - drift.entries_on_hand, drift.held - drift.entries_reserved
    )
    if change.on_hand or change.reserved:
        books.write("adjust", [("", change)])


def _drift(connection: Any, tables: Tables, only: StockDrift | None = None) -> list[StockDrift]:
    # One statement, so that all three are read at one instant.
    level, entry, hold, none = tables.stock_levels, tables.stock_entries, tables.stock_holds, literal(0)
    parts = (
        (level, (level.c.on_hand, level.c.reserved, none, none, none)),
        (entry, (none, none, entry.c.on_hand, entry.c.reserved, none)),
        (hold, (none, none, none, none, hold.c.units)),
    )
    names = ("on_hand", "reserved", "entries_on_hand", "entries_reserved", "held")
    selects = []
    for table, columns in parts:
        part = select(table.c.sku, table.c.location, *(c.label(n) for c, n in zip(columns, names, strict=True)))
        if only is not None:
            part = part.where(table.c.sku == only.sku, table.c.location == only.location)
        selects.append(part)
    every = union_all(*selects).subquery()
    on_hand, reserved, entries_on_hand, entries_reserved, held = (func.sum(every.c[name]) for name in names)
    query = (
        select(every.c.sku, every.c.location, on_hand, reserved, entries_on_hand, entries_reserved, held)
        .group_by(every.c.sku, every.c.location)
        .having(or_(on_hand != entries_on_hand, reserved != entries_reserved, reserved != held))
        .order_by(every.c.location, every.c.sku)
    )
    return [StockDrift(sku, place, *map(int, sums)) for sku, place, *sums in connection.execute(query)]
