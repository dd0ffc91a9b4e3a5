"""Half-open stretches of time in a named zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from shopcore._checks import aware, fail, fail_limit, instance

__all__ = ["Period"]

FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)
MAX_DAYS: Final = 40_000
MAX_WALL: Final = 32


def zone_of(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, or refuse the name."""
    if not isinstance(name, str):
        fail("zone", name, "text", reason="type")
    found = _known_zone(name)
    if found is None:
        fail("zone", name, "an IANA time zone such as 'Asia/Shanghai'", reason="unknown_zone")
    return found


@lru_cache(maxsize=256)
def _known_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


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
        zone_of(self.zone)
        for name in ("start", "end"):
            object.__setattr__(self, name, in_utc(name, getattr(self, name)))
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
        first = _in_zone("start", self.start, zone).date()
        last = _in_zone("end", self.end - timedelta(microseconds=1), zone).date()
        return tuple(first + timedelta(days=count) for count in range((last - first).days + 1))

    def __str__(self) -> str:
        """Return both ends in local time."""
        ends = (self.start, self.end)
        zone = zone_of(self.zone)
        if self.start >= FIRST and self.end <= LAST:
            return " to ".join(_shown(at.astimezone(zone)) for at in ends) + f" {self.zone}"
        # What has no end is often written as the end of time, which some zones cannot show.
        return " to ".join(map(_shown, ends)) + f" UTC ({self.zone})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read and write ``{"start": ..., "end": ..., "zone": ...}``; instants with an offset."""
        from pydantic_core import core_schema as cs

        from shopcore.models._instant import instant_schema

        at = instant_schema()
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
    return in_utc(argument, found.replace(tzinfo=zone_of(zone)))


def _shown(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "seconds")


def in_utc(argument: str, at: datetime) -> datetime:
    """Return an aware instant in UTC, or refuse one that is naive or outside of the years 1 to 9999 there."""
    return _in_zone(argument, aware(argument, at), UTC)


def _in_zone(argument: str, at: datetime, zone: tzinfo) -> datetime:
    try:
        found = at.astimezone(zone)
    except OverflowError:
        found = None
    if found is None:
        fail(argument, at, "an instant of the years 1 to 9999 in its zone and in UTC", reason="range")
    return found
