"""Sets of units: bundles of named parts, and any N of a selection."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Literal

from shopcore.models import Model, Public
from shopcore.models._fields import Many
from shopcore.models._rule import CartView, Cut, Proposal
from shopcore.promotions._selector import Selector
from shopcore.promotions.rules._base import Quantity, Saving, amount_of, dearest, most_off, too_few

__all__ = ["AnyN", "Bundle", "BundlePart"]


class BundlePart(Model):
    """One part of a bundle: so many units of these goods."""

    on: Public[Selector]
    quantity: Public[Quantity] = 1


class Bundle(Saving):
    """A set of named parts at a price, or with an amount or percent off (搭配套餐), as often as it is complete.

    Parameters
    ----------
    parts : tuple of BundlePart
        What belongs to it; the dearest units of each part are taken.
    price, amount, percent : Money, Money or Rate
        For the set, or off it; exactly one of them.
    max_times : int, optional
        At most so many sets.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> from shopcore.promotions import Selector
    >>> meal = [BundlePart(on=Selector(tags=[part])) for part in ("drink", "sandwich", "crisps")]
    >>> Bundle(parts=meal, price=Money(450, "EUR")).uses > 1
    True
    """

    kind: Public[Literal["bundle"]] = "bundle"
    parts: Public[Annotated[tuple[BundlePart, ...], Many(20, "parts")]]

    def propose(self, view: CartView) -> Proposal:
        """Return what every complete set gains."""
        piles = [dearest(view, view.units(part.on)) for part in self.parts]
        # A part with few units to choose from goes first, so that a wide one does not take them away.
        order = sorted(range(len(piles)), key=lambda place: len(piles[place]))
        streams = [(iter(piles[place]), self.parts[place].quantity) for place in order]
        cuts: list[Cut] = []
        taken: set[int] = set()
        short: Proposal | None = None
        for _ in range(1 if view.units_once else min(self.uses, len(view.price))):
            chosen, short = self._next(streams, taken)
            cut = None if short is not None else self.cut(view, tuple(sorted(chosen)))
            if cut is None:
                break
            cuts.append(cut)
        return short if short is not None and not cuts else Proposal(tuple(cuts))

    def _next(self, streams: list[tuple[Iterator[int], int]], taken: set[int]) -> tuple[list[int], Proposal | None]:
        chosen: list[int] = []
        for stream, needed in streams:
            # What one part took is passed over by the others, for good: every pile is walked through once.
            found = list(islice((unit for unit in stream if unit not in taken), needed))
            if len(found) < needed:
                return [], too_few(len(found), needed)
            chosen += found
            taken.update(found)
        return chosen, None

    def upper_bound(self, view: CartView) -> int:
        """Return what the dearest units of each part would gain if parts never competed for a unit."""
        piles = [dearest(view, view.units(part.on)) for part in self.parts]
        sizes = [part.quantity for part in self.parts]
        times = min((len(pile) // size for pile, size in zip(piles, sizes, strict=True)), default=0)
        times = min(times, 1 if view.units_once else self.uses)
        if self.percent is not None:
            rate = self.percent
            both = zip(piles, sizes, strict=True)
            return sum(most_off(view, rate, pile[: times * size], pile) for pile, size in both)
        if self.amount is not None:
            return self.amount.minor * times
        price = view.price
        sums = [
            sum(price[u] for pile, n in zip(piles, sizes, strict=True) for u in pile[time * n : (time + 1) * n])
            for time in range(times)
        ]
        return sum(max(whole - amount_of(self.price), 0) for whole in sums)


class AnyN(Saving):
    """Any N units of a selection at a price, or with an amount or percent off (N元任选), from the dearest.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> AnyN(n=3, price=Money(9900, "CNY")).n
    3
    """

    kind: Public[Literal["any_n"]] = "any_n"
    n: Public[Quantity]

    def propose(self, view: CartView) -> Proposal:
        """Return what every full set gains."""
        units = dearest(view, view.own)
        times = min(len(units) // self.n, 1 if view.units_once else self.uses)
        if not times:
            return too_few(len(units), self.n)
        sets = [tuple(units[start : start + self.n]) for start in range(0, times * self.n, self.n)]
        cuts = [cut for cut in (self.cut(view, tuple(sorted(chosen))) for chosen in sets) if cut is not None]
        return Proposal(tuple(cuts))
