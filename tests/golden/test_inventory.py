"""Published and worked figures: every group of the golden cases, through the public functions."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from shopcore import _distributions as dist
from shopcore import inventory as inv
from shopcore.inventory import Constraints, Costs, Demand, LeadTime, Pmf, Service
from shopcore.inventory import _lead_time_demand as ltd

CASES = json.loads(Path(__file__).with_name("inventory.json").read_text("utf-8"))["cases"]


def period_costs(i):
    return Costs(
        order=i.get("fixed_cost", 0.0), holding=i["holding_cost"], shortage_per_unit_time=i.get("stockout_cost")
    )


def unit_costs(i):
    return Costs(order=i.get("fixed_cost", 0.0), holding=i["holding_cost"], shortage_per_unit=i["stockout_cost"])


def fields(answer, **names):
    return {name: getattr(answer, source) for name, source in names.items()}


def run_eoq(i):
    if "order_quantity" in i:
        answer = inv.economic_order_cost(
            i["order_quantity"],
            i["demand_rate"],
            period_costs(i),
            production_rate=i.get("production_rate"),
            stockout_fraction=i.get("stockout_fraction", 0.0),
        )
    else:
        answer = inv.economic_order_quantity(
            i["demand_rate"], period_costs(i), production_rate=i.get("production_rate")
        )
    return fields(answer, order_quantity="order_quantity", cost="cost", stockout_fraction="stockout_fraction")


run_epq = run_eoq_backorders = run_eoq


def run_eoq_all_units(i, kind="all_units"):
    answer = inv.quantity_discount(
        i["demand_rate"],
        i["breakpoints"],
        i["unit_costs"],
        order_cost=i["fixed_cost"],
        holding_rate=i["holding_cost_rate"],
        kind=kind,
    )
    return fields(answer, order_quantity="order_quantity", region="tier", cost="cost")


def run_eoq_incremental(i):
    return run_eoq_all_units(i, "incremental")


def run_joint_replenishment_silver(i):
    answer = inv.joint_replenishment(
        i["demand_rates"],
        shared_cost=i["shared_fixed_cost"],
        individual_costs=i["individual_fixed_costs"],
        holding_costs=i["holding_costs"],
        method="silver",
    )
    return {**fields(answer, base_cycle_time="base_cycle_time", cost="cost"), "multiples": answer.multiples.tolist()}


def lots(function):
    def run(i):
        more = {"unit_cost": i["purchase_cost"]} if "purchase_cost" in i else {}
        answer = function(i["demand"], fixed_cost=i["fixed_cost"], holding_cost=i["holding_cost"], **more)
        return {"order_quantities": answer.order_quantities.tolist(), "cost": answer.cost}

    return run


run_wagner_whitin = lots(inv.wagner_whitin)
run_silver_meal = lots(inv.silver_meal)
run_least_unit_cost = lots(inv.least_unit_cost)
run_part_period_balancing = lots(inv.part_period_balancing)


def newsvendor(i, demand):
    lead = i.get("lead_time", 0)
    if "base_stock_level" in i:
        answer = inv.newsvendor_cost(i["base_stock_level"], demand, unit_costs(i), lead_time=lead)
    else:
        answer = inv.newsvendor(demand, unit_costs(i), lead_time=lead)
    return fields(answer, base_stock_level="level", cost="cost", critical_ratio="critical_ratio")


def run_newsvendor_normal(i):
    return newsvendor(i, Demand(i["demand_mean"], i["demand_sd"], "normal"))


def run_newsvendor_poisson(i):
    return newsvendor(i, Demand(i["demand_mean"], distribution="poisson"))


def run_newsvendor_lognormal(i):
    mean = np.exp(i["mu"] + i["sigma"] ** 2 / 2)
    return newsvendor(i, Demand(mean, mean * np.sqrt(np.expm1(i["sigma"] ** 2)), "lognormal"))


def profit(i, demand):
    prices = {
        "price": i["revenue"],
        "unit_cost": i["purchase_cost"],
        "salvage_value": i.get("salvage_value", 0.0),
        "holding_cost": i.get("holding_cost", 0.0),
        "shortage_cost": i.get("stockout_cost", 0.0),
        "lead_time": i.get("lead_time", 0),
    }
    given = i.get("order_quantity", i.get("base_stock_level"))
    if given is None:
        answer = inv.newsvendor_for_profit(demand, **prices)
    else:
        answer = inv.newsvendor_profit(given, demand, **prices)
    return fields(answer, order_quantity="order_quantity", profit="profit", critical_ratio="critical_ratio")


def run_newsvendor_normal_profit(i):
    return profit(i, Demand(i["demand_mean"], i["demand_sd"], "normal"))


def run_newsvendor_poisson_profit(i):
    return profit(i, Demand(i["demand_mean"], distribution="poisson"))


def run_loss_standard_normal(i):
    loss = dist.normal_loss_scalar(i["z"])
    assert loss == pytest.approx(float(dist.normal_loss(np.array(i["z"]))), rel=1e-11)
    return {"loss": loss, "complementary": loss + i["z"]}


def run_inverse_loss_standard_normal(i):
    z = dist.normal_inverse_loss_scalar(i["loss"])
    assert z == pytest.approx(float(dist.normal_inverse_loss(np.array(i["loss"]))), abs=1e-11)
    return {"z": z}


def run_second_loss_standard_normal(i):
    return {"loss": float(dist.normal_second_loss(np.array(i["z"])))}


def both(loss, x, mean):
    return {"loss": float(loss), "complementary": float(loss) + x - mean}


def run_loss_lognormal(i):
    mean = np.exp(i["mu"] + i["sigma"] ** 2 / 2)
    return both(dist.lognormal_loss(np.array(i["x"]), np.array(i["mu"]), np.array(i["sigma"])), i["x"], mean)


def run_loss_exponential(i):
    return run_loss_gamma({"x": i["x"], "shape": 1.0, "scale": 1 / i["rate"]})


def run_loss_gamma(i):
    return both(dist.gamma_loss(i["x"], np.array(i["shape"]), i["scale"]), i["x"], i["shape"] * i["scale"])


def run_loss_poisson(i):
    return both(dist.poisson_loss(np.array(i["x"]), i["mean"]), i["x"], i["mean"])


def run_loss_negative_binomial(i):
    return both(dist.negative_binomial_loss(np.array(i["x"]), i["r"], i["p"]), i["x"], i["r"] * (1 - i["p"]) / i["p"])


def reorder(i, service):
    answer = inv.reorder_point(
        Demand(i["demand_mean"], i["demand_sd"], i.get("distribution", "normal")),
        LeadTime(i.get("lead_time_mean", i.get("lead_time")), i.get("lead_time_sd", 0.0)),
        service,
        order_quantity=i.get("order_quantity"),
        review_period=i.get("review_period", 0.0),
    )
    names = {"sigma_ltd": "lead_time_demand_sd", "sigma": "lead_time_demand_sd", "order_up_to": "reorder_point"}
    return fields(answer, **names, safety_stock="safety_stock", reorder_point="reorder_point")


def run_reorder_point_cycle_service(i):
    return reorder(i, Service.cycle(i["cycle_service_level"]))


def run_reorder_point_fill_rate(i):
    return reorder(i, Service.fill(i["fill_rate"]))


run_periodic_review_cycle_service = run_reorder_point_cycle_service


def run_lead_time_demand_quantile(i):
    kind = ltd.KINDS.index(i["distribution"])
    over = ltd.Moments(kind, np.array(float(i["mean"])), np.array(i.get("variance", i["mean"])) ** 0.5)
    answer = inv.reorder_point(
        Demand(i["mean"], i.get("variance", i["mean"]) ** 0.5, i["distribution"]),
        LeadTime(1),
        Service.cycle(i["probability"]),
    )
    assert float(over.quantile(np.array(i["probability"]))) == pytest.approx(answer.reorder_point)
    return {"quantile": answer.reorder_point}


def normal(i):
    return Demand(i["demand_mean"], i["demand_sd"], "normal"), LeadTime(i["lead_time"])


def poisson(i):
    return Demand(i["demand_mean"], distribution="poisson"), LeadTime(i["lead_time"])


def rq(answer):
    return fields(answer, reorder_point="reorder_point", order_quantity="order_quantity", cost="cost")


def run_rq_cost_normal(i):
    return rq(inv.rq_cost(i["reorder_point"], i["order_quantity"], *normal(i), period_costs(i)))


def run_rq_cost_poisson(i):
    return rq(inv.rq_cost(i["reorder_point"], i["order_quantity"], *poisson(i), period_costs(i)))


def run_rq_best_r_for_q(i):
    return rq(inv.best_reorder_point(i["order_quantity"], *normal(i), period_costs(i)))


def run_rq_eil(i):
    return rq(inv.heuristic_rq(*normal(i), unit_costs(i)))


def run_rq_loss_function_approximation(i):
    return rq(inv.heuristic_rq(*normal(i), period_costs(i), method="loss_function"))


def run_rq_eoqb(i):
    return rq(inv.heuristic_rq(*normal(i), period_costs(i), method="eoq_backorders"))


def run_rq_eoq_ss(i):
    return rq(inv.heuristic_rq(*normal(i), period_costs(i), method="eoq_safety_stock"))


def run_rq_optimal_normal(i):
    return rq(inv.optimal_rq(*normal(i), period_costs(i)))


def run_rq_optimal_poisson(i):
    return rq(inv.optimal_rq(*poisson(i), period_costs(i)))


def run_rq_poisson_fill_rate(i):
    today = inv.achieved_service(
        i["reorder_point"],
        Demand(i["ltd_mean"], distribution="poisson"),
        LeadTime(1),
        order_quantity=i["order_quantity"],
    )
    return {"fill_rate": today.achieved_fill_rate}


def counts(i):
    return Pmf(i["pmf"]) if "pmf" in i else Demand(i["demand_mean"], distribution="poisson")


def ss(answer):
    return fields(answer, reorder_point="reorder_point", order_up_to="order_up_to_level", cost="cost")


def run_ss_optimal(i):
    return ss(inv.optimal_ss(counts(i), period_costs(i), lead_time=i.get("lead_time", 0)))


def run_ss_cost(i):
    levels = i["reorder_point"], i["order_up_to"]
    return ss(inv.ss_cost(*levels, counts(i), period_costs(i), lead_time=i.get("lead_time", 0)))


def run_ss_power_approximation(i):
    return ss(inv.power_ss(Demand(i["demand_mean"], i["demand_sd"]), period_costs(i)))


def run_round_order(i):
    limits = Constraints(minimum=i.get("minimum", 0.0), pack=i["pack_size"], maximum=i.get("maximum"))
    return {"quantity": inv.round_order(i["need"], limits, rounding=i.get("rounding", "up")).quantity}


def run_croston(i):
    variant = i.get("variant", "classic")
    return {"forecast": inv.croston(i["series"], alpha=i["alpha"], variant=variant).forecast}


def run_tsb(i):
    alphas = {"alpha_demand": i["alpha_demand"], "alpha_probability": i["alpha_probability"]}
    return {"forecast": inv.tsb(i["series"], **alphas).forecast}


def run_classify_demand(i):
    found = inv.classify_demand(i["series"])
    return {"adi": found.average_interval, "cv2": found.cv_squared, "class": found.name}


def run_reserve_batch(i):
    # Each map of units is a hold of its own; expired ones end before the request is made.
    stock = inv.StockLedger.of(i["on_hand"])
    start, now = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC)
    for name in ("allocated", "active_reservations", "expired_reservations"):
        units = {sku: n for sku, n in i.get(name, {}).items() if n}
        if units:
            ends = now if name == "expired_reservations" else None
            stock = stock.reserve(units, hold_id=name, expires_at=ends, at=start).ledger
    short = stock.check_reserve([tuple(line) for line in i["lines"]], at=now)
    return {"accepted": not short, "short": [line.sku for line in short]}


def run_gmroi(i):
    return {"gmroi": inv.gmroi(i["revenue"], i["cogs"], i["average_inventory_cost"])}


def run_excess_units(i):
    return {"excess": inv.excess_units(i["on_hand"], i["daily_demand"], cover_limit=i["cover_limit_days"])}


def close(expected, found, tolerance):
    if isinstance(expected, list):
        return len(expected) == len(found) and all(close(e, f, tolerance) for e, f in zip(expected, found, strict=True))
    if isinstance(expected, str | bool):
        return found == expected
    return found == pytest.approx(expected, rel=tolerance.get("rel", 0.0), abs=tolerance.get("abs", 0.0))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_golden(case):
    found = globals()[f"run_{case['quantity']}"](case["inputs"])
    for name, value in case["expected"].items():
        assert close(value, found[name], case["tolerance"]), (name, value, found[name])
