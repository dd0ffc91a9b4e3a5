"""Which method held its service level: reorder points fitted on the past, tried on what came after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._checks import fail, integer, number, one_of
from shopcore.inventory._fields import ByValue
from shopcore.inventory._intermittent import history
from shopcore.inventory._reorder_point import reorder_point
from shopcore.inventory._values import DISTRIBUTIONS, Demand, Distribution, LeadTime, Service
from shopcore.models._result import Result
from shopcore.typing import FloatLike

METHODS: Final[tuple[Distribution, ...]] = ("normal", "poisson", "negative_binomial", "gamma", "empirical")

__all__ = ["Backtest", "BacktestLine", "backtest"]


@dataclass(frozen=True, slots=True)
class BacktestLine:
    """One method at one target: what it achieved on periods it had not seen."""

    method: str
    target: float
    cycle_service: float
    units_covered: float
    mean_level: float


@dataclass(frozen=True, slots=True, eq=False)
class Backtest(ByValue, Result):
    """Achieved service by method and target.

    Attributes
    ----------
    lines : tuple of BacktestLine
        For each target and method: mean share of windows without a stock-out, share of units covered, and the mean
        reorder point it took.
    skus, windows : int
        How much was tried: SKUs with demand in the past, and windows of each.
    """

    lines: tuple[BacktestLine, ...]
    skus: int
    windows: int

    def best(self, target: float) -> BacktestLine | None:
        """Return the cheapest method that held the target; None if none did."""
        held = [line for line in self.lines if line.target == target and line.cycle_service >= target]
        return min(held, key=lambda line: (line.mean_level, line.method)) if held else None


def backtest(
    series: FloatLike,
    *,
    lead_time: int,
    train: int,
    targets: Sequence[float] = (0.95, 0.99),
    methods: Sequence[Distribution] = METHODS,
) -> Backtest:
    """Return which method held its cycle service level on periods it had not seen (回测).

    Parameters
    ----------
    series : array, shape (SKUs, periods) or (periods,)
        Units per period, >= 0.
    lead_time : int
        Periods from order to stock, >= 1.
    train : int
        Periods the levels are fitted on; the rest tests them in rolling windows of the lead time.
    targets : sequence of float
        Cycle service levels, in (0, 1).
    methods : sequence of str
        Distributions of `Demand`.

    Returns
    -------
    Backtest
        One line per target and method.

    Raises
    ------
    InputError
        If fitting or testing has fewer periods than the lead time.

    Notes
    -----
    Mean and sample deviation of the fitted periods, over the lead time by `reorder_point`; SKUs without demand in
    them are left out. Windows overlap, so that they are not independent. Source: Kolassa (2016), on testing levels.

    Examples
    --------
    >>> import numpy as np
    >>> from shopcore.inventory import backtest
    >>> sales = np.random.default_rng(7).negative_binomial(0.6, 0.2, size=(400, 60))
    >>> found = backtest(sales, lead_time=2, train=36, methods=["normal", "poisson", "gamma"], targets=[0.99])
    >>> [(line.method, round(line.cycle_service, 2)) for line in found.lines]
    [('normal', 0.95), ('poisson', 0.89), ('gamma', 0.98)]
    """
    lead = integer("lead_time", lead_time, low=1)
    seen = np.atleast_2d(history("series", series))
    fitted = integer("train", train, low=lead + 1)
    if seen.shape[1] - fitted < lead:
        fail("train", train, f"at least {lead} periods fewer than the series has", reason="too_long")
    past, later = seen[:, :fitted], seen[:, fitted:]
    some = past.sum(axis=1) > 0.0
    past, later = past[some], later[some]
    total = np.cumsum(np.concatenate([np.zeros((later.shape[0], 1)), later], axis=1), axis=1)
    windows = total[:, lead:] - total[:, :-lead]
    lines = tuple(
        _line(one_of("methods", method, DISTRIBUTIONS), number("targets", target), past, windows, lead)
        for target in targets
        for method in methods
    )
    return Backtest(lines, int(past.shape[0]), int(windows.shape[1]))


def _line(method: Distribution, target: float, past: Any, windows: Any, lead: int) -> BacktestLine:
    demand = Demand.from_samples(past, distribution=method)
    if past.shape[0] == 0:
        return BacktestLine(method, target, 1.0, 1.0, 0.0)
    level = np.asarray(reorder_point(demand, LeadTime(float(lead)), Service.cycle(target)).reorder_point)[:, None]
    units = float(windows.sum())
    covered = float(np.minimum(windows, np.maximum(level, 0.0)).sum())
    return BacktestLine(
        method, target, float(np.mean(windows <= level)), covered / units if units > 0.0 else 1.0, float(level.mean())
    )
