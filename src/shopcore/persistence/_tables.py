"""All tables, built by one function into the host's MetaData."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, MetaData, Table, UniqueConstraint

from shopcore.persistence._columns import (
    Instant,
    Maker,
    Small,
    non_negative,
    one_of,
    plain_name,
    price_columns,
    text_column,
    whole_column,
)
from shopcore.persistence._record_tables import RecordTables, build_records
from shopcore.persistence._trade_tables import TradeTables, build_trade

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
    trade: TradeTables
    records: RecordTables

    @property
    def all(self) -> tuple[Table, ...]:
        """Every table, parents before children."""
        return (
            self.skus, self.orders, self.order_lines, self.stock_levels, self.stock_moves, self.traffic_facts,
            self.imports, self.operations, self.stock_holds, self.stock_entries,
            *self.trade.all, *self.records.all,
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
    make = Maker(metadata, prefix, schema)
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
        trade=build_trade(make, orders),
        records=build_records(make),
    )


def _skus(make: Maker) -> Table:
    name = make.prefix + "skus"
    return make(
        "skus",
        text_column("sku", null=False),
        text_column("product_id"),
        text_column("title"),
        text_column("gtin"),
        text_column("listing", null=False),
        text_column("currency"),
        *price_columns("price"),
        *price_columns("unit_cost"),
        text_column("rest", null=False),
        *non_negative(name, "price", "unit_cost"),
        CheckConstraint(
            "currency IS NOT NULL OR (price IS NULL AND unit_cost IS NULL)", name=f"ck_{name}_has_currency"
        ),
        Index(f"ix_{name}_product", "product_id"),
        key=("sku",),
    )


def _orders(make: Maker) -> Table:
    name = make.prefix + "orders"
    return make(
        "orders",
        text_column("order_id", null=False),
        text_column("kind", null=False),
        text_column("of_order_id"),
        text_column("currency", null=False),
        Column("placed_at", Instant, nullable=False),
        text_column("customer_id"),
        text_column("channel_id"),
        text_column("country"),
        text_column("source"),
        text_column("external_ref"),
        whole_column("version", default="0"),
        text_column("rest", null=False),
        text_column("state", null=False),
        Column("ship_since", Instant),
        one_of(name, "kind", "sale", "credit"),
        *non_negative(name, "version"),
        UniqueConstraint("source", "external_ref", name=f"uq_{name}_source"),
        Index(f"ix_{name}_placed", "placed_at", "order_id"),
        Index(f"ix_{name}_customer", "customer_id"),
        Index(f"ix_{name}_state", "state", "placed_at", "order_id"),
        Index(f"ix_{name}_ship", "ship_since", "order_id"),
        key=("order_id",),
    )


def _order_lines(make: Maker, orders: Table) -> Table:
    name = make.prefix + "order_lines"
    return make(
        "order_lines",
        text_column("order_id", null=False),
        whole_column("position"),
        text_column("line_id", null=False),
        text_column("sku", null=False),
        text_column("title", null=False),
        text_column("kind", null=False),
        whole_column("quantity"),
        *price_columns("unit_price", nullable=False),
        whole_column("discount", default="0"),
        *(whole_column(count, default="0") for count in LINE_COUNTS),
        text_column("rest", null=False),
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


def _stock_levels(make: Maker) -> Table:
    name = make.prefix + "stock_levels"
    return make(
        "stock_levels",
        text_column("sku", null=False),
        text_column("location", null=False),
        *(whole_column(count, default="0") for count in LEVEL_COUNTS),
        *non_negative(name, *LEVEL_COUNTS),
        CheckConstraint("reserved <= on_hand", name=f"ck_{name}_reserved_is_here"),
        key=("sku", "location"),
    )


def _stock_moves(make: Maker) -> Table:
    name = make.prefix + "stock_moves"
    return make(
        "stock_moves",
        text_column("source", null=False),
        whole_column("number"),
        text_column("sku", null=False),
        text_column("location", null=False),
        text_column("kind", null=False),
        whole_column("quantity"),
        Column("at", Instant, nullable=False),
        text_column("reference"),
        CheckConstraint("quantity <> 0", name=f"ck_{name}_quantity"),
        Index(f"ix_{name}_sku", "sku", "location"),
        key=("source", "number"),
    )


def _traffic_facts(make: Maker) -> Table:
    name = make.prefix + "traffic_facts"
    return make(
        "traffic_facts",
        text_column("fact_id", null=False),
        text_column("channel_id", null=False),
        text_column("campaign_id"),
        text_column("sku"),
        Column("starts_at", Instant, nullable=False),
        Column("ends_at", Instant, nullable=False),
        text_column("zone", null=False),
        *(whole_column(count, null=True) for count in TRAFFIC_COUNTS),
        text_column("currency"),
        whole_column("revenue", null=True),
        whole_column("spend", null=True),
        *non_negative(name, *TRAFFIC_COUNTS, "revenue", "spend"),
        Index(f"ix_{name}_channel", "channel_id", "starts_at"),
        key=("fact_id",),
    )


def _imports(make: Maker) -> Table:
    name = make.prefix + "imports"
    return make(
        "imports",
        text_column("fingerprint", null=False),
        text_column("source", null=False),
        whole_column("lines_read"),
        whole_column("lines_taken"),
        whole_column("lines_set_aside"),
        Column("schema_revision", Small, nullable=False),
        CheckConstraint("lines_read = lines_taken + lines_set_aside", name=f"ck_{name}_sums"),
        *non_negative(name, "lines_taken", "lines_set_aside"),
        key=("fingerprint",),
    )


def _operations(make: Maker) -> Table:
    return make(
        "operations",
        text_column("op_id", null=False),
        text_column("verb", null=False),
        text_column("fingerprint", null=False),
        Column("at", Instant, nullable=False),
        text_column("result", null=False),
        key=("op_id",),
    )


def _stock_holds(make: Maker) -> Table:
    name = make.prefix + "stock_holds"
    return make(
        "stock_holds",
        text_column("hold_id", null=False),
        whole_column("position"),
        text_column("sku", null=False),
        text_column("location", null=False),
        whole_column("units"),
        Column("expires_at", Instant),
        *non_negative(name, "units"),
        Index(f"ix_{name}_sku", "sku", "location"),
        Index(f"ix_{name}_expires", "expires_at"),
        key=("hold_id", "position"),
    )


def _stock_entries(make: Maker) -> Table:
    name = make.prefix + "stock_entries"
    return make(
        "stock_entries",
        text_column("op_id", null=False),
        whole_column("number"),
        text_column("sku", null=False),
        text_column("location", null=False),
        text_column("verb", null=False),
        whole_column("on_hand"),
        whole_column("reserved"),
        text_column("hold_id", null=False),
        Column("at", Instant, nullable=False),
        CheckConstraint("on_hand <> 0 OR reserved <> 0", name=f"ck_{name}_moves"),
        Index(f"ix_{name}_sku", "sku", "location"),
        key=("op_id", "number"),
    )
