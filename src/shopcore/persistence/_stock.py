"""The stock ledger in the host's transaction: the verbs of `shopcore.inventory.StockLedger`, shared by everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from shopcore._checks import aware, fail, text
from shopcore.errors import RefusedError
from shopcore.inventory import StockChange, StockEvent
from shopcore.inventory._ledger_facts import Key, Lines, StockVerb, changes_of, summed
from shopcore.models._result import Result
from shopcore.persistence._stock_levels import Books, by_key, read_event, set_units, written_event
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, fingerprint_of, insert_new, remember, unit

__all__ = [
    "StockBooking", "adjust_stock", "commit_stock", "expire_due", "receive_stock", "release_stock", "reserve_stock",
    "transfer_stock",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class StockBooking(Result):
    """An operation on stock that was carried out.

    Attributes
    ----------
    event : StockEvent
        What happened; on a replay what happened the first time.
    replayed : bool
        True where the operation id had been carried out before: nothing changed now.
    """

    event: StockEvent
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    verb: StockVerb
    op_id: str
    at: datetime
    facts: tuple[Any, ...]

    def __post_init__(self) -> None:
        text("op_id", self.op_id, max_length=128)
        aware("at", self.at)

    def done(self, connection: Connection, tables: Tables, event: StockEvent | None = None) -> StockBooking | None:
        """Return the first result where there is one; else the operation row is written."""
        row = {
            "op_id": self.op_id, "verb": self.verb, "fingerprint": fingerprint_of([self.verb, *self.facts]),
            "at": self.at, "result": "" if event is None else written_event(event),
        }  # fmt: skip
        found = remember(connection, tables.operations, row)
        return None if found is None else StockBooking(read_event(found), replayed=True)

    def finish(self, connection: Connection, tables: Tables, event: StockEvent) -> StockBooking:
        """Store the result of an operation whose result was not known before."""
        table = tables.operations
        found = table.update().where(table.c.op_id == self.op_id).values(result=written_event(event))
        connection.execute(found)
        return StockBooking(event)


def receive_stock(
    host: Host, tables: Tables, lines: Lines, *, op_id: str, at: datetime, location: str = "main"
) -> StockBooking:
    """Return the booking of goods put on the shelf (入库).

    Parameters
    ----------
    host : sqlalchemy.Connection or sqlalchemy.orm.Session
        The host's, in its transaction: a savepoint inside, never a commit. Of an AsyncSession by ``run_sync``.
    tables : Tables
        From `build_tables`.
    lines : mapping of SKU to units, or iterable of (SKU, units)
        Units of one SKU are added up.
    op_id : str
        The caller's id of this operation: the same id again gives the first result and changes nothing.
    at : datetime
        Now; aware.
    location : str
        Where.

    Raises
    ------
    IdempotencyConflictError
        If the id was used with other facts.
    RetryableError
        If the database asks for another try; roll back and run the transaction again with the same id.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, load_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     booking = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     again = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     load_stock(connection, shop.tables)[0].on_hand, booking.replayed, again.replayed
    (5, False, True)
    """
    units = summed(lines, location)
    return _book(host, tables, _Asked("receive", op_id, at, _listed(units)), changes_of(units, {}))


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
    asked = _Asked("reserve", op_id, at, (text("hold_id", hold_id, max_length=128), *_listed(units)))
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
        _write(Books(connection, tables, op_id, at), event)
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
    asked, hold = _Asked("expire", name, at, (at.timestamp(),)), tables.stock_holds
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


def adjust_stock(
    host: Host, tables: Tables, lines: Lines, *, reason: str, op_id: str, at: datetime, location: str = "main"
) -> StockBooking:
    """Return the booking of a stocktake: signed differences per SKU (盘盈, 盘亏).

    Units that are reserved cannot be written off: release them first.

    Parameters
    ----------
    host, tables, lines, op_id, at, location
        As in `receive_stock`; units may be negative.
    reason : str
        In words, without personal data.

    Raises
    ------
    OutOfStockError
        If more is written off than is free, with every short line.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, load_stock, receive_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = adjust_stock(connection, shop.tables, {"MUG": -1}, reason="broken", op_id="count-1", at=noon)
    ...     load_stock(connection, shop.tables)[0].on_hand
    4
    """
    units = summed(lines, location, signed=True)
    asked = _Asked("adjust", op_id, at, (text("reason", reason, max_length=200), *_listed(units)))
    return _book(host, tables, asked, changes_of(units, {}), reason=reason)


def transfer_stock(
    host: Host, tables: Tables, lines: Lines, *, source: str, target: str, op_id: str, at: datetime
) -> StockBooking:
    """Return the booking of unreserved units moved to another place (调拨).

    Parameters
    ----------
    host, tables, lines, op_id, at
        As in `receive_stock`.
    source, target : str
        From where and to where.

    Raises
    ------
    OutOfStockError
        If more is moved than is free, with every short line.
    IdempotencyConflictError, RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, load_stock, receive_stock
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     _ = receive_stock(connection, shop.tables, {"MUG": 5}, op_id="delivery-1", at=noon)
    ...     _ = transfer_stock(connection, shop.tables, {"MUG": 2}, source="main", target="SHA", op_id="t-1", at=noon)
    ...     [(level.location, level.on_hand) for level in load_stock(connection, shop.tables)]
    [('SHA', 2), ('main', 3)]
    """
    leaving = summed(lines, source)
    if text("target", target, max_length=64) == source:
        fail("target", target, "another place than source", reason="same")
    moved = {key: -count for key, count in leaving.items()}
    moved |= {(target, sku): count for (_, sku), count in leaving.items()}
    return _book(host, tables, _Asked("transfer", op_id, at, (target, *_listed(leaving))), changes_of(moved, {}))


def _listed(units: Mapping[Key, int]) -> tuple[Any, ...]:
    return tuple([place, sku, count] for (place, sku), count in units.items())


def _book(
    host: Host, tables: Tables, asked: _Asked, changes: tuple[StockChange, ...], *, reason: str = ""
) -> StockBooking:
    event = StockEvent(asked.verb, changes, "", asked.op_id, reason, asked.at)
    with unit(host) as connection:
        if done := asked.done(connection, tables, event):
            return done
        _write(Books(connection, tables, asked.op_id, asked.at), event)
    return StockBooking(event)


def _write(books: Books, event: StockEvent) -> None:
    # Entries first: the counters are the rows that others wait for, so they are held for as short as possible.
    changes = [change for change in event.changes if change.on_hand or change.reserved]
    books.write(event.verb, [(event.hold_id, change) for change in changes])
    books.move(event.verb, changes)


def _settle(
    verb: StockVerb, host: Host, tables: Tables, hold_id: str, lines: Lines | None, *, op_id: str, at: datetime,
    location: str,
) -> StockBooking:  # fmt: skip
    wanted = None if lines is None else summed(lines, location)
    facts = (text("hold_id", hold_id, max_length=128), *(("all",) if wanted is None else _listed(wanted)))
    asked, hold = _Asked(verb, op_id, at, facts), tables.stock_holds
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
        _write(Books(connection, tables, op_id, at), event)
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
