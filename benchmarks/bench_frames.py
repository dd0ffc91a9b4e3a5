"""Frames and batches: what a call costs over bare arrays, carts a second, and rows of Parquet out of core.

``python benchmarks/bench_frames.py`` prints the first two; ``--rows 20000000`` makes a Parquet file in a temporary
folder, runs reorder advice over it by a plain pyarrow loop and through DuckDB, each in a process of its own, and
removes it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from shopcore.customers import BgNbd, RfmCuts
from shopcore.frames import (
    CartQuotes,
    ChannelRatios,
    LifetimeValues,
    Margins,
    Reorder,
    RfmScores,
    Stage,
    _columns,
    _question,
    duckdb_to_parquet,
)
from shopcore.inventory import Service
from shopcore.models import Money, Promotion
from shopcore.pricing import FeeTable, Percent
from shopcore.promotions.rules import AmountOff, PercentOff, SpendThreshold

MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
FEES = FeeTable(
    name="shop",
    currency="CNY",
    valid_from=date(2026, 1, 1),
    fees=[Percent(name="commission", level="cm2", rate="5%")],
)
FACTS = ("impressions", "clicks", "visitors", "buyers", "orders", "revenue", "spend")
STAGE = Stage(Reorder(Service.cycle(0.95)), {"location": "int64"})
BATCH = 131_072


def least(function: Callable[[], Any], repeats: int = 200) -> float:
    function()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times) * 1e3


def questions() -> dict[str, tuple[Any, dict[str, Any]]]:
    size = 1_000
    stock = {"demand_mean": [2.0] * size, "demand_sd": [1.0] * size, "lead_time": [7.0] * size, "on_hand": [3.0] * size}
    history = {"orders": [2] * size, "recency": [3.0] * size, "age": [4.0] * size}
    return {
        "margins": (Margins(FEES), {"price": [9990] * size, "unit_cost": [300] * size}),
        "reorder advice": (Reorder(Service.cycle(0.95)), stock),
        "RFM scores": (
            RfmScores(RfmCuts((90, 30), (2, 4), (900, 1000))),
            {"recency": [3] * size, "frequency": [4] * size, "monetary": [400] * size},
        ),
        "lifetime value": (LifetimeValues(BgNbd(0.243, 4.4, 0.79, 2.4), 100.0, horizon=12), history),
        "channel ratios": (ChannelRatios(), {name: [100] * size for name in FACTS}),
    }


def overhead() -> None:
    print("ms a call of 1,000 rows: bare arrays, whole, what the frame adds")
    for name, (question, columns) in questions().items():
        for library, make in MAKERS.items():
            frame = make(columns)
            arrays = _columns.read(_columns.eager(frame), question.inputs, {}, question.currency)
            bare = least(lambda question=question, arrays=arrays: question.answer(arrays))
            whole = least(lambda question=question, frame=frame: _question.ask(frame, question, None, ""))
            print(f"  {name:15} {library:8} {bare:7.2f} {whole:7.2f} {whole - bare:7.2f}")


def carts() -> None:
    rng = np.random.default_rng(5)
    rows = [
        [
            {"sku": f"S{int(n)}", "quantity": int(1 + n % 3), "unit_price": int(500 + 37 * n)}
            for n in rng.integers(0, 300, rng.integers(1, 11))
        ]
        for _ in range(2_000)
    ]
    promotions = [
        Promotion(promotion_id="ten", effect=PercentOff(percent="10%"), priority=3),
        Promotion(promotion_id="full", effect=SpendThreshold(threshold=Money(30000, "CNY"), amount=Money(4000, "CNY"))),
        Promotion(promotion_id="more", effect=SpendThreshold(threshold=Money(60000, "CNY"), amount=Money(9000, "CNY"))),
        Promotion(promotion_id="code", effect=AmountOff(amount=Money(500, "CNY")), code="FIVE"),
        Promotion(promotion_id="late", effect=PercentOff(percent="5%"), code="LATE"),
    ]
    stage = Stage(CartQuotes(promotions, "CNY"), {"cart": "int64"})
    batch = pa.record_batch({"cart": range(len(rows)), "lines": rows})
    ms = least(lambda: stage.one(batch), 3)
    lines = sum(map(len, rows)) / len(rows)
    print(f"carts of {lines:.1f} lines, 5 promotions: {len(rows) / ms * 1e3:,.0f} a second of one core")


def make(path: Path, rows: int) -> None:
    rng, writer = np.random.default_rng(1), None
    for start in range(0, rows, 250_000):
        size = min(250_000, rows - start)
        mean = rng.gamma(2.0, 3.0, size)
        table = pa.table(
            {
                "location": np.arange(start, start + size),
                "demand_mean": mean,
                "demand_sd": mean * rng.uniform(0.3, 1.2, size),
                "lead_time": rng.integers(1, 30, size).astype(np.float64),
                "lead_time_sd": rng.uniform(0.0, 3.0, size),
                "on_hand": rng.integers(0, 200, size).astype(np.float64),
                "on_order": rng.integers(0, 50, size).astype(np.float64),
                "lot": rng.integers(10, 100, size).astype(np.float64),
                "pack": rng.choice([1.0, 6.0, 12.0, 24.0], size),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def run(way: str, source: Path, target: Path) -> None:
    start, cpu = time.perf_counter(), time.process_time()
    if way == "pyarrow":
        with pq.ParquetWriter(target, STAGE.output_schema, compression="zstd") as writer:
            for batch in STAGE(pq.ParquetFile(source).iter_batches(BATCH)):
                writer.write_batch(batch)
    else:
        duckdb_to_parquet(STAGE, "select * from read_parquet(?)", target, parameters=[str(source)], batch_rows=BATCH)
    peak = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    wall, used = time.perf_counter() - start, time.process_time() - cpu
    rows = pq.ParquetFile(target).metadata.num_rows
    due = pa.compute.sum(pq.read_table(target, columns=["order_quantity"])["order_quantity"]).as_py()
    print(f"  {way:8} {rows:,} rows, {wall:.1f} s, {used:.1f} s of CPU, peak {int(peak) / 1e3:,.0f} MB, sum {due:,.0f}")


def out_of_core(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "stock.parquet"
        make(source, rows)
        print(f"reorder advice for {rows:,} rows from {source.stat().st_size / 1e6:,.0f} MB of Parquet", flush=True)
        for way in ("pyarrow", "duckdb"):
            target = source.with_name(f"{way}.parquet")
            subprocess.run([sys.executable, __file__, "--way", way, str(source), str(target)], check=True)  # noqa: S603  # itself
            target.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--way", nargs=3)
    asked = parser.parse_args()
    if asked.way:
        run(asked.way[0], Path(asked.way[1]), Path(asked.way[2]))
    elif asked.rows:
        out_of_core(asked.rows)
    else:
        overhead()
        carts()
