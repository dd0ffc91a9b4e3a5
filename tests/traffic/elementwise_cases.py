"""Elementwise functions of traffic: see tests/laws/test_elementwise.py for the format."""

from shopcore import traffic

COUNTED = [
    (traffic.add_to_cart_rate, "added_to_cart", "visitors"),
    (traffic.bounce_rate, "single_page_visits", "visits"),
    (traffic.click_through_rate, "clicks", "impressions"),
    (traffic.conversion_rate, "buyers", "visitors"),
    (traffic.favourite_cart_rate, "favourite_or_cart", "visitors"),
    (traffic.favourite_rate, "favourites", "visitors"),
    (traffic.interaction_rate, "interacting", "viewers"),
    (traffic.new_visitor_share, "new_visitors", "visitors"),
    (traffic.refund_rate, "refunded_orders", "matured_orders"),
    (traffic.returning_visitor_share, "returning_visitors", "visitors"),
    (traffic.unengaged_rate, "unengaged_sessions", "sessions"),
]
MEASURED = [
    (traffic.advertising_cost_of_sale, "spend", "ad_revenue"),
    (traffic.average_order_value, "revenue", "sales"),
    (traffic.cost_per_click, "spend", "clicks"),
    (traffic.cost_per_mille, "spend", "impressions"),
    (traffic.cost_per_order, "spend", "orders"),
    (traffic.dwell_time, "seconds", "visits"),
    (traffic.gross_merchandise_per_mille, "revenue", "views"),
    (traffic.page_depth, "page_views", "visits"),
    (traffic.return_on_ad_spend, "ad_revenue", "spend"),
    (traffic.total_advertising_cost_of_sale, "spend", "revenue"),
    (traffic.unit_session_rate, "units", "sessions"),
    (traffic.visitor_cost, "spend", "paid_visitors"),
]


def value(answer):
    return answer.value


CASES = [
    {"function": function, "columns": {part: 375.0, whole: 12_500.0}, "pick": value}
    for function, part, whole in COUNTED + MEASURED
] + [
    {
        "function": traffic.uv_value,
        "columns": {"revenue": 71_250.0, "visitors": 12_500.0, "buyers": 375.0},
        "pick": lambda answer: answer.value.value,
    },
    {
        "function": traffic.proportion_tests,
        "columns": {"successes_a": 300.0, "trials_a": 10_000.0, "successes_b": 360.0, "trials_b": 10_000.0},
        "pick": lambda answer: answer.p_value,
    },
]
