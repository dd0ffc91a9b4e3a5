"""Revision 1's tables of records: catalogue, partners, people, promotions; frozen history as the revision itself."""

import sqlalchemy as sa

from shopcore.persistence.migrations.build import at, counts, index, make, may, must, shop, whole

RECORDS = (
    "products", "product_skus", "suppliers", "channels", "campaigns", "broadcasts", "customers",
    "customer_identities", "customer_consents", "addresses", "carts", "promotions", "promotion_versions", "reviews",
    "complaints", "preferences", "reorder_points",
)  # fmt: skip


def child(table: str, parent: str, column: str) -> sa.ForeignKeyConstraint:
    """Give the foreign key of rows that go with their parent."""
    prefix, schema = shop()
    target = f"{schema}.{prefix}{parent}.{column}" if schema else f"{prefix}{parent}.{column}"
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{prefix}{table}_parent", ondelete="CASCADE")


def create_records() -> None:
    """Create the tables."""
    catalogue()
    people()
    promotions()
    voices()


def catalogue() -> None:
    """Create products, suppliers and channels."""
    make(
        "products", "product_id",
        [*must("product_id title"), *may("brand"), *must("listing"), *may("stage"), at("listed_at", null=True),
         *must("rest")],
        {},
    )  # fmt: skip
    index("products", "listing", "listing", "product_id")
    make(
        "product_skus", "product_id position", [*must("product_id"), *whole("position"), *must("sku")], {},
        child("product_skus", "products", "product_id"),
    )  # fmt: skip
    index("product_skus", "sku", "sku")
    make(
        "suppliers", "supplier_id",
        [*must("supplier_id name"), *may("contract_id"), at("contract_ends_at", null=True), *must("rest")], {},
    )  # fmt: skip
    make("channels", "channel_id", [*must("channel_id name kind"), *may("platform"), *must("rest")], {})
    make(
        "campaigns", "campaign_id", [*must("campaign_id name"), at("starts_at"), at("ends_at"), *must("rest")], {}
    )  # fmt: skip
    index("campaigns", "starts", "starts_at")
    make(
        "broadcasts", "broadcast_id",
        [*must("broadcast_id channel_id"), *may("campaign_id"), at("starts_at"), *must("rest")], {},
    )  # fmt: skip
    index("broadcasts", "channel", "channel_id", "starts_at")


def people() -> None:
    """Create customers, their identities, consents and addresses, and carts."""
    prefix, _ = shop()
    make(
        "customers", "customer_id",
        [*must("customer_id"), *may("source level"), *whole("points", default="0"), *may("country"),
         at("joined_at", null=True), *must("rest")],
        counts("points"),
    )  # fmt: skip
    make(
        "customer_identities", "customer_id",
        [*must("customer_id"), *may("name phone email source external_ref")], {},
        child("customer_identities", "customers", "customer_id"),
        sa.UniqueConstraint("source", "external_ref", name=f"uq_{prefix}customer_identities_source"),
    )  # fmt: skip
    index("customer_identities", "phone", "phone")
    index("customer_identities", "email", "email")
    make(
        "customer_consents", "customer_id position",
        [*must("customer_id"), *whole("position"), *must("purpose"), *whole("granted"), at("at"), *may("evidence")],
        {"granted": "granted IN (0, 1)"}, child("customer_consents", "customers", "customer_id"),
    )  # fmt: skip
    index("customer_consents", "purpose", "purpose", "customer_id")
    make("addresses", "address_id", must("address_id customer_id country rest"), {})
    index("addresses", "customer", "customer_id")
    make(
        "carts", "cart_id",
        [*must("cart_id"), *may("customer_id"), at("at"), *must("currency"), *whole("lines"), *must("body")],
        counts("lines"),
    )  # fmt: skip
    index("carts", "customer", "customer_id")
    index("carts", "at", "at", "cart_id")


def promotions() -> None:
    """Create promotions and their versions."""
    make(
        "promotions", "promotion_id",
        [*must("promotion_id"), *whole("version"), *may("title code"), at("starts_at", null=True),
         at("ends_at", null=True)],
        {"version": "version >= 1"},
    )  # fmt: skip
    index("promotions", "ends", "ends_at")
    index("promotions", "code", "code")
    make(
        "promotion_versions", "promotion_id version",
        [*must("promotion_id"), *whole("version"), at("at"), *must("body")], {"version": "version >= 1"},
        child("promotion_versions", "promotions", "promotion_id"),
    )  # fmt: skip


def voices() -> None:
    """Create reviews, complaints and preferences."""
    scores = "goods logistics service"
    make(
        "reviews", "review_id",
        [*must("review_id"), at("at"), *may("sku order_id line_id customer_id"), *whole(scores, null=True),
         *must("rest")],
        {score: f"{score} BETWEEN 1 AND 5" for score in scores.split()},
    )  # fmt: skip
    index("reviews", "sku", "sku", "at")
    index("reviews", "customer", "customer_id")
    index("reviews", "order", "order_id")
    kinds = "quality not_as_described damaged missing late service price privacy counterfeit other"
    listed = ", ".join(f"'{kind}'" for kind in kinds.split())
    make(
        "complaints", "complaint_id",
        [*must("complaint_id"), at("opened_at"), *must("kind"), *may("customer_id order_id sku"),
         at("closed_at", null=True), *must("rest")],
        {"closed": "closed_at >= opened_at", "kind": f"kind IN ({listed})"},
    )  # fmt: skip
    index("complaints", "opened", "opened_at")
    index("complaints", "customer", "customer_id")
    make(
        "reorder_points", "sku location", [*must("sku location"), *whole("units"), at("at")], counts("units")
    )  # fmt: skip
    make(
        "preferences", "customer_id name value", [*must("customer_id name value"), at("at"), *must("rest")], {}
    )  # fmt: skip
