"""How many units a test needs, what it can see, and what to do with its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal

import numpy as np

from shopcore._checks import entries, fail, instance, number, one_of
from shopcore._intervals import Correction, adjust, confidence_level, normal_quantile
from shopcore.models._result import Result
from shopcore.traffic._compare import Comparison
from shopcore.traffic._ratio import CONFIDENCE
from shopcore.traffic._sequential import SampleRatio


def sample_size(baseline_rate: float, target_rate: float, *, power: float = 0.8, confidence: float = CONFIDENCE) -> int:
    """Return the visitors each arm needs (样本量) to see one conversion rate become another.

    Parameters
    ----------
    baseline_rate, target_rate : float
        Conversion rates, in (0, 1), different.
    power : float
        Chance to see the change if it is there, in (0, 1).
    confidence : float
        1 - chance of a false alarm, two-sided, in (0, 1).

    Returns
    -------
    int
        Per arm, rounded up.

    Raises
    ------
    InputError
        If a number is out of range or the rates are equal.

    Notes
    -----
    ``(z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2))^2 / (p1 - p2)^2`` with p the mean of both rates. Source: Fleiss,
    Levin, Paik 2003, eq. 4.14 (without continuity correction).

    Examples
    --------
    >>> sample_size(0.03, 0.036)
    13914
    """
    p1 = number("baseline_rate", baseline_rate, low=0.0, high=1.0, low_open=True, high_open=True)
    p2 = number("target_rate", target_rate, low=0.0, high=1.0, low_open=True, high_open=True)
    if p1 == p2:
        fail("target_rate", p2, "different from baseline_rate", reason="range")
    z_a, z_b = normal_quantile(confidence), _z(power)
    p = (p1 + p2) / 2.0
    return ceil((z_a * sqrt(2.0 * p * (1.0 - p)) + z_b * sqrt(p1 * (1.0 - p1) + p2 * (1.0 - p2))) ** 2 / (p1 - p2) ** 2)


def sample_size_of_means(sd: float, difference: float, *, power: float = 0.8, confidence: float = CONFIDENCE) -> int:
    """Return the units each arm needs (样本量) to see a difference of means.

    Parameters
    ----------
    sd : float
        Standard deviation of one unit, > 0.
    difference : float
        The smallest difference worth seeing, not 0.
    power, confidence : float
        As in `sample_size`.

    Returns
    -------
    int
        Per arm, rounded up.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    ``2 sd^2 (z_a + z_b)^2 / difference^2``. Source: Fleiss, Levin, Paik 2003, ch. 4.

    Examples
    --------
    >>> sample_size_of_means(21.0, 1.0)
    6923
    """
    spread = number("sd", sd, low=0.0, low_open=True)
    size = abs(number("difference", difference))
    if size == 0.0:
        fail("difference", difference, "not 0", reason="range")
    units = spread / size * (normal_quantile(confidence) + _z(power))
    if not units < 1e150:
        fail("difference", difference, "not that small against sd", reason="range")
    return ceil(2.0 * units**2)


def _z(power: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(number("power", power, low=0.0, high=1.0, low_open=True, high_open=True)))


def power_of_test(
    baseline_rate: float, target_rate: float, visitors: float, *, confidence: float = CONFIDENCE
) -> float:
    """Return the chance to see one conversion rate become another (检验功效) with so many visitors in each arm.

    Parameters
    ----------
    baseline_rate, target_rate : float
        Conversion rates, in (0, 1).
    visitors : float
        Of each arm, > 0.
    confidence : float
        In (0, 1).

    Returns
    -------
    float
        In (0, 1); false alarms in the wrong direction are not counted.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    The inverse of `sample_size`.

    Examples
    --------
    >>> round(power_of_test(0.03, 0.036, 13_914), 4)
    0.8
    """
    from scipy.special import ndtr

    p1 = number("baseline_rate", baseline_rate, low=0.0, high=1.0, low_open=True, high_open=True)
    p2 = number("target_rate", target_rate, low=0.0, high=1.0, low_open=True, high_open=True)
    n = number("visitors", visitors, low=0.0, low_open=True)
    p = (p1 + p2) / 2.0
    reach = abs(p1 - p2) * sqrt(n) - normal_quantile(confidence) * sqrt(2.0 * p * (1.0 - p))
    return float(ndtr(reach / sqrt(p1 * (1.0 - p1) + p2 * (1.0 - p2))))


@dataclass(frozen=True, slots=True)
class Decision(Result):
    """What to do with a test (实验结论) and why.

    Attributes
    ----------
    action : str
        ``"use_b"``, ``"keep_a"``, ``"continue"``, or ``"mend"`` where the test itself is broken.
    reason : str
        ``"b_better"``, ``"a_better"``, ``"no_relevant_difference"``, ``"nothing_found"``, ``"running"``,
        ``"sample_ratio_mismatch"``, or ``"empty_arm"``.
    difference, low, high, p_value : float or None
        Effect b - a with interval and p value.
    lift, lift_low, lift_high : float or None
        Relative effect.
    confidence : float
        Of the intervals.
    """

    action: str
    reason: str
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    confidence: float


def decide(
    comparison: Comparison,
    *,
    stage: Literal["running", "complete"],
    ratio: SampleRatio | None = None,
    smallest_difference: float = 0.0,
    p_value: float | None = None,
) -> Decision:
    """Return whether to stop a test and with which arm (实验决策), and why.

    A test planned for a number of visitors says nothing before it has them, unless the comparison is `anytime`.

    Parameters
    ----------
    comparison : Comparison
        Arm b against arm a; more is better.
    stage : {"running", "complete"}
        Whether the planned number was reached.
    ratio : SampleRatio, optional
        Its alarm comes before everything else.
    smallest_difference : float
        The smallest difference worth having, >= 0; an interval within it ends the test.
    p_value : float, optional
        The p value adjusted for many comparisons, see `adjusted_p_values`.

    Returns
    -------
    Decision
        ``"keep_a"`` also where a complete test found nothing.

    Raises
    ------
    InputError
        If a number is out of range or `stage` unknown.

    Examples
    --------
    >>> from shopcore.traffic import compare_shares
    >>> found = compare_shares(300, 10_000, 360, 10_000)
    >>> decide(found, stage="running").reason, decide(found, stage="complete").action
    ('running', 'use_b')
    """
    instance("comparison", comparison, Comparison)
    if ratio is not None:
        instance("ratio", ratio, SampleRatio)
    one_of("stage", stage, ("running", "complete"))
    floor = number("smallest_difference", smallest_difference, low=0.0)
    p = comparison.p_value if p_value is None else number("p_value", p_value, low=0.0, high=1.0)
    action, reason = _verdict(comparison, stage, ratio, floor, p)
    c = comparison
    return Decision(
        action, reason, c.difference, c.low, c.high, p, c.lift, c.lift_low, c.lift_high, confidence=c.confidence
    )


def _verdict(
    comparison: Comparison, stage: str, ratio: SampleRatio | None, floor: float, p: float | None
) -> tuple[str, str]:
    if ratio is not None and ratio.alarm:
        return "mend", "sample_ratio_mismatch"
    difference, low, high = comparison.difference, comparison.low, comparison.high
    if p is None or difference is None or low is None or high is None:
        return "continue", "empty_arm"
    if stage == "running" and not comparison.anytime:
        return "continue", "running"
    if -floor <= low and high <= floor:
        return "keep_a", "no_relevant_difference"
    if p <= 1.0 - confidence_level(comparison.confidence):
        return ("use_b", "b_better") if difference > 0.0 else ("keep_a", "a_better")
    return ("keep_a", "nothing_found") if stage == "complete" else ("continue", "running")


def adjusted_p_values(p_values: Sequence[float | None], *, correction: Correction = "holm") -> tuple[float | None, ...]:
    """Return p values adjusted for how many were looked at (多重比较校正); None stays None and does not count.

    Five titles against the old one give five chances of a false alarm.

    Parameters
    ----------
    p_values : sequence of float or None
        In [0, 1].
    correction : {"holm", "benjamini_hochberg", "none"}
        Holm bounds the chance of a single false alarm, Benjamini-Hochberg the share of false ones among the found.

    Returns
    -------
    tuple of float or None
        In the order given.

    Raises
    ------
    InputError
        If a value is outside of [0, 1].

    Notes
    -----
    Source: Holm 1979; Benjamini and Hochberg 1995.

    Examples
    --------
    >>> [round(p, 3) for p in adjusted_p_values([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    found = adjust([np.nan if p is None else p for p in entries("p_values", p_values)], correction)
    return tuple(None if np.isnan(p) else float(p) for p in found)
