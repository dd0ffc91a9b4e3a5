"""The shop's records inside the host's database: tables, hand mappers, migrations, and a notebook's convenience.

Plain functions work on the host's `Connection` (from a `Session`: ``session.connection()``; from an async one:
``run_sync``). Each opens a savepoint, none commits or closes. `Shop` is for notebooks and the command line.
"""

from typing import TYPE_CHECKING

__all__ = [
    "ClaimDrift",
    "ClaimRefusal",
    "LowStock",
    "OrderBooking",
    "OutboxMessage",
    "OverdueShipment",
    "PromotionVersion",
    "Shop",
    "StockBooking",
    "StockDrift",
    "StockRepair",
    "StoredCart",
    "Tables",
    "acknowledge_outbox",
    "adjust_stock",
    "advance_order",
    "available_stock",
    "build_tables",
    "check",
    "check_reserve_stock",
    "commit_stock",
    "count_orders",
    "drop_carts",
    "expire_due",
    "include_object",
    "load_carts",
    "load_columns",
    "load_order_events",
    "load_orders",
    "load_promotions",
    "load_records",
    "load_skus",
    "load_stock",
    "load_traffic",
    "load_usage",
    "low_stock",
    "order_from_cart",
    "orders_by_state",
    "overdue_shipments",
    "place_order",
    "promotion_history",
    "read_outbox",
    "receive_stock",
    "reconcile_claims",
    "reconcile_stock",
    "release_stock",
    "reserve_stock",
    "save_cart",
    "save_orders",
    "save_promotions",
    "save_records",
    "save_reorder_points",
    "save_skus",
    "save_stock",
    "save_traffic",
    "transfer_stock",
    "upgrade",
    "write_outbox",
]

if TYPE_CHECKING:
    from shopcore.persistence._advance import advance_order
    from shopcore.persistence._bulk import load_columns
    from shopcore.persistence._carts import StoredCart, drop_carts, load_carts, save_cart
    from shopcore.persistence._claims import ClaimDrift, ClaimRefusal, load_usage, reconcile_claims
    from shopcore.persistence._facts import load_skus, load_stock, load_traffic, save_skus, save_stock, save_traffic
    from shopcore.persistence._migrate import check, include_object, upgrade
    from shopcore.persistence._order_booking import OrderBooking, load_order_events
    from shopcore.persistence._orders import load_orders, save_orders
    from shopcore.persistence._outbox import OutboxMessage, acknowledge_outbox, read_outbox, write_outbox
    from shopcore.persistence._place import place_order
    from shopcore.persistence._promotions import PromotionVersion, load_promotions, promotion_history, save_promotions
    from shopcore.persistence._queries import (
        LowStock,
        OverdueShipment,
        count_orders,
        low_stock,
        orders_by_state,
        overdue_shipments,
        save_reorder_points,
    )
    from shopcore.persistence._records import load_records, save_records
    from shopcore.persistence._shop import Shop
    from shopcore.persistence._snapshot import order_from_cart
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
        "_bulk": ("load_columns",),
        "_queries": (
            "LowStock",
            "OverdueShipment",
            "count_orders",
            "low_stock",
            "orders_by_state",
            "overdue_shipments",
            "save_reorder_points",
        ),
        "_carts": (
            "StoredCart",
            "drop_carts",
            "load_carts",
            "save_cart",
        ),
        "_promotions": (
            "PromotionVersion",
            "load_promotions",
            "promotion_history",
            "save_promotions",
        ),
        "_records": (
            "load_records",
            "save_records",
        ),
        "_advance": ("advance_order",),
        "_claims": ("ClaimDrift", "ClaimRefusal", "load_usage", "reconcile_claims"),
        "_facts": ("load_skus", "load_stock", "load_traffic", "save_skus", "save_stock", "save_traffic"),
        "_migrate": ("check", "include_object", "upgrade"),
        "_order_booking": ("OrderBooking", "load_order_events"),
        "_orders": ("load_orders", "save_orders"),
        "_outbox": ("OutboxMessage", "acknowledge_outbox", "read_outbox", "write_outbox"),
        "_place": ("place_order",),
        "_shop": ("Shop",),
        "_snapshot": ("order_from_cart",),
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
