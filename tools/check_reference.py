"""Check that every public name, and every error's code, leads to a place in the built reference.

``python tools/check_reference.py docs/_build/html/objects.inv`` lists what is missing.
"""

import sys
from pathlib import Path

import public_names
from sphinx.util.inventory import InventoryFile

from shopcore import errors


def missing(inventory_file: Path) -> list[str]:
    """Return the public names and error anchors that the inventory of the built pages does not hold."""
    with inventory_file.open("rb") as stream:
        inventory = InventoryFile.load(stream, "", lambda _base, path: path)
    there = {name for kind, entries in inventory.items() if kind.startswith("py:") for name in entries}
    labels = set(inventory["std:label"])
    pages = {path.stem for path in (public_names.ROOT / "docs" / "reference").glob("*.md")}
    listed = {f"{module}.{name}" for module, names in public_names.surface().items() for name in names}
    listed = {name for name in listed if not name.startswith("shopcore.__")}
    modules = set(public_names.public_modules())
    # The annotation names are aliases without a page entry of their own; the page of shopcore.typing lists them.
    plain = {name for name in listed if name.startswith("shopcore.typing.")} if "typing" in pages else set()
    gone = sorted(listed - there - modules - plain)
    codes = [getattr(errors, name).code for name in errors.__all__ if name != "ShopcoreWarning"]
    return gone + [f"errors page: no section (error-{code})=" for code in codes if f"error-{code}" not in labels]


if __name__ == "__main__":
    GONE = missing(Path(sys.argv[1]))
    print("\n".join(["not in the reference:", *GONE]) if GONE else "every public name has its place in the reference")
    sys.exit(bool(GONE))
