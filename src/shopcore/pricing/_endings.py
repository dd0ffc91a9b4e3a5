"""Price endings: prices a shop allows itself, such as x.99, x.90 or everything that ends in 8."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from shopcore._checks import at_most, fail, instance, integer, one_of
from shopcore.models._money import Money
from shopcore.models._result import Result

__all__ = ["PriceEnding", "charm"]

Direction: TypeAlias = Literal["nearest", "up", "down"]
MAX_MODULUS: Final = 1_000_000_000
MAX_RESIDUES: Final = 1000


@dataclass(frozen=True, slots=True)
class PriceEnding(Result):
    """The prices a shop allows (尾数定价): those that leave one of the residues when divided by the modulus.

    Parameters
    ----------
    modulus : int
        Minor units: 100 for the two last digits, 1000 for the three last digits.
    residues : tuple of int
        From 0 to modulus - 1; several are allowed.

    Examples
    --------
    >>> PriceEnding(100, (99,)).next(1310)
    1399
    >>> PriceEnding(100, (80, 98)).previous(1234)
    1198
    """

    modulus: int
    residues: tuple[int, ...]

    def __post_init__(self) -> None:
        modulus = integer("modulus", self.modulus, low=1, high=MAX_MODULUS)
        if isinstance(self.residues, str) or not isinstance(self.residues, Iterable):
            fail("residues", self.residues, "a tuple of integers", reason="type")
        at_most("residues", tuple(self.residues), MAX_RESIDUES, "residues")
        found = {integer("residues", residue, low=0, high=modulus - 1) for residue in self.residues}
        if not found:
            fail("residues", (), "at least one residue", reason="empty")
        object.__setattr__(self, "residues", tuple(sorted(found)))

    def next(self, price: int) -> int:
        """Return the smallest allowed price at or above `price` (minor units)."""
        whole, rest = divmod(price, self.modulus)
        index = bisect_left(self.residues, rest)
        if index == len(self.residues):
            return (whole + 1) * self.modulus + self.residues[0]
        return whole * self.modulus + self.residues[index]

    def previous(self, price: int) -> int:
        """Return the largest allowed price at or below `price` (minor units); negative where there is none."""
        whole, rest = divmod(price, self.modulus)
        index = bisect_right(self.residues, rest)
        if index == 0:
            return (whole - 1) * self.modulus + self.residues[-1]
        return whole * self.modulus + self.residues[index - 1]


def charm(
    price: Money, endings: PriceEnding, *, direction: Direction = "nearest", floor: Money | None = None
) -> Money | None:
    """Return the price moved to an allowed ending (尾数定价); None where there is none.

    Parameters
    ----------
    price : Money
        Zero or positive.
    endings : PriceEnding
        Prices allowed.
    direction : {"nearest", "up", "down"}
        ``nearest`` takes the higher of two that are equally near.
    floor : Money, optional
        Never go below; with it ``nearest`` and ``down`` give the next allowed price above the floor instead.

    Returns
    -------
    Money or None
        None where no allowed price lies at or below ("down") and there is no floor.

    Examples
    --------
    >>> charm(Money(1310, "USD"), PriceEnding(100, (99,)))
    Money(1299, 'USD')
    >>> charm(Money(1310, "USD"), PriceEnding(100, (99,)), floor=Money(1300, "USD"))
    Money(1399, 'USD')
    """
    instance("price", price, Money)
    instance("endings", endings, PriceEnding)
    one_of("direction", direction, ("nearest", "up", "down"))
    lowest = 0
    if floor is not None:
        lowest = (price - price + floor).minor
    if price.minor < 0 or lowest < 0:
        fail("price", str(price), "zero or positive", reason="range")
    up, down = endings.next(max(price.minor, lowest)), endings.previous(price.minor)
    if direction == "up":
        return Money(up, price.currency)
    if down < lowest:
        down_allowed = floor is not None or direction == "nearest"
        return Money(up, price.currency) if down_allowed else None
    if direction == "nearest" and up - price.minor <= price.minor - down:
        return Money(up, price.currency)
    return Money(down, price.currency)
