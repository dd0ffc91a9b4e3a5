"""Policies as values: each says how much to order at a stock position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from shopcore._checks import fail, instance, integer
from shopcore.inventory._fields import ANY, NON_NEGATIVE, POSITIVE, ByValue, field, set_fields
from shopcore.inventory._round_order import round_order
from shopcore.inventory._values import Constraints
from shopcore.typing import FloatLike

__all__ = ["BaseStock", "ConstrainedPolicy", "CoverPolicy", "MinMax", "PeriodicReview", "Policy", "ReorderQuantity"]


class Policy(Protocol):
    """Anything that says how much to order at a stock position; write your own for `simulate`.

    Examples
    --------
    >>> class Weekly:
    ...     def order(self, position, *, period=0):
    ...         return 40.0 if period % 7 == 0 else 0.0
    """

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order, 0 for none; a column for a column of positions."""


def _back(quantity: Any, position: Any) -> Any:
    return float(quantity) if np.ndim(quantity) == 0 and np.ndim(position) == 0 else quantity


@dataclass(frozen=True, slots=True, eq=False)
class ReorderQuantity(ByValue):
    """Order Q, or as many times Q as lift the position above r, when it is at or below r: (r, nQ).

    Examples
    --------
    >>> policy = ReorderQuantity(reorder_point=20, order_quantity=50)
    >>> policy.order(20), policy.order(21), policy.order(-35)
    (50.0, 0.0, 100.0)
    """

    reorder_point: FloatLike
    order_quantity: FloatLike

    def __post_init__(self) -> None:
        set_fields(self, reorder_point=field("reorder_point", self.reorder_point, ANY))
        set_fields(self, order_quantity=field("order_quantity", self.order_quantity, POSITIVE))

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order at a position."""
        del period
        position = field("position", position, ANY)
        lots = np.floor((self.reorder_point - position) / self.order_quantity) + 1.0
        return _back(np.maximum(lots, 0.0) * self.order_quantity, position)


@dataclass(frozen=True, slots=True, eq=False)
class MinMax(ByValue):
    """Order up to S when the position is at or below s: (s, S).

    Examples
    --------
    >>> MinMax(reorder_point=4, order_up_to_level=10).order(3)
    7.0
    """

    reorder_point: FloatLike
    order_up_to_level: FloatLike

    def __post_init__(self) -> None:
        set_fields(self, reorder_point=field("reorder_point", self.reorder_point, ANY))
        set_fields(self, order_up_to_level=field("order_up_to_level", self.order_up_to_level, ANY))
        if np.any(np.asarray(self.order_up_to_level) < np.asarray(self.reorder_point)):
            fail("order_up_to_level", None, "at least the reorder point", reason="order")

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order at a position."""
        del period
        position = field("position", position, ANY)
        return _back(np.where(position <= self.reorder_point, self.order_up_to_level - position, 0.0), position)


@dataclass(frozen=True, slots=True, eq=False)
class BaseStock(ByValue):
    """Order up to S in every period.

    Examples
    --------
    >>> BaseStock(30).order(22.0)
    8.0
    """

    level: FloatLike

    def __post_init__(self) -> None:
        set_fields(self, level=field("level", self.level, ANY))

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order at a position."""
        del period
        position = field("position", position, ANY)
        return _back(np.maximum(self.level - position, 0.0), position)


@dataclass(frozen=True, slots=True, eq=False)
class PeriodicReview(ByValue):
    """Order up to S every R periods: (R, S).

    Examples
    --------
    >>> policy = PeriodicReview(review_period=7, level=120)
    >>> policy.order(80, period=14), policy.order(80, period=15)
    (40.0, 0.0)
    """

    review_period: int
    level: FloatLike

    def __post_init__(self) -> None:
        integer("review_period", self.review_period, low=1)
        set_fields(self, level=field("level", self.level, ANY))

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order at a position."""
        position = field("position", position, ANY)
        if period % self.review_period:
            return _back(np.zeros(np.shape(position)), position)
        return _back(np.maximum(self.level - position, 0.0), position)


@dataclass(frozen=True, slots=True, eq=False)
class CoverPolicy(ByValue):
    """Order up to so many days of cover at a sales speed when fewer than `reorder_days` are left.

    Examples
    --------
    >>> CoverPolicy(speed=8, reorder_days=10, target_days=30).order(70)
    170.0
    """

    speed: FloatLike
    reorder_days: FloatLike
    target_days: FloatLike

    def __post_init__(self) -> None:
        for name in self.__slots__:
            set_fields(self, **{name: field(name, getattr(self, name), NON_NEGATIVE)})
        if np.any(np.asarray(self.target_days) < np.asarray(self.reorder_days)):
            fail("target_days", None, "at least reorder_days", reason="order")

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order at a position."""
        del period
        position = field("position", position, ANY)
        speed: Any = self.speed
        low = position <= speed * self.reorder_days
        return _back(np.where(low, np.maximum(speed * self.target_days - position, 0.0), 0.0), position)


@dataclass(frozen=True, slots=True, eq=False)
class ConstrainedPolicy(ByValue):
    """Order what another policy wants in whole packs, from the minimum on, and only when the supplier takes orders.

    Examples
    --------
    >>> from shopcore.inventory import Constraints
    >>> policy = ConstrainedPolicy(BaseStock(100), Constraints(pack=12, minimum=24, order_every=7))
    >>> policy.order(90, period=14), policy.order(70, period=14), policy.order(70, period=15)
    (24.0, 36.0, 0.0)
    """

    policy: Policy
    constraints: Constraints

    def __post_init__(self) -> None:
        instance("constraints", self.constraints, Constraints)

    def order(self, position: Any, *, period: int = 0) -> Any:
        """Return the units to order at a position."""
        if not self.constraints.takes_orders(period):
            return _back(np.zeros(np.shape(field("position", position, ANY))), position)
        return round_order(self.policy.order(position, period=period), self.constraints).quantity
