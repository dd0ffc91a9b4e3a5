"""Landed cost: goods, freight and duty of a shipment, allocated to its lines without losing a cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from shopcore._checks import at_most, fail, integer, one_of
from shopcore._rounding import Rounding, round_div
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import Result
from shopcore.models._unit_price import UnitPrice

if TYPE_CHECKING:
    from shopcore.models._currency import Currency
    from shopcore.typing import RateLike

__all__ = ["LandedCost", "LandedLine", "PurchaseLine", "landed_cost"]

FreightBy: TypeAlias = Literal["weight", "quantity", "value"]


@dataclass(frozen=True, slots=True)
class PurchaseLine(Result):
    """A line bought: units, price of one (which may have digits below the minor unit), grams of one."""

    quantity: int
    unit_price: UnitPrice = field(repr=False)
    weight: int = 0

    def __post_init__(self) -> None:
        integer("quantity", self.quantity, low=1, high=10**9)
        integer("weight", self.weight, low=0, high=10**9)
        if type(self.unit_price) is not UnitPrice:
            fail("unit_price", None, "a UnitPrice", reason="type")
        if self.unit_price.amount < 0:
            fail("unit_price", None, "zero or positive", reason="range")


@dataclass(frozen=True, slots=True)
class LandedLine(Result):
    """A line with its share of freight and duty; `total` is what to book, `unit` is derived from it.

    Attributes
    ----------
    value, freight, duty : Money
        In the currency of purchase.
    total : Money
        Sum of the three in the currency wanted.
    unit : Money
        Total over quantity, half up: for price lists; quantity x unit is not the total.
    exact_unit : Rate
        Total over quantity in minor units, exact.
    """

    quantity: int
    value: Money = field(repr=False)
    freight: Money = field(repr=False)
    duty: Money = field(repr=False)
    total: Money = field(repr=False)
    unit: Money = field(repr=False)
    exact_unit: Rate = field(repr=False)


@dataclass(frozen=True, slots=True)
class LandedCost(Result):
    """The landed cost of a shipment, line by line; parts sum to the whole."""

    lines: tuple[LandedLine, ...]
    freight: Money = field(repr=False)
    duty: Money = field(repr=False)
    total: Money = field(repr=False)
    by: FreightBy

    def explain(self) -> str:
        """Return a line for each line, with its share of freight and duty."""
        rows = [
            f"{x.quantity} units: {x.value} + freight {x.freight.text} + duty {x.duty.text} = {x.total}, {x.unit} each"
            for x in self.lines
        ]
        return "\n".join([*rows, f"freight by {self.by}; total {self.total}"])


def landed_cost(
    lines: Sequence[PurchaseLine],
    *,
    freight: Money,
    duty: RateLike = 0,
    currency: str | Currency | None = None,
    fx: RateLike | None = None,
    by: FreightBy = "weight",
    rounding: Rounding = "half_up",
) -> LandedCost:
    """Return the landed cost of a shipment's lines (到岸成本): goods, freight share and duty, converted once.

    Parameters
    ----------
    lines : sequence of PurchaseLine
        At least one, in the freight's currency.
    freight : Money
        Of the whole shipment.
    duty : Rate, str, Decimal or int
        On value plus freight share, from 0 to 10.
    currency, fx : optional
        Currency wanted and units of it for one unit of the purchase currency; both or neither.
    by : {"weight", "quantity", "value"}
        What the freight is shared by.

    Raises
    ------
    InputError
        If all weights are zero (``by="weight"`` needs them), or only one of `currency` and `fx` is given.

    Notes
    -----
    Freight is allocated by largest remainder, so its shares sum to it. Duty is rounded for each line; each line's
    total is converted once. Totals are carried, units derived.

    Examples
    --------
    >>> shipment = [
    ...     PurchaseLine(100, UnitPrice("2.50", "USD"), weight=200),
    ...     PurchaseLine(50, UnitPrice("6.00", "USD"), weight=500),
    ... ]
    >>> print(landed_cost(shipment, freight=Money(18000, "USD"), duty="8%", currency="CNY", fx="7.12").explain())
    100 units: 250.00 USD + freight 80.00 + duty 26.40 = 2537.57 CNY, 25.38 CNY each
    50 units: 300.00 USD + freight 100.00 + duty 32.00 = 3075.84 CNY, 61.52 CNY each
    freight by weight; total 5613.41 CNY
    """
    at_most("lines", lines, 100_000, "lines")
    if not lines:
        fail("lines", (), "at least one line", reason="empty")
    if (currency is None) != (fx is None):
        fail("fx", fx, "given together with `currency`", reason="missing")
    rate = rate_argument("duty", duty, low=0, high=10)
    values = [line.unit_price.times(line.quantity, rounding=rounding) for line in lines]
    for value in values:
        same_currency(freight, value)
    # No freight needs no weights.
    weights = _weights(lines, values, by)
    shares = freight.allocate(weights) if freight.minor else [freight] * len(lines)
    found = []
    for line, value, share in zip(lines, values, shares, strict=True):
        tax = (value + share).times(rate, rounding=rounding)
        total = value + share + tax
        if currency is not None and fx is not None:
            total = total.convert(currency, fx, rounding=rounding)
        unit = Money(round_div(total.minor, line.quantity, rounding), total.currency)
        found.append(LandedLine(line.quantity, value, share, tax, total, unit, Rate(total.minor) / line.quantity))
    return LandedCost(
        tuple(found),
        freight,
        Money.total((line.duty for line in found), freight.currency),
        Money.total((line.total for line in found), found[0].total.currency),
        by,
    )


def _weights(lines: Sequence[PurchaseLine], values: list[Money], by: FreightBy) -> list[int]:
    one_of("by", by, ("weight", "quantity", "value"))
    if by == "weight":
        return [line.weight * line.quantity for line in lines]
    if by == "quantity":
        return [line.quantity for line in lines]
    return [value.minor for value in values]
