"""Who comes again within a window: repurchase rate, share of returning orders, time to the second order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shopcore._intervals import normal_quantile
from shopcore.customers._history import codes_of, day_number, day_numbers
from shopcore.customers._share import ratio, share
from shopcore.customers._table import Table
from shopcore.models import Ratio, Result
from shopcore.typing import FloatArray, IntArray

__all__ = ["Repurchase", "SecondOrder", "repurchase", "second_order"]


@dataclass(frozen=True, slots=True)
class Repurchase(Result):
    """How many customers of a window came again, and how much of its orders is theirs (复购).

    Attributes
    ----------
    repurchase_rate : Ratio
        Customers with at least two orders in the window, of all customers in it; Wilson interval.
    returning_order_share : Ratio
        Orders by customers with an earlier order (in or before the window), of all orders in it; no interval, because
        the orders of one customer go together.
    returning_customer_share : Ratio
        Customers whose first order lies before the window, of all customers in it.
    orders_per_customer : float or None
        Mean orders in the window.
    """

    repurchase_rate: Ratio
    returning_order_share: Ratio
    returning_customer_share: Ratio
    orders_per_customer: float | None

    def explain(self) -> str:
        """Return the three shares in words."""
        return (
            f"repurchase rate {self.repurchase_rate.explain()}\n"
            f"orders of returning customers {self.returning_order_share.explain()}\n"
            f"customers from before the window {self.returning_customer_share.explain()}"
        )


def repurchase(
    customers: object,
    days: object,
    *,
    start: object = None,
    end: object = None,
    orders: object = None,
    confidence: float = 0.95,
) -> Repurchase:
    """Return how many customers of a window came again (复购率).

    Parameters
    ----------
    customers : array-like of shape (n,)
        Customer of each order.
    days : array-like of shape (n,)
        Day of each order; rows before `start` tell who was a customer already.
    start, end : int or date, optional
        The window, both days included; all of the data without.
    orders : array-like of shape (n,), optional
        Order number of each row: rows of one order count once. Without it every row is an order.
    confidence : float
        Of the intervals.

    Returns
    -------
    Repurchase

    Raises
    ------
    InputError
        If a column holds what it should not; `positions` names the rows.
    ShapeError
        If the columns differ in length.

    Notes
    -----
    A window is part of the figure: the longer, the higher the rate. Compare windows of one length only.

    Examples
    --------
    >>> found = repurchase(["a", "a", "b", "c", "c"], [3, 40, 8, 20, 21])
    >>> round(found.repurchase_rate.value, 4), found.returning_order_share.value
    (0.6667, 0.4)
    """
    code, day = _ordered(customers, days, orders)
    low = _bound(start, day, "start", first=True)
    high = _bound(end, day, "end", first=False)
    first = np.r_[True, code[1:] != code[:-1]] if len(code) else np.zeros(0, dtype=bool)
    inside = (day >= low) & (day <= high)
    size = int(code[-1]) + 1 if len(code) else 0
    count = np.bincount(code[inside], minlength=size)
    known = np.bincount(code[first & (day < low)], minlength=size) > 0
    buyers, total = int(np.count_nonzero(count)), int(inside.sum())
    returning = total - int((inside & first).sum())
    return Repurchase(
        repurchase_rate=_people(int((count >= 2).sum()), buyers, confidence),
        returning_order_share=ratio(returning, total, basis="order", empty="no_orders"),
        returning_customer_share=_people(int((known & (count > 0)).sum()), buyers, confidence),
        orders_per_customer=total / buyers if buyers else None,
    )


def _people(part: int, whole: int, confidence: float) -> Ratio:
    return share(part, whole, basis="person", empty="no_customers", confidence=confidence)


def _bound(value: object, day: IntArray, name: str, *, first: bool) -> int:
    if value is not None:
        return day_number(name, value)
    return int(day.min() if first else day.max()) if len(day) else 0


def _ordered(customers: object, days: object, orders: object) -> tuple[IntArray, IntArray]:
    # Codes and days of the orders, by customer and then by time; the rows of one order are one.
    day = day_numbers("days", days)
    code = codes_of("customers", customers, len(day))[1]
    if orders is not None:
        number = codes_of("orders", orders, len(day))[1]
        begin = np.lexsort((day, number, code))
        new = np.r_[True, (np.diff(code[begin]) != 0) | (np.diff(number[begin]) != 0)] if len(day) else begin
        code, day = code[begin[new]], day[begin[new]]
    order = np.lexsort((day, code))
    return code[order], day[order]


@dataclass(frozen=True, slots=True, eq=False)
class SecondOrder(Table):
    """How long after the first order the second one comes (二次购买间隔), customers still waiting included.

    Attributes
    ----------
    day : int64 array of shape (k,)
        Days since the first order on which a second order was seen.
    returned : float64 array
        Share of customers expected to have come again by then.
    low, high : float64 arrays
        Interval of `returned` (log-log scale).
    waiting : int64 array
        Customers still observed and without second order just before that day.
    events : int64 array
        Second orders on that day.
    median : float or None
        Days until half have come again; None where the data do not reach that far.
    customers : int
    confidence : float
    """

    day: IntArray
    returned: FloatArray
    low: FloatArray
    high: FloatArray
    waiting: IntArray
    events: IntArray
    median: float | None
    customers: int
    confidence: float

    def returned_by(self, days: float) -> float:
        """Return the share expected to have come again by so many days after the first order; 0 before any did."""
        place = int(np.searchsorted(self.day, days, side="right"))
        return float(self.returned[place - 1]) if place else 0.0

    def quantile(self, share_returned: float) -> float | None:
        """Return the days until a share has come again, or None where the data do not reach that far."""
        place = int(np.searchsorted(self.returned, share_returned - 1e-12))
        return float(self.day[place]) if place < len(self.day) else None

    def explain(self) -> str:
        """Return in words how many came again and how fast."""
        if not len(self.day):
            return f"{self.customers} customers, none with a second order"
        last = f"{self.returned[-1]:.1%} have come again by day {self.day[-1]}"
        middle = "half not reached" if self.median is None else f"half by day {self.median:g}"
        return f"{self.customers} customers: {last}, {middle}"


def second_order(
    customers: object, days: object, *, end: object = None, orders: object = None, confidence: float = 0.95
) -> SecondOrder:
    """Return how long customers take to their second order (二次购买间隔), those still waiting counted as waiting.

    The day to remind a first buyer is where the curve flattens. A mean over those who did return is too short, because
    slow customers have not returned yet.

    Parameters
    ----------
    customers : array-like of shape (n,)
        Customer of each order.
    days : array-like of shape (n,)
        Day of each order.
    end : int or date, optional
        Last day of the data; the last day with an order without.
    orders : array-like of shape (n,), optional
        Order number of each row: rows of one order count once. Without it every row is an order.
    confidence : float
        Of the interval.

    Returns
    -------
    SecondOrder

    Raises
    ------
    InputError
        If a column holds what it should not; `positions` names the rows.

    Notes
    -----
    Product-limit estimate with Greenwood's variance on the log-log scale. Source: Kaplan and Meier 1958; Kalbfleisch
    and Prentice, "The Statistical Analysis of Failure Time Data" (2002), section 1.4.

    Examples
    --------
    >>> found = second_order(["a", "a", "b", "b", "c", "d"], [0, 10, 0, 20, 0, 15], end=30)
    >>> found.day.tolist(), found.returned.round(4).tolist()
    ([10, 20], [0.25, 0.625])
    >>> found.median
    20.0
    """
    z = normal_quantile(confidence)
    code, day = _ordered(customers, days, orders)
    last_day = _bound(end, day, "end", first=False)
    code, day = code[day <= last_day], day[day <= last_day]
    first = np.flatnonzero(np.r_[True, code[1:] != code[:-1]]) if len(code) else np.zeros(0, dtype=np.int64)
    size = np.diff(np.r_[first, len(code)])
    again = size > 1
    wait = np.where(again, day[np.minimum(first + 1, len(day) - 1)], last_day) - day[first]
    return _product_limit(wait, again, z, confidence)


def _product_limit(wait: IntArray, again: Any, z: float, confidence: float) -> SecondOrder:
    moments, events = np.unique(wait[again], return_counts=True)
    waiting = len(wait) - np.searchsorted(np.sort(wait), moments, side="left")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        stay = np.cumprod(1.0 - events / waiting)
        variance = np.cumsum(events / (waiting * (waiting - events.astype(np.float64))))
        width = z * np.sqrt(variance) / np.abs(np.log(stay))
        ends = [stay ** np.exp(sign * width) for sign in (-1.0, 1.0)]
    # Where everybody has returned the scale has no room: the ends are not known.
    low, high = (np.where(stay > 0.0, 1.0 - end, np.nan) for end in ends)
    found = SecondOrder(
        day=moments.astype(np.int64),
        returned=np.asarray(1.0 - stay),
        low=low,
        high=high,
        waiting=waiting.astype(np.int64),
        events=events.astype(np.int64),
        median=None,
        customers=len(wait),
        confidence=confidence,
    )
    return replace(found, median=found.quantile(0.5))
