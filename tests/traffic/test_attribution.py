"""Attribution: the rules against a plain loop, chains of any order, edge cases, bad input."""

import pickle

import numpy as np
import pytest

from shopcore import traffic
from shopcore.errors import InputError, LimitError, ShapeError

PATHS = [["search", "social", "paid"], ["paid"], ["direct", "direct"], ["search", "paid", "search", "direct"]]
COUNTS = {"conversions": [10, 5, 2, 3], "nulls": [4, 20, 1, 7], "value": [1500.0, 600.0, 80.0, 450.0]}
DAYS = [[12, 5, 0], [0], [3, 1], [20, 9, 2, 0]]
RULES = {
    "first": traffic.first_touch_credit,
    "last": traffic.last_touch_credit,
    "non_direct": traffic.last_non_direct_credit,
    "linear": traffic.linear_credit,
    "position": traffic.position_credit,
    "decay": traffic.time_decay_credit,
    "markov": traffic.markov_credit,
    "markov_3": lambda j: traffic.markov_credit(j, order=3),
    "shapley": traffic.shapley_credit,
}


def source():
    return traffic.journeys_of_paths(PATHS, days=DAYS, **COUNTS)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_no_conversion_means_no_credit_and_a_reason(rule):
    found = rule(traffic.journeys_of_paths(PATHS, conversions=0, nulls=3, days=DAYS))
    assert (found.conversions, found.value, found.reason) == (None, None, "no_conversions")
    assert found["paid"] is None
    assert found.return_on({"paid": 5.0})["paid"].ratio.value == 0.0
    assert "no credit" in found.explain()


def test_a_chain_that_never_sold_knows_its_rate():
    never = traffic.journeys_of_paths(PATHS, conversions=0, nulls=3)
    assert traffic.markov_credit(never).conversion_rate == 0.0
    assert traffic.markov_credit(traffic.journeys_of_paths(PATHS, conversions=0, nulls=0)).conversion_rate is None


def test_no_journeys_at_all_are_no_error():
    none = traffic.journeys([], [0], channels=[], conversions=[], days=[])
    for name, rule in RULES.items():
        assert rule(none).reason == "no_conversions", name


def test_shares_of_position_may_sum_to_one_up_to_rounding():
    two = traffic.journeys_of_paths([["a", "b", "c"]], conversions=[1.0])
    for first, last in ((0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0.3, 0.7), (0.1, 0.9)):
        found = traffic.position_credit(two, first=first, last=last)
        assert found.conversions == pytest.approx((first, 0.0, last), abs=1e-12)
        assert found["b"][0] == 0.0


def test_a_half_life_of_almost_nothing_is_the_last_touch():
    found = traffic.time_decay_credit(source(), half_life=1e-310)
    assert found.conversions == traffic.last_touch_credit(source()).conversions


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_results_survive_copying_and_show_themselves(rule):
    found = rule(source())
    assert pickle.loads(pickle.dumps(found)) == found
    assert found.channels[0] in found.explain()
    assert found.channels[0] in found._repr_html_()
    assert found.return_on({"paid": 0.0})["paid"].ratio.reason == "no_spend"
    assert len(found.to_columns()["channel"]) == 4


def test_a_channel_only_in_failed_journeys_has_no_removal_effect():
    found = traffic.markov_credit(
        traffic.journeys_of_paths([["a"], ["b"], ["b", "b"]], conversions=[3, 0, 0], nulls=[1, 5, 2])
    )
    assert found.removal_effects == (1.0, 0.0)
    assert found.conversions == (3.0, 0.0)


def test_rows_never_seen_change_nothing():
    paths, empty = [["a", "b"], ["b"]], [["a", "b"], ["b"], ["c", "a"]]
    with_empty = traffic.markov_credit(traffic.journeys_of_paths(empty, conversions=[2, 1, 0], nulls=[1, 1, 0]))
    without = traffic.markov_credit(traffic.journeys_of_paths(paths, conversions=[2, 1], nulls=[1, 1]))
    assert with_empty.removal_effects == (*without.removal_effects, 0.0)


def test_removal_at_order_two_by_hand():
    # a then b sells half the time, b alone never: at order 2 the chain knows, at order 1 it mixes the two.
    paths = traffic.journeys_of_paths([["a", "b"], ["b"]], conversions=[5, 0], nulls=[5, 10])
    second, first = traffic.markov_credit(paths, order=2), traffic.markov_credit(paths)
    assert second.removal_effects == (1.0, 1.0)
    assert first.removal_effects == pytest.approx((0.5, 1.0))
    assert first.conversion_rate == second.conversion_rate == pytest.approx(0.25)


def test_many_channels_are_solved_sparse_and_agree():
    rng = np.random.default_rng(3)
    lengths = rng.integers(1, 4, 1500)
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    codes = rng.integers(0, 21, offsets[-1])
    sold = (rng.random(1500) < 0.2).astype(float)
    columns = {"conversions": sold, "nulls": 1 - sold}
    few = traffic.journeys(codes, offsets, channels=[f"c{i}" for i in range(21)], **columns)
    found = traffic.markov_credit(few, order=2)  # 462 states at most
    assert found.conversion_rate == pytest.approx(sold.mean(), rel=1e-12)
    many = traffic.journeys(codes, offsets, channels=[f"c{i}" for i in range(500)], **columns)
    plain = traffic.markov_credit(few)
    assert traffic.markov_credit(many).removal_effects[:21] == pytest.approx(plain.removal_effects, rel=1e-10)


def test_shapley_with_more_channels_than_bits_in_a_word():
    codes = [0, 61, 62, 130, 0, 130]
    found = traffic.shapley_credit(
        traffic.journeys(codes, [0, 4, 6], channels=[f"c{i}" for i in range(131)], conversions=[4, 2])
    )
    assert {c: found[f"c{c}"][0] for c in (0, 1, 61, 62, 130)} == {0: 2.0, 1: 0.0, 61: 1.0, 62: 1.0, 130: 2.0}
    assert found.conservation_error == 0.0


def test_bounds_come_from_the_generator_alone():
    paths = source()
    draw = [traffic.credit_interval(paths, traffic.shapley_credit, rng=np.random.default_rng(5), repeats=50)] * 2
    assert draw[0] == draw[1]
    assert all(low <= high for low, high in zip(draw[0].value_low, draw[0].value_high, strict=True))
    with pytest.raises(InputError, match="Generator"):
        traffic.credit_interval(paths, traffic.shapley_credit, rng=7)
    with pytest.raises(InputError, match="rule"):
        traffic.credit_interval(paths, "markov", rng=np.random.default_rng(5))


def test_attributed_and_incremental_returns_are_two_types():
    attributed = traffic.linear_credit(source()).return_on({"paid": 500.0})["paid"]
    added = traffic.incremental_return(3000.0, 500.0, 500.0, scale=2.0)
    assert type(attributed) is traffic.AttributedReturn
    assert type(added) is traffic.IncrementalReturn
    assert not isinstance(attributed, traffic.IncrementalReturn)
    assert added.ratio.value == 4.0
    assert traffic.incremental_return(1.0, 2.0, 0.0).ratio.reason == "no_spend"
    assert traffic.incremental_return(1.0, 2.0, 4.0).ratio.value == -0.25
    with pytest.raises(InputError, match="control_se"):
        traffic.incremental_return(1.0, 2.0, 4.0, treated_se=0.1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"codes": [0, 2]}, InputError),
        ({"codes": [0, -1]}, InputError),
        ({"codes": [0.0, 1.0]}, InputError),
        ({"offsets": [0, 1]}, InputError),
        ({"offsets": [0, 2, 2]}, InputError),
        ({"offsets": []}, InputError),
        ({"conversions": [1.0, 2.0, 3.0]}, ShapeError),
        ({"conversions": [-1.0, 0.0]}, InputError),
        ({"nulls": [float("nan"), 0.0]}, InputError),
        ({"conversions": [0, 1], "value": [5.0, 5.0]}, InputError),
        ({"channels": ["a", "a"]}, InputError),
        ({"channels": ["a", ""]}, InputError),
        ({"days": [1.0]}, ShapeError),
    ],
)
def test_bad_columns_are_refused(change, error):
    good = {"codes": [0, 1], "offsets": [0, 1, 2], "channels": ["a", "b"], "conversions": [1, 1], **change}
    with pytest.raises(error):
        traffic.journeys(good.pop("codes"), good.pop("offsets"), **good)


def test_bad_paths_and_rules_are_refused():
    with pytest.raises(InputError):
        traffic.journeys_of_paths(["search"], conversions=[1])
    with pytest.raises(InputError):
        traffic.journeys_of_paths([[]], conversions=[1])
    with pytest.raises(ShapeError):
        traffic.journeys_of_paths([["a"]], conversions=[1], days=[[1, 2]])
    with pytest.raises(InputError, match="days"):
        traffic.time_decay_credit(traffic.journeys_of_paths([["a"]], conversions=[1]))
    with pytest.raises(InputError):
        traffic.position_credit(source(), first=0.7, last=0.5)
    with pytest.raises(InputError):
        traffic.position_credit(source(), first=0.0, last=0.0)
    with pytest.raises(InputError):
        traffic.markov_credit(source(), order=0)
    with pytest.raises(InputError):
        traffic.linear_credit(source())["nobody"]
    wide = traffic.journeys([0], [0, 1], channels=[f"c{i}" for i in range(100)], conversions=[1])
    with pytest.raises(LimitError):
        traffic.markov_credit(wide, order=10)
