"""What advertising cost and brought, from totals (推广指标)."""

from __future__ import annotations

from typing import Final, overload

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.traffic._ratio import CONFIDENCE, Column, Meaning, of_counts, of_totals
from shopcore.typing import FloatLike

_CLICK_THROUGH_RATE: Final = Meaning("clicks", "impressions", "impression", "no_impressions")


@overload
def click_through_rate(clicks: float, impressions: float, *, confidence: float = ...) -> Ratio: ...


@overload
def click_through_rate(clicks: Column, impressions: FloatLike, *, confidence: float = ...) -> Ratios: ...


def click_through_rate(clicks: FloatLike, impressions: FloatLike, *, confidence: float = CONFIDENCE) -> Ratio | Ratios:
    """Return the click-through rate (点击率): clicks over impressions.

    Whether picture and title catch the eye.

    Parameters
    ----------
    clicks : float or array
        Clicks, >= 0.
    impressions : float or array
        Times it was shown, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"impression"``; without a value
        (reason ``"no_impressions"``) where `impressions` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `clicks` exceeds `impressions`.

    Notes
    -----
    Clicks of one person on one impression must be counted once. Source: Google Ads help, click-through rate.

    Examples
    --------
    >>> click_through_rate(4000, 100_000).explain()
    '0.04 = 4000 / 100000, 95% interval 0.038803 to 0.0412323 (wilson)'
    """
    found: Ratio | Ratios = of_counts(_CLICK_THROUGH_RATE, clicks, impressions, confidence)
    return found


_COST_PER_CLICK: Final = Meaning("spend", "clicks", "money", "no_clicks")


@overload
def cost_per_click(spend: float, clicks: float) -> Ratio: ...


@overload
def cost_per_click(spend: Column, clicks: FloatLike) -> Ratios: ...


def cost_per_click(spend: FloatLike, clicks: FloatLike) -> Ratio | Ratios:
    """Return the cost per click (平均点击花费, PPC).

    What a visit bought by the click costs.

    Parameters
    ----------
    spend : float or array
        Spend in one stated unit of money, >= 0.
    clicks : float or array
        Clicks, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per click, in the unit of `spend`; basis ``"money"``; without a value
        (reason ``"no_clicks"``) where `clicks` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Source: Google Ads help, average cost per click.

    Examples
    --------
    >>> cost_per_click(2700.0, 1800).value
    1.5
    """
    found: Ratio | Ratios = of_totals(_COST_PER_CLICK, spend, clicks)
    return found


_COST_PER_MILLE: Final = Meaning("spend", "impressions", "money", "no_impressions")


@overload
def cost_per_mille(spend: float, impressions: float) -> Ratio: ...


@overload
def cost_per_mille(spend: Column, impressions: FloatLike) -> Ratios: ...


def cost_per_mille(spend: FloatLike, impressions: FloatLike) -> Ratio | Ratios:
    """Return the cost of a thousand impressions (千次展现花费, CPM).

    What being seen costs, whatever people do then.

    Parameters
    ----------
    spend : float or array
        Spend in one stated unit of money, >= 0.
    impressions : float or array
        Times it was shown, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per thousand, in the unit of `spend`; basis ``"money"``; without a value
        (reason ``"no_impressions"``) where `impressions` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    The denominator of the result is thousands of impressions. Source: Google Ads help, CPM.

    Examples
    --------
    >>> cost_per_mille(2700.0, 90_000).value
    30.0
    """
    found: Ratio | Ratios = of_totals(_COST_PER_MILLE, spend, floats("impressions", impressions, NON_NEGATIVE) / 1000.0)
    return found


_VISITOR_COST: Final = Meaning("spend", "paid_visitors", "money", "no_visitors")


@overload
def visitor_cost(spend: float, paid_visitors: float) -> Ratio: ...


@overload
def visitor_cost(spend: Column, paid_visitors: FloatLike) -> Ratios: ...


def visitor_cost(spend: FloatLike, paid_visitors: FloatLike) -> Ratio | Ratios:
    """Return the cost per paid visitor (引流成本).

    Compare it with the UV value: a visitor who costs more than he brings is bought at a loss.

    Parameters
    ----------
    spend : float or array
        Spend in one stated unit of money, >= 0.
    paid_visitors : float or array
        Distinct people that the spend brought, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per visitor, in the unit of `spend`; basis ``"money"``; without a value
        (reason ``"no_visitors"``) where `paid_visitors` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    People, where `cost_per_click` counts clicks.

    Examples
    --------
    >>> visitor_cost(2700.0, 1500).value
    1.8
    """
    found: Ratio | Ratios = of_totals(_VISITOR_COST, spend, paid_visitors)
    return found


_COST_PER_ORDER: Final = Meaning("spend", "orders", "money", "no_orders")


@overload
def cost_per_order(spend: float, orders: float) -> Ratio: ...


@overload
def cost_per_order(spend: Column, orders: FloatLike) -> Ratios: ...


def cost_per_order(spend: FloatLike, orders: FloatLike) -> Ratio | Ratios:
    """Return the cost per order (成交成本, CPA).

    What an order bought by advertising costs.

    Parameters
    ----------
    spend : float or array
        Spend in one stated unit of money, >= 0.
    orders : float or array
        Orders attributed to the spend, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per order, in the unit of `spend`; basis ``"money"``; without a value
        (reason ``"no_orders"``) where `orders` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Source: Google Ads help, cost per conversion.

    Examples
    --------
    >>> cost_per_order(2700.0, 45).value
    60.0
    """
    found: Ratio | Ratios = of_totals(_COST_PER_ORDER, spend, orders)
    return found


_RETURN_ON_AD_SPEND: Final = Meaning("ad_revenue", "spend", "money", "no_spend")


@overload
def return_on_ad_spend(ad_revenue: float, spend: float) -> Ratio: ...


@overload
def return_on_ad_spend(ad_revenue: Column, spend: FloatLike) -> Ratios: ...


def return_on_ad_spend(ad_revenue: FloatLike, spend: FloatLike) -> Ratio | Ratios:
    """Return the return on ad spend (投产比, ROI): revenue attributed to the ads over spend.

    How many yuan of sales a yuan of advertising came with. Attributed is not caused: what the ads added is
    `incremental_return`.

    Parameters
    ----------
    ad_revenue : float or array
        Revenue attributed to the ads, in the unit of `spend`, >= 0.
    spend : float or array
        Spend, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per money; basis ``"money"``; without a value
        (reason ``"no_spend"``) where `spend` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Revenue without spend has no return: undefined, not infinite. `ratio_of_sums` over days gives an interval.
    Source: Google Ads help, target ROAS.

    Examples
    --------
    >>> return_on_ad_spend(10_258.0, 3540.0).explain()
    '2.89774 = 10258 / 3540'
    >>> return_on_ad_spend(500.0, 0.0).reason
    'no_spend'
    """
    found: Ratio | Ratios = of_totals(_RETURN_ON_AD_SPEND, ad_revenue, spend)
    return found


_ADVERTISING_COST_OF_SALE: Final = Meaning("spend", "ad_revenue", "money", "no_ad_revenue")


@overload
def advertising_cost_of_sale(spend: float, ad_revenue: float) -> Ratio: ...


@overload
def advertising_cost_of_sale(spend: Column, ad_revenue: FloatLike) -> Ratios: ...


def advertising_cost_of_sale(spend: FloatLike, ad_revenue: FloatLike) -> Ratio | Ratios:
    """Return the advertising cost of sale (广告费占比, ACoS): spend over ad revenue.

    The inverse of the return on ad spend, as Amazon shows it.

    Parameters
    ----------
    spend : float or array
        Spend, >= 0.
    ad_revenue : float or array
        Revenue attributed to the ads, in the unit of `spend`, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per money; basis ``"money"``; without a value
        (reason ``"no_ad_revenue"``) where `ad_revenue` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Source: Amazon Ads, guide to ACoS.

    Examples
    --------
    >>> advertising_cost_of_sale(2500.0, 10_000.0).value
    0.25
    """
    found: Ratio | Ratios = of_totals(_ADVERTISING_COST_OF_SALE, spend, ad_revenue)
    return found


_TOTAL_ADVERTISING_COST_OF_SALE: Final = Meaning("spend", "revenue", "money", "no_revenue")


@overload
def total_advertising_cost_of_sale(spend: float, revenue: float) -> Ratio: ...


@overload
def total_advertising_cost_of_sale(spend: Column, revenue: FloatLike) -> Ratios: ...


def total_advertising_cost_of_sale(spend: FloatLike, revenue: FloatLike) -> Ratio | Ratios:
    """Return the total advertising cost of sale (TACoS): spend over all revenue of the shop.

    Whether the shop becomes less dependent on advertising.

    Parameters
    ----------
    spend : float or array
        Spend, >= 0.
    revenue : float or array
        All revenue, advertised or not, in the unit of `spend`, >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per money; basis ``"money"``; without a value
        (reason ``"no_revenue"``) where `revenue` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Source: Amazon Ads, guide to ACoS and TACoS.

    Examples
    --------
    >>> total_advertising_cost_of_sale(2500.0, 50_000.0).value
    0.05
    """
    found: Ratio | Ratios = of_totals(_TOTAL_ADVERTISING_COST_OF_SALE, spend, revenue)
    return found
