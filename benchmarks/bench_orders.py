"""Orders in one run: reading from JSON, deriving the state, refundable amounts, totals, commands, listing checks.

python benchmarks/bench_orders.py
"""

import json
import time
import timeit
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from shopcore import orders
from shopcore.listing import check_listing, find_claims
from shopcore.models import Attribute, Money, Order, OrderLine, Product, Rate, RoundingPolicy, Sku

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)
ROUNDS, CALLS = 40, 40


def order_of(count, scope="line"):
    lines = [
        OrderLine(
            line_id=str(number),
            sku=f"MUG-{number}",
            title="Stoneware mug",
            quantity=3,
            unit_price=Money(3900, "CNY"),
            tax_rate=Rate("0.13"),
        )
        for number in range(count)
    ]
    placed = orders.place(
        Order(order_id="A", currency="CNY", rounding=RoundingPolicy(scope), placed_at=AT, lines=lines)
    ).order
    return orders.pay(placed, orders.order_status(placed).due, at=AT).order


def decimals(order):
    """The same tax by a loop over decimals, as a shop would write it."""
    total = tax = Decimal(0)
    for line in order.lines:
        gross = line.unit_price.amount * line.quantity
        net = (gross / Decimal("1.13")).quantize(Decimal("0.01"), ROUND_HALF_UP)
        total, tax = total + gross, tax + gross - net
    return total, tax


def best(calls):
    """Return the best time of each call in us; rounds are interleaved, so that a busy host slows all alike."""
    found = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            took = timeit.timeit(call, number=CALLS, timer=time.process_time) / CALLS * 1e6
            found[name] = min(found[name], took)
    return found


def main():
    order = order_of(10)
    by_order = order_of(10, "order")
    full, short = order.to_json(), order.model_dump_json(exclude_defaults=True)
    title = "陶瓷马克杯 大容量 350ml 办公室 家用 情侣 礼物 全网 最 低价"
    product = Product(
        product_id="P",
        title=title,
        attributes=[Attribute(name="material", value="stoneware")],
        skus=[Sku(sku=f"S{number}", price=Money(3900, "CNY")) for number in range(10)],
    )
    assert orders.totals(order).tax.amount == decimals(order)[1]
    found = best(
        {
            "json.loads, defaults left out": lambda: json.loads(short),
            "Order.from_json, defaults left out": lambda: Order.from_json(short),
            "Order.from_json, every field": lambda: Order.from_json(full),
            "order_state": lambda: orders.order_state(order),
            "order_state, tax by order": lambda: orders.order_state(by_order),
            "order_status with allowed commands": lambda: orders.order_status(order),
            "refundable": lambda: orders.refundable(order),
            "tax by a loop over Decimal": lambda: decimals(order),
            "totals with every line": lambda: orders.totals(order),
            "ship, with its event": lambda: orders.ship(order, at=AT),
            "find_claims in a title": lambda: find_claims(title),
            "check_listing, 10 SKUs": lambda: check_listing(product),
        }
    )
    base = found["json.loads, defaults left out"]
    print(f"10 lines, {len(short)} and {len(full)} bytes of JSON")
    for name, took in found.items():
        print(f"{name:36s} {took:9.1f} us {took / base:8.2f} x json.loads")


if __name__ == "__main__":
    main()
