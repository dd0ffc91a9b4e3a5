"""Credit by models of whole journeys: Markov chains solved exactly, and Shapley values in closed form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shopcore._checks import fail, fail_limit, instance, integer
from shopcore._intervals import bootstrap
from shopcore.traffic._credit import Attribution, made, tally
from shopcore.traffic._journeys import Journeys
from shopcore.typing import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_ORDER: Final = 10
MAX_STATES: Final = 200_000
_DENSE_STATES: Final = 400
_BITS: Final = 62


def markov_credit(source: Journeys, *, order: int = 1) -> Attribution:
    """Return credit by removal effects of a Markov chain (马尔可夫归因), solved exactly: no simulation, no seed.

    What share of the conversions would be lost if every visit to the channel ended the journey.

    Parameters
    ----------
    source : Journeys
        With `nulls`: without journeys that failed every removal effect is about who was there at all.
    order : int
        Touches a state remembers, 1 to 10. Higher orders need many more journeys.

    Returns
    -------
    Attribution
        With `removal_effects` and the chain's `conversion_rate`.

    Raises
    ------
    InputError
        If `order` is out of range; LimitError if the chain has more than 200,000 states.

    Notes
    -----
    States are the last `order` channels; each ends in a sale or in none as often as seen. The removal effect of a
    channel is ``1 - P(sale without passing it) / P(sale)`` by a linear solve, and conversions and value are shared in
    proportion. The chain's conversion rate equals the share of journeys that converted. Staying in a channel changes
    nothing at order 1. Source: Anderl, Becker, von Wangenheim, Schumann 2016.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["ads"], ["mail"], ["ads", "mail"]], conversions=[2, 1, 1], nulls=[1, 0, 0])
    >>> found = markov_credit(paths)
    >>> [round(effect, 10) for effect in found.removal_effects], [round(c, 10) for c in found.conversions]
    ([0.75, 0.5], [2.4, 1.6])
    """
    instance("source", source, Journeys)
    integer("order", order, low=1, high=MAX_ORDER)
    rule = f"Markov, order {order}"
    none = np.zeros(len(source.channels))
    if not float(source.conversions.sum()) > 0.0:
        return made(source, rule, (none, none), conversion_rate=0.0 if float(source.nulls.sum()) > 0.0 else None)
    states, contains = _states(source, order)
    size = contains.shape[0]
    start, between, won, out = _chain(source, states, size)
    effects, rate = (_removed if order == 1 else _removed_states)(start, between, won, out, contains)
    share = effects / effects.sum()
    credit = (share * source.conversions.sum(), share * source.value.sum())
    return made(source, rule, credit, conversion_rate=rate, removal_effects=tuple(effects.tolist()))


def _states(source: Journeys, order: int) -> tuple[IntArray, BoolArray]:
    # The state of each touch, and which channels each state holds; a short past is filled up with one more symbol.
    size = len(source.channels)
    if order == 1:
        return source.codes, np.eye(size, dtype=np.bool_)
    if (size + 1) ** order >= 2**62:
        fail_limit("order", order, int(62 * np.log(2.0) / np.log(size + 1)), "touches", reason="too_many_states")
    place = np.arange(source.codes.size) - source.per_touch(source.offsets[:-1].astype(np.float64)).astype(np.int64)
    key = np.zeros(source.codes.size, dtype=np.int64)
    for lag in range(order):
        past = np.where(place >= lag, np.roll(source.codes, lag), size)
        key += past * (size + 1) ** lag
    keys, states = np.unique(key, return_inverse=True)
    if keys.size > MAX_STATES:
        fail_limit("order", keys.size, MAX_STATES, "states", reason="too_many_states")
    contains = np.zeros((keys.size, size + 1), dtype=np.bool_)
    for lag in range(order):
        contains[np.arange(keys.size), keys // (size + 1) ** lag % (size + 1)] = True
    return states.reshape(-1), contains[:, :size]


def _chain(source: Journeys, states: IntArray, size: int) -> tuple[FloatArray, Any, FloatArray, FloatArray]:
    """Return the counts from the start, between states, into a sale, and out of each state in all."""
    weight = source.conversions + source.nulls
    first, last = states[source.offsets[:-1]], states[source.offsets[1:] - 1]
    start, won = tally(first, weight, size), tally(last, source.conversions, size)
    pairs = states[:-1] * size
    pairs += states[1:]
    if size <= _DENSE_STATES:
        between = _dense_pairs(pairs, source, weight, size)
    else:
        between = _sparse_pairs(pairs, source, weight, size)
    out = np.asarray(between.sum(axis=1)).ravel() + tally(last, weight, size)
    return start, between, won, out


def _dense_pairs(pairs: IntArray, source: Journeys, weight: FloatArray, size: int) -> FloatArray:
    if np.all(weight == 1.0):
        # Every neighbour counts, and the pairs that belong to two journeys are taken off again: no long weights.
        found = np.bincount(pairs, minlength=size * size).astype(np.float64)
        found -= np.bincount(pairs[source.offsets[1:-1] - 1], minlength=size * size)
        return found.reshape(size, size)
    return tally(pairs, _pair_weights(source, weight), size * size).reshape(size, size)


def _sparse_pairs(pairs: IntArray, source: Journeys, weight: FloatArray, size: int) -> Any:
    from scipy.sparse import csr_array

    weights = _pair_weights(source, weight)
    keys, place = np.unique(pairs, return_inverse=True)
    return csr_array((np.bincount(place.reshape(-1), weights, keys.size), (keys // size, keys % size)), (size, size))


def _pair_weights(source: Journeys, weight: FloatArray) -> FloatArray:
    weights = source.per_touch(weight)
    weights[source.offsets[1:] - 1] = 0.0
    return weights[:-1]


def _removed(
    start: FloatArray, between: Any, won: FloatArray, out: FloatArray, contains: BoolArray
) -> tuple[FloatArray, float]:
    """Return the removal effects of an order-1 chain from one solve: P(pass c) P(sale from c) over P(sale)."""
    live = np.flatnonzero(out > 0.0)
    share = 1.0 / out[live]
    inner = between[live][:, live]
    inner = inner.toarray() if hasattr(inner, "toarray") else inner
    visits = np.linalg.inv(np.eye(live.size) - inner * share[:, None])
    entry = start[live] / start.sum()
    sale = visits @ (won[live] * share)
    rate = float(entry @ sale)
    effects = np.zeros(contains.shape[1])
    effects[live] = (entry @ visits) / np.diag(visits) * sale / rate
    return np.minimum(effects, 1.0), rate


def _removed_states(
    start: FloatArray, between: Any, won: FloatArray, out: FloatArray, contains: BoolArray
) -> tuple[FloatArray, float]:
    """Return the removal effects of a chain of any order: one solve over the states without the channel for each."""
    rate = _sale(start, between, won, out, out > 0.0)
    kept = [_sale(start, between, won, out, (out > 0.0) & ~contains[:, c]) for c in range(contains.shape[1])]
    effects: FloatArray = np.clip(1.0 - np.array(kept) / rate, 0.0, 1.0)
    return effects, rate


def _sale(start: FloatArray, between: Any, won: FloatArray, out: FloatArray, kept: BoolArray) -> float:
    live = np.flatnonzero(kept)
    if not live.size:
        return 0.0
    share = 1.0 / out[live]
    inner = between[live][:, live]
    if hasattr(inner, "toarray"):
        from scipy.sparse import diags_array
        from scipy.sparse.linalg import spsolve

        system = diags_array(np.ones(live.size), format="csc") - diags_array(share) @ inner
        sale = spsolve(system.tocsc(), won[live] * share)
    else:
        sale = np.linalg.solve(np.eye(live.size) - inner * share[:, None], won[live] * share)
    return float(start[live] @ sale / start.sum())


def shapley_credit(source: Journeys) -> Attribution:
    """Return Shapley credit (夏普利归因): each conversion is shared equally by the channels of its journey.

    What a channel adds on average to all coalitions of channels, where a coalition is worth the conversions of the
    journeys it can make alone. Order and repeats do not matter.

    Parameters
    ----------
    source : Journeys
        See `journeys` and `journeys_of_paths`.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Notes
    -----
    The sum over coalitions has the closed form: conversions over the number of distinct channels.
    Source: Shapley 1953; Zhao, Mahboobi, Bagheri 2018, Shapley value methods for attribution modeling.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "live", "search"], ["live"]], conversions=[3, 5])
    >>> shapley_credit(paths).conversions
    (1.5, 6.5)
    """
    instance("source", source, Journeys)
    distinct = np.zeros(len(source))
    for seen in _seen(source):
        distinct += seen
    share = [column / np.maximum(distinct, 1.0) for column in (source.conversions, source.value)]
    credit = np.array([[float(seen @ column) for column in share] for seen in _seen(source)]).reshape(-1, 2)
    return made(source, "Shapley", (credit[:, 0], credit[:, 1]))


def _seen(source: Journeys) -> Iterator[FloatArray]:
    # For one channel after the other, which journeys touched it: from sets as bits, 62 channels at a time.
    size, starts = len(source.channels), source.offsets[:-1]
    for block in range(0, size, _BITS):
        place = source.codes - block
        inside = (place >= 0) & (place < _BITS)
        sets = np.bitwise_or.reduceat(np.where(inside, np.int64(1) << (place % _BITS), 0), starts)
        for bit in range(min(_BITS, size - block)):
            yield (sets >> bit & 1).astype(np.float64)


def credit_interval(
    source: Journeys,
    credit: Callable[[Journeys], Attribution],
    *,
    rng: np.random.Generator,
    repeats: int = 1000,
    confidence: float = 0.95,
) -> Attribution:
    """Return the credit of a rule with bounds for every channel (归因区间), by drawing the journeys again.

    How far the credit would move with another month of customers like these. Whether the rule is right is another
    question, that only `incremental_return` answers.

    Parameters
    ----------
    source : Journeys
        Rows with counts: equal paths in one row are faster.
    credit : callable
        One of the rules: ``markov_credit``, or ``lambda j: time_decay_credit(j, half_life=3)``.
    rng : numpy.random.Generator
        Where the draws come from.
    repeats : int
        Draws, 2 to 100,000.
    confidence : float
        Coverage of the percentile bounds, in (0, 1).

    Returns
    -------
    Attribution
        The credit with `conversions_low`, `conversions_high`, `value_low` and `value_high`; bounds are NaN where a
        draw had no conversion.

    Raises
    ------
    InputError
        If `rng` is no generator, or there are no journeys.

    Notes
    -----
    Multinomial draws over rows and outcomes. Source: Efron and Tibshirani 1993.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["ads"], ["mail"], ["ads", "mail"]], conversions=[40, 10, 9], nulls=[90, 60, 20])
    >>> found = credit_interval(paths, markov_credit, rng=np.random.default_rng(7), repeats=200)
    >>> found.conversions_low[0] < found.conversions[0] < found.conversions_high[0]
    True
    """
    instance("source", source, Journeys)
    if not callable(credit):
        fail("credit", credit, "a rule, such as markov_credit", reason="type")
    n, blank = len(source), np.full((2, len(source.channels)), np.nan)

    def drawn(weights: FloatArray) -> FloatArray:
        again = credit(source.weighted(weights[:n], weights[n:]))
        return blank if again.conversions is None else np.array((again.conversions, again.value))

    seen = np.concatenate((source.conversions, source.nulls))
    low, high = bootstrap(drawn, seen, rng=rng, repeats=repeats, confidence=confidence)
    bounds = {
        f"{name}_{end}": tuple(column[at].tolist())
        for end, column in (("low", low), ("high", high))
        for at, name in enumerate(("conversions", "value"))
    }
    return replace(credit(source), **bounds, confidence=confidence)  # type: ignore[arg-type]  # names of fields
