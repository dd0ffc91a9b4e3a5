"""Raise, hold or cut: plans and keywords judged by shrunken rates, not by lucky clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore._checks import at_most, fail, number, text
from shopcore._intervals import confidence_level, counts
from shopcore.errors import ShapeError
from shopcore.models._ratio import Ratio
from shopcore.models._result import Result, html_table
from shopcore.traffic._ratio import CONFIDENCE, Meaning, of_counts
from shopcore.typing import FloatArray, FloatLike

MAX_PLANS: Final = 1_000_000
_MEANING: Final = Meaning("orders", "clicks", "click", "no_clicks")


@dataclass(frozen=True, slots=True)
class PlanAdvice(Result):
    """What to do with the bid of a plan or keyword (出价建议) and why.

    Attributes
    ----------
    name : str
        The plan.
    action : str
        ``"raise"``, ``"hold"`` or ``"cut"``.
    reason : str
        ``"pays_surely"`` (the whole interval of the return lies above the target), ``"loses_surely"`` (below it),
        ``"not_sure"``, ``"no_spend"``.
    conversion_rate : Ratio
        As counted, with Wilson interval.
    shrunken_rate, shrunken_low, shrunken_high : float
        Drawn towards all plans as far as its few clicks ask for, with a credible interval.
    expected_return, return_low, return_high : float or None
        Of the next click at today's price of a click; None without spend.
    highest_bid : float
        Money per click that reaches the target at the shrunken rate.
    long_tail : bool
        Fewer clicks than an order needs on average: judge it in the pool of all such plans.
    """

    name: str
    action: str
    reason: str
    conversion_rate: Ratio
    shrunken_rate: float
    shrunken_low: float
    shrunken_high: float
    expected_return: float | None
    return_low: float | None
    return_high: float | None
    highest_bid: float
    long_tail: bool


@dataclass(frozen=True, slots=True)
class PlanReview(Result):
    """All plans and what to do with their bids (推广计划诊断).

    Attributes
    ----------
    plans : tuple of PlanAdvice
        In the order given.
    prior : tuple of float
        Parameters of the beta distribution of conversion rates over the plans.
    target_return : float
        The return asked for.
    tail : PlanAdvice or None
        The long tail as one plan.
    confidence : float
        Of the intervals.
    assumption : str
        What the intervals leave out.
    """

    plans: tuple[PlanAdvice, ...]
    prior: tuple[float, float]
    target_return: float
    tail: PlanAdvice | None
    confidence: float
    assumption: str = "order values are taken as known; only the conversion varies"

    def __getitem__(self, name: str) -> PlanAdvice:
        """Return the advice of a plan by name."""
        found = {plan.name: plan for plan in self.plans}
        if name not in found:
            fail("name", name, "the name of a plan", reason="unknown")
        return found[name]

    def to_columns(self) -> dict[str, list[Any]]:
        """Return columns for a table: one row per plan."""
        names = ("name", "action", "reason", "shrunken_rate", "expected_return", "return_low", "return_high")
        return {name: [getattr(plan, name) for plan in self.plans] for name in (*names, "highest_bid", "long_tail")}

    def explain(self) -> str:
        """Return one line per plan, the first twenty."""
        lines = [f"target return {self.target_return:.6g}; {self.assumption}"]
        for plan in self.plans[:20]:
            expected = "no spend" if plan.expected_return is None else f"return {plan.expected_return:.3g}"
            lines.append(
                f"  {plan.name}: {plan.action} ({plan.reason}), {expected}, bid at most {plan.highest_bid:.3g}"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return a table of the plans."""
        rows = [(p.name, p.action, p.reason, p.expected_return, p.highest_bid) for p in self.plans]
        return html_table("PlanReview", ("plan", "action", "reason", "return", "highest bid"), rows)


def review_plans(
    names: Sequence[str],
    *,
    clicks: FloatLike,
    orders: FloatLike,
    spend: FloatLike,
    revenue: FloatLike,
    target_return: float,
    value_weight: float = 5.0,
    confidence: float = CONFIDENCE,
) -> PlanReview:
    """Return raise, hold or cut for every plan or keyword (推广计划诊断), with the rule stated.

    A keyword with two orders of ten clicks is lucky, one with none of ten is no failure yet: rates are drawn towards
    that of all plans by as much as they scatter beyond chance. Raise or cut only where the whole interval says so.

    Parameters
    ----------
    names : sequence of str
        Plans or keywords, at most 1,000,000.
    clicks, orders, spend, revenue : array, shape (n,)
        Sums of each plan, >= 0; orders at most clicks; money in one unit.
    target_return : float
        Revenue per unit of spend to reach, > 0: the break-even return or more.
    value_weight : float
        How many orders of the average value each plan's order value is mixed with, >= 0.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    PlanReview
        Advice by plan, and for the long tail together.

    Raises
    ------
    InputError
        If a number is out of range or orders exceed clicks; ShapeError if the columns differ in length.

    Notes
    -----
    Beta-binomial: the prior's mean is the pooled rate, its strength by the moments of the scatter between plans.
    Expected return is the rate times order value over today's price of a click. Source: Kleinman 1973; Efron 2010,
    Large-scale inference, ch. 1.

    Examples
    --------
    >>> found = review_plans(["brand", "shoes", "red shoes"], clicks=[4000, 5000, 12], orders=[320, 60, 0],
    ...     spend=[3200.0, 6000.0, 14.0], revenue=[41_600.0, 7500.0, 0.0], target_return=2.5)
    >>> [plan.action for plan in found.plans]
    ['raise', 'cut', 'hold']
    """
    at_most("names", names, MAX_PLANS, "plans")
    labels = [text(f"names.{i}", name, max_length=200) for i, name in enumerate(names)]
    hits, tries = (np.atleast_1d(c) for c in counts(orders, clicks, ("orders", "clicks")))
    cost, money = (np.atleast_1d(floats(n, c, NON_NEGATIVE)) for n, c in (("spend", spend), ("revenue", revenue)))
    if {column.shape for column in (hits, tries, cost, money)} != {(len(labels),)}:
        raise ShapeError("clicks, orders, spend and revenue must have one row per name", argument="names")
    target = number("target_return", target_return, low=0.0, low_open=True)
    weight = number("value_weight", value_weight, low=0.0)
    prior = beta_prior(hits, tries)
    table = _Table(hits, tries, cost, money, prior, target, weight, confidence_level(confidence))
    tail = table.tail()
    plans = table.advice(labels, tail)
    hits, tries, cost, money = (np.array([float(column[tail].sum())]) for column in (hits, tries, cost, money))
    pool = replace(table, hits=hits, tries=tries, cost=cost, money=money)
    pooled = pool.advice(["long tail"], np.array([True]))
    return PlanReview(plans, prior, target, pooled[0] if tail.any() else None, confidence)


def beta_prior(hits: FloatArray, tries: FloatArray) -> tuple[float, float]:
    """Return the beta distribution of the rates behind the counts, by moments; Jeffreys' where nothing can be told."""
    seen = tries > 0.0
    n, k = tries[seen], hits[seen]
    whole = float(n.sum())
    mean = float(k.sum()) / whole if whole else 0.0
    if n.size < 2 or mean in (0.0, 1.0):
        return 0.5, 0.5
    scatter = float((n * (k / n - mean) ** 2).sum()) / (mean * (1.0 - mean))
    room = whole - float((n * n).sum()) / whole - (n.size - 1)
    alike = min(max((scatter - (n.size - 1)) / room, 1e-6), 0.99) if room > 0.0 else 0.5
    strength = 1.0 / alike - 1.0
    return mean * strength, (1.0 - mean) * strength


@dataclass(frozen=True, slots=True)
class _Table:
    hits: FloatArray
    tries: FloatArray
    cost: FloatArray
    money: FloatArray
    prior: tuple[float, float]
    target: float
    weight: float
    confidence: float

    def tail(self) -> Any:
        """Return which plans have fewer clicks than one order needs on average."""
        mean = self.prior[0] / sum(self.prior)
        return self.tries * mean < 1.0

    def advice(self, labels: list[str], tail: Any) -> tuple[PlanAdvice, ...]:
        """Return the advice of every row."""
        from scipy.special import betainccinv, betaincinv

        a, b = self.hits + self.prior[0], self.tries - self.hits + self.prior[1]
        edge = (1.0 - self.confidence) / 2.0
        rates = np.array((a / (a + b), betaincinv(a, b, edge), betainccinv(a, b, edge)))
        orders = float(self.hits.sum())
        mean_value = float(self.money.sum()) / orders if orders else 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            value = (self.money + self.weight * mean_value) / (self.hits + self.weight)
            price = self.cost / self.tries
            returns = np.where((self.cost > 0.0) & (self.tries > 0.0), rates * value / price, np.nan)
        bids = rates[0] * np.nan_to_num(value) / self.target
        counted = of_counts(_MEANING, self.hits, self.tries, self.confidence)
        found = []
        for row, name in enumerate(labels):
            expected, low, high = (None if np.isnan(r) else float(r) for r in returns[:, row])
            action, reason = self._verdict(low, high)
            rate, least, most = (float(r) for r in rates[:, row])
            bid, rare = float(bids[row]), bool(tail[row])
            found.append(
                PlanAdvice(
                    name, action, reason, counted[row], rate, least, most, expected, low, high, bid, long_tail=rare
                )
            )
        return tuple(found)

    def _verdict(self, low: float | None, high: float | None) -> tuple[str, str]:
        if low is None or high is None:
            return "hold", "no_spend"
        if low > self.target:
            return "raise", "pays_surely"
        return ("cut", "loses_surely") if high < self.target else ("hold", "not_sure")
