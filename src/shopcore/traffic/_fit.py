"""Response curves from history, with intervals that say how little a narrow history tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np

from shopcore._arrays import ANY, NON_NEGATIVE, floats
from shopcore._checks import number, one_of
from shopcore._intervals import confidence_level, t_quantile
from shopcore.errors import ShapeError
from shopcore.models._result import Result
from shopcore.traffic._campaign import Estimate
from shopcore.traffic._curves import HillCurve, LogCurve, PowerCurve
from shopcore.traffic._ratio import CONFIDENCE
from shopcore.typing import FloatArray, FloatLike

Kind = Literal["log", "power", "hill"]
PARAMETERS: Final = {"log": ("size", "scale"), "power": ("size", "exponent"), "hill": ("top", "half_point", "shape")}
_WIDE: Final = np.log(1e3)
_DEEP: Final = np.log(1e-9)


@dataclass(frozen=True, slots=True)
class ResponseFit(Result):
    """A response curve drawn through history (响应曲线拟合).

    Attributes
    ----------
    kind : str
        ``"log"``, ``"power"`` or ``"hill"``.
    curve : LogCurve, PowerCurve or HillCurve, or None
        None where nothing could be fitted.
    baseline : Estimate or None
        Response without spend, where it was asked for.
    parameters : dict of str to Estimate
        With intervals that stay above zero; without bounds unless the status is ``"interior"``.
    residual_sd : float or None
        Scatter of the response around the curve.
    r_squared : float or None
        Share of the scatter that the curve explains.
    rows : int
        Periods used.
    status : str
        ``"interior"``; ``"boundary"`` where a parameter ran to the end of its range, so that the history does not
        tell it; ``"degenerate"`` where there are too few different spends or no response at all.
    confidence : float
        Of the intervals.
    covariance : tuple of tuple of float, or None
        Of the logarithms of the parameters.
    """

    kind: str
    curve: LogCurve | PowerCurve | HillCurve | None
    baseline: Estimate | None
    parameters: dict[str, Estimate]
    residual_sd: float | None
    r_squared: float | None
    rows: int
    status: str
    confidence: float
    covariance: tuple[tuple[float, ...], ...] | None = field(default=None, repr=False)

    def marginal_at(self, spend: float) -> Estimate | None:
        """Return what one more unit of money brings at a spend, with its interval; None without a curve.

        The interval is made by the delta method on the logarithm, so it stays above zero.
        """
        at = number("spend", spend, low=0.0, low_open=True)
        if self.curve is None:
            return None
        values = np.array([each.value for each in self.parameters.values()])
        middle = _slope(self.kind, values, at)
        if self.covariance is None or middle <= 0.0:
            return Estimate(middle)
        steps = np.log(values) + 1e-5 * np.eye(values.size)
        back = np.log(values) - 1e-5 * np.eye(values.size)
        rise = [
            np.log(_slope(self.kind, np.exp(up), at) / _slope(self.kind, np.exp(down), at)) / 2e-5
            for up, down in zip(steps, back, strict=True)
        ]
        se = float(np.sqrt(np.array(rise) @ np.array(self.covariance) @ np.array(rise)))
        half = float(t_quantile(self.confidence, self.rows - values.size - (self.baseline is not None))) * se
        return Estimate(middle, middle * float(np.exp(-half)), middle * float(np.exp(half)))


def _shape(kind: str, inner: FloatArray, x: FloatArray) -> FloatArray:
    """Return the curve of size one; `inner` are its parameters after the size."""
    found: FloatArray
    with np.errstate(divide="ignore", over="ignore"):
        if kind == "log":
            found = np.log1p(x / inner[0])
        elif kind == "power":
            found = np.power(x, inner[0])
        else:
            found = 1.0 / (1.0 + (inner[0] / x) ** inner[1])
    return found


def _slope(kind: str, values: FloatArray, at: float) -> float:
    # The slope of the curve itself: an S-shaped curve's envelope would hide its flat foot.
    if kind == "log":
        return float(values[0] / (values[1] + at))
    if kind == "power":
        return float(values[0] * values[1] * at ** (values[1] - 1.0))
    share = float(_shape(kind, values[1:], np.array(at)))
    return float(values[0] * values[2] / at * share * (1.0 - share))


def fit_response(
    spend: FloatLike,
    response: FloatLike,
    *,
    kind: Kind = "log",
    baseline: Literal["none", "fitted"] = "none",
    confidence: float = CONFIDENCE,
) -> ResponseFit:
    """Return the response curve of a channel from its history (响应曲线拟合), with honest intervals.

    History shows only the spends that were made, and they rose when sales were expected to rise: a fit is a guess to
    be tested by an experiment. A parameter the history cannot tell is said to be at its boundary, not made up.

    Parameters
    ----------
    spend : array, shape (n,)
        Of each period, >= 0; after adstock where the effect lasts.
    response : array, shape (n,)
        Of the same periods.
    kind : {"log", "power", "hill"}
        Form of the curve.
    baseline : {"none", "fitted"}
        Whether sales without spend are part of the response.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    ResponseFit
        Curve, parameters with intervals, and a status.

    Raises
    ------
    InputError
        If a number is out of range; ShapeError if the columns differ in length.

    Notes
    -----
    Least squares in the logarithms of the parameters, in units of the largest spend and response, started from a
    grid; covariance from the Jacobian, Student's t. Scatter is taken as equal and independent over periods.
    Source: Bates and Watts 1988, Nonlinear regression analysis, ch. 2.

    Examples
    --------
    >>> spend = [100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0]
    >>> found = fit_response(spend, [69, 110, 161, 220, 283, 350], kind="log")
    >>> found.status, round(found.parameters["size"].value)
    ('interior', 100)
    """
    one_of("kind", kind, tuple(PARAMETERS))
    one_of("baseline", baseline, ("none", "fitted"))
    level = confidence_level(confidence)
    x, y = floats("spend", spend, NON_NEGATIVE), floats("response", response, ANY)
    if x.ndim != 1 or x.shape != y.shape:
        raise ShapeError("spend and response must be columns of one length", argument="response", reason="shape")
    size = len(PARAMETERS[kind]) + (baseline == "fitted")
    if np.unique(x).size < size or x.size <= size or not np.ptp(y) + np.abs(y).max(initial=0.0) > 0.0:
        return ResponseFit(kind, None, None, {}, None, None, int(x.size), "degenerate", level)
    return _History(x, y, kind, baseline == "fitted", level).fit()


def _range(kind: str) -> tuple[list[float], list[float]]:
    if kind == "power":
        return [_DEEP, float(np.log(0.01))], [_WIDE, 0.0]
    low, high = [_DEEP, -float(_WIDE)], [2.0 * float(_WIDE), float(_WIDE)]
    return (low, high) if kind == "log" else ([*low, float(np.log(0.1))], [*high, float(np.log(10.0))])


def _grid(kind: str) -> list[FloatArray]:
    if kind == "power":
        return [np.log([p]) for p in (0.2, 0.5, 0.8)]
    points = np.log([0.03, 0.1, 0.3, 1.0, 3.0])
    return [np.array([p]) for p in points] if kind == "log" else [np.array([p, q]) for p in points for q in (-0.3, 0.6)]


@dataclass(frozen=True, slots=True)
class _History:
    x: FloatArray
    y: FloatArray
    kind: str
    based: bool
    level: float

    @property
    def units(self) -> tuple[float, float]:
        """The largest spend and response, in which everything is solved."""
        return float(self.x.max()), float(np.abs(self.y).max())

    def rest(self, p: FloatArray) -> FloatArray:
        """Return curve less response at logarithms of parameters, with the baseline at the end."""
        inner = np.exp(p[1 : p.size - self.based])
        found: FloatArray = np.exp(p[0]) * _shape(self.kind, inner, self.x / self.units[0]) - self.y / self.units[1]
        return found + p[-1] if self.based else found

    def start(self, inner: FloatArray) -> FloatArray:
        """Return the best size and baseline for given inner parameters, which are linear."""
        shape = _shape(self.kind, np.exp(inner), self.x / self.units[0])
        columns = np.stack([shape, np.ones_like(shape)], axis=1) if self.based else shape[:, None]
        linear = np.linalg.lstsq(columns, self.y / self.units[1], rcond=None)[0]
        return np.array([np.log(max(linear[0], 1e-6)), *inner, *linear[1:]])

    def solve(self) -> Any:
        """Return the least squares from the three best starts of the grid."""
        from scipy.optimize import least_squares

        low, high = _range(self.kind)
        bounds = (
            np.array([*low, -np.inf][: len(low) + self.based]),
            np.array([*high, np.inf][: len(high) + self.based]),
        )
        starts = sorted(map(self.start, _grid(self.kind)), key=lambda p: float((self.rest(p) ** 2).sum()))
        inside = [np.clip(p, bounds[0] + 1e-9, bounds[1] - 1e-9) for p in starts[:3]]
        tries = [least_squares(self.rest, p, "3-point", bounds, xtol=1e-12, ftol=1e-12, gtol=1e-12) for p in inside]
        return min(tries, key=lambda each: float(each.cost))

    def fit(self) -> ResponseFit:
        """Return the curve in the caller's units, and how sure its parameters are."""
        best = self.solve()
        names, (unit_x, unit_y) = PARAMETERS[self.kind], self.units
        inner = best.x[: len(names)]
        scale = np.ones(len(names))
        # The size of a power curve has the unit of the response over that of spend to its exponent.
        scale[0] = unit_y / (unit_x ** float(np.exp(inner[1])) if self.kind == "power" else 1.0)
        scale[1] = 1.0 if self.kind == "power" else unit_x
        values = [float(value) for value in np.exp(inner) * scale]
        covariance = self.covariance(best)
        spreads = [None] * best.x.size if covariance is None else self.half_widths(covariance)
        base = _around(float(best.x[-1]) * unit_y, None if spreads[-1] is None else spreads[-1] * unit_y)
        scatter = float(((self.y - self.y.mean()) ** 2).sum())
        left = 2.0 * float(best.cost) * unit_y**2
        return ResponseFit(
            kind=self.kind,
            curve={"log": LogCurve, "power": PowerCurve, "hill": HillCurve}[self.kind](*values),
            baseline=base if self.based else None,
            parameters={n: _times(v, h) for n, v, h in zip(names, values, spreads, strict=False)},
            residual_sd=float(np.sqrt(left / (self.y.size - best.x.size))),
            r_squared=1.0 - left / scatter if scatter else None,
            rows=int(self.y.size),
            status="boundary" if covariance is None else "interior",
            confidence=self.level,
            covariance=None if covariance is None else _rows(covariance[: len(names), : len(names)]),
        )

    def covariance(self, best: Any) -> FloatArray | None:
        """Return the covariance of the logarithms (and the baseline); None where a parameter is at its boundary."""
        inner = best.x[: len(PARAMETERS[self.kind])]
        low, high = (np.array(ends) for ends in _range(self.kind))
        information = best.jac.T @ best.jac
        if ((inner < low + 1e-4) | (inner > high - 1e-4)).any() or np.linalg.cond(information) > 1e14:
            return None
        found: FloatArray = 2.0 * best.cost / (self.y.size - best.x.size) * np.linalg.inv(information)
        if self.kind == "power":
            turn = np.eye(best.x.size)
            turn[0, 1] = -np.exp(inner[1]) * np.log(self.units[0])
            found = turn @ found @ turn.T
        return found

    def half_widths(self, covariance: FloatArray) -> list[float]:
        """Return half the width of each interval."""
        critical = float(t_quantile(self.level, self.y.size - covariance.shape[0]))
        return [critical * float(each) for each in np.sqrt(np.diag(covariance))]


def _around(value: float, half: float | None) -> Estimate:
    return Estimate(value) if half is None else Estimate(value, value - half, value + half)


def _times(value: float, half: float | None) -> Estimate:
    if half is None:
        return Estimate(value)
    wide = float(np.exp(min(half, 700.0)))
    return Estimate(value, value / wide, value * wide)


def _rows(matrix: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(each) for each in row) for row in matrix)
