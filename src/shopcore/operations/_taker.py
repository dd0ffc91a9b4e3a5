"""Takes the records of an export one after the other: into columns, or set aside with the reason."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Final

from shopcore.errors import CurrencyMismatchError
from shopcore.models import Currency, Money, UnitPrice
from shopcore.models._allocation import allocate_minor
from shopcore.models._fields import Country, Id, SkuCode, Word
from shopcore.operations._cells import Moments, Names, Read, Unfit, checked, exact, quantity, title, unwrapped
from shopcore.operations._sales import MAX_AMOUNT

if TYPE_CHECKING:
    from shopcore.operations._layout import ExportLayout

MAX_ORDER_LINES: Final = 10_000
# Digits below the minor unit of a unit price that is a line's price over its units; the line's own price comes back.
SHARE_DIGITS: Final = 9
COLUMNS: Final = (
    "order", "sku", "title", "price", "customer", "country", "channel", "quantity", "sign", "amount", "discount",
    "at", "day", "line",
)  # fmt: skip
_SIGN, _AMOUNT, _DISCOUNT, _QUANTITY = (COLUMNS.index(name) for name in ("sign", "amount", "discount", "quantity"))


class Taker:
    """Takes one record after the other; holds the columns as they grow."""

    def __init__(
        self, layout: ExportLayout, currency: Currency, places: dict[str, int], *, decimal: str = ".",
        is_wrapped: bool = False,
    ) -> None:  # fmt: skip
        self.layout, self.currency, self.places, self.decimal = layout, currency, places, decimal
        self.orders = Names(checked(Id, "order number is missing or unreadable"))
        self.skus = Names(checked(SkuCode, "stock code is missing or unreadable"))
        self.titles = Names(title)
        self.customers = Names(checked(Id, "customer is unreadable", optional=True))
        self.countries = Names(checked(Country, "country is unreadable", optional=True))
        self.channels = Names(checked(Word, "channel is unreadable", optional=True))
        self.quantities = Read(quantity)
        self.moments = Read(Moments(layout))
        self.prices: list[Money | UnitPrice] = []
        self.read_price = Read(self._price)
        self.read_amount = Read(self._whole)
        self.statuses = Read(layout.reason_of)
        self.per_order: Counter[int] = Counter()
        self.order_paid: dict[int, int] = {}
        self.columns = {name: array("q") for name in COLUMNS}
        self.appends = [self.columns[name].append for name in COLUMNS]
        self._asides, self._prefix = layout.set_aside, layout.cancelled_prefix
        self._carried = tuple(places[name] for name in layout.carried if name in places)
        self._last: list[str] = []
        self._is_wrapped = is_wrapped
        self.said: dict[str, str] = {}
        self._shares: dict[tuple[int, int], int] = {}

    def _price(self, text: str) -> tuple[int, int | None]:
        text = exact(text, "price is not a number", decimal=self.decimal)
        if text[0] == "-":
            raise Unfit("price is negative")
        return self._known_price(UnitPrice(text, self.currency))

    def _known_price(self, fine: UnitPrice) -> tuple[int, int | None]:
        price = fine.times(1, rounding="half_up") if fine.is_whole else fine
        self.prices.append(price)
        return len(self.prices) - 1, price.minor if isinstance(price, Money) else None

    def _whole(self, text: str) -> int:
        """Return an amount without its sign; blank is zero."""
        if not text.strip(" "):
            return 0
        text = exact(text, "discount is not a number", decimal=self.decimal)
        fine = UnitPrice(text.removeprefix("-"), self.currency)
        if not fine.is_whole:
            raise Unfit("discount is finer than the minor unit")
        return fine.times(1, rounding="half_up").minor

    def take(self, number: int, fields: list[str]) -> None:
        """Add one record to the columns, or raise `Unfit`."""
        at = self.places
        if self._is_wrapped:
            fields = [unwrapped(field) for field in fields]
        if self._carried:
            fields = self._carry(fields)
        order_text = fields[at["order_id"]]
        self._check_state(order_text, fields)
        units = self.quantities[fields[at["quantity"]]]
        moment, day = self.moments[fields[at["ordered_at"]]]
        if "currency" in at:
            self._check_currency(fields[at["currency"]], number)
        price, minor = self._unit_price(fields, abs(units))
        sku, customer = self._sku(fields), self._optional(self.customers, "customer_id", fields)
        sign = self._sign(order_text, units, minor, customer)
        gross = self._gross(abs(units), price, minor)
        back = self._units_back(fields, units)
        discount = self._discount(fields, gross, back)
        if discount > gross:
            raise Unfit("discount is above the price")
        order = self._order(order_text)
        row = [
            order, sku, self._optional(self.titles, "title", fields), price, customer,
            self._optional(self.countries, "country", fields), self._optional(self.channels, "channel", fields),
            abs(units) if sign else units, sign, (gross - discount) * sign, discount if sign else 0, moment, day,
            number,
        ]  # fmt: skip
        self._append(row)
        if back and sign > 0:
            self._append(self._credit(row, fields, back, minor))
        if "order_paid" in at and fields[at["order_paid"]].strip():
            self.order_paid.setdefault(order, self.read_amount[fields[at["order_paid"]]])

    def _append(self, row: list[int]) -> None:
        for append, value in zip(self.appends, row, strict=True):
            append(value)

    def _carry(self, fields: list[str]) -> list[str]:
        # What belongs to the order stands in its first record only.
        at = self.places["order_id"]
        if self._last and self._last[at] == fields[at]:
            for place in self._carried:
                fields[place] = fields[place] or self._last[place]
        self._last = fields
        return fields

    def _check_state(self, order_text: str, fields: list[str]) -> None:
        for prefix, reason in self._asides:
            if order_text.startswith(prefix):
                raise Unfit(reason)
        if "status" in self.places and (reason := self.statuses[fields[self.places["status"]]]):
            raise Unfit(reason)
        if "cancelled_at" in self.places and fields[self.places["cancelled_at"]].strip():
            raise Unfit("order cancelled")

    def _order(self, text: str) -> int:
        order = self.orders[text]
        self.per_order[order] += 1
        if self.per_order[order] > MAX_ORDER_LINES:
            raise Unfit(f"order has more than {MAX_ORDER_LINES} lines")
        return order

    def _sku(self, fields: list[str]) -> int:
        text = fields[self.places["sku"]]
        if "sku_else" in self.places and not text.strip():
            text = fields[self.places["sku_else"]]
        return self.skus[text]

    def _unit_price(self, fields: list[str], units: int) -> tuple[int, int | None]:
        if "unit_price" in self.places:
            found: tuple[int, int | None] = self.read_price[fields[self.places["unit_price"]]]
            return found
        place, minor = self.read_price[fields[self.places["line_price"]].removeprefix("-")]
        if units < 2:
            return place, minor
        if minor is None:
            raise Unfit("price of a line is finer than the minor unit")
        key = (minor, units)
        if key not in self._shares:
            scale = 10**SHARE_DIGITS
            share = (2 * minor * scale + units) // (2 * units)
            one = UnitPrice.of_money(Money(share, self.currency)).amount / scale
            self._shares[key] = self._known_price(UnitPrice(one, self.currency))[0]
        price = self.prices[self._shares[key]]
        return self._shares[key], price.minor if isinstance(price, Money) else None

    def _optional(self, names: Names, column: str, fields: list[str]) -> int:
        return names[fields[self.places[column]]] if column in self.places else -1

    def _sign(self, order: str, units: int, minor: int | None, customer: int) -> int:
        if units == 0:
            raise Unfit("quantity is zero")
        if self._prefix and order.startswith(self._prefix):
            if units > 0:
                raise Unfit("cancellation with a positive quantity")
            return -1
        # Without a price nothing was sold: a negative count is a loss, and one that nobody got is a count too.
        if minor == 0 and (units < 0 or (customer < 0 and "customer_id" in self.places)):
            return 0
        return 1 if units > 0 else -1

    def _gross(self, units: int, price: int, minor: int | None) -> int:
        amount = units * minor if minor is not None else self.prices[price].times(units, rounding="half_up").minor
        if amount > MAX_AMOUNT:
            raise Unfit(f"amount is above {MAX_AMOUNT} minor units")
        return amount

    def _discount(self, fields: list[str], gross: int, back: int) -> int:
        at = self.places
        found: int = self.read_amount[fields[at["discount"]]] if "discount" in at else 0
        if "line_paid" in at and fields[at["line_paid"]].strip():
            found = max(gross - self.read_amount[fields[at["line_paid"]]], 0)
        # Money paid back for goods that stayed with the customer lowers what was paid for them.
        if "refund" in at and not back:
            found += self.read_amount[fields[at["refund"]]]
        return found

    def _units_back(self, fields: list[str], units: int) -> int:
        if "returned" not in self.places or not fields[self.places["returned"]].strip(" "):
            return 0
        back: int = abs(self.quantities[fields[self.places["returned"]]])
        if back > max(units, 0):
            raise Unfit("more units came back than were sold")
        return back

    def _credit(self, row: list[int], fields: list[str], back: int, minor: int | None) -> list[int]:
        gross = self._gross(back, row[COLUMNS.index("price")], minor)
        paid = self.read_amount[fields[self.places["refund"]]] if "refund" in self.places else 0
        share = allocate_minor(row[_DISCOUNT], [back, row[_QUANTITY] - back])[0]
        discount = gross - paid if 0 < paid <= gross else min(share, gross)
        found = list(row)
        found[_QUANTITY], found[_SIGN], found[_DISCOUNT], found[_AMOUNT] = back, -1, discount, discount - gross
        return found

    def _check_currency(self, text: str, number: int) -> None:
        code = text.strip()
        if code == self.currency.code:
            return
        if not code:
            raise Unfit("currency is missing")
        shown = code[:10] if code.isascii() and code.isprintable() else "another"
        raise CurrencyMismatchError(
            f"orders must be in one currency: line {number} is in {shown}, {self.currency.code} was stated; "
            "review each currency by itself",
            argument="currency",
            value=shown,
            expected=self.currency.code,
            reason="currency_mismatch",
        )
