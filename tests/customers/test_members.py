"""Member levels, value classes, points, rhythm and lists: the rules by hand, refusals and ends."""

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from shopcore import customers
from shopcore.customers import MemberLevel, PointsAccount, activity, birthdays, member_levels, value_classes, win_back
from shopcore.errors import InputError, RefusedError, ShapeError

LEVELS = (MemberLevel("member"), MemberLevel("silver", 500, 2), MemberLevel("gold", 2000, 5, 1500, 4))
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def test_levels_rise_keep_and_drop() -> None:
    found = member_levels([2000, 2000, 1500, 1499, 0, 0], [5, 4, 4, 9, 0, 0], LEVELS, current=[-1, 1, 2, 2, 2, 1])
    assert found.level.tolist() == ["gold", "silver", "gold", "silver", "silver", "member"]
    assert found.change_code.tolist() == [1, 0, 0, -1, -1, -1]
    assert found.missing_spend.tolist()[1:2] == [0.0]
    assert found.missing_orders.tolist()[1:2] == [1.0]
    assert np.isnan(found.missing_spend[0])
    assert "gold 2" in found.explain()


def test_levels_by_either_rule_and_dropping_to_what_was_earned() -> None:
    assert member_levels([600, 0], [0, 2], LEVELS, needs="either").level.tolist() == ["silver", "silver"]
    found = member_levels([0], [0], LEVELS, current=[2], drop="to_earned")
    assert found.level.tolist() == ["member"]
    high = (MemberLevel("silver", 500),)
    assert member_levels([499], [9], high, needs="either").level.tolist() == [None]


@pytest.mark.parametrize(
    "change",
    [{"levels": ()}, {"levels": LEVELS[::-1]}, {"current": [3]}, {"current": [0.5]}, {"orders": [-1]},
     {"needs": "one"}, {"drop": "all"}, {"levels": ["gold"]}],
)  # fmt: skip
def test_bad_levels_are_refused(change: dict[str, Any]) -> None:
    given = {"spend": [5.0], "orders": [1], "levels": LEVELS, **change}
    with pytest.raises(InputError):
        member_levels(given.pop("spend"), given.pop("orders"), given.pop("levels"), **given)
    with pytest.raises(InputError):
        MemberLevel("gold", 100, keep_spend=200)


def test_value_classes_follow_the_mean_order_and_the_discounts() -> None:
    found = value_classes([100, 900, 200, 0], [2, 3, 1, 0], discounted_orders=[0, 3, 0, 0])
    assert found.name.tolist() == ["price_sensitive", "price_sensitive", "middle", None]
    assert found.average_order_value == 200.0
    assert value_classes([], []).explain() == "no orders"
    with pytest.raises(InputError):
        value_classes([1], [1], discounted_orders=[2])


def test_points_lapse_in_order_and_returns_are_booked() -> None:
    account = customers.earn_points(PointsAccount(), 100, at=DAY, reference="A1", expires_at=DAY + timedelta(days=90))
    account = customers.earn_points(account, 50, at=DAY, reference="A2", expires_at=DAY + timedelta(days=30))
    account = customers.spend_points(account, 60, at=DAY, reference="A3")
    assert [(lot.reference, lot.points) for lot in account.lots] == [("A1", 90)]
    account = customers.restore_points(account, 60, at=DAY, reference="A3")
    assert account.balance == 150
    with pytest.raises(RefusedError, match="spent on the order"):
        customers.restore_points(account, 1, at=DAY, reference="A3")
    late = DAY + timedelta(days=90)
    assert account.available(late) == 60
    account = customers.expire_points(account, at=late)
    assert (account.balance, account.lots[0].expires_at) == (60, None)
    assert customers.expire_points(account, at=late) == account
    assert pickle.loads(pickle.dumps(account)) == account


def test_points_taken_back_after_they_were_spent_are_owed() -> None:
    account = customers.earn_points(PointsAccount(), 100, at=DAY, reference="A1")
    account = customers.spend_points(account, 80, at=DAY, reference="A2")
    account = customers.revoke_points(account, 100, at=DAY, reference="A1")
    assert (account.balance, account.owed, account.available(DAY)) == (-80, 80, 0)
    with pytest.raises(RefusedError, match="earned with the order"):
        customers.revoke_points(account, 1, at=DAY, reference="A1")
    account = customers.earn_points(account, 100, at=DAY, reference="A4")
    assert (account.balance, account.owed) == (20, 0)
    with pytest.raises(RefusedError) as caught:
        customers.spend_points(account, 21, at=DAY, reference="A5")
    assert caught.value.reason == "points_short"


@pytest.mark.parametrize("points", [0, -5, 1.5, True, 10**16])
def test_points_are_whole_and_positive(points: Any) -> None:
    with pytest.raises(InputError):
        customers.earn_points(PointsAccount(), points, at=DAY, reference="A1")
    with pytest.raises(InputError):
        customers.earn_points(PointsAccount(), 5, at=datetime(2026, 5, 1), reference="A1")  # noqa: DTZ001
    with pytest.raises(InputError):
        customers.earn_points(PointsAccount(), 5, at=DAY, reference="A1", expires_at=DAY)


def test_each_customer_is_measured_in_the_own_rhythm() -> None:
    who = ["weekly"] * 10 + ["yearly"] * 3 + ["once"]
    days = [*range(0, 70, 7), -730, -365, 0, 60]
    found = activity(who, days, end=90, prior_gaps=0.1)
    state = dict(zip(found.customers.tolist(), found.state.tolist(), strict=True))
    assert state == {"once": "new", "weekly": "sleeping", "yearly": "active"}
    assert activity(who, days, end=400, prior_gaps=0.1).state.tolist() == ["lost", "lost", "active"]
    alone = activity(["a"], [0], end=200)
    assert (alone.usual_gap, alone.state.tolist()) == (None, ["sleeping"])
    assert "nobody came twice" in alone.explain()
    assert len(activity([], [], end=1).gap) == 0
    with pytest.raises(InputError):
        activity(who, days, end=100, sleeping_after=3, lost_after=2)


def test_win_back_lists_who_fell_asleep_lately_by_value_and_consent() -> None:
    who = [i for i in range(6) for _ in range(3)]
    days = [day - late for late in (0, 1, 2, 30, 3, 4) for day in (0, 30, 60)]
    found = activity(who, days, end=124)
    assert set(found.state.tolist()) == {"sleeping"}
    value = [10, 50, 30, 99, float("nan"), 20]
    assert win_back(found, value, within=8).customers.tolist() == [1, 2, 5, 0, 4]
    assert win_back(found, value, within=None, limit=2).customers.tolist() == [3, 1]
    agreed = [True, False, True, True, True, True]
    assert win_back(found, value, within=None, contactable=agreed, limit=2).customers.tolist() == [3, 2]
    assert win_back(found, value).considered == 6
    assert len(win_back(found, value, states=("lost",)).value) == 0
    with pytest.raises(ShapeError):
        win_back(found, [1.0])
    with pytest.raises(InputError):
        win_back(found, value, states=("gone",))
    with pytest.raises(InputError):
        win_back(found, value, contactable=[1, 0, 1, 1, 1, 1])


def test_birthdays_cross_the_year_and_the_leap_day() -> None:
    births = ["1990-12-30", "1988-02-29", "NaT", "2001-01-02"]
    ids = list("abcd")
    assert birthdays(ids, births, start="2026-12-28").customers.tolist() == ["a", "d"]
    assert birthdays(ids, births, start="2026-12-28").unknown == 1
    assert birthdays(ids, births, start="2027-02-28", days=1).customers.tolist() == ["b"]
    assert birthdays(ids, births, start="2028-02-28", days=1).customers.tolist() == []
    assert birthdays(ids, births, start="2028-02-29", days=1).customers.tolist() == ["b"]
    assert birthdays(ids, births, start="2027-03-01", days=1, leap="03-01").customers.tolist() == ["b"]
    assert birthdays(ids, births, start="2027-01-01", days=365).customers.tolist() == ["d", "b", "a"]
    with pytest.raises(InputError, match="births") as caught:
        birthdays(["a"], ["soon"], start="2026-01-01")
    assert "soon" not in str(caught.value)
