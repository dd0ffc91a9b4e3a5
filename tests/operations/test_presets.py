"""Exports as the platforms make them, by their documented columns: what is read, what is set aside, nothing lost."""

import csv
import datetime
import io
import zipfile
from decimal import Decimal

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import Money
from shopcore.operations import PRESETS, layout, review
from shopcore.operations._read import read_orders

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Cancelled at,"
    "Refunded Amount,Source,Lineitem discount\n"
    "#1001,an@example.com,paid,2026-11-11 00:31:00 +0800,USD,90.00,5.00,0.00,95.00,TEN,10.00,"
    "2026-11-11 00:30:00 +0800,2,Mug,35.00,MUG,US,,0.00,web,0.00\n"
    "#1001,an@example.com,,,,,,,,,,,1,Tea,30.00,TEA,,,,,0.00\n"
    "#1002,bo@example.com,voided,,USD,35.00,0,0,35.00,,0.00,2026-11-12 08:00:00 +0800,1,Mug,35.00,MUG,US,,0.00,web,0\n"
    "#1003,cy@example.com,paid,,USD,60.00,0,0,60.00,,0.00,2026-11-12 09:00:00 +0800,1,Tea,30.00,TEA,CA,"
    "2026-11-13 09:00:00 +0800,0.00,web,0\n"
    "#1003,cy@example.com,,,,,,,,,,,1,Tea,30.00,TEA,,,,,0\n"
    "#1004,di@example.com,paid,,USD,19.99,0,0,19.99,,0.00,2026-11-13 08:00:00 +0800,1,Tip,19.99,,US,,0.00,pos,0\n"
)
WOOCOMMERCE = (
    "order_id,order_number,date,status,order_currency,billing_email,shipping_country,item_product_id,item_name,item_sku,"
    "item_quantity,item_subtotal,item_subtotal_tax,item_total,item_total_tax,item_refunded,item_refunded_qty\n"
    "81,1081,2026-11-11 08:00:00,completed,EUR,an@example.com,DE,5,Mug,MUG,3,100.00,19.00,90.00,17.10,30.00,1\n"
    "81,1081,2026-11-11 08:00:00,completed,EUR,an@example.com,DE,6,Tea,,1,10.00,1.90,10.00,1.90,2.50,0\n"
    "82,1082,2026-11-12 08:00:00,cancelled,EUR,bo@example.com,DE,5,Mug,MUG,1,33.33,6.33,33.33,6.33,0,0\n"
    "83,1083,2026-11-12 09:00:00,wc-on-hold,EUR,cy@example.com,AT,5,Mug,MUG,1,33.33,6.33,33.33,6.33,0,0\n"
)
AMAZON = (
    "amazon-order-id\tpurchase-date\torder-status\tsales-channel\tproduct-name\tsku\titem-status\tquantity\tcurrency\t"
    "item-price\titem-tax\titem-promotion-discount\tship-country\n"
    "028-1\t2026-11-10T23:30:00+00:00\tShipped\tAmazon.de\tBecher\tMUG\tShipped\t3\tEUR\t100.00\t15.97\t5.00\tDE\n"
    "028-2\t2026-11-11T08:00:00+00:00\tCancelled\tAmazon.de\tBecher\tMUG\tCancelled\t0\t\t\t\t\t\n"
    "028-3\t2026-11-11T09:00:00+00:00\tPending\tAmazon.de\tBecher\tMUG\tUnshipped\t1\tEUR\t\t\t\tDE\n"
    "028-4\t2026-11-11T10:00:00+00:00\tShipped\tAmazon.fr\tThé\tTEA\tShipped\t1\tEUR\t9.99\t1.67\t\tFR\n"
)
TAOBAO = (
    "子订单编号,主订单编号,商品标题,商品价格,购买数量,外部系统编号,商品属性,订单状态,商家编码,买家应付货款,买家实付金额,"
    "退款状态,退款金额,订单创建时间,订单付款时间,商品ID\n"
    '="17290001","=""1729""",茉莉花茶,68.00,2,,250g,交易成功,TEA-101,136.00,121.00,没有申请退款,0.00,'
    '2026-11-11 00:05:00,2026-11-11 00:06:00,"=""600"""\n'
    '="17290002","=""1729""",马克杯,49.00,1,,350ml,交易成功,,49.00,49.00,退款成功,5.00,'
    '2026-11-11 00:05:00,,"=""601"""\n'
    '="17300001","=""1730""",马克杯,49.00,1,,350ml,交易关闭,CUP-203,49.00,0.00,退款成功,49.00,'
    "2026-11-11 00:07:00,,601\n"
    '="17310001","=""1731""",马克杯,49.00,1,,350ml,等待买家付款,CUP-203,49.00,0.00,,0.00,2026-11-11 00:08:00,,601\n'
)
JD = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,"
    "客户地址,联系电话,订单备注,发票类型,运费金额,付款确认时间,货号,订单完成时间,订单来源,订单渠道\n"
    "290001,100,龙井绿茶,2,在线支付,2026-11-11 00:05:00,128.00,256.00,236.00,0.00,236.00,完成,SOP,"
    "jd_an,,,,,,0.00,,TEA-102,,,app\n"
    "290002,101,盖碗,1,在线支付,2026-11-11 00:06:00,79.00,79.00,79.00,0.00,79.00,(删除)等待出库,SOP,"
    "jd_bo,,,,,,0.00,,CUP-201,,,app\n"
    "290003,101,盖碗,1,在线支付,2026-11-11 00:07:00,79.00,79.00,79.00,0.00,79.00,等待出库,SOP,jd_bo,,,,,,0.00,,,,,app\n"
)


def saved(folder, text, encoding="utf-8"):
    path = folder / "orders.csv"
    path.write_bytes(text.encode(encoding))
    return path


def read(path, currency, preset="plain", **changes):
    sales = read_orders(path, currency=currency, layout=layout(preset, **changes))
    assert sales.lines_read == len(set(sales.line.tolist())) + len(sales.rejected)
    return sales


def asides(sales):
    return [(line.line, line.reason) for line in sales.rejected]


def test_shopify(tmp_path):
    sales = read(saved(tmp_path, SHOPIFY), "USD", "shopify", zone="America/New_York")
    # 10.00 off an order of 70.00 and 30.00: 7.00 and 3.00.
    assert sales.amount.tolist() == [6_300, 2_700, 1_999]
    assert sales.revenue == Money(10_999, "USD")
    assert asides(sales) == [
        (4, "payment voided"),
        (5, "order cancelled"),
        (6, "order cancelled"),
    ]
    assert sales.skus == ["MUG", "TEA", "Tip"]
    assert sales.customers == ["an@example.com", "di@example.com"]
    # Half past midnight in China is noon of the day before in New York.
    assert datetime.date.fromordinal(sales.day[0]) == datetime.date(2026, 11, 10)
    assert "largest remainder" in sales.how["discounts of orders"]


def test_woocommerce(tmp_path):
    sales = read(saved(tmp_path, WOOCOMMERCE), "EUR", "woocommerce", zone="Europe/Berlin")
    # Three for 90.00 of which one came back for 30.00, and 2.50 paid back on a line that stayed.
    assert [
        (q, s, a) for q, s, a in zip(sales.quantity.tolist(), sales.sign.tolist(), sales.amount.tolist(), strict=True)
    ] == [(3, 1, 9_000), (1, -1, -3_000), (1, 1, 750)]
    assert asides(sales) == [(4, "order cancelled"), (5, "not paid yet")]
    assert sales.skus == ["MUG", "6"]
    answer = review(saved(tmp_path, WOOCOMMERCE), currency="EUR", layout=layout("woocommerce"), out=tmp_path / "out")
    assert (answer.lines_taken, answer.revenue) == (2, Money(6_750, "EUR"))
    assert answer.cancelled == {"cancelled_lines": 1, "matched_whole": 1, "matched_in_part": 0, "unmatched": 0}


def test_amazon(tmp_path):
    sales = read(saved(tmp_path, AMAZON), "EUR", "amazon", zone="Europe/Berlin")
    assert sales.amount.tolist() == [9_500, 999]
    assert asides(sales) == [(3, "order cancelled"), (4, "not paid yet")]
    assert [datetime.date.fromordinal(day).day for day in sales.day] == [11, 11]
    assert sales.channels == ["Amazon.de", "Amazon.fr"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_taobao_in_every_encoding(tmp_path, encoding):
    sales = read(saved(tmp_path, TAOBAO, encoding), "CNY", "tmall")
    assert sales.order_ids == ["1729"]
    assert sales.skus == ["TEA-101", "601"]
    assert sales.amount.tolist() == [12_100, 4_400]
    assert [reason for _, reason in asides(sales)] == ["order closed (交易关闭)", "not paid yet (等待买家付款)"]
    assert sales.how["encoding"].startswith("utf-16" if encoding == "utf-16" else encoding)
    assert '="..."' in sales.how["long numbers"]


def test_jd(tmp_path):
    sales = read(saved(tmp_path, JD, "gb18030"), "CNY", "jd")
    assert sales.skus == ["TEA-102", "101"]
    assert sales.revenue == Money(25_600 + 7_900, "CNY")
    assert asides(sales) == [(3, "order deleted (删除)")]
    settled = read(saved(tmp_path, JD, "gb18030"), "CNY", "jd", columns={"order_paid": "结算金额"})
    assert settled.revenue == Money(23_600 + 7_900, "CNY")


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_preset_names_the_columns_it_misses(tmp_path, preset):
    path = saved(tmp_path, "a,b\n1,2\n")
    with pytest.raises(InputError, match=r"orders must have a column for .*the file has 'a', 'b'"):
        read_orders(path, currency="CNY", layout=layout(preset, delimiter=","))


PLAIN = "order_id;sku;quantity;ordered_at;unit_price\nA1;MUG;2;2026-11-11;{}\nA2;MUG;1;2026-11-12;8\n"


@pytest.mark.parametrize(
    ("cell", "stated", "amount"),
    [("39,90", None, 7_980), ("1.234,50", None, 246_900), ("39,90", ",", 7_980), ("0,5", None, 100), ("7", ",", 1_400)],
)
def test_decimal_commas_are_found_or_stated_and_said(tmp_path, cell, stated, amount):
    sales = read(saved(tmp_path, PLAIN.format(cell)), "EUR", decimal=stated)
    assert sales.amount[0] == amount
    assert sales.how["delimiter"] == ";"
    assert sales.how["decimal sign"] == ("," if stated else ", (found in the amounts)")
    answer = review(saved(tmp_path, PLAIN.format(cell)), currency="EUR", layout=layout(decimal=stated))
    assert answer.summary()["reading"] == sales.how
    assert "decimal sign ," in answer.explain()


@pytest.mark.parametrize("cell", ["1.234", "1.23,4.5", "12.34,50", "1 234,50", "-1,00", "1,2,3"])
def test_an_amount_that_could_mean_two_things_is_set_aside(tmp_path, cell):
    sales = read(saved(tmp_path, PLAIN.format(cell)), "EUR", decimal=",")
    assert [line.line for line in sales.rejected] == [2]


def test_points_and_commas_in_one_file_are_not_guessed_at(tmp_path):
    sales = read(saved(tmp_path, PLAIN.format("39,90") + "A3;MUG;1;2026-11-12;8.50\n"), "EUR")
    assert [(line.line, line.reason) for line in sales.rejected] == [(2, "price is not a number")]


def test_a_western_heading_is_not_taken_for_chinese(tmp_path):
    path = saved(tmp_path, "order_id,sku,quantity,ordered_at,unit_price,Größe\nA1,MUG,1,2026-11-11,8.00,ü\n", "cp1252")
    assert read(path, "EUR").how["encoding"] == "utf-8"


@pytest.mark.parametrize("units", [2, 3, 7, 11, 365, 9_999])
def test_the_price_of_a_line_comes_back_exactly(tmp_path, units):
    head = "order_id,sku,quantity,ordered_at,line_price\n"
    rows = "".join(f"A{n},MUG,{units},2026-11-11,{n}.{n:02d}\n" for n in range(1, 60))
    sales = read(saved(tmp_path, head + rows), "CNY")
    assert sales.amount.tolist() == [100 * n + n for n in range(1, 60)]
    for amount, price in zip(sales.amount.tolist(), sales.price.tolist(), strict=True):
        assert sales.prices[price].times(units, rounding="half_up").minor == amount
    review(saved(tmp_path, head + rows), currency="CNY", database=tmp_path / "shop.db")


def test_more_back_than_sold_and_a_finer_line_are_set_aside(tmp_path):
    head = "order_id,sku,quantity,ordered_at,line_price,returned\n"
    sales = read(
        saved(tmp_path, head + "A1,MUG,1,2026-11-11,8,2\nA2,MUG,3,2026-11-11,0.001,0\nA3,MUG,1,2026-11-11,8,\n"), "CNY"
    )
    assert [reason for _, reason in asides(sales)] == [
        "more units came back than were sold",
        "price of a line is finer than the minor unit",
    ]


def test_a_second_currency_in_a_carried_column_is_refused(tmp_path):
    text = SHOPIFY + "#1005,e@example.com,paid,,CAD,1,0,0,1,,0,2026-11-13 08:00:00 +0800,1,Mug,1.00,MUG,CA,,0,web,0\n"
    with pytest.raises(CurrencyMismatchError, match="CAD"):
        read(saved(tmp_path, text), "USD", "shopify")


def test_an_order_that_paid_more_than_its_lines_is_told(tmp_path):
    text = SHOPIFY.replace(",USD,90.00,", ",USD,120.00,")
    sales = read(saved(tmp_path, text), "USD", "shopify")
    assert sales.how["orders that paid more"].startswith("1,")
    assert sales.amount.tolist() == [7_000, 3_000, 1_999]


def workbook(path, rows, title="宝贝报表"):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.create_sheet("second").append(["nothing"])
    book.save(path)
    return path


def test_a_workbook_is_read_as_the_same_file_in_csv(tmp_path):
    rows = list(csv.reader(io.StringIO(TAOBAO.replace('="17290001"', "17290001"))))
    for row in rows[1:]:
        row[3], row[4], row[10] = float(row[3]), int(row[4]), float(row[10])
        row[13] = datetime.datetime.fromisoformat(row[13])
        row[:] = [cell.strip('="') if isinstance(cell, str) else cell for cell in row]
    book = read(workbook(tmp_path / "export", rows), "CNY", "taobao")
    text = read(saved(tmp_path, TAOBAO), "CNY", "taobao")
    assert book.amount.tolist() == text.amount.tolist()
    assert (book.at == text.at).all()
    assert [reason for _, reason in asides(book)] == [reason for _, reason in asides(text)]
    assert book.how["format"], book.how["sheet"] == ("xlsx", "宝贝报表")
    assert "TEA-101" not in book.rejected[0].raw
    assert "交易关闭" in book.rejected[0].raw


def test_a_cell_of_a_workbook_is_the_figure_it_shows(tmp_path):
    head = ["order_id", "sku", "quantity", "ordered_at", "unit_price"]
    rows = [head, ["A1", "MUG", 3.0, "2026-11-11", 0.1 + 0.2], [], ["A2", "MUG", 1, datetime.date(2026, 11, 12), 19.9]]
    sales = read(workbook(tmp_path / "a.xlsx", rows), "CNY")
    assert sales.amount.tolist() == [90, 1_990]
    assert sales.line.tolist() == [2, 4]
    with pytest.raises(InputError, match="'宝贝报表', 'second'"):
        read(tmp_path / "a.xlsx", "CNY", sheet="third")


def test_a_workbook_that_is_none_or_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(InputError, match="whole workbook"):
        read(path, "CNY")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a.xml", "<a/>")
    with pytest.raises(InputError, match="whole workbook"):
        read(path, "CNY")
    good = workbook(tmp_path / "b.xlsx", [["order_id"]])
    monkeypatch.setattr("shopcore.operations._xlsx.MAX_UNPACKED", 1_000)
    with pytest.raises(LimitError, match="unpacked"):
        read(good, "CNY")


def test_without_the_extra_a_workbook_says_what_it_needs(tmp_path, monkeypatch):
    path = workbook(tmp_path / "b.xlsx", [["order_id"]])
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"shopcore\[xlsx\]"):
        read(path, "CNY")


def test_sums_of_a_spread_discount(tmp_path):
    lines = [("A1", "MUG", 1, "9.99"), ("A1", "TEA", 3, "3.33"), ("A1", "CUP", 2, "0.01"), ("A2", "MUG", 1, "5.00")]
    head = "order_id,sku,quantity,ordered_at,unit_price,order_paid\n"
    text = head + "".join(f"{o},{s},{q},2026-11-11,{p},{'12.34' if o == 'A1' else ''}\n" for o, s, q, p in lines)
    sales = read(saved(tmp_path, text), "CNY")
    assert sales.revenue == Money.of(Decimal("17.34"), "CNY")
    assert (sales.amount >= 0).all()
    assert (sales.amount + sales.discount).tolist() == [999, 999, 2, 500]
