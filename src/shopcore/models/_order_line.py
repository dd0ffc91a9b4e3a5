"""One line of an order: a snapshot of what was sold, and how far each unit has come."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models._base import Model
from shopcore.models._fields import (
    MAX_QUANTITY,
    NO_TAX,
    Amount,
    Count,
    Id,
    Many,
    Price,
    Quantity,
    SkuCode,
    TaxRate,
    Title,
    Word,
)
from shopcore.models._gtin import Gtin
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._money import Money
from shopcore.models._privacy import Public, Sensitive
from shopcore.models._sku import SpecOption
from shopcore.models._unit_price import UnitPrice

__all__ = ["DiscountShare", "LineKind", "OrderLine", "TaxPart"]

LineKind: TypeAlias = Literal["goods", "gift", "service", "shipping", "fee", "adjustment"]
UnitRun: TypeAlias = tuple[Annotated[int, Field(ge=1, le=MAX_QUANTITY)], Annotated[int, Field(ge=0, le=2**63 - 1)]]


class DiscountShare(Model):
    """What one promotion takes off a line (优惠分摊): the sum, and optionally each unit's share.

    Parameters
    ----------
    promotion_id : str
        Whose discount it is.
    amount : Money
        Taken off the whole line; zero or positive.
    per_unit : tuple of (count, minor)
        Runs of units with equal shares, in the order units come back: ``((2, 334), (1, 333))`` for 10.01 off three
        units. Empty: spread evenly, by cumulative rounding.

    Examples
    --------
    >>> DiscountShare(promotion_id="11.11", amount=Money(1001, "CNY"), per_unit=[(2, 334), (1, 333)]).units
    3
    """

    promotion_id: Public[Id]
    amount: Public[Amount]
    per_unit: Public[Annotated[Items[UnitRun], Many(10_000, "runs")]] = EMPTY

    @model_validator(mode="after")
    def _shares_sum(self) -> Self:
        if self.per_unit and sum(count * minor for count, minor in self.per_unit) != self.amount.minor:
            raise InputError(
                "per_unit must sum to the amount", argument="per_unit", expected="a sum of amount", reason="sum"
            )
        return self

    @property
    def units(self) -> int:
        """How many units the runs cover; 0 where the amount is spread evenly."""
        return sum(count for count, _ in self.per_unit)


class TaxPart(Model):
    """One of several taxes on a line (税种): its name and rate, GST 5 % beside PST 7 %."""

    name: Public[Word]
    rate: Public[TaxRate]


class OrderLine(Model):
    """One line of an order (订单行): what was sold at which price, as it was on that day.

    Parameters
    ----------
    line_id : str
        Unique within the order.
    sku, title : str
        As sold; later edits of the catalogue never reach an order.
    quantity : int
        Units ordered, 1 or more. What left the order again stands in `cancelled` and `returned`.
    unit_price : Money or UnitPrice
        For one unit, before discounts.
    kind : {"goods", "gift", "service", "shipping", "fee", "adjustment"}
        Only goods and gifts are shipped and stocked; postage and fees are lines of their own kind.
    discounts : tuple of DiscountShare
        What each promotion took off this line; together at most the line's price.
    tax_rate : Rate
        The sum of all taxes on the line, ``"0.13"``; `tax_included` says whether `unit_price` holds it.
    taxes : tuple of TaxPart, optional
        The taxes that make up `tax_rate`, where there are several; the rate may then be left out.
    unit_cost : Money or UnitPrice, optional
        What a unit cost the shop; sensitive.
    cancelled, shipped, received, return_requested, returned, exchanged : int
        Units on the axis of fulfilment and return. Cancelled units are never shipped; returned ones have come back
        and were accepted; exchanged ones of them were replaced.
    waived, refunded, kept : int
        Units no longer to be paid because they were cancelled or came back before payment, units whose money went
        back, and those of them whose goods the customer keeps.

    Raises
    ------
    InputError
        If more is shipped than ordered, received than shipped, returned than shipped and replaced, or settled than
        cancelled, returned or let go.

    Examples
    --------
    >>> line = OrderLine(line_id="1", sku="MUG-RED", title="Stoneware mug", quantity=3, unit_price=Money(3900, "CNY"))
    >>> line.list_amount(rounding="half_up")
    Money(11700, 'CNY')
    """

    line_id: Public[Id]
    sku: Public[SkuCode]
    title: Public[Title]
    quantity: Public[Quantity]
    unit_price: Public[Price]
    kind: Public[LineKind] = "goods"
    product_id: Public[Id | None] = None
    options: Public[Annotated[Items[SpecOption], Many(20, "options")]] = EMPTY
    gtin: Public[Gtin | None] = None
    discounts: Public[Annotated[Items[DiscountShare], Many(50, "discounts")]] = EMPTY
    tax_rate: Public[TaxRate] = NO_TAX
    tax_included: Public[bool] = True
    tax_code: Public[Word | None] = None
    taxes: Public[Annotated[Items[TaxPart], Many(10, "taxes")]] = EMPTY
    unit_cost: Sensitive[Price | None] = None
    cancelled: Public[Count] = 0
    waived: Public[Count] = 0
    shipped: Public[Count] = 0
    received: Public[Count] = 0
    return_requested: Public[Count] = 0
    returned: Public[Count] = 0
    exchanged: Public[Count] = 0
    refunded: Public[Count] = 0
    kept: Public[Count] = 0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        fields = self.__dict__
        if fields["discounts"] or fields["unit_cost"] is not None:
            _check_amounts(self)
        if (
            fields["cancelled"] or fields["shipped"] or fields["received"] or fields["return_requested"]
            or fields["returned"] or fields["exchanged"] or fields["refunded"] or fields["waived"] or fields["kept"]
        ):  # fmt: skip
            _check_quantities(self)
        if fields["taxes"]:
            _sum_taxes(self)
        return self

    @property
    def is_shippable(self) -> bool:
        """Whether units of it are sent and stocked: goods and gifts."""
        return self.kind in ("goods", "gift")

    @property
    def with_customer(self) -> int:
        """Units the customer should have: shipped and replaced, less those that came back."""
        return self.shipped + self.exchanged - self.returned

    @property
    def outstanding(self) -> int:
        """Units still to be shipped."""
        return self.quantity - self.cancelled - self.shipped if self.is_shippable else 0

    @property
    def discount_minor(self) -> int:
        """What all promotions take off the line, in minor units."""
        return sum(share.amount.minor for share in self.discounts)

    def list_amount(self, *, rounding: str) -> Money:
        """Return unit price times quantity, before discounts; rounded only where the price has sub-cents."""
        price = self.unit_price
        if isinstance(price, UnitPrice):
            return price.times(self.quantity, rounding=rounding)  # type: ignore[arg-type]  # checked there
        return price * self.quantity


def _check_amounts(line: OrderLine) -> None:
    currency = line.unit_price.currency
    if line.unit_cost is not None and line.unit_cost.currency is not currency:
        _fail_currency("unit_cost")
    for share in line.discounts:
        if share.amount.currency is not currency:
            _fail_currency("discounts")
        if share.per_unit and share.units != line.quantity:
            _fail("discounts", "per_unit runs over all units of the line", "sum")
    taken = line.discount_minor
    if not taken:
        return
    price = line.unit_price
    if isinstance(price, Money) and any(left < 0 for _, left in value_runs(line, price.minor)):
        _fail("discounts", "at most the unit price on every unit", "range")
    exact = price.minor * line.quantity if isinstance(price, Money) else price.times(line.quantity, rounding="up").minor
    if taken > exact:
        _fail("discounts", "at most the price of the line", "range")


def value_runs(line: OrderLine, unit_minor: int) -> list[tuple[int, int]]:
    """Return runs of units with what the discounts of stated units leave of the unit price, in minor units."""
    runs = [(line.quantity, unit_minor)]
    for share in line.discounts:
        if share.per_unit:
            runs = _merged(runs, share.per_unit)
    return runs


def _merged(runs: list[tuple[int, int]], shares: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    waiting = list(reversed(shares))
    for count, value in runs:
        left = count
        while left:
            units, minor = waiting.pop()
            taken = min(units, left)
            found.append((taken, value - minor))
            left -= taken
            if units > taken:
                waiting.append((units - taken, minor))
    return found


def _sum_taxes(line: OrderLine) -> None:
    whole = sum((part.rate for part in line.taxes), start=NO_TAX)
    if len({part.name for part in line.taxes}) != len(line.taxes):
        _fail("taxes", "taxes with names that differ", "duplicate")
    if "tax_rate" in line.model_fields_set and line.tax_rate != whole:
        _fail("tax_rate", "the sum of taxes", "sum")
    # Frozen for everybody else: the one field that follows from another is filled in here.
    line.__dict__["tax_rate"] = whole
    line.model_fields_set.add("tax_rate")


def _check_quantities(line: OrderLine) -> None:
    if line.cancelled + line.shipped > line.quantity:
        _fail("shipped", "at most quantity - cancelled", "range")
    if line.received > line.shipped:
        _fail("received", "at most shipped", "range")
    if line.exchanged > line.returned:
        _fail("exchanged", "at most returned", "range")
    if line.return_requested + line.returned > line.shipped + line.exchanged:
        _fail("returned", "at most shipped + exchanged", "range")
    if line.refunded + line.waived > line.quantity:
        _fail("refunded", "at most quantity - waived", "range")
    if line.kept > line.refunded:
        _fail("kept", "at most refunded", "range")
    if line.refunded - line.kept + line.waived + line.exchanged > line.cancelled + line.returned:
        _fail("refunded", "at most what was cancelled, returned or left to the customer", "range")
    if line.kept + line.return_requested > line.with_customer:
        _fail("kept", "at most the units with the customer", "range")


def _fail(argument: str, expected: str, reason: str) -> None:
    raise InputError(f"{argument} must be {expected}", argument=argument, expected=expected, reason=reason)


def _fail_currency(argument: str) -> None:
    raise CurrencyMismatchError(
        f"{argument} must be in the currency of unit_price",
        argument=argument,
        expected="the currency of unit_price",
        reason="currency_mismatch",
    )
