"""Gifts with a purchase."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from shopcore.models import Public
from shopcore.models._fields import Amount, Many, PositiveAmount, SkuCode
from shopcore.models._rule import Basis, CartView, Proposal, Unmet
from shopcore.promotions.rules._base import MANY, NO_UNITS, Quantity, Rule, Times, amount_of, chooses_any, fail_rule

__all__ = ["Gift"]


class Gift(Rule):
    """Free units of an article (满赠), with a choice, a threshold and repetition if wanted.

    Parameters
    ----------
    sku, quantity : str, int
        What is given.
    choices : tuple of str
        What the buyer may choose instead; the choice comes in as a code ``"gift:SKU"`` on the cart.
    threshold, every : Money, optional
        What the goods chosen must cost; once, or one gift for each full step.
    max_times : int, optional
        At most so many gifts.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> Gift(sku="CUP", threshold=Money(20000, "CNY")).quantity
    1
    """

    kind: Public[Literal["gift"]] = "gift"
    sku: Public[SkuCode]
    quantity: Public[Quantity] = 1
    choices: Public[Annotated[tuple[SkuCode, ...], Many(100, "skus")]] = ()
    threshold: Public[Amount | None] = None
    every: Public[PositiveAmount | None] = None
    max_times: Public[Times | None] = None
    basis: Public[Basis | None] = None

    @model_validator(mode="after")
    def _few_enough(self) -> Self:
        if self.quantity > 1_000:
            fail_rule("quantity", "at most 1000")
        return self

    def propose(self, view: CartView) -> Proposal:
        """Return the gift, or how much is missing."""
        if not chooses_any(view, self.on):
            return NO_UNITS
        spend = view.spend(view.own, self.basis)
        needed = max(amount_of(self.threshold), amount_of(self.every))
        if spend < needed:
            return Proposal(unmet=Unmet("threshold", minor=needed - spend))
        times = 1 if self.every is None else min(spend // self.every.minor, self.max_times or MANY, 1_000)
        wanted = [sku for sku in self.choices if f"gift:{sku}" in view.cart.codes]
        return Proposal(gifts=((wanted[0] if wanted else self.sku, self.quantity * times),))
