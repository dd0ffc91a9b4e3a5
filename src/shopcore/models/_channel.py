"""Where buyers come from, and what is planned there: channels, campaigns, live broadcasts."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import model_validator

from shopcore.errors import InputError
from shopcore.models._base import Model
from shopcore.models._fields import Amount, Count, Id, Many, SkuCode, Title, Word
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._period import Period
from shopcore.models._privacy import Personal, Public, Sensitive

__all__ = ["Campaign", "Channel", "ChannelKind", "LiveBroadcast"]

ChannelKind: TypeAlias = Literal[
    "search", "recommendation", "display", "social", "live", "affiliate", "direct", "marketplace", "offline", "other"
]


class Channel(Model):
    """A way by which buyers come (流量渠道): search, live, affiliates; `paid` says whether visits cost money."""

    channel_id: Public[Id]
    name: Public[Title]
    kind: Public[ChannelKind] = "other"
    platform: Public[Word | None] = None
    paid: Public[bool] = False


class Campaign(Model):
    """A planned push for sales (活动): when, where, with which promotions and goods, and its budget.

    Raises
    ------
    InputError
        If a warm-up is given that does not end before the campaign does.

    Examples
    --------
    >>> from shopcore.models import Money, Period
    >>> day = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    >>> push = Campaign(campaign_id="1111", name="Singles' Day", period=day, budget=Money(5_000_000, "CNY"))
    >>> "5000000" in repr(push)
    False
    """

    campaign_id: Public[Id]
    name: Public[Title]
    period: Public[Period]
    warm_up: Public[Period | None] = None
    channel_ids: Public[Annotated[Items[Id], Many(1_000, "channels")]] = EMPTY
    promotion_ids: Public[Annotated[Items[Id], Many(1_000, "promotions")]] = EMPTY
    skus: Public[Annotated[Items[SkuCode], Many(100_000, "skus")]] = EMPTY
    budget: Sensitive[Amount | None] = None
    revenue_target: Sensitive[Amount | None] = None

    @model_validator(mode="after")
    def _warm_up_comes_first(self) -> Self:
        if self.warm_up is not None and self.warm_up.end > self.period.end:
            raise InputError(
                "warm_up must end before the campaign does", argument="warm_up", expected="an earlier end",
                reason="order",
            )  # fmt: skip
        return self


class LiveBroadcast(Model):
    """A live broadcast (直播场次): when, by whom, what was shown, and what it brought; counts None if unmeasured.

    `shopcore.traffic.live_session` makes ratios of its counts.
    """

    broadcast_id: Public[Id]
    channel_id: Public[Id]
    period: Public[Period]
    presenter: Personal[Title | None] = None
    campaign_id: Public[Id | None] = None
    skus: Public[Annotated[Items[SkuCode], Many(10_000, "skus")]] = EMPTY
    exposures: Public[Count | None] = None
    viewers: Public[Count | None] = None
    peak_viewers: Public[Count | None] = None
    interactions: Public[Count | None] = None
    product_clicks: Public[Count | None] = None
    orders: Public[Count | None] = None
    units: Public[Count | None] = None
    revenue: Public[Amount | None] = None
    spend: Sensitive[Amount | None] = None
