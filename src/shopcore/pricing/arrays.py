"""The twins: the functions of `shopcore.pricing` over int64 columns of minor units, equal row by row.

Names and argument order are those of the scalar functions; `Item` becomes `Items`, `Money` a column of minor units.
"""

from shopcore.pricing._array_break_even import BreakEvenColumns, break_even
from shopcore.pricing._array_rules import charm, commission
from shopcore.pricing._array_sensitivity import SensitivityColumns, sensitivity
from shopcore.pricing._array_solve import SolutionColumns, deepest_discount, price_for
from shopcore.pricing._array_waterfall import waterfall
from shopcore.pricing._columns import Items, WaterfallColumns

__all__ = [
    "BreakEvenColumns",
    "Items",
    "SensitivityColumns",
    "SolutionColumns",
    "WaterfallColumns",
    "break_even",
    "charm",
    "commission",
    "deepest_discount",
    "price_for",
    "sensitivity",
    "waterfall",
]
