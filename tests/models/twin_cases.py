"""Twins of the base: see tests/laws/test_twins.py for the format."""

from hypothesis import strategies as st

from shopcore import _arrays
from shopcore._rounding import ROUNDINGS, round_div
from shopcore.models import Money, Rate
from shopcore.testing import amounts

CASES = [
    {
        "name": f"round_div, {rounding}",
        "scalar": lambda n, d, rounding=rounding: round_div(n, d, rounding),
        "array": lambda n, d, rounding=rounding: _arrays.round_div(n, d, rounding),
        "rows": st.tuples(st.integers(-(2**60), 2**60), st.integers(1, 2**60)),
    }
    for rounding in ROUNDINGS
] + [
    {
        "name": f"times_rate, {rounding}",
        "scalar": lambda m, n, rounding=rounding: Money(m, "CNY").times(Rate(n) / 1_000_000, rounding=rounding).minor,
        "array": lambda m, n, rounding=rounding: _arrays.times_rate(
            "price", m, _arrays.RateColumn(n, 1_000_000), rounding
        ),
        "rows": st.tuples(amounts(), st.integers(-(10**6), 10**6)),
    }
    for rounding in ROUNDINGS
]
