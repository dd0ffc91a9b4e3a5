"""The waterfall and the solver: exact integers beside rounded floats and Decimals, columns beside a loop, in one run.

python benchmarks/bench_pricing.py
"""

import time
import timeit
import tracemalloc
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from shopcore.models import Money
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Fixed,
    Freight,
    FreightTemplate,
    Item,
    PaymentFee,
    Percent,
    PriceEnding,
    ReturnLoss,
    Target,
    Tax,
    arrays,
    break_even,
    price_for,
    waterfall,
)

ROWS, SOLVED, LOOPED, BLOCK = 1_000_000, 200_000, 3_000, 32_768


def cny(minor):
    return Money(minor, "CNY")


BANDS = [Band(up_to=cny(5000), rate="8%"), Band(up_to=None, rate="5%")]
TEMPLATE = FreightTemplate(first_weight=1000, first_fee=cny(500), step_weight=1000, step_fee=cny(100), divisor=6000)
# Goods, ten fees and the tax: twelve components.
TABLE = FeeTable(
    name="platform",
    currency="CNY",
    valid_from=date(2026, 1, 1),
    tax=Tax(rate="13%"),
    fees=[
        Percent(name="promotion", level="cm3", rate="8%"),
        Commission(name="commission", bands=BANDS, minimum=cny(30)),
        PaymentFee(name="payment", rate="0.6%", fixed=cny(10)),
        Freight(name="freight", template=TEMPLATE),
        Fixed(name="packaging", level="cm2", amount=cny(80)),
        ReturnLoss(name="returns", rate="8%", freight=cny(1600), loss_share="30%"),
        Percent(name="advertising", level="cm3", rate="10%"),
        Fixed(name="storage", level="cm2", amount=cny(45)),
        Percent(name="overhead", level="overhead", rate="3%", base="net"),
        Percent(name="drop-ship share", level="cm2", rate="2%", base="net"),
    ],
)
TARGET = Target.margin("12%")


def best(*calls, rounds=7, number=1):
    """Return the best CPU time of each call in seconds; rounds are interleaved, so a busy host slows all alike."""
    found = [float("inf")] * len(calls)
    for _ in range(rounds):
        for place, call in enumerate(calls):
            took = timeit.timeit(call, number=number, timer=time.process_time) / number
            found[place] = min(found[place], took)
    return found


def half_up(values):
    return np.floor(values + 0.5)


def float_waterfall(price, cost, weight, volume):
    """The same twelve components in rounded float64, by blocks, every column kept."""
    columns = np.empty((10, len(price)))
    for start in range(0, len(price), BLOCK):
        at = slice(start, start + BLOCK)
        gross, goods = price[at], cost[at]
        net = half_up(gross / 1.13)
        columns[0, at] = net
        columns[1, at] = half_up(gross * 0.08)
        columns[2, at] = np.maximum(half_up(gross * np.where(gross <= 5000, 0.08, 0.05)), 30)
        columns[3, at] = half_up(gross * 0.006) + 10
        billable = np.maximum(weight[at], np.ceil(volume[at] / 6000))
        columns[4, at] = 500 + 100 * np.maximum(np.ceil((billable - 1000) / 1000), 0)
        columns[5, at] = half_up(0.08 * (1600 + 0.3 * goods))
        columns[6, at] = half_up(gross * 0.10)
        columns[7, at] = half_up(net * 0.03)
        columns[8, at] = half_up(net * 0.02)
        columns[9, at] = net - goods - columns[1:9, at].sum(axis=0) - 80 - 45
    return columns


def decimal_waterfall(price, cost, weight, volume):
    """One sale in Decimal objects, each line rounded half up; the profit."""

    def cents(value):
        return value.quantize(Decimal("0.01"), ROUND_HALF_UP)

    gross, goods = Decimal(price) / 100, Decimal(cost) / 100
    net = cents(gross / Decimal("1.13"))
    billable = max(weight, -(-volume // 6000))
    lines = (
        goods,
        cents(gross * Decimal("0.08")),
        max(cents(gross * (Decimal("0.08") if gross <= 50 else Decimal("0.05"))), Decimal("0.30")),
        cents(gross * Decimal("0.006")) + Decimal("0.10"),
        Decimal("5.00") + max(0, -(-(billable - 1000) // 1000)),
        Decimal("0.80"),
        cents(Decimal("0.08") * (16 + Decimal("0.3") * goods)),
        cents(gross * Decimal("0.10")),
        Decimal("0.45"),
        cents(net * Decimal("0.03")),
        cents(net * Decimal("0.02")),
    )
    return net - sum(lines)


def catalogue(count):
    rng = np.random.default_rng(7)
    price = rng.integers(3000, 60_000, count)
    return price, price // 4, rng.integers(100, 5000, count), rng.integers(10**5, 10**7, count)


def waterfalls():
    price, cost, weight, volume = catalogue(ROWS)
    items = arrays.Items(unit_cost=cost, weight=weight, volume=volume)
    rows = list(zip(*(column[:LOOPED].tolist() for column in (price, cost, weight, volume)), strict=True))
    floats = [column.astype(float) for column in (price, cost, weight, volume)]
    exact, rounded = best(lambda: arrays.waterfall(price, TABLE, items), lambda: float_waterfall(*floats), rounds=9)
    (objects,) = best(lambda: [decimal_waterfall(*row) for row in rows], rounds=3)
    found = arrays.waterfall(price, TABLE, items)
    assert [int(p * 100) for p in (decimal_waterfall(*row) for row in rows)] == found.profit[:LOOPED].tolist()
    wrong = int((float_waterfall(*floats)[9] != found.profit).sum())
    del found
    tracemalloc.start()
    kept = arrays.waterfall(price, TABLE, items)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    del kept
    decimals = objects / LOOPED * ROWS
    print(f"waterfall of {ROWS:,} SKUs x 12 components: exact {exact * 1e3:.0f} ms, peak {peak:.0f} MiB")
    print(
        f"  {exact / rounded:.2f} x rounded float64 (wrong for {wrong} SKUs), {decimals / exact:.0f} x Decimal's speed"
    )


def formula(cost, weight):
    """The usual formula in floats: all costs over what a net margin of 12 % leaves of the price, rounded up."""
    freight = 500 + 100 * np.maximum(np.ceil((weight - 1000) / 1000), 0)
    still = cost + freight + 80 + 45 + 10 + 0.08 * (1600 + 0.3 * cost)
    left = (1 - 0.03 - 0.02 - 0.12) / 1.13 - 0.08 - 0.05 - 0.006 - 0.10
    return np.ceil(still / left).astype(np.int64)


def solutions():
    _, cost, weight, _ = catalogue(SOLVED)
    items = arrays.Items(unit_cost=cost, weight=weight)
    plain, ending = best(
        lambda: arrays.price_for(TARGET, TABLE, items),
        lambda: arrays.price_for(TARGET, TABLE, items, endings=PriceEnding(100, (90, 99))),
        rounds=5,
    )
    found = arrays.price_for(TARGET, TABLE, items)
    rows = [Item(cny(c), weight=w) for c, w in zip(cost[:LOOPED].tolist(), weight[:LOOPED].tolist(), strict=True)]
    one_by_one = [price_for(TARGET, TABLE, item) for item in rows]
    assert [one.smallest.minor for one in one_by_one] == found.smallest[:LOOPED].tolist()
    assert [one.stable.minor for one in one_by_one] == found.stable[:LOOPED].tolist()
    print(
        f"price_for, {SOLVED:,} SKUs: {plain / SOLVED * 1e6:.2f} us each, {ending / SOLVED * 1e6:.2f} us with endings"
    )
    guess = formula(cost, weight)
    sale = arrays.waterfall(guess, TABLE, items)
    short = 100 * sale.profit < 12 * sale.net
    dearer = ~short & (guess > found.smallest)
    print(f"  the formula in floats: {short.mean():.1%} miss the target, {dearer.mean():.1%} are dearer than needed")


def one_sale():
    item, price = Item(cny(2350), weight=1300, size=(300, 200, 100)), cny(9990)
    numbers = (9990, 2350, 1300, 6_000_000)
    drawn, solved, decimals = best(
        lambda: waterfall(price, TABLE, item),
        lambda: price_for(TARGET, TABLE, item),
        lambda: decimal_waterfall(*numbers),
        rounds=30,
        number=300,
    )
    print(f"one waterfall {drawn * 1e6:.1f} us (the profit alone in Decimals {decimals * 1e6:.1f} us)")
    print(f"one price_for {solved * 1e6:.1f} us = {solved / drawn:.1f} waterfalls")


def break_evens():
    price, cost, weight, _ = catalogue(SOLVED)
    items = arrays.Items(unit_cost=cost, weight=weight)
    rows = [Item(cny(c), weight=w) for c, w in zip(cost[:LOOPED].tolist(), weight[:LOOPED].tolist(), strict=True)]
    prices = [cny(minor) for minor in price[:LOOPED].tolist()]
    whole, looped = best(
        lambda: arrays.break_even(price, TABLE, items),
        lambda: [break_even(one, TABLE, item) for one, item in zip(prices, rows, strict=True)],
        rounds=3,
    )
    each, alone = whole / SOLVED, looped / LOOPED
    print(f"break_even, {SOLVED:,} SKUs: {each * 1e6:.2f} us each, {alone / each:.0f} times faster than one by one")


if __name__ == "__main__":
    one_sale()
    waterfalls()
    solutions()
    break_evens()
