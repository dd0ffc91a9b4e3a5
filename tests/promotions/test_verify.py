"""Whatever of a result is altered, however little, `verify` refuses it; and it finds out a search that lies."""

import dataclasses

import pytest

from shopcore.models import Cart, CartLine, DiscountShare, Money, Promotion
from shopcore.promotions import PricedCart, StackingPolicy, StagePolicy, _verify, evaluate, verify
from shopcore.promotions import rules as r


def yuan(minor):
    return Money(minor, "CNY")


CART = Cart(
    currency="CNY",
    lines=[
        CartLine(line_id="a", sku="A", quantity=3, unit_price=yuan(1000), tax_rate="0.13"),
        CartLine(line_id="b", sku="B", quantity=1, unit_price=yuan(2500)),
    ],
    shipping=yuan(800),
)
OFFERS = [
    Promotion(promotion_id="two", effect=r.AnyN(n=2, price=yuan(1500))),
    Promotion(promotion_id="sale", effect=r.PercentOff(percent="20%"), limit=9),
    Promotion(promotion_id="gift", effect=r.Gift(sku="G", threshold=yuan(100)), stage=1),
    Promotion(promotion_id="far", effect=r.SpendThreshold(amount=yuan(100), threshold=yuan(99_900)), stage=1),
    Promotion(promotion_id="free", effect=r.FreeShipping(threshold=yuan(100)), stage=1),
]
SHARED = StackingPolicy(selection="best")
POLICIES = {
    "shared": SHARED,
    "once": SHARED.evolve(units="once"),
    "mixed": SHARED.evolve(units="once", stages=(StagePolicy(stage=1, units="shared"),)),
    "priority": StackingPolicy(),
}


LEAVES = {
    Money: lambda value: value + Money(1, value.currency),
    bool: lambda value: not value,
    int: lambda value: value + 1,
    str: lambda value: value + "x",
    type(None): lambda _: yuan(1),
}


def altered(value):
    """Give, for every leaf of a value, the value with this leaf changed a little, and where it was."""
    if type(value) in LEAVES:
        yield "", LEAVES[type(value)](value)
    elif isinstance(value, tuple):
        yield "+", (*value, value[-1] if value else "x")
        if value:
            yield "-", value[:-1]
        for place, part in enumerate(value):
            for where, other in altered(part):
                yield f"[{place}]{where}", (*value[:place], other, *value[place + 1 :])
    else:
        share = isinstance(value, DiscountShare)
        names = DiscountShare.model_fields if share else [field.name for field in dataclasses.fields(value)]
        fields = {name: getattr(value, name) for name in names}
        for name in names:
            for where, other in altered(fields[name]):
                changed = fields | {name: other}
                # A share that does not sum can only be made past its own check.
                yield f".{name}{where}", DiscountShare.model_construct(**changed) if share else type(value)(**changed)


@pytest.mark.parametrize("name", POLICIES)
def test_every_field_of_a_result_is_held_to_the_truth(name, monkeypatch):
    policy = POLICIES[name]
    found = evaluate(CART, OFFERS, policy)
    assert verify(found, CART, OFFERS, policy).sound
    monkeypatch.setattr(_verify, "evaluate", lambda *_, **__: found)  # the same every time, and quicker
    tampered = list(altered(found))
    assert {field.name for field in dataclasses.fields(PricedCart)} <= {
        where.strip(".").split(".")[0].split("[")[0].rstrip("+-") for where, _ in tampered
    }
    accepted = [where for where, other in tampered if verify(other, CART, OFFERS, policy).sound]
    assert len(tampered) > 100
    assert accepted == []


@pytest.mark.parametrize("name", ["shared", "once", "mixed"])
def test_a_search_that_lies_is_found_out_without_it(name, monkeypatch):
    policy = POLICIES[name]
    worst = evaluate(CART, OFFERS[3:4], policy)  # as if nothing else were there to be had
    assert worst.certificate.status == "optimal"
    monkeypatch.setattr(_verify, "evaluate", lambda *_, **__: worst)
    assert "a legal combination saves more than the bound" in verify(worst, CART, OFFERS, policy).faults


def test_the_bound_of_single_use_units_is_proved_without_the_search():
    lines = [CartLine(line_id=f"{n}", sku=f"{n}", quantity=1, unit_price=yuan(100 * n)) for n in range(1, 13)]
    offers = [Promotion(promotion_id="sale", effect=r.PercentOff(percent="20%")), *OFFERS[:1]]
    cart = Cart(currency="CNY", lines=lines)
    found = evaluate(cart, offers, POLICIES["once"])
    checked = verify(found, cart, offers, POLICIES["once"])
    assert (checked.sound, checked.method) == (True, "relaxed")
    assert checked.bound.minor >= found.saving.minor
    assert checked.proved == (checked.bound <= found.certificate.bound)
