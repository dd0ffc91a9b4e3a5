"""The rules are found on request, and survive JSON, whatever comes in."""

import json
import subprocess
import sys
from importlib.metadata import entry_points

import pytest
from shopcore_wheel_rules import PARTY_WEEK, ColourMatch, LuckyWheel, Prize

from shopcore.errors import InputError, LimitError
from shopcore.models import Money, Promotion, RawRule
from shopcore.promotions import BUILT_INS, StackingPolicy, installed_presets, read_promotions

KINDS = ("wheel.lucky", "wheel.colour_match")
OFFERS = (
    Promotion(
        promotion_id="wheel",
        effect=LuckyWheel(
            wheel="party", prizes=(Prize(name="gold", percent="1/3"), Prize(name="off", amount=Money(500, "CNY")))
        ),
    ),
    Promotion(promotion_id="match", effect=ColourMatch(colours=("red",), percent="10%")),
)


def test_the_kinds_are_known_only_to_a_registry_that_asked():
    found = BUILT_INS.with_entry_points()
    assert all(kind in found and kind not in BUILT_INS for kind in KINDS)
    assert {entry.name for entry in entry_points(group="shopcore.rules")} >= {"lucky_wheel", "colour_match"}


def test_nothing_is_imported_before_it_is_asked_for():
    program = """
import sys
from shopcore.promotions import BUILT_INS
assert "shopcore_wheel_rules" not in sys.modules
BUILT_INS.with_entry_points()
assert "shopcore_wheel_rules" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603  # our own program
    assert done.returncode == 0, done.stderr


def test_the_preset_is_found_by_name_and_survives_json():
    assert installed_presets()["party_week"] == PARTY_WEEK
    assert StackingPolicy.from_json(PARTY_WEEK.to_json()) == PARTY_WEEK


def test_promotions_survive_json():
    text = "[" + ",".join(one.to_json() for one in OFFERS) + "]"
    assert read_promotions(text, BUILT_INS.with_entry_points()) == OFFERS
    unknown = read_promotions(text)
    assert all(isinstance(one.effect, RawRule) for one in unknown)
    assert read_promotions([one.to_json() for one in unknown], BUILT_INS.with_entry_points()) == OFFERS


def test_a_front_end_gets_their_schema():
    schema = BUILT_INS.with_entry_points().schema()
    assert {f"kind:{kind}" for kind in KINDS} <= set(schema["$defs"])


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ({"kind": "wheel.lucky"}, InputError),
        ({"kind": "wheel.lucky", "wheel": "party", "prizes": [{"name": "x", "percent": 0.1}]}, InputError),
        ({"kind": "wheel.lucky", "wheel": "party", "prizes": [{"name": "x"}], "spin": True}, InputError),
        ({"kind": "wheel.lucky", "wheel": "party", "prizes": [{"name": f"p{n}"} for n in range(33)]}, InputError),
        ({"kind": "wheel.colour_match", "colours": "red", "percent": "10%"}, InputError),
        ({"kind": "wheel.colour_match", "colours": ["red"] * 65, "percent": "10%"}, InputError),
        ({"kind": "wheel.colour_match", "colours": ["r" * 200_000], "percent": "10%"}, LimitError),
    ],
)
def test_hostile_json_is_refused(effect, error):
    with pytest.raises(error):
        read_promotions(json.dumps([{"promotion_id": "p", "effect": effect}]), BUILT_INS.with_entry_points())
