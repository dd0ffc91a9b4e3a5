"""Lines in whole numbers: every line is one rounded fraction of what it is charged on.

A line's amount is ``round((numerator x base + offset + by_cost x cost + by_freight x freight + by_unit x quantity)
/ denominator)``, where the base is the gross or net price, of one unit or of the order, and numerator and offset
depend on the segment the base falls in. Bands, minimum and cap become segments, so nothing else is ever evaluated.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import lcm
from typing import Literal, TypeAlias

from shopcore._checks import fail
from shopcore._rounding import Rounding, round_div
from shopcore.models._money import Money
from shopcore.models._rate import Rate

LineBase: TypeAlias = Literal["none", "gross", "net"]
# Reads an amount of a fee in minor units of the table's currency; 0 for None.
Reader: TypeAlias = Callable[[Money | None], int]
HALF_UP_NOT = -1


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the waterfall in whole numbers."""

    base: LineBase = "none"
    per_unit: bool = False
    edges: tuple[int, ...] = ()
    numerators: tuple[int, ...] = (0,)
    offsets: tuple[int, ...] = (0,)
    denominator: int = 1
    by_cost: int = 0
    by_freight: int = 0
    by_unit: int = 0
    rounding: Rounding = "half_up"

    def at(self, base: int, extra: int = 0) -> int:
        """Return the amount on one base; `extra` is what cost, freight and quantity add to the numerator."""
        segment = bisect_left(self.edges, base) if self.edges else 0
        numerator = self.numerators[segment] * base + self.offsets[segment] + extra
        return round_div(numerator, self.denominator, self.rounding)

    def beside(self, cost: int, freight: int, quantity: int) -> int:
        """Return what cost, freight and quantity add to the numerator."""
        return self.by_cost * cost + self.by_freight * freight + self.by_unit * quantity

    @property
    def needs_item(self) -> bool:
        """Whether cost, freight or quantity matter."""
        return bool(self.by_cost or self.by_freight or self.by_unit)

    @property
    def shift(self) -> int:
        """Half the denominator where one floor division rounds this line (half up, never negative), else -1."""
        positive = min(*self.numerators, *self.offsets, self.by_cost, self.by_freight, self.by_unit) >= 0
        return self.denominator // 2 if positive and self.rounding == "half_up" else HALF_UP_NOT


@dataclass(frozen=True, slots=True)
class Parcel:
    """A freight template in whole numbers of the table's currency."""

    first_weight: int
    first_fee: int
    step_weight: int
    step_fee: int
    divisor: int | None
    regions: dict[str, tuple[int, int]] = field(hash=False)

    def fee(self, weight: int, volume: int, region: str | None) -> int:
        """Return the fee of a parcel of so many grams and cubic millimetres."""
        if self.divisor is not None and volume:
            weight = max(weight, volumetric_grams(volume, self.divisor))
        fee, step_fee = self.first_fee, self.step_fee
        if region is not None:
            if region not in self.regions:
                fail("region", region, "one of the template's regions", reason="unknown_region")
            once, each = self.regions[region]
            fee, step_fee = fee + once, step_fee + each
        if weight > self.first_weight:
            fee += step_fee * -(-(weight - self.first_weight) // self.step_weight)
        return fee


def volumetric_grams(volume_mm3: int, divisor: int) -> int:
    """Return the volumetric weight (体积重) in started grams: cubic millimetres over the divisor (cm3 a kilogram)."""
    return -(-volume_mm3 // divisor)


def band_term(
    edges: list[int],
    rates: list[Rate],
    *,
    base: LineBase,
    rounding: Rounding,
    limits: tuple[int | None, int | None] = (None, None),
    start: int = 0,
    marginal: bool = False,
    per_unit: bool = False,
) -> Term:
    """Return rates by band with a fixed start, minimum and cap as one line in segments.

    A rounding is monotone and leaves whole numbers alone, so a fee is below its minimum after rounding exactly
    where it is before; the same for the cap. Hence both can be cut out of the base beforehand.
    """
    whole = lcm(*(rate.denominator for rate in rates))
    tops = [rate.numerator * (whole // rate.denominator) for rate in rates]
    offsets = [start * whole]
    for edge, (this, following) in zip(edges, pairwise(tops), strict=True):
        offsets.append(offsets[-1] + (this - following) * edge if marginal else offsets[0])
    minimum, cap = (None if limit is None else limit * whole for limit in limits)
    cut: list[Segment] = []
    low = -1
    for high, top, offset in zip([*edges, None], tops, offsets, strict=True):
        cut += _cut_limits(low, (high, top, offset), (minimum, cap))
        low = high if high is not None else low
    cut = _merged(cut)
    return Term(
        base=base,
        per_unit=per_unit,
        edges=tuple(edge for edge, _, _ in cut[:-1] if edge is not None),
        numerators=tuple(top for _, top, _ in cut),
        offsets=tuple(offset for _, _, offset in cut),
        denominator=whole,
        rounding=rounding,
    )


# Up to and with a base (None: without end), numerator, offset.
Segment: TypeAlias = tuple[int | None, int, int]


def _cut_limits(low: int, band: Segment, limits: tuple[int | None, int | None]) -> list[Segment]:
    # The band above `low`, cut where the minimum stops to bind and where the cap begins to.
    high, top, offset = band
    minimum, cap = limits

    def last_below(limit: int) -> int | None:
        if top == 0:
            return None if offset <= limit else low
        return (limit - offset) // top

    marks: list[Segment] = []
    if minimum is not None:
        marks.append((last_below(minimum), 0, minimum))
    marks.append((last_below(cap - 1) if cap is not None else None, top, offset))
    if cap is not None:
        marks.append((None, 0, cap))
    found: list[Segment] = []
    at = low
    for mark, numerator, constant in marks:
        end = high if mark is None or (high is not None and mark > high) else mark
        if end is not None and end <= at:
            continue
        found.append((end, numerator, constant))
        if end is None or end == high:
            break
        at = end
    return found


def _merged(cut: list[Segment]) -> list[Segment]:
    # Neighbours of the same line become one, so that no needless edge is searched later.
    merged = cut[:1]
    for entry in cut[1:]:
        if entry[1:] == merged[-1][1:]:
            merged[-1] = entry
        else:
            merged.append(entry)
    return merged
