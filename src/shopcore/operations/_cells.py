"""Cells of an export that nobody vouches for: each is read strictly or refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from shopcore.models._fields import MAX_QUANTITY
from shopcore.models._period import zone_of

if TYPE_CHECKING:
    from shopcore.operations._layout import ExportLayout

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_QUANTITY: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,9})", re.ASCII)
_POINT: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?", re.ASCII)
# A lone point in a file of decimal commas could be either, so it is refused; before a comma it parts the thousands.
_COMMA: Final = re.compile(
    r"-?(?:(?:0|[1-9][0-9]{0,14})(?:,[0-9]{1,12})?|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4},[0-9]{1,12})"
)
_SURELY_COMMA: Final = re.compile(r"-?[0-9.]*,[0-9]{1,2}", re.ASCII)
_SURELY_POINT: Final = re.compile(r"-?[0-9,]*\.[0-9]{1,2}", re.ASCII)
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
    r"(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
MAX_CACHE: Final = 200_000


class Unfit(Exception):  # noqa: N818  # never leaves the reading: it carries a reason, it is no error
    """A field that cannot be used; holds the reason."""


class Read(dict[str, Any]):
    """Reads each distinct text once; forgets all when it has grown large."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> Any:
        found = self._parse(text)
        if len(self) >= MAX_CACHE:
            self.clear()
        self[text] = found
        return found


class Names(dict[str, int]):
    """Numbers distinct texts in the order they come; `texts` holds them as read."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._read = read
        self._known: dict[str, int] = {}

    def __missing__(self, text: str) -> int:
        found = self._read(text)
        place = -1
        if found is not None:
            place = self._known.setdefault(found, len(self.texts))
            if place == len(self.texts):
                self.texts.append(found)
        self[text] = place
        return place


def checked(kind: Any, reason: str, *, optional: bool = False) -> Callable[[str], str | None]:
    """Return a reader of text that fits a field of the models; blank is None where it may be."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def read(text: str) -> str | None:
        text = text.strip()
        if optional and not text:
            return None
        try:
            return adapter.validate_python(text)
        except ValidationError:
            raise Unfit(reason) from None

    return read


def title(text: str) -> str | None:
    """Return a title without control characters, at most 300 long."""
    return CONTROL.sub(" ", text).strip()[:300] or None


def quantity(text: str) -> int:
    """Return a whole number of units."""
    text = text.strip(" ")
    if _QUANTITY.fullmatch(text) is None or not -MAX_QUANTITY <= int(text) <= MAX_QUANTITY or text == "-0":
        raise Unfit("quantity is not a whole number")
    return int(text)


def exact(text: str, reason: str, *, decimal: str = ".") -> str:
    """Return an amount as text with a decimal point; a separator that could mean two things is refused.

    Examples
    --------
    >>> exact("1.234,50", "no", decimal=","), exact("1234.5", "no")
    ('1234.50', '1234.5')
    """
    text = text.strip(" ")
    if (_COMMA if decimal == "," else _POINT).fullmatch(text) is None:
        raise Unfit(reason)
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    if text[0] == "-" and not any(digit in "123456789" for digit in text):
        raise Unfit(reason)
    return text


def decimal_of(cells: Sequence[str]) -> str:
    """Return the decimal sign that amounts are written with: a comma only where no cell says otherwise.

    Examples
    --------
    >>> decimal_of(["39,90", "8", "1.234,00"]), decimal_of(["39.90", "1,234.00"]), decimal_of(["39"])
    (',', '.', '.')
    """
    texts = [cell.strip(" ") for cell in cells]
    comma = any(_SURELY_COMMA.fullmatch(text) for text in texts)
    return "," if comma and not any(_SURELY_POINT.fullmatch(text) for text in texts) else "."


def unwrapped(text: str) -> str:
    r"""Return a cell without what exports put around long numbers to keep spreadsheets from rounding them.

    Examples
    --------
    >>> unwrapped('="1729000000000000001"'), unwrapped("JD100\t"), unwrapped("杯")
    ('1729000000000000001', 'JD100', '杯')
    """
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1].strip()
    return text


class Moments:
    """Reads instants; without an offset in the shop's zone."""

    def __init__(self, layout: ExportLayout) -> None:
        self._zone = zone_of(layout.zone)
        self._format = layout.date_format

    def __call__(self, text: str) -> tuple[int, int]:
        """Return seconds since 1970 in UTC, and the day in the shop's zone."""
        text = text.strip(" ")
        try:
            if self._format is not None:
                found = datetime.strptime(text[:80], self._format)  # noqa: DTZ007  # the zone is attached below
            elif _ISO.fullmatch(text):
                found = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
            else:
                raise Unfit("date is not in the stated format")
            aware = found if found.tzinfo is not None else found.replace(tzinfo=self._zone)
            return int(aware.astimezone(UTC).timestamp() // 1), aware.astimezone(self._zone).toordinal()
        except (ValueError, OverflowError):
            raise Unfit("date is not in the stated format") from None
