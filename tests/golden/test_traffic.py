"""Published and worked figures of the traffic engine; `traffic.json` names the source of each."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopcore import traffic
from shopcore._intervals import clopper_pearson, newcombe, wilson

CASES = json.loads(Path(__file__).with_suffix("").with_name("traffic.json").read_text(encoding="utf-8"))["cases"]
ANSWERS: dict[str, Callable[[dict[str, Any]], Any]] = {}


def answers(quantity: str) -> Callable[[Callable[[dict[str, Any]], Any]], Callable[[dict[str, Any]], Any]]:
    def keep(function: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        ANSWERS[quantity] = function
        return function

    return keep


@answers("bounce_rate_with_interval")
def _bounce(given: dict[str, Any]) -> Any:
    found = traffic.bounce_rate(given["single_page_sessions"], given["sessions"], confidence=given["confidence"])
    return {"rate": found.value, "interval": [found.low, found.high]}


@answers("uv_value")
def _uv_value(given: dict[str, Any]) -> Any:
    found = traffic.uv_value(
        given["gmv"], given["visitors"], given["buyers"], orders_per_buyer=given["orders_per_buyer_horizon"]
    )
    return {
        "cvr": found.conversion.value,
        "aov": found.average_order_value.value,
        "uv_value": found.value.value,
        "uv_value_with_repurchase": found.with_repurchase.value,
    }


@answers("zero_denominators")
def _zero(given: dict[str, Any]) -> Any:
    return [traffic.cost_per_click(top, bottom).value for top, bottom in given["pairs"]]


@answers("livestream")
def _live(given: dict[str, Any]) -> Any:
    found = traffic.live_session(
        viewers=given["viewers"],
        views=given["views"],
        interacting=given["unique_interacting"],
        buyers=given["buyers"],
        revenue=given["gmv"],
        watch_minutes=given["watch_minutes"],
    )
    return {
        "interaction_rate": found.interaction_rate.value,
        "cvr": found.conversion.value,
        "gpm": found.gross_merchandise_per_mille.value,
        "avg_watch_minutes": found.watch_minutes.value,
    }


@answers("roas_interval")
def _roas(given: dict[str, Any]) -> Any:
    found = traffic.ratio_of_sums(given["revenue"], given["spend"])
    return {
        "roas": found.ratio.value,
        "se": found.standard_error,
        "delta_interval": [found.delta.low, found.delta.high],
        "fieller_interval": [found.ratio.low, found.ratio.high],
    }


@answers("ratio_metric_delta")
def _ratio_metric(given: dict[str, Any]) -> Any:
    found = traffic.ratio_of_sums(given["orders"], given["sessions"])
    return {"ratio": found.ratio.value, "se": found.standard_error}


@answers("conversion_vs_peer")
def _peer(given: dict[str, Any]) -> Any:
    found = traffic.compare_with_peers(given["buyers"], given["visitors"], peer_rate=given["peer_rate"])
    return {"rate": found.rate.value, "p_value": found.p_value, "interval": [found.rate.low, found.rate.high]}


@answers("wilson_interval")
def _wilson(given: dict[str, Any]) -> Any:
    return list(wilson(given["successes"], given["trials"], confidence=given["confidence"]))


@answers("clopper_pearson")
def _clopper_pearson(given: dict[str, Any]) -> Any:
    return list(clopper_pearson(given["successes"], given["trials"], confidence=given["confidence"]))


@answers("newcombe_difference")
def _newcombe(given: dict[str, Any]) -> Any:
    return list(newcombe(*given["a"], *given["b"], confidence=given["confidence"]))


@answers("funnel")
def _funnel(given: dict[str, Any]) -> Any:
    steps = traffic.funnel([tuple(step) for step in given["steps"]], confidence=given["confidence"]).steps
    return {
        "step_rate": [step.step_rate.value for step in steps],
        "cumulative": [step.cumulative_rate.value for step in steps],
        "loss": [step.loss for step in steps],
        "loss_share": [step.loss_share for step in steps],
        "interval": [[step.step_rate.low, step.step_rate.high] for step in steps],
    }


@answers("gmv_decomposition_lmdi")
def _lmdi(given: dict[str, Any]) -> Any:
    before, now = (dict(zip(given["factors"], given[side], strict=True)) for side in ("base", "current"))
    found = traffic.decompose(before, now)
    return {"effects": found.effects, "total": found.change}


def _journeys(given: dict[str, Any]) -> traffic.Journeys:
    rows = given["journeys"]
    return traffic.journeys_of_paths(
        [row["path"] for row in rows],
        conversions=[row["conv"] for row in rows],
        nulls=[row["null"] for row in rows],
        value=[row.get("value", 0.0) for row in rows],
        days=[row["days"] for row in rows] if all("days" in row for row in rows) else None,
    )


def _credit(found: traffic.Attribution) -> dict[str, Any]:
    names = ("conversions", "value", "removal_effects")
    columns = {name: getattr(found, name) for name in names if getattr(found, name) is not None}
    return {name: dict(zip(found.channels, column, strict=True)) for name, column in columns.items()}


@answers("first_touch")
def _first(given: dict[str, Any]) -> Any:
    return _credit(traffic.first_touch_credit(_journeys(given)))


@answers("linear")
def _linear(given: dict[str, Any]) -> Any:
    return _credit(traffic.linear_credit(_journeys(given)))


@answers("markov_order1")
def _markov(given: dict[str, Any]) -> Any:
    found = traffic.markov_credit(_journeys(given))
    credit = _credit(found)
    return {"base": found.conversion_rate, "removal_effect": credit["removal_effects"], **credit}


@answers("bayes_beta_binomial")
def _bayes(given: dict[str, Any]) -> Any:
    found = traffic.bayesian_test(*given["a"], *given["b"], prior=tuple(given["prior"]))
    return {"prob_b_better": found.probability_b_better, "expected_loss_b": found.expected_loss_b}


@answers("prob_best_arm")
def _best(given: dict[str, Any]) -> Any:
    return traffic.probability_best(*zip(*given["arms"], strict=True))


@answers("msprt_normal")
def _msprt(given: dict[str, Any]) -> Any:
    se = math.sqrt(given["variance"] / given["n"])
    found = traffic.sequential_test(given["difference"], se, mixing_sd=given["tau"])
    return {"log_lambda": found.log_e_value, "p_value": found.p_value}


@answers("geometric_adstock")
def _adstock(given: dict[str, Any]) -> Any:
    return traffic.geometric_adstock(given["x"], given["theta"]).tolist()


@answers("budget_sqrt_curves")
def _budget(given: dict[str, Any]) -> Any:
    curves = {str(i): traffic.PowerCurve(b, 0.5) for i, b in enumerate(given["b"])}
    found = traffic.allocate(curves, given["budget"])
    return {"spend": found.spend, "response": found.response}


@answers("break_even_roas")
def _break_even(given: dict[str, Any]) -> Any:
    found = traffic.break_even_return(given["contribution_margin"])
    return {
        "break_even_roas": found.return_on_ad_spend,
        "break_even_acos": found.advertising_cost_of_sale,
        "profit": found.profit(given["spend"], given["roas"]),
    }


@answers("break_even_roas_with_refunds")
def _break_even_of_order(given: dict[str, Any]) -> Any:
    found = traffic.break_even_of_order(
        given["price"],
        given["cogs"],
        commission_rate=given["platform_fee_rate"],
        shipping=given["shipping"],
        refund_rate=given["refund_rate"],
    )
    return {"contribution": found.contribution, "break_even_roas": found.return_on_ad_spend}


@answers("max_bid")
def _max_bid(given: dict[str, Any]) -> Any:
    cvr, aov = given["cvr"], given["aov"]
    return {
        "max_cpc": traffic.highest_bid(cvr, aov, contribution_margin=given["contribution_margin"]),
        "target_cpc": traffic.highest_bid(cvr, aov, target_return=given["target_roas"]),
    }


def agree(got: Any, expected: Any, tolerance: dict[str, float], where: str) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            agree(got[key], value, tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(got) == len(expected), where
        for position, value in enumerate(expected):
            agree(got[position], value, tolerance, f"{where}.{position}")
    elif expected is None or isinstance(expected, str | bool):
        assert got == expected, where
    else:
        bound = max(tolerance["abs"], tolerance["rel"] * abs(expected))
        assert math.isfinite(got), where
        assert abs(got - expected) <= bound, f"{where}: {got} is not {expected}"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_golden_case(case: dict[str, Any]) -> None:
    got = ANSWERS[case["quantity"]](case["inputs"])
    agree(got, case["expected"], case["tolerance"], case["id"])
    if "published" in case:
        published = case["published"]
        part = got[published["path"]] if "path" in published else got
        agree(part, published["value"], {"abs": published["abs"], "rel": 0.0}, case["id"] + " as published")
