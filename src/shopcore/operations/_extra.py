"""The smaller files beside the orders: catalogue with stock, costs, traffic. A wrong cell is named, not skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn

from shopcore._checks import at_most, fail
from shopcore.errors import InputError, ShopcoreError
from shopcore.models import Currency, Money, Period, TrafficFacts
from shopcore.operations._records import open_records

MAX_ROWS: Final = 1_000_000
_COUNTS: Final = ("impressions", "clicks", "page_views", "visitors", "added_to_cart", "buyers", "orders", "units")
_ARTICLE: Final = ("on_hand", "incoming", "lead_time_days", "pack", "minimum_order")


@dataclass(frozen=True, slots=True)
class Article:
    """What the shop knows of one SKU beside its sales; None where a file does not say."""

    title: str | None = None
    unit_cost: Money | None = field(default=None, repr=False)
    on_hand: int | None = None
    incoming: int | None = None
    lead_time_days: int | None = None
    pack: int | None = None
    minimum_order: int | None = None


def rows_of(argument: str, path: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a small CSV file by the names of their columns, each with its line number."""
    if not path.is_file():
        fail(argument, path.name, "a file that exists", reason="not_found")
    with open_records(path, encoding="utf-8", delimiter=None, progress=None) as records:
        header = [name.strip().lower() for name in records.header]
        missing = [name for name in needed if name not in header]
        if missing:
            there = ", ".join(repr(name[:40]) for name in header[:40])
            fail(argument, there, f"a file with columns {', '.join(needed)}", reason="missing_column")
        found = []
        for number, fields in records:
            if fields is None or len(fields) != len(header):
                _fail_cell(argument, number, "row", f"{len(header)} fields")
            found.append((number, dict(zip(header, (cell.strip() for cell in fields), strict=True))))
            at_most(argument, found, MAX_ROWS, "rows")
    return found


def _fail_cell(argument: str, number: int, column: str, expected: str) -> NoReturn:
    # The cell itself is not shown: it may be a cost.
    raise InputError(
        f"{argument} line {number}: {column} must be {expected}",
        argument=f"{argument}.{number}.{column}",
        expected=expected,
        reason="format",
    )


class _Cells:
    """Reads the cells of one row; what is blank is None."""

    def __init__(self, argument: str, number: int, row: Mapping[str, str], currency: Currency) -> None:
        self._argument, self._number, self._row, self._currency = argument, number, row, currency

    def _read(self, column: str, expected: str, parse: Callable[[str], Any]) -> Any:
        cell = self._row.get(column, "")
        if not cell:
            return None
        try:
            return parse(cell)
        except (ShopcoreError, ValueError):
            _fail_cell(self._argument, self._number, column, expected)

    def count(self, column: str) -> int | None:
        """Return a whole number, zero or more."""
        found: int | None = self._read(column, "a whole number, zero or more", _count)
        return found

    def money(self, column: str) -> Money | None:
        """Return an amount, zero or more."""
        found: Money | None = self._read(column, f"an amount in {self._currency.code}, zero or more", self._amount)
        return found

    def _amount(self, cell: str) -> Money:
        amount = Money.parse(cell, self._currency)
        if amount.minor < 0:
            raise ValueError
        return amount

    def day(self, column: str) -> date | None:
        """Return a date."""
        found: date | None = self._read(column, "a date such as 2026-11-11", date.fromisoformat)
        return found


def _count(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 9):
        raise ValueError
    return int(cell)


def read_articles(*, catalogue: Path | None, costs: Path | None, currency: Currency) -> dict[str, Article]:
    """Return what the catalogue and the costs file say of each SKU; a cost in the costs file wins."""
    found: dict[str, Article] = {}
    if catalogue is not None:
        for number, row in rows_of("catalogue", catalogue, ("sku",)):
            cells = _Cells("catalogue", number, row, currency)
            counts = {name: cells.count(name) for name in _ARTICLE}
            _once("catalogue", number, row["sku"], found)
            found[row["sku"]] = Article(row.get("title") or None, cells.money("unit_cost"), **counts)
    if costs is not None:
        seen: dict[str, Article] = {}
        for number, row in rows_of("costs", costs, ("sku", "unit_cost")):
            _once("costs", number, row["sku"], seen)
            known = found.get(row["sku"], Article())
            cost = _Cells("costs", number, row, currency).money("unit_cost")
            seen[row["sku"]] = Article(
                known.title, cost if cost is not None else known.unit_cost, *(getattr(known, name) for name in _ARTICLE)
            )
        found |= seen
    return found


def _once(argument: str, number: int, sku: str, seen: Mapping[str, Article]) -> None:
    if not sku or sku in seen:
        _fail_cell(argument, number, "sku", "a code that stands in the file once")


def read_traffic(path: Path | None, *, currency: Currency, zone: str) -> tuple[TrafficFacts, ...]:
    """Return the traffic facts of a file with a row for each date and channel."""
    if path is None:
        return ()
    found = []
    for number, row in rows_of("traffic", path, ("date", "channel")):
        cells = _Cells("traffic", number, row, currency)
        day = cells.day("date") or _fail_cell("traffic", number, "date", "a date such as 2026-11-11")
        counts: dict[str, Any] = {name: cells.count(name) for name in _COUNTS}
        found.append(
            TrafficFacts(
                channel_id=row["channel"],
                period=Period.day(day, zone),
                revenue=cells.money("revenue"),
                spend=cells.money("spend"),
                **counts,
            )
        )
    return tuple(found)
