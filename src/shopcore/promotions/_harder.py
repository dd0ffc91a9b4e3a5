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
        return all(_never_changes(part) for part in when.of)
    return isinstance(when, Check)


def _never_changes(when: Any) -> bool:
    if isinstance(when, AllOf | AnyOf | NoneOf):
        return all(_never_changes(part) for part in when.of)
    return isinstance(when, Check) and not isinstance(when, SpendAtLeast)
