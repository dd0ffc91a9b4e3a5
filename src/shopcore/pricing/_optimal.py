"""The price that earns most: closed forms as starting points, and the search on the exact waterfall."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shopcore._checks import at_most, fail, fail_limit, number
from shopcore.models._money import Money
from shopcore.models._result import Result
from shopcore.pricing._elasticity import DemandFit
from shopcore.pricing._endings import PriceEnding
from shopcore.pricing._fees import plan_of
from shopcore.pricing._plan import curve_of
from shopcore.pricing._waterfall import Waterfall, at_price, check_price

if TYPE_CHECKING:
    from shopcore.pricing._fees import FeeTable
    from shopcore.pricing._item import Item

__all__ = [
    "OptimalPrice",
    "Optimum",
    "optimal_price",
    "optimal_price_constant",
    "optimal_price_linear",
    "optimal_price_logit",
]

MAX_GRID = 1_000_000


@dataclass(frozen=True, slots=True)
class Optimum(Result):
    """A closed-form optimum: a price in the caller's unit, or the reason why there is none.

    Attributes
    ----------
    price : float or None
        None with ``reason="no_finite_optimum"`` (elasticity -1 or above) or ``"no_demand"`` (cost above the price at
        which nobody buys).
    share : float or None
        Share of buyers at the optimum, for the logit form.
    """

    price: float | None
    share: float | None = None
    reason: str | None = None


def optimal_price_constant(unit_cost: float, elasticity: float, *, kept: float = 1.0) -> Optimum:
    """Return the price that earns most under constant elasticity (最优定价): (cost / kept) x e / (1 + e).

    Parameters
    ----------
    unit_cost : float
        Zero or positive.
    elasticity : float
        Below -1, otherwise no price is high enough.
    kept : float
        Share of the price kept after tax and percent fees, in (0, 1].

    Notes
    -----
    Source: Lerner, The Concept of Monopoly and the Measurement of Monopoly Power, 1934. Fixed and banded fees need
    `optimal_price`.

    Examples
    --------
    >>> optimal_price_constant(10, -2).price
    20.0
    """
    cost = number("unit_cost", unit_cost, low=0)
    e = number("elasticity", elasticity)
    share = number("kept", kept, low=0, high=1, low_open=True)
    if e >= -1:
        return Optimum(None, reason="no_finite_optimum")
    price = cost / share * e / (1 + e)
    return Optimum(price) if math.isfinite(price) else Optimum(None, reason="no_finite_optimum")


def optimal_price_linear(intercept: float, slope: float, unit_cost: float, *, kept: float = 1.0) -> Optimum:
    """Return the price that earns most under linear demand: half-way from cost to the price nobody pays.

    Parameters
    ----------
    intercept, slope : float
        Of quantity = intercept + slope x price; the slope is negative.
    unit_cost : float
        Zero or positive.
    kept : float
        Share of the price kept, in (0, 1].

    Examples
    --------
    >>> optimal_price_linear(100, -2, 10).price
    30.0
    """
    number("intercept", intercept)
    number("slope", slope, high=0, high_open=True)
    cost = number("unit_cost", unit_cost, low=0) / number("kept", kept, low=0, high=1, low_open=True)
    choke = -intercept / slope
    if choke <= cost:
        return Optimum(None, reason="no_demand")
    return Optimum((choke + cost) / 2)


def optimal_price_logit(utility: float, price_coefficient: float, unit_cost: float, *, kept: float = 1.0) -> Optimum:
    """Return the price that earns most under a logit share against not buying, and that share.

    Parameters
    ----------
    utility, price_coefficient : float
        a and b > 0 of utility a - b x price; the outside option has utility 0.
    unit_cost : float
        Zero or positive.
    kept : float
        Share of the price kept, in (0, 1].

    Notes
    -----
    price = c + (1 + W(exp(a - b c - 1))) / b with Lambert's W; at the optimum price - c = 1 / (b (1 - share)).
    For large a - b c the exponential would overflow, so W is taken from its logarithm by Newton's method.

    Examples
    --------
    >>> found = optimal_price_logit(2, 0.5, 2)
    >>> round(found.price, 9), round(found.share, 9)
    (5.134286581, 0.361896257)
    """
    a = number("utility", utility)
    b = number("price_coefficient", price_coefficient, low=0, low_open=True)
    cost = number("unit_cost", unit_cost, low=0) / number("kept", kept, low=0, high=1, low_open=True)
    w = _lambert_of_exp(a - b * cost - 1)
    return Optimum(cost + (1 + w) / b, w / (1 + w))


def _lambert_of_exp(x: float) -> float:
    if x < 500:
        from scipy.special import lambertw

        return float(lambertw(math.exp(x)).real)
    w = x - math.log(x)
    for _ in range(20):
        w -= (w + math.log(w) - x) / (1 + 1 / w)
    return w


@dataclass(frozen=True, slots=True)
class OptimalPrice(Result):
    """The price of a grid that earns most, on the exact waterfall.

    Attributes
    ----------
    price : Money or None
        None with a `reason`: ``"no_demand_fit"``, ``"no_finite_optimum"``, ``"always_loses"``.
    quantity : float or None
        Orders predicted at it.
    profit : float or None
        Predicted profit in minor units: exact profit of an order times predicted orders.
    waterfall : Waterfall or None
        Of one order at that price.
    at_edge : bool
        Whether it is the first or last price of the grid, so that a better one may lie outside.
    extrapolated : bool
        Whether it lies outside the prices the demand was fitted on.
    tried : int
        Prices tried.
    """

    price: Money | None
    quantity: float | None
    profit: float | None = field(repr=False)
    waterfall: Waterfall | None
    at_edge: bool
    extrapolated: bool
    tried: int
    reason: str | None = None

    def explain(self) -> str:
        """Return the price, what it is based on and what weakens it."""
        if self.price is None or self.waterfall is None or self.quantity is None:
            return f"no optimal price: {self.reason}"
        weak = ", at the edge of the grid" if self.at_edge else ""
        weak += ", outside the prices seen" if self.extrapolated else ""
        each = self.waterfall.profit
        return f"{self.price}: {each} an order x {self.quantity:.6g} orders, best of {self.tried} prices{weak}"


def optimal_price(
    demand: DemandFit | Callable[[float], float],
    fees: FeeTable,
    item: Item,
    *,
    lo: Money,
    hi: Money,
    endings: PriceEnding | None = None,
    extrapolate: bool = False,
) -> OptimalPrice:
    """Return the legal price that earns most (利润最大价), searched on the exact waterfall.

    Parameters
    ----------
    demand : DemandFit or function of a price to a quantity
        Prices in currency units (19.99), quantities in orders.
    fees, item
        As for `waterfall`: slabs and rounding are in the profit, unlike in closed forms.
    lo, hi : Money
        Ends of the grid; at most 1,000,000 prices.
    endings : PriceEnding, optional
        Only these prices.
    extrapolate : bool
        Whether prices outside those the demand was fitted on may be tried; without it the grid is cut to them.

    Notes
    -----
    Of equally good prices the lowest is returned. An elasticity of -1 or above has no optimum but the edge of any
    grid, so none is returned. The quantity is an estimate and so is the profit.

    Examples
    --------
    >>> from datetime import date
    >>> from shopcore.pricing import FeeTable, Item, PaymentFee
    >>> pay = PaymentFee(name="payment", rate="2.9%", fixed=Money(30, "USD"))
    >>> fees = FeeTable(name="shop", currency="USD", valid_from=date(2026, 1, 1), fees=[pay])
    >>> demand = lambda price: 1000 * price**-2.0
    >>> best = optimal_price(demand, fees, Item(Money(1000, "USD")), lo=Money(1000, "USD"), hi=Money(4000, "USD"))
    >>> best.price.text
    '21.20'
    """
    curve = curve_of(plan_of(fees), item)
    low, high = max(1, check_price(lo, plan_of(fees))), check_price(hi, plan_of(fees))
    if low > high:
        fail("hi", str(hi), f"at least {lo}", reason="range")
    factor = plan_of(fees).currency.factor
    predict: Callable[[float], float] = demand.quantity if isinstance(demand, DemandFit) else demand
    seen = (0.0, math.inf)
    if isinstance(demand, DemandFit):
        if demand.elasticity is None:
            return _no_optimum("no_demand_fit")
        if demand.form in ("loglog", "poisson") and demand.elasticity >= -1:
            return _no_optimum("no_finite_optimum")
        seen = (demand.price_low, demand.price_high)
        if not extrapolate:
            low, high = max(low, math.ceil(seen[0] * factor - 1e-6)), min(high, math.floor(seen[1] * factor + 1e-6))
    prices = grid(low, high, endings)
    best: tuple[float, int, float] | None = None
    for price in prices:
        quantity = number("demand(price)", predict(price / factor), low=0)
        earned = curve.profit(price)[2] * quantity
        if best is None or earned > best[0]:
            best = (earned, price, quantity)
    if best is None or best[0] <= 0:
        return _no_optimum("no_price_in_range" if best is None else "always_loses", len(prices))
    earned, price, quantity = best
    outside = not seen[0] - 1e-9 <= price / factor <= seen[1] + 1e-9
    sale = at_price(curve, price)
    edge = price in (prices[0], prices[-1])
    return OptimalPrice(
        Money(price, plan_of(fees).currency),
        quantity,
        earned,
        sale,
        at_edge=edge,
        extrapolated=outside,
        tried=len(prices),
    )


def _no_optimum(reason: str, tried: int = 0) -> OptimalPrice:
    return OptimalPrice(None, None, None, None, at_edge=False, extrapolated=False, tried=tried, reason=reason)


def grid(low: int, high: int, endings: PriceEnding | None) -> Sequence[int]:
    """Return the allowed prices from `low` to `high`; refused above 1,000,000."""
    if endings is None:
        if high - low >= MAX_GRID:
            fail_limit("grid", high - low + 1, MAX_GRID, "prices", reason="too_many_prices")
        return range(low, high + 1)
    if (high - low) // endings.modulus * len(endings.residues) > MAX_GRID:
        fail_limit("grid", high - low + 1, MAX_GRID, "prices", reason="too_many_prices")
    found, price = [], endings.next(low)
    while price <= high:
        found.append(price)
        price = endings.next(price + 1)
    at_most("grid", found, MAX_GRID, "prices")
    return found
