"""The counters of stock: conditional updates that cannot oversell, in one order for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from shopcore._checks import fail_limit
from shopcore.errors import OutOfStockError, StorageError
from shopcore.inventory import ShortLine, StockChange, StockEvent
from shopcore.inventory._ledger_facts import MAX_UNITS, Key
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import insert_of

# Verbs that may only take what nobody else holds; the others settle what is held already.
TAKING: Final = frozenset({"reserve", "adjust", "transfer"})


@dataclass(slots=True)
class Books:
    """The entries and counters of one operation, written through one connection."""

    connection: Connection
    tables: Tables
    op_id: str
    at: datetime
    written: int = field(default=0)

    def write(self, verb: str, rows: Iterable[tuple[str, StockChange]]) -> None:
        """Append entries of (hold id, change)."""
        new = [
            {"op_id": self.op_id, "number": self.written + offset, "sku": change.sku, "location": change.location,
             "verb": verb, "on_hand": change.on_hand, "reserved": change.reserved, "hold_id": hold_id, "at": self.at}
            for offset, (hold_id, change) in enumerate(rows)
        ]  # fmt: skip
        if new:
            self.connection.execute(self.tables.stock_entries.insert(), new)
            self.written += len(new)

    def move(self, verb: str, changes: Iterable[StockChange]) -> None:
        """Change the counters in the order of SKU and place; raise with every short line where one does not fit."""
        self.move_all((verb, change) for change in changes)

    def move_all(self, moves: Iterable[tuple[str, StockChange]]) -> None:
        """Change the counters by several verbs in one pass, so that no two orders wait for each other."""
        short = []
        for verb, change in sorted(moves, key=lambda move: (move[1].sku, move[1].location)):
            if change.on_hand > 0:
                self._add(change)
            elif not self._shift(verb, change) and not (verb in TAKING and self._lend(verb, change)):
                if verb not in TAKING:
                    raise StorageError("a counter of stock is below what is held; run reconcile_stock")
                short.append(self._short(verb, change))
        if short:
            refuse(short)

    def _add(self, change: StockChange) -> None:
        level = self.tables.stock_levels
        statement = insert_of(self.connection, level)
        row = {"sku": change.sku, "location": change.location, "on_hand": change.on_hand, "reserved": 0}
        added = statement.on_conflict_do_update(
            index_elements=["sku", "location"],
            set_={"on_hand": level.c.on_hand + statement.excluded.on_hand},
            where=level.c.on_hand <= MAX_UNITS - statement.excluded.on_hand,
        ).returning(level.c.sku)
        if self.connection.execute(added, row).first() is None:
            fail_limit("lines", change.on_hand, MAX_UNITS, "units on hand in all", reason="too_many")

    def _shift(self, verb: str, change: StockChange) -> bool:
        level = self.tables.stock_levels
        on_hand, reserved = level.c.on_hand + bindparam("more"), level.c.reserved + bindparam("held")
        left = on_hand - reserved
        if verb == "reserve":
            left = left - level.c.safety - level.c.quality_control - level.c.damaged
        here = (level.c.sku == bindparam("of")) & (level.c.location == bindparam("place"))
        statement = level.update().where(here, left >= 0, reserved >= 0).values(on_hand=on_hand, reserved=reserved)
        facts = {"more": change.on_hand, "held": change.reserved, "of": change.sku, "place": change.location}
        return self.connection.execute(statement, facts).rowcount == 1

    def _lend(self, verb: str, change: StockChange) -> bool:
        # The level is locked before the holds, and holds that somebody else settles just now are left to him:
        # so nobody waits for a hold while he keeps a level, and no circle of waiting can arise.
        level, hold = self.tables.stock_levels, self.tables.stock_holds
        here = (level.c.sku == change.sku) & (level.c.location == change.location)
        self.connection.execute(select(level.c.sku).where(here).with_for_update()).all()
        due = select(hold.c.hold_id, hold.c.position, hold.c.units).where(
            hold.c.sku == change.sku, hold.c.location == change.location, hold.c.units > 0, hold.c.expires_at <= self.at
        )
        rows = self.connection.execute(due.with_for_update(skip_locked=True)).all()
        if not rows:
            # Between our first try and the lock others may have given units back.
            return self._shift(verb, change)
        set_units(self.connection, self.tables, [(row.hold_id, row.position, 0) for row in rows])
        freed = [(row.hold_id, StockChange(change.sku, change.location, 0, -row.units)) for row in rows]
        self.write("expire", freed)
        total = sum(row.units for row in rows)
        return self._shift("expire", StockChange(change.sku, change.location, 0, -total)) and self._shift(verb, change)

    def _short(self, verb: str, change: StockChange) -> ShortLine:
        level = self.tables.stock_levels
        here = (level.c.sku == change.sku) & (level.c.location == change.location)
        row = self.connection.execute(select(level).where(here)).mappings().one_or_none()
        free = 0 if row is None else row["on_hand"] - row["reserved"]
        if row is not None and verb == "reserve":
            free -= row["safety"] + row["quality_control"] + row["damaged"]
        return ShortLine(change.sku, change.location, change.reserved - change.on_hand, max(free, 0))


def set_units(connection: Connection, tables: Tables, rows: Sequence[tuple[str, int, int]]) -> None:
    """Write what is left of rows of holds: (hold id, position, units)."""
    hold = tables.stock_holds
    one = (hold.c.hold_id == bindparam("hold")) & (hold.c.position == bindparam("place"))
    facts = [{"hold": hold_id, "place": position, "left": units} for hold_id, position, units in rows]
    connection.execute(hold.update().where(one).values(units=bindparam("left")), facts)


def refuse(short: Sequence[ShortLine]) -> None:
    """Raise `OutOfStockError` with every short line."""
    first = f"{short[0].sku} lacks {short[0].missing}"
    more = f" and {len(short) - 1} more" if len(short) > 1 else ""
    lines = tuple(sorted(short, key=lambda line: (line.location, line.sku)))
    raise OutOfStockError(f"not enough stock: {first}{more}", lines=lines, state="short")


def written_event(event: StockEvent) -> str:
    """Return an event as the text that is stored with its operation."""
    changes = [[change.sku, change.location, change.on_hand, change.reserved] for change in event.changes]
    at = None if event.at is None else event.at.isoformat()
    return json.dumps([event.verb, changes, event.hold_id, event.op_id, event.reason, at], ensure_ascii=False)


def read_event(text: str) -> StockEvent:
    """Return the event that `written_event` wrote."""
    verb, changes, hold_id, op_id, reason, at = json.loads(text)
    when = None if at is None else datetime.fromisoformat(at)
    return StockEvent(verb, tuple(StockChange(*change) for change in changes), hold_id, op_id, reason, when)


def by_key(rows: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Return the sum of units by place and SKU."""
    total: dict[Key, int] = {}
    for key, units in rows:
        total[key] = total.get(key, 0) + units
    return total
