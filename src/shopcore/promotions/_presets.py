"""Stacking policies of well-known engines, as values to start a migration from."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from shopcore._checks import fail, instance
from shopcore.promotions._policy import StackingPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PRESETS", "installed_presets"]

ENTRY_POINTS: Final = "shopcore.presets"

PRESETS: Final[Mapping[str, StackingPolicy]] = MappingProxyType(
    {
        # Promotions by priority, conditions and percents on running totals, the first effective exclusive one alone.
        "sylius": StackingPolicy(),
        # Promotions by priority; every unit is consumed by one of them.
        "oscar_consume": StackingPolicy(units="once"),
        # The best set of which every pair consents by tags; percents on what product discounts left.
        "shopify_classes": StackingPolicy(selection="best", percent_basis="item"),
        # Product discounts alone or cart discounts alone, whichever makes the cart cheaper; inside a kind, all of them.
        # Each product discount needs Stacking(tags=["product"], allows=["product"]), each cart discount
        # Stacking(tags=["cart"], allows=["cart"]). Only the highest-ranked product discount reaches a product there:
        # give product discounts selections that do not overlap, or one group with a limit of 1.
        # So its release notes of 2024-12-19 say: docs.commercetools.com, "Enhanced control over discount interactions".
        "commercetools_best_deal": StackingPolicy(selection="best", may_decline=False),
        # The best distribution of units over overlapping discounts.
        "dynamics_best_price": StackingPolicy(selection="best", units="once"),
        # Layers in order; thresholds on what earlier layers left (递进), or on the price after layer 0 (平行).
        "cn_progressive": StackingPolicy(threshold_basis="running"),
        "cn_parallel": StackingPolicy(threshold_basis="item"),
    }
)


def installed_presets() -> Mapping[str, StackingPolicy]:
    """Return the presets by name, with those that installed packages offer under ``shopcore.presets`` (叠加预设).

    An entry point names a `StackingPolicy`; the name of the entry point is the name of the preset.

    Raises
    ------
    InputError
        If a name is taken, or an entry point is no policy.

    Examples
    --------
    >>> installed_presets()["cn_parallel"].threshold_basis
    'item'
    """
    from importlib.metadata import entry_points

    found = dict(PRESETS)
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda one: (one.name, one.value)):
        if entry.name in found:
            fail("preset", entry.name, "a name that is not taken", reason="duplicate")
        found[entry.name] = instance("preset", entry.load(), StackingPolicy)
    return MappingProxyType(found)
