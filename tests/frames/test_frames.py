"""Frames of three libraries in, the same kind out; wrong columns are refused by name."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from shopcore.errors import InputError
from shopcore.frames import margins, reorder_advice, target_prices
from shopcore.inventory import Demand, LeadTime, Service, reorder_point
from shopcore.models import Money
from shopcore.pricing import FeeTable, Item, Percent, Target, Tax, price_for, waterfall

FEES = FeeTable(
    name="shop",
    currency="CNY",
    valid_from=date(2026, 1, 1),
    tax=Tax(rate="13%"),
    fees=[Percent(name="commission", level="cm2", rate="5%"), Percent(name="ads", level="cm3", rate="10%")],
)
CATALOGUE = {"sku": ["MUG", "TEA", "BAG"], "price": [9990, 4990, 1], "unit_cost": [3520, 4000, 0]}
STOCK = {
    "sku": ["MUG", "TEA", "BAG"],
    "demand_mean": [20.0, 5.0, 0.2],
    "demand_sd": [4.0, 1.0, 0.5],
    "lead_time": [7, 7, 30],
    "on_hand": [150, 90, 3],
}
MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}


def column(frame, name):
    return list(frame[name].to_pylist() if isinstance(frame, pa.Table) else frame[name].to_list())


@pytest.mark.parametrize("library", MAKERS)
def test_margins_come_back_in_the_same_kind_and_equal_the_scalar_waterfall(library):
    frame = margins(MAKERS[library](CATALOGUE), FEES)

    assert type(frame) is KINDS[library]
    assert column(frame, "sku") == CATALOGUE["sku"]
    for row in range(3):
        one = waterfall(
            Money(CATALOGUE["price"][row], "CNY"), FEES, Item(unit_cost=Money(CATALOGUE["unit_cost"][row], "CNY"))
        )
        assert column(frame, "profit")[row] == one.profit.minor
        assert column(frame, "cm1")[row] == one.cm1.minor
        assert column(frame, "net")[row] + column(frame, "tax")[row] == column(frame, "gross")[row]


@pytest.mark.parametrize("library", MAKERS)
def test_target_prices_equal_the_scalar_solver(library):
    frame = target_prices(MAKERS[library](CATALOGUE), Target.margin("25%"), FEES)

    for row, cost in enumerate(CATALOGUE["unit_cost"]):
        one = price_for(Target.margin("25%"), FEES, Item(unit_cost=Money(cost, "CNY")))
        assert column(frame, "smallest_price")[row] == one.smallest.minor
        assert column(frame, "stable_price")[row] == one.stable.minor
        assert column(frame, "no_price_because")[row] == ""


def test_a_price_that_cannot_be_says_why():
    frame = target_prices(pa.table(CATALOGUE), Target.margin("90%"), FEES)

    assert column(frame, "smallest_price")[0] == -1
    assert column(frame, "no_price_because")[0] != ""


@pytest.mark.parametrize("library", MAKERS)
def test_reorder_advice_equals_the_scalar_answer(library):
    frame = reorder_advice(MAKERS[library](STOCK), Service.cycle(0.95))

    assert type(frame) is KINDS[library]
    for row in range(3):
        demand = Demand(STOCK["demand_mean"][row], STOCK["demand_sd"][row])
        one = reorder_point(demand, LeadTime(STOCK["lead_time"][row]), Service.cycle(0.95))
        assert column(frame, "reorder_point")[row] == pytest.approx(one.reorder_point, rel=1e-12)
        assert column(frame, "distribution")[row] == one.distribution
        assert column(frame, "order_now")[row] == (STOCK["on_hand"][row] <= one.reorder_point)


def test_orders_are_whole_lots_in_whole_packs_until_the_position_is_above_the_point():
    stock = pd.DataFrame(STOCK).assign(on_hand=[0, 90, 0], lot=[50, 60, 10], pack=[24, 12, 1], minimum=[0, 0, 100])
    frame = reorder_advice(stock, Service.cycle(0.95))

    mug, tea, bag = frame["order_quantity"]
    assert mug % 24 == 0
    assert mug > frame["reorder_point"][0]
    assert (tea, bag) == (0, 100)


def test_at_the_point_an_order_is_due():
    point = reorder_point(Demand(20, 4), LeadTime(7), Service.cycle(0.95)).reorder_point
    stock = pa.table({"demand_mean": [20.0], "demand_sd": [4.0], "lead_time": [7.0], "on_hand": [point], "lot": [10.0]})
    frame = reorder_advice(stock, Service.cycle(0.95))

    assert column(frame, "order_now") == [True]
    assert column(frame, "order_quantity") == [10.0]


@pytest.mark.parametrize("prices", [["99.90", "49.90"], [Decimal("99.90"), Decimal("49.9")]])
def test_money_is_read_from_text_and_decimal(prices):
    exact = margins(pl.DataFrame({"price": prices, "unit_cost": ["35.20", "40"]}), FEES)

    assert column(exact, "gross") == [9990, 4990]
    assert column(exact, "profit") == column(margins(pl.DataFrame(CATALOGUE)[:2], FEES), "profit")


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize(
    ("change", "reason", "named"),
    [
        ({"price": [99.9, 49.9, 0.01]}, "type", "price"),
        ({"price": ["99.90", "1e5", "x"]}, "format", "price"),
        ({"price": ["99.90", "0.001", "1"]}, "precision", "price"),
        ({"price": [9990, None, 1]}, "missing", "price"),
        ({"quantity": ["1", "2", "3"]}, "type", "quantity"),
        ({"currency": ["CNY", "USD", "CNY"]}, "currency_mismatch", "currency"),
        ({"unit_cost": [1, -2, 3]}, "range", "unit_cost"),
    ],
)
def test_wrong_columns_are_refused_by_name(library, change, reason, named):
    with pytest.raises(InputError) as caught:
        margins(MAKERS[library]({**CATALOGUE, **change}), FEES)

    assert caught.value.argument == named
    if library != "pandas" or reason != "missing":  # pandas makes floats of integers with a gap
        assert caught.value.reason == reason


def test_bad_rows_are_named_by_position_and_costs_stay_out_of_the_message():
    with pytest.raises(InputError) as caught:
        margins(pa.table({**CATALOGUE, "unit_cost": ["35.20", "86.543", "97.659"]}), FEES)

    assert caught.value.positions == (1, 2)
    assert "86.5" not in str(caught.value)


def test_a_missing_column_is_named_with_those_that_exist():
    with pytest.raises(InputError, match=r"'unit_cost'.*sku, price.*columns=") as caught:
        margins(pa.table({"sku": ["A"], "price": [1]}), FEES)
    assert caught.value.reason == "missing_column"

    with pytest.raises(InputError) as caught:
        margins(pa.table(CATALOGUE), FEES, columns={"cost": "unit_cost"})
    assert caught.value.reason == "unknown_column"


def test_a_column_of_that_name_is_not_overwritten():
    once = margins(pa.table(CATALOGUE), FEES)
    with pytest.raises(InputError) as caught:
        margins(once, FEES)

    assert caught.value.reason == "column_exists"
    assert "again_profit" in margins(once, FEES, prefix="again_").column_names


@pytest.mark.parametrize("frame", [None, 3, [1, 2], {"price": [1]}, np.zeros(3), pl.DataFrame(CATALOGUE).lazy()])
def test_what_is_no_eager_table_is_refused(frame):
    with pytest.raises(InputError) as caught:
        margins(frame, FEES)

    assert caught.value.argument == "frame"


@pytest.mark.parametrize("library", MAKERS)
def test_no_rows_give_no_rows_with_the_new_columns(library):
    empty = MAKERS[library](CATALOGUE)
    empty = empty.slice(0, 0) if library != "pandas" else empty.iloc[:0]
    frame = margins(empty, FEES)

    assert len(frame) == 0
    assert "profit" in (frame.column_names if library == "pyarrow" else frame.columns)


def test_the_frame_that_came_in_is_not_changed():
    frame = pd.DataFrame(CATALOGUE, index=[7, 8, 9])
    added = margins(frame, FEES)

    assert list(frame.columns) == list(CATALOGUE)
    assert list(added.index) == [7, 8, 9]
    assert added["profit"].notna().all()
