"""From columns to typed orders, and into the embedded database: once per export, whatever is run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from shopcore.models import DiscountShare, Money, Order, RoundingPolicy
from shopcore.models._order import trusted_line, trusted_order
from shopcore.operations._layout import KINDS
from shopcore.operations._sales import GOODS

if TYPE_CHECKING:
    from shopcore.models import OrderLine
    from shopcore.operations._matching import Matching
    from shopcore.operations._sales import Sales

PER_LINE = RoundingPolicy("line")
RETURN_SUFFIX = "#return"


def orders_of(sales: Sales, matching: Matching) -> Iterator[Order]:
    """Yield the orders of an export, sales and credit notes, in the order in which their numbers first occur.

    An export says what was invoiced: units of sold goods count as shipped. Lines with negative quantity inside a
    sale become a credit note of their own, ``"1001#return"``.
    """
    rows = np.flatnonzero(sales.sign != 0)
    rows = rows[np.lexsort((sales.line[rows], -sales.sign[rows], sales.order[rows]))]
    if not rows.size:
        return
    change = (np.diff(sales.order[rows]) != 0) | (np.diff(sales.sign[rows]) != 0)
    maker = _Maker(sales, matching)
    sold = set(sales.order[sales.sign > 0].tolist())
    for part in np.split(rows, np.flatnonzero(change) + 1):
        yield maker.order(part.tolist(), sold)


class _Maker:
    # What the columns hold was checked when they were read, so the models are made without checking it again.
    def __init__(self, sales: Sales, matching: Matching) -> None:
        self.sales = sales
        self.columns = {
            name: getattr(sales, name).tolist()
            for name in ("order", "sku", "title", "price", "customer", "country", "channel", "quantity", "sign",
                         "discount", "at")
        }  # fmt: skip
        self.returned = matching.returned.tolist()
        self.of_order = matching.of_order.tolist()
        self.kinds = [KINDS[kind] for kind in sales.sku_kinds.tolist()]

    def order(self, rows: list[int], sold: set[int]) -> Order:
        sales, columns, first = self.sales, self.columns, rows[0]
        number, is_credit = columns["order"][first], columns["sign"][first] < 0
        order_id = sales.order_ids[number]
        fields: dict[str, Any] = {
            "order_id": order_id + RETURN_SUFFIX if is_credit and number in sold else order_id,
            "currency": sales.currency,
            "rounding": PER_LINE,
            "placed_at": datetime.fromtimestamp(min(columns["at"][row] for row in rows), UTC),
            "lines": tuple(self.line(position, row) for position, row in enumerate(rows, 1)),
            "kind": "credit" if is_credit else "sale",
        }
        if is_credit:
            origins = {number} if number in sold else {self.of_order[row] for row in rows}
            origin = origins.pop() if len(origins) == 1 else -1
            fields["of_order_id"] = sales.order_ids[origin] if origin >= 0 else None
        for field, column, texts in (
            ("customer_id", "customer", sales.customers),
            ("country", "country", sales.countries),
            ("channel_id", "channel", sales.channels),
        ):
            if columns[column][first] >= 0:
                fields[field] = texts[columns[column][first]]
        return trusted_order(fields)

    def line(self, position: int, row: int) -> OrderLine:
        sales, columns = self.sales, self.columns
        sku, quantity = columns["sku"][row], columns["quantity"][row]
        fields: dict[str, Any] = {
            "line_id": str(position),
            "sku": sales.skus[sku],
            "title": sales.titles[columns["title"][row]] if columns["title"][row] >= 0 else sales.skus[sku],
            "quantity": quantity,
            "unit_price": sales.prices[columns["price"][row]],
            "kind": self.kinds[sku],
        }
        if sales.sku_kinds[sku] == GOODS and columns["sign"][row] > 0:
            fields["shipped"], fields["returned"] = quantity, self.returned[row]
        if columns["discount"][row]:
            share = Money(columns["discount"][row], sales.currency)
            fields["discounts"] = (DiscountShare(promotion_id="export", amount=share),)
        return trusted_line(fields)


def store(url: str, sales: Sales, matching: Matching, fingerprint: str) -> bool:
    """Write an export into a database unless it is there already; return whether anything was written.

    All in one transaction: after an error nothing of it is there.
    """
    from sqlalchemy import select

    from shopcore.persistence import Shop, save_orders
    from shopcore.persistence._rows import upsert

    with Shop(url) as shop, shop.begin() as connection:
        imports = shop.tables.imports
        if connection.scalar(select(imports.c.fingerprint).where(imports.c.fingerprint == fingerprint)):
            return False
        save_orders(connection, shop.tables, orders_of(sales, matching))
        upsert(connection, shop.tables.stock_moves, _moves(sales))
        facts = {"lines_read": sales.lines_read, "lines_set_aside": len(sales.rejected)}
        facts["lines_taken"] = facts["lines_read"] - facts["lines_set_aside"]
        connection.execute(
            imports.insert(), {"fingerprint": fingerprint, "source": "export", "schema_revision": 1, **facts}
        )
    return True


def _moves(sales: Sales) -> list[dict[str, Any]]:
    # Numbered by what they say, so that a longer export of the same shop adds what is new only.
    found, seen = [], Counter[str]()
    for row in np.flatnonzero((sales.sign == 0) & (sales.sku_kinds[sales.sku] == GOODS)).tolist():
        order, sku = sales.order_ids[sales.order[row]], sales.skus[sales.sku[row]]
        quantity, at = int(sales.quantity[row]), int(sales.at[row])
        said = f"{order}\x1f{sku}\x1f{quantity}\x1f{at}"
        seen[said] += 1
        digest = sha256(f"{said}\x1f{seen[said]}".encode()).digest()
        found.append(
            {
                "source": "export",
                "number": int.from_bytes(digest[:8]) >> 1,
                "sku": sku,
                "location": "main",
                "kind": "adjust",
                "quantity": quantity,
                "at": datetime.fromtimestamp(at, UTC),
                "reference": order,
            }
        )
    return found
