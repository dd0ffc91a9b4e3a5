"""An order: lines, what was paid and given back, and the rules it is settled by."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeAlias

from pydantic import model_validator
from pydantic_core import from_json

from shopcore._checks import fail_limit
from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models._base import Model, check_json
from shopcore.models._fields import Count, Country, CurrencyField, Id, Many, PositiveAmount, Word
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._instant import Instant
from shopcore.models._money import Money
from shopcore.models._order_line import OrderLine
from shopcore.models._privacy import Personal, Public
from shopcore.models._rounding_policy import RoundingPolicy
from shopcore.models._unit_price import UnitPrice

__all__ = ["AuditState", "Order", "OrderKind", "PaymentTerms", "Posting", "PostingKind"]

MAX_LINES: Final = 10_000
MAX_POSTINGS: Final = 10_000
# In minor units, so that no sum with a tax of at most 1,000 % leaves 64 bits, whatever one order among many holds.
MAX_VALUE: Final = 2**59
PostingKind: TypeAlias = Literal["payment", "refund", "goodwill", "chargeback", "chargeback_reversal"]
OrderKind: TypeAlias = Literal["sale", "credit"]
PaymentTerms: TypeAlias = Literal["prepaid", "cash_on_delivery", "account"]
AuditState: TypeAlias = Literal["none", "pending", "passed", "rejected"]


class Posting(Model):
    """Money that moved for an order (收退款流水): a payment in, a refund or a chargeback out."""

    kind: Public[PostingKind]
    amount: Public[PositiveAmount]
    at: Public[Instant]
    reference: Public[Id | None] = None


class Order(Model):
    """An order (订单): snapshots of what was sold, and three axes of payment, fulfilment and return.

    The trade's words (awaiting payment, shipped ...) are not stored: `shopcore.orders` derives them.

    Parameters
    ----------
    order_id : str
        The shop's id.
    currency : str or Currency
        Of every amount on it.
    rounding : RoundingPolicy
        By which totals, tax and refunds are rounded, from placing to the last refund.
    placed_at : datetime
        Aware.
    lines : tuple of OrderLine
        1 to 10,000, with ids that differ.
    kind : {"sale", "credit"}
        A credit note's lines count negative; `of_order_id` names the order it belongs to, where that is known.
    source, external_ref : str, optional
        Where it came from and its number there; unique together.
    customer_id : str, optional
        Refers to a `Customer`; identity and addresses are kept there.
    postings : tuple of Posting
        Payments, refunds, goodwill and chargebacks, oldest first.
    paid_at, shipped_at, received_at, cancelled_at : datetime, optional
        When the whole order was paid, shipped, received, cancelled.
    version : int
        Number of events behind this state.

    Raises
    ------
    InputError
        If a line or posting is in another currency, two lines share an id, or more went back than was paid.
    LimitError
        If there are more than 10,000 lines or postings, or the lines come to more than 2**59 minor units.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> mugs = OrderLine(line_id="1", sku="MUG-RED", title="Mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mugs],
    ...               placed_at=datetime(2026, 11, 11, 8, tzinfo=UTC))
    >>> Order.from_json(order.to_json()) == order
    True
    """

    max_json_bytes: ClassVar[int] = 16_000_000

    order_id: Public[Id]
    currency: Public[CurrencyField]
    rounding: Public[RoundingPolicy]
    placed_at: Public[Instant]
    lines: Public[Annotated[Items[OrderLine], Many(MAX_LINES, "lines")]]
    kind: Public[OrderKind] = "sale"
    of_order_id: Public[Id | None] = None
    source: Public[Word | None] = None
    external_ref: Public[Id | None] = None
    channel_id: Public[Id | None] = None
    customer_id: Personal[Id | None] = None
    country: Public[Country | None] = None
    payment_terms: Public[PaymentTerms] = "prepaid"
    audit: Public[AuditState] = "none"
    postings: Public[Annotated[Items[Posting], Many(MAX_POSTINGS, "postings")]] = EMPTY
    paid_at: Public[Instant | None] = None
    shipped_at: Public[Instant | None] = None
    received_at: Public[Instant | None] = None
    cancelled_at: Public[Instant | None] = None
    version: Public[Count] = 0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        lines, currency = self.lines, self.currency
        if not lines:
            raise InputError(
                "lines must hold at least one line", argument="lines", expected="at least one line", reason="too_few"
            )
        ids = set()
        value = 0
        for line in lines:
            fields = line.__dict__
            price = fields["unit_price"]
            ids.add(fields["line_id"])
            if price.currency is not currency:
                _fail_currency("lines")
            value += fields["quantity"] * (price.minor if type(price) is Money else _ceiling(price))
        if value > MAX_VALUE:
            fail_limit("lines", value, MAX_VALUE, "minor units", reason="too_large")
        if len(ids) != len(lines):
            raise InputError(
                "lines must have ids that differ", argument="lines", expected="different ids", reason="duplicate"
            )
        if self.postings:
            _check_postings(self)
        return self

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the order read from JSON; too many lines are refused before any of them is validated."""
        key = b'"line_id"' if isinstance(text, bytes) else '"line_id"'
        if isinstance(text, str | bytes) and text.count(key) > MAX_LINES:  # type: ignore[arg-type]  # of the same kind
            check_json(text, cls.max_json_bytes, None)
            _refuse_many(text)
        return super().from_json(text)

    def line(self, line_id: str) -> OrderLine:
        """Return the line of an id.

        Raises
        ------
        InputError
            If there is none.
        """
        for line in self.lines:
            if line.line_id == line_id:
                return line
        raise InputError(
            "line_id must be that of a line of the order", argument="line_id", expected="a line's id", reason="unknown"
        )

    def posted(self, kind: PostingKind) -> Money:
        """Return the sum of the postings of one kind.

        Examples
        --------
        >>> from datetime import UTC, datetime
        >>> noon = datetime(2026, 11, 11, 12, tzinfo=UTC)
        >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=1, unit_price=Money(3900, "CNY"))
        >>> paid = Posting(kind="payment", amount=Money(3900, "CNY"), at=noon)
        >>> Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
        ...       placed_at=noon, postings=[paid]).posted("payment")
        Money(3900, 'CNY')
        """
        return Money(sum(entry.amount.minor for entry in self.postings if entry.kind == kind), self.currency)

    @property
    def sign(self) -> int:
        """1 for a sale, -1 for a credit note."""
        return -1 if self.kind == "credit" else 1


def _ceiling(price: UnitPrice) -> int:
    return -(-price.amount.numerator * price.currency.factor // price.amount.denominator)


def _refuse_many(text: str | bytes) -> None:
    try:
        found = from_json(text)
    except ValueError:
        return
    lines = found.get("lines") if isinstance(found, dict) else None
    if isinstance(lines, list) and len(lines) > MAX_LINES:
        fail_limit("lines", len(lines), MAX_LINES, "lines", reason="too_many_lines")


def _check_postings(order: Order) -> None:
    held = moved = 0
    for entry in order.postings:
        moved += entry.amount.minor
        if entry.amount.currency is not order.currency:
            _fail_currency("postings")
        held += entry.amount.minor if entry.kind in ("payment", "chargeback_reversal") else -entry.amount.minor
    if moved > 4 * MAX_VALUE:
        fail_limit("postings", moved, 4 * MAX_VALUE, "minor units", reason="too_large")
    if order.kind == "sale" and held < 0:
        raise InputError(
            "postings must not give back more than was paid",
            argument="postings",
            expected="refunds and chargebacks of at most the payments",
            reason="refund_above_paid",
        )


def _fail_currency(argument: str) -> None:
    raise CurrencyMismatchError(
        f"{argument} must be in the currency of the order",
        argument=argument,
        expected="the currency of the order",
        reason="currency_mismatch",
    )


_LINE_DEFAULTS: Final[dict[str, Any]] = {
    name: field.default for name, field in OrderLine.model_fields.items() if not field.is_required()
}
_ORDER_DEFAULTS: Final[dict[str, Any]] = {
    name: field.default for name, field in Order.model_fields.items() if not field.is_required()
}
_set = object.__setattr__


def trusted_line(fields: dict[str, Any]) -> OrderLine:
    """Return a line made of values that were checked before, without checking them again.

    For rows this library wrote itself. `fields` must hold the required fields and nothing that is not one; the
    caller gives up the dictionary.
    """
    line: OrderLine = OrderLine.__new__(OrderLine)
    _set(line, "__dict__", {**_LINE_DEFAULTS, **fields})
    _set(line, "__pydantic_fields_set__", set(fields))
    _set(line, "__pydantic_extra__", None)
    _set(line, "__pydantic_private__", None)
    return line


def trusted_order(fields: dict[str, Any]) -> Order:
    """Return an order made of values that were checked before, as `trusted_line` does."""
    order: Order = Order.__new__(Order)
    _set(order, "__dict__", {**_ORDER_DEFAULTS, **fields})
    _set(order, "__pydantic_fields_set__", set(fields))
    _set(order, "__pydantic_extra__", None)
    _set(order, "__pydantic_private__", None)
    return order
