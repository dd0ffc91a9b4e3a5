"""How each rule is said in the integer program; a rule that is missing here is bounded from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Final

from shopcore.models import Rate
from shopcore.promotions import rules as r
from shopcore.promotions._prepare import Candidate
from shopcore.promotions._program import INF, Program, Writer
from shopcore.promotions._view import View
from shopcore.promotions.rules._base import MANY, amount_of, dearest

Gain = Callable[[int], float]


def nothing(_unit: int) -> float:
    """Return no gain: the unit is only taken."""
    return 0.0


def _room(view: View, unit: int) -> int:
    return max(view.price[unit] - view.floor[unit], 0)


def _percent(view: View, rate: Rate) -> Gain:
    base = view.prices()
    return lambda unit: min(_room(view, unit), view.terms.ratio(base[unit] * rate.numerator, rate.denominator))


def _amount(view: View, minor: int) -> Gain:
    return lambda unit: min(_room(view, unit), minor)


def _down_to(view: View, minor: int) -> Gain:
    return lambda unit: min(_room(view, unit), max(view.price[unit] - minor, 0))


def _singles(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    """Say rules whose use is a sum over single units, at most `max_units` of them."""
    if effect.propose(view).unmet is not None:
        return True
    if isinstance(effect, r.PercentOff):
        gain = _percent(view, effect.percent)
    elif isinstance(effect, r.AmountOff):
        gain = _amount(view, effect.amount.minor)
    elif isinstance(effect, r.Presale):
        most, deposit = effect.worth.minor - effect.deposit.minor, _down_to(view, effect.deposit.minor)
        program.take(one, 0, view.own, lambda unit: min(most, deposit(unit)))
        return True
    else:
        gain = _down_to(view, effect.price.minor)
    columns = program.take(one, 0, view.own, gain)
    if effect.max_units is not None:
        program.row(((column, 1.0) for column in columns.values()), -INF, effect.max_units)
    return True


def _together(
    program: Program, one: Candidate, view: View, columns: Mapping[int, int], most: tuple[int, float]
) -> None:
    """Add what a use saves: at most `most[1]` for each unit of the column `most[0]`, and at most its units' room."""
    saving = program.column(one, 1.0, INF, whole=False)
    program.row(((saving, 1.0), (most[0], -most[1])), -INF, 0)
    start = program.problem.layout.start
    room = [(column, -float(_room(view, start[line]))) for line, column in columns.items()]
    program.row(((saving, 1.0), *room), -INF, 0)


def _worth(program: Program, columns: Mapping[int, int]) -> list[tuple[int, float]]:
    return [(column, float(program.price(line))) for line, column in columns.items()]


def _tiers(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    """Say tiers as alternatives, each for the quantities it counts for."""
    on: list[int] = []
    for place, tier in enumerate(effect.tiers):
        most = min([later.min_quantity for later in effect.tiers[place + 1 :]] + [len(view.own) + 1]) - 1
        if tier.min_quantity > most:
            continue
        gain = _percent(view, tier.percent) if tier.price is None else _down_to(view, tier.price.minor)
        counted = [(column, 1.0) for column in program.take(one, place, view.own, gain).values()]
        on.append(program.column(one, 0.0, 1))
        program.row([*counted, (on[-1], -float(tier.min_quantity))], 0, INF)
        program.row([*counted, (on[-1], -float(most))], -INF, 0)
    program.row([(switch, 1.0) for switch in on], -INF, 1)
    return True


def _spend(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    """Say an amount off once the units taken cost enough; with steps, or once per use."""
    units, every = view.own, amount_of(getattr(effect, "every", None))
    total = view.spend(units)
    needed = max(amount_of(getattr(effect, "threshold", None)), every)
    if total < needed or not units:
        return True
    most = (
        min(total // every, getattr(effect, "max_times", None) or MANY) if every else min(program.uses(one), len(units))
    )
    most = min(most, total // needed) if needed else most
    parts = most if program.split and needed and not every else 1
    before: int | None = None
    for use in range(parts):
        before = _spend_use(program, one, view, (use, needed, most // parts), before)
    return True


def _spend_use(program: Program, one: Candidate, view: View, sizes: tuple[int, int, int], before: int | None) -> int:
    """Say some uses of a spend threshold on units of their own, and return the column that counts them.

    Uses taken together are a relaxation: whether the units can be parted into that many is seen when they are priced.
    """
    use, needed, most = sizes
    effect: Any = one.promotion.effect
    amount = float(effect.amount.minor)
    columns = program.take(one, use, view.own, nothing)
    plain = amount <= needed and not any(view.floor)
    times = program.column(one, amount if plain else 0.0, most)
    step = amount_of(getattr(effect, "every", None)) or needed
    if needed:
        program.row((*_worth(program, columns), (times, -float(step))), 0, INF)
        fewest = _fewest(view, needed)
        if fewest > 1 and step == needed:
            # So many units at least go into every use, however dear they are.
            program.row((*((column, 1.0) for column in columns.values()), (times, -float(fewest))), 0, INF)
    if not plain:
        _together(program, one, view, columns, (times, amount))
    if before is not None:
        # Equal uses in order of their numbers, so that the solver need not try them in turn.
        program.row(((before, 1.0), (times, -1.0)), 0, INF)
    return times


def _fewest(view: View, needed: int) -> int:
    left = needed
    for count, unit in enumerate(dearest(view, view.own), start=1):
        left -= view.price[unit]
        if left <= 0:
            return count
    return 0


def _spend_percent(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    """Say a percent off the units taken together, once they cost enough; rounded once, to a whole column."""
    units, needed = view.own, amount_of(effect.threshold)
    if view.spend(units) < needed or not units:
        return True
    columns = program.take(one, 0, units, nothing)
    saving = program.column(one, 1.0, INF if effect.cap is None else effect.cap.minor)
    rate = float(effect.percent)
    worth = _worth(program, columns)
    program.row([(saving, 1.0), *((column, -rate * price) for column, price in worth)], -INF, _rounded_up_by(view))
    if needed:
        on = program.column(one, 0.0, 1)
        program.row([*worth, (on, -float(needed))], 0, INF)
        for column in columns.values():
            program.row(((column, 1.0), (on, -program.high[column])), -INF, 0)
    return True


def _rounded_up_by(view: View) -> float:
    mode, step = view.terms.mode, view.terms.step
    if mode in ("down", "floor"):
        return 0.0
    return (1.0 if mode in ("up", "ceiling") else 0.5) * step


def _prefix(program: Program, used: Mapping[int, int], cut: Mapping[int, int], sizes: tuple[int, int]) -> None:
    """Say that among the dearest k units at most the due part is discounted, for every k that ends a price."""
    group, discounted = sizes
    lines = sorted(used, key=lambda line: -program.price(line))
    terms: list[tuple[int, float]] = []
    for _, same in groupby(lines, key=program.price):
        for line in same:
            terms += [(cut[line], float(group)), (used[line], -float(discounted))]
            program.row(((cut[line], 1.0), (used[line], -1.0)), -INF, 0)
        program.row(terms, -INF, 0)


def _groups(program: Program, one: Candidate, view: View, sizes: tuple[int, int], gain: Gain) -> bool:
    """Say groups of units whose cheapest are discounted; at most as many as the rule has uses."""
    group, discounted = sizes
    used = program.take(one, 0, view.own, nothing)
    if not used:
        return True
    start = program.problem.layout.start
    cut = {line: program.column(one, gain(start[line]), program.high[column]) for line, column in used.items()}
    times = program.column(one, 0.0, min(len(view.own) // group, one.uses))
    program.row([*((column, 1.0) for column in used.values()), (times, -float(group))], 0, 0)
    program.row([*((column, 1.0) for column in cut.values()), (times, -float(discounted))], 0, 0)
    _prefix(program, used, cut, sizes)
    return True


def _nth(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    if effect.grouping != "from_dearest":
        return False
    return _groups(program, one, view, (effect.group, effect.discounted), _percent(view, effect.percent))


def _group_amount(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    columns = program.take(one, 0, view.own, _amount(view, effect.amount_per_unit.minor))
    times = program.column(one, 0.0, min(len(view.own) // effect.group, one.uses))
    program.row([*((column, 1.0) for column in columns.values()), (times, -float(effect.group))], 0, 0)
    return True


def _buy_get(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    bought = view.own
    got = bought if effect.get_on is None else view.units(effect.get_on)
    gain = _percent(view, effect.percent) if effect.percent is not None else _amount(view, amount_of(effect.amount))
    if bought == got:
        return _groups(program, one, view, (effect.buy + effect.get, effect.get), gain)
    if not bought or not got:
        return True
    buys, gets = program.take(one, 0, bought, nothing), program.take(one, 0, got, gain)
    times = program.column(one, 0.0, min(len(bought) // effect.buy, one.uses))
    program.row([*((column, 1.0) for column in buys.values()), (times, -float(effect.buy))], 0, 0)
    program.row([*((column, 1.0) for column in gets.values()), (times, -float(effect.get))], -INF, 0)
    return True


def _set(program: Program, one: Candidate, view: View, parts: list[tuple[tuple[int, ...], int]]) -> bool:
    """Say sets made of parts: so many units of each; a price, an amount or a percent for every set."""
    effect: Any = one.promotion.effect
    times = min([len(units) // size for units, size in parts] + [one.uses])
    if times <= 0:
        return True
    gain: Gain = nothing
    if effect.percent is not None:
        gain = _percent(view, effect.percent)
    elif effect.price is not None:
        gain = view.price.__getitem__
    count = program.column(one, -float(amount_of(effect.price)), times)
    everything: list[dict[int, int]] = []
    for units, size in parts:
        columns = program.take(one, 0, units, gain)
        program.row([*((column, 1.0) for column in columns.values()), (count, -float(size))], 0, 0)
        everything.append(columns)
    if effect.amount is not None:
        saving = program.column(one, 1.0, INF, whole=False)
        program.row(((saving, 1.0), (count, -float(effect.amount.minor))), -INF, 0)
        room = [(column, -price) for columns in everything for column, price in _worth(program, columns)]
        program.row(((saving, 1.0), *room), -INF, 0)
    return True


def _any_n(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    return _set(program, one, view, [(view.own, effect.n)])


def _bundle(program: Program, one: Candidate, effect: Any, view: View) -> bool:
    return _set(program, one, view, [(view.units(part.on), part.quantity) for part in effect.parts])


WRITERS: Final[dict[type, Writer]] = {
    r.PercentOff: _singles,
    r.AmountOff: _singles,
    r.FixedPrice: _singles,
    r.FlashSale: _singles,
    r.MemberPrice: _singles,
    r.Presale: _singles,
    r.TieredPrice: _tiers,
    r.SpendThreshold: _spend,
    r.RedPacket: _spend,
    r.SpendThresholdPercent: _spend_percent,
    r.NthUnit: _nth,
    r.GroupAmount: _group_amount,
    r.BuyXGetY: _buy_get,
    r.AnyN: _any_n,
    r.Bundle: _bundle,
}
