"""First tables: articles, orders with lines, stock with its ledger, traffic facts and imports.

What stands here is frozen history and repeats `build_tables` on purpose: later changes there must not reach back.
"""

import sqlalchemy as sa
from alembic import op

from shopcore.persistence.migrations.build import SMALL, at, counts, index, make, may, must, price, shop, whole
from shopcore.persistence.migrations.records import RECORDS, create_records
from shopcore.persistence.migrations.trade import TRADE, create_trade

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "skus", "orders", "order_lines", "stock_levels", "stock_moves", "traffic_facts", "imports", "operations",
    "stock_holds", "stock_entries",
)  # fmt: skip
LINE_COUNTS = "cancelled waived shipped received return_requested returned exchanged refunded"
LEVEL_COUNTS = "on_hand reserved safety quality_control damaged incoming"
TRAFFIC_COUNTS = (
    "impressions clicks page_views visitors sessions single_page_sessions added_to_cart buyers new_buyers orders units"
)


def upgrade() -> None:
    """Create the tables."""
    prefix, schema = shop()
    make(
        "skus",
        "sku",
        [*must("sku"), *may("product_id title gtin"), *must("listing"), *may("currency"),
         *price("price"), *price("unit_cost"), *must("rest")],
        {**counts("price unit_cost"),
         "has_currency": "currency IS NOT NULL OR (price IS NULL AND unit_cost IS NULL)"},
    )  # fmt: skip
    index("skus", "product", "product_id")
    make(
        "orders",
        "order_id",
        [*must("order_id kind"), *may("of_order_id"), *must("currency"), at("placed_at"),
         *may("customer_id channel_id country source external_ref"), *whole("version", default="0"),
         *must("rest state"), at("ship_since", null=True)],
        {"kind": "kind IN ('sale', 'credit')", **counts("version")},
        sa.UniqueConstraint("source", "external_ref", name=f"uq_{prefix}orders_source"),
    )  # fmt: skip
    index("orders", "placed", "placed_at", "order_id")
    index("orders", "customer", "customer_id")
    index("orders", "state", "state", "placed_at", "order_id")
    index("orders", "ship", "ship_since", "order_id")
    parent = f"{schema}.{prefix}orders.order_id" if schema else f"{prefix}orders.order_id"
    make(
        "order_lines",
        "order_id position",
        [*must("order_id"), *whole("position"), *must("line_id sku title kind"), *whole("quantity"),
         *price("unit_price", null=False), *whole("discount", default="0"), *whole(LINE_COUNTS, default="0"),
         *must("rest")],
        {"quantity": "quantity >= 1", **counts("unit_price discount " + LINE_COUNTS),
         "shipped_fits": "cancelled + shipped <= quantity", "returned_fits": "returned <= shipped + exchanged",
         "refunded_fits": "refunded + waived <= quantity"},
        sa.UniqueConstraint("order_id", "line_id", name=f"uq_{prefix}order_lines_line"),
        sa.ForeignKeyConstraint(["order_id"], [parent], name=f"fk_{prefix}order_lines_order", ondelete="CASCADE"),
    )  # fmt: skip
    index("order_lines", "sku", "sku")
    make(
        "stock_levels",
        "sku location",
        [*must("sku location"), *whole(LEVEL_COUNTS, default="0")],
        {**counts(LEVEL_COUNTS), "reserved_is_here": "reserved <= on_hand"},
    )
    make(
        "stock_moves",
        "source number",
        [*must("source"), *whole("number"), *must("sku location kind"), *whole("quantity"), at("at"),
         *may("reference")],
        {"quantity": "quantity <> 0"},
    )  # fmt: skip
    index("stock_moves", "sku", "sku", "location")
    make(
        "traffic_facts",
        "fact_id",
        [*must("fact_id channel_id"), *may("campaign_id sku"), at("starts_at"), at("ends_at"), *must("zone"),
         *whole(TRAFFIC_COUNTS, null=True), *may("currency"), *whole("revenue spend", null=True)],
        counts(TRAFFIC_COUNTS + " revenue spend"),
    )  # fmt: skip
    index("traffic_facts", "channel", "channel_id", "starts_at")
    make(
        "imports",
        "fingerprint",
        [*must("fingerprint source"), *whole("lines_read lines_taken lines_set_aside"),
         sa.Column("schema_revision", SMALL, nullable=False)],
        {**counts("lines_taken lines_set_aside"), "sums": "lines_read = lines_taken + lines_set_aside"},
    )  # fmt: skip
    stock_tables()
    create_trade()
    create_records()


def stock_tables() -> None:
    """Create what the stock ledger keeps beside the levels."""
    make(
        "operations",
        "op_id",
        [*must("op_id verb fingerprint"), at("at"), *must("result")],
        {},
    )
    make(
        "stock_holds",
        "hold_id position",
        [*must("hold_id"), *whole("position"), *must("sku location"), *whole("units"), at("expires_at", null=True)],
        counts("units"),
    )
    index("stock_holds", "sku", "sku", "location")
    index("stock_holds", "expires", "expires_at")
    make(
        "stock_entries",
        "op_id number",
        [*must("op_id"), *whole("number"), *must("sku location verb"), *whole("on_hand reserved"), *must("hold_id"),
         at("at")],
        {"moves": "on_hand <> 0 OR reserved <> 0"},
    )  # fmt: skip
    index("stock_entries", "sku", "sku", "location")


def downgrade() -> None:
    """Drop the tables, children first."""
    prefix, schema = shop()
    for name in reversed((*TABLES, *TRADE, *RECORDS)):
        op.drop_table(prefix + name, schema=schema)
