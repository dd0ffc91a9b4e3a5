"""Customers: segments, retention, lifetime value, association, reviews; pure functions over columns (客户).

Names are imported when they are first used.
"""

from typing import TYPE_CHECKING

__all__ = [
    "RFM_SEGMENTS",
    "PurchaseHistory",
    "Rfm",
    "RfmCuts",
    "RfmSegment",
    "days_in",
    "purchase_history",
    "quantile_cuts",
    "rfm",
    "rfm_scores",
    "trade_cuts",
]

if TYPE_CHECKING:
    from shopcore.customers._cuts import RfmCuts, quantile_cuts, trade_cuts
    from shopcore.customers._history import PurchaseHistory, days_in, purchase_history
    from shopcore.customers._rfm import RFM_SEGMENTS, Rfm, RfmSegment, rfm, rfm_scores
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_cuts": (
            "RfmCuts",
            "quantile_cuts",
            "trade_cuts",
        ),
        "_history": (
            "PurchaseHistory",
            "days_in",
            "purchase_history",
        ),
        "_rfm": (
            "RFM_SEGMENTS",
            "Rfm",
            "RfmSegment",
            "rfm",
            "rfm_scores",
        ),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
