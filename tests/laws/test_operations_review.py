"""Laws of the review: sums hold whatever the order of lines, and no text of an export becomes markup or a formula."""

import csv
import io
import json
import random
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcore.models import Money
from shopcore.operations import Assumptions, layout, review
from shopcore.operations._csv_out import cell, csv_text
from shopcore.operations._html import tag
from shopcore.operations._report import report_html

HEAD = ("order_id", "sku", "quantity", "ordered_at", "unit_price", "discount", "customer_id", "title")
TEXT = st.text(max_size=12)

lines = st.lists(
    st.tuples(
        st.sampled_from(["A1", "A2", "A3", "C4", "C5"]),
        st.sampled_from(["MUG", "TEA", "POST", "FEE-1"]),
        st.integers(-4, 9),
        st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 6, 30)),
        st.sampled_from(["39.00", "0", "0.005", "1.255", "12.5", "-1", "x"]),
        st.sampled_from(["", "0.50", "-0.50", "100"]),
        st.sampled_from(["", "B1", "B2"]),
        TEXT,
    ),
    min_size=1,
    max_size=40,
)


def written(folder, rows):
    path = Path(folder, "orders.csv")
    with path.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerow(("A0", "MUG", 1, "2026-03-01", "39.00", "", "B1", "Mug"))
        writer.writerows(rows)
    costs = Path(folder, "costs.csv")
    costs.write_text("sku,unit_cost\nMUG,12.50\nTEA,0.33\n")
    return path, costs


@settings(max_examples=30)
@given(lines, st.integers(0, 2**32))
def test_sums_hold_and_the_order_of_lines_is_irrelevant(rows, seed):
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    answers = []
    for part in (rows, shuffled):
        with TemporaryDirectory() as folder:
            path, costs = written(folder, part)
            answers.append(
                review(path, currency="CNY", costs=costs, layout=layout(cancelled_prefix="C"), commission_rate="5%")
            )
    one, two = answers
    for name in ("revenue", "months", "revenue_by_kind", "orders", "lines_taken", "set_aside", "discounts", "buyers"):
        assert getattr(one, name) == getattr(two, name), name
    assert (one.margin.margin, one.margin.by_sku) == (two.margin.margin, two.margin.by_sku)
    assert one.lines_read == one.lines_taken + len(one.rejected) == len(rows) + 1
    assert Money.total((month.revenue for month in one.months), "CNY") == one.revenue
    assert sum(one.revenue_by_kind.values()) == one.revenue.minor
    margin = one.margin
    assert margin.revenue == margin.goods + margin.commission + margin.margin
    assert one.margin.revenue.minor == sum(minor for minor, _ in one.margin.by_month.values())
    assert one.margin.margin.minor == sum(minor for _, minor in one.margin.by_month.values())
    assert sum(one.margin.by_sku.values()) == one.margin.margin.minor
    assert json.loads(one.summary_json()) == one.summary()


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs)))


@settings(max_examples=30)
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_no_text_of_the_export_becomes_markup(titles):
    pages = []
    for some in (titles, ["plain"] * len(titles)):
        rows = [("A1", f"S{n}", 1, "2026-03-01", "5", "", f"B{n}", title) for n, title in enumerate(some)]
        with TemporaryDirectory() as folder:
            path, _ = written(folder, rows)
            page = report_html(review(path, currency="CNY", assume=Assumptions(lead_time_days=7)))
        page.encode("utf-8")
        tags = Tags()
        tags.feed(page)
        pages.append([entry for entry in tags.found if entry[0] != "small"])
    # An empty title shows the code alone; all else is the same page with other words.
    assert pages[0] == pages[1]


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=5))
def test_a_written_table_is_read_back_and_holds_no_formula(rows):
    text = csv_text(("a", "b"), rows)
    text.encode("utf-8")
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found == [["a", "b"], *([cell(value) for value in row] for row in rows)]
    assert not [
        value for row in found[1:] for value in row if value.lstrip(" ")[:1] in "=+-@\t\r\n" and value.strip(" ")
    ]


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r=1"])
def test_what_a_spreadsheet_may_take_for_a_formula_is_led_by_an_apostrophe(value):
    assert cell(value).startswith("'")


@given(TEXT, TEXT)
def test_texts_stay_texts_in_html(child, value):
    tags = Tags()
    tags.feed(tag("p", child, title=value))
    assert tags.found == [("p", ("title",))]
