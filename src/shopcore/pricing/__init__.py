"""Prices, fees and margins: an exact waterfall and the smallest legal price that meets a target.

Fees are data (`FeeTable`); `waterfall` shows where a price goes; `price_for` turns a target into a price.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Band",
    "Commission",
    "Exchange",
    "FeeTable",
    "Fixed",
    "Freight",
    "FreightFee",
    "FreightTemplate",
    "GuardedPrice",
    "Item",
    "Line",
    "PaymentFee",
    "Percent",
    "PriceEnding",
    "PriceRange",
    "PriceSolution",
    "Region",
    "ReturnLoss",
    "Target",
    "Tax",
    "Waterfall",
    "charm",
    "dead_zones",
    "fees_in_force",
    "freight",
    "guard",
    "price_for",
    "waterfall",
]

if TYPE_CHECKING:
    from shopcore.pricing._component import Exchange
    from shopcore.pricing._endings import PriceEnding, charm
    from shopcore.pricing._fees import (
        Band,
        Commission,
        FeeTable,
        Fixed,
        PaymentFee,
        Percent,
        ReturnLoss,
        Tax,
        fees_in_force,
    )
    from shopcore.pricing._freight import Freight, FreightFee, FreightTemplate, Region, freight
    from shopcore.pricing._guard import GuardedPrice, guard
    from shopcore.pricing._item import Item
    from shopcore.pricing._solve import PriceRange, PriceSolution, dead_zones, price_for
    from shopcore.pricing._target import Target
    from shopcore.pricing._waterfall import Line, Waterfall, waterfall
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_component": ("Exchange",),
        "_endings": (
            "PriceEnding",
            "charm",
        ),
        "_fees": (
            "Band",
            "Commission",
            "FeeTable",
            "Fixed",
            "PaymentFee",
            "Percent",
            "ReturnLoss",
            "Tax",
            "fees_in_force",
        ),
        "_freight": (
            "Freight",
            "FreightFee",
            "FreightTemplate",
            "Region",
            "freight",
        ),
        "_guard": (
            "GuardedPrice",
            "guard",
        ),
        "_item": ("Item",),
        "_solve": (
            "PriceRange",
            "PriceSolution",
            "dead_zones",
            "price_for",
        ),
        "_target": ("Target",),
        "_waterfall": (
            "Line",
            "Waterfall",
            "waterfall",
        ),
    }
    _NAMES = {name: module for module, names in _WHERE.items() for name in names}
    __getattr__, __dir__ = lazy(__name__, _NAMES)
    del lazy
