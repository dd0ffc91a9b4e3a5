"""The smallest price that meets a target, exactly, under any fees; and where a higher price earns less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shopcore._checks import fail, instance
from shopcore.errors import LimitError
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate
from shopcore.models._result import Result
from shopcore.pricing._endings import PriceEnding
from shopcore.pricing._fees import plan_of
from shopcore.pricing._guard import tightest
from shopcore.pricing._pieces import Piece
from shopcore.pricing._plan import Curve, curve_of
from shopcore.pricing._search import Goal, Search
from shopcore.pricing._target import Target
from shopcore.pricing._waterfall import MAX_PRICE, Waterfall, at_price, percent

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.pricing._item import Item

__all__ = ["PriceRange", "PriceSolution", "dead_zones", "price_for"]

MAX_GAPS = 1000
EATEN = ("fees_eat_price", "undecided")


@dataclass(frozen=True, slots=True)
class PriceRange(Result):
    """Prices from `low` to `high`, both included."""

    low: Money
    high: Money

    def explain(self) -> str:
        """Return both ends."""
        return f"{self.low.text} to {self.high}"


@dataclass(frozen=True, slots=True)
class PriceSolution(Result):
    """The price that meets a target, or why there is none.

    Attributes
    ----------
    smallest : Money or None
        The lowest allowed price that meets the target; a slightly higher one may miss it again.
    stable : Money or None
        The lowest allowed price from which every higher allowed one meets it too: the one to quote to people. None
        where the highest allowed price misses the target.
    reason : str or None
        Why `smallest` is None: ``"fees_eat_price"`` (no price is enough), ``"above_ceiling"``, ``"below_floor"``
        (only prices under the floor would do), ``"floor_above_ceiling"``, ``"no_ending_in_range"``; or, then also for
        `stable`, ``"undecided"``: fees and target take all but nothing of a higher price, so that rounding alone
        decides, and 20,000 prices tried do not tell.
    nearest : Money or None
        The price that would do were it allowed, for ``"above_ceiling"`` and ``"below_floor"``.
    shares : tuple of (str, Rate)
        Where there is no price: what each line takes of one further unit of gross price, tax and target included.
    binding : str or None
        Name of the floor that decides, where the target would be met below it.
    low, high : Money
        The prices searched.
    """

    target: Target
    smallest: Money | None
    stable: Money | None
    low: Money
    high: Money
    reason: str | None = None
    nearest: Money | None = None
    shares: tuple[tuple[str, Rate], ...] = ()
    binding: str | None = None
    endings: PriceEnding | None = None
    curve: Curve = field(repr=False, compare=False, kw_only=True)

    @property
    def waterfall(self) -> Waterfall | None:
        """The waterfall at the stable price, or at the smallest where there is no stable one."""
        price = self.stable if self.stable is not None else self.smallest
        return None if price is None else at_price(self.curve, price.minor)

    @property
    def gaps(self) -> tuple[PriceRange, ...]:
        """Stretches above the smallest price in which the target is missed again; at most 1000, or till undecided."""
        if self.smallest is None or self.smallest == self.stable:
            return ()
        search = Search(self.curve, self.target.goal(self.curve), self.endings)
        end = self.high.minor if self.stable is None else self.stable.minor
        found: list[PriceRange] = []
        price = self.smallest.minor
        while len(found) < MAX_GAPS:
            miss = _decided(search.first_missing, price, end)
            if miss is None:
                break
            again = _decided(search.first_meeting, miss, end)
            last = end if again is None else again - 1
            if self.endings is not None:
                last = self.endings.previous(last)
            found.append(_range(self.curve, miss, last))
            if again is None:
                break
            price = again
        return tuple(found)

    def to_dict(self) -> dict[str, object]:
        """Return the solution as plain data, with the waterfall."""
        names = ("smallest", "stable", "low", "high", "nearest")
        money = {name: None if (m := getattr(self, name)) is None else m.minor for name in names}
        shown = self.waterfall
        return {
            "currency": self.low.currency.code,
            "target": self.target.explain(),
            **money,
            "reason": self.reason,
            "binding": self.binding,
            "shares": [[name, str(rate)] for name, rate in self.shares],
            "waterfall": None if shown is None else shown.to_dict(),
        }

    def explain(self) -> str:
        """Return the prices, or what stands in the way, in words."""
        if self.smallest is None:
            return f"{self.target.explain()}: no price, {self.reason}{self._obstacle()}"
        text = f"{self.target.explain()}: from {self.smallest}"
        if self.binding:
            text += f" (floor {self.binding} decides)"
        if self.stable is None:
            return f"{text}, " + ("undecided for higher prices" if self.reason else f"but {self.high} misses it")
        if self.stable == self.smallest:
            return f"{text}, as does every higher price"
        gaps = self.gaps
        missed = "; ".join(gap.explain() for gap in gaps[:5]) + (" ..." if len(gaps) > 5 else "")
        return f"{text}, every price from {self.stable} (missed again: {missed})"

    def _obstacle(self) -> str:
        if self.nearest is not None:
            return f"; {self.nearest} would do"
        if self.reason not in EATEN:
            return ""
        eaten = ", ".join(f"{name} {percent(rate)}" for name, rate in self.shares)
        return f"; of one more unit of price: {eaten}"

    def _repr_html_(self) -> str:
        """Return the explanation above the chart of the waterfall."""
        from html import escape

        shown = self.waterfall
        return f"<p>{escape(self.explain())}</p>" + ("" if shown is None else shown._repr_html_())


def price_for(
    target: Target,
    fees: FeeTable,
    item: Item,
    *,
    endings: PriceEnding | None = None,
    lo: Money | None = None,
    hi: Money | None = None,
    floors: Mapping[str, Money] | None = None,
    ceilings: Mapping[str, Money] | None = None,
) -> PriceSolution:
    """Return the smallest legal price that meets a target (目标定价), exactly, under any fees.

    Parameters
    ----------
    target : Target
        Profit, margin, markup or ROI.
    fees : FeeTable
        What the sale pays: banded, capped, rounded, falling and rising again.
    item : Item
        Cost, quantity, weight.
    endings : PriceEnding, optional
        Only these prices are allowed.
    lo, hi : Money, optional
        Search from one minor unit to 10**12 unless told otherwise; both ends belong to it.
    floors, ceilings : mapping of str to Money, optional
        Named limits (minimum advertised price, price floor, lowest of 30 days); the tightest counts.

    Returns
    -------
    PriceSolution
        Smallest and stable price, the waterfall there, gaps; or the reason why there is none.

    Raises
    ------
    InputError
        If a limit is in another currency or `lo` is not positive.

    Notes
    -----
    The price axis is cut where a fee changes its formula; in a piece the unrounded surplus is straight and rounding
    moves it by at most half a unit a line, so only prices near a crossing are evaluated. Equal to trying every price.
    A formula ``cost / (1 - fees - margin)`` rounded up is not: it misses its own target in 27 % of random tables.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import Band, Commission, FeeTable, Item
    >>> bands = [Band(up_to=Money(1000, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    >>> fees = FeeTable(
    ...     name="beauty",
    ...     currency="USD",
    ...     valid_from=date(2026, 1, 1),
    ...     fees=[Commission(name="referral", bands=bands, minimum=Money(30, "USD"))],
    ... )
    >>> solution = price_for(Target.profit(Money(250, "USD")), fees, Item(Money(622, "USD")))
    >>> print(solution.explain())
    profit at least 2.50 USD: from 9.48 USD, every price from 10.26 USD (missed again: 10.01 to 10.25 USD)
    """
    instance("target", target, Target)
    if endings is not None:
        instance("endings", endings, PriceEnding)
    curve = curve_of(plan_of(fees), item)
    search = Search(curve, target.goal(curve), endings)
    (low, floor), high = _limits(curve, lo, hi, floors, ceilings)
    if low > high:
        return _none(search, target, low, high, reason="floor_above_ceiling")
    try:
        smallest = search.first_meeting(low, high)
        if smallest is None:
            return _explained(search, target, low, high)
    except LimitError:
        return _none(search, target, low, high, reason="undecided")
    currency = curve.plan.currency
    stable, reason = _stable(search, smallest, high)
    first = low if endings is None else endings.next(low)
    return PriceSolution(
        target,
        Money(smallest, currency),
        Money(stable, currency) if stable is not None and stable <= high else None,
        Money(low, currency),
        Money(high, currency),
        reason=reason,
        binding=floor if smallest == first else None,
        endings=endings,
        curve=curve,
    )


def _stable(search: Search, smallest: int, high: int) -> tuple[int | None, str | None]:
    try:
        missing = search.last_missing(smallest, high)
    except LimitError:
        return None, "undecided"
    if missing is None:
        return smallest, None
    return (missing + 1 if search.lattice is None else search.lattice.next(missing + 1)), None


def _decided(look: Callable[[int, int], int | None], low: int, high: int) -> int | None:
    try:
        return look(low, high)
    except LimitError:
        return None


def _limits(
    curve: Curve,
    lo: Money | None,
    hi: Money | None,
    floors: Mapping[str, Money] | None,
    ceilings: Mapping[str, Money] | None,
) -> tuple[tuple[int, str | None], int]:
    low, high, name = 1, MAX_PRICE, None
    if lo is None and hi is None and not floors and not ceilings:
        return (low, name), high
    like = Money(0, curve.plan.currency)
    for limit in (lo, hi):
        if limit is not None:
            same_currency(like, limit)
    if lo is not None:
        low = lo.minor
        if low < 1:
            fail("lo", str(lo), "positive", reason="range")
    if hi is not None:
        high = min(hi.minor, MAX_PRICE)
    floor = tightest("floors", floors, like, highest=True)
    ceiling = tightest("ceilings", ceilings, like, highest=False)
    if floor is not None and floor[1].minor >= low:
        name, low = floor[0], max(1, floor[1].minor)
    return (low, name), high if ceiling is None else min(high, ceiling[1].minor)


def _explained(search: Search, target: Target, low: int, high: int) -> PriceSolution:
    endings = search.lattice
    if endings is not None and endings.next(low) > high:
        return _none(search, target, low, high, reason="no_ending_in_range")
    higher = search.first_meeting(high + 1, MAX_PRICE)
    if higher is not None:
        return _none(search, target, low, high, reason="above_ceiling", nearest=higher)
    lower = search.first_meeting(1, low - 1)
    if lower is not None:
        return _none(search, target, low, high, reason="below_floor", nearest=lower)
    return _none(search, target, low, high, reason="fees_eat_price")


def _none(
    search: Search, target: Target, low: int, high: int, *, reason: str, nearest: int | None = None
) -> PriceSolution:
    currency = search.curve.plan.currency
    return PriceSolution(
        target,
        None,
        None,
        Money(low, currency),
        Money(high, currency),
        reason=reason,
        nearest=None if nearest is None else Money(nearest, currency),
        shares=_shares(search) if reason in EATEN else (),
        endings=search.lattice,
        curve=search.curve,
    )


def _shares(search: Search) -> tuple[tuple[str, Rate], ...]:
    # Parts of one further minor unit of gross price at the top of the range, target included.
    pieces, goal, plan = search.pieces, search.goal, search.curve.plan
    top: Piece = pieces.pieces[-1]
    found = [("tax", Rate(pieces.gross_slope - pieces.net_slope) / pieces.gross_slope)]
    for (index, term, _, _), segment in zip(search.curve.moving, top.segments, strict=True):
        on = pieces.gross_slope if term.base == "gross" else pieces.net_slope
        share = Rate(term.numerators[segment] * on) / (term.denominator * pieces.gross_slope)
        found.append((plan.names[index], share))
    wanted = goal.net_weight * pieces.net_slope + goal.gross_weight * pieces.gross_slope
    found.append(("target", Rate(wanted) / (goal.profit_weight * pieces.gross_slope)))
    return tuple((name, share) for name, share in found if share)


def dead_zones(
    fees: FeeTable, item: Item, *, lo: Money | None = None, hi: Money | None = None
) -> tuple[PriceRange, ...]:
    """Return the prices that earn less than a lower price does (价格死区), as ranges.

    Only falls of the fees themselves count (a slab's edge, fees above the whole price), not the single minor units
    that rounding moves to and fro. A range that reaches `hi` may go on above it.

    Parameters
    ----------
    fees : FeeTable
        What the sale pays.
    item : Item
        Cost, quantity, weight.
    lo, hi : Money, optional
        Prices looked at; from one minor unit to 10**12.

    Raises
    ------
    LimitError
        If fees take all but nothing of a higher price, so that 20,000 prices tried do not decide.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import Band, Commission, FeeTable, Item
    >>> bands = [Band(up_to=Money(1500, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    >>> grocery = FeeTable(
    ...     name="grocery",
    ...     currency="USD",
    ...     valid_from=date(2026, 1, 1),
    ...     fees=[Commission(name="referral", bands=bands)],
    ... )
    >>> [zone.explain() for zone in dead_zones(grocery, Item(Money(0, "USD")))]
    ['15.01 to 16.22 USD']
    """
    curve = curve_of(plan_of(fees), item)
    (low, _), high = _limits(curve, lo, hi, None, None)
    lines = Search(curve, Goal(1, 0, 0, 0)).lines
    found: list[PriceRange] = []
    at = low + 1
    for index, (start, end, slope, _) in enumerate(lines):
        first, last = max(start, at), high if end is None else min(end, high)
        falls = start >= at and index > 0 and _falls(lines[index - 1], lines[index])
        if first > last or not (falls or slope < 0):
            continue
        search = Search(curve, Goal(1, 0, 0, curve.at(first - 1)[3]))
        worse = search.first_missing(first, last)
        if worse is None:
            continue
        again = search.first_meeting(worse, high)
        at = high + 1 if again is None else again
        found.append(_range(curve, worse, at - 1))
    return tuple(found)


def _falls(before: tuple[int, int | None, int, int], after: tuple[int, int | None, int, int]) -> bool:
    # Whether the unrounded profit drops where the second line takes over.
    start = after[0]
    return after[2] * start + after[3] < before[2] * start + before[3]


def _range(curve: Curve, low: int, high: int) -> PriceRange:
    return PriceRange(Money(low, curve.plan.currency), Money(high, curve.plan.currency))
