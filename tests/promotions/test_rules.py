"""Every trade rule on a small cart, by hand; and conditions, met and not."""

from datetime import UTC, datetime

import pytest

from shopcore.errors import InputError, LimitError
from shopcore.models import Buyer, Cart, CartLine, Money, Promotion, UnitPrice
from shopcore.promotions import Selector, StackingPolicy, evaluate
from shopcore.promotions import conditions as c
from shopcore.promotions import rules as r

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)


def yuan(minor):
    return Money(minor, "CNY")


def line(name, quantity, price, **fields):
    return CartLine(line_id=name, sku=name, quantity=quantity, unit_price=yuan(price), **fields)


def cart(**fields):
    lines = [line("a", 2, 3000, tags=["x"]), line("b", 1, 2000, tags=["x", "y"]), line("c", 3, 1000, tags=["y"])]
    return Cart(currency="CNY", lines=lines, shipping=yuan(1200), **fields)


X, Y = Selector(tags=["x"]), Selector(tags=["y"])
A, B, C = (Selector(skus=[name]) for name in "abc")
CASES = [
    (r.PercentOff(percent="10%", on=X, max_units=1), "a:300"),
    (r.AmountOff(amount=yuan(1500), on=Y), "b:1500 c:3000"),
    (r.FixedPrice(price=yuan(2500), on=X), "a:1000"),
    (r.FlashSale(price=yuan(100), on=A), "a:2900"),
    (r.TieredPrice(tiers=[r.PriceTier(min_quantity=2, percent="10%"),
                          r.PriceTier(min_quantity=3, price=yuan(500))], on=C), "c:1500"),
    (r.SpendThreshold(every=yuan(5000), amount=yuan(700)), "a:764 b:254 c:382"),
    (r.SpendThreshold(every=yuan(5000), amount=yuan(700), max_times=1), "a:382 b:127 c:191"),
    (r.SpendThresholdPercent(percent="50%", cap=yuan(1100)), "a:600 b:200 c:300"),
    (r.SpendTiers(tiers=[r.SpendTier(min_spend=yuan(5000), amount=yuan(100)),
                         r.SpendTier(min_quantity=6, percent="20%")]), "a:1200 b:400 c:600"),
    (r.NthUnit(group=3, percent="100%"), "b:2000 c:1000"),
    (r.NthUnit(group=3, percent="100%", grouping="cheapest_overall"), "c:2000"),
    (r.NthUnit(group=2, percent="50%", max_groups=1), "a:1500"),
    (r.GroupAmount(group=4, amount_per_unit=yuan(200)), "a:400 b:200 c:200"),
    (r.BuyXGetY(buy=2, get=1, percent="100%"), "b:2000 c:1000"),
    (r.BuyXGetY(buy=1, get=1, on=A, get_on=C, percent="50%"), "c:1000"),
    (r.BuyXGetY(buy=1, get=2, on=A, get_on=C, amount=yuan(300), max_times=1), "c:600"),
    (r.Bundle(parts=[r.BundlePart(on=A), r.BundlePart(on=C)], price=yuan(3000)), "a:1500 c:500"),
    (r.Bundle(parts=[r.BundlePart(on=A), r.BundlePart(on=B)], percent="10%"), "a:300 b:200"),
    (r.AnyN(n=3, amount=yuan(900), max_times=1), "a:675 b:225"),
    (r.AnyN(n=2, price=yuan(2500)), "a:3500 b:333 c:167"),
    (r.RedPacket(amount=yuan(888)), "a:484 b:162 c:242"),
    (r.Presale(deposit=yuan(500), worth=yuan(800), on=B), "b:300"),
    (r.Points(points=1234, value_per_point=yuan(3), cap_percent="10%"), "a:599 b:200 c:299"),
    (r.AddOn(on=C, price=yuan(100), threshold=yuan(8000)), "c:900"),
    (r.BestOf(of=[r.PercentOff(percent="10%", on=A), r.RedPacket(amount=yuan(700))]), "a:382 b:127 c:191"),
    (r.Sequence(of=[r.AmountOff(amount=yuan(500), on=B), r.PercentOff(percent="10%", on=X)]), "a:600 b:650"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "expected"), CASES, ids=[rule.kind for rule, _ in CASES])
def test_a_rule_takes_off_what_the_trade_means(rule, expected):
    priced = evaluate(cart(), [Promotion(promotion_id="p", effect=rule)])
    found = {entry.line_id: entry.discount.minor for entry in priced.lines if entry.discount.minor}
    assert found == {name: int(minor) for name, minor in (part.split(":") for part in expected.split())}


def test_rules_that_need_more_say_how_much():
    wanted = {
        "nth": (r.NthUnit(group=9, percent="50%"), "not_enough_items", 3),
        "none": (r.PercentOff(percent="50%", on=Selector(skus=["zzz"])), "missing_item", None),
        "set": (r.AnyN(n=4, price=yuan(1), on=C), "not_enough_items", 1),
        "part": (r.Bundle(parts=[r.BundlePart(on=Selector(skus=["q"]))], price=yuan(1)), "missing_item", 1),
        "member": (r.MemberPrice(price=yuan(1)), "customer_level", None),
        "points": (r.Points(value_per_point=yuan(1)), "no_points", None),
        "dear": (r.AnyN(n=6, price=yuan(99_999)), "no_effect", None),
    }
    offers = [Promotion(promotion_id=name, effect=rule) for name, (rule, _, _) in wanted.items()]
    priced = evaluate(cart(), offers)
    found = {entry.promotion_id: (entry.code, entry.missing) for entry in priced.trace}
    assert found == {name: (code, missing) for name, (_, code, missing) in wanted.items()}


def test_shipping_and_gifts():
    offers = [
        Promotion(promotion_id="fee", effect=r.FreeShipping(fee=yuan(300))),
        Promotion(promotion_id="half", effect=r.FreeShipping(percent="50%")),
        Promotion(promotion_id="cup", effect=r.Gift(sku="CUP", choices=["MUG"], every=yuan(5000))),
    ]
    priced = evaluate(cart(codes=["gift:MUG"]), offers)
    assert (priced.shipping, priced.gifts) == (yuan(150), (("MUG", 2),))
    assert [entry.saving.minor for entry in priced.trace] == [900, 150, 0]


def test_a_deposit_is_paid_now_and_counts_for_more():
    goods = Cart(currency="CNY", lines=[line("a", 1, 100_000)])
    offer = Promotion(promotion_id="p", effect=r.Presale(deposit=yuan(10_000), worth=yuan(15_000)))
    priced = evaluate(goods, [offer])
    assert (priced.pay_now, priced.pay_later, priced.total) == (yuan(10_000), yuan(85_000), yuan(95_000))


def test_points_below_a_cent_are_spent_whole():
    rule = r.Points(points=1001, value_per_point=UnitPrice("0.005", "CNY"))
    priced = evaluate(cart(), [Promotion(promotion_id="p", effect=rule)])
    assert (priced.saving, priced.points) == (yuan(500), 1000)


def test_a_group_may_show_its_discount_on_all_its_units():
    offer = Promotion(promotion_id="p", effect=r.NthUnit(group=3, percent="100%", max_groups=1))
    priced = evaluate(cart(), [offer], StackingPolicy(multibuy_allocation="spread_group"))
    assert {entry.line_id: entry.discount.minor for entry in priced.lines} == {"a": 1500, "b": 500, "c": 0}


BUYER = Buyer(orders=2, level="gold", segments=["vip"], birthday=(11, 11))
MET = [
    c.SpendAtLeast(amount=yuan(11_000)), c.QuantityAtLeast(quantity=6), c.Contains(on=A), c.Returning(min_orders=2),
    c.MemberLevel(levels=["gold"]), c.Segment(segments=["vip", "x"]), c.Birthday(zone="UTC"),
    c.Birthday(zone="UTC", span="month"), c.Channel(channels=["app"]), c.Region(regions=["SH"]),
    c.Weekday(days=[3], zone="Asia/Shanghai", from_hour=20), c.AllOf(of=[c.Contains(on=A), c.Contains(on=B)]),
    c.AnyOf(of=[c.FirstOrder(), c.Contains(on=B)]), c.NoneOf(of=[c.FirstOrder()]),
]  # fmt: skip
UNMET = [
    (c.SpendAtLeast(amount=yuan(11_001)), "threshold"), (c.QuantityAtLeast(quantity=3, on=A), "not_enough_items"),
    (c.Contains(on=Selector(skus=["zzz"])), "missing_item"), (c.FirstOrder(), "not_first_order"),
    (c.Returning(min_orders=3), "not_returning"), (c.MemberLevel(levels=["black"]), "customer_level"),
    (c.Segment(segments=["x"]), "segment"), (c.Channel(channels=["web"]), "channel"),
    (c.Region(not_regions=["SH"]), "region"), (c.Weekday(days=[4], zone="Asia/Shanghai"), "weekday"),
    (c.NoneOf(of=[c.Contains(on=A)]), "excluded"), (c.AllOf(of=[c.Contains(on=A), c.FirstOrder()]), "not_first_order"),
    (c.AnyOf(of=[c.FirstOrder(), c.Segment(segments=["x"])]), "not_first_order"),
    (c.NoneOf(of=[{"kind": "acme.moon"}]), "unknown_kind"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "code"), [(when, "applied") for when in MET] + UNMET, ids=lambda v: getattr(v, "kind", v)
)
def test_conditions(when, code):
    goods = cart(buyer=BUYER, channel="app", region="SH")
    priced = evaluate(goods, [Promotion(promotion_id="p", effect=r.RedPacket(amount=yuan(1)), when=when)], at=NOON)
    assert priced.of("p").code == code


def test_a_birthday_on_the_29th_of_february_is_kept():
    buyer = Buyer(birthday=(2, 29))
    offer = Promotion(promotion_id="p", effect=r.RedPacket(amount=yuan(1)), when=c.Birthday(zone="UTC"))
    days = [datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)]
    assert [evaluate(cart(buyer=buyer), [offer], at=day).of("p").applied for day in days] == [True, True, False]


def test_fields_that_do_not_fit_together_are_refused():
    for make in (
        lambda: r.AnyN(n=2, price=yuan(1), amount=yuan(1)),
        lambda: r.NthUnit(group=2, discounted=3, percent="10%"),
        lambda: r.PercentOff(percent="120%"),
        lambda: r.FreeShipping(percent="10%", fee=yuan(1)),
        lambda: r.Presale(deposit=yuan(2), worth=yuan(1)),
        lambda: r.BestOf(of=[r.BestOf(of=[])]),
        lambda: r.Gift(sku="G", quantity=10**6),
    ):
        with pytest.raises(InputError):
            make()


def test_a_tree_of_conditions_that_is_too_deep_is_refused_when_it_is_made():
    def grow(tree):
        return grow(c.AllOf(of=[tree]))

    with pytest.raises(LimitError):
        grow(c.FirstOrder())
