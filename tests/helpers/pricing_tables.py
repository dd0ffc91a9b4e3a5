"""Random fee tables, items and targets of the pricing laws, and the answer by trying every price."""

import random
from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import strategies as st

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
    Region,
    ReturnLoss,
    Target,
    Tax,
    arrays,
    price_for,
    waterfall,
)

SEEDS = st.integers(0, 2**32)
CURRENCIES = ("CNY", "USD", "JPY", "KWD", "EUR")
ROUNDINGS = ("half_up", "half_up", "half_even", "half_down", "up", "down", "ceiling", "floor")


def random_rate(rng, top=300):
    return rng.choice((f"0.{rng.randrange(top):03d}", f"{rng.randrange(1, 30)}/{rng.randrange(100, 331)}"))


def random_commission(rng, money):
    edges = sorted(rng.sample(range(50, 6000), rng.randrange(3)))
    bands = [Band(up_to=money(edge), rate=random_rate(rng)) for edge in edges]
    low, high = sorted((rng.randrange(200), rng.randrange(100, 2000)))
    return Commission(
        name="commission",
        mode=rng.choice(("slab", "marginal")),
        base=rng.choice(("gross", "net")),
        per=rng.choice(("unit", "order")),
        bands=[*bands, Band(up_to=None, rate=random_rate(rng))],
        minimum=rng.choice((None, money(low))),
        cap=rng.choice((None, money(high))),
        rounding=rng.choice(ROUNDINGS),
    )


def random_freight(rng, money):
    template = FreightTemplate(
        first_weight=rng.choice((500, 1000)),
        first_fee=money(rng.randrange(800)),
        step_weight=rng.choice((100, 500, 1000)),
        step_fee=money(rng.randrange(200)),
        divisor=rng.choice((None, 5000, 6000)),
        regions=[Region(name="far", surcharge=money(300), step_surcharge=rng.choice((None, money(50))))],
    )
    return Freight(name="freight", template=template)


def random_table(rng):
    currency = rng.choice(CURRENCIES)

    def money(minor):
        return Money(minor, currency)

    choices = [
        random_commission(rng, money),
        PaymentFee(
            name="payment", rate=random_rate(rng, 40), fixed=money(rng.randrange(40)), rounding=rng.choice(ROUNDINGS)
        ),
        random_freight(rng, money),
        Fixed(name="packaging", level="cm2", amount=money(rng.randrange(90)), per=rng.choice(("unit", "order"))),
        ReturnLoss(
            name="returns",
            rate=random_rate(rng, 120),
            freight=money(rng.randrange(900)),
            loss_share=random_rate(rng, 900),
            basis=rng.choice(("kept", "shipped")),
        ),
        Percent(name="ads", level="cm3", rate=random_rate(rng, 150), rounding=rng.choice(ROUNDINGS)),
        Percent(name="overhead", level="overhead", rate=random_rate(rng, 80), base=rng.choice(("net", "cost"))),
        Percent(name="fuel", level="cm2", rate=random_rate(rng, 200), base="freight"),
    ]
    rng.shuffle(choices)
    tax = Tax(rate=rng.choice(("0", "0.13", "0.06", "0.2", "0.08875", "1/3")), included=rng.random() < 0.7)
    # Bands make the search hard: most tables have them.
    choices.sort(key=lambda fee: fee.kind != "commission" or rng.random() < 0.3)
    fees = choices[: rng.randrange(len(choices) + 1)]
    return FeeTable(name="shop", currency=currency, valid_from=date(2026, 1, 1), tax=tax, fees=fees)


def random_item(rng, currency, *, quantities=(1, 1, 1, 2, 3)):
    return Item(
        Money(rng.randrange(2500), currency),
        quantity=rng.choice(quantities),
        weight=rng.randrange(4000),
        size=rng.choice((None, (rng.randrange(1, 600), 200, 150))),
    )


def random_target(rng, currency):
    return rng.choice(
        (
            lambda: Target.profit(Money(rng.randrange(-50, 900), currency)),
            lambda: Target.margin(random_rate(rng, 400), plus=rng.choice((None, Money(rng.randrange(90), currency)))),
            lambda: Target.margin_on_gross(random_rate(rng, 300)),
            lambda: Target.markup(random_rate(rng, 900)),
            lambda: Target.roi(random_rate(rng, 400)),
        )
    )()


def random_endings(rng):
    return rng.choice(
        (
            None,
            None,
            PriceEnding(100, (99,)),
            PriceEnding(100, (90, 99)),
            PriceEnding(10, (8,)),
            PriceEnding(1000, (0, 95, 480)),
        )
    )


def hard_target(rng, table, item):
    """Half of the targets are met exactly at a price where a fee changes, or anywhere."""
    if rng.random() < 0.5:
        return random_target(rng, table.currency)
    bands = [band for fee in table.fees if fee.kind == "commission" for band in fee.bands[:-1]]
    edges = [band.up_to for band in bands] or [Money(rng.randrange(1, 3000), table.currency)]
    return Target.profit(waterfall(rng.choice(edges), table, item).profit)


def meets(target, sale):
    """The target in rational numbers, from its wording."""
    if target.kind == "profit":
        return sale.profit >= target.amount
    plus = 0 if target.amount is None else target.amount.minor
    costs = sum(line.amount.minor for line in sale.lines)
    of = {"margin": sale.net, "margin_on_gross": sale.gross, "markup": sale.line("goods")}
    base = costs if target.kind == "roi" else of[target.kind].minor
    return sale.profit.minor >= target.rate.as_fraction() * base + plus


def brute_force(target, table, item, endings, low, high):
    """Smallest and stable price by trying every allowed price."""
    smallest, stable = None, None
    for price in range(low, high + 1):
        if endings is not None and price % endings.modulus not in endings.residues:
            continue
        if meets(target, waterfall(Money(price, table.currency), table, item)):
            smallest = price if smallest is None else smallest
            stable = price if stable is None else stable
        else:
            stable = None
    return smallest, stable


def check_against_brute_force(seed, high):
    rng = random.Random(seed)
    table = random_table(rng)
    item = random_item(rng, table.currency)
    target, endings, low = hard_target(rng, table, item), random_endings(rng), rng.choice((1, 1, 700))
    limits = {"lo": Money(low, table.currency), "hi": Money(high, table.currency)}
    solution = price_for(target, table, item, endings=endings, **limits)
    found = tuple(None if price is None else price.minor for price in (solution.smallest, solution.stable))
    assert found == brute_force(target, table, item, endings, low, high)
    assert (solution.reason is None) == (solution.smallest is not None)
    return solution


def columns_of(items):
    return arrays.Items(
        unit_cost=np.array([item.unit_cost.minor for item in items]),
        quantity=np.array([item.quantity for item in items]),
        weight=np.array([item.weight for item in items]),
        volume=np.array([item.volume for item in items]),
        region=[item.region for item in items],
    )


def random_rows(rng, currency, count):
    def region():
        return rng.choice((None, "far"))

    return [replace(random_item(rng, currency), region=region()) for _ in range(count)]
