"""Percent off lines."""

from __future__ import annotations

from typing import Literal

from shopcore.models import Public
from shopcore.models._rule import CartView, Cut, Proposal
from shopcore.promotions.rules._base import NO_UNITS, Percent, Quantity, Rule

__all__ = ["PercentOff"]


class PercentOff(Rule):
    """A percent off every unit chosen (限时折扣, with a window), rounded per line by default.

    Parameters
    ----------
    percent : Rate
        Part taken off, ``"20%"`` or ``"0.2"``.
    on : Selector
        The lines; all by default.
    max_units : int, optional
        Only so many units, in the order of the cart.

    Examples
    --------
    >>> PercentOff(percent="15%").percent
    Rate('0.15')
    """

    kind: Public[Literal["percent_off"]] = "percent_off"
    percent: Public[Percent]
    max_units: Public[Quantity | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return the percent on the first `max_units` units chosen."""
        units = view.own[: self.max_units]
        return Proposal((Cut(units, rate=self.percent),)) if units else NO_UNITS
