"""The lines of an export as columns: what was sold, taken back or corrected, each amount exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shopcore.models import Currency, Money, UnitPrice
from shopcore.operations._layout import KINDS

if TYPE_CHECKING:
    from shopcore.typing import BoolArray, IntArray, MinorArray

GOODS = KINDS.index("goods")
# Lines times the largest amount stay within 64 bits, so that no sum can wrap.
MAX_LINES = 5_000_000
MAX_AMOUNT = 10**12


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was set aside: where it stands, why, and what it says."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True, eq=False)
class Sales:
    """Order lines as columns of equal length, in the order of the file.

    Attributes
    ----------
    order, sku, title, price : int64 arrays
        Positions in `order_ids`, `skus`, `titles`, `prices`.
    customer, country, channel : int64 arrays
        Positions in `customers`, `countries`, `channels`; -1 where there is none.
    quantity : int64 array
        Units, positive for sales and cancellations, signed for stock corrections.
    sign : int64 array
        1 for sales, -1 for cancellations and returns, 0 for stock corrections.
    amount, discount : int64 arrays
        Minor units: sign x (quantity x unit price, rounded half up, - discount); the discount is positive.
    at, day : int64 arrays
        Seconds since 1970 in UTC; the proleptic day number in the shop's zone.
    line : int64 array
        Where the record begins in the file, the heading being line 1.
    how : dict
        How the file was read, in words: format, encoding, delimiter, decimal sign.
    """

    currency: Currency
    zone: str
    order: IntArray
    sku: IntArray
    title: IntArray
    price: IntArray
    customer: IntArray
    country: IntArray
    channel: IntArray
    quantity: IntArray
    sign: IntArray
    amount: MinorArray
    discount: MinorArray
    at: IntArray
    day: IntArray
    line: IntArray
    order_ids: list[str]
    skus: list[str]
    sku_kinds: IntArray
    titles: list[str]
    prices: list[Money | UnitPrice]
    customers: list[str]
    countries: list[str]
    channels: list[str]
    lines_read: int
    rejected: tuple[Rejected, ...]
    repeated: int
    how: dict[str, str]

    @property
    def size(self) -> int:
        """Rows: a record taken is one, or two where it says how many units came back."""
        return int(self.order.size)

    @property
    def goods(self) -> BoolArray:
        """Where a line is an article that is stocked, sold or taken back (not a correction)."""
        found: BoolArray = (self.sku_kinds[self.sku] == GOODS) & (self.sign != 0)
        return found

    @property
    def revenue(self) -> Money:
        """The sum of all amounts: sales less cancellations."""
        return self.money(self.amount.sum())

    def money(self, minor: object) -> Money:
        """Return minor units of this shop's currency."""
        return Money(int(minor), self.currency)  # type: ignore[call-overload]  # numpy integers

    @property
    def last_titles(self) -> list[str]:
        """The latest title of each SKU that says something; the code itself where none does."""
        found = list(self.skus)
        order = np.argsort(self.at, kind="stable")
        said = order[(self.title[order] >= 0) & (self.sign[order] != 0)]
        # Assignment in order of time: the last one stays.
        last = np.full(len(self.skus), -1, dtype=np.int64)
        last[self.sku[said]] = self.title[said]
        for sku, title in enumerate(last.tolist()):
            if title >= 0:
                found[sku] = self.titles[title]
        return found
