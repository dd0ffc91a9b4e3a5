"""The contract between a promotion rule and the engine.

A rule reads a view and proposes; the engine clamps, rounds, allocates and checks. So no rule, ours or foreign, can
break a sum, a price floor or determinism. Units are numbered 0, 1, 2 ... in the order of the cart's lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

from shopcore.models._cart import Cart, CartLine
from shopcore.models._rate import Rate

__all__ = ["Basis", "CartView", "Condition", "Cut", "Effect", "LineFilter", "Proposal", "Unmet"]

Basis: TypeAlias = Literal["running", "item", "list"]


@dataclass(frozen=True, slots=True)
class Unmet:
    """Why a rule does not apply: a code, and how far away the cart is (minor units missing, units missing, SKUs)."""

    code: str
    minor: int | None = None
    count: int | None = None
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a proposal: something off these units, said in one of three ways.

    `amounts`: minor units off each unit, one for one; `rate`: this share of each unit's price, rounded where the
    policy says; `total`: minor units off all of them together, spread by value. `carriers` are the units that show
    the discount where the policy spreads it over the whole group.
    """

    units: tuple[int, ...]
    amounts: tuple[int, ...] = ()
    rate: Rate | None = None
    total: int | None = None
    carriers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule proposes: cuts, minor units off the shipping fee, gifts, or the reason for proposing nothing.

    `used` are the units it takes part in, where units may be used once only (default: the units cut). `pay_now` is a
    deposit in minor units; `points` are points spent.
    """

    cuts: tuple[Cut, ...] = ()
    shipping: int = 0
    gifts: tuple[tuple[str, int], ...] = ()
    used: tuple[int, ...] | None = None
    pay_now: int | None = None
    points: int = 0
    unmet: Unmet | None = None


class LineFilter(Protocol):
    """Chooses lines of a cart; hashable, and never changing its mind.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class StartsWith:
    ...     text: str
    ...     def matches(self, line: CartLine) -> bool:
    ...         return line.sku.startswith(self.text)
    >>> from shopcore.models import CartLine, Money
    >>> mug = CartLine(line_id="1", sku="MUG-RED", quantity=2, unit_price=Money.of("99.90", "CNY"))
    >>> StartsWith("MUG").matches(mug), StartsWith("CUP").matches(mug)
    (True, False)
    """

    def matches(self, line: CartLine) -> bool:
        """Return whether a line belongs to it."""
        ...


class CartView(Protocol):
    """What a rule may look at; nothing in it can be changed. Prices are minor units, one for every unit.

    Examples
    --------
    >>> def dearest_half_price(view: CartView) -> Proposal:
    ...     dearest = max(view.units(), key=lambda unit: view.price[unit])
    ...     return Proposal(cuts=(Cut((dearest,), amounts=(view.price[dearest] // 2,)),))
    >>> from shopcore.models import Money, Promotion
    >>> from shopcore.promotions import evaluate
    >>> mug = CartLine(line_id="1", sku="MUG", quantity=1, unit_price=Money.of("99.90", "CNY"))
    >>> tea = CartLine(line_id="2", sku="TEA", quantity=3, unit_price=Money.of("35.00", "CNY"))
    >>> half = Promotion(promotion_id="half", effect=dearest_half_price)
    >>> evaluate(Cart(currency="CNY", lines=(mug, tea)), [half]).total
    Money(15495, 'CNY')
    """

    @property
    def cart(self) -> Cart:
        """The cart as it came in."""
        ...

    @property
    def price(self) -> tuple[int, ...]:
        """Left by earlier promotions."""
        ...

    @property
    def item_price(self) -> tuple[int, ...]:
        """After the promotions of stage 0."""
        ...

    @property
    def list_price(self) -> tuple[int, ...]:
        """Before any promotion."""
        ...

    @property
    def floor(self) -> tuple[int, ...]:
        """What a unit may not be sold below."""
        ...

    @property
    def line_of(self) -> tuple[int, ...]:
        """The position of each unit's line."""
        ...

    @property
    def shipping(self) -> int:
        """The fee left by earlier promotions."""
        ...

    @property
    def own(self) -> tuple[int, ...]:
        """The units that the effect itself chooses."""
        ...

    @property
    def at(self) -> datetime | None:
        """The instant of pricing, where it was given."""
        ...

    @property
    def spread_groups(self) -> bool:
        """Whether a group shows its discount on all its units."""
        ...

    @property
    def units_once(self) -> bool:
        """Whether each unit serves one promotion only."""
        ...

    def units(self, chosen: LineFilter | None = None) -> tuple[int, ...]:
        """Return the units of the lines chosen (of all lines by default) that may still be used."""
        ...

    def spend(self, units: tuple[int, ...], basis: Basis | None = None) -> int:
        """Return what these units cost together, on a basis (by default the policy's for thresholds)."""
        ...

    def prices(self, basis: Basis | None = None) -> tuple[int, ...]:
        """Return the unit prices of a basis (by default the policy's for percents)."""
        ...

    def share(self, rate: Rate, minor: int) -> int:
        """Return a rate of an amount, rounded as the policy says."""
        ...


class Effect(Protocol):
    """A rule (优惠规则): a small frozen value that reads a view and proposes.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class OffTogether:
    ...     minor: int
    ...     kind = "acme.off_together"
    ...     v = 1
    ...     def propose(self, view: CartView) -> Proposal:
    ...         return Proposal(cuts=(Cut(view.units(), total=self.minor),))
    >>> from shopcore.models import Promotion
    >>> Promotion(promotion_id="spring", effect=OffTogether(500)).effect
    OffTogether(minor=500)
    """

    @property
    def kind(self) -> Any:
        """Its name in the registry, ``"acme.wheel"``; an attribute of the class is enough."""
        ...

    @property
    def v(self) -> Any:
        """The version of its fields, 1 or more."""
        ...

    def propose(self, view: CartView, /) -> Proposal:
        """Return what it would take off this cart; pure, and the same for the same view."""
        ...


class Condition(Protocol):
    """A condition (优惠条件): a small frozen value that says whether it is met, or how far it is from that.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class AtLeast:
    ...     count: int
    ...     kind = "acme.at_least"
    ...     v = 1
    ...     def check(self, view: CartView) -> Unmet | None:
    ...         missing = self.count - len(view.units())
    ...         return Unmet("too_few", count=missing) if missing > 0 else None
    >>> from shopcore.models import Promotion
    >>> Promotion(promotion_id="three", effect={"kind": "acme.wheel"}, when=AtLeast(3)).when
    AtLeast(count=3)
    """

    @property
    def kind(self) -> Any:
        """Its name in the registry, ``"acme.wheel"``; an attribute of the class is enough."""
        ...

    @property
    def v(self) -> Any:
        """The version of its fields, 1 or more."""
        ...

    def check(self, view: CartView, /) -> Unmet | None:
        """Return None where it is met, else why not."""
        ...
