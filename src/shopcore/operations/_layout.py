"""How a shop's export is laid out: which column holds what, how dates are written, what the codes mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, cast

from shopcore._checks import at_most, fail, one_of, text
from shopcore.errors import InputError
from shopcore.models._order_line import LineKind
from shopcore.models._period import zone_of
from shopcore.models._result import Result

__all__ = ["ExportLayout", "layout"]

REQUIRED: Final = ("order_id", "sku", "quantity", "ordered_at", "unit_price")
# A line's own price serves in place of that of a unit.
INSTEAD: Final = {"unit_price": "line_price"}
OPTIONAL: Final = (
    "title", "customer_id", "country", "channel", "discount", "currency", "line_price", "line_paid", "order_paid",
    "refund", "returned", "status", "cancelled_at", "sku_else",
)  # fmt: skip
DECIMALS: Final = (".", ",")
KINDS: Final[tuple[LineKind, ...]] = ("goods", "gift", "service", "shipping", "fee", "adjustment")

# Codes that shops use for what is no article; compared without regard to case.
_USUAL_KINDS: Final[tuple[tuple[str, LineKind], ...]] = (
    ("POST", "shipping"), ("POSTAGE", "shipping"), ("SHIPPING*", "shipping"), ("FREIGHT*", "shipping"),
    ("DELIVERY*", "shipping"), ("邮费*", "shipping"), ("运费*", "shipping"), ("补差价*", "adjustment"),
    ("FEE*", "fee"), ("BANK CHARGES", "fee"), ("COMMISSION*", "fee"), ("DISCOUNT*", "adjustment"),
    ("ADJUST*", "adjustment"), ("MANUAL", "adjustment"), ("SAMPLES", "adjustment"), ("TIP", "adjustment"),
    ("GIFT CARD*", "service"), ("GIFTCARD*", "service"), ("VOUCHER*", "service"), ("礼品卡*", "service"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportLayout(Result):
    """How the lines of an export are to be read (导出字段映射).

    Parameters
    ----------
    columns : mapping
        From our name to the column's heading: ``{"sku": "StockCode"}``. Needed are order_id, sku, quantity,
        ordered_at and unit_price; title, customer_id, country, channel, discount (of the whole line) and currency
        are used where they exist. A name that is not mapped is looked for under its own name. Several headings in a
        tuple are alternatives: the first that the file has, none where it may be missing. See Notes for more names.
    date_format : str, optional
        As `datetime.strptime` reads it, ``"%d/%m/%Y %H:%M"``. Without it dates are ISO 8601.
    zone : str
        IANA name of the zone that times without an offset are in; days and months are counted in it.
    encoding : str, optional
        Of the file; a byte order mark wins. Without it, UTF-8, or GB18030 where the heading is Chinese in it.
    delimiter : str, optional
        One character; without it, the one of ``, ; tab |`` that the heading holds most often.
    cancelled_prefix : str
        Order numbers that begin with it are cancellations (quantities negative).
    set_aside : tuple of (str, str)
        Order number prefix and reason: lines that are no sales and are listed apart by name.
    kinds : tuple of (str, str)
        Masks of codes and the kind of line they mean; ``#`` is a digit, ``*`` any rest, case does not matter. The
        first that fits decides, goods where none does.
    decimal : {".", ","}, optional
        The decimal sign of amounts; without it, a comma where amounts are written so and none with a point.
    statuses : tuple of (str, str)
        Masks of the status column and the reason for which such lines are set aside, as ``("voided", "not paid")``.
    carried : tuple of str
        Our names of columns that stand in an order's first record only and hold for its other records.
    sheet : str, optional
        Of a workbook (xlsx); the first one without it.

    Notes
    -----
    More columns: line_price, the price of the whole line before discounts, in place of unit_price; line_paid, what was
    paid for the line, the rest being discount; order_paid, what was paid for the goods of an order, the rest being
    spread over its lines; refund, paid back for goods that stayed; returned, units of the line that came back, booked
    on the day of the order; status; cancelled_at, not blank where an order was cancelled; sku_else, for lines whose
    sku is blank.

    Examples
    --------
    >>> layout("online-retail").kind_of("POST"), layout("online-retail").kind_of("85123A")
    ('shipping', 'goods')
    """

    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    date_format: str | None = None
    zone: str = "UTC"
    encoding: str | None = None
    delimiter: str | None = None
    cancelled_prefix: str = ""
    set_aside: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, LineKind], ...] = _USUAL_KINDS
    decimal: str | None = None
    statuses: tuple[tuple[str, str], ...] = ()
    carried: tuple[str, ...] = ()
    sheet: str | None = None

    def __post_init__(self) -> None:
        for name in self.columns:
            one_of("column", name, REQUIRED + OPTIONAL)
            for heading in self._headings(name):
                text(f"column {name}", heading, max_length=200)
        zone_of(self.zone)
        for name in self.carried:
            one_of("carried", name, REQUIRED + OPTIONAL)
        if self.decimal is not None:
            one_of("decimal", self.decimal, DECIMALS)
        self._check_masks()
        self._check_file()

    def _check_masks(self) -> None:
        at_most("statuses", self.statuses, 1_000, "masks")
        for mask, reason in self.statuses:
            text("mask", mask, max_length=64)
            text("reason", reason, max_length=200)
        at_most("kinds", self.kinds, 1_000, "masks")
        for mask, kind in self.kinds:
            text("mask", mask, max_length=64)
            one_of("kind", kind, KINDS)

    def _check_file(self) -> None:
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            fail("delimiter", self.delimiter, "one character", reason="format")
        try:
            "".encode(self.encoding or "utf-8")
        except LookupError:
            known = False
        else:
            known = True
        if not known:
            fail("encoding", self.encoding, "an encoding that Python knows, such as 'utf-8' or 'gb18030'")

    def kind_of(self, code: str) -> LineKind:
        """Return what a stock code stands for: goods, or postage, a fee, an adjustment ..."""
        return cast("LineKind", _meaning(code, tuple(self.kinds)) or "goods")

    def reason_of(self, status: str) -> str | None:
        """Return why lines of this status are set aside; None where they are taken."""
        return _meaning(status.strip(), tuple(self.statuses))

    def places(self, header: list[str]) -> dict[str, int]:
        """Return where each column stands in a heading.

        Raises
        ------
        InputError
            If a needed column is missing; the message names those that exist.
        """
        heads = {name.strip(): place for place, name in reversed(list(enumerate(header)))}
        found = {
            name: heads[heading]
            for name in REQUIRED + OPTIONAL
            for heading in [next((known for known in self._headings(name) if known in heads), None)]
            if heading is not None
        }
        missing = [name for name in REQUIRED if name not in found and INSTEAD.get(name) not in found]
        missing += [name for name, at in self.columns.items() if isinstance(at, str) and name in OPTIONAL
                    and name not in found]  # fmt: skip
        if not missing:
            return found
        wanted = ", ".join(f"{name} ({' or '.join(map(repr, self._headings(name)))})" for name in missing)
        there = ", ".join(repr(name.strip()[:40]) for name in header[:40])
        raise InputError(
            f"orders must have a column for {wanted}; the file has {there}; "
            "map one with --column sku=StockCode, or columns={'sku': 'StockCode'}",
            argument="columns",
            value=there[:200],
            expected=wanted,
            reason="missing_column",
        )

    def _headings(self, name: str) -> tuple[str, ...]:
        found = self.columns.get(name, name)
        return (found,) if isinstance(found, str) else tuple(found)


@lru_cache(maxsize=16)
def _patterns(masks: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_mask(mask), meaning) for mask, meaning in masks)


def _meaning(found: str, masks: tuple[tuple[str, str], ...]) -> str | None:
    return next((meaning for mask, meaning in _patterns(masks) if mask.fullmatch(found)), None)


def _mask(mask: str) -> re.Pattern[str]:
    parts = [{"#": "[0-9]", "*": ".*"}.get(character, re.escape(character)) for character in mask]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def layout(preset: str = "plain", **changes: object) -> ExportLayout:
    """Return a named layout, with some of its fields changed.

    Parameters
    ----------
    preset : str
        ``"plain"``: columns named order_id, sku, quantity, ordered_at, unit_price; ``"shopify"``, ``"woocommerce"``,
        ``"amazon"``, ``"taobao"`` (``"tmall"``), ``"jd"``: as these export; ``"online-retail"``: the UCI set.
    **changes
        Fields of `ExportLayout`; `columns` are added to those of the preset.

    Raises
    ------
    InputError
        If the preset is unknown.

    Examples
    --------
    >>> layout(columns={"sku": "商品编码"}, zone="Asia/Shanghai").zone
    'Asia/Shanghai'
    """
    from shopcore.operations._presets import PRESETS

    base = PRESETS[one_of("preset", preset, tuple(PRESETS))]
    columns = changes.pop("columns", None) or {}
    return replace(base, **{**changes, "columns": {**base.columns, **columns}})  # type: ignore[arg-type, dict-item]  # checked when made
