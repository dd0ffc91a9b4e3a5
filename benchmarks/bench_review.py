"""Seconds and peak memory of `shopcore review` on the UCI Online Retail export: 541,909 lines, one process.

Run: ``python benchmarks/bench_review.py [ORDERS.csv.gz]``. The bound is 60 s and 1.5 GB on two cores.
Beside it, in the same run, what reading and storing the same rows costs with nothing but the standard library: the
csv module, Decimal per line and sqlite3.
"""

import csv
import gzip
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

FILE = Path(os.environ.get("SHOPCORE_DATA") or Path(__file__).parents[2] / "shared" / "data") / "online_retail.csv.gz"


def review(orders: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "shopcore",
        "review",
        str(orders),
        "--currency",
        "GBP",
        "--preset",
        "online-retail",
    ]
    with tempfile.TemporaryDirectory() as folder:
        for run in ("first run", "second run, nothing to store"):
            began = time.perf_counter()
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([*command, "--out", folder], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            peak = after.ru_maxrss / 1024
            print(f"{run:32s} {time.perf_counter() - began:6.1f} s ({cpu:.1f} s of CPU), peak {peak:.0f} MB")


def plain(orders: Path) -> None:
    began = time.process_time()
    cent, revenue = Decimal("0.01"), Decimal(0)
    with tempfile.TemporaryDirectory() as folder, gzip.open(orders, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        names = ", ".join(next(rows))
        kept = []
        for row in rows:
            if not row[0].startswith("A"):
                revenue += (int(row[3]) * Decimal(row[5])).quantize(cent, ROUND_HALF_UP)
                kept.append(row)
        connection = sqlite3.connect(Path(folder, "plain.db"))
        with connection:
            connection.execute(f"CREATE TABLE lines ({names})")
            marks = ", ".join("?" * len(kept[0]))
            connection.executemany(f"INSERT INTO lines VALUES ({marks})", kept)  # noqa: S608  # question marks only
        connection.close()
    print(f"{'csv, Decimal and sqlite3 alone':32s} {time.process_time() - began:6.1f} s of CPU, revenue {revenue}")


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    review(file)
    plain(file)
