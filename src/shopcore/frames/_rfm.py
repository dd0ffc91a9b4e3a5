"""RFM of a customer base: from rows of orders, or scores for customers whose figures are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from shopcore._checks import fail, instance, integer
from shopcore.frames import _columns
from shopcore.frames._columns import Field
from shopcore.frames._question import ColumnType

if TYPE_CHECKING:
    from shopcore.customers import Rfm, RfmCuts
    from shopcore.models import Currency

FIGURES: Final = (
    Field("recency", "number", required=True),
    Field("frequency", "number", required=True),
    Field("monetary", "money", required=True),
)
ORDERS: Final = (
    Field("customer", "id", required=True),
    Field("day", "day", required=True),
    Field("spend", "money", required=True),
    Field("order", "id"),
)
SCORES: Final = ("recency_score", "frequency_score", "monetary_score", "segment")
MAX_SUM: Final = 2**53


@dataclass(frozen=True, slots=True)
class RfmScores:
    """Scores of every customer by cuts that were set before, as a question for batches; see `rfm_scores`.

    Ranks need all customers at once, so batches are scored by fixed cuts: take them from `customers.quantile_cuts`
    once and keep them. `high` is the score from which a customer counts as high; `currency` is needed where
    ``monetary`` is Decimal or text.

    Examples
    --------
    >>> from shopcore.customers import trade_cuts
    >>> list(RfmScores(trade_cuts(12_000)).outputs)
    ['recency_score', 'frequency_score', 'monetary_score', 'segment']
    """

    cuts: RfmCuts
    high: int = 4
    currency_code: str | None = None

    def __post_init__(self) -> None:
        from shopcore.customers import RfmCuts

        instance("cuts", self.cuts, RfmCuts)
        integer("high", self.high, low=1)

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads: recency, frequency and monetary."""
        return FIGURES

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        return {"recency_score": "int64", "frequency_score": "int64", "monetary_score": "int64", "segment": "string"}

    @property
    def currency(self) -> Currency | None:
        """The currency of ``monetary``; None for minor units."""
        return _columns.currency_of(self.currency_code)

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns."""
        from shopcore.customers import rfm_scores as score

        return _scores(score(*_figures(columns), cuts=self.cuts, high=self.high))


def _figures(columns: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(columns[field.name] for field in FIGURES)


def _scores(found: Rfm) -> dict[str, Any]:
    scores = {name: getattr(found, name).astype(np.int64) for name in SCORES[:3]}
    return {**scores, "segment": found.segment}


def rfm_scores(
    frame: Any,
    *,
    cuts: RfmCuts | Literal["quantile", "trade"] = "quantile",
    parts: int = 5,
    high: int | Literal["mean"] = "mean",
    currency: str | None = None,
    columns: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Any:
    """Return the table with each customer's RFM scores and segment added (RFM 打分).

    One row for each customer with the three figures known; from rows of orders use `rfm`.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With columns ``recency`` (days), ``frequency`` (orders) and ``monetary`` (minor units, or Decimal or text).
    cuts, parts, high
        As in `customers.rfm_scores`; only `RfmCuts` and a whole number give the same scores next month.
    currency : str, optional
        Needed where ``monetary`` is Decimal or text.
    columns : mapping, optional
        Where a column has another name.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With ``recency_score``, ``frequency_score``, ``monetary_score`` and ``segment``.

    Raises
    ------
    InputError
        If a column is missing or holds what it should not; `positions` names the rows.

    Examples
    --------
    >>> import pyarrow as pa
    >>> base = pa.table({"recency": [5, 40, 200], "frequency": [9, 2, 1], "monetary": [90_000, 25_000, 4_000]})
    >>> rfm_scores(base, parts=3).column("segment").to_pylist()
    ['important_value', 'general_win_back', 'general_win_back']
    """
    from shopcore.customers import rfm_scores as score

    table = _columns.eager(frame)
    found = _columns.read(table, FIGURES, columns or {}, _columns.currency_of(currency))
    scored = score(*_figures(found), cuts=cuts, parts=parts, high=high)
    types = dict.fromkeys(SCORES[:3], "int64") | {"segment": "string"}
    return _columns.add(table, _scores(scored), types, prefix)


def rfm(
    frame: Any,
    *,
    end: object,
    cuts: RfmCuts | Literal["quantile", "trade"] = "quantile",
    parts: int = 5,
    high: int | Literal["mean"] = "mean",
    currency: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Any:
    """Return a table of the customers in rows of orders: recency, frequency, spend, scores, segment (RFM 客户分层).

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        Rows of orders with columns ``customer``, ``day`` (dates, text or day numbers), ``spend`` (minor units, or
        Decimal or text; refunds negative), and ``order`` where an order has several rows.
    end : int or date
        The day of the question, included.
    cuts, parts, high
        As in `customers.rfm`.
    currency : str, optional
        Needed where ``spend`` is Decimal or text.
    columns : mapping, optional
        Where a column has another name.

    Returns
    -------
    table of the same kind
        One row for each customer, sorted: ``customer``, ``recency`` (days), ``frequency`` (orders), ``monetary``
        (minor units), the three scores and ``segment``.

    Raises
    ------
    InputError
        If a column is missing or holds what it should not; `positions` names the rows.
    LimitError
        If the spend of all rows leaves 2**53 minor units.

    Examples
    --------
    >>> import pyarrow as pa
    >>> orders = pa.table({"customer": ["a", "a", "b", "c"], "spend": ["120.00", "80.00", "60.00", "30.00"],
    ...                    "day": ["2026-01-10", "2026-04-05", "2026-02-09", "2026-01-02"]})
    >>> base = rfm(orders, end="2026-04-10", currency="CNY", parts=3)
    >>> base.select(["customer", "monetary", "segment"]).to_pylist()[0]
    {'customer': 'a', 'monetary': 20000, 'segment': 'important_value'}
    """
    from shopcore.customers import rfm as score

    table = _columns.eager(frame)
    c = _columns.read(table, ORDERS, columns or {}, _columns.currency_of(currency))
    check_sum(c["spend"])
    scored = score(
        c["customer"], c["day"], c["spend"], end=end, orders=c.get("order"), cuts=cuts, parts=parts, high=high
    )
    figures = {name: getattr(scored, name).astype(np.int64) for name in ("recency", "frequency", "monetary")}
    answers = {"customer": scored.customers, **figures, **_scores(scored)}
    types = dict.fromkeys(answers, "int64") | {"segment": "string", "customer": kind_of(scored.customers)}
    return _columns.make(answers, types, table)


def kind_of(ids: Any) -> str:
    """Return the type of a column of ids."""
    return "int64" if ids.dtype.kind in "iu" else "string"


def check_sum(spend: Any) -> None:
    """Refuse amounts whose sum could leave what floats hold exactly."""
    if np.abs(spend.astype(np.float64)).sum() > MAX_SUM:
        fail("spend", None, "at most 2**53 minor units in all", reason="too_large")
