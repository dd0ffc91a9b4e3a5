"""The fee table: frozen, versioned, read from JSON within limits; nothing in it is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from shopcore._checks import at_most, fail, instance
from shopcore._rounding import Rounding
from shopcore.models._base import Model
from shopcore.models._currency import Currency
from shopcore.models._money import Money
from shopcore.models._privacy import Public
from shopcore.models._rate import Rate
from shopcore.pricing._charges import Commission, Fixed, PaymentFee, Percent, ReturnLoss
from shopcore.pricing._component import AsTuple, Component, Exchange, Name, Share, minor_in
from shopcore.pricing._freight import Freight
from shopcore.pricing._lines import Term
from shopcore.pricing._plan import Plan

MAX_COMPONENTS = 64
GOODS = "goods"


class Tax(Model):
    """Value-added or sales tax (增值税) of the price: inside it, or on top of it.

    Inside: net = round(gross / (1 + rate)), tax = gross - net. On top: tax = round(price x rate).
    """

    rate: Public[Share]
    included: Public[bool] = True
    rounding: Public[Rounding] = "half_up"


Fee: TypeAlias = Annotated[
    Percent | Fixed | Commission | PaymentFee | Freight | ReturnLoss, Field(discriminator="kind")
]


def _code(code: str) -> str:
    return Currency.of(code, withdrawn_ok=True).code


class FeeTable(Model):
    """All that a sale pays (费用表), in one currency, with the day it comes into force.

    Parameters
    ----------
    name : str
        Such as ``"platform, beauty"``.
    currency : str
        ISO 4217 code of every amount; others need an `Exchange`.
    valid_from : date
        First day in force; `fees_in_force` picks among versions.
    tax : Tax
        No tax unless given.
    fees : tuple of Percent, Fixed, Commission, PaymentFee, Freight, ReturnLoss
        At most 64, each of its own name, in the order of the waterfall. The goods come first and are not a fee.
    exchange : tuple of Exchange
        Exact rates for amounts and costs in other currencies.
    valid_until : date, optional
        Last day in force.

    Raises
    ------
    InputError
        If a name is used twice, a rate is not from 0 to 1, bands overlap, an amount is in a foreign currency.

    Examples
    --------
    >>> from shopcore.pricing import Band
    >>> shop = FeeTable(
    ...     name="shop",
    ...     currency="CNY",
    ...     valid_from=date(2026, 1, 1),
    ...     tax=Tax(rate="13%"),
    ...     fees=[
    ...         Commission(name="commission", bands=[Band(up_to=None, rate="5%")]),
    ...         PaymentFee(name="payment", rate="0.6%"),
    ...         Fixed(name="packaging", level="cm2", amount=Money(80, "CNY")),
    ...     ],
    ... )
    >>> FeeTable.from_json(shop.to_json()) == shop
    True
    """

    schema_version: Public[Literal[1]] = 1
    name: Public[Name]
    currency: Public[Annotated[str, AfterValidator(_code)]]
    valid_from: Public[date]
    valid_until: Public[date | None] = None
    tax: Public[Tax] = Tax(rate=Rate(0))
    fees: Public[Annotated[tuple[Fee, ...], AsTuple, Field(max_length=MAX_COMPONENTS)]] = ()
    exchange: Public[Annotated[tuple[Exchange, ...], AsTuple, Field(max_length=50)]] = ()

    max_json_bytes = 1_000_000

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [fee.name for fee in self.fees]
        if len({GOODS, *names}) != len(names) + 1:
            fail("fees", names, f"of different names, none of them {GOODS!r}", reason="duplicate")
        if self.valid_until is not None and self.valid_until < self.valid_from:
            fail("valid_until", self.valid_until, f"on or after {self.valid_from}", reason="range")
        for fee in self.fees:
            for money in fee.amounts():
                minor_in(money, self.money, self.exchange)
        return self

    @property
    def money(self) -> Currency:
        """The table's currency."""
        return Currency.of(self.currency, withdrawn_ok=True)

    @cached_property
    def plan(self) -> Plan:
        """The table in whole numbers, made once."""
        currency, rate = self.money, self.tax.rate

        def minor(money: Money | None) -> int:
            return 0 if money is None else minor_in(money, currency, self.exchange)

        return Plan(
            currency=currency,
            names=(GOODS, *(fee.name for fee in self.fees)),
            levels=("cm1", *(fee.level for fee in self.fees)),
            terms=(Term(by_cost=1), *(fee.in_numbers(minor) for fee in self.fees)),
            exchange=self.exchange,
            tax_net=rate.denominator,
            tax_whole=rate.denominator + rate.numerator,
            tax_included=self.tax.included,
            tax_rounding=self.tax.rounding,
        )

    def fee(self, name: str) -> Component:
        """Return the fee of that name."""
        found = next((fee for fee in self.fees if fee.name == name), None)
        if found is None:
            fail("name", name, "one of " + ", ".join(fee.name for fee in self.fees), reason="unknown_fee")
        return found

    def replace(self, *fees: Component) -> Self:
        """Return a table in which fees of the same names are replaced, and new ones added at the end."""
        new = {fee.name: fee for fee in fees}
        kept = [new.pop(fee.name, fee) for fee in self.fees]
        return self.evolve(fees=(*kept, *new.values()))


def plan_of(fees: FeeTable) -> Plan:
    """Return the table in whole numbers after checking that it is one."""
    return instance("fees", fees, FeeTable).plan


def fees_in_force(tables: Iterable[FeeTable], day: date) -> FeeTable | None:
    """Return the version in force on a day: the latest that has begun and not ended; None if there is none.

    Parameters
    ----------
    tables : iterable of FeeTable
        Versions of one table, in any order; of two that begin the same day the later one in order counts.
    day : date
        The day of the sale.

    Examples
    --------
    >>> old = FeeTable(name="shop", currency="CNY", valid_from=date(2025, 1, 1))
    >>> new = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1))
    >>> fees_in_force([new, old], date(2025, 6, 1)) is old
    True
    """
    versions = list(tables)
    at_most("tables", versions, 100_000, "versions")
    found: FeeTable | None = None
    for table in versions:
        begun = table.valid_from <= day and (table.valid_until is None or day <= table.valid_until)
        if begun and (found is None or table.valid_from >= found.valid_from):
            found = table
    return found
