"""Catalogue, partners, people and what they say: one mapper for all kinds, told by a table what has a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Table, select, tuple_
from sqlalchemy.exc import IntegrityError

from shopcore._checks import fail, instance, integer
from shopcore.errors import StorageError
from shopcore.models import (
    Address,
    Campaign,
    Channel,
    Complaint,
    Consent,
    Customer,
    LiveBroadcast,
    Model,
    Preference,
    Product,
    Review,
    Supplier,
)
from shopcore.persistence._facts import load_skus, save_skus
from shopcore.persistence._rows import EMPTY, chunks, read_rest, rest_of, trusted, upsert
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, connection_of, unit

__all__ = ["KINDS", "load_records", "save_records"]

M = TypeVar("M", bound=Model)
Fields = dict[str, Any]
MAX_PAGE: Final = 10_000
IDENTITY: Final = ("name", "phone", "email", "external_ref")


class Kind(NamedTuple):
    """How one model is stored: its table, what has a column, and what is worked out for queries only."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    derived: Callable[[Any], Fields] = lambda _: {}
    parts: tuple[str, ...] = ()


def _contract(supplier: Supplier) -> Fields:
    terms = supplier.terms
    ends = None if terms is None or terms.valid is None else terms.valid.end
    return {"contract_id": None if terms is None else terms.contract_id, "contract_ends_at": ends}


KINDS: Final[Mapping[type[Model], Kind]] = {
    Product: Kind(
        "products", ("product_id",), ("title", "brand", "listing", "stage", "listed_at"), parts=("skus",)
    ),
    Supplier: Kind("suppliers", ("supplier_id",), ("name",), _contract),
    Channel: Kind("channels", ("channel_id",), ("name", "kind", "platform")),
    Campaign: Kind(
        "campaigns", ("campaign_id",), ("name",),
        lambda campaign: {"starts_at": campaign.period.start, "ends_at": campaign.period.end},
    ),
    LiveBroadcast: Kind(
        "broadcasts", ("broadcast_id",), ("channel_id", "campaign_id"), lambda one: {"starts_at": one.period.start}
    ),
    Customer: Kind(
        "customers", ("customer_id",), ("source", "level", "points", "country", "joined_at"),
        parts=(*IDENTITY, "consents"),
    ),
    Address: Kind("addresses", ("address_id",), ("customer_id", "country")),
    Review: Kind(
        "reviews", ("review_id",),
        ("at", "sku", "order_id", "line_id", "customer_id", "goods", "logistics", "service"),
    ),
    Complaint: Kind(
        "complaints", ("complaint_id",), ("opened_at", "kind", "customer_id", "order_id", "sku", "closed_at")
    ),
    Preference: Kind("preferences", ("customer_id", "name", "value"), ("at",)),
}  # fmt: skip
NAMES: Final = ", ".join(kind.__name__ for kind in KINDS)


def kind_of(model: type[Model]) -> Kind:
    """Return how a model is stored, or refuse one that is not a record."""
    if not isinstance(model, type) or model not in KINDS:
        fail("kind", getattr(model, "__name__", model), f"one of {NAMES}", reason="choice",
             hint="orders, articles, stock, traffic, carts and promotions have functions of their own")  # fmt: skip
    return KINDS[model]


def save_records(host: Host, tables: Tables, records: Iterable[Model]) -> int:
    """Return how many records were stored, new or in place of the same id (保存档案).

    Products with their articles, suppliers with their terms, customers, addresses, channels, campaigns, broadcasts,
    reviews, complaints and preferences, mixed in one stream as they come. One savepoint holds them all; nothing is
    committed. A customer's name, phone, e-mail and consents are rows of their own.

    Parameters
    ----------
    host : Session or Connection
        The host's, in its transaction.
    tables : Tables
        From `build_tables`.
    records : iterable of Model
        Any number; taken a few hundred at a time.

    Raises
    ------
    InputError
        If one is of another kind.
    StorageError
        If the database refuses one, such as a second customer with the same source and external reference.

    Examples
    --------
    >>> from shopcore.models import Sku
    >>> from shopcore.persistence import Shop
    >>> mug = Product(product_id="P1", title="Stoneware mug", skus=[Sku(sku="MUG-RED")])
    >>> buyer = Customer(customer_id="C1", name="Zhang San", level="gold")
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     save_records(connection, shop.tables, [mug, buyer])
    ...     load_records(connection, shop.tables, Product) == (mug,)
    2
    True
    """
    stored = 0
    with refusals(), unit(host) as connection:
        for part in chunks(records):
            groups: dict[type[Model], dict[Any, Model]] = {}
            for record in part:
                key = key_of(record, kind_of(type(instance("records", record, Model))))
                groups.setdefault(type(record), {})[key] = record
            for model, found in groups.items():
                _save_kind(connection, tables, model, list(found.values()))
            stored += len(part)
    return stored


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the database refuses into our error, which names the rule and never the values."""
    try:
        yield
    except IntegrityError as error:
        why = str(error.orig).partition("\n")[0]
        raise StorageError(f"the database refused a record: {why}") from None


def key_of(record: Model, kind: Kind) -> tuple[Any, ...]:
    """Return the key of a record, as its table orders it."""
    return tuple(getattr(record, name) for name in kind.key)


def _table(tables: Tables, kind: Kind) -> Table:
    found: Table = getattr(tables.records, kind.table)
    return found


def _save_kind(connection: Connection, tables: Tables, model: type[Model], records: Sequence[Any]) -> None:
    kind = KINDS[model]
    own = (*kind.key, *kind.columns)
    hidden = frozenset((*own, *kind.parts))
    rows = [
        {name: getattr(record, name) for name in own} | kind.derived(record) | {"rest": rest_of(record, hidden)}
        for record in records
    ]
    upsert(connection, _table(tables, kind), rows)
    if model is Customer:
        _save_people(connection, tables, records)
    elif model is Product:
        _save_articles(connection, tables, records)


def _save_people(connection: Connection, tables: Tables, customers: Sequence[Customer]) -> None:
    identities, consents = tables.records.customer_identities, tables.records.customer_consents
    ids = [customer.customer_id for customer in customers]
    for table in (identities, consents):
        connection.execute(table.delete().where(table.c.customer_id.in_(ids)))
    known = [
        {"customer_id": one.customer_id, "source": one.source} | {name: getattr(one, name) for name in IDENTITY}
        for one in customers
        if any(getattr(one, name) is not None for name in IDENTITY)
    ]
    said = [
        {"customer_id": one.customer_id, "position": position, "purpose": word.purpose, "granted": int(word.granted),
         "at": word.at, "evidence": word.evidence}
        for one in customers
        for position, word in enumerate(one.consents)
    ]  # fmt: skip
    for table, rows in ((identities, known), (consents, said)):
        if rows:
            connection.execute(table.insert(), rows)


def _save_articles(connection: Connection, tables: Tables, products: Sequence[Product]) -> None:
    links = tables.records.product_skus
    connection.execute(links.delete().where(links.c.product_id.in_([one.product_id for one in products])))
    save_skus(connection, tables, (sku for one in products for sku in one.skus))
    rows = [
        {"product_id": one.product_id, "position": position, "sku": sku.sku}
        for one in products
        for position, sku in enumerate(one.skus)
    ]
    if rows:
        connection.execute(links.insert(), rows)


def load_records(
    host: Host,
    tables: Tables,
    kind: type[M],
    ids: Iterable[str] | None = None,
    *,
    customer_id: str | None = None,
    after: M | None = None,
    limit: int = 1_000,
    validate: bool = True,
) -> tuple[M, ...]:
    """Return records of one kind by id, of one customer, or a page of all, in the order of their keys (读取档案).

    Parameters
    ----------
    host, tables
        As in `save_records`.
    kind : type
        `Product`, `Supplier`, `Customer`, `Address`, `Channel`, `Campaign`, `LiveBroadcast`, `Review`, `Complaint` or
        `Preference` (whose ids are those of customers).
    ids : iterable of str, optional
        The records wanted; unknown ids are left out.
    customer_id : str, optional
        Only those of this customer.
    after : Model, optional
        The last record of the page before.
    limit : int
        Records on a page, 1 to 10,000.
    validate : bool
        False takes rows without a JSON part as this library wrote them, unchecked and faster.

    Raises
    ------
    InputError
        If the limit is out of range, the kind is unknown or has no customer, or ids and a page are asked for at once.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_records(connection, shop.tables, [Customer(customer_id=name) for name in ("A", "B", "C")])
    ...     first = load_records(connection, shop.tables, Customer, limit=2)
    ...     rest = load_records(connection, shop.tables, Customer, after=first[-1])
    >>> [one.customer_id for one in (*first, *rest)]
    ['A', 'B', 'C']
    """
    how = kind_of(kind)
    table = _table(tables, how)
    integer("limit", limit, low=1, high=MAX_PAGE)
    query = select(table).order_by(*(table.c[name] for name in how.key)).limit(limit)
    if ids is not None:
        wanted = list(ids)
        if after is not None or len(wanted) > limit:
            fail("ids", wanted, f"at most {limit} ids without `after`", reason="too_many")
        query = query.where(table.c[how.key[0]].in_(wanted))
    if customer_id is not None:
        if "customer_id" not in table.c:
            fail("customer_id", kind.__name__, "asked of a kind that belongs to customers", reason="unknown_field")
        query = query.where(table.c.customer_id == customer_id)
    if after is not None:
        last = key_of(instance("after", after, kind), how)
        query = query.where(tuple_(*(table.c[name] for name in how.key)) > tuple_(*last))
    connection = connection_of(host, writes=False)
    rows = connection.execute(query).mappings().all()
    parts = _parts(connection, tables, kind, [row[how.key[0]] for row in rows]) if how.parts else {}
    names = (*how.key, *how.columns)
    return tuple(
        _record(
            kind, {name: row[name] for name in names} | parts.get(row[names[0]], {}), row["rest"], validate=validate
        )
        for row in rows
    )


def _record(kind: type[M], fields: Fields, rest: str, *, validate: bool) -> M:
    if rest != EMPTY:
        return kind.from_dict(fields | read_rest(rest))
    return kind(**fields) if validate else trusted(kind, fields)


def _parts(connection: Connection, tables: Tables, model: type[Model], ids: list[str]) -> dict[str, Fields]:
    return (_people if model is Customer else _articles)(connection, tables, ids)


def _people(connection: Connection, tables: Tables, ids: list[str]) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    table = tables.records.customer_identities
    for row in connection.execute(select(table).where(table.c.customer_id.in_(ids))).mappings():
        found[row["customer_id"]] = {name: row[name] for name in IDENTITY}
    table = tables.records.customer_consents
    said = select(table).where(table.c.customer_id.in_(ids)).order_by(table.c.customer_id, table.c.position)
    for row in connection.execute(said).mappings():
        word = Consent(purpose=row["purpose"], granted=bool(row["granted"]), at=row["at"], evidence=row["evidence"])
        fields = found.setdefault(row["customer_id"], {})
        fields["consents"] = (*fields.get("consents", ()), word)
    return found


def _articles(connection: Connection, tables: Tables, ids: list[str]) -> dict[str, Fields]:
    table = tables.records.product_skus
    rows = connection.execute(
        select(table).where(table.c.product_id.in_(ids)).order_by(table.c.product_id, table.c.position)
    ).all()
    skus = {
        sku.sku: sku for part in chunks({row.sku for row in rows}, MAX_PAGE)
        for sku in load_skus(connection, tables, part)
    }  # fmt: skip
    found: dict[str, Fields] = {}
    for row in rows:
        if row.sku in skus:
            fields = found.setdefault(row.product_id, {"skus": ()})
            fields["skus"] = (*fields["skus"], skus[row.sku])
    return found
