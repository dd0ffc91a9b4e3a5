"""CSV files that a spreadsheet may open: no cell can be taken for a formula, the same rows give the same bytes."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from shopcore.models import Money

# What Excel, LibreOffice and Google Sheets may take for the start of a formula, also after their own trimming.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """Return a value as the text of a cell; text that looks like a formula is led by an apostrophe.

    Examples
    --------
    >>> cell("=HYPERLINK(1)"), cell(-5), cell(Money(-5, "CNY")), cell(None), cell(0.1 + 0.2)
    ("'=HYPERLINK(1)", '-5', '-0.05', '', '0.3')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Money):
        return value.text
    if isinstance(value, date):
        return value.isoformat()
    # A NUL or a lone surrogate would make the file unreadable elsewhere.
    text = str(value).replace("\x00", "�").encode("utf-8", "replace").decode("utf-8")
    return "'" + text if text.lstrip(" ").startswith(_DANGEROUS) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a CSV file as text with lines ended by CR LF, as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_of(kind: type[Any], rows: Iterable[Any]) -> str:
    """Return rows of one dataclass as a CSV file, a column for each field."""
    names = [field.name for field in dataclasses.fields(kind) if field.name not in ("history",)]
    return csv_text(names, ([getattr(row, name) for name in names] for row in rows))
