"""Shipping free or cheaper, from a spend on."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from shopcore.models import Public
from shopcore.models._fields import Amount
from shopcore.models._rule import Basis, CartView, Proposal, Unmet
from shopcore.promotions.rules._base import NO_UNITS, Percent, Rule, amount_of, chooses_any, fail_rule

__all__ = ["FreeShipping"]


class FreeShipping(Rule):
    """Shipping free, at a percent or an amount off, or at a flat fee, from a spend on (满包邮).

    Parameters
    ----------
    percent, amount, fee : Rate, Money, Money
        Off the fee, or the fee that is left; none of them is free shipping.
    threshold : Money, optional
        What the goods chosen must cost.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> FreeShipping(threshold=Money(8800, "CNY")).kind
    'free_shipping'
    """

    kind: Public[Literal["free_shipping"]] = "free_shipping"
    percent: Public[Percent | None] = None
    amount: Public[Amount | None] = None
    fee: Public[Amount | None] = None
    threshold: Public[Amount | None] = None
    basis: Public[Basis | None] = None

    @model_validator(mode="after")
    def _one_at_most(self) -> Self:
        if sum(value is not None for value in (self.percent, self.amount, self.fee)) > 1:
            fail_rule("percent or amount or fee", "at most one of them")
        return self

    def propose(self, view: CartView) -> Proposal:
        """Return what comes off the fee."""
        if not chooses_any(view, self.on):
            return NO_UNITS
        short = amount_of(self.threshold) - view.spend(view.own, self.basis)
        if short > 0:
            return Proposal(unmet=Unmet("threshold", minor=short))
        if self.percent is not None:
            return Proposal(shipping=min(view.share(self.percent, view.shipping), view.shipping))
        if self.fee is not None:
            return Proposal(shipping=max(view.shipping - self.fee.minor, 0))
        return Proposal(shipping=view.shipping if self.amount is None else min(self.amount.minor, view.shipping))
