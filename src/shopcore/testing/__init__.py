"""For those who extend shopcore: hypothesis strategies for its values, and the suite a promotion rule must pass.

Needs the extra ``testing``; importing the package itself loads nothing.
"""

from typing import TYPE_CHECKING

__all__ = [
    "RuleReport",
    "amounts",
    "check_rule",
    "currencies",
    "money",
    "periods",
    "rates",
    "same_currency_money",
    "unit_prices",
    "zones",
]

if TYPE_CHECKING:
    from shopcore.testing._check_rule import RuleReport, check_rule
    from shopcore.testing._strategies import (
        amounts,
        currencies,
        money,
        periods,
        rates,
        same_currency_money,
        unit_prices,
        zones,
    )
else:
    from shopcore._lazy import lazy

    _RULES = ("RuleReport", "check_rule")
    __getattr__, __dir__ = lazy(
        __name__, {name: "_check_rule" if name in _RULES else "_strategies" for name in __all__}
    )
    del lazy
