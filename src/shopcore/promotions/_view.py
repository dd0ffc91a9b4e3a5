"""The read-only view that rules look at, and the cart laid out unit by unit."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from shopcore._rounding import Rounding, round_div
from shopcore.models import Rate
from shopcore.models._cart import Cart
from shopcore.models._rule import Basis, LineFilter
from shopcore.promotions._selector import Selector

EMPTY: tuple[int, ...] = ()


class State(NamedTuple):
    """Prices at one moment; a new one for every promotion applied, so that any may be gone back to."""

    price: tuple[int, ...]
    item: tuple[int, ...] | None
    shipping: int
    free: frozenset[int] | None
    saved: int


class Layout:
    """A cart laid out unit by unit, with its selections found once."""

    __slots__ = ("_chosen", "_skus", "all", "at", "cart", "floor", "line_of", "list_price", "shipping", "start")

    def __init__(self, cart: Cart, at: datetime | None) -> None:
        lines = cart.lines
        self.at = at
        self.cart = cart
        self.shipping = cart.shipping.minor if cart.shipping is not None else 0
        self.list_price: tuple[int, ...] = tuple(
            price for line in lines for price in (line.unit_price.minor,) * line.quantity
        )
        self.line_of: tuple[int, ...] = tuple(
            position for position, line in enumerate(lines) for _ in range(line.quantity)
        )
        floors = [0 if line.price_floor is None else line.price_floor.minor for line in lines]
        self.floor = tuple(map(floors.__getitem__, self.line_of)) if any(floors) else (0,) * len(self.line_of)
        self.start = (0, *accumulate(line.quantity for line in lines))
        self.all = tuple(range(len(self.line_of)))
        # A filter is kept beside its units, so that its id cannot be taken over by another one.
        self._chosen: dict[int, tuple[LineFilter, tuple[int, ...]]] = {}
        self._skus = [line.sku for line in lines]

    def guest(self) -> Layout:
        """Return the same layout with a cart of its own."""
        found = copy(self)
        lines = tuple(line.model_copy() for line in self.cart.lines)
        found.cart = self.cart.model_copy()
        found.cart.__dict__.update(lines=lines, buyer=self.cart.buyer.model_copy())
        return found

    def opening(self, *, once: bool) -> State:
        """Return the state before every promotion."""
        return State(self.list_price, None, self.shipping, frozenset(self.all) if once else None, 0)

    def units(self, chosen: LineFilter | None) -> tuple[int, ...]:
        """Return the units of the lines chosen, in the order of the cart."""
        if chosen is None:
            return self.all
        known = self._chosen.get(id(chosen))
        if known is None:
            known = self._chosen[id(chosen)] = (chosen, self._find(chosen))
        return known[1]

    def _find(self, chosen: LineFilter) -> tuple[int, ...]:
        lines, start = self.cart.lines, self.start
        if type(chosen) is Selector:
            if chosen.is_everything:
                return self.all
            if chosen.is_plain:
                wanted = chosen.sku_set
                return tuple(
                    unit
                    for place, sku in enumerate(self._skus)
                    if sku in wanted
                    for unit in range(start[place], start[place + 1])
                )
        return tuple(
            unit
            for place, line in enumerate(lines)
            if chosen.matches(line)
            for unit in range(start[place], start[place + 1])
        )


class Terms(NamedTuple):
    """What the policy says about measuring and rounding in one stage."""

    threshold_basis: Basis
    percent_basis: Basis
    once: bool
    spread_groups: bool
    scope: str
    mode: Rounding
    step: int

    def share(self, rate: Rate, minor: int) -> int:
        """Return a rate of an amount, rounded by the policy's mode and step."""
        return self.ratio(minor * rate.numerator, rate.denominator)

    def ratio(self, numerator: int, denominator: int) -> int:
        """Return a quotient rounded by the policy's mode and step."""
        if self.step == 1:
            return round_div(numerator, denominator, self.mode)
        return round_div(numerator, denominator * self.step, self.mode) * self.step


class View:
    """A moment of pricing as one rule sees it; made anew for every rule, nothing behind it can be changed."""

    __slots__ = ("_free", "_layout", "_own", "_state", "_terms")

    def __init__(
        self,
        layout: Layout,
        state: State,
        terms: Terms,
        own: LineFilter | tuple[int, ...] | None,
        free: frozenset[int] | None,
    ) -> None:
        self._layout = layout
        self._state = state
        self._terms = terms
        self._own = own
        self._free = free

    @property
    def cart(self) -> Cart:
        """The cart as it came in."""
        return self._layout.cart

    @property
    def price(self) -> tuple[int, ...]:
        """What earlier promotions left of each unit's price."""
        return self._state.price

    @property
    def item_price(self) -> tuple[int, ...]:
        """Each unit's price after the promotions of stage 0."""
        return self._state.item or self._state.price

    @property
    def list_price(self) -> tuple[int, ...]:
        """Each unit's price before any promotion."""
        return self._layout.list_price

    @property
    def floor(self) -> tuple[int, ...]:
        """What each unit may not be sold below."""
        return self._layout.floor

    @property
    def line_of(self) -> tuple[int, ...]:
        """The position of each unit's line."""
        return self._layout.line_of

    @property
    def shipping(self) -> int:
        """The shipping fee left by earlier promotions."""
        return self._state.shipping

    @property
    def own(self) -> tuple[int, ...]:
        """The units that the effect itself chooses."""
        return self._own if isinstance(self._own, tuple) else self.units(self._own)

    @property
    def at(self) -> datetime | None:
        """The instant of pricing."""
        return self._layout.at

    @property
    def spread_groups(self) -> bool:
        """Whether a group shows its discount on all its units."""
        return self._terms.spread_groups

    @property
    def units_once(self) -> bool:
        """Whether each unit serves one promotion only; a proposal is then one use of the rule."""
        return self._terms.once

    @property
    def scarce(self) -> bool:
        """Whether other promotions may take units away."""
        return self._free is not None

    def units(self, chosen: LineFilter | None = None) -> tuple[int, ...]:
        """Return the units of the lines chosen that may still be used."""
        found = self._layout.units(chosen)
        return found if self._free is None else tuple(unit for unit in found if unit in self._free)

    def spend(self, units: tuple[int, ...], basis: Basis | None = None) -> int:
        """Return what these units cost together, on a basis."""
        return sum(map(self.prices(basis or self._terms.threshold_basis).__getitem__, units))

    def prices(self, basis: Basis | None = None) -> tuple[int, ...]:
        """Return the unit prices of a basis; by default the policy's for percents."""
        which = basis or self._terms.percent_basis
        if which == "running":
            return self._state.price
        return self._layout.list_price if which == "list" else self.item_price

    def share(self, rate: Rate, minor: int) -> int:
        """Return a rate of an amount, rounded as the policy says."""
        return self._terms.share(rate, minor)

    def beside(self, effect: Any) -> View:
        """Return the same moment as another rule sees it."""
        return View(self._layout, self._state, self._terms, getattr(effect, "on", None), self._free)

    def lowered(self, shares: dict[int, int], shipping: int) -> View:
        """Return the moment after these shares and this much off shipping."""
        if not shares and not shipping:
            return self
        left = list(self._state.price)
        for unit, minor in shares.items():
            left[unit] -= minor
        state = self._state._replace(price=tuple(left), shipping=self._state.shipping - shipping)
        return View(self._layout, state, self._terms, self._own, self._free)

    @property
    def terms(self) -> Terms:
        """What the policy says about measuring and rounding."""
        return self._terms
