"""Credit by rules of position and time: first, last, last non-direct, linear, position-based, time decay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shopcore._checks import fail, instance, number, text
from shopcore.models._result import Result, html_table
from shopcore.traffic._journeys import Journeys
from shopcore.traffic._return import AttributedReturn
from shopcore.typing import FloatArray


@dataclass(frozen=True, slots=True)
class Attribution(Result):
    """Sales credited to channels by a rule (渠道归因): who was there, not what it caused.

    Attributes
    ----------
    channels : tuple of str
        Names, in the order of the journeys.
    conversions, value : tuple of float, or None
        Credit of each channel; None where there is nothing to credit.
    total_conversions, total_value : float
        What was to be credited.
    rule : str
        Name of the rule with its parameters.
    reason : str or None
        ``"no_conversions"`` where there is no credit.
    conversion_rate : float or None
        Of the chain from its start, for Markov credit: equal to the share of journeys that converted.
    removal_effects : tuple of float, or None
        For Markov credit: the share of conversions that pass through the channel.
    conversions_low, conversions_high, value_low, value_high : tuple of float, or None
        Bounds of the credit, where they were asked for with `credit_interval`.
    confidence : float or None
        Of the bounds.
    """

    channels: tuple[str, ...]
    conversions: tuple[float, ...] | None
    value: tuple[float, ...] | None
    total_conversions: float
    total_value: float
    rule: str
    reason: str | None = None
    conversion_rate: float | None = None
    removal_effects: tuple[float, ...] | None = None
    conversions_low: tuple[float, ...] | None = None
    conversions_high: tuple[float, ...] | None = None
    value_low: tuple[float, ...] | None = None
    value_high: tuple[float, ...] | None = None
    confidence: float | None = None

    @property
    def conservation_error(self) -> float:
        """Largest difference of credit given and total, relative to the total: rounding only."""
        pairs = ((self.conversions, self.total_conversions), (self.value, self.total_value))
        return max((abs(float(np.sum(c)) - t) / max(t, 1.0) for c, t in pairs if c is not None), default=0.0)

    def __getitem__(self, channel: str) -> tuple[float, float] | None:
        """Return conversions and value of a channel by name; None where there is no credit."""
        if channel not in self.channels:
            fail("channel", channel, "one of " + ", ".join(self.channels[:20]), reason="unknown")
        if self.conversions is None or self.value is None:
            return None
        at = self.channels.index(channel)
        return self.conversions[at], self.value[at]

    def return_on(self, spend: Mapping[str, float]) -> dict[str, AttributedReturn]:
        """Return what the credited value is per unit of spend, by channel; without a value where nothing was spent."""
        found = {}
        for channel, amount in spend.items():
            credit = self[channel]
            cost = number(f"spend.{channel}", amount, low=0.0)
            found[channel] = AttributedReturn.of(0.0 if credit is None else credit[1], cost, self.rule)
        return found

    def to_columns(self) -> dict[str, Any]:
        """Return columns for a table: one row per channel."""
        names = ("conversions", "conversions_low", "conversions_high", "value", "value_low", "value_high")
        columns = {name: getattr(self, name) for name in (*names, "removal_effects")}
        return {"channel": list(self.channels)} | {name: list(c) for name, c in columns.items() if c is not None}

    def explain(self) -> str:
        """Return the credit of each channel in words."""
        if self.conversions is None or self.value is None:
            return f"{self.rule}: no credit ({self.reason})"
        lines = [f"{self.rule}: {self.total_conversions:g} conversions of value {self.total_value:g}"]
        for at, channel in enumerate(self.channels):
            sure = ""
            if self.conversions_low is not None and self.conversions_high is not None:
                sure = f" ({self.conversions_low[at]:.6g} to {self.conversions_high[at]:.6g})"
            lines.append(f"  {channel}: {self.conversions[at]:.6g}{sure}, value {self.value[at]:.6g}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return a table of the channels."""
        columns = self.to_columns()
        return html_table(f"Attribution: {self.rule}", tuple(columns), list(zip(*columns.values(), strict=True)))


def made(source: Journeys, rule: str, credit: tuple[FloatArray, FloatArray], **more: Any) -> Attribution:
    """Return the result of a rule; without credit where there was no conversion."""
    total, worth = float(source.conversions.sum()), float(source.value.sum())
    if total == 0.0:
        return Attribution(source.channels, None, None, 0.0, worth, rule, "no_conversions", **more)
    conversions, value = (tuple(column.tolist()) for column in credit)
    return Attribution(source.channels, conversions, value, total, worth, rule, **more)


def tally(codes: Any, weights: FloatArray, size: int) -> FloatArray:
    """Return the sums of the weights by code."""
    found: FloatArray = np.bincount(codes, weights, size).astype(np.float64, copy=False)
    return found


def _of_positions(source: Journeys, rule: str, positions: Any) -> Attribution:
    touched, size = source.codes[positions], len(source.channels)
    credit = (tally(touched, column, size) for column in (source.conversions, source.value))
    return made(source, rule, tuple(credit))  # type: ignore[arg-type]  # two columns


def _of_weights(source: Journeys, rule: str, weights: FloatArray) -> Attribution:
    """Credit each touch its weight's share of the weights of its journey."""
    whole = np.add.reduceat(weights, source.offsets[:-1]) if len(source) else np.empty(0)
    size = len(source.channels)
    credit = (
        tally(source.codes, weights * source.per_touch(column / whole), size)
        for column in (source.conversions, source.value)
    )
    return made(source, rule, tuple(credit))  # type: ignore[arg-type]  # two columns


def first_touch_credit(source: Journeys) -> Attribution:
    """Return all credit to the first touch (首次触点归因): who brought the customer.

    Parameters
    ----------
    source : Journeys
        See `journeys` and `journeys_of_paths`.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "live"], ["live"]], conversions=[3, 5])
    >>> first_touch_credit(paths).conversions
    (3.0, 5.0)
    """
    instance("source", source, Journeys)
    return _of_positions(source, "first touch", source.offsets[:-1])


def last_touch_credit(source: Journeys) -> Attribution:
    """Return all credit to the last touch (末次触点归因): who closed the sale.

    Parameters
    ----------
    source : Journeys
        See `journeys` and `journeys_of_paths`.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "live"], ["live"]], conversions=[3, 5])
    >>> last_touch_credit(paths).conversions
    (0.0, 8.0)
    """
    instance("source", source, Journeys)
    return _of_positions(source, "last touch", source.offsets[1:] - 1)


def last_non_direct_credit(source: Journeys, *, direct: str = "direct") -> Attribution:
    """Return all credit to the last touch that is not a direct visit (末次非直接归因).

    People who come back on their own were won before. A journey of direct visits only credits the direct channel.

    Parameters
    ----------
    source : Journeys
        See `journeys` and `journeys_of_paths`.
    direct : str
        Name of the channel of direct visits; a name that never occurs changes nothing.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Notes
    -----
    Source: Google Analytics help, last click model.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "direct"], ["direct"]], conversions=[3, 5])
    >>> last_non_direct_credit(paths).conversions
    (3.0, 5.0)
    """
    instance("source", source, Journeys)
    text("direct", direct, max_length=200)
    code = source.channels.index(direct) if direct in source.channels else -1
    places = np.where(source.codes == code, -1, np.arange(source.codes.size))
    last = np.maximum.reduceat(places, source.offsets[:-1]) if len(source) else np.empty(0, dtype=np.int64)
    return _of_positions(source, "last non-direct touch", np.where(last < 0, source.offsets[1:] - 1, last))


def linear_credit(source: Journeys) -> Attribution:
    """Return equal credit per touch (线性归因); a channel touched twice is credited twice.

    Parameters
    ----------
    source : Journeys
        See `journeys` and `journeys_of_paths`.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "live", "search"], ["live"]], conversions=[3, 5])
    >>> linear_credit(paths).conversions
    (2.0, 6.0)
    """
    instance("source", source, Journeys)
    return _of_weights(source, "linear", np.ones(source.codes.size))


def position_credit(source: Journeys, *, first: float = 0.4, last: float = 0.4) -> Attribution:
    """Return credit by position (位置归因): most to the first and the last touch, the rest shared in between.

    Parameters
    ----------
    source : Journeys
        See `journeys` and `journeys_of_paths`.
    first, last : float
        Shares of the first and the last touch, >= 0, together above 0 and at most 1.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Raises
    ------
    InputError
        If the shares are out of range.

    Notes
    -----
    Two touches share in the proportion of `first` to `last`, one takes all. With nothing left for the middle and more
    than two touches the middle gets none. Source: Google Analytics help, position-based model (40/20/40).

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "live", "mail"], ["live", "search"]], conversions=[10, 10])
    >>> position_credit(paths).conversions
    (9.0, 7.0, 4.0)
    """
    instance("source", source, Journeys)
    head = number("first", first, low=0.0, high=1.0)
    tail = number("last", last, low=0.0, high=1.0)
    # Shares that sum to 1 on paper, such as 0.9 and 0.1, may miss it by a rounding.
    rest = 1.0 - head - tail
    middle = rest if abs(rest) > 1e-12 else 0.0
    if head + tail == 0.0 or middle < 0.0:
        fail("first", first, "above 0 and at most 1 together with last", reason="range")
    lengths = source.lengths
    weights = source.per_touch(middle / np.maximum(lengths - 2, 1))
    weights[source.offsets[:-1]] = np.where(lengths == 1, 1.0, head)
    ends = source.offsets[1:] - 1
    weights[ends] = np.where(lengths == 1, 1.0, tail)
    return _of_weights(source, f"position {head:g}/{middle:g}/{tail:g}", weights)


def time_decay_credit(source: Journeys, *, half_life: float = 7.0) -> Attribution:
    """Return credit that halves with every `half_life` days before the sale (时间衰减归因).

    Parameters
    ----------
    source : Journeys
        With `days`.
    half_life : float
        Days, > 0.

    Returns
    -------
    Attribution
        Credit by channel; sums to the conversions.

    Raises
    ------
    InputError
        If the journeys have no days, or `half_life` is not above zero.

    Notes
    -----
    Weight ``2^(-days / half_life)``, taken against the latest touch of the journey so that old journeys keep their
    digits. Source: Google Analytics help, time decay model.

    Examples
    --------
    >>> from shopcore.traffic import journeys_of_paths
    >>> paths = journeys_of_paths([["search", "live"]], conversions=[3], days=[[7, 0]])
    >>> [round(credit, 12) for credit in time_decay_credit(paths).conversions]
    [1.0, 2.0]
    """
    instance("source", source, Journeys)
    half = number("half_life", half_life, low=0.0, low_open=True)
    if source.days is None:
        fail("source", None, "journeys with days", reason="missing", hint="give days= when you make them")
    latest = np.minimum.reduceat(source.days, source.offsets[:-1]) if len(source) else np.empty(0)
    with np.errstate(over="ignore"):
        weights = np.exp2((source.per_touch(latest) - source.days) / half)
    return _of_weights(source, f"time decay, half-life {half:g} days", weights)
