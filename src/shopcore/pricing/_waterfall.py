"""The waterfall: from the price paid to the profit, every line rounded once, and the sum exact by construction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from shopcore._checks import fail
from shopcore.models._amount import same_currency
from shopcore.models._money import Money
from shopcore.models._rate import Rate
from shopcore.models._result import Result
from shopcore.pricing._component import LEVEL_TEXT, LEVELS, Level
from shopcore.pricing._fees import plan_of
from shopcore.pricing._plan import Curve, Plan, curve_of

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.pricing._item import Item

# Fits a twin's 64 bits with any rate of six decimal places.
MAX_PRICE = 10**12


@dataclass(frozen=True, slots=True)
class Line(Result):
    """One step of a waterfall: what is taken, how much, and at which margin level."""

    name: str
    level: Level
    amount: Money = field(repr=False)

    def explain(self) -> str:
        """Return name, level and amount."""
        return f"{self.name} ({self.level}): {self.amount}"


@dataclass(frozen=True, slots=True, repr=False)
class Waterfall(Result):
    """A sale from the gross price to the profit (利润瀑布): gross = tax + all lines + profit, exactly.

    Attributes
    ----------
    plan : Plan
        Names and levels of the lines; from the fee table.
    price : int
        Asked price of one unit, minor units.
    quantity : int
        Units.
    gross_minor, net_minor : int
        What the buyer pays, and that without tax, minor units.
    amounts : tuple of int
        What each line takes, minor units, the goods first.

    Notes
    -----
    CM1 = net - lines of level cm1 (goods); CM2 = CM1 - lines of level cm2; CM3 = CM2 - lines of level cm3;
    profit = CM3 - overhead. Public glossaries differ, so the level of each line is data of the fee table.
    pocket price = what is left of the net price after the lines of level cm2 and cm3: it pays goods, overhead and
    profit (Marn, Roegner and Zawada, The Price Advantage, 2004, chapter 3).
    """

    plan: Plan
    price: int
    quantity: int
    gross_minor: int
    net_minor: int
    amounts: tuple[int, ...]

    def _money(self, minor: int) -> Money:
        return Money(minor, self.plan.currency)

    @property
    def gross(self) -> Money:
        """What the buyer pays."""
        return self._money(self.gross_minor)

    @property
    def net(self) -> Money:
        """The gross price without tax."""
        return self._money(self.net_minor)

    @property
    def tax(self) -> Money:
        """Gross less net."""
        return self._money(self.gross_minor - self.net_minor)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line with its name, level and amount, the goods first."""
        plan = self.plan
        return tuple(
            Line(name, level, self._money(amount))
            for name, level, amount in zip(plan.names, plan.levels, self.amounts, strict=True)
        )

    def line(self, name: str) -> Money:
        """Return the amount of one line."""
        if name not in self.plan.names:
            fail("name", name, "one of " + ", ".join(self.plan.names), reason="unknown_fee")
        return self._money(self.amounts[self.plan.names.index(name)])

    def level_minor(self, *levels: Level) -> int:
        """Return what the lines of some levels take together, in minor units."""
        pairs = zip(self.plan.levels, self.amounts, strict=True)
        return sum(amount for level, amount in pairs if level in levels)

    @property
    def cm1(self) -> Money:
        """Net less the goods and what comes with them."""
        return self._money(self.net_minor - self.level_minor("cm1"))

    @property
    def cm2(self) -> Money:
        """CM1 less selling and fulfilment: the margin before advertising and promotion."""
        return self._money(self.net_minor - self.level_minor("cm1", "cm2"))

    @property
    def cm3(self) -> Money:
        """CM2 less advertising and promotion."""
        return self._money(self.net_minor - self.level_minor("cm1", "cm2", "cm3"))

    @property
    def profit_minor(self) -> int:
        """Net less all lines, in minor units."""
        return self.net_minor - sum(self.amounts)

    @property
    def profit(self) -> Money:
        """Net less all lines."""
        return self._money(self.profit_minor)

    @property
    def pocket(self) -> Money:
        """Net less the lines of level cm2 and cm3: what reaches the pocket, to pay goods, overhead and profit."""
        return self._money(self.net_minor - self.level_minor("cm2", "cm3"))

    @property
    def margin(self) -> Rate | None:
        """Profit over net, exact; None where net is zero."""
        return ratio(self.profit_minor, self.net_minor)

    @property
    def margin_on_gross(self) -> Rate | None:
        """Profit over gross, exact; None where gross is zero."""
        return ratio(self.profit_minor, self.gross_minor)

    @property
    def markup(self) -> Rate | None:
        """Profit over the cost of the goods, exact; None where the goods cost nothing."""
        return ratio(self.profit_minor, self.amounts[0])

    @property
    def roi(self) -> Rate | None:
        """Profit over all lines together (everything laid out), exact; None where there is no outlay."""
        return ratio(self.profit_minor, sum(self.amounts))

    def contribution(self, level: Level) -> Money:
        """Return the margin after a level: cm1, cm2, cm3, or the profit for ``"overhead"``."""
        return self._money(self.net_minor - self.level_minor(*LEVELS[: LEVELS.index(level) + 1]))

    def to_dict(self) -> dict[str, Any]:
        """Return the waterfall as plain data; amounts in minor units, ratios as text."""
        return {
            "currency": self.plan.currency.code,
            "price": self.price,
            "quantity": self.quantity,
            "gross": self.gross_minor,
            "tax": self.gross_minor - self.net_minor,
            "net": self.net_minor,
            "lines": [{"name": x.name, "level": x.level, "amount": x.amount.minor} for x in self.lines],
            **{level: self.contribution(level).minor for level in LEVELS[:3]},
            "profit": self.profit_minor,
            "pocket": self.pocket.minor,
            "margin": _text(self.margin),
            "markup": _text(self.markup),
            "definitions": {level: LEVEL_TEXT[level] for level in LEVELS},
        }

    def explain(self) -> str:
        """Return the waterfall as lines of text with the definition of every level."""
        rows = [("gross", self.gross), ("tax", -self.tax), ("net", self.net)]
        notes = []
        for level in LEVELS:
            rows += [(f"  {line.name}", -line.amount) for line in self.lines if line.level == level]
            rows.append((level.upper() if level != "overhead" else "profit", self.contribution(level)))
            notes.append(LEVEL_TEXT[level])
        width = max(len(name) for name, _ in rows)
        body = [f"{name:<{width}}  {money.text:>12}" for name, money in rows]
        shares = f"margin {percent(self.margin)} of net, markup {percent(self.markup)} on goods"
        return "\n".join([f"{'':<{width}}  {self.plan.currency.code:>12}", *body, shares, *notes])

    def __repr__(self) -> str:
        """Return price, currency and number of lines; amounts are shown by `explain`, as they hold cost prices."""
        return f"<Waterfall of {self.gross}, {len(self.amounts)} lines>"

    def _repr_html_(self) -> str:
        """Return the waterfall as a small chart; every name is escaped."""
        plan = self.plan
        lines = list(zip(plan.names, plan.levels, self.amounts, strict=True))
        bars = bars_of(self.gross_minor, self.net_minor, lines)
        return chart(f"Waterfall, {plan.currency.code}", bars, lambda minor: self._money(minor).text)


# Name, amount shown, where its bar begins and ends, colour.
Bar: TypeAlias = tuple[str, int, int, int, str]


def _total(name: str, amount: int) -> Bar:
    return name, amount, min(amount, 0), max(amount, 0), "#b3403a" if amount < 0 else "#2f6f8f"


def _step(name: str, amount: int, left: int) -> Bar:
    return name, -amount, min(left, left - amount), max(left, left - amount), "#d9a441" if amount >= 0 else "#5b9f6b"


def bars_of(gross: int, net: int, lines: Sequence[tuple[str, Level, int]]) -> list[Bar]:
    """Return the bars of a waterfall from (name, level, amount) of its lines, level by level."""
    bars = [_total("gross", gross), _step("tax", gross - net, gross), _total("net", net)]
    left = net
    for level in LEVELS:
        taken = [(name, amount) for name, at, amount in lines if at == level]
        for name, amount in taken:
            bars.append(_step(name, amount, left))
            left -= amount
        if taken or level == "overhead":
            bars.append(_total("profit" if level == "overhead" else level.upper(), left))
    return bars


def chart(title: str, bars: list[Bar], text: Callable[[int], str]) -> str:
    """Return bars as an HTML table without scripts: totals begin at zero, steps where the one before ended."""
    low, high = min(bar[2] for bar in bars), max(bar[3] for bar in bars)
    whole = (high - low) or 1
    body = "".join(
        f"<tr><td style='text-align:left'>{escape(name)}</td>"
        f"<td style='text-align:right'>{text(amount)}</td>"
        f"<td style='width:16em'><div style='margin-left:{100 * (begin - low) / whole:.1f}%;"
        f"width:{100 * (end - begin) / whole:.1f}%;height:.8em;background:{colour}'></div></td></tr>"
        for name, amount, begin, end, colour in bars
    )
    head = f"<thead><tr><th colspan='3' style='text-align:left'>{escape(title)}</th></tr></thead>"
    return f"<table>{head}<tbody>{body}</tbody></table>"


def ratio(part: int, whole: int) -> Rate | None:
    """Return part over whole, exact; None where the whole is zero."""
    return Rate(part) / whole if whole else None


def percent(rate: Rate | None) -> str:
    """Return a rate as text with two decimal places of a percent; for people, never for comparison."""
    return "undefined" if rate is None else f"{(rate * 100).as_decimal(2)} %"


def _text(rate: Rate | None) -> str | None:
    return None if rate is None else str(rate)


def check_price(price: Money, plan: Plan) -> int:
    """Return the price in minor units after checking currency and range."""
    if type(price) is not Money:
        fail("price", price, "a Money", reason="type")
    if price.currency is not plan.currency:
        same_currency(Money(0, plan.currency), price)
    if not 0 <= price.minor <= MAX_PRICE:
        fail("price", price.minor, f"from 0 to {MAX_PRICE} minor units", reason="range")
    return price.minor


def at_price(curve: Curve, price: int) -> Waterfall:
    """Return the waterfall of a filled curve at a unit price."""
    gross, net, amounts, _ = curve.at(price)
    return Waterfall(curve.plan, price, curve.quantity, gross, net, tuple(amounts))


def waterfall(price: Money, fees: FeeTable, item: Item) -> Waterfall:
    """Return a sale from the gross price to the profit, line by line (利润瀑布).

    Parameters
    ----------
    price : Money
        Asked price of one unit, in the table's currency: with tax if the table's tax is included.
    fees : FeeTable
        What the sale pays.
    item : Item
        Cost, quantity, weight, size.

    Returns
    -------
    Waterfall
        Lines, CM1, CM2, CM3, profit, margin, markup, pocket price.

    Raises
    ------
    CurrencyMismatchError
        If price or cost are in another currency and the table has no rate for it.
    InputError
        If the price is negative or above 10**12 minor units, or the region is unknown.

    Notes
    -----
    Every line is rounded once by its own mode (half up, away from zero, unless the fee says otherwise); profit is
    what is left, so gross = tax + lines + profit always. Tax inside: net = round(gross / (1 + rate)).

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import Band, Commission, FeeTable, Item, Percent, Tax
    >>> fees = FeeTable(
    ...     name="shop",
    ...     currency="CNY",
    ...     valid_from=date(2026, 1, 1),
    ...     tax=Tax(rate="13%"),
    ...     fees=[
    ...         Commission(name="commission", bands=[Band(up_to=None, rate="5%")]),
    ...         Percent(name="advertising", level="cm3", rate="10%"),
    ...     ],
    ... )
    >>> sale = waterfall(Money(9990, "CNY"), fees, Item(Money(3520, "CNY")))
    >>> print(sale.explain())
                            CNY
    gross                 99.90
    tax                  -11.49
    net                   88.41
      goods              -35.20
    CM1                   53.21
      commission          -5.00
    CM2                   48.21
      advertising         -9.99
    CM3                   38.22
    profit                38.22
    margin 43.23 % of net, markup 108.58 % on goods
    CM1 = net - goods and what comes with them
    CM2 = CM1 - selling and fulfilment (commission, payment, freight, packaging, returns)
    CM3 = CM2 - advertising and promotion
    profit = CM3 - overhead
    """
    plan = plan_of(fees)
    return at_price(curve_of(plan, item), check_price(price, plan))
