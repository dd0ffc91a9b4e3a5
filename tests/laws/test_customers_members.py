"""Laws of points, levels and rhythm: the books always sum, more never means less, nobody is lost from a list."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopcore import customers
from shopcore.customers import MemberLevel, PointsAccount
from shopcore.errors import RefusedError

START = datetime(2026, 1, 1, tzinfo=UTC)
COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "spend", "revoke", "restore", "expire"]),
        st.integers(1, 60),
        st.integers(0, 3),
        st.integers(0, 20),
        st.one_of(st.none(), st.integers(1, 60)),
    ),
    max_size=40,
)


@given(COMMANDS)
def test_the_books_of_points_sum_whatever_happens(commands: list[Any]) -> None:
    account, now = PointsAccount(), START
    for kind, points, order, later, life in commands:
        now += timedelta(days=later)
        before = account
        try:
            if kind == "earn":
                until = None if life is None else now + timedelta(days=life)
                account = customers.earn_points(account, points, at=now, reference=f"{order}", expires_at=until)
            elif kind == "expire":
                account = customers.expire_points(account, at=now)
            else:
                command = getattr(customers, f"{kind}_points")
                account = command(account, points, at=now, reference=f"{order}")
        except RefusedError:
            assert account is before
        assert account.balance == sum(entry.points for entry in account.entries)
        assert account.owed >= 0
        assert all(lot.points > 0 for lot in account.lots)
        assert not (account.owed and account.lots and account.available(now) > 0)
        assert account.entries[: len(before.entries)] == before.entries


@given(
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 9), st.integers(-1, 2)), min_size=1, max_size=30),
    st.sampled_from(["both", "either"]),
    st.sampled_from(["one", "to_earned"]),
    st.integers(0, 500),
)
def test_more_spend_never_means_a_lower_level(rows: Any, needs: Any, drop: Any, more: int) -> None:
    levels = (MemberLevel("a", 0, 1), MemberLevel("b", 500, 2), MemberLevel("c", 2_000, 5, 1_500, 4))
    spend, orders, current = (np.array(column) for column in zip(*rows, strict=True))
    less, rich = (
        customers.member_levels(paid, orders, levels, current=current, needs=needs, drop=drop)
        for paid in (spend, spend + more)
    )
    assert (rich.level_code >= less.level_code).all()
    fresh = customers.member_levels(spend, orders, levels, needs=needs)
    assert (less.level_code >= fresh.level_code).all()
    again = customers.member_levels(spend, orders, levels, current=less.level_code, needs=needs, drop=drop)
    assert (again.level_code <= less.level_code).all()


ROWS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 120)), min_size=1, max_size=40)


@given(ROWS, st.integers(0, 200))
def test_rhythm_equals_a_loop_and_silence_only_worsens_it(rows: Any, later: int) -> None:
    who, days = zip(*rows, strict=True)
    found = customers.activity(who, days, end=120)
    own = {c: sorted({day for one, day in rows if one == c}) for c in set(who)}
    gaps = sum(len(d) - 1 for d in own.values())
    usual = sum(d[-1] - d[0] for d in own.values()) / gaps if gaps else 90.0
    for place, customer in enumerate(sorted(own)):
        seen = own[customer]
        assert abs(found.gap[place] - (seen[-1] - seen[0] + usual) / len(seen)) < 1e-9
        assert found.silence[place] == 120 - seen[-1]
    after = customers.activity(who, days, end=120 + later)
    rank = np.array([0, 0, 1, 2])
    assert (rank[after.state_code] >= rank[found.state_code]).all()
    everybody = customers.win_back(found, np.ones(len(own)), states=customers.ACTIVITY_STATES, within=None)
    assert sorted(everybody.customers.tolist()) == sorted(own)


@given(st.lists(st.dates(), min_size=1, max_size=20), st.dates(date(1971, 1, 1), date(2200, 1, 1)))
def test_everybody_has_one_birthday_in_a_year(births: Any, start: Any) -> None:
    found = customers.birthdays(list(range(len(births))), births, start=start, days=366)
    assert sorted(found.customers.tolist()) == list(range(len(births)))
    assert (np.diff(found.day) >= 0).all()
