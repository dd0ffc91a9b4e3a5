"""What pyproject says about the package is what the package is; the built files are checked by the gate."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import check_misspelt

import shopcore

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "shopcore"
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = CONFIG["project"]
IMPORT_NAMES = {"psycopg": "psycopg", "tzdata": ""}  # tzdata is read by zoneinfo, never imported


def names(requirements: list[str]) -> set[str]:
    found = {re.split(r"[\[><=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}
    return {IMPORT_NAMES.get(name, name) for name in found} - {""}


def imported() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"shopcore"}


def test_everything_imported_is_declared() -> None:
    declared = names(PROJECT["dependencies"])
    for extra in PROJECT["optional-dependencies"].values():
        declared |= names(extra)
    # pydantic pins its core itself; a second pin here could only disagree.
    assert imported() - {"pydantic_core", "annotated_types"} <= declared


def test_the_version_is_a_literal_that_the_build_reads() -> None:
    path = CONFIG["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{shopcore.__version__}"' in (ROOT / path).read_text("utf-8")
    assert importlib.metadata.version("shopcore") == shopcore.__version__


def test_type_checkers_and_lawyers_find_what_they_look_for() -> None:
    assert (SOURCE / "py.typed").is_file()
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n\nCopyright (c) 2026 The shopcore team")
    assert PROJECT["license"] == "MIT"
    assert PROJECT["license-files"] == ["LICENSE"]


def test_the_wheel_is_made_of_the_package_only() -> None:
    assert CONFIG["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["src/shopcore"]


def test_a_command_that_is_promised_exists() -> None:
    for target in PROJECT.get("scripts", {}).values():
        module, _, name = target.partition(":")
        path = ROOT / "src" / Path(*module.split(".")).with_suffix(".py")
        assert f"def {name}(" in path.read_text("utf-8")


def test_mypy_finds_misspelt_names_behind_lazy_front_doors() -> None:
    assert check_misspelt.check("mypy") == []
