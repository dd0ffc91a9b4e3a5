"""Carts as rows with a list of lines: each is priced as by `evaluate`, in frames and in batches."""

import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promotion_carts import carts, offers, policies

from shopcore.errors import InputError, RuleContractError
from shopcore.frames import CartQuotes, Stage, cart_quotes
from shopcore.models import Money, Period, Promotion
from shopcore.promotions import StackingPolicy, evaluate
from shopcore.promotions.rules import FreeShipping, Gift, PercentOff, SpendThreshold

MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}
CNY = "CNY"
SHOP = (
    Promotion(promotion_id="sale", effect=PercentOff(percent="20%"), priority=2),
    Promotion(promotion_id="full", effect=SpendThreshold(threshold=Money(30000, CNY), amount=Money(4000, CNY))),
    Promotion(promotion_id="post", effect=FreeShipping(), code="SHIP"),
    Promotion(promotion_id="cup", effect=Gift(sku="CUP", threshold=Money(30000, CNY))),
)
TEA = {"sku": "TEA", "quantity": 3, "unit_price": 4900}
POT = {"sku": "POT", "quantity": 1, "unit_price": 18000}
CARTS = {"cart": [1, 2, 3], "lines": [[TEA, POT], [POT, POT], []], "shipping": [None, 1200, 500]}
CARTS["codes"] = [None, ["SHIP"], []]


def column(frame, name):
    values = frame[name].to_pylist() if isinstance(frame, pa.Table) else frame[name].to_list()
    return [list(value) if isinstance(value, list | pl.Series | np.ndarray) else value for value in values]


def frame_of(library, data):
    return (
        pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in data.items()})
        if library == "pandas"
        else MAKERS[library](data)
    )


@pytest.mark.parametrize("library", MAKERS)
def test_carts_are_priced_with_their_reasons(library):
    frame = cart_quotes(frame_of(library, CARTS), SHOP, currency=CNY)

    assert type(frame) is KINDS[library]
    assert column(frame, "total") == [26160, 28800, 500]
    assert column(frame, "line_savings") == [[2940, 3600], [3600, 3600], []]
    assert column(frame, "applied")[1] == ["sale", "post"]
    assert column(frame, "not_applied")[0][:2] == ["full:threshold", "post:code_missing"]
    assert column(frame, "shipping_fee") == [0, 0, 500]
    assert column(frame, "proof") == ["greedy"] * 3


@pytest.mark.parametrize("library", MAKERS)
def test_libraries_give_equal_values(library):
    mine = cart_quotes(frame_of(library, CARTS), SHOP, currency=CNY, policy=StackingPolicy(selection="best"))
    arrow = cart_quotes(pa.table(CARTS), SHOP, currency=CNY, policy=StackingPolicy(selection="best"))

    for name in CartQuotes(SHOP, CNY).outputs:
        assert column(mine, name) == column(arrow, name)


def line_of(one):
    plain = {name: value for name, value in one.model_dump().items() if value not in (None, ())}
    amounts = {name: getattr(one, name) for name in ("unit_price", "price_floor")}
    return plain | {name: amount.minor for name, amount in amounts.items() if amount is not None}


def row_of(cart):
    row = {"lines": [line_of(one) for one in cart.lines], "codes": list(cart.codes)}
    row |= {"channel": cart.channel, "region": cart.region}
    row["shipping"] = None if cart.shipping is None else cart.shipping.minor
    row |= {"orders": cart.buyer.orders, "level": cart.buyer.level, "points": cart.buyer.points}
    return row | {"segments": list(cart.buyer.segments)}


@settings(max_examples=max(settings().max_examples // 2, 10))
@given(st.lists(carts(), min_size=1, max_size=4), offers(max_size=4), policies())
def test_each_cart_costs_what_evaluate_says(some, promotions, policy):
    rows = [row_of(cart) for cart in some]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in rows[0]})
    tax = some[0].prices_include_tax
    some = [cart.evolve(prices_include_tax=tax) for cart in some]
    found = cart_quotes(frame, promotions, currency=CNY, policy=policy, prices_include_tax=tax)

    for row, cart in enumerate(some):
        one = evaluate(cart, promotions, policy)
        assert found["total"][row] == one.total.minor
        assert found["total_with_tax"][row] == one.total_with_tax.minor
        assert found["applied"][row] == list(one.applied)
        assert found["line_savings"][row] == [line.discount.minor for line in one.lines]
        assert sum(found["line_savings"][row]) + one.shipping_list.minor - one.shipping.minor == found["saving"][row]


def batch(lines):
    kind = pa.list_(
        pa.struct(
            [("line_id", pa.string()), ("sku", pa.string()), ("quantity", pa.int64()), ("unit_price", pa.int64())]
        )
    )
    return pa.record_batch({"cart": pa.array(range(len(lines)), pa.int64()), "lines": pa.array(lines, kind)})


STAGE = Stage(CartQuotes(SHOP, CNY), {"cart": "int64"})
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "line_id": st.sampled_from([None, "a", "b"]),
            "sku": st.sampled_from(["TEA", "POT", "", None]),
            "quantity": st.integers(0, 3),
            "unit_price": st.integers(-1, 40_000),
        }
    ),
    max_size=3,
)


@given(st.lists(LINES | st.none(), max_size=12), st.integers(1, 5))
def test_answers_do_not_depend_on_the_size_of_a_batch_and_bad_carts_have_a_status(lines, size):
    whole = batch(lines)
    answers = STAGE.one(whole)
    parts = [
        row for out in STAGE([whole.slice(at, size) for at in range(0, len(lines), size)]) for row in out.to_pylist()
    ]

    assert answers.schema == STAGE.output_schema
    assert answers.to_pylist() == parts
    for given_lines, row in zip(lines, parts, strict=True):
        ids = [one["line_id"] or str(place + 1) for place, one in enumerate(given_lines or [])]
        fine = given_lines is not None and len(set(ids)) == len(ids)
        fine = fine and all(one["sku"] and one["quantity"] >= 1 and one["unit_price"] >= 0 for one in given_lines)
        assert (row["status"] == "ok") == fine
        assert (row["total"] is None) == (row["applied"] is None) == (not fine)


def test_the_stage_is_picklable_and_names_its_schema():
    copy = pickle.loads(pickle.dumps(STAGE))

    assert copy.one(batch([[TEA]])).to_pylist() == STAGE.one(batch([[TEA]])).to_pylist()
    assert STAGE.output_ddl == (
        "cart bigint, list_total bigint, saving bigint, shipping_fee bigint, total bigint, total_with_tax bigint, "
        "line_savings array<bigint>, applied array<string>, not_applied array<string>, gifts array<string>, "
        "proof string, status string"
    )


@pytest.mark.parametrize("price", ["49.00", Decimal("49"), np.int64(4900)], ids=["text", "decimal", "numpy"])
def test_prices_of_lines_are_read_exactly(price):
    frame = pd.DataFrame({"lines": [np.array([{**TEA, "unit_price": price}], dtype=object)]})

    assert cart_quotes(frame, [], currency=CNY)["total"].tolist() == [14700]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({**TEA, "unit_price": 49.0}, "type"),
        ({**TEA, "unit_price": "49.001"}, "precision"),
        ({"sku": "TEA", "quantity": 1}, "missing"),
        ({**TEA, "quantity": "3"}, "type"),
        ({**TEA, "tags": "red"}, "type"),
        ("TEA", "type"),
    ],
    ids=["float", "too fine", "no price", "text quantity", "text tags", "no struct"],
)
def test_a_wrong_line_is_refused_with_its_row_and_without_its_price(line, reason):
    frame = pd.DataFrame({"lines": [[TEA], [line]]})
    with pytest.raises(InputError) as caught:
        cart_quotes(frame, SHOP, currency=CNY)

    assert caught.value.positions == (1,)
    assert caught.value.reason == reason
    assert "49" not in str(caught.value)


def test_each_cart_is_priced_at_its_own_instant():
    start = datetime(2026, 11, 11, tzinfo=UTC)
    day = Promotion(
        promotion_id="day", effect=PercentOff(percent="50%"), window=Period(start, start + timedelta(days=1), "UTC")
    )
    carts_then = pl.DataFrame({"lines": [[POT], [POT]], "at": [start, start + timedelta(days=2)]})

    assert column(cart_quotes(carts_then, [day], currency=CNY), "total") == [9000, 18000]
    assert column(cart_quotes(carts_then.drop("at"), [day], currency=CNY, at=start), "total") == [9000, 9000]
    naive = carts_then.with_columns(pl.col("at").dt.replace_time_zone(None))
    with pytest.raises(InputError, match="time zone"):
        cart_quotes(naive, [day], currency=CNY)


def test_gaps_are_facts_that_are_not_known():
    data = {"lines": [[TEA], [TEA]], "orders": [0, None], "level": [None, "gold"], "points": [None, 7]}
    for make in MAKERS.values():
        frame = make(data)
        assert column(cart_quotes(frame, SHOP, currency=CNY), "total") == [11760, 11760]


def test_a_rule_that_breaks_its_contract_stops_the_job():
    broken = Promotion(promotion_id="broken", effect=lambda view: len(view.cart.lines))
    with pytest.raises(RuleContractError):
        Stage(CartQuotes([broken], CNY), {}).one(batch([[TEA]]))
