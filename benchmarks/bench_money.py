"""Money beside py-moneyed, in one run: interleaved, best of many, nanoseconds of CPU.

python benchmarks/bench_money.py
"""

import time
import timeit
from decimal import Decimal

import moneyed
from pydantic import TypeAdapter

from shopcore.errors import InputError
from shopcore.models import Money

ROUNDS, CALLS = 60, 2_000
OURS, THEIRS = Money(1999, "CNY"), moneyed.Money("19.99", "CNY")
READER = TypeAdapter(Money)
JSON = READER.dump_json(OURS)
HOSTILE = ("1e1000000", "NaN", "1_000", "１２", "٣", "9" * 5_000, "-0", " 5 ", "+5")


def best(*calls):
    """Return the best time of each call in ns; rounds are interleaved, so that a busy host slows all alike."""
    found = [float("inf")] * len(calls)
    for _ in range(ROUNDS):
        for place, call in enumerate(calls):
            took = timeit.timeit(call, number=CALLS, timer=time.process_time) / CALLS * 1e9
            found[place] = min(found[place], took)
    return found


def refuse_all():
    for text in HOSTILE:
        try:
            Money.parse(text, "CNY")
        except InputError:
            continue
        raise AssertionError(text)


def main():
    empty, *rest = best(
        lambda: None,
        lambda: OURS + OURS,
        lambda: THEIRS + THEIRS,
        lambda: Money(1999, "CNY"),
        lambda: moneyed.Money("19.99", "CNY"),
        lambda: OURS * 3,
        lambda: THEIRS * 3,
        lambda: OURS < OURS,
        lambda: THEIRS < THEIRS,
        lambda: OURS.allocate([1, 2, 3, 4, 5, 6, 7, 8]),
        lambda: OURS.times("2.9%"),
        lambda: (THEIRS * Decimal("0.029")).round(2),
        lambda: READER.dump_json(OURS),
        lambda: READER.validate_json(JSON),
        refuse_all,
    )
    add, add_peer, make, make_peer, mul, mul_peer, less, less_peer, share, times, times_peer, out, read, hostile = [
        value - empty for value in rest
    ]
    print(f"{'':22}{'shopcore':>10}{'py-moneyed':>12}{'ratio':>8}")
    for name, ours, theirs in (
        ("add", add, add_peer),
        ("construct", make, make_peer),
        ("times a whole number", mul, mul_peer),
        ("less than", less, less_peer),
        ("2.9 %, rounded", times, times_peer),
    ):
        print(f"{name:22}{ours:8.0f}ns{theirs:10.0f}ns{ours / theirs:8.2f}")
    print(f"{'allocate over 8':22}{share:8.0f}ns{'none':>12}")
    print(f"{'JSON out / in':22}{out:8.0f}ns{read:10.0f}ns")
    print(f"{'hostile text, each':22}{hostile / len(HOSTILE):8.0f}ns")


if __name__ == "__main__":
    main()
