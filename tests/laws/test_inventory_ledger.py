"""The ledger: no interleaving oversells, every counter is the sum of its events, a replay changes nothing."""

import pickle
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shopcore.errors import IdempotencyConflictError, OutOfStockError, RefusedError
from shopcore.inventory import StockLedger, available_to_promise, reconcile

START = datetime(2026, 6, 1, tzinfo=UTC)
skus = st.sampled_from(["A", "B", "C"])
lines = st.lists(st.tuples(skus, st.integers(1, 4)), min_size=1, max_size=4)
places = st.sampled_from(["main", "east"])


class Shop(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.opening = self.ledger = StockLedger.of({"A": 5, "B": 3})
        self.events, self.now, self.count = [], START, 0

    def keep(self, call) -> None:
        # Every accepted operation is sent twice, as a client without a reply does.
        self.count += 1
        op_id = f"op-{self.count}"
        before = self.ledger
        try:
            step = call(before, op_id)
        except RefusedError:
            return
        again = call(step.ledger, op_id)
        assert again.replayed
        assert again.event == step.event
        assert again.ledger == step.ledger
        self.ledger = step.ledger
        self.events.append(step.event)

    @rule(asked=lines, place=places)
    def receive(self, asked, place) -> None:
        self.keep(lambda s, k: s.receive(asked, location=place, op_id=k, at=self.now))

    @rule(asked=lines, place=places, minutes=st.none() | st.integers(1, 9), name=st.integers(0, 4))
    def reserve(self, asked, place, minutes, name) -> None:
        short = self.ledger.check_reserve(asked, location=place, at=self.now)
        wanted = {}
        for sku, n in asked:
            wanted[sku] = wanted.get(sku, 0) + n
        free = {sku: self.ledger.available(sku, location=place, at=self.now) for sku in wanted}
        assert {(x.sku, x.missing) for x in short} == {(s, n - free[s]) for s, n in wanted.items() if n > free[s]}
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        self.keep(
            lambda s, k: s.reserve(asked, hold_id=f"h{name}", location=place, expires_at=until, op_id=k, at=self.now)
        )

    @rule(name=st.integers(0, 4), part=st.none() | lines, verb=st.sampled_from(["commit", "release"]), place=places)
    def settle(self, name, part, verb, place) -> None:
        self.keep(lambda s, k: getattr(s, verb)(f"h{name}", part, location=place, op_id=k, at=self.now))

    @rule(minutes=st.integers(0, 6))
    def wait(self, minutes) -> None:
        self.now += timedelta(minutes=minutes)
        self.keep(lambda s, k: s.expire(self.now, op_id=k))

    @rule(sku=skus, units=st.integers(-4, 4), place=places)
    def count_stock(self, sku, units, place) -> None:
        self.keep(lambda s, k: s.adjust([(sku, units)], reason="stocktake", location=place, op_id=k, at=self.now))

    @rule(asked=lines)
    def move(self, asked) -> None:
        self.keep(lambda s, k: s.transfer(asked, source="main", target="east", op_id=k, at=self.now))

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        for place in ("main", "east"):
            for sku in "ABC":
                assert self.ledger.available(sku, location=place, at=self.now) >= 0
                assert (
                    self.ledger.units(sku, location=place)
                    >= self.ledger.reserved(sku, location=place, at=self.now)
                    >= 0
                )

    @invariant()
    def counters_are_the_sum_of_events(self) -> None:
        assert reconcile(self.ledger, reversed(self.events), opening=self.opening) == ()


TestShop = Shop.TestCase


@given(st.lists(lines, min_size=1, max_size=6), st.randoms())
def test_total_reserved_never_exceeds_stock_in_any_order(requests, random) -> None:
    random.shuffle(requests)
    ledger = StockLedger.of({"A": 6, "B": 6, "C": 6})
    for number, asked in enumerate(requests):
        if not ledger.check_reserve(asked):
            ledger = ledger.reserve(asked, hold_id=str(number)).ledger
        else:
            with pytest.raises(OutOfStockError):
                ledger.reserve(asked, hold_id=str(number))
    assert all(ledger.reserved(sku) <= 6 for sku in "ABC")


def test_an_operation_id_with_other_facts_is_a_conflict() -> None:
    step = StockLedger.of({"A": 5}).reserve([("A", 1)], hold_id="h", op_id="k")
    with pytest.raises(IdempotencyConflictError):
        step.ledger.reserve([("A", 2)], hold_id="h", op_id="k")
    assert pickle.loads(pickle.dumps(step.ledger)) == step.ledger
    assert hash(step.ledger) == hash(pickle.loads(pickle.dumps(step.ledger)))


@given(st.integers(0, 30), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8), st.data())
def test_a_promise_within_what_may_be_promised_breaks_no_other(on_hand, rows, data) -> None:
    incoming, promised = (np.array(column) for column in zip(*rows, strict=True))
    free = available_to_promise(on_hand, incoming, promised)
    t = data.draw(st.integers(0, len(rows) - 1))
    projected = on_hand + np.cumsum(incoming - promised)
    projected[t:] -= int(free[t])
    if free[t] > 0:
        assert projected[t:].min() == 0
    assert np.all(np.diff(free) >= 0)
