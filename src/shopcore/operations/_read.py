"""From the records of an export to columns of sales: every line is taken or set aside with its reason."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter, ValidationError

from shopcore._checks import fail, fail_limit
from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models import Currency, Money, UnitPrice
from shopcore.models._fields import MAX_QUANTITY, Country, Id, SkuCode, Word
from shopcore.models._period import zone_of
from shopcore.operations._layout import KINDS, ExportLayout
from shopcore.operations._records import Progress, Records, open_records
from shopcore.operations._sales import MAX_AMOUNT, MAX_LINES, Rejected, Sales

_QUANTITY: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,9})", re.ASCII)
_PRICE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,12})?", re.ASCII)
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
MAX_ORDER_LINES: Final = 10_000
MAX_CACHE: Final = 200_000
HOPELESS: Final = 1_000


class Unfit(Exception):  # noqa: N818  # never leaves this module: it carries a reason, it is no error
    """A field that cannot be used; holds the reason."""


class Read(dict[str, Any]):
    """Reads each distinct text once; forgets all when it has grown large."""

    def __init__(self, parse: Callable[[str], Any]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> Any:
        found = self._parse(text)
        if len(self) >= MAX_CACHE:
            self.clear()
        self[text] = found
        return found


class Names(dict[str, int]):
    """Numbers distinct texts in the order they come; `texts` holds them as read."""

    def __init__(self, read: Callable[[str], str | None]) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._read = read
        self._known: dict[str, int] = {}

    def __missing__(self, text: str) -> int:
        found = self._read(text)
        place = -1
        if found is not None:
            place = self._known.setdefault(found, len(self.texts))
            if place == len(self.texts):
                self.texts.append(found)
        self[text] = place
        return place


def _checked(kind: Any, reason: str, *, optional: bool = False) -> Callable[[str], str | None]:
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def read(text: str) -> str | None:
        text = text.strip()
        if optional and not text:
            return None
        try:
            return adapter.validate_python(text)
        except ValidationError:
            raise Unfit(reason) from None

    return read


def _title(text: str) -> str | None:
    return _CONTROL.sub(" ", text).strip()[:300] or None


def _quantity(text: str) -> int:
    text = text.strip(" ")
    if _QUANTITY.fullmatch(text) is None or not -MAX_QUANTITY <= int(text) <= MAX_QUANTITY or text == "-0":
        raise Unfit("quantity is not a whole number")
    return int(text)


def _exact(text: str, reason: str) -> str:
    text = text.strip(" ")
    if _PRICE.fullmatch(text) is None or (text[0] == "-" and not any(digit in "123456789" for digit in text)):
        raise Unfit(reason)
    return text


class _Moments:
    """Reads instants; without an offset in the shop's zone."""

    def __init__(self, layout: ExportLayout) -> None:
        self._zone = zone_of(layout.zone)
        self._format = layout.date_format

    def __call__(self, text: str) -> tuple[int, int]:
        text = text.strip(" ")
        try:
            if self._format is not None:
                found = datetime.strptime(text[:80], self._format)  # noqa: DTZ007  # the zone is attached below
            elif _ISO.fullmatch(text):
                found = datetime.fromisoformat(text)
            else:
                raise Unfit("date is not in the stated format")
            aware = found if found.tzinfo is not None else found.replace(tzinfo=self._zone)
            return int(aware.astimezone(UTC).timestamp() // 1), aware.astimezone(self._zone).toordinal()
        except (ValueError, OverflowError):
            raise Unfit("date is not in the stated format") from None


class _Taker:
    """Takes one record after the other; holds the columns as they grow."""

    def __init__(self, layout: ExportLayout, currency: Currency, places: dict[str, int]) -> None:
        self.layout, self.currency, self.places = layout, currency, places
        self.orders = Names(_checked(Id, "order number is missing or unreadable"))
        self.skus = Names(_checked(SkuCode, "stock code is missing or unreadable"))
        self.titles = Names(_title)
        self.customers = Names(_checked(Id, "customer is unreadable", optional=True))
        self.countries = Names(_checked(Country, "country is unreadable", optional=True))
        self.channels = Names(_checked(Word, "channel is unreadable", optional=True))
        self.quantities = Read(_quantity)
        self.moments = Read(_Moments(layout))
        self.prices: list[Money | UnitPrice] = []
        self.read_price = Read(self._price)
        self.read_discount = Read(self._discount)
        self.per_order: Counter[int] = Counter()
        self.columns = {name: array("q") for name in _COLUMNS}
        self.appends = [self.columns[name].append for name in _COLUMNS]
        self._asides = layout.set_aside
        self._prefix = layout.cancelled_prefix

    def _price(self, text: str) -> tuple[int, int | None]:
        text = _exact(text, "price is not a number")
        if text[0] == "-":
            raise Unfit("price is negative")
        exact = UnitPrice(text, self.currency)
        price = exact.times(1, rounding="half_up") if exact.is_whole else exact
        self.prices.append(price)
        return len(self.prices) - 1, price.minor if isinstance(price, Money) else None

    def _discount(self, text: str) -> int:
        if not text.strip(" "):
            return 0
        text = _exact(text, "discount is not a number")
        exact = UnitPrice(text.removeprefix("-"), self.currency)
        if not exact.is_whole:
            raise Unfit("discount is finer than the minor unit")
        return exact.times(1, rounding="half_up").minor

    def take(self, number: int, fields: list[str]) -> None:
        """Add one record to the columns, or raise `Unfit`."""
        at = self.places
        order_text = fields[at["order_id"]]
        for prefix, reason in self._asides:
            if order_text.startswith(prefix):
                raise Unfit(reason)
        quantity = self.quantities[fields[at["quantity"]]]
        price, minor = self.read_price[fields[at["unit_price"]]]
        moment, day = self.moments[fields[at["ordered_at"]]]
        if "currency" in at:
            self._check_currency(fields[at["currency"]], number)
        sku, customer = self.skus[fields[at["sku"]]], self._optional(self.customers, "customer_id", fields)
        discount = self.read_discount[fields[at["discount"]]] if "discount" in at else 0
        sign = self._sign(order_text, quantity, minor, customer)
        amount = self._amount(abs(quantity), price, minor, discount) * sign
        order = self.orders[order_text]
        self.per_order[order] += 1
        if self.per_order[order] > MAX_ORDER_LINES:
            raise Unfit(f"order has more than {MAX_ORDER_LINES} lines")
        row = (
            order, sku, self._optional(self.titles, "title", fields), price, customer,
            self._optional(self.countries, "country", fields), self._optional(self.channels, "channel", fields),
            abs(quantity) if sign else quantity, sign, amount, discount if sign else 0, moment, day, number,
        )  # fmt: skip
        for append, value in zip(self.appends, row, strict=True):
            append(value)

    def _optional(self, names: Names, column: str, fields: list[str]) -> int:
        return names[fields[self.places[column]]] if column in self.places else -1

    def _sign(self, order: str, quantity: int, minor: int | None, customer: int) -> int:
        if quantity == 0:
            raise Unfit("quantity is zero")
        if self._prefix and order.startswith(self._prefix):
            if quantity > 0:
                raise Unfit("cancellation with a positive quantity")
            return -1
        # Without a price nothing was sold: a negative count is a loss, and one that nobody got is a count too.
        if minor == 0 and (quantity < 0 or (customer < 0 and "customer_id" in self.places)):
            return 0
        return 1 if quantity > 0 else -1

    def _amount(self, quantity: int, price: int, minor: int | None, discount: int) -> int:
        if minor is not None:
            amount = quantity * minor
        else:
            exact = self.prices[price]
            amount = exact.times(quantity, rounding="half_up").minor
        if amount > MAX_AMOUNT:
            raise Unfit(f"amount is above {MAX_AMOUNT} minor units")
        if discount > amount:
            raise Unfit("discount is above the price")
        return amount - discount

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


_COLUMNS: Final = (
    "order", "sku", "title", "price", "customer", "country", "channel", "quantity", "sign", "amount", "discount",
    "at", "day", "line",
)  # fmt: skip


def read_orders(
    path: Path, *, currency: str | Currency, layout: ExportLayout, progress: Progress | None = None
) -> Sales:
    """Return the order lines of an export as columns, and every line that was set aside with its reason.

    Parameters
    ----------
    path : Path
        A CSV file, packed by gzip or not.
    currency : str or Currency
        Of every amount in the file.
    layout : ExportLayout
        Which column holds what.
    progress : callable, optional
        Called with bytes read and bytes in all.

    Raises
    ------
    InputError
        If a needed column is missing, no line can be used, or the file is damaged.
    CurrencyMismatchError
        If a line is in another currency; it is named.
    LimitError
        If there are more than 5,000,000 lines.
    """
    known = Currency.of(currency)
    with open_records(path, encoding=layout.encoding, delimiter=layout.delimiter, progress=progress) as records:
        places = layout.places([_CONTROL.sub("", name) for name in records.header])
        taker = _Taker(layout, known, places)
        rejected, read = _take_all(records, taker)
    if not taker.columns["order"]:
        _nothing_taken(rejected)
    return _sales(taker, tuple(rejected), read)


def _take_all(records: Records, taker: _Taker) -> tuple[list[Rejected], int]:
    rejected: list[Rejected] = []
    width, read = len(records.header), 0
    for number, fields in records:
        read += 1
        if read > MAX_LINES:
            fail_limit("orders", read, MAX_LINES, "lines", reason="too_many_lines")
        try:
            if fields is None:
                raise Unfit("record is longer than can be read")  # noqa: TRY301  # one way for every reason
            if len(fields) != width:
                raise Unfit(f"has {len(fields)} fields, the heading has {width}")  # noqa: TRY301
            taker.take(number, fields)
        except Unfit as unfit:
            rejected.append(Rejected(number, str(unfit), records.raw))
            if read == HOPELESS and len(rejected) == read:
                _nothing_taken(rejected)
    return rejected, read


def _nothing_taken(rejected: list[Rejected]) -> None:
    if not rejected:
        fail("orders", 0, "a file with at least one order line", reason="empty")
    (reason, count), *_ = Counter(line.reason for line in rejected).most_common(1)
    hint = {
        "date is not in the stated format": "state it: --date-format '%d/%m/%Y %H:%M'",
        "price is not a number": "amounts must be written like 1234.50, without separators or signs of currency",
    }.get(reason, "check the columns, the delimiter and the encoding")
    raise InputError(
        f"orders must hold lines that can be read; of the first {len(rejected)} none could, {count} because "
        f"{reason}; {hint}",
        argument="orders",
        expected="order lines",
        reason="nothing_readable",
    )


def _sales(taker: _Taker, rejected: tuple[Rejected, ...], read: int) -> Sales:
    columns = {name: np.frombuffer(taker.columns[name], dtype=np.int64).copy() for name in _COLUMNS}
    kinds = [KINDS.index(taker.layout.kind_of(code)) for code in taker.skus.texts]
    return Sales(
        **columns,
        currency=taker.currency,
        zone=taker.layout.zone,
        order_ids=taker.orders.texts,
        skus=taker.skus.texts,
        sku_kinds=np.array(kinds, dtype=np.int64),
        titles=taker.titles.texts,
        prices=taker.prices,
        customers=taker.customers.texts,
        countries=taker.countries.texts,
        channels=taker.channels.texts,
        lines_read=read,
        rejected=rejected,
        repeated=_repeated(columns),
    )


def _repeated(columns: dict[str, Any]) -> int:
    # Lines that say exactly what an earlier line of the same order says; they are taken, and counted for the reader.
    names = ("order", "sku", "title", "price", "quantity", "at", "customer", "country")
    rows = np.column_stack([columns[name] for name in names])
    return int(len(rows) - len(np.unique(rows, axis=0)))
