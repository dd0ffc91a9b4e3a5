"""Reservations in the host's transaction: held, shipped, given back, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from shopcore._checks import aware, fail, text
from shopcore.errors import RefusedError
from shopcore.inventory import StockChange, StockEvent
from shopcore.inventory._ledger_facts import Key, Lines, StockVerb, changes_of, summed
from shopcore.persistence._stock_booking import Asked, StockBooking, listed, write
from shopcore.persistence._stock_levels import Books, by_key, set_units
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, insert_new, unit

__all__ = ["commit_stock", "expire_due", "release_stock", "reserve_stock"]


def reserve_stock(
    host: Host,
    tables: Tables,
    lines: Lines,
    *,
    hold_id: str,
    op_id: str,
    at: datetime,
    expires_at: datetime | None = None,
    location: str = "main",
) -> StockBooking:
    """Return the booking of units held for a cart or an order (占用): all lines or none, and never a unit twice.

    What may be promised is on hand less reserved, safety, quality control and damaged units. Holds that ended at or
    before `at` count as free and are retired on the way.

    Parameters
    ----------
    host, tables, lines, op_id, at, location
        As in `receive_stock`.
    hold_id : str
        The reservation's name, such as the order id.
    expires_at : datetime, optional
        When it ends; later than `at`. Without it, never.

    Raises
    ------
    OutOfStockError
        With every short line; nothing is held then and the host's transaction goes on.
    RefusedError
        If there is such a hold already.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Notes
    -----
    One conditional UPDATE a line, in the order of SKU and place for everybody, so that two orders cannot wait for
    each other; the CHECK ``reserved <= on_hand`` is the second net.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.errors import OutOfStockError
    >>> from shopcore.persistence import Shop, receive_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = reserve_stock(connection, shop.tables, {"MUG": 4}, hold_id="A1", op_id="A1-hold", at=noon)
    ...     try:
    ...         reserve_stock(connection, shop.tables, {"MUG": 2}, hold_id="A2", op_id="A2-hold", at=noon)
    ...     except OutOfStockError as error:
    ...         print(error.lines[0].available, error.lines[0].missing)
    1 1
    """
    units = summed(lines, location)
    asked = Asked("reserve", op_id, at, (text("hold_id", hold_id, max_length=128), *listed(units)))
    if expires_at is not None and aware("expires_at", expires_at) <= at:
        fail("expires_at", expires_at, "later than at", reason="order")
    event = StockEvent("reserve", changes_of({}, units), hold_id, op_id, "", at)
    with unit(host) as connection:
        if done := asked.done(connection, tables, event):
            return done
        rows = [
            {"hold_id": hold_id, "position": position, "sku": sku, "location": place, "units": count,
             "expires_at": expires_at}
            for position, ((place, sku), count) in enumerate(units.items())
        ]  # fmt: skip
        if not insert_new(connection, tables.stock_holds, rows[0]):
            allowed = ("commit", "release")
            raise RefusedError("this hold exists already", state="held", allowed=allowed, reason="hold_exists")
        if rows[1:]:
            connection.execute(tables.stock_holds.insert(), rows[1:])
        write(Books(connection, tables, op_id, at), event)
    return StockBooking(event)


def commit_stock(
    host: Host,
    tables: Tables,
    hold_id: str,
    lines: Lines | None = None,
    *,
    op_id: str,
    at: datetime,
    location: str = "main",
) -> StockBooking:
    """Return the booking of held units that were shipped (出库): all of a hold, or some lines of it.

    It moves goods; the transaction stays the host's to commit.

    Parameters
    ----------
    host, tables, lines, op_id, at, location
        As in `receive_stock`; without lines, all that is left of the hold, wherever it is.
    hold_id : str
        Of `reserve_stock`.

    Raises
    ------
    RefusedError
        If the hold is unknown, has expired, or holds less.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, load_stock, receive_stock, reserve_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = reserve_stock(connection, shop.tables, {"MUG": 4}, hold_id="A1", op_id="A1-hold", at=noon)
    ...     _ = commit_stock(connection, shop.tables, "A1", {"MUG": 3}, op_id="parcel-1", at=noon)
    ...     [level] = load_stock(connection, shop.tables)
    >>> level.on_hand, level.reserved, level.available
    (2, 1, 1)
    """
    return _settle("commit", host, tables, hold_id, lines, op_id=op_id, at=at, location=location)


def release_stock(
    host: Host,
    tables: Tables,
    hold_id: str,
    lines: Lines | None = None,
    *,
    op_id: str,
    at: datetime,
    location: str = "main",
) -> StockBooking:
    """Return the booking of held units given back (释放): all of a hold, or some lines of it.

    Of a hold that has expired, units lent to somebody else meanwhile are no longer in it.

    Parameters
    ----------
    host, tables, hold_id, lines, op_id, at, location
        As in `commit_stock`.

    Raises
    ------
    RefusedError
        If the hold is unknown or holds less.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, receive_stock, reserve_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = reserve_stock(connection, shop.tables, {"MUG": 4}, hold_id="A1", op_id="A1-hold", at=noon)
    ...     release_stock(connection, shop.tables, "A1", op_id="A1-off", at=noon).event.changes[0].reserved
    -4
    """
    return _settle("release", host, tables, hold_id, lines, op_id=op_id, at=at, location=location)


def expire_due(host: Host, tables: Tables, *, at: datetime, op_id: str | None = None) -> StockBooking:
    """Return the booking of all holds given back that ended at or before an instant (到期释放).

    For a job that runs every minute or so. Holds that another transaction settles at the moment are left to it.

    Parameters
    ----------
    host, tables, at
        As in `receive_stock`.
    op_id : str, optional
        By default named after the instant, so that two workers at one instant do it once.

    Raises
    ------
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime, timedelta
    >>> from shopcore.persistence import Shop, receive_stock, reserve_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> later = noon + timedelta(minutes=15)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = reserve_stock(connection, shop.tables, {"MUG": 4}, hold_id="cart", op_id="c", at=noon, expires_at=later)
    ...     expire_due(connection, shop.tables, at=later).event.changes[0].reserved
    -4
    """
    name = f"expire {aware('at', at).isoformat()}" if op_id is None else op_id
    asked, hold = Asked("expire", name, at, (at.timestamp(),)), tables.stock_holds
    with unit(host) as connection:
        if done := asked.done(connection, tables):
            return done
        due = select(hold).where(hold.c.expires_at <= at).order_by(hold.c.hold_id, hold.c.position)
        rows = connection.execute(due.with_for_update(skip_locked=True)).mappings().all()
        _drop(connection, tables, rows)
        left = [row for row in rows if row["units"]]
        freed = by_key(((row["location"], row["sku"]), -row["units"]) for row in left)
        event = StockEvent("expire", changes_of({}, freed), "", name, "", at)
        booking = asked.finish(connection, tables, event)
        books = Books(connection, tables, name, at)
        books.write("expire", [(r["hold_id"], StockChange(r["sku"], r["location"], 0, -r["units"])) for r in left])
        books.move("expire", event.changes)
    return booking


def _settle(
    verb: StockVerb, host: Host, tables: Tables, hold_id: str, lines: Lines | None, *, op_id: str, at: datetime,
    location: str,
) -> StockBooking:  # fmt: skip
    wanted = None if lines is None else summed(lines, location)
    facts = (text("hold_id", hold_id, max_length=128), *(("all",) if wanted is None else listed(wanted)))
    asked, hold = Asked(verb, op_id, at, facts), tables.stock_holds
    with unit(host) as connection:
        if done := asked.done(connection, tables):
            return done
        query = select(hold).where(hold.c.hold_id == hold_id).order_by(hold.c.position)
        rows = connection.execute(query.with_for_update()).mappings().all()
        units = _settled(verb, rows, wanted, at)
        freed = {key: -count for key, count in units.items()}
        event = StockEvent(verb, changes_of(freed if verb == "commit" else {}, freed), hold_id, op_id, "", at)
        booking = asked.finish(connection, tables, event)
        left = [(row, row["units"] - units.get((row["location"], row["sku"]), 0)) for row in rows]
        if any(count for _, count in left):
            changed = [(hold_id, row["position"], count) for row, count in left if count != row["units"]]
            set_units(connection, tables, changed)
        else:
            connection.execute(hold.delete().where(hold.c.hold_id == hold_id))
        write(Books(connection, tables, op_id, at), event)
    return booking


def _settled(verb: str, rows: Any, wanted: Mapping[Key, int] | None, at: datetime) -> dict[Key, int]:
    if not rows:
        raise RefusedError("there is no such hold", state="unknown", allowed=("reserve",), reason="unknown_hold")
    expires_at = rows[0]["expires_at"]
    if verb == "commit" and expires_at is not None and expires_at <= at:
        raise RefusedError("the hold has expired", state="expired", allowed=("release", "reserve"), reason="expired")
    had = {(row["location"], row["sku"]): row["units"] for row in rows if row["units"]}
    if wanted is None:
        return had
    if any(count > had.get(key, 0) for key, count in wanted.items()):
        allowed = ("commit", "release")
        raise RefusedError("the hold has fewer units", state="held", allowed=allowed, reason="too_many")
    return dict(wanted)


def _drop(connection: Connection, tables: Tables, rows: Any) -> None:
    hold = tables.stock_holds
    one = (hold.c.hold_id == bindparam("hold")) & (hold.c.position == bindparam("place"))
    if rows:
        connection.execute(hold.delete().where(one), [{"hold": r["hold_id"], "place": r["position"]} for r in rows])
