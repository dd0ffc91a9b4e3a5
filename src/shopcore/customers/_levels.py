"""Member levels with rules to rise, keep and drop; and classes by what customers pay for an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np

from shopcore._arrays import NON_NEGATIVE, broadcast, fail_rows, floats
from shopcore._checks import at_most, entries, fail, instance, number, one_of, text
from shopcore._intervals import counts
from shopcore.customers._history import one_or_each
from shopcore.customers._table import Table
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["VALUE_CLASSES", "MemberLevel", "MemberLevels", "ValueClasses", "member_levels", "value_classes"]

MAX_LEVELS: Final = 50
CHANGES: Final = ("drops", "keeps", "rises")
NEEDS: Final = ("both", "either")
DROPS: Final = ("one", "to_earned")
VALUE_CLASSES: Final = ("price_sensitive", "middle", "high_value")


@dataclass(frozen=True, slots=True)
class MemberLevel(Result):
    """A member level and what it takes to reach and to keep it (会员等级).

    Parameters
    ----------
    name : str
    spend, orders : float
        Reached in the period counted; 0 asks for nothing.
    keep_spend, keep_orders : float, optional
        Enough to keep the level once held; as for reaching it without.

    Examples
    --------
    >>> MemberLevel("gold", spend=2000, orders=5, keep_spend=1500).keep_orders
    5.0
    """

    name: str
    spend: float = 0.0
    orders: float = 0.0
    keep_spend: float | None = None
    keep_orders: float | None = None

    def __post_init__(self) -> None:
        text("name", self.name, max_length=100)
        for part in ("spend", "orders"):
            reach = number(part, getattr(self, part), low=0.0)
            kept = getattr(self, f"keep_{part}")
            kept = reach if kept is None else number(f"keep_{part}", kept, low=0.0, high=reach)
            object.__setattr__(self, part, reach)
            object.__setattr__(self, f"keep_{part}", kept)


@dataclass(frozen=True, slots=True, eq=False)
class MemberLevels(Table):
    """The level of each customer, what changes, and what is missing to the next one.

    Attributes
    ----------
    level_code : int64 array
        Place in `names`; -1 for no level.
    change_code : int8 array
        -1 drops, 0 keeps, 1 rises, against the level held before.
    missing_spend, missing_orders : float64 arrays
        To the next level; NaN at the top.
    names : tuple of str
    """

    level_code: Any
    change_code: Any
    missing_spend: FloatArray
    missing_orders: FloatArray
    names: tuple[str, ...]

    @property
    def level(self) -> Any:
        """The name of each customer's level; None for no level."""
        return np.array([*self.names, None], dtype=object)[self.level_code]

    def explain(self) -> str:
        """Return in words how many customers hold each level and how many change."""
        count = np.bincount(self.level_code + 1, minlength=len(self.names) + 1)
        held = ", ".join(f"{name} {count[place + 1]}" for place, name in enumerate(self.names))
        moves = ", ".join(f"{int((self.change_code == place - 1).sum())} {word}" for place, word in enumerate(CHANGES))
        return f"none {count[0]}, {held}; {moves}"


def member_levels(
    spend: object,
    orders: object,
    levels: Sequence[MemberLevel],
    *,
    current: object = None,
    needs: Literal["both", "either"] = "both",
    drop: Literal["one", "to_earned"] = "one",
) -> MemberLevels:
    """Return the member level of each customer from spend and orders in the period counted (会员等级评定).

    Parameters
    ----------
    spend, orders : array-like of shape (n,)
        In the period counted, such as the last 12 months.
    levels : sequence of MemberLevel
        From the lowest to the highest; thresholds never fall.
    current : array-like of shape (n,), optional
        Place in `levels` held until now, -1 for none.
    needs : {"both", "either"}
        Whether spend and orders must both be reached.
    drop : {"one", "to_earned"}
        A level that is not kept falls by one, or to what was earned in the period.

    Returns
    -------
    MemberLevels

    Raises
    ------
    InputError
        If thresholds fall from one level to the next, or a current level does not exist.

    Notes
    -----
    The level earned is the highest whose threshold is reached. Who held a higher one keeps it while the keep rule is
    met, otherwise drops, never below what was earned.

    Examples
    --------
    >>> levels = (MemberLevel("member"), MemberLevel("silver", 500, 2), MemberLevel("gold", 2000, 5, keep_spend=1500))
    >>> found = member_levels([2400, 1600, 600], [6, 5, 1], levels, current=[1, 2, 2])
    >>> found.level.tolist(), found.change_code.tolist()
    (['gold', 'gold', 'silver'], [1, 0, -1])
    """
    one_of("drop", drop, DROPS)
    every = one_of("needs", needs, NEEDS) == "both"
    rules = _rising(levels)
    paid, count = floats("spend", spend), floats("orders", orders, NON_NEGATIVE)
    paid, count = (np.ravel(column) for column in broadcast(spend=paid, orders=count))

    def met(by_spend: Any, by_orders: Any) -> Any:
        return (paid >= by_spend) & (count >= by_orders) if every else _either(paid, count, by_spend, by_orders)

    earned = np.full(len(paid), -1)
    for place, rule in enumerate(rules):
        earned = np.where(met(rule.spend, rule.orders), place, earned)
    held = np.full(len(paid), -1) if current is None else _held(current, len(paid), len(rules))
    kept = np.zeros(len(paid), dtype=bool)
    for place, rule in enumerate(rules):
        kept |= (held == place) & met(rule.keep_spend, rule.keep_orders)
    floor = np.where(kept, held, held - 1 if drop == "one" else -1)
    level = np.maximum(earned, np.maximum(floor, -1))
    after = np.minimum(level + 1, len(rules) - 1)
    top = level == len(rules) - 1
    spends, many = (np.array([getattr(rule, name) for rule in rules]) for name in ("spend", "orders"))
    return MemberLevels(
        level_code=level.astype(np.int64),
        change_code=np.sign(level - held).astype(np.int8),
        missing_spend=np.where(top, np.nan, np.maximum(spends[after] - paid, 0.0)),
        missing_orders=np.where(top, np.nan, np.maximum(many[after] - count, 0.0)),
        names=tuple(rule.name for rule in rules),
    )


def _either(paid: Any, count: Any, by_spend: float, by_orders: float) -> Any:
    # A threshold of 0 asks for nothing, so alone it must not open the level.
    if by_spend == 0.0 or by_orders == 0.0:
        return (paid >= by_spend) & (count >= by_orders)
    return (paid >= by_spend) | (count >= by_orders)


def _rising(levels: Sequence[MemberLevel]) -> list[MemberLevel]:
    rules = [instance("levels", level, MemberLevel) for level in entries("levels", levels)]
    at_most("levels", rules, MAX_LEVELS, "levels")
    if not rules:
        fail("levels", levels, "at least one level", reason="empty")
    for low, high in pairwise(rules):
        if high.spend < low.spend or high.orders < low.orders:
            fail("levels", high.name, "in order, with thresholds that never fall", reason="order")
    return rules


def _held(current: object, size: int, levels: int) -> Any:

    found = one_or_each("current", floats("current", current), size)
    if (bad := (found != np.floor(found)) | (found < -1) | (found >= levels)).any():
        fail_rows("current", bad, found, f"places from -1 (none) to {levels - 1}")
    return found.astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class ValueClasses(Table):
    """Whether each customer is price sensitive, in the middle, or of high value (客户价值分类).

    Attributes
    ----------
    average_order : float64 array
        NaN without order.
    class_code : int8 array
        Place in `VALUE_CLASSES`; -1 without order.
    average_order_value : float or None
        Of the shop.
    low_below, high_from : float
        Where the classes change, in multiples of the shop's average order.
    """

    average_order: FloatArray
    class_code: Any
    average_order_value: float | None
    low_below: float
    high_from: float

    @property
    def name(self) -> Any:
        """The name of each customer's class; None without order."""
        return np.array([*VALUE_CLASSES, None], dtype=object)[self.class_code]

    def explain(self) -> str:
        """Return in words how many customers each class holds and where it changes."""
        parts = [f"{name} {int((self.class_code == place).sum())}" for place, name in enumerate(VALUE_CLASSES)]
        if self.average_order_value is None:
            return "no orders"
        low, high = (self.average_order_value * part for part in (self.low_below, self.high_from))
        return f"{', '.join(parts)}; price sensitive below {low:.2f}, high value from {high:.2f} an order"


def value_classes(
    spend: object,
    orders: object,
    *,
    discounted_orders: object = None,
    low_below: float = 0.7,
    high_from: float = 1.5,
    discounted_from: float = 0.8,
) -> ValueClasses:
    """Return whether each customer is price sensitive, in the middle or of high value (客户价值分类).

    Parameters
    ----------
    spend, orders : array-like of shape (n,)
    discounted_orders : array-like of shape (n,), optional
        How many of the orders were bought at a discount.
    low_below, high_from : float
        Multiples of the shop's average order below which a customer is price sensitive, and from which of high value.
    discounted_from : float
        Share of discounted orders from which a customer is price sensitive whatever the average order.

    Returns
    -------
    ValueClasses

    Raises
    ------
    InputError
        If the multiples are out of order, or more orders were discounted than there are.

    Examples
    --------
    >>> value_classes([100, 900, 200, 0], [2, 3, 1, 0]).name.tolist()
    ['price_sensitive', 'high_value', 'middle', None]
    """
    low = number("low_below", low_below, low=0.0)
    high = number("high_from", high_from, low=low)
    paid, count = floats("spend", spend, NON_NEGATIVE), floats("orders", orders, NON_NEGATIVE)
    paid, count = (np.ravel(column) for column in broadcast(spend=paid, orders=count))
    whole = float(count.sum())
    usual = float(paid.sum()) / whole if whole else None
    some = count > 0
    average = np.where(some, paid / np.where(some, count, 1.0), np.nan)
    middle = usual or 0.0
    code = np.where(average < low * middle, 0, np.where(average >= high * middle, 2, 1))
    if discounted_orders is not None:
        cheap, _ = counts(discounted_orders, count, ("discounted_orders", "orders"))
        share = number("discounted_from", discounted_from, low=0.0, high=1.0)
        code = np.where(some & (cheap >= share * count) & (cheap > 0), 0, code)
    return ValueClasses(average, np.where(some, code, -1).astype(np.int8), usual, low, high)
