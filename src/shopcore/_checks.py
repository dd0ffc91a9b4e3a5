"""One-line checks of arguments, with one wording for every message.

``argument must be EXPECTED, got VALUE; HINT``. Values are shown as short text, never at full length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Context
from operator import index
from typing import Any, NoReturn, TypeVar

from shopcore.errors import InputError, LimitError

T = TypeVar("T")
SHOWN = 60
# Control characters, halves of surrogate pairs, and the marks that turn the direction of what follows. Joiners and
# wide spaces stay: names and titles are full of them.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORT = Context(prec=20, Emin=-999_999_999_999_999_999, Emax=999_999_999_999_999_999, traps=[])


def shown(value: object) -> str:
    """Return a value as text of at most 60 characters, safe for a message.

    Long numbers and texts are not rendered in full before they are cut, so a hostile value costs nothing.
    """
    if isinstance(value, str):
        text = repr(value[:SHOWN])
    elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        text = f"an integer of {value.bit_length()} bits"
    elif isinstance(value, list | tuple | dict | set | frozenset):
        text = f"{type(value).__name__} of {len(value)}"
    elif isinstance(value, int | float | bool | None):
        text = repr(value)
    else:
        text = f"{type(value).__name__} {_short_text(value)}".rstrip()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _short_text(value: object) -> str:
    # A foreign object's own repr may be huge, slow or tell secrets; only plain number and date types are shown.
    kind = type(value).__module__
    if kind == "decimal":
        return str(_SHORT.plus(value)) if value.is_finite() else str(value)[:SHOWN]  # type: ignore[attr-defined, arg-type]  # a Decimal
    if kind == "fractions" and max(abs(value.numerator), value.denominator).bit_length() > 256:  # type: ignore[attr-defined]  # a Fraction
        return "of two very long integers"
    return str(value)[:SHOWN] if kind in ("fractions", "datetime") else ""


def fail(argument: str, value: object, expected: str, *, reason: str = "invalid", hint: str = "") -> NoReturn:
    """Raise `InputError` in the house's wording."""
    seen = shown(value)
    message = f"{argument} must be {expected}, got {seen}" + (f"; {hint}" if hint else "")
    raise InputError(message, argument=argument, value=seen, expected=expected, reason=reason)


def fail_limit(argument: str, size: int, limit: int, unit: str, *, reason: str) -> NoReturn:
    """Raise `LimitError`: `argument` has `size` units where `limit` are allowed."""
    raise LimitError(
        f"{argument} must have at most {limit} {unit}, got {size}",
        argument=argument,
        value=str(size),
        expected=f"at most {limit} {unit}",
        reason=reason,
    )


def _interval(low: float | None, high: float | None, *, low_open: bool, high_open: bool) -> str:
    if low is None and high is None:
        return "any finite value"
    if high is None:
        return f"{'>' if low_open else '>='} {low:g}"
    if low is None:
        return f"{'<' if high_open else '<='} {high:g}"
    return f"in {'(' if low_open else '['}{low:g}, {high:g}{')' if high_open else ']'}"


def integer(argument: str, value: object, *, low: int | None = None, high: int | None = None) -> int:
    """Return `value` as an int if it is one (an int or numpy integer, not a bool) within the bounds."""
    if type(value) is not int:
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            fail(argument, value, "an integer", reason="type")
        try:
            value = index(value)
        except (TypeError, ValueError, OverflowError):
            fail(argument, value, "an integer", reason="type")
    if (low is not None and value < low) or (high is not None and value > high):
        if low is not None and high is not None:
            expected = f"an integer from {low} to {high}"
        else:
            expected = f"an integer >= {low}" if low is not None else f"an integer <= {high}"
        fail(argument, value, expected, reason="range")
    return value


def number(
    argument: str,
    value: object,
    *,
    low: float | None = None,
    high: float | None = None,
    low_open: bool = False,
    high_open: bool = False,
    hint: str = "",
) -> float:
    """Return `value` as a finite float within the bounds; for estimators, never for money."""
    # numpy gives its booleans and one-element arrays a __float__ as well.
    numeric = hasattr(value, "__float__") and getattr(getattr(value, "dtype", None), "kind", "f") in "iuf"
    if not numeric or isinstance(value, bool) or getattr(value, "ndim", None):
        fail(argument, value, "a number", reason="type")
    try:
        result = float(value)  # type: ignore[arg-type]  # it has a __float__
    except (TypeError, ValueError, OverflowError):
        fail(argument, value, "a number", reason="type")
    below = low is not None and (result <= low if low_open else result < low)
    above = high is not None and (result >= high if high_open else result > high)
    if below or above or not math.isfinite(result):
        fail(argument, value, _interval(low, high, low_open=low_open, high_open=high_open), reason="range", hint=hint)
    return result


def text(argument: str, value: object, *, max_length: int, min_length: int = 1) -> str:
    """Return `value` if it is a str of allowed length without control characters."""
    if not isinstance(value, str):
        fail(argument, value, "text", reason="type")
    if len(value) > max_length:
        fail_limit(argument, len(value), max_length, "characters", reason="too_long")
    if len(value) < min_length:
        fail(argument, value, f"text of at least {min_length} characters", reason="too_short")
    if _CONTROL.search(value):
        fail(argument, value, "text without control characters", reason="control_character")
    return value


def one_of(argument: str, value: T, choices: Collection[T]) -> T:
    """Return `value` if it is among `choices`."""
    try:
        known = value in choices
    except (TypeError, ValueError):  # not hashable, or an array, which is neither equal nor different
        known = False
    if not known:
        fail(argument, value, "one of " + ", ".join(str(choice) for choice in choices), reason="choice")
    return value


def instance(argument: str, value: object, kind: type[T]) -> T:
    """Return `value` if it is an instance of `kind`."""
    if not isinstance(value, kind):
        fail(argument, value, f"a {kind.__name__}", reason="type")
    return value


def mapping(argument: str, value: object) -> dict[Any, Any]:
    """Return a plain dict of `value` if it is a mapping."""
    if not isinstance(value, Mapping):
        fail(argument, value, "a mapping", reason="type")
    return dict(value)


def entries(argument: str, value: object) -> list[Any]:
    """Return the entries of `value` as a list; one text is no list of letters."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        fail(argument, value, "a sequence", reason="type")
    try:
        return list(value)
    except TypeError:  # an array without dimensions says it can be walked through
        fail(argument, value, "a sequence", reason="type")


def aware(argument: str, value: object) -> datetime:
    """Return `value` if it is a datetime that knows its offset from UTC."""
    if not isinstance(value, datetime):
        fail(argument, value, "an aware datetime", reason="type")
    if value.utcoffset() is None:
        fail(
            argument,
            value,
            "an aware datetime",
            reason="timezone_required",
            hint="attach a zone, such as tzinfo=ZoneInfo('Asia/Shanghai')",
        )
    return value


def at_most(argument: str, items: Collection[Any], limit: int, unit: str = "entries") -> None:
    """Refuse a collection of more than `limit` items before any work is done on it."""
    try:
        size = len(items)
    except TypeError:
        fail(argument, items, "a collection", reason="type")
    if size > limit:
        fail_limit(argument, size, limit, unit, reason="too_many_" + unit)
