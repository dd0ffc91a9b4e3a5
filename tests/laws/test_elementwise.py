"""One rule for every elementwise function of every engine, driven by tables beside the engines' tests.

A table is a file ``tests/<area>/elementwise_cases.py`` that binds ``CASES``, a list of rows::

    {"function": margin_rate,               # the public function
     "columns": {"price": 120.0, "cost": 80.0},   # elementwise arguments, each with a good scalar value
     "fixed": {"confidence": 0.95},          # optional: the arguments that are no columns
     "pick": lambda answer: answer,          # optional: the array or float to look at in the answer
     "missing_ok": ("price",),               # optional: columns whose NaN has a meaning
     "named": {"demand": "mean"}}            # optional: the names errors use, where parameter objects hold the columns

What is checked: floats in, a Python float out; lists and arrays in, an array out, equal element by element to the
scalars; columns broadcast; a 0-d array is a scalar; empty columns give empty answers; shapes that do not fit raise
`ShapeError`; NaN, infinity, None, text and booleans raise `InputError` with the positions of all bad rows.
"""

import runpy
from pathlib import Path

import numpy as np
import pytest

from shopcore.errors import InputError, ShapeError

TABLES = sorted(Path(__file__).parents[1].glob("*/elementwise_cases.py"))
ROWS = [row for path in TABLES for row in runpy.run_path(str(path))["CASES"]]
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["function"].__qualname__)
every_column = pytest.mark.parametrize(
    ("row", "name"),
    [(row, name) for row in ROWS for name in row["columns"]],
    ids=lambda value: value if isinstance(value, str) else value["function"].__qualname__,
)


def ask(row, **changes):
    answer = row["function"](**{**row["columns"], **row.get("fixed", {}), **changes})
    return row.get("pick", lambda found: found)(answer)


@every_row
def test_floats_in_python_float_out(row):
    assert type(ask(row)) in (float, int, bool)
    zero_d = {name: np.array(value) for name, value in row["columns"].items()}
    assert ask(row, **zero_d) == pytest.approx(ask(row), rel=1e-12, nan_ok=True)
    numpy_scalars = {name: np.float64(value) for name, value in row["columns"].items()}
    assert ask(row, **numpy_scalars) == pytest.approx(ask(row), rel=1e-12, nan_ok=True)


@every_row
def test_columns_in_columns_out_equal_to_the_scalars(row):
    scalar = ask(row)
    for make in (list, tuple, np.array):
        found = ask(row, **{name: make([value] * 3) for name, value in row["columns"].items()})
        assert isinstance(found, np.ndarray)
        assert found.shape == (3,)
        np.testing.assert_allclose(found, [scalar] * 3, rtol=1e-9)
    square = ask(row, **{name: np.full((2, 2), value) for name, value in row["columns"].items()})
    assert square.shape == (2, 2)


@every_column
def test_each_column_broadcasts(row, name):
    found = ask(row, **{name: [row["columns"][name]] * 4})
    np.testing.assert_allclose(found, [ask(row)] * 4, rtol=1e-9)


@every_row
def test_empty_columns_give_empty_answers(row):
    assert ask(row, **{name: [] for name in row["columns"]}).shape == (0,)


@pytest.mark.parametrize(
    "row", [row for row in ROWS if len(row["columns"]) > 1], ids=lambda row: row["function"].__qualname__
)
def test_shapes_that_do_not_fit_are_named(row):
    first, second, *_ = row["columns"]
    with pytest.raises(ShapeError) as caught:
        ask(row, **{first: [row["columns"][first]] * 3, second: [row["columns"][second]] * 2})
    assert first in str(caught.value)


@every_column
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), None, "text", True], ids=str)
def test_bad_rows_are_all_named(row, name, bad):
    if name in row.get("missing_ok", ()) and isinstance(bad, float):
        pytest.skip("NaN and infinity have a meaning in this column")
    good = row["columns"][name]
    with pytest.raises(InputError) as caught:
        ask(row, **{name: [good, bad, good, bad]})
    assert caught.value.positions == (1, 3)
    assert caught.value.argument == row.get("named", {}).get(name, name)
    with pytest.raises(InputError):
        ask(row, **{name: bad})


def test_there_are_rows():
    assert ROWS
