"""What the first units of a line amount to, in minor units: one cumulative rule for totals and for refunds.

Every amount is a function of a number of units k, from 0 to the line's quantity. What any part of the line amounts to
is the difference of two such values, so that parts telescope: in whatever order units are given back, the parts sum to
the whole, to the minor unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from shopcore._rounding import round_div
from shopcore.errors import InputError
from shopcore.models import Money, OrderLine, Rate, RoundingPolicy, UnitPrice
from shopcore.models._allocation import allocate_minor
from shopcore.models._order_line import value_runs


class Through(NamedTuple):
    """What the first units of a line amount to; `amount` is list less discount, with the tax if it is included."""

    listed: int
    discount: int
    amount: int
    tax: int

    def charged(self, line: OrderLine) -> int:
        """Return what the customer pays for them."""
        return self.amount if line.tax_included else self.amount + self.tax


def rounded(numerator: int, denominator: int, policy: RoundingPolicy) -> int:
    """Return a quotient rounded as the policy says."""
    if policy.step == 1:
        return round_div(numerator, denominator, policy.mode)
    return round_div(numerator, denominator * policy.step, policy.mode) * policy.step


def tax_of(amount: int, rate: Rate, policy: RoundingPolicy, *, included: bool) -> int:
    """Return the tax on an amount, or in it: then the net is rounded and the tax is the rest.

    With a coarser step it is the tax itself that is rounded; a rounded net would give small amounts absurd taxes.
    """
    if not rate.numerator or not amount:
        return 0
    if not included:
        return rounded(amount * rate.numerator, rate.denominator, policy)
    whole = rate.denominator + rate.numerator
    if policy.step != 1:
        return min(amount, rounded(amount * rate.numerator, whole, policy))
    return amount - rounded(amount * rate.denominator, whole, policy)


def through(line: OrderLine, units: int, policy: RoundingPolicy, allotted: int | None = None) -> Through:
    """Return what the first `units` of a line amount to.

    `allotted` is the line's share of a tax that was rounded over the whole order (`allotments`).
    """
    price = line.unit_price
    if not line.discounts and isinstance(price, Money):
        amount = price.minor * units
        return Through(amount, 0, amount, _tax_through(line, units, amount, policy, allotted))
    listed = _listed(line, units, policy)
    discount = _discount_through(line, units, listed, policy)
    amount = listed - discount
    return Through(listed, discount, amount, _tax_through(line, units, amount, policy, allotted))


def _listed(line: OrderLine, units: int, policy: RoundingPolicy) -> int:
    price = line.unit_price
    if isinstance(price, Money):
        return price.minor * units
    if policy.scope == "unit":
        return price.times(1, rounding=policy.mode).minor * units
    return price.times(units, rounding=policy.mode).minor


def _runs(line: OrderLine, policy: RoundingPolicy) -> list[tuple[int, int]] | None:
    # Units that stated their shares, so that what is left differs from unit to unit; None where all units are alike.
    if not any(share.per_unit for share in line.discounts):
        return None
    price = line.unit_price
    if isinstance(price, UnitPrice):
        price = price.times(1, rounding=policy.mode)
    return value_runs(line, price.minor)


def _stated(line: OrderLine, units: int) -> int:
    return sum(taken_by_runs(share.per_unit, units) for share in line.discounts if share.per_unit)


def taken_by_runs(runs: Sequence[tuple[int, int]], units: int) -> int:
    """Return what the first units carry of runs of (count, minor)."""
    carried, left = 0, units
    for count, minor in runs:
        if not left:
            break
        taken = min(count, left)
        carried += taken * minor
        left -= taken
    return carried


def _discount_through(line: OrderLine, units: int, listed: int, policy: RoundingPolicy) -> int:
    if not line.discounts or not units:
        return 0
    stated = _stated(line, units)
    spread = sum(share.amount.minor for share in line.discounts if not share.per_unit)
    if not spread:
        found = stated
    else:
        whole = _listed(line, line.quantity, policy) - _stated(line, line.quantity)
        # In proportion to the value that is left, half up: never more than that value, whatever the units before had.
        found = stated + (round_div(spread * (listed - stated), whole) if whole > 0 else spread)
    if found > listed:
        raise InputError(
            "discounts must be at most the price of the line as its order rounds it",
            argument="discounts",
            expected="at most the price of the line",
            reason="range",
        )
    return found


def discount_parts(line: OrderLine, units: int, policy: RoundingPolicy) -> tuple[int, ...]:
    """Return what each promotion takes off the first units of a line; sums to the discount through them."""
    if not units:
        return (0,) * len(line.discounts)
    listed = _listed(line, units, policy)
    left = listed - _stated(line, units)
    whole = _listed(line, line.quantity, policy) - _stated(line, line.quantity)
    sums = [0, *accumulate(0 if share.per_unit else share.amount.minor for share in line.discounts)]
    # Rounded on the running sum of the promotions, so that their parts sum to what all of them take.
    carried = [round_div(sum_ * left, whole) if whole > 0 else sum_ for sum_ in sums]
    return tuple(
        taken_by_runs(share.per_unit, units) if share.per_unit else carried[index + 1] - carried[index]
        for index, share in enumerate(line.discounts)
    )


def _tax_through(line: OrderLine, units: int, amount: int, policy: RoundingPolicy, allotted: int | None) -> int:
    rate = line.tax_rate
    if not rate.numerator or not units:
        return 0
    if policy.scope == "line":
        return tax_of(amount, rate, policy, included=line.tax_included)
    if policy.scope == "unit":
        return _unit_taxes(line, units, policy)
    if allotted is None:
        raise InputError("a tax rounded over the order needs its allotment", argument="allotted", reason="missing")
    if units == line.quantity:
        return allotted
    whole = through(line, line.quantity, policy, allotted).amount
    return round_div(allotted * amount, whole) if whole else 0


def _unit_taxes(line: OrderLine, units: int, policy: RoundingPolicy) -> int:
    rate, included = line.tax_rate, line.tax_included
    runs = _runs(line, policy)
    if runs is None:
        runs = [(line.quantity, _listed(line, 1, policy))]
    spread = sum(share.amount.minor for share in line.discounts if not share.per_unit)
    whole = sum(count * value for count, value in runs)
    total, left, value_before = 0, units, 0
    for count, value in runs:
        taken = min(count, left)
        low, dear = _spread_over(spread, whole, value_before, value, taken)
        total += (taken - dear) * tax_of(value - low, rate, policy, included=included)
        if dear:
            total += dear * tax_of(value - low - 1, rate, policy, included=included)
        value_before += taken * value
        left -= taken
        if not left:
            break
    return total


def _spread_over(spread: int, whole: int, before: int, value: int, units: int) -> tuple[int, int]:
    """Return what each unit of a run carries of a discount spread evenly, and how many carry one minor unit more."""
    if not spread or not whole:
        return 0, 0
    low = spread * value // whole
    carried = round_div(spread * (before + value * units), whole) - round_div(spread * before, whole)
    return low, carried - low * units


def allotments(lines: Sequence[OrderLine], policy: RoundingPolicy) -> list[int | None]:
    """Return each line's share of the taxes that are rounded once over the order; None for other scopes.

    Lines of one rate, one way of inclusion and the same parts form one sum; it is split by largest remainder.
    """
    if policy.scope != "order":
        return [None] * len(lines)
    groups: dict[tuple[Rate, bool], list[int]] = {}
    for index, line in enumerate(lines):
        groups.setdefault((line.tax_rate, line.tax_included), []).append(index)
    found: list[int | None] = [0] * len(lines)
    for (rate, included), members in groups.items():
        amounts = [through(lines[index], lines[index].quantity, policy, 0).amount for index in members]
        whole = tax_of(sum(amounts), rate, policy, included=included)
        if whole:
            for index, share in zip(members, allocate_minor(whole, amounts), strict=True):
                found[index] = share
    return found
