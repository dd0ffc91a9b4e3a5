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
    "Item",
    "Line",
    "PaymentFee",
    "Percent",
    "Region",
    "ReturnLoss",
    "Tax",
    "Waterfall",
    "fees_in_force",
    "freight",
    "waterfall",
]

if TYPE_CHECKING:
    from shopcore.pricing._component import Exchange
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
    from shopcore.pricing._item import Item
    from shopcore.pricing._waterfall import Line, Waterfall, waterfall
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_component": ("Exchange",),
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
        "_freight": ("Freight", "FreightFee", "FreightTemplate", "Region", "freight"),
        "_item": ("Item",),
        "_waterfall": ("Line", "Waterfall", "waterfall"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
