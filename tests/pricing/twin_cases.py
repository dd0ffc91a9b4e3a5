"""Twins of pricing on one table of everyday fees: see tests/laws/test_twins.py for the format.

Random tables of every kind of fee are in tests/laws/test_pricing_arrays.py.
"""

from datetime import date

from hypothesis import strategies as st

from shopcore.models import Money
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Item,
    Percent,
    Target,
    Tax,
    arrays,
    break_even,
    deepest_discount,
    price_for,
    waterfall,
)

FEES = FeeTable(
    name="shop",
    currency="CNY",
    valid_from=date(2026, 1, 1),
    tax=Tax(rate="13%"),
    fees=(
        Commission(
            name="commission",
            bands=(Band(up_to=Money(10_000, "CNY"), rate="8.875%"), Band(up_to=None, rate="5%")),
            minimum=Money(30, "CNY"),
        ),
        Percent(name="advertising", level="cm3", rate="10%"),
    ),
)
TARGET = Target.margin("15%")
PRICES = st.integers(0, 200_000)
COSTS = st.integers(0, 100_000)


def item(cost):
    return Item(Money(cost, "CNY"))


def discount(price, cost):
    found = deepest_discount(Money(price, "CNY"), FEES, item(cost)).discount
    return -1 if found is None else found.minor


def broken_even(pick, row):
    price, cost, fixed = row
    found = break_even(Money(price, "CNY"), FEES, item(cost), conversion_rate="2.5%", fixed_cost=Money(fixed, "CNY"))
    value = getattr(found, pick)
    return -1 if value is None else getattr(value, "minor", value)


def broken_even_columns(pick, columns):
    price, cost, fixed = columns
    items = arrays.Items(unit_cost=cost)
    return getattr(arrays.break_even(price, FEES, items, conversion_rate="2.5%", fixed_cost=fixed), pick)


def smallest(cost):
    found = price_for(TARGET, FEES, item(cost)).smallest
    return -1 if found is None else found.minor


CASES = [
    {
        "name": "pricing.waterfall",
        "scalar": lambda price, cost: waterfall(Money(price, "CNY"), FEES, item(cost)).profit.minor,
        "array": lambda price, cost: arrays.waterfall(price, FEES, arrays.Items(unit_cost=cost)).profit,
        "rows": st.tuples(PRICES, COSTS),
    },
    {
        "name": "pricing.price_for",
        "scalar": smallest,
        "array": lambda cost: arrays.price_for(TARGET, FEES, arrays.Items(unit_cost=cost)).smallest,
        "rows": st.tuples(COSTS),
    },
    {
        "name": "pricing.deepest_discount",
        "scalar": discount,
        "array": lambda price, cost: arrays.deepest_discount(price, FEES, arrays.Items(unit_cost=cost)),
        "rows": st.tuples(PRICES, COSTS),
    },
    *(
        {
            "name": f"pricing.break_even.{pick}",
            "scalar": lambda *row, pick=pick: broken_even(pick, row),
            "array": lambda *columns, pick=pick: broken_even_columns(pick, columns),
            "rows": st.tuples(PRICES, COSTS, st.integers(0, 10**9)),
        }
        for pick in ("price", "units", "ad_cost", "click_price", "unit_cost")
    ),
]
