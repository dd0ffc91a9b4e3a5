"""Promotions on a cart: every trade rule, any stacking policy, exact shares and a reason for every promotion."""

from typing import TYPE_CHECKING

__all__ = [
    "BUILT_INS",
    "PRESETS",
    "Certificate",
    "Claim",
    "Finding",
    "Kind",
    "PolicyOutcome",
    "PriceOfGreed",
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
    "TakeUp",
    "Usage",
    "Verification",
    "conditions",
    "evaluate",
    "evaluate_many",
    "installed_presets",
    "lint",
    "price_of_greed",
    "quote_refund",
    "read_promotions",
    "rules",
    "verify",
]

if TYPE_CHECKING:
    from shopcore.promotions import conditions, rules
    from shopcore.promotions._budget import SearchBudget
    from shopcore.promotions._evaluate import evaluate
    from shopcore.promotions._lint import Finding, lint
    from shopcore.promotions._policy import StackingPolicy, StagePolicy
    from shopcore.promotions._prepare import Usage
    from shopcore.promotions._presets import PRESETS, installed_presets
    from shopcore.promotions._registry import BUILT_INS, Kind, Registry, read_promotions
    from shopcore.promotions._results import Certificate, Claim, PricedCart, PricedLine, PromotionTrace
    from shopcore.promotions._returns import Purchase, RefundQuote, ReturnPolicy, quote_refund
    from shopcore.promotions._selector import Selector
    from shopcore.promotions._verify import Verification, verify
    from shopcore.promotions._what_if import PolicyOutcome, PriceOfGreed, TakeUp, evaluate_many, price_of_greed
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_budget": ("SearchBudget",),
        "_evaluate": ("evaluate",),
        "_lint": ("Finding", "lint"),
        "_policy": ("StackingPolicy", "StagePolicy"),
        "_prepare": ("Usage",),
        "_presets": ("PRESETS", "installed_presets"),
        "_registry": ("BUILT_INS", "Kind", "Registry", "read_promotions"),
        "_results": ("Certificate", "Claim", "PricedCart", "PricedLine", "PromotionTrace"),
        "_returns": ("Purchase", "RefundQuote", "ReturnPolicy", "quote_refund"),
        "_selector": ("Selector",),
        "_verify": ("Verification", "verify"),
        "_what_if": ("PolicyOutcome", "PriceOfGreed", "TakeUp", "evaluate_many", "price_of_greed"),
        "conditions": ("conditions",),
        "rules": ("rules",),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
