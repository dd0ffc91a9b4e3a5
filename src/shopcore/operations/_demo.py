"""A small believable shop to try the review on: the same seed gives the same bytes on every machine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import exp
from pathlib import Path
from typing import Any, Final

from shopcore._checks import integer
from shopcore.models import Cart, CartLine, Currency, Money, Period, Promotion, Rate
from shopcore.operations._csv_out import csv_text
from shopcore.operations._demo_goods import CHANNELS, FIRST_DAY, GOODS, LAST_DAY, PEAKS, Good
from shopcore.operations._layout import ExportLayout, layout
from shopcore.operations._records import Progress
from shopcore.operations._result import ShopReview
from shopcore.operations._review import review
from shopcore.promotions import Selector, evaluate
from shopcore.promotions.rules import NthUnit, PercentOff, SpendThreshold

__all__ = ["DemoShop", "demo", "make_demo_shop"]

CURRENCY: Final = "CNY"
YUAN: Final = Currency.of(CURRENCY)
ZONE: Final = "Asia/Shanghai"
COMMISSION: Final = "5%"
SEED: Final = 1111
_CUSTOMERS: Final = 1_900
_POSTAGE, _FREE_FROM = Money(800, CURRENCY), 9_900
_HEAD: Final = (
    "order_id", "ordered_at", "customer_id", "channel", "sku", "title", "quantity", "unit_price", "discount", "country",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The files of the demonstration shop and how they are to be read.

    Attributes
    ----------
    orders, catalogue, costs, traffic : Path
        CSV files.
    layout : ExportLayout
        The shop's zone.
    currency : str
        ``"CNY"``.
    """

    orders: Path
    catalogue: Path
    costs: Path
    traffic: Path
    layout: ExportLayout
    currency: str = CURRENCY


def make_demo_shop(folder: str | Path, *, seed: int = SEED) -> DemoShop:
    """Return the files of a small tea and home shop (示例店铺): half a year of orders up to Double 11.

    With stock, costs, promotions priced by the engine, returns, traffic, articles that lie and articles that run out.

    Parameters
    ----------
    folder : path
        Where the four CSV files are written.
    seed : int
        Another number gives another shop; the same one the same bytes.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     shop = make_demo_shop(folder)
    ...     print(shop.catalogue.read_text(encoding="utf-8-sig").splitlines()[1])
    TEA-101,茉莉花茶 Jasmine tea 250 g,39,0,7,12
    """
    integer("seed", seed, low=0, high=2**63 - 1)
    trade = _Trade(random.Random(seed))  # noqa: S311  # a demonstration, not a secret
    trade.run()
    into = Path(folder)
    into.mkdir(parents=True, exist_ok=True)
    names = ("orders", "catalogue", "costs", "traffic")
    files = {name: into / f"{name}.csv" for name in names}
    for name, text in zip(names, (trade.orders(), trade.catalogue(), _costs(), trade.traffic()), strict=True):
        files[name].write_bytes(text.encode("utf-8-sig"))
    orders, catalogue, costs, traffic = files.values()
    return DemoShop(orders, catalogue, costs, traffic, layout(zone=ZONE))


def demo(out: str | Path = "shopcore-demo", *, seed: int = SEED, progress: Progress | None = None) -> ShopReview:
    """Return the review of the demonstration shop, its files and its report written into a folder.

    Parameters
    ----------
    out : path
        The folder; the shop's own files are in its ``export`` folder.
    seed : int
        As in `make_demo_shop`.
    progress : callable, optional
        As in `review`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     answer = demo(folder)
    >>> answer.first_day, len(answer.order_now) > 3, answer.margin is not None
    (datetime.date(2026, 5, 1), True, True)
    """
    shop = make_demo_shop(Path(out) / "export", seed=seed)
    return review(
        shop.orders,
        currency=shop.currency,
        layout=shop.layout,
        catalogue=shop.catalogue,
        costs=shop.costs,
        traffic=shop.traffic,
        commission_rate=COMMISSION,
        out=out,
        progress=progress,
    )


def _promotions() -> tuple[Promotion, ...]:
    def days(first: str, after: str) -> Period:
        return Period.local(first, after, ZONE)

    full = SpendThreshold(threshold=Money(20_000, CURRENCY), amount=Money(3_000, CURRENCY))
    half = NthUnit(group=2, percent=Rate("50%"), on=Selector(tags=("snack",)))
    sale = PercentOff(percent=Rate("15%"), on=Selector(tags=("home",)))
    return (
        Promotion(promotion_id="snack-second-half", effect=half, priority=3),
        Promotion(promotion_id="summer-sale", effect=sale, window=days("2026-07-15", "2026-08-01"), priority=2),
        Promotion(promotion_id="618", effect=full, window=days("2026-06-16", "2026-06-19"), priority=1),
        Promotion(promotion_id="double-11", effect=full, window=days("2026-10-31", "2026-11-12"), priority=1),
    )


@dataclass(slots=True)
class _Sold:
    order: str
    at: datetime
    customer: str
    channel: str
    lines: list[tuple[Good, int, Money]]
    postage: bool


class _Trade:
    """Half a year of trade, drawn order by order."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._promotions = _promotions()
        self._rows: list[tuple[datetime, int, tuple[Any, ...]]] = []
        self._recent: Counter[str] = Counter()
        self._visits: list[tuple[Any, ...]] = []

    def run(self) -> None:
        """Draw every day."""
        for number in range((LAST_DAY - FIRST_DAY).days + 1):
            day = FIRST_DAY + timedelta(days=number)
            orders = self._day(day)
            for sold in orders:
                self._book(sold)
            self._visits += self._traffic_of(day, orders)

    def _poisson(self, mean: float) -> int:
        # Knuth's product of uniforms: only random() is promised to stay the same in every version of Python.
        limit, count, product = exp(-mean), 0, self._draw.random()
        while product > limit:
            count, product = count + 1, product * self._draw.random()
        return count

    def _day(self, day: date) -> list[_Sold]:
        peak = PEAKS.get(day, 1.0) * (1.15 if day.weekday() >= 5 else 1.0)
        paces = [good.pace * good.season[day.month - 5] * peak for good in GOODS]
        seeds = sum(paces) / 2.1
        count = (
            self._poisson(seeds / 4) + self._poisson(seeds / 4) + self._poisson(seeds / 4) + self._poisson(seeds / 4)
        )
        return [self._order(day, place, paces) for place in range(count)]

    def _order(self, day: date, place: int, paces: list[float]) -> _Sold:
        draw = self._draw
        seconds = int((draw.random() * 0.62 + draw.random() * 0.36) * 86_000)
        at = datetime.combine(day, time(0)) + timedelta(seconds=seconds)
        size = 1 + (draw.random() < 0.55) + (draw.random() < 0.32) + (draw.random() < 0.18)
        goods = {self._pick(paces).sku: None for _ in range(size)}
        chosen = [good for good in GOODS if good.sku in goods]
        units = [1 + (draw.random() < 0.22) + (good.price < 6_000 and draw.random() < 0.25) for good in chosen]
        # A few come again and again: the power of a uniform leans to the low numbers.
        customer = f"B{10_000 + int(_CUSTOMERS * draw.random() ** 1.6)}"
        channel = self._channel()
        priced = self._price(chosen, units, at)
        lines = [(good, count, less) for good, count, less in zip(chosen, units, priced, strict=True)]
        paid = sum(good.price * count - less.minor for good, count, less in lines)
        return _Sold(f"{day:%y%m%d}{place + 1:04d}", at, customer, channel, lines, paid < _FREE_FROM)

    def _pick(self, paces: list[float]) -> Good:
        left = self._draw.random() * sum(paces)
        for good, pace in zip(GOODS, paces, strict=True):
            left -= pace
            if left < 0:
                return good
        return GOODS[0]

    def _channel(self) -> str:
        left = self._draw.random()
        for name, (share, _, _) in CHANNELS.items():
            left -= share
            if left < 0:
                return name
        return "search"

    def _price(self, goods: list[Good], units: list[int], at: datetime) -> list[Money]:
        lines = [
            CartLine(line_id=good.sku, sku=good.sku, quantity=count, unit_price=Money(good.price, CURRENCY),
                     tags=(good.tag,))
            for good, count in zip(goods, units, strict=True)
        ]  # fmt: skip
        moment = (at - timedelta(hours=8)).replace(tzinfo=UTC)
        priced = evaluate(Cart(currency=YUAN, lines=tuple(lines)), self._promotions, at=moment)
        return [priced.line(good.sku).discount for good in goods]

    def _book(self, sold: _Sold) -> None:
        for good, count, less in sold.lines:
            self._row(sold, sold.at, good, count, less)
            self._recent[good.sku] += count if (LAST_DAY - sold.at.date()).days < 28 else 0
            if self._draw.random() < good.back:
                back = 1 if self._draw.random() < 0.5 else count
                share = Money.total(less.split(count)[:back], CURRENCY)
                at = sold.at + timedelta(
                    days=3 + int(self._draw.random() * 12), seconds=int(self._draw.random() * 9_000)
                )
                if at.date() <= LAST_DAY:
                    self._row(sold, at, good, -back, share)
        if sold.postage:
            postage = ("POSTAGE", "运费 Postage", "1", _POSTAGE.text, "", "CN")
            self._add(sold.at, (*self._head(sold, sold.at), *postage))

    def _row(self, sold: _Sold, at: datetime, good: Good, count: int, less: Money) -> None:
        discount = less.text if less.minor else ""
        facts = (good.sku, good.title, str(count), Money(good.price, CURRENCY).text, discount, "CN")
        self._add(at, (*self._head(sold, at), *facts))

    def _head(self, sold: _Sold, at: datetime) -> tuple[str, ...]:
        return sold.order, at.isoformat(sep=" "), sold.customer, sold.channel

    def _add(self, at: datetime, row: tuple[Any, ...]) -> None:
        self._rows.append((at, len(self._rows), row))

    def orders(self) -> str:
        """Return the order lines as a shop exports them, with three lines no program can use."""
        rows = [row for _, _, row in sorted(self._rows)]
        unusable = {
            800: ("2605190099", "2026-05-19 10:02:11", "B10007", "live", "CUP-203", "马克杯", "1.5", "49.00", "", "CN"),
            2_500: (
                "2606180999",
                "2026-06-18 20:00:00",
                "B10009",
                "live",
                "TEA-101",
                "茉莉花茶",
                "2",
                "面议",
                "",
                "CN",
            ),
            4_100: ("2608010098", "2026/8/1 9:30", "B10100", "search", "HOM-303", "檀香", "1", "32.00", "", "CN"),
        }
        for place, row in unusable.items():
            rows.insert(place, row)
        return csv_text(_HEAD, (tuple(_kept(cell) for cell in row) for row in rows))

    def catalogue(self) -> str:
        """Return stock, lead time and pack of every article."""
        rows = [(good.sku, good.title, self._left(good), self._coming(good), good.lead, good.pack) for good in GOODS]
        return csv_text(("sku", "title", "on_hand", "incoming", "lead_time_days", "pack"), rows)

    def _left(self, good: Good) -> int:
        # What goes out of season lies in the amounts bought for the season.
        weekly = max(self._recent[good.sku] / 4, 1.6 * good.pace) if good.pace else 1.0
        return round(weekly * good.cover)

    def _coming(self, good: Good) -> int:
        return good.pack * 5 if good.sku in ("CUP-203", "SNK-502") else 0

    def _traffic_of(self, day: date, orders: list[_Sold]) -> Iterator[tuple[Any, ...]]:
        for name, (_, visitors_each, click) in CHANNELS.items():
            mine = [sold for sold in orders if sold.channel == name]
            buyers = len({sold.customer for sold in mine})
            revenue = sum(good.price * count - less.minor for sold in mine for good, count, less in sold.lines)
            usual = len(mine) * 0.5 + 9 * CHANNELS[name][0]
            visitors = buyers + int(visitors_each * usual * (0.8 + 0.4 * self._draw.random()))
            spend = Money(visitors * click, CURRENCY).text if click else ""
            yield day.isoformat(), name, visitors, buyers, len(mine), Money(revenue, CURRENCY).text, spend

    def traffic(self) -> str:
        """Return visitors, buyers, revenue and spend by day and channel."""
        return csv_text(("date", "channel", "visitors", "buyers", "orders", "revenue", "spend"), self._visits)


def _kept(text: str) -> Any:
    # A return's quantity is a number, not a formula.
    return int(text) if text.lstrip("-").isdigit() and text.startswith("-") else text


def _costs() -> str:
    return csv_text(("sku", "unit_cost"), ((good.sku, Money(good.cost, CURRENCY)) for good in GOODS))
