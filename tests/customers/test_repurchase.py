"""Repurchase and time to the second order beside counting by hand and a plain loop."""

import numpy as np
import pytest

from shopcore.customers import purchase_history, repurchase, second_order
from shopcore.errors import InputError


def test_a_window_knows_who_came_before() -> None:
    found = repurchase(["a", "a", "b", "c", "c", "c"], [1, 12, 14, 2, 11, 19], start=10, end=20)
    assert found.repurchase_rate.explain().startswith("0.333333 = 1 / 3")
    assert found.returning_order_share.value == 3 / 4
    assert found.returning_customer_share.value == pytest.approx(2 / 3)
    assert found.orders_per_customer == pytest.approx(4 / 3)
    assert found.repurchase_rate.low is not None


def test_nobody_has_no_rate() -> None:
    found = repurchase([], [])
    assert (found.repurchase_rate.value, found.repurchase_rate.reason) == (None, "no_customers")
    assert found.returning_order_share.reason == "no_orders"
    assert found.orders_per_customer is None
    assert repurchase(["a"], [1], start=5, end=9).repurchase_rate.value is None


def test_rows_of_one_order_are_one_order() -> None:
    found = repurchase(["a", "a", "b"], [1, 1, 2], orders=[7, 7, 8])
    assert found.repurchase_rate.value == 0.0
    assert second_order(["a", "a", "b"], [1, 1, 2], orders=[7, 7, 8]).customers == 2


def test_waiting_customers_are_neither_lost_nor_forgotten() -> None:
    found = second_order([1, 1, 2, 2, 3, 4], [0, 10, 0, 20, 0, 15], end=30)
    assert found.waiting.tolist() == [4, 2]
    assert found.returned_by(9) == 0.0
    assert found.returned_by(10) == 0.25
    assert found.quantile(0.2) == 10.0
    assert found.quantile(0.9) is None
    assert ((found.low < found.returned) & (found.returned < found.high)).all()


def test_everybody_returned_and_nobody_returned() -> None:
    every = second_order([1, 1, 2, 2], [0, 3, 0, 5])
    assert every.returned.tolist() == [0.5, 1.0]
    assert np.isnan(every.low[-1])
    assert every.to_dict()["low"][-1] is None
    nobody = second_order([1, 2], [0, 3])
    assert nobody.median is None
    assert "none with a second order" in nobody.explain()
    assert second_order([], []).customers == 0


def test_history_counts_days_not_lines() -> None:
    found = purchase_history(list("aaabbc"), [0, 0, 14, 3, 40, 50], end=28, spend=[5, 6, 9, 1, 100, 7], unit="week")
    assert found.customers.tolist() == ["a", "b"]
    assert found.orders.tolist() == [1, 0]
    assert found.recency.tolist() == [2.0, 0.0]
    assert found.age.round(4).tolist() == [4.0, 3.5714]
    assert found.mean_spend is not None
    assert found.mean_spend.tolist() == [9.0, 0.0]
    assert found.total_spend is not None
    assert found.total_spend.tolist() == [20.0, 1.0]
    assert len(purchase_history([], [], end=3).orders) == 0
    with pytest.raises(InputError, match="unit"):
        purchase_history(["a"], [0], end=1, unit="fortnight")
