"""Unit prices that fall with the quantity."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from shopcore.models import Model, Public
from shopcore.models._fields import Amount, Many
from shopcore.models._rule import CartView, Cut, Proposal, Unmet
from shopcore.promotions.rules._base import Percent, Quantity, Rule, one_given
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

    monotone: ClassVar[bool] = True

    def propose(self, view: CartView) -> Proposal:
        """Return what the last tier reached gives to every unit chosen."""
        units = view.own
        for tier in reversed(self.tiers):
            if units and len(units) >= tier.min_quantity:
                if tier.price is not None:
                    return lowered(view, tier.price.minor, None)
                return Proposal((Cut(units, rate=tier.percent),))
        if not units:
            return Proposal(unmet=Unmet("missing_item"))
        return Proposal(unmet=Unmet("not_enough_items", count=min(t.min_quantity for t in self.tiers) - len(units)))
