"""What a return gives back: by the shares stored at purchase, or by pricing what is kept anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from shopcore._checks import fail, instance, integer, one_of
from shopcore._rounding import round_div
from shopcore.models import Money, Result
from shopcore.models._cart import Cart, CartLine
from shopcore.models._promotion import Promotion
from shopcore.models._rule import CartView, Cut, Proposal
from shopcore.promotions._budget import SearchBudget
from shopcore.promotions._evaluate import BY_PRIORITY, FULL, evaluate
from shopcore.promotions._policy import StackingPolicy
from shopcore.promotions._prepare import Usage
from shopcore.promotions._registry import BUILT_INS, Registry
from shopcore.promotions._results import PricedCart

__all__ = ["Purchase", "RefundQuote", "ReturnPolicy", "quote_refund"]

ReturnMethod: TypeAlias = Literal["pro_rata", "reprice_kept"]
Units: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReturnPolicy:
    """How a return is settled (退货规则).

    Parameters
    ----------
    method : {"pro_rata", "reprice_kept"}
        What the returned units were paid with, or what was paid less the price of what is kept. A promotion's own
        `on_return` overrides it.
    shipping : {"keep", "rebill"}
        Shipping stays as it was charged, or is charged anew for what is kept.
    gift : {"charge", "return"}
        A gift that is no longer earned is charged at its price, or comes back.
    """

    method: ReturnMethod = "pro_rata"
    shipping: Literal["keep", "rebill"] = "keep"
    gift: Literal["charge", "return"] = "return"

    def __post_init__(self) -> None:
        one_of("method", self.method, ("pro_rata", "reprice_kept"))
        one_of("shipping", self.shipping, ("keep", "rebill"))
        one_of("gift", self.gift, ("charge", "return"))


@dataclass(frozen=True, slots=True)
class Purchase:
    """A cart as it was bought, with everything it was priced by: the promotions of that day, not of today.

    Parameters
    ----------
    cart : Cart
        What was bought.
    promotions : sequence of Promotion
        The promotions as they were at purchase.
    policy : StackingPolicy
        How they stacked.
    at : datetime, optional
        When it was priced.
    usage : mapping, optional
        Usage before it.
    budget : SearchBudget
        How far the search went.
    registry : Registry
        The kinds of rules that were known, for promotions that are kept as they were read.
    """

    cart: Cart
    promotions: Sequence[Promotion]
    policy: StackingPolicy = BY_PRIORITY
    at: datetime | None = None
    usage: Mapping[str, Usage] | None = None
    budget: SearchBudget = FULL
    registry: Registry = BUILT_INS

    def priced(self) -> PricedCart:
        """Return the cart as it was priced."""
        return self._of(self.cart, self.promotions)

    def _of(self, cart: Cart, promotions: Sequence[Promotion]) -> PricedCart:
        return evaluate(
            cart,
            promotions,
            self.policy,
            at=self.at,
            usage=self.usage,
            budget=self.budget,
            registry=self.registry,
        )


@dataclass(frozen=True, slots=True)
class RefundQuote(Result):
    """What a return gives back (应退金额): `refund` is never below zero, `shortfall` says what that hides.

    `kept_value` is what the customer owes for everything kept, shipping and gifts charged included. The `_with_tax`
    amounts hold the tax on top where prices are without it.
    """

    refund: Money
    refund_with_tax: Money
    shortfall: Money
    paid: Money
    refunded_before: Money
    kept_value: Money
    shipping_kept: Money
    gifts_lost: tuple[tuple[str, int], ...]
    gifts_charged: Money
    kept: PricedCart | None

    def explain(self) -> str:
        """Return the refund in words."""
        text = f"paid {self.paid}, kept goods are worth {self.kept_value}"
        if self.refunded_before.minor:
            text += f", {self.refunded_before} went back before"
        text += f": {self.refund} to refund"
        return text + (f"; {self.shortfall} short of what is kept" if self.shortfall.minor else "")


@dataclass(frozen=True, slots=True)
class _Stored:
    """The shares a promotion left on the units that are kept, as a rule."""

    amounts: tuple[int, ...]
    kind: str = "shopcore.stored"
    v: int = 1

    def propose(self, view: CartView) -> Proposal:
        """Return the stored shares on the units they lie on, whoever may use those units now."""
        units = tuple(unit for unit in range(len(view.price)) if self.amounts[unit])
        return Proposal((Cut(units, tuple(self.amounts[unit] for unit in units)),)) if units else Proposal()


def quote_refund(
    purchase: Purchase,
    returned: Units,
    policy: ReturnPolicy = ReturnPolicy(),
    *,
    before: Units | None = None,
    gift_prices: Mapping[str, Money] | None = None,
) -> RefundQuote:
    """Return what a return gives back, after earlier returns of the same order (退款金额).

    Refunds over any sequence of returns add up to the refund of all of them at once, unless zero cuts one off.

    Parameters
    ----------
    purchase : Purchase
        The cart and the promotions it was priced by.
    returned : mapping of line id to units
        What comes back now.
    policy : ReturnPolicy
        How it is settled.
    before : mapping of line id to units, optional
        What came back earlier.
    gift_prices : mapping of SKU to Money, optional
        What a gift that is kept though no longer earned is charged at.

    Raises
    ------
    InputError
        If a line is unknown, more comes back than was bought, or the price of a gift to be charged is missing.

    Notes
    -----
    With K what is kept after the return and K' before it, the refund is value(K') - value(K). Pro rata values K at the
    shares stored at purchase, the first units of a line coming back first; reprice_kept at the price of K alone under
    the same promotions, policy and instant.

    Examples
    --------
    >>> from shopcore.models import Cart, CartLine, Money, Promotion
    >>> from shopcore.promotions.rules import SpendThreshold
    >>> lines = [CartLine(line_id=sku, sku=sku, quantity=1, unit_price=Money(price, "CNY"))
    ...          for sku, price in (("a", 20000), ("b", 15000), ("c", 10000))]
    >>> steps = SpendThreshold(every=Money(30000, "CNY"), amount=Money(4000, "CNY"))
    >>> full = Promotion(promotion_id="full", effect=steps)
    >>> bought = Purchase(Cart(currency="CNY", lines=lines), [full])
    >>> print(quote_refund(bought, {"a": 1}, ReturnPolicy("reprice_kept")).explain())
    paid 410.00 CNY, kept goods are worth 250.00 CNY: 160.00 CNY to refund
    """
    instance("purchase", purchase, Purchase)
    instance("policy", policy, ReturnPolicy)
    earlier = _checked("before", before or {}, purchase.cart, {})
    now = _checked("returned", returned, purchase.cart, earlier)
    gone = {line: earlier.get(line, 0) + now.get(line, 0) for line in {*earlier, *now}}
    settled = _Settlement(purchase, policy, gift_prices or {})
    old, new = settled.value(earlier), settled.value(gone)
    currency = purchase.cart.currency
    due = old.whole - new.whole
    with_tax = due + old.tax - new.tax
    return RefundQuote(
        refund=Money(max(due, 0), currency),
        refund_with_tax=Money(max(with_tax, 0), currency),
        shortfall=Money(max(-due, 0), currency),
        paid=settled.priced.total,
        refunded_before=Money(settled.priced.total.minor - old.whole, currency),
        kept_value=Money(new.whole, currency),
        shipping_kept=Money(new.shipping, currency),
        gifts_lost=new.lost,
        gifts_charged=Money(new.charged, currency),
        kept=new.kept,
    )


def _checked(name: str, units: Units, cart: Cart, before: Units) -> dict[str, int]:
    if not isinstance(units, Mapping):
        fail(name, type(units).__name__, "a mapping of line id to units", reason="type")
    bought = {line.line_id: line.quantity for line in cart.lines}
    found: dict[str, int] = {}
    for line, count in units.items():
        if line not in bought:
            fail(name, line, "ids of lines of the cart", reason="unknown")
        found[line] = integer(f"{name}[{line}]", count, low=0, high=bought[line] - before.get(line, 0))
    return {line: count for line, count in found.items() if count}


@dataclass(frozen=True, slots=True)
class _Value:
    goods: int
    shipping: int
    charged: int
    tax: int
    lost: tuple[tuple[str, int], ...]
    kept: PricedCart | None

    @property
    def whole(self) -> int:
        return self.goods + self.shipping + self.charged


class _Settlement:
    """Values what is kept, under one purchase and one policy."""

    def __init__(self, purchase: Purchase, policy: ReturnPolicy, prices: Mapping[str, Money]) -> None:
        self.purchase = purchase
        self.policy = policy
        self.prices = prices
        self.priced = purchase.priced()
        applied = {entry.promotion_id for entry in self.priced.trace if entry.applied}
        methods = {one.promotion_id: one.on_return or policy.method for one in purchase.promotions}
        self.stored = {name for name in applied if methods[name] == "pro_rata"}
        self.live = any(method == "reprice_kept" for method in methods.values())

    def value(self, gone: Units) -> _Value:
        """Return what the customer owes when these units are gone."""
        if not gone:
            priced = self.priced
            tax = priced.total_with_tax.minor - priced.total.minor
            return _Value(priced.total.minor - priced.shipping.minor, priced.shipping.minor, 0, tax, (), None)
        kept = None
        lines = [
            line.evolve(quantity=line.quantity - gone.get(line.line_id, 0))
            for line in self.purchase.cart.lines
            if line.quantity > gone.get(line.line_id, 0)
        ]
        if self.live or self.policy.shipping == "rebill":
            kept = self._kept(self.purchase.cart.evolve(lines=tuple(lines)), gone)
        shipping = self.priced.shipping.minor
        if kept is not None and lines and self.policy.shipping == "rebill":
            shipping = kept.shipping.minor
        if self.live and kept is not None:
            goods = sum(line.amount.minor for line in kept.lines)
            tax = kept.total_with_tax.minor - kept.total.minor
        else:
            goods, tax = self._by_shares(gone)
        lost, charged = self._gifts(kept) if self.live and kept is not None else ((), 0)
        return _Value(goods, shipping, charged, tax, lost, kept)

    def _by_shares(self, gone: Units) -> tuple[int, int]:
        goods = tax = 0
        for line, priced in zip(self.purchase.cart.lines, self.priced.lines, strict=True):
            left = priced.amount.minor - priced.through(gone.get(line.line_id, 0))
            goods += left
            tax += 0 if self.purchase.cart.prices_include_tax else self._tax(line, left)
        return goods, tax

    def _tax(self, line: CartLine, amount: int) -> int:
        rate = line.tax_rate
        return round_div(amount * rate.numerator, rate.denominator, self.purchase.policy.rounding.mode)

    def _kept(self, cart: Cart, gone: Units) -> PricedCart:
        promotions: list[Promotion] = []
        for one in self.purchase.promotions:
            method = one.on_return or self.policy.method
            if not self.live or method == "reprice_kept":
                promotions.append(one)
            elif one.promotion_id in self.stored:
                effect = _Stored(self._shares(one.promotion_id, gone))
                promotions.append(one.evolve(effect=effect, when=None, code=None, window=None, limit=None, budget=None))
        return self.purchase._of(cart, promotions)

    def _shares(self, promotion_id: str, gone: Units) -> tuple[int, ...]:
        found: list[int] = []
        for line in self.priced.lines:
            kept = line.quantity - gone.get(line.line_id, 0)
            shares = [0] * line.quantity
            for share in line.discounts:
                if share.promotion_id == promotion_id:
                    shares = [minor for count, minor in share.per_unit for _ in range(count)]
            found += shares[line.quantity - kept :]
        return tuple(found)

    def _gifts(self, kept: PricedCart) -> tuple[tuple[tuple[str, int], ...], int]:
        still = dict(kept.gifts)
        lost = tuple((sku, count - still.get(sku, 0)) for sku, count in self.priced.gifts if count > still.get(sku, 0))
        if self.policy.gift == "return":
            return lost, 0
        charged = 0
        for sku, count in lost:
            price = self.prices.get(sku)
            if price is None:
                fail("gift_prices", sku, "the price of every gift that is charged", reason="missing")
            charged += price.minor * count
        return lost, charged
