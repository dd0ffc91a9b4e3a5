"""One operation on stock: asked once, written once, its first result kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from shopcore._checks import aware, text
from shopcore.inventory import StockChange, StockEvent
from shopcore.inventory._ledger_facts import Key, StockVerb
from shopcore.models._result import Result
from shopcore.persistence._stock_levels import Books, read_event, written_event
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, fingerprint_of, remember, unit

__all__ = ["Asked", "StockBooking", "book", "listed", "write"]


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
class Asked:
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


def listed(units: Mapping[Key, int]) -> tuple[Any, ...]:
    return tuple([place, sku, count] for (place, sku), count in units.items())


def book(
    host: Host, tables: Tables, asked: Asked, changes: tuple[StockChange, ...], *, reason: str = ""
) -> StockBooking:
    event = StockEvent(asked.verb, changes, "", asked.op_id, reason, asked.at)
    with unit(host) as connection:
        if done := asked.done(connection, tables, event):
            return done
        write(Books(connection, tables, asked.op_id, asked.at), event)
    return StockBooking(event)


def write(books: Books, event: StockEvent) -> None:
    # Entries first: the counters are the rows that others wait for, so they are held for as short as possible.
    changes = [change for change in event.changes if change.on_hand or change.reserved]
    books.write(event.verb, [(event.hold_id, change) for change in changes])
    books.move(event.verb, changes)
