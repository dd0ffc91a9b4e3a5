"""What customers say: review scores with interval and trend, causes of complaints, returns worse than usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from shopcore._arrays import Domain, fail_rows, floats
from shopcore._checks import at_most, fail, mapping, number
from shopcore._intervals import Correction, adjust, binomial_p, counts, normal_quantile, t_quantile, wilson_of
from shopcore.customers._history import codes_of, day_numbers, same_rows
from shopcore.customers._table import Table
from shopcore.models import Result
from shopcore.typing import BoolArray, FloatArray, IntArray

__all__ = [
    "AxisScore",
    "CauseShares",
    "ReturnAlarms",
    "ReviewScores",
    "cause_shares",
    "return_alarms",
    "review_scores",
]

MAX_AXES: Final = 100
SCORE: Final = Domain("a score in [1, 5]", low=1.0, high=5.0)
TREND_DAYS: Final = 30.0


@dataclass(frozen=True, slots=True)
class AxisScore(Result):
    """The score of one axis, such as description, service or logistics (DSR 单项评分).

    Attributes
    ----------
    axis : str
    reviews : int
    mean, low, high : float or None
        Mean score and its t interval; None where there are too few reviews.
    trend, trend_low, trend_high : float or None
        Change of the score in 30 days (straight line); None without days or with fewer than three reviews.
    trade_average : float or None
    against_trade : {"above", "below", "same", None}
        Whether the interval lies above or below the trade average, or holds it.
    """

    axis: str
    reviews: int
    mean: float | None
    low: float | None
    high: float | None
    trend: float | None
    trend_low: float | None
    trend_high: float | None
    trade_average: float | None
    against_trade: Literal["above", "below", "same"] | None

    def explain(self) -> str:
        """Return the score in words."""
        if self.mean is None:
            return f"{self.axis}: no reviews"
        around = "" if self.low is None else f" ({self.low:.2f} to {self.high:.2f})"
        trade = "" if self.against_trade is None else f", {self.against_trade} as the trade's {self.trade_average:.2f}"
        trade = trade.replace("above as", "above").replace("below as", "below")
        moves = "" if self.trend is None else f", {self.trend:+.2f} in 30 days"
        return f"{self.axis}: {self.mean:.2f}{around} of {self.reviews} reviews{trade}{moves}"


@dataclass(frozen=True, slots=True)
class ReviewScores(Result):
    """Scores of all axes (店铺 DSR 评分).

    Attributes
    ----------
    axes : tuple of AxisScore
        In the order given.
    confidence : float
    """

    axes: tuple[AxisScore, ...]
    confidence: float

    def explain(self) -> str:
        """Return one line for each axis."""
        return "\n".join(axis.explain() for axis in self.axes)


def review_scores(
    scores: Mapping[str, object],
    *,
    days: object = None,
    trade_averages: Mapping[str, float] | None = None,
    confidence: float = 0.95,
) -> ReviewScores:
    """Return the mean score of each axis with interval, trend and standing in the trade (DSR 评分).

    Parameters
    ----------
    scores : mapping from axis to array-like of shape (n,)
        Scores from 1 to 5 of each review.
    days : array-like of shape (n,), optional
        Day of each review, the same rows on every axis.
    trade_averages : mapping from axis to float, optional
    confidence : float

    Returns
    -------
    ReviewScores

    Raises
    ------
    InputError
        If a score lies outside of 1 to 5; `positions` names the rows.

    Notes
    -----
    t intervals of the mean and of the slope of a straight line; reviews are taken as independent.

    Examples
    --------
    >>> found = review_scores({"description": [5, 5, 4, 5, 3, 5]}, trade_averages={"description": 4.8})
    >>> print(found.explain())
    description: 4.50 (3.62 to 5.38) of 6 reviews, same as the trade's 4.80
    """
    normal_quantile(confidence)
    if not isinstance(scores, Mapping):
        fail("scores", scores, "a mapping from axis to scores", reason="type")
    at_most("scores", scores, MAX_AXES, "axes")
    day = None if days is None else day_numbers("days", days).astype(np.float64)
    trade = {} if trade_averages is None else mapping("trade_averages", trade_averages)
    if unknown := sorted(set(trade) - set(scores)):
        fail("trade_averages", unknown[0], "axes that have scores", reason="choice")
    return ReviewScores(
        tuple(_axis(str(name), column, day, trade.get(name), confidence) for name, column in scores.items()), confidence
    )


def _axis(name: str, column: object, day: FloatArray | None, trade: object, confidence: float) -> AxisScore:
    score = np.ravel(floats(f"scores.{name}", column, SCORE))
    if day is not None:
        same_rows(f"scores.{name}", score, len(day))
    usual = None if trade is None else number(f"trade_averages.{name}", trade, low=1.0, high=5.0)
    size = len(score)
    mean = float(score.mean()) if size else None
    low = high = None
    if size > 1:
        half = float(t_quantile(confidence, size - 1)) * float(score.std(ddof=1)) / size**0.5
        low, high = float(score.mean()) - half, float(score.mean()) + half
    standing: Any = None
    if usual is not None and low is not None and high is not None:
        standing = "above" if low > usual else "below" if high < usual else "same"
    slope = (None, None, None) if day is None else _slope(day, score, confidence)
    return AxisScore(name, size, mean, low, high, slope[0], slope[1], slope[2], usual, standing)


def _slope(day: FloatArray, score: FloatArray, confidence: float) -> tuple[float | None, float | None, float | None]:
    size = len(day)
    apart = day - day.mean() if size else day
    spread = float(apart @ apart)
    if size < 3 or spread == 0.0:
        return None, None, None
    slope = float(apart @ score) / spread
    rest = score - score.mean() - slope * apart
    error = (float(rest @ rest) / (size - 2) / spread) ** 0.5
    half = float(t_quantile(confidence, size - 2)) * error
    return slope * TREND_DAYS, (slope - half) * TREND_DAYS, (slope + half) * TREND_DAYS


@dataclass(frozen=True, slots=True, eq=False)
class CauseShares(Table):
    """Causes and their shares, the most frequent first (原因占比); by SKU or over the shop.

    Attributes
    ----------
    sku : array of shape (m,) or None
    cause : array of shape (m,)
    cases : int64 array
    share, low, high : float64 arrays
        Of the SKU's cases (or of all), with a Wilson interval.
    cumulative : float64 array
        Share of this and the causes before it.
    confidence : float
    """

    sku: Any
    cause: Any
    cases: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    cumulative: FloatArray
    confidence: float

    def explain(self) -> str:
        """Return the first causes in words."""
        parts = [
            ("" if self.sku is None else f"{self.sku[row]}: ")
            + f"{self.cause[row]} {self.share[row]:.0%} ({self.cases[row]} cases)"
            for row in range(min(len(self.cases), 10))
        ]
        return "\n".join(parts) or "no cases"


def cause_shares(causes: object, *, skus: object = None, confidence: float = 0.95) -> CauseShares:
    """Return the share of each cause of complaints or returns, over the shop or for each SKU (投诉与退货原因占比).

    Parameters
    ----------
    causes : array-like of shape (n,)
        Cause of each case: texts or codes.
    skus : array-like of shape (n,), optional
    confidence : float

    Returns
    -------
    CauseShares

    Raises
    ------
    InputError
        If a column holds something else, or nothing, in a row.

    Examples
    --------
    >>> print(cause_shares(["size", "size", "colour", "size"]).explain())
    size 75% (3 cases)
    colour 25% (1 cases)
    """
    z = normal_quantile(confidence)
    raw = np.ravel(np.asarray(causes))
    names, code = codes_of("causes", raw, len(raw))
    groups, group = (
        (np.zeros(1), np.zeros(len(raw), dtype=np.int64)) if skus is None else codes_of("skus", skus, len(raw))
    )
    key, cases = np.unique(group * np.int64(max(len(names), 1)) + code, return_counts=True)
    place, cause = np.divmod(key, max(len(names), 1))
    order = np.lexsort((cause, -cases, place))
    place, cause, cases = place[order], cause[order], cases[order]
    whole = np.bincount(place, weights=cases, minlength=len(groups))[place].astype(np.float64)
    low, high = wilson_of(cases.astype(np.float64), whole, z)
    running = np.cumsum(cases)
    first = np.r_[True, place[1:] != place[:-1]] if len(place) else np.zeros(0, dtype=bool)
    before = np.maximum.accumulate(np.where(first, running - cases, 0)) if len(place) else running
    return CauseShares(
        sku=None if skus is None else groups[place],
        cause=names[cause],
        cases=cases.astype(np.int64),
        share=cases / whole,
        low=low,
        high=high,
        cumulative=(running - before) / whole,
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ReturnAlarms(Table):
    """Which SKUs come back more often than their class, with the number of false alarms held down (退货预警).

    Attributes
    ----------
    sku : array of shape (n,)
    class_of : array of shape (n,)
    sold, returned : float64 arrays
    rate, low, high : float64 arrays
        Returned of sold with its Wilson interval; NaN where nothing was sold.
    class_rate : float64 array
        Of the SKU's class, all its SKUs together.
    p_value : float64 array
        Of so many returns at the class's rate, adjusted for the SKUs looked at; NaN where none could be told.
    alarm : bool array
    level : float
    correction : str
    """

    sku: Any
    class_of: Any
    sold: FloatArray
    returned: FloatArray
    rate: FloatArray
    low: FloatArray
    high: FloatArray
    class_rate: FloatArray
    p_value: FloatArray
    alarm: BoolArray
    level: float
    correction: str

    def explain(self) -> str:
        """Return one line for each alarm, the most certain first."""
        rows = np.flatnonzero(self.alarm)
        rows = rows[np.argsort(self.p_value[rows], kind="stable")]
        lines = [
            f"{self.sku[row]}: {self.rate[row]:.1%} returned, class {self.class_rate[row]:.1%}" for row in rows[:10]
        ]
        return "\n".join([f"{len(rows)} of {len(self.sold)} SKUs are worse than their class", *lines])


def return_alarms(
    skus: object,
    classes: object,
    *,
    sold: object,
    returned: object,
    level: float = 0.05,
    correction: Correction = "benjamini_hochberg",
    confidence: float = 0.95,
) -> ReturnAlarms:
    """Return which SKUs are returned more often than their class, error controlled (SKU 退货率预警).

    Looking at a thousand SKUs one by one raises fifty false alarms; the correction holds them down.

    Parameters
    ----------
    skus, classes : array-like of shape (n,)
        Each SKU once, and the class it is compared with.
    sold, returned : array-like of shape (n,)
        Units.
    level : float
        Share of false alarms among the alarms (Benjamini-Hochberg), or chance of a single one (Holm).
    correction : {"benjamini_hochberg", "holm", "none"}
    confidence : float
        Of the intervals.

    Returns
    -------
    ReturnAlarms
        Rows in the order given.

    Raises
    ------
    InputError
        If a SKU comes twice or more units came back than were sold; `positions` names the rows.

    Notes
    -----
    The upper tail of a binomial at the rate of the class, the SKU's own units included: that errs on the safe side,
    most where a SKU makes up much of its class. A SKU alone in its class is compared with nothing.

    Examples
    --------
    >>> found = return_alarms(["a", "b", "c"], ["shoe"] * 3, sold=[100, 400, 500], returned=[30, 40, 45])
    >>> found.alarm.tolist(), found.class_rate.tolist()
    ([True, False, False], [0.115, 0.115, 0.115])
    """
    limit = number("level", level, low=0.0, high=1.0, low_open=True, high_open=True)
    raw = np.ravel(np.asarray(skus))
    ids, code = codes_of("skus", raw, len(raw))
    if len(ids) < len(raw):
        first = np.unique(code, return_index=True)[1]
        fail_rows("skus", ~np.isin(np.arange(len(raw)), first), raw, "each SKU once", reason="duplicate")
    names, group = codes_of("classes", classes, len(raw))
    back, out = (np.ravel(column) for column in counts(returned, sold, ("returned", "sold")))
    same_rows("sold", out, len(raw))
    sums = [np.bincount(group, weights=column, minlength=len(names)) for column in (back, out)]
    members = np.bincount(group, weights=(out > 0).astype(np.float64), minlength=len(names))
    with np.errstate(divide="ignore", invalid="ignore"):
        usual, rate = (sums[0] / sums[1])[group], back / out
    told = (out > 0) & (members[group] > 1)
    p = np.full(len(raw), np.nan)
    if told.any():
        p[told] = binomial_p(back[told], out[told], usual[told], "greater")
    p = adjust(p, correction)
    low, high = wilson_of(back, out, normal_quantile(confidence))
    alarm = np.nan_to_num(p, nan=1.0) <= limit
    return ReturnAlarms(raw, names[group], out, back, rate, low, high, usual, p, alarm, limit, correction)
