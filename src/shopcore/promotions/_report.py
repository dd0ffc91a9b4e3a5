"""From a run to the result: lines, taxes, records, claims."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Final

from shopcore._rounding import round_div
from shopcore.models import DiscountShare, Money
from shopcore.models._cart import CartLine
from shopcore.models._rule import Unmet
from shopcore.promotions._prepare import Candidate, Problem
from shopcore.promotions._priority import Run
from shopcore.promotions._results import Certificate, Claim, PricedCart, PricedLine, PromotionTrace
from shopcore.promotions._run import Outcome

_SHARE_FIELDS: Final = set(DiscountShare.model_fields)
_set: Final = object.__setattr__


def report(problem: Problem, run: Run, certificate: Certificate, dominated: dict[int, int] | None = None) -> PricedCart:
    """Return the priced cart of a run."""
    currency, layout = problem.cart.currency, problem.layout
    goods, shipping = sum(run.state.price), run.state.shipping
    lines = _lines(problem, run)
    total = goods + shipping
    on_top = 0 if problem.cart.prices_include_tax else sum(line.tax.minor for line in lines)
    deposits = [outcome.pay_now for outcome in run.outcomes if outcome.pay_now is not None]
    now = min(sum(deposits), total) if deposits else total
    listed = sum(layout.list_price) + layout.shipping
    gifts: dict[str, int] = {}
    for outcome in run.outcomes:
        for sku, quantity in outcome.gifts:
            gifts[sku] = gifts.get(sku, 0) + quantity
    return PricedCart(
        total=Money(total, currency),
        total_with_tax=Money(total + on_top, currency),
        list_total=Money(listed, currency),
        saving=Money(listed - total, currency),
        shipping=Money(shipping, currency),
        shipping_list=Money(layout.shipping, currency),
        lines=lines,
        gifts=tuple(gifts.items()),
        applied=tuple(outcome.one.promotion.promotion_id for outcome in run.outcomes),
        trace=_trace(problem, run, dominated or {}),
        claims=tuple(_claim(problem, outcome) for outcome in run.outcomes),
        certificate=certificate,
        pay_now=Money(now, currency),
        pay_later=Money(total - now, currency),
        points=sum(outcome.points for outcome in run.outcomes),
    )


def _lines(problem: Problem, run: Run) -> tuple[PricedLine, ...]:
    by_line: dict[int, list[tuple[str, dict[int, int]]]] = {}
    line_of = problem.layout.line_of
    for outcome in run.outcomes:
        name = outcome.one.promotion.promotion_id
        for unit, minor in outcome.shares.items():
            entries = by_line.setdefault(line_of[unit], [])
            if not entries or entries[-1][0] != name:
                entries.append((name, {}))
            entries[-1][1][unit] = minor
    return tuple(
        _line(problem, run, position, line, by_line.get(position, []))
        for position, line in enumerate(problem.cart.lines)
    )


def _line(
    problem: Problem, run: Run, position: int, line: CartLine, entries: list[tuple[str, dict[int, int]]]
) -> PricedLine:
    currency, start = problem.cart.currency, problem.layout.start
    first, last = start[position], start[position + 1]
    listed = line.unit_price.minor * line.quantity
    amount = whole = Money(listed, currency)
    units: tuple[tuple[int, int], ...] = ((line.quantity, line.unit_price.minor),)
    paid, discount = listed, problem.zero
    if entries:
        left = run.state.price[first:last]
        paid, units = sum(left), runs_of(left)
        amount, discount = Money(paid, currency), Money(listed - paid, currency)
    tax = _tax(problem, line, paid)
    return PricedLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        list_amount=whole,
        discount=discount,
        amount=amount,
        tax=Money(tax, currency) if tax else problem.zero,
        unit_amounts=units,
        discounts=tuple(_share(problem, name, shares, first, last) for name, shares in entries),
    )


def _share(problem: Problem, name: str, shares: dict[int, int], first: int, last: int) -> DiscountShare:
    if last - first == 1:
        minor = shares[first]
        return _trusted(name, Money(minor, problem.cart.currency), ((1, minor),))
    parts = [shares.get(unit, 0) for unit in range(first, last)]
    return _trusted(name, Money(sum(parts), problem.cart.currency), runs_of(parts))


def _trusted(name: str, amount: Money, runs: tuple[tuple[int, int], ...]) -> DiscountShare:
    # Made of amounts that sum by construction, so pydantic need not look at them: 1 us instead of 8.
    share: DiscountShare = DiscountShare.__new__(DiscountShare)
    _set(share, "__dict__", {"promotion_id": name, "amount": amount, "per_unit": runs})
    _set(share, "__pydantic_fields_set__", _SHARE_FIELDS)
    _set(share, "__pydantic_extra__", None)
    _set(share, "__pydantic_private__", None)
    return share


def runs_of(values: tuple[int, ...] | list[int]) -> tuple[tuple[int, int], ...]:
    """Return runs of equal values as (count, value)."""
    if len(values) == 1:
        return ((1, values[0]),)
    return tuple((len(list(same)), value) for value, same in groupby(values))


def _tax(problem: Problem, line: CartLine, paid: int) -> int:
    rate = line.tax_rate
    if not rate.numerator:
        return 0
    whole = rate.denominator + (rate.numerator if problem.cart.prices_include_tax else 0)
    return round_div(paid * rate.numerator, whole, problem.policy.rounding.mode)


def _trace(problem: Problem, run: Run, dominated: dict[int, int]) -> tuple[PromotionTrace, ...]:
    outcomes = {outcome.one.index: outcome for outcome in run.outcomes}
    zero = problem.zero
    entries = []
    for index, promotion in enumerate(problem.promotions):
        if index in outcomes:
            entries.append(_applied(problem, outcomes[index], zero))
            continue
        unmet = problem.rejected.get(index) or run.refused.get(index) or Unmet("no_effect")
        entries.append(
            PromotionTrace(
                promotion_id=promotion.promotion_id,
                code=unmet.code,
                saving=zero,
                shipping=zero,
                basis=zero,
                shortfall=None if unmet.minor is None else Money(unmet.minor, problem.cart.currency),
                missing=unmet.count,
                skus=unmet.skus,
                conflicts=run.blockers.get(index, ()),
                dominated_by=Money(dominated[index], problem.cart.currency) if index in dominated else None,
            )
        )
    return tuple(entries)


def _applied(problem: Problem, outcome: Outcome, zero: Money) -> PromotionTrace:
    currency, line_of = problem.cart.currency, problem.layout.line_of
    lines = problem.cart.lines
    by_line: dict[int, int] = {}
    for unit, minor in outcome.shares.items():
        by_line[line_of[unit]] = by_line.get(line_of[unit], 0) + minor
    view = problem.view(outcome.one, outcome.before)
    prices = view.prices()
    return PromotionTrace(
        promotion_id=outcome.one.promotion.promotion_id,
        code="applied",
        saving=Money(outcome.saving, currency),
        shipping=Money(outcome.shipping, currency) if outcome.shipping else zero,
        basis=Money(sum(map(prices.__getitem__, view.own)), currency),
        line_savings=tuple(
            (lines[position].line_id, Money(minor, currency))
            for position, minor in sorted(by_line.items(), key=itemgetter(0))
        ),
        capped=outcome.capped,
    )


def _claim(problem: Problem, outcome: Outcome) -> Claim:
    one: Candidate = outcome.one
    promotion, currency = one.promotion, problem.cart.currency
    share = promotion.platform_share
    platform = round_div(outcome.saving * share.numerator, share.denominator) if share.numerator else 0
    return Claim(
        promotion_id=promotion.promotion_id,
        uses=1,
        amount=Money(outcome.saving, currency),
        limit=promotion.limit,
        per_customer=promotion.per_customer,
        budget=None if promotion.budget is None else promotion.budget.limit,
        shop_part=Money(outcome.saving - platform, currency),
        platform_part=Money(platform, currency) if platform else problem.zero,
    )
