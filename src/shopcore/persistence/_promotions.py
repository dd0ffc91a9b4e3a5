"""Promotions as they are and as they were: every change is a version, and rules nobody here knows are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.exc import IntegrityError

from shopcore._checks import aware, fail, instance, integer, text
from shopcore.errors import RetryableError
from shopcore.models import Promotion, Result
from shopcore.persistence._rows import chunks, upsert
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, connection_of, unit
from shopcore.promotions import BUILT_INS, Registry, read_promotions

__all__ = ["PromotionVersion", "load_promotions", "promotion_history", "save_promotions"]

MAX_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class PromotionVersion(Result):
    """A promotion as it stood from an instant on.

    Attributes
    ----------
    promotion_id : str
        Whose version it is.
    version : int
        1 for the first.
    at : datetime
        Since when.
    promotion : Promotion
        As it was saved.
    """

    promotion_id: str
    version: int
    at: datetime
    promotion: Promotion


def save_promotions(
    host: Host, tables: Tables, promotions: Iterable[Promotion], *, at: datetime
) -> tuple[PromotionVersion, ...]:
    """Return the versions that were written; a promotion that is as it was gets none (保存促销活动).

    Earlier versions stay, so that an old order can be explained by the rules it was priced by.

    Parameters
    ----------
    host : Session or Connection
        The host's, in its transaction; a savepoint holds all, nothing is committed.
    tables : Tables
        From `build_tables`.
    promotions : iterable of Promotion
        With rules as data; a bare function has no JSON form and is refused.
    at : datetime
        Since when they stand so; aware.

    Raises
    ------
    InputError
        If a rule is a function, or `at` is naive.
    RetryableError
        If another transaction saves the same new promotion at the same time.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.persistence import Shop
    >>> noon = datetime(2026, 11, 1, 4, tzinfo=UTC)
    >>> wheel = Promotion(promotion_id="wheel", effect={"kind": "acme.wheel", "v": 2, "spins": 3})
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     first = save_promotions(connection, shop.tables, [wheel], at=noon)
    ...     again = save_promotions(connection, shop.tables, [wheel], at=noon)
    ...     [one.version for one in first], again, load_promotions(connection, shop.tables) == (wheel,)
    ([1], (), True)
    """
    aware("at", at)
    written: list[PromotionVersion] = []
    with unit(host) as connection:
        for part in chunks(promotions):
            latest = {instance("promotions", one, Promotion).promotion_id: one for one in part}
            written += _save(connection, tables, latest, at)
    return tuple(written)


def _save(
    connection: Connection, tables: Tables, promotions: dict[str, Promotion], at: datetime
) -> list[PromotionVersion]:
    head, versions = tables.records.promotions, tables.records.promotion_versions
    ids = sorted(promotions)
    # Locked in one order, so that two who save the same promotion take turns instead of the same number.
    wanted = head.c.promotion_id.in_(ids)
    locked = select(head.c.promotion_id, head.c.version).where(wanted).order_by(head.c.promotion_id)
    known = {row.promotion_id: row.version for row in connection.execute(locked.with_for_update())}
    now = and_(versions.c.promotion_id == head.c.promotion_id, versions.c.version == head.c.version)
    bodies = select(head.c.promotion_id, versions.c.body).join(versions, now).where(wanted)
    current = {row.promotion_id: row.body for row in connection.execute(bodies)}
    found = [
        (PromotionVersion(name, known.get(name, 0) + 1, at, promotions[name]), body)
        for name in ids
        if _differs(current.get(name), body := promotions[name].to_json())
    ]
    upsert(connection, head, [_head_row(version) for version, _ in found])
    if found:
        rows = [
            {"promotion_id": one.promotion_id, "version": one.version, "at": at, "body": body} for one, body in found
        ]
        try:
            connection.execute(versions.insert(), rows)
        except IntegrityError as error:
            raise RetryableError("somebody saved the same new promotion just now; run the transaction again") from error
    return [version for version, _ in found]


def _differs(old: str | None, new: str) -> bool:
    # The same rule may be written in two ways, as read and as looked up: "10%" and "0.1".
    if old is None or old == new:
        return old is None
    before, after = read_promotions([old, new])
    return before != after


def _head_row(found: PromotionVersion) -> dict[str, Any]:
    promotion = found.promotion
    window = promotion.window
    return {
        "promotion_id": found.promotion_id, "version": found.version, "title": promotion.title,
        "code": promotion.code, "starts_at": None if window is None else window.start,
        "ends_at": None if window is None else window.end,
    }  # fmt: skip


def load_promotions(
    host: Host,
    tables: Tables,
    ids: Iterable[str] | None = None,
    *,
    at: datetime | None = None,
    registry: Registry = BUILT_INS,
    after: str | None = None,
    limit: int = 1_000,
) -> tuple[Promotion, ...]:
    """Return promotions as they are now, in the order of their ids (读取促销活动).

    Parameters
    ----------
    host, tables
        As in `save_promotions`.
    ids : iterable of str, optional
        The promotions wanted; unknown ids are left out.
    at : datetime, optional
        Only those whose window holds this instant, or that have none.
    registry : Registry
        What rules are looked up in; kinds it does not know stay as they were read.
    after : str, optional
        The last id of the page before.
    limit : int
        Promotions on a page, 1 to 1,000.

    Raises
    ------
    InputError
        If the limit is out of range, `at` is naive, or a rule of a known kind does not fit.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.models import Period
    >>> from shopcore.persistence import Shop
    >>> day = Period.local("2026-11-11", "2026-11-12", "Asia/Shanghai")
    >>> sale = Promotion(promotion_id="1111", window=day, effect={"kind": "acme.wheel"})
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     _ = save_promotions(connection, shop.tables, [sale], at=datetime(2026, 11, 1, tzinfo=UTC))
    ...     [len(load_promotions(connection, shop.tables, at=instant)) for instant in (day.start, day.end)]
    [1, 0]
    """
    integer("limit", limit, low=1, high=MAX_PAGE)
    head, versions = tables.records.promotions, tables.records.promotion_versions
    now = and_(versions.c.promotion_id == head.c.promotion_id, versions.c.version == head.c.version)
    query = select(versions.c.body).join(head, now).order_by(head.c.promotion_id).limit(limit)
    if ids is not None:
        wanted = list(ids)
        if len(wanted) > limit:
            fail("ids", wanted, f"at most {limit} ids", reason="too_many")
        query = query.where(head.c.promotion_id.in_(wanted))
    if after is not None:
        query = query.where(head.c.promotion_id > after)
    if at is not None:
        aware("at", at)
        query = query.where(
            or_(head.c.starts_at.is_(None), head.c.starts_at <= at), or_(head.c.ends_at.is_(None), head.c.ends_at > at)
        )
    bodies = connection_of(host, writes=False).scalars(query).all()
    return read_promotions(bodies, registry) if bodies else ()


def promotion_history(
    host: Host, tables: Tables, promotion_id: str, *, registry: Registry = BUILT_INS
) -> tuple[PromotionVersion, ...]:
    """Return every version of a promotion, oldest first; none where it is not known (促销版本).

    Parameters
    ----------
    host, tables, registry
        As in `load_promotions`.
    promotion_id : str
        Whose.

    Examples
    --------
    >>> from datetime import UTC
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     for day in (1, 2):
    ...         one = Promotion(promotion_id="p", priority=day, effect={"kind": "acme.wheel"})
    ...         _ = save_promotions(connection, shop.tables, [one], at=datetime(2026, 11, day, tzinfo=UTC))
    ...     [(one.version, one.promotion.priority) for one in promotion_history(connection, shop.tables, "p")]
    [(1, 1), (2, 2)]
    """
    text("promotion_id", promotion_id, max_length=128)
    table = tables.records.promotion_versions
    query = select(table).where(table.c.promotion_id == promotion_id).order_by(table.c.version)
    return tuple(
        PromotionVersion(promotion_id, row["version"], row["at"], read_promotions([row["body"]], registry)[0])
        for row in connection_of(host, writes=False).execute(query).mappings()
    )
