"""Tables of what happens: events of orders, what promotions were used for, and messages to the outside."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table

from shopcore.persistence._columns import Instant, Maker, non_negative, text_column, whole_column

__all__ = ["TradeTables", "build_trade"]


@dataclass(frozen=True, slots=True)
class TradeTables:
    """The tables of what happens, parents before children."""

    order_events: Table
    promotion_uses: Table
    promotion_spend: Table
    promotion_claims: Table
    outbox: Table

    @property
    def all(self) -> tuple[Table, ...]:
        """Every table, parents before children."""
        return tuple(getattr(self, field.name) for field in fields(self))


def build_trade(make: Maker, orders: Table) -> TradeTables:
    """Return the tables of what happens, added to the MetaData of the maker."""
    return TradeTables(
        order_events=_order_events(make, orders),
        promotion_uses=_promotion_uses(make),
        promotion_spend=_promotion_spend(make),
        promotion_claims=_promotion_claims(make, orders),
        outbox=_outbox(make),
    )


def _order_events(make: Maker, orders: Table) -> Table:
    name = make.prefix + "order_events"
    return make(
        "order_events", text_column("order_id", null=False), whole_column("number"), text_column("kind", null=False),
        Column("at", Instant, nullable=False), text_column("op_id", null=False), text_column("body", null=False),
        CheckConstraint("number >= 1", name=f"ck_{name}_number"),
        ForeignKeyConstraint(["order_id"], [orders.c.order_id], name=f"fk_{name}_order"),
        Index(f"ix_{name}_at", "at"), key=("order_id", "number"),
    )  # fmt: skip


def _promotion_uses(make: Maker) -> Table:
    # The row without a customer counts for everybody; the others for one customer each.
    return make(
        "promotion_uses", text_column("promotion_id", null=False), text_column("customer_id", null=False),
        whole_column("used"), *non_negative(make.prefix + "promotion_uses", "used"),
        key=("promotion_id", "customer_id"),
    )  # fmt: skip


def _promotion_spend(make: Maker) -> Table:
    return make(
        "promotion_spend", text_column("promotion_id", null=False), text_column("currency", null=False),
        whole_column("spent"), *non_negative(make.prefix + "promotion_spend", "spent"),
        key=("promotion_id", "currency"),
    )  # fmt: skip


def _promotion_claims(make: Maker, orders: Table) -> Table:
    name = make.prefix + "promotion_claims"
    return make(
        "promotion_claims", text_column("order_id", null=False), text_column("promotion_id", null=False),
        whole_column("uses"), text_column("currency", null=False), whole_column("amount"),
        whole_column("platform_part"), Column("at", Instant, nullable=False), Column("released_at", Instant),
        *non_negative(name, "uses", "amount", "platform_part"),
        CheckConstraint("platform_part <= amount", name=f"ck_{name}_part"),
        ForeignKeyConstraint(["order_id"], [orders.c.order_id], name=f"fk_{name}_order"),
        Index(f"ix_{name}_promotion", "promotion_id"), key=("order_id", "promotion_id"),
    )  # fmt: skip


def _outbox(make: Maker) -> Table:
    name = make.prefix + "outbox"
    table = make(
        "outbox", whole_column("number"), text_column("topic", null=False), text_column("key", null=False),
        Column("at", Instant, nullable=False), text_column("body", null=False),
        Index(f"ix_{name}_key", "key"), key=("number",),
    )  # fmt: skip
    # A number is never given twice, even after its message was taken away.
    table.dialect_options["sqlite"]["autoincrement"] = True
    return table
