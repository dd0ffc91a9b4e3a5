"""What advertising cost and brought, from totals (推广指标)."""

from __future__ import annotations

from typing import Final

from shopcore.traffic._definition import Words, average, examples, share
from shopcore.traffic._ratio import Meaning
from shopcore.traffic._signatures import (
    AdvertisingCostOfSale,
    ClickThroughRate,
    CostPerClick,
    CostPerMille,
    CostPerOrder,
    ReturnOnAdSpend,
    TotalAdvertisingCostOfSale,
    VisitorCost,
)

click_through_rate: Final[ClickThroughRate] = share(
    "click_through_rate",
    Meaning("clicks", "impressions", "impression", "no_impressions"),
    Words(
        says="the click-through rate (点击率): clicks over impressions.",
        use="Whether picture and title catch the eye.",
        part="Clicks",
        whole="Times it was shown",
        notes="Clicks of one person on one impression count once. Source: Google Ads help, click-through rate.",
        example=""">>> click_through_rate(4000, 100_000).explain()
'0.04 = 4000 / 100000, 95% interval 0.038803 to 0.0412323 (wilson)'""",
    ),
)


cost_per_click: Final[CostPerClick] = average(
    "cost_per_click",
    Meaning("spend", "clicks", "money", "no_clicks"),
    Words(
        says="the cost per click (平均点击花费, PPC).",
        use="What a visit bought by the click costs.",
        part="Spend in one stated unit of money",
        whole="Clicks",
        notes="Source: Google Ads help, average cost per click.",
        example=""">>> cost_per_click(2700.0, 1800).value
1.5""",
        unit="Money per click, in the unit of `spend`",
    ),
)


cost_per_mille: Final[CostPerMille] = average(
    "cost_per_mille",
    Meaning("spend", "impressions", "money", "no_impressions"),
    Words(
        says="the cost of a thousand impressions (千次展现花费, CPM).",
        use="What being seen costs, whatever people do then.",
        part="Spend in one stated unit of money",
        whole="Times it was shown",
        notes="The denominator of the result is thousands of impressions. Source: Google Ads help, CPM.",
        example=""">>> cost_per_mille(2700.0, 90_000).value
30.0""",
        unit="Money per thousand, in the unit of `spend`",
    ),
    per=1000.0,
)


visitor_cost: Final[VisitorCost] = average(
    "visitor_cost",
    Meaning("spend", "paid_visitors", "money", "no_visitors"),
    Words(
        says="the cost per paid visitor (引流成本).",
        use="Compare it with the UV value: a visitor who costs more than he brings is bought at a loss.",
        part="Spend in one stated unit of money",
        whole="Distinct people that the spend brought",
        notes="People, where `cost_per_click` counts clicks.",
        example=""">>> visitor_cost(2700.0, 1500).value
1.8""",
        unit="Money per visitor, in the unit of `spend`",
    ),
)


cost_per_order: Final[CostPerOrder] = average(
    "cost_per_order",
    Meaning("spend", "orders", "money", "no_orders"),
    Words(
        says="the cost per order (成交成本, CPA).",
        use="What an order bought by advertising costs.",
        part="Spend in one stated unit of money",
        whole="Orders attributed to the spend",
        notes="Source: Google Ads help, cost per conversion.",
        example=""">>> cost_per_order(2700.0, 45).value
60.0""",
        unit="Money per order, in the unit of `spend`",
    ),
)


return_on_ad_spend: Final[ReturnOnAdSpend] = average(
    "return_on_ad_spend",
    Meaning("ad_revenue", "spend", "money", "no_spend"),
    Words(
        says="the return on ad spend (投产比, ROI): revenue attributed to the ads over spend.",
        use="""How many yuan of sales a yuan of advertising came with. Attributed is not caused: what the ads added is
`incremental_return`.""",
        part="Revenue attributed to the ads, in the unit of `spend`",
        whole="Spend",
        notes="""Revenue without spend has no return: undefined, not infinite. `ratio_of_sums` over days gives an
interval. Source: Google Ads help, target ROAS.""",
        example=""">>> return_on_ad_spend(10_258.0, 3540.0).explain()
'2.89774 = 10258 / 3540'
>>> return_on_ad_spend(500.0, 0.0).reason
'no_spend'""",
        unit="Money per money",
    ),
)


advertising_cost_of_sale: Final[AdvertisingCostOfSale] = average(
    "advertising_cost_of_sale",
    Meaning("spend", "ad_revenue", "money", "no_ad_revenue"),
    Words(
        says="the advertising cost of sale (广告费占比, ACoS): spend over ad revenue.",
        use="The inverse of the return on ad spend, as Amazon shows it.",
        part="Spend",
        whole="Revenue attributed to the ads, in the unit of `spend`",
        notes="Source: Amazon Ads, guide to ACoS.",
        example=""">>> advertising_cost_of_sale(2500.0, 10_000.0).value
0.25""",
        unit="Money per money",
    ),
)


total_advertising_cost_of_sale: Final[TotalAdvertisingCostOfSale] = average(
    "total_advertising_cost_of_sale",
    Meaning("spend", "revenue", "money", "no_revenue"),
    Words(
        says="the total advertising cost of sale (TACoS): spend over all revenue of the shop.",
        use="Whether the shop becomes less dependent on advertising.",
        part="Spend",
        whole="All revenue, advertised or not, in the unit of `spend`",
        notes="Source: Amazon Ads, guide to ACoS and TACoS.",
        example=""">>> total_advertising_cost_of_sale(2500.0, 50_000.0).value
0.05""",
        unit="Money per money",
    ),
)


__test__ = examples(
    click_through_rate,
    cost_per_click,
    cost_per_mille,
    visitor_cost,
    cost_per_order,
    return_on_ad_spend,
    advertising_cost_of_sale,
    total_advertising_cost_of_sale,
)
