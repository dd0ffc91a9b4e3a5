"""From the records of an export to columns of sales: every line is taken or set aside with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from shopcore._checks import fail, fail_limit
from shopcore.errors import InputError
from shopcore.models import Currency
from shopcore.models._allocation import allocate_minor
from shopcore.operations._cells import CONTROL, Unfit, decimal_of, unwrapped
from shopcore.operations._layout import KINDS, ExportLayout
from shopcore.operations._records import Progress, open_records
from shopcore.operations._sales import MAX_LINES, Rejected, Sales
from shopcore.operations._taker import COLUMNS, Taker
from shopcore.operations._xlsx import is_workbook, open_sheet

HOPELESS: Final = 1_000
SAMPLE: Final = 200
PRICED: Final = ("unit_price", "line_price", "line_paid", "order_paid", "discount", "refund")


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
    with _opened(path, layout, progress) as records:
        places = layout.places([CONTROL.sub("", name) for name in records.header])
        sample = [(number, fields, records.raw) for number, fields in islice(records, SAMPLE)]
        taker = _taker(layout, known, places, [fields for _, fields, _ in sample if fields is not None])
        rejected, read = _take_all(chain(sample, _located(records)), taker, len(records.header))
        how = {**records.how, "decimal sign": taker.decimal, **taker.said}
    if not taker.columns["order"]:
        _nothing_taken(rejected)
    return _sales(taker, tuple(rejected), read, how)


def _opened(path: Path, layout: ExportLayout, progress: Progress | None) -> AbstractContextManager[Any]:
    if is_workbook(path):
        return open_sheet(path, sheet=layout.sheet, progress=progress)
    return open_records(path, encoding=layout.encoding, delimiter=layout.delimiter, progress=progress)


def _located(records: Any) -> Iterator[tuple[int, list[str] | None, Callable[[], str]]]:
    for number, fields in records:
        yield number, fields, lambda: records.raw


def _taker(layout: ExportLayout, currency: Currency, places: dict[str, int], sample: list[list[str]]) -> Taker:
    """Return what takes the records, told how their first ones are written."""
    wrapped = any(field.startswith('="') for fields in sample for field in fields)
    priced = [places[name] for name in PRICED if name in places]
    cells = [unwrapped(fields[place]) for fields in sample for place in priced if place < len(fields)]
    decimal = layout.decimal or decimal_of(cells)
    taker = Taker(layout, currency, places, decimal=decimal, is_wrapped=wrapped)
    if layout.decimal is None and decimal == ",":
        taker.said["decimal sign"] = ", (found in the amounts)"
    if wrapped:
        taker.said["long numbers"] = 'written ="..." to keep spreadsheets from rounding them; read without'
    return taker


def _take_all(records: Iterable[Any], taker: Taker, width: int) -> tuple[list[Rejected], int]:
    rejected: list[Rejected] = []
    read = 0
    for number, fields, raw in records:
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
            rejected.append(Rejected(number, str(unfit), raw if isinstance(raw, str) else raw()))
            if read == HOPELESS and len(rejected) == read:
                _nothing_taken(rejected)
    return rejected, read


def _nothing_taken(rejected: list[Rejected]) -> None:
    if not rejected:
        fail("orders", 0, "a file with at least one order line", reason="empty")
    (reason, count), *_ = Counter(line.reason for line in rejected).most_common(1)
    hint = {
        "date is not in the stated format": "state it: --date-format '%d/%m/%Y %H:%M'",
        "price is not a number": "amounts must be written like 1234.50, without signs of currency; state a decimal "
        "comma: --decimal ,",
    }.get(reason, "check the columns, the delimiter and the encoding")
    raise InputError(
        f"orders must hold lines that can be read; of the first {len(rejected)} none could, {count} because "
        f"{reason}; {hint}",
        argument="orders",
        expected="order lines",
        reason="nothing_readable",
    )


def _sales(taker: Taker, rejected: tuple[Rejected, ...], read: int, how: dict[str, str]) -> Sales:
    columns = {name: np.frombuffer(taker.columns[name], dtype=np.int64).copy() for name in COLUMNS}
    above = _spread(columns, taker.order_paid)
    if taker.order_paid:
        how["discounts of orders"] = "what an order paid less than its lines is spread over them, largest remainder"
    if above:
        how["orders that paid more"] = f"{above:,}, whose lines count as they stand"
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
        how=how,
    )


def _spread(columns: dict[str, Any], paid: dict[int, int]) -> int:
    """Spread what orders paid less than their lines over these; return how many orders paid more."""
    if not paid:
        return 0
    above = 0
    rows = np.flatnonzero(columns["sign"] > 0)
    rows = rows[np.argsort(columns["order"][rows], kind="stable")]
    for part in np.split(rows, np.flatnonzero(np.diff(columns["order"][rows])) + 1):
        weights = columns["amount"][part].tolist()
        less = sum(weights) - paid.get(int(columns["order"][part[0]]), sum(weights)) if part.size else 0
        above += less < 0
        if less > 0:
            shares = np.array(allocate_minor(less, weights), dtype=np.int64)
            columns["amount"][part] -= shares
            columns["discount"][part] += shares
    return above


def _repeated(columns: dict[str, Any]) -> int:
    # Lines that say exactly what an earlier line of the same order says; they are taken, and counted for the reader.
    names = ("order", "sku", "title", "price", "quantity", "at", "customer", "country")
    rows = np.column_stack([columns[name] for name in names])
    return int(len(rows) - len(np.unique(rows, axis=0)))
