"""Values of the shop's domain: frozen, validated when made, without knowledge of any engine.

Names are imported when they are first used: `Money` alone loads no pydantic.
"""

from typing import TYPE_CHECKING

__all__ = [
    "CURRENCIES",
    "Currency",
    "Model",
    "Money",
    "Period",
    "Personal",
    "Public",
    "Rate",
    "Ratio",
    "Result",
    "RoundingPolicy",
    "Sensitive",
    "UnitPrice",
]

if TYPE_CHECKING:
    from shopcore.models._base import Model
    from shopcore.models._currency import CURRENCIES, Currency
    from shopcore.models._money import Money
    from shopcore.models._period import Period
    from shopcore.models._privacy import Personal, Public, Sensitive
    from shopcore.models._rate import Rate
    from shopcore.models._ratio import Ratio
    from shopcore.models._result import Result
    from shopcore.models._rounding_policy import RoundingPolicy
    from shopcore.models._unit_price import UnitPrice
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_base": ("Model",),
        "_currency": ("CURRENCIES", "Currency"),
        "_money": ("Money",),
        "_period": ("Period",),
        "_privacy": ("Personal", "Public", "Sensitive"),
        "_rate": ("Rate",),
        "_ratio": ("Ratio",),
        "_result": ("Result",),
        "_rounding_policy": ("RoundingPolicy",),
        "_unit_price": ("UnitPrice",),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
