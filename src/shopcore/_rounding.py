"""The seven rounding modes, for one integer quotient; `_arrays.round_div` is the twin on int64 arrays."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from shopcore._checks import one_of

Rounding: TypeAlias = Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"]
ROUNDINGS: Final[tuple[Rounding, ...]] = get_args(Rounding)


def round_div(numerator: int, denominator: int, rounding: Rounding = "half_up") -> int:
    """Return the quotient of two integers, rounded once by the named mode.

    Parameters
    ----------
    numerator, denominator : int
        Any sign; the denominator must not be zero.
    rounding : {"half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"}
        ``half_up`` and ``half_down`` send a tie away from and towards zero, ``up`` and ``down`` send
        everything away from and towards zero.

    Returns
    -------
    int
        The rounded quotient.

    Examples
    --------
    >>> round_div(-25, 10), round_div(-25, 10, "half_even"), round_div(-25, 10, "ceiling")
    (-3, -2, -2)
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if rounding == "half_up":
        if numerator >= 0:
            return (2 * numerator + denominator) // (2 * denominator)
        return -((denominator - 2 * numerator) // (2 * denominator))
    return _round_div_other(numerator, denominator, rounding)


def _round_div_other(numerator: int, denominator: int, rounding: Rounding) -> int:
    one_of("rounding", rounding, ROUNDINGS)
    low, rest = divmod(numerator, denominator)
    if rest == 0 or rounding == "floor":
        return low
    if rounding == "ceiling":
        return low + 1
    negative = numerator < 0
    if rounding in ("up", "down"):
        return low + (1 if (rounding == "up") != negative else 0)
    if 2 * rest != denominator:
        return low + (1 if 2 * rest > denominator else 0)
    if rounding == "half_even":
        return low + (low & 1)
    return low + (1 if negative else 0)
