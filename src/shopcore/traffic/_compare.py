"""Two arms side by side: shares, means, ratios, and means freed of what was known before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from shopcore._arrays import ByValue, broadcast, give_back
from shopcore._checks import instance, number, one_of
from shopcore._intervals import Alternative, confidence_level, counts, fieller, newcombe, normal_p, t_p, t_quantile
from shopcore.models._result import Result
from shopcore.traffic._moments import Moments, PairMoments
from shopcore.traffic._ratio import CONFIDENCE
from shopcore.typing import FloatArray, FloatLike

Variance = Literal["unpooled", "pooled"]


@dataclass(frozen=True, slots=True)
class Comparison(Result):
    """Arm b against arm a (对比结果): test, interval and relative lift from one variance, so that they agree.

    Attributes
    ----------
    a, b : float or None
        Estimates of the arms; None for an arm without units.
    difference : float or None
        b - a.
    standard_error, statistic, p_value : float or None
        Of the difference; the p value comes from a survival function.
    low, high : float or None
        Interval of the difference.
    lift, lift_low, lift_high : float or None
        Relative difference ``b / a - 1`` with Fieller's interval, which excludes 0 exactly where the test rejects;
        None where a is 0, bounds None where a is not clearly away from 0.
    confidence : float
        Coverage of the intervals.
    method : str
        How it was tested.
    degrees_of_freedom : float or None
        None for normal tests.
    score_low, score_high : float or None
        For shares: Newcombe's interval of the difference, better in small arms.
    anytime : bool
        Whether the answer holds however often one looks.
    reason : str or None
        ``"empty_arm"``, ``"zero_baseline"`` (no lift), ``"no_variance"``.
    """

    a: float | None
    b: float | None
    difference: float | None
    standard_error: float | None
    statistic: float | None
    p_value: float | None
    low: float | None
    high: float | None
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    confidence: float
    method: str
    degrees_of_freedom: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    anytime: bool = False
    reason: str | None = None

    def explain(self) -> str:
        """Return the difference, the lift and the p value in words."""
        if self.difference is None or self.p_value is None or self.low is None or self.high is None:
            return f"no comparison ({self.reason})"
        text = f"b - a = {self.difference:.6g} ({self.low:.6g} to {self.high:.6g}), p = {self.p_value:.3g}"
        if self.lift is None:
            return f"{text}; no lift (zero_baseline)"
        if self.lift_low is None or self.lift_high is None:
            return f"{text}; lift {self.lift:.2%}, unbounded"
        return f"{text}; lift {self.lift:.2%} ({self.lift_low:.2%} to {self.lift_high:.2%})"


@dataclass(frozen=True, slots=True, eq=False)
class ProportionTests(ByValue, Result):
    """z tests of many pairs of shares (批量比例检验).

    Attributes
    ----------
    difference, z, p_value : float or array
        b - a, its statistic and two-sided p value; NaN where an arm is empty.
    """

    difference: Any
    z: Any
    p_value: Any


def proportion_tests(
    successes_a: FloatLike,
    trials_a: FloatLike,
    successes_b: FloatLike,
    trials_b: FloatLike,
    *,
    variance: Variance = "pooled",
    alternative: Alternative = "two_sided",
) -> ProportionTests:
    """Return z tests of share b against share a (比例检验) for one pair or a million.

    Parameters
    ----------
    successes_a, trials_a, successes_b, trials_b : float or array
        Counts; broadcast together.
    variance : {"pooled", "unpooled"}
        Pooled assumes equal shares, as the null hypothesis says.
    alternative : {"two_sided", "greater", "less"}
        ``"greater"`` asks whether b is greater.

    Returns
    -------
    ProportionTests
        NaN where an arm is empty; z 0 and p 1 where nobody or everybody converted in both.

    Raises
    ------
    InputError
        If successes exceed trials or a count is negative.

    Notes
    -----
    p values come from the survival function and stay above zero down to 1e-300. Where the unpooled variance is zero
    and the shares differ, the pooled one is taken. Source: Fleiss, Levin, Paik 2003, ch. 3.

    Examples
    --------
    >>> found = proportion_tests(300, 10_000, 360, 10_000)
    >>> round(found.z, 4), round(found.p_value, 5)
    (2.375, 0.01755)
    """
    one_of("variance", variance, ("pooled", "unpooled"))
    arms = (successes_a, trials_a, successes_b, trials_b)
    a, n_a, b, n_b = _arms(*arms)
    scalar = all(np.ndim(each) == 0 for each in arms)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = b / n_b - a / n_a
        z = difference / np.sqrt(_variance(a, n_a, b, n_b, variance))
    z = np.where((difference == 0.0) & np.isnan(z), 0.0, z)
    empty = np.isnan(difference)
    p = normal_p(np.where(empty, 0.0, z), alternative)
    p = np.where(empty, np.nan, p) if empty.any() else p
    return ProportionTests(*(give_back(column, scalar=scalar) for column in (difference, z, p)))


def _arms(successes_a: FloatLike, trials_a: FloatLike, successes_b: FloatLike, trials_b: FloatLike) -> list[FloatArray]:
    a, n_a = counts(successes_a, trials_a, ("successes_a", "trials_a"))
    b, n_b = counts(successes_b, trials_b, ("successes_b", "trials_b"))
    return broadcast(successes_a=a, trials_a=n_a, successes_b=b, trials_b=n_b)


def _variance(a: FloatArray, n_a: FloatArray, b: FloatArray, n_b: FloatArray, variance: Variance) -> FloatArray:
    share = (a + b) / (n_a + n_b)
    pooled: FloatArray = share * (1.0 - share) * (1.0 / n_a + 1.0 / n_b)
    if variance == "pooled":
        return pooled
    apart = a / n_a * (1.0 - a / n_a) / n_a + b / n_b * (1.0 - b / n_b) / n_b
    return np.where(apart > 0.0, apart, pooled)


def compare_shares(
    successes_a: float,
    trials_a: float,
    successes_b: float,
    trials_b: float,
    *,
    variance: Variance = "unpooled",
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Return share b against share a (比例对比): difference, p value and relative lift that never disagree.

    Which title, picture or crowd converts better. Counts must be independent units: people, not clicks of one person.

    Parameters
    ----------
    successes_a, trials_a, successes_b, trials_b : float
        Counts of the two arms.
    variance : {"unpooled", "pooled"}
        Of test, interval and lift alike; ``"pooled"`` gives the z test of the textbooks.
    confidence : float
        Coverage, in (0, 1).

    Returns
    -------
    Comparison
        With Newcombe's interval beside it.

    Raises
    ------
    InputError
        If successes exceed trials or a count is negative.

    Notes
    -----
    Source: Fieller 1954 for the lift; Newcombe 1998 for the score interval.

    Examples
    --------
    >>> compare_shares(300, 10_000, 360, 10_000).explain()
    'b - a = 0.006 (0.00104924 to 0.0109508), p = 0.0175; lift 20.00% (3.25% to 39.77%)'
    """
    one_of("variance", variance, ("unpooled", "pooled"))
    given = {"successes_a": successes_a, "trials_a": trials_a, "successes_b": successes_b, "trials_b": trials_b}
    for name, value in given.items():
        number(name, value, low=0.0)
    a, n_a, b, n_b = (float(each) for each in _arms(successes_a, trials_a, successes_b, trials_b))
    if n_a == 0.0 or n_b == 0.0:
        return _nothing(a / n_a if n_a else None, b / n_b if n_b else None, confidence, f"z test, {variance}")
    shares = (a / n_a, b / n_b)
    parts = [s * (1.0 - s) / n for s, n in zip(shares, (n_a, n_b), strict=True)]
    if variance == "pooled" or (sum(parts) == 0.0 and shares[0] != shares[1]):
        share = (a + b) / (n_a + n_b)
        parts = [share * (1.0 - share) / n for n in (n_a, n_b)]
    low, high = newcombe(b, n_b, a, n_a, confidence=confidence)
    found = _tested(shares, (parts[0], parts[1]), float("inf"), confidence, f"z test, {variance}")
    return replace(found, score_low=low, score_high=high)


def compare_means(a: Moments, b: Moments, *, confidence: float = CONFIDENCE) -> Comparison:
    """Return mean b against mean a (均值对比) by Welch's t test, with a relative lift that agrees with it.

    Revenue per visitor, order value, minutes: anything that is one number per unit.

    Parameters
    ----------
    a, b : Moments
        Of the arms; two units each at the least.
    confidence : float
        Coverage, in (0, 1).

    Returns
    -------
    Comparison
        Without a value (``"empty_arm"``) where an arm has fewer than two units.

    Notes
    -----
    Source: Welch 1947; Fieller 1954 for the lift, with the same degrees of freedom.

    Examples
    --------
    >>> found = compare_means(Moments(4000, 5.1, 410.0), Moments(4000, 6.2, 520.0))
    >>> found.explain()
    'b - a = 1.1 (0.154795 to 2.04521), p = 0.0226; lift 21.57% (2.80% to 44.07%)'
    """
    for name, arm in (("a", a), ("b", b)):
        instance(name, arm, Moments)
    if a.n < 2.0 or b.n < 2.0:
        return _nothing(a.mean if a.n else None, b.mean if b.n else None, confidence, "Welch t test")
    parts = (a.mean_variance, b.mean_variance)
    whole = sum(parts)
    # Shares of the variance, because squares of the variances themselves may leave the range of floats.
    shares = (parts[0] / whole, parts[1] / whole) if whole else (0.0, 0.0)
    freedom = 1.0 / (shares[0] ** 2 / (a.n - 1.0) + shares[1] ** 2 / (b.n - 1.0)) if whole else a.n + b.n - 2.0
    return _tested((a.mean, b.mean), parts, freedom, confidence, "Welch t test")


def compare_ratios(a: PairMoments, b: PairMoments, *, confidence: float = CONFIDENCE) -> Comparison:
    """Return ratio of sums b against ratio of sums a (比率指标对比): orders per session with the user as unit.

    Sessions of one user are alike, so the user is the unit and the variance comes by the delta method.

    Parameters
    ----------
    a, b : PairMoments
        y is the numerator, x the denominator.
    confidence : float
        Coverage, in (0, 1).

    Returns
    -------
    Comparison
        Without a value (``"empty_arm"``) where a denominator is zero.

    Notes
    -----
    Source: Deng, Knoblich, Lu 2018, Applying the delta method in metric analytics.

    Examples
    --------
    >>> orders, sessions = [1.0, 0.0, 2.0, 1.0, 0.0, 3.0], [3.0, 1.0, 5.0, 2.0, 1.0, 6.0]
    >>> arm = PairMoments.of(orders, sessions)
    >>> compare_ratios(arm, arm).p_value
    1.0
    """
    for name, arm in (("a", a), ("b", b)):
        instance(name, arm, PairMoments)
    first, second = a.ratio(), b.ratio()
    if first is None or second is None:
        return _nothing(
            None if first is None else first.mean, None if second is None else second.mean, confidence, "delta method"
        )
    parts = (first.mean_variance, second.mean_variance)
    return _tested((first.mean, second.mean), parts, float("inf"), confidence, "delta method")


def compare_adjusted(a: PairMoments, b: PairMoments, *, confidence: float = CONFIDENCE) -> Comparison:
    """Return mean b against mean a, freed of what was known before the test (CUPED, 协变量校正).

    The same people bought before the test too; taking out what their past foretells makes the interval narrower and
    changes no expectation. The past must not be touched by the test.

    Parameters
    ----------
    a, b : PairMoments
        y is the figure in the test, x the same people's figure before it.
    confidence : float
        Coverage, in (0, 1).

    Returns
    -------
    Comparison
        Estimates adjusted to the mean past of both arms.

    Notes
    -----
    ``y - theta (x - mean x)`` with ``theta = cov / var`` pooled over both arms and the mean past of all units.
    Source: Deng, Xu, Kohavi, Walker 2013.

    Examples
    --------
    >>> a = PairMoments(4000, 5.1, 4.9, 410.0, 380.0, 300.0)
    >>> b = PairMoments(4000, 6.2, 5.0, 520.0, 380.0, 330.0)
    >>> plain = compare_means(Moments(a.n, a.mean_y, a.variance_y), Moments(b.n, b.mean_y, b.variance_y))
    >>> compare_adjusted(a, b).standard_error < 0.72 * plain.standard_error
    True
    """
    for name, arm in (("a", a), ("b", b)):
        instance(name, arm, PairMoments)
    past = sum((arm.n - 1.0) * arm.variance_x for arm in (a, b))
    theta = sum((arm.n - 1.0) * arm.covariance for arm in (a, b)) / past if past else 0.0
    centre = (a.n * a.mean_x + b.n * b.mean_x) / (a.n + b.n)
    first, second = (
        Moments(
            arm.n,
            arm.mean_y - theta * (arm.mean_x - centre),
            max(arm.variance_y - 2.0 * theta * arm.covariance + theta**2 * arm.variance_x, 0.0),
        )
        for arm in (a, b)
    )
    return replace(compare_means(first, second, confidence=confidence), method="CUPED, Welch t test")


def _nothing(a: float | None, b: float | None, confidence: float, method: str) -> Comparison:
    confidence_level(confidence)
    return Comparison(a, b, *(None,) * 9, confidence=confidence, method=method, reason="empty_arm")


def _tested(
    means: tuple[float, float], variances: tuple[float, float], freedom: float, confidence: float, method: str
) -> Comparison:
    """Return test, interval and lift of b against a from the variances of the two estimates."""
    difference, se = means[1] - means[0], float(np.sqrt(variances[0] + variances[1]))
    critical = float(t_quantile(confidence, freedom))
    endless = 0.0 if difference == 0.0 else float(np.copysign(np.inf, difference))
    statistic = difference / se if se else endless
    lift = lift_low = lift_high = None
    if means[0] != 0.0:
        lift = difference / means[0]
        low, high = fieller(means[1], means[0], variances[1], variances[0], 0.0, critical=critical)
        lift_low, lift_high = (None if np.isnan(end) else float(end) - 1.0 for end in (low, high))
    return Comparison(
        a=means[0],
        b=means[1],
        difference=difference,
        standard_error=se,
        statistic=statistic,
        p_value=float(t_p(statistic, freedom)),
        low=difference - critical * se,
        high=difference + critical * se,
        lift=lift,
        lift_low=lift_low,
        lift_high=lift_high,
        confidence=number("confidence", confidence),
        method=method,
        degrees_of_freedom=None if np.isinf(freedom) else freedom,
        reason="zero_baseline" if means[0] == 0.0 else ("no_variance" if se == 0.0 else None),
    )
