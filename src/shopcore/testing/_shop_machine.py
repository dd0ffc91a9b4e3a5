"""The stateful test that holds a database to the reference model, for this library and for every host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shopcore import persistence
from shopcore.errors import IdempotencyConflictError, RefusedError, TransitionError
from shopcore.models import Money, Order, OrderLine, RoundingPolicy
from shopcore.orders import order_status, replay
from shopcore.promotions import Claim
from shopcore.testing._shop_model import ModelRefusal, ShopModel

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shopcore.persistence import Tables

__all__ = ["shop_machine"]

START: Final = datetime(2026, 11, 11, tzinfo=UTC)
PLACES: Final = ("main", "east")
LIMIT: Final = 2
# Few names and small numbers, so that steps meet each other; most goods are at the first place.
letters = st.sampled_from("AB")
asked = st.dictionaries(letters, st.integers(1, 4), min_size=1, max_size=2)
places = st.sampled_from((*PLACES[:1] * 3, *PLACES[1:]))
minutes = st.sampled_from((None, 1, 2, 4))
names = st.integers(0, 2)


def shop_machine(connect: Callable[[], Connection], tables: Tables) -> type[RuleBasedStateMachine]:
    """Return the state machine that holds a database to `ShopModel` (状态机测试), for hypothesis to run.

    Every run works in one transaction that is rolled back at its end, on SKUs of its own. Holds of others that have
    ended are given back inside it, so run it beside a shop at rest: a copy, or a test deployment.

    Parameters
    ----------
    connect : callable
        Gives a new connection, such as ``engine.connect``.
    tables : Tables
        From `build_tables`; the schema is there.

    Notes
    -----
    After every step: units on hand and available equal the model's, counters, entries and holds agree, promotion
    counters equal their claims, and at the end every order equals the replay of its events.

    Examples
    --------
    >>> from hypothesis import settings
    >>> from hypothesis.stateful import run_state_machine_as_test
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> machine = shop_machine(shop.engine.connect, shop.tables)
    >>> run_state_machine_as_test(machine, settings=settings(max_examples=3, stateful_step_count=5, database=None))
    """

    class ShopMachine(_ShopMachine):
        pass

    ShopMachine.connect = staticmethod(connect)
    ShopMachine.tables = tables
    return ShopMachine


def _outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ModelRefusal as error:
        return error.reason
    except IdempotencyConflictError:
        return "conflict"
    except TransitionError:
        return "transition"
    except RefusedError as error:
        return error.reason


def _changes(booking: Any) -> dict[tuple[str, str], tuple[int, int]]:
    return {(c.location, c.sku): (c.on_hand, c.reserved) for c in booking.event.changes if c.on_hand or c.reserved}


def _step(booking: Any) -> tuple[int, tuple[str, ...]]:
    return booking.order.version, tuple(sorted(line.sku for line in booking.short))


def _same(found: Any, expected: Any, what: str) -> None:
    if found != expected:
        raise AssertionError(f"the database gives {found!r}, and not {expected!r}, {what}")


class _ShopMachine(RuleBasedStateMachine):
    connect: Callable[[], Connection]
    tables: Tables

    def __init__(self) -> None:
        super().__init__()
        self.token = uuid4().hex[:12]
        self.model = ShopModel(limit=LIMIT)
        self.connection = self.connect()
        self.transaction = self.connection.begin()
        self.now = START
        self.calls: list[tuple[Callable[[str], Any], Callable[[str], Any]]] = []

    def teardown(self) -> None:
        try:
            ids = [self.own(f"o{number}") for number in range(3)]
            for order in persistence.load_orders(self.connection, self.tables, ids):
                events = persistence.load_order_events(self.connection, self.tables, order.order_id)
                _same(order, replay(events), "an order that its events lead to")
        finally:
            self.transaction.rollback()
            self.connection.close()

    def own(self, name: str) -> str:
        """Return a name of this run alone."""
        return f"{self.token}-{name}"

    def keys(self, units: Mapping[str, int], place: str) -> dict[tuple[str, str], int]:
        """Return units by place and SKU, in order."""
        return {(place, self.own(letter)): n for letter, n in sorted(units.items())}

    def both(self, real: Callable[[str], Any], model: Callable[[str], Any]) -> None:
        """Carry an operation out on both sides, twice: a client without a reply asks again."""
        op_id = self.own(str(len(self.calls)))
        self.calls.append((real, model))
        expected = _outcome(lambda: model(op_id))
        for _ in range(2):
            _same(_outcome(lambda: real(op_id)), expected, "the model's answer")

    def lines(self, units: Mapping[str, int]) -> dict[str, int]:
        """Return units by SKU of this run."""
        return {self.own(letter): n for letter, n in units.items()}

    @initialize()
    def open_with_stock(self) -> None:
        """Begin with a few units, so that the first steps are about something."""
        self.receive({"A": 5, "B": 3}, "main")

    @rule(units=asked, place=places)
    def receive(self, units: dict[str, int], place: str) -> None:
        at = self.now
        self.both(
            lambda k: _changes(
                persistence.receive_stock(
                    self.connection, self.tables, self.lines(units), op_id=k, at=at, location=place
                )
            ),
            lambda k: self.model.receive(k, self.keys(units, place)),
        )

    @rule(units=asked, place=places, end=minutes, name=names)
    def reserve(self, units: dict[str, int], place: str, end: int | None, name: int) -> None:
        at, hold = self.now, self.own(f"h{name}")
        ends = None if end is None else at + timedelta(minutes=end)
        self.both(
            lambda k: _changes(
                persistence.reserve_stock(
                    self.connection, self.tables, self.lines(units), hold_id=hold, op_id=k, at=at, expires_at=ends,
                    location=place,
                )
            ),
            lambda k: self.model.reserve(k, at, self.keys(units, place), hold_id=hold, ends=ends),
        )  # fmt: skip

    @rule(verb=st.sampled_from(["commit", "release"]), name=names, units=st.none() | asked, place=places)
    def settle(self, verb: str, name: int, units: dict[str, int] | None, place: str) -> None:
        at, hold = self.now, self.own(f"h{name}")
        act = persistence.commit_stock if verb == "commit" else persistence.release_stock
        some = None if units is None else self.lines(units)
        self.both(
            lambda k: _changes(act(self.connection, self.tables, hold, some, op_id=k, at=at, location=place)),
            lambda k: self.model.settle(k, at, verb, hold, None if units is None else self.keys(units, place)),
        )

    @rule(wait=st.integers(0, 6))
    def expire(self, wait: int) -> None:
        self.now += timedelta(minutes=wait)
        at = self.now

        def real(op_id: str) -> Any:
            booking = persistence.expire_due(self.connection, self.tables, at=at, op_id=op_id)
            return {key: n for key, n in _changes(booking).items() if key[1].startswith(self.token)}

        self.both(real, lambda k: self.model.expire(k, at))

    @rule(wait=st.integers(1, 4))
    def wait(self, wait: int) -> None:
        self.now += timedelta(minutes=wait)

    @rule(units=st.dictionaries(letters, st.integers(-4, 4), min_size=1, max_size=2), place=places)
    def adjust(self, units: dict[str, int], place: str) -> None:
        at = self.now
        self.both(
            lambda k: _changes(
                persistence.adjust_stock(
                    self.connection, self.tables, self.lines(units), reason="count", op_id=k, at=at, location=place
                )
            ),
            lambda k: self.model.adjust(k, at, self.keys(units, place)),
        )

    @rule(units=asked)
    def transfer(self, units: dict[str, int]) -> None:
        at, (source, target) = self.now, PLACES
        self.both(
            lambda k: _changes(
                persistence.transfer_stock(
                    self.connection, self.tables, self.lines(units), source=source, target=target, op_id=k, at=at
                )
            ),
            lambda k: self.model.transfer(k, at, self.keys(units, source), target),
        )

    @rule(units=asked, place=places, end=minutes, name=names, cart=st.none() | names, claim=st.booleans())
    def place(  # noqa: PLR0917  # hypothesis hands them over by name
        self,
        units: dict[str, int],
        place: str,
        end: int | None,
        name: int,
        cart: int | None,
        claim: bool,  # noqa: FBT001  # drawn
    ) -> None:
        at, order_id = self.now, self.own(f"o{name}")
        ends = None if end is None else at + timedelta(minutes=end)
        hold = None if cart is None else self.own(f"h{cart}")
        order, claims = self.order(order_id, units), [self.claim()] if claim else []
        self.both(
            lambda k: _step(
                persistence.place_order(
                    self.connection, self.tables, order, op_id=k, claims=claims, expires_at=ends, from_hold=hold,
                    location=place,
                )
            ),
            lambda k: self.model.place(
                k, at, order_id, self.lines(units), location=place, ends=ends, from_hold=hold, claim=claim
            ),
        )  # fmt: skip

    def order(self, order_id: str, units: Mapping[str, int]) -> Order:
        """Return an order of one line a SKU."""
        price = Money(1000, "CNY")
        lines = tuple(
            OrderLine(line_id=sku, sku=sku, title="Thing", quantity=n, unit_price=price)
            for sku, n in self.lines(units).items()
        )
        return Order(
            order_id=order_id, currency="CNY", rounding=RoundingPolicy("line"), placed_at=self.now, lines=lines
        )  # fmt: skip

    def claim(self) -> Claim:
        """Return what an order takes of the one promotion."""
        off = Money(100, "CNY")
        return Claim(self.own("off"), 1, off, LIMIT, None, None, off, Money(0, "CNY"))

    @precondition(lambda self: self.model.books.orders)
    @rule(data=st.data(), command=st.sampled_from(["pay", "ship", "cancel"]))
    def advance(self, data: st.DataObject, command: str) -> None:
        at, order_id = self.now, data.draw(st.sampled_from(sorted(self.model.books.orders)))
        given: dict[str, Any] = {}
        if command == "pay":
            [order] = persistence.load_orders(self.connection, self.tables, [order_id])
            due = order_status(order).due
            given["amount"] = due if due.minor else Money(1, "CNY")
        if command == "ship":
            wanted = data.draw(st.dictionaries(st.sampled_from(sorted(self.model.books.orders[order_id].ordered)),
                                               st.integers(1, 4), min_size=1))  # fmt: skip
            given["units"] = wanted
        model: Callable[[str], Any] = {
            "pay": lambda k: self.model.pay(k, at, order_id),
            "ship": lambda k: self.model.ship(k, at, order_id, given["units"]),
            "cancel": lambda k: self.model.cancel(k, order_id),
        }[command]
        place = self.model.books.orders[order_id].place
        self.both(
            lambda k: _step(
                persistence.advance_order(
                    self.connection, self.tables, order_id, command, op_id=k, at=at,
                    location=place if command == "ship" else None, **given,
                )
            ),
            model,
        )  # fmt: skip

    @precondition(lambda self: len(self.calls) > 1)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Send an old operation again, or another one under its id."""
        number = data.draw(st.integers(0, len(self.calls) - 1))
        real, model = self.calls[data.draw(st.sampled_from([number, len(self.calls) - 1]))]
        op_id = self.own(str(number))
        if op_id not in self.model.done:
            return
        _same(_outcome(lambda: real(op_id)), _outcome(lambda: model(op_id)), "the model's answer to a known id")

    @invariant()
    def the_database_agrees_with_the_model(self) -> None:
        skus = [self.own(letter) for letter in "AB"]
        for place in PLACES:
            free = persistence.available_stock(self.connection, self.tables, skus, at=self.now, location=place)
            _same(free, {sku: self.model.available((place, sku), self.now) for sku in skus}, "the model's free units")
        found = persistence.load_stock(self.connection, self.tables)
        levels = {(one.location, one.sku): one.on_hand for one in found if one.sku in skus and one.on_hand}
        _same(levels, {key: n for key, n in self.model.books.on_hand.items() if n}, "the model's units on hand")

    @invariant()
    def the_books_agree_with_themselves(self) -> None:
        drift = persistence.reconcile_stock(self.connection, self.tables)
        _same([one for one in drift if one.sku.startswith(self.token)], [], "counters that equal their entries")
        claims = persistence.reconcile_claims(self.connection, self.tables)
        _same([one for one in claims if one.promotion_id == self.own("off")], [], "uses that equal their claims")
        used = persistence.load_usage(self.connection, self.tables, [self.own("off")], currency="CNY")
        _same(used[self.own("off")].used, self.model.books.uses, "the model's uses of the promotion")
