"""The points account of a customer: lots that expire, changed only by pure transitions that keep the books."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shopcore._checks import aware, fail, fail_limit, instance, integer, text
from shopcore.errors import RefusedError
from shopcore.models import Result

__all__ = [
    "PointsAccount",
    "PointsEntry",
    "PointsLot",
    "earn_points",
    "expire_points",
    "restore_points",
    "revoke_points",
    "spend_points",
]

MAX_POINTS: Final = 10**15
MAX_ENTRIES: Final = 100_000


@dataclass(frozen=True, slots=True)
class PointsLot(Result):
    """Points of one earning that are left, and when they lapse (积分批次); None never."""

    reference: str
    points: int
    earned_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PointsEntry(Result):
    """One booking of the account: what, how many points (signed), when, and for which order (积分流水)."""

    kind: str
    points: int
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class PointsAccount(Result):
    """A customer's points: lots that are left, what is owed, and every booking (积分账户).

    Attributes
    ----------
    lots : tuple of PointsLot
        In the order they will be spent: the earliest to lapse first.
    owed : int
        Points taken back after they had been spent; the next ones earned pay it off first.
    entries : tuple of PointsEntry
        Their sum is the balance, always.

    Examples
    --------
    >>> PointsAccount().balance
    0
    """

    lots: tuple[PointsLot, ...] = ()
    owed: int = 0
    entries: tuple[PointsEntry, ...] = ()

    @property
    def balance(self) -> int:
        """Points on the books: those of all lots less what is owed; negative while points are owed."""
        return sum(lot.points for lot in self.lots) - self.owed

    def available(self, at: datetime) -> int:
        """Return the points that can be spent at an instant: lapsed lots no longer count, booked or not."""
        moment = aware("at", at)
        return sum(lot.points for lot in self.lots if _alive(lot, moment))

    def explain(self) -> str:
        """Return in words the balance and the last bookings."""
        lines = [f"{entry.kind} {entry.points:+d} for {entry.reference}" for entry in self.entries[-5:]]
        return "\n".join([f"balance {self.balance} points", *lines])


def _alive(lot: PointsLot, at: datetime) -> bool:
    return lot.expires_at is None or at < lot.expires_at


def _booked(account: PointsAccount, kind: str, points: int, at: datetime, reference: str) -> PointsAccount:
    if len(account.entries) >= MAX_ENTRIES:
        fail_limit("entries", len(account.entries) + 1, MAX_ENTRIES, "entries", reason="too_many_entries")
    return replace(account, entries=(*account.entries, PointsEntry(kind, points, at, reference)))


def _ordered(lots: list[PointsLot]) -> tuple[PointsLot, ...]:
    endless = [lot for lot in lots if lot.expires_at is None]
    ending = [lot for lot in lots if lot.expires_at is not None]
    key = lambda lot: (lot.expires_at, lot.earned_at, lot.reference)  # noqa: E731  # used once, on the next line
    return (*sorted(ending, key=key), *sorted(endless, key=lambda lot: (lot.earned_at, lot.reference)))


def _opened(
    account: PointsAccount, points: object, at: datetime, reference: str
) -> tuple[PointsAccount, int, datetime, str]:
    instance("account", account, PointsAccount)
    number = integer("points", points, low=1, high=MAX_POINTS)
    moment, name = aware("at", at), text("reference", reference, max_length=200)
    return expire_points(account, at=moment), number, moment, name


def earn_points(
    account: PointsAccount, points: int, *, at: datetime, reference: str, expires_at: datetime | None = None
) -> PointsAccount:
    """Return the account after points were earned; what is owed is paid off first (积分获取).

    Parameters
    ----------
    account : PointsAccount
    points : int
        At least 1.
    at : datetime
        Aware.
    reference : str
        The order, or what else they are for.
    expires_at : datetime, optional
        From this instant on they are gone.

    Raises
    ------
    InputError
        If they would lapse before they are earned, or an argument is not what it must be.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> account = earn_points(PointsAccount(), 120, at=datetime(2026, 5, 1, tzinfo=UTC), reference="A1")
    >>> account.balance
    120
    """
    account, points, at, reference = _opened(account, points, at, reference)
    if expires_at is not None and aware("expires_at", expires_at) <= at:
        fail("expires_at", expires_at, "after the instant they are earned", reason="order")
    paid = min(account.owed, points)
    lots = list(account.lots)
    if points > paid:
        lots.append(PointsLot(reference, points - paid, at, expires_at))
    account = replace(account, lots=_ordered(lots), owed=account.owed - paid)
    return _booked(account, "earn", points, at, reference)


def spend_points(account: PointsAccount, points: int, *, at: datetime, reference: str) -> PointsAccount:
    """Return the account after points were spent, those that lapse first taken first (积分抵扣).

    Parameters
    ----------
    account : PointsAccount
    points : int
    at : datetime
    reference : str

    Raises
    ------
    RefusedError
        If fewer points are available; ask ``account.available(at)`` before.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> day = datetime(2026, 5, 1, tzinfo=UTC)
    >>> account = earn_points(PointsAccount(), 120, at=day, reference="A1")
    >>> spend_points(account, 50, at=day, reference="A2").balance
    70
    """
    account, points, at, reference = _opened(account, points, at, reference)
    have = account.available(at)
    if points > have - account.owed:
        raise RefusedError(
            f"{points} points were asked for, {max(have - account.owed, 0)} are available",
            state="short",
            reason="points_short",
        )
    return _booked(_taken(account, points), "spend", -points, at, reference)


def _taken(account: PointsAccount, points: int, reference: str | None = None) -> PointsAccount:
    # From the lots in order, or from those of one reference; what they do not hold is owed.
    lots = []
    for lot in account.lots:
        part = min(lot.points, points) if reference in (None, lot.reference) else 0
        points -= part
        if lot.points > part:
            lots.append(replace(lot, points=lot.points - part))
    return replace(account, lots=tuple(lots), owed=account.owed + points)


def expire_points(account: PointsAccount, *, at: datetime) -> PointsAccount:
    """Return the account after lapsed lots were written off; doing it twice changes nothing (积分过期).

    Parameters
    ----------
    account : PointsAccount
    at : datetime

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> may, june = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    >>> account = earn_points(PointsAccount(), 120, at=may, reference="A1", expires_at=june)
    >>> expire_points(account, at=june).balance
    0
    """
    instance("account", account, PointsAccount)
    moment = aware("at", at)
    gone = [lot for lot in account.lots if not _alive(lot, moment)]
    if not gone:
        return account
    account = replace(account, lots=tuple(lot for lot in account.lots if _alive(lot, moment)))
    for lot in gone:
        account = _booked(account, "expire", -lot.points, moment, lot.reference)
    return account


def revoke_points(account: PointsAccount, points: int, *, at: datetime, reference: str) -> PointsAccount:
    """Return the account after points earned with an order were taken back because it was returned (退货扣回积分).

    The order's own lot is used first, then the others; what was spent already is owed.

    Parameters
    ----------
    account : PointsAccount
    points : int
        At most what was earned with `reference` and not taken back yet.
    at : datetime
    reference : str

    Raises
    ------
    RefusedError
        If more is asked back than was earned with the order.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> day = datetime(2026, 5, 1, tzinfo=UTC)
    >>> account = earn_points(PointsAccount(), 120, at=day, reference="A1")
    >>> account = spend_points(account, 100, at=day, reference="A2")
    >>> revoke_points(account, 120, at=day, reference="A1").balance
    -100
    """
    account, points, at, reference = _opened(account, points, at, reference)
    # Points that lapsed are gone for the customer already and cannot be taken once more.
    left = sum(e.points for e in account.entries if e.reference == reference and e.kind in ("earn", "revoke", "expire"))
    _within(points, left, "earned with the order")
    own = min(points, sum(lot.points for lot in account.lots if lot.reference == reference))
    account = _taken(account, own, reference) if own else account
    account = _taken(account, points - own) if points > own else account
    return _booked(account, "revoke", -points, at, reference)


def restore_points(
    account: PointsAccount, points: int, *, at: datetime, reference: str, expires_at: datetime | None = None
) -> PointsAccount:
    """Return the account after points spent on an order were given back because it was returned (退货返还积分).

    Parameters
    ----------
    account : PointsAccount
    points : int
        At most what was spent on `reference` and not given back yet.
    at : datetime
    reference : str
    expires_at : datetime, optional
        When the points given back lapse.

    Raises
    ------
    RefusedError
        If more is given back than was spent on the order.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> day = datetime(2026, 5, 1, tzinfo=UTC)
    >>> account = spend_points(earn_points(PointsAccount(), 9, at=day, reference="A1"), 5, at=day, reference="A2")
    >>> restore_points(account, 5, at=day, reference="A2").balance
    9
    """
    account, points, at, reference = _opened(account, points, at, reference)
    spent = -sum(e.points for e in account.entries if e.reference == reference and e.kind in ("spend", "restore"))
    _within(points, spent, "spent on the order")
    found = earn_points(account, points, at=at, reference=reference, expires_at=expires_at)
    return replace(found, entries=(*found.entries[:-1], replace(found.entries[-1], kind="restore")))


def _within(points: int, limit: int, what: str) -> None:
    if points > limit:
        raise RefusedError(
            f"{points} points were asked for, {max(limit, 0)} are left of those {what}",
            state="used_up",
            reason="points_limit",
        )
