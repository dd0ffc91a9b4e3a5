"""Splitting a whole number of minor units so that the parts always sum to the whole.

Largest remainder: every part gets its quota rounded towards zero, and the units left over go to the largest
remainders, the earliest part first on ties. Signs are mirrored: the parts of -100 are the parts of 100, negated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from math import lcm
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from shopcore._checks import at_most, fail, one_of
from shopcore.models._amount import Amount, same_currency
from shopcore.models._rate import rate_argument

if TYPE_CHECKING:
    from shopcore.models._money import Money
    from shopcore.typing import RateLike

AllocationMode: TypeAlias = Literal["largest_remainder", "first"]
MODES: Final = get_args(AllocationMode)
MAX_PARTS: Final = 1_000_000
MAX_BITS: Final = 4_096


def whole_weights(weights: Sequence[RateLike | Money]) -> list[int]:
    """Return integers in the same proportions as the weights (ints, rates, or amounts of one currency).

    Raises
    ------
    InputError
        If there is no weight, one is negative, or all are zero.
    """
    integers = weights if type(weights) is list else _listed(weights)
    at_most("weights", integers, MAX_PARTS, "parts")
    if set(map(type, integers)) != {int}:
        integers = _common_integers(integers)
    if not integers:
        fail("weights", integers, "a sequence with at least one weight", reason="no_weight")
    if min(integers) < 0:
        fail("weights", min(integers), "zero or positive", reason="negative_weight")
    if not any(integers):
        fail("weights", 0, "not all zero", reason="no_weight")
    return integers


def _listed(weights: Any) -> list[Any]:
    if isinstance(weights, str | bytes | Mapping) or not hasattr(weights, "__getitem__"):
        fail("weights", weights, "a sequence of weights", reason="type")
    return weights if len(weights) > MAX_PARTS else list(weights)


def _common_integers(weights: list[Any]) -> list[int]:
    amounts = [weight for weight in weights if isinstance(weight, Amount)]
    if amounts:
        if len(amounts) != len(weights):
            fail("weights", weights, "all amounts or all numbers", reason="type")
        for amount in amounts:
            same_currency(amounts[0], amount)
        return [amount.minor for amount in amounts]
    rates = [rate_argument("weights", weight, low=None) for weight in weights]
    common = lcm(*(rate.denominator for rate in rates))
    if common.bit_length() > MAX_BITS:
        fail("weights", weights, f"weights whose common denominator has at most {MAX_BITS} bits", reason="too_long")
    return [rate.numerator * (common // rate.denominator) for rate in rates]


def allocate_minor(total: int, weights: Sequence[int], mode: AllocationMode = "largest_remainder") -> list[int]:
    """Return whole parts of `total` in proportion to checked, whole weights.

    Examples
    --------
    >>> allocate_minor(100, [1, 1, 1]), allocate_minor(-100, [1, 1, 1])
    ([34, 33, 33], [-34, -33, -33])
    """
    if mode != "largest_remainder":
        one_of("mode", mode, MODES)
    size = -total if total < 0 else total
    whole = sum(weights)
    pairs = [divmod(size * weight, whole) for weight in weights]
    parts = [part for part, _ in pairs]
    left = size - sum(parts)
    if left:
        if mode == "largest_remainder":
            # Sorting is stable, in reverse too, so equal remainders keep their order: the earliest part wins a tie.
            order = sorted(range(len(parts)), key=[rest for _, rest in pairs].__getitem__, reverse=True)
        else:
            order = [index for index, weight in enumerate(weights) if weight]
        for index in order[:left]:
            parts[index] += 1
    return [-part for part in parts] if total < 0 else parts


def allocate_capped_minor(total: int, weights: Sequence[int], caps: Sequence[int]) -> tuple[list[int], int]:
    """Return whole parts of `total`, none larger than its cap, and what could not be placed.

    Water-filling: a part whose exact share of what is left reaches its cap is full, and the others share the rest.
    A part without weight gets nothing, whatever its cap.

    Examples
    --------
    >>> allocate_capped_minor(100, [1, 1, 2], [10, 100, 30])
    ([10, 60, 30], 0)
    >>> allocate_capped_minor(100, [1, 1], [10, 20])
    ([10, 20], 70)
    """
    sign = -1 if total < 0 else 1
    left = abs(total)
    parts = [0] * len(weights)
    # The smaller its cap for its weight, the sooner a part is full: one pass in that order finds all full ones.
    room = [index for index, weight in enumerate(weights) if weight]

    def fuller(one: int, two: int) -> int:
        return caps[one] * weights[two] - caps[two] * weights[one]

    room.sort(key=cmp_to_key(fuller))
    whole = sum(weights)
    full = 0
    for index in room:
        if caps[index] * whole > left * weights[index]:
            break
        parts[index] = caps[index]
        left -= caps[index]
        whole -= weights[index]
        full += 1
    open_parts = sorted(room[full:])
    if open_parts:
        shares = allocate_minor(left, [weights[index] for index in open_parts])
        for index, share in zip(open_parts, shares, strict=True):
            parts[index] = share
        left = 0
    return [sign * part for part in parts], sign * left
