"""Products bought together: counting by hand, chance alone, and the real export."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from shopcore.customers import associations, cross_sell
from shopcore.errors import InputError, ShapeError


def test_the_figures_are_those_counted_by_hand() -> None:
    baskets = [1, 1, 1, 2, 2, 3, 3, 4, 5, 5]
    items = ["a", "b", "b", "a", "b", "a", "c", "b", "c", "d"]
    found = associations(baskets, items, min_baskets=1)
    rows = {(str(x), str(y)): place for place, (x, y) in enumerate(zip(found.first, found.second, strict=True))}
    assert set(rows) == {("a", "b"), ("c", "a"), ("d", "c")}
    row = rows["a", "b"]
    assert (found.baskets[row], found.support[row], found.all_baskets) == (2, 0.4, 5)
    assert found.confidence_first[row] == pytest.approx(2 / 3)
    assert found.lift[row] == pytest.approx(5 * 2 / (3 * 3))
    assert found.lift_low[row] < found.lift[row] < found.lift_high[row]
    assert associations(baskets, items, min_baskets=2).pairs_seen == 3
    assert len(associations(baskets, items, min_baskets=2)) == 1


def test_chance_alone_gives_no_bundle() -> None:
    alarms = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        baskets, items = np.nonzero(rng.random((1_000, 30)) < rng.uniform(0.05, 0.4, 30))
        found = associations(baskets, items)
        assert ((found.lift_low <= 1.0) & (found.lift_high >= 1.0)).mean() > 0.85
        alarms += bool(found.bundles())
    # One in twenty is allowed; four of twelve would come up once in four hundred times.
    assert alarms < 4


def test_a_planted_pair_is_found_first_and_recommended() -> None:
    rng = np.random.default_rng(2)
    held = rng.random((2_000, 40)) < 0.1
    held[:, 7] = np.where(rng.random(2_000) < 0.7, held[:, 3], held[:, 7])
    baskets, items = np.nonzero(held)
    found = associations(baskets, items)
    assert {int(found.first[0]), int(found.second[0])} == {3, 7}
    offers = cross_sell(found)
    assert (offers.item.tolist(), offers.offer.tolist(), offers.rank.tolist()) == ([3, 7], [7, 3], [1, 1])
    assert (offers.confidence_low < offers.confidence).all()


def test_p_values_are_no_smaller_than_the_exact_ones() -> None:
    found = associations([1, 1, 2, 2, 3, 3, 4, 5, 6, 7], [1, 2, 1, 2, 1, 2, 1, 3, 4, 2], min_baskets=3)
    exact = stats.hypergeom(10 - 3, 4, 4).sf(2)
    assert found.p_value[0] >= exact * 0.999


def test_a_product_in_every_basket_recommends_nothing() -> None:
    found = associations([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], ["bag", "x", "bag", "y"] + ["bag", "x"] * 3)
    assert found.lift.tolist() == []
    found = associations([1, 1, 2, 2, 3, 3], ["bag", "x"] * 3, min_baskets=1)
    assert found.lift.tolist() == [1.0]
    assert found.p_value.tolist() == [1.0]
    assert found.bundles() == ()


def test_nothing_and_bad_input() -> None:
    empty = associations([], [])
    assert len(empty) == 0
    assert empty.bundles() == ()
    assert len(cross_sell(empty).item) == 0
    assert len(associations([1, 2, 3], ["a", "b", "c"])) == 0
    with pytest.raises(ShapeError):
        associations([1, 2], ["a"])
    with pytest.raises(InputError):
        associations([1, 2], ["a", None])
    with pytest.raises(InputError):
        associations([1, 2], ["a", "b"], min_baskets=0)


@pytest.mark.shared_data
def test_the_real_export_is_told_in_seconds(shared_data: Path) -> None:
    with gzip.open(shared_data / "online_retail.csv.gz", "rt", encoding="utf-8", errors="replace") as file:
        rows = [(row["InvoiceNo"], row["StockCode"]) for row in csv.DictReader(file) if row["InvoiceNo"][0] != "C"]
    found = associations(*zip(*rows[:150_000], strict=True), min_baskets=20)
    pair = found.bundles(top=200)
    assert any({one.first, one.second} == {"22386", "85099B"} for one in pair)  # two jumbo bags
    assert len(cross_sell(found).item) > 500
