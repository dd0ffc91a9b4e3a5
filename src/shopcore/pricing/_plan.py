"""A fee table compiled to whole numbers: every line is one rounded fraction of what it is charged on.

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
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from shopcore._checks import fail
from shopcore._rounding import Rounding, round_div
from shopcore.models._currency import Currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate
from shopcore.pricing._component import Exchange, Level, minor_in
from shopcore.pricing._fees import GOODS, Commission, FeeTable, Fixed, PaymentFee, Percent, ReturnLoss
from shopcore.pricing._freight import Freight, Region, volumetric_grams

if TYPE_CHECKING:
    from shopcore.pricing._item import Item

LineBase: TypeAlias = Literal["none", "gross", "net"]
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


# A line that depends on the price: its index, its term, what the item adds to the numerator, and the term's shift.
Moving: TypeAlias = tuple[int, Term, int, int]
# The same where one floor division will do: whether on net, numerator, constant with the shift, denominator.
Quick: TypeAlias = tuple[bool, int, int, int]


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


@dataclass(frozen=True, slots=True)
class Ready:
    """Lines of a plan by what they depend on: nothing, the item, the price."""

    constant: tuple[int, ...]
    by_item: tuple[tuple[int, Term], ...]
    moving: tuple[Moving, ...]
    parcels: tuple[tuple[int, Parcel], ...]
    fixed: bool
    quick: tuple[Quick, ...]
    banded: tuple[Moving, ...]


def _sorted_lines(terms: tuple[Term | Parcel, ...]) -> Ready:
    lines = [(index, term) for index, term in enumerate(terms) if type(term) is Term]
    parcels = tuple((index, term) for index, term in enumerate(terms) if type(term) is Parcel)
    constant = [0] * len(terms)
    by_item = []
    for index, term in lines[1:]:
        if term.base == "none" and term.needs_item:
            by_item.append((index, term))
        elif term.base == "none":
            constant[index] = term.at(0)
    moving = [(index, term, 0, term.shift) for index, term in lines if term.base != "none"]
    fixed = not any(term.needs_item for _, term, _, _ in moving)
    quick, banded = _quick(tuple(moving))
    return Ready(tuple(constant), tuple(by_item), tuple(moving), parcels, fixed, quick, banded)


def _quick(moving: tuple[Moving, ...]) -> tuple[tuple[Quick, ...], tuple[Moving, ...]]:
    # Lines that one floor division rounds, and the others.
    quick, banded = [], []
    for entry in moving:
        _, term, beside, shift = entry
        if shift < 0 or term.edges or term.per_unit:
            banded.append(entry)
        else:
            constant = term.offsets[0] + beside + shift
            quick.append((term.base == "net", term.numerators[0], constant, term.denominator))
    return tuple(quick), tuple(banded)


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled fee table. Lines: the goods first, then the fees in order."""

    currency: Currency
    names: tuple[str, ...]
    levels: tuple[Level, ...]
    # One entry a line: a Term, or the Parcel of a freight line.
    terms: tuple[Term | Parcel, ...]
    exchange: tuple[Exchange, ...]
    tax_net: int
    tax_whole: int
    tax_included: bool
    tax_rounding: Rounding
    # What is worked out from the plan alone, kept with it: lines by what they depend on, pieces by quantity.
    ready: Ready = field(init=False, compare=False, repr=False)
    pieces: dict[int, Any] = field(init=False, compare=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ready", _sorted_lines(self.terms))

    def split(self, total: int) -> tuple[int, int]:
        """Return gross and net of an asked price (times units): tax is inside it, or comes on top."""
        if self.tax_net == self.tax_whole:
            return total, total
        if self.tax_included:
            return total, round_div(total * self.tax_net, self.tax_whole, self.tax_rounding)
        return total + round_div(total * (self.tax_whole - self.tax_net), self.tax_net, self.tax_rounding), total

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without what was worked out."""
        names = ("currency", "names", "levels", "terms", "exchange")
        tax = ("tax_net", "tax_whole", "tax_included", "tax_rounding")
        return Plan, tuple(getattr(self, name) for name in names + tax)


@dataclass(slots=True)
class Curve:
    """A plan with one item filled in: what is left to vary is the price. Private and never changed once made.

    Attributes
    ----------
    amounts : tuple of int
        One entry a line; 0 where the line depends on the price.
    moving : tuple of (int, Term, int)
        Lines that depend on the price: index, term, what the item adds to the numerator.
    """

    plan: Plan
    quantity: int
    goods: int
    amounts: tuple[int, ...]
    moving: tuple[Moving, ...]
    still: int
    quick: tuple[Quick, ...]
    banded: tuple[Moving, ...]

    def profit(self, price: int) -> tuple[int, int, int]:
        """Return gross, net and profit at a unit price: `at` without the lines, for the solver."""
        plan, quantity = self.plan, self.quantity
        gross, net = plan.split(price * quantity)
        profit = net - self.still
        for on_net, numerator, constant, denominator in self.quick:
            profit -= (numerator * (net if on_net else gross) + constant) // denominator
        for _, term, beside, _ in self.banded:
            if term.per_unit and quantity != 1:
                one_gross, one_net = plan.split(price)
                profit -= term.at(one_gross if term.base == "gross" else one_net, beside) * quantity
            else:
                profit -= term.at(gross if term.base == "gross" else net, beside)
        return gross, net, profit

    def at(self, price: int) -> tuple[int, int, list[int], int]:
        """Return gross, net, the amount of every line and the profit at a unit price."""
        plan, quantity = self.plan, self.quantity
        gross, net = plan.split(price * quantity)
        one_gross, one_net = (gross, net) if quantity == 1 else plan.split(price)
        amounts = list(self.amounts)
        profit = net - self.still
        for index, term, extra, shift in self.moving:
            if term.per_unit and quantity != 1:
                amount = term.at(one_gross if term.base == "gross" else one_net, extra) * quantity
            elif shift >= 0 and not term.edges:
                base = gross if term.base == "gross" else net
                amount = (term.numerators[0] * base + term.offsets[0] + extra + shift) // term.denominator
            else:
                amount = term.at(gross if term.base == "gross" else net, extra)
            amounts[index] = amount
            profit -= amount
        return gross, net, amounts, profit


def curve_of(plan: Plan, item: Item) -> Curve:
    """Return the plan with an item filled in.

    Raises
    ------
    CurrencyMismatchError
        If the item's cost is in a currency the table has no rate for.
    InputError
        If the region is unknown to a freight template.
    """
    quantity = item.quantity
    cost = item.unit_cost.minor
    if item.unit_cost.currency is not plan.currency:
        cost = minor_in(item.unit_cost, plan.currency, plan.exchange)
    parcels = plan.ready.parcels
    if not parcels:
        return fill(plan, cost * quantity, (), quantity)
    weight, volume = item.weight * quantity, item.volume * quantity
    return fill(
        plan, cost * quantity, tuple([parcel.fee(weight, volume, item.region) for _, parcel in parcels]), quantity
    )


def fill(plan: Plan, cost: int, freights: tuple[int, ...], quantity: int) -> Curve:
    """Return the curve of an order's whole cost, freight of each freight line, and quantity."""
    ready = plan.ready
    freight = 0
    amounts = list(ready.constant)
    amounts[0] = cost
    for (index, _), fee in zip(ready.parcels, freights, strict=True):
        amounts[index] = fee
        freight += fee
    for index, term in ready.by_item:
        numerator = term.offsets[0] + term.by_cost * cost + term.by_freight * freight + term.by_unit * quantity
        amounts[index] = round_div(numerator, term.denominator, term.rounding)
    moving, quick, banded = ready.moving, ready.quick, ready.banded
    if not ready.fixed:
        moving = tuple([(i, term, term.beside(cost, freight, quantity), shift) for i, term, _, shift in moving])
        quick, banded = _quick(moving)
    return Curve(plan, quantity, cost, tuple(amounts), moving, sum(amounts), quick, banded)


def compile_table(table: FeeTable) -> Plan:
    """Return the table as whole numbers."""
    minor = _reader(table)
    goods = Term(by_cost=1)
    terms = [
        _parcel(fee, minor) if isinstance(fee, Freight) else _COMPILERS[type(fee)](fee, minor) for fee in table.fees
    ]
    rate = table.tax.rate
    return Plan(
        currency=table.money,
        names=(GOODS, *(fee.name for fee in table.fees)),
        levels=("cm1", *(fee.level for fee in table.fees)),
        terms=(goods, *terms),
        exchange=table.exchange,
        tax_net=rate.denominator,
        tax_whole=rate.denominator + rate.numerator,
        tax_included=table.tax.included,
        tax_rounding=table.tax.rounding,
    )


def compile_fee(fee: Commission, currency: Currency) -> Term:
    """Return one commission alone, all of whose amounts are in the currency."""
    return _commission(fee, lambda money: 0 if money is None else minor_in(money, currency, ()))


Reader: TypeAlias = Callable[[Money | None], int]


def _reader(table: FeeTable) -> Reader:
    currency, exchange = table.money, table.exchange

    def read(money: Money | None) -> int:
        return 0 if money is None else minor_in(money, currency, exchange)

    return read


def _percent(fee: Percent, minor: Reader) -> Term:
    del minor
    top, bottom = fee.rate.numerator, fee.rate.denominator
    if fee.base == "cost":
        return Term(by_cost=top, denominator=bottom, rounding=fee.rounding)
    if fee.base == "freight":
        return Term(by_freight=top, denominator=bottom, rounding=fee.rounding)
    return Term(base=fee.base, numerators=(top,), denominator=bottom, rounding=fee.rounding)


def _fixed(fee: Fixed, minor: Reader) -> Term:
    amount = minor(fee.amount)
    return Term(by_unit=amount) if fee.per == "unit" else Term(offsets=(amount,))


def _commission(fee: Commission, minor: Reader) -> Term:
    edges = [minor(band.up_to) for band in fee.bands[:-1]]
    minimum = None if fee.minimum is None else minor(fee.minimum)
    cap = None if fee.cap is None else minor(fee.cap)
    rates = [band.rate for band in fee.bands]
    segments = band_segments(edges, rates, marginal=fee.mode == "marginal", minimum=minimum, cap=cap)
    return Term(base=fee.base, per_unit=fee.per == "unit", rounding=fee.rounding, **segments)


def _payment(fee: PaymentFee, minor: Reader) -> Term:
    minimum = None if fee.minimum is None else minor(fee.minimum)
    cap = None if fee.cap is None else minor(fee.cap)
    segments = band_segments([], [fee.rate], start=minor(fee.fixed), minimum=minimum, cap=cap)
    return Term(base=fee.base, rounding=fee.rounding, **segments)


def _returns(fee: ReturnLoss, minor: Reader) -> Term:
    freight = minor(fee.freight)
    lost = fee.rate * fee.loss_share
    if fee.basis == "kept":
        whole = lcm(fee.rate.denominator, lost.denominator)
        top = fee.rate.numerator * (whole // fee.rate.denominator)
        by_cost = lost.numerator * (whole // lost.denominator)
        return Term(offsets=(top * freight,), by_cost=by_cost, denominator=whole, rounding=fee.rounding)
    saved = fee.rate * (1 - fee.loss_share)
    whole = lcm(fee.rate.denominator, saved.denominator)
    top = fee.rate.numerator * (whole // fee.rate.denominator)
    by_cost = -saved.numerator * (whole // saved.denominator)
    return Term(
        base="net",
        numerators=(top,),
        offsets=(top * freight,),
        by_cost=by_cost,
        denominator=whole,
        rounding=fee.rounding,
    )


def _parcel(fee: Freight, minor: Reader) -> Parcel:
    template = fee.template

    def extra(region: Region) -> tuple[int, int]:
        return minor(region.surcharge), minor(region.step_surcharge)

    return Parcel(
        template.first_weight,
        minor(template.first_fee),
        template.step_weight,
        minor(template.step_fee),
        template.divisor,
        {region.name: extra(region) for region in template.regions},
    )


_COMPILERS: dict[type, Callable[[Any, Reader], Term]] = {
    Percent: _percent,
    Fixed: _fixed,
    Commission: _commission,
    PaymentFee: _payment,
    ReturnLoss: _returns,
}


def band_segments(
    edges: list[int],
    rates: list[Rate],
    *,
    marginal: bool = False,
    start: int = 0,
    minimum: int | None = None,
    cap: int | None = None,
) -> dict[str, Any]:
    """Return bands, minimum and cap as segments of one fraction: edges, numerators, offsets, denominator.

    A rounding is monotone and leaves whole numbers alone, so a fee is below its minimum after rounding exactly
    where it is before; the same for the cap. Hence both can be cut out of the base beforehand.
    """
    whole = lcm(*(rate.denominator for rate in rates))
    tops = [rate.numerator * (whole // rate.denominator) for rate in rates]
    offsets = [start * whole]
    for edge, (this, following) in zip(edges, pairwise(tops), strict=True):
        offsets.append(offsets[-1] + (this - following) * edge if marginal else offsets[0])
    cut: list[Segment] = []
    limits = (None if minimum is None else minimum * whole, None if cap is None else cap * whole)
    low = -1
    for high, top, offset in zip([*edges, None], tops, offsets, strict=True):
        cut += _cut_limits(low, (high, top, offset), limits)
        low = high if high is not None else low
    cut = _merged(cut)
    return {
        "edges": tuple(edge for edge, _, _ in cut[:-1] if edge is not None),
        "numerators": tuple(top for _, top, _ in cut),
        "offsets": tuple(offset for _, _, offset in cut),
        "denominator": whole,
    }


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
