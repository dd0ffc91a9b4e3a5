"""The path from being shown to being paid, and where the money is lost on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shopcore._checks import at_most, fail, mapping, number, one_of, text
from shopcore.models._ratio import Ratio
from shopcore.models._result import Result, html_table
from shopcore.traffic._ratio import CONFIDENCE, Meaning, of_counts, undefined


@dataclass(frozen=True, slots=True)
class FunnelStep(Result):
    """One step of a funnel (漏斗环节).

    Attributes
    ----------
    name : str
        What people did in it.
    count : float
        How many got here.
    step_rate, cumulative_rate : Ratio
        Over the step before, and over the first step; both with intervals.
    loss : float
        How many did not get here from the step before.
    loss_share : float or None
        Of everybody lost between the first and the last step; None where nobody was lost or the step grew.
    lost_money : float or None
        What the lost would have brought had they gone on like those who stayed; None without an order value, or
        where nobody stayed.
    """

    name: str
    count: float
    step_rate: Ratio
    cumulative_rate: Ratio
    loss: float
    loss_share: float | None
    lost_money: float | None


@dataclass(frozen=True, slots=True)
class Funnel(Result):
    """The steps of a funnel after its entrance (转化漏斗).

    Attributes
    ----------
    entrance : str
        Name of the first step.
    entered : float
        How many it counts.
    steps : tuple of FunnelStep
        The steps after it, in order.
    """

    entrance: str
    entered: float
    steps: tuple[FunnelStep, ...]

    @property
    def overall(self) -> Ratio:
        """Last step over first."""
        return self.steps[-1].cumulative_rate

    def worst(self) -> tuple[FunnelStep, ...]:
        """Return the steps by lost money, largest first; by lost people where no order value was given."""
        return tuple(sorted(self.steps, key=lambda step: (-(step.lost_money or 0.0), -step.loss)))

    def explain(self) -> str:
        """Return one line per step."""
        lines = [f"{self.entrance}: {self.entered:g}"]
        for step in self.steps:
            money = "" if step.lost_money is None else f", lost {step.lost_money:g}"
            lines.append(f"{step.name}: {step.step_rate.explain()}{money}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return a table of the steps."""
        rows = [(s.name, s.count, s.step_rate.value, s.cumulative_rate.value, s.loss, s.lost_money) for s in self.steps]
        head = ("step", "count", "step rate", "cumulative", "lost", "lost money")
        return html_table("Funnel", head, [(self.entrance, self.entered, None, None, None, None), *rows])


def funnel(
    steps: Sequence[tuple[str, float]] | Mapping[str, float],
    *,
    order_value: float | None = None,
    on_growth: Literal["raise", "flag"] = "raise",
    confidence: float = CONFIDENCE,
) -> Funnel:
    """Return the steps from exposure to payment (转化漏斗) with rates, intervals and losses.

    A step larger than the one before is a data error or a mixed window: it is refused, or marked as
    ``"exceeds_previous"``, and never cut to fit.

    Parameters
    ----------
    steps : sequence of (name, count), or mapping
        In order, at least two and at most 100; counts >= 0.
    order_value : float, optional
        Money per last step (the average order value): gives the money lost at each step.
    on_growth : {"raise", "flag"}
        What to do with a step larger than its predecessor.
    confidence : float
        Coverage of the Wilson intervals, in (0, 1).

    Returns
    -------
    Funnel
        The steps; `worst()` ranks them by lost money.

    Raises
    ------
    InputError
        If there are fewer than two steps, a count is negative, or a step grew and `on_growth` is ``"raise"``.

    Notes
    -----
    step rate ``n_i / n_(i-1)``, cumulative ``n_i / n_0``, loss share ``(n_(i-1) - n_i) / (n_0 - n_last)``, lost
    money ``(n_(i-1) - n_i) (n_last / n_i) order_value``. Source: own definition of the money lost; the rates are the
    trade's.

    Examples
    --------
    >>> path = funnel([("exposure", 100_000), ("click", 4000), ("cart", 600), ("pay", 150)], order_value=190.0)
    >>> [step.step_rate.value for step in path.steps]
    [0.04, 0.15, 0.25]
    >>> path.worst()[0].name, round(path.worst()[0].lost_money)
    ('click', 684000)
    """
    named = _pairs(steps)
    one_of("on_growth", on_growth, ("raise", "flag"))
    names = [text(f"steps.{i}", name, max_length=100) for i, (name, _) in enumerate(named)]
    sizes = [number(f"steps.{names[i]}", count, low=0.0) for i, (_, count) in enumerate(named)]
    if order_value is not None:
        number("order_value", order_value, low=0.0)
    found = tuple(
        _step(names, sizes, row, order_value=order_value, flag=on_growth == "flag", confidence=confidence)
        for row in range(1, len(named))
    )
    return Funnel(names[0], sizes[0], found)


def _pairs(steps: Any) -> list[tuple[str, float]]:
    if isinstance(steps, Mapping):
        steps = list(steps.items())
    if isinstance(steps, str) or not isinstance(steps, Iterable):
        fail("steps", steps, "pairs of a name and a count", reason="type")
    named = list(steps)
    at_most("steps", named, 100, "steps")
    for i, pair in enumerate(named):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            fail(f"steps.{i}", pair, "a pair of a name and a count", reason="shape")
    if len(named) < 2:
        fail("steps", named, "at least two steps", reason="too_few")
    return named


def _step(
    names: list[str], sizes: list[float], row: int, *, order_value: float | None, flag: bool, confidence: float
) -> FunnelStep:
    before, count = sizes[row - 1], sizes[row]
    grew = count > before
    if grew and not flag:
        fail(
            f"steps.{names[row]}",
            count,
            f"at most the step before ({before:g})",
            reason="exceeds_previous",
            hint="count one window and one basis, or pass on_growth='flag'",
        )
    lost = before - count
    all_lost = sizes[0] - sizes[-1]
    money = None
    if order_value is not None and count > 0.0:
        money = max(lost, 0.0) * sizes[-1] / count * order_value
    return FunnelStep(
        name=names[row],
        count=count,
        step_rate=_share(names[row], names[row - 1], count, before, confidence),
        cumulative_rate=_share(names[row], names[0], count, sizes[0], confidence),
        loss=lost,
        loss_share=None if grew or all_lost <= 0.0 else lost / all_lost,
        lost_money=money,
    )


def _share(part: str, whole: str, top: float, bottom: float, confidence: float) -> Ratio:
    if top > bottom:
        return undefined("exceeds_previous", numerator=top, denominator=bottom)
    found: Ratio = of_counts(Meaning(part, whole, "", "empty_step"), top, bottom, confidence)
    return found


@dataclass(frozen=True, slots=True)
class PaymentFailures(Result):
    """Why payments failed, most frequent first (支付失败原因).

    Attributes
    ----------
    failure_rate : Ratio
        Failed over attempted payments.
    causes : tuple of str
        By frequency, ties in the order given.
    shares : tuple of Ratio
        Of each cause among all failures, with interval.
    lost_money : tuple of float
        Failures of the cause times the order value; zero without one.
    """

    failure_rate: Ratio
    causes: tuple[str, ...]
    shares: tuple[Ratio, ...]
    lost_money: tuple[float, ...]


def payment_failures(
    causes: Mapping[str, int], attempts: int, *, order_value: float = 0.0, confidence: float = CONFIDENCE
) -> PaymentFailures:
    """Return payment failures by cause (支付失败原因) with shares, intervals and the money they cost.

    Parameters
    ----------
    causes : mapping of str to int
        Failures by cause (balance, risk control, timeout ...), at most 100 causes.
    attempts : int
        Payments tried, at least the failures.
    order_value : float
        Mean value of an order, >= 0.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    PaymentFailures
        Causes by frequency.

    Raises
    ------
    InputError
        If a count is negative or the failures exceed the attempts.

    Notes
    -----
    Failures that the buyer repaired by trying again are failures of the attempt, not lost orders: then the money is
    an upper bound. Source: own definition.

    Examples
    --------
    >>> found = payment_failures({"timeout": 30, "balance": 50, "risk": 20}, 2000, order_value=190.0)
    >>> found.causes, found.shares[0].value, found.failure_rate.value
    (('balance', 'timeout', 'risk'), 0.5, 0.05)
    """
    at_most("causes", mapping("causes", causes), 100, "causes")
    number("order_value", order_value, low=0.0)
    counted = {name: number(f"causes.{name}", count, low=0.0) for name, count in causes.items()}
    ranked = sorted(counted, key=lambda name: -counted[name])
    failed = sum(counted.values())
    share = Meaning("failures", "attempts", "order", "no_attempts")
    within = Meaning("cause", "failures", "order", "no_failures")
    return PaymentFailures(
        failure_rate=of_counts(share, failed, attempts, confidence),
        causes=tuple(ranked),
        shares=tuple(of_counts(within, counted[name], failed, confidence) for name in ranked),
        lost_money=tuple(counted[name] * order_value for name in ranked),
    )
