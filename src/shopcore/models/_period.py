"""Half-open stretches of time in a named zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from shopcore._checks import aware, fail, fail_limit, instance

__all__ = ["Period"]

MAX_DAYS: Final = 40_000
MAX_WALL: Final = 32


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, or refuse the name."""
    try:
        found = ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        found = None
    if found is None:
        fail("zone", name, "an IANA time zone such as 'Asia/Shanghai'", reason="unknown_zone")
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time that holds its start and not its end (活动时间), with the zone its days are counted in.

    Parameters
    ----------
    start, end : datetime
        Aware; the end comes after the start. Kept in UTC.
    zone : str
        IANA name; what a day means here.

    Raises
    ------
    InputError
        If an instant is naive, the end is not after the start, or the zone is unknown.

    Examples
    --------
    >>> singles_day = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    >>> singles_day.contains(datetime(2026, 11, 11, 15, 59, 59, tzinfo=UTC))
    True
    >>> singles_day.contains(datetime(2026, 11, 11, 16, 0, tzinfo=UTC))
    False
    """

    start: datetime
    end: datetime
    zone: str

    def __post_init__(self) -> None:
        zone_of(self.zone) if isinstance(self.zone, str) else fail("zone", self.zone, "text", reason="type")
        for name in ("start", "end"):
            object.__setattr__(self, name, _utc(name, aware(name, getattr(self, name))))
        if self.end <= self.start:
            fail("end", self.end, "after start", reason="order")

    @classmethod
    def local(cls, start: str, end: str, zone: str) -> Period:
        """Return the period between two wall-clock times, ``"2026-11-11"`` or ``"2026-11-11T20:00:00"``.

        A time that the clocks skip counts from the hour after the gap; one that occurs twice is the first.
        """
        return cls(_wall("start", start, zone), _wall("end", end, zone), zone)

    @classmethod
    def day(cls, day: date, zone: str) -> Period:
        """Return one calendar day in a zone; 23 or 25 hours when the clocks change."""
        if type(day) is not date or day >= date(9999, 12, 30):
            fail("day", day, "a date before 9999-12-30", reason="type" if type(day) is not date else "range")
        return cls.local(day.isoformat(), (day + timedelta(days=1)).isoformat(), zone)

    def contains(self, at: datetime) -> bool:
        """Return whether an instant lies inside: the start does, the end does not."""
        return self.start <= aware("at", at) < self.end

    def overlaps(self, other: Period) -> bool:
        """Return whether two periods share an instant."""
        instance("other", other, Period)
        return self.start < other.end and other.start < self.end

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return self.end - self.start

    def days(self) -> tuple[date, ...]:
        """Return the calendar days that it touches, in its zone; at most 40,000."""
        if self.length > timedelta(days=MAX_DAYS):
            fail_limit("period", self.length.days, MAX_DAYS, "days", reason="too_many_days")
        zone = zone_of(self.zone)
        first = self.start.astimezone(zone).date()
        last = (self.end - timedelta(microseconds=1)).astimezone(zone).date()
        return tuple(first + timedelta(days=count) for count in range((last - first).days + 1))

    def __str__(self) -> str:
        """Return both ends in local time."""
        zone = zone_of(self.zone)
        ends = (self.start.astimezone(zone), self.end.astimezone(zone))
        return f"{ends[0]:%Y-%m-%d %H:%M:%S} to {ends[1]:%Y-%m-%d %H:%M:%S} {self.zone}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read and write ``{"start": ..., "end": ..., "zone": ...}``; instants with an offset."""
        from pydantic_core import core_schema as cs

        at = cs.datetime_schema(strict=True, tz_constraint="aware")
        fields = cs.typed_dict_schema(
            {
                "start": cs.typed_dict_field(at, required=True),
                "end": cs.typed_dict_field(at, required=True),
                "zone": cs.typed_dict_field(cs.str_schema(strict=True, max_length=60), required=True),
            },
            extra_behavior="forbid",
        )
        read = cs.no_info_after_validator_function(lambda found: cls(**found), fields)
        return cs.json_or_python_schema(
            json_schema=read,
            python_schema=cs.union_schema([cs.is_instance_schema(cls), read], mode="left_to_right"),
            serialization=cs.plain_serializer_function_ser_schema(
                lambda period: {"start": period.start, "end": period.end, "zone": period.zone}, return_schema=fields
            ),
        )


def _wall(argument: str, text: str, zone: str) -> datetime:
    try:
        found = datetime.fromisoformat(text) if len(text) <= MAX_WALL else None
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is not None:
        fail(argument, text, "a local time such as '2026-11-11' or '2026-11-11T20:00:00'", reason="format")
    return _utc(argument, found.replace(tzinfo=zone_of(zone)))


def _utc(argument: str, at: datetime) -> datetime:
    try:
        found = at.astimezone(UTC)
    except OverflowError:
        found = None
    if found is None:
        fail(argument, at, "an instant of the years 1 to 9999 in UTC", reason="range")
    return found
