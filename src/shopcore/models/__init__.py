"""Values of the shop's domain: frozen, validated when made, without knowledge of any engine.

Names are imported when they are first used: `Money` alone loads no pydantic.
"""

from typing import TYPE_CHECKING

__all__ = [
    "CURRENCIES",
    "Address",
    "Attribute",
    "Consent",
    "Currency",
    "Customer",
    "Dimensions",
    "DiscountShare",
    "GtinCheck",
    "MediaFacts",
    "Model",
    "Money",
    "Order",
    "OrderLine",
    "Period",
    "Personal",
    "Posting",
    "Product",
    "Public",
    "Rate",
    "Ratio",
    "Ratios",
    "Result",
    "RoundingPolicy",
    "Sensitive",
    "Sku",
    "SpecOption",
    "StockPosition",
    "TaxPart",
    "TrafficFacts",
    "UnitPrice",
    "check_gtin",
]

if TYPE_CHECKING:
    from shopcore.models._base import Model
    from shopcore.models._currency import CURRENCIES, Currency
    from shopcore.models._customer import Address, Consent, Customer
    from shopcore.models._gtin import GtinCheck, check_gtin
    from shopcore.models._money import Money
    from shopcore.models._order import Order, Posting
    from shopcore.models._order_line import DiscountShare, OrderLine, TaxPart
    from shopcore.models._period import Period
    from shopcore.models._privacy import Personal, Public, Sensitive
    from shopcore.models._product import Attribute, MediaFacts, Product
    from shopcore.models._rate import Rate
    from shopcore.models._ratio import Ratio
    from shopcore.models._ratios import Ratios
    from shopcore.models._result import Result
    from shopcore.models._rounding_policy import RoundingPolicy
    from shopcore.models._sku import Dimensions, Sku, SpecOption
    from shopcore.models._stock_position import StockPosition
    from shopcore.models._traffic_facts import TrafficFacts
    from shopcore.models._unit_price import UnitPrice
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_base": ("Model",),
        "_currency": ("CURRENCIES", "Currency"),
        "_customer": ("Address", "Consent", "Customer"),
        "_gtin": ("GtinCheck", "check_gtin"),
        "_money": ("Money",),
        "_order": ("Order", "Posting"),
        "_order_line": ("DiscountShare", "OrderLine", "TaxPart"),
        "_period": ("Period",),
        "_privacy": ("Personal", "Public", "Sensitive"),
        "_product": ("Attribute", "MediaFacts", "Product"),
        "_rate": ("Rate",),
        "_ratio": ("Ratio",),
        "_ratios": ("Ratios",),
        "_result": ("Result",),
        "_rounding_policy": ("RoundingPolicy",),
        "_sku": ("Dimensions", "Sku", "SpecOption"),
        "_stock_position": ("StockPosition",),
        "_traffic_facts": ("TrafficFacts",),
        "_unit_price": ("UnitPrice",),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
