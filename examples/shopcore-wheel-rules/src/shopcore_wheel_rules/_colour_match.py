"""Goods of one colour (同色搭配): articles that match are cheaper together."""

from collections.abc import Set
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from shopcore.models import CartLine, CartView, Cut, Model, Proposal, Public, Rate, Unmet
from shopcore.promotions import Selector

Tag = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ColourMatch(Model):
    """A percent off everything in a colour that enough different articles share.

    Colours are tags of the lines, and the rule lists those that count. A line of several colours is discounted once;
    more of the same article does not make a match. The order of the lines does not matter.

    Parameters
    ----------
    colours : tuple of str
        Tags that are colours; at most 64.
    articles : int
        How many different SKUs must share one, 2 to 100.
    percent : Rate
        Off each of their units, 0 to 1.
    on : Selector
        The goods it speaks of.

    Examples
    --------
    >>> from shopcore.models import Cart, Money, Promotion
    >>> from shopcore.promotions import evaluate
    >>> lines = [CartLine(line_id=sku, sku=sku, quantity=1, unit_price=Money(10000, "CNY"), tags=[colour])
    ...          for sku, colour in (("COAT", "red"), ("SCARF", "red"), ("HAT", "blue"))]
    >>> match = ColourMatch(colours=("red", "blue"), percent="10%")
    >>> evaluate(Cart(currency="CNY", lines=lines), [Promotion(promotion_id="red", effect=match)]).total
    Money(28000, 'CNY')
    """

    kind: Public[Literal["wheel.colour_match"]] = "wheel.colour_match"
    v: Public[Literal[1]] = 1
    colours: Public[Annotated[tuple[Tag, ...], Field(min_length=1, max_length=64)]]
    articles: Public[Annotated[int, Field(ge=2, le=100)]] = 2
    percent: Public[Rate]
    on: Public[Selector] = Selector()

    @model_validator(mode="after")
    def _a_share(self) -> Self:
        if not 0 <= self.percent <= 1:
            raise ValueError("percent must be between 0 and 1")
        return self

    def propose(self, view: CartView) -> Proposal:
        """Return the percent off every unit in a colour that matches."""
        by_colour = self._skus_by_colour(view)
        units = self._matching(view, by_colour)
        if units:
            return Proposal((Cut(units, rate=self.percent),))
        nearest = max((len(skus) for skus in by_colour.values()), default=0)
        return Proposal(unmet=Unmet("colours_do_not_match", count=self.articles - nearest))

    def upper_bound(self, view: CartView) -> int:
        """Return the most it could take off: whatever the policy rounds, no more than the matching units cost."""
        return sum(view.price[unit] for unit in self._matching(view, self._skus_by_colour(view)))

    def _colours_of(self, line: CartLine) -> Set[str]:
        return set(line.tags) & set(self.colours)

    def _skus_by_colour(self, view: CartView) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for unit in view.units(self.on):
            line = view.cart.lines[view.line_of[unit]]
            for colour in self._colours_of(line):
                found.setdefault(colour, set()).add(line.sku)
        return found

    def _matching(self, view: CartView, by_colour: dict[str, set[str]]) -> tuple[int, ...]:
        matched = {colour for colour, skus in by_colour.items() if len(skus) >= self.articles}
        lines = [bool(self._colours_of(line) & matched) for line in view.cart.lines]
        return tuple(unit for unit in view.units(self.on) if lines[view.line_of[unit]])
