"""Reorder advice for a catalogue: what to order now, how much, and on which assumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shopcore._arrays import ANY, NON_NEGATIVE, POSITIVE, Domain, floats
from shopcore._checks import fail
from shopcore.frames._columns import Field
from shopcore.frames._question import ColumnType, ask

if TYPE_CHECKING:
    from shopcore.inventory import CycleService, FillService

# Column, what it may hold, and the value for all rows where it is not there (None: it must be).
COLUMNS: Final[Mapping[str, tuple[Domain, float | None]]] = {
    "demand_mean": (NON_NEGATIVE, None),
    "demand_sd": (NON_NEGATIVE, None),
    "lead_time": (NON_NEGATIVE, None),
    "lead_time_sd": (NON_NEGATIVE, 0.0),
    "review_period": (NON_NEGATIVE, 0.0),
    "on_hand": (ANY, None),
    "on_order": (NON_NEGATIVE, 0.0),
    "reserved": (NON_NEGATIVE, 0.0),
    "backordered": (NON_NEGATIVE, 0.0),
    "minimum": (NON_NEGATIVE, 0.0),
    "pack": (POSITIVE, 1.0),
}


@dataclass(frozen=True, slots=True)
class Reorder:
    """Reorder advice for every row at one service level, as a question for batches; see `reorder_advice`.

    Examples
    --------
    >>> from shopcore.inventory import Service
    >>> list(Reorder(Service.cycle(0.95)).outputs)
    ['position', 'reorder_point', 'safety_stock', 'order_now', 'order_quantity', 'distribution', 'weak_assumption']
    """

    service: CycleService | FillService

    def __post_init__(self) -> None:
        if np.ndim(self.service.level):
            fail("service", "an array", "one level for all rows", reason="shape")

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads."""
        fields = tuple(Field(name, "number", default is None) for name, (_, default) in COLUMNS.items())
        return (*fields, Field("lot", "number"))

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        return {
            "position": "float64",
            "reorder_point": "float64",
            "safety_stock": "float64",
            "order_now": "bool",
            "order_quantity": "float64",
            "distribution": "string",
            "weak_assumption": "string",
        }

    @property
    def currency(self) -> None:
        """None: there is no money in it."""
        return

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns."""
        from shopcore.inventory import Constraints, Demand, LeadTime, Position, reorder_point, round_order

        size = len(columns["demand_mean"])
        c = {
            name: floats(name, columns.get(name, np.full(size, default)), domain)
            for name, (domain, default) in COLUMNS.items()
        }
        lot = floats("lot", columns["lot"], POSITIVE) if "lot" in columns else None
        demand, lead_time = Demand(c["demand_mean"], c["demand_sd"]), LeadTime(c["lead_time"], c["lead_time_sd"])
        level = reorder_point(demand, lead_time, self.service, order_quantity=lot, review_period=c["review_period"])
        position = Position(c["on_hand"], c["on_order"], c["reserved"], c["backordered"]).net
        now = position <= level.reorder_point
        need = np.where(now, _need(level.reorder_point - position, c["review_period"], lot), 0.0)
        rounded = round_order(need, Constraints(minimum=c["minimum"], pack=c["pack"]))
        return {
            "position": position,
            "reorder_point": level.reorder_point,
            "safety_stock": level.safety_stock,
            "order_now": now & (need > 0.0),
            "order_quantity": rounded.quantity,
            "distribution": np.broadcast_to(level.distribution, (size,)).astype(object),
            "weak_assumption": _weak(level.warning_rows(), size),
        }


def _need(short: Any, review_period: Any, lot: Any) -> Any:
    # Continuous review orders whole lots until the position is above the point; periodic review fills up to the level.
    if lot is None:
        return np.maximum(short, 0.0)
    lots = np.floor(np.maximum(short, 0.0) / lot) + 1.0
    return np.where(review_period > 0.0, np.maximum(short, 0.0), lots * lot)


def _weak(warnings: Mapping[str, Any], size: int) -> Any:
    found = np.full(size, "", dtype=object)
    for code, rows in warnings.items():
        at = np.broadcast_to(rows, (size,))
        found[at] = [f"{text}, {code}" if text else code for text in found[at]]
    return found


def reorder_advice(
    frame: Any,
    service: CycleService | FillService,
    *,
    columns: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Any:
    """Return the table with reorder advice added to each row: order now or not, how much, why (补货建议).

    One call for tonight's replenishment; for one SKU with both achieved services use `inventory.reorder_point`.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With columns ``demand_mean`` and ``demand_sd`` (units per period), ``lead_time`` (periods), ``on_hand``, and,
        where known, ``lead_time_sd``, ``review_period``, ``on_order``, ``reserved``, ``backordered``, ``lot`` (the
        usual order quantity), ``minimum``, ``pack`` (units).
    service : CycleService or FillService
        One level for all rows; a fill rate needs ``lot`` or ``review_period``.
    columns : mapping, optional
        Where a column has another name: ``{"demand_mean": "avg_daily"}``.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With ``position``, ``reorder_point``, ``safety_stock``, ``order_now``, ``order_quantity`` (units, whole packs),
        ``distribution``, and ``weak_assumption``: codes of assumptions known to fail there, empty where there is none.

    Raises
    ------
    InputError
        If a column is missing, holds nulls or values outside its domain; `positions` names the rows.

    Notes
    -----
    Orders are advised at or below the point: whole lots until the position is above it; up to the point where no lot
    is given; up to the level in periodic review. Source: Silver, Pyke & Thomas, Inventory and Production Management,
    ch. 6.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopcore.inventory import Service
    >>> stock = pa.table({"sku": ["MUG", "TEA"], "demand_mean": [20.0, 5.0], "demand_sd": [4.0, 1.0],
    ...                   "lead_time": [7, 7], "on_hand": [150, 90], "lot": [120, 60], "pack": [24, 12]})
    >>> reorder_advice(stock, Service.cycle(0.95)).select(["order_now", "order_quantity"]).to_pylist()
    [{'order_now': True, 'order_quantity': 120.0}, {'order_now': False, 'order_quantity': 0.0}]
    """
    return ask(frame, Reorder(service), columns, prefix)
