"""Laws of RFM: the definition, equal customers equal, order of rows nothing, cuts reusable."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopcore.customers import RFM_SEGMENTS, quantile_cuts, rfm, rfm_scores

ROWS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 60), st.integers(-50, 5_000)), min_size=1, max_size=60)
FIGURES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 6), st.integers(0, 8)), min_size=1, max_size=40)


@given(FIGURES, st.integers(2, 12))
def test_the_score_is_one_plus_the_share_of_the_strictly_worse(figures: list[tuple[int, int, int]], parts: int) -> None:
    recency, frequency, monetary = (np.array(column) for column in zip(*figures, strict=True))
    found = rfm_scores(recency, frequency, monetary, parts=parts)
    pairs = (
        (found.recency_score, -recency),
        (found.frequency_score, frequency),
        (found.monetary_score, monetary),
    )
    for score, good in pairs:
        worse = (good[None, :] < good[:, None]).sum(axis=1)
        assert score.tolist() == (1 + parts * worse // len(good)).tolist()


@given(FIGURES, st.integers(2, 9))
def test_the_cuts_score_the_same_customers_the_same(figures: list[tuple[int, int, int]], parts: int) -> None:
    columns = [np.array(column) for column in zip(*figures, strict=True)]
    first = rfm_scores(*columns, parts=parts)
    again = rfm_scores(*columns, cuts=quantile_cuts(*columns, parts=parts))
    for name in ("recency_score", "frequency_score", "monetary_score", "segment_code"):
        assert getattr(first, name).tolist() == getattr(again, name).tolist()


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows: list[tuple[int, int, int]], random: object) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' random
    assert rfm(*zip(*rows, strict=True), end=50) == rfm(*zip(*mixed, strict=True), end=50)


@given(ROWS)
def test_figures_equal_a_loop_over_customers(rows: list[tuple[int, int, int]]) -> None:
    found = rfm(*zip(*rows, strict=True), end=50)
    seen = [row for row in rows if row[1] <= 50]
    wanted = []
    for who in sorted({row[0] for row in seen if row[2] >= 0}):
        bought = [row[1] for row in seen if row[0] == who and row[2] >= 0]
        wanted.append((who, 50 - max(bought), len(bought), sum(row[2] for row in seen if row[0] == who)))
    got = zip(found.customers, found.recency, found.frequency, found.monetary, strict=True)
    assert [tuple(map(int, row)) for row in got] == wanted


@given(ROWS)
def test_segments_split_customers_and_spend(rows: list[tuple[int, int, int]]) -> None:
    found = rfm(*zip(*rows, strict=True), end=60)
    parts = found.segments()
    assert sum(part.customers for part in parts) == len(found)
    assert sum(part.spend for part in parts) == found.monetary.sum()
    assert sum(len(found.customers_in(name)) for name in RFM_SEGMENTS) == len(found)


@given(FIGURES)
def test_better_is_never_scored_lower(figures: list[tuple[int, int, int]]) -> None:
    recency, frequency, monetary = (np.array(column) for column in zip(*figures, strict=True))
    found = rfm_scores(recency, frequency, monetary)
    assert (np.diff(found.recency_score[np.argsort(-recency)]) >= 0).all()
    assert (np.diff(found.monetary_score[np.argsort(monetary)]) >= 0).all()


@given(ROWS)
def test_text_ids_and_integer_ids_agree(rows: list[tuple[int, int, int]]) -> None:
    who, days, spend = zip(*rows, strict=True)
    numbers, texts = rfm(who, days, spend, end=60), rfm([f"{item:03d}" for item in who], days, spend, end=60)
    assert texts.customers.tolist() == [f"{item:03d}" for item in numbers.customers]
    assert texts.monetary.tolist() == numbers.monetary.tolist()
