"""Elementwise functions of the base: see tests/laws/test_elementwise.py for the format."""

from shopcore import _intervals

CASES = [
    {"function": _intervals.wilson, "columns": {"successes": 3.0, "trials": 10.0}, "pick": lambda bounds: bounds[0]},
    {"function": _intervals.clopper_pearson, "columns": {"successes": 3.0, "trials": 10.0}, "pick": lambda b: b[1]},
]
