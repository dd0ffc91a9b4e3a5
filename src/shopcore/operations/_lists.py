"""Slow movers, returns and best customers: short lists with the reason beside each entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from shopcore._intervals import wilson
from shopcore.customers import Rfm, rfm
from shopcore.models import Money, Ratio
from shopcore.models._result import Result
from shopcore.operations._calendar import day_of, sums_by
from shopcore.operations._extra import Article

if TYPE_CHECKING:
    from shopcore.operations._demand import Wanted
    from shopcore.operations._matching import Matching
    from shopcore.operations._reorder import Assumptions
    from shopcore.operations._sales import Sales

FEWEST_SOLD = 20


@dataclass(frozen=True, slots=True)
class SlowMover(Result):
    """An article that lies (滞销): when it last sold, what lies, and what money is bound in it.

    Attributes
    ----------
    last_sale : date or None
        In the shop's zone; None where it never sold in the export.
    days_since : int or None
        Days from then to the end of the export.
    recent_units : int
        Units in the last 13 weeks.
    on_hand : int or None
        As the catalogue says.
    cover_days : float or None
        How long the stock lasts at that pace; None where nothing sells or the stock is unknown.
    value : Money or None
        Stock at cost.
    past_revenue : Money
        What it brought in the whole export.
    """

    sku: str
    title: str
    why: str
    last_sale: date | None
    days_since: int | None
    recent_units: int
    on_hand: int | None
    cover_days: float | None
    value: Money | None = field(repr=False)
    past_revenue: Money


def slow_movers(sales: Sales, want: Wanted, articles: dict[str, Article], assume: Assumptions) -> tuple[SlowMover, ...]:
    """Return the articles that lie, those that bind most money (or once sold most) first."""
    places = {code: place for place, code in enumerate(sales.skus)}
    titles = sales.last_titles
    found = []
    for code in sorted({sales.skus[row] for row in np.flatnonzero(want.last > 0).tolist()} | set(articles)):
        article, row = articles.get(code, Article()), places.get(code)
        pace = _Pace(want, row)
        cover = pace.cover(article.on_hand)
        why = _why_slow(pace.since, cover, article, assume)
        if why is not None:
            title = article.title or (titles[row] if row is not None else code)
            found.append(_slow(sales, code, title, (pace, article, cover, why)))
    return tuple(
        sorted(found, key=lambda e: (-(e.value.minor if e.value is not None else 0), -e.past_revenue.minor, e.sku))
    )


class _Pace:
    """How one article sells; nothing of it where it is in the catalogue only."""

    def __init__(self, want: Wanted, row: int | None) -> None:
        self.last = int(want.last[row]) if row is not None else 0
        self.since = want.end - self.last if self.last else None
        self.units = int(want.units[row]) if row is not None else 0
        self.daily = float(want.mean[row]) / 7.0 if row is not None else 0.0
        self.revenue = int(want.past_revenue[row]) if row is not None else 0

    def cover(self, on_hand: int | None) -> float | None:
        return on_hand / self.daily if on_hand is not None and self.daily > 0 else None


def _why_slow(since: int | None, cover: float | None, article: Article, assume: Assumptions) -> str | None:
    if article.on_hand == 0 or (since is None and article.on_hand is None):
        return None
    if since is None:
        return "never sold in this export"
    if since > assume.slow_days:
        return f"no sale for {since} days"
    if cover is not None and cover > assume.slow_cover_days:
        return f"stock lasts {cover:.0f} days at the pace of the last weeks"
    return None


def _slow(sales: Sales, code: str, title: str, facts: tuple[_Pace, Article, float | None, str]) -> SlowMover:
    pace, article, cover, why = facts
    cost, count = article.unit_cost, article.on_hand
    return SlowMover(
        sku=code,
        title=title,
        why=why,
        last_sale=day_of(pace.last) if pace.last else None,
        days_since=pace.since,
        recent_units=pace.units,
        on_hand=article.on_hand,
        cover_days=cover,
        value=None if cost is None or count is None else cost.times(count),
        past_revenue=sales.money(pace.revenue),
    )


@dataclass(frozen=True, slots=True)
class Returned(Result):
    """How often an article comes back (退货率): sold lines that were taken back over sold lines, 95 % Wilson interval.

    Lines are counted, not units: the units of one order come back together, so they are no independent trials.

    Attributes
    ----------
    sold_lines, returned_lines : int
        Only what could be matched to a sale of this export counts as returned.
    sold_units, returned_units : int
        The same in units.
    rate, low, high : float
        From 0 to 1.
    amount : Money
        What was paid back for all cancelled lines of the article.
    above_shop : bool
        Whether even the low end lies above the shop's own rate.
    """

    sku: str
    title: str
    rate: float
    low: float
    high: float
    sold_lines: int
    returned_lines: int
    sold_units: int
    returned_units: int
    amount: Money
    above_shop: bool


def share_of(part: int, whole: int, *, reason: str, basis: str) -> Ratio:
    """Return a share with its 95 % Wilson interval, or the reason why there is none."""
    if not whole:
        return Ratio(None, 0, 0, reason=reason, basis=basis)
    low, high = wilson(part, whole)
    return Ratio(part / whole, part, whole, low, high, confidence=0.95, method="wilson", basis=basis)


def return_rate(sales: Sales, matching: Matching) -> Ratio:
    """Return how many of the sold lines of goods came back (退货率)."""
    out = sales.goods & (sales.sign > 0)
    back = int((matching.returned[out] > 0).sum())
    return share_of(back, int(out.sum()), reason="nothing_sold", basis="order_line")


def returned_articles(sales: Sales, matching: Matching, articles: dict[str, Article]) -> tuple[Returned, ...]:
    """Return the articles that came back, those that are surely worse than the shop first."""
    count = len(sales.skus)
    out = sales.goods & (sales.sign > 0)
    home = sales.goods & (sales.sign < 0)
    sku, back = sales.sku[out], matching.returned[out]
    lines, lines_back = np.bincount(sku, minlength=count), np.bincount(sku[back > 0], minlength=count)
    units, units_back = sums_by(sku, sales.quantity[out], count), sums_by(sku, back, count)
    paid = sums_by(sales.sku[home], -sales.amount[home], count)
    rows = np.flatnonzero((lines_back > 0) & (lines >= FEWEST_SOLD))
    if not rows.size:
        return ()
    low, high = (np.asarray(end) for end in wilson(lines_back[rows], lines[rows]))
    shop, titles = lines_back.sum() / lines.sum(), sales.last_titles
    found = [
        Returned(
            sku=code,
            title=(articles[code].title if code in articles else None) or titles[row],
            rate=float(lines_back[row] / lines[row]),
            low=float(lo),
            high=float(hi),
            sold_lines=int(lines[row]),
            returned_lines=int(lines_back[row]),
            sold_units=int(units[row]),
            returned_units=int(units_back[row]),
            amount=sales.money(paid[row]),
            above_shop=bool(lo > shop),
        )
        for row, lo, hi in zip(rows.tolist(), low.tolist(), high.tolist(), strict=True)
        for code in [sales.skus[row]]
    ]
    return tuple(sorted(found, key=lambda e: (not e.above_shop, -e.amount.minor, e.sku)))


@dataclass(frozen=True, slots=True)
class Buyer(Result):
    """A customer by what he left in the shop (买家): net revenue, orders, first and last order.

    Attributes
    ----------
    customer : str
        The export's id; masked wherever it is shown, whole in the customers' file only.
    share : float
        Of the revenue of all known customers, from 0 to 1.
    segment : str
        By recency, frequency and spend above the mean of all customers: one of `shopcore.customers.RFM_SEGMENTS`.
    """

    rank: int
    customer: str = field(repr=False)
    orders: int
    revenue: Money
    share: float
    first_order: date
    last_order: date
    days_since: int
    segment: str


def scored(sales: Sales, end: int) -> Rfm | None:
    """Return the customers' scores of recency, frequency and spend (RFM); None where the file names no customer."""
    known = (sales.customer >= 0) & (sales.sign != 0)
    if not (known & (sales.sign > 0)).any():
        return None
    return rfm(sales.customer[known], sales.day[known], sales.amount[known], end=end - 1, orders=sales.order[known])


def best_buyers(sales: Sales, end: int, scores: Rfm | None) -> tuple[Buyer, ...]:
    """Return all customers with a sale, by net revenue."""
    if scores is None:
        return ()
    count = len(sales.customers)
    known = (sales.customer >= 0) & (sales.sign != 0)
    segments = dict(zip(scores.customers.tolist(), scores.segment.tolist(), strict=True))
    who = sales.customer[known]
    revenue = sums_by(who, sales.amount[known], count)
    sale = known & (sales.sign > 0)
    pairs = np.unique(np.column_stack([sales.customer, sales.order])[sale], axis=0)
    orders = np.bincount(pairs[:, 0], minlength=count)
    first, last = np.full(count, end), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, sales.customer[sale], sales.day[sale])
    np.maximum.at(last, sales.customer[sale], sales.day[sale])
    total = max(int(revenue.sum()), 1)
    rows = [row for row in np.lexsort((np.arange(count), -revenue)).tolist() if orders[row]]
    return tuple(
        Buyer(
            rank=rank,
            customer=sales.customers[row],
            orders=int(orders[row]),
            revenue=sales.money(revenue[row]),
            share=float(revenue[row] / total),
            first_order=day_of(first[row]),
            last_order=day_of(last[row]),
            days_since=end - int(last[row]),
            segment=segments[row],
        )
        for rank, row in enumerate(rows, 1)
    )


def masked(identifier: str) -> str:
    """Return an id of which two characters at most can be read.

    Examples
    --------
    >>> masked("17850"), masked("li@example.com"), masked("7")
    ('1•••0', 'l•••m', '•••')
    """
    return f"{identifier[0]}•••{identifier[-1]}" if len(identifier) > 3 else "•••"
