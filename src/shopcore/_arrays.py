"""Scalars and arrays under one rule: floats in, float out; arrays broadcast; every bad row is named.

Estimating functions use `gather` and `give_back`; exact functions use int64 minor units with ranges checked
before anything is computed, because numpy wraps silently afterwards.
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass, fields
from typing import Any, Final, NoReturn

import numpy as np

from shopcore._checks import fail, fail_limit, one_of, shown
from shopcore._rounding import ROUNDINGS, Rounding
from shopcore.errors import InputError, LimitError, ShapeError
from shopcore.typing import BoolArray, FloatArray, IntArray, MinorArray

INT64_MAX: Final = 2**63 - 1
MAX_ROWS: Final = 100_000_000
SHOWN_POSITIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Domain:
    """The values an argument may take; `text` completes the sentence "must be ..."."""

    text: str
    low: float = -np.inf
    high: float = np.inf
    low_open: bool = False
    high_open: bool = False
    infinite: bool = False

    def bad(self, values: FloatArray) -> BoolArray:
        """Return where `values` lie outside (NaN is always outside)."""
        above = values > self.low if self.low_open else values >= self.low
        below = values < self.high if self.high_open else values <= self.high
        good = above & below if self.infinite else above & below & np.isfinite(values)
        return ~good


ANY: Final = Domain("a finite number")
NON_NEGATIVE: Final = Domain("finite and >= 0", low=0.0)
POSITIVE: Final = Domain("finite and > 0", low=0.0, low_open=True)
UNIT: Final = Domain("in [0, 1]", low=0.0, high=1.0)
OPEN_UNIT: Final = Domain("in (0, 1)", low=0.0, high=1.0, low_open=True, high_open=True)


def is_scalar(value: object) -> bool:
    """Return whether a value is a single number (a Python or numpy scalar), not an array of any shape."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def all_scalar(*values: object) -> bool:
    """Return whether every value is a single number, so that the fast scalar path may be taken."""
    return all(type(value) is float or is_scalar(value) for value in values)


def fail_rows(argument: str, bad: BoolArray, values: Any, expected: str, *, reason: str = "range") -> NoReturn:
    """Raise `InputError` naming the positions of all bad rows (the first five in the message)."""
    if np.ndim(values) == 0:
        fail(argument, np.asarray(values).item(), expected, reason=reason)
    positions = tuple(int(i) for i in np.flatnonzero(bad))
    first = np.asarray(values).ravel()[positions[0] : positions[0] + 1].tolist()[0]
    where = ", ".join(str(i) for i in positions[:SHOWN_POSITIONS])
    more = f" and {len(positions) - SHOWN_POSITIONS} more" if len(positions) > SHOWN_POSITIONS else ""
    raise InputError(
        f"{argument} must be {expected}, got {shown(first)} at row {where}{more}",
        argument=argument,
        value=shown(first),
        expected=expected,
        reason=reason,
        positions=positions,
    )


def floats(argument: str, value: object, domain: Domain = ANY) -> FloatArray:
    """Return `value` as a float64 array (0-d for a scalar) after checking every element.

    Raises
    ------
    InputError
        If it is not numeric, holds None, text or bool, or lies outside `domain`; `positions` names the rows.
    """
    raw = _column(argument, value)
    if raw.dtype.kind == "O":
        raw = _numbers_of_objects(argument, raw)
    result: FloatArray = raw.astype(np.float64, copy=False)
    bad = domain.bad(result)
    if bad.any():
        fail_rows(argument, bad, result, domain.text)
    return result


def _column(argument: str, value: object) -> Any:
    # Numbers as numpy holds them, or objects to be looked at one by one; what can be neither is refused here.
    try:
        raw = np.asarray(value)
        if raw.dtype.kind in "US" or (isinstance(value, list | tuple) and _holds_bool(value)):
            # numpy made text of mixed lists, and numbers of booleans: go back to what was handed in.
            raw = np.asarray(value, dtype=object)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raw = None
    if raw is None or raw.dtype.kind not in "iufbO":
        fail(argument, value, "a number or a regular array of numbers", reason="type")
    if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
        fail_rows(argument, np.ma.getmaskarray(value), raw, "without masked rows", reason="missing")
    return raw.astype(object) if raw.dtype.kind == "b" and raw.size else raw


def _holds_bool(values: Any) -> bool:
    # One look at the types of a flat list, in C; nested lists are followed.
    kinds = set(map(type, values))
    if bool in kinds or np.bool_ in kinds:
        return True
    return bool(kinds & {list, tuple}) and any(_holds_bool(row) for row in values if isinstance(row, list | tuple))


def _numbers_of_objects(argument: str, raw: Any) -> Any:
    # Columns with missing values arrive as objects; say which rows are missing instead of "not a number".
    bad = np.array([not _is_number(item) for item in raw.ravel()], dtype=bool)
    if bad.any():
        fail_rows(argument, bad, raw, "a number", reason="type")
    try:
        return raw.astype(np.float64)
    except (OverflowError, ValueError, TypeError):
        bad = np.array([_too_large(item) for item in raw.ravel()], dtype=bool)
    fail_rows(argument, bad, raw, "a finite number")


def _is_number(item: object) -> bool:
    # Decimal and Rate are exact numbers and have a float; text and booleans are no numbers here.
    return hasattr(item, "__float__") and not isinstance(item, bool | np.bool_)


def _too_large(item: Any) -> bool:
    try:
        float(item)
    except (OverflowError, ValueError, TypeError):
        return True
    return False


def broadcast(**columns: Any) -> list[Any]:
    """Return the arrays broadcast to one shape, in the order given; `ShapeError` names every shape."""
    try:
        return list(np.broadcast_arrays(*columns.values()))
    except ValueError:
        pass
    shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in columns.items())
    raise ShapeError(
        f"the shapes must broadcast together, got {shapes}",
        argument=", ".join(columns),
        value=shapes,
        expected="shapes that broadcast together",
        reason="shape",
    )


def gather(**columns: tuple[object, Domain]) -> tuple[list[FloatArray], bool]:
    """Return checked float arrays of one shape, and whether every argument was a scalar.

    Examples
    --------
    >>> (mean, sd), scalar = gather(mean=([10, 20], POSITIVE), sd=(3, NON_NEGATIVE))
    >>> mean.tolist(), sd.tolist(), scalar
    ([10.0, 20.0], [3.0, 3.0], False)
    """
    checked = {name: floats(name, value, domain) for name, (value, domain) in columns.items()}
    scalar = all(array.ndim == 0 for array in checked.values())
    return (list(checked.values()) if len(checked) == 1 else broadcast(**checked)), scalar


def give_back(values: Any, *, scalar: bool) -> Any:
    """Return a Python float (or int, bool) where the question was scalar, the array otherwise."""
    return np.asarray(values).item() if scalar else values


def minors(argument: str, value: object, *, low: int | None = None, high: int | None = None) -> MinorArray:
    """Return whole minor units as int64; floats are refused, whatever their value.

    Raises
    ------
    InputError
        If they are not integers, or outside `low` to `high` or of 64 bits; `positions` names the rows.
    """
    raw = _column(argument, value)
    if raw.dtype.kind == "O":
        raw = _integers_of_objects(argument, raw)
    if raw.dtype.kind == "f" and raw.size:
        fail(argument, value, "whole minor units (integers)", reason="type", hint="money is never a float")
    if raw.dtype.kind == "u" and raw.size and int(raw.max()) > INT64_MAX:
        fail_rows(argument, raw > INT64_MAX, raw, "whole minor units below 2**63")
    result: MinorArray = raw.astype(np.int64, copy=False)
    # -2**63 has no positive twin, so no Money holds it.
    low = max(-INT64_MAX, -INT64_MAX if low is None else low)
    bad = result < low
    if high is not None:
        bad |= result > high
    if bad.any():
        fail_rows(
            argument, bad, result, f"minor units at least {low}" + (f", at most {high}" if high is not None else "")
        )
    return result


def _integers_of_objects(argument: str, raw: Any) -> Any:
    bad = np.array([not _fits_int64(item) for item in raw.ravel()], dtype=bool)
    if bad.any():
        fail_rows(argument, bad, raw, "whole minor units below 2**63", reason="type")
    return raw.astype(np.int64)


def _fits_int64(item: object) -> bool:
    return isinstance(item, numbers.Integral) and not isinstance(item, bool) and abs(int(item)) <= INT64_MAX


def guard_range(argument: str, values: IntArray, factor: int, *, limit: int = INT64_MAX) -> None:
    """Refuse, before multiplying, rows where ``abs(value) * factor`` would leave int64; names the rows."""
    if factor <= 0 or values.size == 0:
        return
    bound = limit // factor
    # abs() of the smallest int64 is itself, so both ends are compared instead.
    bad = (values > bound) | (values < -bound)
    if bad.any():
        positions = tuple(int(i) for i in np.flatnonzero(bad))
        where = ", ".join(str(i) for i in positions[:SHOWN_POSITIONS])
        raise LimitError(
            f"{argument} must be at most {bound} in size to stay exact, row {where} is larger",
            argument=argument,
            expected=f"at most {bound} in size",
            reason="overflow",
            positions=positions,
        )


def round_div(numerator: IntArray, denominator: int | IntArray, rounding: Rounding = "half_up") -> IntArray:
    """Return int64 quotients rounded by the named mode: the twin of the scalar `round_div`.

    The caller has made sure that ``2 * abs(numerator) + denominator`` fits int64 and the denominator is positive.
    """
    if rounding == "half_up":
        size: IntArray = (2 * np.abs(numerator) + denominator) // (2 * np.asarray(denominator))
        return np.where(numerator < 0, -size, size)
    one_of("rounding", rounding, ROUNDINGS)
    low: IntArray
    low, rest = np.divmod(numerator, denominator)
    result: IntArray = low + _steps_up(low, rest, denominator, numerator < 0, rounding)
    return result


def _steps_up(
    low: IntArray, rest: IntArray, denominator: int | IntArray, negative: BoolArray, rounding: Rounding
) -> Any:
    # One where the quotient, rounded towards minus infinity so far, has to go up by one.
    if rounding == "floor":
        return 0
    if rounding == "ceiling":
        return rest != 0
    if rounding in ("up", "down"):
        return (rest != 0) & ((rounding == "up") != negative)
    tie = low & 1 if rounding == "half_even" else negative
    return np.where(2 * rest == denominator, tie, 2 * rest > denominator)


@dataclass(frozen=True, slots=True, eq=False)
class RateColumn:
    """Exact rates as int64 numerators over one common denominator: 8.875 % and 1/3 are both exact.

    Attributes
    ----------
    numerators : int64 array, shape (n,) or ()
    denominator : int
        The scale of the whole column, at least 1.
    """

    numerators: IntArray
    denominator: int

    @property
    def largest(self) -> int:
        """The largest numerator in size."""
        return max(int(self.numerators.max()), -int(self.numerators.min())) if self.numerators.size else 0


def times_rate(argument: str, amounts: MinorArray, rates: RateColumn, rounding: Rounding = "half_up") -> MinorArray:
    """Return amounts times exact rates, each rounded once; the range is checked before multiplying.

    Raises
    ------
    LimitError
        If a product could leave int64; `positions` names the rows.
    """
    if rates.denominator > INT64_MAX // 4:
        fail("denominator", rates.denominator, "at most 2**61", reason="overflow")
    guard_range(argument, amounts, 2 * max(rates.largest, 1), limit=INT64_MAX - rates.denominator)
    return round_div(amounts * rates.numerators, rates.denominator, rounding)


def check_rows(argument: str, size: int, limit: int = MAX_ROWS) -> None:
    """Refuse more rows than the stated limit before work is done."""
    if size > limit:
        fail_limit(argument, size, limit, "rows", reason="too_many_rows")


class ByValue:  # noqa: PLW1641  # no hash on purpose
    """Equality of a frozen dataclass whose fields may be arrays: field by field, missing numbers alike.

    As it holds arrays it cannot be a key, like a list, unless a subclass says how.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Compare by value."""
        if type(other) is not type(self):
            return NotImplemented
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]  # the mixin is used on dataclasses only
        return all(_alike(getattr(self, name), getattr(other, name)) for name in names)


def _alike(one: Any, two: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(two, np.ndarray):
        missing = np.asarray(one).dtype.kind == "f" and np.asarray(two).dtype.kind == "f"
        return bool(np.array_equal(one, two, equal_nan=missing))
    return bool(one == two)
