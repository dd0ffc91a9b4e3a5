"""Inventory: reorder points that hold their promise, lot sizes, policies, simulation, stock health, the ledger.

Every quantity takes floats or arrays by the same name; times are in one period of the caller's choice.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Constraints",
    "Costs",
    "CycleService",
    "Demand",
    "FillService",
    "LeadTime",
    "Position",
    "ReorderPoint",
    "Service",
    "achieved_service",
    "reorder_point",
    "safety_stock",
]

if TYPE_CHECKING:
    from shopcore.inventory._reorder_point import ReorderPoint, achieved_service, reorder_point, safety_stock
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
        "_reorder_point": ("ReorderPoint", "achieved_service", "reorder_point", "safety_stock"),
        "_values": ("Constraints", "Costs", "CycleService", "Demand", "FillService", "LeadTime", "Position", "Service"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
