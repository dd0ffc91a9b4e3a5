"""Terms across zones and changes of the clocks, deadlines of orders, and the work list."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore import orders
from shopcore.errors import InputError
from shopcore.models import Money
from shopcore.orders import ServiceTerms, Term, deadline, order_deadlines, work_list

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)
instants = st.integers(0, 3_000 * 86_400).map(lambda seconds: AT + timedelta(seconds=seconds))
zones = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"])


@given(instants, instants, zones, zones, st.integers(1, 100))
def test_the_zone_an_instant_is_written_in_never_matters(since, done, one, two, hours):
    plain = deadline(since, Term(hours), done=done)
    moved = deadline(since.astimezone(ZoneInfo(one)), Term(hours), done=done.astimezone(ZoneInfo(two)))
    assert plain == moved
    assert plain.breach == (done - since > timedelta(hours=hours))


@given(instants, zones, st.integers(0, 30), st.sampled_from([(), (5, 6), (0,)]))
def test_working_days(since, zone, days, rest):
    due = Term(days=days, zone=zone, rest_days=rest).due_at(since)
    local = (due - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert local.weekday() not in rest
    assert due > since
    first, last = since.astimezone(ZoneInfo(zone)).date(), local.date()
    between = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    assert sum(day.weekday() not in rest for day in between) == days + 1


def test_the_last_instant_is_in_time():
    paid = datetime.fromisoformat("2026-06-01T10:00:00+08:00")
    exactly = paid + timedelta(hours=48)
    assert not deadline(paid, Term(48), done=exactly).breach
    assert deadline(paid, Term(48), at=exactly + timedelta(seconds=1)).state == "overdue"
    assert deadline(paid, Term(48), at=exactly).left == timedelta(0)


def test_clocks_that_change_do_not_change_hours():
    before = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert Term(48).due_at(before).astimezone(ZoneInfo("Europe/Berlin")).hour == 13


def test_an_hour_of_the_day_with_cut_off_and_holidays():
    term = Term(days=0, by="18:00", after="16:00", zone="Asia/Shanghai", rest_days=(5, 6), holidays=(date(2026, 6, 8),))

    def at(text):
        return datetime.fromisoformat(text + "+08:00")

    assert term.due_at(at("2026-06-05T15:59:59")) == at("2026-06-05T18:00:00")
    # Friday after the cut-off; the weekend and the holiday on Monday do not count.
    assert term.due_at(at("2026-06-05T16:00:00")) == at("2026-06-09T18:00:00")
    assert term.due_at(at("2026-06-06T09:00:00")) == at("2026-06-09T18:00:00")


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"hours": 1, "days": 1, "zone": "UTC"}, {"hours": 0}, {"hours": True}, {"days": 1},
        {"days": 1, "zone": "X/Y"}, {"days": 1, "zone": "UTC", "by": "16:00+08:00"},
        {"days": -1, "zone": "UTC"}, {"days": 1, "zone": "UTC", "by": "25:00"},
        {"days": 1, "zone": "UTC", "after": "x"},
        {"days": 1, "zone": 8}, {"days": 1, "zone": "UTC", "rest_days": None},
        {"days": 1, "zone": "UTC", "holidays": ("2026-01-01",)}, {"days": 1, "zone": "UTC", "holidays": (AT,)},
        {"hours": 48, "rest_days": (5, 6)}, {"hours": 48, "by": "16:00"}, {"hours": 48, "after": "16:00"},
        {"days": 1, "zone": "UTC", "rest_days": (7,)}, {"days": 1, "zone": "UTC", "rest_days": tuple(range(7))},
    ],
)  # fmt: skip
def test_bad_terms_are_refused(fields):
    with pytest.raises(InputError):
        Term(**fields)


def test_misuse_is_refused():
    with pytest.raises(InputError, match="aware"):
        deadline(datetime(2026, 6, 1), Term(48), at=AT)  # noqa: DTZ001  # the naive one is the case
    with pytest.raises(InputError, match="not done yet"):
        deadline(AT, Term(48))
    for fields in ({"ship": 48}, {"pay": "24"}, {"refund": None, "ship": None}):
        with pytest.raises(InputError):
            ServiceTerms(**fields)
    everything = tuple(date(2026, 1, 1) + timedelta(days=count) for count in range(2_000))
    with pytest.raises(InputError, match="working day"):
        Term(days=1, zone="UTC", holidays=everything).due_at(AT)


@pytest.mark.parametrize("term", [Term(48), Term(days=1, zone="Asia/Shanghai")], ids=["hours", "days"])
def test_instants_at_the_ends_of_time_are_refused(term):
    first, last = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))), datetime.max.replace(tzinfo=UTC)
    for since in (first, last):
        with pytest.raises(InputError, match="since"):
            deadline(since, term, at=AT)
    with pytest.raises(InputError, match="at must"):
        deadline(AT, term, at=first)
    with pytest.raises(InputError, match="done must"):
        deadline(AT, term, done=first)


ALL = ServiceTerms(pay=Term(24), receive=Term(240), answer_return=Term(48), refund=Term(72))


def test_deadlines_follow_the_order(story):
    made = story(2)
    assert [found.task for found in order_deadlines(made.order, at=AT, terms=ALL)] == ["pay"]
    made.paid()
    assert [(found.task, found.state) for found in order_deadlines(made.order, at=AT, terms=ALL)] == [
        ("pay", "met"),
        ("ship", "open"),
    ]
    made.ship()
    assert [found.task for found in order_deadlines(made.order, at=AT, terms=ALL)] == ["pay", "ship", "receive"]
    request = made.request_return().events
    [found] = [row for row in order_deadlines(made.order, at=AT, terms=ALL, events=request) if row.done_at is None][:1]
    assert (found.task, found.due_at) == ("answer_return", AT + timedelta(hours=48))


def test_sold_on_delivery_the_term_begins_with_the_placing(story):
    made = story(2, payment_terms="cash_on_delivery")
    assert [found.task for found in order_deadlines(made.order, at=AT)] == ["ship"]


def test_nothing_is_due_for_a_cancelled_order(story):
    assert order_deadlines(story(2).cancel().order, at=AT, terms=ALL) == ()


def test_exceptions_come_first(story):
    later = AT + timedelta(hours=50)
    made = {
        "late": story(1).paid(),
        "new": story(1),
        "bank": story(1).paid().ship().confirm_receipt().chargeback(Money(1000, "CNY")),
        "audit": story(1).paid().hold(),
        "back": story(1).paid().ship().request_return().receive_return(),
        "done": story(1).paid().ship().confirm_receipt(),
        "asked": story(1).paid().ship().request_return(),
        "rejected": story(1).hold().reject(),
        "way": story(1).paid().ship(),
        "collect": story(1, payment_terms="account").ship().confirm_receipt(),
    }
    named = [entry.order.evolve(order_id=name) for name, entry in made.items()]
    found = work_list(named, at=later)
    rows = [(item.order_id, item.task, item.rank) for item in found.items]
    assert rows[:4] == [
        ("late", "ship", 0), ("bank", "chargeback", 1), ("audit", "audit", 1), ("rejected", "cancel_rejected", 1),
    ]  # fmt: skip
    assert ("back", "refund", 2) in rows
    assert ("asked", "answer_return", 2) in rows
    assert ("way", "await_receipt", 2) in rows
    assert ("collect", "collect_payment", 2) in rows
    assert "done" not in {row[0] for row in rows}
    assert sum(found.counts.values()) == len(rows)
    assert found.explain().startswith(f"{len(rows)} things to do, 1 overdue")
    assert "<table>" in found._repr_html_()
    assert work_list([], at=later).items == ()


def test_events_know_since_when_a_refund_waits(story):
    made = story(1).paid().cancel()
    found = work_list([made.order], at=AT + timedelta(days=4), terms=ALL, events={"A1": made.events})
    assert [(item.task, item.rank) for item in found.items] == [("refund", 0)]
    assert orders.order_state(made.order) == "cancelled"
