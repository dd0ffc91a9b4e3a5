"""Quantity prices, their inversions, and the place among competitors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from shopcore._checks import at_most, fail, integer
from shopcore._rounding import Rounding
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["CompetitorIndex", "PriceBreak", "TierInversion", "competitor_index", "tier_inversions", "tier_prices"]

MAX_BREAKS = 1000


@dataclass(frozen=True, slots=True)
class PriceBreak(Result):
    """A unit price for orders from a quantity on (阶梯价)."""

    quantity: int
    price: Money

    def __post_init__(self) -> None:
        integer("quantity", self.quantity, low=1, high=10**9)
        if type(self.price) is not Money:
            fail("price", self.price, "a Money", reason="type")
        if self.price.minor < 0:
            fail("price", str(self.price), "zero or positive", reason="range")


def tier_prices(
    unit_price: Money, discounts: Sequence[tuple[int, RateLike]], *, rounding: Rounding = "half_up"
) -> tuple[PriceBreak, ...]:
    """Return the price breaks of a list price (阶梯价): the unit price less a share, each rounded once.

    Parameters
    ----------
    unit_price : Money
        List price of one unit.
    discounts : sequence of (int, rate)
        From which quantity which share comes off; quantities ascend.

    Examples
    --------
    >>> [(x.quantity, x.price.text) for x in tier_prices(Money(999, "USD"), [(1, 0), (10, "10%"), (50, "15%")])]
    [(1, '9.99'), (10, '8.99'), (50, '8.49')]
    """
    at_most("discounts", discounts, MAX_BREAKS, "breaks")
    found = []
    for quantity, discount in discounts:
        left = 1 - rate_argument("discount", discount, low=0, high=1)
        found.append(PriceBreak(quantity, unit_price.times(left, rounding=rounding)))
    return _checked(found)


def _checked(breaks: Sequence[PriceBreak]) -> tuple[PriceBreak, ...]:
    at_most("breaks", breaks, MAX_BREAKS, "breaks")
    if not breaks:
        fail("breaks", (), "at least one break", reason="empty")
    for low, high in pairwise(breaks):
        same_currency(low.price, high.price)
        if high.quantity <= low.quantity:
            fail("breaks", high.quantity, f"of ascending quantities, above {low.quantity}", reason="overlapping")
    return tuple(breaks)


@dataclass(frozen=True, slots=True)
class TierInversion(Result):
    """Quantities that cost more than buying up to the next break.

    Attributes
    ----------
    first, last : int
        First and last such quantity below the break.
    quantity : int
        The break's quantity.
    total : Money
        What the break's quantity costs.
    """

    first: int
    last: int
    quantity: int
    total: Money

    def explain(self) -> str:
        """Return the range in words."""
        return f"{self.first} to {self.last} units cost more than {self.quantity} ({self.total})"


def tier_inversions(breaks: Sequence[PriceBreak]) -> tuple[TierInversion, ...]:
    """Return the quantities that cost more than a larger order at a later break (阶梯倒挂).

    Parameters
    ----------
    breaks : sequence of PriceBreak
        Ascending quantities.

    Returns
    -------
    tuple of TierInversion
        One entry for each stretch; the break named is the cheapest one that undercuts its first quantity.

    Examples
    --------
    >>> breaks = [PriceBreak(1, Money(1000, "USD")), PriceBreak(50, Money(850, "USD"))]
    >>> [found.explain() for found in tier_inversions(breaks)]
    ['43 to 49 units cost more than 50 (425.00 USD)']
    """
    tiers = _checked(breaks)
    found = []
    for index, tier in enumerate(tiers[:-1]):
        # Any later break may undercut, not only the next one.
        best = min(tiers[index + 1 :], key=lambda later: later.price.minor * later.quantity)
        total = best.price * best.quantity
        if tier.price.minor == 0:
            continue
        first = max(tier.quantity, total.minor // tier.price.minor + 1)
        last = tiers[index + 1].quantity - 1
        if first <= last:
            found.append(TierInversion(first, last, best.quantity, total))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CompetitorIndex(Result):
    """A price among its competitors' prices.

    Attributes
    ----------
    index : Rate or None
        Price over the competitors' (weighted) mean price, exact: 1 is par. None where that is zero.
    to_lowest, to_median : Rate or None
        Price over the lowest and over the median price.
    rank : int
        1 where nobody is cheaper.
    count : int
        Competitors.
    """

    index: Rate | None
    to_lowest: Rate | None
    to_median: Rate | None
    rank: int
    count: int

    def explain(self) -> str:
        """Return the index in words."""
        shown = "undefined" if self.index is None else str((self.index * 100).as_decimal(1))
        return f"index {shown} (100 = the mean of {self.count} competitors), rank {self.rank} of {self.count + 1}"


def competitor_index(
    price: Money, competitors: Sequence[Money], *, weights: Sequence[RateLike] | None = None
) -> CompetitorIndex:
    """Return a price relative to its competitors' (价格指数).

    Parameters
    ----------
    price : Money
        Own price.
    competitors : sequence of Money
        At least one, like for like.
    weights : sequence of rate, optional
        One each, zero or positive, such as sales; equal unless given.

    Examples
    --------
    >>> others = [Money(minor, "CNY") for minor in (9900, 10900, 12900)]
    >>> print(competitor_index(Money(9990, "CNY"), others).explain())
    index 88.9 (100 = the mean of 3 competitors), rank 2 of 4
    """
    at_most("competitors", competitors, 100_000, "prices")
    if not competitors:
        fail("competitors", (), "at least one price", reason="empty")
    for other in competitors:
        same_currency(price, other)
    shares = (
        [Rate(1)] * len(competitors)
        if weights is None
        else [rate_argument("weights", weight, low=0) for weight in weights]
    )
    if len(shares) != len(competitors) or not any(shares):
        fail("weights", shares, "one for each competitor, not all zero", reason="no_weight")
    parts = [share.as_fraction() * other.minor for share, other in zip(shares, competitors, strict=True)]
    mean = sum(parts, Fraction(0)) / sum((share.as_fraction() for share in shares), Fraction(0))
    ordered = sorted(other.minor for other in competitors)
    middle = ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]

    def over(base: Rate) -> Rate | None:
        return Rate(price.minor) / base if base else None

    return CompetitorIndex(
        index=over(Rate(mean)),
        to_lowest=over(Rate(ordered[0])),
        to_median=over(Rate(middle) / 2),
        rank=1 + sum(other < price for other in competitors),
        count=len(competitors),
    )
