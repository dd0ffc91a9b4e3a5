"""Promotions on a cart: every trade rule, any stacking policy, exact shares and a reason for every promotion."""

from typing import TYPE_CHECKING

__all__ = [
    "BUILT_INS",
    "Certificate",
    "Claim",
    "Kind",
    "PricedCart",
    "PricedLine",
    "PromotionTrace",
    "Purchase",
    "RefundQuote",
    "Registry",
    "ReturnPolicy",
    "SearchBudget",
    "Selector",
    "StackingPolicy",
    "StagePolicy",
    "Usage",
    "Verification",
    "conditions",
    "evaluate",
    "quote_refund",
    "read_promotions",
    "rules",
    "verify",
]

if TYPE_CHECKING:
    from shopcore.promotions import conditions, rules
    from shopcore.promotions._budget import SearchBudget
    from shopcore.promotions._evaluate import evaluate
    from shopcore.promotions._policy import StackingPolicy, StagePolicy
    from shopcore.promotions._prepare import Usage
    from shopcore.promotions._registry import BUILT_INS, Kind, Registry, read_promotions
    from shopcore.promotions._results import Certificate, Claim, PricedCart, PricedLine, PromotionTrace
    from shopcore.promotions._returns import Purchase, RefundQuote, ReturnPolicy, quote_refund
    from shopcore.promotions._selector import Selector
    from shopcore.promotions._verify import Verification, verify
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_budget": ("SearchBudget",),
        "_evaluate": ("evaluate",),
        "_policy": ("StackingPolicy", "StagePolicy"),
        "_prepare": ("Usage",),
        "_registry": ("BUILT_INS", "Kind", "Registry", "read_promotions"),
        "_results": ("Certificate", "Claim", "PricedCart", "PricedLine", "PromotionTrace"),
        "_returns": ("Purchase", "RefundQuote", "ReturnPolicy", "quote_refund"),
        "_selector": ("Selector",),
        "_verify": ("Verification", "verify"),
        "conditions": ("conditions",),
        "rules": ("rules",),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
