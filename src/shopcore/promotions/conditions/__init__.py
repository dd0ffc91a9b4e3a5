"""Conditions of promotions: small frozen values that say whether they are met, or how far the cart is from it."""

from typing import TYPE_CHECKING

__all__ = [
    "AllOf",
    "AnyOf",
    "Birthday",
    "Channel",
    "Contains",
    "FirstOrder",
    "MemberLevel",
    "NoneOf",
    "QuantityAtLeast",
    "Region",
    "Returning",
    "Segment",
    "SpendAtLeast",
    "Weekday",
]

if TYPE_CHECKING:
    from shopcore.promotions.conditions._basket import Contains, QuantityAtLeast, SpendAtLeast
    from shopcore.promotions.conditions._buyer import Birthday, FirstOrder, MemberLevel, Returning, Segment
    from shopcore.promotions.conditions._combined import AllOf, AnyOf, NoneOf
    from shopcore.promotions.conditions._place import Channel, Region, Weekday
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_basket": ("Contains", "QuantityAtLeast", "SpendAtLeast"),
        "_buyer": ("Birthday", "FirstOrder", "MemberLevel", "Returning", "Segment"),
        "_combined": ("AllOf", "AnyOf", "NoneOf"),
        "_place": ("Channel", "Region", "Weekday"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
