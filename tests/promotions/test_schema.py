"""The JSON Schema a front end reads: stored, current, and good for types that compile."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from shopcore.models import Money, Promotion
from shopcore.promotions import BUILT_INS, StackingPolicy
from shopcore.promotions import rules as r

STORED = Path(__file__).parents[2] / "docs" / "_static" / "schema"
SCHEMAS = {"promotion": BUILT_INS.schema(foreign=False), "stacking": StackingPolicy.policy_schema()}

USE = """
import type { Promotion } from "./promotion";
import type { StackingPolicy } from "./stacking";
export const policy: StackingPolicy = { selection: "best", units: "once" };
export const offer: Promotion = { promotion_id: "p", effect: { kind: "percent_off", percent: "10%" } };
export const off = offer.effect.kind === "percent_off" ? offer.effect.percent : "";
// @ts-expect-error  a rule without its kind
export const bare: Promotion = { promotion_id: "p", effect: { percent: "10%" } };
// @ts-expect-error  a kind with another one's field
export const odd: Promotion = { promotion_id: "p", effect: { kind: "percent_off", percent: "10%", threshold: 1 } };
"""


def parts(schema):
    yield schema
    for value in schema.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from parts(part)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_stored_schema_is_current(name):
    # To renew it: python tests/promotions/test_schema.py
    assert json.loads((STORED / f"{name}.json").read_text(encoding="utf-8")) == SCHEMAS[name]


def test_every_rule_says_its_kind():
    kinds = {name: part for name, part in SCHEMAS["promotion"]["$defs"].items() if name.startswith("kind:")}
    assert len(kinds) == len(BUILT_INS.kinds)
    for name, part in kinds.items():
        assert "kind" in part["required"]
        assert f"kind:{part['properties']['kind']['const']}" == name
    assert {"$ref": "#/$defs/kind:percent_off"} in kinds["kind:best_of"]["properties"]["of"]["items"]["anyOf"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_titles_name_types_only_and_once(name):
    titles = [part["title"] for part in parts(SCHEMAS[name]) if isinstance(part.get("title"), str)]
    assert len(set(titles)) == len(titles)
    assert all("\n" not in part["description"] for part in parts(SCHEMAS[name]) if "description" in part)


def test_foreign_kinds_are_open_objects_unless_left_out():
    assert BUILT_INS.schema()["properties"]["effect"]["anyOf"][-1]["required"] == ["kind"]
    offer = Promotion(promotion_id="p", effect=r.RedPacket(amount=Money(1, "CNY")))
    assert set(json.loads(offer.to_json())) == set(SCHEMAS["promotion"]["properties"])


@pytest.mark.heavy
def test_types_made_of_it_compile(tmp_path):
    npx = shutil.which("npx")
    assert npx, "needs Node.js with npx on the PATH"
    for name in SCHEMAS:
        made = [npx, "--yes", "json-schema-to-typescript@15.0.4", "-i", str(STORED / f"{name}.json"),
                "-o", str(tmp_path / f"{name}.d.ts")]  # fmt: skip
        subprocess.run(made, check=True, cwd=tmp_path)
    (tmp_path / "use.ts").write_text(USE, encoding="utf-8")
    compiler = [npx, "--yes", "-p", "typescript@5.9.3", "tsc", "--noEmit", "--strict", "use.ts"]
    subprocess.run(compiler, check=True, cwd=tmp_path)


if __name__ == "__main__":
    STORED.mkdir(exist_ok=True)
    for stem, schema in SCHEMAS.items():
        text = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        (STORED / f"{stem}.json").write_text(text, encoding="utf-8")
