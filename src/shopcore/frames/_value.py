"""What the customers of a table are worth: their history from rows of orders, and their lifetime value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore.frames import _columns
from shopcore.frames._columns import Field
from shopcore.frames._question import ColumnType, ask
from shopcore.frames._rfm import ORDERS, check_sum, kind_of

if TYPE_CHECKING:
    from shopcore.customers import BgNbd, Fit, GammaGamma, ParetoNbd
    from shopcore.models import Currency

TimeUnit = Literal["day", "week", "month", "year"]
HISTORY: Final = (
    Field("orders", "count", required=True),
    Field("recency", "number", required=True),
    Field("age", "number", required=True),
    Field("mean_spend", "number", required=True),
)
# Above 20,000 rows the models interpolate among the rows at hand; below, every row is computed by itself.
PIECE: Final = 16_384


@dataclass(frozen=True, slots=True)
class LifetimeValues:
    """The value of every customer by fitted models, as a question for batches; see `lifetime_value`.

    Examples
    --------
    >>> from shopcore.customers import BgNbd
    >>> list(LifetimeValues(BgNbd(0.243, 4.414, 0.793, 2.426), 10_000.0, horizon=12).outputs)
    ['probability_alive', 'expected_orders', 'spend_per_order', 'value', 'value_low', 'value_high']
    """

    purchase: Fit | BgNbd | ParetoNbd
    spend: Fit | GammaGamma | float
    horizon: int | None
    unit: TimeUnit = "month"
    model_unit: TimeUnit = "week"
    discount_rate: float = 0.0
    margin: float = 1.0
    interval: Literal["delta", "none"] = "delta"
    confidence: float = 0.95

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads; the mean spend where a model looks at it."""
        return HISTORY[:3] if isinstance(self.spend, int | float) else HISTORY

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        names = ("probability_alive", "expected_orders", "spend_per_order", "value", "value_low", "value_high")
        return dict.fromkeys(names, "float64")

    @property
    def currency(self) -> Currency | None:
        """None: a mean spend is an estimate, in the unit the models were fitted in."""
        return None

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns."""
        from shopcore.customers import Fit, probability_alive

        names = [field.name for field in self.inputs]
        if "mean_spend" in names:
            floats("mean_spend", columns["mean_spend"], NON_NEGATIVE)
        model = self.purchase.model if isinstance(self.purchase, Fit) else self.purchase
        # The first answer looks at all rows, so that a refusal names their places in the table.
        alive = probability_alive(model, *(columns[name] for name in names[:3]))
        pieces = [self._piece(columns, start) for start in range(0, max(len(alive), 1), PIECE)]
        joined = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        return {"probability_alive": alive, **joined}

    def _piece(self, columns: Mapping[str, Any], start: int) -> dict[str, Any]:
        from shopcore.customers import PurchaseHistory, lifetime_value

        c = {field.name: columns[field.name][start : start + PIECE] for field in self.inputs}
        size = len(c["orders"])
        history = PurchaseHistory(
            customers=np.arange(size),
            orders=c["orders"],
            recency=c["recency"],
            age=c["age"],
            first_day=np.zeros(size, dtype=np.int64),
            mean_spend=c.get("mean_spend"),
            total_spend=None,
            unit=self.model_unit,
            end_day=0,
        )
        found = lifetime_value(
            self.purchase,
            self.spend,
            history,
            horizon=self.horizon,
            unit=self.unit,
            discount_rate=self.discount_rate,
            margin=self.margin,
            interval=self.interval,
            confidence=self.confidence,
        )
        none = np.full(size, np.nan)
        return {
            "expected_orders": found.orders,
            "spend_per_order": found.spend_per_order,
            "value": found.value,
            "value_low": none if found.low is None else found.low,
            "value_high": none if found.high is None else found.high,
        }


def lifetime_value(
    frame: Any,
    purchase: Fit | BgNbd | ParetoNbd,
    spend: Fit | GammaGamma | float,
    *,
    horizon: int | None,
    unit: TimeUnit = "month",
    model_unit: TimeUnit = "week",
    discount_rate: float = 0.0,
    margin: float = 1.0,
    interval: Literal["delta", "none"] = "delta",
    confidence: float = 0.95,
    columns: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Any:
    """Return the table with what each customer will still bring added (客户生命周期价值).

    One row for each customer, as `purchase_history` makes them. Fit the models first, on the same table or on a
    sample: `customers.fit_bg_nbd`, `customers.fit_gamma_gamma`.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With columns ``orders`` (repeat orders), ``recency``, ``age`` (in `model_unit`) and, where `spend` is a
        model, ``mean_spend``.
    purchase, spend, horizon, unit, discount_rate, margin, interval, confidence
        As in `customers.lifetime_value`; one margin for all.
    model_unit : {"day", "week", "month", "year"}
        The unit of time of the columns and of the fit.
    columns : mapping, optional
        Where a column has another name.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With float columns ``probability_alive``, ``expected_orders`` (discounted), ``spend_per_order``, ``value``,
        ``value_low`` and ``value_high`` in the unit of ``mean_spend``; null where there is none.

    Raises
    ------
    InputError
        If a fit holds no model, or a column is missing or out of its domain; `positions` names the rows.

    Notes
    -----
    Every row is computed by itself, so a table and its batches agree to the last bit; `customers.lifetime_value`
    interpolates in large tables, which is faster and agrees to about 1e-11. Source: as there.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopcore.customers import BgNbd
    >>> base = pa.table({"orders": [1, 0], "recency": [4.0, 0.0], "age": [30.0, 28.0]})
    >>> found = lifetime_value(base, BgNbd(0.243, 4.414, 0.793, 2.426), 100.0, horizon=12, margin=0.4)
    >>> [round(value, 2) for value in found.column("value").to_pylist()]
    [20.61, 12.99]
    """
    question = LifetimeValues(purchase, spend, horizon, unit, model_unit, discount_rate, margin, interval, confidence)
    return ask(frame, question, columns, prefix)


def purchase_history(
    frame: Any,
    *,
    end: object,
    unit: TimeUnit = "week",
    currency: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Any:
    """Return a table of the customers in rows of orders, ready for the models of repurchase (购买历史).

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        Rows of orders with columns ``customer``, ``day`` and ``spend``, as for `rfm`.
    end : int or date
        Last day of the data, included; later rows are left out.
    unit : {"day", "week", "month", "year"}
        Of the times in the answer.
    currency : str, optional
        Needed where ``spend`` is Decimal or text.
    columns : mapping, optional
        Where a column has another name.

    Returns
    -------
    table of the same kind
        One row for each customer, sorted: ``customer``, ``orders`` (repeat orders; those of one day count once),
        ``recency`` and ``age`` in `unit`, ``mean_spend`` of the repeat orders and ``total_spend``, in minor units.

    Raises
    ------
    InputError
        If a column is missing or holds what it should not; `positions` names the rows.

    Examples
    --------
    >>> import pyarrow as pa
    >>> orders = pa.table({"customer": ["a", "a", "b"], "day": [0, 7, 3], "spend": [1000, 2000, 500]})
    >>> purchase_history(orders, end=28).to_pylist()[0]
    {'customer': 'a', 'orders': 1, 'recency': 1.0, 'age': 4.0, 'mean_spend': 2000.0, 'total_spend': 3000}
    """
    from shopcore.customers import purchase_history as history

    table = _columns.eager(frame)
    c = _columns.read(table, ORDERS[:3], columns or {}, _columns.currency_of(currency))
    check_sum(c["spend"])
    found = history(c["customer"], c["day"], end=end, spend=c["spend"], unit=unit)
    names = ("orders", "recency", "age", "mean_spend", "total_spend")
    answers = {"customer": found.customers, **{name: getattr(found, name) for name in names}}
    answers["total_spend"] = answers["total_spend"].astype(np.int64)
    types = dict.fromkeys(answers, "float64")
    types |= {"customer": kind_of(found.customers), "orders": "int64", "total_spend": "int64"}
    return _columns.make(answers, types, table)
