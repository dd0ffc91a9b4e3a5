"""The layouts of known exports by name, made from the columns that the platforms document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopcore.models._order_line import LineKind
from shopcore.operations._layout import ExportLayout

CHINA: Final = "Asia/Shanghai"
_ONLINE_RETAIL_KINDS: Final[tuple[tuple[str, LineKind], ...]] = (
    ("POST", "shipping"), ("DOT", "shipping"), ("C2", "shipping"), ("GIFT_0001_*", "service"),
    ("BANK CHARGES", "fee"), ("AMAZONFEE", "fee"), ("CRUK", "fee"),
    ("#####*", "goods"), ("DCGS*", "goods"), ("*", "adjustment"),
)  # fmt: skip

_ONLINE_RETAIL: Final = ExportLayout(
    columns={
        "order_id": "InvoiceNo", "sku": "StockCode", "title": "Description", "quantity": "Quantity",
        "ordered_at": "InvoiceDate", "unit_price": "UnitPrice", "customer_id": "CustomerID", "country": "Country",
    },
    zone="Europe/London",
    cancelled_prefix="C",
    set_aside=(("A", "bad debt adjustment"),),
    kinds=_ONLINE_RETAIL_KINDS,
)  # fmt: skip

# Orders > Export; what belongs to the order stands in its first record only. Subtotal is the goods after discounts.
_SHOPIFY: Final = ExportLayout(
    columns={
        "order_id": "Name", "sku": "Lineitem sku", "sku_else": ("Lineitem name",), "title": ("Lineitem name",),
        "quantity": "Lineitem quantity", "ordered_at": "Created at", "unit_price": "Lineitem price",
        "discount": ("Lineitem discount",), "order_paid": ("Subtotal",), "currency": ("Currency",),
        "customer_id": ("Email",), "country": ("Shipping Country", "Billing Country"), "channel": ("Source",),
        "status": ("Financial Status",), "cancelled_at": ("Cancelled at",),
    },
    carried=("ordered_at", "currency", "customer_id", "country", "channel", "status", "cancelled_at"),
    statuses=(
        ("voided", "payment voided"), ("refunded", "paid back in full"), ("expired", "never paid"),
    ),
)  # fmt: skip

# Customer / Order / Coupon Export, CSV with one row per line item; prices without tax.
_WOOCOMMERCE: Final = ExportLayout(
    columns={
        "order_id": ("order_number", "order_id"), "sku": "item_sku", "sku_else": ("item_product_id", "item_name"),
        "title": ("item_name",), "quantity": "item_quantity", "ordered_at": ("date", "order_date"),
        "line_price": ("item_subtotal", "item_total"), "line_paid": ("item_total",), "refund": ("item_refunded",),
        "returned": ("item_refunded_qty",), "currency": ("order_currency",),
        "customer_id": ("billing_email", "customer_id"), "country": ("shipping_country", "billing_country"),
        "status": ("status",),
    },
    statuses=(
        ("*cancelled", "order cancelled"), ("*failed", "payment failed"), ("*pending", "not paid yet"),
        ("*on-hold", "not paid yet"), ("*refunded", "paid back in full"), ("*draft", "not ordered yet"),
        ("trash", "order deleted"),
    ),
)  # fmt: skip

# All Orders report (GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL); item-price is that of the whole line.
_AMAZON: Final = ExportLayout(
    columns={
        "order_id": "amazon-order-id", "sku": "sku", "title": ("product-name",), "quantity": "quantity",
        "ordered_at": "purchase-date", "line_price": "item-price", "discount": ("item-promotion-discount",),
        "currency": ("currency",), "country": ("ship-country",), "channel": ("sales-channel",),
        "status": ("order-status",),
    },
    delimiter="\t",
    statuses=(("cancelled", "order cancelled"), ("pending*", "not paid yet"), ("unfulfillable", "cannot be delivered")),
)  # fmt: skip

# 千牛 > 已卖出的宝贝 > 批量导出 > 宝贝报表; one record per article (子订单).
_TAOBAO: Final = ExportLayout(
    columns={
        "order_id": ("主订单编号", "订单编号"), "sku": "商家编码", "sku_else": ("商品ID", "外部系统编号", "商品标题"),
        "title": ("商品标题", "标题"), "quantity": "购买数量", "ordered_at": ("订单创建时间", "订单付款时间"),
        "unit_price": ("商品价格", "价格"), "line_paid": ("买家实付金额", "买家实际支付金额"), "refund": ("退款金额",),
        "customer_id": ("买家昵称", "买家会员名"), "status": ("订单状态",),
    },
    zone=CHINA,
    statuses=(("*关闭*", "order closed (交易关闭)"), ("*等待买家付款*", "not paid yet (等待买家付款)")),
)  # fmt: skip

# 京麦 > 订单查询 > 导出; one record per article, the order's own amounts are repeated in each.
_JD: Final = ExportLayout(
    columns={
        "order_id": ("订单号", "订单编号"), "sku": ("货号", "商家SKUID", "商品ID"), "sku_else": ("商品ID",),
        "title": ("商品名称",), "quantity": "订购数量", "ordered_at": "下单时间", "unit_price": "京东价",
        "customer_id": ("下单帐号", "下单账号"), "channel": ("订单渠道",), "status": ("订单状态",),
    },
    zone=CHINA,
    statuses=(("*删除*", "order deleted (删除)"), ("*取消*", "order cancelled (取消)"),
              ("等待付款*", "not paid yet (等待付款)")),
)  # fmt: skip

PRESETS: Final[Mapping[str, ExportLayout]] = {
    "plain": ExportLayout(),
    "online-retail": _ONLINE_RETAIL,
    "shopify": _SHOPIFY,
    "woocommerce": _WOOCOMMERCE,
    "amazon": _AMAZON,
    "taobao": _TAOBAO,
    "tmall": _TAOBAO,
    "jd": _JD,
}
