"""Facts of many channels and days as plain sums per channel; money in the major unit of one currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore._checks import fail, instance
from shopcore.errors import CurrencyMismatchError, ShapeError
from shopcore.models._money import Money
from shopcore.models._traffic_facts import TrafficFacts

PEOPLE: Final = ("visitors", "added_to_cart", "buyers", "new_buyers")
MONEY: Final = ("revenue", "spend")
COUNTS: Final = ("impressions", "clicks", "page_views", "sessions", "single_page_sessions", "orders", "units")
MEASURES: Final = (*COUNTS, *PEOPLE, *MONEY)


def major(money: Money) -> float:
    """Return an amount as a float of major units, for estimates only."""
    return float(money.minor / 10**money.currency.digits)


class Sums:
    """Sums of one channel: a number, or None and the reason in `reasons`."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.rows = 0
        self.values: dict[str, float | None] = {}
        self.reasons: dict[str, str] = {}

    def get(self, name: str) -> float | None:
        """Return a sum, None where it is not known."""
        return self.values.get(name)


def rows_of(facts: Iterable[TrafficFacts] | Mapping[str, Sequence[object]]) -> tuple[list[dict[str, object]], str]:
    """Return rows of plain numbers and the currency code ("" for columns, whose unit the caller states)."""
    if isinstance(facts, Mapping):
        return _rows_of_columns(facts), ""
    rows: list[dict[str, object]] = []
    currencies: set[str] = set()
    if not isinstance(facts, Iterable):
        fail("facts", facts, "TrafficFacts, or columns by name", reason="type")
    for position, fact in enumerate(facts):
        instance(f"facts.{position}", fact, TrafficFacts)
        row: dict[str, object] = {"channel": fact.channel_id}
        for name in (*COUNTS, *PEOPLE):
            row[name] = getattr(fact, name)
        for name in MONEY:
            amount = getattr(fact, name)
            row[name] = None if amount is None else major(amount)
            if amount is not None:
                currencies.add(amount.currency.code)
        rows.append(row)
    if len(currencies) > 1:
        raise CurrencyMismatchError(
            f"facts must be of one currency, got {', '.join(sorted(currencies))}",
            argument="facts",
            expected="one currency",
            reason="currency_mismatch",
        )
    return rows, next(iter(currencies), "")


def _rows_of_columns(columns: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    if "channel" not in columns:
        fail("facts", sorted(columns), "columns with one named 'channel'", reason="missing")
    unknown = sorted(set(columns) - {"channel", *MEASURES})
    if unknown:
        fail("facts", unknown[0], f"columns among channel, {', '.join(MEASURES)}", reason="unknown_field")
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ShapeError(f"the columns of facts must be of one length, got {lengths}", argument="facts", reason="shape")
    checked = {
        name: floats(f"facts.{name}", column, NON_NEGATIVE) for name, column in columns.items() if name != "channel"
    }
    return [
        {"channel": str(channel), **{name: float(column[row]) for name, column in checked.items()}}
        for row, channel in enumerate(columns["channel"])
    ]


def sums_by_channel(rows: list[dict[str, object]], *, people: str) -> list[Sums]:
    """Return the sums per channel in order of appearance; people are added only where `people` says so."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        found.setdefault(str(row["channel"]), []).append(row)
    return [sum_rows(channel, group, people=people) for channel, group in found.items()]


def sum_rows(channel: str, rows: list[dict[str, object]], *, people: str) -> Sums:
    """Return the sums of some rows; a measure missing in any row has no sum."""
    sums = Sums(channel)
    sums.rows = len(rows)
    for name in MEASURES:
        seen = [row.get(name) for row in rows]
        measured = [float(value) for value in seen if value is not None]  # type: ignore[arg-type]  # checked at the door
        if len(measured) < len(seen) or not seen:
            sums.reasons[name] = "partly_measured" if measured else "not_measured"
        elif name in PEOPLE and len(rows) > 1 and people == "distinct":
            sums.reasons[name] = "not_additive"
        else:
            sums.values[name] = float(np.sum(measured))
    return sums
