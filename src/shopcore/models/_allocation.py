"""Splitting a whole number of minor units so that the parts always sum to the whole.

Largest remainder: every part gets its quota rounded towards zero, and the units left over go to the largest
remainders, the earliest part first on ties. Signs are mirrored: the parts of -100 are the parts of 100, negated.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from shopcore._checks import at_most, fail, one_of

if TYPE_CHECKING:
    from shopcore.models._money import Money
    from shopcore.typing import RateLike

AllocationMode: TypeAlias = Literal["largest_remainder", "first"]
MAX_PARTS: Final = 1_000_000


def whole_weights(weights: Sequence[RateLike | Money]) -> list[int]:
    """Return integers in the same proportions as the weights (ints, rates, or amounts of one currency).

    Raises
    ------
    InputError
        If there is no weight, one is negative, or all are zero.
    """
    at_most("weights", weights, MAX_PARTS, "parts")
    if not all(type(weight) is int for weight in weights):
        weights = _common_integers(weights)
    integers: list[int] = list(weights)  # type: ignore[arg-type]  # all ints by now
    if not integers:
        fail("weights", integers, "a sequence with at least one weight", reason="no_weight")
    if min(integers) < 0:
        fail("weights", min(integers), "zero or positive", reason="negative_weight")
    if not any(integers):
        fail("weights", 0, "not all zero", reason="no_weight")
    return integers


def _common_integers(weights: Sequence[RateLike | Money]) -> list[int]:
    from shopcore.models._money import Money, same_currency
    from shopcore.models._rate import Rate

    amounts = [weight for weight in weights if isinstance(weight, Money)]
    if amounts:
        if len(amounts) != len(weights):
            fail("weights", weights, "all amounts or all numbers", reason="type")
        for amount in amounts:
            same_currency(amounts[0], amount)
        return [amount.minor for amount in amounts]
    rates = [Rate.of(weight) for weight in weights]  # type: ignore[arg-type]  # Money was dealt with above
    common = lcm(*(rate.denominator for rate in rates))
    return [rate.numerator * (common // rate.denominator) for rate in rates]


def allocate_minor(total: int, weights: Sequence[int], mode: AllocationMode = "largest_remainder") -> list[int]:
    """Return whole parts of `total` in proportion to checked, whole weights.

    Examples
    --------
    >>> allocate_minor(100, [1, 1, 1]), allocate_minor(-100, [1, 1, 1])
    ([34, 33, 33], [-34, -33, -33])
    """
    size = -total if total < 0 else total
    whole = sum(weights)
    parts = [size * weight // whole for weight in weights]
    left = size - sum(parts)
    if left:
        if mode == "largest_remainder":
            # Sorting is stable, so equal remainders keep their order: the earliest part wins a tie.
            order = sorted(range(len(parts)), key=[-(size * weight % whole) for weight in weights].__getitem__)
        else:
            one_of("mode", mode, ("largest_remainder", "first"))
            order = [index for index, weight in enumerate(weights) if weight]
        for index in order[:left]:
            parts[index] += 1
    return [-part for part in parts] if total < 0 else parts


def allocate_capped_minor(total: int, weights: Sequence[int], caps: Sequence[int]) -> tuple[list[int], int]:
    """Return whole parts of `total`, none larger than its cap, and what could not be placed.

    What a cap refuses is spread again over the parts that still have room, in proportion to their weights
    (water-filling). A part without weight gets nothing, whatever its cap.

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
    room = [index for index, weight in enumerate(weights) if weight > 0 and caps[index] > 0]
    while room and left:
        shares = allocate_minor(left, [weights[index] for index in room])
        full = [index for index, share in zip(room, shares, strict=True) if share >= caps[index]]
        if not full:
            for index, share in zip(room, shares, strict=True):
                parts[index] = share
            left = 0
            break
        for index in full:
            parts[index] = caps[index]
            left -= caps[index]
        capped = set(full)
        room = [index for index in room if index not in capped]
    return [sign * part for part in parts], sign * left
