"""Whom to win back now: the customers engine's rhythm of each buyer, the most valuable first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from shopcore.customers import activity, win_back
from shopcore.models import Money
from shopcore.models._result import Result

if TYPE_CHECKING:
    from shopcore.operations._lists import Buyer
    from shopcore.operations._sales import Sales

# Who fell silent within four weeks is still within reach of a monthly review.
WITHIN: Final = 28.0


@dataclass(frozen=True, slots=True)
class CallBack(Result):
    """A customer to win back now (流失挽回): silent for more than twice the usual gap, fallen silent lately.

    Attributes
    ----------
    customer : str
        The export's id; masked wherever it is shown, whole in the customers' own file only.
    revenue : Money
        What the customer left in the shop, net of returns.
    orders : int
        Sales so far.
    days_silent, usual_gap : float
        Days since the last order, and between orders, drawn towards the shop's usual gap where there are few.
    why : str
        The same in words.
    """

    customer: str = field(repr=False)
    revenue: Money
    orders: int
    days_silent: float
    usual_gap: float
    why: str


def call_backs(sales: Sales, end: int, buyers: tuple[Buyer, ...]) -> tuple[CallBack, ...]:
    """Return who fell silent in the last four weeks, those who spent most first; only who left more than they took."""
    known = (sales.customer >= 0) & (sales.sign > 0)
    if not known.any():
        return ()
    # One day of an order counts once, however many lines it has.
    pairs = np.unique(np.column_stack([sales.customer[known], sales.day[known]]), axis=0)
    found = activity(pairs[:, 0], pairs[:, 1], end=end - 1)
    worth = {buyer.customer: buyer for buyer in buyers}
    each = [worth[sales.customers[row]] for row in found.customers.tolist()]
    listed = win_back(found, [float(buyer.revenue.minor) for buyer in each], within=WITHIN)
    columns = zip(listed.customers.tolist(), listed.silence.tolist(), listed.gap.tolist(), strict=True)
    rows = [(worth[sales.customers[row]], silence, gap) for row, silence, gap in columns]
    return tuple(_one(*row) for row in rows if row[0].revenue.minor > 0)


def _one(buyer: Buyer, silence: float, gap: float) -> CallBack:
    why = f"silent for {silence:.0f} days, usually back after {gap:.0f}"
    return CallBack(buyer.customer, buyer.revenue, buyer.orders, float(silence), float(gap), why)
