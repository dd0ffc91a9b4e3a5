"""Articles, stock and traffic: rows and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, func, select

from shopcore.errors import RefusedError
from shopcore.models import Period, Sku, StockPosition, TrafficFacts
from shopcore.persistence._columns import price_of, price_parts
from shopcore.persistence._rows import EMPTY, chunks, read_rest, rest_of, upsert
from shopcore.persistence._tables import LEVEL_COUNTS, TRAFFIC_COUNTS, Tables

__all__ = ["load_skus", "load_stock", "load_traffic", "save_skus", "save_stock", "save_traffic"]

_SKU_PLAIN: Final = ("sku", "product_id", "title", "gtin", "listing")
_SKU_COLUMNS: Final = frozenset({*_SKU_PLAIN, "price", "unit_cost"})
_LEVEL: Final = ("sku", "location", *LEVEL_COUNTS)
_TRAFFIC_PLAIN: Final = ("channel_id", "campaign_id", "sku", *TRAFFIC_COUNTS)


def save_skus(connection: Connection, tables: Tables, skus: Iterable[Sku]) -> int:
    """Return how many articles were stored, new or in place of the same code (保存商品规格).

    One savepoint holds them all; nothing is committed.

    Raises
    ------
    InputError
        If an article's price and cost are of two currencies.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> from shopcore.persistence import Shop
    >>> shop, mug = Shop(), Sku(sku="MUG", price=Money(3900, "CNY"), weight_grams=380)
    >>> with shop.begin() as connection:
    ...     save_skus(connection, shop.tables, [mug]), load_skus(connection, shop.tables) == (mug,)
    (1, True)
    """
    return _save(connection, tables.skus, (_sku_row(sku) for sku in skus))


def _save(connection: Connection, table: Any, rows: Iterable[dict[str, Any]]) -> int:
    stored = 0
    # Large parts go through COPY on PostgreSQL, which pays from a few thousand rows on.
    size = 20_000 if connection.dialect.name == "postgresql" else 1_000
    with connection.begin_nested():
        for part in chunks(rows, size):
            upsert(connection, table, part)
            stored += len(part)
    return stored


def _sku_row(sku: Sku) -> dict[str, Any]:
    from shopcore.models._currency import currency_mismatch

    fields = sku.__dict__
    row: dict[str, Any] = {name: fields[name] for name in _SKU_PLAIN}
    price, cost = fields["price"], fields["unit_cost"]
    known = cost if price is None else price
    if cost is not None and cost.currency is not known.currency:
        raise currency_mismatch(known.currency, cost.currency)
    row["currency"] = None if known is None else known.currency.code
    row["price"], row["price_scale"] = price_parts(price)
    row["unit_cost"], row["unit_cost_scale"] = price_parts(cost)
    # Asking pydantic about each field of each article would double the time.
    row["rest"] = EMPTY if sku.model_fields_set <= _SKU_COLUMNS else rest_of(sku, _SKU_COLUMNS)
    return row


def load_skus(connection: Connection, tables: Tables, skus: Iterable[str] | None = None) -> tuple[Sku, ...]:
    """Return the articles of some codes, or all, in the order of their codes; unknown codes are left out."""
    query = select(tables.skus).order_by(tables.skus.c.sku)
    if skus is not None:
        query = query.where(tables.skus.c.sku.in_(list(skus)))
    return tuple(_sku_of(row) for row in connection.execute(query).mappings())


def _sku_of(row: Any) -> Sku:
    fields: dict[str, Any] = {name: row[name] for name in _SKU_PLAIN}
    for name in ("price", "unit_cost"):
        fields[name] = price_of(row[name], row[f"{name}_scale"], row["currency"] or "")
    rest = read_rest(row["rest"])
    plain = Sku(**fields)
    return Sku.from_dict({**plain.to_dict(), **rest}) if rest else plain


def save_stock(connection: Connection, tables: Tables, positions: Iterable[StockPosition]) -> int:
    """Return how many stock positions were stored, new or in place of the same SKU and place (保存库存).

    This states what is; it is not a movement, so `reconcile_stock` shows it until it is booked. One savepoint holds
    them all; nothing is committed.

    Raises
    ------
    RefusedError
        If units are held there by `reserve_stock` and another count of reserved units is stated: that would lend
        them twice. Use `receive_stock` and `adjust_stock`.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop, mug = Shop(), StockPosition(sku="MUG", on_hand=12, reserved=2)
    >>> with shop.begin() as connection:
    ...     save_stock(connection, shop.tables, [mug]), load_stock(connection, shop.tables) == (mug,)
    (1, True)
    """
    stored = 0
    with connection.begin_nested():
        for part in chunks(positions):
            _keep_holds(connection, tables, part)
            rows = [{name: getattr(position, name) for name in _LEVEL} for position in part]
            upsert(connection, tables.stock_levels, rows)
            stored += len(rows)
    return stored


def _keep_holds(connection: Connection, tables: Tables, positions: list[StockPosition]) -> None:
    hold = tables.stock_holds
    query = (
        select(hold.c.sku, hold.c.location, func.sum(hold.c.units))
        .where(hold.c.sku.in_([position.sku for position in positions]), hold.c.units > 0)
        .group_by(hold.c.sku, hold.c.location)
    )
    held = {(sku, place): int(units) for sku, place, units in connection.execute(query)}
    for position in positions:
        units = held.get((position.sku, position.location), position.reserved)
        if position.reserved != units:
            raise RefusedError(
                f"{units} units of {position.sku} are held here, {position.reserved} are stated as reserved",
                state="held", allowed=("receive_stock", "adjust_stock"), reason="held",
            )  # fmt: skip


def load_stock(connection: Connection, tables: Tables, skus: Iterable[str] | None = None) -> tuple[StockPosition, ...]:
    """Return the stock positions of some SKUs, or all, in the order of SKU and place."""
    level = tables.stock_levels
    query = select(level).order_by(level.c.sku, level.c.location)
    if skus is not None:
        query = query.where(level.c.sku.in_(list(skus)))
    return tuple(StockPosition(**row) for row in connection.execute(query).mappings())


def save_traffic(connection: Connection, tables: Tables, facts: Iterable[TrafficFacts]) -> int:
    """Return how many traffic facts were stored; one of the same channel, campaign, SKU and period is replaced.

    One savepoint holds them all; nothing is committed.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> day = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    >>> shop, fact = Shop(), TrafficFacts(channel_id="search", period=day, clicks=2700)
    >>> with shop.begin() as connection:
    ...     save_traffic(connection, shop.tables, [fact]), load_traffic(connection, shop.tables) == (fact,)
    (1, True)
    """
    return _save(connection, tables.traffic_facts, (_traffic_row(fact) for fact in facts))


def _traffic_row(fact: TrafficFacts) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(fact, name) for name in _TRAFFIC_PLAIN}
    period = fact.period
    row |= {"starts_at": period.start, "ends_at": period.end, "zone": period.zone}
    amounts = [amount for amount in (fact.revenue, fact.spend) if amount is not None]
    row["currency"] = amounts[0].currency.code if amounts else None
    row["revenue"] = None if fact.revenue is None else fact.revenue.minor
    row["spend"] = None if fact.spend is None else fact.spend.minor
    what = "\x1f".join(
        [fact.channel_id, fact.campaign_id or "", fact.sku or "", period.start.isoformat(), period.end.isoformat()]
    )
    row["fact_id"] = hashlib.sha256(what.encode()).hexdigest()[:32]
    return row


def load_traffic(
    connection: Connection, tables: Tables, channels: Iterable[str] | None = None
) -> tuple[TrafficFacts, ...]:
    """Return the traffic facts of some channels, or all, in the order of channel and start."""
    table = tables.traffic_facts
    query = select(table).order_by(table.c.channel_id, table.c.starts_at, table.c.fact_id)
    if channels is not None:
        query = query.where(table.c.channel_id.in_(list(channels)))
    return tuple(_traffic_of(row) for row in connection.execute(query).mappings())


def _traffic_of(row: Any) -> TrafficFacts:
    fields: dict[str, Any] = {name: row[name] for name in _TRAFFIC_PLAIN}
    for name in ("revenue", "spend"):
        fields[name] = price_of(row[name], 0, row["currency"] or "")
    return TrafficFacts(period=Period(row["starts_at"], row["ends_at"], row["zone"]), **fields)
