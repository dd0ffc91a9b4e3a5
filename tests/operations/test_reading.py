"""Files that nobody vouches for: every line is taken or set aside with its reason, misuse is named."""

import csv
import gzip
import time

import pytest

from shopcore.__main__ import main
from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import Money, UnitPrice
from shopcore.operations import layout, review
from shopcore.operations._read import read_orders

HEAD = "order_id,sku,quantity,ordered_at,unit_price"
GOOD = "A1,MUG,2,2026-11-11 08:00:00,39.00"


def write(folder, *lines, head=HEAD, name="orders.csv", encoding="utf-8", end="\n"):
    path = folder / name
    path.write_bytes(end.join([head, *lines, ""]).encode(encoding))
    return path


def read(path, currency="CNY", **changes):
    return read_orders(path, currency=currency, layout=layout(**changes))


def reasons(sales):
    return [line.reason for line in sales.rejected]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("A1,MUG,1.5,2026-11-11,39.00", "quantity"),
        ("A1,MUG,0,2026-11-11,39.00", "quantity is zero"),
        ("A1,MUG,-0,2026-11-11,39.00", "quantity"),
        ("A1,MUG,1_0,2026-11-11,39.00", "quantity"),
        ("A1,MUG,１,2026-11-11,39.00", "quantity"),
        ("A1,MUG,٣,2026-11-11,39.00", "quantity"),
        ("A1,MUG,99999999999,2026-11-11,39.00", "quantity"),
        ("A1,MUG,1,2026-11-11,NaN", "price"),
        ("A1,MUG,1,2026-11-11,1e3", "price"),
        ("A1,MUG,1,2026-11-11,-1.00", "price is negative"),
        ("A1,MUG,1,2026-11-11,¥39", "price"),
        ('A1,MUG,1,2026-11-11,"1,234.00"', "price"),
        ("A1,MUG,1,2026-11-11," + "9" * 5_000, "price"),
        ("A1,MUG,1000000,2026-11-11,99999999.00", "amount is above"),
        ("A1,MUG,1,11/11/2026,39.00", "date"),
        ("A1,MUG,1,2026-02-30,39.00", "date"),
        ("A1,MUG,1,0000-01-01,39.00", "date"),
        ("A1,MUG,1,,39.00", "date"),
        (",MUG,1,2026-11-11,39.00", "order number"),
        ("A1,,1,2026-11-11,39.00", "stock code"),
        ("A1,MU\x00G,1,2026-11-11,39.00", "stock code"),
        ("A1,MUG,1,2026-11-11", "has 4 fields, the heading has 5"),
        ("A1,MUG,1,2026-11-11,39.00,more", "has 6 fields, the heading has 5"),
        ("A1," + "x" * 200_000 + ",1,2026-11-11,39.00", "record is longer"),
        ("A1," + "x" * 1_200_000 + ",1,2026-11-11,39.00", "record is longer"),
    ],
)
def test_a_line_that_cannot_be_used_is_set_aside_with_its_number_and_reason(tmp_path, cell, reason):
    sales = read(write(tmp_path, GOOD, cell, GOOD.replace("A1", "A2")))
    assert (sales.lines_read, sales.size, len(sales.rejected)) == (3, 2, 1)
    [line] = sales.rejected
    assert line.line == 3
    assert reason in line.reason
    assert len(line.raw) <= 2_000


def test_an_open_quote_spoils_what_it_holds_and_nothing_is_lost(tmp_path):
    sales = read(write(tmp_path, GOOD, '"A2,MUG,1,2026-11-11,39.00', *[GOOD] * 3))
    assert sales.size == 1
    assert sales.lines_read == sales.size + len(sales.rejected)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_and_line_ends_are_read(tmp_path, end, encoding):
    line = "A1,MUG,2,2026-11-11,39.00,马克杯"
    sales = read(write(tmp_path, line, head=HEAD + ",title", encoding=encoding, end=end))
    assert sales.titles == ["马克杯"]


def test_an_encoding_is_stated_and_wrong_bytes_spoil_their_own_line_only(tmp_path):
    chinese = write(tmp_path, "A1,杯子,2,2026-11-11,39.00", encoding="gb18030", name="gb.csv")
    assert read(chinese, encoding="gb18030").skus == ["杯子"]
    mixed = tmp_path / "mixed.csv"
    mixed.write_bytes(f"{HEAD}\n{GOOD}\nA2,".encode() + b"\xff\xfe" + b",1,2026-11-11,39.00\n")
    assert reasons(read(mixed)) == ["stock code is missing or unreadable"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_heading(tmp_path, delimiter):
    path = write(tmp_path, GOOD.replace(",", delimiter), head=HEAD.replace(",", delimiter))
    assert read(path).revenue == Money(7800, "CNY")


def test_times_are_in_the_stated_zone_and_format(tmp_path):
    path = write(tmp_path, "A1,MUG,1,11.11.2026 00:30,39.00")
    sales = read(path, zone="Asia/Shanghai", date_format="%d.%m.%Y %H:%M")
    assert sales.at.tolist() == [1794328200]
    assert sales.day.tolist() == [739931]


def test_a_sub_cent_price_stays_exact_and_is_rounded_once_a_line(tmp_path):
    sales = read(write(tmp_path, "A1,NUT,3,2026-11-11,0.005", "A1,NUT,1,2026-11-11,0.005"))
    assert sales.prices == [UnitPrice("0.005", "CNY")]
    assert sales.amount.tolist() == [2, 1]


def test_zero_digits_and_three_digits_of_a_currency(tmp_path):
    assert read(write(tmp_path, "A1,MUG,2,2026-11-11,390"), "JPY").revenue == Money(780, "JPY")
    assert read(write(tmp_path, "A1,MUG,2,2026-11-11,1.005"), "KWD").revenue == Money(2010, "KWD")


def test_a_second_currency_is_refused_by_name(tmp_path):
    path = write(tmp_path, GOOD + ",CNY", GOOD + ",HKD", head=HEAD + ",currency")
    with pytest.raises(CurrencyMismatchError, match="line 3 is in HKD, CNY was stated"):
        read(path)


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path):
    path = write(tmp_path, "A1,2", head="InvoiceNo,Quantity")
    with pytest.raises(InputError, match=r"'sku'.*'InvoiceNo', 'Quantity'.*--column"):
        read(path)


@pytest.mark.parametrize(
    "data", [b"", b"\n", HEAD.encode(), b"\x00" * 100, b"\x1f\x8bnot gzip", b"\xff" * 5_000, b"x" * 400_000]
)
def test_a_file_that_holds_nothing_is_refused(tmp_path, data):
    path = tmp_path / "orders.csv"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read(path)


def test_a_gzip_file_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress((HEAD + "\n" + (GOOD + "\n") * 5_000).encode())[:-40])
    with pytest.raises(InputError, match="damaged or cut off"):
        read(path)


def test_a_file_of_which_nothing_can_be_read_is_given_up_early_with_the_way_out(tmp_path):
    path = write(tmp_path, *["A1,MUG,2,11/11/2026,39.00"] * 200_000)
    began = time.process_time()
    with pytest.raises(InputError, match="--date-format"):
        read(path)
    assert time.process_time() - began < 5


def test_an_order_of_too_many_lines_and_a_folder_are_refused(tmp_path):
    sales = read(write(tmp_path, *[GOOD] * 10_001))
    assert reasons(sales) == ["order has more than 10000 lines"]
    with pytest.raises(InputError, match="file that exists"):
        read(tmp_path)


def test_limits_are_stated_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr("shopcore.operations._read.MAX_LINES", 3)
    with pytest.raises(LimitError, match="3"):
        read(write(tmp_path, *[GOOD] * 4))


def test_a_wrong_cell_of_a_small_file_is_named_and_not_shown(tmp_path):
    orders = write(tmp_path, GOOD)
    costs = write(tmp_path, "MUG,1e3", head="sku,unit_cost", name="costs.csv")
    with pytest.raises(InputError, match="costs line 2: unit_cost must be an amount in CNY") as caught:
        review(orders, currency="CNY", costs=costs)
    assert "1e3" not in str(caught.value)
    with pytest.raises(InputError, match="stands in the file once"):
        review(orders, currency="CNY", costs=write(tmp_path, "MUG,1", "MUG,2", head="sku,unit_cost", name="c.csv"))


HOSTILE = '=HYPERLINK("http://evil","x")<script>alert(1)</script>\u202e\x07'


def test_nothing_of_the_file_becomes_a_formula_or_markup(tmp_path):
    cell = '"' + HOSTILE.replace('"', '""') + '"'
    lines = [f"A{n},MUG,{2 if n % 3 else -1},2026-11-{1 + n % 20:02d},39.00,{cell},=1+1" for n in range(60)]
    lines.append(f'A99,@SUM,x,2026-11-11,39.00,{cell},"+cmd|calc"')
    path = write(tmp_path, *lines, head=HEAD + ",title,customer_id")
    out = tmp_path / "out"
    answer = review(path, currency="CNY", out=out)
    page = (out / "report.html").read_text("utf-8")
    assert "<script" not in page
    assert "<script" not in answer._repr_html_()
    for file in out.glob("*.csv"):
        for row in csv.reader(file.read_text("utf-8-sig").splitlines()):
            assert not [cell for cell in row if cell[:1] in "=+@\t\r" and cell], file.name


def test_what_is_written_says_the_raw_row(tmp_path):
    path = write(tmp_path, GOOD, 'A2,MUG,"x, y",2026-11-11,39.00')
    review(path, currency="CNY", out=tmp_path / "out")
    rows = list(csv.reader((tmp_path / "out" / "rejected.csv").read_text("utf-8-sig").splitlines()))
    assert rows == [
        ["line", "reason", "raw"],
        ["3", "quantity is not a whole number", 'A2,MUG,"x, y",2026-11-11,39.00'],
    ]


def test_the_command_line_says_what_is_wrong_in_one_line(tmp_path, capsys):
    path = write(tmp_path, GOOD)
    assert main(["review", str(path), "--currency", "XXY", "--out", str(tmp_path / "o")]) == 1
    assert main(["review", str(path), "--currency", "CNY", "--column", "sku", "--out", str(tmp_path / "o")]) == 1
    assert main(["review", str(path), "--currency", "CNY", "--column", "prize=x", "--out", str(tmp_path / "o")]) == 1
    assert main(["review", str(path), "--currency", "CNY", "--preset", "shopify", "--out", str(tmp_path / "o")]) == 1
    assert main(["review", str(tmp_path / "no.csv"), "--currency", "CNY"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 5
    assert all(line.startswith("shopcore: ") for line in errors)
    assert not (tmp_path / "o").exists()


def test_the_command_line_maps_columns(tmp_path, capsys):
    path = write(tmp_path, "1|杯|2|11/11/2026|39.00", head="单号|编码|件数|下单时间|单价", encoding="gb18030")
    pairs = ("order_id=单号", "sku=编码", "quantity=件数", "ordered_at=下单时间", "unit_price=单价")
    columns = [word for pair in pairs for word in ("--column", pair)]
    options = ["--currency", "CNY", "--encoding", "gb18030", "--date-format", "%d/%m/%Y", "--zone", "Asia/Shanghai"]
    out = tmp_path / "out"
    assert main(["review", str(path), *columns, *options, "--out", str(out), "--db", str(tmp_path / "my.db")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(out / "report.html")
    assert (tmp_path / "my.db").is_file()
    assert not (out / "shop.db").exists()
