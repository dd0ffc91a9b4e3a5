"""What README and the pages show is what the library answers."""

import doctest
import re
from pathlib import Path

import pytest
import trade_glossary

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


def test_the_glossary_holds_the_words_of_the_trade() -> None:
    terms = {entry.term for entry in trade_glossary.entries()}
    assert terms >= {"补货点", "安全库存", "满减", "加价购", "渠道报表", "支付转化率", "客户分层", "金额", "订单"}
    assert "<!-- trade-glossary -->" in (ROOT / "docs" / "reference" / "glossary.md").read_text("utf-8")
