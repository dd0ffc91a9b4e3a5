"""What a campaign really did: uplift over its baseline, why, what it returned, and what it took from organic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore._checks import fail, mapping, number
from shopcore._intervals import confidence_level, t_quantile
from shopcore.errors import ShapeError
from shopcore.models._ratio import Ratio
from shopcore.models._result import Result
from shopcore.traffic._decompose import Decomposition, decompose
from shopcore.traffic._funnel import Funnel, funnel
from shopcore.traffic._ratio import CONFIDENCE
from shopcore.typing import FloatArray

STEPS: Final = ("impressions", "clicks", "visitors", "added_to_cart", "buyers")
COLUMNS: Final = (*STEPS, "organic_visitors", "revenue")
MAX_DAYS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Estimate(Result):
    """A number with its interval (估计值).

    Attributes
    ----------
    value : float
        Best estimate.
    low, high : float or None
        None where there are too few days for an interval.
    """

    value: float
    low: float | None = None
    high: float | None = None

    def explain(self) -> str:
        """Return the number and its interval in words."""
        return f"{self.value:.6g}" + ("" if self.low is None else f" ({self.low:.6g} to {self.high:.6g})")


@dataclass(frozen=True, slots=True)
class CampaignReview(Result):
    """The account of a campaign (活动复盘).

    Attributes
    ----------
    days_before, days, days_after : int
        Days of each stretch.
    revenue, baseline : float
        Of the campaign's days, and what as many days like those before would have brought.
    uplift : Estimate
        Revenue less baseline.
    after_effect : Estimate or None
        Revenue of the days after less their baseline: negative where purchases were only brought forward.
    net_uplift : Estimate
        Both together.
    incremental_return : Ratio
        Net uplift over spend, with interval; ``"no_spend"`` without.
    profit : Estimate or None
        Net uplift times margin less spend; None without a margin.
    decomposition : Decomposition or None
        The uplift as effects of visitors, conversion and order value; None without visitors and buyers.
    funnel_before, funnel_during : Funnel or None
        Of the steps that were measured.
    cannibalised_share : Estimate or None
        Organic visitors lost per visitor of the campaign; below zero where organic visits rose too.
    expectation : Ratio
        Revenue over what was expected; ``"no_expectation"`` without.
    confidence : float
        Of the intervals.
    reason : str or None
        ``"too_few_days"`` where fewer than two days before leave no interval.
    assumption : str
        What the estimate rests on.
    """

    days_before: int
    days: int
    days_after: int
    revenue: float
    baseline: float
    uplift: Estimate
    after_effect: Estimate | None
    net_uplift: Estimate
    incremental_return: Ratio
    profit: Estimate | None
    decomposition: Decomposition | None
    funnel_before: Funnel | None
    funnel_during: Funnel | None
    cannibalised_share: Estimate | None
    expectation: Ratio
    confidence: float
    reason: str | None = None
    assumption: str = "without the campaign the days would have been like those before, apart from chance"

    def explain(self) -> str:
        """Return the account in words."""
        lines = [
            f"revenue {self.revenue:.6g} in {self.days} days against a baseline of {self.baseline:.6g}",
            f"uplift {self.uplift.explain()}, with the days after {self.net_uplift.explain()}",
            f"incremental return {self.incremental_return.explain()}",
        ]
        if self.profit is not None:
            lines.append(f"profit {self.profit.explain()}")
        if self.decomposition is not None:
            parts = zip(self.decomposition.names, self.decomposition.effects, strict=True)
            lines.append("effects: " + ", ".join(f"{name} {effect:.6g}" for name, effect in parts))
        if self.cannibalised_share is not None:
            lines.append(f"organic visitors lost per visitor of the campaign {self.cannibalised_share.explain()}")
        if self.expectation.is_defined:
            lines.append(f"against expectation {self.expectation.explain()}")
        return "\n".join((*lines, f"assumes: {self.assumption}"))


def campaign_review(
    before: Mapping[str, Sequence[float]],
    during: Mapping[str, Sequence[float]],
    after: Mapping[str, Sequence[float]] | None = None,
    *,
    spend: float,
    contribution_margin: float | None = None,
    expected_revenue: float | None = None,
    confidence: float = CONFIDENCE,
) -> CampaignReview:
    """Return what a campaign brought beyond its baseline (活动复盘), why, and what it returned.

    Sales during a campaign are not sales of the campaign: some would have come anyway, some were only brought
    forward, some were taken from organic visits.

    Parameters
    ----------
    before, during, after : mapping of str to sequence of float
        Daily columns: ``"revenue"`` always; ``"visitors"``, ``"buyers"``, ``"organic_visitors"``, ``"impressions"``,
        ``"clicks"`` and ``"added_to_cart"`` where measured; >= 0. Take days before like those of the campaign: whole
        weeks, no other campaign.
    spend : float
        Cost of the campaign, >= 0, in the unit of revenue.
    contribution_margin : float, optional
        Share of revenue left before advertising, at most 1.
    expected_revenue : float, optional
        What was planned for the campaign's days, > 0.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    CampaignReview
        Intervals are those of a forecast from the days before.

    Raises
    ------
    InputError
        If a column is unknown, empty or negative; ShapeError if columns of one stretch differ in length.

    Notes
    -----
    With n days before of standard deviation s, m days have the standard error ``s sqrt(m + m^2 / n)`` and Student's t
    with n - 1 degrees of freedom. Daily visitors are added up as person-days. Source: own definition; the forecast
    interval of a mean.

    Examples
    --------
    >>> found = campaign_review({"revenue": [900.0, 1100.0, 1000.0, 950.0, 1050.0, 980.0, 1020.0]},
    ...     {"revenue": [1800.0, 2100.0]}, {"revenue": [850.0]}, spend=500.0, contribution_margin=0.4)
    >>> found.uplift.value, found.after_effect.value, found.net_uplift.value, round(found.profit.value, 9)
    (1900.0, -150.0, 1750.0, 200.0)
    """
    level = confidence_level(confidence)
    past, now = _columns("before", before), _columns("during", during)
    later = None if after is None else _columns("after", after)
    cost = number("spend", spend, low=0.0)
    margin = None if contribution_margin is None else number("contribution_margin", contribution_margin, high=1.0)
    planned = None if expected_revenue is None else number("expected_revenue", expected_revenue, low=0.0, low_open=True)
    days, revenue = now["revenue"].size, float(now["revenue"].sum())
    tail = None if later is None else later["revenue"]
    whole = days + (0 if tail is None else tail.size)
    uplift = _beyond(past["revenue"], revenue, days, level)
    net = uplift if tail is None else _beyond(past["revenue"], revenue + float(tail.sum()), whole, level)
    return CampaignReview(
        days_before=past["revenue"].size,
        days=days,
        days_after=whole - days,
        revenue=revenue,
        baseline=days * float(past["revenue"].mean()),
        uplift=uplift,
        after_effect=None if tail is None else _beyond(past["revenue"], float(tail.sum()), tail.size, level),
        net_uplift=net,
        incremental_return=_return(net, cost, level),
        profit=None if margin is None else _scaled(net, margin, -cost),
        decomposition=_why(past, now),
        funnel_before=_funnel(past, level),
        funnel_during=_funnel(now, level),
        cannibalised_share=_cannibalised(past, now, level),
        expectation=_expectation(revenue, planned),
        confidence=level,
        reason="too_few_days" if past["revenue"].size < 2 else None,
    )


def _columns(stretch: str, days: Mapping[str, Sequence[float]]) -> dict[str, FloatArray]:
    unknown = sorted(set(mapping(stretch, days)) - set(COLUMNS))
    if unknown or "revenue" not in days:
        fail(stretch, sorted(days), f"columns among {', '.join(COLUMNS)}, with revenue", reason="unknown_field")
    found = {name: floats(f"{stretch}.{name}", column, NON_NEGATIVE) for name, column in days.items()}
    shapes = {column.shape for column in found.values()}
    if len(shapes) > 1 or len(next(iter(shapes))) != 1:
        raise ShapeError(f"the columns of {stretch} must be days of one length", argument=stretch, reason="shape")
    if not 0 < found["revenue"].size <= MAX_DAYS:
        fail(stretch, found["revenue"].size, f"1 to {MAX_DAYS} days", reason="empty")
    return found


def _beyond(past: FloatArray, total: float, days: int, confidence: float) -> Estimate:
    """Return a sum over days less what days like the past would bring."""
    value = total - days * float(past.mean())
    if past.size < 2:
        return Estimate(value)
    spread = float(past.std(ddof=1)) * sqrt(days + days**2 / past.size)
    half = float(t_quantile(confidence, past.size - 1)) * spread
    return Estimate(value, value - half, value + half)


def _scaled(estimate: Estimate, factor: float, shift: float) -> Estimate:
    value = factor * estimate.value + shift
    if estimate.low is None or estimate.high is None:
        return Estimate(value)
    ends = sorted((factor * estimate.low + shift, factor * estimate.high + shift))
    return Estimate(value, ends[0], ends[1])


def _return(net: Estimate, spend: float, confidence: float) -> Ratio:
    if spend == 0.0:
        return Ratio(None, net.value, 0.0, reason="no_spend", basis="money")
    per = _scaled(net, 1.0 / spend, 0.0)
    if per.low is None:
        return Ratio(per.value, net.value, spend, basis="money")
    return Ratio(per.value, net.value, spend, per.low, per.high, confidence, "forecast", None, "money")


def _why(past: Mapping[str, FloatArray], now: Mapping[str, FloatArray]) -> Decomposition | None:
    if not all({"visitors", "buyers"} <= set(side) for side in (past, now)):
        return None
    days = now["revenue"].size
    sides = []
    for side in (past, now):
        visitors, buyers, revenue = (float(side[name].sum()) for name in ("visitors", "buyers", "revenue"))
        if visitors == 0.0 or buyers == 0.0:
            return None
        scale = days / side["revenue"].size
        sides.append(
            {
                "visitors": visitors * scale,
                "conversion_rate": buyers / visitors,
                "average_order_value": revenue / buyers,
            }
        )
    return decompose(sides[0], sides[1])


def _funnel(side: Mapping[str, FloatArray], confidence: float) -> Funnel | None:
    steps = [(name, float(side[name].sum())) for name in STEPS if name in side]
    if len(steps) < 2:
        return None
    buyers = float(side["buyers"].sum()) if "buyers" in side else 0.0
    value = float(side["revenue"].sum()) / buyers if buyers and steps[-1][0] == "buyers" else None
    return funnel(steps, order_value=value, on_growth="flag", confidence=confidence)


def _cannibalised(past: Mapping[str, FloatArray], now: Mapping[str, FloatArray], confidence: float) -> Estimate | None:
    if "organic_visitors" not in past or not {"organic_visitors", "visitors"} <= set(now):
        return None
    organic = float(now["organic_visitors"].sum())
    brought = float(now["visitors"].sum()) - organic
    if brought < 0.0:
        fail("during.organic_visitors", organic, "at most the visitors", reason="more_than_whole")
    if brought == 0.0:
        return None
    return _scaled(_beyond(past["organic_visitors"], organic, now["revenue"].size, confidence), -1.0 / brought, 0.0)


def _expectation(revenue: float, planned: float | None) -> Ratio:
    if planned is None:
        return Ratio(None, revenue, 0.0, reason="no_expectation", basis="money")
    return Ratio(revenue / planned, revenue, planned, basis="money")
