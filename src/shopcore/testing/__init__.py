"""For those who extend shopcore: strategies for its values, the suite of a promotion rule, the test of a database.

Needs the extra ``testing``; importing the package itself loads nothing.
"""

from typing import TYPE_CHECKING

__all__ = [
    "ModelRefusal",
    "RuleReport",
    "ShopModel",
    "amounts",
    "check_rule",
    "currencies",
    "money",
    "periods",
    "rates",
    "same_currency_money",
    "shop_machine",
    "unit_prices",
    "zones",
]

if TYPE_CHECKING:
    from shopcore.testing._check_rule import RuleReport, check_rule
    from shopcore.testing._shop_machine import shop_machine
    from shopcore.testing._shop_model import ModelRefusal, ShopModel
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

    _WHERE = {
        "RuleReport": "_check_rule",
        "check_rule": "_check_rule",
        "shop_machine": "_shop_machine",
        "ModelRefusal": "_shop_model",
        "ShopModel": "_shop_model",
    }
    __getattr__, __dir__ = lazy(__name__, {name: _WHERE.get(name, "_strategies") for name in __all__})
    del lazy
