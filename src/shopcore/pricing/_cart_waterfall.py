"""The waterfall of a mixed cart: fees of the order are worked out once, and shared among its lines to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shopcore._checks import at_most, fail, instance
from shopcore.models._money import Money
from shopcore.models._result import Result, html_table
from shopcore.pricing._component import minor_in
from shopcore.pricing._fees import plan_of
from shopcore.pricing._item import Item
from shopcore.pricing._lines import Parcel, Term
from shopcore.pricing._plan import Plan
from shopcore.pricing._waterfall import Waterfall, check_price, percent

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable

__all__ = ["CartWaterfall", "cart_waterfall"]

MAX_LINES = 1000


@dataclass(frozen=True, slots=True)
class CartWaterfall(Result):
    """A cart from the gross price to the profit, as a whole and line by line; the lines sum to the whole exactly.

    Attributes
    ----------
    total : Waterfall
        The whole cart, as one sale.
    lines : tuple of Waterfall
        One for each line of the cart, in order, with its share of what the order pays once.
    """

    total: Waterfall
    lines: tuple[Waterfall, ...]

    def explain(self) -> str:
        """Return the whole waterfall, and what each line leaves."""
        rows = [
            f"line {number}: {line.quantity} x {Money(line.price, line.plan.currency).text}, "
            f"profit {line.profit}, margin {percent(line.margin)}"
            for number, line in enumerate(self.lines, start=1)
        ]
        return "\n".join([self.total.explain(), *rows])

    def _repr_html_(self) -> str:
        """Return the chart of the whole above a table of the lines; every name is escaped."""
        head = ("line", "units", "gross", "net", "CM2", "profit", "margin")
        rows: list[tuple[Any, ...]] = [
            (number, x.quantity, x.gross.text, x.net.text, x.cm2.text, x.profit.text, percent(x.margin))
            for number, x in enumerate(self.lines, start=1)
        ]
        return self.total._repr_html_() + html_table("Lines", head, rows)


@dataclass(slots=True)
class _Part:
    # One line of the cart in whole numbers, times its quantity except for the price.
    price: int
    quantity: int
    gross: int
    net: int
    cost: int
    weight: int
    volume: int


def cart_waterfall(lines: Sequence[tuple[Money, Item]], fees: FeeTable) -> CartWaterfall:
    """Return a mixed cart from the gross price to the profit, and each line's share of it (订单利润分摊).

    Parameters
    ----------
    lines : sequence of (Money, Item)
        Asked price of one unit, and what is sold, for each line; at most 1,000. The cart is one parcel.
    fees : FeeTable
        What the order pays.

    Returns
    -------
    CartWaterfall
        The whole and its lines.

    Raises
    ------
    InputError
        If there is no line, or lines go to different regions.
    CurrencyMismatchError
        If a price or cost is in another currency and the table has no rate for it.

    Notes
    -----
    Net is rounded for each line. Fees per unit are worked out for each line; all others once, on the sums of the
    cart, and shared by largest remainder: percentages by the amount they are taken of, freight by weight, fixed
    amounts and minimum fees by gross. A cart of one line equals `waterfall`.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Fixed, Percent
    >>> packing = Fixed(name="packaging", level="cm2", amount=Money(100, "CNY"))
    >>> ads = Percent(name="advertising", level="cm3", rate="10%")
    >>> fees = FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1), fees=[packing, ads])
    >>> cup, pot = Item(Money(900, "CNY"), quantity=2), Item(Money(4000, "CNY"))
    >>> cart = cart_waterfall([(Money(1990, "CNY"), cup), (Money(7990, "CNY"), pot)], fees)
    >>> [line.line("packaging").text for line in cart.lines], cart.total.profit.text
    (['0.33', '0.67'], '48.73')
    """
    if not isinstance(lines, Sequence):
        fail("lines", type(lines).__name__, "a sequence of (price, item)", reason="type")
    at_most("lines", lines, MAX_LINES, "lines")
    if not lines:
        fail("lines", (), "at least one line", reason="empty")
    plan = plan_of(fees)
    parts = [_part(price, item, plan) for price, item in lines]
    shares = _shares(plan, parts, _region(lines))
    found = tuple(
        Waterfall(plan, part.price, part.quantity, part.gross, part.net, amounts)
        for part, amounts in zip(parts, zip(*shares, strict=True), strict=True)
    )
    asked = sum(part.price * part.quantity for part in parts)
    gross, net = sum(part.gross for part in parts), sum(part.net for part in parts)
    return CartWaterfall(Waterfall(plan, asked, 1, gross, net, tuple(sum(share) for share in shares)), found)


def _part(price: Money, item: Item, plan: Plan) -> _Part:
    instance("item", item, Item)
    asked, quantity = check_price(price, plan), item.quantity
    gross, net = plan.split(asked * quantity)
    cost = minor_in(item.unit_cost, plan.currency, plan.exchange) * quantity
    return _Part(asked, quantity, gross, net, cost, item.weight * quantity, item.volume * quantity)


def _region(lines: Sequence[tuple[Money, Item]]) -> str | None:
    regions = {item.region for _, item in lines}
    if len(regions) != 1:
        fail("region", sorted(map(str, regions)), "the same for all lines, as the cart is one parcel", reason="mixed")
    return regions.pop()


def _shares(plan: Plan, parts: list[_Part], region: str | None) -> list[list[int]]:
    # For each line of the waterfall: what each line of the cart bears.
    weight, volume = sum(part.weight for part in parts), sum(part.volume for part in parts)
    by_weight = [part.weight for part in parts]
    parcels = {
        index: _split(term.fee(weight, volume, region), by_weight, parts, plan)
        for index, term in enumerate(plan.terms)
        if isinstance(term, Parcel)
    }
    freight = [sum(share) for share in zip(*parcels.values(), strict=True)] or [0] * len(parts)
    return [
        parcels[index] if isinstance(term, Parcel) else _term_shares(term, plan, parts, freight)
        for index, term in enumerate(plan.terms)
    ]


def _term_shares(term: Term, plan: Plan, parts: list[_Part], freight: list[int]) -> list[int]:
    if term.per_unit:
        return [_of_unit(term, plan, part) for part in parts]
    costs, units = [part.cost for part in parts], [part.quantity for part in parts]
    bases = [part.net if term.base == "net" else part.gross for part in parts]
    beside = term.beside(sum(costs), sum(freight), sum(units))
    amount = term.at(0 if term.base == "none" else sum(bases), beside)
    weights = bases
    if term.base == "none" and not any(term.offsets):
        weights = costs if term.by_cost else freight if term.by_freight else units
    return _split(amount, weights, parts, plan)


def _of_unit(term: Term, plan: Plan, part: _Part) -> int:
    gross, net = plan.split(part.price)
    return term.at(gross if term.base == "gross" else net) * part.quantity


def _split(amount: int, weights: list[int], parts: list[_Part], plan: Plan) -> list[int]:
    # By what the amount is taken of; where that is nothing at all, by units.
    if not any(weights):
        weights = [part.quantity for part in parts]
    return [share.minor for share in Money(amount, plan.currency).allocate(weights)]
