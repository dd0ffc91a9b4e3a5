"""Golden cases of the exact values: every group is read in general, so that cases can be added as data."""

import json
from pathlib import Path

import pytest

from shopcore.errors import InputError
from shopcore.models import Money, RoundingPolicy

CASES = json.loads(Path(__file__).with_suffix("").with_name("pricing_values.json").read_text("utf-8"))["cases"]
SCOPES = {"item": "unit", "line": "line", "order": "order"}


def allocate(*, total, weights, currency):
    return [part.minor for part in Money(total, currency).allocate(weights)]


def tax_inclusive(*, gross, rate):
    net, tax = Money(gross, "EUR").split_tax(rate, included=True)
    return {"net": net.minor, "tax": tax.minor}


def tax_lines_net(*, lines, rate, mode, untaxed=0):
    priced = [(Money(unit, "EUR"), quantity) for unit, quantity in lines]
    net = Money.total([unit * quantity for unit, quantity in priced], "EUR")
    tax = RoundingPolicy(SCOPES[mode]).share(priced, rate, currency="EUR")
    return {"gross": (net + tax + Money(untaxed, "EUR")).minor}


def fx(*, minor, to, rate, rounding="half_up", **source):
    return {"minor": Money(minor, source["from"]).convert(to, rate, rounding=rounding).minor}


def fee(*, amount, percent, fixed):
    return {"fee": Money(amount, "USD").times(percent).minor + fixed}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    function = globals()[case["group"]]
    expected = case["expected"]
    if isinstance(expected, dict) and "error" in expected:
        with pytest.raises(InputError) as caught:
            function(**case["inputs"])
        assert caught.value.reason == expected["error"]
    else:
        assert function(**case["inputs"]) == expected
