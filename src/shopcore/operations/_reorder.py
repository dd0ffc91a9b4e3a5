"""What to reorder now and why: the inventory engine over the demand of the last weeks, weak assumptions named."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from shopcore.inventory import Demand, LeadTime, Service, reorder_point
from shopcore.models import Money
from shopcore.models._result import Result
from shopcore.operations._extra import Article

if TYPE_CHECKING:
    from shopcore.operations._demand import Wanted
    from shopcore.operations._sales import Sales

Advice: TypeAlias = Literal["order now", "enough", "count the stock"]
_RANK: dict[Advice, int] = {"order now": 0, "count the stock": 1, "enough": 2}
FEW_WEEKS = 8
LUMPY = 1.5
LATEST = 4
RISING, FALLING = 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Assumptions(Result):
    """What reorder advice rests on where the shop's files do not say (补货假设).

    Attributes
    ----------
    lead_time_days, lead_time_sd_days : float
        From ordering to the shelf, for SKUs without a lead time of their own.
    service_level : float
        Share of replenishment cycles without a stock-out, in (0, 1).
    cover_weeks : float
        How long an order should last beyond its lead time.
    slow_days : int
        An article that has not sold for so long is a slow mover.
    slow_cover_days : int
        So is one whose stock lasts longer than this.

    Examples
    --------
    >>> Assumptions(lead_time_days=21).service_level
    0.95
    """

    lead_time_days: float = 14.0
    lead_time_sd_days: float = 3.0
    service_level: float = 0.95
    cover_weeks: float = 4.0
    slow_days: int = 90
    slow_cover_days: int = 180


@dataclass(frozen=True, slots=True)
class Reorder(Result):
    """Advice for one SKU: whether to order now, how much, and why.

    Attributes
    ----------
    advice : {"order now", "enough", "count the stock"}
        The last one where the stock is not known: order when the count is at or below the reorder point.
    weekly_mean, weekly_sd : float
        Units wanted in a week.
    reorder_point, order_up_to, safety_stock : int
        Whole units, rounded up.
    on_hand, incoming : int or None
        As the catalogue says.
    order_quantity : int or None
        Up to the level `order_up_to`, in whole packs; None where the stock is not known.
    days_left : float or None
        How long what is on hand lasts.
    weekly_revenue : Money
        What is at stake in a week.
    weak : str
        Codes of weak assumptions, separated by a space: stock_unknown, lead_time_assumed, short_history (under 8
        weeks), lumpy_demand, demand_rising and demand_falling (the last 4 weeks are above 1.5 or below 0.5 of the
        mean); empty where there is none.
    history : tuple of int
        Units of each of the last weeks, the latest last.
    """

    sku: str
    title: str
    advice: Advice
    why: str
    order_quantity: int | None
    on_hand: int | None
    incoming: int | None
    days_left: float | None
    reorder_point: int
    order_up_to: int
    safety_stock: int
    weekly_mean: float
    weekly_sd: float
    lead_time_days: float
    weekly_revenue: Money
    distribution: str
    weak: str
    history: tuple[int, ...] = field(default=(), repr=False)


def reorder_advice(
    sales: Sales, want: Wanted, articles: dict[str, Article], assume: Assumptions
) -> tuple[Reorder, ...]:
    """Return advice for every article that sold in the last weeks, the most urgent first."""
    rows = np.flatnonzero(want.units > 0)
    if not rows.size:
        return ()
    known = [articles.get(sales.skus[row], Article()) for row in rows.tolist()]
    days = np.array([assume.lead_time_days if a.lead_time_days is None else a.lead_time_days for a in known], float)
    sds = np.array([assume.lead_time_sd_days if a.lead_time_days is None else 0.2 * a.lead_time_days for a in known])
    demand = Demand(want.mean[rows], want.sd[rows], period="week")
    lead = LeadTime(days / 7.0, sds / 7.0, period="week")
    service = Service.cycle(assume.service_level)
    point = reorder_point(demand, lead, service)
    level = reorder_point(demand, lead, service, review_period=assume.cover_weeks)
    columns = (point.reorder_point, level.order_up_to_level, point.safety_stock)
    levels = np.column_stack([np.broadcast_to(column, rows.shape) for column in columns]).tolist()
    names = np.broadcast_to(point.distribution, rows.shape).tolist()
    titles = sales.last_titles
    found = []
    for row, article, lead_days, three, name in zip(rows.tolist(), known, days.tolist(), levels, names, strict=True):
        title = article.title or titles[row]
        found.append(_one(sales, want, row, (title, article, lead_days, *map(_up, three), str(name))))
    return tuple(sorted(found, key=_urgency))


def _urgency(entry: Reorder) -> tuple[int, float, int, str]:
    left = entry.days_left if entry.days_left is not None and entry.advice == "order now" else 0.0
    # Articles that run out first come first; a day more or less is decided by what is at stake.
    return _RANK[entry.advice], math.floor(left), -entry.weekly_revenue.minor, entry.sku


def _one(sales: Sales, want: Wanted, row: int, facts: tuple[str, Article, float, int, int, int, str]) -> Reorder:
    title, article, days, at, up_to, safety, distribution = facts
    weeks = int(want.weeks[row])
    mean, sd = float(want.mean[row]), float(want.sd[row])
    daily = mean / 7.0
    left = None if article.on_hand is None else article.on_hand / daily
    advice: Advice = "count the stock"
    quantity = None
    if article.on_hand is not None:
        position = article.on_hand + (article.incoming or 0)
        advice = "order now" if position <= at else "enough"
        quantity = _whole_packs(up_to - position, article) if advice == "order now" else 0
    return Reorder(
        sku=sales.skus[row],
        title=title,
        advice=advice,
        why=_why(article, daily, left, days, at),
        order_quantity=quantity,
        on_hand=article.on_hand,
        incoming=article.incoming,
        days_left=left,
        reorder_point=at,
        order_up_to=up_to,
        safety_stock=safety,
        weekly_mean=mean,
        weekly_sd=sd,
        lead_time_days=days,
        weekly_revenue=sales.money(int(want.revenue[row]) // max(weeks, 1)),
        distribution=distribution,
        weak=_weak(article, want.table[row, :weeks].tolist(), mean, sd),
        history=tuple(int(units) for units in want.table[row, :weeks][::-1]),
    )


def _up(value: float) -> int:
    return max(math.ceil(value - 1e-9), 0)


def _whole_packs(wanted: int, article: Article) -> int:
    wanted = max(wanted, article.minimum_order or 1)
    pack = max(article.pack or 1, 1)
    return -(-wanted // pack) * pack


def _why(article: Article, daily: float, left: float | None, days: float, point: int) -> str:
    pace = f"sells {daily:.1f} a day"
    if article.on_hand is None:
        return f"{pace}; order when {point} or fewer are left, delivery takes {days:.0f} days"
    coming = f" and {article.incoming} on the way" if article.incoming else ""
    if not article.on_hand:
        return f"none left{coming}; {pace}, delivery takes {days:.0f} days"
    return f"{article.on_hand} on hand{coming} last {left:.0f} days, delivery takes {days:.0f}; {pace}"


def _weak(article: Article, history: list[float], mean: float, sd: float) -> str:
    weeks = len(history)
    latest = sum(history[:LATEST]) / LATEST if weeks >= FEW_WEEKS else mean
    codes = {
        "stock_unknown": article.on_hand is None,
        "lead_time_assumed": article.lead_time_days is None,
        "short_history": weeks < FEW_WEEKS,
        "lumpy_demand": sd > LUMPY * mean,
        # The mean of 13 weeks lags behind a season that begins or ends.
        "demand_rising": latest > RISING * mean,
        "demand_falling": latest < FALLING * mean,
    }
    return " ".join(code for code, holds in codes.items() if holds)
