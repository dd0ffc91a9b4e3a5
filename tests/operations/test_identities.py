"""What holds for every export: lines add up, revenue is an independent sum, a second run changes nothing."""

import csv
import gzip
import io
import json
import sqlite3
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from retail_twin import write_twin

from shopcore.models import Money
from shopcore.operations import layout, review
from shopcore.operations._demand import wanted
from shopcore.operations._matching import match_cancellations
from shopcore.operations._read import read_orders
from shopcore.persistence import Shop, load_orders

RETAIL = layout("online-retail")


def independent(path):
    """Read the file with nothing of ours: rows by line number, and the revenue of all that are no bad debt."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8"), newline="")))
    cent = Decimal("0.01")
    revenue = sum(
        (Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])).quantize(cent, ROUND_HALF_UP)
        for row in rows
        if not row["InvoiceNo"].startswith("A")
    )
    return rows, Money.of(revenue, "GBP")


def check(path, out):
    rows, revenue = independent(path)
    answer = review(path, currency="GBP", layout=RETAIL, out=out)
    debts = sum(row["InvoiceNo"].startswith("A") for row in rows)
    assert answer.lines_read == len(rows) == answer.lines_taken + len(answer.rejected)
    assert answer.set_aside == {"bad debt adjustment": debts}
    assert answer.revenue == revenue
    assert sum(answer.revenue_by_kind.values()) == revenue.minor
    assert Money.total((month.revenue for month in answer.months), "GBP") == revenue
    assert all(month.revenue == month.sold - month.taken_back for month in answer.months)
    assert not {entry.sku.upper() for entry in answer.reorder} & {"POST", "DOT", "M", "D", "C2", "BANK CHARGES"}
    assert (
        sum(answer.cancelled[key] for key in ("matched_whole", "matched_in_part", "unmatched"))
        == (answer.cancelled["cancelled_lines"])
    )
    if out is not None:
        check_database(out / "shop.db", answer, revenue)
    return answer


def check_database(file, answer, revenue):
    query = """
        SELECT o.kind, l.quantity, l.unit_price, l.unit_price_scale, l.discount
        FROM shopcore_orders o JOIN shopcore_order_lines l USING (order_id)
    """
    total, count = 0, 0
    with sqlite3.connect(file) as connection:
        for kind, quantity, price, scale, discount in connection.execute(query):
            # The scale counts digits beyond the minor unit; half up in whole numbers.
            minor = (2 * quantity * price + 10**scale) // (2 * 10**scale) - discount
            total += minor if kind == "sale" else -minor
            count += 1
        [facts] = connection.execute("SELECT lines_read, lines_taken, lines_set_aside FROM shopcore_imports").fetchall()
    connection.close()
    assert total == revenue.minor
    assert count == answer.lines_taken - answer.corrections
    assert facts == (answer.lines_read, answer.lines_taken, len(answer.rejected))


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("seed", range(4))
def test_the_twin_of_the_real_export(tmp_path, seed):
    path = tmp_path / "twin.csv"
    count = write_twin(path, seed=seed)
    answer = check(path, tmp_path / "out")
    assert answer.lines_read == count
    assert answer.cancelled["matched_whole"] > 100
    sales = read_orders(path, currency="GBP", layout=RETAIL)
    check_matching(sales)
    known = sum(buyer.revenue.minor for buyer in answer.buyers)
    anonymous = int(sales.amount[sales.customer < 0].sum())
    assert known + anonymous >= answer.revenue.minor  # who only cancelled is no buyer


def check_matching(sales):
    matching = match_cancellations(sales)
    out, back = sales.sign > 0, sales.sign < 0
    assert (matching.returned[out] <= sales.quantity[out]).all()
    assert (matching.matched[back] <= sales.quantity[back]).all()
    assert matching.returned.sum() == matching.matched.sum()
    left, owed = defaultdict(int), defaultdict(int)
    for row in range(sales.size):
        if not sales.sign[row]:
            continue
        party = sales.customer[row] if sales.customer[row] >= 0 else ("order", sales.order[row])
        key = (party, sales.sku[row])
        left[key] += int(sales.quantity[row] - matching.returned[row]) if out[row] else 0
        owed[key] += int(sales.quantity[row] - matching.matched[row]) if back[row] else 0
    # Nothing is left unmatched that any order of matching could have placed, but what came before its sale.
    assert sum(min(left[key], owed[key]) for key in owed) <= sum(owed.values())
    want = wanted(sales, matching)
    assert (want.units >= 0).all()
    assert want.past_revenue.sum() == sales.amount[sales.goods].sum()


def test_run_again_it_changes_nothing(tmp_path):
    path, out = tmp_path / "twin.csv", tmp_path / "out"
    write_twin(path, lines=1_500)
    review(path, currency="GBP", layout=RETAIL, out=out)
    before = bytes_of(out)
    stamps = {file.name: file.stat().st_mtime_ns for file in out.iterdir()}
    review(path, currency="GBP", layout=RETAIL, out=out)
    assert bytes_of(out) == before
    assert {file.name: file.stat().st_mtime_ns for file in out.iterdir()} == stamps


def test_packed_or_not_the_answer_is_the_same(tmp_path):
    path, packed = tmp_path / "a" / "twin.csv", tmp_path / "b" / "twin.csv"
    path.parent.mkdir()
    packed.parent.mkdir()
    write_twin(path, lines=500)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert review(path, currency="GBP", layout=RETAIL) == review(packed, currency="GBP", layout=RETAIL)


def test_the_database_holds_typed_orders(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,sku,quantity,ordered_at,unit_price,discount,customer_id\n"
        "A1,MUG,3,2026-11-11,39.00,7.00,B1\n"
        "A1,POSTAGE,1,2026-11-11,8.00,,B1\n"
        "A1,MUG,-1,2026-11-15,39.00,2.33,B1\n"
    )
    answer = review(path, currency="CNY", out=tmp_path / "out")
    assert answer.revenue == Money(11_700 - 700 + 800 - 3_900 + 233, "CNY")
    with Shop(f"sqlite:///{tmp_path / 'out' / 'shop.db'}") as shop, shop.begin() as connection:
        sale, credit = load_orders(connection, shop.tables)
    assert (sale.order_id, credit.order_id, credit.of_order_id) == ("A1", "A1#return", "A1")
    assert [(line.sku, line.kind, line.shipped, line.returned) for line in sale.lines] == [
        ("MUG", "goods", 3, 1),
        ("POSTAGE", "shipping", 0, 0),
    ]
    assert sale.lines[0].discount_minor == 700
    assert credit.lines[0].quantity == 1


def test_a_longer_export_adds_what_is_new_only(tmp_path):
    path, file = tmp_path / "twin.csv", tmp_path / "shop.db"
    write_twin(path, lines=2_000)
    whole = path.read_text("utf-8").splitlines(keepends=True)
    # Cut between two orders.
    cut = next(n for n in range(1_000, 2_000) if whole[n].split(",")[0] != whole[n - 1].split(",")[0])
    (tmp_path / "part.csv").write_text("".join(whole[:cut]), encoding="utf-8")
    review(tmp_path / "part.csv", currency="GBP", layout=RETAIL, database=file)
    review(path, currency="GBP", layout=RETAIL, database=file)
    review(path, currency="GBP", layout=RETAIL, database=tmp_path / "once.db")
    assert rows_of(file) == rows_of(tmp_path / "once.db")
    assert len(rows_of(file)["stock_moves"]) > 10


def rows_of(file):
    connection = sqlite3.connect(file)
    names = ("orders", "order_lines", "stock_moves")
    query = "SELECT * FROM shopcore_{}"
    found = {name: sorted(map(repr, connection.execute(query.format(name)))) for name in names}
    connection.close()
    return found


def test_an_error_leaves_no_half_of_an_export(tmp_path, monkeypatch):
    path, file = tmp_path / "twin.csv", tmp_path / "shop.db"
    write_twin(path, lines=300)

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("shopcore.operations._store._moves", broken)
    with pytest.raises(RuntimeError):
        review(path, currency="GBP", layout=RETAIL, database=file)
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM shopcore_orders").fetchone() == (0,)
    connection.close()
    monkeypatch.undo()
    review(path, currency="GBP", layout=RETAIL, database=file)


@pytest.mark.shared_data
def test_online_retail(shared_data):
    answer = check(shared_data / "online_retail.csv.gz", None)
    assert (answer.lines_read, answer.lines_taken, len(answer.rejected)) == (541_909, 541_906, 3)
    assert answer.revenue == Money.of("9758809.99", "GBP")
    assert answer.cancelled["matched_whole"] >= 7_500


@pytest.mark.heavy
@pytest.mark.shared_data
def test_online_retail_as_typed_orders(shared_data, tmp_path):
    out = tmp_path / "out"
    check(shared_data / "online_retail.csv.gz", out)
    assert json.loads((out / "summary.json").read_text("utf-8"))["revenue"] == "9758809.99"
