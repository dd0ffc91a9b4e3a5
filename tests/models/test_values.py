"""Currency, Period, RoundingPolicy, Ratio, Result and the base model."""

import copy
import json
import pickle
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import iso4217
import numpy as np
import pytest
from pydantic import TypeAdapter

from shopcore.errors import InputError, LimitError
from shopcore.models import (
    CURRENCIES,
    Currency,
    Model,
    Money,
    Order,
    OrderLine,
    Period,
    Personal,
    Posting,
    Public,
    Rate,
    Ratio,
    Result,
    RoundingPolicy,
    Sensitive,
    TrafficFacts,
    UnitPrice,
)


def test_the_table_is_iso_4217():
    official = {found.code: found for found in iso4217.Currency if found.exponent is not None}
    in_use = {code: found for code, found in CURRENCIES.items() if not found.withdrawn}
    assert set(in_use) == set(official)
    for code, found in in_use.items():
        assert (found.digits, found.numeric) == (official[code].exponent, official[code].number)
        assert found.display_digits <= found.digits


def test_currencies_are_one_object_each():
    yuan = Currency.of("CNY")
    assert yuan is CURRENCIES["CNY"] is copy.deepcopy(yuan) is pickle.loads(pickle.dumps(yuan)) is Currency.of(yuan)
    assert TypeAdapter(Currency).validate_json('"DEM"').withdrawn == "2002-03"
    assert TypeAdapter(Currency).dump_json(yuan) == b'"CNY"'
    with pytest.raises(InputError):
        Currency("CNY")
    with pytest.raises(AttributeError):
        yuan.digits = 0


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)], ids=str
)
def test_days_have_23_or_25_hours_when_the_clocks_change(day, hours):
    period = Period.day(day, "Europe/Berlin")
    assert period.length == timedelta(hours=hours)
    assert period.days() == (day,)


def test_a_period_holds_its_start_and_not_its_end():
    period = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    assert period.contains(period.start)
    assert not period.contains(period.end)
    assert not period.overlaps(Period(period.end, period.end + timedelta(hours=1), "UTC"))
    assert TypeAdapter(Period).validate_json(TypeAdapter(Period).dump_json(period)) == period
    assert pickle.loads(pickle.dumps(period)) == period


NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Period(datetime(2026, 6, 1), NOON, "UTC"), "timezone_required"),  # noqa: DTZ001  # the case
        (lambda: Period(NOON, NOON, "UTC"), "order"),
        (lambda: Period(NOON, NOON + timedelta(1), "Mars/Olympus"), "unknown_zone"),
        (lambda: Period(NOON, NOON + timedelta(1), "../../etc/passwd"), "unknown_zone"),
        (lambda: Period(NOON, NOON + timedelta(1), "x" * 10_000), "unknown_zone"),
        (lambda: Period(NOON, NOON + timedelta(1), None), "type"),
        (lambda: Period.local("2026-11-11T00:00+08:00", "2026-11-12", "UTC"), "format"),
        (lambda: Period.local("tomorrow", "2026-11-12", "UTC"), "format"),
        (lambda: Period.local("0001-01-01", "0001-01-02", "Asia/Shanghai"), "range"),
        (lambda: Period.day(date(9999, 12, 31), "UTC"), "range"),
        (lambda: Period.day(NOON, "UTC"), "type"),
        (lambda: Period.day(date(2011, 12, 30), "Pacific/Apia"), "order"),
        (lambda: Period(datetime(1, 1, 2, tzinfo=UTC), NOON, "UTC").days(), "too_many_days"),
        (lambda: Period.day(date(2026, 6, 1), "UTC").contains(date(2026, 6, 1)), "type"),
        (lambda: Period.day(date(2026, 6, 1), "UTC").overlaps(None), "type"),
    ],
)
def test_periods_that_cannot_be(make, reason):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.reason == reason


class Window(Model):
    when: Public[Period]


@pytest.mark.parametrize("start", ['"2026-06-01T10:00:00"', "0", '"2026-06-01"', "true", '"99999-01-01T00:00:00Z"'])
def test_period_json_takes_aware_instants_only(start):
    with pytest.raises(InputError) as caught:
        Window.from_json(f'{{"when":{{"start":{start},"end":"2026-07-01T00:00:00Z","zone":"UTC"}}}}')
    assert caught.value.argument == "when.start"


def test_rounding_policies():
    lines = [(Money(360, "EUR"), 10)]
    assert [RoundingPolicy(scope).share(lines, "5.5%").minor for scope in ("unit", "line", "order")] == [200, 198, 198]
    thirds = [(Money(10, "EUR"), 1)] * 3
    assert RoundingPolicy("line").share(thirds, "5%").minor == 3
    assert RoundingPolicy("order").share(thirds, "5%").minor == 2
    assert RoundingPolicy("order").share([], "5%", currency="EUR") == Money(0, "EUR")
    policy = RoundingPolicy("line", "half_even", 5)
    assert TypeAdapter(RoundingPolicy).validate_json(TypeAdapter(RoundingPolicy).dump_json(policy)) == policy
    for make in (
        lambda: RoundingPolicy("item"),
        lambda: RoundingPolicy("line", "bankers"),
        lambda: RoundingPolicy("line", step=0),
        lambda: RoundingPolicy("line", step=True),
        lambda: RoundingPolicy("order").share([], "5%"),
    ):
        with pytest.raises(InputError):
            make()


def test_ratio_travels():
    ratio = Ratio(0.25, 5, 20, 0.11, 0.47, 0.95, "wilson", basis="order")
    assert Ratio.from_dict(json.loads(ratio.to_json())) == ratio
    assert pickle.loads(pickle.dumps(ratio)) == ratio
    undefined = Ratio(None, 0, 0, reason="zero_denominator")
    assert Ratio.from_dict(undefined.to_dict()) == undefined
    assert "zero_denominator" in undefined.explain()
    for fields in ({"value": 1}, {"value": "x", "numerator": 1, "denominator": 1}, {**ratio.to_dict(), "more": 1}):
        with pytest.raises(InputError):
            Ratio.from_dict(fields)


class Person(Model):
    name: Personal[str]
    note: Sensitive[str | None] = None
    city: Public[str] = ""


@dataclass(frozen=True, slots=True)
class Answer(Result):
    label: str
    price: Money
    unit: UnitPrice
    share: Rate
    column: np.ndarray
    bound: float
    missing: float
    who: Person
    hidden: str = field(default="13800138000", repr=False)


ANSWER = Answer(
    label="<script>alert(1)</script>",
    price=Money(5, "CNY"),
    unit=UnitPrice("0.0345", "USD"),
    share=Rate("1/3"),
    column=np.array([1.5, np.nan]),
    bound=float("-inf"),
    missing=float("nan"),
    who=Person(name="张三", note="<b>", city="X"),
)


def test_results_show_themselves_without_scripts_or_persons():
    for shown in (ANSWER._repr_html_(), ANSWER.explain()):
        assert "张三" not in shown
        assert "13800138000" not in shown
    assert "<script>" not in ANSWER._repr_html_()
    assert "&lt;script&gt;" in ANSWER._repr_html_()


def test_results_are_strict_json():
    data = json.loads(ANSWER.to_json(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert data["price"] == {"minor": 5, "currency": "CNY"}
    assert data["unit"] == {"amount": "0.0345", "currency": "USD"}
    assert data["share"] == "1/3"
    assert data["column"] == [1.5, None]
    assert data["bound"] == "-Infinity"
    assert data["missing"] is None


def test_long_texts_are_cut_where_people_read():
    ratio = Ratio(None, 0, 0, reason="x" * 10_000)
    assert len(ratio._repr_html_()) < 2_000


def test_evolve_validates_and_copies_cannot_cheat():
    person = Person(name="Li", city="X")
    assert person.evolve(city="Y").city == person.model_copy(update={"city": "Y"}).city == "Y"
    assert person.model_copy() == person
    for change in ({"city": 5}, {"town": "Y"}, {"name": None}):
        with pytest.raises(InputError):
            person.evolve(**change)
        with pytest.raises(InputError):
            person.model_copy(update=change)


SECRET = "13800138000"  # noqa: S105  # a telephone number, made up


@pytest.mark.parametrize(
    "make",
    [
        lambda: Person(name=[SECRET]),
        lambda: Person(name="Li", note=int(SECRET)),
        lambda: Person.from_json(f'{{"name":{SECRET}}}'),
        lambda: Person.from_dict({"name": {"phone": SECRET}}),
        lambda: Person.model_validate({"name": [SECRET]}),
        lambda: Person(name="Li").evolve(name=int(SECRET)),
    ],
)
def test_errors_and_their_pickles_hold_no_private_input(make):
    with pytest.raises(InputError) as caught:
        make()
    error = caught.value
    assert error.__context__ is error.__cause__ is None
    again = pickle.loads(pickle.dumps(error))
    for one in (error, again):
        assert SECRET not in str(one) + repr(one) + repr(vars(one)) + repr(one.args)
        assert one.argument.startswith("n")


def test_names_of_unknown_fields_are_cut_and_made_harmless():
    with pytest.raises(InputError) as caught:
        Person.from_json(json.dumps({"name": "Li", "x\n\u202e" * 1_000: 1}))
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"name":"' + '\\"' * 1_900_000,
        '{"name":"' + "[" * 1_000_000 + '"}',
        '"' + "\\" * 3_999_000,
        '[]' * 1_900_000,
    ],
    ids=["brackets", "objects", "unclosed", "in-text", "backslashes", "flat"],
)  # fmt: skip
def test_hostile_json_ends_soon(text):
    began = time.process_time()
    with pytest.raises(InputError):
        Window.from_json(text)
    assert time.process_time() - began < 0.5


def test_limits_have_names():
    with pytest.raises(LimitError) as deep:
        Person.from_json("[" * 33 + "]" * 33)
    assert deep.value.reason == "too_deep"
    with pytest.raises(LimitError) as large:
        Person.from_json('{"name":"' + "x" * 4_000_000 + '"}')
    assert large.value.reason == "too_large"
    assert Person.from_json('{"name":"' + "[{" * 100 + '\\""}').name == "[{" * 100 + '"'


LINE = '{"line_id":"1","sku":"A","title":"Mug","quantity":1,"unit_price":{"minor":5,"currency":"CNY"}}'


def order_at(placed_at, **fields):
    lines = [OrderLine.from_json(LINE)]
    return Order(
        order_id="A", currency="CNY", rounding=RoundingPolicy("line"), placed_at=placed_at, lines=lines, **fields
    )


@pytest.mark.parametrize("text", ["1717236000", "20260601", "-1", "1e9", " 2026-06-01T10:00:00Z", "2026-06-01", ""])
@pytest.mark.parametrize("model", [Posting, TrafficFacts])
def test_text_that_is_no_date_and_time_with_an_offset_is_no_instant(model, text):
    period = f'{{"start":"{text}","end":"2030-01-01T00:00:00Z","zone":"UTC"}}'
    written = {
        Posting: f'{{"kind":"payment","amount":{{"minor":1,"currency":"CNY"}},"at":"{text}"}}',
        TrafficFacts: f'{{"channel_id":"a","period":{period}}}',
    }[model]
    with pytest.raises(InputError, match=r"^(at|period\.start): "):
        model.from_json(written)


@pytest.mark.parametrize("fold", [0, 1])
def test_an_instant_in_a_night_of_25_hours_keeps_its_look_and_equals_its_copies(fold):
    berlin = ZoneInfo("Europe/Berlin")
    order = order_at(datetime(2026, 10, 25, 2, 50, tzinfo=berlin, fold=fold))
    assert order.placed_at.isoformat() == f"2026-10-25T02:50:00+0{2 - fold}:00"
    assert Order.from_json(order.to_json()) == order == pickle.loads(pickle.dumps(order))
    # Twenty minutes later the clocks show an earlier hour.
    later = datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1)
    assert (order.placed_at < later) == (fold == 0)


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=8))), datetime.max.replace(tzinfo=UTC)], ids=str
)
def test_instants_that_some_zones_cannot_show_are_refused(at):
    with pytest.raises(InputError, match="placed_at"):
        order_at(at)
    written = order_at(datetime(2026, 1, 1, tzinfo=UTC)).to_json()
    with pytest.raises(InputError, match="placed_at"):
        Order.from_json(written.replace("2026-01-01T00:00:00Z", at.isoformat()))


def test_a_period_to_the_end_of_time_can_be_read():
    endless = Period(datetime(2026, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "Asia/Shanghai")
    assert str(endless) == "2026-01-01 00:00:00 to 9999-12-31 23:59:59 UTC (Asia/Shanghai)"
    last = Period(datetime(9999, 12, 31, tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "Asia/Shanghai")
    with pytest.raises(InputError, match="end must be an instant"):
        last.days()
    for zone in (8, [], None):
        with pytest.raises(InputError, match="zone"):
            Period(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), zone)
