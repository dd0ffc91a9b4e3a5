"""Orders: what they come to, which steps they may take, what may go back, and what is due when."""

from typing import TYPE_CHECKING

__all__ = [
    "LineTotals",
    "OrderTotals",
    "TaxTotals",
    "basket_totals",
    "totals",
]

if TYPE_CHECKING:
    from shopcore.orders._totals import LineTotals, OrderTotals, TaxTotals, basket_totals, totals
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_totals": ("LineTotals", "OrderTotals", "TaxTotals", "basket_totals", "totals"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
