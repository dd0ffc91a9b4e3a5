"""What always holds of a priced cart, and of returns: sums, floors, round trips, telescoping refunds, the proof."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st
from promotion_carts import carts, offers, policies

from shopcore.models import Cart, Money
from shopcore.promotions import Purchase, ReturnPolicy, StackingPolicy, evaluate, quote_refund, read_promotions, verify

modes = st.sampled_from(["shared", "once"])
few = settings(max_examples=max(settings().max_examples // 4, 10))


@given(carts(), offers(), st.data())
def test_shares_sum_exactly_and_no_unit_goes_below_its_floor(cart, promotions, data):
    priced = evaluate(cart, promotions, data.draw(policies(units=data.draw(modes))))
    for line, found in zip(cart.lines, priced.lines, strict=True):
        floor = 0 if line.price_floor is None else min(line.price_floor.minor, line.unit_price.minor)
        assert sum(share.amount.minor for share in found.discounts) == found.discount.minor
        assert all(share.units == line.quantity for share in found.discounts)
        assert sum(count for count, _ in found.unit_amounts) == line.quantity
        assert sum(count * minor for count, minor in found.unit_amounts) == found.amount.minor
        assert all(minor >= floor for _, minor in found.unit_amounts)
    goods = sum(line.amount.minor for line in priced.lines)
    assert priced.total.minor == goods + priced.shipping.minor == priced.list_total.minor - priced.saving.minor
    assert sum(entry.saving.minor for entry in priced.trace) == priced.saving.minor
    assert priced.pay_now + priced.pay_later == priced.total
    assert len(priced.trace) == len(promotions)
    for claim in priced.claims:
        assert claim.shop_part + claim.platform_part == claim.amount
        assert claim.budget is None or claim.amount.minor <= claim.budget.minor


@few
@given(carts(), offers(max_size=4), st.data())
def test_the_best_costs_no_more_than_the_order_and_verifies(cart, promotions, data):
    policy = data.draw(policies(selection="best", units=data.draw(modes)))
    best = evaluate(cart, promotions, policy)
    assert best.total.minor <= evaluate(cart, promotions, policy.evolve(selection="priority")).total.minor
    assert verify(best, cart, promotions, policy).sound
    for tampered in (
        dataclasses.replace(best, total=best.total + Money(1, "CNY")),
        dataclasses.replace(best, certificate=dataclasses.replace(best.certificate, status="gap")),
        dataclasses.replace(best, applied=(*best.applied, "nobody")),
    ):
        assert not verify(tampered, cart, promotions, policy).sound


@given(carts(), offers(), policies())
def test_values_survive_json(cart, promotions, policy):
    assert Cart.from_json(cart.to_json()) == cart
    assert list(read_promotions([one.to_json() for one in promotions])) == promotions
    assert StackingPolicy.from_json(policy.to_json()) == policy


@given(carts(), offers(max_size=3), st.data())
def test_refunds_over_any_sequence_of_returns_add_up(cart, promotions, data):
    policy = data.draw(policies())
    method = data.draw(st.sampled_from(["pro_rata", "reprice_kept"]))
    settle = ReturnPolicy(method, data.draw(st.sampled_from(["keep", "rebill"])))
    bought = Purchase(cart, promotions, policy)
    gone, net = {}, 0
    for _ in range(data.draw(st.integers(1, 3))):
        now = {
            line.line_id: data.draw(st.integers(0, line.quantity - gone.get(line.line_id, 0))) for line in cart.lines
        }
        step = quote_refund(bought, now, settle, before=gone)
        assert step.refund.minor == 0 or step.shortfall.minor == 0
        net += step.refund.minor - step.shortfall.minor
        gone = {line: gone.get(line, 0) + count for line, count in now.items()}
    once = quote_refund(bought, gone, settle)
    assert net == once.refund.minor - once.shortfall.minor
    assert once.paid.minor - net == once.kept_value.minor
    if method == "pro_rata" and settle.shipping == "keep":
        assert once.shortfall.minor == 0


@given(carts(), offers(max_size=4), st.data())
def test_returns_unit_by_unit_add_up_whatever_each_promotion_says_of_returns(cart, promotions, data):
    ways = st.sampled_from([None, "pro_rata", "reprice_kept"])
    mixed = [one.evolve(on_return=data.draw(ways)) for one in promotions]
    policy = data.draw(policies(units=data.draw(modes)))
    settle = ReturnPolicy(data.draw(st.sampled_from(["pro_rata", "reprice_kept"])))
    bought = Purchase(cart, mixed, policy)
    units = data.draw(st.permutations([line.line_id for line in cart.lines for _ in range(line.quantity)]))
    gone, net = {}, 0
    for unit in units:
        step = quote_refund(bought, {unit: 1}, settle, before=gone)
        assert min(step.refund.minor, step.shortfall.minor) == 0
        net += step.refund.minor - step.shortfall.minor
        gone[unit] = gone.get(unit, 0) + 1
    once = quote_refund(bought, gone, settle)
    assert net == once.refund.minor - once.shortfall.minor
