"""Published and worked figures of the customers engine; `customers.json` names the source of each."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shopcore import customers

CASES = json.loads(Path(__file__).with_suffix("").with_name("customers.json").read_text(encoding="utf-8"))["cases"]
ANSWERS: dict[str, Callable[[dict[str, Any]], Any]] = {}


def answers(quantity: str) -> Callable[[Callable[[dict[str, Any]], Any]], Callable[[dict[str, Any]], Any]]:
    def keep(function: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        ANSWERS[quantity] = function
        return function

    return keep


@answers("bgnbd_unconditional_expectation")
def _new(given: dict[str, Any]) -> Any:
    return customers.expected_orders_of_new(customers.BgNbd(**given["params"]), given["t"])


@answers("gamma_gamma_conditional_mean")
def _spend(given: dict[str, Any]) -> Any:
    orders, means = zip(*given["customers"], strict=True)
    return customers.expected_spend(customers.GammaGamma(**given["params"]), orders, means)


@answers("gamma_gamma_infinite_mean")
def _endless(given: dict[str, Any]) -> Any:
    return customers.expected_spend(customers.GammaGamma(**given["params"]), given["x"], given["zbar"])


@answers("repurchase_and_new_share")
def _repurchase(given: dict[str, Any]) -> Any:
    found = customers.repurchase(*zip(*given["transactions"], strict=True))
    return {
        "repurchase_rate": found.repurchase_rate.value,
        "returning_order_share": found.returning_order_share.value,
    }


@answers("bgnbd_probability_no_purchase")
def _no_order(given: dict[str, Any]) -> Any:
    model = customers.BgNbd(**given["params"])
    return customers.probability_no_order(model, given["x"], given["t_x"], given["T"], horizon=given["t"])


@answers("bgnbd_customer")
def _customer(given: dict[str, Any]) -> Any:
    model, past = customers.BgNbd(**given["params"]), (given["x"], given["t_x"], given["T"])
    return {
        "orders": customers.expected_orders(model, *past, horizon=given["t"]),
        "alive": customers.probability_alive(model, *past),
    }


def cdnow(path: Path) -> customers.PurchaseHistory:
    columns = np.loadtxt(path, dtype=str).T
    days = [f"{text[:4]}-{text[4:6]}-{text[6:]}" for text in columns[2]]
    return customers.purchase_history(
        columns[1].astype(int), days, end="1997-09-30", spend=columns[4].astype(float), unit="week"
    )


def fitted(fit: customers.Fit) -> dict[str, float]:
    assert fit.status == "interior"
    assert fit.standard_errors is not None
    return {name: getattr(fit.model, name) for name in fit.parameters} | {"log_likelihood": fit.log_likelihood}


@answers("bgnbd_fit")
def _bgnbd(given: dict[str, Any]) -> Any:
    history = cdnow(given["data"])
    return fitted(customers.fit_bg_nbd(history.orders, history.recency, history.age))


@answers("pareto_nbd_fit")
def _pareto(given: dict[str, Any]) -> Any:
    history = cdnow(given["data"])
    return fitted(customers.fit_pareto_nbd(history.orders, history.recency, history.age))


@answers("gamma_gamma_fit")
def _gamma_gamma(given: dict[str, Any]) -> Any:
    history = cdnow(given["data"])
    return fitted(customers.fit_gamma_gamma(history.orders, history.mean_spend))


@answers("bgbb_fit")
def _bgbb(given: dict[str, Any]) -> Any:
    rows = np.genfromtxt(given["data"], delimiter=",", names=True)
    return fitted(customers.fit_bg_bb(rows["frequency"], rows["recency"], rows["periods"], weight=rows["weights"]))


@answers("sbg_fit")
def _sbg(given: dict[str, Any]) -> Any:
    return fitted(customers.fit_sbg(given["survivors"]))


def compare(got: Any, wanted: Any, tolerance: dict[str, float]) -> None:
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            compare(got[key], value, tolerance)
    elif isinstance(wanted, list):
        assert len(got) == len(wanted)
        for one, two in zip(got, wanted, strict=True):
            compare(one, two, tolerance)
    elif wanted is None:
        assert got is None
    else:
        assert math.isclose(got, wanted, rel_tol=tolerance["rel"], abs_tol=tolerance["abs"]), (got, wanted)


def run(case: dict[str, Any], inputs: dict[str, Any]) -> None:
    compare(ANSWERS[case["quantity"]](inputs), case["expected"], case["tolerance"])


@pytest.mark.parametrize("case", [c for c in CASES if "data" not in c["inputs"]], ids=lambda c: str(c["id"]))
def test_golden(case: dict[str, Any]) -> None:
    run(case, case["inputs"])


@pytest.mark.shared_data
@pytest.mark.parametrize("case", [c for c in CASES if "data" in c["inputs"]], ids=lambda c: str(c["id"]))
def test_published_fit(case: dict[str, Any], shared_data: Path) -> None:
    run(case, {"data": shared_data / case["inputs"]["data"]})
