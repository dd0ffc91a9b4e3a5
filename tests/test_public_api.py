"""The public surface: what is listed can be had, is documented, has an example, and stands in the reference."""

import ast
import dataclasses
import enum
import importlib
import inspect
import sys
from functools import cache
from pathlib import Path
from typing import Any

import public_names
import pytest

from shopcore import errors
from shopcore.models import Model, Result

MODULES = public_names.public_modules()
SURFACE = public_names.surface()
REFERENCE = public_names.ROOT / "docs" / "reference"
PAIRS = [(module, name) for module, names in SURFACE.items() for name in names]


def tree(module: str) -> ast.Module:
    return ast.parse(Path(str(sys.modules[module].__file__)).read_text("utf-8"))


def own(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).startswith("shopcore") and (
        inspect.isclass(value) or inspect.isfunction(value)
    )


OWN = sorted({(m, n) for m, n in PAIRS if own(getattr(sys.modules[m], n))})


@pytest.mark.parametrize(("module", "name"), sorted({(m, n) for m, n in set(PAIRS) - set(OWN) if "." in m}))
def test_what_has_no_docstring_of_its_own_is_described_in_the_reference(module: str, name: str) -> None:
    page = (REFERENCE / f"{module.split('.')[1]}.md").read_text("utf-8")
    assert f"py:data:: {name}" in page or f"`{name}`" in page or inspect.ismodule(getattr(sys.modules[module], name))


@pytest.mark.parametrize("module", MODULES)
def test_every_listed_name_can_be_imported_and_none_is_listed_twice(module: str) -> None:
    names = SURFACE[module]
    assert len(set(names)) == len(names)
    for name in names:
        assert hasattr(importlib.import_module(module), name)
    assert set(names) <= set(dir(sys.modules[module]))


def order_of(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name.lstrip("_")[0].isupper() else 2, name)


@pytest.mark.parametrize("module", MODULES)
def test_names_are_listed_in_order(module: str) -> None:
    assert SURFACE[module] == sorted(SURFACE[module], key=order_of)


def checked_imports(module: str) -> set[str]:
    branches = [n for n in tree(module).body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    return {alias.name for n in branches for part in n.body if isinstance(part, ast.ImportFrom) for alias in part.names}


@pytest.mark.parametrize("module", [m for m in MODULES if hasattr(importlib.import_module(m), "__getattr__")])
def test_the_lazy_table_is_what_type_checkers_see(module: str) -> None:
    listed = set(SURFACE[module]) - {"__version__"}
    table = set(inspect.getclosurevars(sys.modules[module].__getattr__).nonlocals["names"])
    assert table == listed
    assert checked_imports(module) == listed


def test_the_root_names_every_public_module() -> None:
    top = {module.split(".")[1] for module in MODULES if "." in module}
    assert set(SURFACE["shopcore"]) - {"__version__"} >= top - {"testing"}


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Mony'"):
        getattr(sys.modules["shopcore.models"], "Mony")  # noqa: B009  # a type checker would refuse the plain form


@pytest.mark.parametrize(("module", "name"), OWN)
def test_every_class_and_function_has_a_sentence(module: str, name: str) -> None:
    first = (getattr(sys.modules[module], name).__doc__ or "").strip().partition("\n\n")[0]
    assert first.endswith((".", ":", ")")), f"{module}.{name} needs a first sentence"
    assert not first.startswith(f"{name}("), f"{module}.{name} has only the docstring dataclasses write"


def methods_of(value: type) -> str:
    own_parts = {n: p for n, p in vars(value).items() if not n.startswith("_")}
    kinds = (classmethod, staticmethod, property)
    return "".join(str(p.__doc__ or "") for p in own_parts.values() if inspect.isfunction(p) or isinstance(p, kinds))


def needs_example(value: Any) -> bool:
    """Tell whether a name needs an example of its own.

    Errors have a page each, a result is shown by the function that gives it, enumerations are lists of words, a record
    without methods is its list of fields, and hypothesis refuses to draw from a strategy outside of a test.
    """
    if not inspect.isclass(value):
        return "SearchStrategy" not in str(inspect.signature(value).return_annotation)
    record = dataclasses.is_dataclass(value) or issubclass(value, Model)
    return not issubclass(value, Exception | Result | enum.Enum) and bool(methods_of(value) or not record)


@pytest.mark.parametrize(("module", "name"), OWN)
def test_every_class_and_function_has_an_example(module: str, name: str) -> None:
    value = getattr(sys.modules[module], name)
    if not needs_example(value):
        return
    text = (value.__doc__ or "") + (methods_of(value) if inspect.isclass(value) else "")
    shown = any(f"{name}(" in doc for doc in examples(module))
    assert ">>>" in text or shown, f"{module}.{name} needs an example"


@cache
def examples(package: str) -> list[str]:
    """Return the docstrings with examples of a package: parameter objects are shown where they are used."""
    values = [getattr(sys.modules[package], name) for name in SURFACE[package]]
    docs = [str(value.__doc__ or "") for value in values if own(value)]
    return [doc.partition("Examples")[2] for doc in docs if ">>>" in doc]


def signatures(value: Any) -> list[tuple[str, inspect.Signature]]:
    if inspect.isfunction(value):
        return [(value.__name__, inspect.signature(value))]
    parts = [(n, p.__func__ if isinstance(p, classmethod | staticmethod) else p) for n, p in vars(value).items()]
    return [(n, inspect.signature(p)) for n, p in parts if inspect.isfunction(p) and not n.startswith("_")]


@pytest.mark.parametrize(("module", "name"), OWN)
def test_no_positional_argument_is_a_boolean(module: str, name: str) -> None:
    for where, signature in signatures(getattr(sys.modules[module], name)):
        for parameter in signature.parameters.values():
            positional = parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
            boolean = str(parameter.annotation) in ("bool", "<class 'bool'>") or isinstance(parameter.default, bool)
            assert not (positional and boolean), f"{module}.{name}: {where}({parameter.name}) must be keyword-only"


@pytest.mark.parametrize("module", [m for m in MODULES if m != "shopcore"])
def test_every_public_module_stands_in_the_reference(module: str) -> None:
    pages = {path.name: path.read_text("utf-8") for path in REFERENCE.glob("*.md")}
    assert any(f"automodule:: {module}\n" in text for text in pages.values()), f"no page shows {module}"


CONSTANTS = [(m, n) for m, n in PAIRS if n.isupper() and not own(getattr(sys.modules[m], n))]


@pytest.mark.parametrize(("module", "name"), CONSTANTS)
def test_every_constant_has_its_place_in_the_reference(module: str, name: str) -> None:
    text = "".join(path.read_text("utf-8") for path in REFERENCE.glob("*.md"))
    assert f"py:data:: {name}\n" in text, f"write what {module}.{name} is into its page: .. py:data:: {name}"


@pytest.mark.parametrize("name", errors.__all__)
def test_the_code_of_every_error_leads_to_a_page(name: str) -> None:
    page = (REFERENCE / "errors.md").read_text("utf-8")
    assert f"autoexception:: shopcore.errors.{name}\n" in page
    if name != "ShopcoreWarning":
        assert f"(error-{getattr(errors, name).code})=\n## {name}\n" in page


def test_error_codes_are_told_apart() -> None:
    codes = [getattr(errors, name).code for name in errors.__all__ if name != "ShopcoreWarning"]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(("module", "name"), OWN)
def test_results_are_frozen_and_slotted(module: str, name: str) -> None:
    value = getattr(sys.modules[module], name)
    if not (inspect.isclass(value) and issubclass(value, Result)) or value is Result:
        return
    assert dataclasses.is_dataclass(value)
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined]  # set by dataclasses, not in the stubs
    assert "__slots__" in vars(value)


@pytest.mark.parametrize(("package", "text"), sorted(public_names.listings().items()))
def test_the_public_names_are_those_of_the_snapshot(package: str, text: str) -> None:
    snapshot = public_names.SNAPSHOTS / f"{package}.txt"
    kept = snapshot.read_text("utf-8").splitlines() if snapshot.exists() else []
    now = text.splitlines()
    new, gone = sorted(set(now) - set(kept)), sorted(set(kept) - set(now))
    hint = f"new {new}, gone {gone}; if that is meant: {public_names.COMMAND} {package}"
    assert new + gone == [], f"the public names changed: {hint}"


def test_no_snapshot_is_left_of_a_package_that_went() -> None:
    assert {path.stem for path in public_names.SNAPSHOTS.glob("*.txt")} <= set(public_names.listings())
