"""What a rule can take off at most, whatever earlier promotions do: the admissible bound of the search.

Prices only fall on the way. A rule marked `monotone` never takes off more when prices are lower, so what it proposes
now is a bound for later. One whose discounted units move about is bounded by the same positions without floors, every
unit rounded up. A foreign rule may publish ``upper_bound(view)``; without one the bound is all that is left.
"""

from __future__ import annotations

from typing import Any

from shopcore.models._rule import Cut, Proposal
from shopcore.promotions._contract import asked, check_minor, check_proposal
from shopcore.promotions._grant import grant
from shopcore.promotions._view import View
from shopcore.promotions.rules._base import Rule, dearest, most_off


def bound_of(effect: Any, view: View, name: str) -> int:
    """Return an amount that the effect cannot exceed at these prices or any lower ones."""
    own = asked(name, lambda _: getattr(effect, "upper_bound", None), view)
    if own is not None:
        bound = asked(name, own, view)
        check_minor(bound, name)
        return int(bound)
    if view.scarce and isinstance(effect, Rule) and getattr(effect, "max_units", None) is not None:
        return _few_of_many(effect, view)
    monotone = asked(name, lambda _: getattr(effect, "monotone", None), view)
    if monotone is None:
        return sum(view.price) + view.shipping
    found: Proposal = asked(name, effect.propose, view)
    if not isinstance(effect, Rule):
        check_proposal(found, len(view.list_price), name)
    shipping = min(found.shipping, view.shipping)
    if monotone and len(found.cuts) == 1 and found.cuts[0].total is not None:
        # Spread over its units it is worth the same, whatever falls on which.
        price, floor = view.price, view.floor
        room = sum([max(price[unit] - floor[unit], 0) for unit in found.cuts[0].units])
        return min(found.cuts[0].total, room) + shipping
    if monotone:
        return sum(grant(view, found).values()) + shipping
    return sum(_unclamped(view, cut) for cut in found.cuts) + shipping


def _few_of_many(effect: Any, view: View) -> int:
    """Return what the units that gain most gain: where units go elsewhere, the first ones may be any of them."""
    found = effect.evolve(max_units=len(view.own) or 1).propose(view)
    gains: list[int] = []
    for cut in found.cuts:
        if cut.rate is not None:
            return most_off(view, cut.rate, dearest(view, cut.units)[: effect.max_units], cut.units)
        gains += cut.amounts
    return sum(sorted(gains, reverse=True)[: effect.max_units])


def _unclamped(view: View, cut: Cut) -> int:
    if cut.rate is not None:
        return most_off(view, cut.rate, cut.units, range(len(view.price)))
    return cut.total if cut.total is not None else sum(cut.amounts)
