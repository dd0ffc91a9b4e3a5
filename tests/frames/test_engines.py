"""The recipes of the how-to page: Parquet by batches and DuckDB with a memory limit give the frame's answer."""

from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopcore.errors import InputError
from shopcore.frames import Margins, Stage, duckdb_to_parquet, margins
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


def test_a_query_goes_through_the_stage_into_parquet(catalogue, tmp_path):
    pq.write_table(catalogue, tmp_path / "catalogue.parquet")
    target = tmp_path / "margins.parquet"
    rows = duckdb_to_parquet(
        STAGE,
        "select * from read_parquet(?) where sku >= ?",
        target,
        parameters=[str(tmp_path / "catalogue.parquet"), 5],
        memory_limit="200MB",
        batch_rows=997,
    )

    found = pq.read_table(target).sort_by("sku")
    assert rows == found.num_rows == ROWS - 5
    assert found.column("profit").to_pylist() == margins(catalogue, FEES).column("profit").to_pylist()[5:]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalogue.parquet", "margins.parquet"]


def test_a_group_larger_than_the_limit_is_spilled(tmp_path):
    query = """select n as sku, 100 + count(*) as price, 10 as unit_cost
               from (select range % 2000000 as n from range(4000000)) group by n"""
    small = {"memory_limit": "60MB", "threads": "1", "temp_directory": ""}
    with duckdb.connect(config=small) as con, pytest.raises(duckdb.OutOfMemoryException):
        con.sql(query).to_arrow_reader(10_000).read_all()
    rows = duckdb_to_parquet(STAGE, query, tmp_path / "out.parquet", memory_limit="60MB", threads=1)

    assert rows == 2_000_000
    status = pq.read_table(tmp_path / "out.parquet", columns=["status"]).column("status")
    assert status.unique().to_pylist() == ["ok"]


def test_what_fails_midway_leaves_the_old_file_and_no_part(catalogue, tmp_path):
    target = tmp_path / "margins.parquet"
    target.write_bytes(b"old")
    with pytest.raises(InputError, match="unit_cost"):
        duckdb_to_parquet(STAGE, "select 1::bigint as sku, 5 as price", target)
    with pytest.raises(InputError, match="threads"):
        duckdb_to_parquet(STAGE, "select 1", target, threads=0)

    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["margins.parquet"]
