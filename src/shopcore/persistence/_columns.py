"""Column types that hold the same value on every database: instants in UTC, whole numbers, text, prices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from shopcore._checks import aware, fail
from shopcore.errors import InputError
from shopcore.models import Currency, Money, UnitPrice

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,30}", re.ASCII)
_STORED: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
MAX_PRICE_SCALE: Final = 12

# A STRICT table of SQLite knows INTEGER, REAL, TEXT and BLOB only.
Whole: Final = BigInteger().with_variant(Integer(), "sqlite")
Small: Final = SmallInteger().with_variant(Integer(), "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware instant: ``timestamptz`` on PostgreSQL, ISO text in UTC of fixed width on SQLite, so that text sorts."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Choose the type of the database."""
        kind = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        found: TypeEngine[Any] = dialect.type_descriptor(kind)
        return found

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        """Write in UTC; a naive datetime is refused."""
        if value is None:
            return None
        instant = aware("at", value).astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.strftime(_STORED)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Read as an aware datetime in UTC."""
        if value is None or isinstance(value, datetime):
            return value if value is None else value.astimezone(UTC)
        return datetime.strptime(value, _STORED).replace(tzinfo=UTC)


def plain_name(argument: str, value: str) -> str:
    """Return a prefix or schema name that needs no quoting, or refuse it; the only text that reaches SQL unbound."""
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        fail(argument, value, "a name of a-z, 0-9 and _ that does not begin with a digit, at most 31", reason="format")
    return value


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the tables of one shop: their names begin with the prefix, and on SQLite they are STRICT."""

    metadata: MetaData
    prefix: str
    schema: str | None

    def __call__(self, name: str, *parts: Any, key: tuple[str, ...]) -> Table:
        """Return a new table."""
        full = self.prefix + name
        primary = PrimaryKeyConstraint(*key, name=f"pk_{full}")
        return Table(full, self.metadata, *parts, primary, schema=self.schema, sqlite_strict=True)


def text_column(name: str, *, null: bool = True) -> Column[Any]:
    """Return a column of text."""
    return Column(name, Text, nullable=null)


def whole_column(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    """Return a column of whole numbers."""
    return Column(name, Whole, nullable=null, server_default=default)


def one_of(table: str, column: str, *values: str) -> CheckConstraint:
    """Return a CHECK that a column holds one of some plain words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def price_columns(name: str, **options: Any) -> list[Column[Any]]:
    """Return the two columns of a price: whole parts, and how many decimal digits below the minor unit they are."""
    return [Column(name, Whole, **options), Column(f"{name}_scale", Small, nullable=False, server_default="0")]


def price_parts(price: Money | UnitPrice | None) -> tuple[int | None, int]:
    """Return a price as whole parts and their digits below the minor unit.

    Examples
    --------
    >>> price_parts(Money(255, "GBP")), price_parts(UnitPrice("0.001", "GBP"))
    ((255, 0), (1, 1))
    """
    if price is None:
        return None, 0
    if isinstance(price, Money):
        return price.minor, 0
    exact = price.amount.as_fraction() * price.currency.factor
    for scale in range(MAX_PRICE_SCALE + 1):
        if (exact * 10**scale).denominator == 1:
            return int(exact * 10**scale), scale
    raise InputError(
        f"price must have at most {MAX_PRICE_SCALE} decimal digits below the minor unit to be stored",
        argument="price",
        expected="a decimal price",
        reason="precision",
    )


def price_of(parts: int | None, scale: int, currency: str) -> Money | UnitPrice | None:
    """Return the price that `price_parts` took apart."""
    if parts is None:
        return None
    known = Currency.of(currency, withdrawn_ok=True)
    if scale == 0:
        return Money(parts, known)
    return UnitPrice(Fraction(parts, known.factor * 10**scale), known)


def non_negative(name: str, *columns: str) -> list[CheckConstraint]:
    """Return a CHECK for each column that may not fall below zero."""
    return [CheckConstraint(f"{column} >= 0", name=f"ck_{name}_{column}") for column in columns]
