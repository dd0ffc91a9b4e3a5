"""What a channel brought and cost over a stretch of time: counts and sums, never ratios."""

from __future__ import annotations

from pydantic import model_validator

from shopcore.errors import CurrencyMismatchError
from shopcore.models._base import Model
from shopcore.models._fields import Amount, Count, Id, SkuCode
from shopcore.models._period import Period
from shopcore.models._privacy import Public

__all__ = ["TrafficFacts"]


class TrafficFacts(Model):
    """The facts of one channel and period (流量数据); counts are None where they were not measured.

    Ratios are made of sums of these by `shopcore.traffic`, so that they add up over days and channels.

    Examples
    --------
    >>> from shopcore.models import Money, Period
    >>> day = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    >>> facts = TrafficFacts(channel_id="search", period=day, impressions=90_000, clicks=2_700, visitors=2_450,
    ...                      buyers=98, orders=104, revenue=Money(1_534_000, "CNY"), spend=Money(270_000, "CNY"))
    >>> facts.clicks
    2700
    """

    channel_id: Public[Id]
    period: Public[Period]
    campaign_id: Public[Id | None] = None
    sku: Public[SkuCode | None] = None
    impressions: Public[Count | None] = None
    clicks: Public[Count | None] = None
    page_views: Public[Count | None] = None
    visitors: Public[Count | None] = None
    sessions: Public[Count | None] = None
    single_page_sessions: Public[Count | None] = None
    added_to_cart: Public[Count | None] = None
    buyers: Public[Count | None] = None
    new_buyers: Public[Count | None] = None
    orders: Public[Count | None] = None
    units: Public[Count | None] = None
    revenue: Public[Amount | None] = None
    spend: Public[Amount | None] = None

    @model_validator(mode="after")
    def _one_currency(self) -> TrafficFacts:
        if self.revenue is not None and self.spend is not None and self.revenue.currency is not self.spend.currency:
            raise CurrencyMismatchError(
                "revenue and spend must be of one currency", argument="spend", reason="currency_mismatch"
            )
        return self
