"""Conditions that can only get harder to meet while prices fall: once unmet, they stay unmet."""

from __future__ import annotations

from typing import Any

from shopcore.promotions.conditions._base import Check
from shopcore.promotions.conditions._basket import SpendAtLeast
from shopcore.promotions.conditions._combined import AllOf, AnyOf, NoneOf


def only_gets_harder(when: Any) -> bool:
    """Return whether a condition, once unmet, stays unmet as prices fall; True for no condition."""
    if when is None:
        return True
    if isinstance(when, AllOf | AnyOf):
        return all(only_gets_harder(part) for part in when.of)
    if isinstance(when, NoneOf):
        return all(never_changes(part) for part in when.of)
    return isinstance(when, Check)


def never_changes(when: Any) -> bool:
    """Return whether no price can change what a condition says."""
    if isinstance(when, AllOf | AnyOf | NoneOf):
        return all(never_changes(part) for part in when.of)
    return when is None or (isinstance(when, Check) and not isinstance(when, SpendAtLeast))
