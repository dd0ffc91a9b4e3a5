"""The parts of the report, each a table or a chart with a sentence on how it was reached."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from shopcore.models import Money, Ratio
from shopcore.operations._charts import Bar, bars, interval, spark
from shopcore.operations._html import EMPTY, Markup, amount, folded, joined, section, table, tag
from shopcore.operations._lists import masked
from shopcore.pricing import break_even_roas

if TYPE_CHECKING:
    from shopcore.operations._money import Month
    from shopcore.operations._reorder import Reorder
    from shopcore.operations._result import ShopReview
    from shopcore.traffic import ChannelFigures

SHOWN: Final = 15
SHOWN_ORDERS: Final = 30
SEGMENTS: Final = {
    "important_value": ("best (重要价值)", "Keep them: early access, a word of thanks."),
    "important_keep": ("slipping (重要保持)", "Once among the best, not here of late: call them back now."),
    "important_develop": ("promising (重要发展)", "Spend much, came seldom: give a reason for the next order."),
    "important_win_back": ("nearly lost (重要挽留)", "Spent much once, long gone: one good offer."),
    "general_value": ("regular (一般价值)", "Come often for little: show what goes with it."),
    "general_keep": ("fading (一般保持)", "Came often for little, not of late: a reminder."),
    "general_develop": ("new (一般发展)", "Came lately, once or twice: see to a good second order."),
    "general_win_back": ("gone (一般挽留)", "Leave them to what costs nothing."),
}
WEAK: Final = {
    "stock_unknown": "stock not known",
    "lead_time_assumed": "lead time assumed",
    "short_history": "under 8 weeks of sales",
    "lumpy_demand": "very uneven demand",
    "demand_rising": "rising: order more",
    "demand_falling": "falling: order less",
}


def name_of(sku: str, title: str) -> Markup:
    """Return a title with its code below."""
    return joined((title, tag("small", sku))) if title != sku else joined((sku,))


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as per cent."""
    return "–" if value is None else f"{100 * value:.{digits}f}\N{NO-BREAK SPACE}%"


def rest(shown: int, count: int, file: str) -> Markup:
    """Return where the rows are that are not shown."""
    if count <= shown:
        return tag("p", f"Also in {file}.", class_="soft")
    return tag("p", f"The first {shown} of {count:,}; all of them are in {file}.", class_="soft")


def over_time(review: ShopReview) -> Markup:
    """Return revenue and margin by month, as a chart and as a table."""
    with_margin = review.margin is not None
    items = [_bar(review, month) for month in review.months]
    title = "Revenue and margin by month" if with_margin else "Revenue by month"
    legend = [joined((tag("i"), f"revenue, {review.revenue.currency.code}"))]
    if with_margin:
        legend.append(joined((tag("i", class_="part"), "of it margin, goods whose cost is known")))
    if not all(item.is_whole for item in items):
        legend.append(joined(("pale: the month is not whole in the file",)))
    heads = [("month", "t"), ("orders", "n"), ("sold", "n"), ("taken back", "n"), ("revenue", "n")]
    rows = [[m.month, f"{m.orders:,}", amount(m.sold), amount(m.taken_back), amount(m.revenue)] for m in review.months]
    if with_margin:
        heads += [("margin", "n"), ("margin rate", "n")]
        rows = [[*row, amount(m.margin), percent(_rate(m))] for row, m in zip(rows, review.months, strict=True)]
    lead = (
        "Revenue is what was sold less what was taken back, in the month in which it was booked; every line is "
        "quantity x unit price rounded half up to the cent, less its discount."
    )
    return section(
        "months", title, lead,
        bars(items, title=title, width=1000, height=330, kind="wide"),
        bars(items, title=title, width=400, height=260, kind="narrow"),
        tag("div", *(tag("span", part) for part in legend), class_="legend"),
        folded("The months as a table", table(heads, rows)),
    )  # fmt: skip


def _rate(month: Month) -> float | None:
    if month.margin is None or month.costed_revenue is None or month.costed_revenue.minor <= 0:
        return None
    return month.margin.minor / month.costed_revenue.minor


def _bar(review: ShopReview, month: Month) -> Bar:
    words = f"{month.month}: revenue {amount(month.revenue)}"
    if month.margin is not None:
        words += f", margin {amount(month.margin)}"
    part = None if month.margin is None else float(month.margin.amount)
    return Bar(month.month, float(month.revenue.amount), part, words, _is_whole(month.month, review))


def _is_whole(month: str, review: ShopReview) -> bool:
    first, after = review.first_day, review.last_day + timedelta(days=1)
    begins_late = month == f"{first:%Y-%m}" and first.day > 1
    ends_early = month == f"{review.last_day:%Y-%m}" and after.day > 1
    return not begins_late and not ends_early


def to_reorder(review: ShopReview) -> Markup:
    """Return what to order now, or which count to order at where the stock is not known."""
    now = review.order_now
    unknown = sum(entry.advice == "count the stock" for entry in review.reorder)
    assume = review.assumptions
    how = (
        f"Demand of the last 13 weeks less what came back; the reorder point covers the lead time at "
        f"{percent(assume.service_level, 0)} of cycles without a stock-out, and an order lasts about "
        f"{assume.cover_weeks:g} weeks more. Where a lead time is not given, {assume.lead_time_days:g} "
        f"± {assume.lead_time_sd_days:g} days are assumed."
    )
    if unknown and not now:
        return _points(review, how)
    title = "What to reorder now, and why (补货)"
    if not now:
        return section(
            "reorder", title, how, tag("p", "Nothing: what is there lasts until the next order.", class_="note")
        )
    heads = [("article", "t"), ("order", "n"), ("why", "why"), ("reorder point", "n"), ("13 weeks", "")]
    shown = now[:SHOWN_ORDERS]
    rows = [_reorder_row(entry, tag("span", f"{entry.order_quantity:,}", class_="now")) for entry in shown]
    return section("reorder", title, how, table(heads, rows), rest(len(shown), len(now), "reorder.csv"))


def _points(review: ShopReview, how: str) -> Markup:
    note = "Stock is not known, so this says at which count to order; give a catalogue with on_hand."
    heads = [("article", "t"), ("a week", "n"), ("why", "why"), ("order at", "n"), ("13 weeks", "")]
    shown = review.reorder[:SHOWN]
    body = table(heads, [_reorder_row(entry, f"{entry.weekly_mean:,.0f}") for entry in shown])
    more = rest(len(shown), len(review.reorder), "reorder.csv")
    title = "When to reorder the articles that sell most (补货点)"
    return section("reorder", title, how, tag("p", note, class_="note"), body, more)


def _reorder_row(entry: Reorder, second: object) -> list[object]:
    codes = [WEAK.get(code, code) for code in entry.weak.split() if code != "stock_unknown"]
    why = joined((entry.why, tag("br") if codes else EMPTY, *(tag("span", code, class_="tag") for code in codes)))
    line = spark(entry.history, "units by week: " + ", ".join(str(units) for units in entry.history))
    return [name_of(entry.sku, entry.title), second, why, f"{entry.reorder_point:,}", line]


def slow(review: ShopReview) -> Markup:
    """Return the articles that lie."""
    assume, shown = review.assumptions, review.slow_movers[:SHOWN]
    lead = (
        f"Articles without a sale for more than {assume.slow_days} days, or whose stock lasts longer than "
        f"{assume.slow_cover_days}; those that bind most money at cost first."
    )
    if not shown:
        return section("slow", "Slow movers (滞销)", lead, tag("p", "None.", class_="note"))
    heads = [("article", "t"), ("why", "why"), ("on hand", "n"), ("stock at cost", "n"), ("brought in so far", "n")]
    rows = [
        [name_of(entry.sku, entry.title), entry.why, "–" if entry.on_hand is None else f"{entry.on_hand:,}",
         amount(entry.value), amount(entry.past_revenue)]
        for entry in shown
    ]  # fmt: skip
    count = len(review.slow_movers)
    return section("slow", "Slow movers (滞销)", lead, table(heads, rows), rest(len(shown), count, "slow_movers.csv"))


def returned(review: ShopReview) -> Markup:
    """Return the articles that come back."""
    shop, shown = review.return_rate, review.returns[:SHOWN]
    lead = (
        f"{words(shop)} of the order lines of goods came back in whole or in part. The bar is the 95 % interval of an "
        "article's rate, the upright line the shop's own rate; red are articles whose whole bar lies right of it. Of "
        "articles no worse than the shop about one in forty would be red by chance. Those with fewer than 20 sold "
        "lines are left out."
    )
    if not shown:
        return section("returns", "Returns (退货)", lead, tag("p", "None.", class_="note"))
    top = max(entry.high for entry in shown)
    heads = [("article", "t"), ("rate", "n"), ("95 % interval", ""), ("lines", "n"), ("paid back", "n")]
    rows = [
        [name_of(entry.sku, entry.title), tag("span", percent(entry.rate), class_="now" if entry.above_shop else ""),
         interval(entry.low, entry.rate, entry.high, top=top, mark=shop.value,
                  words=f"{percent(entry.low)} to {percent(entry.high)}"),
         f"{entry.returned_lines:,} of {entry.sold_lines:,}", amount(entry.amount)]
        for entry in shown
    ]  # fmt: skip
    return section(
        "returns", "Returns (退货)", lead, table(heads, rows), rest(len(shown), len(review.returns), "returns.csv")
    )


def words(ratio: Ratio, digits: int = 1) -> str:
    """Return a share with its interval."""
    if ratio.value is None:
        return "–"
    ends = "" if ratio.low is None or ratio.high is None else f" ({percent(ratio.low)} to {percent(ratio.high)})"
    return percent(ratio.value, digits) + ends


def customers(review: ShopReview) -> Markup:
    """Return the best customers, masked."""
    shown = review.buyers[:SHOWN]
    title = "Best customers (优质客户)"
    if not shown:
        return section("customers", title, "The file names no customers.")
    tenth = -(-len(review.buyers) // 10)
    share = sum(buyer.share for buyer in review.buyers[:tenth])
    lead = (
        f"{len(review.buyers):,} known customers, by what they left in the shop after returns. The best tenth brings "
        f"{percent(share, 0)} of their revenue; {words(review.repeat_rate)} ordered more than once. Ids are masked "
        "here; customers.csv holds them whole, so keep it to yourself."
    )
    heads = [("customer", "t"), ("orders", "n"), ("revenue", "n"), ("share", "n"), ("last order", "n"), ("segment", "")]
    rows = [
        [f"{buyer.rank}. {masked(buyer.customer)}", f"{buyer.orders:,}", amount(buyer.revenue), percent(buyer.share),
         buyer.last_order.isoformat(), SEGMENTS[buyer.segment][0]]
        for buyer in shown
    ]  # fmt: skip
    more = rest(len(shown), len(review.buyers), "customers.csv")
    return section("customers", title, lead, _segments(review), table(heads, rows), more, _win_back(review))


def _win_back(review: ShopReview) -> Markup:
    shown = review.call_backs[:SHOWN]
    if not shown:
        return EMPTY
    lead = (
        "Silent for more than twice their usual gap between orders, and that for four weeks at most; who spent most "
        "comes first."
    )
    heads = [("customer", "t"), ("why", "why"), ("orders", "n"), ("revenue", "n")]
    rows = [[masked(entry.customer), entry.why, f"{entry.orders:,}", amount(entry.revenue)] for entry in shown]
    more = rest(len(shown), len(review.call_backs), "win_back.csv")
    return joined((tag("h3", "To win back now (流失挽回)"), tag("p", lead, class_="soft"), table(heads, rows), more))


def _segments(review: ShopReview) -> Markup:
    heads = [("segment", "t"), ("what to do", "why"), ("customers", "n"), ("of all", "n"), ("of their spend", "n")]
    rows = [
        [SEGMENTS[part.segment][0], SEGMENTS[part.segment][1], f"{part.customers:,}", percent(part.share.value),
         percent(part.spend_share.value)]
        for part in review.segments
        if part.customers
    ]  # fmt: skip
    lead = (
        "By how recently, how often and for how much they bought; high is above the mean score of all customers (RFM)."
    )
    return joined((tag("p", lead, class_="soft"), table(heads, rows), tag("h3", "The best of them")))


def channels(review: ShopReview) -> Markup:
    """Return the channels with the intervals of their ratios, and the return that the margin needs."""
    report = review.channels
    if report is None:
        return EMPTY
    figures = [*report.channels, report.total]
    top = max((figure.conversion_rate.high or 0.0) for figure in figures) or 1.0
    heads = [("channel", "t"), ("conversion", "n"), ("95 % interval", ""), ("UV value", "n"), ("spend", "n"),
             ("return on ad spend", "n")]  # fmt: skip
    total = report.total.conversion_rate.value
    need = needed_return(review)
    rows = [_channel_row(figure, top, total, need) for figure in figures]
    lead = (
        "Conversion is buyers over visitors, UV value revenue over visitors; a visitor counts once a day. Revenue is "
        "what the traffic file attributes to the channel, which need not be caused by it."
    )
    note = EMPTY
    if need is not None:
        note = tag("p", f"At your margin a return on ad spend of {need:.2f} breaks even; below it every paid order "
                   "loses money before anything else is paid.", class_="note")  # fmt: skip
    return section("channels", "What the channels are worth (渠道)", lead, note, table(heads, rows),
                   tag("p", "Every ratio with its interval is in channels.csv.", class_="soft"))  # fmt: skip


def needed_return(review: ShopReview) -> float | None:
    """Return the return on ad spend at which the margin is eaten up; None without a margin."""
    if review.margin is None:
        return None
    found = break_even_roas(review.margin.revenue, review.margin.margin)
    return None if found is None else float(found)


def _channel_row(figure: ChannelFigures, top: float, total: float | None, need: float | None) -> list[object]:
    rate, value, back = figure.conversion_rate, figure.uv_value.value, figure.return_on_ad_spend.value
    drawn: object = "–"
    if rate.value is not None and rate.low is not None and rate.high is not None:
        drawn = interval(rate.low, rate.value, rate.high, top=top, mark=total,
                         words=f"{percent(rate.low, 2)} to {percent(rate.high, 2)}")  # fmt: skip
    poor = back is not None and need is not None and back < need
    return [
        figure.channel,
        percent(rate.value, 2),
        drawn,
        "–" if value is None else f"{value:,.2f}",
        "–" if figure.spend is None else f"{figure.spend:,.2f}",
        "–" if back is None else tag("span", f"{back:.2f}", class_="now" if poor else ""),
    ]


def counted(review: ShopReview) -> Markup:
    """Return how every line of the file was counted."""
    cancelled = review.cancelled
    kinds = [(kind, amount(Money(minor, review.revenue.currency))) for kind, minor in review.revenue_by_kind.items()]
    found = (
        f"{cancelled['cancelled_lines']:,}: {cancelled['matched_whole']:,} matched to their sale, "
        f"{cancelled['matched_in_part']:,} in part, {cancelled['unmatched']:,} not found in this file"
    )
    facts = [
        *((f"file: {name}", "tab" if text == "\t" else text) for name, text in review.reading.items()),
        ("lines read", f"{review.lines_read:,} = {review.lines_taken:,} taken + {len(review.rejected):,} set aside"),
        *((f"set aside: {reason}", f"{count:,}") for reason, count in review.set_aside.items()),
        ("stock corrections", f"{review.corrections:,} lines without a price, which sell nothing"),
        ("cancelled lines", found),
        ("revenue", f"{amount(review.revenue)} = " + " + ".join(f"{kind} {text}" for kind, text in kinds)),
    ]
    pairs = [part for name, text in facts for part in (tag("dt", name), tag("dd", text))]
    lead = "Nothing is dropped silently: rejected.csv holds each line set aside, its number and the reason."
    return section("lines", "How the lines were counted", lead, tag("dl", *pairs))
