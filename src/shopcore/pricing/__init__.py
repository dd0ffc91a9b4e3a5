"""Prices, fees and margins: an exact waterfall and the smallest legal price that meets a target.

Fees are data (`FeeTable`); `waterfall` shows where a price goes; `price_for` turns a target into a price.
"""

from typing import TYPE_CHECKING

__all__ = [
    "ActivityEntry",
    "Band",
    "BreakEven",
    "BreakEvenUnits",
    "CartWaterfall",
    "Commission",
    "CompetitorIndex",
    "Crossing",
    "DeepestDiscount",
    "DemandFit",
    "Exchange",
    "FeeTable",
    "Fixed",
    "Freight",
    "FreightFee",
    "FreightTemplate",
    "GaborGranger",
    "GuardedPrice",
    "Item",
    "LadderCheck",
    "LadderFlag",
    "LandedCost",
    "LandedLine",
    "Lever",
    "Line",
    "Margin",
    "MarkdownPath",
    "OptimalPrice",
    "Optimum",
    "PaymentFee",
    "Percent",
    "PriceBreak",
    "PriceChange",
    "PriceEnding",
    "PriceRange",
    "PriceSensitivity",
    "PriceSolution",
    "PriorPrice",
    "ProfitLevers",
    "PurchaseLine",
    "Reduction",
    "Region",
    "ReturnLoss",
    "RoiRule",
    "Rung",
    "Sensitivity",
    "Target",
    "Tax",
    "TaxedLines",
    "TierInversion",
    "Waterfall",
    "activity_entry",
    "arc_elasticity",
    "arrays",
    "break_even",
    "break_even_roas",
    "break_even_units",
    "cart_waterfall",
    "charm",
    "check_price_ladder",
    "check_roi_rule",
    "commission",
    "competitor_index",
    "dead_zones",
    "deepest_discount",
    "demand_at_prices",
    "fees_in_force",
    "fit_demand",
    "freight",
    "gabor_granger",
    "guard",
    "highest_click_price",
    "landed_cost",
    "logit_elasticity",
    "margin",
    "markdown_path",
    "optimal_price",
    "optimal_price_constant",
    "optimal_price_linear",
    "optimal_price_logit",
    "payment_fee",
    "price_for",
    "price_with_margin",
    "prior_price",
    "profit_levers",
    "reduction",
    "sensitivity",
    "tax_on_lines",
    "tier_inversions",
    "tier_prices",
    "van_westendorp",
    "waterfall",
]

if TYPE_CHECKING:
    from shopcore.pricing import arrays
    from shopcore.pricing._break_even import (
        BreakEven,
        BreakEvenUnits,
        DeepestDiscount,
        RoiRule,
        break_even,
        break_even_roas,
        break_even_units,
        check_roi_rule,
        deepest_discount,
        highest_click_price,
    )
    from shopcore.pricing._cart_waterfall import CartWaterfall, cart_waterfall
    from shopcore.pricing._charges import Band, Commission, Fixed, PaymentFee, Percent, ReturnLoss
    from shopcore.pricing._component import Exchange
    from shopcore.pricing._elasticity import DemandFit, arc_elasticity, fit_demand, logit_elasticity
    from shopcore.pricing._endings import PriceEnding, charm
    from shopcore.pricing._fees import FeeTable, Tax, fees_in_force
    from shopcore.pricing._freight import Freight, FreightFee, FreightTemplate, Region, freight
    from shopcore.pricing._guard import GuardedPrice, guard
    from shopcore.pricing._item import Item
    from shopcore.pricing._ladder import LadderCheck, LadderFlag, Rung, check_price_ladder
    from shopcore.pricing._landed import LandedCost, LandedLine, PurchaseLine, landed_cost
    from shopcore.pricing._margin import (
        Margin,
        TaxedLines,
        commission,
        margin,
        payment_fee,
        price_with_margin,
        tax_on_lines,
    )
    from shopcore.pricing._markdown import MarkdownPath, demand_at_prices, markdown_path
    from shopcore.pricing._optimal import (
        OptimalPrice,
        Optimum,
        optimal_price,
        optimal_price_constant,
        optimal_price_linear,
        optimal_price_logit,
    )
    from shopcore.pricing._prior_price import (
        ActivityEntry,
        PriceChange,
        PriorPrice,
        Reduction,
        activity_entry,
        prior_price,
        reduction,
    )
    from shopcore.pricing._sensitivity import Lever, ProfitLevers, Sensitivity, profit_levers, sensitivity
    from shopcore.pricing._solve import PriceRange, PriceSolution, dead_zones, price_for
    from shopcore.pricing._survey import Crossing, GaborGranger, PriceSensitivity, gabor_granger, van_westendorp
    from shopcore.pricing._target import Target
    from shopcore.pricing._tiers import (
        CompetitorIndex,
        PriceBreak,
        TierInversion,
        competitor_index,
        tier_inversions,
        tier_prices,
    )
    from shopcore.pricing._waterfall import Line, Waterfall, waterfall
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_break_even": (
            "BreakEven",
            "BreakEvenUnits",
            "DeepestDiscount",
            "RoiRule",
            "break_even",
            "break_even_roas",
            "break_even_units",
            "check_roi_rule",
            "deepest_discount",
            "highest_click_price",
        ),
        "_cart_waterfall": ("CartWaterfall", "cart_waterfall"),
        "_charges": ("Band", "Commission", "Fixed", "PaymentFee", "Percent", "ReturnLoss"),
        "_component": ("Exchange",),
        "_elasticity": ("DemandFit", "arc_elasticity", "fit_demand", "logit_elasticity"),
        "_endings": ("PriceEnding", "charm"),
        "_fees": ("FeeTable", "Tax", "fees_in_force"),
        "_freight": ("Freight", "FreightFee", "FreightTemplate", "Region", "freight"),
        "_guard": ("GuardedPrice", "guard"),
        "_item": ("Item",),
        "_ladder": ("LadderCheck", "LadderFlag", "Rung", "check_price_ladder"),
        "_landed": ("LandedCost", "LandedLine", "PurchaseLine", "landed_cost"),
        "_margin": ("Margin", "TaxedLines", "commission", "margin", "payment_fee", "price_with_margin", "tax_on_lines"),
        "_markdown": ("MarkdownPath", "demand_at_prices", "markdown_path"),
        "_optimal": (
            "OptimalPrice",
            "Optimum",
            "optimal_price",
            "optimal_price_constant",
            "optimal_price_linear",
            "optimal_price_logit",
        ),
        "_prior_price": (
            "ActivityEntry",
            "PriceChange",
            "PriorPrice",
            "Reduction",
            "activity_entry",
            "prior_price",
            "reduction",
        ),
        "_sensitivity": ("Lever", "ProfitLevers", "Sensitivity", "profit_levers", "sensitivity"),
        "_solve": ("PriceRange", "PriceSolution", "dead_zones", "price_for"),
        "_survey": ("Crossing", "GaborGranger", "PriceSensitivity", "gabor_granger", "van_westendorp"),
        "_target": ("Target",),
        "_tiers": (
            "CompetitorIndex",
            "PriceBreak",
            "TierInversion",
            "competitor_index",
            "tier_inversions",
            "tier_prices",
        ),
        "_waterfall": ("Line", "Waterfall", "waterfall"),
    }
    _NAMES = {name: module for module, names in _WHERE.items() for name in names}
    __getattr__, __dir__ = lazy(__name__, _NAMES | {"arrays": "arrays"})
    del lazy
