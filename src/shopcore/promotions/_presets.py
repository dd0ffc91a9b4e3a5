"""Stacking policies of well-known engines, as values to start a migration from."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from shopcore.promotions._policy import StackingPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PRESETS"]

PRESETS: Final[Mapping[str, StackingPolicy]] = MappingProxyType(
    {
        # Promotions by priority, conditions and percents on running totals, the first effective exclusive one alone.
        "sylius": StackingPolicy(),
        # Promotions by priority; every unit is consumed by one of them.
        "oscar_consume": StackingPolicy(units="once"),
        # The best set of which every pair consents by tags; percents on what product discounts left.
        "shopify_classes": StackingPolicy(selection="best", percent_basis="item"),
        # The best distribution of units over overlapping discounts.
        "dynamics_best_price": StackingPolicy(selection="best", units="once"),
        # Layers in order; thresholds on what earlier layers left (递进), or on the price after layer 0 (平行).
        "cn_progressive": StackingPolicy(threshold_basis="running"),
        "cn_parallel": StackingPolicy(threshold_basis="item"),
    }
)
