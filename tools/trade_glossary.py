"""The trade's words in Chinese and English, read from the first lines of the public docstrings.

A public name whose first line holds Chinese words in brackets, such as ``(安全库存)``, has a row in the glossary page.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import public_names

_BRACKET = re.compile(r" ?\(([^()]*[\u4e00-\u9fff][^()]*)\)")


@dataclass(frozen=True)
class Entry:
    """One public name, its Chinese term and what it is in a sentence."""

    module: str
    name: str
    term: str
    meaning: str


def entries() -> Iterator[Entry]:
    """Give the entries of all public classes and functions, in the order of the front doors."""
    for module, names in public_names.surface().items():
        for name in names:
            value = getattr(sys.modules[module], name)
            text = inspect.getdoc(value) if inspect.isclass(value) or inspect.isfunction(value) else None
            first = (text or "").split("\n\n")[0].replace("\n", " ")
            if found := _BRACKET.search(first):
                meaning = _BRACKET.sub("", first, count=1).removeprefix("Return ").split("; ")[0].split(": ")[0]
                yield Entry(module, name, found[1], meaning[:1].upper() + meaning[1:].rstrip(".,"))


def _row(entry: Entry) -> str:
    meaning = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", entry.meaning).replace("|", "\\|").replace("*", "\\*")
    return f"| {entry.term} | {{py:obj}}`~{entry.module}.{entry.name}` | {meaning} |"


def tables() -> str:
    """Return a section with a table for each package, in MyST Markdown."""
    found: dict[str, list[str]] = {}
    for entry in entries():
        found.setdefault(entry.module.split(".")[1], []).append(_row(entry))
    head = "| 中文 | name | meaning |\n| --- | --- | --- |\n"
    return "\n\n".join(f"## {package}\n\n{head}" + "\n".join(rows) for package, rows in found.items())


if __name__ == "__main__":
    print(tables())
