"""Where the budget goes: one marginal return for all channels, with a bound on what any other split could add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, fsum, isfinite, log
from typing import Final

from shopcore._checks import at_most, fail, mapping, number
from shopcore.models._result import Result, html_table
from shopcore.traffic._curves import Curve, HillCurve, LogCurve, PowerCurve, ResponseCurve, TableCurve

MAX_CHANNELS: Final = 10_000
_TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Allocation(Result):
    """A split of a budget and its proof (预算分配).

    Attributes
    ----------
    channels : tuple of str
        Names.
    spend, responses : tuple of float
        Of each channel.
    binding : tuple of str
        ``"lower"``, ``"upper"`` or ``""``: which bound holds a channel.
    response : float
        Of all channels.
    marginal_return : float
        What one more unit of money earns, the same in every channel that no bound holds; 0 where money is left over,
        infinite where nothing is spent and the first unit of a curve has no bound.
    unspent : float
        What no channel can use.
    duality_gap : float
        No split of this budget brings more than `response` plus this; rounding only unless a curve is S-shaped or a
        table is not concave.
    gap_in_spend : float
        The gap as money at the marginal return.
    """

    channels: tuple[str, ...]
    spend: tuple[float, ...]
    responses: tuple[float, ...]
    binding: tuple[str, ...]
    response: float
    marginal_return: float
    unspent: float
    duality_gap: float
    gap_in_spend: float

    def __getitem__(self, channel: str) -> float:
        """Return the spend of a channel by name."""
        if channel not in self.channels:
            fail("channel", channel, "one of " + ", ".join(self.channels[:20]), reason="unknown")
        return self.spend[self.channels.index(channel)]

    def explain(self) -> str:
        """Return the split and its proof in words."""
        head = f"response {self.response:.6g}, at most {self.duality_gap:.3g} below the best possible; "
        lines = [f"{head}one more unit earns {self.marginal_return:.6g}"]
        for name, amount, bound in zip(self.channels, self.spend, self.binding, strict=True):
            lines.append(f"  {name}: {amount:.6g}" + (f" (held by its {bound} bound)" if bound else ""))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return a table of the channels."""
        rows = list(zip(self.channels, self.spend, self.responses, self.binding, strict=True))
        return html_table("Allocation", ("channel", "spend", "response", "held by"), rows)


def allocate(
    curves: Mapping[str, ResponseCurve],
    budget: float,
    *,
    lower: Mapping[str, float] | None = None,
    upper: Mapping[str, float] | None = None,
) -> Allocation:
    """Return the split of a budget with the largest response (预算分配), proven.

    At the best split one more unit earns the same in every channel; bounds say what was promised or cannot be used.

    Parameters
    ----------
    curves : mapping of str to curve
        Response of each channel to its spend; at most 10,000.
    budget : float
        In the unit of the curves' spend, >= 0.
    lower, upper : mapping of str to float, optional
        Bounds by channel, >= 0; without, 0 and the budget.

    Returns
    -------
    Allocation
        Spends sum to the budget less what is left unspent.

    Raises
    ------
    InputError
        If the lower bounds exceed the budget, a bound is out of range, or a name unknown.

    Notes
    -----
    Bisection in the logarithm of the common marginal return, with the curves' own inverses, so the unit of money does
    not matter. The bound of the gap is that of the Lagrangian over the concave envelopes, each term from slopes and
    not as a difference of large sums. Source: Everett 1963; Boyd and Vandenberghe 2004, ch. 5.

    Examples
    --------
    >>> from shopcore.traffic import PowerCurve
    >>> found = allocate({"search": PowerCurve(3, 0.5), "live": PowerCurve(4, 0.5), "social": PowerCurve(5, 0.5)}, 1000)
    >>> [round(amount, 6) for amount in found.spend], round(found.response, 6)
    ([180.0, 320.0, 500.0], 223.606798)
    """
    total = number("budget", budget, low=0.0)
    names = tuple(mapping("curves", curves))
    for name in names:
        _curve(f"curves.{name}", curves[name])
    at_most("curves", names, MAX_CHANNELS, "channels")
    if not names:
        fail("curves", 0, "at least one channel", reason="empty")
    problem = _Problem(
        names,
        [curves[name] for name in names],
        *_bounds(names, total, {} if lower is None else lower, {} if upper is None else upper),
        total,
    )
    if total == 0.0:
        return problem.result([0.0] * len(names), problem.first_return())
    most = problem.spends(_TINY)
    if fsum(most) <= total:
        return problem.result(most, 0.0)
    few, many = problem.bracket()
    for _ in range(200):
        middle = exp((log(few) + log(many)) / 2.0)
        if not many < middle < few:
            break
        few, many = (middle, many) if fsum(problem.spends(middle)) <= total else (few, middle)
    return problem.result(_between(problem.spends(few), problem.spends(many), total), many)


def _curve(argument: str, curve: object) -> None:
    if not isinstance(curve, LogCurve | PowerCurve | HillCurve | TableCurve):
        fail(argument, curve, "a response curve", reason="type", hint="make one, such as LogCurve(size, scale)")


def _bounds(
    names: tuple[str, ...], total: float, lower: Mapping[str, float], upper: Mapping[str, float]
) -> tuple[list[float], list[float]]:
    for label, bounds in (("lower", lower), ("upper", upper)):
        unknown = sorted(set(mapping(label, bounds)) - set(names))
        if unknown:
            fail(label, unknown[0], "a name of curves", reason="unknown")
    lows = [number(f"lower.{name}", lower.get(name, 0.0), low=0.0) for name in names]
    # Without a bound of its own a channel may pass the budget, so that the marginal return is that of the budget.
    highs = [
        number(f"upper.{name}", upper.get(name, 2.0 * max(total, low) or 1.0), low=low)
        for name, low in zip(names, lows, strict=True)
    ]
    if fsum(lows) > total:
        fail("lower", fsum(lows), f"bounds of at most {total:g} in sum", reason="over_budget")
    return lows, highs


def _between(few: list[float], many: list[float], total: float) -> list[float]:
    # Where the spends jump at one marginal return (straight pieces), every mix of both sides is as good.
    gap = fsum(many) - fsum(few)
    part = (total - fsum(few)) / gap if gap > 0.0 else 0.0
    return [a + min(max(part, 0.0), 1.0) * (b - a) for a, b in zip(few, many, strict=True)]


@dataclass(frozen=True, slots=True)
class _Problem:
    names: tuple[str, ...]
    curves: list[ResponseCurve]
    lows: list[float]
    highs: list[float]
    total: float

    def first_return(self) -> float:
        """Return what the first unit earns in the best channel that may spend; 0 if none may."""
        rows = zip(self.curves, self.highs, strict=True)
        return max((c.marginal(0.0) for c, high in rows if high > 0.0), default=0.0)

    def spends(self, marginal: float) -> list[float]:
        """Return the spends at which every channel earns this much with its last unit, within its bounds."""
        rows = zip(self.curves, self.lows, self.highs, strict=True)
        return [min(max(c.spend_at(marginal), low), high) for c, low, high in rows]

    def bracket(self) -> tuple[float, float]:
        """Return a marginal return that spends at most the budget, and one that spends at least it."""
        even = self.total / len(self.curves)
        slopes = [c.marginal(max(low, even)) for c, low in zip(self.curves, self.lows, strict=True)]
        few = many = max(slope for slope in (*slopes, _TINY) if isfinite(slope))
        while fsum(self.spends(few)) > self.total and few < 1e300:
            few *= 16.0
        while fsum(self.spends(many)) < self.total and many > _TINY * 16.0:
            many /= 16.0
        return few, many

    def result(self, spend: list[float], marginal: float) -> Allocation:
        """Return the split with its proof."""
        responses = [c.response(x) for c, x in zip(self.curves, spend, strict=True)]
        rows = list(zip(self.curves, spend, self.lows, self.highs, strict=True))
        rest = self.total - fsum(spend)
        gap = fsum(_gap(c, x, marginal, low, high) for c, x, low, high in rows)
        gap += marginal * rest if rest > 0.0 else 0.0
        held = [
            "lower" if x <= low and low > 0.0 else "upper" if x >= high and high < self.total else ""
            for _, x, low, high in rows
        ]
        return Allocation(
            channels=self.names,
            spend=tuple(spend),
            responses=tuple(responses),
            binding=tuple(held),
            response=fsum(responses),
            marginal_return=marginal,
            unspent=rest if marginal == 0.0 else 0.0,
            duality_gap=gap,
            gap_in_spend=gap / marginal if marginal else 0.0,
        )


def _gap(curve: Curve, spend: float, marginal: float, low: float, high: float) -> float:
    """Return how far a channel may be below the best it could do at this marginal return."""
    best = min(max(curve.spend_at(max(marginal, _TINY)), low), high)
    above = curve.envelope(spend) - curve.response(spend)
    # By concavity the gain of going there is at most the slope here times the way; a difference would lose digits.
    way = (curve.marginal(spend) - marginal) * (best - spend) if best != spend else 0.0
    return max(above, 0.0) + max(way, 0.0)


@dataclass(frozen=True, slots=True)
class TargetSpend(Result):
    """The largest spend that still reaches a return (目标投产比花费).

    Attributes
    ----------
    spend : float or None
        None where there is none.
    response : float or None
        At that spend.
    reason : str or None
        ``"never_reached"``, or ``"always_reached"`` where no spend is too much.
    """

    spend: float | None
    response: float | None
    reason: str | None = None


def spend_at_marginal_return(curve: ResponseCurve, target: float) -> TargetSpend:
    """Return the spend after which one more unit earns less than `target` (边际投产比花费).

    With revenue as response and the break-even return as target, this is the most profitable spend.

    Parameters
    ----------
    curve : curve
        Response in the unit of the target.
    target : float
        Response per unit of spend, > 0.

    Returns
    -------
    TargetSpend
        0 where the first unit already earns less.

    Raises
    ------
    InputError
        If `target` is not above zero.

    Examples
    --------
    >>> from shopcore.traffic import LogCurve
    >>> spend_at_marginal_return(LogCurve(1000.0, 200.0), 2.0).spend
    300.0
    """
    _curve("curve", curve)
    spend = curve.spend_at(number("target", target, low=0.0, low_open=True))
    if not isfinite(spend):
        return TargetSpend(None, None, "always_reached")
    return TargetSpend(spend, curve.response(spend))


def spend_at_target_return(curve: ResponseCurve, target: float) -> TargetSpend:
    """Return the largest spend whose average return is still `target` (目标投产比花费), the platform's target ROAS.

    Beyond `spend_at_marginal_return` of the same figure the last units already lose: an average target overspends.

    Parameters
    ----------
    curve : curve
        Response in the unit of the target.
    target : float
        Response per unit of spend, > 0.

    Returns
    -------
    TargetSpend
        Without a spend where the best average is lower.

    Raises
    ------
    InputError
        If `target` is not above zero.

    Examples
    --------
    >>> from shopcore.traffic import PowerCurve
    >>> round(spend_at_target_return(PowerCurve(40.0, 0.5), 2.0).spend, 6)
    400.0
    """
    _curve("curve", curve)
    goal = number("target", target, low=0.0, low_open=True)

    def reached(spend: float) -> bool:
        return curve.response(spend) >= goal * spend

    # The average falls from where the envelope and the curve meet first, which is where spend at the best slope lies.
    start = max(curve.spend_at(min(curve.marginal(0.0), 1e290)), _TINY)
    if not isfinite(start):
        start = 1.0
    if not reached(start):
        return TargetSpend(None, None, "never_reached")
    high = start
    while reached(high):
        high *= 16.0
        if high > 1e290:
            return TargetSpend(None, None, "always_reached")
    low = high / 16.0
    for _ in range(200):
        middle = (low * high) ** 0.5 if high > 4.0 * low else (low + high) / 2.0
        if not low < middle < high:
            break
        low, high = (middle, high) if reached(middle) else (low, middle)
    return TargetSpend(low, curve.response(low))
