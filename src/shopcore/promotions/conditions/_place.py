"""Conditions on where and on which day it is bought."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from shopcore.models import Public
from shopcore.models._fields import Many, Word
from shopcore.models._period import zone_of
from shopcore.models._rule import CartView, Unmet
from shopcore.promotions.conditions._base import Check

__all__ = ["Channel", "Region", "Weekday"]

Hour: TypeAlias = Annotated[int, Field(ge=0, le=24)]


class Channel(Check):
    """It is bought through one of these channels (渠道).

    Examples
    --------
    >>> Channel(channels=["app"]).channels
    ('app',)
    """

    kind: Public[Literal["channel"]] = "channel"
    channels: Public[Annotated[tuple[Word, ...], Many(50, "channels")]]

    def check(self, view: CartView) -> Unmet | None:
        """Return None in one of the channels."""
        return None if view.cart.channel in self.channels else Unmet("channel")


class Region(Check):
    """It goes to one of these regions, or to none of those excluded (地区).

    Examples
    --------
    >>> Region(not_regions=["XJ", "XZ"]).regions
    ()
    """

    kind: Public[Literal["region"]] = "region"
    regions: Public[Annotated[tuple[Word, ...], Many(1_000, "regions")]] = ()
    not_regions: Public[Annotated[tuple[Word, ...], Many(1_000, "regions")]] = ()

    def check(self, view: CartView) -> Unmet | None:
        """Return None where the region is among those meant."""
        here = view.cart.region
        meant = (not self.regions or here in self.regions) and (here is None or here not in self.not_regions)
        return None if meant else Unmet("region")


class Weekday(Check):
    """It is one of these days of the week, within these hours, in a named zone.

    Parameters
    ----------
    days : tuple of int
        1 is Monday, 7 is Sunday.
    zone : str
        IANA name.
    from_hour, to_hour : int
        Local hours; the second is not included.

    Examples
    --------
    >>> Weekday(days=[6, 7], zone="Asia/Shanghai").to_hour
    24
    """

    kind: Public[Literal["weekday"]] = "weekday"
    days: Public[Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Many(7, "days")]]
    zone: Public[Word]
    from_hour: Public[Hour] = 0
    to_hour: Public[Hour] = 24

    def check(self, view: CartView) -> Unmet | None:
        """Return None on those days, in those hours."""
        if view.at is None:
            return Unmet("weekday")
        local = view.at.astimezone(zone_of(self.zone))
        fits = local.isoweekday() in self.days and self.from_hour <= local.hour < self.to_hour
        return None if fits else Unmet("weekday")
