"""Traffic beside its peers, in one run: attribution, tests, beliefs, budgets. CPU time, best of several.

``python benchmarks/bench_traffic.py``; the peers are statsmodels (z tests) and scipy's SLSQP (budgets).
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from shopcore import traffic
from shopcore._intervals import fieller, normal_quantile, wilson

ROWS = 1_000_000


def cpu(call: Callable[[], Any], repeats: int = 5) -> float:
    """Return the shortest CPU time of a call in seconds."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def attribution() -> None:
    """Rules and chains over a million coded journeys."""
    rng = np.random.default_rng(1)
    lengths = rng.poisson(3, ROWS) + 1
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    codes, sold = rng.integers(0, 12, offsets[-1]), (rng.random(ROWS) < 0.1).astype(float)
    names = [f"c{i}" for i in range(12)]
    source = traffic.journeys(codes, offsets, channels=names, conversions=sold, nulls=1 - sold)
    markov = cpu(lambda: traffic.markov_credit(source))
    plain = cpu(lambda: np.bincount(codes[:-1] * 12 + codes[1:]), 3)
    print(f"Markov, order 1, {codes.size:,} touches: {markov:.3f} s, {markov / plain:.1f} x one count of all pairs")
    found = traffic.markov_credit(source)
    print(f"  its conversion rate less the share that converted: {found.conversion_rate - sold.mean():.1e}")
    print(f"  order 2: {cpu(lambda: traffic.markov_credit(source, order=2), 2):.2f} s")
    rules = ("first_touch_credit", "last_touch_credit", "linear_credit", "position_credit", "shapley_credit")
    print(
        "  " + ", ".join(f"{rule} {cpu(lambda r=rule: getattr(traffic, r)(source), 3) * 1e3:.0f} ms" for rule in rules)
    )


def tests() -> None:
    """A million z tests beside statsmodels, and beliefs by row."""
    rng = np.random.default_rng(2)
    n_a, n_b = rng.integers(1000, 5000, ROWS), rng.integers(1000, 5000, ROWS)
    a, b = rng.binomial(n_a, 0.03), rng.binomial(n_b, 0.033)
    ours = cpu(lambda: traffic.proportion_tests(a, n_a, b, n_b))
    print(f"z tests, {ROWS:,} pairs: {ours:.3f} s")
    try:
        from statsmodels.stats.proportion import proportions_ztest
    except ImportError:
        print("  statsmodels is not installed: no peer")
    else:
        rows = list(zip(a[:300].tolist(), n_a[:300].tolist(), b[:300].tolist(), n_b[:300].tolist(), strict=True))
        peer = cpu(lambda: [proportions_ztest([s, u], [t, v]) for s, t, u, v in rows]) / 300
        print(f"  statsmodels {peer * 1e6:.1f} us a test, {peer / (ours / ROWS):.0f} times ours")
    size = 20_000
    belief = cpu(lambda: traffic.bayesian_test(a[:size], n_a[:size], b[:size], n_b[:size]), 3) / size
    print(f"Bayesian test: {belief * 1e6:.1f} us a row")


def budgets() -> None:
    """Twenty Hill channels at four units of money, beside SLSQP as it comes."""
    from scipy.optimize import minimize

    tops, halves = np.linspace(0.2, 1.0, 20), np.geomspace(0.01, 0.3, 20)
    for unit in (1.0, 1e2, 1e4, 1e6):
        curves = {f"c{i}": traffic.HillCurve(t, h * unit) for i, (t, h) in enumerate(zip(tops, halves, strict=True))}

        def loss(x: Any, half: Any = halves * unit) -> float:
            return -float((tops / (1.0 + half / np.maximum(x, 1e-12))).sum())

        found = traffic.allocate(curves, unit)
        took = cpu(lambda c=curves, u=unit: traffic.allocate(c, u), 3)
        rule = {"type": "eq", "fun": lambda x, u=unit: x.sum() - u}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = minimize(loss, np.full(20, unit / 20), method="SLSQP", bounds=[(0, unit)] * 20, constraints=[rule])
        behind = 1.0 + peer.fun / found.response
        print(
            f"budget {unit:g}: {took * 1e3:.0f} ms, gap {found.gap_in_spend:.0e} of spend; "
            f"SLSQP success={peer.success} after {peer.nit} steps, {behind:.2%} behind"
        )


def coverage() -> None:
    """How often intervals hold the truth, on 50 settings of 20,000 draws."""
    rng = np.random.default_rng(3)
    worst = {"difference of shares": 0.0, "Fieller lift": 0.0, "Wilson": 0.0}
    critical = normal_quantile(0.95)
    for _ in range(50):
        n, p, q = int(rng.integers(4000, 20_000)), *rng.uniform(0.05, 0.3, 2)
        a, b = rng.binomial(n, p, 20_000), rng.binomial(n, q, 20_000)
        share, other = a / n, b / n
        se = np.sqrt(share * (1 - share) / n + other * (1 - other) / n)
        low, high = fieller(other, share, other * (1 - other) / n, share * (1 - share) / n, 0.0, critical=critical)
        ends = wilson(a, n)
        held = (
            np.mean(np.abs(other - share - (q - p)) <= critical * se),
            np.mean((low <= q / p) & (q / p <= high)),
            np.mean((ends[0] <= p) & (p <= ends[1])),
        )
        worst = {name: max(worst[name], abs(float(h) - 0.95)) for name, h in zip(worst, held, strict=True)}
    print("largest distance from 95 % on 50 settings: " + ", ".join(f"{k} {v:.2%}" for k, v in worst.items()))


if __name__ == "__main__":
    attribution()
    tests()
    budgets()
    coverage()
