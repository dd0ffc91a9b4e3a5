"""A set of promotions looked over before it goes live: what never applies, is never chosen, or sells below a floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Final, Literal, TypeAlias

from shopcore._checks import at_most
from shopcore.models import Money, Result
from shopcore.models._cart import MAX_UNITS, Buyer, Cart, CartLine
from shopcore.models._promotion import Promotion
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._evaluate import evaluate, looked_up
from shopcore.promotions._policy import StackingPolicy
from shopcore.promotions._prepare import disagree
from shopcore.promotions._registry import BUILT_INS, Registry

__all__ = ["Finding", "lint"]

FindingKind: TypeAlias = Literal["unreachable", "dominated", "overlapping_windows", "below_floor"]
TIMES: Final = (1, 2, 3, 5, 10, 30)
SEARCH: Final = SearchBudget(nodes=2_000)
MAX_CATALOGUE: Final = 200
MAX_CODES: Final = 50


@dataclass(frozen=True, slots=True)
class Finding(Result):
    """One thing to look at: what it is, whose it is, in words, and a cart that shows it."""

    kind: FindingKind
    promotions: tuple[str, ...]
    message: str
    witness: Cart | None


def lint(
    promotions: Sequence[Promotion],
    policy: StackingPolicy,
    catalogue: Sequence[CartLine],
    *,
    at: datetime | None = None,
    price_floors: Mapping[str, Money] | None = None,
    buyer: Buyer | None = None,
    registry: Registry = BUILT_INS,
) -> tuple[Finding, ...]:
    """Return what is suspicious in a set of promotions, each with a cart that shows it (活动体检).

    Witness carts are made of the catalogue: each article alone and all of them together, in several quantities, with
    every code entered. So a finding "unreachable" or "dominated" says what these carts show, not a proof for all.

    Parameters
    ----------
    promotions : sequence of Promotion
        The set.
    policy : StackingPolicy
        How they stack.
    catalogue : sequence of CartLine
        Articles to make carts of, with their list prices; at most 200.
    at : datetime, optional
        The instant looked at; needed where promotions have windows.
    price_floors : mapping of SKU to Money, optional
        Lowest unit prices that keep the margin; data, whoever computed them.
    buyer : Buyer, optional
        Who buys; by default a new customer with a million points.
    registry : Registry
        The kinds of rules that are known, for promotions that were read and not looked up yet.

    Returns
    -------
    tuple of Finding
        ``unreachable`` (takes no effect on any witness cart), ``dominated`` (an excluded rival saves at least as much
        wherever it applies), ``overlapping_windows`` (two windows of promotions that may not meet), ``below_floor``
        (a stack sells a unit below its floor).

    Examples
    --------
    >>> from shopcore.models import CartLine, Money, Promotion
    >>> from shopcore.promotions import StackingPolicy
    >>> from shopcore.promotions.rules import PercentOff
    >>> tea = CartLine(line_id="TEA", sku="TEA", quantity=1, unit_price=Money(1000, "CNY"))
    >>> offers = [Promotion(promotion_id=name, effect=PercentOff(percent="30%")) for name in ("a", "b")]
    >>> found = lint(offers, StackingPolicy(), [tea], price_floors={"TEA": Money(600, "CNY")})
    >>> print(found[0].message)
    TEA sells at 4.90 CNY, below its floor of 6.00 CNY
    """
    promotions = looked_up(promotions, registry)
    at_most("catalogue", catalogue, MAX_CATALOGUE, "articles")
    carts = _witnesses(promotions, catalogue, buyer or Buyer(orders=0, points=1_000_000))
    alone = {one.promotion_id: [_saving(cart, one, policy, at) for cart in carts] for one in promotions}
    return (
        *_unreachable(promotions, carts, alone),
        *_dominated(promotions, carts, alone),
        *_windows(promotions),
        *_below_floor(promotions, policy, carts, at, price_floors or {}),
    )


def _witnesses(promotions: Sequence[Promotion], catalogue: Sequence[CartLine], buyer: Buyer) -> list[Cart]:
    codes = tuple(dict.fromkeys(one.code for one in promotions if one.code is not None))[:MAX_CODES]
    carts: list[Cart] = []
    if not catalogue:
        return carts
    shipping = Money(1_000, catalogue[0].unit_price.currency)
    rows = [[line] for line in catalogue] + ([list(catalogue)] if len(catalogue) > 1 else [])
    for row in rows:
        for times in TIMES:
            if len(row) * times <= MAX_UNITS:
                lines = tuple(line.evolve(quantity=times) for line in row)
                currency = shipping.currency
                carts.append(Cart(currency=currency, lines=lines, shipping=shipping, codes=codes, buyer=buyer))
    return carts


def _saving(cart: Cart, one: Promotion, policy: StackingPolicy, at: datetime | None) -> int:
    found = evaluate(cart, [one], policy.evolve(selection="priority"), at=at).of(one.promotion_id)
    return found.saving.minor if found.applied else -1


def _unreachable(
    promotions: Sequence[Promotion], carts: Sequence[Cart], alone: Mapping[str, list[int]]
) -> list[Finding]:
    return [
        Finding("unreachable", (one.promotion_id,), f"{one.promotion_id} takes no effect on any cart tried", None)
        for one in promotions
        if carts and max(alone[one.promotion_id]) < 0
    ]


def _dominated(promotions: Sequence[Promotion], carts: Sequence[Cart], alone: Mapping[str, list[int]]) -> list[Finding]:
    found = []
    for one in promotions:
        mine = alone[one.promotion_id]
        for other in promotions:
            theirs = alone[other.promotion_id]
            rivals = other is not one and disagree(one, other) and (one.code is None) == (other.code is None)
            if not rivals or max(mine, default=-1) < 0:
                continue
            where = [place for place, saving in enumerate(mine) if saving >= 0]
            if all(theirs[place] >= mine[place] for place in where) and any(theirs[p] > mine[p] for p in where):
                text = (
                    f"{other.promotion_id} excludes {one.promotion_id} and saves at least as much wherever it applies"
                )
                found.append(Finding("dominated", (one.promotion_id, other.promotion_id), text, carts[where[0]]))
                break
    return found


def _windows(promotions: Sequence[Promotion]) -> list[Finding]:
    found = []
    for one, other in combinations([one for one in promotions if one.window is not None], 2):
        first, second = one.window, other.window
        if first is not None and second is not None and disagree(one, other) and first.overlaps(second):
            names = (one.promotion_id, other.promotion_id)
            text = f"{names[0]} and {names[1]} may not meet, but run at the same time"
            found.append(Finding("overlapping_windows", names, text, None))
    return found


def _below_floor(
    promotions: Sequence[Promotion],
    policy: StackingPolicy,
    carts: Sequence[Cart],
    at: datetime | None,
    floors: Mapping[str, Money],
) -> list[Finding]:
    found: dict[str, Finding] = {}
    for cart in carts if floors else ():
        priced = evaluate(cart, promotions, policy, at=at, budget=SEARCH)
        for line in priced.lines:
            floor = floors.get(line.sku)
            least = min(minor for _, minor in line.unit_amounts)
            if floor is None or line.sku in found or least >= floor.minor:
                continue
            names = tuple(share.promotion_id for share in line.discounts)
            text = f"{line.sku} sells at {Money(least, floor.currency)}, below its floor of {floor}"
            found[line.sku] = Finding("below_floor", names, text, cart)
    return list(found.values())
