"""For those who extend shopcore: hypothesis strategies for its values.

Needs the extra ``testing``; importing the package itself loads nothing.
"""

from typing import TYPE_CHECKING

__all__ = ["amounts", "currencies", "money", "periods", "rates", "same_currency_money", "unit_prices", "zones"]

if TYPE_CHECKING:
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

    __getattr__, __dir__ = lazy(__name__, dict.fromkeys(__all__, "_strategies"))
    del lazy
