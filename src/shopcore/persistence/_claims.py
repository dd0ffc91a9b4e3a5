"""What orders take of promotions' limits: counted by conditional updates, given back when the order is cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, Table, bindparam, func, literal, select, union_all

from shopcore._checks import at_most, fail, instance, text
from shopcore.errors import PromotionLimitError
from shopcore.models import Currency, Money, Order
from shopcore.models._result import Result
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, insert_of, unit
from shopcore.promotions import Claim, Usage

__all__ = ["ClaimDrift", "ClaimRefusal", "load_usage", "reconcile_claims"]

EVERYBODY: Final = ""
MAX_CLAIMS: Final = 1_000
LimitKind: TypeAlias = Literal["usage_limit", "customer_limit", "budget"]


@dataclass(frozen=True, slots=True)
class ClaimRefusal(Result):
    """A promotion that has nothing left for an order.

    Attributes
    ----------
    promotion_id : str
        Whose limit it is.
    reason : str
        ``"usage_limit"``, ``"customer_limit"`` or ``"budget"``, the codes of `PromotionTrace`.
    """

    promotion_id: str
    reason: LimitKind


@dataclass(frozen=True, slots=True)
class ClaimDrift(Result):
    """A counter of a promotion that is not the sum of the claims that stand.

    Attributes
    ----------
    promotion_id, counter : str
        Of which promotion; ``"used"`` or ``"spent CNY"``.
    counted, claimed : int
        The counter, and the sum.
    """

    promotion_id: str
    counter: str
    counted: int
    claimed: int


def load_usage(
    host: Host,
    tables: Tables,
    promotion_ids: Iterable[str],
    *,
    currency: str | Currency,
    customer_id: str | None = None,
) -> dict[str, Usage]:
    """Return what promotions were used for so far, as `evaluate` takes it (优惠使用情况).

    An answer to price by; only `place_order` takes anything of the limits.

    Parameters
    ----------
    host, tables
        As in `receive_stock`.
    promotion_ids : iterable of str
        At most 1,000.
    currency : str or Currency
        Of the cart; budgets are counted by currency.
    customer_id : str, optional
        Who buys; without it, uses by one customer are 0.

    Returns
    -------
    dict of str to Usage
        For every promotion asked about.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     load_usage(connection, shop.tables, ["11.11"], currency="CNY")["11.11"].used
    0
    """
    names, unit_of = list(promotion_ids), Currency.of(currency)
    at_most("promotion_ids", names, MAX_CLAIMS, "promotions")
    uses, spend = tables.trade.promotion_uses, tables.trade.promotion_spend
    who = [EVERYBODY] if customer_id is None else [EVERYBODY, text("customer_id", customer_id, max_length=128)]
    with unit(host, writes=False) as connection:
        counted = select(uses).where(uses.c.promotion_id.in_(names), uses.c.customer_id.in_(who))
        used = {(row.promotion_id, row.customer_id): row.used for row in connection.execute(counted)}
        paid = select(spend).where(spend.c.promotion_id.in_(names), spend.c.currency == unit_of.code)
        spent = {row.promotion_id: row.spent for row in connection.execute(paid)}
    return {
        name: Usage(
            used.get((name, EVERYBODY), 0),
            0 if customer_id is None else used.get((name, customer_id), 0),
            Money(spent.get(name, 0), unit_of),
        )
        for name in names
    }


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one order takes of one promotion."""

    claim: Claim
    uses: int
    amount: int
    platform: int


def checked_claims(order: Order, claims: Iterable[Claim]) -> tuple[_Taken, ...]:
    """Return the claims of an order by promotion, in the order in which everybody locks them."""
    found = list(claims)
    at_most("claims", found, MAX_CLAIMS, "claims")
    by_name: dict[str, list[Claim]] = {}
    for claim in found:
        if instance("claims", claim, Claim).amount.currency is not order.currency:
            fail("claims", claim.amount.currency.code, "in the currency of the order", reason="currency_mismatch")
        by_name.setdefault(claim.promotion_id, []).append(claim)
    return tuple(
        _Taken(
            some[-1], sum(c.uses for c in some), sum(c.amount.minor for c in some),
            sum(c.platform_part.minor for c in some),
        )
        for _, some in sorted(by_name.items())
    )  # fmt: skip


def take_claims(connection: Connection, tables: Tables, order: Order, taken: Sequence[_Taken], at: datetime) -> None:
    """Count the claims of an order, or raise `PromotionLimitError` with every promotion that has nothing left."""
    if not taken:
        return
    refused = [refusal for one in taken for refusal in _taken(connection, tables, order, one)]
    if refused:
        first, more = refused[0], f" and {len(refused) - 1} more" if refused[1:] else ""
        raise PromotionLimitError(
            f"{first.promotion_id} has nothing left ({first.reason}){more}; price the cart again",
            claims=tuple(refused), state="used_up", allowed=("evaluate",), reason=first.reason,
        )  # fmt: skip
    rows = [
        {"order_id": order.order_id, "promotion_id": one.claim.promotion_id, "uses": one.uses,
         "currency": order.currency.code, "amount": one.amount, "platform_part": one.platform, "at": at}
        for one in taken
    ]  # fmt: skip
    connection.execute(tables.trade.promotion_claims.insert(), rows)


def _taken(connection: Connection, tables: Tables, order: Order, one: _Taken) -> Iterable[ClaimRefusal]:
    claim, uses, spend = one.claim, tables.trade.promotion_uses, tables.trade.promotion_spend
    name = claim.promotion_id
    if not _count(connection, uses, {"promotion_id": name, "customer_id": EVERYBODY}, one.uses, claim.limit):
        yield ClaimRefusal(name, "usage_limit")
    if order.customer_id is not None:
        whose = {"promotion_id": name, "customer_id": order.customer_id}
        if not _count(connection, uses, whose, one.uses, claim.per_customer):
            yield ClaimRefusal(name, "customer_limit")
    limit = None if claim.budget is None else claim.budget.minor
    if not _count(connection, spend, {"promotion_id": name, "currency": order.currency.code}, one.amount, limit):
        yield ClaimRefusal(name, "budget")


def _count(connection: Connection, table: Table, key: dict[str, str], more: int, limit: int | None) -> bool:
    if limit is not None and more > limit:
        return False
    counter = table.c[list(table.c.keys())[-1]]
    statement = insert_of(connection, table).values({**key, counter.name: more})
    total = counter + statement.excluded[counter.name]
    counted = statement.on_conflict_do_update(
        index_elements=list(key), set_={counter.name: total}, where=None if limit is None else total <= limit
    ).returning(counter)
    return connection.execute(counted).first() is not None


def release_claims(connection: Connection, tables: Tables, order: Order, at: datetime) -> None:
    """Give back what an order took of promotions' limits; once."""
    claims, uses, spend = tables.trade.promotion_claims, tables.trade.promotion_uses, tables.trade.promotion_spend
    standing = (claims.c.order_id == order.order_id) & claims.c.released_at.is_(None)
    rows = connection.execute(select(claims).where(standing).order_by(claims.c.promotion_id)).all()
    if not rows:
        return
    connection.execute(claims.update().where(standing).values(released_at=at))
    fewer = {uses: uses.c.used - bindparam("n"), spend: spend.c.spent - bindparam("n")}
    for row in rows:
        of = (uses.c.promotion_id == row.promotion_id) & (uses.c.customer_id == bindparam("who"))
        for who in [EVERYBODY, *([order.customer_id] if order.customer_id is not None else [])]:
            change = uses.update().where(of).values(used=fewer[uses])
            connection.execute(change, {"who": who, "n": row.uses})
        paid = (spend.c.promotion_id == row.promotion_id) & (spend.c.currency == row.currency)
        connection.execute(spend.update().where(paid).values(spent=fewer[spend]), {"n": row.amount})


def reconcile_claims(host: Host, tables: Tables) -> tuple[ClaimDrift, ...]:
    """Return every counter of a promotion that is not the sum of the claims that stand (对账); empty where all are.

    Parameters
    ----------
    host, tables
        As in `receive_stock`.

    Examples
    --------
    >>> from shopcore.persistence import Shop
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     reconcile_claims(connection, shop.tables)
    ()
    """
    claims, uses, spend = tables.trade.promotion_claims, tables.trade.promotion_uses, tables.trade.promotion_spend
    nothing, standing = literal(0), claims.c.released_at.is_(None)
    every = union_all(
        select(uses.c.promotion_id, literal("used").label("counter"), uses.c.used.label("counted"),
               nothing.label("claimed")).where(uses.c.customer_id == EVERYBODY),
        select(spend.c.promotion_id, literal("spent ") + spend.c.currency, spend.c.spent, nothing),
        select(claims.c.promotion_id, literal("used"), nothing, claims.c.uses).where(standing),
        select(claims.c.promotion_id, literal("spent ") + claims.c.currency, nothing, claims.c.amount).where(standing),
    ).subquery()  # fmt: skip
    counted, claimed = func.sum(every.c.counted), func.sum(every.c.claimed)
    query = (
        select(every.c.promotion_id, every.c.counter, counted, claimed)
        .group_by(every.c.promotion_id, every.c.counter)
        .having(counted != claimed)
        .order_by(every.c.promotion_id, every.c.counter)
    )
    with unit(host, writes=False) as connection:
        return tuple(ClaimDrift(name, which, int(a), int(b)) for name, which, a, b in connection.execute(query))
