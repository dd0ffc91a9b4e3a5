"""Carts kept between two visits: by the host's id, of whom, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from shopcore._checks import aware, fail, instance, integer, text
from shopcore.models import Cart, Result
from shopcore.persistence._rows import upsert
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, connection_of, unit

__all__ = ["StoredCart", "drop_carts", "load_carts", "save_cart"]


@dataclass(frozen=True, slots=True)
class StoredCart(Result):
    """A cart that was kept.

    Attributes
    ----------
    cart_id : str
        The host's id.
    at : datetime
        When it was kept last.
    cart : Cart
        As it was.
    customer_id : str or None
        Whose, where that is known.
    """

    cart_id: str
    at: datetime
    cart: Cart
    customer_id: str | None = None

    def __repr__(self) -> str:
        """Return the id and the size; whose it is stays out."""
        return f"StoredCart(cart_id={self.cart_id!r}, at={self.at!r}, lines={len(self.cart.lines)})"


def save_cart(
    host: Host, tables: Tables, cart_id: str, cart: Cart, *, at: datetime, customer_id: str | None = None
) -> StoredCart:
    """Return the cart as it is now kept, new or in place of the one of the same id (保存购物车).

    Parameters
    ----------
    host : Session or Connection
        The host's, in its transaction; a savepoint, nothing is committed.
    tables : Tables
        From `build_tables`.
    cart_id : str
        The host's id.
    cart : Cart
        What is in it.
    at : datetime
        Now; aware.
    customer_id : str, optional
        Whose.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.models import CartLine, Money
    >>> from shopcore.persistence import Shop
    >>> noon = datetime(2026, 11, 1, 4, tzinfo=UTC)
    >>> tea = CartLine(line_id="1", sku="TEA", quantity=3, unit_price=Money(4900, "CNY"))
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     kept = save_cart(connection, shop.tables, "K1", Cart(currency="CNY", lines=[tea]), at=noon)
    ...     load_carts(connection, shop.tables) == (kept,)
    True
    """
    text("cart_id", cart_id, max_length=128)
    instance("cart", cart, Cart)
    aware("at", at)
    if customer_id is not None:
        text("customer_id", customer_id, max_length=128)
    row = {
        "cart_id": cart_id, "customer_id": customer_id, "at": at, "currency": cart.currency.code,
        "lines": len(cart.lines), "body": cart.to_json(),
    }  # fmt: skip
    with unit(host) as connection:
        upsert(connection, tables.records.carts, [row])
    return StoredCart(cart_id, at, cart, customer_id)


def load_carts(
    host: Host,
    tables: Tables,
    cart_id: str | None = None,
    *,
    customer_id: str | None = None,
    idle_since: datetime | None = None,
    after: str | None = None,
    limit: int = 1_000,
) -> tuple[StoredCart, ...]:
    """Return one kept cart, those of a customer, or a page of all, in the order of their ids (读取购物车).

    Parameters
    ----------
    host, tables
        As in `save_cart`.
    cart_id, customer_id : str, optional
        Only this cart; only carts of this customer.
    idle_since : datetime, optional
        Only carts nobody touched after this instant: abandoned ones.
    after : str, optional
        The last id of the page before.
    limit : int
        Carts on a page, 1 to 10,000.

    Raises
    ------
    InputError
        If the limit is out of range or an instant is naive.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     for day in (1, 9):
    ...         when = datetime(2026, 11, day, tzinfo=UTC)
    ...         _ = save_cart(connection, shop.tables, f"K{day}", Cart(currency="CNY"), at=when)
    ...     idle = load_carts(connection, shop.tables, idle_since=datetime(2026, 11, 5, tzinfo=UTC))
    >>> [one.cart_id for one in idle]
    ['K1']
    """
    integer("limit", limit, low=1, high=10_000)
    table = tables.records.carts
    query = select(table).order_by(table.c.cart_id).limit(limit)
    for name, value in (("cart_id", cart_id), ("customer_id", customer_id)):
        if value is not None:
            query = query.where(table.c[name] == text(name, value, max_length=128))
    if idle_since is not None:
        query = query.where(table.c.at <= aware("idle_since", idle_since))
    if after is not None:
        query = query.where(table.c.cart_id > after)
    return tuple(
        StoredCart(row["cart_id"], row["at"], Cart.from_json(row["body"]), row["customer_id"])
        for row in connection_of(host, writes=False).execute(query).mappings()
    )


def drop_carts(host: Host, tables: Tables, *, cart_id: str | None = None, idle_since: datetime | None = None) -> int:
    """Return how many carts were forgotten: one that was ordered, or all idle since an instant (清理购物车).

    Parameters
    ----------
    host, tables
        As in `save_cart`.
    cart_id : str, optional
        This cart.
    idle_since : datetime, optional
        Carts nobody touched after this instant. One of the two is needed.

    Raises
    ------
    InputError
        If neither is given.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     when = datetime(2026, 11, 1, tzinfo=UTC)
    ...     _ = save_cart(connection, shop.tables, "K1", Cart(currency="CNY"), at=when)
    ...     drop_carts(connection, shop.tables, cart_id="K1"), load_carts(connection, shop.tables)
    (1, ())
    """
    table = tables.records.carts
    if cart_id is None and idle_since is None:
        fail("cart_id", cart_id, "given, or idle_since", reason="missing")
    query = table.delete()
    if cart_id is not None:
        query = query.where(table.c.cart_id == text("cart_id", cart_id, max_length=128))
    if idle_since is not None:
        query = query.where(table.c.at <= aware("idle_since", idle_since))
    with unit(host) as connection:
        return connection.execute(query).rowcount
