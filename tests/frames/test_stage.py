"""Record batches: fixed schema, bad rows set aside, the same answers whatever the size of a batch."""

import pickle
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.errors import InputError
from shopcore.frames import Margins, Reorder, Stage, TargetPrices, margins
from shopcore.inventory import Service
from shopcore.pricing import FeeTable, Percent, Target

FEES = FeeTable(
    name="shop",
    currency="CNY",
    valid_from=date(2026, 1, 1),
    fees=[Percent(name="commission", level="cm2", rate="5%")],
)
MARGINS = Stage(Margins(FEES), {"sku": "string"})
ROWS = st.lists(
    st.tuples(st.integers(-5, 10**6) | st.none(), st.integers(-5, 10**6) | st.none(), st.integers(0, 3)),
    max_size=40,
)


def batch(rows):
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.record_batch(
        {
            "sku": pa.array([f"S{n}" for n in range(len(rows))], type=pa.string()),
            "price": pa.array(columns[0], type=pa.int64()),
            "unit_cost": pa.array(columns[1], type=pa.int64()),
            "quantity": pa.array(columns[2], type=pa.int64()),
        }
    )


def rows_of(batches):
    return [row for one in batches for row in one.to_pylist()]


@given(ROWS, st.integers(1, 7))
def test_answers_do_not_depend_on_the_size_of_a_batch(rows, size):
    whole = batch(rows)
    parts = [whole.slice(start, size) for start in range(0, len(rows), size)]

    assert rows_of(MARGINS([whole])) == rows_of(MARGINS(parts))


@given(ROWS)
def test_every_row_comes_out_in_order_with_a_status(rows):
    out = MARGINS.one(batch(rows))

    assert out.schema == MARGINS.output_schema
    assert out.column("sku").to_pylist() == [f"S{n}" for n in range(len(rows))]
    for (price, cost, quantity), row in zip(rows, out.to_pylist(), strict=True):
        fine = None not in (price, cost) and price >= 0 and cost >= 0 and quantity >= 1
        assert (row["status"] == "ok") == fine
        assert (row["profit"] is not None) == fine


@given(ROWS.map(lambda rows: [row for row in rows if None not in row[:2] and min(row[:2]) >= 0 and row[2] >= 1]))
def test_good_rows_are_those_of_the_frame(rows):
    frame = margins(pa.Table.from_batches([batch(rows)]), FEES)

    assert MARGINS.one(batch(rows)).column("profit").to_pylist() == frame.column("profit").to_pylist()


def test_the_status_names_column_and_reason():
    out = MARGINS.one(batch([(100, 5, 1), (None, 5, 1), (100, -5, 1), (100, None, 0)]))

    assert out.column("status").to_pylist() == ["ok", "price:missing", "unit_cost:range", "unit_cost:missing"]


def test_the_schema_is_there_without_rows_and_as_ddl():
    assert MARGINS.one(batch([])).schema == MARGINS.output_schema
    assert list(MARGINS([])) == []
    assert MARGINS.output_ddl == (
        "sku string, gross bigint, tax bigint, net bigint, cm1 bigint, cm2 bigint, cm3 bigint, profit bigint, "
        "margin double, status string"
    )
    assert MARGINS.input_columns == ("sku", "price", "unit_cost")


@pytest.mark.parametrize(
    "question", [Margins(FEES), TargetPrices(Target.margin("25%"), FEES), Reorder(Service.cycle(0.95))]
)
def test_a_stage_travels_by_pickle_and_answers_the_same(question):
    stage = Stage(question, {"sku": "string"}, {"on_hand": "stock"} if type(question) is Reorder else {})
    columns = {"sku": ["A", "B"], "price": [900, 100], "unit_cost": [300, 90], "stock": [0, 50]}
    columns |= {"demand_mean": [3.0, 1.0], "demand_sd": [2.0, 1.0], "lead_time": [5.0, 5.0]}
    one = pa.record_batch(columns)
    copy = pickle.loads(pickle.dumps(stage))

    assert copy.output_schema == stage.output_schema
    assert copy.one(one).to_pylist() == stage.one(one).to_pylist()
    assert set(copy.one(one).column("status").to_pylist()) == {"ok"}


def test_a_missing_column_stops_the_job_by_name():
    with pytest.raises(InputError, match="unit_cost"):
        MARGINS.one(pa.record_batch({"sku": ["A"], "price": [1]}))
    with pytest.raises(InputError, match="sku"):
        MARGINS.one(pa.record_batch({"price": [1], "unit_cost": [1]}))


def test_keys_do_not_shadow_answers_and_have_known_types():
    with pytest.raises(InputError, match="keys"):
        Stage(Margins(FEES), {"profit": "int64"})
    with pytest.raises(InputError, match="one of string"):
        Stage(Margins(FEES), {"sku": "varchar"})


def test_a_slice_of_a_batch_is_read_from_its_own_offset():
    whole = batch([(100 * n, n, 1) for n in range(1, 10)])

    assert rows_of([MARGINS.one(whole.slice(4, 3))]) == rows_of([MARGINS.one(whole)])[4:7]


def test_tables_are_taken_whole():
    table = pa.Table.from_batches([batch([(100, 5, 1)]), batch([(300, 5, 2)])])

    assert MARGINS.table(table).num_rows == 2
