"""Revision 1's tables of what happens: events, promotion claims, outbox; frozen history as the revision itself."""

import sqlalchemy as sa
from alembic import op

from shopcore.persistence.migrations.build import WHOLE, at, counts, index, make, must, shop, whole

TRADE = ("order_events", "promotion_uses", "promotion_spend", "promotion_claims", "outbox")


def of_order(table: str) -> sa.ForeignKeyConstraint:
    """Give the foreign key of rows that belong to an order and keep it from going."""
    prefix, schema = shop()
    target = f"{schema}.{prefix}orders.order_id" if schema else f"{prefix}orders.order_id"
    return sa.ForeignKeyConstraint(["order_id"], [target], name=f"fk_{prefix}{table}_order")


def create_trade() -> None:
    """Create the tables."""
    make(
        "order_events", "order_id number",
        [*must("order_id"), *whole("number"), *must("kind"), at("at"), *must("op_id body")],
        {"number": "number >= 1"}, of_order("order_events"),
    )  # fmt: skip
    index("order_events", "at", "at")
    make(
        "promotion_uses", "promotion_id customer_id", [*must("promotion_id customer_id"), *whole("used")],
        counts("used"),
    )  # fmt: skip
    make(
        "promotion_spend", "promotion_id currency", [*must("promotion_id currency"), *whole("spent")], counts("spent")
    )  # fmt: skip
    make(
        "promotion_claims", "order_id promotion_id",
        [*must("order_id promotion_id"), *whole("uses"), *must("currency"), *whole("amount platform_part"), at("at"),
         at("released_at", null=True)],
        {**counts("uses amount platform_part"), "part": "platform_part <= amount"}, of_order("promotion_claims"),
    )  # fmt: skip
    index("promotion_claims", "promotion", "promotion_id")
    outbox()


def outbox() -> None:
    """Create the outbox, whose numbers are never given twice."""
    prefix, schema = shop()
    op.create_table(
        f"{prefix}outbox", sa.Column("number", WHOLE, nullable=False), *must("topic key"), at("at"), *must("body"),
        sa.PrimaryKeyConstraint("number", name=f"pk_{prefix}outbox"), schema=schema, sqlite_strict=True,
        sqlite_autoincrement=True,
    )  # fmt: skip
    index("outbox", "key", "key")
