"""The suite a promotion rule must pass, whoever wrote it; the built-in rules pass it too."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from shopcore._checks import integer, one_of
from shopcore.models import Cart, CartLine, Currency, Money, Promotion, Result, RoundingPolicy
from shopcore.models._promotion import RawRule, rule_data
from shopcore.promotions import BUILT_INS, PricedCart, Registry, StackingPolicy, evaluate
from shopcore.promotions._bounds import bound_of
from shopcore.promotions._prepare import Problem
from shopcore.promotions._run import Outcome, attempt

PER_UNIT: Final = StackingPolicy(rounding=RoundingPolicy("unit"))
PRICES: Final = (0, 1, 99, 100, 333, 999, 1_000, 4_999, 12_000, 99_999)
WORDS: Final = ("a", "b", "c", "d", "e", "f")


@dataclass(frozen=True, slots=True)
class RuleReport(Result):
    """What the suite looked at: carts priced, carts on which the rule took something off, and the checks passed."""

    carts: int
    effective: int
    checks: tuple[str, ...]


def check_rule(
    rule: Any,
    *,
    currency: str = "CNY",
    carts: int = 200,
    seed: int = 0,
    registry: Registry | None = BUILT_INS,
    line_order: Literal["free", "matters"] = "free",
    prepare: Callable[[Cart], Cart] | None = None,
) -> RuleReport:
    """Return what a promotion rule was checked for, or raise `AssertionError` naming the law it broke.

    Use it in the tests of a package with rules of its own, and assert that `effective` is above zero: of a rule that
    took nothing off any cart little was checked.

    Parameters
    ----------
    rule : rule
        A value with ``propose(view)``, or a function.
    currency : str
        Of the random carts; that of the rule's amounts.
    carts : int
        How many random carts; their SKUs, tags, brands and shops are the letters a to f.
    seed : int
        Same seed, same carts.
    registry : Registry, optional
        The registry that knows its kind, to check the JSON round trip; None for a function.
    line_order : {"free", "matters"}
        ``"matters"`` for a rule that takes units in the order of the cart, such as a purchase limit.
    prepare : callable, optional
        From a random cart to one with the facts the rule asks for: a buyer, codes, a region, other tags.

    Raises
    ------
    AssertionError
        Naming the law that the rule breaks.
    RuleContractError
        If it breaks the contract outright.

    Examples
    --------
    >>> from shopcore.promotions.rules import PercentOff
    >>> check_rule(PercentOff(percent="15%"), carts=20).effective > 0
    True
    >>> check_rule(PercentOff(percent="15%"), prepare=lambda cart: cart.evolve(region="CN-GD"), carts=20).carts
    20
    """
    integer("carts", carts, low=1, high=1_000_000)
    one_of("line_order", line_order, ("free", "matters"))
    rng, effective = random.Random(seed), 0  # noqa: S311  # test carts, no secrets
    promotion = Promotion(promotion_id="rule", effect=rule)
    if registry is not None:
        _survives_json(rule, registry)
    for _ in range(carts):
        cart = _cart(rng, currency) if prepare is None else prepare(_cart(rng, currency))
        before = cart.to_json()
        priced = evaluate(cart, [promotion], PER_UNIT)
        effective += priced.saving.minor > 0
        _is_pure(cart, promotion, before, priced)
        _is_exact(cart, priced)
        _is_bounded(cart, promotion, rng)
        if line_order == "free":
            _ignores_line_order(cart, promotion, priced, rng)
    order = ("line order",) if line_order == "free" else ()
    json = ("json",) if registry is not None else ()
    return RuleReport(carts, effective, ("purity", "determinism", "sums", "clamp", "bound", *order, *json))


def _cart(rng: random.Random, currency: str) -> Cart:
    lines = []
    for place in range(rng.randint(0, 6)):
        price = rng.choice(PRICES)
        floor = rng.choice([None, None, price // 2, price])
        word = rng.choice(WORDS)
        lines.append(
            CartLine(
                line_id=f"L{place}",
                sku=word,
                quantity=rng.randint(1, 4),
                unit_price=Money(price, currency),
                price_floor=None if floor is None else Money(floor, currency),
                tags=tuple(rng.sample(WORDS, 2)),
                categories=(rng.choice(WORDS),),
                brand=rng.choice(WORDS),
                shop=rng.choice(WORDS),
            )
        )
    return Cart(currency=Currency.of(currency), lines=tuple(lines), shipping=Money(rng.choice([0, 800]), currency))


def _holds(law: str, *, true: bool) -> None:
    if not true:
        raise AssertionError(f"the rule breaks a law: {law}")


def _is_pure(cart: Cart, promotion: Promotion, before: str, priced: PricedCart) -> None:
    again = evaluate(Cart.from_json(before), [promotion], PER_UNIT)
    _holds("it leaves the cart as it was", true=cart.to_json() == before)
    _holds("the same cart gives the same answer", true=again.to_json() == priced.to_json())


def _is_exact(cart: Cart, priced: PricedCart) -> None:
    for line, found in zip(cart.lines, priced.lines, strict=True):
        floor = 0 if line.price_floor is None else min(line.price_floor.minor, line.unit_price.minor)
        shares = sum(share.amount.minor for share in found.discounts)
        paid = sum(count * minor for count, minor in found.unit_amounts)
        _holds("shares sum to the discount", true=shares == found.discount.minor)
        _holds("units sum to the line", true=paid == found.amount.minor)
        _holds("no unit goes below its floor", true=all(minor >= floor for _, minor in found.unit_amounts))


def _is_bounded(cart: Cart, promotion: Promotion, rng: random.Random) -> None:
    problem = Problem(cart, [promotion], PER_UNIT, None, {})
    one, opening = problem.candidates[0], problem.layout.opening(once=False)
    bound = bound_of(promotion.effect, problem.view(one, opening), "rule")
    lower = tuple(rng.randint(price // 2, price) for price in opening.price)
    for state in (opening, opening._replace(price=lower)):
        found, _ = attempt(problem, one, state)
        saving = found.saving if isinstance(found, Outcome) else 0
        _holds("its upper bound holds at these prices and at lower ones", true=saving <= bound)


def _ignores_line_order(cart: Cart, promotion: Promotion, priced: PricedCart, rng: random.Random) -> None:
    lines = list(cart.lines)
    rng.shuffle(lines)
    other = evaluate(cart.evolve(lines=tuple(lines)), [promotion], PER_UNIT)
    _holds("the order of the lines does not matter", true=other.total == priced.total)


def _survives_json(rule: Any, registry: Registry) -> None:
    raw = RawRule.of(rule_data(rule))
    read = registry.find(raw)
    _holds("its kind is in the registry", true=not isinstance(read, RawRule))
    _holds(f"it survives JSON, read {read!r} for {rule!r}", true=read == rule and rule_data(read) == rule_data(rule))
