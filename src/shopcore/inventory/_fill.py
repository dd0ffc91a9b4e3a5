"""Levels that hold a fill rate, by the exact two-term form ``lossA(x) - lossB(x) = (1 - fill rate) * volume``.

A is the demand an order has to last for. B is what is still short when it begins: the same demand one order
quantity further on (continuous review), or the demand of the lead time alone (periodic review).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from shopcore import _distributions as dist
from shopcore.typing import FloatArray

STEPS: Final = 60
NEGLIGIBLE_FROM: Final = 9.0


def normal_level_scalar(mean: float, sd: float, shifted: float, sd_before: float, wanted: float) -> float:
    """Return x with ``sd L((x - mean)/sd) - sd_before L((x - shifted)/sd_before) = wanted`` for one SKU."""
    # The logarithm of the difference is concave, so Newton from the right never leaves the right side.
    x = mean + sd * (dist.normal_inverse_loss_scalar(wanted / sd))
    for _ in range(STEPS):
        z = (x - mean) / sd
        short, tail = sd * dist.normal_loss_scalar(z), dist.normal_tail_scalar(z)
        z = (x - shifted) / sd_before if sd_before > 0.0 else math.inf
        if z < NEGLIGIBLE_FROM:
            short -= sd_before * dist.normal_loss_scalar(z)
            tail -= dist.normal_tail_scalar(z)
        elif sd_before == 0.0 and x < shifted:
            short -= shifted - x
            tail -= 1.0
        step = short / tail * math.log(short / wanted)
        x += step
        if abs(step) <= 1e-13 * (sd + abs(x)):
            break
    return x


def normal_level(mean: Any, sd: Any, shifted: Any, sd_before: Any, wanted: Any) -> FloatArray:
    """Return the level of each row: the twin of `normal_level_scalar`, in pieces that stay in the cache."""
    columns = [np.ravel(c) for c in np.broadcast_arrays(mean, sd, shifted, sd_before, wanted)]
    result = np.empty(columns[0].size)
    for start in range(0, result.size, dist.CHUNK):
        piece = slice(start, start + dist.CHUNK)
        result[piece] = _normal_piece(*(c[piece] for c in columns))
    return result.reshape(np.broadcast_shapes(*(np.shape(v) for v in (mean, sd, shifted, sd_before, wanted))))


def _normal_piece(mean: Any, sd: Any, shifted: Any, sd_before: Any, wanted: Any) -> FloatArray:
    ratio = wanted / sd
    z = dist.normal_inverse_loss_start(ratio)
    rows = np.arange(z.size)
    before = np.where(sd_before > 0.0, sd_before, 1e-12 * sd) / sd
    shift = (shifted - mean) / sd
    for _ in range(STEPS):
        k = z[rows]
        short, tail = _loss_and_tail(k)
        other = (k - shift[rows]) / before[rows]
        near = np.flatnonzero(other < NEGLIGIBLE_FROM)
        if near.size:
            less, tail_less = _loss_and_tail(other[near])
            short[near] -= before[rows][near] * less
            tail[near] -= tail_less
        short = np.maximum(short, 1e-300)
        step = short / np.maximum(tail, 1e-300) * np.log(short / ratio[rows])
        z[rows] = k + np.clip(step, -20.0, 20.0)
        # Newton doubles its digits: a step below 1e-6 leaves an error below 1e-12.
        rows = rows[np.abs(step) > 1e-6 * (1.0 + np.abs(k))]
        if not rows.size:
            break
    return np.asarray(mean + sd * z)


def _loss_and_tail(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    from scipy.special import erfcx

    size = np.abs(z)
    density = np.exp(-0.5 * size * size)
    tail = density * erfcx(size * (1.0 / dist.SQRT_2)) * 0.5
    loss = density * dist.LOSS_AT_ZERO - size * tail
    left = z < 0.0
    return np.where(left, loss + size, loss), np.where(left, 1.0 - tail, tail)


def level(
    shortage: Callable[[Any], Any], slope: Callable[[Any], Any], wanted: Any, bracket: tuple[Any, Any]
) -> FloatArray:
    """Return the smallest x at which `shortage` has fallen to `wanted`: Newton kept inside a bracket."""
    low = np.array(np.broadcast_to(bracket[0], np.shape(wanted)), dtype=np.float64)
    step = np.maximum(np.broadcast_to(bracket[1], np.shape(wanted)).astype(np.float64), 1e-9)
    high = low + step
    for _ in range(200):
        above = shortage(high) > wanted
        if not above.any():
            break
        low = np.where(above, high, low)
        step = np.where(above, 2.0 * step, step)
        high = np.where(above, high + step, high)
    x = 0.5 * (low + high)
    for _ in range(200):
        short, tail = shortage(x), slope(x)
        above = short > wanted
        low, high = np.where(above, x, low), np.where(above, high, x)
        done = (np.abs(short - wanted) <= 1e-13 * wanted) | (high - low <= 1e-12 * (1.0 + np.abs(high)))
        if done.all():
            break
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            guess = x + short / tail * np.log(short / wanted)
        guess = np.where((guess > low) & (guess < high), guess, 0.5 * (low + high))
        x = np.where(done, x, guess)
    return x


def whole_level(shortage: Callable[..., Any], wanted: Any, lowest: Any, start: Any, *columns: Any) -> FloatArray:
    """Return the smallest whole number, at least `lowest`, at which `shortage` has fallen to `wanted`."""

    def share(k: Any, wanted: Any, lowest: Any, *columns: Any) -> Any:
        return wanted / np.maximum(shortage(k + lowest, *columns), 1e-300)

    begin = np.maximum(np.round(start) - lowest, 0.0)
    steps = dist.smallest_whole(np.ones(np.shape(wanted)), begin, share, wanted, lowest, *columns)
    return np.asarray(steps + lowest)
