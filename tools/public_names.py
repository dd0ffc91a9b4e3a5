"""The public surface of shopcore, read from the packages themselves.

``python tools/public_names.py`` writes ``tests/public_names/``, one list for each package, which a test compares with
the packages, so that a public name can neither appear nor go without a line in the change. Named packages
(``python tools/public_names.py pricing``) are written alone.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "shopcore"
SNAPSHOTS = ROOT / "tests" / "public_names"
COMMAND = "uv run python tools/public_names.py"


def public_modules() -> list[str]:
    """Return the dotted names of all modules and packages whose path holds no private part, sorted."""
    found = []
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        if not any(part.startswith("_") or part == "migrations" for part in parts):
            found.append(".".join(parts))
    return sorted(found)


def surface() -> dict[str, list[str]]:
    """Return the public names of every public module, as its ``__all__`` lists them; imports the modules."""
    return {name: list(importlib.import_module(name).__all__) for name in public_modules()}


def listings() -> dict[str, str]:
    """Return the text of each package's list by the package's name: one dotted name a line, sorted."""
    found: dict[str, list[str]] = {}
    for module, names in surface().items():
        package = module.removeprefix("shopcore.").split(".")[0]
        found.setdefault(package, []).extend(f"{module}.{name}" for name in names)
    return {package: "\n".join(sorted(names)) + "\n" for package, names in found.items()}


if __name__ == "__main__":
    for package, text in listings().items():
        if len(sys.argv) == 1 or package in sys.argv[1:]:
            (SNAPSHOTS / f"{package}.txt").write_text(text, encoding="utf-8")
            print(f"wrote tests/public_names/{package}.txt")
