"""Twin equals scalar, element by element, for all twins of all engines, driven by tables beside their tests.

A table is a file ``tests/<area>/twin_cases.py`` that binds ``CASES``, a list of rows::

    {"name": "times",
     "scalar": lambda price, rate: ...,        # one row in, one int out
     "array": lambda price, rate: ...,         # int64 columns in, one int64 column out
     "rows": st.tuples(...)}                   # a hypothesis strategy of one row
"""

import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

TABLES = sorted(Path(__file__).parents[1].glob("*/twin_cases.py"))
CASES = [case for path in TABLES for case in runpy.run_path(str(path))["CASES"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_twin_equals_scalar(case):
    @given(st.lists(case["rows"], min_size=1, max_size=8))
    def law(rows):
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        found = case["array"](*columns)
        assert found.dtype == np.int64
        assert found.tolist() == [case["scalar"](*row) for row in rows]

    law()


def test_there_are_tables():
    assert CASES
