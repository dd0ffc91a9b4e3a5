"""Records of a CSV file that nobody vouches for: bounded, located, with the raw text of each at hand."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from shopcore._checks import fail
from shopcore.errors import InputError

MAX_LINE: Final = 1_000_000
HEAD_BYTES: Final = 1 << 16
FEWEST_CHINESE: Final = 4
# Ideographs, and the full-width forms and marks that headings use.
_CHINESE: Final = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
MAX_RAW: Final = 2_000
MAX_RECORD_LINES: Final = 1_000
_DELIMITERS: Final = ",;\t|"
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_GZIP: Final = b"\x1f\x8b"

Progress = Callable[[int, int], None]


class Records:
    """Iterates over (first line's number, fields or None, reason); the raw text is `raw` until the next record.

    Undecodable bytes become surrogates, so that they spoil their own record only.
    """

    def __init__(self, stream: IO[str], delimiter: str | None) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._number = 0
        self.how: dict[str, str] = {}
        head = stream.readline(MAX_LINE + 1)
        if len(head) > MAX_LINE:
            fail("orders", head, f"a heading of at most {MAX_LINE} characters", reason="too_long")
        self.delimiter = delimiter or max(_DELIMITERS, key=head.count)
        self._head = head
        # Unlike a generator, this goes on after an error.
        self._reader = csv.reader(iter(self._next_line, ""), delimiter=self.delimiter)
        self._start()
        try:
            self.header = next(self._reader, [])
        except csv.Error:
            fail("orders", head, "a file with a heading in its first line", reason="heading")

    def _start(self) -> None:
        self._lines.clear()
        self._first = self._number + 1
        self._is_cut = False

    def _next_line(self) -> str:
        line, self._head = self._head or self._stream.readline(MAX_LINE + 1), ""
        if not line:
            return ""
        self._number += 1
        if len(self._lines) >= MAX_RECORD_LINES:
            raise csv.Error("record of too many lines")
        if len(line) <= MAX_LINE:
            self._lines.append(line)
            return line
        # The rest of an endless line is thrown away unread.
        self._lines.append(line[:MAX_RAW])
        self._is_cut = True
        while line and not line.endswith(("\n", "\r")):
            line = self._stream.readline(MAX_LINE + 1)
        return "\n"

    @property
    def raw(self) -> str:
        """The text of the record, at most 2,000 characters."""
        return "".join(self._lines)[:MAX_RAW].rstrip("\r\n")

    def __iter__(self) -> Iterator[tuple[int, list[str] | None]]:
        reader = self._reader
        while True:
            self._start()
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield self._first, None
                continue
            if self._is_cut:
                yield self._first, None
            elif fields:
                yield self._first, fields


@contextmanager
def open_records(
    path: Path, *, encoding: str | None, delimiter: str | None, progress: Progress | None
) -> Iterator[Records]:
    """Open a CSV file, packed by gzip or not, whatever its name says."""
    if not path.is_file():
        fail("orders", path.name, "a file that exists", reason="not_found")
    with path.open("rb") as raw:
        watched: Any = _Watched(raw, path.stat().st_size, progress or _silent)
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        source: Any = io.BufferedReader(gzip.GzipFile(fileobj=watched) if packed else watched, HEAD_BYTES)
        try:
            known, how = _encoding_of(source.peek(HEAD_BYTES)[:HEAD_BYTES], encoding)
            # Undecodable bytes spoil their own record only.
            errors = "replace" if "16" in known else "surrogateescape"
            records = Records(io.TextIOWrapper(source, encoding=known, errors=errors, newline=""), delimiter)
            records.how = {"format": "csv", "encoding": how, "delimiter": records.delimiter}
            yield records
        except (EOFError, zlib.error, gzip.BadGzipFile):
            broken = True
        else:
            broken = False
    if broken:
        raise InputError(
            "orders must be a whole gzip file; this one is damaged or cut off", argument="orders", reason="damaged"
        )


def _encoding_of(start: bytes, stated: str | None) -> tuple[str, str]:
    """Return the encoding to read by, and in words how it is known."""
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if marked is not None:
        return marked, f"{marked} (byte order mark)"
    if stated is not None:
        return stated, stated
    if _is_chinese(start.partition(b"\n")[0]):
        return "gb18030", "gb18030 (found in the heading)"
    return "utf-8", "utf-8"


def _is_chinese(heading: bytes) -> bool:
    # Western one-byte encodings can pass for GB18030 too; a heading of nothing but Chinese beyond ASCII is sure.
    try:
        heading.decode("utf-8")
    except UnicodeDecodeError:
        text = heading.decode("gb18030", "replace")
        beyond = [character for character in text if not character.isascii()]
        return len(beyond) >= FEWEST_CHINESE and all(_CHINESE.fullmatch(character) for character in beyond)
    return False


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


class _Watched(io.RawIOBase):
    """A file that reports how far it has been read."""

    def __init__(self, raw: Any, size: int, progress: Progress) -> None:
        self._raw, self._size, self._progress = raw, size, progress

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: Any) -> int:
        count: int = self._raw.readinto(buffer)
        self._progress(self._raw.tell(), self._size)
        return count


def fingerprint(path: Path, *settings: object) -> str:
    """Return the SHA-256 of a file's bytes and of the settings it is read by."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    digest.update("\x1f".join(str(setting) for setting in settings).encode("utf-8", "replace"))
    return digest.hexdigest()
