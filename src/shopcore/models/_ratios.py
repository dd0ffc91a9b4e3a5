"""A column of ratios: the twin of `Ratio` for many rows at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shopcore.models._ratio import Ratio
from shopcore.models._result import Result, html_table
from shopcore.typing import BoolArray, FloatArray, IntArray

__all__ = ["Ratios"]


@dataclass(frozen=True, slots=True, eq=False)
class Ratios(Result):
    """Ratios of many rows with their parts and intervals (比率列); NaN and a reason where a row has no value.

    Indexing gives the `Ratio` of a row. People cannot be added up over days or channels, because one person
    counts in each: `is_additive` says whether the parts may be summed.

    Attributes
    ----------
    value, numerator, denominator, low, high : float array, shape (n,)
        NaN where there is none.
    reason_code : int array, shape (n,)
        0 where the row has a value, otherwise the position in `reasons` plus one.
    reasons : tuple of str
        The reasons that occur.
    confidence, method, basis
        As in `Ratio`, the same for all rows.

    Examples
    --------
    >>> ones = np.ones(2)
    >>> column = Ratios(ones * 0.5, ones, ones * 2, ones * np.nan, ones * np.nan, np.zeros(2, dtype=np.int64))
    >>> column.is_defined.tolist()
    [True, True]
    """

    value: FloatArray
    numerator: FloatArray
    denominator: FloatArray
    low: FloatArray
    high: FloatArray
    reason_code: IntArray
    reasons: tuple[str, ...] = ()
    confidence: float | None = None
    method: str = "none"
    basis: str = ""

    @property
    def is_defined(self) -> BoolArray:
        """Where there is a value."""
        known: BoolArray = self.reason_code == 0
        return known

    @property
    def is_additive(self) -> bool:
        """Whether numerators and denominators may be added up over rows: not where people are counted."""
        return self.basis != "person"

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.value.size)

    def __getitem__(self, row: int) -> Ratio:
        """Return the ratio of one row."""
        code = int(self.reason_code.flat[row])
        return Ratio(
            value=_or_none(self.value.flat[row]),
            numerator=float(self.numerator.flat[row]),
            denominator=float(self.denominator.flat[row]),
            low=_or_none(self.low.flat[row]),
            high=_or_none(self.high.flat[row]),
            confidence=self.confidence,
            method=self.method,
            reason=self.reasons[code - 1] if code else None,
            basis=self.basis,
        )

    def __iter__(self) -> Iterator[Ratio]:
        """Walk through the rows."""
        return (self[row] for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Compare by value; undefined rows are equal to undefined rows."""
        if not isinstance(other, Ratios):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # holds arrays, like a list it cannot be a key

    def to_columns(self) -> dict[str, Any]:
        """Return the columns for a table: value, low, high, numerator, denominator, reason ("" where defined)."""
        names = np.array(("", *self.reasons), dtype=object)
        parts = ("value", "low", "high", "numerator", "denominator")
        return {name: getattr(self, name) for name in parts} | {"reason": names[self.reason_code]}

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: one dict per row under ``"rows"``, what is common beside it."""
        rows = [ratio.to_dict() for ratio in self]
        return {"rows": rows, "confidence": self.confidence, "method": self.method, "basis": self.basis}

    def explain(self) -> str:
        """Return one line for each of the first ten rows."""
        return "\n".join(self[row].explain() for row in range(min(len(self), 10)))

    def _repr_html_(self) -> str:
        """Return a table of the rows."""
        rows = [(r.value, r.low, r.high, r.reason or "") for r in map(self.__getitem__, range(min(len(self), 11)))]
        return html_table(f"Ratios ({len(self)})", ("value", "low", "high", "reason"), rows)


def _or_none(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
