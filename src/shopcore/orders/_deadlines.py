"""Terms of service and their deadlines: elapsed hours, or an hour of a local day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from shopcore._checks import at_most, aware, fail, instance, integer
from shopcore.models import Order, Result
from shopcore.models._period import in_utc, zone_of
from shopcore.orders._events import OrderEvent
from shopcore.orders._facts import facts_of

__all__ = ["Deadline", "ServiceTerms", "Term", "deadline", "order_deadlines"]

MAX_HOURS: Final = 24 * 366
MAX_DAYS: Final = 366
MAX_HOLIDAYS: Final = 4_000
# The longest term, days of rest and all, must still end in a year that can be written.
MAX_YEAR: Final = 9_990


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take (时效): elapsed hours, or until an hour of a local day.

    Parameters
    ----------
    hours : int, optional
        Elapsed hours, 1 to 8784; the same length in every zone and through changes of the clocks.
    days : int, optional
        Working days after the day it began, 0 to 366, counted in `zone`. Either hours or days.
    by : str
        With days: the hour of the last day, ``"16:00"``; ``"24:00"`` is its end.
    after : str, optional
        With days: what begins at or after this hour counts as begun the next working day (截单时间).
    zone : str, optional
        With days: IANA name of where the days are counted.
    rest_days : tuple of int
        Weekdays that do not count, Monday 0.
    holidays : tuple of date
        Dates that do not count.

    Examples
    --------
    >>> next_day = Term(days=1, zone="Asia/Shanghai")
    >>> next_day.due_at(datetime(2026, 6, 1, 2, tzinfo=UTC)).isoformat()
    '2026-06-02T16:00:00+00:00'
    >>> Term(hours=48).due_at(datetime(2026, 6, 1, 2, tzinfo=UTC)).isoformat()
    '2026-06-03T02:00:00+00:00'
    """

    hours: int | None = None
    days: int | None = field(default=None, kw_only=True)
    by: str = field(default="24:00", kw_only=True)
    after: str | None = field(default=None, kw_only=True)
    zone: str | None = field(default=None, kw_only=True)
    rest_days: tuple[int, ...] = field(default=(), kw_only=True)
    holidays: tuple[date, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.days is None):
            fail("hours", self.hours, "given, or days instead", reason="missing")
        if self.hours is not None:
            integer("hours", self.hours, low=1, high=MAX_HOURS)
            if self.by != "24:00" or self.after is not None or self.rest_days or self.holidays:
                fail("hours", self.hours, "given alone", reason="order", hint="by, after and days of rest go with days")
            return
        integer("days", self.days, low=0, high=MAX_DAYS)
        if self.zone is None:
            fail("zone", self.zone, "the zone its days are counted in", reason="missing")
        zone_of(self.zone)
        at_most("holidays", self.holidays, MAX_HOLIDAYS, "holidays")
        for day in self.holidays:
            if type(day) is not date:
                fail("holidays", day, "dates", reason="type")
        _clock("by", self.by)
        if self.after is not None:
            _clock("after", self.after)
        if not isinstance(self.rest_days, tuple | list | set | frozenset):
            fail("rest_days", self.rest_days, "a tuple of weekdays", reason="type")
        if any(not 0 <= integer("rest_days", day) <= 6 for day in self.rest_days) or len(set(self.rest_days)) > 6:
            fail("rest_days", self.rest_days, "weekdays 0 to 6, not all of them", reason="range")

    def due_at(self, since: datetime) -> datetime:
        """Return the last instant that is in time, in UTC.

        Raises
        ------
        InputError
            If `since` is naive or after the year 9990, or no working day comes within two years.
        """
        begun = in_utc("since", since)
        if begun.year > MAX_YEAR:
            fail("since", since, f"an instant before the year {MAX_YEAR + 1}", reason="range")
        if self.hours is not None:
            return begun + timedelta(hours=self.hours)
        zone = zone_of(str(self.zone))
        local = begun.astimezone(zone)
        day = local.date()
        if self.after is not None and local.time() >= _clock("after", self.after)[1]:
            day = self._working(day, 1)
        last = self._working(day, int(self.days or 0))
        extra, clock = _clock("by", self.by)
        return datetime.combine(last + timedelta(days=extra), clock, zone).astimezone(UTC)

    def _working(self, day: date, count: int) -> date:
        # A start on a day of rest counts as the working day after it.
        last = day + timedelta(days=2 * MAX_DAYS)
        while count >= 0:
            if day.weekday() not in self.rest_days and day not in self.holidays:
                count -= 1
            day += timedelta(days=1)
            if day > last:
                fail("holidays", len(self.holidays), "such that a working day comes within two years", reason="range")
        return day - timedelta(days=1)


def _clock(argument: str, text: str) -> tuple[int, time]:
    if text == "24:00":
        return 1, time(0)
    try:
        found = time.fromisoformat(text)
    except (TypeError, ValueError):
        found = time(0, tzinfo=UTC)
    if found.tzinfo is not None:
        fail(argument, text, "an hour such as '16:00' or '24:00'", reason="format")
    return 0, found


@dataclass(frozen=True, slots=True)
class Deadline(Result):
    """Whether something was or will be done in time.

    Attributes
    ----------
    task : str
        ``"pay"``, ``"ship"``, ``"receive"``, ``"answer_return"``, ``"refund"``, or empty.
    since, due_at : datetime
        When it began, and the last instant that is in time; in UTC.
    done_at : datetime or None
        When it was done.
    state : str
        ``"met"``, ``"late"``, ``"open"`` or ``"overdue"``.
    left : timedelta
        From the doing, or from now, to the deadline; negative when late.
    """

    task: str
    since: datetime
    due_at: datetime
    done_at: datetime | None
    state: str
    left: timedelta

    @property
    def breach(self) -> bool:
        """Whether it was done late or is overdue."""
        return self.state in ("late", "overdue")


def deadline(
    since: datetime, term: Term, *, done: datetime | None = None, at: datetime | None = None, task: str = ""
) -> Deadline:
    """Return whether something was done in time, or how long there is (时效考核).

    Parameters
    ----------
    since : datetime
        When the term began, such as the payment; aware, in any zone.
    term : Term
        How long it may take; the last instant itself is in time.
    done : datetime, optional
        When it was done.
    at : datetime, optional
        Now, where it is not done yet.

    Raises
    ------
    InputError
        If an instant is naive, or neither `done` nor `at` is given.

    Examples
    --------
    >>> paid = datetime.fromisoformat("2026-06-01T10:00:00+08:00")
    >>> late = deadline(paid, Term(hours=48), done=datetime.fromisoformat("2026-06-03T02:00:01+00:00"))
    >>> late.breach, late.left
    (True, datetime.timedelta(days=-1, seconds=86399))
    """
    instance("term", term, Term)
    if done is None and at is None:
        fail("at", at, "given where it is not done yet", reason="missing")
    due = term.due_at(since)
    seen = in_utc("at", at) if done is None else in_utc("done", done)  # type: ignore[arg-type]  # one of them is given
    in_time = seen <= due
    states = ("open", "overdue") if done is None else ("met", "late")
    return Deadline(
        task=task,
        since=in_utc("since", since),
        due_at=due,
        done_at=None if done is None else seen,
        state=states[0] if in_time else states[1],
        left=due - seen,
    )


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """The terms a shop promises or its platform sets; None where there is none.

    Parameters
    ----------
    ship : Term
        From payment (or placing, on delivery or account) to the last parcel; 48 hours.
    pay, receive : Term, optional
        From placing to payment; from the last parcel to the receipt, after which the host confirms it itself.
    answer_return, refund : Term, optional
        From a request for return to the answer; from cancellation or return to the money back.

    Examples
    --------
    >>> ServiceTerms(pay=Term(24), refund=Term(72)).ship.hours
    48
    """

    ship: Term = Term(48)
    pay: Term | None = None
    receive: Term | None = None
    answer_return: Term | None = None
    refund: Term | None = None

    def __post_init__(self) -> None:
        instance("ship", self.ship, Term)
        for name in ("pay", "receive", "answer_return", "refund"):
            if getattr(self, name) is not None:
                instance(name, getattr(self, name), Term)


USUAL: Final = ServiceTerms()


def order_deadlines(
    order: Order, *, at: datetime, terms: ServiceTerms = USUAL, events: Iterable[OrderEvent] = ()
) -> tuple[Deadline, ...]:
    """Return the deadlines of an order, met and missed, soonest first (订单时效).

    Parameters
    ----------
    order : Order
        As it stands.
    at : datetime
        Now; aware.
    terms : ServiceTerms
        By default only shipping, within 48 hours.
    events : iterable of OrderEvent, optional
        Of the order; without them nothing is known about when a return was asked for.

    Examples
    --------
    >>> from shopcore.models import Money, OrderLine, Posting, RoundingPolicy
    >>> paid = datetime.fromisoformat("2026-06-01T10:00:00+08:00")
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=1, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug], placed_at=paid,
    ...               paid_at=paid, postings=[Posting(kind="payment", amount=Money(3900, "CNY"), at=paid)])
    >>> [(found.task, found.state) for found in order_deadlines(order, at=paid)]
    [('ship', 'open')]
    """
    instance("order", order, Order)
    instance("terms", terms, ServiceTerms)
    aware("at", at)
    facts = facts_of(order)
    first: dict[str, datetime] = {}
    for event in events:
        if instance("events", event, OrderEvent).order_id == order.order_id:
            first.setdefault(event.kind, event.at)
    begun = order.paid_at if facts.prepaid else order.placed_at
    ends = [
        ("pay", terms.pay, order.placed_at if facts.sale else None, order.paid_at, facts.due > 0 and facts.left > 0),
        ("ship", terms.ship, begun, order.shipped_at, facts.outstanding > 0 and not facts.all_back),
        ("receive", terms.receive, order.shipped_at, order.received_at, facts.shipped > facts.received),
        ("answer_return", terms.answer_return, first.get("return_requested"), None, facts.requested > 0),
    ]
    back = [first[kind] for kind in ("cancelled", "return_received") if kind in first]
    waiting = facts.held > 0 and facts.open_cancelled + facts.open_returned > 0
    ends.append(("refund", terms.refund, min(back, default=None), None, waiting))
    found = [
        deadline(since, term, done=done, at=at, task=task)
        for task, term, since, done, is_open in ends
        if term is not None and since is not None and (done is not None or is_open)
    ]
    return tuple(sorted(found, key=lambda item: item.due_at))
