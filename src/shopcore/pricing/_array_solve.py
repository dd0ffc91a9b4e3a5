"""`price_for` and `deepest_discount` for a catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shopcore._arrays import minors
from shopcore._checks import fail_limit, instance
from shopcore.models._money import Money
from shopcore.models._result import Result, html_table
from shopcore.pricing._array_search import NONE, UNDECIDED, ColumnSearch
from shopcore.pricing._columns import Items, Rows, rows_of, tables_of
from shopcore.pricing._endings import PriceEnding
from shopcore.pricing._target import Target
from shopcore.pricing._waterfall import MAX_PRICE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shopcore.pricing._fees import FeeTable
    from shopcore.typing import IntArray, IntLike, MinorArray

__all__ = ["REASONS", "SolutionColumns", "deepest_discount", "price_for"]

MAX_GROUPS: Final = 10_000
SOLVE_BLOCK: Final = 65_536
REASONS: Final = (
    None,
    "fees_eat_price",
    "above_ceiling",
    "below_floor",
    "floor_above_ceiling",
    "no_ending_in_range",
    "undecided",
)
UNSURE: Final = REASONS.index("undecided")


@dataclass(frozen=True, slots=True, eq=False)
class SolutionColumns(Result):
    """Prices that meet a target, row by row.

    Attributes
    ----------
    smallest, stable : int64 array, shape (n,)
        Minor units as in `PriceSolution`; -1 where there is none.
    status : int8 array, shape (n,)
        Position in `REASONS`: 0 where there is a smallest price (or `stable` alone is undecided: then that reason).
    """

    smallest: MinorArray
    stable: MinorArray
    status: NDArray[np.int8]

    @property
    def reasons(self) -> list[str | None]:
        """The reason of each row, None where there is a price."""
        return [REASONS[code] for code in self.status]

    def to_columns(self) -> dict[str, Any]:
        """Return the columns by name, ready for a data frame."""
        return {"smallest": self.smallest, "stable": self.stable, "status": self.status}

    def explain(self) -> str:
        """Return how many rows have a price, and why the others have none."""
        counts = np.bincount(self.status, minlength=len(REASONS))
        priced = int((self.smallest != NONE).sum())
        unstable = int(((self.smallest != NONE) & (self.stable == NONE)).sum())
        rows = [f"{priced} of {len(self.status)} rows have a price, {unstable} of them no stable one"]
        rows += [f"{count} {reason}" for reason, count in zip(REASONS[1:], counts[1:], strict=True) if count]
        return "\n".join(rows)

    def _repr_html_(self) -> str:
        """Return how many rows have a price as a table."""
        counts = zip(REASONS, np.bincount(self.status, minlength=len(REASONS)).tolist(), strict=True)
        rows: list[tuple[Any, ...]] = [(reason or "price", count) for reason, count in counts if count]
        return html_table(f"Prices of {len(self.status):,} rows", ("answer", "rows"), rows)


def price_for(
    target: Target,
    fees: FeeTable | Sequence[FeeTable],
    items: Items,
    *,
    endings: PriceEnding | None = None,
    lo: IntLike = 1,
    hi: IntLike = MAX_PRICE,
    which: IntLike | None = None,
) -> SolutionColumns:
    """Return the smallest legal price that meets a target for each row: the twin of `shopcore.pricing.price_for`.

    Parameters
    ----------
    target : Target
        One for all rows.
    fees : FeeTable, or sequence of FeeTable
        One for all rows, or several of one currency, picked by `which`.
    items : Items
        Columns of cost, quantity, weight, volume, region.
    endings : PriceEnding, optional
        Only these prices are allowed.
    lo, hi : int64 array or int
        Lowest and highest price allowed, minor units; floors and ceilings of each row go in here.
    which : int array, optional
        Position of each row's table.

    Returns
    -------
    SolutionColumns
        Equal to the scalar function row by row.

    Raises
    ------
    LimitError
        If a product could leave int64.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import Band, Commission, FeeTable
    >>> bands = [Band(up_to=Money(1000, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    >>> fees = FeeTable(
    ...     name="beauty",
    ...     currency="USD",
    ...     valid_from=date(2026, 1, 1),
    ...     fees=[Commission(name="referral", bands=bands, minimum=Money(30, "USD"))],
    ... )
    >>> found = price_for(Target.profit(Money(250, "USD")), fees, Items(unit_cost=[622, 900]), hi=1100)
    >>> found.smallest.tolist(), found.stable.tolist(), found.reasons
    ([948, -1], [1026, -1], [None, 'above_ceiling'])
    """
    instance("target", target, Target)
    if endings is not None:
        instance("endings", endings, PriceEnding)
    low, high = minors("lo", lo, low=1, high=MAX_PRICE), minors("hi", hi, low=0, high=MAX_PRICE)
    rows = rows_of(0, items, lo=low, hi=high, which=which)
    low, high = (np.broadcast_to(limit, (rows.size,)) for limit in (low, high))
    found = SolutionColumns(
        np.full(rows.size, NONE, dtype=np.int64),
        np.full(rows.size, NONE, dtype=np.int64),
        np.zeros(rows.size, dtype=np.int8),
    )
    for search, picked in _searches(fees, which, rows, target, endings):
        a, b = low[picked], high[picked]
        smallest = search.first(a, b)
        stable = _stable(search, smallest, b)
        found.status[picked] = np.where(stable == UNDECIDED, UNSURE, _status(search, smallest, a, b))
        found.smallest[picked], found.stable[picked] = np.maximum(smallest, NONE), np.maximum(stable, NONE)
    return found


def deepest_discount(
    price: IntLike,
    fees: FeeTable | Sequence[FeeTable],
    items: Items,
    *,
    target: Target | None = None,
    which: IntLike | None = None,
) -> MinorArray:
    """Return the deepest discount on each price, minor units: the twin of `shopcore.pricing.deepest_discount`.

    Parameters
    ----------
    price : int64 array, shape (n,)
        Today's prices.
    fees, items, which
        As for `price_for`.
    target : Target, optional
        What has to be left; break-even unless given.

    Returns
    -------
    int64 array, shape (n,)
        Discount in minor units; -1 where today's price misses the target already, -2 where it is undecided.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Percent
    >>> ads = Percent(name="advertising", level="cm3", rate="10%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[ads])
    >>> deepest_discount([9990, 6000], fees, Items(unit_cost=6000)).tolist()
    [3323, -1]
    """
    rows = rows_of(price, items, which=which)
    today = np.broadcast_to(np.asarray(rows.price, dtype=np.int64), (rows.size,))
    found = np.full(rows.size, NONE, dtype=np.int64)
    for search, picked in _searches(fees, which, rows, target, None):
        asked = today[picked]
        meets = (asked > 0) & (search.surplus_at(asked) >= 0)
        missing = search.last_missing(np.zeros_like(asked), np.where(meets, asked, NONE))
        found[picked] = np.where(missing == UNDECIDED, UNDECIDED, np.where(meets, asked - (missing + 1), NONE))
    return found


def _searches(
    fees: FeeTable | Sequence[FeeTable],
    which: IntLike | None,
    rows: Rows,
    target: Target | None,
    endings: PriceEnding | None,
) -> Iterator[tuple[ColumnSearch, Any]]:
    # One search for each table, quantity and block of rows.
    groups = 0
    for plan, picked in tables_of(fees, which, rows.size):
        goal = target if target is not None else Target.profit(Money(0, plan.currency))
        for quantity, chosen in _quantities(rows, picked):
            groups += 1
            if groups > MAX_GROUPS:
                fail_limit("quantity", groups, MAX_GROUPS, "pairs of table and quantity", reason="too_many_groups")
            count = chosen.stop - chosen.start if isinstance(chosen, slice) else len(chosen)
            for start in range(0, count, SOLVE_BLOCK):
                end = min(start + SOLVE_BLOCK, count)
                block = slice(start, end) if isinstance(chosen, slice) else chosen[start:end]
                yield ColumnSearch(plan, quantity, rows.part(block), goal, endings), block


def _quantities(rows: Rows, picked: Any) -> Iterator[tuple[int, Any]]:
    if isinstance(rows.quantity, int):
        yield rows.quantity, picked
        return
    here = np.broadcast_to(rows.quantity, (rows.size,))[picked]
    offsets = np.arange(rows.size)[picked]
    for quantity in np.unique(here).tolist():
        yield quantity, offsets[here == quantity]


def _stable(search: ColumnSearch, smallest: IntArray, high: IntArray) -> IntArray:
    known = smallest > NONE
    missing = search.last_missing(np.where(known, smallest, 1), np.where(known, high, 0))
    after = search.up(missing + 1) if search.endings is not None else missing + 1
    stable = np.where(missing == NONE, smallest, after)
    return np.where(missing == UNDECIDED, UNDECIDED, np.where(known & (stable <= high), stable, NONE))


def _status(search: ColumnSearch, smallest: IntArray, low: IntArray, high: IntArray) -> NDArray[np.int8]:
    status = np.where(smallest == UNDECIDED, UNSURE, 0).astype(np.int8)
    open_ = smallest == NONE
    if not open_.any():
        return status
    status[open_] = REASONS.index("fees_eat_price")
    below = np.where(open_, low - 1, 0)
    _mark(status, open_, search.first(np.ones_like(low), below), "below_floor")
    above = np.where(open_, high + 1, MAX_PRICE + 1)
    _mark(status, open_, search.first(above, np.full_like(high, MAX_PRICE)), "above_ceiling")
    if search.endings is not None:
        status[open_ & (search.up(low) > high)] = REASONS.index("no_ending_in_range")
    status[open_ & (low > high)] = REASONS.index("floor_above_ceiling")
    return status


def _mark(status: NDArray[np.int8], open_: Any, found: IntArray, reason: str) -> None:
    status[open_ & (found > NONE)] = REASONS.index(reason)
    status[open_ & (found == UNDECIDED)] = UNSURE
