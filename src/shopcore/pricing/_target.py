"""What a price has to reach: profit, margin, markup or return on what was laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from shopcore._checks import fail
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result
from shopcore.pricing._plan import Curve
from shopcore.pricing._search import Goal

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["Target"]

TargetKind: TypeAlias = Literal["profit", "margin", "margin_on_gross", "markup", "roi"]
_WORDS = {
    "profit": "profit at least",
    "margin": "profit over net at least",
    "margin_on_gross": "profit over gross at least",
    "markup": "profit over goods at least",
    "roi": "profit over all costs at least",
}


@dataclass(frozen=True, slots=True)
class Target(Result):
    """A target for `price_for` (定价目标), compared exactly and never on a rounded percentage.

    Made by `Target.profit`, `Target.margin`, `Target.margin_on_gross`, `Target.markup` or `Target.roi`.

    Attributes
    ----------
    kind : str
        Which of them.
    rate : Rate
        The share asked for; 0 for a profit.
    amount : Money or None
        The profit asked for, or what a margin must leave on top; None for none.

    Examples
    --------
    >>> print(Target.margin("20%").explain())
    profit over net at least 20.00 %
    >>> Target.margin("25")
    Traceback (most recent call last):
    ...
    shopcore.errors.InputError: target_margin must be in [0, 1), got '25'; write 25 % as "0.25" or "25%"
    """

    kind: TargetKind
    rate: Rate
    amount: Money | None = None

    @classmethod
    def profit(cls, amount: Money) -> Target:
        """Return the target of a profit on the order; zero is break-even."""
        if type(amount) is not Money:
            fail("target_profit", amount, "a Money", reason="type")
        return cls("profit", Rate(0), amount)

    @classmethod
    def margin(cls, rate: RateLike, *, plus: Money | None = None) -> Target:
        """Return the target of a margin on net, in [0, 1), and an amount on top of it."""
        return cls("margin", _below_one("target_margin", rate), plus)

    @classmethod
    def margin_on_gross(cls, rate: RateLike, *, plus: Money | None = None) -> Target:
        """Return the target of a margin on the price with tax, in [0, 1)."""
        return cls("margin_on_gross", _below_one("target_margin", rate), plus)

    @classmethod
    def markup(cls, rate: RateLike) -> Target:
        """Return the target of a profit over the cost of the goods, zero or more."""
        return cls("markup", rate_argument("target_markup", rate, low=0, high=10_000))

    @classmethod
    def roi(cls, rate: RateLike) -> Target:
        """Return the target of a profit over everything laid out (all lines), zero or more."""
        return cls("roi", rate_argument("target_roi", rate, low=0, high=10_000))

    def explain(self) -> str:
        """Return the target in words."""
        asked = "" if self.kind == "profit" else f" {(self.rate * 100).as_decimal(2)} %"
        plus = "" if self.amount is None else (" " if self.kind == "profit" else " plus ") + str(self.amount)
        return _WORDS[self.kind] + asked + plus

    def goal(self, curve: Curve) -> Goal:
        """Return the target in whole numbers for one filled curve."""
        top, bottom = self.rate.numerator, self.rate.denominator
        amount = 0
        if self.amount is not None:
            if self.amount.currency is not curve.plan.currency:
                same_currency(Money(0, curve.plan.currency), self.amount)
            amount = self.amount.minor
        if self.kind == "profit":
            return Goal(1, 0, 0, amount)
        if self.kind == "margin":
            return Goal(bottom, top, 0, bottom * amount)
        if self.kind == "margin_on_gross":
            return Goal(bottom, 0, top, bottom * amount)
        if self.kind == "markup":
            return Goal(bottom, 0, 0, top * curve.goods)
        # profit >= rate x (net - profit), as net - profit is the sum of all lines.
        return Goal(bottom + top, top, 0, 0)


def _below_one(argument: str, rate: RateLike) -> Rate:
    return rate_argument(argument, rate, low=0, high=1, high_open=True)
