"""Which warehouse ships an order: the nearest that holds it all, or the fewest that hold it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from shopcore._checks import fail_limit, integer, number, text
from shopcore.inventory._ledger_facts import Lines, ShortLine, summed
from shopcore.models._result import Result

MAX_WAREHOUSES: Final = 12
ANYWHERE: Final = "anywhere"

__all__ = ["Parcel", "Route", "route_order"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one warehouse ships: (sku, units) in order of SKU."""

    warehouse: str
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Route(Result):
    """From where an order is shipped.

    Attributes
    ----------
    parcels : tuple of Parcel
        In order of distance; empty where the order cannot be shipped.
    distance : float
        Sum over the parcels.
    reason : str
        ``""``; ``"split_needed"`` where only several warehouses together hold it and splitting was not allowed;
        ``"out_of_stock"`` where all together do not.
    short : tuple of ShortLine
        Every SKU of which all warehouses together hold too little.
    """

    parcels: tuple[Parcel, ...]
    distance: float
    reason: Literal["", "split_needed", "out_of_stock"]
    short: tuple[ShortLine, ...] = ()


def route_order(
    lines: Lines, stock: Mapping[str, Mapping[str, int]], distance: Mapping[str, float], *, split: bool = False
) -> Route:
    """Return from which warehouse to ship an order (分仓发货): the nearest with stock, split or not.

    Parameters
    ----------
    lines : mapping or list of (sku, units)
        The order; lines of one SKU are summed first.
    stock : mapping of warehouse to mapping of sku to int
        Units that may be promised at each.
    distance : mapping of warehouse to float
        Distance or freight from each, >= 0.
    split : bool
        Whether several warehouses may ship together.

    Returns
    -------
    Route
        Parcels, or the reason why there are none.

    Raises
    ------
    InputError
        If a warehouse has no distance.
    LimitError
        If more than 12 warehouses hold something of the order and it has to be split.

    Notes
    -----
    Fewest parcels first, then the shortest sum of distances, then the names; exact, by trying every set of
    warehouses. The nearest of the set ships as much as it can. Source: definition.

    Examples
    --------
    >>> from shopcore.inventory import route_order
    >>> stock = {"SHA": {"MUG": 1, "LID": 5}, "CAN": {"MUG": 9}, "PEK": {"MUG": 9, "LID": 9}}
    >>> away = {"SHA": 10, "CAN": 120, "PEK": 1200}
    >>> route_order({"MUG": 3, "LID": 1}, stock, away).parcels[0].warehouse
    'PEK'
    >>> route_order({"MUG": 3, "LID": 6}, {k: stock[k] for k in ("SHA", "CAN")}, away).short[0].missing
    1
    """
    wanted = {sku: units for (_, sku), units in summed(lines, ANYWHERE).items()}
    away = {
        text("warehouse", name, max_length=64): number(f"distance.{name}", distance.get(name), low=0.0)
        for name in stock
    }
    held = {
        name: {sku: integer(f"stock.{name}", stock[name].get(sku, 0)) for sku in wanted}
        for name in sorted(stock, key=lambda name: (away[name], name))
    }
    held = {name: units for name, units in held.items() if any(n > 0 for n in units.values())}
    total = {sku: sum(max(units[sku], 0) for units in held.values()) for sku in wanted}
    short = tuple(ShortLine(sku, ANYWHERE, n, total[sku]) for sku, n in wanted.items() if n > total[sku])
    if short:
        return Route((), 0.0, "out_of_stock", short)
    whole = [name for name, units in held.items() if all(units[sku] >= n for sku, n in wanted.items())]
    if whole:
        return _route((whole[0],), wanted, held, away)
    return _route(_fewest(wanted, held, away), wanted, held, away) if split else Route((), 0.0, "split_needed")


def _fewest(wanted: dict[str, int], held: dict[str, dict[str, int]], away: dict[str, float]) -> tuple[str, ...]:
    if len(held) > MAX_WAREHOUSES:
        fail_limit("stock", len(held), MAX_WAREHOUSES, "warehouses", reason="too_many_warehouses")
    for size in range(2, len(held)):
        sets = [
            names
            for names in combinations(held, size)
            if all(sum(max(held[name][sku], 0) for name in names) >= n for sku, n in wanted.items())
        ]
        if sets:
            return min(sets, key=lambda names: (sum(away[name] for name in names), names))
    # All together hold enough: that was checked before.
    return tuple(held)


def _route(
    names: tuple[str, ...], wanted: dict[str, int], held: dict[str, dict[str, int]], away: dict[str, float]
) -> Route:
    left = dict(wanted)
    parcels = []
    for name in names:
        taken = {sku: min(n, max(held[name][sku], 0)) for sku, n in left.items()}
        left = {sku: n - taken[sku] for sku, n in left.items()}
        parcels.append(Parcel(name, tuple((sku, n) for sku, n in taken.items() if n > 0)))
    return Route(tuple(parcels), sum(away[name] for name in names), "")
