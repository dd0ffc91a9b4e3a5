"""Elementwise functions of inventory: see tests/laws/test_elementwise.py for the format.

Parameter objects hold the columns; each function below takes them apart, by the names its errors use.
"""

from shopcore import inventory
from shopcore.inventory import Costs, Demand, LeadTime, Service


def safety_stock(demand, demand_sd, lead_time, lead_time_sd, cycle_service_level):
    return inventory.safety_stock(
        Demand(demand, demand_sd, "normal"), LeadTime(lead_time, lead_time_sd), Service.cycle(cycle_service_level)
    )


def economic_order_quantity(demand_rate, order, holding):
    return inventory.economic_order_quantity(demand_rate, Costs(order=order, holding=holding)).order_quantity


CASES = [
    {"function": inventory.days_of_cover, "columns": {"available": 84.0, "speed": 12.0}},
    {"function": economic_order_quantity, "columns": {"demand_rate": 1300.0, "order": 8.0, "holding": 0.225}},
    {
        "function": safety_stock,
        "columns": {
            "demand": 12.0,
            "demand_sd": 5.0,
            "lead_time": 7.0,
            "lead_time_sd": 2.0,
            "cycle_service_level": 0.95,
        },
        "named": {"demand": "mean", "demand_sd": "sd", "lead_time": "mean", "lead_time_sd": "sd"},
    },
]
