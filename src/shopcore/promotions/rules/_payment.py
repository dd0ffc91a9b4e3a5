"""Discounts that work like a payment: presale deposits, points, red packets."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from shopcore.models import Money, Public
from shopcore.models._fields import Amount, PositiveAmount, Price
from shopcore.models._rule import CartView, Cut, Proposal, Unmet
from shopcore.promotions.rules._base import NO_UNITS, Percent, Rule, fail_rule

__all__ = ["Points", "Presale", "RedPacket"]


class Presale(Rule):
    """A deposit paid now that counts for more later (预售定金膨胀): the difference comes off every unit chosen.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> Presale(deposit=Money(10000, "CNY"), worth=Money(15000, "CNY")).worth.text
    '150.00'
    """

    kind: Public[Literal["presale"]] = "presale"
    deposit: Public[PositiveAmount]
    worth: Public[PositiveAmount]

    @model_validator(mode="after")
    def _worth_more(self) -> Self:
        if self.worth.minor < self.deposit.minor:
            fail_rule("worth", "at least the deposit")
        return self

    def propose(self, view: CartView) -> Proposal:
        """Return the expansion on every unit, and the deposits to be paid now."""
        units = view.own
        if not units:
            return NO_UNITS
        more, price = self.worth.minor - self.deposit.minor, view.price
        # A unit cheaper than what the deposit is worth is paid in full by its deposit.
        now = sum(min(self.deposit.minor, price[unit]) for unit in units)
        return Proposal(
            (Cut(units, tuple(min(more, max(price[u] - self.deposit.minor, 0)) for u in units)),), pay_now=now
        )


class Points(Rule):
    """Points spent as money (积分抵扣): whole points only, at most a share of what the goods chosen cost.

    Never more points than take effect above the floors, under a budget and under the policy's cap on discounts.

    Parameters
    ----------
    value_per_point : Money or UnitPrice
        What one point pays.
    points : int, optional
        How many may be spent; by default all the buyer has.
    cap_percent : Rate, optional
        At most this share of the goods.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> Points(points=500, value_per_point=Money(1, "CNY"), cap_percent="50%").points
    500
    """

    kind: Public[Literal["points"]] = "points"
    value_per_point: Public[Price]
    points: Public[Annotated[int, Field(ge=0, le=10**12)] | None] = None
    cap_percent: Public[Percent | None] = None

    def propose(self, view: CartView) -> Proposal:
        """Return what the most points that fit pay."""
        have = view.cart.buyer.points if self.points is None else self.points
        value = self.value_per_point
        above, below = (value.minor, 1) if isinstance(value, Money) else _minor_ratio(value)
        if not have or not above:
            return Proposal(unmet=Unmet("no_points"))
        units = view.own
        room = sum(max(view.price[unit] - view.floor[unit], 0) for unit in units)
        if self.cap_percent is not None:
            spend = view.spend(units, "running")
            room = min(room, spend * self.cap_percent.numerator // self.cap_percent.denominator)
        used = min(have, room * below // above)
        off = used * above // below
        if not off:
            return Proposal(unmet=Unmet("no_effect"))
        # Points that would pay for a part of a minor unit stay with the buyer.
        return Proposal((Cut(units, total=off),), points=-(-off * below // above))


def _minor_ratio(value: object) -> tuple[int, int]:
    exact = value.amount * value.currency.factor  # type: ignore[attr-defined]  # a UnitPrice
    return exact.numerator, exact.denominator


class RedPacket(Rule):
    """An amount off whatever is left of the goods (红包), spread by value.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> RedPacket(amount=Money(888, "CNY")).amount.text
    '8.88'
    """

    kind: Public[Literal["red_packet"]] = "red_packet"
    amount: Public[Amount]

    def propose(self, view: CartView) -> Proposal:
        """Return the amount, or what is left."""
        return Proposal((Cut(view.own, total=self.amount.minor),)) if view.own else NO_UNITS
