"""The life of orders as shops tell it: words, splits, cancellations, returns, exchanges, chargebacks, the audit."""

from datetime import UTC, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from shopcore import orders
from shopcore.errors import InputError, RefundLimitError, TransitionError
from shopcore.models import DiscountShare, Money, Order, OrderLine, Rate, RoundingPolicy
from shopcore.orders import STATES, TRANSITIONS, check_command, order_status, refund_shares, refundable

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)


def cny(minor):
    return Money(minor, "CNY")


def test_the_usual_way(story):
    made = story(3)
    words = [made.state]
    for command in ("paid", "ship", "confirm_receipt"):
        getattr(made, command)()
        words.append(made.state)
    assert words == ["awaiting_payment", "awaiting_shipment", "shipped", "received"]
    order = made.order
    assert (order.paid_at, order.shipped_at, order.received_at, order.version) == (AT, AT, AT, 4)
    assert (
        order_status(order).explain().startswith("received (已签收): payment paid, fulfilment received, returns none")
    )


def test_split_shipment(story):
    made = story(1, 2).paid().ship({"1": 1}, reference="SF-1")
    assert (made.state, made.order.shipped_at) == ("partially_shipped", None)
    assert made.ship({"2": 1}).state == "partially_shipped"
    assert made.ship().state == "shipped"
    assert made.confirm_receipt({"2": 2}).state == "shipped"
    assert made.confirm_receipt().state == "received"


def test_part_payments_add_up(story):
    made = story(3).pay(cny(1000))
    assert made.state == "awaiting_payment"
    assert order_status(made.order).payment == "partly_paid"
    assert made.pay(cny(2000)).state == "awaiting_shipment"
    refusal = check_command(story(3).order, "pay", amount=cny(3001))
    assert (refusal.reason, refusal.limit) == ("above_due", cny(3000))


def test_cancelling_before_payment_waives(story):
    made = story(3).cancel({"1": 1})
    assert order_status(made.order).due == cny(2000)
    assert made.paid().ship().confirm_receipt().state == "received"
    gone = story(3).cancel()
    assert (gone.state, gone.order.cancelled_at) == ("cancelled", AT)
    assert order_status(gone.order).allowed == ()


def test_cancelling_after_payment_leaves_money_to_give_back(story):
    made = story(3).paid().cancel()
    assert made.state == "cancelled"
    assert refundable(made.order).open_amount == cny(3000)
    assert made.refund().state == "refunded"
    assert order_status(made.order).payment == "refunded"


def test_part_cancelled_after_payment(story):
    made = story(3).paid().cancel({"1": 1}).ship()
    assert made.state == "shipped"
    assert made.refund().events[0].amount == cny(1000)
    assert made.state == "shipped"
    assert order_status(made.order).payment == "partly_refunded"


def test_postage_goes_with_the_goods_until_a_parcel_left(story):
    def lines():
        return [
            OrderLine(line_id="1", sku="S1", title="A thing", quantity=2, unit_price=cny(1000)),
            OrderLine(line_id="p", sku="POST", title="Postage", kind="shipping", quantity=1, unit_price=cny(800)),
        ]

    before = story(lines=lines()).paid().cancel()
    assert refundable(before.order).open_amount == cny(2800)
    after = story(lines=lines()).paid().ship({"1": 1}).cancel()
    assert refundable(after.order).open_amount == cny(1000)
    assert after.state == "shipped"
    assert after.refund({"p": 1}).events[0].amount == cny(800)


def test_return_and_refund(story):
    made = story(3).paid().ship().confirm_receipt().request_return({"1": 2})
    assert made.state == "in_return"
    with pytest.raises(TransitionError) as caught:
        made.refund({"1": 1})
    assert caught.value.reason == "keeps_goods"
    assert made.receive_return({"1": 1}).state == "in_return"
    assert made.refund().events[0].amount == cny(1000)
    assert made.reject_return().state == "received"
    assert made.request_return().receive_return().refund().state == "refunded"


def test_refund_without_return_must_be_asked_for(story):
    made = story(2).paid().ship()
    refusal = check_command(made.order, "refund", units={"1": 1})
    assert (refusal.reason, refusal.limit, refusal.line_id) == ("keeps_goods", 0, "1")
    assert made.refund({"1": 1}, keep_goods=True).order.lines[0].kept == 1
    with pytest.raises(TransitionError) as caught:
        made.request_return({"1": 2})
    assert caught.value.limit == 1
    assert made.refund({"1": 1}, keep_goods=True).state == "refunded"


def test_exchange(story):
    made = story(2).paid().ship().request_return({"1": 1}).receive_return().exchange(reference="SF-2")
    assert (made.state, STATES[made.state]) == ("exchanged", "已换货")
    assert refundable(made.order).open_amount == cny(0)
    made.request_return().receive_return().refund()
    assert made.state == "refunded"
    assert order_status(made.order).refunded == cny(2000)


def test_a_parcel_refused_at_the_door_was_never_paid(story):
    made = story(2, payment_terms="cash_on_delivery")
    assert made.state == "awaiting_shipment"
    made.ship().request_return().receive_return()
    assert made.state == "cancelled"
    assert order_status(made.order).due == cny(0)


def test_cash_on_delivery(story):
    made = story(2, payment_terms="cash_on_delivery").ship().confirm_receipt().paid()
    assert (made.state, order_status(made.order).payment) == ("received", "paid")


def test_chargeback_stops_the_parcel(story):
    made = story(2).paid().chargeback(cny(2000))
    assert check_command(made.order, "ship").reason == "secured"
    assert order_status(made.order).due == cny(2000)
    with pytest.raises(RefundLimitError) as caught:
        made.refund(amount=cny(1))
    assert caught.value.limit == cny(0)
    assert made.reverse_chargeback(cny(2000)).ship().state == "shipped"


def test_audit(story):
    made = story(2).paid().hold()
    assert check_command(made.order, "ship").reason == "audit_clear"
    assert made.reject().order.audit == "rejected"
    assert check_command(made.order, "ship").reason == "audit_clear"
    assert made.approve().ship().state == "shipped"
    assert check_command(story(2).hold().reject().order, "pay").reason == "not_rejected"


def test_goodwill_is_apart_but_under_the_same_ceiling(story):
    made = story(2).paid().ship().goodwill(cny(300), reason="scratched box")
    assert order_status(made.order).goodwill == cny(300)
    made.request_return().receive_return()
    refusal = check_command(made.order, "refund")
    assert (refusal.reason, refusal.limit) == ("above_ceiling", cny(1700))
    made.refund({"1": 2}, amount=cny(1700))
    assert made.state == "refunded"
    with pytest.raises(RefundLimitError):
        made.goodwill(cny(1))


def test_a_refund_of_an_amount_is_tied_to_no_unit(story):
    made = story(2).paid().ship().refund(amount=cny(500))
    assert (made.state, made.order.lines[0].refunded) == ("shipped", 0)
    for amount in (cny(1501), cny(100_000)):
        with pytest.raises(RefundLimitError) as caught:
            made.refund(amount=amount)
        assert caught.value.limit == cny(1500)
    assert made.refund(amount=cny(1500)).state == "refunded"


def test_tax_comes_back_by_cumulative_rounding():
    line = OrderLine(
        line_id="1", sku="A", title="A thing", quantity=3, unit_price=cny(33), tax_rate=Rate("0.1"), tax_included=False
    )
    placed = orders.place(
        Order(order_id="A", currency="CNY", rounding=RoundingPolicy("line"), placed_at=AT, lines=[line])
    ).order
    order = orders.pay(placed, cny(109), at=AT).order
    taxes = []
    for _ in range(3):
        [share] = refund_shares(order, {"1": 1})
        step = orders.refund(order, {"1": 1}, at=AT)
        assert step.events[0].amount == share.amount
        taxes.append(share.tax.minor)
        order = step.order
    assert taxes == [3, 4, 3]
    assert order_status(order).held == cny(0)


def test_discounts_come_back_by_promotion():
    shares = [
        DiscountShare(promotion_id="a", amount=cny(100)),
        DiscountShare(promotion_id="b", amount=cny(1001), per_unit=[(2, 334), (1, 333)]),
    ]
    line = OrderLine(line_id="1", sku="A", title="A thing", quantity=3, unit_price=cny(1000), discounts=shares)
    order = Order(order_id="A", currency="CNY", rounding=RoundingPolicy("line"), placed_at=AT, lines=[line])
    [one] = refund_shares(order, {"1": 1})
    assert dict(one.promotions) == {"a": cny(33), "b": cny(334)}
    assert one.amount == cny(633)
    [whole] = refund_shares(order, {"1": 3})
    assert dict(whole.promotions) == {"a": cny(100), "b": cny(1001)}
    with pytest.raises(InputError):
        refund_shares(order, {"1": 4})


def test_an_order_of_services_needs_no_parcel(story):
    service = OrderLine(line_id="1", sku="S", title="Engraving", kind="service", quantity=1, unit_price=cny(500))
    made = story(lines=[service]).paid()
    assert (made.state, order_status(made.order).fulfilment) == ("received", "not_needed")
    assert made.refund().state == "refunded"


def test_a_free_order_is_paid_from_the_start(story):
    made = story(2, price=0)
    assert made.state == "awaiting_shipment"
    assert made.ship().request_return().receive_return().refund().state == "cancelled"


def test_a_credit_note_allows_nothing():
    line = OrderLine(line_id="1", sku="A", title="A thing", quantity=1, unit_price=cny(100))
    note = Order(
        order_id="A", currency="CNY", rounding=RoundingPolicy("line"), placed_at=AT, lines=[line], kind="credit"
    )
    assert order_status(note).allowed == ()
    assert check_command(note, "pay", amount=cny(1)).reason == "is_sale"


def test_misuse_raises(story):
    order = story(2).order
    for wrong in ({"1": 0}, {"1": True}, {"1": 1.0}, {"x": 1}, {}, ["1"]):
        with pytest.raises(InputError):
            orders.cancel(order, wrong, at=AT)
    with pytest.raises(InputError, match="aware"):
        orders.cancel(order, at=datetime(2026, 11, 11))  # noqa: DTZ001  # the naive one is the case
    with pytest.raises(InputError, match="placing"):
        orders.cancel(order, at=AT - timedelta(seconds=1))
    for wrong in (Money(1, "USD"), cny(0), cny(-1), 5):
        with pytest.raises(InputError):
            orders.pay(order, wrong, at=AT)
    with pytest.raises(InputError):
        check_command(order, "explode")
    with pytest.raises(InputError):
        orders.place(order)


def test_events_must_be_whole(story):
    made = story(2)
    placed = orders.place(made.order.evolve(version=0)).events
    paid = orders.pay(made.order, cny(2000), at=AT)
    shipped = orders.ship(paid.order, at=AT)
    assert orders.replay([*placed, *paid.events, *shipped.events]) == shipped.order
    for wrong in ([], paid.events, [*placed, *shipped.events], [*placed, *placed], ["x"]):
        with pytest.raises(InputError):
            orders.replay(wrong)


@pytest.mark.parametrize(
    ("kind", "fields", "match"),
    [
        ("shipped", {"units": [("nope", 1)]}, "line_id"),
        ("shipped", {"units": [("1", 1), ("1", 1)]}, "differ"),
        ("shipped", {"units": [("1", 3)]}, "shipped"),
        ("shipped", {"units": [("1", 1)], "amount": cny(1)}, "amount"),
        ("shipped", {"units": [("1", 1)], "keeps": [("1", 1)]}, "keeps"),
        ("refunded", {"amount": cny(1), "waives": [("1", 1)]}, "waives"),
        ("held", {"units": [("1", 1)]}, "units"),
        ("paid", {}, "amount"),
        ("refunded", {}, "amount"),
        ("paid", {"amount": cny(1), "at": AT - timedelta(seconds=1)}, "placing"),
        ("paid", {"amount": Money(1, "USD")}, "currency"),
    ],
)
def test_events_that_no_command_gives_are_refused(story, kind, fields, match):
    placed = orders.place(story(2).order.evolve(version=0)).events
    with pytest.raises(InputError, match=match):
        orders.replay([*placed, orders.OrderEvent(**{"order_id": "A1", "number": 2, "kind": kind, "at": AT, **fields})])


def test_wrong_kinds_of_arguments_are_named(story):
    order = story(2).order
    for wrong in (None, [], "1"):
        with pytest.raises(InputError, match="units"):
            orders.refund_shares(order, wrong)
    with pytest.raises(InputError, match="lines"):
        orders.basket_totals(iter(order.lines), rounding=order.rounding)


def test_a_step_later_on_a_clock_that_was_put_back_is_later(story):
    berlin = ZoneInfo("Europe/Berlin")
    order = story(2, placed_at=datetime(2026, 10, 25, 2, 50, tzinfo=berlin)).order
    paid = orders.pay(order, cny(2000), at=datetime(2026, 10, 25, 2, 10, tzinfo=berlin, fold=1)).order
    assert paid.paid_at - order.placed_at == timedelta(minutes=20)
    with pytest.raises(InputError, match="placing"):
        orders.pay(order, cny(2000), at=datetime(2026, 10, 25, 2, 10, tzinfo=berlin))


def test_the_table_prints_and_names_functions():
    text = orders.transition_table().explain()
    assert text.count("\n") == len(TRANSITIONS) + 1
    assert "| ship | 发货 | fulfilment |" in text
    for row in TRANSITIONS:
        assert callable(getattr(orders, row.command))
        assert set(row.leads_to) <= set(STATES)
    assert "<table>" in orders.transition_table()._repr_html_()


def test_nothing_personal_in_refusals():
    line = OrderLine(line_id="1", sku="A", title="A thing", quantity=1, unit_price=cny(100), unit_cost=cny(77))
    order = Order(
        order_id="A", currency="CNY", rounding=RoundingPolicy("line"), placed_at=AT, lines=[line], customer_id="C-9182"
    )
    step = orders.place(order)
    refusal = check_command(step.order, "ship")
    for text in (repr(step), repr(refusal), refusal.explain(), order_status(order)._repr_html_(), repr(step.events)):
        assert "9182" not in text
        assert "77" not in text


def test_thousands_of_lines_take_seconds(story):
    lines = [
        OrderLine(line_id=str(number), sku="A", title="A thing", quantity=2, unit_price=cny(100))
        for number in range(3_000)
    ]
    made = story(lines=lines).paid()
    started = process_time()
    made.refund({line.line_id: 1 for line in lines})
    assert process_time() - started < 5
    assert made.events[0].amount == cny(300_000)


def test_an_unknown_line_is_misuse(story):
    with pytest.raises(InputError, match="line of the order"):
        orders.ship(story(2).paid().order, {"9": 1}, at=AT)
    with pytest.raises(InputError, match="line of the order"):
        refund_shares(story(2).order, {"9": 1})
