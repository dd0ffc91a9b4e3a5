"""Whom the review says to win back: silent against the own rhythm, lately, worth most first; never shown whole."""

import csv
from datetime import date, timedelta

from shopcore.models import Money
from shopcore.operations import review

HEAD = "order_id,sku,quantity,ordered_at,unit_price,customer_id\n"
END = date(2026, 11, 30)


def shop(folder, rhythms):
    """Write orders of customers by (days before the end of each order, price)."""
    rows = [f"E0,MUG,1,{END},1.00,\n"]
    for customer, (days, price) in rhythms.items():
        rows += [f"{customer}-{ago},MUG,1,{END - timedelta(days=ago)},{price},{customer}\n" for ago in days]
    path = folder / "orders.csv"
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


WEEKLY = range(18, 150, 7)


def test_who_broke_the_own_rhythm_lately_is_listed_by_worth(tmp_path):
    path = shop(
        tmp_path,
        {
            "small@example.com": (WEEKLY, "10.00"),
            "large@example.com": (WEEKLY, "90.00"),
            "still@example.com": (range(2, 150, 7), "500.00"),
            "monthly@example.com": (range(18, 150, 30), "500.00"),
            "long-gone@example.com": (range(300, 500, 7), "500.00"),
        },
    )
    answer = review(path, currency="CNY", out=tmp_path / "out")
    assert [entry.customer for entry in answer.call_backs] == ["large@example.com", "small@example.com"]
    first = answer.call_backs[0]
    assert (first.orders, first.revenue, first.days_silent) == (len(WEEKLY), Money(9_000 * len(WEEKLY), "CNY"), 18)
    assert first.days_silent > 2 * first.usual_gap
    assert answer.summary()["counts"]["to_win_back"] == 2
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "To win back now" in page
    assert "large@example.com" not in page + repr(answer) + answer.explain() + answer.summary_json()
    rows = list(csv.DictReader((tmp_path / "out" / "win_back.csv").read_text("utf-8-sig").splitlines()))
    assert [row["customer"] for row in rows] == ["large@example.com", "small@example.com"]


def test_who_took_all_back_is_not_called(tmp_path):
    path = shop(tmp_path, {"b1": (WEEKLY, "10.00")})
    with path.open("a") as file:
        file.write(f"R1,MUG,-19,{END},10.00,b1\n")
    assert review(path, currency="CNY").call_backs == ()


def test_a_shop_without_customers_has_nobody_to_call(tmp_path):
    assert review(shop(tmp_path, {}), currency="CNY").call_backs == ()
