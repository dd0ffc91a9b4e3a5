"""Inventory: arrays beside plain numpy and scipy, scalars beside stockpyl, and achieved service on real data.

python benchmarks/bench_inventory.py             ratios of one run; stockpyl where it is installed
python benchmarks/bench_inventory.py service     the table of achieved service on online_retail (SHOPCORE_DATA)
"""

import csv
import gzip
import importlib
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import numpy as np
from scipy import special

from shopcore import inventory as inv
from shopcore.inventory import Costs, Demand, LeadTime, Service

SKUS = 1_000_000
ROUNDS = 5


def best(*calls, rounds=ROUNDS):
    """Return the best CPU time of each call in ms; rounds are interleaved, so that a busy host slows all alike."""
    found = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            start = time.process_time()
            call()
            found[place] = min(found[place], 1e3 * (time.process_time() - start))
    return found


def show(name, ours, plain=None, other="plain"):
    ratio = "" if plain is None else f"   {other} {plain:9.3f} ms   ours / {other} {ours / plain:.3f}"
    print(f"{name:38s} {ours:9.3f} ms{ratio}")


def arrays():
    rng = np.random.default_rng(1)
    mean, lead, level = rng.uniform(1, 50, SKUS), rng.uniform(1, 20, SKUS), rng.uniform(0.8, 0.99, SKUS)
    sd, lead_sd, quantity = 0.4 * mean, 0.2 * lead, 10 * mean
    time_, service = LeadTime(lead, lead_sd), Service.cycle(level)

    def ours(kind, spread, asked=service, **more):
        demand = Demand(mean, spread, kind)
        return lambda: inv.reorder_point(demand, time_, asked, **more).reorder_point

    def plain():
        return mean * lead + special.ndtri(level) * np.sqrt(lead * sd**2 + mean**2 * lead_sd**2)

    normal, floor = best(ours("normal", sd), plain)
    show("reorder point, normal", normal, floor)
    total = lead * sd**2 + mean**2 * lead_sd**2
    shape, scale = (mean * lead) ** 2 / total, total / (mean * lead)
    gamma, floor = best(ours("gamma", sd), lambda: special.gammaincinv(shape, level) * scale, rounds=2)
    show("reorder point, gamma", gamma, floor)
    fill, poisson, negative = best(
        ours("normal", sd, Service.fill(level), order_quantity=quantity),
        ours("poisson", np.sqrt(mean)),
        ours("negative_binomial", 2 * np.sqrt(mean)),
        rounds=2,
    )
    show("fill rate, normal", fill)
    show("reorder point, Poisson", poisson)
    show("reorder point, negative binomial", negative)


def demand_and_simulation():
    rng = np.random.default_rng(2)
    series = np.where(rng.random((10_000, 104)) < 0.3, rng.integers(1, 9, (10_000, 104)), 0).astype(float)
    one, two = best(lambda: inv.croston(series, variant="sba"), lambda: inv.tsb(series))
    show("SBA, 10,000 x 104", one)
    show("TSB, 10,000 x 104", two)
    paths = rng.poisson(5, (10_000, 365)).astype(float)
    (play,) = best(lambda: inv.simulate(inv.ReorderQuantity(20.0, 50.0), paths, LeadTime(3)), rounds=3)
    show("simulation, 10,000 x 365", play)
    needs = rng.integers(0, 50, (10_000, 52)).astype(float)
    (plan,) = best(lambda: inv.wagner_whitin(needs, fixed_cost=100, holding_cost=1), rounds=1)
    show("Wagner-Whitin, 10,000 x 52", plan)


def peer(name):
    try:
        return importlib.import_module(f"stockpyl.{name}")
    except ImportError:
        return None


def many(call, times):
    return lambda: [call() for _ in range(times)]


def scalars():
    costs, unit = Costs(order=8, holding=0.225, shortage_per_unit_time=7.5), Costs(holding=0.18, shortage_per_unit=0.7)
    counts = Costs(order=64, holding=1, shortage_per_unit_time=9)
    rq = Costs(order=1, holding=10, shortage_per_unit_time=25)
    normal, poisson, fifty = (
        Demand(50.0, 8.0, "normal"),
        Demand(25.0, distribution="poisson"),
        Demand(50.0, distribution="poisson"),
    )
    lead = LeadTime(1.0)
    rows = (
        ("EOQ", lambda: inv.economic_order_quantity(1300.0, costs), 1000, "eoq",
         lambda m: m.economic_order_quantity(8, 0.225, 1300)),
        ("newsvendor, normal", lambda: inv.newsvendor(normal, unit), 1000, "newsvendor",
         lambda m: m.newsvendor_normal(0.18, 0.7, 50, 8)),
        ("reorder point, one SKU", lambda: inv.reorder_point(normal, lead, Service.cycle(0.95)), 1000, None, None),
        ("(r, Q) exact, Poisson", lambda: inv.optimal_rq(fifty, lead, rq), 50, "rq",
         lambda m: m.r_q_poisson_exact(10, 25, 1, 50, 1)),
        ("(s, S) exact, Poisson mean 25", lambda: inv.optimal_ss(poisson, counts), 10, "ss",
         lambda m: m.s_s_discrete_exact(1, 9, 64, use_poisson=True, demand_mean=25)),
    )  # fmt: skip
    for name, call, times, module, theirs in rows:
        found = None if module is None else peer(module)
        if found is None:
            (took,) = best(many(call, times), rounds=3)
            show(f"{name}, one call", took / times)
            continue
        took, other = best(many(call, times), many(lambda f=theirs, m=found: f(m), max(times // 10, 1)), rounds=2)
        show(f"{name}, one call", took / times, other / max(times // 10, 1), "stockpyl")
    if peer("eoq") is None:
        print("stockpyl is not installed: no peer's times")


def weekly():
    """Return units by SKU and week of online_retail: cancellations and non-goods left out."""
    path = Path(os.environ.get("SHOPCORE_DATA", "../shared/data")) / "online_retail.csv.gz"
    units = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sku, quantity = row["StockCode"], int(float(row["Quantity"]))
            if quantity <= 0 or row["InvoiceNo"].startswith("C") or not sku[:5].isdigit():
                continue
            week = (when(row["InvoiceDate"]) - datetime(2010, 12, 1)).days // 7  # noqa: DTZ001  # local wall time
            units.setdefault(sku, {}).setdefault(week, 0)
            units[sku][week] += quantity
    last = max(week for weeks in units.values() for week in weeks)
    table = np.zeros((len(units), last))
    for row, weeks in enumerate(units.values()):
        for week, quantity in weeks.items():
            if week < last:
                table[row, week] += quantity
    # Items that sold in at least ten weeks of the fitted part, so that there is something to fit.
    return table[(table[:, :36] > 0).sum(axis=1) >= 10]


def when(text):
    for form in ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%y %H:%M"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  # local wall time
        except ValueError:
            continue
    return datetime.fromisoformat(text)


def service():
    sales = weekly()
    found = inv.backtest(sales, lead_time=2, train=36)
    print(f"{found.skus} SKUs, {found.windows} windows of 2 weeks after 36 weeks of history")
    print("| target | method | cycles without stock-out | units covered | mean reorder point |")
    print("| --- | --- | --- | --- | --- |")
    for line in found.lines:
        print(
            f"| {line.target:.0%} | {line.method} | {line.cycle_service:.1%} | {line.units_covered:.1%} | "
            f"{line.mean_level:.0f} |"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["service"]:
        service()
    else:
        arrays()
        demand_and_simulation()
        scalars()
