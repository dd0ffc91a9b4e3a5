"""The review: one call from a shop's export to its decisions."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from shopcore.models import Currency, Ratio
from shopcore.models._rate import rate_argument
from shopcore.operations._calendar import day_of, sums_by
from shopcore.operations._call_back import call_backs
from shopcore.operations._demand import wanted
from shopcore.operations._extra import read_articles, read_traffic
from shopcore.operations._layout import KINDS, ExportLayout
from shopcore.operations._lists import best_buyers, return_rate, returned_articles, scored, share_of, slow_movers
from shopcore.operations._matching import match_cancellations
from shopcore.operations._money import margin_of, monthly
from shopcore.operations._notes import notes_on
from shopcore.operations._read import read_orders
from shopcore.operations._records import Progress, fingerprint
from shopcore.operations._reorder import Assumptions, reorder_advice
from shopcore.operations._result import ShopReview

if TYPE_CHECKING:
    from shopcore.models import Rate, TrafficFacts
    from shopcore.operations._extra import Article
    from shopcore.operations._lists import Buyer
    from shopcore.operations._matching import Matching
    from shopcore.operations._sales import Sales
    from shopcore.traffic import ChannelReport
    from shopcore.typing import RateLike


def review(
    orders: str | Path,
    *,
    currency: str | Currency,
    layout: ExportLayout | None = None,
    catalogue: str | Path | None = None,
    costs: str | Path | None = None,
    traffic: str | Path | None = None,
    commission_rate: RateLike | None = None,
    assume: Assumptions | None = None,
    out: str | Path | None = None,
    database: str | Path | None = None,
    progress: Progress | None = None,
) -> ShopReview:
    r"""Return what a shop's export of order lines tells, and what to do about it (经营体检).

    Revenue and margin by month, what to reorder now and why, slow movers, returns, best customers, channels. The same
    files give the same answer and the same bytes; run again it changes nothing.

    Parameters
    ----------
    orders : path
        CSV of order lines, packed by gzip or not; at most 5,000,000 lines.
    currency : str or Currency
        Of every amount in the files.
    layout : ExportLayout, optional
        Which column holds what; see `shopcore.operations.layout`.
    catalogue : path, optional
        CSV by sku: title, unit_cost, on_hand, incoming, lead_time_days, pack, minimum_order, as far as known.
    costs : path, optional
        CSV of sku and unit_cost.
    traffic : path, optional
        CSV of date and channel with visitors, buyers, orders, revenue, spend, impressions, clicks, as far as known.
    commission_rate : Rate, str, Decimal or int, optional
        What the platform keeps of each sale, ``"5%"``.
    assume : Assumptions, optional
        For what the files do not say.
    out : path, optional
        A folder for ``report.html``, the decision tables, ``summary.json`` and ``rejected.csv``. Without it nothing
        is written.
    database : path, optional
        An SQLite file for the typed orders; ``shop.db`` in `out` where left out.
    progress : callable, optional
        Called with bytes read and bytes in all.

    Returns
    -------
    ShopReview
        Shows itself in a notebook; `explain` says it in words.

    Raises
    ------
    InputError
        If a file or a needed column is missing, or nothing can be read.
    CurrencyMismatchError
        If a line is in another currency.
    LimitError
        If a file is larger than is stated.

    Notes
    -----
    Each line is quantity times unit price, rounded half up to the minor unit, less its discount; cancelled lines are
    negative. Cancelled lines are matched to the latest earlier sale of the same customer and SKU. Demand is what was
    sold and not taken back in the last 13 weeks; margin is the sum of the pricing engine's waterfalls.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "orders.csv")
    ...     _ = file.write_text("order_id,sku,quantity,ordered_at,unit_price\nA1,MUG,2,2026-11-11,39.00\n")
    ...     answer = review(file, currency="CNY")
    >>> answer.revenue, answer.lines_taken
    (Money(7800, 'CNY'), 1)
    """
    layout = layout or ExportLayout()
    known = Currency.of(currency)
    commission = None if commission_rate is None else rate_argument("commission_rate", commission_rate, high=1)
    path = Path(orders)
    articles = read_articles(catalogue=_path(catalogue), costs=_path(costs), currency=known)
    facts = read_traffic(_path(traffic), currency=known, zone=layout.zone)
    sales = read_orders(path, currency=known, layout=layout, progress=progress)
    files = _Files(path.name, sales, match_cancellations(sales), articles, facts)
    answer = _answer(files, commission, assume or Assumptions())
    if database is not None or out is not None:
        mark = fingerprint(path, known.code, layout)
        _store(files, Path(database) if database is not None else Path(out or ".") / "shop.db", mark)
    return answer if out is None else _written(answer, Path(out))


@dataclasses.dataclass(frozen=True, slots=True)
class _Files:
    """What was read, and which cancellation belongs to which sale."""

    name: str
    sales: Sales
    matching: Matching
    articles: dict[str, Article]
    facts: tuple[TrafficFacts, ...]


def _answer(files: _Files, commission: Rate | None, assume: Assumptions) -> ShopReview:
    sales, matching, articles = files.sales, files.matching, files.articles
    want = wanted(sales, matching)
    margin = margin_of(sales, articles, commission)
    scores = scored(sales, want.end)
    buyers = best_buyers(sales, want.end, scores)
    return ShopReview(
        source=files.name.encode("utf-8", "replace").decode("utf-8"),
        zone=sales.zone,
        first_day=day_of(sales.day.min()),
        last_day=day_of(want.end - 1),
        lines_read=sales.lines_read,
        lines_taken=sales.lines_read - len(sales.rejected),
        reading=sales.how,
        corrections=int((sales.sign == 0).sum()),
        rejected=sales.rejected,
        orders=int(np.unique(sales.order[sales.sign > 0]).size),
        revenue=sales.revenue,
        revenue_by_kind=_by_kind(sales),
        cancelled=matching.counts(sales),
        discounts=sales.money((sales.discount * sales.sign).sum()),
        return_rate=return_rate(sales, matching),
        repeat_rate=_repeat_rate(buyers),
        months=monthly(sales, margin),
        margin=margin,
        reorder=reorder_advice(sales, want, articles, assume),
        slow_movers=slow_movers(sales, want, articles, assume),
        returns=returned_articles(sales, matching, articles),
        buyers=buyers,
        call_backs=call_backs(sales, want.end, buyers),
        segments=() if scores is None else scores.segments(),
        channels=_channels(files.facts),
        assumptions=assume,
        notes=notes_on(sales, matching, articles, files.facts, margin.share_of_revenue if margin else None),
    )


def _path(path: str | Path | None) -> Path | None:
    return None if path is None else Path(path)


def _store(files: _Files, file: Path, mark: str) -> None:
    from shopcore.operations._store import store

    file.parent.mkdir(parents=True, exist_ok=True)
    store(f"sqlite:///{file}", files.sales, files.matching, mark)


def _written(answer: ShopReview, folder: Path) -> ShopReview:
    from shopcore.operations._write import write_folder

    report = write_folder(answer, folder)
    return dataclasses.replace(answer, report=str(report))


def _by_kind(sales: Sales) -> dict[str, int]:
    sums = sums_by(sales.sku_kinds[sales.sku], sales.amount, len(KINDS)).tolist()
    lines = np.bincount(sales.sku_kinds[sales.sku][sales.sign != 0], minlength=len(KINDS)).tolist()
    return {kind: total for kind, total, count in zip(KINDS, sums, lines, strict=True) if count}


def _repeat_rate(buyers: tuple[Buyer, ...]) -> Ratio:
    again = sum(buyer.orders > 1 for buyer in buyers)
    return share_of(again, len(buyers), reason="no_customers", basis="person")


def _channels(facts: tuple[TrafficFacts, ...]) -> ChannelReport | None:
    from shopcore.traffic import channel_report

    return channel_report(facts, people="sum") if facts else None
