"""Tests that may be looked at any day, and whether the arms were filled as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, POSITIVE, floats
from shopcore._checks import fail, instance, number
from shopcore._intervals import chi_square_p, confidence_level
from shopcore.models._result import Result
from shopcore.traffic._compare import Comparison
from shopcore.traffic._ratio import CONFIDENCE

# Squares of smaller and larger numbers leave the range of floats.
_SMALLEST: Final = 1e-100


@dataclass(frozen=True, slots=True)
class SequentialTest(Result):
    """A test whose p value and interval hold at every look (随时有效检验).

    Attributes
    ----------
    difference : float
        As given.
    log_e_value : float
        Natural logarithm of the evidence against no difference (the mixture likelihood ratio).
    p_value : float
        ``min(1, 1 / e)``.
    low, high : float
        The confidence sequence at this look; over all looks it misses the truth with probability 1 - confidence.
    confidence, mixing_sd : float
        As given.
    """

    difference: float
    log_e_value: float
    p_value: float
    low: float
    high: float
    confidence: float
    mixing_sd: float


def sequential_test(
    difference: float, standard_error: float, *, mixing_sd: float, confidence: float = CONFIDENCE
) -> SequentialTest:
    """Return a p value and an interval that hold however often one looks (随时有效检验, mSPRT).

    Looking at a fixed test every day and stopping at the first p below 0.05 is wrong far more often than one time in
    twenty; this one may be watched. The price is an interval wider by about half.

    Parameters
    ----------
    difference : float
        b - a so far.
    standard_error : float
        Of the difference, from 1e-100 to 1e100: ``sqrt(variance / n)`` for n pairs.
    mixing_sd : float
        Effects one hopes for, in the unit of the difference, > 0; fixed before the test. See `mixing_sd_for`.
    confidence : float
        Coverage over all looks, in (0, 1).

    Returns
    -------
    SequentialTest
        The interval excludes 0 exactly where the p value is at most 1 - confidence.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    With s the squared standard error and t the squared mixing sd:
    ``ln e = ln(s / (s + t)) / 2 + t d^2 / (2 s (s + t))``. Exact for normal units with known variance, asymptotic
    otherwise. Source: Robbins 1970; Johari, Pekelis, Walsh 2015; Waudby-Smith et al. 2021.

    Examples
    --------
    >>> found = sequential_test(0.007, (0.095 / 10_000) ** 0.5, mixing_sd=0.01)
    >>> round(found.log_e_value, 6), round(found.p_value, 6)
    (1.132887, 0.322102)
    """
    d = number("difference", difference)
    s = number("standard_error", standard_error, low=_SMALLEST, high=1.0 / _SMALLEST) ** 2
    t = number("mixing_sd", mixing_sd, low=_SMALLEST, high=1.0 / _SMALLEST) ** 2
    alpha = 1.0 - confidence_level(confidence)
    log_e = -0.5 * float(np.log1p(t / s)) + d * d / (2.0 * s) * (t / (s + t))
    half = float(np.sqrt(2.0 * s * (s + t) / t * (0.5 * np.log1p(t / s) - np.log(alpha))))
    p = float(np.exp(-max(log_e, 0.0)))
    return SequentialTest(d, log_e, p, d - half, d + half, confidence, float(mixing_sd))


def mixing_sd_for(standard_error: float, *, confidence: float = CONFIDENCE) -> float:
    """Return the mixing sd that makes the interval narrowest when the difference is known this well.

    Parameters
    ----------
    standard_error : float
        Expected where one would like to decide, > 0.
    confidence : float
        Coverage, in (0, 1).

    Returns
    -------
    float
        In the unit of the difference.

    Notes
    -----
    ``se sqrt(-2 ln alpha + ln(1 - 2 ln alpha))``. Source: Waudby-Smith et al. 2021, eq. 24.

    Examples
    --------
    >>> round(mixing_sd_for(0.0025), 5)
    0.00704
    """
    wide = -2.0 * float(np.log(1.0 - confidence_level(confidence)))
    return number("standard_error", standard_error, low=0.0, low_open=True) * float(np.sqrt(wide + np.log1p(wide)))


def anytime(comparison: Comparison, *, mixing_sd: float) -> Comparison:
    """Return a comparison with the p value and the interval that hold at every look.

    Parameters
    ----------
    comparison : Comparison
        Of `compare_shares`, `compare_means`, `compare_ratios` or `compare_adjusted`.
    mixing_sd : float
        As in `sequential_test`.

    Returns
    -------
    Comparison
        Without the bounds of the lift, which are those of a single look.

    Examples
    --------
    >>> from shopcore.traffic import compare_shares
    >>> anytime(compare_shares(300, 10_000, 360, 10_000), mixing_sd=0.006).p_value > 0.05
    True
    """
    instance("comparison", comparison, Comparison)
    if comparison.difference is None or not comparison.standard_error:
        return comparison
    found = sequential_test(
        comparison.difference, comparison.standard_error, mixing_sd=mixing_sd, confidence=comparison.confidence
    )
    bounds = {"low": found.low, "high": found.high, "lift_low": None, "lift_high": None}
    no_score = {"score_low": None, "score_high": None}
    method = f"anytime-valid, {comparison.method}"
    return replace(comparison, p_value=found.p_value, method=method, anytime=True, **bounds, **no_score)  # type: ignore[arg-type]  # names of fields


@dataclass(frozen=True, slots=True)
class SampleRatio(Result):
    """Whether the arms were filled as planned (样本比例检验).

    Attributes
    ----------
    counts, expected : tuple of float
        Units seen and planned.
    statistic : float or None
        Chi-square; None without units.
    p_value : float or None
        Small where the split cannot be chance.
    alarm : bool
        ``p_value`` below the threshold: nothing else in the test can be trusted.
    """

    counts: tuple[float, ...]
    expected: tuple[float, ...]
    statistic: float | None
    p_value: float | None
    alarm: bool


def sample_ratio(
    counts: Sequence[float], shares: Sequence[float] | None = None, *, threshold: float = 0.001
) -> SampleRatio:
    """Return whether the arms hold as many units as planned (样本比例检验, SRM): look here first.

    A split that is off by chance only once in a thousand tests has a cause: a redirect that loses people, a filter
    for bots, a broken assignment. The arms then differ in more than the thing tested.

    Parameters
    ----------
    counts : sequence of float
        Units of each arm, >= 0; two arms at least.
    shares : sequence of float, optional
        Planned proportions, > 0, of any sum; equal without.
    threshold : float
        p value of the alarm, in (0, 1).

    Returns
    -------
    SampleRatio
        Chi-square goodness of fit.

    Raises
    ------
    InputError
        If a number is out of range or the lengths differ.

    Notes
    -----
    Source: Fabijan et al. 2019, Diagnosing sample ratio mismatch in online controlled experiments.

    Examples
    --------
    >>> sample_ratio([50_000, 50_900]).alarm, sample_ratio([50_000, 51_500]).alarm
    (False, True)
    """
    limit = number("threshold", threshold, low=0.0, high=1.0, low_open=True, high_open=True)
    seen = floats("counts", counts, NON_NEGATIVE)
    plan = floats("shares", np.ones(seen.shape) if shares is None else shares, POSITIVE)
    if seen.ndim != 1 or seen.size < 2 or plan.shape != seen.shape:
        fail("counts", seen.shape, "two arms or more, with one share each", reason="shape")
    expected = plan / plan.sum() * seen.sum()
    whole = (tuple(seen.tolist()), tuple(expected.tolist()))
    if seen.sum() == 0.0:
        return SampleRatio(*whole, None, None, alarm=False)
    statistic = float(((seen - expected) ** 2 / expected).sum())
    p = float(chi_square_p(statistic, seen.size - 1))
    return SampleRatio(*whole, statistic, p, alarm=p < limit)
