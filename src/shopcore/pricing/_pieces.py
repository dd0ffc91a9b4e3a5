"""The price axis cut where a fee changes its formula: inside a piece every unrounded line is straight.

All slopes and starting values are whole numbers at one common scale, so the solver compares without rounding.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import lcm

from shopcore.pricing._lines import Term
from shopcore.pricing._plan import Plan


@dataclass(frozen=True, slots=True)
class Piece:
    """Unit prices ``start .. end`` (None: without end) in which each line keeps its formula.

    ``profit = slope x price + start_value - what the item takes`` before rounding, at the scale of `Pieces`.
    """

    start: int
    end: int | None
    slope: int
    value: int
    segments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a plan for one quantity, and how far rounding can lead away from the straight lines.

    Attributes
    ----------
    scale : int
        All numbers below are multiplied by it.
    net_slope, gross_slope : int
        Net and gross revenue of one more minor unit of price.
    profit_error, net_error, gross_error : int
        Most that rounding moves each of them.
    item_shares : tuple of int
        For each moving line: scale / denominator (times the quantity where it is charged per unit).
    """

    scale: int
    net_slope: int
    gross_slope: int
    profit_error: int
    net_error: int
    gross_error: int
    pieces: tuple[Piece, ...]
    item_shares: tuple[int, ...]


def pieces_of(plan: Plan, quantity: int) -> Pieces:
    """Return the pieces for a quantity, kept with the plan."""
    found = plan.pieces.get(quantity)
    if found is None:
        found = _cut(plan, quantity)
        if len(plan.pieces) < 64:
            plan.pieces[quantity] = found
    kept: Pieces = found
    return kept


def _base_at(plan: Plan, term: Term, price: int, quantity: int) -> int:
    gross, net = plan.split(price if term.per_unit else price * quantity)
    return gross if term.base == "gross" else net


def _last_price(plan: Plan, term: Term, edge: int, quantity: int) -> int:
    # The highest unit price whose base is at most the edge: an estimate from above, walked down a few steps.
    units = 1 if term.per_unit else quantity
    top, bottom = _base_ratio(plan, term)
    price = (edge + 1) * bottom // (top * units) + 1
    while price >= 0 and _base_at(plan, term, price, quantity) > edge:
        price -= 1
    return price


def _base_ratio(plan: Plan, term: Term) -> tuple[int, int]:
    # Base for one minor unit asked, before rounding.
    rounded = (term.base == "net") == plan.tax_included
    if not rounded:
        return 1, 1
    return (plan.tax_net, plan.tax_whole) if plan.tax_included else (plan.tax_whole, plan.tax_net)


def _cut(plan: Plan, quantity: int) -> Pieces:
    moving = [(term, _base_ratio(plan, term)) for _, term, _, _ in plan.ready.moving]
    scale = 2 * lcm(plan.tax_net, plan.tax_whole, *(term.denominator * ratio[1] for term, ratio in moving))
    net_top, net_bottom = (plan.tax_net, plan.tax_whole) if plan.tax_included else (1, 1)
    gross_top, gross_bottom = (1, 1) if plan.tax_included else (plan.tax_whole, plan.tax_net)
    tax_error = _rounding_error(plan.tax_rounding, scale) if plan.tax_net != plan.tax_whole else 0
    net_slope = quantity * scale * net_top // net_bottom
    return Pieces(
        scale=scale,
        net_slope=net_slope,
        gross_slope=quantity * scale * gross_top // gross_bottom,
        profit_error=_profit_error(plan, quantity, scale, tax_error),
        net_error=tax_error if plan.tax_included else 0,
        gross_error=0 if plan.tax_included else tax_error,
        pieces=tuple(_piece(plan, span, quantity, (scale, net_slope)) for span in _spans(plan, quantity)),
        item_shares=tuple(scale // term.denominator * (quantity if term.per_unit else 1) for term, _ in moving),
    )


def _spans(plan: Plan, quantity: int) -> list[tuple[int, int | None]]:
    starts = {0}
    for _, term, _, _ in plan.ready.moving:
        starts.update(_last_price(plan, term, edge, quantity) + 1 for edge in term.edges)
    ordered = sorted(starts)
    return list(zip(ordered, [*(start - 1 for start in ordered[1:]), None], strict=True))


def _rounding_error(rounding: str, scale: int) -> int:
    return scale // 2 if rounding.startswith("half") else scale


def _profit_error(plan: Plan, quantity: int, scale: int, tax_error: int) -> int:
    error = tax_error if plan.tax_included else 0
    for _, term, _, _ in plan.ready.moving:
        times = quantity if term.per_unit else 1
        error += times * _rounding_error(term.rounding, scale)
        if tax_error and _base_ratio(plan, term) != (1, 1):
            steepest = max(abs(numerator) for numerator in term.numerators)
            error += times * -(-tax_error * steepest // term.denominator)
    return error


def _piece(plan: Plan, span: tuple[int, int | None], quantity: int, scales: tuple[int, int]) -> Piece:
    scale, slope = scales
    value, segments = 0, []
    for _, term, _, _ in plan.ready.moving:
        segment = bisect_left(term.edges, _base_at(plan, term, span[0], quantity))
        top, bottom = _base_ratio(plan, term)
        # Once per unit and once for the whole order give the same slope: quantity prices either way.
        slope -= quantity * term.numerators[segment] * top * (scale // (term.denominator * bottom))
        times = quantity if term.per_unit else 1
        value -= times * term.offsets[segment] * (scale // term.denominator)
        segments.append(segment)
    return Piece(span[0], span[1], slope, value, tuple(segments))
