"""The stock ledger in the host's transaction: goods that come, are counted, and move to another place."""

from __future__ import annotations

from datetime import datetime

from shopcore._checks import fail, text
from shopcore.inventory._ledger_facts import Lines, changes_of, summed
from shopcore.persistence._stock_booking import Asked, StockBooking, book, listed
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host

__all__ = ["adjust_stock", "receive_stock", "transfer_stock"]


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
    return book(host, tables, Asked("receive", op_id, at, listed(units)), changes_of(units, {}))


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
    asked = Asked("adjust", op_id, at, (text("reason", reason, max_length=200), *listed(units)))
    return book(host, tables, asked, changes_of(units, {}), reason=reason)


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
    return book(host, tables, Asked("transfer", op_id, at, (target, *listed(leaving))), changes_of(moved, {}))
