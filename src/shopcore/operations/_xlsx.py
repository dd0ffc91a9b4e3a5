"""Records of a workbook (xlsx): row by row, bounded before anything is unpacked, cells as a CSV file has them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from shopcore._checks import fail, fail_limit
from shopcore.errors import InputError
from shopcore.operations._records import MAX_RAW

if TYPE_CHECKING:
    from shopcore.operations._records import Progress

MAX_UNPACKED: Final = 1 << 30
MAX_PARTS: Final = 10_000
MAX_COLUMNS: Final = 1_000
MAX_SHARED: Final = 200 << 20
_ZIP: Final = b"PK\x03\x04"


def is_workbook(path: Path) -> bool:
    """Return whether a file begins as a workbook does, whatever its name says."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == _ZIP


class SheetRecords:
    """Iterates over (row number, fields) of one sheet; the raw text is `raw` until the next record."""

    def __init__(self, sheet: Any, progress: Progress | None) -> None:
        self._rows = enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1)
        self._total, self._progress = sheet.max_row or 0, progress
        first = next(self._rows, (1, ()))[1]
        self.header = [_text(value) for value in first]
        while self.header and not self.header[-1].strip():
            self.header.pop()
        self.delimiter = ","
        self.how = {"format": "xlsx", "sheet": sheet.title}
        self._fields: list[str] = []

    @property
    def raw(self) -> str:
        """The row as a line of CSV, at most 2,000 characters."""
        out = io.StringIO()
        csv.writer(out).writerow(self._fields)
        return out.getvalue()[:MAX_RAW].rstrip("\r\n")

    def __iter__(self) -> Iterator[tuple[int, list[str] | None]]:
        width = len(self.header)
        for number, values in self._rows:
            fields = [_text(value) for value in values]
            while len(fields) > width and not fields[-1]:
                fields.pop()
            if not any(fields):
                continue
            # A sheet leaves out blank cells at the end of a row.
            self._fields = fields + [""] * (width - len(fields))
            if self._progress is not None and number % 1_000 == 0:
                self._progress(min(number, self._total), self._total)
            yield number, self._fields


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        # A sheet holds 15 digits; more of them are noise of binary fractions.
        return f"{value:.15g}"
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def open_sheet(path: Path, *, sheet: str | None, progress: Progress | None) -> Iterator[SheetRecords]:
    """Open one sheet of a workbook; needs openpyxl (extra ``xlsx``)."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise InputError(
            "orders is a workbook (xlsx), which needs openpyxl: pip install 'shopcore[xlsx]', or save it as CSV",
            argument="orders",
            expected="a CSV file, or openpyxl",
            reason="missing_extra",
        ) from None
    _check_size(path)
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # noqa: BLE001  # what a damaged workbook raises is not defined
            _refuse(error)
        try:
            names = book.sheetnames
            if sheet is not None and sheet not in names:
                fail("sheet", sheet, f"one of {', '.join(repr(name[:40]) for name in names[:20])}", reason="not_found")
            yield SheetRecords(book[sheet if sheet is not None else names[0]], progress)
        finally:
            book.close()


def _refuse(error: Exception) -> NoReturn:
    raise InputError(
        f"orders must be a whole workbook; this one cannot be opened ({type(error).__name__})",
        argument="orders",
        reason="damaged",
    ) from None


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile as error:
        _refuse(error)
    if len(parts) > MAX_PARTS:
        fail_limit("orders", len(parts), MAX_PARTS, "parts of a workbook", reason="too_large")
    size = sum(part.file_size for part in parts)
    if size > MAX_UNPACKED:
        fail_limit("orders", size, MAX_UNPACKED, "bytes unpacked", reason="too_large")
    # The table of shared texts is held in memory; the rows are not.
    shared = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if shared > MAX_SHARED:
        fail_limit("orders", shared, MAX_SHARED, "bytes of shared texts; save it as CSV", reason="too_large")
