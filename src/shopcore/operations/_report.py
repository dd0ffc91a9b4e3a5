"""The report: one page that stands by itself, opens without a network and reads well on a phone."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from shopcore.models import Money, Rate
from shopcore.operations import _sections as parts
from shopcore.operations._html import EMPTY, Markup, amount, joined, section, tag

if TYPE_CHECKING:
    from shopcore.operations._result import ShopReview

# No script runs and nothing is fetched, whatever a title in the export may hold.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
ALL_COSTED: Final = 0.995
_LINKS: Final = {
    "todo": "To do",
    "months": "Months",
    "reorder": "Reorder",
    "slow": "Slow movers",
    "returns": "Returns",
    "customers": "Customers",
    "channels": "Channels",
    "lines": "How it was counted",
    "terms": "Terms",
}
_TERMS: Final = {
    "revenue": "Sales less cancellations and returns, as booked; with tax if the prices of the export hold it.",
    "margin": "What is left of the revenue of goods after their cost (毛利) and the platform's commission, where "
    "its rate was given. Advertising, wages and rent are not in it.",
    "reorder point": "The count at which to order, so that the rest lasts until delivery in most cycles (补货点).",
    "order": "Units up to the level that covers lead time and the weeks an order is to last, in whole packs.",
    "slow mover": "An article that has not sold for long, or whose stock lasts very long (滞销).",
    "return rate": "Order lines that came back in whole or in part over order lines sold (退货率).",
    "95 % interval": "Where the true rate lies, were the next customers like those seen (Wilson, 1927).",
    "UV value": "Revenue over visitors (UV 价值): what one more visitor of this kind would bring at most.",
    "return on ad spend": "Attributed revenue over advertising spend (投产比); not what the advertising caused.",
}


def report_html(review: ShopReview) -> str:
    """Return the report as one HTML page; the same review gives the same bytes."""
    title = f"Shop review · {review.source}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("style", Markup(_style())),
    )
    body = tag("body", _head(review), _main(review), _foot(review))
    return "<!doctype html>\n" + tag("html", head, "\n", body, lang="en") + "\n"


def _style() -> str:
    return files("shopcore.operations").joinpath("report.css").read_text(encoding="utf-8")


def _head(review: ShopReview) -> Markup:
    days = (review.last_day - review.first_day).days + 1
    told = (
        f"{review.first_day} to {review.last_day} ({days:,} days) · amounts in {review.revenue.currency.code} · "
        f"days and months in {review.zone}"
    )
    links = dict(_LINKS)
    if review.channels is None:
        del links["channels"]
    nav = tag("nav", *(tag("a", name, href=f"#{place}") for place, name in links.items()))
    return tag("header", tag("h1", f"Shop review: {review.source}"), tag("p", told, class_="soft"), nav)


def _main(review: ShopReview) -> Markup:
    return tag(
        "main",
        _tiles(review),
        _todo(review),
        parts.over_time(review),
        parts.to_reorder(review),
        parts.slow(review),
        parts.returned(review),
        parts.customers(review),
        parts.channels(review),
        parts.counted(review),
        _notes(review),
        _terms(),
    )


def _tiles(review: ShopReview) -> Markup:
    sold = Money.total((month.sold for month in review.months), review.revenue.currency)
    found = [("revenue", amount(review.revenue), f"{review.orders:,} orders")]
    if review.margin is not None:
        share = review.margin.share_of_revenue
        whole = "the revenue of goods" if share > ALL_COSTED else f"{parts.percent(share, 0)} of the goods, costs known"
        rate = None if review.margin.rate is None else float(review.margin.rate)
        found.append(("margin", amount(review.margin.margin), f"{parts.percent(rate)} of {whole}"))
    if review.orders:
        found.append(("average order", amount(sold.times(Rate(1) / review.orders)), "before returns"))
    if review.discounts.minor:
        found.append(("given as discounts", amount(review.discounts), f"beside {amount(sold)} sold"))
    back = review.return_rate
    found.append(("lines returned", parts.percent(back.value), _ends(back.low, back.high)))
    again = review.repeat_rate
    if again.value is not None:
        found.append(("customers who came again", parts.percent(again.value), _ends(again.low, again.high)))
    return tag("div", *(_tile(*facts) for facts in found), class_="tiles")


def _tile(name: str, value: str, more: str) -> Markup:
    return tag("div", tag("span", name), tag("b", value), tag("span", more), class_="tile")


def _ends(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"95 %: {parts.percent(low)} to {parts.percent(high)}"


def _todo(review: ShopReview) -> Markup:
    found = [*_stock_jobs(review), *_other_jobs(review)]
    items = (tag("li", text, class_="hot" if is_hot else None) for text, is_hot in found)
    body = tag("ol", *items, class_="todo") if found else tag("p", "Nothing stands out.", class_="note")
    return section("todo", "What to do next", "The decisions the figures below point to, most urgent first.", body)


def _stock_jobs(review: ShopReview) -> list[tuple[Markup, bool]]:
    found: list[tuple[Markup, bool]] = []
    if now := review.order_now:
        first, out = now[0], sum(entry.on_hand == 0 for entry in now)
        more = f" Sold out already: {out:,}." if out else ""
        text = f"Order {_articles(len(now))} now, first {first.order_quantity:,} × {first.title}: {first.why}."
        found.append((joined((tag("b", text), more)), True))
    elif review.reorder and review.reorder[0].advice == "count the stock":
        first = review.reorder[0]
        pace = f"it sells {first.weekly_mean:,.0f} a week; order when {first.reorder_point:,} or fewer are left."
        found.append((tag("b", f"Count {first.title} first: {pace}"), False))
    if lying := review.slow_movers:
        bound = [entry.value for entry in lying if entry.value is not None]
        money = f", {amount(Money.total(bound, review.revenue.currency))} at cost" if bound else ""
        text = f"Clear {_articles(len(lying))} that hardly sell{money}; first {lying[0].title}: {lying[0].why}."
        found.append((joined((text,)), False))
    return found


def _articles(count: int) -> str:
    return f"{count:,} article" if count == 1 else f"{count:,} articles"


def _other_jobs(review: ShopReview) -> list[tuple[Markup, bool]]:
    found: list[tuple[Markup, bool]] = []
    if worse := [entry for entry in review.returns if entry.above_shop]:
        first, shop = worse[0], parts.percent(review.return_rate.value)
        text = (
            f"Look into {_articles(len(worse))} that come back more often than the shop's {shop}, first {first.title}: "
            f"{parts.percent(first.rate)} of its lines, {amount(first.amount)} paid back."
        )
        found.append((joined((text,)), False))
    need = parts.needed_return(review)
    if review.channels is not None and need is not None:
        returns = {f.channel: f.return_on_ad_spend.value for f in review.channels.channels}
        poor = [f"{name} ({value:.2f})" for name, value in returns.items() if value is not None and value < need]
        if poor:
            text = f"Check advertising that returns less than the {need:.2f} your margin needs: {', '.join(poor)}."
            found.append((joined((text,)), True))
    return found


def _notes(review: ShopReview) -> Markup:
    if not review.notes:
        return EMPTY
    items = tag("ul", *(tag("li", note) for note in review.notes), class_="notes")
    lead = "Where the files do not say enough, the answers are weaker."
    return section("notes", "What to know about the data", lead, items)


def _terms() -> Markup:
    pairs = [part for name, text in _TERMS.items() for part in (tag("dt", name), tag("dd", text))]
    return section("terms", "What each number means", "In the order of the page.", tag("dl", *pairs))


def _foot(review: ShopReview) -> Markup:
    text = (
        "Made by shopcore from the files alone: the same files give the same page. Decision tables lie beside it as "
        "CSV, the figures as summary.json."
    )
    return tag("footer", tag("p", text), tag("p", f"Source: {review.source}"))
