"""The same stage on a local Spark cluster by ``mapInArrow``: the rows of the plain loop.

``uv run --with "pyspark>=4,<5" --with "pandas>=2.2,<3" pytest -n0 -m heavy tests/frames/test_spark.py``; needs Java 17.
"""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shopcore.frames import CartQuotes, Reorder, Stage
from shopcore.inventory import Service
from shopcore.models import Money, Promotion
from shopcore.promotions.rules import PercentOff, SpendThreshold

# Spark opens sockets and processes that it closes at exit, and says that pandas 3 is new to it.
pytestmark = [pytest.mark.heavy, pytest.mark.filterwarnings("ignore")]
ROWS = 40_000
REORDER = Stage(Reorder(Service.cycle(0.95)), {"sku": "string"})
PROMOTIONS = (
    Promotion(promotion_id="sale", effect=PercentOff(percent="20%"), priority=2),
    Promotion(promotion_id="full", effect=SpendThreshold(threshold=Money(30000, "CNY"), amount=Money(4000, "CNY"))),
)
CARTS = Stage(CartQuotes(PROMOTIONS, "CNY"), {"cart": "int64"})


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql", reason="pyspark comes by --with")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[2]").appName("shopcore")
    for name, value in {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "7000",
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def both(spark, stage, table, tmp_path, key):
    pq.write_table(table, tmp_path / "in.parquet")
    spark.read.parquet(str(tmp_path / "in.parquet")).repartition(5).mapInArrow(stage, stage.output_ddl).write.parquet(
        str(tmp_path / "out")
    )
    loop = pa.Table.from_batches(list(stage(table.to_batches(max_chunksize=997))))
    return pq.read_table(tmp_path / "out").sort_by(key), loop.sort_by(key)


def test_reorder_advice_on_spark_is_that_of_the_plain_loop(spark, tmp_path):
    rng = np.random.default_rng(1)
    mean = rng.gamma(2.0, 3.0, ROWS)
    mean[::1000] = -1.0
    table = pa.table(
        {
            "sku": [f"S{n:06}" for n in range(ROWS)],
            "demand_mean": mean,
            "demand_sd": np.abs(mean) * rng.uniform(0.3, 1.2, ROWS),
            "lead_time": pa.array([None if n % 997 == 0 else float(n % 30) for n in range(ROWS)]),
            "on_hand": rng.integers(0, 200, ROWS).astype(np.float64),
        }
    )
    found, loop = both(spark, REORDER, table, tmp_path, "sku")

    assert found.num_rows == ROWS
    assert found.column_names == loop.column_names
    assert found.to_pydict() == loop.to_pydict()
    assert set(found.column("status").unique().to_pylist()) == {"ok", "demand_mean:range", "lead_time:missing"}


def test_carts_with_lists_of_lines_on_spark_are_those_of_the_plain_loop(spark, tmp_path):
    lines = [[{"sku": "TEA", "quantity": n % 4, "unit_price": 4900 + n}] * (n % 3 > 0) for n in range(2_000)]
    kind = pa.list_(pa.struct([("sku", pa.string()), ("quantity", pa.int64()), ("unit_price", pa.int64())]))
    table = pa.table({"cart": pa.array(range(2_000), pa.int64()), "lines": pa.array(lines, kind)})
    found, loop = both(spark, CARTS, table, tmp_path, "cart")

    assert found.to_pydict() == loop.to_pydict()
    assert set(found.column("status").unique().to_pylist()) == {"ok", "quantity:greater_than_equal"}
