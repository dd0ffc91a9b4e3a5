"""The recipes of the how-to page: Parquet by batches and DuckDB with a memory limit give the frame's answer."""

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopcore.frames import Margins, Stage, margins
from shopcore.pricing import FeeTable, Percent

FEES = FeeTable(
    name="shop",
    currency="CNY",
    valid_from=date(2026, 1, 1),
    fees=[Percent(name="commission", level="cm2", rate="5%")],
)
STAGE = Stage(Margins(FEES), {"sku": "int64"})
ROWS = 20_000


@pytest.fixture
def catalogue():
    return pa.table({"sku": range(ROWS), "price": [n * 7919 % 50_000 for n in range(ROWS)], "unit_cost": [300] * ROWS})


def profit_of(batches):
    return pa.Table.from_batches(list(batches), schema=STAGE.output_schema).sort_by("sku").column("profit").to_pylist()


def test_parquet_by_batches(catalogue, tmp_path):
    pq.write_table(catalogue, tmp_path / "catalogue.parquet", row_group_size=3_000)
    file = pq.ParquetFile(tmp_path / "catalogue.parquet")

    assert profit_of(STAGE(file.iter_batches(1_000))) == margins(catalogue, FEES).column("profit").to_pylist()


def test_duckdb_within_a_memory_limit(catalogue, tmp_path):
    pq.write_table(catalogue, tmp_path / "catalogue.parquet")
    with duckdb.connect(config={"memory_limit": "200MB", "threads": "1"}) as con:
        reader = con.read_parquet(str(tmp_path / "catalogue.parquet")).to_arrow_reader(1_000)
        answers = pa.RecordBatchReader.from_batches(STAGE.output_schema, STAGE(reader))
        asking = con.cursor()  # the reader keeps the connection it came from
        asking.register("answers", answers)
        total, rows = asking.sql("select sum(profit), count(*) from answers").fetchall()[0]

    assert rows == ROWS
    assert total == sum(margins(catalogue, FEES).column("profit").to_pylist())
