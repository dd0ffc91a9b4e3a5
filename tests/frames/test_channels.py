"""Channel reports of frames: the engine's figures, and the same ratios row by row in batches."""

import math

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore import traffic
from shopcore.errors import InputError
from shopcore.frames import ChannelRatios, Stage, channel_ratios, channel_report

MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}
FACTS = {
    "channel": ["search", "search", "live", "feed"],
    "impressions": [90_000, 70_000, 0, 10],
    "clicks": [2700, 2100, 0, 0],
    "visitors": [2450, 2000, 5200, 0],
    "buyers": [98, 70, 130, 0],
    "orders": [101, 70, 140, 0],
    "revenue": ["15340.00", "9900.5", "14300", "0"],
    "spend": ["2700", "1900", "0", "3.20"],
}
MINOR = {**FACTS, "revenue": [1534000, 990050, 1430000, 0], "spend": [270000, 190000, 0, 320]}
PARTS = {
    "sessions": ("single_page_sessions",),
    "impressions": ("clicks",),
    "visitors": ("added_to_cart", "buyers"),
    "buyers": ("new_buyers",),
}


def column(frame, name):
    values = list(frame[name].to_pylist() if isinstance(frame, pa.Table) else frame[name].to_list())
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize("people", ["distinct", "sum"])
def test_the_report_is_the_engines_with_the_total_last(library, people):
    frame = channel_report(MAKERS[library](FACTS), people=people, currency="CNY")
    found = traffic.channel_report(MINOR, people=people)

    assert type(frame) is KINDS[library]
    assert column(frame, "channel") == ["search", "live", "feed", "total"]
    for name, values in found.to_columns().items():
        if name != "channel":
            last = getattr(found.total, name.removesuffix("_low").removesuffix("_high").removesuffix("_reason"))
            field = name.rpartition("_")[2] if name.endswith(("_low", "_high", "_reason")) else "value"
            total = getattr(last, field)
            assert column(frame, name) == [*values, "" if field == "reason" and total is None else total]
    assert column(frame, "spend") == [460000.0, 0.0, 320.0, 460320.0]


@pytest.mark.parametrize("library", MAKERS)
def test_ratios_come_back_in_the_same_kind(library):
    frame = channel_ratios(MAKERS[library](FACTS), currency="CNY")

    assert type(frame) is KINDS[library]
    assert column(frame, "conversion_rate")[:2] == [0.04, 0.035]
    assert column(frame, "return_on_ad_spend")[2] is None
    assert "conversion_rate:no_visitors" in column(frame, "no_value_because")[3]
    assert "page_depth:not_measured" in column(frame, "no_value_because")[0]
    for other in MAKERS.values():
        again = channel_ratios(other(FACTS), currency="CNY")
        for name in ChannelRatios().outputs:
            assert column(again, name) == column(frame, name)


@st.composite
def facts(draw):
    counts = st.sampled_from([0, 1, 7]) | st.integers(0, 10**6)
    row = {name: draw(counts) for name in ("impressions", "sessions", "visitors", "page_views", "orders")}
    row |= {name: draw(counts) for name in ("revenue", "spend")}
    for whole, parts in PARTS.items():
        row |= {part: draw(st.integers(0, row[whole])) for part in parts}
    kept = draw(st.sets(st.sampled_from(sorted(row)), min_size=1))
    return {name: value for name, value in row.items() if name in kept}


@given(facts(), st.sampled_from([0.5, 0.95]))
def test_a_row_has_the_ratios_of_a_report_of_its_own(row, confidence):
    out = Stage(ChannelRatios(confidence), {}).one(pa.record_batch({name: [value] for name, value in row.items()}))
    found = traffic.channel_report(
        {"channel": ["one"], **{name: [value] for name, value in row.items()}}, confidence=confidence
    )
    (answer,) = out.to_pylist()
    why = dict(text.split(":") for text in answer.pop("no_value_because").split(", ") if text)

    assert answer.pop("status") == "ok"
    for name, ratio in found["one"].ratios().items():
        assert answer.pop(name) == ratio.value
        assert why.pop(name, None) == ratio.reason
        assert answer.pop(f"{name}_low", None) == ratio.low
        assert answer.pop(f"{name}_high", None) == ratio.high
    assert not answer
    assert not why


@given(st.integers(1, 5))
def test_ratios_do_not_depend_on_the_size_of_a_batch(size):
    stage = Stage(ChannelRatios(), {"channel": "string"})
    rows = pa.record_batch({**MINOR, "buyers": [98, 2001, 130, None]})
    parts = [rows.slice(start, size) for start in range(0, 4, size)]
    answers = [row for out in stage(parts) for row in out.to_pylist()]

    assert answers == stage.one(rows).to_pylist()
    assert [row["status"] for row in answers] == ["ok", "buyers:more_than_whole", "ok", "buyers:missing"]


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize(
    ("change", "named"),
    [({"clicks": [1.5] * 4}, "clicks"), ({"spend": [-1] * 4}, "spend"), ({"channel": [1] * 4}, "channel")],
)
def test_wrong_columns_are_refused_by_name(library, change, named):
    with pytest.raises(InputError) as caught:
        channel_report(MAKERS[library]({**MINOR, **change}))

    assert caught.value.argument.removeprefix("facts.") == named
