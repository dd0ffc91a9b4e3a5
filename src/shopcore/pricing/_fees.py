"""Fees as data: frozen, versioned, read from JSON within limits; nothing in them is evaluated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from shopcore._checks import at_most, fail
from shopcore._rounding import Rounding
from shopcore.models._base import Model
from shopcore.models._currency import Currency
from shopcore.models._money import Money
from shopcore.models._privacy import Public
from shopcore.models._rate import Rate
from shopcore.pricing._component import Amount, AsTuple, Base, Charge, Component, Exchange, Level, Name, Share, minor_in
from shopcore.pricing._freight import Freight

if TYPE_CHECKING:
    from shopcore.pricing._plan import Plan

MAX_COMPONENTS = 64
MAX_BANDS = 100
GOODS = "goods"


class Tax(Model):
    """Value-added or sales tax (增值税) of the price: inside it, or on top of it.

    Inside: net = round(gross / (1 + rate)), tax = gross - net. On top: tax = round(price x rate).
    """

    rate: Public[Share]
    included: Public[bool] = True
    rounding: Public[Rounding] = "half_up"


class Percent(Component):
    """A share of one base (按比例): advertising, drop-ship share, promotion, overhead, duty on cost.

    Examples
    --------
    >>> Percent(name="advertising", level="cm3", rate="10%").base
    'gross'
    """

    kind: Public[Literal["percent"]] = "percent"
    rate: Public[Share]
    base: Public[Base] = "gross"


class Fixed(Component):
    """A fixed amount (固定费用) for each order or each unit: packaging, storage, advertising per order.

    A negative amount is income, such as shipping paid by the buyer.
    """

    kind: Public[Literal["fixed"]] = "fixed"
    amount: Public[Amount]
    per: Public[Literal["unit", "order"]] = "order"

    def amounts(self) -> tuple[Money, ...]:
        """Return the amount."""
        return (self.amount,)


class Band(Model):
    """One band of a commission: the rate up to and with an amount; None means without end."""

    up_to: Public[Charge | None]
    rate: Public[Share]


class Commission(Component):
    """A platform's commission (平台扣点) in bands, with minimum and cap.

    Parameters
    ----------
    mode : {"slab", "marginal"}
        The whole amount at the rate of the band it falls in, or each portion at its own rate.
    bands : tuple of Band
        Ascending; an edge belongs to the lower band; the last one is without end.
    minimum, cap : Money, optional
        Applied after rounding, the minimum first.
    base : {"gross", "net"}
        What the bands and rates look at.
    per : {"unit", "order"}
        Whether it is charged for each unit (then times the quantity) or once on the order.

    Examples
    --------
    >>> bands = [Band(up_to=Money(1000, "USD"), rate="8%"), Band(up_to=None, rate="15%")]
    >>> beauty = Commission(name="referral fee", bands=bands, minimum=Money(30, "USD"))
    >>> beauty.mode, len(beauty.bands)
    ('slab', 2)
    """

    kind: Public[Literal["commission"]] = "commission"
    level: Public[Level] = "cm2"
    base: Public[Literal["gross", "net"]] = "gross"
    mode: Public[Literal["slab", "marginal"]] = "slab"
    bands: Public[Annotated[tuple[Band, ...], AsTuple, Field(max_length=MAX_BANDS)]]
    minimum: Public[Charge | None] = None
    cap: Public[Charge | None] = None
    per: Public[Literal["unit", "order"]] = "unit"

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_bands(self.bands)
        if self.minimum is not None and self.cap is not None and self.minimum > self.cap:
            fail("minimum", str(self.minimum), f"at most the cap ({self.cap})", reason="minimum_above_cap")
        return self

    def amounts(self) -> tuple[Money, ...]:
        """Return the edges, the minimum and the cap."""
        edges = [band.up_to for band in self.bands if band.up_to is not None]
        return (*edges, *(limit for limit in (self.minimum, self.cap) if limit is not None))


def check_bands(bands: tuple[Band, ...]) -> None:
    """Refuse bands that are none, overlap, or do not reach to the end."""
    if not bands:
        fail("bands", (), "at least one band", reason="empty")
    edges = [band.up_to for band in bands]
    if edges[-1] is not None:
        fail("bands", str(edges[-1]), "without end in the last band", reason="open_end", hint="write up_to=None")
    inner = [edge for edge in edges[:-1] if edge is not None]
    if len(inner) != len(edges) - 1:
        fail("bands", None, "with an end in every band but the last", reason="overlapping")
    for low, high in pairwise(inner):
        if low >= high:
            fail("bands", str(high), f"ascending: above {low}", reason="overlapping")


class PaymentFee(Component):
    """A payment provider's fee (支付手续费): percent of the order and a fixed amount, each fee rounded once."""

    kind: Public[Literal["payment"]] = "payment"
    level: Public[Level] = "cm2"
    rate: Public[Share]
    fixed: Public[Charge | None] = None
    base: Public[Literal["gross", "net"]] = "gross"
    minimum: Public[Charge | None] = None
    cap: Public[Charge | None] = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.minimum is not None and self.cap is not None and self.minimum > self.cap:
            fail("minimum", str(self.minimum), f"at most the cap ({self.cap})", reason="minimum_above_cap")
        return self

    def amounts(self) -> tuple[Money, ...]:
        """Return the fixed part, the minimum and the cap."""
        return tuple(limit for limit in (self.fixed, self.minimum, self.cap) if limit is not None)


class ReturnLoss(Component):
    """The loss that returns cost an order on average (退货损耗).

    Parameters
    ----------
    rate : Rate
        Share of orders that come back.
    freight : Money, optional
        Freight of a returned order that nobody refunds, out and back.
    loss_share : Rate
        Share of the goods' cost that is lost with a return (unsaleable, written down).
    basis : {"kept", "shipped"}
        ``kept``: revenue counts orders that stay sold; a return costs freight and damage only.
        ``shipped``: revenue counts every order sent; a return also gives the net price back and saves the goods
        that come back whole; fees are not refunded.

    Notes
    -----
    kept: rate x (freight + loss_share x cost). shipped: rate x (net + freight - (1 - loss_share) x cost).

    Examples
    --------
    >>> loss = ReturnLoss(name="returns", rate="8%", freight=Money(1600, "CNY"), loss_share="30%")
    >>> loss.rate, loss.amounts()
    (Rate('0.08'), (Money(1600, 'CNY'),))
    """

    kind: Public[Literal["return_loss"]] = "return_loss"
    level: Public[Level] = "cm2"
    rate: Public[Share]
    freight: Public[Charge | None] = None
    loss_share: Public[Share] = Rate(0)
    basis: Public[Literal["kept", "shipped"]] = "kept"

    def amounts(self) -> tuple[Money, ...]:
        """Return the freight."""
        return () if self.freight is None else (self.freight,)


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
        """The table compiled to whole numbers, made once."""
        from shopcore.pricing._plan import compile_table

        return compile_table(self)

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
