"""The answer of a review: every figure, how the lines were counted, and what could not be told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Any

from shopcore.models import Money, Ratio
from shopcore.models._result import Result, html_table, plain

if TYPE_CHECKING:
    from shopcore.customers import RfmSegment
    from shopcore.operations._call_back import CallBack
    from shopcore.operations._lists import Buyer, Returned, SlowMover
    from shopcore.operations._money import Margin, Month
    from shopcore.operations._reorder import Assumptions, Reorder
    from shopcore.operations._sales import Rejected
    from shopcore.traffic import ChannelReport

SUMMARY_VERSION = 1


@dataclass(frozen=True, slots=True)
class ShopReview(Result):
    """The review of a shop's export (经营体检): sums, decisions and their reasons, and what the files did not tell.

    Attributes
    ----------
    source : str
        Name of the reviewed file.
    first_day, last_day : date
        Of the export, in the shop's zone.
    lines_read, lines_taken : int
        ``lines_read = lines_taken + len(rejected)``.
    reading : dict
        How the file was read, in words: format, encoding, delimiter, decimal sign, as stated or found.
    corrections : int
        Lines among those taken that corrected stock and sold nothing.
    revenue : Money
        Exact sum over the lines taken: quantity x unit price rounded half up per line, less discounts; cancelled
        lines negative.
    revenue_by_kind : dict
        The same in minor units by kind of line: goods, shipping, fee ...
    cancelled : dict
        How many cancelled lines were matched to their orders.
    discounts : Money
        Taken off by the discount column, net of cancellations.
    return_rate : Ratio
        Sold lines of goods that were taken back over all of them, with its interval.
    repeat_rate : Ratio
        Customers with two orders or more over customers, with its interval.
    months, margin, reorder, slow_movers, returns, buyers, call_backs, segments, channels
        The parts; `margin` and `channels` are None without costs and traffic.
    assumptions : Assumptions
        What the advice rests on where the files do not say.
    notes : tuple of str
        What to know about the data, and what could not be told.
    report : str or None
        Path of the written report.
    """

    source: str
    zone: str
    first_day: date
    last_day: date
    lines_read: int
    lines_taken: int
    reading: dict[str, str]
    corrections: int
    rejected: tuple[Rejected, ...] = field(repr=False)
    orders: int
    revenue: Money
    revenue_by_kind: dict[str, int]
    cancelled: dict[str, int]
    discounts: Money
    return_rate: Ratio
    repeat_rate: Ratio
    months: tuple[Month, ...] = field(repr=False)
    margin: Margin | None = field(repr=False)
    reorder: tuple[Reorder, ...] = field(repr=False)
    slow_movers: tuple[SlowMover, ...] = field(repr=False)
    returns: tuple[Returned, ...] = field(repr=False)
    buyers: tuple[Buyer, ...] = field(repr=False)
    call_backs: tuple[CallBack, ...] = field(repr=False)
    segments: tuple[RfmSegment, ...] = field(repr=False)
    channels: ChannelReport | None = field(repr=False)
    assumptions: Assumptions = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    report: str | None = None

    @property
    def order_now(self) -> tuple[Reorder, ...]:
        """The articles to order now."""
        return tuple(entry for entry in self.reorder if entry.advice == "order now")

    @property
    def set_aside(self) -> dict[str, int]:
        """How many lines were set aside, by reason."""
        counts: dict[str, int] = {}
        for line in self.rejected:
            counts[line.reason] = counts.get(line.reason, 0) + 1
        return dict(sorted(counts.items()))

    def summary(self) -> dict[str, Any]:
        """Return the figures as plain data, without lists of articles and customers; no personal data."""
        return {
            "version": SUMMARY_VERSION,
            "source": self.source,
            "currency": self.revenue.currency.code,
            "zone": self.zone,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "lines": {
                "read": self.lines_read,
                "taken": self.lines_taken,
                "set_aside": len(self.rejected),
                "set_aside_by_reason": self.set_aside,
                "stock_corrections": self.corrections,
            },
            "reading": self.reading,
            "rounding": "quantity x unit price, half up per line",
            "orders": self.orders,
            "revenue": self.revenue.text,
            "revenue_by_kind": {
                kind: Money(minor, self.revenue.currency).text for kind, minor in self.revenue_by_kind.items()
            },
            "discounts": self.discounts.text,
            "cancelled": self.cancelled,
            "margin": None if self.margin is None else _margin_summary(self.margin),
            "return_rate": plain(self.return_rate),
            "repeat_rate": plain(self.repeat_rate),
            "months": [plain(month) for month in self.months],
            "segments": [plain(segment) for segment in self.segments],
            "channels": None if self.channels is None else plain(self.channels),
            "counts": {
                "order_now": len(self.order_now),
                "reorder_points": len(self.reorder),
                "slow_movers": len(self.slow_movers),
                "returned_articles": len(self.returns),
                "customers": len(self.buyers),
                "to_win_back": len(self.call_backs),
            },
            "assumptions": plain(self.assumptions),
            "notes": list(self.notes),
        }

    def summary_json(self) -> str:
        """Return `summary` as JSON text; the same review gives the same bytes."""
        return json.dumps(self.summary(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def explain(self) -> str:
        """Return the review in words."""
        lines = [f"{name}: {text}" for name, text in self._headline()]
        lines += [f"order now: {entry.sku} x {entry.order_quantity}, {entry.why}" for entry in self.order_now[:10]]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def _headline(self) -> list[tuple[str, str]]:
        found = [
            ("file", f"{self.source}, {self.first_day} to {self.last_day}"),
            ("read as", ", ".join(f"{name} {_shown(text)}" for name, text in self.reading.items())),
            ("lines", f"{self.lines_read} read = {self.lines_taken} taken + {len(self.rejected)} set aside"),
            ("revenue", str(self.revenue)),
        ]
        if self.margin is not None:
            rate = f" ({float(self.margin.rate):.1%})" if self.margin.rate is not None else ""
            found.append(("margin", f"{self.margin.margin}{rate}"))
        found += [
            ("orders", str(self.orders)),
            ("order now", f"{len(self.order_now)} articles"),
            ("slow movers", f"{len(self.slow_movers)} articles"),
        ]
        return found

    def _repr_html_(self) -> str:
        """Return the headline, what to order now and where the report is; every text is escaped."""
        parts = [html_table("Shop review", ("", ""), list(self._headline()))]
        if self.order_now:
            rows = [(entry.sku, entry.title, entry.order_quantity, entry.why) for entry in self.order_now]
            parts.append(html_table("Order now", ("SKU", "title", "units", "why"), rows))
        if self.report:
            parts.append(f"<p>report: <code>{escape(self.report)}</code></p>")
        return "".join(parts)


def _shown(text: str) -> str:
    return "tab" if text == "\t" else text


def _margin_summary(margin: Margin) -> dict[str, Any]:
    return {
        "revenue": margin.revenue.text,
        "goods": margin.goods.text,
        "commission": margin.commission.text,
        "margin": margin.margin.text,
        "rate": None if margin.rate is None else str(margin.rate.as_decimal(6)),
        "share_of_revenue_with_known_cost": round(margin.share_of_revenue, 6),
    }
