"""Data frames and Arrow batches: the engines' answers as new columns of the table you have.

Any eager pandas, polars or pyarrow table goes in, the same kind comes out. `Stage` runs the same questions over
record batches, out of core or on a cluster.
"""

from typing import TYPE_CHECKING

__all__ = [
    "CartQuotes",
    "ChannelRatios",
    "LifetimeValues",
    "Margins",
    "Question",
    "Reorder",
    "RfmScores",
    "Stage",
    "TargetPrices",
    "cart_quotes",
    "channel_ratios",
    "channel_report",
    "duckdb_to_parquet",
    "lifetime_value",
    "margins",
    "purchase_history",
    "reorder_advice",
    "rfm",
    "rfm_scores",
    "target_prices",
]

if TYPE_CHECKING:
    from shopcore.frames._carts import CartQuotes, cart_quotes
    from shopcore.frames._channels import ChannelRatios, channel_ratios, channel_report
    from shopcore.frames._duckdb import duckdb_to_parquet
    from shopcore.frames._margins import Margins, margins
    from shopcore.frames._prices import TargetPrices, target_prices
    from shopcore.frames._question import Question
    from shopcore.frames._reorder import Reorder, reorder_advice
    from shopcore.frames._rfm import RfmScores, rfm, rfm_scores
    from shopcore.frames._stage import Stage
    from shopcore.frames._value import LifetimeValues, lifetime_value, purchase_history
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_carts": ("CartQuotes", "cart_quotes"),
        "_channels": ("ChannelRatios", "channel_ratios", "channel_report"),
        "_duckdb": ("duckdb_to_parquet",),
        "_margins": ("Margins", "margins"),
        "_prices": ("TargetPrices", "target_prices"),
        "_question": ("Question",),
        "_reorder": ("Reorder", "reorder_advice"),
        "_rfm": ("RfmScores", "rfm", "rfm_scores"),
        "_stage": ("Stage",),
        "_value": ("LifetimeValues", "lifetime_value", "purchase_history"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
