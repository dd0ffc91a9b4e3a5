"""Elementwise functions of inventory, held to the rule of all engines by tests/laws/test_elementwise.py."""

from shopcore import inventory as inv

CASES = [
    {"function": inv.days_of_cover, "columns": {"available": 300.0, "speed": 8.0}},
    {"function": inv.stock_turnover, "columns": {"cost_of_goods": 840.0, "average_stock_value": 120.0}},
    {
        "function": inv.gmroi,
        "columns": {"revenue": 100.0, "cost_of_goods": 35.0, "average_stock_value": 20.0},
    },
    {"function": inv.sell_through_rate, "columns": {"units_sold": 150.0, "units_received": 200.0}},
    {"function": inv.units_per_stock, "columns": {"units_sold": 150.0, "average_units_on_hand": 60.0}},
    {
        "function": inv.excess_units,
        "columns": {"on_hand": 1200.0, "daily_demand": 8.0, "cover_limit": 90.0},
    },
    {
        "function": inv.round_order,
        "columns": {"need": 61.0},
        "fixed": {"constraints": inv.Constraints(minimum=50, pack=12)},
        "pick": lambda answer: answer.quantity,
    },
    {
        "function": inv.economic_order_quantity,
        "columns": {"demand_rate": 1300.0},
        "fixed": {"costs": inv.Costs(order=8, holding=0.225)},
        "pick": lambda answer: answer.order_quantity,
    },
]
