"""Values of analytic functions where their formula divides nothing by nothing, or costs too much for every row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from shopcore.typing import FloatArray

NEAR: Final = 2e-4
MANY: Final = 20_000
GROUP: Final = 200
EXACT: Final = 1e-12
STEPS: Final = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0]) * 1e-3


def around(at: Callable[[float], FloatArray], gaps: tuple[Any, ...]) -> FloatArray:
    """Return ``at(0)`` by interpolation where a gap (the distance to a removable pole) is all but nothing.

    `at` evaluates the formula with the parameter shifted; the six points around the pole give eleven digits.
    """
    near = [float(gap) for gap in gaps if abs(gap) < NEAR]
    if not near:
        return at(0.0)
    nodes = STEPS - near[0]
    total: Any = 0.0
    for place, node in enumerate(nodes):
        others = np.delete(nodes, place)
        total = total + np.prod(-others / (node - others)) * at(float(node))
    return np.asarray(total)


def by_orders(function: Callable[[FloatArray, FloatArray], FloatArray], x: FloatArray, age: FloatArray) -> FloatArray:
    """Return ``function(x, age)`` row by row; for many rows by a polynomial in the age for each number of orders.

    Functions of the models are analytic in the age, so a few dozen values stand for a million customers. The last
    coefficients say whether they do; where not, and for small groups, the function itself is called.
    """
    if x.size < MANY:
        return function(x, age)
    found = np.empty(x.size)
    flat, ages = np.ravel(x).astype(np.int32), np.ravel(age)
    order = np.argsort(flat, kind="stable")
    cuts = np.flatnonzero(np.diff(flat[order])) + 1
    alone = []
    for group in np.split(order, cuts):
        fitted = _polynomial(function, float(flat[group[0]]), ages[group]) if len(group) > GROUP else None
        if fitted is None:
            alone.append(group)
        else:
            found[group] = fitted
    if alone:
        rest = np.concatenate(alone)
        found[rest] = function(flat[rest].astype(np.float64), ages[rest])
    return found.reshape(x.shape)


def _polynomial(function: Callable[[FloatArray, FloatArray], FloatArray], x: float, age: FloatArray) -> Any:
    low, high = float(age.min()), float(age.max())
    middle, half = (low + high) / 2.0, max((high - low) / 2.0, 1e-300)
    for count in (16, 32, 64):
        nodes = np.cos(np.pi * (np.arange(count) + 0.5) / count)
        values = function(np.full(count, x), middle + half * nodes)
        table = np.cos(np.pi * np.outer(np.arange(count), np.arange(count) + 0.5) / count)
        parts = 2.0 / count * (table @ values)
        parts[0] /= 2.0
        if np.max(np.abs(parts[-3:])) <= EXACT * np.max(np.abs(parts)):
            keep = int(np.max(np.flatnonzero(np.abs(parts) > EXACT / 10 * np.max(np.abs(parts))), initial=0)) + 1
            return _clenshaw(parts[:keep], (age - middle) / half)
    return None


def _clenshaw(parts: FloatArray, at: FloatArray) -> FloatArray:
    one = two = np.zeros_like(at)
    twice = 2.0 * at
    for part in parts[:0:-1]:
        one, two = part + twice * one - two, one
    return np.asarray(parts[0] + at * one - two)
