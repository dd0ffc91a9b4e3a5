"""How fast a SKU sells and how long its stock lasts, with stock-outs, outliers and promotions kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import broadcast, gather, give_back
from shopcore._checks import fail, integer, number
from shopcore.inventory._fields import NON_NEGATIVE, ByValue, all_floats
from shopcore.inventory._intermittent import history
from shopcore.inventory._values import Demand
from shopcore.models._result import Result
from shopcore.typing import BoolArray, FloatArray, FloatLike

ROUNDS: Final = 200
MAD_TO_SD: Final = 1.4826

__all__ = ["PromotionUplift", "cap_outliers", "censored_demand", "days_of_cover", "promotion_uplift", "sales_speed"]


def _flags(argument: str, value: Any, shape: tuple[int, ...]) -> Any:
    flags = np.asarray(value)
    if flags.dtype.kind != "b":
        fail(argument, None, "booleans", reason="type")
    if flags.shape != shape:
        fail(argument, list(flags.shape), f"of the shape of sales, {list(shape)}", reason="shape")
    return flags


def sales_speed(sales: FloatLike, *, in_stock: BoolArray | None = None, weights: dict[int, float] | None = None) -> Any:
    """Return the units sold per period in which there was stock (销售速度).

    Parameters
    ----------
    sales : array, shape (periods,) or (SKUs, periods)
        Units sold per period, the newest last.
    in_stock : bool array of the same shape, optional
        False where nothing could be sold; such periods do not count.
    weights : dict of int to float, optional
        Weight of the last n periods, such as ``{7: 0.5, 14: 0.3, 30: 0.2}``; all periods alike by default.

    Returns
    -------
    float or array
        Units per period; 0 where there never was stock.

    Raises
    ------
    InputError
        If a value is negative or the shapes differ.

    Notes
    -----
    Each window is units / periods with stock; a window without stock leaves its weight to the others.
    Source: definition.

    Examples
    --------
    >>> import numpy as np
    >>> from shopcore.inventory import sales_speed
    >>> sales_speed([5, 6, 0, 0, 7], in_stock=np.array([True, True, False, False, True]))
    6.0
    """
    seen = history("sales", sales)
    open_ = np.ones(seen.shape, dtype=bool) if in_stock is None else _flags("in_stock", in_stock, seen.shape)
    total, sum_weights = np.zeros(seen.shape[:-1]), np.zeros(seen.shape[:-1])
    for window, weight in ({seen.shape[-1]: 1.0} if weights is None else weights).items():
        last, share = integer("weights", window, low=1), number("weights", weight, low=0.0)
        days = open_[..., -last:].sum(axis=-1)
        units = np.where(open_[..., -last:], seen[..., -last:], 0.0).sum(axis=-1)
        total += np.where(days > 0, share * units / np.maximum(days, 1), 0.0)
        sum_weights += np.where(days > 0, share, 0.0)
    speed = np.where(sum_weights > 0.0, total / np.where(sum_weights > 0.0, sum_weights, 1.0), 0.0)
    return give_back(speed, scalar=seen.ndim == 1)


def days_of_cover(available: FloatLike, speed: FloatLike) -> Any:
    """Return how many periods the stock lasts at a sales speed (可售天数).

    Parameters
    ----------
    available : float or array
        Units that can be sold, >= 0.
    speed : float or array
        Units per period, >= 0.

    Returns
    -------
    float or array
        Periods; 0 without stock, infinite where stock does not move.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    ``available / speed``. Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import days_of_cover
    >>> days_of_cover(300, 8)
    37.5
    """
    if all_floats(available, speed) and 0.0 <= available < np.inf and 0.0 < speed < np.inf:  # type: ignore[operator]  # floats
        return available / speed  # type: ignore[operator]  # floats
    (units, rate), scalar = gather(available=(available, NON_NEGATIVE), speed=(speed, NON_NEGATIVE))
    endless = np.where(units > 0.0, np.inf, 0.0)
    with np.errstate(over="ignore"):
        cover = np.where(rate > 0.0, units / np.where(rate > 0.0, rate, 1.0), endless)
    return give_back(cover, scalar=scalar)


def censored_demand(sales: FloatLike, stock: FloatLike, *, period: str = "day") -> Demand:
    """Return the demand behind sales that stock-outs cut off (缺货修正).

    A period in which everything was sold says only that demand was at least the stock.

    Parameters
    ----------
    sales, stock : array, shape (periods,) or (SKUs, periods)
        Units sold, and units that could have been sold, in each period; sales up to stock.
    period : str
        The unit of time.

    Returns
    -------
    Demand
        Mean and deviation; the plain ones where no period was cut off.

    Raises
    ------
    InputError
        If sales exceed the stock.

    Notes
    -----
    Maximum likelihood for normal demand by expectation-maximisation, at most 200 rounds; periods without stock say
    nothing. Where every period was cut off the mean is only a lower bound: the largest sales are returned.
    Source: Dempster, Laird & Rubin (1977); Nahmias (1994), lost sales.

    Examples
    --------
    >>> from shopcore.inventory import censored_demand
    >>> found = censored_demand([5, 8, 6, 8, 3, 8], [8, 8, 8, 8, 8, 8])
    >>> round(found.mean, 2), round(found.sd, 2)
    (7.61, 3.37)
    """
    seen, room = broadcast(sales=history("sales", sales), stock=history("stock", stock))
    if np.any(seen > room):
        fail("sales", None, "at most the stock", reason="range")
    used, cut = room > 0.0, (seen >= room) & (room > 0.0)
    count = np.maximum(used.sum(axis=-1), 1)[..., None]
    mean = np.where(used, seen, 0.0).sum(axis=-1, keepdims=True) / count
    var = np.where(used, np.square(seen - mean), 0.0).sum(axis=-1, keepdims=True) / count
    plain = var * count / np.maximum(count - 1, 1)
    for _ in range(ROUNDS):
        first, second = _filled(seen, cut, mean, np.sqrt(np.maximum(var, 1e-18)))
        new = np.where(used, first, 0.0).sum(axis=-1, keepdims=True) / count
        var = np.where(used, second - 2.0 * new * first + new * new, 0.0).sum(axis=-1, keepdims=True) / count
        done = np.all(np.abs(new - mean) <= 1e-9 * (1.0 + mean))
        mean = new
        if done:
            break
    blind = cut.sum(axis=-1) == used.sum(axis=-1)
    any_cut = cut.any(axis=-1)
    mean = np.where(blind, np.where(used, seen, 0.0).max(axis=-1), mean[..., 0])
    sd = np.where(blind, 0.0, np.sqrt(np.maximum(np.where(any_cut, var[..., 0], plain[..., 0]), 0.0)))
    scalar = seen.ndim == 1
    return Demand(give_back(mean, scalar=scalar), give_back(sd, scalar=scalar), period=period)


def _filled(seen: Any, cut: Any, mean: Any, sd: Any) -> tuple[Any, Any]:
    # First and second moment of each period's demand, given that it reached the stock where it was cut off.
    z = np.where(cut, (seen - mean) / sd, 0.0)
    hazard = dist.normal_density(np.minimum(z, 30.0)) / np.maximum(dist.normal_tail(np.minimum(z, 30.0)), 1e-300)
    first = np.where(cut, mean + sd * hazard, seen)
    second = np.where(cut, mean * mean + sd * sd + sd * hazard * (seen + mean), seen * seen)
    return first, second


def cap_outliers(series: FloatLike, *, limit: float = 4.0) -> FloatArray:
    """Return the series with single large orders cut to what is usual (异常大单).

    Parameters
    ----------
    series : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0.
    limit : float
        Deviations above the median of the periods with demand, > 0.

    Returns
    -------
    array
        Of the same shape; only periods above the limit change.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    Deviation by the median absolute deviation times 1.4826, at least 1 unit, over periods with demand; fewer than 4
    of them are left alone. Source: Leys et al. (2013).

    Examples
    --------
    >>> from shopcore.inventory import cap_outliers
    >>> cap_outliers([5, 6, 0, 4, 5, 90, 6]).tolist()
    [5.0, 6.0, 0.0, 4.0, 5.0, 9.5, 6.0]
    """
    seen = history("series", series)
    many = number("limit", limit, low=0.0, low_open=True)
    rows = np.atleast_2d(seen)
    result = rows.copy()
    for i, row in enumerate(rows):
        sizes = row[row > 0.0]
        if sizes.size >= 4:
            middle = np.median(sizes)
            spread = max(MAD_TO_SD * float(np.median(np.abs(sizes - middle))), 1.0)
            result[i] = np.minimum(row, middle + many * spread)
    return result.reshape(seen.shape)


@dataclass(frozen=True, slots=True, eq=False)
class PromotionUplift(ByValue, Result):
    """Base demand and what promotions added.

    Attributes
    ----------
    base : float or array
        Units per period without a promotion.
    uplift : float or array
        Sales under promotion over the base, 1 where it cannot be known.
    base_series : array
        The series with promoted periods divided by the uplift: what a forecast should learn from.
    reason : str or array
        ``""``, ``"no_promotion"``, ``"no_base"`` or ``"no_base_sales"``: why the uplift is 1.
    """

    base: Any
    uplift: Any
    base_series: FloatArray
    reason: Any


def promotion_uplift(sales: FloatLike, promoted: BoolArray) -> PromotionUplift:
    """Return the base demand and the uplift of promotions, kept apart (大促增量).

    Parameters
    ----------
    sales : array, shape (periods,) or (SKUs, periods)
        Units per period, >= 0.
    promoted : bool array of the same shape
        Whether the period was under promotion.

    Returns
    -------
    PromotionUplift
        Base, uplift and the series without it.

    Raises
    ------
    InputError
        If the shapes differ.

    Notes
    -----
    Uplift = mean of promoted periods / mean of the others. A simple contrast: season and cannibalisation are not
    taken out. Source: definition.

    Examples
    --------
    >>> import numpy as np
    >>> from shopcore.inventory import promotion_uplift
    >>> found = promotion_uplift([10, 12, 33, 11], np.array([False, False, True, False]))
    >>> found.base, found.uplift, found.base_series.tolist()
    (11.0, 3.0, [10.0, 12.0, 11.0, 11.0])
    """
    seen = history("sales", sales)
    flags = _flags("promoted", promoted, seen.shape)
    count, rest = flags.sum(axis=-1), (~flags).sum(axis=-1)
    base = np.where(flags, 0.0, seen).sum(axis=-1) / np.maximum(rest, 1)
    raised = np.where(flags, seen, 0.0).sum(axis=-1) / np.maximum(count, 1)
    code = np.select([count == 0, rest == 0, base == 0.0], [1, 2, 3], 0)
    uplift = np.where(code == 0, raised / np.where(base > 0.0, base, 1.0), 1.0)
    factor = np.where(flags & (uplift[..., None] > 0.0), uplift[..., None], 1.0)
    series = np.where(flags & (uplift[..., None] == 0.0), base[..., None], seen / factor)
    reason = np.array(["", "no_promotion", "no_base", "no_base_sales"])[code]
    base = np.where(code == 2, raised, base)
    if seen.ndim == 1:
        return PromotionUplift(base.item(), uplift.item(), series, str(reason))
    return PromotionUplift(base, uplift, series, reason)
