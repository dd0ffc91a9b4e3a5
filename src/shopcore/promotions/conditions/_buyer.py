"""Conditions on the buyer, from facts the host states."""

from __future__ import annotations

from typing import Annotated, Literal

from shopcore.models import Public
from shopcore.models._fields import Many, Word
from shopcore.models._period import zone_of
from shopcore.models._rule import CartView, Unmet
from shopcore.promotions.conditions._base import Check

__all__ = ["Birthday", "FirstOrder", "MemberLevel", "Returning", "Segment"]


class FirstOrder(Check):
    """The buyer has no order yet (新客).

    Examples
    --------
    >>> FirstOrder().kind
    'first_order'
    """

    kind: Public[Literal["first_order"]] = "first_order"

    def check(self, view: CartView) -> Unmet | None:
        """Return None for a buyer known to have no order."""
        return None if view.cart.buyer.orders == 0 else Unmet("not_first_order")


class Returning(Check):
    """The buyer has ordered before (老客).

    Examples
    --------
    >>> Returning(min_orders=3).min_orders
    3
    """

    kind: Public[Literal["returning"]] = "returning"
    min_orders: Public[int] = 1

    def check(self, view: CartView) -> Unmet | None:
        """Return None for a buyer with that many orders."""
        return None if (view.cart.buyer.orders or 0) >= max(self.min_orders, 1) else Unmet("not_returning")


class MemberLevel(Check):
    """The buyer has one of these member levels (会员等级).

    Examples
    --------
    >>> MemberLevel(levels=["gold", "black"]).levels
    ('gold', 'black')
    """

    kind: Public[Literal["member_level"]] = "member_level"
    levels: Public[Annotated[tuple[Word, ...], Many(50, "levels")]]

    def check(self, view: CartView) -> Unmet | None:
        """Return None for a member of one of the levels."""
        return None if view.cart.buyer.level in self.levels else Unmet("customer_level")


class Segment(Check):
    """The buyer belongs to one of these segments.

    Examples
    --------
    >>> Segment(segments=["mothers"]).kind
    'segment'
    """

    kind: Public[Literal["segment"]] = "segment"
    segments: Public[Annotated[tuple[Word, ...], Many(50, "segments")]]

    def check(self, view: CartView) -> Unmet | None:
        """Return None where one of the segments is the buyer's."""
        return None if any(name in self.segments for name in view.cart.buyer.segments) else Unmet("segment")


class Birthday(Check):
    """It is the buyer's birthday, or its month, in a named zone (生日券); 29 February counts as 1 March otherwise.

    Examples
    --------
    >>> Birthday(zone="Asia/Shanghai", span="month").span
    'month'
    """

    kind: Public[Literal["birthday"]] = "birthday"
    zone: Public[Word]
    span: Public[Literal["day", "month"]] = "day"

    def check(self, view: CartView) -> Unmet | None:
        """Return None on the day, or in the month."""
        born = view.cart.buyer.birthday
        if born is None or view.at is None:
            return Unmet("birthday")
        today = view.at.astimezone(zone_of(self.zone)).date()
        if self.span == "month":
            return None if today.month == born[0] else Unmet("birthday")
        leap = today.year % 4 == 0 and (today.year % 100 != 0 or today.year % 400 == 0)
        day = (3, 1) if born == (2, 29) and not leap else born
        return None if (today.month, today.day) == day else Unmet("birthday")
