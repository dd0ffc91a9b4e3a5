"""From a proposal to exact shares: clamp to the floors, round where the policy says, allocate to units.

Largest remainder over the lines' running totals, capped by what the floors leave, the excess shared by the others;
the same again inside a line over its units. Ties go to the earliest line and unit.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopcore.models import Rate
from shopcore.models._allocation import allocate_capped_minor
from shopcore.models._rule import Cut, Proposal
from shopcore.promotions._view import View

Shares = dict[int, int]


def grant(view: View, proposal: Proposal) -> Shares:
    """Return what each unit gets of a proposal in minor units; only positive shares.

    The proposal is ours, or was looked over by `check_proposal`.
    """
    shares: Shares = {}
    for cut in proposal.cuts:
        if not cut.units:
            continue
        if view.spread_groups and cut.carriers:
            alone: Shares = dict(shares)
            _grant_cut(view, cut, alone)
            whole = sum(alone.values()) - sum(shares.values())
            _spread(view, sorted(cut.carriers), whole, shares)
        else:
            _grant_cut(view, cut, shares)
    return shares


def _grant_cut(view: View, cut: Cut, shares: Shares) -> None:
    if cut.rate is not None:
        _rate(view, cut.units, cut.rate, shares)
    elif cut.total is not None:
        _spread(view, sorted(cut.units), cut.total, shares)
    else:
        price, floor = view.price, view.floor
        for unit, minor in zip(cut.units, cut.amounts, strict=True):
            taken = shares.get(unit, 0)
            room = price[unit] - floor[unit] - taken
            if room > 0 and minor > 0:
                shares[unit] = taken + (minor if minor < room else room)


def _rate(view: View, units: tuple[int, ...], rate: Rate, shares: Shares) -> None:
    terms, base = view.terms, view.prices()
    above, below = rate.numerator, rate.denominator
    if terms.scope == "order":
        _spread(view, sorted(units), terms.ratio(sum(map(base.__getitem__, units)) * above, below), shares)
        return
    for line in by_line(view, units):
        if terms.scope == "unit" or len(line) == 1:
            for unit in line:
                _inside(view, (unit,), terms.ratio(base[unit] * above, below), shares)
        else:
            _inside(view, line, terms.ratio(sum(map(base.__getitem__, line)) * above, below), shares)


def by_line(view: View, units: Sequence[int]) -> list[list[int]]:
    """Return the units grouped by line, lines and units in the order of the cart."""
    line_of = view.line_of
    groups: dict[int, list[int]] = {}
    for unit in units:
        groups.setdefault(line_of[unit], []).append(unit)
    if len(groups) == len(units):
        return [groups[line] for line in sorted(groups)]
    return [sorted(groups[line]) for line in sorted(groups)]


def _spread(view: View, units: Sequence[int], total: int, shares: Shares) -> None:
    if total <= 0:
        return
    lines = by_line(view, units)
    if len(lines) == 1:
        _inside(view, lines[0], total, shares)
        return
    price = view.price
    weights = [sum([price[unit] - shares.get(unit, 0) for unit in line]) for line in lines]
    caps = [sum([room_of(view, unit, shares) for unit in line]) for line in lines]
    parts, _ = allocate_capped_minor(total, weights, caps)
    for line, part in zip(lines, parts, strict=True):
        _inside(view, line, part, shares)


def room_of(view: View, unit: int, shares: Shares) -> int:
    """Return how much a unit can still be lowered."""
    room = view.price[unit] - view.floor[unit] - shares.get(unit, 0)
    return room if room > 0 else 0


def _inside(view: View, units: Sequence[int], total: int, shares: Shares) -> None:
    if total <= 0:
        return
    if len(units) == 1:
        unit = units[0]
        room = room_of(view, unit, shares)
        if room:
            shares[unit] = shares.get(unit, 0) + min(room, total)
        return
    price = view.price
    caps = [room_of(view, unit, shares) for unit in units]
    weights = [price[unit] - shares.get(unit, 0) for unit in units]
    count = len(units)
    if (
        min(weights) == max(weights)
        and total <= count * (least := min(caps))
        and (total % count == 0 or least * count > total)
    ):
        each, more = divmod(total, count)
        parts = [each + 1] * more + [each] * (count - more)
    else:
        parts, _ = allocate_capped_minor(total, weights, caps)
    for unit, part in zip(units, parts, strict=True):
        if part:
            shares[unit] = shares.get(unit, 0) + part


def limit_shares(shares: Shares, shipping: int, limit: int) -> tuple[Shares, int]:
    """Return shares and a shipping discount lowered to a limit in all, in proportion to what they were."""
    units = sorted(shares)
    wanted = [shares[unit] for unit in units] + [shipping]
    parts, _ = allocate_capped_minor(limit, wanted, wanted)
    return {unit: part for unit, part in zip(units, parts, strict=False) if part}, parts[-1]
