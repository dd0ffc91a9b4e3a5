"""The prior price of a reduction, with its evidence, and what a platform asks before an activity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shopcore._checks import at_most, fail, integer
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate
from shopcore.models._result import Result
from shopcore.pricing._waterfall import percent, ratio

__all__ = ["ActivityEntry", "PriceChange", "PriorPrice", "Reduction", "activity_entry", "prior_price", "reduction"]

MAX_CHANGES = 100_000


def _day(argument: str, value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        fail(argument, value, "a date, not an instant: prior prices count days", reason="type")
    return value


@dataclass(frozen=True, slots=True)
class PriceChange(Result):
    """A price and the first day it was in force; it holds until the next change."""

    day: date
    price: Money

    def __post_init__(self) -> None:
        _day("day", self.day)
        if type(self.price) is not Money:
            fail("price", self.price, "a Money", reason="type")


@dataclass(frozen=True, slots=True)
class PriorPrice(Result):
    """The lowest price in force in the days before a reduction, and the evidence for it.

    Attributes
    ----------
    price : Money or None
        None where no price was in force on any of the days (``reason="no_history"``).
    first_day, last_day : date or None
        Stretch of days, inside the window, on which that price was in force the last time.
    since : date or None
        The day the price came into force, before the window if it was carried in.
    window : tuple of date
        First and last day looked at.
    start : date
        The day the reduction (of a progressive chain: its first step) starts.
    carried_in : bool
        Whether the price was already in force when the window began.
    covered : bool
        Whether some price was in force on every day of the window; false for an article new on sale.
    """

    price: Money | None
    first_day: date | None
    last_day: date | None
    since: date | None
    window: tuple[date, date]
    start: date
    carried_in: bool
    covered: bool
    reason: str | None = None

    def explain(self) -> str:
        """Return the prior price and where it comes from, in words."""
        first, last = self.window
        if self.price is None:
            return f"no price was in force from {first} to {last}"
        carried = f", in force since {self.since}" if self.carried_in else ""
        gap = "" if self.covered else "; not on sale during all of these days"
        return (
            f"{self.price} is the lowest price from {first} to {last}: "
            f"{self.first_day} to {self.last_day}{carried}{gap}"
        )


def prior_price(
    history: Sequence[PriceChange], start: date, *, days: int = 30, chain: Sequence[date] = ()
) -> PriorPrice:
    """Return the prior price of a reduction (前 30 天最低价): the lowest in force on the days before it starts.

    Parameters
    ----------
    history : sequence of PriceChange
        Any order; of two changes on one day the later in the sequence closes the day and both prices count.
    start : date
        First day of the reduction; the window is the `days` days before it.
    days : int
        Length of the window.
    chain : sequence of date
        Earlier steps of one progressive reduction without interruption; the window then ends before the first.

    Returns
    -------
    PriorPrice
        Price and evidence.

    Notes
    -----
    A price counts if it was in force on any day of ``start - days .. start - 1``: also one that began before the
    window and was carried into it, and not the reduced price itself. Source: Directive 98/6/EC article 6a(1) and
    (5); CJEU C-330/23 (Aldi Sued), 26 September 2024.

    Examples
    --------
    >>> history = [
    ...     PriceChange(date(2026, 1, 1), Money(7000, "EUR")),
    ...     PriceChange(date(2026, 5, 3), Money(10000, "EUR")),
    ... ]
    >>> print(prior_price(history, date(2026, 6, 1)).explain())
    70.00 EUR is the lowest price from 2026-05-02 to 2026-05-31: 2026-05-02 to 2026-05-02, in force since 2026-01-01
    """
    integer("days", days, low=1, high=3650)
    at_most("history", history, MAX_CHANGES, "changes")
    at_most("chain", chain, 1000, "steps")
    begin = min([_day("start", start), *(_day("chain", day) for day in chain)])
    first, last = begin - timedelta(days=days), begin - timedelta(days=1)
    changes = sorted(history, key=lambda change: change.day)
    for change in changes:
        same_currency(changes[0].price, change.price)
    spells = _spells(changes, first, last)
    window = (first, last)
    if not spells:
        return PriorPrice(None, None, None, None, window, begin, carried_in=False, covered=False, reason="no_history")
    # The last of equally low spells is the freshest evidence.
    from_day, to_day, change = min(reversed(spells), key=lambda spell: spell[2].price.minor)
    return PriorPrice(
        change.price,
        from_day,
        to_day,
        change.day,
        window,
        begin,
        carried_in=change.day < first,
        covered=changes[0].day <= first,
    )


def _spells(changes: list[PriceChange], first: date, last: date) -> list[tuple[date, date, PriceChange]]:
    # First and last day inside the window for each price in force there; a change ends its predecessor the day before.
    found = []
    for index, change in enumerate(changes):
        later = [other.day for other in changes[index + 1 : index + 2]]
        end = last if not later else min(last, max(later[0] - timedelta(days=1), change.day))
        begin = max(first, change.day)
        if begin <= end:
            found.append((begin, end, change))
    return found


@dataclass(frozen=True, slots=True)
class Reduction(Result):
    """A reduction measured on the prior price.

    Attributes
    ----------
    rate : Rate or None
        (prior - new) / prior, exact; negative where the new price is higher. None where the prior price is zero.
    announce : bool
        Whether it may be announced as a reduction: the new price is below the prior one.
    claimed : Rate or None
        What a crossed-out last price would claim, for comparison.
    reason : str or None
        ``"not_below_prior"`` where it may not be announced.
    """

    rate: Rate | None
    announce: bool
    claimed: Rate | None = None
    reason: str | None = None

    def explain(self) -> str:
        """Return the reduction in words."""
        if self.announce:
            return f"{percent(self.rate)} below the prior price"
        claim = "" if self.claimed is None else f" (the last price would claim {percent(self.claimed)})"
        return f"no reduction: {percent(self.rate)} on the prior price{claim}"


def reduction(prior: Money, new_price: Money, *, last_price: Money | None = None) -> Reduction:
    """Return the reduction of a new price on the prior price (降价幅度), and whether it may be announced.

    Parameters
    ----------
    prior : Money
        From `prior_price`.
    new_price : Money
        The reduced price.
    last_price : Money, optional
        The price just before; it is no basis and only compared.

    Notes
    -----
    Source: CJEU C-330/23: percentage and wording must be measured on the prior price.

    Examples
    --------
    >>> reduction(Money(8000, "EUR"), Money(9000, "EUR"), last_price=Money(10000, "EUR")).explain()
    'no reduction: -12.50 % on the prior price (the last price would claim 10.00 %)'
    """
    found = ratio((prior - new_price).minor, prior.minor)
    claimed = None if last_price is None else ratio((last_price - new_price).minor, last_price.minor)
    announce = new_price < prior
    return Reduction(found, announce, claimed, None if announce else "not_below_prior")


@dataclass(frozen=True, slots=True)
class ActivityEntry(Result):
    """Whether an offer may enter an activity; `reasons` are ``"price_not_lowest"`` and ``"sales_below"``."""

    eligible: bool
    reasons: tuple[str, ...]
    highest_offer: Money

    def explain(self) -> str:
        """Return the verdict in words."""
        if self.eligible:
            return "may enter"
        return f"may not enter: {', '.join(self.reasons)}; the offer may be at most {self.highest_offer}"


def activity_entry(lowest_price: Money, offer: Money, *, sales: int, min_sales: int = 50) -> ActivityEntry:
    """Return whether an offer may enter a platform's activity (活动报名): lowest price of 30 days, and sales.

    Parameters
    ----------
    lowest_price : Money
        Lowest price of the last 30 days; equal is low enough.
    offer : Money
        The price offered.
    sales, min_sales : int
        Units sold, and units asked for.

    Examples
    --------
    >>> activity_entry(Money(9000, "CNY"), Money(9001, "CNY"), sales=49).reasons
    ('price_not_lowest', 'sales_below')
    """
    integer("sales", sales, low=0)
    integer("min_sales", min_sales, low=0)
    reasons = []
    if offer > lowest_price:
        reasons.append("price_not_lowest")
    if sales < min_sales:
        reasons.append("sales_below")
    return ActivityEntry(not reasons, tuple(reasons), lowest_price)
