"""What to know about the data, and what the files did not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shopcore.models import TrafficFacts
    from shopcore.operations._extra import Article
    from shopcore.operations._matching import Matching
    from shopcore.operations._sales import Sales

ENOUGH_COST = 0.95


def notes_on(
    sales: Sales,
    matching: Matching,
    articles: Mapping[str, Article],
    facts: tuple[TrafficFacts, ...],
    share: float | None,
) -> tuple[str, ...]:
    """Return a sentence for each weakness of the data; `share` is that of goods revenue with a known cost."""
    return (*_missing(articles, facts, share), *_odd(sales, matching))


def _missing(articles: Mapping[str, Article], facts: tuple[TrafficFacts, ...], share: float | None) -> tuple[str, ...]:
    found = []
    if share is None:
        found.append("Costs are not known, so there is no margin: give --costs, a file of sku and unit_cost.")
    elif share < ENOUGH_COST:
        found.append(f"Costs are known for {share:.0%} of the revenue of goods; the margin is that of these only.")
    if not any(article.on_hand is not None for article in articles.values()):
        found.append(
            "Stock is not known, so the advice says at which count to order, not what to order today: give "
            "--catalogue with sku, on_hand and lead_time_days."
        )
    if not facts:
        found.append("Traffic is not known, so no channel can be judged: give --traffic.")
    return tuple(found)


def _odd(sales: Sales, matching: Matching) -> tuple[str, ...]:
    cancelled = matching.counts(sales)
    lost = cancelled["unmatched"] + cancelled["matched_in_part"]
    anonymous = int(((sales.customer < 0) & (sales.sign != 0)).sum())
    alike = len(sales.skus) - len({code.casefold() for code in sales.skus})
    corrections = int((sales.sign == 0).sum())
    unfound = (
        f"{lost:,} of {cancelled['cancelled_lines']:,} cancelled lines could not be matched whole to a sale in this "
        "export; their amounts count, the demand of their articles is not lowered by what was not found."
    )
    sentences = (
        (lost, unfound),
        (anonymous, f"{anonymous:,} lines name no customer; they count in everything but the list of customers."),
        (sales.repeated, f"{sales.repeated:,} lines repeat an earlier line of their order word for word; they count."),
        (alike, f"{alike:,} stock codes differ from another one by capital letters only; they count apart."),
        (corrections, f"{corrections:,} lines without a price correct the stock and sell nothing."),
    )
    return tuple(sentence for count, sentence in sentences if count)
