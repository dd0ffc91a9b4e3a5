"""What every result can do: show itself as data and, in a notebook, as a small table. Shared by all engines."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from html import escape
from itertools import islice
from math import isfinite, isnan
from typing import Any, Final

from shopcore.models._amount import Amount

SHOWN_ROWS: Final = 10
SHOWN_TEXT: Final = 200


class Result:
    """Mixin of the frozen, slotted results: `to_dict`, `explain` and an escaped notebook table.

    A result is a dataclass ``@dataclass(frozen=True, slots=True)`` that derives from this class. It says in its own
    `explain` how the answer was reached; without one, the fields are listed in order.
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data: str, int, float, bool, None, list and dict only."""
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    def to_json(self) -> str:
        """Return the result as JSON text; what is not a number is null."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    def explain(self) -> str:
        """Return in words how the answer was reached."""
        return "\n".join(f"{name}: {words(value)}" for name, value in self._shown())

    def _shown(self) -> list[tuple[str, Any]]:
        return [
            (field.name.replace("_", " "), getattr(self, field.name))
            for field in dataclasses.fields(self)  # type: ignore[arg-type]  # the mixin is used on dataclasses only
            if field.repr
        ]

    def _repr_html_(self) -> str:
        """Return a table of the fields; every value is escaped."""
        return html_table(type(self).__name__, ("", ""), [(name, words(value)) for name, value in self._shown()])


def plain(value: Any) -> Any:
    """Return a value as plain data, ready for `json.dumps`; money as minor units and currency.

    Examples
    --------
    >>> from shopcore.models import Money, Rate
    >>> plain((Money(5, "CNY"), Rate("25%")))
    [{'minor': 5, 'currency': 'CNY'}, '0.25']
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return _plain_float(float(value))
    if isinstance(value, Amount):
        return {"minor": value.minor, "currency": value.currency.code}
    if isinstance(value, Result):
        return value.to_dict()
    if hasattr(value, "to_plain"):
        return value.to_plain()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _plain_float(value: float) -> float | str | None:
    # JSON has no NaN and no infinity; a missing value is null, and an endless bound says so in words.
    if isfinite(value):
        return value
    return None if isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def words(value: Any) -> str:
    """Return a value as short text for people: six significant digits, at most ten items, 200 characters."""
    text = _words(value)
    return text if len(text) <= SHOWN_TEXT else text[: SHOWN_TEXT - 1] + "…"


def _words(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if hasattr(value, "tolist") and hasattr(value, "shape"):
        return f"{value.shape[0] if value.shape else 1} values"
    if isinstance(value, list | tuple):
        more = f" and {len(value) - SHOWN_ROWS} more" if len(value) > SHOWN_ROWS else ""
        return ", ".join(words(item) for item in value[:SHOWN_ROWS]) + more
    if isinstance(value, Mapping):
        more = f" and {len(value) - SHOWN_ROWS} more" if len(value) > SHOWN_ROWS else ""
        return ", ".join(f"{key}: {words(item)}" for key, item in islice(value.items(), SHOWN_ROWS)) + more
    return str(value)


def html_table(title: str, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Return an HTML table of at most ten rows and the count of the others; every text is escaped."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head) if any(head) else ""
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(words(cell))}</td>" for cell in row) + "</tr>" for row in rows[:SHOWN_ROWS]
    )
    more = f"<caption style='caption-side:bottom'>{len(rows)} rows</caption>" if len(rows) > SHOWN_ROWS else ""
    name = f"<tr><th colspan='{max(len(head), 1)}'>{escape(title)}</th></tr>"
    return f"<table>{more}<thead>{name}<tr>{top}</tr></thead><tbody>{body}</tbody></table>"
