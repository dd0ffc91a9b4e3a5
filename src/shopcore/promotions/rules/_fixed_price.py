"""Special unit prices: fixed, flash, member, add-on; the lower of it and the running price counts."""

from __future__ import annotations

from typing import Annotated, Literal

from shopcore.models import Public
from shopcore.models._fields import Amount, Many, Word
from shopcore.models._rule import Basis, CartView, Cut, Proposal, Unmet
from shopcore.promotions._selector import Selector
from shopcore.promotions.rules._base import NO_UNITS, Quantity, Rule, amount_of

__all__ = ["AddOn", "FixedPrice", "FlashSale", "MemberPrice"]


class FixedPrice(Rule):
    """A unit price for the goods chosen (一口价), never dearer than what they cost anyway.

    Parameters
    ----------
    price : Money
        For one unit.
    max_units : int, optional
        Purchase limit: the first so many units, in the order of the cart.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> FixedPrice(price=Money(9900, "CNY"), max_units=2).max_units
    2
    """

    kind: Public[Literal["fixed_price"]] = "fixed_price"
    price: Public[Amount]
    max_units: Public[Quantity | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return the way down to the price for the first `max_units` units."""
        return lowered(view, self.price.minor, self.max_units)


def lowered(view: CartView, price: int, max_units: int | None) -> Proposal:
    """Return the proposal that brings units down to a price."""
    units = view.own[:max_units]
    if not units:
        return NO_UNITS
    return Proposal((Cut(units, tuple(max(view.price[unit] - price, 0) for unit in units)),))


class FlashSale(Rule):
    """A flash-sale price with a purchase limit (秒杀价, 限购).

    Examples
    --------
    >>> from shopcore.models import Money
    >>> FlashSale(price=Money(100, "CNY"), max_units=1).kind
    'flash_sale'
    """

    kind: Public[Literal["flash_sale"]] = "flash_sale"
    price: Public[Amount]
    max_units: Public[Quantity] = 1

    def propose(self, view: CartView) -> Proposal:
        """Return the way down to the price for the units within the limit."""
        return lowered(view, self.price.minor, self.max_units)


class MemberPrice(Rule):
    """A unit price for members of some levels (会员价).

    Examples
    --------
    >>> from shopcore.models import Money
    >>> MemberPrice(price=Money(9500, "CNY"), levels=["gold"]).levels
    ('gold',)
    """

    kind: Public[Literal["member_price"]] = "member_price"
    price: Public[Amount]
    levels: Public[Annotated[tuple[Word, ...], Many(50, "levels")]] = ()
    max_units: Public[Quantity | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return the way down to the price, for a member of one of the levels (of any level when none is named)."""
        level = view.cart.buyer.level
        if level is None or (self.levels and level not in self.levels):
            return Proposal(unmet=Unmet("customer_level"))
        return lowered(view, self.price.minor, self.max_units)


class AddOn(Rule):
    """A price for a few add-on units once the rest of the cart costs enough (加价购).

    Parameters
    ----------
    price : Money
        For one add-on unit.
    threshold : Money
        What the other goods must cost.
    others : Selector, optional
        Which goods those are; by default all but the add-ons. Like a condition they need only be in the cart: where
        units serve once, they may serve other promotions.
    max_units : int
        How many add-on units.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> from shopcore.promotions import Selector
    >>> AddOn(on=Selector(skus=["SOCKS"]), price=Money(990, "CNY"), threshold=Money(9900, "CNY")).max_units
    1
    """

    kind: Public[Literal["add_on"]] = "add_on"
    price: Public[Amount]
    threshold: Public[Amount]
    others: Public[Selector | None] = None
    max_units: Public[Quantity] = 1
    basis: Public[Basis | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return the way down to the price, where the other goods cost enough."""
        wanted = [
            not self.on.matches(line) and (self.others is None or self.others.matches(line)) for line in view.cart.lines
        ]
        spend = view.spend(tuple(unit for unit, line in enumerate(view.line_of) if wanted[line]), self.basis)
        if spend < amount_of(self.threshold):
            return Proposal(unmet=Unmet("threshold", minor=amount_of(self.threshold) - spend))
        return lowered(view, self.price.minor, self.max_units)
