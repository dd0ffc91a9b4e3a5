"""Margins of a catalogue: the waterfall of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shopcore.frames._columns import Field
from shopcore.frames._question import ColumnType, ask
from shopcore.models import Currency

if TYPE_CHECKING:
    from shopcore.pricing import FeeTable

ITEM: Final = (
    Field("unit_cost", "money", required=True),
    Field("quantity", "count"),
    Field("weight", "count"),
    Field("volume", "count"),
    Field("region", "text"),
    Field("currency", "currency"),
)


@dataclass(frozen=True, slots=True)
class Margins:
    """The waterfall of every row by one fee table, as a question for batches; `margins` asks it of a frame.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable
    >>> list(Margins(FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1))).outputs)
    ['gross', 'tax', 'net', 'cm1', 'cm2', 'cm3', 'profit', 'margin']
    """

    fees: FeeTable

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads: price and the item's."""
        return (Field("price", "money", required=True), *ITEM)

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        amounts: dict[str, ColumnType] = dict.fromkeys(("gross", "tax", "net", "cm1", "cm2", "cm3", "profit"), "int64")
        return {**amounts, "margin": "float64"}

    @property
    def currency(self) -> Currency:
        """The currency of the fee table."""
        return Currency.of(self.fees.currency, withdrawn_ok=True)

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns."""
        from shopcore.pricing import arrays

        found = arrays.waterfall(columns["price"], self.fees, items_of(columns))
        levels = {level: found.contribution(level) for level in ("cm1", "cm2", "cm3")}
        taxed = {"gross": found.gross, "tax": found.tax, "net": found.net}
        return {**taxed, **levels, "profit": found.profit, "margin": found.margin}


def items_of(columns: Mapping[str, Any]) -> Any:
    """Return the item columns that are there as `Items`."""
    from shopcore.pricing import arrays

    names = ("unit_cost", "quantity", "weight", "volume", "region")
    return arrays.Items(**{name: columns[name] for name in names if name in columns})


def margins(frame: Any, fees: FeeTable, *, columns: Mapping[str, str] | None = None, prefix: str = "") -> Any:
    """Return the table with each row's waterfall added: tax, contribution margins, profit and margin (毛利率).

    One call for a catalogue or a month of order lines; for one SKU with every fee shown use `pricing.waterfall`.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With columns ``price`` and ``unit_cost`` (minor units, or Decimal, or text such as "19.99"), and, if there
        are any, ``quantity``, ``weight`` (grams), ``volume`` (cubic millimetres), ``region``, ``currency``.
    fees : FeeTable
        The shop's fees; its currency is that of all amounts.
    columns : mapping, optional
        Where a column has another name: ``{"unit_cost": "landed"}``.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With int64 columns ``gross``, ``tax``, ``net``, ``cm1``, ``cm2``, ``cm3``, ``profit`` (minor units) and the
        float column ``margin``.

    Raises
    ------
    InputError
        If a column is missing, holds nulls or floats, or a row is out of range; `positions` names the rows.

    Notes
    -----
    Exact integers; equal to the scalar waterfall row by row. Source: the definitions printed by `pricing.waterfall`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Percent
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1),
    ...                 fees=[Percent(name="advertising", level="cm3", rate="10%")])
    >>> catalogue = pa.table({"sku": ["MUG", "TEA"], "price": [9990, 4990], "landed": [3520, 4000]})
    >>> margins(catalogue, fees, columns={"unit_cost": "landed"}).column("profit").to_pylist()
    [5471, 491]
    """
    return ask(frame, Margins(fees), columns, prefix)
