"""Writes a review's folder; a file whose bytes would not change is left alone."""

from __future__ import annotations

from pathlib import Path

from shopcore.operations._call_back import CallBack
from shopcore.operations._csv_out import csv_of, csv_text
from shopcore.operations._lists import Buyer, Returned, SlowMover
from shopcore.operations._money import Month
from shopcore.operations._reorder import Reorder
from shopcore.operations._report import report_html
from shopcore.operations._result import ShopReview


def write_folder(review: ShopReview, folder: Path) -> Path:
    """Write report, tables, summary and rejected lines; return the path of the report."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": report_html(review),
        "summary.json": review.summary_json(),
        "months.csv": csv_of(Month, review.months),
        "reorder.csv": csv_of(Reorder, review.reorder),
        "slow_movers.csv": csv_of(SlowMover, review.slow_movers),
        "returns.csv": csv_of(Returned, review.returns),
        "customers.csv": csv_of(Buyer, review.buyers),
        "win_back.csv": csv_of(CallBack, review.call_backs),
        "rejected.csv": csv_text(
            ("line", "reason", "raw"), ((line.line, line.reason, line.raw) for line in review.rejected)
        ),
    }
    if review.channels is not None:
        texts["channels.csv"] = _channels(review)
    for name, text in texts.items():
        _put(folder / name, text, mark=name.endswith(".csv"))
    return folder / "report.html"


def _channels(review: ShopReview) -> str:
    assert review.channels is not None  # noqa: S101  # the caller asked
    figures = [*review.channels.channels, review.channels.total]
    names = list(figures[0].ratios())
    header = ["channel", "revenue", "spend", *(f"{name}{end}" for name in names for end in ("", "_low", "_high"))]
    rows = []
    for figure in figures:
        ratios = figure.ratios()
        cells = [value for name in names for value in (ratios[name].value, ratios[name].low, ratios[name].high)]
        rows.append([figure.channel, figure.revenue, figure.spend, *cells])
    return csv_text(header, rows)


def _put(path: Path, text: str, *, mark: bool) -> None:
    # Spreadsheets take a CSV file for UTF-8 only when it begins with the mark.
    data = text.encode("utf-8-sig" if mark else "utf-8")
    if path.is_file() and path.read_bytes() == data:
        return
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
