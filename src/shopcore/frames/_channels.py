"""The channel report of a table of traffic facts, and the ratios of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from shopcore._checks import one_of
from shopcore.frames import _columns
from shopcore.frames._columns import Field
from shopcore.frames._question import ColumnType, ask

if TYPE_CHECKING:
    from shopcore.models import Currency

# Ratio, part, whole, what is counted, and why there is none. The first five are shares of counts, with an interval.
SHARES: Final = (
    ("click_through_rate", "clicks", "impressions", "no_impressions"),
    ("bounce_rate", "single_page_sessions", "sessions", "no_sessions"),
    ("add_to_cart_rate", "added_to_cart", "visitors", "no_visitors"),
    ("conversion_rate", "buyers", "visitors", "no_visitors"),
    ("new_buyer_share", "new_buyers", "buyers", "no_buyers"),
)
TOTALS: Final = (
    ("page_depth", "page_views", "sessions", "no_sessions"),
    ("average_order_value", "revenue", "buyers", "no_buyers"),
    ("order_value", "revenue", "orders", "no_orders"),
    ("uv_value", "revenue", "visitors", "no_visitors"),
    ("cost_per_click", "spend", "clicks", "no_clicks"),
    ("cost_per_mille", "spend", "impressions", "no_impressions"),
    ("visitor_cost", "spend", "visitors", "no_visitors"),
    ("cost_per_order", "spend", "orders", "no_orders"),
    ("return_on_ad_spend", "revenue", "spend", "no_spend"),
    ("advertising_cost_of_sale", "spend", "revenue", "no_revenue"),
)
COUNTS: Final = (
    "impressions",
    "clicks",
    "page_views",
    "sessions",
    "single_page_sessions",
    "visitors",
    "added_to_cart",
    "buyers",
    "new_buyers",
    "orders",
    "units",
)
MONEY: Final = ("revenue", "spend")
MEASURES: Final = (*(Field(name, "count") for name in COUNTS), *(Field(name, "money") for name in MONEY))


@dataclass(frozen=True, slots=True)
class ChannelRatios:
    """The ratios of every row of traffic facts, as a question for batches; see `channel_ratios`.

    Examples
    --------
    >>> list(ChannelRatios(currency_code="CNY").outputs)[:3]
    ['click_through_rate', 'click_through_rate_low', 'click_through_rate_high']
    """

    confidence: float = 0.95
    currency_code: str | None = None

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads: the measures of `TrafficFacts`, whichever there are."""
        return MEASURES

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        ends = [name + end for name, *_ in SHARES for end in ("", "_low", "_high")]
        names = (*ends, *(name for name, *_ in TOTALS))
        return {**dict.fromkeys(names, "float64"), "no_value_because": "string"}

    @property
    def currency(self) -> Currency | None:
        """The currency of revenue and spend; None for minor units."""
        return _columns.currency_of(self.currency_code)

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns."""
        from shopcore.traffic._ratio import Meaning, of_counts, of_totals

        size = len(next(iter(columns.values()))) if columns else 0
        blank = np.full(size, np.nan)
        found: dict[str, Any] = {}
        why: list[tuple[str, Any]] = []
        for row, (name, part, whole, empty) in enumerate((*SHARES, *TOTALS)):
            share = row < len(SHARES)
            meaning = Meaning(part, whole, "", empty)
            if part not in columns or whole not in columns:
                why.append((f"{name}:not_measured", np.ones(size, dtype=bool)))
                found |= {name + end: blank for end in (("", "_low", "_high") if share else ("",))}
                continue
            top, bottom = columns[part], columns[whole]
            if name == "cost_per_mille":
                bottom = bottom / 1000.0
            ratio = of_counts(meaning, top, bottom, self.confidence) if share else of_totals(meaning, top, bottom)
            found |= {name: ratio.value, **({f"{name}_low": ratio.low, f"{name}_high": ratio.high} if share else {})}
            why += [(f"{name}:{reason}", ratio.reason_code == code) for code, reason in enumerate(ratio.reasons, 1)]
        return {**found, "no_value_because": _joined(why, size)}


def _joined(why: list[tuple[str, Any]], size: int) -> Any:
    # Rows that miss the same ratios share one text, so that it is put together once for each pattern.
    parts = [(text, rows) for text, rows in why if rows.any()]
    if not parts or not size:
        return np.full(size, "", dtype=object)
    patterns, place = np.unique(np.column_stack([rows for _, rows in parts]), axis=0, return_inverse=True)
    texts = [", ".join(text for (text, _), there in zip(parts, row, strict=True) if there) for row in patterns]
    return np.array(texts, dtype=object)[np.ravel(place)]


def channel_ratios(
    frame: Any,
    *,
    confidence: float = 0.95,
    currency: str | None = None,
    columns: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Any:
    """Return the table with the ratios of each row's traffic facts added (渠道指标).

    For rows that are sums already: one for each channel and week, shop or campaign. People cannot be added over
    days, so count the distinct ones when you group. For one report of all channels use `channel_report`.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With any of the measures of `TrafficFacts`: counts, and ``revenue`` and ``spend`` (minor units, or Decimal or
        text).
    confidence : float
        Coverage of the intervals, in (0, 1).
    currency : str, optional
        Needed where money is Decimal or text.
    columns : mapping, optional
        Where a column has another name.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With the ratios of `traffic.ChannelFigures`, amounts in minor units, both ends of the interval where there is
        one (``conversion_rate_low``), and ``no_value_because``: ``"uv_value:no_visitors, ..."``.

    Raises
    ------
    InputError
        If a column is missing, holds nulls or floats, or a part exceeds its whole; `positions` names the rows.

    Examples
    --------
    >>> import pyarrow as pa
    >>> week = pa.table({"channel": ["search", "live"], "visitors": [900, 0], "buyers": [30, 0]})
    >>> channel_ratios(week).select(["conversion_rate", "no_value_because"]).to_pylist()[0]["conversion_rate"]
    0.03333333333333333
    """
    return ask(frame, ChannelRatios(confidence, currency), columns, prefix)


def channel_report(
    frame: Any,
    *,
    people: Literal["distinct", "sum"] = "distinct",
    distinct: Mapping[str, Mapping[str, float]] | None = None,
    confidence: float = 0.95,
    currency: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Any:
    """Return a table of all channels and their total with every ratio, its interval and reason (渠道报表).

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        Rows of traffic facts: ``channel`` and any of the measures, as for `channel_ratios`; rows of one channel are
        added up.
    people, distinct, confidence
        As in `traffic.channel_report`.
    currency : str, optional
        Needed where money is Decimal or text.
    columns : mapping, optional
        Where a column has another name.

    Returns
    -------
    table of the same kind
        One row for each channel in order of appearance and one named ``"total"``; ``revenue`` and ``spend`` and the
        amounts among the ratios in minor units; for each ratio ``_low``, ``_high`` and ``_reason``.

    Raises
    ------
    InputError
        If a column is missing, holds nulls or floats, or a part exceeds its whole.

    Examples
    --------
    >>> import pyarrow as pa
    >>> facts = pa.table({"channel": ["search", "search", "live"], "clicks": [270, 300, 90],
    ...                   "spend": ["300.00", "420.00", "45.00"]})
    >>> channel_report(facts, currency="CNY").select(["channel", "spend", "cost_per_click"]).to_pylist()[2]
    {'channel': 'total', 'spend': 76500.0, 'cost_per_click': 115.9090909090909}
    """
    from shopcore.traffic import channel_report as report

    one_of("people", people, ("distinct", "sum"))
    table = _columns.eager(frame)
    fields = (Field("channel", "text", required=True), *MEASURES)
    facts = _columns.read(table, fields, columns or {}, _columns.currency_of(currency))
    found = report(facts, people=people, distinct=distinct, confidence=confidence)
    figures = (*found.channels, found.total)
    answers: dict[str, Any] = {"channel": [one.channel for one in figures]}
    for name in MONEY:
        answers[name] = np.array([getattr(one, name) for one in figures], dtype=np.float64)
    for name in found.total.ratios():
        ratios = [getattr(one, name) for one in figures]
        for end, key in (("", "value"), ("_low", "low"), ("_high", "high")):
            answers[name + end] = np.array([getattr(ratio, key) for ratio in ratios], dtype=np.float64)
        answers[f"{name}_reason"] = [ratio.reason or "" for ratio in ratios]
    types = {name: "string" if isinstance(values, list) else "float64" for name, values in answers.items()}
    return _columns.make(answers, types, table)
