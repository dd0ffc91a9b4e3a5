"""Data frames and Arrow batches: the engines' answers as new columns of the table you have.

Any eager pandas, polars or pyarrow table goes in, the same kind comes out. `Stage` runs the same questions over
record batches, out of core or on a cluster.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Margins",
    "Question",
    "Reorder",
    "Stage",
    "TargetPrices",
    "margins",
    "reorder_advice",
    "target_prices",
]

if TYPE_CHECKING:
    from shopcore.frames._margins import Margins, margins
    from shopcore.frames._prices import TargetPrices, target_prices
    from shopcore.frames._question import Question
    from shopcore.frames._reorder import Reorder, reorder_advice
    from shopcore.frames._stage import Stage
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_margins": ("Margins", "margins"),
        "_prices": ("TargetPrices", "target_prices"),
        "_question": ("Question",),
        "_reorder": ("Reorder", "reorder_advice"),
        "_stage": ("Stage",),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
