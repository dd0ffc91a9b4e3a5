"""What README and the pages show is what the library answers."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
_BLOCK = re.compile(r"^```(?:python|pycon)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in path.parts and ">>>" in path.read_text("utf-8")
]


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_are_true(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    names: dict[str, object] = {}
    ran = 0
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        test = doctest.DocTestParser().get_doctest(block[1], names, page, page, line)
        said: list[str] = []
        result = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=said.append, clear_globs=False)
        assert result.failed == 0, "".join(said)
        names = test.globs
        ran += result.attempted
    assert ran, f"{page} holds >>> outside of a block marked python"


def test_readme_shows_an_example_and_the_command_of_the_tests() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "README.md" in PAGES
    assert len(re.findall(r"^\$ .* pytest -q$", readme, re.MULTILINE)) == 1
    for target in re.findall(r"\]\(([^)]+)\)", readme):
        assert target.startswith("https://") or (ROOT / target).exists()
