"""What each channel is worth, what to change, and how sure we are (流量与投产)."""

from typing import TYPE_CHECKING

__all__ = [
    "ChannelDecomposition",
    "ChannelFigures",
    "ChannelReport",
    "Decomposition",
    "Funnel",
    "FunnelStep",
    "LiveSession",
    "MixRate",
    "PaymentFailures",
    "SumsRatio",
    "UvValue",
    "add_to_cart_rate",
    "advertising_cost_of_sale",
    "average_order_value",
    "bounce_rate",
    "channel_report",
    "click_through_rate",
    "conversion_rate",
    "cost_per_click",
    "cost_per_mille",
    "cost_per_order",
    "decompose",
    "decompose_channels",
    "dwell_time",
    "favourite_cart_rate",
    "favourite_rate",
    "funnel",
    "gross_merchandise_per_mille",
    "interaction_rate",
    "live_session",
    "mix_rate",
    "new_visitor_share",
    "page_depth",
    "payment_failures",
    "pooled",
    "ratio_of_sums",
    "refund_rate",
    "return_on_ad_spend",
    "returning_visitor_share",
    "total_advertising_cost_of_sale",
    "unengaged_rate",
    "unit_session_rate",
    "uv_value",
    "visitor_cost",
]

if TYPE_CHECKING:
    from shopcore.traffic._advertising import (
        advertising_cost_of_sale,
        click_through_rate,
        cost_per_click,
        cost_per_mille,
        cost_per_order,
        return_on_ad_spend,
        total_advertising_cost_of_sale,
        visitor_cost,
    )
    from shopcore.traffic._channels import ChannelFigures, ChannelReport, channel_report
    from shopcore.traffic._decompose import (
        ChannelDecomposition,
        Decomposition,
        MixRate,
        decompose,
        decompose_channels,
        mix_rate,
    )
    from shopcore.traffic._funnel import Funnel, FunnelStep, PaymentFailures, funnel, payment_failures
    from shopcore.traffic._interest import add_to_cart_rate, favourite_cart_rate, favourite_rate
    from shopcore.traffic._live import LiveSession, gross_merchandise_per_mille, interaction_rate, live_session
    from shopcore.traffic._ratio import SumsRatio, pooled, ratio_of_sums
    from shopcore.traffic._sales import (
        UvValue,
        average_order_value,
        conversion_rate,
        refund_rate,
        unit_session_rate,
        uv_value,
    )
    from shopcore.traffic._visits import (
        bounce_rate,
        dwell_time,
        new_visitor_share,
        page_depth,
        returning_visitor_share,
        unengaged_rate,
    )
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_advertising": (
            "advertising_cost_of_sale",
            "click_through_rate",
            "cost_per_click",
            "cost_per_mille",
            "cost_per_order",
            "return_on_ad_spend",
            "total_advertising_cost_of_sale",
            "visitor_cost",
        ),
        "_channels": (
            "ChannelFigures",
            "ChannelReport",
            "channel_report",
        ),
        "_decompose": (
            "ChannelDecomposition",
            "Decomposition",
            "MixRate",
            "decompose",
            "decompose_channels",
            "mix_rate",
        ),
        "_funnel": (
            "Funnel",
            "FunnelStep",
            "PaymentFailures",
            "funnel",
            "payment_failures",
        ),
        "_interest": (
            "add_to_cart_rate",
            "favourite_cart_rate",
            "favourite_rate",
        ),
        "_live": (
            "LiveSession",
            "gross_merchandise_per_mille",
            "interaction_rate",
            "live_session",
        ),
        "_ratio": (
            "SumsRatio",
            "pooled",
            "ratio_of_sums",
        ),
        "_sales": (
            "UvValue",
            "average_order_value",
            "conversion_rate",
            "refund_rate",
            "unit_session_rate",
            "uv_value",
        ),
        "_visits": (
            "bounce_rate",
            "dwell_time",
            "new_visitor_share",
            "page_depth",
            "returning_visitor_share",
            "unengaged_rate",
        ),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
