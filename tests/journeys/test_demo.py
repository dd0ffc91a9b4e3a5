"""README's first command: a shop is made and reviewed, the path of a report worth opening comes last."""

import hashlib
import html.parser
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shopcore.__main__ import main


def prints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--out", str(folder)]) == 0
    return folder


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.names = [], set(), set(), set()

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.names.add(tag)
        self.ids.add(facts.get("id"))
        self.links |= {facts[name] for name in ("href", "src") if name in facts}
        if tag not in ("meta", "br", "line", "rect", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):  # noqa: ARG002  # the parser hands them in
        self.names.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report_stands_by_itself(folder):
    text = (folder / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert {link.removeprefix("#") for link in page.links} <= page.ids
    assert not page.names & {"script", "link", "img", "iframe", "object", "form"}
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert "default-src 'none'" in text.replace("&#x27;", "'")


def test_the_demonstration_shop_has_every_decision(folder):
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    counts = summary["counts"]
    assert counts["order_now"] >= 5
    assert counts["slow_movers"] >= 3
    assert counts["returned_articles"] > 10
    assert summary["lines"]["read"] == summary["lines"]["taken"] + summary["lines"]["set_aside"]
    assert summary["lines"]["set_aside"] == 3
    assert summary["cancelled"]["cancelled_lines"] == summary["cancelled"]["matched_whole"]
    assert float(summary["discounts"]) > 10_000
    ads = {entry["channel"]: entry["return_on_ad_spend"]["value"] for entry in summary["channels"]["channels"]}
    need = 1 / float(summary["margin"]["rate"])
    assert ads["influencer"] < need < ads["search ads"]


def test_a_second_run_changes_nothing(folder):
    before = prints(folder)
    assert main(["demo", "--out", str(folder)]) == 0
    assert prints(folder) == before


def test_another_process_with_another_hash_seed_gives_the_same_bytes(folder, tmp_path):
    out = tmp_path / "again"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "shopcore", "demo", "--out", str(out)],
        env={**os.environ, "PYTHONHASHSEED": "77", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == str(out / "report.html")
    assert done.stderr == ""
    one, two = prints(folder), prints(out)
    del one["shop.db"], two["shop.db"]
    assert one == two


def test_another_seed_is_another_shop(folder, tmp_path):
    assert main(["demo", "--out", str(tmp_path), "--seed", "5"]) == 0
    assert (tmp_path / "summary.json").read_bytes() != (folder / "summary.json").read_bytes()
