"""Checks of a product's price ladder: do the prices of its SKUs tempt honestly and step evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from shopcore._checks import at_most, fail, integer, text
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["LadderCheck", "LadderFlag", "Rung", "check_price_ladder"]


@dataclass(frozen=True, slots=True)
class Rung(Result):
    """One SKU of a product: its price and what is in stock."""

    sku: str
    price: Money
    stock: int

    def __post_init__(self) -> None:
        text("sku", self.sku, max_length=200)
        integer("stock", self.stock)
        if type(self.price) is not Money:
            fail("price", self.price, "a Money", reason="type")
        if self.price.minor <= 0:
            fail("price", str(self.price), "positive", reason="range")


@dataclass(frozen=True, slots=True)
class LadderFlag(Result):
    """A finding: its code, the SKUs it is about, and the figure that caused it."""

    code: str
    skus: tuple[str, ...]
    value: Rate | None = None


@dataclass(frozen=True, slots=True)
class LadderCheck(Result):
    """The findings of a price ladder and its spread.

    Attributes
    ----------
    flags : tuple of LadderFlag
        ``"cheapest_out_of_stock"``, ``"spread_too_wide"``, ``"step_too_small"``, ``"step_too_large"``.
    spread : Rate
        Highest over lowest price.
    """

    flags: tuple[LadderFlag, ...]
    spread: Rate

    @property
    def passes(self) -> bool:
        """Whether nothing was found."""
        return not self.flags

    def explain(self) -> str:
        """Return the findings in words."""
        head = f"highest price is {self.spread.as_decimal(2)} times the lowest"
        rows = [
            f"{flag.code}: {', '.join(flag.skus)}" + ("" if flag.value is None else f" ({flag.value.as_decimal(4)})")
            for flag in self.flags
        ]
        return "\n".join([head, *(rows or ["no finding"])])


def check_price_ladder(
    rungs: Sequence[Rung],
    *,
    max_spread: RateLike = 3,
    min_step: RateLike | None = None,
    max_step: RateLike | None = None,
) -> LadderCheck:
    """Return what is wrong with the prices of a product's SKUs (价格梯度).

    Parameters
    ----------
    rungs : sequence of Rung
        At least one; any order.
    max_spread : Rate, str, Decimal or int
        Highest over lowest price; platforms take a wide one for bait.
    min_step, max_step : Rate, str, Decimal or int, optional
        Limits of the rise from one price to the next higher one, relative to the lower.

    Notes
    -----
    The cheapest SKU without stock is bait: buyers come for a price they cannot have. Equal prices are one step of
    the ladder.

    Examples
    --------
    >>> rungs = [
    ...     Rung("sample", Money(990, "CNY"), 0),
    ...     Rung("small", Money(4990, "CNY"), 40),
    ...     Rung("large", Money(5090, "CNY"), 12),
    ... ]
    >>> print(check_price_ladder(rungs, min_step="5%").explain())
    highest price is 5.14 times the lowest
    cheapest_out_of_stock: sample
    spread_too_wide: sample, large (5.1414)
    step_too_small: small, large (0.0200)
    """
    at_most("rungs", rungs, 100_000, "rungs")
    if not rungs:
        fail("rungs", (), "at least one rung", reason="empty")
    for rung in rungs:
        same_currency(rungs[0].price, rung.price)
    wide = rate_argument("max_spread", max_spread, low=1)
    least = None if min_step is None else rate_argument("min_step", min_step, low=0)
    most = None if max_step is None else rate_argument("max_step", max_step, low=0)
    ladder = sorted(rungs, key=lambda rung: rung.price.minor)
    lowest, highest = ladder[0], ladder[-1]
    flags = []
    cheapest = [rung for rung in ladder if rung.price == lowest.price]
    if all(rung.stock <= 0 for rung in cheapest):
        flags.append(LadderFlag("cheapest_out_of_stock", tuple(rung.sku for rung in cheapest)))
    spread = Rate(highest.price.minor) / lowest.price.minor
    if spread > wide:
        flags.append(LadderFlag("spread_too_wide", (lowest.sku, highest.sku), spread))
    return LadderCheck((*flags, *_steps(ladder, least, most)), spread)


def _steps(ladder: list[Rung], least: Rate | None, most: Rate | None) -> list[LadderFlag]:
    found = []
    for low, high in pairwise(ladder):
        step = Rate(high.price.minor - low.price.minor) / low.price.minor
        if not step:
            continue
        if least is not None and step < least:
            found.append(LadderFlag("step_too_small", (low.sku, high.sku), step))
        if most is not None and step > most:
            found.append(LadderFlag("step_too_large", (low.sku, high.sku), step))
    return found
