"""Records of a CSV file that nobody vouches for: bounded, located, with the raw text of each at hand."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from shopcore._checks import fail
from shopcore.errors import InputError

MAX_LINE: Final = 1_000_000
MAX_RAW: Final = 2_000
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
        head = stream.readline(MAX_LINE + 1)
        if len(head) > MAX_LINE:
            fail("orders", head, f"a heading of at most {MAX_LINE} characters", reason="too_long")
        self.delimiter = delimiter or max(_DELIMITERS, key=head.count)
        self._head: str | None = head
        self._reader = csv.reader(self._physical(), delimiter=self.delimiter)
        self.header = next(self._reader, [])
        self._start()

    def _start(self) -> None:
        self._lines.clear()
        self._first = self._number + 1

    def _physical(self) -> Iterator[str]:
        if self._head is not None:
            line, self._head = self._head, None
        else:
            line = self._stream.readline(MAX_LINE + 1)
        while line:
            self._number += 1
            if len(line) > MAX_LINE:
                line = self._cut(line)
            self._lines.append(line)
            yield line
            line = self._stream.readline(MAX_LINE + 1)

    def _cut(self, line: str) -> str:
        # The rest of an endless line is thrown away unread; what is left is too short to be a record.
        while line and not line.endswith("\n"):
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
            if fields:
                yield self._first, fields
            elif self._number >= self._first and "".join(self._lines).strip("\r\n"):
                yield self._first, None


@contextmanager
def open_records(path: Path, *, encoding: str, delimiter: str | None, progress: Progress | None) -> Iterator[Records]:
    """Open a CSV file, packed by gzip or not, whatever its name says."""
    if not path.is_file():
        fail("orders", path.name, "a file that exists", reason="not_found")
    with path.open("rb") as raw:
        watched: Any = _Watched(raw, path.stat().st_size, progress) if progress else raw
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        source: Any = gzip.GzipFile(fileobj=watched) if packed else io.BufferedReader(watched) if progress else raw
        source = source if isinstance(source, io.BufferedReader) else io.BufferedReader(source)
        start = source.peek(4)[:4] if packed or source.peek(4) else b""
        known = next((name for mark, name in _MARKS if start.startswith(mark)), encoding)
        stream = io.TextIOWrapper(source, encoding=known, errors="surrogateescape" if "16" not in known else "replace",
                                  newline="")  # fmt: skip
        try:
            yield Records(stream, delimiter)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            broken = True
        else:
            broken = False
    if broken:
        raise InputError(
            "orders must be a whole gzip file; this one is damaged or cut off", argument="orders", reason="damaged"
        )


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
