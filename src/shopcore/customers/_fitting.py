"""Fits that always end: Newton steps in log-parameters inside a box, and a status that says where they ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._intervals import normal_quantile
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["Fit"]

FitStatus: TypeAlias = Literal["interior", "boundary", "degenerate"]
Evaluation: TypeAlias = tuple[float, FloatArray, FloatArray]
Evaluate: TypeAlias = Callable[[FloatArray], Evaluation]
Box: TypeAlias = tuple[FloatArray, FloatArray]

MAX_STEPS: Final = 200
LONGEST_STEP: Final = 2.0
SETTLED: Final = 1e-6  # of a log-parameter: beyond this a Newton step no longer changes the sixth digit
FLAT: Final = 1e-7  # of the log-likelihood per customer and unit of a log-parameter
UNKNOWN: Final = 1e-4  # curvature of the whole log-likelihood: a standard error of a hundred in a log-parameter
NEAR_RIM: Final = 3.0  # a factor of twenty: the numbers on the way to the rim are as arbitrary as the rim


@dataclass(frozen=True, slots=True)
class Fit(Result):
    """A fitted model, how the fit ended, and how sure its parameters are (模型拟合).

    Attributes
    ----------
    model : BgNbd, MbgNbd, ParetoNbd, BgBb, GammaGamma, Sbg or None
        The parameters; None where the data cannot support any.
    status : {"interior", "boundary", "degenerate"}
        An ordinary optimum; an optimum at the rim, where a parameter runs away because the data hold no trace of what
        it describes; or data without information.
    reason : str or None
        Why it is not interior: the parameters that run away, or what the data lack.
    log_likelihood : float
        In the caller's units of time and money; comparable between models of the same data.
    customers : float
        How many rows, or the sum of their weights.
    parameters : tuple of str
        Names in the order of the covariance.
    covariance : tuple of tuples or None
        Of the logarithms of the parameters; None unless the status is interior.
    gradient_norm : float
        Largest slope of the log-likelihood per customer in a log-parameter.
    steps : int
        Newton steps over the whole data.
    notes : tuple of str
        What was done to the data before, if anything.
    """

    model: Any
    status: FitStatus
    reason: str | None
    log_likelihood: float
    customers: float
    parameters: tuple[str, ...]
    covariance: tuple[tuple[float, ...], ...] | None
    gradient_norm: float
    steps: int
    notes: tuple[str, ...] = ()

    @property
    def standard_errors(self) -> dict[str, float] | None:
        """Standard errors of the parameters themselves (delta method); None unless interior."""
        if self.covariance is None:
            return None
        return {
            name: float(getattr(self.model, name) * self.covariance[place][place] ** 0.5)
            for place, name in enumerate(self.parameters)
        }

    def intervals(self, *, confidence: float = 0.95) -> dict[str, tuple[float, float]] | None:
        """Return an interval for each parameter, made on the log scale so that it stays positive."""
        z = normal_quantile(confidence)
        if self.covariance is None:
            return None
        found = {}
        for place, name in enumerate(self.parameters):
            value, half = getattr(self.model, name), z * self.covariance[place][place] ** 0.5
            found[name] = (float(value * np.exp(-half)), float(value * np.exp(half)))
        return found

    @property
    def aic(self) -> float:
        """Akaike's criterion: twice the parameters less twice the log-likelihood; smaller is better."""
        return 2.0 * len(self.parameters) - 2.0 * self.log_likelihood

    def explain(self) -> str:
        """Return in words what was fitted, how it ended, and the parameters with their standard errors."""
        if self.model is None:
            return f"no model: {self.reason}"
        errors = self.standard_errors or {}
        parts = [
            f"{name} {getattr(self.model, name):.4g}" + (f" (se {errors[name]:.2g})" if name in errors else "")
            for name in self.parameters
        ]
        end = "an ordinary optimum" if self.status == "interior" else f"{self.status}: {self.reason}"
        head = f"{type(self.model).__name__} of {self.customers:g} customers, {end}"
        return "\n".join([head, ", ".join(parts), *self.notes])


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the climb ended; `runaway` marks the parameters that had not settled."""

    point: FloatArray
    value: float
    gradient: FloatArray
    hessian: FloatArray
    runaway: tuple[int, ...]
    steps: int


def degenerate(parameters: tuple[str, ...], customers: float, reason: str, notes: tuple[str, ...] = ()) -> Fit:
    """Return the fit of data that hold no information."""
    return Fit(None, "degenerate", reason, float("nan"), customers, parameters, None, float("nan"), 0, notes)


def finished(
    make: Callable[..., Any],
    parameters: tuple[str, ...],
    customers: float,
    found: Optimum,
    notes: tuple[str, ...] = (),
) -> Fit:
    """Return the fit of an optimum, with covariance where it is interior."""
    values = np.exp(found.point)
    model = make(**{name: float(value) for name, value in zip(parameters, values, strict=True)})
    settled = not found.runaway
    covariance = None
    if settled:
        inverse = np.linalg.inv(-found.hessian)
        covariance = tuple(tuple(float(cell) for cell in row) for row in (inverse + inverse.T) / 2.0)
    return Fit(
        model=model,
        status="interior" if settled else "boundary",
        reason=None if settled else "runs away: " + ", ".join(parameters[place] for place in found.runaway),
        log_likelihood=float(found.value),
        customers=float(customers),
        parameters=parameters,
        covariance=covariance,
        gradient_norm=float(np.max(np.abs(found.gradient)) / customers),
        steps=found.steps,
        notes=notes,
    )


def climb(evaluate: Evaluate, start: FloatArray, box: Box, size: float, *, settled: float = SETTLED) -> Optimum:
    """Return the highest point of a log-likelihood inside a box of log-parameters.

    Newton steps whose curvature is made positive (so that a saddle is left), shortened until they gain; a parameter
    that presses against the box is held there.
    """
    point = np.clip(start, *box)
    value, gradient, hessian = evaluate(point)
    step = np.full(len(point), np.inf)
    count = 0
    for count in range(1, MAX_STEPS + 1):  # noqa: B007  # the number of steps is part of the answer
        step = _newton_step(point, gradient, hessian, box)
        if np.max(np.abs(step)) < settled or np.max(np.abs(gradient * (step != 0.0))) < FLAT * size * 1e-3:
            break
        moved = _shortened(evaluate, point, step, value, box)
        if moved is None:
            break
        point, (value, gradient, hessian) = moved
    return Optimum(point, value, gradient, hessian, _runaway(point, step, hessian, size, box), count)


def _newton_step(point: FloatArray, gradient: FloatArray, hessian: FloatArray, box: Box) -> FloatArray:
    low, high = box
    free = ~(((point <= low) & (gradient < 0.0)) | ((point >= high) & (gradient > 0.0)))
    step = np.zeros(len(point))
    if not free.any():
        return step
    roots, axes = np.linalg.eigh(-hessian[np.ix_(free, free)])
    size = np.maximum(np.abs(roots), 1e-14 * max(1.0, float(np.max(np.abs(roots)))))
    step[free] = axes @ ((axes.T @ gradient[free]) / size)
    longest = float(np.max(np.abs(step)))
    return step * (LONGEST_STEP / longest) if longest > LONGEST_STEP else step


def _shortened(evaluate: Evaluate, point: FloatArray, step: FloatArray, value: float, box: Box) -> Any:
    for halvings in range(30):
        candidate = np.clip(point + step * 0.5**halvings, *box)
        found = evaluate(candidate)
        if np.isfinite(found[0]) and np.isfinite(found[1]).all() and found[0] >= value - 1e-12 * abs(value):
            return candidate, found
    return None


def _runaway(point: FloatArray, step: FloatArray, hessian: FloatArray, size: float, box: Box) -> tuple[int, ...]:
    # At an ordinary optimum the last step is nothing and the curvature positive; on a ridge that only rises towards the
    # rim the slope dies away while the step stays long.
    rim = (point <= box[0] + NEAR_RIM) | (point >= box[1] - NEAR_RIM)
    roots, axes = np.linalg.eigh(-hessian)
    flat = (np.abs(axes[:, roots < max(FLAT * size, UNKNOWN)]) > 0.3).any(axis=1)
    loose = np.abs(step) > 1e-3
    return tuple(int(place) for place in np.flatnonzero(rim | flat | loose))
