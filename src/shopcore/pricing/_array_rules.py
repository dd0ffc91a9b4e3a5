"""`commission` and `charm` over columns of minor units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shopcore._arrays import broadcast, check_rows, guard_range, minors
from shopcore._checks import instance, one_of
from shopcore.pricing._array_search import NONE, next_allowed, previous_allowed
from shopcore.pricing._charges import Commission
from shopcore.pricing._columns import blocks, charge
from shopcore.pricing._endings import Direction, PriceEnding
from shopcore.pricing._margin import schedule_line
from shopcore.pricing._waterfall import MAX_PRICE

if TYPE_CHECKING:
    from shopcore.typing import IntLike, MinorArray

__all__ = ["charm", "commission"]


def commission(amount: IntLike, schedule: Commission) -> MinorArray:
    """Return the commission on each amount (平台扣点): the twin of `shopcore.pricing.commission`.

    Parameters
    ----------
    amount : int64 array, shape (n,)
        What is charged on, minor units of the schedule's currency.
    schedule : Commission
        Bands, minimum and cap.

    Returns
    -------
    int64 array, shape (n,)
        Minor units.

    Raises
    ------
    LimitError
        If a product could leave int64; `positions` names the rows.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> from shopcore.pricing import Band
    >>> bands = [Band(up_to=Money(1500, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    >>> commission([1500, 1501], Commission(name="referral", bands=bands)).tolist()
    [120, 225]
    """
    instance("schedule", schedule, Commission)
    asked = np.atleast_1d(minors("amount", amount, low=0, high=MAX_PRICE))
    check_rows("amount", asked.size)
    amounts = schedule.amounts()
    term = schedule_line(schedule, amounts[0].currency if amounts else None)
    # Numerator, offset and half the denominator together stay below 2**63.
    guard_range("amount", asked, 4 * max(1, *term.numerators), limit=2**62 - max(term.offsets) - term.denominator)
    found = np.empty_like(asked)
    for at in blocks(asked.size):
        charge(term, asked[at], 0, found[at])
    return found


def charm(
    price: IntLike, endings: PriceEnding, *, direction: Direction = "nearest", floor: IntLike | None = None
) -> MinorArray:
    """Return each price moved to an allowed ending (尾数定价): the twin of `shopcore.pricing.charm`.

    Parameters
    ----------
    price : int64 array, shape (n,)
        Zero or positive, minor units.
    endings : PriceEnding
        Prices allowed.
    direction : {"nearest", "up", "down"}
        As for the scalar function.
    floor : int64 array or int, optional
        Never go below.

    Returns
    -------
    int64 array, shape (n,)
        Minor units; -1 where no allowed price lies at or below and there is no floor.

    Examples
    --------
    >>> charm([1310, 1360, 50], PriceEnding(100, (99,))).tolist()
    [1299, 1399, 99]
    >>> charm([1310, 50], PriceEnding(100, (99,)), direction="down").tolist()
    [1299, -1]
    """
    instance("endings", endings, PriceEnding)
    one_of("direction", direction, ("nearest", "up", "down"))
    lowest = 0 if floor is None else floor
    columns = broadcast(
        price=np.atleast_1d(minors("price", price, low=0, high=MAX_PRICE)),
        floor=minors("floor", lowest, low=0, high=MAX_PRICE),
    )
    asked, least = columns
    check_rows("price", asked.size)
    up, down = next_allowed(endings, np.maximum(asked, least)), previous_allowed(endings, asked)
    if direction == "up":
        return up
    under = up if floor is not None or direction == "nearest" else np.full_like(up, NONE)
    nearer_up = (up - asked <= asked - down) if direction == "nearest" else np.zeros(asked.shape, dtype=bool)
    return np.where(down < least, under, np.where(nearer_up, up, down))
