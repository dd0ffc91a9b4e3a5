"""Values of the shop's domain: frozen, validated when made, without knowledge of any engine.

Names are imported when they are first used: `Money` alone loads no pydantic.
"""

from typing import TYPE_CHECKING

__all__ = [
    "CURRENCIES",
    "ROLES",
    "Address",
    "Attribute",
    "Budget",
    "Buyer",
    "Campaign",
    "Cart",
    "CartLine",
    "CartView",
    "Channel",
    "Complaint",
    "Condition",
    "Consent",
    "ContractTerms",
    "Currency",
    "Customer",
    "Cut",
    "Dimensions",
    "DiscountShare",
    "Effect",
    "GtinCheck",
    "LeadTime",
    "LineFilter",
    "LiveBroadcast",
    "MediaFacts",
    "Model",
    "Money",
    "Order",
    "OrderLine",
    "Period",
    "Personal",
    "Posting",
    "Preference",
    "PriceTier",
    "Product",
    "Promotion",
    "Proposal",
    "Public",
    "Rate",
    "Ratio",
    "Ratios",
    "RawRule",
    "Result",
    "Review",
    "RoundingPolicy",
    "Sensitive",
    "Sku",
    "SpecOption",
    "Stacking",
    "StockPosition",
    "Supplier",
    "SupplierRecord",
    "TaxPart",
    "TrafficFacts",
    "UnitPrice",
    "Unmet",
    "check_gtin",
    "erase_personal",
    "export_personal",
    "view",
    "visible_fields",
]

if TYPE_CHECKING:
    from shopcore.models._base import Model
    from shopcore.models._cart import Buyer, Cart, CartLine
    from shopcore.models._channel import Campaign, Channel, LiveBroadcast
    from shopcore.models._currency import CURRENCIES, Currency
    from shopcore.models._customer import Address, Consent, Customer
    from shopcore.models._erasure import erase_personal, export_personal
    from shopcore.models._gtin import GtinCheck, check_gtin
    from shopcore.models._money import Money
    from shopcore.models._order import Order, Posting
    from shopcore.models._order_line import DiscountShare, OrderLine, TaxPart
    from shopcore.models._period import Period
    from shopcore.models._privacy import Personal, Public, Sensitive
    from shopcore.models._product import Attribute, MediaFacts, Product
    from shopcore.models._promotion import Budget, Promotion, RawRule, Stacking
    from shopcore.models._rate import Rate
    from shopcore.models._ratio import Ratio
    from shopcore.models._ratios import Ratios
    from shopcore.models._result import Result
    from shopcore.models._review import Complaint, Preference, Review
    from shopcore.models._rounding_policy import RoundingPolicy
    from shopcore.models._rule import CartView, Condition, Cut, Effect, LineFilter, Proposal, Unmet
    from shopcore.models._sku import Dimensions, Sku, SpecOption
    from shopcore.models._stock_position import StockPosition
    from shopcore.models._supplier import ContractTerms, LeadTime, PriceTier, Supplier, SupplierRecord
    from shopcore.models._traffic_facts import TrafficFacts
    from shopcore.models._unit_price import UnitPrice
    from shopcore.models._views import ROLES, view, visible_fields
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_base": ("Model",),
        "_cart": ("Buyer", "Cart", "CartLine"),
        "_currency": ("CURRENCIES", "Currency"),
        "_customer": ("Address", "Consent", "Customer"),
        "_gtin": ("GtinCheck", "check_gtin"),
        "_money": ("Money",),
        "_order": ("Order", "Posting"),
        "_order_line": ("DiscountShare", "OrderLine", "TaxPart"),
        "_period": ("Period",),
        "_privacy": ("Personal", "Public", "Sensitive"),
        "_product": ("Attribute", "MediaFacts", "Product"),
        "_promotion": ("Budget", "Promotion", "RawRule", "Stacking"),
        "_rate": ("Rate",),
        "_ratio": ("Ratio",),
        "_ratios": ("Ratios",),
        "_result": ("Result",),
        "_rounding_policy": ("RoundingPolicy",),
        "_rule": ("CartView", "Condition", "Cut", "Effect", "LineFilter", "Proposal", "Unmet"),
        "_sku": ("Dimensions", "Sku", "SpecOption"),
        "_stock_position": ("StockPosition",),
        "_traffic_facts": ("TrafficFacts",),
        "_unit_price": ("UnitPrice",),
        "_channel": (
            "Campaign",
            "Channel",
            "LiveBroadcast",
        ),
        "_erasure": (
            "erase_personal",
            "export_personal",
        ),
        "_review": (
            "Complaint",
            "Preference",
            "Review",
        ),
        "_supplier": (
            "ContractTerms",
            "LeadTime",
            "PriceTier",
            "Supplier",
            "SupplierRecord",
        ),
        "_views": (
            "ROLES",
            "view",
            "visible_fields",
        ),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
