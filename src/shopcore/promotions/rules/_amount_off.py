"""An amount off each unit."""

from __future__ import annotations

from typing import Literal

from shopcore.models import Public
from shopcore.models._fields import Amount
from shopcore.models._rule import CartView, Cut, Proposal
from shopcore.promotions.rules._base import NO_UNITS, Quantity, Rule

__all__ = ["AmountOff"]


class AmountOff(Rule):
    """An amount off every unit chosen (直降), never below its floor.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> AmountOff(amount=Money(1000, "CNY")).kind
    'amount_off'
    """

    kind: Public[Literal["amount_off"]] = "amount_off"
    amount: Public[Amount]
    max_units: Public[Quantity | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return the amount for each of the first `max_units` units chosen."""
        units = view.own[: self.max_units]
        return Proposal((Cut(units, (self.amount.minor,) * len(units)),)) if units else NO_UNITS
