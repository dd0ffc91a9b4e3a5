"""A package of custom rules, written from the docs alone: found on request, kept as JSON, priced, returned, tested."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from shopcore.models import Buyer, Cart, CartLine, Money
from shopcore.promotions import (
    BUILT_INS,
    PRESETS,
    Purchase,
    ReturnPolicy,
    evaluate,
    installed_presets,
    quote_refund,
    read_promotions,
    verify,
)

EXAMPLE = Path(__file__).parents[2] / "examples" / "shopcore-wheel-rules"
PROJECT = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
CAMPAIGN = """[
  {"promotion_id": "wheel", "stage": 1, "stacking": {"groups": ["wheel"]}, "effect": {"kind": "wheel.lucky",
   "wheel": "party", "prizes": [{"name": "gold", "percent": "20%"}, {"name": "blank"}]}},
  {"promotion_id": "red", "stage": 1, "stacking": {"groups": ["wheel"]}, "effect": {"kind": "wheel.colour_match",
   "colours": ["red"], "percent": "10%"}}
]"""


@pytest.fixture
def site(tmp_path):
    """Make what pip would write beside the package, from its own pyproject: no build and no network."""
    info = tmp_path / "site" / f"{PROJECT['name'].replace('-', '_')}-{PROJECT['version']}.dist-info"
    info.mkdir(parents=True)
    header = f"Metadata-Version: 2.1\nName: {PROJECT['name']}\nVersion: {PROJECT['version']}\n"
    (info / "METADATA").write_text(header, "utf-8")
    groups = PROJECT["entry-points"].items()
    text = "\n".join(
        line
        for group, entries in groups
        for line in (f"[{group}]", *(f"{name} = {to}" for name, to in entries.items()))
    )
    (info / "entry_points.txt").write_text(text, "utf-8")
    return info.parent


@pytest.fixture
def installed(site, monkeypatch):
    """Put the package on the path of this process, and leave nothing of it behind."""
    monkeypatch.syspath_prepend(EXAMPLE / "src")
    monkeypatch.syspath_prepend(site)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "shopcore_wheel_rules"]:
        del sys.modules[name]


def cart(*won):
    lines = [
        CartLine(line_id=sku, sku=sku, quantity=quantity, unit_price=Money(minor, "CNY"), tags=("red",))
        for sku, quantity, minor in (("COAT", 1, 39900), ("SCARF", 2, 9900))
    ]
    return Cart(currency="CNY", lines=lines, buyer=Buyer(segments=won))


@pytest.mark.usefixtures("installed")
def test_the_rules_are_found_on_request_only():
    assert "shopcore_wheel_rules" not in sys.modules
    registry, presets = BUILT_INS.with_entry_points(), installed_presets()
    assert {"wheel.lucky", "wheel.colour_match"} == {
        kind.name for kind in registry.kinds if kind not in BUILT_INS.kinds
    }
    assert set(presets) - set(PRESETS) == {"party_week"}
    promotions = read_promotions(CAMPAIGN, registry)
    assert [type(one.effect).__name__ for one in promotions] == ["LuckyWheel", "ColourMatch"]
    assert read_promotions([one.to_json() for one in promotions], registry) == promotions


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("won", "applied", "saving"),
    [(("party:gold",), "wheel", 11940), (("party:blank",), "red", 5970), ((), "red", 5970)],
)
def test_the_preset_picks_the_better_game_with_proof(won, applied, saving):
    promotions = read_promotions(CAMPAIGN, BUILT_INS.with_entry_points())
    policy = installed_presets()["party_week"]
    priced = evaluate(cart(*won), promotions, policy)
    assert (priced.applied, priced.saving) == ((applied,), Money(saving, "CNY"))
    assert priced.certificate.status == "optimal"
    assert verify(priced, cart(*won), promotions, policy).sound


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("method", ["pro_rata", "reprice_kept"])
def test_a_return_finds_the_prize_that_was_won_and_refunds_telescope(method):
    promotions = read_promotions(CAMPAIGN, BUILT_INS.with_entry_points())
    bought = Purchase(cart("party:gold"), promotions, installed_presets()["party_week"])
    first = quote_refund(bought, {"SCARF": 1}, ReturnPolicy(method))
    second = quote_refund(bought, {"SCARF": 1, "COAT": 1}, ReturnPolicy(method), before={"SCARF": 1})
    assert first.refund == Money(7920, "CNY")
    assert first.refund + second.refund == Money(47760, "CNY")


def test_without_the_package_its_promotions_survive_and_are_refused():
    promotions = read_promotions(CAMPAIGN, BUILT_INS.with_entry_points())
    assert {entry.code for entry in evaluate(cart("party:gold"), promotions).trace} == {"unknown_kind"}
    assert read_promotions([one.to_json() for one in promotions]) == promotions


def test_it_needs_public_names_only():
    for path in EXAMPLE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "shopcore":
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
                assert not [name for name in names if name.startswith("_")], f"{path.name}:{node.lineno}"


def test_its_own_tests_pass(site, tmp_path):
    copy = shutil.copytree(EXAMPLE, tmp_path / "package", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=copy,
        env={**kept, "PYTHONPATH": os.pathsep.join([str(copy / "src"), str(site)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
