"""Elementwise functions of the customers engine: see tests/laws/test_elementwise.py for the format."""

from shopcore import customers
from shopcore.customers import BgNbd, GammaGamma, ParetoNbd, Sbg

BG, PARETO = BgNbd(0.243, 4.414, 0.793, 2.426), ParetoNbd(0.553, 10.578, 0.606, 11.669)
PAST = {"orders": 2.0, "recency": 30.43, "age": 38.86}

CASES = [
    {"function": customers.probability_alive, "columns": PAST, "fixed": {"model": BG}},
    {"function": customers.log_likelihood, "columns": PAST, "fixed": {"model": PARETO}},
    {"function": customers.expected_orders, "columns": {**PAST, "horizon": 39.0}, "fixed": {"model": BG}},
    {"function": customers.probability_no_order, "columns": {**PAST, "horizon": 26.0}, "fixed": {"model": PARETO}},
    {
        "function": customers.discounted_orders,
        "columns": PAST,
        "fixed": {"model": BG, "step": 4.0, "steps": 6, "discount_rate": 0.01},
    },
    {
        "function": customers.probability_of_orders,
        "columns": {"count": 2.0, "horizon": 39.0},
        "fixed": {"model": PARETO},
    },
    {"function": customers.expected_orders_of_new, "columns": {"horizon": 39.0}, "fixed": {"model": BG}},
    {
        "function": customers.expected_spend,
        "columns": {"orders": 2.0, "mean_spend": 22.35},
        "fixed": {"model": GammaGamma(6.25, 3.74, 15.44)},
    },
    {"function": customers.survival, "columns": {"periods": 3.0}, "fixed": {"model": Sbg(0.668, 3.806)}},
    {"function": customers.retention_rate, "columns": {"period": 3.0}, "fixed": {"model": Sbg(0.668, 3.806)}},
]
