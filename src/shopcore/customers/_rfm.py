"""RFM: how recently, how often and for how much each customer bought, scored by stated cuts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._arrays import NON_NEGATIVE, broadcast, floats
from shopcore._checks import fail, integer, one_of
from shopcore.customers._cuts import MAX_PARTS, RfmCuts, quantile_cuts, reached, trade_cuts
from shopcore.customers._history import codes_of, day_number, day_numbers, same_rows
from shopcore.customers._share import ratio, share
from shopcore.customers._table import Table
from shopcore.models import Ratio, Result
from shopcore.typing import FloatArray, IntArray

__all__ = ["RFM_SEGMENTS", "Rfm", "RfmSegment", "rfm", "rfm_scores"]

CutRule: TypeAlias = Literal["quantile", "trade"]
CUT_RULES: Final = ("quantile", "trade")
# The place is 4 for recent + 2 for frequent + 1 for high spend.
RFM_SEGMENTS: Final = (
    "general_win_back",
    "important_win_back",
    "general_keep",
    "important_keep",
    "general_develop",
    "important_develop",
    "general_value",
    "important_value",
)


@dataclass(frozen=True, slots=True)
class RfmSegment(Result):
    """One segment and its weight in the shop (客户分层).

    Attributes
    ----------
    segment : str
        One of `RFM_SEGMENTS`.
    customers : int
    share : Ratio
        Of all customers, with a Wilson interval.
    spend : float
    spend_share : Ratio
        Of all spend.
    """

    segment: str
    customers: int
    share: Ratio
    spend: float
    spend_share: Ratio


@dataclass(frozen=True, slots=True, eq=False)
class Rfm(Table):
    """Scores and segment of each customer, with the cuts that made them (客户分层).

    Attributes
    ----------
    customers : array of shape (n,)
        The ids, sorted.
    recency : float64 array
        Days from the last order to the day of the question.
    frequency : float64 array
        Orders.
    monetary : float64 array
        Spend, in the caller's unit.
    recency_score, frequency_score, monetary_score : int8 arrays
        From 1 (worst) to one more than the number of cuts.
    segment_code : int8 array
        Place in `RFM_SEGMENTS`: 4 if recent + 2 if frequent + 1 if spend is high.
    cuts : RfmCuts
        Where the scores change; hand them in again to score the next month by the same rule.
    rule : str
        ``"quantile"``, ``"trade"`` or ``"fixed"``.
    high_from : tuple of float
        The three scores above which (``"mean"``) or from which (a number) a customer counts as high.
    high : str
        ``"mean"`` or ``"score"``.
    """

    customers: Any = field(repr=False)
    recency: FloatArray
    frequency: FloatArray
    monetary: FloatArray
    recency_score: Any
    frequency_score: Any
    monetary_score: Any
    segment_code: Any
    cuts: RfmCuts
    rule: str
    high_from: tuple[float, float, float]
    high: str

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.recency)

    @property
    def segment(self) -> Any:
        """The name of each customer's segment."""
        return np.array(RFM_SEGMENTS, dtype=object)[self.segment_code]

    def customers_in(self, segment: str) -> Any:
        """Return the ids of the customers of a segment.

        Examples
        --------
        >>> rfm_scores([5, 90], [4, 1], [900, 40], customers=["a", "b"]).customers_in("important_value").tolist()
        ['a']
        """
        return self.customers[self.segment_code == RFM_SEGMENTS.index(one_of("segment", segment, RFM_SEGMENTS))]

    def segments(self, *, confidence: float = 0.95) -> tuple[RfmSegment, ...]:
        """Return how many customers and how much spend each segment holds, the most valuable first."""
        count = np.bincount(self.segment_code, minlength=len(RFM_SEGMENTS))
        spend = np.bincount(self.segment_code, weights=self.monetary, minlength=len(RFM_SEGMENTS))
        whole = float(spend.sum())
        return tuple(
            RfmSegment(
                segment=RFM_SEGMENTS[code],
                customers=int(count[code]),
                share=share(float(count[code]), len(self), basis="person", empty="no_customers", confidence=confidence),
                spend=float(spend[code]),
                spend_share=ratio(float(spend[code]), whole, basis="money", empty="no_spend"),
            )
            for code in reversed(range(len(RFM_SEGMENTS)))
        )

    def explain(self) -> str:
        """Return in words by what rule customers were scored and how many each segment holds."""
        if not len(self):
            return "no customers"
        bar = "above the mean score" if self.high == "mean" else "from the score"
        marks = ", ".join(f"{mark:.3g}" for mark in self.high_from)
        lines = [f"{part.segment}: {part.customers} customers" for part in self.segments() if part.customers]
        head = f"{len(self)} customers scored by {self.rule} cuts; high means {bar} of {marks} (R, F, M)"
        return "\n".join([head, *lines])


def rfm(
    customers: object,
    days: object,
    spend: object,
    *,
    end: object,
    orders: object = None,
    cuts: RfmCuts | CutRule = "quantile",
    parts: int = 5,
    high: int | Literal["mean"] = "mean",
) -> Rfm:
    """Return each customer's recency, frequency and spend, scored and put into segments (RFM 客户分层).

    One call for ten rows or ten million. Rows after `end` are left out; a row with negative value (a refund) lowers
    the spend and is neither an order nor a visit.

    Parameters
    ----------
    customers : array-like of shape (n,)
        Customer of each row: integers or texts; small integer codes are fastest.
    days : array-like of shape (n,)
        Day of each row: whole day numbers, dates, ``datetime64`` or ISO text.
    spend : array-like of shape (n,)
        Value of each row in one unit of money (sums of minor units are exact up to 2**53).
    end : int or date
        The day of the question, included.
    orders : array-like of shape (n,), optional
        Order number of each row: rows of one order count once. Without it every row is an order.
    cuts : {"quantile", "trade"} or RfmCuts
        Ranks (`quantile_cuts`), the trade's bands (`trade_cuts`), or your own.
    parts : int
        Scores for ``"quantile"``, 2 to 100.
    high : {"mean"} or int
        A score counts as high above the mean of all customers, or from this score on.

    Returns
    -------
    Rfm
        One row for each customer with an order by `end`.

    Raises
    ------
    InputError
        If a column holds what it should not; `positions` names the rows.
    ShapeError
        If the columns differ in length.

    Notes
    -----
    Quantile scores are ``1 + floor(parts * worse / n)`` with the customers strictly worse: equal customers share a
    score, whatever the order of the rows. Source: Hughes, "Strategic Database Marketing" (1994).

    Examples
    --------
    >>> found = rfm(["a", "a", "b", "c"], [10, 95, 40, 2], [120.0, 80.0, 60.0, 30.0], end=100, parts=3)
    >>> found.recency.tolist(), found.frequency.tolist(), found.monetary.tolist()
    ([5.0, 60.0, 98.0], [2.0, 1.0, 1.0], [200.0, 60.0, 30.0])
    >>> found.recency_score.tolist(), found.segment.tolist()
    ([3, 2, 1], ['important_value', 'general_win_back', 'general_win_back'])
    """
    day = day_numbers("days", days)
    last_day = day_number("end", end)
    ids, code = codes_of("customers", customers, len(day))
    value = np.ravel(floats("spend", spend))
    same_rows("spend", value, len(day))
    number = None if orders is None else codes_of("orders", orders, len(day))[1]
    if len(day) and int(day.max()) > last_day:
        keep = day <= last_day
        day, code, value = day[keep], code[keep], value[keep]
        number = None if number is None else number[keep]
    recency, count, paid = _figures(len(ids), code, day, value, number=number, last_day=last_day)
    seen = count > 0
    if not seen.all():
        ids, recency, count, paid = ids[seen], recency[seen], count[seen], paid[seen]
    return _scored(ids, (recency, count, paid), cuts, parts=parts, high=high)


def _figures(
    size: int, code: IntArray, day: IntArray, value: FloatArray, *, number: Any, last_day: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    paid = np.bincount(code, weights=value, minlength=size).astype(np.float64)
    if len(value) and value.min() < 0.0:
        bought = value >= 0.0
        code, day = code[bought], day[bought]
        number = None if number is None else number[bought]
    # Day numbers fit 32 bits, and half the memory is half the time of going to each customer's place.
    latest = np.full(size, np.iinfo(np.int32).min, dtype=np.int32)
    np.maximum.at(latest, code, day.astype(np.int32))
    if number is not None and len(code):
        key = np.unique(code * (np.int64(number.max()) + 1) + number)
        code = key // (np.int64(number.max()) + 1)
    count = np.bincount(code, minlength=size).astype(np.float64)
    recency = last_day - np.where(count > 0, latest, last_day).astype(np.float64)
    return recency, count, paid


def rfm_scores(
    recency: object,
    frequency: object,
    monetary: object,
    *,
    customers: object = None,
    cuts: RfmCuts | CutRule = "quantile",
    parts: int = 5,
    high: int | Literal["mean"] = "mean",
) -> Rfm:
    """Return the scores and segments of customers whose three figures are known already (RFM 打分).

    Parameters
    ----------
    recency : array-like of shape (n,)
        Days since the last order.
    frequency : array-like of shape (n,)
        Orders.
    monetary : array-like of shape (n,)
        Spend (or mean spend), in one unit of money.
    customers : array-like of shape (n,), optional
        Ids; row numbers without.
    cuts, parts, high
        As in `rfm`.

    Returns
    -------
    Rfm
        Rows in the order given.

    Raises
    ------
    InputError
        If a column holds what it should not; `positions` names the rows.

    Examples
    --------
    >>> found = rfm_scores([5, 40, 40, 90, 200], [9, 2, 2, 1, 1], [900, 250, 150, 80, 40])
    >>> found.recency_score.tolist(), found.frequency_score.tolist()
    ([5, 3, 3, 2, 1], [5, 3, 3, 1, 1])
    """
    days, count, paid = floats("recency", recency, NON_NEGATIVE), floats("frequency", frequency, NON_NEGATIVE), None
    paid = floats("monetary", monetary)
    days, count, paid = (np.ravel(c) for c in broadcast(recency=days, frequency=count, monetary=paid))
    ids = np.arange(len(days)) if customers is None else np.ravel(np.asarray(customers))
    same_rows("customers", ids, len(days))
    return _scored(ids, (days, count, paid), cuts, parts=parts, high=high)


def _scored(
    ids: Any, figures: tuple[FloatArray, FloatArray, FloatArray], cuts: RfmCuts | CutRule, *, parts: int, high: Any
) -> Rfm:
    days, count, paid = figures
    chosen, rule = _chosen(figures, cuts, parts)
    scores = (
        reached(days, chosen.recency, falling=True),
        reached(count, chosen.frequency),
        reached(paid, chosen.monetary),
    )
    by_mean = isinstance(high, str)
    if by_mean and high != "mean":
        fail("high", high, "'mean' or a score", reason="choice")
    mark = 0 if by_mean else integer("high", high, low=1, high=MAX_PARTS)
    marks = tuple(float(s.mean(dtype=np.float64)) if by_mean and len(s) else float(mark) for s in scores)
    code = np.zeros(len(days), dtype=np.int8)
    for place, (score, bar) in enumerate(zip(scores, marks, strict=True)):
        code |= ((score > bar) if by_mean else (score >= bar)).astype(np.int8) << (2 - place)
    return Rfm(ids, days, count, paid, *scores, code, chosen, rule, marks, "mean" if by_mean else "score")  # type: ignore[arg-type]  # three marks


def _chosen(figures: tuple[FloatArray, FloatArray, FloatArray], cuts: Any, parts: int) -> tuple[RfmCuts, str]:
    if isinstance(cuts, RfmCuts):
        return cuts, "fixed"
    rule = str(one_of("cuts", cuts, CUT_RULES))
    if rule == "quantile":
        return quantile_cuts(*figures, parts=parts), rule
    orders, paid = float(figures[1].sum()), float(figures[2].sum())
    # Nobody paid anything: there is no average order, and any positive value puts everybody into the lowest band.
    return trade_cuts(paid / orders if orders > 0 and paid > 0 else 1.0), rule
