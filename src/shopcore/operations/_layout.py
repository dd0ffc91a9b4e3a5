"""How a shop's export is laid out: which column holds what, how dates are written, what the codes mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from shopcore._checks import at_most, fail, one_of, text
from shopcore.errors import InputError
from shopcore.models._order_line import LineKind
from shopcore.models._period import zone_of
from shopcore.models._result import Result

__all__ = ["PRESETS", "ExportLayout", "layout"]

REQUIRED: Final = ("order_id", "sku", "quantity", "ordered_at", "unit_price")
OPTIONAL: Final = ("title", "customer_id", "country", "channel", "discount", "currency")
KINDS: Final[tuple[LineKind, ...]] = ("goods", "gift", "service", "shipping", "fee", "adjustment")

# Codes that shops use for what is no article; compared without regard to case.
_USUAL_KINDS: Final[tuple[tuple[str, LineKind], ...]] = (
    ("POST", "shipping"), ("POSTAGE", "shipping"), ("SHIPPING*", "shipping"), ("FREIGHT*", "shipping"),
    ("DELIVERY*", "shipping"), ("邮费*", "shipping"), ("运费*", "shipping"), ("补差价*", "adjustment"),
    ("FEE*", "fee"), ("BANK CHARGES", "fee"), ("COMMISSION*", "fee"), ("DISCOUNT*", "adjustment"),
    ("ADJUST*", "adjustment"), ("MANUAL", "adjustment"), ("SAMPLES", "adjustment"), ("TIP", "adjustment"),
    ("GIFT CARD*", "service"), ("GIFTCARD*", "service"), ("VOUCHER*", "service"), ("礼品卡*", "service"),
)  # fmt: skip
_ONLINE_RETAIL_KINDS: Final[tuple[tuple[str, LineKind], ...]] = (
    ("POST", "shipping"), ("DOT", "shipping"), ("C2", "shipping"), ("GIFT_0001_*", "service"),
    ("BANK CHARGES", "fee"), ("AMAZONFEE", "fee"), ("CRUK", "fee"),
    ("#####*", "goods"), ("DCGS*", "goods"), ("*", "adjustment"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportLayout(Result):
    """How the lines of an export are to be read (导出字段映射).

    Parameters
    ----------
    columns : mapping
        From our name to the column's heading: ``{"sku": "StockCode"}``. Needed are order_id, sku, quantity,
        ordered_at and unit_price; title, customer_id, country, channel, discount (of the whole line) and currency
        are used where they exist. A name that is not mapped is looked for under its own name.
    date_format : str, optional
        As `datetime.strptime` reads it, ``"%d/%m/%Y %H:%M"``. Without it dates are ISO 8601.
    zone : str
        IANA name of the zone that times without an offset are in; days and months are counted in it.
    encoding : str
        Of the file; a byte order mark wins.
    delimiter : str, optional
        One character; without it, the one of ``, ; tab |`` that the heading holds most often.
    cancelled_prefix : str
        Order numbers that begin with it are cancellations (quantities negative).
    set_aside : tuple of (str, str)
        Order number prefix and reason: lines that are no sales and are listed apart by name.
    kinds : tuple of (str, str)
        Masks of codes and the kind of line they mean; ``#`` is a digit, ``*`` any rest, case does not matter. The
        first that fits decides, goods where none does.

    Examples
    --------
    >>> layout("online-retail").kind_of("POST"), layout("online-retail").kind_of("85123A")
    ('shipping', 'goods')
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date_format: str | None = None
    zone: str = "UTC"
    encoding: str = "utf-8"
    delimiter: str | None = None
    cancelled_prefix: str = ""
    set_aside: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, LineKind], ...] = _USUAL_KINDS

    def __post_init__(self) -> None:
        for name, heading in self.columns.items():
            one_of("column", name, REQUIRED + OPTIONAL)
            text(f"column {name}", heading, max_length=200)
        zone_of(self.zone)
        at_most("kinds", self.kinds, 1_000, "masks")
        for mask, kind in self.kinds:
            text("mask", mask, max_length=64)
            one_of("kind", kind, KINDS)
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
            fail("delimiter", self.delimiter, "one character", reason="format")
        try:
            "".encode(self.encoding)
        except LookupError:
            known = False
        else:
            known = True
        if not known:
            fail("encoding", self.encoding, "an encoding that Python knows, such as 'utf-8' or 'gb18030'")

    def kind_of(self, code: str) -> LineKind:
        """Return what a stock code stands for: goods, or postage, a fee, an adjustment ..."""
        return next((kind for mask, kind in _patterns(tuple(self.kinds)) if mask.fullmatch(code)), "goods")

    def places(self, header: list[str]) -> dict[str, int]:
        """Return where each column stands in a heading.

        Raises
        ------
        InputError
            If a needed column is missing; the message names those that exist.
        """
        heads = {name.strip(): place for place, name in reversed(list(enumerate(header)))}
        found = {name: heads[self.columns.get(name, name)] for name in REQUIRED + OPTIONAL if self._is_in(name, heads)}
        missing = [f"{name} ({self.columns.get(name, name)!r})" for name in REQUIRED if name not in found]
        missing += [f"{name} ({at!r})" for name, at in self.columns.items() if name in OPTIONAL and name not in found]
        if not missing:
            return found
        there = ", ".join(repr(name.strip()[:40]) for name in header[:40])
        raise InputError(
            f"orders must have a column for {', '.join(missing)}; the file has {there}; "
            "map one with --column sku=StockCode, or columns={'sku': 'StockCode'}",
            argument="columns",
            value=there[:200],
            expected=", ".join(missing),
            reason="missing_column",
        )

    def _is_in(self, name: str, heads: Mapping[str, int]) -> bool:
        return self.columns.get(name, name) in heads


@lru_cache(maxsize=8)
def _patterns(kinds: tuple[tuple[str, LineKind], ...]) -> tuple[tuple[re.Pattern[str], LineKind], ...]:
    return tuple((_mask(mask), kind) for mask, kind in kinds)


def _mask(mask: str) -> re.Pattern[str]:
    parts = [{"#": "[0-9]", "*": ".*"}.get(character, re.escape(character)) for character in mask]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


PRESETS: Final[Mapping[str, ExportLayout]] = {
    "plain": ExportLayout(),
    "online-retail": ExportLayout(
        columns={
            "order_id": "InvoiceNo", "sku": "StockCode", "title": "Description", "quantity": "Quantity",
            "ordered_at": "InvoiceDate", "unit_price": "UnitPrice", "customer_id": "CustomerID", "country": "Country",
        },
        zone="Europe/London",
        cancelled_prefix="C",
        set_aside=(("A", "bad debt adjustment"),),
        kinds=_ONLINE_RETAIL_KINDS,
    ),
}  # fmt: skip


def layout(preset: str = "plain", **changes: object) -> ExportLayout:
    """Return a named layout, with some of its fields changed.

    Parameters
    ----------
    preset : {"plain", "online-retail"}
        ``"plain"``: columns named order_id, sku, quantity, ordered_at, unit_price; ``"online-retail"``: the UCI set.
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
    base = PRESETS[one_of("preset", preset, tuple(PRESETS))]
    columns = changes.pop("columns", None) or {}
    return replace(base, **{**changes, "columns": {**base.columns, **columns}})  # type: ignore[arg-type, dict-item]  # checked when made
