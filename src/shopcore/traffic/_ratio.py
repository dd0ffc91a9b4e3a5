"""How a ratio is made: of counts with a Wilson interval, of sums over rows with Fieller and delta intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from shopcore._arrays import ANY, NON_NEGATIVE, broadcast, floats
from shopcore._checks import fail, instance, number
from shopcore._intervals import confidence_level, counts, delta_se, fieller, normal_quantile, wilson_of
from shopcore.errors import ShapeError
from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike

Column: TypeAlias = Sequence[float] | NDArray[Any]
CONFIDENCE: Final = 0.95
PENDING: Final = "presale_pending"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a ratio counts: the names of its parts, its basis, and why it has no value when the whole is zero."""

    part: str
    whole: str
    basis: str
    empty: str


def of_counts(meaning: Meaning, part: object, whole: object, confidence: float) -> Any:
    """Return the share of counts with its Wilson interval; `InputError` where the part exceeds the whole."""
    hits, tries = counts(part, whole, (meaning.part, meaning.whole))
    low, high = wilson_of(hits, tries, normal_quantile(confidence))
    return packed(meaning, hits, tries, low, high, confidence=confidence, method="wilson", scalar=_scalars(part, whole))


def of_totals(meaning: Meaning, part: object, whole: object) -> Any:
    """Return the ratio of two totals; two totals alone say nothing about how sure it is."""
    above = floats(meaning.part, part, NON_NEGATIVE)
    below = floats(meaning.whole, whole, NON_NEGATIVE)
    top, bottom = broadcast(**{meaning.part: above, meaning.whole: below})
    blank = np.full(top.shape, np.nan)
    return packed(meaning, top, bottom, blank, blank, confidence=None, method="none", scalar=_scalars(part, whole))


def _scalars(*values: Any) -> bool:
    return all(np.ndim(value) == 0 for value in values)


def packed(
    meaning: Meaning,
    top: FloatArray,
    bottom: FloatArray,
    low: FloatArray,
    high: FloatArray,
    *,
    confidence: float | None,
    method: str,
    scalar: bool,
) -> Ratio | Ratios:
    """Return a `Ratio` of a scalar question, `Ratios` of columns."""
    empty = bottom == 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = np.divide(top, bottom)
    endless = np.isinf(value) & ~empty
    value = np.where(empty | endless, np.nan, value)
    reasons = (meaning.empty, "beyond_range") if np.any(endless) else (meaning.empty,) if np.any(empty) else ()
    column = Ratios(
        value=np.atleast_1d(value),
        numerator=np.atleast_1d(top),
        denominator=np.atleast_1d(bottom),
        low=np.atleast_1d(low),
        high=np.atleast_1d(high),
        reason_code=np.atleast_1d(empty + 2 * endless).astype(np.int64),
        reasons=reasons,
        confidence=confidence,
        method=method,
        basis=meaning.basis,
    )
    return column[0] if scalar else column


def of_presale(meaning: Meaning, part: object, whole: object, confidence: float) -> Any:
    """Return the share of counts whose part is not final: none yet means pending, with the bound of one side."""
    hits, tries = counts(part, whole, (meaning.part, meaning.whole))
    paid = of_counts(meaning, np.atleast_1d(hits), np.atleast_1d(tries), confidence)
    pending = (paid.numerator == 0.0) & (paid.denominator > 0.0)
    with np.errstate(divide="ignore"):
        bound = -np.expm1(np.log1p(-confidence_level(confidence)) / paid.denominator)
    column = replace(
        paid,
        value=np.where(pending, np.nan, paid.value),
        high=np.where(pending, bound, paid.high),
        reason_code=np.where(pending, 2, paid.reason_code),
        reasons=(meaning.empty, PENDING),
    )
    return column[0] if hits.ndim == 0 else column


def undefined(reason: str, *, basis: str = "", numerator: float = 0.0, denominator: float = 0.0) -> Ratio:
    """Return a ratio without a value and why."""
    return Ratio(None, numerator, denominator, reason=reason, basis=basis)


def pooled(
    ratios: Ratios, *, distinct_numerator: float | None = None, distinct_denominator: float | None = None
) -> Ratio:
    """Return the ratio of all rows together (汇总): the ratio of the sums, never the mean of the ratios.

    A person who came on two days counts in both rows, so columns that count people cannot be added up: give the
    numbers of distinct people instead, or get a ratio without a value and the reason ``"not_additive"``.

    Parameters
    ----------
    ratios : Ratios
        A column made by one of the metrics.
    distinct_numerator, distinct_denominator : float, optional
        Numbers of distinct people over all rows, where the basis is ``"person"``.

    Returns
    -------
    Ratio
        With a Wilson interval where the rows have one; pending where a presale has no paid buyer in any row.

    Raises
    ------
    InputError
        If a distinct number exceeds the sum of the rows.

    Examples
    --------
    >>> from shopcore.traffic import click_through_rate, conversion_rate
    >>> pooled(click_through_rate([10, 90], [1000, 1000])).value
    0.05
    >>> daily = conversion_rate([12, 18], [400, 500])
    >>> pooled(daily).reason
    'not_additive'
    >>> pooled(daily, distinct_numerator=28, distinct_denominator=700).value
    0.04
    """
    instance("ratios", ratios, Ratios)
    top, bottom = float(ratios.numerator.sum()), float(ratios.denominator.sum())
    empty = ratios.reasons[0] if ratios.reasons else "zero_denominator"
    if not ratios.is_additive:
        if distinct_numerator is None or distinct_denominator is None:
            return undefined("not_additive", basis=ratios.basis, numerator=top, denominator=bottom)
        top = number("distinct_numerator", distinct_numerator, low=0.0, high=top)
        bottom = number("distinct_denominator", distinct_denominator, low=0.0, high=bottom)
    meaning = Meaning("numerator", "denominator", ratios.basis, empty)
    if ratios.method == "wilson":
        make = of_presale if PENDING in ratios.reasons else of_counts
        found: Ratio = make(meaning, top, bottom, ratios.confidence or CONFIDENCE)
    else:
        found = of_totals(meaning, top, bottom)
    return found


@dataclass(frozen=True, slots=True)
class SumsRatio(Result):
    """A ratio of sums over rows with two intervals (合计比率): Fieller's, and the symmetric delta interval.

    Attributes
    ----------
    ratio : Ratio
        With Fieller's interval; bounds None where it is unbounded (the denominator is not clearly above zero).
    delta : Ratio
        The same with the delta-method interval, too optimistic with few rows.
    standard_error : float or None
        Of the ratio, delta method; None with fewer than two rows.
    rows : int
        Units the sums were made of (days, users).
    """

    ratio: Ratio
    delta: Ratio
    standard_error: float | None
    rows: int

    def explain(self) -> str:
        """Return both intervals in words."""
        return f"{self.ratio.explain()}; {self.delta.explain()}; from {self.rows} rows"


def ratio_of_sums(
    numerators: FloatLike,
    denominators: FloatLike,
    *,
    basis: str = "money",
    confidence: float = CONFIDENCE,
    empty: str = "zero_denominator",
) -> SumsRatio:
    """Return the ratio of two sums over rows and how sure it is (合计比率), such as ROAS over days.

    Rows are the independent units: days for ROAS, users for orders per session. Neighbouring days are alike, so
    daily rows make the interval somewhat too narrow.

    Parameters
    ----------
    numerators, denominators : array, shape (n,)
        One pair per row; finite.
    basis : str
        What is counted, kept in the result.
    confidence : float
        Coverage of the intervals, in (0, 1).
    empty : str
        Reason when the denominators sum to zero.

    Returns
    -------
    SumsRatio
        The ratio with Fieller's and the delta interval and the standard error.

    Raises
    ------
    InputError
        If a value is not finite; ShapeError if the columns differ in length.

    Notes
    -----
    Variances have n - 1 in their denominator and the normal critical value is used.
    Source: Fieller 1954; Cochran 1977, Sampling Techniques, ch. 6.

    Examples
    --------
    >>> week = ratio_of_sums([820, 1010, 640, 1500, 900], [300, 360, 260, 470, 330])
    >>> round(week.ratio.value, 3), round(week.standard_error, 3)
    (2.831, 0.13)
    """
    y, x = floats("numerators", numerators, ANY), floats("denominators", denominators, ANY)
    if y.ndim != 1 or y.shape != x.shape:
        raise ShapeError(
            f"numerators and denominators must be columns of one length, got {y.shape} and {x.shape}",
            argument="denominators",
            expected="columns of one length",
            reason="shape",
        )
    confidence_level(confidence)
    with np.errstate(over="ignore"):
        top, bottom, n = float(y.sum()), float(x.sum()), int(y.size)
    if not np.isfinite(top) or not np.isfinite(bottom):
        fail("numerators", max(abs(top), abs(bottom)), "columns whose sums are finite floats", reason="range")
    if bottom == 0.0:
        none = undefined(empty, basis=basis, numerator=top, denominator=bottom)
        return SumsRatio(none, none, None, n)
    value = top / bottom
    if not np.isfinite(value):
        endless = undefined("beyond_range", basis=basis, numerator=top, denominator=bottom)
        return SumsRatio(endless, endless, None, n)
    if n < 2:
        bare = Ratio(value, top, bottom, basis=basis)
        return SumsRatio(bare, bare, None, n)
    return _with_intervals(y, x, confidence, basis)


def _with_intervals(y: FloatArray, x: FloatArray, confidence: float, basis: str) -> SumsRatio:
    n, z = y.size, normal_quantile(confidence)
    mean_y, mean_x = float(y.mean()), float(x.mean())
    with np.errstate(over="ignore", invalid="ignore"):
        dy, dx = y - mean_y, x - mean_x
        var_y, var_x, cov = (float((a * b).sum()) / (n - 1) / n for a, b in ((dy, dy), (dx, dx), (dy, dx)))
    value = float(y.sum()) / float(x.sum())
    se = delta_se(mean_y, mean_x, var_y, var_x, cov)
    if not np.isfinite(se):
        bare = Ratio(value, float(y.sum()), float(x.sum()), basis=basis)
        return SumsRatio(bare, bare, None, n)
    low, high = fieller(mean_y, mean_x, var_y, var_x, cov, critical=z)
    bounded = not np.isnan(low)
    parts = {"numerator": float(y.sum()), "denominator": float(x.sum()), "confidence": confidence, "basis": basis}
    exact = Ratio(
        value=value,
        low=low if bounded else None,
        high=high if bounded else None,
        method="fieller" if bounded else "fieller_unbounded",
        **parts,  # type: ignore[arg-type]  # the keys are the field names
    )
    delta = Ratio(value=value, low=value - z * se, high=value + z * se, method="delta", **parts)  # type: ignore[arg-type]
    return SumsRatio(exact, delta, se, n)


def require_column(argument: str, values: FloatArray) -> FloatArray:
    """Return a one-dimensional column of at least one row, or refuse it."""
    if values.ndim != 1 or values.size == 0:
        fail(argument, values.shape, "a column with at least one row", reason="shape")
    return values
