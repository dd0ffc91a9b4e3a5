"""Inventory: reorder points that hold their promise, lot sizes, policies, simulation, stock health, the ledger.

Every quantity takes floats or arrays by the same name; times are in one period of the caller's choice.
"""

from typing import TYPE_CHECKING

__all__ = [
    "RQ",
    "SS",
    "Backtest",
    "BacktestLine",
    "BaseStock",
    "Clearance",
    "ConstrainedPolicy",
    "Constraints",
    "Costs",
    "CoverPolicy",
    "CycleService",
    "Demand",
    "DemandClass",
    "DiscountedOrder",
    "EconomicOrder",
    "FillService",
    "IntermittentForecast",
    "JointOrder",
    "LeadTime",
    "LedgerStep",
    "LotSizes",
    "MinMax",
    "Newsvendor",
    "NextUnits",
    "OrderAdvice",
    "Parcel",
    "PeriodicReview",
    "Pmf",
    "Policy",
    "Position",
    "PresalePush",
    "ProfitNewsvendor",
    "PromotionUplift",
    "ReorderPoint",
    "ReorderQuantity",
    "RoundedOrder",
    "Route",
    "Service",
    "ShortLine",
    "Simulation",
    "SmoothedForecast",
    "StockChange",
    "StockDifference",
    "StockEvent",
    "StockHealth",
    "StockHold",
    "StockLedger",
    "Stocktake",
    "SupplierScore",
    "abc_classes",
    "achieved_service",
    "available_to_promise",
    "backtest",
    "best_reorder_point",
    "cap_outliers",
    "censored_demand",
    "classify_demand",
    "clearance",
    "croston",
    "days_of_cover",
    "economic_order_cost",
    "economic_order_quantity",
    "excess_units",
    "exponential_smoothing",
    "gmroi",
    "heuristic_rq",
    "joint_replenishment",
    "least_unit_cost",
    "life_cycle_stage",
    "lot_for_lot",
    "newsvendor",
    "newsvendor_cost",
    "newsvendor_for_profit",
    "newsvendor_profit",
    "optimal_rq",
    "optimal_ss",
    "order_advice",
    "part_period_balancing",
    "power_ss",
    "presale_push",
    "promotion_uplift",
    "quantity_discount",
    "rank_next_units",
    "reconcile",
    "reorder_point",
    "round_order",
    "route_order",
    "rq_cost",
    "safety_stock",
    "sales_speed",
    "seasonal_smoothing",
    "sell_through_rate",
    "silver_meal",
    "simulate",
    "ss_cost",
    "stock_ages",
    "stock_alarms",
    "stock_health",
    "stock_turnover",
    "stocktake",
    "supplier_score",
    "tsb",
    "units_per_stock",
    "wagner_whitin",
    "xyz_classes",
]

if TYPE_CHECKING:
    from shopcore.inventory._backtest import Backtest, BacktestLine, backtest
    from shopcore.inventory._classes import abc_classes, life_cycle_stage, xyz_classes
    from shopcore.inventory._clearance import Clearance, clearance
    from shopcore.inventory._eoq import (
        DiscountedOrder,
        EconomicOrder,
        economic_order_cost,
        economic_order_quantity,
        quantity_discount,
    )
    from shopcore.inventory._health import StockHealth, Stocktake, stock_ages, stock_alarms, stock_health, stocktake
    from shopcore.inventory._intermittent import DemandClass, IntermittentForecast, classify_demand, croston, tsb
    from shopcore.inventory._joint import JointOrder, joint_replenishment
    from shopcore.inventory._ledger import LedgerStep, StockLedger, reconcile
    from shopcore.inventory._ledger_facts import ShortLine, StockChange, StockDifference, StockEvent, StockHold
    from shopcore.inventory._lot_sizes import (
        LotSizes,
        least_unit_cost,
        lot_for_lot,
        part_period_balancing,
        silver_meal,
        wagner_whitin,
    )
    from shopcore.inventory._newsvendor import (
        Newsvendor,
        ProfitNewsvendor,
        newsvendor,
        newsvendor_cost,
        newsvendor_for_profit,
        newsvendor_profit,
    )
    from shopcore.inventory._next_units import NextUnits, rank_next_units
    from shopcore.inventory._order_advice import OrderAdvice, order_advice
    from shopcore.inventory._pmf import Pmf
    from shopcore.inventory._policies import (
        BaseStock,
        ConstrainedPolicy,
        CoverPolicy,
        MinMax,
        PeriodicReview,
        Policy,
        ReorderQuantity,
    )
    from shopcore.inventory._presale import PresalePush, presale_push
    from shopcore.inventory._promise import available_to_promise
    from shopcore.inventory._reorder_point import ReorderPoint, achieved_service, reorder_point, safety_stock
    from shopcore.inventory._round_order import RoundedOrder, round_order
    from shopcore.inventory._routing import Parcel, Route, route_order
    from shopcore.inventory._rq import RQ, best_reorder_point, optimal_rq, rq_cost
    from shopcore.inventory._rq_heuristics import heuristic_rq
    from shopcore.inventory._sales_speed import (
        PromotionUplift,
        cap_outliers,
        censored_demand,
        days_of_cover,
        promotion_uplift,
        sales_speed,
    )
    from shopcore.inventory._simulation import Simulation, simulate
    from shopcore.inventory._smoothing import SmoothedForecast, exponential_smoothing, seasonal_smoothing
    from shopcore.inventory._ss import SS, optimal_ss, power_ss, ss_cost
    from shopcore.inventory._stock_ratios import excess_units, gmroi, sell_through_rate, stock_turnover, units_per_stock
    from shopcore.inventory._supplier_score import SupplierScore, supplier_score
    from shopcore.inventory._values import (
        Constraints,
        Costs,
        CycleService,
        Demand,
        FillService,
        LeadTime,
        Position,
        Service,
    )
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_backtest": (
            "Backtest",
            "BacktestLine",
            "backtest",
        ),
        "_classes": (
            "abc_classes",
            "life_cycle_stage",
            "xyz_classes",
        ),
        "_clearance": (
            "Clearance",
            "clearance",
        ),
        "_eoq": (
            "DiscountedOrder",
            "EconomicOrder",
            "economic_order_cost",
            "economic_order_quantity",
            "quantity_discount",
        ),
        "_health": (
            "StockHealth",
            "Stocktake",
            "stock_ages",
            "stock_alarms",
            "stock_health",
            "stocktake",
        ),
        "_intermittent": (
            "DemandClass",
            "IntermittentForecast",
            "classify_demand",
            "croston",
            "tsb",
        ),
        "_joint": (
            "JointOrder",
            "joint_replenishment",
        ),
        "_ledger": (
            "LedgerStep",
            "StockLedger",
            "reconcile",
        ),
        "_ledger_facts": (
            "ShortLine",
            "StockChange",
            "StockDifference",
            "StockEvent",
            "StockHold",
        ),
        "_lot_sizes": (
            "LotSizes",
            "least_unit_cost",
            "lot_for_lot",
            "part_period_balancing",
            "silver_meal",
            "wagner_whitin",
        ),
        "_newsvendor": (
            "Newsvendor",
            "ProfitNewsvendor",
            "newsvendor",
            "newsvendor_cost",
            "newsvendor_for_profit",
            "newsvendor_profit",
        ),
        "_next_units": (
            "NextUnits",
            "rank_next_units",
        ),
        "_order_advice": (
            "OrderAdvice",
            "order_advice",
        ),
        "_pmf": ("Pmf",),
        "_policies": (
            "BaseStock",
            "ConstrainedPolicy",
            "CoverPolicy",
            "MinMax",
            "PeriodicReview",
            "Policy",
            "ReorderQuantity",
        ),
        "_presale": (
            "PresalePush",
            "presale_push",
        ),
        "_promise": ("available_to_promise",),
        "_reorder_point": (
            "ReorderPoint",
            "achieved_service",
            "reorder_point",
            "safety_stock",
        ),
        "_round_order": (
            "RoundedOrder",
            "round_order",
        ),
        "_routing": (
            "Parcel",
            "Route",
            "route_order",
        ),
        "_rq": (
            "RQ",
            "best_reorder_point",
            "optimal_rq",
            "rq_cost",
        ),
        "_rq_heuristics": ("heuristic_rq",),
        "_sales_speed": (
            "PromotionUplift",
            "cap_outliers",
            "censored_demand",
            "days_of_cover",
            "promotion_uplift",
            "sales_speed",
        ),
        "_simulation": (
            "Simulation",
            "simulate",
        ),
        "_smoothing": (
            "SmoothedForecast",
            "exponential_smoothing",
            "seasonal_smoothing",
        ),
        "_ss": (
            "SS",
            "optimal_ss",
            "power_ss",
            "ss_cost",
        ),
        "_stock_ratios": (
            "excess_units",
            "gmroi",
            "sell_through_rate",
            "stock_turnover",
            "units_per_stock",
        ),
        "_supplier_score": (
            "SupplierScore",
            "supplier_score",
        ),
        "_values": (
            "Constraints",
            "Costs",
            "CycleService",
            "Demand",
            "FillService",
            "LeadTime",
            "Position",
            "Service",
        ),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
