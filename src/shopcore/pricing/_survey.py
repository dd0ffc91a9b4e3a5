"""Prices asked of people: van Westendorp's price sensitivity meter and the Gabor-Granger ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from shopcore._checks import at_most, fail, one_of
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result

if TYPE_CHECKING:
    from shopcore.typing import FloatArray, FloatLike, RateLike

__all__ = ["Crossing", "GaborGranger", "PriceSensitivity", "gabor_granger", "van_westendorp"]

PsmRange: TypeAlias = Literal["original", "narrow"]
PsmConvention: TypeAlias = Literal["inclusive", "strict"]


@dataclass(frozen=True, slots=True)
class Crossing(Result):
    """Where two curves cross: the middle, and the interval on which they lie on each other.

    Attributes
    ----------
    price : float or None
        Middle of the interval; None where the curves do not cross.
    low, high : float or None
        Ends of the interval; the same as `price` where the curves cross in a point.
    """

    price: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class PriceSensitivity(Result):
    """Van Westendorp's points.

    Attributes
    ----------
    optimal : Crossing
        OPP: as many find it too cheap as too expensive.
    indifference : Crossing
        IDP: as many find it cheap as expensive.
    low, high : Crossing
        Ends of the range of acceptable prices: PMC and PME.
    range : {"original", "narrow"}
        Which curves the range is read from.
    used, dropped : int
        Answers in order (too cheap < cheap < expensive < too expensive), and others, which do not count.
    reason : str or None
        ``"no_valid_answers"`` where nothing could be used.
    """

    optimal: Crossing
    indifference: Crossing
    low: Crossing
    high: Crossing
    range: PsmRange
    used: int
    dropped: int
    reason: str | None = None

    def explain(self) -> str:
        """Return the points in words."""
        if self.reason is not None:
            return f"no points: {self.reason} ({self.dropped} dropped)"
        shown = [
            f"{name} {'none' if point.price is None else f'{point.price:.6g}'}"
            + ("" if point.low == point.high else f" ({point.low:.6g} to {point.high:.6g})")
            for name, point in (
                ("optimal", self.optimal),
                ("indifference", self.indifference),
                ("range from", self.low),
                ("to", self.high),
            )
        ]
        return f"{', '.join(shown)}; {self.range} range, {self.used} answers, {self.dropped} dropped as out of order"


def van_westendorp(
    too_cheap: FloatLike,
    cheap: FloatLike,
    expensive: FloatLike,
    too_expensive: FloatLike,
    *,
    range: PsmRange = "original",  # noqa: A002  # the trade's word for it
    convention: PsmConvention = "inclusive",
) -> PriceSensitivity:
    """Return van Westendorp's price points from a survey (PSM 价格敏感度测试).

    Parameters
    ----------
    too_cheap, cheap, expensive, too_expensive : arrays, shape (n,)
        The four prices each person named.
    range : {"original", "narrow"}
        Ends of the acceptable range. original: too cheap x not cheap, too expensive x not expensive; narrow: too
        cheap x expensive, too expensive x cheap.
    convention : {"inclusive", "strict"}
        Whether a person finds the very price named as cheap (or too cheap) cheap, or only prices below it.

    Notes
    -----
    Curves are shares at every price named, joined by straight lines. Flat crossings are the rule in small samples,
    so the interval is given with the middle. Answers out of order are dropped and counted. Nobody was asked to pay:
    the points describe what people find acceptable, not demand.
    Source: van Westendorp, NSS Price Sensitivity Meter, ESOMAR Congress, 1976.

    Examples
    --------
    >>> found = van_westendorp([4, 5, 6, 5], [6, 7, 8, 8], [9, 10, 11, 12], [12, 13, 15, 14])
    >>> found.used, found.indifference.price
    (4, 8.666666666666666)
    """
    import numpy as np

    from shopcore._arrays import NON_NEGATIVE, check_rows, floats
    from shopcore.errors import ShapeError

    one_of("range", range, ("original", "narrow"))
    one_of("convention", convention, ("inclusive", "strict"))
    names = ("too_cheap", "cheap", "expensive", "too_expensive")
    answers = [
        np.atleast_1d(floats(name, value, NON_NEGATIVE))
        for name, value in zip(names, (too_cheap, cheap, expensive, too_expensive), strict=True)
    ]
    if len({answer.shape for answer in answers}) != 1 or answers[0].ndim != 1:
        raise ShapeError("the four answers must be of one length", argument=", ".join(names), reason="shape")
    check_rows("too_cheap", answers[0].size, 10_000_000)
    table = np.stack(answers)
    valid = (table[:-1] < table[1:]).all(axis=0)
    used, dropped = int(valid.sum()), int((~valid).sum())
    none = Crossing(None)
    if used == 0:
        return PriceSensitivity(none, none, none, none, range, 0, dropped, "no_valid_answers")
    prices, curves = _curves(table[:, valid], convention)
    too_low, low, high, too_high = (curves[name] for name in names)
    ends = ((too_low, 1 - low), (1 - high, too_high)) if range == "original" else ((too_low, high), (low, too_high))
    return PriceSensitivity(
        optimal=_cross(prices, too_low, too_high),
        indifference=_cross(prices, low, high),
        low=_cross(prices, *ends[0]),
        high=_cross(prices, *ends[1]),
        range=range,
        used=used,
        dropped=dropped,
    )


def _curves(table: FloatArray, convention: PsmConvention) -> tuple[FloatArray, dict[str, FloatArray]]:
    import numpy as np

    prices = np.unique(table)
    count = table.shape[1]
    side: Any = "left" if convention == "inclusive" else "right"
    curves = {}
    for name, row in zip(("too_cheap", "cheap"), table[:2], strict=True):
        curves[name] = 1 - np.searchsorted(np.sort(row), prices, side=side) / count
    for name, row in zip(("expensive", "too_expensive"), table[2:], strict=True):
        curves[name] = np.searchsorted(np.sort(row), prices, side="right") / count
    return prices, curves


def _cross(prices: FloatArray, falling: FloatArray, rising: FloatArray) -> Crossing:
    import numpy as np

    gap = np.round(falling - rising, 12)
    below, above = np.flatnonzero(gap <= 0), np.flatnonzero(gap >= 0)
    if not below.size or not above.size:
        return Crossing(None)
    first, last = int(below[0]), int(above[-1])
    if first <= last:
        low, high = float(prices[first]), float(prices[last])
    else:
        share = gap[last] / (gap[last] - gap[first])
        low = high = float(prices[last] + share * (prices[first] - prices[last]))
    return Crossing((low + high) / 2, low, high)


@dataclass(frozen=True, slots=True)
class GaborGranger(Result):
    """The asked prices that earn most, for each person asked.

    Attributes
    ----------
    revenue_price, profit_price : Money
        Price with the highest revenue, and with the highest profit over the cost given; the lower one on ties.
    revenue_index, profit_index : Rate
        Minor units for each person asked at that price, exact.
    monotone : bool
        Whether the share falls (or stays) as the price rises; where not, the sample is small or the order of the
        questions mattered.
    """

    revenue_price: Money
    profit_price: Money
    revenue_index: Rate
    profit_index: Rate
    monotone: bool

    def explain(self) -> str:
        """Return both prices in words."""
        weak = "" if self.monotone else "; the shares do not fall with the price: treat with care"
        return f"most revenue at {self.revenue_price}, most profit at {self.profit_price}{weak}"


def gabor_granger(prices: Sequence[Money], buy_shares: Sequence[RateLike], *, cost: Money) -> GaborGranger:
    """Return the asked prices with the highest revenue and profit (Gabor-Granger 价格阶梯测试).

    Parameters
    ----------
    prices : sequence of Money
        Prices asked.
    buy_shares : sequence of rate
        Share of people who would buy at each, from 0 to 1.
    cost : Money
        Of one unit.

    Notes
    -----
    Only asked prices are compared; nothing is interpolated. Stated intent is above purchase as a rule.
    Source: Gabor and Granger, Price as an Indicator of Quality, Economica 33, 1966.

    Examples
    --------
    >>> prices = [Money(m, "EUR") for m in (1000, 1200, 1500, 1800, 2200)]
    >>> found = gabor_granger(prices, ["0.80", "0.72", "0.60", "0.41", "0.25"], cost=Money(700, "EUR"))
    >>> found.revenue_price.text, found.profit_index
    ('15.00', Rate('480'))
    """
    at_most("prices", prices, 10_000, "prices")
    if not prices or len(prices) != len(buy_shares):
        fail("buy_shares", buy_shares, "one for each price, at least one", reason="shape")
    for price in prices:
        same_currency(cost, price)
    shares = [rate_argument("buy_shares", share, low=0, high=1) for share in buy_shares]
    asked = sorted(zip(prices, shares, strict=True), key=lambda pair: pair[0].minor)
    revenue = [share * price.minor for price, share in asked]
    profit = [share * (price - cost).minor for price, share in asked]
    best, top = max(revenue), max(profit)
    return GaborGranger(
        asked[revenue.index(best)][0],
        asked[profit.index(top)][0],
        best,
        top,
        all(low[1] >= high[1] for low, high in pairwise(asked)),
    )
