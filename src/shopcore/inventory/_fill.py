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
# Two demands nearer than this share of their deviation; what stands for no deviation; a step that is the last one.
NARROW: Final = 1e-5
NO_SPREAD: Final = 1e-12
CLOSE: Final = 1e-4


def normal_level_scalar(mean: float, sd: float, gap: float, sd_before: float, wanted: float) -> float:
    """Return x with ``sd L((x - mean)/sd) - sd_before L((x - mean + gap)/sd_before) = wanted`` for one SKU."""
    if is_narrow(sd, gap, sd_before):
        return float(_narrow_level(*(np.array([v]) for v in (mean, sd, gap, sd_before, wanted)))[0])
    # The logarithm of the difference is concave, so Newton from the right never leaves the right side.
    x = mean + sd * (dist.normal_inverse_loss_scalar(wanted / sd))
    for _ in range(STEPS):
        z = (x - mean) / sd
        short, tail = sd * dist.normal_loss_scalar(z), dist.normal_tail_scalar(z)
        z = (x - mean + gap) / sd_before if sd_before > 0.0 else math.inf
        if z < NEGLIGIBLE_FROM:
            short -= sd_before * dist.normal_loss_scalar(z)
            tail -= dist.normal_tail_scalar(z)
        elif sd_before == 0.0 and x < mean - gap:
            short -= mean - gap - x
            tail -= 1.0
        step = short / tail * math.log(short / wanted)
        x += step
        if abs(step) <= 1e-13 * (sd + abs(x)):
            break
    return x


def normal_level(mean: Any, sd: Any, gap: Any, sd_before: Any, wanted: Any) -> FloatArray:
    """Return the level of each row: the twin of `normal_level_scalar`, in pieces that stay in the cache."""
    columns = [np.ravel(c) for c in np.broadcast_arrays(mean, sd, gap, sd_before, wanted)]
    result = np.empty(columns[0].size)
    for start in range(0, result.size, dist.CHUNK):
        piece = slice(start, start + dist.CHUNK)
        result[piece] = normal_piece(*(c[piece] for c in columns))
    return result.reshape(np.broadcast_shapes(*(np.shape(v) for v in (mean, sd, gap, sd_before, wanted))))


def is_narrow(sd: Any, gap: Any, sd_before: Any) -> Any:
    """Return where the two demands are so near that their losses would cancel in floating point."""
    return (gap < NARROW * sd) & (sd - sd_before < NARROW * sd)


def normal_piece(mean: Any, sd: Any, gap: Any, sd_before: Any, wanted: Any) -> FloatArray:
    """Return the levels of one piece of rows, all of them with a deviation."""
    narrow = is_narrow(sd, gap, sd_before)
    if not narrow.any():
        return np.asarray(mean + sd * _scores(gap / sd, np.maximum(sd_before / sd, NO_SPREAD), wanted / sd))
    level, columns = np.empty(mean.shape), (mean, sd, gap, sd_before, wanted)
    level[narrow] = _narrow_level(*(c[narrow] for c in columns))
    if not narrow.all():
        level[~narrow] = normal_piece(*(c[~narrow] for c in columns))
    return level


def _scores(gap: Any, before: Any, ratio: Any) -> FloatArray:
    # Halley's steps on the logarithm of the shortage, which is nearly a parabola: two do, and leave about 1e-12.
    z = dist.normal_inverse_loss_start(ratio)
    rows: Any = slice(0, z.size)
    for _ in range(STEPS):
        k, spread = z[rows], before[rows]
        short, tail, density = _shortage(k, (k + gap[rows]) / spread, spread)
        excess = np.log(short / ratio[rows])
        size = short / tail
        bend = 1.0 + 0.5 * excess * (1.0 - density * size / tail)
        step = np.clip(size * excess / np.clip(bend, 0.5, 4.0), -20.0, 20.0)
        z[rows] = k + step
        go = np.abs(step) > CLOSE * (1.0 + np.abs(k))
        if not go.any():
            break
        rows = np.flatnonzero(go) if isinstance(rows, slice) else rows[go]
    return z


def _shortage(z: FloatArray, other: FloatArray, spread: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    # Loss, tail and density at z less those of the other demand, where they are not negligible.
    loss, tail, density = _moments(z)
    near: Any = np.flatnonzero(other < NEGLIGIBLE_FROM)
    if near.size == z.size:
        near = slice(0, z.size)
    less, less_tail, less_density = _moments(other[near])
    loss[near] -= less * spread[near]
    tail[near] -= less_tail
    density[near] -= less_density / spread[near]
    return np.maximum(loss, 1e-300), np.maximum(tail, 1e-300), density


def _moments(z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    density = dist.normal_density(z)
    tail = dist.normal_tail(z)
    return density - z * tail, tail, density


def _narrow_level(mean: Any, sd: Any, gap: Any, sd_before: Any, wanted: Any) -> FloatArray:
    # The difference of two near losses is the gap times the tail, and half the gap of the variances times the density,
    # in the middle of both; off by the square of the gap.
    middle, spread = mean - 0.5 * gap, 0.5 * (sd + sd_before)
    curve = 0.5 * (sd - sd_before) * (sd + sd_before) / spread
    z = dist.normal_quantile(1.0 - wanted / gap)
    for _ in range(STEPS):
        tail, density = dist.normal_tail(z), dist.normal_density(z)
        short = np.maximum(gap * tail + curve * density, 1e-300)
        step = short / np.maximum((gap + curve * z) * density, 1e-300) * np.log(short / wanted)
        z = z + np.clip(step, -1.0, 1.0)
        if np.all(np.abs(step) <= 1e-12):
            break
    return np.asarray(middle + spread * z)


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
