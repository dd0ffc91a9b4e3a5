"""The demonstration shop's shelf and calendar: a small tea and home shop on a Chinese marketplace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

Season = tuple[float, ...]
# Factors of May to November.
EVEN: Final[Season] = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
SUMMER: Final[Season] = (1.2, 1.9, 2.2, 1.2, 0.25, 0.0, 0.0)
WINTER: Final[Season] = (0.4, 0.3, 0.3, 0.4, 0.8, 1.5, 2.2)
MOON: Final[Season] = (0.0, 0.0, 0.1, 1.6, 4.0, 0.0, 0.0)
FADING: Final[Season] = (1.6, 1.4, 1.1, 0.8, 0.4, 0.12, 0.04)
GROWING: Final[Season] = (0.3, 0.4, 0.6, 0.8, 1.1, 1.4, 1.7)
AUTUMN: Final[Season] = (0.7, 0.6, 0.6, 0.8, 1.2, 1.4, 1.3)

FIRST_DAY: Final = date(2026, 5, 1)
LAST_DAY: Final = date(2026, 11, 15)
# The trade's own feasts: 618 and Double 11 with the days around them.
PEAKS: Final = {
    date(2026, 6, 1): 1.6, date(2026, 6, 16): 2.0, date(2026, 6, 17): 2.2, date(2026, 6, 18): 4.0,
    date(2026, 9, 9): 1.5, date(2026, 10, 1): 1.4, date(2026, 10, 31): 2.2, date(2026, 11, 1): 1.8,
    date(2026, 11, 10): 2.4, date(2026, 11, 11): 5.5, date(2026, 11, 12): 0.6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Good:
    """One article: price and cost in fen, orders on a usual day, season, share returned, weeks of stock, lead time."""

    sku: str
    title: str
    price: int
    cost: int
    pace: float
    season: Season
    back: float
    cover: float
    lead: int
    pack: int
    tag: str


GOODS: Final = tuple(
    Good(*facts)
    for facts in (
        ("TEA-101", "茉莉花茶 Jasmine tea 250 g", 6800, 2650, 3.4, EVEN, 0.02, 1.1, 7, 12, "tea"),
        ("TEA-102", "龙井绿茶 Longjing green tea 100 g", 12800, 5600, 1.9, FADING, 0.02, 14.0, 10, 6, "tea"),
        ("TEA-103", "普洱熟茶 Ripe Pu'er cake 357 g", 16800, 7400, 1.1, AUTUMN, 0.03, 3.6, 14, 6, "tea"),
        ("TEA-104", "铁观音 Tieguanyin oolong 250 g", 9900, 4100, 1.6, EVEN, 0.02, 5.2, 10, 6, "tea"),
        ("TEA-105", "菊花枸杞 Chrysanthemum and goji 200 g", 4200, 1500, 2.1, EVEN, 0.01, 6.5, 7, 12, "tea"),
        ("TEA-106", "陈皮白茶 Tangerine peel white tea 150 g", 8800, 3900, 0.8, GROWING, 0.02, 1.0, 14, 6, "tea"),
        ("TEA-107", "冷泡茶包 Cold brew tea bags, 15", 3900, 1450, 1.9, SUMMER, 0.01, 50.0, 7, 24, "tea"),
        ("CUP-201", "青瓷盖碗 Celadon gaiwan", 7900, 3300, 1.4, EVEN, 0.09, 4.4, 21, 4, "ware"),
        ("CUP-202", "玻璃茶壶 Glass teapot 600 ml", 8900, 3650, 1.5, EVEN, 0.12, 2.2, 21, 4, "ware"),
        ("CUP-203", "马克杯 Stoneware mug 350 ml", 4900, 1750, 2.6, EVEN, 0.05, 3.1, 14, 6, "ware"),
        ("CUP-204", "保温杯 Insulated bottle 500 ml", 11900, 5200, 2.4, WINTER, 0.03, 1.4, 14, 10, "ware"),
        ("CUP-205", "旅行茶具 Travel tea set", 15900, 7700, 0.9, EVEN, 0.06, 7.5, 21, 2, "ware"),
        ("CUP-206", "公道杯 Fairness pitcher", 3600, 1300, 1.0, EVEN, 0.07, 12.0, 14, 6, "ware"),
        ("CUP-207", "柴烧茶杯 Wood-fired cup, hand made", 26800, 14900, 0.2, EVEN, 0.04, 30.0, 45, 1, "ware"),
        ("CUP-208", "星座杯 Zodiac sign cup, gilded", 15900, 8200, 0.0, EVEN, 0.0, 36.0, 30, 4, "ware"),
        ("HOM-301", "亚麻茶席 Linen table runner", 6900, 2800, 0.9, EVEN, 0.08, 6.1, 14, 4, "home"),
        ("HOM-302", "竹制茶盘 Bamboo tea tray", 13900, 6700, 0.7, EVEN, 0.05, 4.9, 21, 2, "home"),
        ("HOM-303", "檀香线香 Sandalwood incense", 3200, 1050, 2.2, EVEN, 0.01, 2.6, 10, 20, "home"),
        ("HOM-304", "桌面风扇 Desk fan, rechargeable", 8900, 4700, 2.2, SUMMER, 0.06, 40.0, 20, 10, "home"),
        ("HOM-305", "凉席坐垫 Cooling seat mat", 5900, 2700, 1.5, SUMMER, 0.05, 36.0, 20, 10, "home"),
        ("HOM-306", "法兰绒毯 Flannel throw", 9900, 4400, 1.7, WINTER, 0.04, 1.9, 15, 5, "home"),
        ("HOM-307", "香薰蜡烛 Scented candle, osmanthus", 5800, 2100, 1.6, AUTUMN, 0.03, 3.3, 12, 12, "home"),
        ("HOM-308", "暖手宝 Hand warmer 10000 mAh", 8500, 4300, 1.8, WINTER, 0.07, 0.0, 12, 10, "home"),
        ("HOM-309", "四件套 Cotton bed set, queen", 35900, 19800, 0.6, AUTUMN, 0.15, 6.8, 25, 1, "home"),
        ("GIF-401", "中秋礼盒 Mid-autumn gift box", 19800, 9700, 0.9, MOON, 0.01, 160.0, 30, 4, "gift"),
        ("GIF-402", "茶礼盒 Tea gift box, three teas", 22800, 10400, 1.0, AUTUMN, 0.02, 2.0, 20, 4, "gift"),
        ("GIF-403", "贺卡手提袋 Gift bag with card", 900, 260, 2.4, EVEN, 0.0, 8.0, 7, 50, "gift"),
        ("GIF-404", "生肖茶宠 Zodiac tea pet", 5600, 2300, 0.5, FADING, 0.04, 70.0, 25, 4, "gift"),
        ("SNK-501", "绿豆糕 Mung bean cake 300 g", 3500, 1600, 2.9, EVEN, 0.01, 1.6, 5, 24, "snack"),
        ("SNK-502", "核桃酥 Walnut crisps 400 g", 3200, 1480, 2.3, EVEN, 0.01, 3.0, 5, 24, "snack"),
        ("SNK-503", "话梅 Dried plums 250 g", 2600, 1050, 1.9, SUMMER, 0.01, 16.0, 5, 24, "snack"),
        ("SNK-504", "坚果礼罐 Nut selection tin", 11800, 6300, 1.2, GROWING, 0.01, 1.2, 8, 6, "snack"),
        ("SNK-505", "桂花酿 Osmanthus syrup 500 ml", 4500, 1950, 1.1, AUTUMN, 0.03, 4.0, 10, 12, "snack"),
    )
)

# Share of orders, visitors for each order on a usual day, cost of a click in fen (0: not paid for).
CHANNELS: Final = {
    "search": (0.34, 26.0, 0),
    "recommendation": (0.22, 41.0, 0),
    "live": (0.14, 17.0, 0),
    "search ads": (0.17, 24.0, 110),
    "influencer": (0.06, 68.0, 190),
    "members": (0.07, 9.0, 0),
}
