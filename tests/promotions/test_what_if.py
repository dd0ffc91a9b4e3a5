"""Presets pinned by published figures, what-if over carts and policies, and the check of a set before it goes live."""

from datetime import UTC, datetime

import pytest

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models import Cart, CartLine, Money, Period, Promotion, Stacking
from shopcore.promotions import (
    BUILT_INS,
    PRESETS,
    Kind,
    Selector,
    StackingPolicy,
    evaluate,
    evaluate_many,
    lint,
    price_of_greed,
    verify,
)
from shopcore.promotions import rules as r

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)


def yuan(minor):
    return Money(minor, "CNY")


def line(name, price, quantity=1):
    return CartLine(line_id=name, sku=name, quantity=quantity, unit_price=yuan(price))


def cart(*lines, **fields):
    return Cart(currency="CNY", lines=lines, **fields)


def offer(name, effect, **fields):
    return Promotion(promotion_id=name, effect=effect, **fields)


def test_sylius_percent_first_then_fixed():
    # Sylius features/shop/promotion/receiving_discount_in_order_of_promotions_priority.feature: 70.00 and 72.00.
    ten, percent = r.SpendThreshold(amount=yuan(1000)), r.SpendThresholdPercent(percent="20%")
    for priorities, total in (((1, 4), 7000), ((5, 2), 7200)):
        offers = [offer("ten", ten, priority=priorities[0]), offer("pc", percent, priority=priorities[1])]
        assert evaluate(cart(line("m", 10_000)), offers, PRESETS["sylius"]).total == yuan(total)


def meal():
    on = {name: Selector(skus=[name]) for name in ("coke", "sandwich", "bar")}
    deal = r.Bundle(parts=[r.BundlePart(on=part) for part in on.values()], price=yuan(450))
    free = r.BuyXGetY(buy=1, get=1, on=on["sandwich"], get_on=on["coke"], percent="100%")
    return deal, free


def test_oscar_consumes_units_in_priority_order_and_the_best_distribution_beats_it():
    deal, free = meal()
    goods = cart(line("coke", 200, 2), line("sandwich", 250, 2), line("bar", 150, 2))
    offers = [offer("free", free, priority=2), offer("deal", deal, priority=1)]
    assert evaluate(goods, offers, PRESETS["oscar_consume"]).total == yuan(800)
    swapped = [offer("free", free, priority=1), offer("deal", deal, priority=2)]
    assert evaluate(goods, swapped, PRESETS["oscar_consume"]).total == yuan(900)
    best = evaluate(goods, swapped, PRESETS["dynamics_best_price"])
    assert (best.total, best.certificate.status) == (yuan(800), "optimal")


def test_shopify_pairs_consent_both_ways():
    # shopify.dev DiscountCombinesWith: A with B, B with C, not A with C.
    offers = [
        offer("A", r.RedPacket(amount=yuan(1000)), stacking=Stacking(tags=["x"], allows=["y"])),
        offer("B", r.RedPacket(amount=yuan(800)), stacking=Stacking(tags=["y"], allows=["x", "z"])),
        offer("C", r.RedPacket(amount=yuan(900)), stacking=Stacking(tags=["z"], allows=["y"])),
    ]
    assert evaluate(cart(line("a", 10_000)), offers, PRESETS["shopify_classes"]).applied == ("A", "B")


def test_marketplace_layers_progressive_and_parallel():
    # Worked example of 2020: coupon 400 - 380, then cross-shop 400 - 50; parallel thresholds cut it to what is left.
    offers = [
        offer("coupon", r.SpendThreshold(threshold=yuan(40_000), amount=yuan(38_000)), stage=1),
        offer("cross", r.SpendThreshold(threshold=yuan(40_000), amount=yuan(5000)), stage=2),
    ]
    goods = cart(line("a", 40_000))
    assert evaluate(goods, offers, PRESETS["cn_parallel"]).total == yuan(0)
    progressive = evaluate(goods, offers, PRESETS["cn_progressive"])
    assert (progressive.total, progressive.of("cross").shortfall) == (yuan(2000), yuan(38_000))


def test_many_carts_are_the_sum_of_single_ones():
    deal, free = meal()
    carts = [cart(line("coke", 200, n), line("sandwich", 250, 2), line("bar", 150, 1)) for n in (1, 2, 3)]
    offers = [offer("free", free), offer("deal", deal)]
    costs = {"coke": yuan(50), "sandwich": yuan(100), "bar": yuan(60)}
    (found,) = evaluate_many(carts, offers, {"x": PRESETS["oscar_consume"]}, unit_costs=costs)
    singles = [evaluate(one, offers, PRESETS["oscar_consume"]) for one in carts]
    assert found.totals == tuple(one.total.minor for one in singles)
    assert found.margin == found.total - yuan(50 * 6 + 100 * 6 + 60 * 3)
    assert sum(entry.saving.minor for entry in found.take_up) == found.saving.minor
    with pytest.raises(InputError, match="cost for every SKU"):
        evaluate_many(carts, offers, {"x": StackingPolicy()}, unit_costs={})
    with pytest.raises(InputError, match="at least one cart"):
        evaluate_many([], offers, {})
    with pytest.raises(CurrencyMismatchError):
        evaluate_many([*carts, Cart(currency="USD")], offers, {})


def test_the_price_of_greed_names_the_worst_cart():
    offers = [
        offer("a", r.RedPacket(amount=yuan(200)), priority=1, stacking=Stacking(excludes=["b"])),
        offer("b", r.PercentOff(percent="10%")),
    ]
    found = price_of_greed([cart(line("a", 1000)), cart(line("a", 9000))], offers, StackingPolicy())
    assert (found.extra_paid, found.carts_worse, found.worst) == (yuan(700), 1, (1, yuan(700)))


def test_lint_finds_what_is_wrong_with_a_witness():
    eleven = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    offers = [
        offer("never", r.SpendThreshold(threshold=yuan(10**9), amount=yuan(1))),
        offer("small", r.PercentOff(percent="5%"), window=eleven, stacking=Stacking(excludes=["large"])),
        offer("large", r.PercentOff(percent="30%"), window=eleven),
        offer("deep", r.SpendThreshold(threshold=yuan(2000), amount=yuan(900))),
    ]
    policy = StackingPolicy(selection="best")
    found = lint(offers, policy, [line("TEA", 1000), line("CUP", 700)], at=NOON, price_floors={"TEA": yuan(500)})
    kinds = {finding.kind: finding for finding in found}
    assert {kind: kinds[kind].promotions for kind in kinds} == {
        "unreachable": ("never",),
        "dominated": ("small", "large"),
        "overlapping_windows": ("small", "large"),
        "below_floor": ("large", "deep"),
    }
    witness = kinds["below_floor"].witness
    priced = evaluate(witness, offers, policy, at=NOON)
    assert min(minor for one in priced.lines if one.sku == "TEA" for _, minor in one.unit_amounts) < 500
    assert lint([], policy, []) == ()


@pytest.mark.parametrize(("amount", "total", "applied"), [(2000, 7000, ("ten", "flat")), (500, 8000, ("sale",))])
def test_commercetools_takes_the_product_discount_or_all_cart_discounts(amount, total, applied):
    # The release of 2024-12-19: both kinds priced separately, the lower cart total wins. 100.00 on sale at 80.00,
    # against 10 percent and 20.00 (70.00 to pay), or 5.00 (85.00), off the cart.
    kinds = {kind: Stacking(tags=[kind], allows=[kind]) for kind in ("product", "cart")}
    offers = [
        offer("sale", r.PercentOff(percent="20%"), stacking=kinds["product"]),
        offer("ten", r.PercentOff(percent="10%"), stage=1, priority=1, stacking=kinds["cart"]),
        offer("flat", r.SpendThreshold(amount=yuan(amount)), stage=1, stacking=kinds["cart"]),
    ]
    goods = cart(line("m", 10_000))
    found = evaluate(goods, offers, PRESETS["commercetools_best_deal"])
    assert (found.total, found.applied, found.certificate.status) == (yuan(total), applied, "optimal")
    assert verify(found, goods, offers, PRESETS["commercetools_best_deal"]).sound


def test_lint_looks_rules_up_in_the_registry_given():
    known = BUILT_INS.with_kinds(Kind("acme.tenth", lambda _: r.PercentOff(percent="10%")))
    offers = [offer("wheel", {"kind": "acme.tenth"})]
    assert lint(offers, StackingPolicy(), [line("m", 1000)], registry=known) == ()
    assert [one.kind for one in lint(offers, StackingPolicy(), [line("m", 1000)])] == ["unreachable"]
