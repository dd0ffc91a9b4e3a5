"""No sequence of commands refunds above paid, ships above ordered, takes back the unshipped or loses an event."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shopcore import orders
from shopcore.errors import RefusedError
from shopcore.models import DiscountShare, Money, Order, OrderLine, Rate, RoundingPolicy
from shopcore.orders import (
    STATES,
    TRANSITIONS,
    OrderEvent,
    check_command,
    order_state,
    order_status,
    refundable,
    replay,
    totals,
)
from shopcore.orders._check import LIMITS
from shopcore.orders._facts import facts_of, line_facts, payable

START = datetime(2026, 11, 11, 0, tzinfo=UTC)
BY_UNITS = (
    "cancel", "ship", "confirm_receipt", "request_return", "reject_return", "receive_return", "exchange",
)  # fmt: skip
ENDINGS = ("cancel", "chargeback", "hold", "reject")
BY_MONEY = ("pay", "goodwill", "chargeback", "reverse_chargeback")
LEADS_TO = {row.command: row.leads_to for row in TRANSITIONS}
EVENTS = {row.command: row.event for row in TRANSITIONS}


@st.composite
def new_orders(draw):
    lines = []
    for number in range(draw(st.integers(1, 3))):
        quantity, price = draw(st.integers(1, 4)), draw(st.integers(0, 999))
        discounts = []
        if draw(st.booleans()):
            amount = Money(draw(st.integers(0, price * quantity)), "CNY")
            discounts.append(DiscountShare(promotion_id="p", amount=amount))
        lines.append(
            OrderLine(
                line_id=str(number),
                sku=f"S{number}",
                title="A thing",
                quantity=quantity,
                unit_price=Money(price, "CNY"),
                discounts=discounts,
                tax_rate=Rate(draw(st.sampled_from(["0", "0.13", "0.0725"]))),
                tax_included=draw(st.booleans()),
                kind=draw(st.sampled_from(["goods", "goods", "goods", "gift", "service", "shipping"])),
            )
        )
    policy = RoundingPolicy(
        draw(st.sampled_from(["unit", "line", "order"])), draw(st.sampled_from(["half_up", "floor"]))
    )
    terms = draw(st.sampled_from(["prepaid", "prepaid", "cash_on_delivery"]))
    return Order(order_id="A", currency="CNY", rounding=policy, placed_at=START, lines=lines, payment_terms=terms)


class Machine(RuleBasedStateMachine):
    @initialize(order=new_orders())
    def begin(self, order):
        step = orders.place(order)
        self.order, self.events = step.order, list(step.events)
        self.at = START

    def give(self, command, *args, **options):
        self.at += timedelta(minutes=7)
        before = self.order
        asked = {"units": args[0]} if command in BY_UNITS and args else {}
        if command in BY_MONEY:
            asked = {"amount": args[0]}
        if command == "refund":
            asked = {name: options[name] for name in ("units", "amount", "keep_goods") if name in options}
        refusal = check_command(before, command, **asked)
        if refusal is not None:
            with pytest.raises(RefusedError) as caught:
                getattr(orders, command)(before, *args, at=self.at, **options)
            error = caught.value
            assert (error.reason, error.state, error.allowed) == (refusal.reason, refusal.state, refusal.allowed)
            assert error.limit == refusal.limit
            assert str(error) == refusal.explain()
            assert str(pickle.loads(pickle.dumps(error))) == str(error)
            self.try_limit(command, refusal, options)
            return
        step = getattr(orders, command)(before, *args, at=self.at, **options)
        assert command in order_status(before).allowed
        self.order = step.order
        self.events += step.events
        assert before.version + 1 == self.order.version
        assert [event.kind for event in step.events] == [EVENTS[command]]
        assert order_state(self.order) in LEADS_TO[command], (command, order_state(self.order))

    def try_limit(self, command, refusal, options):
        """What a refusal names as the most is allowed, and one more is not."""
        if refusal.limit in (None, 0, Money(0, "CNY")):
            return
        if refusal.line_id is not None:
            asked = {"units": {refusal.line_id: refusal.limit}, "keep_goods": options.get("keep_goods", False)}
            most = check_command(self.order, command, **asked)
            assert most is None or most.reason == "above_ceiling"
        elif command != "refund":
            assert check_command(self.order, command, amount=refusal.limit) is None

    @rule(data=st.data())
    def likely(self, data):
        """A command that is allowed; the endings come seldom, so that orders live long."""
        allowed = order_status(self.order).allowed
        going_on = [name for name in allowed if name not in ENDINGS] or list(allowed)
        if going_on:
            self.draw(data.draw(st.sampled_from(going_on)), data)

    @rule(command=st.sampled_from(sorted(LEADS_TO)), data=st.data())
    def any_command(self, command, data):
        self.draw(command, data)

    def draw(self, command, data):
        if command in BY_MONEY:
            self.give(command, self.amount(command, data))
        elif command == "refund":
            self.give(command, **self.refund_options(data))
        elif command in BY_UNITS and data.draw(st.booleans()):
            self.give(command, self.units(data, LIMITS[command]))
        else:
            self.give(command)

    def units(self, data, limit):
        fitting = [line.line_id for line in self.order.lines if limit(line) > 0]
        ids = fitting or [line.line_id for line in self.order.lines]
        return data.draw(st.dictionaries(st.sampled_from(ids), st.integers(1, 3), min_size=1))

    def amount(self, command, data):
        status = order_status(self.order)
        usual = {"pay": status.due, "reverse_chargeback": status.charged_back}.get(command, status.held)
        part = usual.minor if command == "pay" else usual.minor // 5
        return Money(max(1, data.draw(st.sampled_from([part, part, usual.minor, usual.minor + 1]))), "CNY")

    def refund_options(self, data):
        how = data.draw(st.sampled_from(["all", "amount", "units", "units for less"]))
        options = {"keep_goods": data.draw(st.booleans())}
        if how.startswith("units"):
            options["units"] = self.units(data, lambda line: line_facts(line).open + line_facts(line).keepable)
        if how in ("amount", "units for less"):
            options["amount"] = Money(data.draw(st.integers(1, 500)), "CNY")
        return options

    def teardown(self):
        if not hasattr(self, "order"):
            return
        assert replay(self.events) == self.order
        assert len(self.events) == self.order.version
        texts = [OrderEvent.from_json(event.to_json()) for event in self.events]
        assert replay(texts) == self.order
        assert Order.from_json(self.order.to_json()) == self.order

    @invariant()
    def nothing_passes_its_ceiling(self):
        status = order_status(self.order)
        assert status.held.minor >= 0
        assert status.refunded.minor + status.goodwill.minor <= status.paid.minor
        assert status.paid.minor <= totals(self.order).total.minor + self.order.posted("chargeback").minor
        for line in self.order.lines:
            assert line.cancelled + line.shipped <= line.quantity
            assert line.received <= line.shipped
            assert line.returned + line.return_requested <= line.shipped + line.exchanged
            if line.kind not in ("goods", "gift"):
                assert line.shipped == 0

    @invariant()
    def units_add_up(self):
        for line in self.order.lines:
            found = line_facts(line)
            assert min(found.open_cancelled, found.open_returned, found.unshipped, found.keepable) >= 0
            settled = line.refunded + line.waived
            assert found.open + found.unshipped + found.keepable + line.return_requested + settled == line.quantity

    @invariant()
    def sums_agree(self):
        facts, found = facts_of(self.order), refundable(self.order)
        assert found.ceiling.minor == facts.held
        assert facts.open_cancelled + facts.open_returned == sum(row.open for row in found.lines)
        assert order_status(self.order).state in STATES
        if not any(line.waived for line in self.order.lines):
            assert payable(self.order) == totals(self.order).total.minor


Machine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestMachine = Machine.TestCase


@pytest.mark.heavy
def test_long_runs():
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Machine, settings=settings(max_examples=3_000, stateful_step_count=60, deadline=None))
