"""The review of odd shops: nothing sold, one line, other currencies, a watched terminal, a reader that has gone."""

import io
import os
import subprocess
import sys

import pytest

from shopcore.__main__ import main
from shopcore.errors import InputError
from shopcore.models import Money
from shopcore.operations import Assumptions, layout, review

HEAD = "order_id,sku,quantity,ordered_at,unit_price,customer_id\n"


def shop(folder, text, name="orders.csv", head=HEAD):
    path = folder / name
    path.write_text(head + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "A1,MUG,-1,2026-11-11,39.00,B1\n",  # only taken back
        "A1,MUG,-5,2026-11-11,0,\n",  # only a stock correction
        "A1,MUG,1,2026-11-11,0,B1\n",  # only a gift
        "A1,POSTAGE,1,2026-11-11,8.00,B1\n",  # no article at all
        "A1,MUG,1,0001-01-02,39.00,B1\n",  # the beginning of time
        "A1,MUG,1,9999-12-30,39.00,B1\n",  # and its end
    ],
)
def test_a_shop_of_one_odd_line_has_a_review(tmp_path, text):
    answer = review(shop(tmp_path, text), currency="CNY", out=tmp_path / "out")
    assert answer.lines_taken == 1
    assert answer.explain()
    assert "<table" in answer._repr_html_()
    assert (tmp_path / "out" / "report.html").stat().st_size > 5_000


@pytest.mark.parametrize(("code", "price"), [("JPY", "390"), ("KWD", "1.005"), ("XAU", "3")])
def test_other_currencies(tmp_path, code, price):
    path = shop(tmp_path, f"A1,MUG,2,2026-11-11,{price},B1\n")
    if code == "XAU":
        with pytest.raises(InputError):
            review(path, currency=code, out=tmp_path / "out")
        return
    answer = review(path, currency=code, out=tmp_path / "out")
    assert answer.revenue == Money.parse(price, code) * 2


def test_advice_follows_stock_pack_and_lead_time(tmp_path):
    days = [f"A{day},MUG,7,2026-{9 + day // 30:02d}-{1 + day % 28:02d},39.00,B1\n" for day in range(84)]
    orders = shop(tmp_path, "".join(days))
    stock = "MUG,40,20,10,25,30\n"
    head = "sku,on_hand,incoming,lead_time_days,pack,minimum_order\n"
    [low] = review(orders, currency="CNY", catalogue=shop(tmp_path, stock, "low.csv", head)).reorder
    assert low.advice == "order now"
    assert low.order_quantity % 25 == 0
    assert low.order_quantity >= low.order_up_to - 60
    assert low.reorder_point >= low.weekly_mean * 10 / 7
    assert "40 on hand and 20 on the way" in low.why
    [full] = review(orders, currency="CNY", catalogue=shop(tmp_path, "MUG,9999,0,10,25,30\n", "full.csv", head)).reorder
    assert (full.advice, full.order_quantity) == ("enough", 0)
    [blind] = review(orders, currency="CNY", assume=Assumptions(lead_time_days=10)).reorder
    assert (blind.advice, blind.order_quantity) == ("count the stock", None)
    assert "stock_unknown" in blind.weak
    [safer] = review(orders, currency="CNY", assume=Assumptions(lead_time_days=10, service_level=0.99)).reorder
    assert safer.reorder_point > blind.reorder_point


def test_costs_and_customers_stay_out_of_reprs_and_messages(tmp_path):
    costs = shop(tmp_path, "MUG,12.34\n", "costs.csv", "sku,unit_cost\n")
    path = shop(tmp_path, "A1,MUG,1,2026-11-11,39.00,li@example.com\n")
    answer = review(path, currency="CNY", costs=costs, out=tmp_path / "out")
    for text in (repr(answer), repr(answer.buyers), answer.explain(), (tmp_path / "out" / "report.html").read_text()):
        assert "li@example.com" not in text
    assert "1234" not in repr(answer.margin)
    assert "li@example.com" in (tmp_path / "out" / "customers.csv").read_text("utf-8-sig")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_only(tmp_path, monkeypatch, capsys):
    path = shop(tmp_path, "A1,MUG,1,2026-11-11,39.00,B1\n")
    arguments = ["review", str(path), "--currency", "CNY", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert capsys.readouterr().err == ""
    watched = Terminal()
    monkeypatch.setattr(sys, "stderr", watched)
    assert main(arguments) == 0
    assert watched.getvalue().endswith("reading 100 %\n")


def test_a_reader_that_has_gone_is_no_error(tmp_path):
    path = shop(tmp_path, "A1,MUG,1,2026-11-11,39.00,B1\n")
    command = [sys.executable, "-m", "shopcore", "review", str(path), "--currency", "CNY", "--out", str(tmp_path / "o")]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_layout_refuses_what_it_cannot_mean():
    for change in (
        {"columns": {"price": "x"}},
        {"zone": "Mars/Olympus"},
        {"encoding": "klingon"},
        {"delimiter": "ab"},
        {"kinds": (("X", "toy"),)},
    ):
        with pytest.raises(InputError):
            layout(**change)
