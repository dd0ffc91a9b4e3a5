"""The rules of the trade: small frozen values that propose; each file is one term."""

from typing import TYPE_CHECKING

__all__ = [
    "AddOn",
    "AmountOff",
    "AnyN",
    "BestOf",
    "Bundle",
    "BundlePart",
    "BuyXGetY",
    "FixedPrice",
    "FlashSale",
    "FreeShipping",
    "Gift",
    "GroupAmount",
    "MemberPrice",
    "NthUnit",
    "PercentOff",
    "Points",
    "Presale",
    "PriceTier",
    "RedPacket",
    "Sequence",
    "SpendThreshold",
    "SpendThresholdPercent",
    "SpendTier",
    "SpendTiers",
    "TieredPrice",
]

if TYPE_CHECKING:
    from shopcore.promotions.rules._amount_off import AmountOff
    from shopcore.promotions.rules._buy_x_get_y import BuyXGetY
    from shopcore.promotions.rules._combine import BestOf, Sequence
    from shopcore.promotions.rules._fixed_price import AddOn, FixedPrice, FlashSale, MemberPrice
    from shopcore.promotions.rules._free_shipping import FreeShipping
    from shopcore.promotions.rules._gift import Gift
    from shopcore.promotions.rules._nth_unit import GroupAmount, NthUnit
    from shopcore.promotions.rules._payment import Points, Presale, RedPacket
    from shopcore.promotions.rules._percent_off import PercentOff
    from shopcore.promotions.rules._sets import AnyN, Bundle, BundlePart
    from shopcore.promotions.rules._spend_threshold import (
        SpendThreshold,
        SpendThresholdPercent,
        SpendTier,
        SpendTiers,
    )
    from shopcore.promotions.rules._tiered_price import PriceTier, TieredPrice
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_amount_off": ("AmountOff",),
        "_buy_x_get_y": ("BuyXGetY",),
        "_combine": ("BestOf", "Sequence"),
        "_fixed_price": ("AddOn", "FixedPrice", "FlashSale", "MemberPrice"),
        "_free_shipping": ("FreeShipping",),
        "_gift": ("Gift",),
        "_nth_unit": ("GroupAmount", "NthUnit"),
        "_payment": ("Points", "Presale", "RedPacket"),
        "_percent_off": ("PercentOff",),
        "_sets": ("AnyN", "Bundle", "BundlePart"),
        "_spend_threshold": ("SpendThreshold", "SpendThresholdPercent", "SpendTier", "SpendTiers"),
        "_tiered_price": ("PriceTier", "TieredPrice"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
