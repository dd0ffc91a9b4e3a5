"""Instants as fields of models: aware, within what every zone can show, and compared as the instants they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Final, TypeAlias

from pydantic_core import TzInfo
from pydantic_core import core_schema as cs

__all__ = ["Instant", "instant_schema"]

# A day inside what a datetime can hold, so that it can be shown in every zone.
FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)
_FIXED: Final = (timezone, TzInfo)


def instant_schema(**bounds: Any) -> cs.CoreSchema:
    """Return the core schema of an aware datetime, which as text is a date and a time, never a number of seconds."""
    # pydantic alone reads "20260601" as seconds since 1970.
    text = cs.str_schema(strict=True, pattern="^[0-9]{4}-", metadata={"pydantic_js_updates": {"format": "date-time"}})
    read = cs.datetime_schema(strict=False, tz_constraint="aware", **bounds)
    exact = cs.datetime_schema(strict=True, tz_constraint="aware", **bounds)
    return cs.json_or_python_schema(
        json_schema=cs.chain_schema([text, read]),
        python_schema=cs.no_info_after_validator_function(_fixed_offset, exact),
    )


def _fixed_offset(at: datetime) -> datetime:
    # Two datetimes of one zone are compared by their wall clocks, and the second 2:30 of an autumn night equals
    # nothing; an offset keeps what is shown and compares as the instant it is.
    return at if type(at.tzinfo) in _FIXED else at.replace(tzinfo=timezone(at.utcoffset() or timedelta()), fold=0)


class _Instant:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return instant_schema(ge=FIRST, le=LAST)


Instant: TypeAlias = Annotated[datetime, _Instant()]
