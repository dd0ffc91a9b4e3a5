"""What a sale pays, as data: shares, fixed amounts, commissions in bands, payment fees, losses by returns."""

from __future__ import annotations

from itertools import pairwise
from math import lcm
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shopcore._checks import fail
from shopcore.models._base import Model
from shopcore.models._money import Money
from shopcore.models._privacy import Public
from shopcore.models._rate import Rate
from shopcore.pricing._component import Amount, AsTuple, Base, Charge, Component, Level, Share
from shopcore.pricing._lines import Reader, Term, band_term

MAX_BANDS = 100


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

    def in_numbers(self, minor: Reader) -> Term:
        """Return the share in whole numbers."""
        del minor
        top, bottom = self.rate.numerator, self.rate.denominator
        if self.base == "cost":
            return Term(by_cost=top, denominator=bottom, rounding=self.rounding)
        if self.base == "freight":
            return Term(by_freight=top, denominator=bottom, rounding=self.rounding)
        return Term(base=self.base, numerators=(top,), denominator=bottom, rounding=self.rounding)


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

    def in_numbers(self, minor: Reader) -> Term:
        """Return the amount in whole numbers."""
        amount = minor(self.amount)
        return Term(by_unit=amount) if self.per == "unit" else Term(offsets=(amount,))


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
        _check_limits(self)
        return self

    def amounts(self) -> tuple[Money, ...]:
        """Return the edges, the minimum and the cap."""
        edges = [band.up_to for band in self.bands if band.up_to is not None]
        return (*edges, *(limit for limit in (self.minimum, self.cap) if limit is not None))

    def in_numbers(self, minor: Reader) -> Term:
        """Return bands, minimum and cap as segments in whole numbers."""
        edges = [minor(band.up_to) for band in self.bands[:-1]]
        rates = [band.rate for band in self.bands]
        return band_term(
            edges,
            rates,
            base=self.base,
            rounding=self.rounding,
            limits=_limits(self, minor),
            marginal=self.mode == "marginal",
            per_unit=self.per == "unit",
        )


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
        _check_limits(self)
        return self

    def amounts(self) -> tuple[Money, ...]:
        """Return the fixed part, the minimum and the cap."""
        return tuple(limit for limit in (self.fixed, self.minimum, self.cap) if limit is not None)

    def in_numbers(self, minor: Reader) -> Term:
        """Return percent, fixed part, minimum and cap as segments in whole numbers."""
        limits, start = _limits(self, minor), minor(self.fixed)
        return band_term([], [self.rate], base=self.base, rounding=self.rounding, limits=limits, start=start)


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

    def in_numbers(self, minor: Reader) -> Term:
        """Return the expected loss in whole numbers."""
        of_cost = self.rate * self.loss_share
        if self.basis == "shipped":
            of_cost = -(self.rate - of_cost)
        whole = lcm(self.rate.denominator, of_cost.denominator)
        top = self.rate.numerator * (whole // self.rate.denominator)
        return Term(
            base="net" if self.basis == "shipped" else "none",
            numerators=(top if self.basis == "shipped" else 0,),
            offsets=(top * minor(self.freight),),
            by_cost=of_cost.numerator * (whole // of_cost.denominator),
            denominator=whole,
            rounding=self.rounding,
        )


def _check_limits(fee: Commission | PaymentFee) -> None:
    if fee.minimum is not None and fee.cap is not None and fee.minimum > fee.cap:
        fail("minimum", str(fee.minimum), f"at most the cap ({fee.cap})", reason="minimum_above_cap")


def _limits(fee: Commission | PaymentFee, minor: Reader) -> tuple[int | None, int | None]:
    low, high = fee.minimum, fee.cap
    return None if low is None else minor(low), None if high is None else minor(high)
