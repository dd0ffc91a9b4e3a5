"""What the reservation ledger is made of and what it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from shopcore._checks import at_most, fail, integer, text
from shopcore.models._result import Result

StockVerb: TypeAlias = Literal["receive", "reserve", "commit", "release", "expire", "adjust", "transfer"]
Lines: TypeAlias = Mapping[str, int] | Iterable[tuple[str, int]]
Key: TypeAlias = tuple[str, str]
MAX_LINES: Final = 10_000
MAX_UNITS: Final = 2**53

__all__ = ["ShortLine", "StockChange", "StockDifference", "StockEvent", "StockHold"]


@dataclass(frozen=True, slots=True)
class StockChange:
    """What one operation did to one SKU at one place: signed units on hand and reserved."""

    sku: str
    location: str
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class StockEvent(Result):
    """One operation as it happened; keep these, their sum is the ledger.

    Attributes
    ----------
    verb : str
        ``"receive"``, ``"reserve"``, ``"commit"``, ``"release"``, ``"expire"``, ``"adjust"`` or ``"transfer"``.
    changes : tuple of StockChange
        In order of place and SKU.
    hold_id, op_id, reason : str
        Which reservation, which operation id, why; empty where there is none.
    at : datetime or None
        When, as passed in.
    """

    verb: StockVerb
    changes: tuple[StockChange, ...]
    hold_id: str = ""
    op_id: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StockHold:
    """A reservation: units by place and SKU, and the instant at which it ends (None: never)."""

    units: tuple[tuple[Key, int], ...]
    expires_at: datetime | None = None

    def live(self, at: datetime | None) -> bool:
        """Return whether it still counts; without an instant every hold does.

        Examples
        --------
        >>> StockHold(((("main", "MUG"), 2),)).live(None)
        True
        """
        return self.expires_at is None or at is None or self.expires_at > at


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A SKU of which more is asked for than may be promised: all lines of the request together."""

    sku: str
    location: str
    asked: int
    available: int

    @property
    def missing(self) -> int:
        """Units that are not there.

        Examples
        --------
        >>> ShortLine("MUG", "main", asked=5, available=3).missing
        2
        """
        return self.asked - self.available


@dataclass(frozen=True, slots=True)
class StockDifference:
    """A counter that is not the sum of its events."""

    sku: str
    location: str
    counter: Literal["on_hand", "reserved"]
    ledger: int
    events: int


def summed(lines: Lines, location: str, *, signed: bool = False) -> dict[Key, int]:
    """Return the checked units of a request by place and SKU; repeated SKUs are added up."""
    text("location", location, max_length=64)
    pairs = list(lines.items() if isinstance(lines, Mapping) else lines)
    at_most("lines", pairs, MAX_LINES, "lines")
    if not pairs:
        fail("lines", pairs, "at least one (sku, units)", reason="empty")
    total: dict[Key, int] = {}
    for position, pair in enumerate(pairs):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            fail(f"lines.{position}", pair, "(sku, units)", reason="type")
        sku, units = text(f"lines.{position}.sku", pair[0], max_length=64), pair[1]
        low = -MAX_UNITS if signed else 1
        total[location, sku] = total.get((location, sku), 0) + integer(
            f"lines.{position}.units", units, low=low, high=MAX_UNITS
        )
    return dict(sorted(total.items()))


def changes_of(on_hand: Mapping[Key, int], reserved: Mapping[Key, int]) -> tuple[StockChange, ...]:
    """Return the changes of two sets of signed units, in order."""
    keys = sorted({**on_hand, **reserved})
    return tuple(
        StockChange(sku, place, on_hand.get((place, sku), 0), reserved.get((place, sku), 0)) for place, sku in keys
    )
