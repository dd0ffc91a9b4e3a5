"""All tables, built by one function into the host's MetaData."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from shopcore.persistence._columns import Instant, Small, Whole, non_negative, plain_name, price_columns

__all__ = ["Tables", "build_tables"]

LINE_COUNTS = (
    "cancelled", "waived", "shipped", "received", "return_requested", "returned", "exchanged", "refunded",
)  # fmt: skip
LEVEL_COUNTS = ("on_hand", "reserved", "safety", "quality_control", "damaged", "incoming")
TRAFFIC_COUNTS = (
    "impressions", "clicks", "page_views", "visitors", "sessions", "single_page_sessions", "added_to_cart", "buyers",
    "new_buyers", "orders", "units",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one shop in one MetaData; hand it to every function of this package.

    Attributes
    ----------
    prefix : str
        What every table name begins with.
    schema : str or None
        The schema they live in.

    Examples
    --------
    >>> from sqlalchemy import MetaData
    >>> [table.name for table in build_tables(MetaData()).all[:3]]
    ['shopcore_skus', 'shopcore_orders', 'shopcore_order_lines']
    """

    prefix: str
    schema: str | None
    skus: Table
    orders: Table
    order_lines: Table
    stock_levels: Table
    stock_moves: Table
    traffic_facts: Table
    imports: Table
    operations: Table
    stock_holds: Table
    stock_entries: Table

    @property
    def all(self) -> tuple[Table, ...]:
        """Every table, parents before children."""
        return (
            self.skus, self.orders, self.order_lines, self.stock_levels, self.stock_moves, self.traffic_facts,
            self.imports, self.operations, self.stock_holds, self.stock_entries,
        )  # fmt: skip

    @property
    def version_table(self) -> str:
        """Name of the table that holds the schema's revision."""
        return f"{self.prefix}schema_version"


def build_tables(metadata: MetaData, *, prefix: str = "shopcore_", schema: str | None = None) -> Tables:
    """Return the shop's tables, added to the host's MetaData (建表).

    Money is a BIGINT of minor units beside its currency, times are aware and in UTC, SQLite tables are STRICT, and
    CHECK constraints are the second net under the models' own rules.

    Parameters
    ----------
    metadata : sqlalchemy.MetaData
        The host's own, or a new one.
    prefix : str
        What the table names begin with; two prefixes are two shops in one database.
    schema : str, optional
        Where the tables live, on databases that have schemas.

    Raises
    ------
    InputError
        If prefix or schema is not a plain name.

    Examples
    --------
    >>> from sqlalchemy import MetaData
    >>> build_tables(MetaData(), prefix="shop_").orders.name
    'shop_orders'
    """
    plain_name("prefix", prefix)
    if schema is not None:
        plain_name("schema", schema)
    make = _Maker(metadata, prefix, schema)
    orders = _orders(make)
    return Tables(
        prefix=prefix,
        schema=schema,
        skus=_skus(make),
        orders=orders,
        order_lines=_order_lines(make, orders),
        stock_levels=_stock_levels(make),
        stock_moves=_stock_moves(make),
        traffic_facts=_traffic_facts(make),
        imports=_imports(make),
        operations=_operations(make),
        stock_holds=_stock_holds(make),
        stock_entries=_stock_entries(make),
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    metadata: MetaData
    prefix: str
    schema: str | None

    def __call__(self, name: str, *parts: Any, key: tuple[str, ...]) -> Table:
        full = self.prefix + name
        primary = PrimaryKeyConstraint(*key, name=f"pk_{full}")
        return Table(full, self.metadata, *parts, primary, schema=self.schema, sqlite_strict=True)


def _text(name: str, *, null: bool = True) -> Column[Any]:
    return Column(name, Text, nullable=null)


def _whole(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    return Column(name, Whole, nullable=null, server_default=default)


def _one_of(table: str, column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def _skus(make: _Maker) -> Table:
    name = make.prefix + "skus"
    return make(
        "skus",
        _text("sku", null=False),
        _text("product_id"),
        _text("title"),
        _text("gtin"),
        _text("listing", null=False),
        _text("currency"),
        *price_columns("price"),
        *price_columns("unit_cost"),
        _text("rest", null=False),
        *non_negative(name, "price", "unit_cost"),
        CheckConstraint(
            "currency IS NOT NULL OR (price IS NULL AND unit_cost IS NULL)", name=f"ck_{name}_has_currency"
        ),
        Index(f"ix_{name}_product", "product_id"),
        key=("sku",),
    )


def _orders(make: _Maker) -> Table:
    name = make.prefix + "orders"
    return make(
        "orders",
        _text("order_id", null=False),
        _text("kind", null=False),
        _text("of_order_id"),
        _text("currency", null=False),
        Column("placed_at", Instant, nullable=False),
        _text("customer_id"),
        _text("channel_id"),
        _text("country"),
        _text("source"),
        _text("external_ref"),
        _whole("version", default="0"),
        _text("rest", null=False),
        _one_of(name, "kind", "sale", "credit"),
        *non_negative(name, "version"),
        UniqueConstraint("source", "external_ref", name=f"uq_{name}_source"),
        Index(f"ix_{name}_placed", "placed_at", "order_id"),
        Index(f"ix_{name}_customer", "customer_id"),
        key=("order_id",),
    )


def _order_lines(make: _Maker, orders: Table) -> Table:
    name = make.prefix + "order_lines"
    return make(
        "order_lines",
        _text("order_id", null=False),
        _whole("position"),
        _text("line_id", null=False),
        _text("sku", null=False),
        _text("title", null=False),
        _text("kind", null=False),
        _whole("quantity"),
        *price_columns("unit_price", nullable=False),
        _whole("discount", default="0"),
        *(_whole(count, default="0") for count in LINE_COUNTS),
        _text("rest", null=False),
        CheckConstraint("quantity >= 1", name=f"ck_{name}_quantity"),
        *non_negative(name, "unit_price", "discount", *LINE_COUNTS),
        CheckConstraint("cancelled + shipped <= quantity", name=f"ck_{name}_shipped_fits"),
        CheckConstraint("returned <= shipped + exchanged", name=f"ck_{name}_returned_fits"),
        CheckConstraint("refunded + waived <= quantity", name=f"ck_{name}_refunded_fits"),
        UniqueConstraint("order_id", "line_id", name=f"uq_{name}_line"),
        ForeignKeyConstraint(["order_id"], [orders.c.order_id], name=f"fk_{name}_order", ondelete="CASCADE"),
        Index(f"ix_{name}_sku", "sku"),
        key=("order_id", "position"),
    )


def _stock_levels(make: _Maker) -> Table:
    name = make.prefix + "stock_levels"
    return make(
        "stock_levels",
        _text("sku", null=False),
        _text("location", null=False),
        *(_whole(count, default="0") for count in LEVEL_COUNTS),
        *non_negative(name, *LEVEL_COUNTS),
        CheckConstraint("reserved <= on_hand", name=f"ck_{name}_reserved_is_here"),
        key=("sku", "location"),
    )


def _stock_moves(make: _Maker) -> Table:
    name = make.prefix + "stock_moves"
    return make(
        "stock_moves",
        _text("source", null=False),
        _whole("number"),
        _text("sku", null=False),
        _text("location", null=False),
        _text("kind", null=False),
        _whole("quantity"),
        Column("at", Instant, nullable=False),
        _text("reference"),
        CheckConstraint("quantity <> 0", name=f"ck_{name}_quantity"),
        Index(f"ix_{name}_sku", "sku", "location"),
        key=("source", "number"),
    )


def _traffic_facts(make: _Maker) -> Table:
    name = make.prefix + "traffic_facts"
    return make(
        "traffic_facts",
        _text("fact_id", null=False),
        _text("channel_id", null=False),
        _text("campaign_id"),
        _text("sku"),
        Column("starts_at", Instant, nullable=False),
        Column("ends_at", Instant, nullable=False),
        _text("zone", null=False),
        *(_whole(count, null=True) for count in TRAFFIC_COUNTS),
        _text("currency"),
        _whole("revenue", null=True),
        _whole("spend", null=True),
        *non_negative(name, *TRAFFIC_COUNTS, "revenue", "spend"),
        Index(f"ix_{name}_channel", "channel_id", "starts_at"),
        key=("fact_id",),
    )


def _imports(make: _Maker) -> Table:
    name = make.prefix + "imports"
    return make(
        "imports",
        _text("fingerprint", null=False),
        _text("source", null=False),
        _whole("lines_read"),
        _whole("lines_taken"),
        _whole("lines_set_aside"),
        Column("schema_revision", Small, nullable=False),
        CheckConstraint("lines_read = lines_taken + lines_set_aside", name=f"ck_{name}_sums"),
        *non_negative(name, "lines_taken", "lines_set_aside"),
        key=("fingerprint",),
    )


def _operations(make: _Maker) -> Table:
    return make(
        "operations",
        _text("op_id", null=False),
        _text("verb", null=False),
        _text("fingerprint", null=False),
        Column("at", Instant, nullable=False),
        _text("result", null=False),
        key=("op_id",),
    )


def _stock_holds(make: _Maker) -> Table:
    name = make.prefix + "stock_holds"
    return make(
        "stock_holds",
        _text("hold_id", null=False),
        _whole("position"),
        _text("sku", null=False),
        _text("location", null=False),
        _whole("units"),
        Column("expires_at", Instant),
        *non_negative(name, "units"),
        Index(f"ix_{name}_sku", "sku", "location"),
        Index(f"ix_{name}_expires", "expires_at"),
        key=("hold_id", "position"),
    )


def _stock_entries(make: _Maker) -> Table:
    name = make.prefix + "stock_entries"
    return make(
        "stock_entries",
        _text("op_id", null=False),
        _whole("number"),
        _text("sku", null=False),
        _text("location", null=False),
        _text("verb", null=False),
        _whole("on_hand"),
        _whole("reserved"),
        _text("hold_id", null=False),
        Column("at", Instant, nullable=False),
        CheckConstraint("on_hand <> 0 OR reserved <> 0", name=f"ck_{name}_moves"),
        Index(f"ix_{name}_sku", "sku", "location"),
        key=("op_id", "number"),
    )
