"""Conditions on what is in the cart."""

from __future__ import annotations

from typing import Literal

from shopcore.models import Public
from shopcore.models._fields import Amount, Quantity
from shopcore.models._rule import Basis, CartView, Unmet
from shopcore.promotions._selector import Selector
from shopcore.promotions.conditions._base import Check

__all__ = ["Contains", "QuantityAtLeast", "SpendAtLeast"]


class SpendAtLeast(Check):
    """The goods chosen cost at least an amount (满额).

    Parameters
    ----------
    amount : Money
        What they must cost together.
    on : Selector, optional
        Which goods; by default those of the rule itself.
    basis : {"running", "item", "list"}, optional
        By default the policy's for thresholds.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> SpendAtLeast(amount=Money(9900, "CNY")).amount.text
    '99.00'
    """

    kind: Public[Literal["spend_at_least"]] = "spend_at_least"
    amount: Public[Amount]
    on: Public[Selector | None] = None
    basis: Public[Basis | None] = None

    def check(self, view: CartView) -> Unmet | None:
        """Return the amount missing, None where there is none."""
        units = view.own if self.on is None else view.units(self.on)
        short = self.amount.minor - view.spend(units, self.basis)
        return Unmet("threshold", minor=short) if short > 0 else None


class QuantityAtLeast(Check):
    """At least so many units of the goods chosen (满件).

    Examples
    --------
    >>> QuantityAtLeast(quantity=3).kind
    'quantity_at_least'
    """

    kind: Public[Literal["quantity_at_least"]] = "quantity_at_least"
    quantity: Public[Quantity]
    on: Public[Selector | None] = None

    def check(self, view: CartView) -> Unmet | None:
        """Return the units missing, None where there is none."""
        short = self.quantity - len(view.own if self.on is None else view.units(self.on))
        return Unmet("not_enough_items", count=short) if short > 0 else None


class Contains(Check):
    """Something that a selector chooses is in the cart.

    Examples
    --------
    >>> Contains(on=Selector(skus=["TEA"])).on.skus
    ('TEA',)
    """

    kind: Public[Literal["contains"]] = "contains"
    on: Public[Selector]
    quantity: Public[Quantity] = 1

    def check(self, view: CartView) -> Unmet | None:
        """Return the units missing and the SKUs that would do, None where enough are there."""
        short = self.quantity - len(view.units(self.on))
        return Unmet("missing_item", count=short, skus=self.on.skus[:20]) if short > 0 else None
