"""RFM and value of customers: frames of three libraries give the engine's answer, batches that of the frame."""

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from shopcore import customers
from shopcore.customers import BgNbd, GammaGamma, RfmCuts, fit_bg_nbd, fit_gamma_gamma
from shopcore.errors import InputError
from shopcore.frames import LifetimeValues, RfmScores, Stage, lifetime_value, purchase_history, rfm, rfm_scores

MAKERS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}
PICKED = np.random.default_rng(7)
ORDERS = {
    "customer": [f"C{n}" for n in PICKED.integers(0, 60, 300)],
    "day": [date.fromordinal(738_000 + int(n)) for n in PICKED.integers(0, 400, 300)],
    "spend": [int(n) for n in PICKED.integers(-500, 40_000, 300)],
    "order": [int(n) for n in PICKED.integers(0, 200, 300)],
}
END = date.fromordinal(738_390)
MODEL, SPEND = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 1544.0)
HISTORY = {
    "orders": [0, 1, 4, 30, 0],
    "recency": [0.0, 4.0, 20.5, 38.0, 0.0],
    "age": [5.0, 30.0, 39.0, 38.9, 0.0],
    "mean_spend": [0.0, 1000.0, 2500.0, 90.5, 0.0],
}


def column(frame, name):
    return list(frame[name].to_pylist() if isinstance(frame, pa.Table) else frame[name].to_list())


@pytest.mark.parametrize("library", MAKERS)
def test_rfm_of_orders_is_the_engines_in_a_table_of_the_same_kind(library):
    frame = rfm(MAKERS[library](ORDERS), end=END)
    one = customers.rfm(ORDERS["customer"], ORDERS["day"], ORDERS["spend"], end=END, orders=ORDERS["order"])

    assert type(frame) is KINDS[library]
    assert column(frame, "customer") == one.customers.tolist()
    assert column(frame, "monetary") == one.monetary.astype(int).tolist()
    assert all(type(value) is int for value in column(frame, "monetary"))
    for name in ("recency", "frequency", "recency_score", "frequency_score", "monetary_score", "segment"):
        assert column(frame, name) == getattr(one, name).tolist()


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize("cuts", ["quantile", "trade", RfmCuts((90, 30), (2, 4), (9_000, 20_000))], ids=str)
def test_scores_of_known_figures_are_those_of_the_orders(library, cuts):
    whole = rfm(MAKERS[library](ORDERS), end=END, cuts=cuts)
    figures = MAKERS[library]({name: column(whole, name) for name in ("recency", "frequency", "monetary")})
    again = rfm_scores(figures, cuts=cuts, prefix="new_")

    for name in ("recency_score", "frequency_score", "monetary_score", "segment"):
        assert column(again, f"new_{name}") == column(whole, name)


@pytest.mark.parametrize("library", MAKERS)
def test_days_may_be_text_and_money_decimal_text(library):
    texts = {**ORDERS, "day": [day.isoformat() for day in ORDERS["day"]]}
    texts["spend"] = [f"{minor / 100:.2f}" for minor in ORDERS["spend"]]

    assert column(rfm(MAKERS[library](texts), end=END, currency="CNY"), "monetary") == column(
        rfm(MAKERS[library](ORDERS), end=END), "monetary"
    )
    with pytest.raises(InputError, match=r"spend.*minor units.*name the currency"):
        rfm(MAKERS[library](texts), end=END)


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize(
    ("change", "reason", "named"),
    [
        ({"spend": [1.5] * 300}, "type", "spend"),
        ({"spend": [True] * 300}, "type", "spend"),
        ({"customer": [None] + ["C"] * 299}, "missing", "customer"),
        ({"customer": [0.5] * 300}, "type", "customer"),
        ({"day": [1.5] * 300}, "type", "day"),
        ({"spend": [2**52] * 300}, "too_large", "spend"),
    ],
    ids=["float", "bool", "null", "id", "day", "sum"],
)
def test_wrong_columns_of_orders_are_refused_by_name(library, change, reason, named):
    with pytest.raises(InputError) as caught:
        rfm(MAKERS[library]({**ORDERS, **change}), end=END)

    assert (caught.value.argument, caught.value.reason) == (named, reason)


def test_a_day_in_a_zone_is_refused_since_the_shops_day_is_not_known():
    zoned = pl.DataFrame(ORDERS).with_columns(day=pl.col("day").cast(pl.Datetime(time_zone="Asia/Shanghai")))
    with pytest.raises(InputError, match="shop's local date"):
        rfm(zoned, end=END)


@pytest.mark.parametrize("library", MAKERS)
def test_no_orders_give_no_customers(library):
    frame = MAKERS[library](ORDERS)
    empty = frame.iloc[:0] if library == "pandas" else frame.slice(0, 0)

    assert len(rfm(empty, end=END)) == 0
    assert len(purchase_history(empty, end=END)) == 0


@pytest.mark.parametrize("library", MAKERS)
def test_histories_are_the_engines(library):
    frame = purchase_history(MAKERS[library](ORDERS), end=END, unit="month")
    one = customers.purchase_history(ORDERS["customer"], ORDERS["day"], end=END, spend=ORDERS["spend"], unit="month")

    assert type(frame) is KINDS[library]
    for name in ("customers", "orders", "recency", "age", "mean_spend", "total_spend"):
        assert column(frame, name.replace("customers", "customer")) == getattr(one, name).tolist()


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize("spend", [SPEND, 2000.0], ids=["model", "one value"])
def test_values_are_the_engines(library, spend):
    frame = lifetime_value(MAKERS[library](HISTORY), MODEL, spend, horizon=12, discount_rate=0.01, margin=0.4)
    history = customers.PurchaseHistory(
        customers=np.arange(5),
        orders=np.array(HISTORY["orders"]),
        recency=np.array(HISTORY["recency"]),
        age=np.array(HISTORY["age"]),
        first_day=np.zeros(5, dtype=np.int64),
        mean_spend=np.array(HISTORY["mean_spend"]),
        total_spend=None,
        unit="week",
        end_day=0,
    )
    one = customers.lifetime_value(MODEL, spend, history, horizon=12, discount_rate=0.01, margin=0.4)

    assert type(frame) is KINDS[library]
    assert column(frame, "value") == one.value.tolist()
    assert column(frame, "expected_orders") == one.orders.tolist()
    ends = column(frame, "value_low")
    assert all(end is None or end != end for end in ends)  # pandas has no null among floats
    assert library == "pandas" or ends == [None] * 5


def test_a_fit_gives_intervals_around_every_value():
    rng = np.random.default_rng(11)
    rows = [
        (who, int(start + gap), int(spend * 100) + 1)
        for who, (start, rate, spend) in enumerate(
            zip(rng.integers(0, 90, 400), rng.gamma(0.5, 0.04, 400), rng.gamma(3, 40, 400), strict=True)
        )
        for gap in (0, *np.cumsum(rng.exponential(1 / max(rate, 1e-4), rng.geometric(rng.beta(0.8, 2.4)) - 1)))
        if start + gap < 365
    ]
    orders = dict(zip(("customer", "day", "spend"), zip(*rows, strict=True), strict=True))
    history = purchase_history(pa.table(orders), end=364)
    figures = [history.column(name).to_numpy() for name in ("orders", "recency", "age", "mean_spend")]
    purchase, paid = fit_bg_nbd(*figures[:3]), fit_gamma_gamma(figures[0], figures[3])
    assert purchase.covariance is not None
    frame = lifetime_value(history, purchase, 10_000.0, horizon=12, model_unit="week")
    low, value, high = (frame.column(name).to_numpy() for name in ("value_low", "value", "value_high"))

    assert (low < value).all()
    assert (value < high).all()
    wide = lifetime_value(history, purchase, paid, horizon=12)
    assert wide.column("value").null_count == 0
    assert (wide.column("value_low").null_count == 0) == (paid.covariance is not None)


def test_bad_rows_of_a_history_are_named_beyond_the_first_piece():
    long = {name: values * 4000 for name, values in HISTORY.items()}
    long["recency"][17_001] = 99.0
    with pytest.raises(InputError) as caught:
        lifetime_value(pl.DataFrame(long), MODEL, SPEND, horizon=1)

    assert (caught.value.argument, caught.value.positions) == ("recency", (17_001,))


def test_large_tables_agree_with_the_engine_and_with_their_batches():
    rng = np.random.default_rng(3)
    size = 24_000
    orders = rng.poisson(2.0, size)
    age = rng.uniform(1.0, 60.0, size)
    recency = np.where(orders > 0, age * rng.uniform(0.1, 1.0, size), 0.0)
    table = pa.table({"id": np.arange(size), "orders": orders, "recency": recency, "age": age})
    frame = lifetime_value(table, MODEL, 100.0, horizon=3)
    stage = Stage(LifetimeValues(MODEL, 100.0, horizon=3), {"id": "int64"})
    batches = pa.Table.from_batches(list(stage(table.to_batches(max_chunksize=701))))
    history = customers.PurchaseHistory(
        np.arange(size), orders, recency, age, np.zeros(size, dtype=np.int64), None, None, "week", 0
    )

    assert batches.column("value").equals(frame.column("value"))
    assert frame.column("value").to_numpy() == pytest.approx(
        customers.lifetime_value(MODEL, 100.0, history, horizon=3).value, rel=1e-10
    )


def test_a_stage_sets_bad_customers_aside():
    stage = Stage(LifetimeValues(MODEL, SPEND, horizon=12), {"orders": "int64"})
    rows = {**HISTORY, "recency": [0.0, 99.0, 20.5, 38.0, None], "mean_spend": [0.0, 10.0, -1.0, 90.5, 0.0]}

    out = stage.one(pa.record_batch(rows))
    assert out.column("status").to_pylist() == ["ok", "recency:range", "mean_spend:range", "ok", "recency:missing"]
    assert [value is None for value in out.column("value").to_pylist()] == [False, True, True, False, True]


def test_scores_by_batches_are_those_of_the_frame():
    cuts = RfmCuts((90, 30), (2, 4), (9_000, 20_000))
    whole = rfm(pa.table(ORDERS), end=END, cuts=cuts, high=2)
    figures = whole.select(["customer", "recency", "frequency", "monetary"])
    stage = Stage(RfmScores(cuts, high=2), {"customer": "string"})
    out = pa.Table.from_batches(list(stage(figures.to_batches(max_chunksize=7))))

    for name in ("customer", "recency_score", "frequency_score", "monetary_score", "segment"):
        assert out.column(name).to_pylist() == whole.column(name).to_pylist()
    with pytest.raises(InputError, match="cuts"):
        RfmScores("quantile")
