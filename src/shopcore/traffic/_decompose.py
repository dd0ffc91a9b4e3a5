"""Why revenue changed: effects of its factors that add up to the change, without a rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod
from typing import Final, Literal

import numpy as np

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore._checks import at_most, fail, mapping, number, one_of
from shopcore.errors import ShapeError
from shopcore.models._result import Result, html_table
from shopcore.typing import FloatArray

MAX_FACTORS: Final = 12


@dataclass(frozen=True, slots=True)
class Decomposition(Result):
    """A change split into the effects of its factors (指标拆解).

    Attributes
    ----------
    base, current : float
        Products of the factors before and now.
    names : tuple of str
        The factors.
    effects : tuple of float
        What each factor did, in the unit of the product; they sum to the change.
    method : str
        ``"lmdi"`` or ``"shapley"``.
    reason : str or None
        ``"zero_factor"`` where a factor was zero before or now and the limit was taken.
    """

    base: float
    current: float
    names: tuple[str, ...]
    effects: tuple[float, ...]
    method: str
    reason: str | None = None

    @property
    def change(self) -> float:
        """Current minus base."""
        return self.current - self.base

    @property
    def residual(self) -> float:
        """What the effects leave unexplained: rounding only."""
        return self.change - float(np.sum(self.effects))

    def __getitem__(self, name: str) -> float:
        """Return the effect of a factor by name."""
        if name not in self.names:
            fail("name", name, "one of " + ", ".join(self.names), reason="unknown")
        return self.effects[self.names.index(name)]

    def explain(self) -> str:
        """Return the change and its parts in words."""
        parts = ", ".join(f"{name} {effect:+.6g}" for name, effect in zip(self.names, self.effects, strict=True))
        return f"{self.base:.6g} to {self.current:.6g} ({self.change:+.6g}): {parts} ({self.method})"

    def _repr_html_(self) -> str:
        """Return a table of the effects."""
        rows = [*zip(self.names, self.effects, strict=True), ("change", self.change)]
        return html_table("Decomposition", ("factor", "effect"), rows)


def decompose(
    base: Mapping[str, float], current: Mapping[str, float], *, method: Literal["lmdi", "shapley"] = "lmdi"
) -> Decomposition:
    """Return what each factor did to a product such as UV x conversion x order value (GMV拆解).

    Both methods leave no rest and do not depend on the order of the factors. LMDI stays exact when parts are added
    up; Shapley averages over all orders in which the factors could have changed and needs no logarithm.

    Parameters
    ----------
    base, current : mapping of str to float
        The same factors before and now, each >= 0; two to twelve.
    method : {"lmdi", "shapley"}

    Returns
    -------
    Decomposition
        Effects in the unit of the product.

    Raises
    ------
    InputError
        If the factors differ, are negative or not finite; LimitError for more than twelve.

    Notes
    -----
    LMDI: ``effect_k = L(V1, V0) ln(x1_k / x0_k)`` with the logarithmic mean L. Where a product is zero on one side
    the limit is taken: the factors that are zero share the change alike. Source: Ang 2005, Energy Policy 33; Shapley
    1953.

    Examples
    --------
    >>> change = decompose({"visitors": 10_000, "conversion": 0.02, "order_value": 150.0},
    ...                    {"visitors": 12_000, "conversion": 0.018, "order_value": 170.0})
    >>> print(change.explain())
    30000 to 36720 (+6720): visitors +6061.62, conversion -3502.91, order_value +4161.28 (lmdi)
    """
    one_of("method", method, ("lmdi", "shapley"))
    at_most("base", mapping("base", base), MAX_FACTORS, "factors")
    mapping("current", current)
    if len(base) < 2 or set(base) != set(current):
        fail("current", sorted(current), "the same factors as base, at least two", reason="factors")
    names = tuple(base)
    x0 = np.array([number(f"base.{name}", base[name], low=0.0) for name in names])
    x1 = np.array([number(f"current.{name}", current[name], low=0.0) for name in names])
    with np.errstate(over="ignore"):
        for side, product in (("base", x0.prod()), ("current", x1.prod())):
            if not np.isfinite(product):
                fail(side, product, "factors whose product is a finite float", reason="range")
    zero = bool((x0 == 0.0).any() or (x1 == 0.0).any())
    effects = lmdi_effects(x0[:, None], x1[:, None])[:, 0] if method == "lmdi" else _shapley_effects(x0, x1)
    reason = "zero_factor" if zero and method == "lmdi" else None
    return Decomposition(float(x0.prod()), float(x1.prod()), names, tuple(map(float, effects)), method, reason)


def logarithmic_mean(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the logarithmic mean of two positive columns; of equal values the value itself, with a zero zero."""
    positive = (a > 0.0) & (b > 0.0)
    low, high = np.where(positive, np.minimum(a, b), 1.0), np.where(positive, np.maximum(a, b), 1.0)
    relative = (high - low) / low
    near = np.abs(relative) < 1e-4
    wide = relative / np.log1p(np.where(near, 1.0, relative))
    series = 1.0 + relative / 2.0 - relative * relative * (1.0 - relative / 2.0) / 12.0
    return np.where(positive, low * np.where(near, series, wide), 0.0)


def lmdi_effects(x0: FloatArray, x1: FloatArray) -> FloatArray:
    """Return the LMDI effects of factors (rows) for many products (columns); each column sums to its change."""
    v0, v1 = x0.prod(axis=0), x1.prod(axis=0)
    zero0, zero1 = x0 == 0.0, x1 == 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(zero1, 1.0, x1)) - np.log(np.where(zero0, 1.0, x0))
    effects = logarithmic_mean(v1, v0) * logs
    # A product that comes from nothing or goes to nothing belongs to the factors that are zero, in equal parts.
    appears, goes = (v0 == 0.0) & (v1 > 0.0), (v0 > 0.0) & (v1 == 0.0)
    effects = np.where(appears, v1 * zero0 / np.maximum(zero0.sum(axis=0), 1), effects)
    effects = np.where(goes, -v0 * zero1 / np.maximum(zero1.sum(axis=0), 1), effects)
    return np.where((v0 == 0.0) & (v1 == 0.0), 0.0, effects)


def _shapley_effects(x0: FloatArray, x1: FloatArray) -> list[float]:
    n = len(x0)
    effects = []
    for k in range(n):
        others = [i for i in range(n) if i != k]
        total = 0.0
        for size in range(n):
            weight = factorial(size) * factorial(n - 1 - size) / factorial(n)
            for changed in combinations(others, size):
                total += weight * prod(float(x1[i] if i in changed else x0[i]) for i in others)
        effects.append(float(x1[k] - x0[k]) * total)
    return effects


@dataclass(frozen=True, slots=True)
class ChannelDecomposition(Result):
    """A change of revenue by channel and by factor, adding up both ways (分渠道拆解).

    Attributes
    ----------
    channels : tuple of str
    by_channel : tuple of Decomposition
        Per channel the effects of distinct visitors, overlap, mix, conversion and order value.
    total : Decomposition
        Their sum. ``"overlap"`` is the de-duplication term: how often a person counts in several channels.
    """

    channels: tuple[str, ...]
    by_channel: tuple[Decomposition, ...]
    total: Decomposition

    def explain(self) -> str:
        """Return the total and one line per channel."""
        parts = [f"{name}: {part.explain()}" for name, part in zip(self.channels, self.by_channel, strict=True)]
        return "\n".join([self.total.explain(), *parts])


FACTORS: Final = ("visitors", "overlap", "mix", "conversion", "order_value")


def decompose_channels(
    base: Mapping[str, tuple[float, float, float]],
    current: Mapping[str, tuple[float, float, float]],
    *,
    distinct_visitors: tuple[float, float] | None = None,
) -> ChannelDecomposition:
    """Return why revenue changed, by channel and by factor (分渠道GMV拆解).

    Channels that appear or vanish count as mix. A person in two channels is a visitor of both, so the sum of the
    channels exceeds the distinct visitors; that ratio is a factor of its own.

    Parameters
    ----------
    base, current : mapping of channel to (visitors, buyers, revenue)
        Before and now; a channel absent on one side counts as zero there.
    distinct_visitors : (float, float), optional
        Distinct people over all channels, before and now; without them the overlap is taken as none.

    Returns
    -------
    ChannelDecomposition
        Effects per channel and in total, LMDI.

    Raises
    ------
    InputError
        If a value is negative, or distinct visitors are fewer than one channel's or more than all channels' together.

    Notes
    -----
    ``revenue_c = D x (sum UV / D) x (UV_c / sum UV) x CVR_c x AOV_c``. A conversion or order value that does not
    exist on one side is taken as unchanged. Source: Ang 2005, consistency in aggregation.

    Examples
    --------
    >>> found = decompose_channels({"search": (6000, 150, 24_000.0), "live": (5000, 50, 6000.0)},
    ...     {"search": (7000, 168, 27_720.0), "live": (6500, 65, 9000.0)}, distinct_visitors=(10_000, 12_000))
    >>> found.total.change, round(found.total["overlap"], 2), abs(found.total.residual) < 1e-9
    (6720.0, 746.42, True)
    """
    names = tuple(dict.fromkeys((*mapping("base", base), *mapping("current", current))))
    at_most("base", names, 10_000, "channels")
    sides = [_side(label, side, names) for label, side in (("base", base), ("current", current))]
    people = [float(side[0].sum()) for side in sides]
    distinct = people if distinct_visitors is None else floats("distinct_visitors", distinct_visitors).tolist()
    if np.shape(distinct) != (2,):
        fail("distinct_visitors", distinct, "two numbers, before and now", reason="shape")
    for label, value, side in zip(("base", "current"), distinct, sides, strict=True):
        number(f"distinct_visitors.{label}", value, low=float(side[0].max(initial=0.0)), high=float(side[0].sum()))
    factors = _channel_factors(sides, people, distinct)
    effects = lmdi_effects(*factors)
    parts = tuple(
        Decomposition(float(sides[0][2][i]), float(sides[1][2][i]), FACTORS, tuple(map(float, effects[:, i])), "lmdi")
        for i in range(len(names))
    )
    whole = tuple(map(float, effects.sum(axis=1)))
    total = Decomposition(float(sides[0][2].sum()), float(sides[1][2].sum()), FACTORS, whole, "lmdi")
    return ChannelDecomposition(names, parts, total)


def _side(label: str, side: Mapping[str, tuple[float, float, float]], names: tuple[str, ...]) -> FloatArray:
    for name, triple in side.items():
        if floats(f"{label}.{name}", triple, NON_NEGATIVE).shape != (3,):
            fail(f"{label}.{name}", triple, "(visitors, buyers, revenue)", reason="shape")
        if triple[1] > triple[0] or (triple[1] == 0.0 and triple[2] > 0.0):
            fail(f"{label}.{name}", triple, "buyers <= visitors, and no revenue without buyers", reason="range")
    table = [side.get(name, (0.0, 0.0, 0.0)) for name in names]
    return floats(label, table, NON_NEGATIVE).T.reshape(3, len(names))


def _channel_factors(sides: list[FloatArray], people: list[float], distinct: list[float]) -> list[FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [
            np.where(side[0] > 0.0, side[0] / max(whole, 1e-300), 0.0)
            for side, whole in zip(sides, people, strict=True)
        ]
        rates = [np.where(side[0] > 0.0, side[1] / side[0], np.nan) for side in sides]
        values = [np.where(side[1] > 0.0, side[2] / side[1], np.nan) for side in sides]
    overlaps = [whole / d if d > 0.0 else 1.0 for whole, d in zip(people, distinct, strict=True)]
    found = []
    for i in (0, 1):
        rate = np.where(np.isnan(rates[i]), np.where(np.isnan(rates[1 - i]), 1.0, rates[1 - i]), rates[i])
        value = np.where(np.isnan(values[i]), np.where(np.isnan(values[1 - i]), 1.0, values[1 - i]), values[i])
        ones = np.ones_like(rate)
        found.append(np.array([distinct[i] * ones, overlaps[i] * ones, shares[i], rate, value]))
    return found


@dataclass(frozen=True, slots=True)
class MixRate(Result):
    """A change of an overall rate as shift of the mix and change of the rates (结构效应与效率效应).

    Attributes
    ----------
    base, current : float
        Overall rates: sums over sums.
    mix, rate : tuple of float
        Effects per group; together they sum to the change.
    """

    base: float
    current: float
    mix: tuple[float, ...]
    rate: tuple[float, ...]

    @property
    def mix_effect(self) -> float:
        """What the shift between the groups did."""
        return float(np.sum(self.mix))

    @property
    def rate_effect(self) -> float:
        """What the changes inside the groups did."""
        return float(np.sum(self.rate))

    @property
    def residual(self) -> float:
        """Rounding only."""
        return self.current - self.base - self.mix_effect - self.rate_effect


def mix_rate(
    base: Sequence[tuple[float, float]],
    current: Sequence[tuple[float, float]],
    *,
    weights: Literal["midpoint", "base_rates", "current_rates"] = "midpoint",
) -> MixRate:
    """Return how far a rate moved because its groups' sizes moved (结构效应) and because their rates did (效率效应).

    A shop's conversion may fall while it rises in every channel: then the mix shifted to the weaker ones.

    Parameters
    ----------
    base, current : sequence of (numerator, denominator)
        The same groups in the same order, such as (buyers, visitors); denominators sum above zero.
    weights : {"midpoint", "base_rates", "current_rates"}
        At which rates the shift is valued; the change of rates then takes the other side's shares.

    Returns
    -------
    MixRate
        Effects per group, as differences of the overall rate.

    Raises
    ------
    InputError
        If a value is negative or all denominators are zero; ShapeError if the groups differ in number.

    Notes
    -----
    With shares w and rates r: mix ``(w1 - w0)(r - R)``, rate ``w (r1 - r0)``, each at the mean of both sides for
    ``"midpoint"``. A group absent on one side keeps the other side's rate. Source: Kitagawa 1955.

    Examples
    --------
    >>> found = mix_rate([(160, 4000), (40, 2000)], [(84, 2000), (88, 4000)])
    >>> round(found.mix_effect, 5), round(found.rate_effect, 5)
    (-0.00667, 0.002)
    """
    one_of("weights", weights, ("midpoint", "base_rates", "current_rates"))
    sides = [floats(name, side, NON_NEGATIVE) for name, side in (("base", base), ("current", current))]
    if sides[0].shape != sides[1].shape or sides[0].ndim != 2 or sides[0].shape[1] != 2:
        raise ShapeError("base and current must be the same groups as pairs", argument="current", reason="shape")
    for name, side in zip(("base", "current"), sides, strict=True):
        if side[:, 1].sum() == 0.0:
            fail(name, 0.0, "groups with a denominator above zero", reason="zero_denominator")
    shares = [side[:, 1] / side[:, 1].sum() for side in sides]
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = [np.where(side[:, 1] > 0.0, side[:, 0] / side[:, 1], np.nan) for side in sides]
    rates = [np.where(np.isnan(raw[i]), np.where(np.isnan(raw[1 - i]), 0.0, raw[1 - i]), raw[i]) for i in (0, 1)]
    overall = [float(side[:, 0].sum() / side[:, 1].sum()) for side in sides]
    lean = {"midpoint": 0.5, "base_rates": 0.0, "current_rates": 1.0}[weights]
    at = (1.0 - lean) * rates[0] + lean * rates[1]
    level = (1.0 - lean) * overall[0] + lean * overall[1]
    share = lean * shares[0] + (1.0 - lean) * shares[1]
    mix, rate = (shares[1] - shares[0]) * (at - level), share * (rates[1] - rates[0])
    return MixRate(overall[0], overall[1], tuple(map(float, mix)), tuple(map(float, rate)))
