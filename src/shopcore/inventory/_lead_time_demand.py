"""Demand over the time an order has to last: moments, the distribution chosen, quantiles, tails and losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore import _distributions as dist
from shopcore.typing import FloatArray

KINDS: Final = ("constant", "normal", "gamma", "lognormal", "poisson", "negative_binomial", "empirical")
CONSTANT, NORMAL, GAMMA, LOGNORMAL, POISSON, NEGATIVE_BINOMIAL, EMPIRICAL = range(7)
DISCRETE: Final = (POISSON, NEGATIVE_BINOMIAL)
NORMAL_BELOW_CV: Final = 0.3
# A mean below this, or a deviation below that share of it, is no demand and no deviation.
NOTHING: Final = 1e-9
STEADY: Final = 1e-8
COUNTS_BELOW: Final = 100.0
# Above it, differences of counts drown in rounding, and a count is as good as continuous.
MAX_COUNT: Final = 1e8
POISSON_WITHIN: Final = 0.05
WINDOWS_BEYOND: Final = 5.0

REASONS: Final = {
    CONSTANT: "the demand does not vary",
    NORMAL: "its deviation is below 30 % of its mean, where the normal is close",
    GAMMA: "it varies by 30 % or more, and cannot be negative",
    LOGNORMAL: "asked for",
    POISSON: "its variance is within 5 % of its mean",
    NEGATIVE_BINOMIAL: "its variance exceeds its mean and it counts few units",
    EMPIRICAL: "the history holds enough windows of that length",
}


def choose(mean: float, sd: float) -> int:
    """Return the kind for one SKU by the moments of its lead-time demand."""
    if sd == 0.0 or mean <= NOTHING:
        return CONSTANT
    if sd < NORMAL_BELOW_CV * mean:
        return NORMAL
    ratio = sd * sd / mean
    if abs(ratio - 1.0) <= POISSON_WITHIN:
        return POISSON
    return NEGATIVE_BINOMIAL if ratio > 1.0 and mean < COUNTS_BELOW else GAMMA


def choose_rows(mean: FloatArray, sd: FloatArray) -> Any:
    """Return the kind of each row: the twin of `choose`."""
    ratio = sd * sd / np.where(mean > NOTHING, mean, 1.0)
    kinds = np.where((ratio > 1.0) & (mean < COUNTS_BELOW), NEGATIVE_BINOMIAL, GAMMA).astype(np.int8)
    kinds[np.abs(ratio - 1.0) <= POISSON_WITHIN] = POISSON
    kinds[sd < NORMAL_BELOW_CV * mean] = NORMAL
    kinds[(sd == 0.0) | (mean <= NOTHING)] = CONSTANT
    return kinds


@dataclass(frozen=True, slots=True)
class Moments:
    """Demand of one kind given by mean and deviation; rows without deviation are constant."""

    kind: int
    mean: FloatArray
    sd: FloatArray

    def _safe(self) -> tuple[Any, Any, Any]:
        dead = self.sd == 0.0
        if self.kind != NORMAL:
            dead = (self.sd <= STEADY * self.mean) | (self.mean <= NOTHING)
        if self.kind == CONSTANT:
            dead = np.ones(np.shape(self.mean), dtype=bool)
        return dead, np.where(dead, 1.0, self.mean), np.where(dead, 1.0, self.sd)

    def quantile(self, p: Any) -> Any:
        """Return the demand not exceeded with probability p."""
        dead, mean, sd = self._safe()
        return np.where(dead, self.mean, _QUANTILE[self.kind](p, mean, sd))

    def tail(self, x: Any) -> Any:
        """Return P(demand > x)."""
        dead, mean, sd = self._safe()
        return np.where(dead, np.asarray(x) < self.mean, _TAIL[self.kind](x, mean, sd))

    def loss(self, x: Any) -> Any:
        """Return the expected demand above x."""
        dead, mean, sd = self._safe()
        return np.where(dead, np.maximum(self.mean - x, 0.0), _LOSS[self.kind](x, mean, sd))


@dataclass(frozen=True, slots=True)
class Mixed:
    """Demand whose kind differs from row to row."""

    kinds: Any
    mean: FloatArray
    sd: FloatArray

    def _each(self, method: str, argument: Any) -> Any:
        result = np.empty(self.mean.shape)
        argument = np.broadcast_to(argument, self.mean.shape)
        for kind in np.unique(self.kinds):
            chosen = self.kinds == kind
            part = Moments(int(kind), self.mean[chosen], self.sd[chosen])
            result[chosen] = getattr(part, method)(argument[chosen])
        return result

    def quantile(self, p: Any) -> Any:
        """Return the demand not exceeded with probability p."""
        return self._each("quantile", p)

    def tail(self, x: Any) -> Any:
        """Return P(demand > x)."""
        return self._each("tail", x)

    def loss(self, x: Any) -> Any:
        """Return the expected demand above x."""
        return self._each("loss", x)


@dataclass(frozen=True, slots=True)
class Windows:
    """Demand as seen: sums of rolling windows, one row per SKU, each with its weight."""

    values: FloatArray
    weights: FloatArray

    def quantile(self, p: Any) -> Any:
        """Return the smallest window that covers the share p of n + 1 windows; at most the largest seen."""
        count = self.values.shape[-1]
        reached = np.cumsum(self.weights, axis=-1) >= np.asarray(p)[..., None] * (1.0 + 1.0 / count) - 1e-12
        reached[..., -1] = True
        reached, values = np.broadcast_arrays(reached, self.values)
        return np.take_along_axis(values, np.argmax(reached, axis=-1)[..., None], axis=-1)[..., 0]

    def tail(self, x: Any) -> Any:
        """Return the weight of windows above x."""
        return np.sum(self.weights * (self.values > np.asarray(x)[..., None]), axis=-1)

    def loss(self, x: Any) -> Any:
        """Return the mean excess of the windows over x."""
        return np.sum(self.weights * np.maximum(self.values - np.asarray(x)[..., None], 0.0), axis=-1)


def windows_of(samples: FloatArray, mean: float, sd: float) -> Windows | None:
    """Return the sums of all windows that a lead time of this mean and deviation may last; None if there are none."""
    lengths, weights = _whole_lengths(mean, sd, samples.shape[-1])
    parts, shares = [], []
    total = np.cumsum(np.concatenate([np.zeros((*samples.shape[:-1], 1)), samples], axis=-1), axis=-1)
    for length, weight in zip(lengths, weights, strict=True):
        sums = total[..., length:] - total[..., : total.shape[-1] - length]
        parts.append(sums)
        shares.append(np.full(sums.shape[-1], weight / sums.shape[-1]))
    if not parts:
        return None
    values, share = np.concatenate(parts, axis=-1), np.concatenate(shares)
    order = np.argsort(values, axis=-1, kind="stable")
    return Windows(np.take_along_axis(values, order, axis=-1), share[order])


def _whole_lengths(mean: float, sd: float, longest: int) -> tuple[Any, Any]:
    # Whole window lengths whose mean is the lead time's: two neighbours, or a gamma cut into whole periods.
    if sd == 0.0:
        low = int(np.floor(mean + 1e-9))
        share = mean - low if mean - low > 1e-9 else 0.0
        lengths, weights = np.array([low, low + 1]), np.array([1.0 - share, share])
    else:
        lengths = np.arange(max(0, int(mean - 6.0 * sd)), int(mean + 8.0 * sd) + 2)
        edges = np.concatenate([lengths - 0.5, [lengths[-1] + 0.5]])
        scale = sd * sd / mean
        weights = -np.diff(dist.gamma_tail(edges, np.asarray(mean / scale), np.asarray(scale)))
    used = (weights > 1e-9) & (lengths <= longest)
    if weights[~used & (lengths > longest)].sum() > 0.01 or not used.any():
        return np.array([], dtype=int), np.array([])
    return lengths[used], weights[used] / weights[used].sum()


def _gamma(mean: Any, sd: Any) -> tuple[Any, Any]:
    return np.square(mean / sd), sd * sd / mean


def _negative_binomial(mean: Any, sd: Any) -> tuple[Any, Any]:
    return dist.negative_binomial_parameters(mean, sd * sd)


def _lognormal_quantile(p: Any, mean: Any, sd: Any) -> Any:
    mu, sigma = dist.lognormal_parameters(mean, sd * sd)
    return np.exp(mu + sigma * dist.normal_quantile(p))


def _lognormal_tail(x: Any, mean: Any, sd: Any) -> Any:
    mu, sigma = dist.lognormal_parameters(mean, sd * sd)
    return np.where(np.asarray(x) > 0.0, dist.normal_tail((np.log(np.maximum(x, 1e-300)) - mu) / sigma), 1.0)


def _lognormal_loss(x: Any, mean: Any, sd: Any) -> Any:
    x = np.asarray(x, dtype=np.float64)
    inside = dist.lognormal_loss(np.maximum(x, 1e-300), *dist.lognormal_parameters(mean, sd * sd))
    return np.where(x > 0.0, inside, mean - x)


_QUANTILE: Final[dict[int, Any]] = {
    CONSTANT: lambda p, mean, sd: mean + 0.0 * p * sd,
    NORMAL: lambda p, mean, sd: mean + sd * dist.normal_quantile(p),
    GAMMA: lambda p, mean, sd: dist.gamma_quantile(p, *_gamma(mean, sd)),
    LOGNORMAL: _lognormal_quantile,
    POISSON: lambda p, mean, sd: dist.poisson_quantile(p, mean),  # noqa: ARG005  # one signature for all kinds
    NEGATIVE_BINOMIAL: lambda p, mean, sd: dist.negative_binomial_quantile(p, *_negative_binomial(mean, sd)),
}
_TAIL: Final[dict[int, Any]] = {
    CONSTANT: lambda x, mean, sd: (np.asarray(x) < mean) + 0.0 * sd,
    NORMAL: lambda x, mean, sd: dist.normal_tail((x - mean) / sd),
    GAMMA: lambda x, mean, sd: dist.gamma_tail(x, *_gamma(mean, sd)),
    LOGNORMAL: _lognormal_tail,
    POISSON: lambda x, mean, sd: dist.poisson_tail(x, mean),  # noqa: ARG005  # one signature for all kinds
    NEGATIVE_BINOMIAL: lambda x, mean, sd: dist.negative_binomial_tail(x, *_negative_binomial(mean, sd)),
}
_LOSS: Final[dict[int, Any]] = {
    CONSTANT: lambda x, mean, sd: np.maximum(mean - x, 0.0) + 0.0 * sd,
    NORMAL: lambda x, mean, sd: sd * dist.normal_loss((x - mean) / sd),
    GAMMA: lambda x, mean, sd: dist.gamma_loss(x, *_gamma(mean, sd)),
    LOGNORMAL: _lognormal_loss,
    POISSON: lambda x, mean, sd: dist.poisson_loss(x, mean),  # noqa: ARG005  # one signature for all kinds
    NEGATIVE_BINOMIAL: lambda x, mean, sd: dist.negative_binomial_loss(x, *_negative_binomial(mean, sd)),
}
