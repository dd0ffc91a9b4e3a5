"""The lucky wheel (幸运转盘): what was won is a fact of the buyer; a price never spins."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from shopcore.models import CartView, Cut, Model, Money, Proposal, Public, Rate, Unmet
from shopcore.promotions import Selector

Name = Annotated[str, StringConstraints(min_length=1, max_length=31, pattern=r"^[a-z0-9_-]+$")]


class Prize(Model):
    """A field of the wheel: a percent off, or an amount off; with neither it is a blank (谢谢参与).

    Examples
    --------
    >>> Prize(name="gold", percent="20%").percent
    Rate('0.2')
    """

    name: Public[Name]
    percent: Public[Rate | None] = None
    amount: Public[Money | None] = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.percent is not None and self.amount is not None:
            raise ValueError("a prize is a percent or an amount, not both")
        if self.percent is not None and not 0 <= self.percent <= 1:
            raise ValueError("percent must be between 0 and 1")
        if self.amount is not None and self.amount.minor < 0:
            raise ValueError("amount must not be negative")
        return self


class LuckyWheel(Model):
    """What the buyer won on the wheel, off the goods chosen.

    The host draws once and keeps the result as a segment of the buyer, ``"{wheel}:{prize}"``: pricing the cart again,
    or a return a year later, finds the same prize. Of several prizes the first on the wheel counts.

    Parameters
    ----------
    wheel : str
        Which wheel, for example ``"party"``.
    prizes : tuple of Prize
        At most 32; names differ.
    most : Money, optional
        It never takes off more than this.
    on : Selector
        The goods it speaks of.

    Examples
    --------
    >>> from shopcore.models import Buyer, Cart, CartLine, Promotion
    >>> from shopcore.promotions import evaluate
    >>> lamp = CartLine(line_id="1", sku="LAMP", quantity=2, unit_price=Money(9900, "CNY"))
    >>> cart = Cart(currency="CNY", lines=[lamp], buyer=Buyer(segments=["party:gold"]))
    >>> wheel = LuckyWheel(wheel="party", prizes=(Prize(name="gold", percent="20%"),), most=Money(3000, "CNY"))
    >>> evaluate(cart, [Promotion(promotion_id="wheel", effect=wheel)]).total
    Money(16800, 'CNY')
    """

    kind: Public[Literal["wheel.lucky"]] = "wheel.lucky"
    v: Public[Literal[1]] = 1
    wheel: Public[Name]
    prizes: Public[Annotated[tuple[Prize, ...], Field(min_length=1, max_length=32)]]
    most: Public[Money | None] = None
    on: Public[Selector] = Selector()

    @model_validator(mode="after")
    def _a_sound_wheel(self) -> Self:
        if len({prize.name for prize in self.prizes}) < len(self.prizes):
            raise ValueError("two prizes share a name")
        if self.most is not None and self.most.minor < 0:
            raise ValueError("most must not be negative")
        return self

    def propose(self, view: CartView) -> Proposal:
        """Return the prize the buyer won as a discount over the goods."""
        won = self._won(view)
        if won is None:
            return Proposal(unmet=Unmet("wheel_not_spun"))
        units = view.units(self.on)
        minor = self._minor(won, view, units)
        if not minor:
            return Proposal(unmet=Unmet("wheel_blank" if units else "no_goods_of_the_wheel"))
        return Proposal((Cut(units, total=minor),))

    def upper_bound(self, view: CartView) -> int:
        """Return the most it could take off at these or any lower prices."""
        won = self._won(view)
        return self._minor(won, view, view.units(self.on)) if won else 0

    def _won(self, view: CartView) -> Prize | None:
        held = set(view.cart.buyer.segments)
        return next((prize for prize in self.prizes if f"{self.wheel}:{prize.name}" in held), None)

    def _minor(self, prize: Prize, view: CartView, units: tuple[int, ...]) -> int:
        prices = view.prices()
        minor = 0 if prize.amount is None else prize.amount.minor
        if prize.percent is not None:
            minor = view.share(prize.percent, sum(prices[unit] for unit in units))
        minor = min(minor, sum(view.price[unit] for unit in units))
        return minor if self.most is None else min(minor, self.most.minor)
