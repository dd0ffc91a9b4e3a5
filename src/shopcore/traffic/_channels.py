"""The channel report: every ratio of every channel from one table of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias, overload

from shopcore._checks import fail, mapping, number, one_of
from shopcore._intervals import confidence_level
from shopcore.models._ratio import Ratio
from shopcore.models._result import Result, html_table
from shopcore.models._traffic_facts import TrafficFacts
from shopcore.traffic._facts import PEOPLE, Sums, rows_of, sum_rows, sums_by_channel
from shopcore.traffic._ratio import CONFIDENCE, Meaning, of_counts, of_totals, undefined

People: TypeAlias = Literal["distinct", "sum"]


@dataclass(frozen=True, slots=True)
class ChannelFigures(Result):
    """The ratios of one channel (渠道指标), each a value with interval or the reason why there is none.

    Attributes
    ----------
    channel : str
        Its name; ``"total"`` for all channels together.
    revenue, spend : float or None
        Sums in the unit of the report; None where they were not measured.
    click_through_rate, bounce_rate, page_depth, add_to_cart_rate, conversion_rate, new_buyer_share : Ratio
        What people did; `new_buyer_share` is new buyers over buyers.
    average_order_value, order_value, uv_value : Ratio
        Money per buyer, per order, per visitor.
    cost_per_click, cost_per_mille, visitor_cost, cost_per_order : Ratio
        What they cost.
    return_on_ad_spend, advertising_cost_of_sale : Ratio
        Revenue over spend and its inverse; both attributed, not incremental.
    """

    channel: str
    revenue: float | None
    spend: float | None
    click_through_rate: Ratio
    bounce_rate: Ratio
    page_depth: Ratio
    add_to_cart_rate: Ratio
    conversion_rate: Ratio
    new_buyer_share: Ratio
    average_order_value: Ratio
    order_value: Ratio
    uv_value: Ratio
    cost_per_click: Ratio
    cost_per_mille: Ratio
    visitor_cost: Ratio
    cost_per_order: Ratio
    return_on_ad_spend: Ratio
    advertising_cost_of_sale: Ratio

    def ratios(self) -> dict[str, Ratio]:
        """Return the ratios by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if isinstance(value, Ratio)}


@dataclass(frozen=True, slots=True)
class ChannelReport(Result):
    """All channels side by side and their total (渠道报表).

    Attributes
    ----------
    channels : tuple of ChannelFigures
        In order of appearance.
    total : ChannelFigures
        Ratios of sums. `total.advertising_cost_of_sale` is spend over all revenue given (TACoS when the table
        holds the unpaid channels too).
    currency : str
        Code of the currency; empty where columns of numbers were given.
    """

    channels: tuple[ChannelFigures, ...]
    total: ChannelFigures
    currency: str

    def __getitem__(self, channel: str) -> ChannelFigures:
        """Return the figures of a channel by name."""
        found = {figures.channel: figures for figures in self.channels}
        if channel not in found:
            fail("channel", channel, "one of " + ", ".join(found), reason="unknown")
        return found[channel]

    def to_columns(self) -> dict[str, list[Any]]:
        """Return columns for a table: one row per channel, each ratio with its low and high end and reason."""
        columns: dict[str, list[Any]] = {"channel": [figures.channel for figures in self.channels]}
        for name in self.total.ratios():
            ratios = [getattr(figures, name) for figures in self.channels]
            columns[name] = [ratio.value for ratio in ratios]
            columns[f"{name}_low"] = [ratio.low for ratio in ratios]
            columns[f"{name}_high"] = [ratio.high for ratio in ratios]
            columns[f"{name}_reason"] = [ratio.reason or "" for ratio in ratios]
        return columns

    def explain(self) -> str:
        """Return conversion, UV value and return on ad spend of each channel in words."""
        lines = []
        for figures in (*self.channels, self.total):
            lines += [f"{figures.channel}:"] + [f"  {name}: {r.explain()}" for name, r in figures.ratios().items()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return a table of the main ratios."""
        shown = ("click_through_rate", "conversion_rate", "average_order_value", "uv_value", "return_on_ad_spend")
        rows = [
            (f.channel, *(getattr(f, name).value if getattr(f, name).is_defined else "–" for name in shown))
            for f in (*self.channels, self.total)
        ]
        return html_table("ChannelReport", ("channel", *shown), rows)


@overload
def channel_report(
    facts: Mapping[str, Sequence[object]],
    *,
    people: People = ...,
    distinct: Mapping[str, Mapping[str, float]] | None = ...,
    confidence: float = ...,
) -> ChannelReport: ...


@overload
def channel_report(
    facts: Iterable[TrafficFacts],
    *,
    people: People = ...,
    distinct: Mapping[str, Mapping[str, float]] | None = ...,
    confidence: float = ...,
) -> ChannelReport: ...


def channel_report(
    facts: Iterable[TrafficFacts] | Mapping[str, Sequence[object]],
    *,
    people: People = "distinct",
    distinct: Mapping[str, Mapping[str, float]] | None = None,
    confidence: float = CONFIDENCE,
) -> ChannelReport:
    """Return every ratio of every channel (渠道报表), with intervals and reasons.

    Rows of one channel are added up first and divided then. People (visitors, buyers, carts) cannot be added: with
    several rows their ratios need the distinct numbers, or `people="sum"`, which counts a person once per row and
    says so by the basis ``"person_day"``.

    Parameters
    ----------
    facts : iterable of TrafficFacts, or mapping of columns
        Columns: ``"channel"`` and any of the measures of `TrafficFacts` as numbers >= 0, money in one unit.
    people : {"distinct", "sum"}
        Whether people may be added over rows.
    distinct : mapping, optional
        Distinct people by channel (``"total"`` for all): ``{"search": {"visitors": 900, "buyers": 40}}``.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    ChannelReport
        Figures per channel and in total.

    Raises
    ------
    InputError
        If a value is negative, a column unknown, or a part exceeds its whole; CurrencyMismatchError for two
        currencies; ShapeError for columns of different length.

    Notes
    -----
    A measure missing in every row is ``"not_measured"``, in some rows ``"partly_measured"``.

    Examples
    --------
    >>> report = channel_report({"channel": ["search", "live"], "impressions": [90_000, 0], "clicks": [2700, 0],
    ...     "visitors": [2450, 5200], "buyers": [98, 130], "revenue": [15_340.0, 14_300.0], "spend": [2700.0, 0.0]})
    >>> report["search"].return_on_ad_spend.explain()
    '5.68148 = 15340 / 2700'
    >>> report["live"].return_on_ad_spend.reason, report.total.uv_value.reason
    ('no_spend', 'not_additive')
    """
    one_of("people", people, ("distinct", "sum"))
    confidence_level(confidence)
    rows, currency = rows_of(facts)
    if not rows:
        fail("facts", 0, "at least one row", reason="empty")
    known = {} if distinct is None else mapping("distinct", distinct)
    sums = sums_by_channel(rows, people=people)
    total = sum_rows("total", rows, people=people)
    unknown = set(known) - {entry.channel for entry in sums} - {"total"}
    if unknown:
        fail("distinct", min(unknown), "channels of the facts, or 'total'", reason="unknown")
    for entry in (*sums, total):
        _put_distinct(entry, known.get(entry.channel, {}))
    summed = people == "sum"
    figures = tuple(_figures(entry, confidence, summed and entry.rows > 1) for entry in sums)
    return ChannelReport(figures, _figures(total, confidence, summed and len(rows) > 1), currency)


def _put_distinct(sums: Sums, known: Mapping[str, float]) -> None:
    for name, value in mapping(f"distinct.{sums.channel}", known).items():
        one_of(f"distinct.{sums.channel}", name, PEOPLE)
        sums.values[name] = number(f"distinct.{sums.channel}.{name}", value, low=0.0)
        sums.reasons.pop(name, None)


def _figures(sums: Sums, confidence: float, summed: bool) -> ChannelFigures:  # noqa: FBT001  # two states of one file
    person = "person_day" if summed else "person"

    def share(part: str, whole: str, basis: str, empty: str) -> Ratio:
        return _ratio(sums, Meaning(part, whole, basis, empty), confidence)

    def value(part: str, whole: str, basis: str, empty: str, per: float = 1.0) -> Ratio:
        return _ratio(sums, Meaning(part, whole, basis, empty), None, per)

    return ChannelFigures(
        channel=sums.channel,
        revenue=sums.get("revenue"),
        spend=sums.get("spend"),
        click_through_rate=share("clicks", "impressions", "impression", "no_impressions"),
        bounce_rate=share("single_page_sessions", "sessions", "session", "no_sessions"),
        page_depth=value("page_views", "sessions", "session", "no_sessions"),
        add_to_cart_rate=share("added_to_cart", "visitors", person, "no_visitors"),
        conversion_rate=share("buyers", "visitors", person, "no_visitors"),
        new_buyer_share=share("new_buyers", "buyers", person, "no_buyers"),
        average_order_value=value("revenue", "buyers", person, "no_buyers"),
        order_value=value("revenue", "orders", "order", "no_orders"),
        uv_value=value("revenue", "visitors", person, "no_visitors"),
        cost_per_click=value("spend", "clicks", "money", "no_clicks"),
        cost_per_mille=value("spend", "impressions", "money", "no_impressions", 1000.0),
        visitor_cost=value("spend", "visitors", "money", "no_visitors"),
        cost_per_order=value("spend", "orders", "money", "no_orders"),
        return_on_ad_spend=value("revenue", "spend", "money", "no_spend"),
        advertising_cost_of_sale=value("spend", "revenue", "money", "no_revenue"),
    )


def _ratio(sums: Sums, meaning: Meaning, confidence: float | None, per: float = 1.0) -> Ratio:
    for name in (meaning.whole, meaning.part):
        if name in sums.reasons:
            return undefined(
                sums.reasons[name],
                basis=meaning.basis,
                numerator=sums.get(meaning.part) or 0.0,
                denominator=sums.get(meaning.whole) or 0.0,
            )
    part, whole = sums.get(meaning.part), sums.get(meaning.whole)
    if confidence is None:
        found: Ratio = of_totals(meaning, part, (whole or 0.0) / per)
    else:
        found = of_counts(meaning, part, whole, confidence)
    return found
