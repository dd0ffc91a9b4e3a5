"""Spend-threshold discounts: an amount or a percent off once the goods chosen cost enough."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import model_validator

from shopcore.models import Model, Public, Rate
from shopcore.models._fields import Amount, Many, PositiveAmount
from shopcore.models._rule import Basis, CartView, Cut, Proposal, Unmet
from shopcore.promotions.rules._base import (
    MANY,
    NO_UNITS,
    Percent,
    Quantity,
    Rule,
    Times,
    amount_of,
    dearest,
    one_given,
)

__all__ = ["SpendThreshold", "SpendThresholdPercent", "SpendTier", "SpendTiers"]


class SpendThreshold(Rule):
    """An amount off the goods chosen, once or for every full step (满减), spread over them by value.

    Parameters
    ----------
    amount : Money
        Taken off; at most what the goods cost.
    threshold : Money, optional
        What they must cost; none by default.
    every : Money, optional
        Repeats for each full step: 40 off for every 300.
    max_times : int, optional
        At most so many steps; where units serve once, so many uses, each of just enough of the dearest units.
    basis : {"running", "item", "list"}, optional
        What the threshold is measured on; the policy's by default.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> rule = SpendThreshold(threshold=Money(30000, "CNY"), amount=Money(4000, "CNY"))
    >>> rule.threshold.text
    '300.00'
    """

    kind: Public[Literal["spend_threshold"]] = "spend_threshold"
    amount: Public[Amount]
    threshold: Public[Amount | None] = None
    every: Public[PositiveAmount | None] = None
    max_times: Public[Times | None] = None
    basis: Public[Basis | None] = None

    @property
    def uses(self) -> int:
        """How often it may be used where units serve once."""
        return 1 if self.every is not None else self.max_times or 1

    def propose(self, view: CartView) -> Proposal:
        """Return the amount times the steps reached."""
        units = view.own
        needed = max(amount_of(self.threshold), amount_of(self.every))
        spend = view.spend(units, self.basis)
        if spend < needed:
            return Proposal(unmet=Unmet("threshold", minor=needed - spend))
        if not units:
            return NO_UNITS
        if view.units_once and self.every is None:
            units = _just_enough(view, units, needed, self.basis)
        times = 1 if self.every is None else min(spend // self.every.minor, self.max_times or MANY)
        return Proposal((Cut(units, total=self.amount.minor * times),))


def _just_enough(view: CartView, units: tuple[int, ...], needed: int, basis: Basis | None) -> tuple[int, ...]:
    order, spend = dearest(view, units), 0
    for place, unit in enumerate(order):
        spend += view.spend((unit,), basis)
        if spend >= needed:
            return tuple(order[: place + 1])
    return tuple(order)


class SpendThresholdPercent(Rule):
    """A percent off the goods chosen together (满折), with a threshold and a cap; rounded once, spread by value.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> rule = SpendThresholdPercent(percent="15%", threshold=Money(30000, "CNY"), cap=Money(8000, "CNY"))
    >>> rule.percent
    Rate('0.15')
    """

    kind: Public[Literal["spend_threshold_percent"]] = "spend_threshold_percent"
    percent: Public[Percent]
    threshold: Public[Amount | None] = None
    cap: Public[Amount | None] = None
    basis: Public[Basis | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return the percent of what the goods cost, at most the cap."""
        units = view.own
        spend = view.spend(units, self.basis)
        if spend < amount_of(self.threshold):
            return Proposal(unmet=Unmet("threshold", minor=amount_of(self.threshold) - spend))
        if not units:
            return NO_UNITS
        off = percent_of(view, units, self.percent)
        return Proposal((Cut(units, total=off if self.cap is None else min(off, self.cap.minor)),))


def percent_of(view: CartView, units: tuple[int, ...], rate: Rate) -> int:
    """Return a percent of what units cost on the basis of percents, rounded once."""
    return view.share(rate, sum(map(view.prices().__getitem__, units)))


class SpendTier(Model):
    """One tier: from a spend or a quantity on, an amount or a percent."""

    min_spend: Public[Amount | None] = None
    min_quantity: Public[Quantity | None] = None
    amount: Public[Amount | None] = None
    percent: Public[Percent | None] = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        one_given(min_spend=self.min_spend, min_quantity=self.min_quantity)
        one_given(amount=self.amount, percent=self.percent)
        return self

    def missing(self, view: CartView, units: tuple[int, ...], basis: Basis | None) -> Unmet | None:
        """Return None where the tier is reached, else how far it is."""
        if self.min_spend is not None:
            short = self.min_spend.minor - view.spend(units, basis)
            return Unmet("threshold", minor=short) if short > 0 else None
        few = (self.min_quantity or 0) - len(units)
        return Unmet("not_enough_items", count=few) if few > 0 else None

    def off(self, view: CartView, units: tuple[int, ...]) -> int:
        """Return what the tier takes off."""
        return self.amount.minor if self.amount is not None else percent_of(view, units, self.percent or Rate(0))


class SpendTiers(Rule):
    """An amount or percent off that grows by tiers of spend or quantity (阶梯满减); the last tier reached counts.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> low, high = Money(20000, "CNY"), Money(40000, "CNY")
    >>> rule = SpendTiers(tiers=[SpendTier(min_spend=low, percent="5%"), SpendTier(min_spend=high, percent="10%")])
    >>> len(rule.tiers)
    2
    """

    kind: Public[Literal["spend_tiers"]] = "spend_tiers"
    tiers: Public[Annotated[tuple[SpendTier, ...], Many(50, "tiers")]]
    cap: Public[Amount | None] = None
    basis: Public[Basis | None] = None

    monotone: ClassVar[bool] = False

    def propose(self, view: CartView) -> Proposal:
        """Return what the last tier reached takes off."""
        units = view.own
        unmet: Unmet | None = Unmet("missing_item")
        for tier in reversed(self.tiers):
            unmet = tier.missing(view, units, self.basis)
            if unmet is None and units:
                off = tier.off(view, units)
                return Proposal((Cut(units, total=off if self.cap is None else min(off, self.cap.minor)),))
        return Proposal(unmet=unmet or Unmet("missing_item"))

    def upper_bound(self, view: CartView) -> int:
        """Return the most any tier reached takes off."""
        units = view.own
        return max(
            (tier.off(view, units) for tier in self.tiers if not tier.missing(view, units, self.basis)), default=0
        )
