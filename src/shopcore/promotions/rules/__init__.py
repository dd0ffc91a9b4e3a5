"""The rules of the trade: small frozen values that propose; each file is one term."""

from typing import TYPE_CHECKING

__all__ = ["AmountOff", "PercentOff", "SpendThreshold", "SpendThresholdPercent", "SpendTier", "SpendTiers"]

if TYPE_CHECKING:
    from shopcore.promotions.rules._amount_off import AmountOff
    from shopcore.promotions.rules._percent_off import PercentOff
    from shopcore.promotions.rules._spend_threshold import (
        SpendThreshold,
        SpendThresholdPercent,
        SpendTier,
        SpendTiers,
    )
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_amount_off": ("AmountOff",),
        "_percent_off": ("PercentOff",),
        "_spend_threshold": ("SpendThreshold", "SpendThresholdPercent", "SpendTier", "SpendTiers"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
