"""Demand given by the probability of every count: any distribution, exact sums over several periods."""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import UNIT, floats
from shopcore._checks import fail, fail_limit, instance, number
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._fields import ByValue, read_only, set_fields
from shopcore.inventory._service import ask, demand_of, kinds_of
from shopcore.inventory._values import Demand, LeadTime
from shopcore.typing import FloatArray

MAX_UNITS: Final = 200_000
SUM_WITHIN: Final = 1e-9
CUT: Final = 1e-15

__all__ = ["Pmf"]


@dataclass(frozen=True, slots=True, eq=False)
class Pmf(ByValue):
    """The demand of one period as the probability of 0, 1, 2 ... units (需求分布).

    Parameters
    ----------
    probabilities : array, shape (n,)
        Each in [0, 1], summing to 1 within 1e-9; the position is the number of units.

    Raises
    ------
    InputError
        If they do not sum to 1.

    Examples
    --------
    >>> demand = Pmf([0.5, 0.3, 0.2])
    >>> round(demand.mean, 3), round(float(demand.loss(1)), 3)
    (0.7, 0.2)
    """

    probabilities: FloatArray = dataclass_field(repr=False)

    def __post_init__(self) -> None:
        given = floats("probabilities", self.probabilities, UNIT)
        if given.ndim != 1 or given.size == 0:
            fail("probabilities", list(given.shape), "of shape (n,) with at least one", reason="shape")
        if given.size > MAX_UNITS:
            fail_limit("probabilities", given.size, MAX_UNITS, "units", reason="too_many_units")
        total = float(given.sum())
        if abs(total - 1.0) > SUM_WITHIN:
            fail("probabilities", total, "of sum 1", reason="sum")
        set_fields(self, probabilities=read_only(given / total))

    @classmethod
    def poisson(cls, mean: float) -> Pmf:
        """Return a Poisson demand, as far as its probabilities are above 1e-15.

        Examples
        --------
        >>> round(Pmf.poisson(6).mean, 9)
        6.0
        """
        mean = number("mean", mean, low=0.0, high=0.5 * MAX_UNITS)
        return cls.of(Demand(mean, distribution="poisson"))

    @classmethod
    def of(cls, demand: Demand, *, periods: float = 1.0) -> Pmf:
        """Return the demand of some periods by its probabilities: counts as they are, others by whole units.

        Examples
        --------
        >>> round(Pmf.of(Demand(4, 3, "negative_binomial")).mean, 6)
        4.0
        """
        instance("demand", demand, Demand)
        asked = ask(demand, LeadTime(number("periods", periods, low=0.0)), None, 0.0)
        kinds = kinds_of(asked, None)
        if not isinstance(kinds, int):
            fail("demand.mean", demand.mean, "one number, not an array", reason="shape")
        over = demand_of(asked, kinds)
        mean, sd = float(np.mean(demand.mean)) * periods, float(np.mean(demand.sd)) * math.sqrt(periods)
        bound = _bound(over, mean + 12.0 * sd + 40.0)
        # Fractions of a unit are rounded to the nearest one; counts have no mass in between.
        edges = np.arange(-0.5, bound + 1.0) if kinds not in ltd.DISCRETE else np.arange(-1.0, bound + 0.5)
        tails = np.asarray(over.tail(edges), dtype=np.float64)
        tails[0], tails[-1] = 1.0, 0.0
        return cls(np.clip(-np.diff(tails), 0.0, 1.0))

    @property
    def mean(self) -> float:
        """Mean units per period."""
        return float(self.probabilities @ np.arange(self.probabilities.size))

    @property
    def sd(self) -> float:
        """Standard deviation of one period."""
        centred = np.arange(self.probabilities.size) - self.mean
        return math.sqrt(float(self.probabilities @ (centred * centred)))

    def times(self, periods: int) -> Pmf:
        """Return the demand of a whole number of periods, independent of each other.

        Examples
        --------
        >>> Pmf([0.5, 0.5]).times(2).probabilities.tolist()
        [0.25, 0.5, 0.25]
        """
        if (self.probabilities.size - 1) * periods >= MAX_UNITS:
            fail_limit("periods", (self.probabilities.size - 1) * periods, MAX_UNITS, "units", reason="too_many_units")
        result, power = np.ones(1), self.probabilities
        while periods:
            if periods & 1:
                result = np.convolve(result, power)
            periods >>= 1
            power = np.convolve(power, power) if periods else power
        return Pmf(result)

    def quantile(self, probability: Any) -> Any:
        """Return the smallest count whose cumulated probability reaches `probability`."""
        reached = np.cumsum(self.probabilities)
        found = np.searchsorted(reached, np.asarray(probability) * dist.REACHED - CUT, side="left")
        return np.minimum(found, self.probabilities.size - 1).astype(np.float64)

    def tail(self, x: Any) -> Any:
        """Return P(demand > x)."""
        above = np.append(np.cumsum(self.probabilities[::-1])[::-1], 0.0)
        index = np.clip(np.floor(np.asarray(x, dtype=np.float64)) + 1.0, 0, self.probabilities.size)
        return above[index.astype(np.intp)]

    def loss(self, x: Any) -> Any:
        """Return the expected demand above x, for any real x."""
        x = np.asarray(x, dtype=np.float64)
        above = np.append(np.cumsum(self.probabilities[::-1])[::-1], 0.0)
        # The loss at k is the sum of the tails P(demand > j) for j >= k.
        losses = np.append(np.cumsum(above[1:][::-1])[::-1], 0.0)
        k = np.clip(np.floor(x), 0, self.probabilities.size - 1).astype(np.intp)
        found = losses[k] - np.maximum(x - k, 0.0) * above[k + 1]
        return np.where(x < 0.0, self.mean - x, np.maximum(found, 0.0))[()]


def _bound(over: Any, start: float) -> int:
    top = max(start, 1.0)
    while float(np.asarray(over.tail(np.asarray(top)))) > CUT:
        top *= 1.5
        if top > MAX_UNITS:
            fail_limit("demand", int(top), MAX_UNITS, "units", reason="too_many_units")
    if top > MAX_UNITS:
        fail_limit("demand", int(top), MAX_UNITS, "units", reason="too_many_units")
    return math.ceil(top)
