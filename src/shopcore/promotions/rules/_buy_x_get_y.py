"""Buy some, get others at a percent or an amount off."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from shopcore.models import Public
from shopcore.models._fields import Amount
from shopcore.models._rule import CartView, Cut, Proposal
from shopcore.promotions._selector import Selector
from shopcore.promotions.rules._base import (
    MANY,
    Percent,
    Quantity,
    Rule,
    Times,
    amount_of,
    dearest,
    most_off,
    one_given,
    too_few,
)

__all__ = ["BuyXGetY"]


class BuyXGetY(Rule):
    """Buy X of some goods, get Y of others at a percent or an amount off each (买赠), for every multiple.

    Where both choose the same units a group is X + Y units, filled from the dearest, and its cheapest Y are
    discounted. Otherwise the dearest units are bought and the cheapest are got.

    Parameters
    ----------
    on : Selector
        The goods bought; `buy` of them.
    get_on : Selector, optional
        The goods got, `get` of them; by default the same.
    percent, amount : Rate or Money
        Off each unit got; exactly one of them.
    max_times : int, optional
        At most so many rewards.

    Examples
    --------
    >>> BuyXGetY(buy=2, get=1, percent="100%").buy
    2
    """

    kind: Public[Literal["buy_x_get_y"]] = "buy_x_get_y"
    buy: Public[Quantity]
    get: Public[Quantity] = 1
    get_on: Public[Selector | None] = None
    percent: Public[Percent | None] = None
    amount: Public[Amount | None] = None
    max_times: Public[Times | None] = None

    monotone: ClassVar[bool] = False

    @model_validator(mode="after")
    def _one_benefit(self) -> Self:
        one_given(percent=self.percent, amount=self.amount)
        return self

    @property
    def uses(self) -> int:
        """How many rewards there may be."""
        return self.max_times or MANY

    def propose(self, view: CartView) -> Proposal:
        """Return the benefit on the units got."""
        bought = view.own
        got = bought if self.get_on is None else view.units(self.get_on)
        most = 1 if view.units_once else self.max_times or MANY
        if bought == got:
            return self._groups(view, dearest(view, bought), most)
        return self._pairs(view, bought, got, most)

    def upper_bound(self, view: CartView) -> int:
        """Return the benefit on the dearest units that could be got."""
        bought = view.own
        got = bought if self.get_on is None else view.units(self.get_on)
        if bought == got or not set(bought) & set(got):
            found = self.propose(view)
            units = [unit for cut in found.cuts for unit in cut.units]
        else:
            units = dearest(view, got)[: self.get * min(len(bought) // self.buy, self.uses)]
        if self.percent is None:
            return amount_of(self.amount) * len(units)
        return most_off(view, self.percent, units, got)

    def _groups(self, view: CartView, units: list[int], most: int) -> Proposal:
        size = self.buy + self.get
        times = min(len(units) // size, most)
        if not times:
            return too_few(len(units), size)
        groups = [units[start : start + size] for start in range(0, times * size, size)]
        if view.spread_groups:
            cuts = [self._cut(group[self.buy :], group) for group in groups]
        else:
            cuts = [self._cut([unit for group in groups for unit in group[self.buy :]], [])]
        return Proposal(tuple(cuts), used=tuple(units[: times * size]))

    def _pairs(self, view: CartView, bought: tuple[int, ...], got: tuple[int, ...], most: int) -> Proposal:
        both = set(bought) & set(got)
        if not got:
            return too_few(0, self.get)
        # Units that can only be bought are spent first; of the others the dearest.
        order = [unit for unit in dearest(view, bought) if unit not in both]
        order += [unit for unit in dearest(view, bought) if unit in both]
        for times in range(min(len(order) // self.buy, most, -(-len(got) // self.get)), 0, -1):
            spent = order[: times * self.buy]
            left = [unit for unit in reversed(dearest(view, got)) if unit not in both or unit not in spent]
            if len(left) > (times - 1) * self.get:
                rewards = sorted(left[: times * self.get])
                return Proposal((self._cut(rewards, [*spent, *rewards]),), used=(*spent, *rewards))
        return too_few(len(order) if len(order) < self.buy else self.buy - 1, self.buy)

    def _cut(self, units: list[int], carriers: list[int]) -> Cut:
        chosen, over = tuple(units), tuple(sorted(carriers))
        if self.percent is not None:
            return Cut(chosen, rate=self.percent, carriers=over)
        return Cut(chosen, (amount_of(self.amount),) * len(chosen), carriers=over)
