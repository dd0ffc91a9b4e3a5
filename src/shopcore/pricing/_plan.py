"""A fee table in whole numbers, and the same with one item filled in: what is left to vary is the price."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from shopcore._checks import fail
from shopcore._rounding import Rounding, round_div
from shopcore.models._currency import Currency
from shopcore.pricing._component import Exchange, Level, minor_in
from shopcore.pricing._item import Item
from shopcore.pricing._lines import Parcel, Term

# A line that depends on the price: its index, its term, what the item adds to the numerator, and the term's shift.
Moving: TypeAlias = tuple[int, Term, int, int]
# The same where one floor division will do: whether on net, numerator, constant with the shift, denominator.
Quick: TypeAlias = tuple[bool, int, int, int]


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
    if type(item) is not Item:
        fail("item", type(item).__name__, "an Item", reason="type")
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
