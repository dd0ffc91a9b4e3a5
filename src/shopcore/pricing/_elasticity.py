"""How quantity answers to price: fits with their interval and with what they cannot know; never a float on money."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from shopcore._checks import fail, number, one_of
from shopcore.models._result import Result

if TYPE_CHECKING:
    from shopcore.typing import FloatArray, FloatLike

__all__ = ["DemandFit", "arc_elasticity", "fit_demand", "logit_elasticity"]

DemandForm: TypeAlias = Literal["loglog", "linear", "logit", "poisson"]
FORMS: Final[tuple[DemandForm, ...]] = ("loglog", "linear", "logit", "poisson")
MAX_POINTS: Final = 10_000_000
NEVER_KNOWN: Final = "prices_were_not_random"
NOTES: Final = {
    NEVER_KNOWN: "prices were set, not drawn: what changed with them (season, promotion, stock-outs) is in the figure",
    "few_prices": "fewer than five different prices",
    "narrow_prices": "highest and lowest price differ by less than a tenth",
    "wide_interval": "the interval holds -1: whether a higher price earns more or less revenue is open",
    "overdispersed": "counts vary more than Poisson ones; the interval is widened accordingly",
}


@dataclass(frozen=True, slots=True)
class DemandFit(Result):
    """Demand fitted to prices and quantities, or the reason why none was.

    Attributes
    ----------
    form : str
        ``loglog``: ln q = a + e ln p; ``poisson``: the same for counts with zeros; ``linear``: q = a + b p;
        ``logit``: ln(s / (1 - s)) = a + b p for shares s.
    elasticity, se, low, high : float or None
        Per cent of quantity for a per cent of price, at the mean price for ``linear`` and ``logit``; standard error and
        interval. None where the fit is refused.
    confidence : float
        Nominal coverage of the interval.
    slope, intercept, slope_se, r2 : float or None
        Of the fitted line (for ``poisson`` `r2` is the share of deviance explained).
    n : int
        Points.
    price_low, price_high, price_mean : float
        Prices seen; outside them everything is extrapolation.
    reason : str or None
        Why there is no elasticity: ``"too_few"``, ``"one_price"``, ``"zero_quantity"`` (use ``form="poisson"``),
        ``"price_follows_demand"`` (quantity rises with price, or price was set after quantity), ``"no_convergence"``.
    notes : tuple of str
        What weakens the figure, as codes.
    """

    form: DemandForm
    elasticity: float | None
    se: float | None
    low: float | None
    high: float | None
    confidence: float
    slope: float | None
    intercept: float | None
    slope_se: float | None
    r2: float | None
    n: int
    price_low: float
    price_high: float
    price_mean: float
    reason: str | None = None
    notes: tuple[str, ...] = ()

    def quantity(self, price: float) -> float:
        """Return the quantity (for ``logit`` the share) predicted at a price; never below zero.

        Raises
        ------
        InputError
            If the fit was refused or the price is not positive.
        """
        number("price", price, low=0, low_open=True)
        if self.slope is None or self.intercept is None:
            fail("demand", self.reason, "a fit that was not refused", reason="refused")
        if self.form == "linear":
            return max(0.0, self.intercept + self.slope * price)
        if self.form == "logit":
            return 1 / (1 + math.exp(-(self.intercept + self.slope * price)))
        return math.exp(self.intercept + self.slope * math.log(price))

    def explain(self) -> str:
        """Return the elasticity with its interval and what weakens it."""
        if self.elasticity is None or self.low is None or self.high is None:
            return f"no elasticity from {self.n} points: {self.reason}"
        interval = f"{self.confidence:.0%} interval {self.low:.3f} to {self.high:.3f}"
        source = f"({self.form}, {self.n} points, prices {self.price_low:g} to {self.price_high:g})"
        head = f"elasticity {self.elasticity:.3f}, {interval} {source}"
        return "\n".join([head, *(NOTES[note] for note in self.notes)])


def fit_demand(
    price: FloatLike,
    quantity: FloatLike,
    *,
    form: DemandForm = "loglog",
    controls: FloatLike | None = None,
    confidence: float = 0.95,
    in_time_order: bool = False,
) -> DemandFit:
    """Return demand and its price elasticity (价格弹性) from prices charged and quantities sold.

    Parameters
    ----------
    price : array, shape (n,)
        Positive prices in any unit.
    quantity : array, shape (n,)
        Units sold, zero or positive; shares in (0, 1) for ``form="logit"``.
    form : {"loglog", "linear", "logit", "poisson"}
        ``loglog`` refuses zeros, since dropping them biases the figure; ``poisson`` takes them.
    controls : array, shape (n, k), optional
        Other causes (promotion, season), one column each, held constant.
    confidence : float
        Coverage of the interval, in (0, 1).
    in_time_order : bool
        Whether the points are in time order; then the fit is refused where the last quantity moved the next price.

    Returns
    -------
    DemandFit
        Elasticity with interval, or a reason.

    Notes
    -----
    Ordinary least squares with intercept and classical standard errors, Student's t on n - k degrees of freedom;
    ``poisson`` by iterated weighted least squares, errors scaled by Pearson's dispersion where that is above 1.
    Source: Wooldridge, Introductory Econometrics, 7th edition, chapters 2, 4 and 17.

    Examples
    --------
    >>> fit = fit_demand([9.99, 10.99, 11.99, 12.99, 13.99], [412, 355, 301, 262, 229])
    >>> print(fit.explain())  # doctest: +ELLIPSIS
    elasticity -1.757, 95% interval -1.853 to -1.661 (loglog, 5 points, prices 9.99 to 13.99)
    prices were set...
    """
    import numpy as np

    from shopcore._arrays import NON_NEGATIVE, OPEN_UNIT, POSITIVE, check_rows, floats

    one_of("form", form, FORMS)
    number("confidence", confidence, low=0, high=1, low_open=True, high_open=True)
    p, q = (
        floats("price", price, POSITIVE),
        floats("quantity", quantity, OPEN_UNIT if form == "logit" else NON_NEGATIVE),
    )
    if p.ndim != 1 or q.shape != p.shape or not p.size:
        fail("quantity", np.shape(quantity), f"one for each price, shape {np.shape(price)}", reason="shape")
    check_rows("price", p.size, MAX_POINTS)
    others = np.empty((p.size, 0)) if controls is None else floats("controls", controls).reshape(p.size, -1)
    reason = _refusal(p, q, others.shape[1], form)
    if reason is None and in_time_order and _price_follows(p, q):
        reason = "price_follows_demand"
    empty = DemandFit(
        form,
        None,
        None,
        None,
        None,
        confidence,
        None,
        None,
        None,
        None,
        int(p.size),
        float(p.min()),
        float(p.max()),
        float(p.mean()),
        reason,
    )
    return empty if reason is not None else _fitted(empty, p, q, others)


def _refusal(p: FloatArray, q: FloatArray, extra: int, form: DemandForm) -> str | None:
    if p.size < 3 + extra:
        return "too_few"
    if p.min() == p.max():
        return "one_price"
    if form == "loglog" and q.min() == 0:
        return "zero_quantity"
    return "zero_quantity" if q.max() == 0 else None


def _fitted(empty: DemandFit, p: FloatArray, q: FloatArray, others: FloatArray) -> DemandFit:
    from dataclasses import replace

    import numpy as np
    from scipy.special import stdtrit

    form = empty.form
    x = np.log(p) if form in ("loglog", "poisson") else p
    design = np.column_stack([np.ones_like(x), x, others])
    y = np.log(q) if form == "loglog" else np.log(q / (1 - q)) if form == "logit" else q
    solved = _poisson(design, q) if form == "poisson" else _least_squares(design, y)
    if solved is None:
        return replace(empty, reason="no_convergence")
    coefficients, errors, r2, spread = solved
    # Controls enter predictions at their means.
    intercept = float(coefficients[0] + others.mean(axis=0) @ coefficients[2:])
    slope, slope_se = float(coefficients[1]), float(errors[1])
    factor = _factor(form, empty.price_mean, intercept, slope, float(q.mean()))
    elasticity, se = slope * factor, slope_se * abs(factor)
    if elasticity > 0:
        return replace(empty, reason="price_follows_demand")
    reach = float(stdtrit(p.size - design.shape[1], 0.5 + empty.confidence / 2)) * se
    fit = replace(
        empty,
        elasticity=elasticity,
        se=se,
        low=elasticity - reach,
        high=elasticity + reach,
        slope=slope,
        intercept=intercept,
        slope_se=slope_se,
        r2=r2,
    )
    return replace(fit, notes=_notes(fit, len(np.unique(p)), spread))


def _factor(form: DemandForm, mean: float, intercept: float, slope: float, quantity: float) -> float:
    # What a slope is multiplied by to be an elasticity at the mean price.
    if form == "linear":
        return mean / quantity
    if form == "logit":
        return mean * (1 - 1 / (1 + math.exp(-(intercept + slope * mean))))
    return 1.0


def _notes(fit: DemandFit, prices: int, spread: float) -> tuple[str, ...]:
    found = [NEVER_KNOWN]
    if prices < 5:
        found.append("few_prices")
    if fit.price_high < 1.1 * fit.price_low:
        found.append("narrow_prices")
    if fit.low is not None and fit.high is not None and fit.low < -1 < fit.high:
        found.append("wide_interval")
    if spread > 1:
        found.append("overdispersed")
    return tuple(found)


Solved: TypeAlias = "tuple[Any, Any, float | None, float]"


def _least_squares(design: FloatArray, y: FloatArray) -> Solved | None:
    import numpy as np

    coefficients, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    if rank < design.shape[1]:
        return None
    if not np.ptp(y):
        # A flat line is exactly flat: floating point would lean it to one side or the other.
        coefficients = np.array([y[0], *np.zeros(design.shape[1] - 1)])
    rest = y - design @ coefficients
    free = len(y) - design.shape[1]
    variance = float(rest @ rest) / free if free else 0.0
    errors = np.sqrt(np.maximum(variance * np.diag(np.linalg.inv(design.T @ design)), 0))
    total = float(((y - y.mean()) ** 2).sum())
    return coefficients, errors, (1 - float(rest @ rest) / total) if total else None, 0.0


def _poisson(design: FloatArray, counts: FloatArray) -> Solved | None:
    import numpy as np
    from scipy.special import xlogy

    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    mean = (counts + counts.mean()) / 2
    coefficients = np.zeros(design.shape[1])
    for _ in range(100):
        weighted = design * mean[:, None]
        working = np.log(mean) + (counts - mean) / mean
        new = np.linalg.solve(design.T @ weighted, weighted.T @ working)
        done = bool(np.abs(new - coefficients).max() < 1e-10 * (1 + np.abs(new).max()))
        coefficients, mean = new, np.exp(np.clip(design @ new, -300, 300))
        if done:
            break
    else:
        return None
    free = max(len(counts) - design.shape[1], 1)
    spread = float(((counts - mean) ** 2 / mean).sum()) / free
    covariance = np.linalg.inv(design.T @ (design * mean[:, None]))
    errors = np.sqrt(np.diag(covariance) * max(spread, 1.0))
    left = 2 * float((xlogy(counts, counts / mean) - counts + mean).sum())
    whole = 2 * float(xlogy(counts, counts / counts.mean()).sum())
    return coefficients, errors, (1 - left / whole) if whole else None, spread


def _price_follows(p: FloatArray, q: FloatArray) -> bool:
    # Whether the quantity before moves the next price, given the price before: one regression, 1 % level.
    import numpy as np
    from scipy.special import stdtrit

    if p.size < 8 or np.ptp(q) == 0:
        return False
    solved = _least_squares(np.column_stack([np.ones(p.size - 1), p[:-1], q[:-1]]), p[1:])
    if solved is None or solved[1][2] == 0:
        return False
    return bool(solved[0][2] / solved[1][2] > stdtrit(p.size - 4, 0.99))


def arc_elasticity(price_0: float, quantity_0: float, price_1: float, quantity_1: float) -> float | None:
    """Return the elasticity between two points by the midpoint formula (弧弹性); None where it is undefined.

    Parameters
    ----------
    price_0, price_1 : float
        Positive.
    quantity_0, quantity_1 : float
        Zero or positive.

    Notes
    -----
    (change of quantity / mean quantity) / (change of price / mean price). Two points have no interval.

    Examples
    --------
    >>> round(arc_elasticity(10, 100, 12, 80), 6)
    -1.222222
    """
    for name, value in (("price_0", price_0), ("price_1", price_1)):
        number(name, value, low=0, low_open=True)
    for name, value in (("quantity_0", quantity_0), ("quantity_1", quantity_1)):
        number(name, value, low=0)
    if price_0 == price_1 or quantity_0 + quantity_1 == 0:
        return None
    quantity = (quantity_1 - quantity_0) / (quantity_1 + quantity_0)
    return quantity / ((price_1 - price_0) / (price_1 + price_0))


def logit_elasticity(price_coefficient: float, price: float, share: float) -> float:
    """Return the own-price elasticity of a logit share: -b x price x (1 - share).

    Parameters
    ----------
    price_coefficient : float
        b of utility a - b x price; positive.
    price : float
        Positive.
    share : float
        In [0, 1].

    Notes
    -----
    Source: Train, Discrete Choice Methods with Simulation, 2nd edition 2009, section 3.6.

    Examples
    --------
    >>> logit_elasticity(0.5, 4, 0.2)
    -1.6
    """
    number("price_coefficient", price_coefficient, low=0)
    number("price", price, low=0)
    return -price_coefficient * price * (1 - number("share", share, low=0, high=1))
