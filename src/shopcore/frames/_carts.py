"""Many carts priced with their promotions: one row for each cart, its lines as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from shopcore._arrays import fail_rows
from shopcore._checks import fail
from shopcore.errors import InputError
from shopcore.frames import _columns
from shopcore.frames._columns import Field
from shopcore.frames._question import ColumnType, ask

if TYPE_CHECKING:
    from datetime import datetime

    from shopcore.models import Cart, CartLine, Currency, Promotion
    from shopcore.promotions import PricedCart, SearchBudget, StackingPolicy, Usage

T = TypeVar("T")
LINE_MONEY: Final = ("unit_price", "price_floor")
LINE_TEXTS: Final = ("tags", "categories")
LINE_PLAIN: Final = ("line_id", "sku", "quantity", "brand", "shop", "tax_rate")
BUYER: Final = ("orders", "level", "segments", "points")
PLACE: Final = ("channel", "region")
INPUTS: Final = (
    Field("lines", "lines", required=True),
    Field("shipping", "money", gaps=True),
    Field("codes", "texts", gaps=True),
    Field("channel", "text", gaps=True),
    Field("region", "text", gaps=True),
    Field("at", "instant", gaps=True),
    Field("orders", "count", gaps=True),
    Field("level", "text", gaps=True),
    Field("segments", "texts", gaps=True),
    Field("points", "count", gaps=True),
)


@dataclass(frozen=True, slots=True)
class CartQuotes:
    """The price of every cart by one set of promotions, as a question for batches; see `cart_quotes`.

    Examples
    --------
    >>> from shopcore.promotions.rules import PercentOff
    >>> from shopcore.models import Promotion
    >>> question = CartQuotes((Promotion(promotion_id="sale", effect=PercentOff(percent="10%")),), "CNY")
    >>> list(question.outputs)[:5]
    ['list_total', 'saving', 'shipping_fee', 'total', 'total_with_tax']
    """

    promotions: Sequence[Promotion]
    currency_code: str
    policy: StackingPolicy | None = None
    at: datetime | None = None
    usage: Mapping[str, Usage] = field(default_factory=dict)
    budget: SearchBudget | None = None
    prices_include_tax: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "promotions", tuple(self.promotions))
        object.__setattr__(self, "usage", dict(self.usage))
        _columns.currency_of(self.currency_code)  # refuses an unknown code

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The columns it reads: the lines, and what else is known of the cart and its buyer."""
        return INPUTS

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds."""
        amounts: dict[str, ColumnType] = dict.fromkeys(
            ("list_total", "saving", "shipping_fee", "total", "total_with_tax"), "int64"
        )
        texts: dict[str, ColumnType] = {"applied": "strings", "not_applied": "strings", "gifts": "strings"}
        return {**amounts, "line_savings": "int64s", **texts, "proof": "string"}

    @property
    def currency(self) -> Currency:
        """The currency of the carts."""
        from shopcore.models import Currency

        return Currency.of(self.currency_code, withdrawn_ok=True)

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns; all carts are looked at before one is priced."""
        carts = _each(self._cart, _rows(columns), "lines")
        priced = _each(self._price, zip(carts, columns.get("at", [None] * len(carts)), strict=True), "lines")
        amounts = {
            "list_total": [one.list_total.minor for one in priced],
            "saving": [one.saving.minor for one in priced],
            "shipping_fee": [one.shipping.minor for one in priced],
            "total": [one.total.minor for one in priced],
            "total_with_tax": [one.total_with_tax.minor for one in priced],
        }
        return {
            **{name: np.array(values, dtype=np.int64) for name, values in amounts.items()},
            "line_savings": [[line.discount.minor for line in one.lines] for one in priced],
            "applied": [list(one.applied) for one in priced],
            "not_applied": [[f"{e.promotion_id}:{e.code}" for e in one.trace if not e.applied] for one in priced],
            "gifts": [[f"{sku}:{units}" for sku, units in one.gifts] for one in priced],
            "proof": np.array([one.certificate.status for one in priced], dtype=object),
        }

    def _cart(self, row: Mapping[str, Any]) -> Cart:
        from shopcore.models import Buyer, Cart, Money

        currency = self.currency
        lines = [_line(place, line, currency) for place, line in enumerate(_listed("lines", row["lines"]))]
        known: dict[str, Any] = {name: row[name] for name in PLACE if row.get(name) is not None}
        if row.get("shipping") is not None:
            known["shipping"] = Money(row["shipping"], currency)
        if row.get("codes") is not None:
            known["codes"] = _listed("codes", row["codes"])
        if row.get("segments") is not None:
            row = {**row, "segments": _listed("segments", row["segments"])}
        if buyer := {name: row[name] for name in BUYER if row.get(name) is not None}:
            known["buyer"] = Buyer(**buyer)
        return Cart(currency=currency, lines=lines, prices_include_tax=self.prices_include_tax, **known)

    def _price(self, cart_and_instant: tuple[Cart, datetime | None]) -> PricedCart:
        from shopcore.promotions import SearchBudget, StackingPolicy, evaluate

        cart, at = cart_and_instant
        return evaluate(
            cart,
            self.promotions,
            self.policy or StackingPolicy(),
            at=self.at if at is None else at,
            usage=self.usage,
            budget=self.budget or SearchBudget(),
        )


def _rows(columns: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    names = list(columns)
    return (dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True))


def _each(make: Callable[[Any], T], rows: Iterable[Any], argument: str) -> list[T]:
    # A refusal names all rows refused for the same reason, so that a job asks again as often as there are reasons.
    made: list[T] = []
    refused: dict[tuple[str, str, str], list[int]] = {}
    for place, row in enumerate(rows):
        try:
            made.append(make(row))
        except InputError as error:
            refused.setdefault((error.argument or argument, error.reason, error.expected or ""), []).append(place)
    if refused:
        (name, reason, expected), places = next(iter(refused.items()))
        bad = np.zeros(places[-1] + 1, dtype=bool)
        bad[places] = True
        # Values stay out of the message: a floor may tell the cost.
        fail_rows(name, bad, np.where(bad, "another", ""), expected or "valid", reason=reason)
    return made


def _listed(name: str, values: Any) -> list[Any]:
    if isinstance(values, list | tuple | np.ndarray):
        return list(values)
    return fail(name, values, "a list", reason="type")


def _line(place: int, line: Any, currency: Currency) -> CartLine:
    from shopcore.models import CartLine

    if not isinstance(line, Mapping):
        fail("lines", line, "structs with sku, quantity and unit_price", reason="type")
    given = {name: line[name] for name in LINE_PLAIN if line.get(name) is not None}
    given |= {name: _columns.amount_of(line[name], currency) for name in LINE_MONEY if line.get(name) is not None}
    given |= {name: _listed(name, line[name]) for name in LINE_TEXTS if line.get(name) is not None}
    return CartLine(**{"line_id": str(place + 1), **given})


def cart_quotes(
    frame: Any,
    promotions: Sequence[Promotion],
    *,
    currency: str,
    policy: StackingPolicy | None = None,
    at: datetime | None = None,
    usage: Mapping[str, Usage] | None = None,
    budget: SearchBudget | None = None,
    prices_include_tax: bool = True,
    columns: Mapping[str, str] | None = None,
    prefix: str = "",
) -> Any:
    """Return the table with each cart's price after promotions added, and why each applied or did not (优惠结算).

    One row for each cart; its lines are a list, so that nothing has to be grouped. For one cart with amounts by unit
    use `promotions.evaluate`; for totals under several policies `promotions.evaluate_many`.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With a column ``lines``: a list of structs with ``sku``, ``quantity``, ``unit_price`` (minor units, Decimal or
        text) and any other field of `CartLine`. Where they are known also ``shipping``, ``codes``, ``channel``,
        ``region``, ``at`` (instant of pricing), and of the buyer ``orders``, ``level``, ``segments``, ``points``; a
        null there is not known.
    promotions, policy, at, usage, budget
        As in `promotions.evaluate`; a column ``at`` goes before the argument.
    currency : str
        Of all amounts.
    prices_include_tax : bool
        Whether unit prices hold the tax.
    columns : mapping, optional
        Where a column has another name.
    prefix : str
        Put before the names of the new columns.

    Returns
    -------
    table of the same kind
        With ``list_total``, ``saving``, ``shipping_fee``, ``total``, ``total_with_tax`` (minor units),
        ``line_savings`` (one for each line), ``applied``, ``not_applied`` (``"promotion:reason"``), ``gifts``
        (``"sku:units"``) and ``proof``: ``"greedy"``, ``"optimal"`` or ``"gap"``.

    Raises
    ------
    InputError
        If a column is missing or a cart is not valid; `positions` names the rows.
    RuleContractError
        If a custom rule breaks its contract: that is no fault of a row.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from shopcore.models import Promotion
    >>> from shopcore.promotions.rules import PercentOff
    >>> carts = pa.table({"cart": [7], "lines": [[{"sku": "TEA", "quantity": 3, "unit_price": 4900}]]})
    >>> sale = Promotion(promotion_id="sale", effect=PercentOff(percent="20%"))
    >>> cart_quotes(carts, [sale], currency="CNY").select(["total", "line_savings", "applied"]).to_pylist()
    [{'total': 11760, 'line_savings': [2940], 'applied': ['sale']}]
    """
    question = CartQuotes(promotions, currency, policy, at, usage or {}, budget, prices_include_tax)
    return ask(frame, question, columns, prefix)
