"""What traffic bought: conversion, order value, UV value, refunds (成交指标)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, overload

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore._checks import number, one_of
from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.models._result import Result
from shopcore.traffic._definition import Words, average, examples, share
from shopcore.traffic._ratio import CONFIDENCE, Column, Meaning, of_counts, of_presale, of_totals
from shopcore.traffic._signatures import RefundRate, UnitSessionRate
from shopcore.typing import FloatLike

refund_rate: Final[RefundRate] = share(
    "refund_rate",
    Meaning("refunded_orders", "matured_orders", "order", "not_matured"),
    Words(
        says="the refund rate (退款率): refunded orders over paid orders whose return window has closed.",
        use="""Orders that can still be returned make the rate of the last days look too good: count only orders older
than the return window, in both numbers.""",
        part="Orders of `matured_orders` that were refunded",
        whole="Paid orders whose return window has closed",
        notes="Source: Sycm, refund rate by order.",
        example=""">>> refund_rate(84, 1200).value
0.07""",
    ),
)


unit_session_rate: Final[UnitSessionRate] = average(
    "unit_session_rate",
    Meaning("units", "sessions", "session", "no_sessions"),
    Words(
        says="the unit session percentage as Amazon counts it: units ordered over sessions.",
        use="""Amazon's conversion. It may exceed one, because an order may hold several units, so it is no share and
has no Wilson interval.""",
        part="Units ordered",
        whole="Sessions",
        notes="Source: Amazon Seller Central, detail page sales and traffic report.",
        example=""">>> unit_session_rate(340, 2500).value
0.136""",
        unit="Units per session",
    ),
)


_CONVERSION: Final = Meaning("buyers", "visitors", "person", "no_visitors")


@overload
def conversion_rate(
    buyers: float, visitors: float, *, confidence: float = ..., sale: Literal["paid", "presale"] = ...
) -> Ratio: ...


@overload
def conversion_rate(
    buyers: Column, visitors: FloatLike, *, confidence: float = ..., sale: Literal["paid", "presale"] = ...
) -> Ratios: ...


def conversion_rate(
    buyers: FloatLike,
    visitors: FloatLike,
    *,
    confidence: float = CONFIDENCE,
    sale: Literal["paid", "presale"] = "paid",
) -> Ratio | Ratios:
    """Return the payment conversion rate (支付转化率): paying buyers over visitors.

    People, not orders. A presale counts on the day its balance is paid: until then no buyer means "not yet", so the
    rate is pending and only its upper bound is known.

    Parameters
    ----------
    buyers : float or array
        Distinct people who paid in full, >= 0.
    visitors : float or array
        Distinct people, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1); of the one-sided bound where the rate is pending.
    sale : {"paid", "presale"}
        Whether zero buyers means nobody bought, or that payment is still to come.

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value where `visitors` is zero (``"no_visitors"``) or a
        presale has no paid buyer yet (``"presale_pending"``, with the interval from 0 to the bound).

    Raises
    ------
    InputError
        If a count is negative or not finite, or `buyers` exceeds `visitors`.

    Notes
    -----
    The bound is the rate at which seeing nobody would have the probability 1 - confidence:
    ``1 - (1 - confidence)^(1/visitors)``. Source: Hanley and Lippman-Hand 1983 (the rule of three).

    Examples
    --------
    >>> conversion_rate(375, 12_500).value
    0.03
    >>> pending = conversion_rate(0, 600, sale="presale")
    >>> pending.value, pending.reason, round(pending.high, 5)
    (None, 'presale_pending', 0.00498)
    """
    one_of("sale", sale, ("paid", "presale"))
    if sale == "presale":
        found: Ratio | Ratios = of_presale(_CONVERSION, buyers, visitors, confidence)
    else:
        found = of_counts(_CONVERSION, buyers, visitors, confidence)
    return found


@overload
def average_order_value(revenue: float, sales: float, *, per: Literal["buyer", "order"] = ...) -> Ratio: ...


@overload
def average_order_value(revenue: Column, sales: FloatLike, *, per: Literal["buyer", "order"] = ...) -> Ratios: ...


def average_order_value(
    revenue: FloatLike, sales: FloatLike, *, per: Literal["buyer", "order"] = "buyer"
) -> Ratio | Ratios:
    """Return the average order value (客单价 per buyer, 笔单价 per order).

    Two different quantities: a buyer may order twice. Times the payment conversion, which counts people, the value
    per buyer gives the UV value.

    Parameters
    ----------
    revenue : float or array
        Paid sales in one stated unit of money, >= 0.
    sales : float or array
        Distinct buyers, or orders, as `per` says, >= 0.
    per : {"buyer", "order"}
        What `sales` counts.

    Returns
    -------
    Ratio or Ratios
        Money per buyer or order; basis ``"person"`` or ``"order"``; without a value where there were none.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Totals alone carry no interval; `ratio_of_sums` over buyers or days gives one. Source: Sycm, value per buyer.

    Examples
    --------
    >>> average_order_value(71_250.0, 375).value, average_order_value(71_250.0, 380, per="order").value
    (190.0, 187.5)
    """
    one_of("per", per, ("buyer", "order"))
    basis = "person" if per == "buyer" else "order"
    found: Ratio | Ratios = of_totals(Meaning("revenue", "sales", basis, f"no_{per}s"), revenue, sales)
    return found


@dataclass(frozen=True, slots=True)
class UvValue(Result):
    """What one visitor is worth and why (UV价值): conversion times value per buyer.

    Attributes
    ----------
    value : Ratio or Ratios
        Revenue over visitors.
    conversion : Ratio or Ratios
        Buyers over visitors, with interval.
    average_order_value : Ratio or Ratios
        Revenue over buyers.
    with_repurchase : Ratio or Ratios
        The value over the horizon in which a buyer orders `orders_per_buyer` times.
    orders_per_buyer : float
        1 where no horizon was given.
    """

    value: Ratio | Ratios
    conversion: Ratio | Ratios
    average_order_value: Ratio | Ratios
    with_repurchase: Ratio | Ratios
    orders_per_buyer: float = 1.0

    def explain(self) -> str:
        """Return the identity in words."""
        return (
            f"UV value {self.value.explain()}; conversion {self.conversion.explain()}; "
            f"per buyer {self.average_order_value.explain()}"
        )


_UV_VALUE: Final = Meaning("revenue", "visitors", "person", "no_visitors")


def uv_value(
    revenue: FloatLike,
    visitors: FloatLike,
    buyers: FloatLike,
    *,
    orders_per_buyer: float = 1.0,
    confidence: float = CONFIDENCE,
) -> UvValue:
    """Return the UV value (UV价值): what one visitor brings, with the two factors that make it.

    The number to compare with the cost of a visitor. Over a longer horizon buyers come back; their orders in it
    scale the value.

    Parameters
    ----------
    revenue : float or array
        Paid sales in one stated unit of money, >= 0.
    visitors, buyers : float or array
        Distinct people of the same window, buyers among visitors.
    orders_per_buyer : float
        Orders of one buyer within the horizon, 1 to 1e6; 1 counts the first order only.
    confidence : float
        Coverage of the interval of the conversion, in (0, 1).

    Returns
    -------
    UvValue
        Value, conversion and value per buyer; each without a value where its denominator is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite, or `buyers` exceeds `visitors`.

    Notes
    -----
    ``revenue / visitors = (buyers / visitors) (revenue / buyers)``. Source: Sycm, UV value.

    Examples
    --------
    >>> worth = uv_value(71_250.0, 12_500, 375, orders_per_buyer=1.6)
    >>> worth.value.value, worth.conversion.value, worth.average_order_value.value, worth.with_repurchase.value
    (5.7, 0.03, 190.0, 9.12)
    """
    number("orders_per_buyer", orders_per_buyer, low=1.0, high=1e6)
    value = of_totals(_UV_VALUE, revenue, visitors)
    repeated = floats("revenue", revenue, NON_NEGATIVE) * float(orders_per_buyer)
    return UvValue(
        value=value,
        conversion=of_counts(_CONVERSION, buyers, visitors, confidence),
        average_order_value=of_totals(Meaning("revenue", "buyers", "person", "no_buyers"), revenue, buyers),
        with_repurchase=of_totals(_UV_VALUE, repeated, visitors),
        orders_per_buyer=float(orders_per_buyer),
    )


__test__ = examples(refund_rate, unit_session_rate)
