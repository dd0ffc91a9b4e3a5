"""The ledger: golden cases of stock, and refusals with their facts."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shopcore.errors import InputError, LimitError, OutOfStockError, RefusedError
from shopcore.inventory import StockLedger, available_to_promise, reconcile

FILE = Path(__file__).parents[1] / "golden" / "inventory_stock.json"
CASES = {case["id"]: case for case in json.loads(FILE.read_text("utf-8"))["cases"]}
AT = datetime(2026, 6, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 2, tzinfo=UTC)


def opening(levels):
    stock = StockLedger.of({sku: level["on_hand"] for sku, level in levels.items()})
    for sku, level in levels.items():
        for name, units in level.items():
            if name != "on_hand" and units:
                stock = stock.reserve([(sku, units)], hold_id=f"{name}-{sku}").ledger
    return stock


def tries(stock, requests):
    results = []
    for number, lines in enumerate(requests):
        results.append(not stock.check_reserve(lines))
        if results[-1]:
            stock = stock.reserve(lines, hold_id=f"try-{number}").ledger
    return stock, results


def figures(stock, expected):
    return {sku: {"on_hand": stock.units(sku), "reserved": stock.reserved(sku)} for sku in expected}


def test_smaller_ask_may_still_fit() -> None:
    given, expected = CASES["STK-17"]["given"], CASES["STK-17"]["expect"]
    stock, results = tries(opening(given["levels"]), [[tuple(line)] for line in given["sequence"]])
    assert results == expected["results"]
    assert figures(stock, expected["after"]) == expected["after"]


def test_both_kinds_of_hold_are_subtracted() -> None:
    given, expected = CASES["STK-23"]["given"], CASES["STK-23"]["expect"]
    assert tries(opening(given["levels"]), [[("A", n)] for n in given["ask"]])[1] == expected["results"]


def test_opposite_orders_of_lines_give_the_same() -> None:
    given, expected = CASES["STK-15"]["given"], CASES["STK-15"]["expect"]
    requests = [call["reserve"] for call in given["concurrent"] for _ in range(call["times"])]
    stock, _ = tries(opening(given["levels"]), [[tuple(line) for line in lines] for lines in requests])
    assert figures(stock, expected["after"]) == expected["after"]


def test_a_retry_after_a_lost_reply_gives_the_first_result() -> None:
    given, expected = CASES["STK-25"]["given"], CASES["STK-25"]["expect"]
    first = opening(given["levels"]).reserve([("A", 1)], hold_id="h", op_id=given["op_id"])
    again = first.ledger.reserve([("A", 1)], hold_id="h", op_id=given["op_id"])
    assert again.ledger.reserved("A") == expected["reserved_in_the_end"]
    assert again.event == first.event


def test_two_keys_one_unit() -> None:
    given = CASES["ORD-26"]["given"]
    stock = StockLedger.of({"A": given["stock"]}).reserve([("A", 1)], hold_id="1", op_id="k1").ledger
    with pytest.raises(OutOfStockError) as caught:
        stock.reserve([("A", 1)], hold_id="2", op_id="k2")
    assert caught.value.reason == CASES["ORD-26"]["expect"]["second"]


def test_every_short_line_is_named_and_lines_are_summed() -> None:
    stock = StockLedger.of({"A": 3, "B": 1})
    with pytest.raises(OutOfStockError) as caught:
        stock.reserve([("A", 2), ("B", 2), ("A", 2), ("C", 1)], hold_id="h")
    assert [(line.sku, line.missing) for line in caught.value.lines] == [("A", 1), ("B", 1), ("C", 1)]
    assert caught.value.lines == stock.check_reserve([("A", 4), ("B", 2), ("C", 1)])


def test_an_expired_hold_counts_no_longer_and_cannot_be_committed() -> None:
    stock = StockLedger.of({"A": 1}).reserve([("A", 1)], hold_id="h", expires_at=LATER, at=AT).ledger
    assert (stock.available("A", at=AT), stock.available("A", at=LATER), stock.available("A")) == (0, 1, 0)
    with pytest.raises(RefusedError) as caught:
        stock.commit("h", at=LATER)
    assert caught.value.reason == "expired"
    taken = stock.reserve([("A", 1)], hold_id="other", at=LATER).ledger
    assert taken.expire(LATER).ledger.available("A") == 0
    assert stock.commit("h", at=AT).ledger.units("A") == 0


def test_part_of_a_hold_may_be_shipped() -> None:
    stock = StockLedger.of({"A": 5}).reserve({"A": 3}, hold_id="h").ledger
    shipped = stock.commit("h", [("A", 2)]).ledger
    assert (shipped.units("A"), shipped.reserved("A")) == (3, 1)
    with pytest.raises(RefusedError, match="fewer"):
        shipped.release("h", [("A", 2)])
    assert shipped.release("h").ledger.available("A") == 3


def test_reserved_units_cannot_be_written_off_or_moved() -> None:
    stock = StockLedger.of({"A": 5}).reserve({"A": 4}, hold_id="h").ledger
    for call in (
        lambda: stock.adjust({"A": -2}, reason="count"),
        lambda: stock.transfer({"A": 2}, source="main", target="b"),
    ):
        with pytest.raises(OutOfStockError):
            call()
    assert stock.adjust({"A": -1}, reason="count").ledger.available("A") == 0


def test_events_show_themselves_and_drift_is_found() -> None:
    step = StockLedger().receive({"A": 5}, op_id="k", at=AT)
    assert step.event.to_dict()["changes"] == [{"sku": "A", "location": "main", "on_hand": 5, "reserved": 0}]
    drift = reconcile(StockLedger.of({"A": 6}), [step.event])
    assert [(d.sku, d.counter, d.ledger, d.events) for d in drift] == [("A", "on_hand", 6, 5)]


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.reserve([], hold_id="h"),
        lambda s: s.reserve([("A", 0)], hold_id="h"),
        lambda s: s.reserve([("A", True)], hold_id="h"),
        lambda s: s.reserve([("A", 1.0)], hold_id="h"),
        lambda s: s.reserve([("A",)], hold_id="h"),
        lambda s: s.reserve([("A\n", 1)], hold_id="h"),
        lambda s: s.reserve([("A", 1)], hold_id=""),
        lambda s: s.reserve([("A", 1)], hold_id="h", expires_at=LATER),
        lambda s: s.reserve([("A", 1)], hold_id="h", expires_at=AT, at=AT),
        lambda s: s.reserve([("A", 1)], hold_id="h", at=AT.replace(tzinfo=None)),
        lambda s: s.transfer([("A", 1)], source="x", target="x"),
        lambda s: s.adjust([("A", 1)], reason=""),
        lambda s: s.expire("now"),
        lambda _: StockLedger.of({"A": -1}),
        lambda s: reconcile(s, ["event"]),
        lambda _: available_to_promise(1, [-1], [0]),
        lambda _: available_to_promise(1, [], []),
    ],
)
def test_misuse_is_refused_by_name(call) -> None:
    with pytest.raises(InputError) as caught:
        call(StockLedger.of({"A": 5}))
    assert caught.value.argument


def test_a_huge_request_is_refused_before_work() -> None:
    with pytest.raises(LimitError):
        StockLedger().receive([("A", 1)] * 10_001)
