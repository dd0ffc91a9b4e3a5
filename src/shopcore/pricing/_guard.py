"""Limits a price may not cross, each with its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopcore._checks import at_most, fail
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._result import Result

__all__ = ["GuardedPrice", "guard"]

MAX_LIMITS = 100


@dataclass(frozen=True, slots=True)
class GuardedPrice(Result):
    """A price inside its limits, and the limit that decided.

    Attributes
    ----------
    price : Money or None
        None where a floor lies above a ceiling.
    binding : str or None
        Name of the limit that moved the price; None where it was free.
    reason : str or None
        ``"conflict"`` where there is no legal price.
    conflict : tuple of str
        Names of the floor and the ceiling that exclude each other.
    """

    price: Money | None
    binding: str | None = None
    reason: str | None = None
    conflict: tuple[str, ...] = ()

    def explain(self) -> str:
        """Return the price and the limit that decided, in words."""
        if self.price is None:
            return f"no legal price: floor {self.conflict[0]} lies above ceiling {self.conflict[1]}"
        return f"{self.price}, " + (f"held by {self.binding}" if self.binding else "inside all limits")


def guard(
    price: Money, *, floors: Mapping[str, Money] | None = None, ceilings: Mapping[str, Money] | None = None
) -> GuardedPrice:
    """Return the price inside its limits, and the name of the limit that binds (底价, 限价).

    Parameters
    ----------
    price : Money
        The price wished for.
    floors, ceilings : mapping of str to Money
        Minimum advertised price, cost floor, list price, lowest price of 30 days; the highest floor and the lowest
        ceiling decide, the first named on ties.

    Returns
    -------
    GuardedPrice
        With ``reason="conflict"`` where a floor lies above a ceiling.

    Examples
    --------
    >>> limits = {"cost_floor": Money(1750, "USD"), "minimum_advertised": Money(1999, "USD")}
    >>> guard(Money(1899, "USD"), floors=limits, ceilings={"list": Money(2999, "USD")}).explain()
    '19.99 USD, held by minimum_advertised'
    """
    if type(price) is not Money:
        fail("price", price, "a Money", reason="type")
    floor = tightest("floors", floors, price, highest=True)
    ceiling = tightest("ceilings", ceilings, price, highest=False)
    if floor is not None and ceiling is not None and floor[1] > ceiling[1]:
        return GuardedPrice(None, None, "conflict", (floor[0], ceiling[0]))
    if floor is not None and price < floor[1]:
        return GuardedPrice(floor[1], floor[0])
    if ceiling is not None and price > ceiling[1]:
        return GuardedPrice(ceiling[1], ceiling[0])
    return GuardedPrice(price)


def tightest(
    argument: str, limits: Mapping[str, Money] | None, like: Money, *, highest: bool
) -> tuple[str, Money] | None:
    """Return name and amount of the limit that decides; None where there is none."""
    if limits is None:
        return None
    if not isinstance(limits, Mapping):
        fail(argument, type(limits).__name__, "amounts by name", reason="type")
    if not limits:
        return None
    at_most(argument, limits, MAX_LIMITS, "limits")
    for limit in limits.values():
        same_currency(like, limit)
    pick = max if highest else min
    return pick(limits.items(), key=lambda entry: entry[1].minor)
