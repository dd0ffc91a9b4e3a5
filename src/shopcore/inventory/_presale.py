"""Presale goods moved near their buyers before they are paid in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shopcore._checks import at_most, fail, integer, number, text
from shopcore.models._allocation import allocate_minor
from shopcore.models._result import Result

MAX_CITIES: Final = 10_000

__all__ = ["PresalePush", "presale_push"]


@dataclass(frozen=True, slots=True)
class PresalePush(Result):
    """How presale stock is pushed to cities.

    Attributes
    ----------
    cities : tuple of (city, units)
        The densest first; whole packs.
    kept : int
        Units that stay at the central warehouse; cities and kept sum to the units.
    covered : float
        Share of the orders that lie in a city that gets stock.
    """

    cities: tuple[tuple[str, int], ...]
    kept: int
    covered: float


def presale_push(
    units: int, orders: Mapping[str, int], *, pack: int = 1, minimum_share: float = 0.01, push_share: float = 1.0
) -> PresalePush:
    """Return how much presale stock to push to which city before the balance is due (预售下沉).

    Parameters
    ----------
    units : int
        Presale stock, >= 0.
    orders : mapping of city to int
        Presale orders (deposits paid) of each city, >= 0.
    pack : int
        Units of a pack, >= 1; only whole packs travel.
    minimum_share : float
        Share of all orders below which a city is served from the centre, in [0, 1].
    push_share : float
        Share of the stock that may be pushed, in [0, 1]; what deposits usually turn into.

    Returns
    -------
    PresalePush
        Units per city and what stays.

    Raises
    ------
    InputError
        If a number is negative or not whole.

    Notes
    -----
    Whole packs in proportion to the orders of the cities served, by largest remainder, never more than a city
    ordered. Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import presale_push
    >>> plan = presale_push(1000, {"Shanghai": 600, "Beijing": 300, "Lhasa": 5}, pack=20, push_share=0.8)
    >>> plan.cities, plan.kept, round(plan.covered, 3)
    ((('Shanghai', 540), ('Beijing', 260)), 200, 0.994)
    """
    total, size = integer("units", units, low=0), integer("pack", pack, low=1)
    least, share = (
        number("minimum_share", minimum_share, low=0.0, high=1.0),
        number("push_share", push_share, low=0.0, high=1.0),
    )
    at_most("orders", orders, MAX_CITIES, "cities")
    asked = {text("orders", city, max_length=80): integer(f"orders.{city}", n, low=0) for city, n in orders.items()}
    every = sum(asked.values())
    if not asked:
        fail("orders", None, "at least one city", reason="empty")
    served = sorted((c for c, n in asked.items() if n > 0 and n >= least * every), key=lambda c: (-asked[c], c))
    packs = min(int(total * share + 1e-9), sum(asked[c] for c in served)) // size
    parts = allocate_minor(packs, [asked[c] for c in served]) if served else []
    pushed = {city: min(n, asked[city] // size) * size for city, n in zip(served, parts, strict=True)}
    cities = tuple((city, n) for city, n in pushed.items() if n > 0)
    reached = sum(asked[city] for city, _ in cities)
    return PresalePush(cities, total - sum(n for _, n in cities), reached / every if every else 0.0)
