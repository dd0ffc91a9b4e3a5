"""What each channel is worth, what to change, and how sure we are (流量与投产)."""

from typing import TYPE_CHECKING

__all__ = [
    "AttributedReturn",
    "Attribution",
    "BayesianTest",
    "ChannelDecomposition",
    "ChannelFigures",
    "ChannelReport",
    "Comparison",
    "Decision",
    "Decomposition",
    "Funnel",
    "FunnelStep",
    "IncrementalReturn",
    "Journeys",
    "LiveSession",
    "MixRate",
    "Moments",
    "PairMoments",
    "PaymentFailures",
    "ProportionTests",
    "SampleRatio",
    "SequentialTest",
    "SumsRatio",
    "UvValue",
    "add_to_cart_rate",
    "adjusted_p_values",
    "advertising_cost_of_sale",
    "anytime",
    "average_order_value",
    "bayesian_test",
    "bounce_rate",
    "channel_report",
    "click_through_rate",
    "compare_adjusted",
    "compare_means",
    "compare_ratios",
    "compare_shares",
    "conversion_rate",
    "cost_per_click",
    "cost_per_mille",
    "cost_per_order",
    "credit_interval",
    "decide",
    "decompose",
    "decompose_channels",
    "dwell_time",
    "favourite_cart_rate",
    "favourite_rate",
    "first_touch_credit",
    "funnel",
    "gross_merchandise_per_mille",
    "incremental_return",
    "interaction_rate",
    "journeys",
    "journeys_of_paths",
    "last_non_direct_credit",
    "last_touch_credit",
    "linear_credit",
    "live_session",
    "markov_credit",
    "mix_rate",
    "mixing_sd_for",
    "new_visitor_share",
    "page_depth",
    "payment_failures",
    "pooled",
    "position_credit",
    "power_of_test",
    "probability_best",
    "proportion_tests",
    "ratio_of_sums",
    "refund_rate",
    "return_on_ad_spend",
    "returning_visitor_share",
    "sample_ratio",
    "sample_size",
    "sample_size_of_means",
    "sequential_test",
    "shapley_credit",
    "thompson_allocation",
    "time_decay_credit",
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
    from shopcore.traffic._bayes import (
        BayesianTest,
        bayesian_test,
        probability_best,
        thompson_allocation,
    )
    from shopcore.traffic._channels import (
        ChannelFigures,
        ChannelReport,
        channel_report,
    )
    from shopcore.traffic._compare import (
        Comparison,
        ProportionTests,
        compare_adjusted,
        compare_means,
        compare_ratios,
        compare_shares,
        proportion_tests,
    )
    from shopcore.traffic._credit import (
        Attribution,
        first_touch_credit,
        last_non_direct_credit,
        last_touch_credit,
        linear_credit,
        position_credit,
        time_decay_credit,
    )
    from shopcore.traffic._decompose import (
        ChannelDecomposition,
        Decomposition,
        MixRate,
        decompose,
        decompose_channels,
        mix_rate,
    )
    from shopcore.traffic._funnel import (
        Funnel,
        FunnelStep,
        PaymentFailures,
        funnel,
        payment_failures,
    )
    from shopcore.traffic._interest import (
        add_to_cart_rate,
        favourite_cart_rate,
        favourite_rate,
    )
    from shopcore.traffic._journeys import (
        Journeys,
        journeys,
        journeys_of_paths,
    )
    from shopcore.traffic._live import (
        LiveSession,
        gross_merchandise_per_mille,
        interaction_rate,
        live_session,
    )
    from shopcore.traffic._markov import (
        credit_interval,
        markov_credit,
        shapley_credit,
    )
    from shopcore.traffic._moments import (
        Moments,
        PairMoments,
    )
    from shopcore.traffic._plan import (
        Decision,
        adjusted_p_values,
        decide,
        power_of_test,
        sample_size,
        sample_size_of_means,
    )
    from shopcore.traffic._ratio import (
        SumsRatio,
        pooled,
        ratio_of_sums,
    )
    from shopcore.traffic._return import (
        AttributedReturn,
        IncrementalReturn,
        incremental_return,
    )
    from shopcore.traffic._sales import (
        UvValue,
        average_order_value,
        conversion_rate,
        refund_rate,
        unit_session_rate,
        uv_value,
    )
    from shopcore.traffic._sequential import (
        SampleRatio,
        SequentialTest,
        anytime,
        mixing_sd_for,
        sample_ratio,
        sequential_test,
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
        "_bayes": (
            "BayesianTest",
            "bayesian_test",
            "probability_best",
            "thompson_allocation",
        ),
        "_channels": (
            "ChannelFigures",
            "ChannelReport",
            "channel_report",
        ),
        "_compare": (
            "Comparison",
            "ProportionTests",
            "compare_adjusted",
            "compare_means",
            "compare_ratios",
            "compare_shares",
            "proportion_tests",
        ),
        "_credit": (
            "Attribution",
            "first_touch_credit",
            "last_non_direct_credit",
            "last_touch_credit",
            "linear_credit",
            "position_credit",
            "time_decay_credit",
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
        "_journeys": (
            "Journeys",
            "journeys",
            "journeys_of_paths",
        ),
        "_live": (
            "LiveSession",
            "gross_merchandise_per_mille",
            "interaction_rate",
            "live_session",
        ),
        "_markov": (
            "credit_interval",
            "markov_credit",
            "shapley_credit",
        ),
        "_moments": (
            "Moments",
            "PairMoments",
        ),
        "_plan": (
            "Decision",
            "adjusted_p_values",
            "decide",
            "power_of_test",
            "sample_size",
            "sample_size_of_means",
        ),
        "_ratio": (
            "SumsRatio",
            "pooled",
            "ratio_of_sums",
        ),
        "_return": (
            "AttributedReturn",
            "IncrementalReturn",
            "incremental_return",
        ),
        "_sales": (
            "UvValue",
            "average_order_value",
            "conversion_rate",
            "refund_rate",
            "unit_session_rate",
            "uv_value",
        ),
        "_sequential": (
            "SampleRatio",
            "SequentialTest",
            "anytime",
            "mixing_sd_for",
            "sample_ratio",
            "sequential_test",
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
