"""The public surface of shopcore, read from the packages themselves.

``python tools/public_names.py`` writes ``tests/public_names.txt``, the list a test compares with the packages, so that
a public name can neither appear nor go without a line in the change.
"""

import importlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "shopcore"
SNAPSHOT = ROOT / "tests" / "public_names.txt"
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


def listing() -> str:
    """Return the text of the snapshot: one dotted name a line, sorted."""
    names = sorted(f"{module}.{name}" for module, names in surface().items() for name in names)
    return "\n".join(names) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(listing(), encoding="utf-8")
    print(f"wrote {SNAPSHOT.relative_to(ROOT)}")
