"""How the metrics of this package are called: each by the names of its own parts, columns in, columns out."""

from __future__ import annotations

from typing import Protocol, overload

from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.traffic._ratio import Column
from shopcore.typing import FloatLike


class AddToCartRate(Protocol):
    """Of `add_to_cart_rate`."""

    @overload
    def __call__(self, added_to_cart: float, visitors: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, added_to_cart: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(self, added_to_cart: FloatLike, visitors: FloatLike, *, confidence: float = ...) -> Ratio | Ratios: ...


class AdvertisingCostOfSale(Protocol):
    """Of `advertising_cost_of_sale`."""

    @overload
    def __call__(self, spend: float, ad_revenue: float) -> Ratio: ...

    @overload
    def __call__(self, spend: Column, ad_revenue: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, spend: FloatLike, ad_revenue: FloatLike) -> Ratio | Ratios: ...


class BounceRate(Protocol):
    """Of `bounce_rate`."""

    @overload
    def __call__(self, single_page_visits: float, visits: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, single_page_visits: Column, visits: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(
        self, single_page_visits: FloatLike, visits: FloatLike, *, confidence: float = ...
    ) -> Ratio | Ratios: ...


class ClickThroughRate(Protocol):
    """Of `click_through_rate`."""

    @overload
    def __call__(self, clicks: float, impressions: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, clicks: Column, impressions: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(self, clicks: FloatLike, impressions: FloatLike, *, confidence: float = ...) -> Ratio | Ratios: ...


class CostPerClick(Protocol):
    """Of `cost_per_click`."""

    @overload
    def __call__(self, spend: float, clicks: float) -> Ratio: ...

    @overload
    def __call__(self, spend: Column, clicks: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, spend: FloatLike, clicks: FloatLike) -> Ratio | Ratios: ...


class CostPerMille(Protocol):
    """Of `cost_per_mille`."""

    @overload
    def __call__(self, spend: float, impressions: float) -> Ratio: ...

    @overload
    def __call__(self, spend: Column, impressions: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, spend: FloatLike, impressions: FloatLike) -> Ratio | Ratios: ...


class CostPerOrder(Protocol):
    """Of `cost_per_order`."""

    @overload
    def __call__(self, spend: float, orders: float) -> Ratio: ...

    @overload
    def __call__(self, spend: Column, orders: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, spend: FloatLike, orders: FloatLike) -> Ratio | Ratios: ...


class DwellTime(Protocol):
    """Of `dwell_time`."""

    @overload
    def __call__(self, seconds: float, visits: float) -> Ratio: ...

    @overload
    def __call__(self, seconds: Column, visits: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, seconds: FloatLike, visits: FloatLike) -> Ratio | Ratios: ...


class FavouriteCartRate(Protocol):
    """Of `favourite_cart_rate`."""

    @overload
    def __call__(self, favourite_or_cart: float, visitors: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, favourite_or_cart: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(
        self, favourite_or_cart: FloatLike, visitors: FloatLike, *, confidence: float = ...
    ) -> Ratio | Ratios: ...


class FavouriteRate(Protocol):
    """Of `favourite_rate`."""

    @overload
    def __call__(self, favourites: float, visitors: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, favourites: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(self, favourites: FloatLike, visitors: FloatLike, *, confidence: float = ...) -> Ratio | Ratios: ...


class GrossMerchandisePerMille(Protocol):
    """Of `gross_merchandise_per_mille`."""

    @overload
    def __call__(self, revenue: float, views: float) -> Ratio: ...

    @overload
    def __call__(self, revenue: Column, views: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, revenue: FloatLike, views: FloatLike) -> Ratio | Ratios: ...


class InteractionRate(Protocol):
    """Of `interaction_rate`."""

    @overload
    def __call__(self, interacting: float, viewers: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, interacting: Column, viewers: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(self, interacting: FloatLike, viewers: FloatLike, *, confidence: float = ...) -> Ratio | Ratios: ...


class NewVisitorShare(Protocol):
    """Of `new_visitor_share`."""

    @overload
    def __call__(self, new_visitors: float, visitors: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, new_visitors: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(self, new_visitors: FloatLike, visitors: FloatLike, *, confidence: float = ...) -> Ratio | Ratios: ...


class PageDepth(Protocol):
    """Of `page_depth`."""

    @overload
    def __call__(self, page_views: float, visits: float) -> Ratio: ...

    @overload
    def __call__(self, page_views: Column, visits: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, page_views: FloatLike, visits: FloatLike) -> Ratio | Ratios: ...


class RefundRate(Protocol):
    """Of `refund_rate`."""

    @overload
    def __call__(self, refunded_orders: float, matured_orders: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, refunded_orders: Column, matured_orders: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(
        self, refunded_orders: FloatLike, matured_orders: FloatLike, *, confidence: float = ...
    ) -> Ratio | Ratios: ...


class ReturnOnAdSpend(Protocol):
    """Of `return_on_ad_spend`."""

    @overload
    def __call__(self, ad_revenue: float, spend: float) -> Ratio: ...

    @overload
    def __call__(self, ad_revenue: Column, spend: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, ad_revenue: FloatLike, spend: FloatLike) -> Ratio | Ratios: ...


class ReturningVisitorShare(Protocol):
    """Of `returning_visitor_share`."""

    @overload
    def __call__(self, returning_visitors: float, visitors: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, returning_visitors: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(
        self, returning_visitors: FloatLike, visitors: FloatLike, *, confidence: float = ...
    ) -> Ratio | Ratios: ...


class TotalAdvertisingCostOfSale(Protocol):
    """Of `total_advertising_cost_of_sale`."""

    @overload
    def __call__(self, spend: float, revenue: float) -> Ratio: ...

    @overload
    def __call__(self, spend: Column, revenue: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, spend: FloatLike, revenue: FloatLike) -> Ratio | Ratios: ...


class UnengagedRate(Protocol):
    """Of `unengaged_rate`."""

    @overload
    def __call__(self, unengaged_sessions: float, sessions: float, *, confidence: float = ...) -> Ratio: ...

    @overload
    def __call__(self, unengaged_sessions: Column, sessions: FloatLike, *, confidence: float = ...) -> Ratios: ...

    @overload
    def __call__(
        self, unengaged_sessions: FloatLike, sessions: FloatLike, *, confidence: float = ...
    ) -> Ratio | Ratios: ...


class UnitSessionRate(Protocol):
    """Of `unit_session_rate`."""

    @overload
    def __call__(self, units: float, sessions: float) -> Ratio: ...

    @overload
    def __call__(self, units: Column, sessions: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, units: FloatLike, sessions: FloatLike) -> Ratio | Ratios: ...


class VisitorCost(Protocol):
    """Of `visitor_cost`."""

    @overload
    def __call__(self, spend: float, paid_visitors: float) -> Ratio: ...

    @overload
    def __call__(self, spend: Column, paid_visitors: FloatLike) -> Ratios: ...

    @overload
    def __call__(self, spend: FloatLike, paid_visitors: FloatLike) -> Ratio | Ratios: ...
