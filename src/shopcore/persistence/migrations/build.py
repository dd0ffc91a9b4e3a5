"""What revisions are built with. A released revision rests on it, so nothing here changes; new needs get new names."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def must(names: str) -> list[Any]:
    """Text columns that may not be null."""
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def may(names: str) -> list[Any]:
    """Text columns that may be null."""
    return [sa.Column(name, sa.Text) for name in names.split()]


def whole(names: str, *, null: bool = False, default: str | None = None) -> list[Any]:
    """Columns of whole numbers."""
    return [sa.Column(name, WHOLE, nullable=null, server_default=default) for name in names.split()]


def price(name: str, *, null: bool = True) -> list[Any]:
    """Give the two columns of a price."""
    scale = sa.Column(f"{name}_scale", SMALL, nullable=False, server_default="0")
    return [sa.Column(name, WHOLE, nullable=null), scale]


def at(name: str, *, null: bool = False) -> Any:
    """Give a column of instants."""
    return sa.Column(name, INSTANT, nullable=null)


def shop() -> tuple[str, str | None]:
    """Prefix and schema of the shop that is upgraded."""
    tables = context.config.attributes["tables"]
    return tables.prefix, tables.schema


def make(name: str, key: str, columns: list[Any], checks: dict[str, str], *more: Any) -> None:
    """Create one table."""
    prefix, schema = shop()
    full = prefix + name
    primary = sa.PrimaryKeyConstraint(*key.split(), name=f"pk_{full}")
    rules = [sa.CheckConstraint(rule, name=f"ck_{full}_{label}") for label, rule in checks.items()]
    op.create_table(full, *columns, primary, *rules, *more, schema=schema, sqlite_strict=True)


def index(table: str, label: str, *columns: str) -> None:
    """Create one index."""
    prefix, schema = shop()
    op.create_index(f"ix_{prefix}{table}_{label}", prefix + table, list(columns), schema=schema)


def counts(names: str) -> dict[str, str]:
    """Rules that counts do not fall below zero."""
    return {name: f"{name} >= 0" for name in names.split()}
