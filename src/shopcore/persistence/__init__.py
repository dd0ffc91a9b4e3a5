"""The shop's records inside the host's database: tables, hand mappers, migrations, and a notebook's convenience.

Plain functions work on the host's `Connection` (from a `Session`: ``session.connection()``; from an async one:
``run_sync``). Each opens a savepoint, none commits or closes. `Shop` is for notebooks and the command line.
"""

from typing import TYPE_CHECKING

__all__ = [
    "Shop",
    "StockBooking",
    "StockDrift",
    "StockRepair",
    "Tables",
    "adjust_stock",
    "available_stock",
    "build_tables",
    "check",
    "check_reserve_stock",
    "commit_stock",
    "expire_due",
    "include_object",
    "load_orders",
    "load_skus",
    "load_stock",
    "load_traffic",
    "receive_stock",
    "reconcile_stock",
    "release_stock",
    "reserve_stock",
    "save_orders",
    "save_skus",
    "save_stock",
    "save_traffic",
    "transfer_stock",
    "upgrade",
]

if TYPE_CHECKING:
    from shopcore.persistence._facts import load_skus, load_stock, load_traffic, save_skus, save_stock, save_traffic
    from shopcore.persistence._migrate import check, include_object, upgrade
    from shopcore.persistence._orders import load_orders, save_orders
    from shopcore.persistence._shop import Shop
    from shopcore.persistence._stock import adjust_stock, receive_stock, transfer_stock
    from shopcore.persistence._stock_booking import StockBooking
    from shopcore.persistence._stock_holds import commit_stock, expire_due, release_stock, reserve_stock
    from shopcore.persistence._stock_proof import (
        StockDrift,
        StockRepair,
        available_stock,
        check_reserve_stock,
        reconcile_stock,
    )
    from shopcore.persistence._tables import Tables, build_tables
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_facts": ("load_skus", "load_stock", "load_traffic", "save_skus", "save_stock", "save_traffic"),
        "_migrate": ("check", "include_object", "upgrade"),
        "_orders": ("load_orders", "save_orders"),
        "_shop": ("Shop",),
        "_stock": ("adjust_stock", "receive_stock", "transfer_stock"),
        "_stock_booking": ("StockBooking",),
        "_stock_holds": ("commit_stock", "expire_due", "release_stock", "reserve_stock"),
        "_stock_proof": (
            "StockDrift",
            "StockRepair",
            "available_stock",
            "check_reserve_stock",
            "reconcile_stock",
        ),
        "_tables": ("Tables", "build_tables"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
