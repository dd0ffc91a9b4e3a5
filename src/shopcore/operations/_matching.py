"""Which sale a cancelled line takes back: the latest one before it that still has units left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from shopcore.operations._sales import Sales
    from shopcore.typing import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """What each line gave or took back.

    Attributes
    ----------
    returned : int64 array
        Units of each sold line that later lines took back.
    matched : int64 array
        Units of each cancelled line that were found among earlier sales.
    of_order : int64 array
        For a cancelled line that was found whole in one order, that order; -1 otherwise.
    """

    returned: IntArray
    matched: IntArray
    of_order: IntArray

    def counts(self, sales: Sales) -> dict[str, int]:
        """Return how many cancelled lines were found whole, in part and not at all."""
        back = sales.sign < 0
        units, found = sales.quantity[back], self.matched[back]
        return {
            "cancelled_lines": int(back.sum()),
            "matched_whole": int((found == units).sum()),
            "matched_in_part": int(((found > 0) & (found < units)).sum()),
            "unmatched": int((found == 0).sum()),
        }


def match_cancellations(sales: Sales) -> Matching:
    """Return the sales that cancelled lines take back.

    A sale fits that comes before, of the same customer (of the same order number where no customer is known) and
    SKU. Sales at the same unit price come first, the latest first; then those at other prices.
    """
    parties = np.where(sales.customer >= 0, sales.customer, -1 - sales.order)
    keys = parties * max(len(sales.skus), 1) + sales.sku
    wanted = np.isin(keys, keys[sales.sign < 0]) & (sales.sign != 0)
    rows = np.flatnonzero(wanted)
    # Sales before cancellations of the same second, then as the file has them.
    rows = rows[np.lexsort((sales.line[rows], -sales.sign[rows], sales.at[rows]))]
    walk = _Walk(sales)
    for row, key, sign in zip(rows.tolist(), keys[rows].tolist(), sales.sign[rows].tolist(), strict=True):
        if sign > 0:
            walk.open[key].append(row)
        else:
            walk.take_back(row, key)
    return Matching(walk.returned, walk.matched, walk.of_order)


class _Walk:
    def __init__(self, sales: Sales) -> None:
        self.sales = sales
        self.open: defaultdict[int, list[int]] = defaultdict(list)
        self.returned = np.zeros(sales.size, dtype=np.int64)
        self.matched = np.zeros(sales.size, dtype=np.int64)
        self.of_order = np.full(sales.size, -1, dtype=np.int64)

    def take_back(self, row: int, key: int) -> None:
        """Find the units of one cancelled line among the open sales of its key."""
        price, left = self.sales.price[row], int(self.sales.quantity[row])
        stack, orders = self.open[key], set()
        same = [sale for sale in reversed(stack) if self.sales.price[sale] == price]
        other = [sale for sale in reversed(stack) if self.sales.price[sale] != price]
        for sale in same + other:
            room = int(self.sales.quantity[sale] - self.returned[sale])
            taken = min(room, left)
            self.returned[sale] += taken
            left -= taken
            orders.add(int(self.sales.order[sale]))
            if not left:
                break
        self.matched[row] = self.sales.quantity[row] - left
        if not left and len(orders) == 1:
            self.of_order[row] = orders.pop()
        self.open[key] = [sale for sale in stack if self.returned[sale] < self.sales.quantity[sale]]
