"""Which SKUs matter and which are steady: ABC by value, XYZ by variation, and the stage of a life cycle."""

from __future__ import annotations

from typing import Any

import numpy as np

from shopcore._arrays import floats
from shopcore._checks import fail, number
from shopcore.inventory._fields import NON_NEGATIVE
from shopcore.inventory._intermittent import history

__all__ = ["abc_classes", "life_cycle_stage", "xyz_classes"]


def abc_classes(value: Any, *, a: float = 0.8, b: float = 0.95) -> Any:
    """Return the class A, B or C of each SKU by its share of the total value (ABC 分类).

    Parameters
    ----------
    value : array, shape (SKUs,)
        Revenue or margin of each SKU, >= 0.
    a, b : float
        Shares of the total at which A and B end, 0 < a <= b <= 1.

    Returns
    -------
    array of str, shape (SKUs,)
        ``"A"``, ``"B"`` or ``"C"``; all ``"C"`` where nothing is worth anything.

    Raises
    ------
    InputError
        If a value is negative or the shares are out of order.

    Notes
    -----
    In falling order of value, ties by position. A SKU belongs to A as long as those before it hold less than the
    share a: one SKU with 90 % of the value is A. Source: Dickie (1951); the rule of the cut is ours.

    Examples
    --------
    >>> from shopcore.inventory import abc_classes
    >>> abc_classes([900, 50, 30, 20]).tolist()
    ['A', 'B', 'C', 'C']
    """
    first, second = number("a", a, low=0.0, high=1.0, low_open=True), number("b", b, low=0.0, high=1.0)
    if second < first:
        fail("b", b, "at least a", reason="order")
    worth = floats("value", value, NON_NEGATIVE)
    if worth.ndim != 1:
        fail("value", list(worth.shape), "of shape (SKUs,)", reason="shape")
    order = np.argsort(-worth, kind="stable")
    total = worth.sum()
    before = np.concatenate([[0.0], np.cumsum(worth[order])[:-1]]) if worth.size else worth
    # A share reached but for float noise counts as reached.
    code = np.searchsorted([first * total * (1.0 - 1e-12), second * total * (1.0 - 1e-12)], before, side="right")
    classes = np.empty(worth.size, dtype="<U1")
    classes[order] = np.array(["A", "B", "C"])[code if total > 0.0 else np.full(worth.size, 2)]
    return classes


def xyz_classes(series: Any, *, x: float = 0.5, y: float = 1.0) -> Any:
    """Return the class X, Y or Z of each SKU by the variation of its demand (XYZ 分类).

    Parameters
    ----------
    series : array, shape (SKUs, periods) or (periods,)
        Units per period, >= 0; at least two periods.
    x, y : float
        Coefficients of variation up to which X and Y go, 0 < x <= y.

    Returns
    -------
    str or array of str, shape (SKUs,)
        ``"X"`` steady, ``"Y"`` varying, ``"Z"`` erratic or without demand.

    Raises
    ------
    InputError
        If a value is negative or there is one period only.

    Notes
    -----
    Sample deviation over mean, periods without demand included. Source: common practice; cuts 0.5 and 1.0.

    Examples
    --------
    >>> from shopcore.inventory import xyz_classes
    >>> xyz_classes([[10, 11, 9, 10], [0, 9, 0, 0]]).tolist()
    ['X', 'Z']
    """
    first, second = number("x", x, low=0.0, low_open=True), number("y", y, low=0.0)
    if second < first:
        fail("y", y, "at least x", reason="order")
    seen = history("series", series)
    if seen.shape[-1] < 2:
        fail("series", seen.shape[-1], "of at least two periods", reason="too_short")
    mean = seen.mean(axis=-1)
    spread = np.where(mean > 0.0, seen.std(axis=-1, ddof=1) / np.where(mean > 0.0, mean, 1.0), np.inf)
    classes = np.array(["X", "Y", "Z"])[(spread > first).astype(int) + (spread > second)]
    return classes if seen.ndim == 2 else str(classes)


def life_cycle_stage(series: Any, *, change: float = 0.25) -> Any:
    """Return the stage of a SKU's life from its sales curve (生命周期).

    Parameters
    ----------
    series : array, shape (SKUs, periods) or (periods,)
        Units per period since before its launch, >= 0; at least four periods.
    change : float
        Relative change between the two latest quarters of its life that counts as growth or decline, > 0.

    Returns
    -------
    str or array of str, shape (SKUs,)
        ``"launch"``, ``"growth"``, ``"maturity"``, ``"decline"``, ``"dormant"`` (no sale in the latest quarter), or
        ``"none"`` without any sale.

    Raises
    ------
    InputError
        If a value is negative or there are fewer than four periods.

    Notes
    -----
    The life starts at the first sale; launch while it is shorter than a quarter of the series (at least four
    periods). Then the mean of its latest quarter is compared with that of the quarter before. A rule of thumb that
    does not know seasons. Source: ours, after Levitt (1965).

    Examples
    --------
    >>> from shopcore.inventory import life_cycle_stage
    >>> life_cycle_stage([0, 0, 0, 0, 0, 0, 0, 3]), life_cycle_stage([9, 9, 8, 9, 6, 5, 3, 2])
    ('launch', 'decline')
    """
    step = number("change", change, low=0.0, low_open=True)
    seen = history("series", series)
    if seen.shape[-1] < 4:
        fail("series", seen.shape[-1], "of at least four periods", reason="too_short")
    stages = [_stage(row, step) for row in np.atleast_2d(seen)]
    return np.array(stages, dtype="<U8") if seen.ndim == 2 else stages[0]


def _stage(row: Any, change: float) -> str:
    sold = np.flatnonzero(row)
    if not sold.size:
        return "none"
    life = row[sold[0] :]
    quarter = max(life.size // 4, 1)
    latest = life[-quarter:].mean()
    if latest == 0.0:
        return "dormant"
    if life.size < max(row.size // 4, 4):
        return "launch"
    before = life[-2 * quarter : -quarter].mean()
    if latest > before * (1.0 + change):
        return "growth"
    return "decline" if latest < before * (1.0 - change) else "maturity"
