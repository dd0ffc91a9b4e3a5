"""Published and worked figures: every group of the golden cases, through the public functions."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from shopcore.errors import InputError
from shopcore.models import Money, Rate, RoundingPolicy, UnitPrice
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Fixed,
    FreightTemplate,
    Item,
    Percent,
    PriceBreak,
    PriceChange,
    PriceEnding,
    PurchaseLine,
    Region,
    Target,
    Tax,
    activity_entry,
    arc_elasticity,
    break_even_roas,
    break_even_units,
    charm,
    commission,
    demand_at_prices,
    fit_demand,
    freight,
    gabor_granger,
    guard,
    highest_click_price,
    landed_cost,
    logit_elasticity,
    margin,
    markdown_path,
    optimal_price_constant,
    optimal_price_linear,
    optimal_price_logit,
    payment_fee,
    price_for,
    price_with_margin,
    prior_price,
    profit_levers,
    reduction,
    tax_on_lines,
    tier_inversions,
    van_westendorp,
    waterfall,
)

FILE = json.loads(Path(__file__).with_name("pricing.json").read_text("utf-8"))
CODE = "USD"


# Groups in which a refusal is an error of misuse; in the others it is an answer.
MISUSE = ("allocate", "price_from_margin")


def usd(minor):
    return Money(minor, CODE)


def maybe(minor):
    return None if minor is None else usd(minor)


def schedule(spec, name="commission"):
    bands = [Band(up_to=maybe(edge), rate=rate) for edge, rate in spec["bands"]]
    mode = "marginal" if spec["kind"] == "marginal" else "slab"
    low = maybe(spec.get("min") or None)
    return Commission(name=name, bands=bands, mode=mode, minimum=low, cap=maybe(spec.get("cap")))


def table(vat, fees):
    return FeeTable(name="golden", currency=CODE, valid_from=date(2026, 1, 1), tax=Tax(rate=vat), fees=fees)


def run_margin(i):
    found = margin(usd(i["price"]), usd(i["cost"]))
    return {"profit": found.profit.minor, "margin": found.margin, "markup": found.markup}


def run_price_from_margin(i):
    return {"price": price_with_margin(usd(i["cost"]), i["margin"]).minor}


def run_tax_inclusive(i):
    net, tax = usd(i["gross"]).split_tax(i["rate"], included=True)
    return {"net": net.minor, "tax": tax.minor}


def run_tax_lines_net(i):
    scope = {"item": "unit", "line": "line", "total": "order", "order": "order"}[i["mode"]]
    lines = [(usd(unit), quantity) for unit, quantity in i["lines"]]
    found = tax_on_lines(lines, i["rate"], policy=RoundingPolicy(scope), untaxed=usd(i.get("untaxed", 0)))
    return {"net": found.net.minor, "tax": found.tax.minor, "gross": found.gross.minor}


def run_allocate(i):
    parts = Money(i["total"], i["currency"]).allocate(i["weights"])
    return [part.minor for part in parts]


def run_fee(i):
    limits = {"minimum": maybe(i.get("min")), "cap": maybe(i.get("cap"))}
    return {"fee": payment_fee(usd(i["amount"]), i["percent"], fixed=usd(i.get("fixed", 0)), **limits).minor}


def run_commission(i):
    return {"commission": commission(usd(i["price"]), schedule(i)).minor}


def run_solve_price(i):
    model, asked = i["model"], dict(i["target"])
    fees = [schedule(model["commission"])] if model.get("commission") else []
    fees += [Percent(name=f"g{n}", level="cm2", rate=rate) for n, rate in enumerate(model["percent_of_gross"])]
    fees += [Percent(name=f"n{n}", level="cm2", rate=r, base="net") for n, r in enumerate(model["percent_of_net"])]
    fees += [Fixed(name=f"f{n}", level="cm2", amount=usd(amount)) for n, amount in enumerate(model["fixed"])]
    plus = maybe(asked.pop("plus", None))
    (kind, value), *_ = asked.items()
    make = {"margin_on_net": Target.margin, "margin_on_gross": Target.margin_on_gross}
    target = Target.profit(usd(value)) if kind == "profit" else make[kind](value, plus=plus)
    lattice = i.get("lattice")
    endings = None
    if lattice:
        endings = PriceEnding(lattice["modulus"], lattice.get("residues") or (lattice["residue"],))
    found = price_for(target, table(model["vat"], fees), Item(usd(0)), endings=endings, hi=usd(i["hi"]))
    if found.smallest is None:
        return {"error": "infeasible", "smallest": None, "stable": None}
    return {"smallest": found.smallest.minor, "stable": None if found.stable is None else found.stable.minor}


def run_break_even_units(i):
    return {"units": break_even_units(usd(i["fixed"]), usd(i["contribution"])).units}


def run_break_even_roas_gross(i):
    net, _ = usd(i["gross"]).split_tax(i["vat"], included=True)
    return {"roas": break_even_roas(usd(i["gross"]), net - usd(i["variable_cost"]))}


def run_max_cpc(i):
    return {"cpc": highest_click_price(usd(i["contribution"]), i["cvr"]).minor}


def run_waterfall(i):
    fees = []
    for name, base, value in i["lines"]:
        if base == "fixed":
            fees.append(Fixed(name=name, level="cm2", amount=usd(value)))
        else:
            fees.append(Percent(name=name, level="cm2", rate=value, base=base))
    sale = waterfall(usd(i["gross"]), table(i["vat"], fees), Item(usd(0)))
    assert sale.gross == sale.tax + Money.total((line.amount for line in sale.lines), CODE) + sale.profit
    return {
        "tax": sale.tax.minor,
        "net": sale.net.minor,
        "amounts": list(sale.amounts[1:]),
        "profit": sale.profit.minor,
        "margin_on_net": sale.margin,
    }


LEVEL_OF = {"cost": "cm1", "ads": "cm3", "advertising": "cm3", "promotion": "cm3", "overhead": "overhead"}


def run_contribution_levels(i):
    parts = {name: amount for name, amount in i.items() if name != "net"}
    fees = [Fixed(name=n, level=LEVEL_OF.get(n, "cm2"), amount=usd(amount)) for n, amount in parts.items()]
    sale = waterfall(usd(i["net"]), table("0", fees), Item(usd(0)))
    levels = {"cm1": sale.cm1, "cm2": sale.cm2, "cm3": sale.cm3, "profit": sale.profit}
    return {name: amount.minor for name, amount in levels.items()}


def run_freight(i):
    spec = i["template"]
    regions = [Region(name=n, surcharge=usd(extra)) for n, extra in (spec.get("regions") or {}).items()]
    template = FreightTemplate(
        first_weight=spec["first_g"],
        first_fee=usd(spec["first_fee"]),
        step_weight=spec["step_g"],
        step_fee=usd(spec["step_fee"]),
        divisor=spec.get("divisor"),
        regions=regions,
    )
    size = tuple(int(Decimal(str(edge)) * 10) for edge in i["dims_cm"]) if i.get("dims_cm") else None
    found = freight(i["grams"], template, size=size, region=i.get("region"))
    return {"billable_g": found.billable_grams, "steps": found.steps, "fee": found.fee.minor}


def run_charm(i):
    endings = PriceEnding(i["modulus"], i["residues"])
    found = charm(usd(i["price"]), endings, direction=i["direction"], floor=maybe(i.get("floor")))
    return {"price": None if found is None else found.minor}


def run_prior_price(i):
    history = [PriceChange(date.fromisoformat(day), usd(price)) for day, price in i["history"]]
    chain = [date.fromisoformat(day) for day in i.get("chain", [])]
    found = prior_price(history, date.fromisoformat(i["start"]), days=i["days"], chain=chain)
    return {"prior": None if found.price is None else found.price.minor}


def run_reduction(i):
    found = reduction(usd(i["prior"]), usd(i["new_price"]), last_price=maybe(i.get("last_price")))
    return {"percent": found.rate, "announce": found.announce}


def run_activity_entry(i):
    found = activity_entry(usd(i["lowest_30d"]), usd(i["offer"]), sales=i["sales"], min_sales=i["min_sales"])
    return {"eligible": found.eligible, "reasons": list(found.reasons)}


def fitted(i, form):
    fit = fit_demand([float(p) for p in i["price"]], [float(q) for q in i["qty"]], form=form)
    if fit.reason is not None:
        return {"error": fit.reason}
    return {
        "elasticity": fit.elasticity,
        "elasticity_at_mean": fit.elasticity,
        "slope": fit.slope,
        "intercept": fit.intercept,
        "se": fit.slope_se,
        "r2": fit.r2,
        "n": fit.n,
        "low": fit.low,
        "high": fit.high,
    }


def run_elasticity_arc(i):
    return {"elasticity": arc_elasticity(*(float(i[name]) for name in ("p0", "q0", "p1", "q1")))}


def run_elasticity_logit(i):
    return {"elasticity": logit_elasticity(float(i["b"]), float(i["price"]), float(i["share"]))}


def optimum(found):
    return {"error": found.reason} if found.reason else {"price": found.price, "share": found.share}


def run_optimal_price_ces(i):
    kept = float(i.get("k") or i.get("keep") or 1)
    return optimum(optimal_price_constant(float(i["cost"]), float(i["elasticity"]), kept=kept))


def run_optimal_price_linear(i):
    return optimum(optimal_price_linear(float(i["a"]), -abs(float(i["b"])), float(i["cost"])))


def run_optimal_price_logit(i):
    return optimum(optimal_price_logit(float(i["a"]), float(i["b"]), float(i["cost"])))


def run_gabor_granger(i):
    found = gabor_granger([usd(p) for p in i["price"]], i["buy_share"], cost=usd(i["cost"]))
    return {
        "revenue_price": found.revenue_price.minor,
        "profit_price": found.profit_price.minor,
        "revenue_index": found.revenue_index,
        "profit_index": found.profit_index,
    }


def run_psm(i):
    names = ("too_cheap", "cheap", "expensive", "too_expensive")
    found = van_westendorp(*([float(p) for p in i[name]] for name in names), range=i.get("range", "original"))
    return {
        "opp": found.optimal.price,
        "idp": found.indifference.price,
        "pmc": found.low.price,
        "pme": found.high.price,
    }


def run_fx(i):
    return {"minor": Money(i["minor"], i["from"]).convert(i["to"], i["rate"], rounding=i["rounding"]).minor}


def run_landed_cost(i):
    lines = [PurchaseLine(x["qty"], UnitPrice(x["unit"], i["currency"]), weight=x.get("grams", 0)) for x in i["lines"]]
    found = landed_cost(
        lines,
        freight=Money(i["freight"], i["currency"]),
        duty=i["duty"],
        currency=i["to"],
        fx=i["fx"],
        by=i.get("by", "weight"),
    )
    return {
        "freight": [line.freight.minor for line in found.lines],
        "duty": [line.duty.minor for line in found.lines],
        "total": [line.total.minor for line in found.lines],
        "unit": [line.unit.minor for line in found.lines],
    }


def run_guard(i):
    limits = {kind: {n: usd(v) for n, v in i.get(kind, {}).items()} for kind in ("floors", "ceilings")}
    found = guard(usd(i["price"]), **limits)
    if found.reason:
        return {"error": found.reason}
    return {"price": found.price.minor, "binding": found.binding}


def run_tier_inversion(i):
    found = tier_inversions([PriceBreak(quantity, usd(price)) for quantity, price in i["breaks"]])
    return {"inverted": [n for entry in found for n in range(entry.first, entry.last + 1)]}


def run_markdown(i):
    prices = [usd(price) for price in i["prices"]]
    demand = demand_at_prices(prices, base=i["base"], elasticity=float(i["elasticity"]))
    found = markdown_path(prices, demand, stock=i["stock"], weeks=i["weeks"], salvage=usd(i["salvage"]))
    return {"path": [price.minor for price in found.prices], "value": found.value.minor, "left": found.left}


def run_sensitivity(i):
    found = profit_levers(usd(i["price"]), usd(i["unit_cost"]), units=i["units"], fixed_cost=usd(i["fixed"]))
    levers = {name: getattr(found, name) for name in ("price", "cost", "volume", "fixed")}
    return {"base": found.base.minor, **levers}


def runner(group):
    if group in ("elasticity_loglog", "elasticity_linear"):
        return lambda i: fitted(i, group.removeprefix("elasticity_"))
    return globals()[f"run_{group}"]


def close(expected, found, tolerance):
    if isinstance(expected, list):
        return len(expected) == len(found) and all(close(e, f, tolerance) for e, f in zip(expected, found, strict=True))
    if isinstance(expected, str) and not isinstance(found, str):
        expected = Fraction(expected)
        value = found.as_fraction() if isinstance(found, Rate) else Fraction(found)
        allowed = 0 if tolerance == "exact" else Fraction(str(tolerance["abs"]))
        return abs(value - expected) <= allowed
    return found == expected


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: f"{case['id']}-{case['group']}")
def test_golden(case):
    expected, group = case["expected"], case["group"]
    wanted = expected.get("error") if isinstance(expected, dict) else None
    if wanted is not None and group in MISUSE:
        with pytest.raises(InputError) as caught:
            runner(group)(case["inputs"])
        assert wanted in (caught.value.reason, "infeasible")
        return
    found = runner(group)(case["inputs"])
    if isinstance(expected, list):
        assert close(expected, found, case["tolerance"])
        return
    for name, value in expected.items():
        assert close(value, found[name], case["tolerance"]), (name, value, found[name])


def test_the_psm_adapter_runs():
    answers = {"too_cheap": [4, 5], "cheap": [6, 7], "expensive": [9, 10], "too_expensive": [12, 13]}
    assert run_psm(answers)["opp"] is not None
