"""Tables of the records beside orders and stock: catalogue, partners, people, promotions and what people say."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Table, UniqueConstraint

from shopcore.persistence._columns import Instant, Maker, non_negative, one_of, text_column, whole_column

__all__ = ["RecordTables", "build_records"]


@dataclass(frozen=True, slots=True)
class RecordTables:
    """The tables of the records, parents before children."""

    products: Table
    product_skus: Table
    suppliers: Table
    channels: Table
    campaigns: Table
    broadcasts: Table
    customers: Table
    customer_identities: Table
    customer_consents: Table
    addresses: Table
    carts: Table
    promotions: Table
    promotion_versions: Table
    reviews: Table
    complaints: Table
    preferences: Table
    reorder_points: Table

    @property
    def all(self) -> tuple[Table, ...]:
        """Every table, parents before children."""
        return tuple(getattr(self, field.name) for field in fields(self))


def build_records(make: Maker) -> RecordTables:
    """Return the tables of the records, added to the MetaData of the maker."""
    products, customers = _products(make), _customers(make)
    promotions = _promotions(make)
    return RecordTables(
        products=products,
        product_skus=_product_skus(make, products),
        suppliers=_suppliers(make),
        channels=_channels(make),
        campaigns=_campaigns(make),
        broadcasts=_broadcasts(make),
        customers=customers,
        customer_identities=_identities(make, customers),
        customer_consents=_consents(make, customers),
        addresses=_addresses(make),
        carts=_carts(make),
        promotions=promotions,
        promotion_versions=_promotion_versions(make, promotions),
        reviews=_reviews(make),
        complaints=_complaints(make),
        preferences=_preferences(make),
        reorder_points=_reorder_points(make),
    )


def must(*names: str) -> list[Column[Any]]:
    """Return columns of text that may not be null."""
    return [text_column(name, null=False) for name in names]


def may(*names: str) -> list[Column[Any]]:
    """Return columns of text that may be null."""
    return [text_column(name) for name in names]


def at(name: str, *, null: bool = False) -> Column[Any]:
    """Return a column of instants."""
    return Column(name, Instant, nullable=null)


def child_of(parent: Table, name: str, column: str) -> ForeignKeyConstraint:
    """Return the foreign key of rows that go with their parent."""
    return ForeignKeyConstraint([column], [parent.c[column]], name=f"fk_{name}_parent", ondelete="CASCADE")


def _products(make: Maker) -> Table:
    name = make.prefix + "products"
    return make(
        "products", *must("product_id", "title"), *may("brand"), *must("listing"), *may("stage"),
        at("listed_at", null=True), *must("rest"), Index(f"ix_{name}_listing", "listing", "product_id"),
        key=("product_id",),
    )  # fmt: skip


def _product_skus(make: Maker, products: Table) -> Table:
    name = make.prefix + "product_skus"
    return make(
        "product_skus", *must("product_id"), whole_column("position"), *must("sku"),
        child_of(products, name, "product_id"), Index(f"ix_{name}_sku", "sku"), key=("product_id", "position"),
    )  # fmt: skip


def _suppliers(make: Maker) -> Table:
    return make(
        "suppliers", *must("supplier_id", "name"), *may("contract_id"), at("contract_ends_at", null=True),
        *must("rest"), key=("supplier_id",),
    )  # fmt: skip


def _channels(make: Maker) -> Table:
    return make(
        "channels", *must("channel_id", "name", "kind"), *may("platform"), *must("rest"), key=("channel_id",)
    )  # fmt: skip


def _campaigns(make: Maker) -> Table:
    name = make.prefix + "campaigns"
    return make(
        "campaigns", *must("campaign_id", "name"), at("starts_at"), at("ends_at"), *must("rest"),
        Index(f"ix_{name}_starts", "starts_at"), key=("campaign_id",),
    )  # fmt: skip


def _broadcasts(make: Maker) -> Table:
    name = make.prefix + "broadcasts"
    return make(
        "broadcasts", *must("broadcast_id", "channel_id"), *may("campaign_id"), at("starts_at"), *must("rest"),
        Index(f"ix_{name}_channel", "channel_id", "starts_at"), key=("broadcast_id",),
    )  # fmt: skip


def _customers(make: Maker) -> Table:
    name = make.prefix + "customers"
    return make(
        "customers", *must("customer_id"), *may("source", "level"), whole_column("points", default="0"),
        *may("country"), at("joined_at", null=True), *must("rest"), *non_negative(name, "points"),
        key=("customer_id",),
    )  # fmt: skip


def _identities(make: Maker, customers: Table) -> Table:
    name = make.prefix + "customer_identities"
    return make(
        "customer_identities", *must("customer_id"), *may("name", "phone", "email", "source", "external_ref"),
        child_of(customers, name, "customer_id"), Index(f"ix_{name}_phone", "phone"),
        Index(f"ix_{name}_email", "email"),
        UniqueConstraint("source", "external_ref", name=f"uq_{name}_source"), key=("customer_id",),
    )  # fmt: skip


def _consents(make: Maker, customers: Table) -> Table:
    name = make.prefix + "customer_consents"
    return make(
        "customer_consents", *must("customer_id"), whole_column("position"), *must("purpose"),
        whole_column("granted"), at("at"), *may("evidence"),
        CheckConstraint("granted IN (0, 1)", name=f"ck_{name}_granted"),
        child_of(customers, name, "customer_id"), Index(f"ix_{name}_purpose", "purpose", "customer_id"),
        key=("customer_id", "position"),
    )  # fmt: skip


def _addresses(make: Maker) -> Table:
    name = make.prefix + "addresses"
    return make(
        "addresses", *must("address_id", "customer_id", "country", "rest"),
        Index(f"ix_{name}_customer", "customer_id"), key=("address_id",),
    )  # fmt: skip


def _carts(make: Maker) -> Table:
    name = make.prefix + "carts"
    return make(
        "carts", *must("cart_id"), *may("customer_id"), at("at"), *must("currency"), whole_column("lines"),
        *must("body"), *non_negative(name, "lines"), Index(f"ix_{name}_customer", "customer_id"),
        Index(f"ix_{name}_at", "at", "cart_id"), key=("cart_id",),
    )  # fmt: skip


def _promotions(make: Maker) -> Table:
    name = make.prefix + "promotions"
    return make(
        "promotions", *must("promotion_id"), whole_column("version"), *may("title", "code"),
        at("starts_at", null=True), at("ends_at", null=True), Index(f"ix_{name}_ends", "ends_at"),
        Index(f"ix_{name}_code", "code"), CheckConstraint("version >= 1", name=f"ck_{name}_version"),
        key=("promotion_id",),
    )  # fmt: skip


def _promotion_versions(make: Maker, promotions: Table) -> Table:
    name = make.prefix + "promotion_versions"
    return make(
        "promotion_versions", *must("promotion_id"), whole_column("version"), at("at"), *must("body"),
        child_of(promotions, name, "promotion_id"), CheckConstraint("version >= 1", name=f"ck_{name}_version"),
        key=("promotion_id", "version"),
    )  # fmt: skip


def _reviews(make: Maker) -> Table:
    name = make.prefix + "reviews"
    scores = ("goods", "logistics", "service")
    return make(
        "reviews", *must("review_id"), at("at"), *may("sku", "order_id", "line_id", "customer_id"),
        *(whole_column(score, null=True) for score in scores), *must("rest"),
        *(CheckConstraint(f"{score} BETWEEN 1 AND 5", name=f"ck_{name}_{score}") for score in scores),
        Index(f"ix_{name}_sku", "sku", "at"), Index(f"ix_{name}_customer", "customer_id"),
        Index(f"ix_{name}_order", "order_id"), key=("review_id",),
    )  # fmt: skip


def _complaints(make: Maker) -> Table:
    name = make.prefix + "complaints"
    return make(
        "complaints", *must("complaint_id"), at("opened_at"), *must("kind"), *may("customer_id", "order_id", "sku"),
        at("closed_at", null=True), *must("rest"), CheckConstraint("closed_at >= opened_at", name=f"ck_{name}_closed"),
        one_of(
            name, "kind", "quality", "not_as_described", "damaged", "missing", "late", "service", "price", "privacy",
            "counterfeit", "other",
        ),
        Index(f"ix_{name}_opened", "opened_at"), Index(f"ix_{name}_customer", "customer_id"), key=("complaint_id",),
    )  # fmt: skip


def _preferences(make: Maker) -> Table:
    return make(
        "preferences", *must("customer_id", "name", "value"), at("at"), *must("rest"),
        key=("customer_id", "name", "value"),
    )  # fmt: skip


def _reorder_points(make: Maker) -> Table:
    return make(
        "reorder_points", *must("sku", "location"), whole_column("units"), at("at"),
        *non_negative(make.prefix + "reorder_points", "units"), key=("sku", "location"),
    )  # fmt: skip
