"""Unit prices that fall with the quantity."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from shopcore.models import Model, Public
from shopcore.models._fields import Amount, Many
from shopcore.models._rule import CartView, Cut, Proposal, Unmet
from shopcore.promotions.rules._base import NO_UNITS, Percent, Quantity, Rule, amount_of, most_off, one_given
from shopcore.promotions.rules._fixed_price import lowered

__all__ = ["PriceTier", "TieredPrice"]


class PriceTier(Model):
    """From a quantity on, a unit price or a percent off."""

    min_quantity: Public[Quantity]
    price: Public[Amount | None] = None
    percent: Public[Percent | None] = None

    @model_validator(mode="after")
    def _one_benefit(self) -> Self:
        one_given(price=self.price, percent=self.percent)
        return self


class TieredPrice(Rule):
    """A unit price or percent that grows with the quantity bought (阶梯价); the last tier reached counts for all.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> tiers = [PriceTier(min_quantity=2, percent="5%"), PriceTier(min_quantity=10, price=Money(800, "CNY"))]
    >>> TieredPrice(tiers=tiers).kind
    'tiered_price'
    """

    kind: Public[Literal["tiered_price"]] = "tiered_price"
    tiers: Public[Annotated[tuple[PriceTier, ...], Many(50, "tiers")]]

    monotone: ClassVar[bool] = False

    def propose(self, view: CartView) -> Proposal:
        """Return what the last tier reached gives to every unit chosen."""
        units = view.own
        for tier in reversed(self.tiers):
            if units and len(units) >= tier.min_quantity:
                if tier.price is not None:
                    return lowered(view, tier.price.minor, None)
                return Proposal((Cut(units, rate=tier.percent),))
        if not units:
            return NO_UNITS
        return Proposal(unmet=Unmet("not_enough_items", count=min(t.min_quantity for t in self.tiers) - len(units)))

    def upper_bound(self, view: CartView) -> int:
        """Return the most any tier reached takes off: with fewer units a lower tier may be the better one."""
        units = view.own
        reached = [tier for tier in self.tiers if len(units) >= tier.min_quantity]
        return max((_most(view, tier, units) for tier in reached), default=0)


def _most(view: CartView, tier: PriceTier, units: tuple[int, ...]) -> int:
    if tier.percent is not None:
        return most_off(view, tier.percent, units, units)
    return sum(max(view.price[unit] - amount_of(tier.price), 0) for unit in units)
