"""Published and worked figures of promotion stacking; the files name the source of each."""

import json
from pathlib import Path

import pytest
from promotions_adapter import Reader, answers

from shopcore.promotions import evaluate

FILES = ("promotions.json", "promotions_by_hand.json")
CASES = [
    case for name in FILES for case in json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["cases"]
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_published_figure(case):
    assert answers(case) == case["expect"], case["arithmetic"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_best_combination_is_proved_and_never_dearer_than_the_order(case):
    reader = Reader(case)
    best = evaluate(
        reader.cart(), reader.promotions(), reader.policy(selection="best"), at=reader.at(), usage=reader.usage()
    )
    greedy = reader.purchase(selection="priority").priced()
    assert best.certificate.status == "optimal"
    assert best.total.minor <= greedy.total.minor
