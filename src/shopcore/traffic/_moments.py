"""What a test needs to know of an arm: number, mean and variance, or those of two columns side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopcore._arrays import ANY, floats
from shopcore._checks import fail, number
from shopcore._intervals import delta_se
from shopcore.errors import ShapeError
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike


@dataclass(frozen=True, slots=True)
class Moments(Result):
    """Number, mean and variance of one arm (样本矩).

    Attributes
    ----------
    n : float
        Units (people, sessions, days), >= 0.
    mean, variance : float
        Of one unit; variance with n - 1 in its denominator.
    """

    n: float
    mean: float
    variance: float

    def __post_init__(self) -> None:
        """Check the fields."""
        number("n", self.n, low=0.0)
        number("mean", self.mean)
        number("variance", self.variance, low=0.0)

    @classmethod
    def of(cls, values: FloatLike) -> Moments:
        """Return the moments of a column of units.

        Examples
        --------
        >>> Moments.of([1.0, 2.0, 3.0])
        Moments(n=3.0, mean=2.0, variance=1.0)
        """
        column = _column("values", values)
        return cls(float(column.size), _mean(column), _covariance(column, column))

    @classmethod
    def of_sums(cls, n: float, total: float, squares: float) -> Moments:
        """Return the moments from the number, the sum and the sum of squares, as a database gives them.

        Examples
        --------
        >>> Moments.of_sums(3, 6.0, 14.0)
        Moments(n=3.0, mean=2.0, variance=1.0)
        """
        size = number("n", n, low=0.0)
        mean = number("total", total) / size if size else 0.0
        rest = number("squares", squares, low=0.0) - size * mean * mean
        return cls(size, mean, max(rest, 0.0) / (size - 1.0) if size > 1.0 else 0.0)

    @property
    def mean_variance(self) -> float:
        """Variance of the mean; infinite without units."""
        return self.variance / self.n if self.n else float("inf")


@dataclass(frozen=True, slots=True)
class PairMoments(Result):
    """Means, variances and covariance of two columns of the same units (双变量样本矩).

    Attributes
    ----------
    n : float
        Units, >= 2.
    mean_y, mean_x : float
        Of the figure in question, and of the one beside it (the denominator, or the figure before the test).
    variance_y, variance_x, covariance : float
        Of one unit, with n - 1 in the denominator.
    """

    n: float
    mean_y: float
    mean_x: float
    variance_y: float
    variance_x: float
    covariance: float

    def __post_init__(self) -> None:
        """Check the fields."""
        number("n", self.n, low=2.0)
        for name in ("mean_y", "mean_x"):
            number(name, getattr(self, name))
        for name in ("variance_y", "variance_x"):
            number(name, getattr(self, name), low=0.0)
        limit = (self.variance_y * self.variance_x) ** 0.5 * (1.0 + 1e-9)
        number("covariance", self.covariance, low=-limit, high=limit)

    @classmethod
    def of(cls, y: FloatLike, x: FloatLike) -> PairMoments:
        """Return the moments of two columns of one length.

        Examples
        --------
        >>> PairMoments.of([1.0, 2.0, 3.0], [2.0, 2.0, 5.0]).covariance
        1.5
        """
        first, second = _column("y", y), _column("x", x)
        if first.size != second.size:
            raise ShapeError("y and x must be columns of one length", argument="x", reason="shape")
        parts = ((first, first), (second, second), (first, second))
        return cls(float(first.size), _mean(first), _mean(second), *(_covariance(a, b) for a, b in parts))

    def ratio(self) -> Moments | None:
        """Return the ratio of the sums as the mean of linearised units (delta method); None without a denominator."""
        if self.mean_x == 0.0:
            return None
        se = delta_se(self.mean_y, self.mean_x, self.variance_y, self.variance_x, self.covariance)
        return Moments(self.n, self.mean_y / self.mean_x, float(se) ** 2)


def _column(argument: str, values: FloatLike) -> FloatArray:
    column = floats(argument, values, ANY)
    if column.ndim != 1:
        fail(argument, column.shape, "a column", reason="shape")
    return column


def _mean(column: FloatArray) -> float:
    return float(column.mean()) if column.size else 0.0


def _covariance(a: FloatArray, b: FloatArray) -> float:
    if a.size < 2:
        return 0.0
    return float(((a - a.mean()) * (b - b.mean())).sum() / (a.size - 1.0)) if a is not b else float(np.var(a, ddof=1))
