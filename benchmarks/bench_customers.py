"""Customer models beside lifetimes 0.11.3 on the same data in one run, and RFM beside pandas where it is there.

CDNOW is taken from the shared data if it is there, otherwise customers are drawn.
"""

import os
import time
import tracemalloc
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from shopcore import customers

warnings.simplefilter("ignore")
DATA = Path(os.environ.get("SHOPCORE_DATA") or Path(__file__).parents[2] / "shared" / "data")


def cpu(function: Callable[[], Any], repeats: int = 3) -> float:
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        function()
        best = min(best, time.process_time() - start)
    return best


def peak(function: Callable[[], Any]) -> float:
    tracemalloc.start()
    function()
    found = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return found


def cdnow() -> Any:
    columns = np.loadtxt(DATA / "cdnow_sample.txt", dtype=str).T
    days = [f"{text[:4]}-{text[4:6]}-{text[6:]}" for text in columns[2]]
    return customers.purchase_history(columns[1].astype(int), days, end="1997-09-30", spend=columns[4].astype(float))


def drawn(size: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(7)
    rate, leaving = rng.gamma(0.243, 1 / 4.414, size), rng.beta(0.793, 2.426, size)
    age = np.round(rng.uniform(27, 39, size) * 7) / 7
    orders, recency, time = np.zeros(size, dtype=np.int64), np.zeros(size), np.zeros(size)
    going = np.ones(size, dtype=bool)
    while going.any():
        time[going] += rng.exponential(1.0, int(going.sum())) / np.maximum(rate[going], 1e-12)
        going &= time <= age
        orders[going] += 1
        recency[going] = time[going]
        going &= rng.random(size) >= leaving
    return orders, np.minimum(np.round(recency * 7) / 7, age), age


def show(task: str, ours: float, peer: float | None) -> None:
    ratio = "" if peer is None else f"{peer:10.3f} s {peer / ours:8.1f} x"
    print(f"{task:44}{ours:10.4f} s{ratio}")


def models() -> None:
    history = cdnow()
    x, t, age, spend = history.orders, history.recency, history.age, history.mean_spend
    sets: list[tuple[str, Any]] = [("2,357 CDNOW", (x, t, age, spend))]
    for size in (100_000, 1_000_000):
        sets.append((f"{size:,} CDNOW again", tuple(np.resize(column, size) for column in (x, t, age, spend))))
        sets.append((f"{size:,} drawn", (*drawn(size), None)))
    for name, (orders, recency, until, paid) in sets:
        ours = cpu(lambda: customers.fit_bg_nbd(orders, recency, until), 5)  # noqa: B023  # called at once
        show(f"BG/NBD fit, errors, {name}", ours, peer("BetaGeoFitter", orders, recency, until))
        if len(orders) <= 100_000:
            ours = cpu(lambda: customers.fit_pareto_nbd(orders, recency, until))  # noqa: B023
            show(f"Pareto/NBD fit, {name}", ours, peer("ParetoNBDFitter", orders, recency, until))
        if paid is not None:
            keep = orders > 0
            ours = cpu(lambda: customers.fit_gamma_gamma(orders, paid), 5)  # noqa: B023
            show(f"Gamma-Gamma fit, {name}", ours, peer("GammaGammaFitter", orders[keep], paid[keep]))
    orders, recency, until, _ = sets[-1][1]
    above = peak(lambda: customers.fit_bg_nbd(orders, recency, until))
    print(f"peak of the fit above the data, 1,000,000: {above:.0f} MB")
    for name, (*columns, _) in (sets[-2], sets[-1]):
        forecasts(name, *columns)


def forecasts(name: str, *columns: Any) -> None:
    model = customers.BgNbd(0.243, 4.414, 0.793, 2.426)
    month = customers.days_in("month") / customers.days_in("week")
    year = partial(customers.discounted_orders, model, *columns, step=month, steps=12, discount_rate=0.01)
    show(f"12 months discounted, {name}", cpu(year), None)
    show(f"expected orders, {name}", cpu(partial(customers.expected_orders, model, *columns, horizon=39)), None)


def peer(kind: str, *columns: Any) -> float | None:
    try:
        import lifetimes
    except ImportError:
        return None
    try:
        return cpu(lambda: getattr(lifetimes, kind)().fit(*columns), 1)
    except Exception as error:  # noqa: BLE001  # the peer raises on data it cannot fit
        print(f"  lifetimes {kind}: {type(error).__name__}")
        return None


def segments() -> None:
    rng = np.random.default_rng(1)
    size = 1_000_000
    who, day, paid = rng.integers(0, 200_000, size), rng.integers(0, 730, size), rng.gamma(2.0, 50.0, size)
    show(
        "RFM, 1,000,000 rows, 200,000 customers",
        cpu(lambda: customers.rfm(who, day, paid, end=729), 5),
        by_frames(who, day, paid),
    )


def by_frames(who: Any, day: Any, paid: Any) -> float | None:
    try:
        import pandas as pd
    except ImportError:
        return None
    frame = pd.DataFrame({"who": who, "day": day, "paid": paid})

    def run() -> None:
        found = frame.groupby("who").agg(last=("day", "max"), orders=("day", "size"), paid=("paid", "sum"))
        for name in ("last", "orders", "paid"):
            pd.qcut(found[name].rank(method="first"), 5, labels=False)

    return cpu(run)


if __name__ == "__main__":
    segments()
    models()
