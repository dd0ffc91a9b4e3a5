"""Promotions: priority and best mode on the basket family of the design page, beside django-oscar's published times.

Run: ``python benchmarks/bench_promotions.py``. Six offer shapes in rotation over 400 products, ranges of 50 products,
random priorities, at most 5 uses. Times are the best of several runs; ratios between columns are what counts.
"""

import random
import time

from shopcore.models import Cart, CartLine, Money, Promotion
from shopcore.promotions import SearchBudget, Selector, StackingPolicy, evaluate
from shopcore.promotions import rules as r

PRODUCTS, RANGE, USES = 400, 50, 5
# Milliseconds of django-oscar 4.2.1 on these baskets (design page, exclusive offers, SQLite in memory).
OSCAR = {(20, 20): 160, (200, 100): 10_460, (50, 100): 2_480, (200, 20): 1_234, (50, 20): 314}


def gbp(minor):
    return Money(minor, "GBP")


def catalogue():
    rng = random.Random(7)
    return {f"P{place}": rng.randint(200, 9_999) for place in range(PRODUCTS)}


def basket(lines, seed=11):
    rng, prices = random.Random(seed), catalogue()
    chosen = rng.sample(sorted(prices), lines)
    rows = [CartLine(line_id=sku, sku=sku, quantity=rng.randint(1, 2), unit_price=gbp(prices[sku])) for sku in chosen]
    return Cart(currency="GBP", lines=rows)


def rule(shape, on):
    return (
        lambda: r.NthUnit(group=3, percent="100%", on=on, max_groups=USES),
        lambda: r.SpendThreshold(threshold=gbp(10_000), amount=gbp(1_500), on=on, max_times=USES),
        lambda: r.PercentOff(percent="15%", on=on),
        lambda: r.AnyN(n=2, price=gbp(2_000), on=on, max_times=USES),
        lambda: r.NthUnit(group=2, percent="50%", on=on, max_groups=USES),
        lambda: r.SpendThreshold(threshold=gbp(20_000), amount=gbp(2_000), max_times=USES),
    )[shape % 6]()


def offers(count, seed=13, *, coded=0, size=RANGE):
    rng, skus = random.Random(seed), sorted(catalogue())
    found = []
    for place in range(count):
        on = Selector(skus=rng.sample(skus, size))
        code = f"C{place}" if place < coded else None
        priority = rng.randrange(1_000)
        found.append(Promotion(promotion_id=f"o{place}", effect=rule(place, on), priority=priority, code=code))
    return found


def best_of(runs, call):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - start)
    return min(times) * 1_000, found


def line(title, took, found, bar):
    proof = found.certificate
    gap = "" if proof.status == "greedy" else f" {proof.status}, gap {proof.gap.minor / max(proof.bound.minor, 1):.2%}"
    print(f"{title:44} {took:10.2f} ms  (bar {bar})  {found.total}{gap}")


def priority():
    for size, runs, bar in (((10, 10), 200, "0.15"), ((20, 20), 50, "5"), ((200, 100), 5, "250")):
        cart, promotions = basket(size[0]), offers(size[1])
        took, found = best_of(runs, lambda cart=cart, promotions=promotions: evaluate(cart, promotions))
        line(f"priority {size[0]} x {size[1]}", took, found, bar)
        if size in OSCAR:
            print(f"{'':44} django-oscar {OSCAR[size]} ms published: {OSCAR[size] / took:.0f} x")


def typical():
    policy = StackingPolicy(selection="best")
    cart, promotions = basket(10), offers(10)
    took, found = best_of(20, lambda: evaluate(cart, promotions, policy))
    line("best, typical 10 x 10", took, found, "20")
    coded = [one.evolve(code=f"C{place}") if place % 10 else one for place, one in enumerate(offers(100))]
    with_codes = basket(50).evolve(codes=("C1", "C2", "C3", "C4", "C5"))
    policy = StackingPolicy(selection="best", max_codes=5)
    took, found = best_of(3, lambda: evaluate(with_codes, coded, policy))
    line("best, 50 x 100 with 5 codes", took, found, "50")


def stress():
    policy = StackingPolicy(selection="best", units="once")
    evaluate(basket(20), offers(5), policy)  # the first call imports the solver
    for lines, count, bar, budget in (
        (20, 20, "150", SearchBudget()),
        (50, 20, "1500", SearchBudget()),
        (50, 100, "1500", SearchBudget()),
        (200, 20, "1000 at 5 %", SearchBudget(gap=0.05)),
        (200, 100, "20000 at 5 %", SearchBudget(gap=0.05)),
    ):
        cart, promotions = basket(lines), offers(count)
        took, found = best_of(3, lambda c=cart, p=promotions, b=budget: evaluate(c, p, policy, budget=b))
        line(f"best, single-use {lines} x {count}", took, found, bar)


if __name__ == "__main__":
    priority()
    typical()
    stress()
