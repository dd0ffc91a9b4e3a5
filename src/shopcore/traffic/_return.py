"""Two returns on spend that must not be mixed up: what was credited, and what an experiment showed was added."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, isfinite

from shopcore._checks import fail, number
from shopcore._intervals import normal_quantile
from shopcore.models._ratio import Ratio
from shopcore.models._result import Result


@dataclass(frozen=True, slots=True)
class AttributedReturn(Result):
    """Credited value over spend (归因投产比): not what the spend caused.

    Attributes
    ----------
    ratio : Ratio
        Without a value where nothing was spent (``"no_spend"``).
    rule : str
        The rule of the credit.
    """

    ratio: Ratio
    rule: str

    @classmethod
    def of(cls, value: float, spend: float, rule: str) -> AttributedReturn:
        """Return the credited value over the spend."""
        none = spend == 0.0
        ratio = Ratio(None if none else value / spend, value, spend, reason="no_spend" if none else None, basis="money")
        return cls(ratio, rule)


@dataclass(frozen=True, slots=True)
class IncrementalReturn(Result):
    """What spend added, by experiment, over spend (增量投产比).

    Attributes
    ----------
    ratio : Ratio
        With a normal interval where standard errors were given.
    added : float
        Revenue of the treated beyond what the control says they would have brought.
    """

    ratio: Ratio
    added: float

    def explain(self) -> str:
        """Return the added revenue and the ratio in words."""
        return f"added {self.added:.6g}: {self.ratio.explain()}"


def incremental_return(
    treated_revenue: float,
    control_revenue: float,
    spend: float,
    *,
    scale: float = 1.0,
    treated_se: float | None = None,
    control_se: float | None = None,
    confidence: float = 0.95,
) -> IncrementalReturn:
    """Return the incremental return on ad spend (增量投产比) of a holdout or geo test.

    Whether sales came because of the ads. A group without ads, scaled to the size of the treated, says what would
    have been sold anyway.

    Parameters
    ----------
    treated_revenue, control_revenue : float
        Revenue of people (or regions) with and without the ads, >= 0.
    spend : float
        Spend on the treated, >= 0.
    scale : float
        Size of the treated over size of the control, > 0.
    treated_se, control_se : float, optional
        Standard errors of the two revenues; both or none.
    confidence : float
        Coverage of the interval, in (0, 1).

    Returns
    -------
    IncrementalReturn
        May be negative; without a value (``"no_spend"``) where nothing was spent.

    Raises
    ------
    InputError
        If a number is out of range, or one standard error is given without the other.

    Notes
    -----
    ``(treated - scale control) / spend``; spend is known, so only the revenues vary.
    Source: Kerman, Wang, Vaver 2017, Estimating ad effectiveness using geo experiments.

    Examples
    --------
    >>> incremental_return(52_000.0, 11_000.0, 4000.0, scale=4.0, treated_se=900.0, control_se=300.0).explain()
    'added 8000: 2 = 8000 / 4000, 95% interval 1.26501 to 2.73499 (normal)'
    """
    values = (("treated_revenue", treated_revenue), ("control_revenue", control_revenue), ("spend", spend))
    treated, control, cost = (number(name, value, low=0.0) for name, value in values)
    factor = number("scale", scale, low=0.0, low_open=True)
    added = treated - factor * control
    if not isfinite(added):
        fail("scale", scale, "such that the revenues stay finite", reason="range")
    if cost == 0.0:
        return IncrementalReturn(Ratio(None, added, 0.0, reason="no_spend", basis="money"), added)
    if treated_se is None and control_se is None:
        return IncrementalReturn(Ratio(added / cost, added, cost, basis="money"), added)
    errors = number("treated_se", treated_se, low=0.0), number("control_se", control_se, low=0.0)
    half = normal_quantile(confidence) * hypot(errors[0], factor * errors[1]) / cost
    if not isfinite(half) or not isfinite(added / cost):
        fail("scale", scale, "such that the return is a finite float", reason="range")
    middle = added / cost
    ratio = Ratio(middle, added, cost, middle - half, middle + half, confidence, "normal", None, "money")
    return IncrementalReturn(ratio, added)
