"""Response to price: fits that find the truth, refusals with reasons, searches equal to trying everything."""

import itertools
import math
from datetime import date

import numpy as np
import pytest
import scipy.stats

from shopcore.errors import CurrencyMismatchError, InputError, LimitError
from shopcore.models import Money, Rate
from shopcore.pricing import (
    Band,
    Commission,
    FeeTable,
    Item,
    PaymentFee,
    PriceEnding,
    Tax,
    arc_elasticity,
    demand_at_prices,
    fit_demand,
    gabor_granger,
    logit_elasticity,
    markdown_path,
    optimal_price,
    optimal_price_constant,
    optimal_price_linear,
    optimal_price_logit,
    van_westendorp,
    waterfall,
)


def eur(minor):
    return Money(minor, "EUR")


FEES = FeeTable(
    name="shop",
    currency="EUR",
    valid_from=date(2026, 1, 1),
    tax=Tax(rate="20%"),
    fees=[
        Commission(name="commission", bands=[Band(up_to=eur(2500), rate="8%"), Band(up_to=None, rate="15%")]),
        PaymentFee(name="payment", rate="2.9%", fixed=eur(30)),
    ],
)
PRICE = np.array([9.99, 10.99, 11.99, 12.99, 13.99])
SOLD = np.array([412, 355, 301, 262, 229])


def test_loglog_is_scipys_regression():
    fit = fit_demand(PRICE, SOLD)
    oracle = scipy.stats.linregress(np.log(PRICE), np.log(SOLD))
    assert fit.elasticity == pytest.approx(oracle.slope)
    assert fit.se == pytest.approx(oracle.stderr)
    assert fit.r2 == pytest.approx(oracle.rvalue**2)
    reach = scipy.stats.t.ppf(0.975, 3) * oracle.stderr
    assert (fit.low, fit.high) == pytest.approx((oracle.slope - reach, oracle.slope + reach))
    assert fit.quantity(11.0) == pytest.approx(math.exp(oracle.intercept) * 11.0**oracle.slope)
    assert "prices were set" in fit.explain()


@pytest.mark.parametrize("form", ["loglog", "poisson"])
def test_the_interval_covers_the_truth_as_often_as_it_says(form):
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(300):
        price = rng.uniform(8, 16, 60)
        mean = 4000 * price**-1.6
        sold = rng.poisson(mean) if form == "poisson" else mean * np.exp(rng.normal(0, 0.2, 60))
        fit = fit_demand(price, sold, form=form)
        hits += fit.low <= -1.6 <= fit.high
    assert 0.91 <= hits / 300 <= 0.99


def test_poisson_takes_zeros_that_loglog_refuses():
    rng = np.random.default_rng(3)
    price = np.repeat([5.0, 8.0, 12.0, 20.0], 40)
    sold = rng.poisson(60 * price**-1.5)
    assert sold.min() == 0
    assert fit_demand(price, sold).reason == "zero_quantity"
    fit = fit_demand(price, sold, form="poisson")
    assert fit.low < -1.5 < fit.high


def test_linear_and_logit_at_the_mean_price():
    linear = fit_demand(PRICE, SOLD, form="linear")
    assert linear.slope == pytest.approx(-45.9)
    share = 1 / (1 + np.exp(-(3 - 0.4 * PRICE)))
    logit = fit_demand(PRICE, share, form="logit")
    assert (logit.intercept, logit.slope) == pytest.approx((3, -0.4))
    at_mean = 1 / (1 + math.exp(-(3 - 0.4 * PRICE.mean())))
    assert logit.elasticity == pytest.approx(logit_elasticity(0.4, PRICE.mean(), at_mean))
    assert logit.quantity(11.0) == pytest.approx(1 / (1 + math.exp(-(3 - 4.4))))


def test_controls_are_held_constant():
    rng = np.random.default_rng(5)
    price, promotion = rng.uniform(8, 16, 200), rng.integers(0, 2, 200)
    price = price - 3 * promotion
    sold = 900 * price**-1.4 * np.exp(0.8 * promotion)
    assert fit_demand(price, sold, controls=promotion).elasticity == pytest.approx(-1.4)
    assert abs(fit_demand(price, sold).elasticity + 1.4) > 0.1


@pytest.mark.parametrize(
    ("price", "sold", "reason"),
    [
        ([10, 12], [5, 4], "too_few"),
        ([10, 10, 10, 10], [5, 4, 6, 3], "one_price"),
        ([10, 11, 12, 13], [5, 4, 0, 3], "zero_quantity"),
        ([10, 11, 12, 13], [5, 6, 7, 8], "price_follows_demand"),
    ],
)
def test_refusals_with_their_reason(price, sold, reason):
    fit = fit_demand(price, sold)
    assert (fit.elasticity, fit.reason) == (None, reason)
    assert reason in fit.explain()
    with pytest.raises(InputError):
        fit.quantity(10)


def test_a_price_set_after_demand_is_refused():
    rng = np.random.default_rng(11)
    sold = np.exp(rng.normal(5, 0.5, 60))
    price = 10 + np.concatenate([[0], 0.01 * sold[:-1]]) + rng.normal(0, 0.05, 60)
    fit = fit_demand(price, sold, in_time_order=True)
    assert fit.reason == "price_follows_demand"
    free = fit_demand(rng.uniform(8, 12, 60), 100 + 0 * sold + rng.uniform(0, 1, 60), in_time_order=True)
    assert free.reason in (None, "price_follows_demand")


@pytest.mark.parametrize(
    ("price", "sold", "options"),
    [
        ([1, 2, float("nan")], [1, 2, 3], {}),
        ([0, 1, 2], [1, 2, 3], {}),
        ([1, 2, 3], [1, 2], {}),
        ([1, 2, 3], [1, -2, 3], {}),
        ([1, 2, 3], [1, 2, 3], {"form": "logit"}),
        ([1, 2, 3], [1, 2, 3], {"form": "cubic"}),
        ([1, 2, 3], [1, 2, 3], {"confidence": 95}),
        (["a", 2, 3], [1, 2, 3], {}),
        ([], [], {}),
    ],
)
def test_fits_refuse_bad_input(price, sold, options):
    with pytest.raises(InputError):
        fit_demand(price, sold, **options)


def test_arc_elasticity():
    assert arc_elasticity(10, 100, 12, 80) == pytest.approx(arc_elasticity(12, 80, 10, 100))
    assert arc_elasticity(10, 100, 10, 80) is None
    assert arc_elasticity(10, 0, 12, 0) is None


def test_closed_forms_beat_their_neighbours():
    def best(price, quantity):
        return max(((p - 10) * quantity(p), p) for p in (price * f for f in (0.99, 1, 1.01)))[1] == price

    assert best(optimal_price_constant(10, -1.8).price, lambda p: p**-1.8)
    assert best(optimal_price_linear(100, -2, 10).price, lambda p: 100 - 2 * p)
    assert best(optimal_price_logit(3, 0.2, 10).price, lambda p: 1 / (1 + math.exp(0.2 * p - 3)))
    far = optimal_price_logit(5000, 0.5, 2)
    assert far.price - 2 == pytest.approx(1 / (0.5 * (1 - far.share)))
    assert optimal_price_constant(10, -1).reason == "no_finite_optimum"
    assert optimal_price_linear(10, -1, 20).reason == "no_demand"
    assert optimal_price_constant(10, -2, kept=0.8).price == pytest.approx(25)


def test_the_optimum_is_the_best_of_the_grid():
    def demand(price):
        return 5000 * price**-1.9

    item, nines = Item(eur(700)), PriceEnding(100, (49, 99))
    found = optimal_price(demand, FEES, item, lo=eur(1000), hi=eur(5000), endings=nines)
    tried = [p for p in range(1000, 5001) if p % 100 in (49, 99)]
    worth = {p: waterfall(eur(p), FEES, item).profit.minor * demand(p / 100) for p in tried}
    assert found.price.minor == max(tried, key=lambda p: worth[p])
    assert (found.tried, found.at_edge) == (len(tried), False)
    assert found.profit == pytest.approx(max(worth.values()))
    assert "best of" in found.explain()


def test_the_optimum_keeps_to_the_prices_seen():
    fit = fit_demand(PRICE, SOLD)
    found = optimal_price(fit, FEES, Item(eur(700)), lo=eur(500), hi=eur(9000))
    assert eur(999) <= found.price <= eur(1399)
    assert found.at_edge
    beyond = optimal_price(fit, FEES, Item(eur(700)), lo=eur(500), hi=eur(9000), extrapolate=True)
    assert beyond.extrapolated
    inelastic = fit_demand([10, 11, 12, 13], [100, 97, 95, 93])
    assert optimal_price(inelastic, FEES, Item(eur(1)), lo=eur(1), hi=eur(9000)).reason == "no_finite_optimum"
    refused = fit_demand([10, 10, 10], [1, 2, 3])
    assert optimal_price(refused, FEES, Item(eur(1)), lo=eur(1), hi=eur(9000)).reason == "no_demand_fit"
    losing = optimal_price(lambda _: 1.0, FEES, Item(eur(99999)), lo=eur(1), hi=eur(900))
    assert losing.reason == "always_loses"
    with pytest.raises(LimitError):
        optimal_price(lambda _: 1.0, FEES, Item(eur(1)), lo=eur(1), hi=eur(2_000_000))
    with pytest.raises(InputError):
        optimal_price(lambda _: float("nan"), FEES, Item(eur(1)), lo=eur(1), hi=eur(2))


def test_markdown_is_equal_to_trying_every_path():
    rng = np.random.default_rng(1)
    for _ in range(40):
        minors = sorted(rng.choice(np.arange(10, 100), 4, replace=False).tolist(), reverse=True)
        prices = [eur(m) for m in minors]
        demand = [sorted(rng.integers(0, 40, 4).tolist()) for _ in range(4)]
        stock, salvage = int(rng.integers(0, 120)), int(rng.integers(0, 30))
        best = None
        for path in itertools.combinations_with_replacement(range(4), 4):
            left, earned = stock, 0
            for week, k in enumerate(path):
                sold = min(left, demand[week][k])
                left, earned = left - sold, earned + sold * minors[k]
            worth = (earned + left * salvage, tuple(minors[k] for k in path))
            best = worth if best is None or worth > best else best
        found = markdown_path(prices, demand, stock=stock, weeks=4, salvage=eur(salvage))
        assert (found.value.minor, tuple(p.minor for p in found.prices)) == best


def test_markdown_refuses_what_cannot_be():
    prices = [eur(100), eur(80)]
    with pytest.raises(LimitError):
        markdown_path(prices, (1, 2), stock=10**7, weeks=52, salvage=eur(0))
    for demand in ((1,), [(1, 2)], (1, -2), (1.5, 2)):
        with pytest.raises(InputError):
            markdown_path(prices, demand, stock=10, weeks=2, salvage=eur(0))
    with pytest.raises(InputError):
        markdown_path([], (), stock=10, weeks=2, salvage=eur(0))
    with pytest.raises(CurrencyMismatchError):
        markdown_path(prices, (1, 2), stock=10, weeks=2, salvage=Money(1, "USD"))
    with pytest.raises(InputError):
        demand_at_prices(prices, base=1, elasticity=1)


def test_van_westendorp_by_hand():
    # Cheap (>=) and expensive (<=): at 8 half find it cheap and none expensive, at 9 none and a quarter.
    found = van_westendorp([4, 5, 6, 5], [6, 7, 8, 8], [9, 10, 11, 12], [12, 13, 15, 14])
    assert found.indifference.price == pytest.approx(8 + 2 / 3)
    assert (found.optimal.low, found.optimal.high) == (7, 11)
    assert found.optimal.price == 9
    assert found.low.price <= found.high.price
    narrow = van_westendorp([4, 5, 6, 5], [6, 7, 8, 8], [9, 10, 11, 12], [12, 13, 15, 14], range="narrow")
    assert found.low.price <= narrow.low.price
    assert "range" in narrow.explain()


def test_answers_out_of_order_are_dropped_and_counted():
    found = van_westendorp([4, 9], [6, 7], [9, 10], [12, 13])
    assert (found.used, found.dropped) == (1, 1)
    none = van_westendorp([9], [8], [7], [6])
    assert (none.used, none.reason, none.optimal.price) == (0, "no_valid_answers", None)
    for wrong in (([1, 2], [3], [4], [5]), ([[1]], [[2]], [[3]], [[4]]), ([float("nan")], [1], [2], [3])):
        with pytest.raises(InputError):
            van_westendorp(*wrong)
    with pytest.raises(InputError):
        van_westendorp([1], [2], [3], [4], range="wide")


def test_conventions_differ_by_the_price_named():
    answers = ([4, 5, 6], [6, 7, 8], [9, 10, 11], [12, 13, 15])
    assert van_westendorp(*answers).used == van_westendorp(*answers, convention="strict").used == 3
    close = ([1, 3], [4, 6], [5, 8], [9, 10])
    assert van_westendorp(*close).indifference != van_westendorp(*close, convention="strict").indifference


def test_gabor_granger_refuses_and_flags():
    prices = [eur(1000), eur(1200)]
    assert not gabor_granger(prices, ["0.5", "0.6"], cost=eur(0)).monotone
    assert gabor_granger(prices[::-1], ["0.5", "0.6"], cost=eur(0)).revenue_index == Rate(600)
    for shares in (["0.5"], ["0.5", "1.2"], ["0.5", 0.6]):
        with pytest.raises(InputError):
            gabor_granger(prices, shares, cost=eur(0))
    with pytest.raises(CurrencyMismatchError):
        gabor_granger(prices, ["0.5", "0.4"], cost=Money(1, "USD"))
