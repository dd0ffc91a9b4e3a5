"""The Nth unit at a percent or free, and groups with an amount off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from shopcore.models import Public
from shopcore.models._fields import Amount
from shopcore.models._rule import CartView, Cut, Proposal
from shopcore.promotions.rules._base import MANY, Percent, Quantity, Rule, Times, dearest, fail_rule, most_off, too_few

__all__ = ["GroupAmount", "NthUnit"]


class NthUnit(Rule):
    """The cheapest units of every full group at a percent off (第N件优惠): second half price, 3 for 2.

    Parameters
    ----------
    group, discounted : int
        Units of a group, and how many of them, the cheapest, get the percent.
    percent : Rate
        Off each of those; ``"100%"`` is free.
    max_groups : int, optional
        At most so many groups.
    grouping : {"from_dearest", "cheapest_overall"}
        Groups are filled from the dearest unit on, each giving its own cheapest; or the cheapest units of all are
        discounted, as many as the groups give together.

    Examples
    --------
    >>> NthUnit(group=2, discounted=1, percent="50%").group
    2
    """

    kind: Public[Literal["nth_unit"]] = "nth_unit"
    group: Public[Quantity]
    discounted: Public[Quantity] = 1
    percent: Public[Percent]
    max_groups: Public[Times | None] = None
    grouping: Public[Literal["from_dearest", "cheapest_overall"]] = "from_dearest"

    monotone: ClassVar[bool] = False

    @model_validator(mode="after")
    def _group_holds_them(self) -> Self:
        if self.discounted > self.group:
            fail_rule("discounted", "at most group")
        return self

    @property
    def uses(self) -> int:
        """How many groups there may be."""
        return self.max_groups or MANY if self.grouping == "from_dearest" else 1

    def propose(self, view: CartView) -> Proposal:
        """Return the percent on the units discounted."""
        units = dearest(view, view.own)
        most = 1 if view.units_once and self.grouping == "from_dearest" else self.max_groups or MANY
        groups = min(len(units) // self.group, most)
        if not groups:
            return too_few(len(units), self.group)
        chosen = list(self._chosen(units, groups))
        if view.spread_groups and self.grouping == "from_dearest":
            cuts = [Cut(tuple(few), rate=self.percent, carriers=tuple(all_)) for few, all_ in chosen]
        else:
            discounted = tuple(unit for few, _ in chosen for unit in few)
            cuts = [Cut(discounted, rate=self.percent, carriers=tuple(unit for _, all_ in chosen for unit in all_))]
        return Proposal(tuple(cuts), used=tuple(unit for _, all_ in chosen for unit in all_))

    def upper_bound(self, view: CartView) -> int:
        """Return the percent on the units that any choice of full groups could discount at most."""
        units = dearest(view, view.own)
        groups = min(len(units) // self.group, self.max_groups or MANY)
        if self.grouping == "from_dearest":
            discounted = [unit for few, _ in self._chosen(units, groups) for unit in few]
            return most_off(view, self.percent, discounted, units)
        # Where units serve once, fewer of them may be taken, and dearer ones be their cheapest.
        return most_off(view, self.percent, units[: groups * self.discounted], units)

    def _chosen(self, units: list[int], groups: int) -> Iterator[tuple[list[int], list[int]]]:
        if self.grouping == "cheapest_overall":
            yield units[-groups * self.discounted :], units
            return
        for start in range(0, groups * self.group, self.group):
            group = units[start : start + self.group]
            yield group[self.group - self.discounted :], group


class GroupAmount(Rule):
    """An amount off every unit of each full group of N, across lines (每满N件每件减), from the dearest.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> GroupAmount(group=3, amount_per_unit=Money(500, "USD")).group
    3
    """

    kind: Public[Literal["group_amount"]] = "group_amount"
    group: Public[Quantity]
    amount_per_unit: Public[Amount]
    max_groups: Public[Times | None] = None

    # Which units are the dearest changes with the prices, and with them the room above their floors.
    monotone: ClassVar[bool] = False

    @property
    def uses(self) -> int:
        """How many groups there may be."""
        return self.max_groups or MANY

    def propose(self, view: CartView) -> Proposal:
        """Return the amount on the units of all full groups."""
        units = dearest(view, view.own)
        groups = min(len(units) // self.group, 1 if view.units_once else self.max_groups or MANY)
        if not groups:
            return too_few(len(units), self.group)
        chosen = tuple(units[: groups * self.group])
        return Proposal((Cut(chosen, (self.amount_per_unit.minor,) * len(chosen), carriers=chosen),))
