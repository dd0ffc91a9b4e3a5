"""What the built-in rules share: a kind, a version, the lines they speak of, and reading a view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal, NoReturn, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from shopcore.errors import InputError
from shopcore.models import Model, Public, Rate
from shopcore.models._fields import Amount, Quantity
from shopcore.models._rate import rate_argument
from shopcore.models._rule import CartView, Cut, Proposal, Unmet
from shopcore.promotions._selector import EVERYTHING, Selector

MANY: Final = 10**9
__all__ = [
    "MANY",
    "NO_UNITS",
    "Percent",
    "Quantity",
    "Rule",
    "Saving",
    "Times",
    "amount_of",
    "chooses_any",
    "dearest",
    "fail_rule",
    "most_off",
    "one_given",
    "too_few",
]

NO_UNITS: Final = Proposal(unmet=Unmet("missing_item"))


def _percent(rate: Rate) -> Rate:
    return rate_argument("percent", rate, high=1)


Percent: TypeAlias = Annotated[Rate, AfterValidator(_percent)]
Times: TypeAlias = Annotated[int, Field(ge=1, le=10_000)]


class Rule(Model):
    """Base of the built-in rules; `on` chooses the lines, `v` is the version of its fields."""

    v: Public[Literal[1]] = 1
    on: Public[Selector] = EVERYTHING

    # Whether lower prices never make it take off more: its proposal is then its own upper bound.
    monotone: ClassVar[bool] = True

    @property
    def uses(self) -> int:
        """How often it may be used where a proposal is one use of it."""
        return 1


class Saving(Rule):
    """Base of rules about a set of units: a price for the set, or an amount or percent off it."""

    price: Public[Amount | None] = None
    amount: Public[Amount | None] = None
    percent: Public[Percent | None] = None
    max_times: Public[Times | None] = None

    monotone: ClassVar[bool] = False

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        one_given(price=self.price, amount=self.amount, percent=self.percent)
        return self

    @property
    def uses(self) -> int:
        """How many sets there may be."""
        return self.max_times or MANY

    def cut(self, view: CartView, units: tuple[int, ...]) -> Cut | None:
        """Return what a set of units gets; None where it gains nothing."""
        if self.percent is not None:
            return Cut(units, rate=self.percent, carriers=units)
        whole = sum(view.price[unit] for unit in units)
        off = whole - self.price.minor if self.price is not None else min(whole, amount_of(self.amount))
        return Cut(units, total=off) if off > 0 else None


def amount_of(amount: Any) -> int:
    """Return the minor units of an amount, 0 of none."""
    return 0 if amount is None else int(amount.minor)


def chooses_any(view: CartView, on: Selector) -> bool:
    """Return whether a selection has goods in the cart, used by other promotions or not."""
    lines = view.cart.lines
    return bool(lines) if on.is_everything else any(map(on.matches, lines))


def one_given(**fields: Any) -> None:
    """Refuse unless exactly one field is given."""
    if sum(value is not None for value in fields.values()) != 1:
        fail_rule(" or ".join(fields), "exactly one of " + ", ".join(fields))


def fail_rule(argument: str, expected: str) -> NoReturn:
    """Refuse fields of a rule that do not fit together."""
    raise InputError(f"{argument} must be {expected}", argument=argument, expected=expected, reason="choice")


def dearest(view: CartView, units: tuple[int, ...]) -> list[int]:
    """Return units from the dearest; ties in the order of the cart."""
    # Sorting is stable, in reverse too, and units come in the order of the cart.
    return sorted(units, key=view.price.__getitem__, reverse=True)


def most_off(view: CartView, rate: Rate, units: Sequence[int], pool: Iterable[int]) -> int:
    """Return what a percent can take off so many units at most, at these prices or lower ones; each rounded up.

    Units are chosen by what they cost now. Where the percent is measured on other prices, which units those will be
    is not known, so the dearest of the pool on that basis are counted.
    """
    terms: Any = getattr(view, "terms", None)
    step, running = (1, True) if terms is None else (terms.step, terms.percent_basis == "running")
    base = view.prices()
    worth = [base[unit] for unit in units] if running else sorted((base[unit] for unit in pool), reverse=True)
    above, below = rate.numerator, rate.denominator * step
    return sum(-(-price * above // below) * step for price in worth[: len(units)])


def too_few(units: int, needed: int) -> Proposal:
    """Return the proposal of nothing for want of units."""
    return Proposal(unmet=Unmet("not_enough_items" if units else "missing_item", count=needed - units))
