"""Ratios of stock: turnover, GMROI, sell-through in both meanings, excess."""

from __future__ import annotations

from typing import Any

import numpy as np

from shopcore._arrays import gather, give_back
from shopcore.inventory._fields import ANY, NON_NEGATIVE
from shopcore.typing import FloatLike

__all__ = ["excess_units", "gmroi", "sell_through_rate", "stock_turnover", "units_per_stock"]


def _over(top: Any, bottom: Any, *, scalar: bool) -> Any:
    # A ratio without denominator has no value: NaN in a column, NaN alone.
    with np.errstate(over="ignore"):
        ratio = np.where(bottom > 0.0, top / np.where(bottom > 0.0, bottom, 1.0), np.nan)
    return give_back(ratio, scalar=scalar)


def stock_turnover(cost_of_goods: FloatLike, average_stock_value: FloatLike) -> Any:
    """Return how often the stock was sold in a period (库存周转).

    Parameters
    ----------
    cost_of_goods : float or array
        Cost of what was sold in the period, >= 0.
    average_stock_value : float or array
        Average stock at cost, >= 0.

    Returns
    -------
    float or array
        Times per period; NaN without stock.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import stock_turnover
    >>> stock_turnover(840_000, 120_000)
    7.0
    """
    (cost, stock), scalar = gather(
        cost_of_goods=(cost_of_goods, NON_NEGATIVE), average_stock_value=(average_stock_value, NON_NEGATIVE)
    )
    return _over(cost, stock, scalar=scalar)


def gmroi(revenue: FloatLike, cost_of_goods: FloatLike, average_stock_value: FloatLike) -> Any:
    """Return the gross margin earned per unit of money in stock (GMROI, 库存毛利回报率).

    Parameters
    ----------
    revenue, cost_of_goods : float or array
        Of the period, >= 0.
    average_stock_value : float or array
        Average stock at cost, >= 0.

    Returns
    -------
    float or array
        Gross margin over stock; NaN without stock.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    ``(revenue - cost) / stock``. Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import gmroi
    >>> gmroi(100, 35, 20)
    3.25
    """
    (sales, cost, stock), scalar = gather(
        revenue=(revenue, NON_NEGATIVE),
        cost_of_goods=(cost_of_goods, NON_NEGATIVE),
        average_stock_value=(average_stock_value, NON_NEGATIVE),
    )
    return _over(sales - cost, stock, scalar=scalar)


def sell_through_rate(units_sold: FloatLike, units_received: FloatLike) -> Any:
    """Return the share of the received units that was sold (售罄率): at most 1 for one delivery.

    For units sold per unit on hand, which passes 1, use `units_per_stock`.

    Parameters
    ----------
    units_sold, units_received : float or array
        Of the same delivery or period, >= 0.

    Returns
    -------
    float or array
        A share; NaN where nothing was received.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import sell_through_rate
    >>> sell_through_rate(150, 200)
    0.75
    """
    (sold, came), scalar = gather(units_sold=(units_sold, NON_NEGATIVE), units_received=(units_received, NON_NEGATIVE))
    return _over(sold, came, scalar=scalar)


def units_per_stock(units_sold: FloatLike, average_units_on_hand: FloatLike) -> Any:
    """Return the units sold per unit on hand: the sell-through of marketplace reports, a turnover that may pass 1.

    Parameters
    ----------
    units_sold : float or array
        Of the period, such as 90 days, >= 0.
    average_units_on_hand : float or array
        In that period, >= 0.

    Returns
    -------
    float or array
        Times per period; NaN without stock.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    Source: Amazon seller help, FBA sell-through rate.

    Examples
    --------
    >>> from shopcore.inventory import units_per_stock
    >>> units_per_stock(150, 60)
    2.5
    """
    (sold, stock), scalar = gather(
        units_sold=(units_sold, NON_NEGATIVE), average_units_on_hand=(average_units_on_hand, NON_NEGATIVE)
    )
    return _over(sold, stock, scalar=scalar)


def excess_units(on_hand: FloatLike, daily_demand: FloatLike, *, cover_limit: FloatLike = 90.0) -> Any:
    """Return the units above what a number of days will sell (积压库存).

    Parameters
    ----------
    on_hand, daily_demand : float or array
        Units, and units per day, >= 0.
    cover_limit : float or array
        Days of cover that are fine, >= 0.

    Returns
    -------
    float or array
        Units; all of the stock where nothing sells.

    Raises
    ------
    InputError
        If a value is negative.

    Notes
    -----
    ``max(0, on hand - daily demand * limit)``. Source: Amazon seller help, excess above 90 days of supply.

    Examples
    --------
    >>> from shopcore.inventory import excess_units
    >>> excess_units(1200, 8)
    480.0
    """
    (stock, demand, limit), scalar = gather(
        on_hand=(on_hand, ANY), daily_demand=(daily_demand, NON_NEGATIVE), cover_limit=(cover_limit, NON_NEGATIVE)
    )
    return give_back(np.maximum(stock - demand * limit, 0.0), scalar=scalar)
