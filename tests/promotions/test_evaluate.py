"""Pricing a cart: amounts, shares, reasons, bad input."""

from datetime import UTC, datetime

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError, RuleContractError
from shopcore.models import (
    Budget,
    Buyer,
    Cart,
    CartLine,
    Cut,
    Money,
    Period,
    Promotion,
    Proposal,
    Rate,
    Stacking,
    Unmet,
)
from shopcore.promotions import Purchase, StackingPolicy, StagePolicy, Usage, evaluate, quote_refund
from shopcore.promotions.rules import AmountOff, AnyN, PercentOff, SpendThreshold, SpendThresholdPercent

POLICIES = [StackingPolicy(selection=one, units=two) for one in ("priority", "best") for two in ("shared", "once")]
NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)


def yuan(minor):
    return Money(minor, "CNY")


def cart(*prices, **fields):
    lines = [
        CartLine(line_id=f"L{i}", sku=f"S{i}", quantity=quantity, unit_price=yuan(price))
        for i, (quantity, price) in enumerate(prices)
    ]
    return Cart(currency="CNY", lines=lines, **fields)


def promotion(name, effect, **fields):
    return Promotion(promotion_id=name, effect=effect, **fields)


def test_shares_of_a_line_are_kept_unit_by_unit():
    priced = evaluate(cart((3, 1000)), [promotion("p", SpendThreshold(amount=yuan(1000)))])
    line = priced.line("L0")
    assert line.discounts[0].per_unit == ((1, 334), (2, 333))
    assert line.unit_amounts == ((1, 666), (2, 667))
    assert [line.through(units) for units in range(4)] == [0, 666, 1333, 2000]


def test_a_floor_sends_the_rest_to_the_other_lines_and_loses_what_fits_nowhere():
    lines = [
        CartLine(line_id="a", sku="a", quantity=1, unit_price=yuan(5000), price_floor=yuan(4500)),
        CartLine(line_id="b", sku="b", quantity=1, unit_price=yuan(2000)),
    ]
    priced = evaluate(Cart(currency="CNY", lines=lines), [promotion("p", SpendThreshold(amount=yuan(9000)))])
    assert [line.discount.minor for line in priced.lines] == [500, 2000]
    assert priced.of("p").saving == yuan(2500)


def test_every_promotion_has_a_reason():
    window = Period.local("2026-11-12", "2026-11-13", "Asia/Shanghai")
    past = Period.local("2026-11-09", "2026-11-10", "Asia/Shanghai")
    effect = PercentOff(percent="10%")
    offers = [
        promotion("code", effect, code="X"),
        promotion("early", effect, window=window),
        promotion("late", effect, window=past),
        promotion("used", effect, limit=3),
        promotion("mine", effect, per_customer=1),
        promotion("poor", effect, budget=Budget(limit=yuan(100))),
        promotion("raw", {"kind": "acme.wheel"}),
        promotion("far", SpendThreshold(threshold=yuan(5000), amount=yuan(100))),
        promotion("yes", effect, priority=9),
        promotion("zero", AmountOff(amount=yuan(0))),
    ]
    usage = {"used": Usage(used=3), "mine": Usage(used_by_customer=1), "poor": Usage(spent=yuan(100))}
    priced = evaluate(cart((1, 1000)), offers, at=NOON, usage=usage)
    assert {entry.promotion_id: entry.code for entry in priced.trace} == {
        "code": "code_missing", "early": "not_started", "late": "expired", "used": "usage_limit",
        "mine": "customer_limit", "poor": "budget", "raw": "unknown_kind", "far": "threshold", "yes": "applied",
        "zero": "no_effect",
    }  # fmt: skip
    assert priced.of("far").shortfall == yuan(4100)
    assert "41.00 CNY more were spent" in priced.of("far").explain()


def test_the_highest_exclusive_one_that_takes_effect_stands_alone():
    offers = [
        promotion("plain", PercentOff(percent="50%"), priority=9),
        promotion("void", AmountOff(amount=yuan(0)), priority=5, stacking=Stacking(exclusive=True)),
        promotion("alone", AmountOff(amount=yuan(1)), priority=1, stacking=Stacking(exclusive=True)),
    ]
    priced = evaluate(cart((1, 1000)), offers)
    assert priced.applied == ("alone",)
    assert priced.of("plain").conflicts == ("alone",)


@pytest.mark.parametrize(("within", "applied"), [("all", ("a", "b", "c")), ("one", ("a", "c")), ("best", ("b", "c"))])
def test_a_stage_takes_all_the_first_or_the_best(within, applied):
    offers = [
        promotion("a", AmountOff(amount=yuan(10)), priority=2),
        promotion("b", AmountOff(amount=yuan(20)), priority=1),
        promotion("c", AmountOff(amount=yuan(1)), stage=1),
    ]
    policy = StackingPolicy(stages=[StagePolicy(stage=0, within=within)])
    assert evaluate(cart((1, 1000)), offers, policy).applied == applied


def test_all_discounts_together_respect_the_cap_of_the_policy():
    offers = [promotion("a", PercentOff(percent="30%")), promotion("b", PercentOff(percent="30%"))]
    priced = evaluate(cart((2, 1000), (1, 333)), offers, StackingPolicy(max_discount="40%"))
    assert priced.saving == yuan(933)
    assert priced.of("b").capped


def test_a_percent_of_the_order_is_rounded_once_and_one_of_lines_line_by_line():
    goods = cart((1, 333), (1, 333), (1, 333))
    assert evaluate(goods, [promotion("p", SpendThresholdPercent(percent="10%"))]).saving == yuan(100)
    assert evaluate(goods, [promotion("p", PercentOff(percent="10%"))]).saving == yuan(99)


def test_claims_split_the_funding_and_state_the_ceilings():
    offers = [promotion("p", AmountOff(amount=yuan(101)), platform_share="1/2", budget=Budget(limit=yuan(9999)))]
    claim = evaluate(cart((1, 1000)), offers).claims[0]
    assert (claim.amount, claim.platform_part, claim.shop_part) == (yuan(101), yuan(51), yuan(50))


@pytest.mark.parametrize("proposal", [
    None,
    Proposal((Cut((0,), (float("nan"),)),)),
    Proposal((Cut((0,), (-5,)),)),
    Proposal((Cut((7,), (5,)),)),
    Proposal((Cut((0, 0), (5, 5)),)),
    Proposal((Cut((0,), (5, 5)),)),
    Proposal((Cut((0,), rate=Rate(2)),)),
    Proposal((Cut((0,), total=True),)),
    Proposal(shipping=-1),
    Proposal(gifts=(("", 1),)),
    Proposal(gifts=None),
    Proposal(5),
    Proposal([Cut((0,), total=1)]),
    Proposal((Cut((0,), total=1),) * 10_001),
    Proposal((Cut((0,), total=1),), used=(99,)),
    Proposal((Cut((0,), total=1, carriers=(0, 0)),)),
    Proposal(unmet="no"),
    Proposal(unmet=Unmet(5)),
    Proposal(unmet=Unmet("x" * 65)),
    Proposal(unmet=Unmet("x", minor=float("nan"))),
    Proposal(unmet=Unmet("x", count="1e1000000")),
    Proposal(unmet=Unmet("x", skus=5)),
], ids=lambda proposal: str(proposal)[:40])  # fmt: skip
@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_foreign_rule_that_breaks_the_contract_is_named(proposal, policy):
    with pytest.raises(RuleContractError) as caught:
        evaluate(cart((1, 1000)), [promotion("wheel", lambda _: proposal)], policy)
    assert caught.value.promotion_id == "wheel"


def off_by_one(**attributes):
    propose = {"propose": lambda *_: Proposal((Cut((0,), total=1),))}
    return type("Foreign", (), {"kind": "acme.foreign", "v": 1, **propose, **attributes})()


@pytest.mark.parametrize(
    "attributes",
    [
        {"uses": float("nan")},
        {"upper_bound": lambda *_: float("nan")},
        {"upper_bound": lambda *_: -1},
        {"upper_bound": lambda *_: 1 // 0},
        {"monotone": False, "propose": lambda *_: 1 // 0},
    ],
    ids=["endless uses", "bound of nan", "bound below zero", "bound that raises", "rule that raises"],
)
def test_whatever_else_a_foreign_rule_states_is_looked_over_too(attributes):
    with pytest.raises(RuleContractError, match="promotion wheel"):
        evaluate(cart((1, 1000)), [promotion("wheel", off_by_one(**attributes))], StackingPolicy(selection="best"))


def test_a_field_of_a_foreign_rule_that_is_called_on_is_its_own_affair():
    assert evaluate(cart((1, 1000)), [promotion("wheel", off_by_one(on="TEA"))]).total == yuan(999)


def test_a_foreign_rule_that_raises_recurses_or_meddles_is_named_and_harms_nothing():
    goods = cart((1, 1000))

    def recursing(view):
        return recursing(view)

    def meddling(view):
        view.cart.lines[0].unit_price = yuan(1)

    def emptying(view):
        view.cart.__dict__["lines"] = ()
        return Proposal()

    def cheapening(view):
        view.cart.lines[0].__dict__["unit_price"] = yuan(1)
        return Proposal()

    def adding_dollars(view):
        return Proposal((Cut((0,), total=(view.cart.lines[0].unit_price + Money(1, "USD")).minor),))

    foul = type("Foul", (), {"kind": "acme.foul", "v": 1, "check": lambda _, view: emptying(view) and None})()
    rules = (recursing, meddling, emptying, cheapening, adding_dollars, lambda _: 1 // 0)
    wheels = [promotion("wheel", rule) for rule in rules] + [promotion("wheel", AmountOff(amount=yuan(1)), when=foul)]
    for policy in POLICIES:
        for wheel in wheels:
            with pytest.raises(RuleContractError, match="wheel"):
                evaluate(goods, [wheel, promotion("ten", PercentOff(percent="10%"))], policy)
    assert goods == cart((1, 1000))


def test_bad_input_is_refused_by_name():
    rule = PercentOff(percent="10%")
    with pytest.raises(InputError, match="ids that differ"):
        evaluate(cart((1, 1)), [promotion("p", rule), promotion("p", rule)])
    with pytest.raises(CurrencyMismatchError, match="promotion p"):
        evaluate(cart((1, 1)), [promotion("p", AmountOff(amount=Money(1, "USD")))])
    for wrong in (None, "abc", 5):
        with pytest.raises(InputError, match="promotions must be"):
            evaluate(cart((1, 1)), wrong)
    with pytest.raises(InputError, match="usage must be"):
        evaluate(cart((1, 1)), [], usage={"p": 5})
    with pytest.raises(InputError, match="budget must be"):
        evaluate(cart((1, 1)), [], budget=5)
    with pytest.raises(InputError, match="used must be"):
        Usage(used=-1)
    with pytest.raises(InputError, match="at must be"):
        evaluate(cart((1, 1)), [promotion("p", rule, window=Period.local("2026-11-11", "2026-11-12", "UTC"))])
    with pytest.raises(LimitError) as caught:
        cart(*[(1, 1)] * 1001)
    assert caught.value.reason == "too_many_lines"
    with pytest.raises(LimitError):
        cart((10_001, 1))
    with pytest.raises(InputError):
        PercentOff(percent="1e1000000")


def test_an_empty_cart_costs_its_shipping():
    priced = evaluate(cart(shipping=yuan(900), buyer=Buyer(orders=0)), [promotion("p", PercentOff(percent="10%"))])
    assert priced.total == yuan(900)
    assert priced.of("p").code == "missing_item"


@pytest.mark.parametrize("selection", ["priority", "best"])
@pytest.mark.parametrize(("on_exceed", "saved"), [("cap", 150), ("refuse", 100)])
def test_all_uses_of_a_promotion_share_its_budget(selection, on_exceed, saved):
    effect = SpendThreshold(amount=yuan(100), threshold=yuan(1000), max_times=3)
    offer = promotion("p", effect, budget=Budget(limit=yuan(150), on_exceed=on_exceed))
    policy = StackingPolicy(selection=selection, units="once")
    priced = evaluate(cart((3, 1000)), [offer], policy)
    assert priced.saving == priced.claims[0].amount == yuan(saved)


def test_units_that_come_back_are_a_mapping_of_lines_that_were_bought():
    tea = CartLine(line_id="1", sku="TEA", quantity=2, unit_price=yuan(1000))
    bought = Purchase(Cart(currency="CNY", lines=[tea]), ())
    first = quote_refund(bought, {"1": 1})
    assert quote_refund(bought, {"1": 1}, before={"1": 1}).refund == yuan(1000)
    with pytest.raises(InputError, match="before must be a mapping of line id to units"):
        quote_refund(bought, {"1": 1}, before=first)
    with pytest.raises(InputError, match="returned must be a mapping"):
        quote_refund(bought, ["1"])
    with pytest.raises(InputError, match="before must be ids of lines"):
        quote_refund(bought, {"1": 1}, before={"2": 1})
    with pytest.raises(InputError, match=r"returned\[1\] must be"):
        quote_refund(bought, {"1": 2}, before={"1": 1})


def test_a_stage_that_shares_units_sees_those_that_a_stage_of_single_use_took():
    tea = CartLine(line_id="1", sku="TEA", quantity=2, unit_price=Money(1000, "CNY"))
    cart = Cart(currency="CNY", lines=[tea])
    two = Promotion(promotion_id="two", effect=AnyN(n=2, price=Money(1500, "CNY")))
    tenth = Promotion(promotion_id="tenth", effect=PercentOff(percent="10%"), stage=1)
    again = Promotion(promotion_id="again", effect=PercentOff(percent="50%"), stage=2)
    policy = StackingPolicy(units="once", stages=[StagePolicy(stage=1, units="shared")])
    priced = evaluate(cart, [two, tenth, again], policy)
    assert priced.applied == ("two", "tenth")
    assert priced.total == Money(1350, "CNY")
    best = evaluate(cart, [two, tenth, again], policy.evolve(selection="best"))
    assert (best.total, best.certificate.status) == (Money(900, "CNY"), "optimal")
