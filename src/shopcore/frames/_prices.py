"""Target prices of a catalogue: the smallest legal price of every row that meets a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shopcore.frames._columns import Field
from shopcore.frames._margins import ITEM, items_of
from shopcore.frames._question import ColumnType, ask
from shopcore.models import Currency

if TYPE_CHECKING:
    from shopcore.pricing import FeeTable, PriceEnding, Target


@dataclass(frozen=True, slots=True)
class TargetPrices:
    """The price of every row that meets a target, as a question for batches; `target_prices` asks it of a frame.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Target
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1))
    >>> list(TargetPrices(Target.margin("25%"), fees).outputs)
    ['smallest_price', 'stable_price', 'no_price_because']
    """

    target: Target
    fees: FeeTable
    endings: PriceEnding | None = None

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads: the item's, and lowest and highest price."""
        return (*ITEM, Field("lowest", "money"), Field("highest", "money"))

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        return {"smallest_price": "int64", "stable_price": "int64", "no_price_because": "string"}

    @property
    def currency(self) -> Currency:
        """The currency of the fee table."""
        return Currency.of(self.fees.currency, withdrawn_ok=True)

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns."""
        from shopcore.pricing import arrays

        range_ = {short: columns[name] for short, name in (("lo", "lowest"), ("hi", "highest")) if name in columns}
        found = arrays.price_for(self.target, self.fees, items_of(columns), endings=self.endings, **range_)
        reasons = np.array([reason or "" for reason in found.reasons], dtype=object)
        return {"smallest_price": found.smallest, "stable_price": found.stable, "no_price_because": reasons}


def target_prices(
    frame: Any,
    target: Target,
    fees: FeeTable,
    *,
    endings: PriceEnding | None = None,
    columns: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Any:
    """Return the table with the smallest and the stable price that meet a target added to each row (定价).

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With ``unit_cost`` and, if there are any, ``quantity``, ``weight``, ``volume``, ``region``, ``currency``, and
        ``lowest`` and ``highest`` price allowed; money as minor units, Decimal or text.
    target : Target
        Margin, profit, markup or ROI to meet.
    fees : FeeTable
        The shop's fees.
    endings : PriceEnding, optional
        Only these prices are allowed.
    columns : mapping, optional
        Where a column has another name.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With ``smallest_price`` and ``stable_price`` (minor units, -1 where there is none; from the stable price on
        every higher one meets the target too) and ``no_price_because`` (a reason code, empty where there is one).

    Raises
    ------
    InputError
        If a column is missing, holds nulls or floats, or a row is out of range; `positions` names the rows.

    Notes
    -----
    The exact solver of `pricing.price_for`, row by row the same answer. Source: the definitions printed there.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Percent, Target
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1),
    ...                 fees=[Percent(name="commission", level="cm2", rate="5%")])
    >>> priced = target_prices(pa.table({"unit_cost": [3520, 4000]}), Target.margin("25%"), fees)
    >>> priced.column("smallest_price").to_pylist()
    [5028, 5715]
    """
    return ask(frame, TargetPrices(target, fees, endings), columns, prefix)
