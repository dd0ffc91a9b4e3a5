"""Where the scores of RFM change: by rank, by fixed values, or by the trade's bands; always stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._arrays import Domain, floats
from shopcore._checks import at_most, fail, integer, number
from shopcore.models import Result
from shopcore.typing import FloatArray

__all__ = ["RfmCuts", "quantile_cuts", "trade_cuts"]

MAX_PARTS: Final = 100
_CUT: Final = Domain("a number or endless, not NaN", infinite=True)


@dataclass(frozen=True, slots=True)
class RfmCuts(Result):
    """Values at which a customer moves up a score (分档标准).

    The lowest score is 1, and each cut that is reached adds one: recency at most the cut, frequency and monetary at
    least the cut.

    Parameters
    ----------
    recency : tuple of float
        Days since the last order, falling: the first cut is the easiest to reach.
    frequency, monetary : tuple of float
        Orders and spend, rising. An endless value is a cut nobody reaches.

    Raises
    ------
    InputError
        If cuts are out of order or not numbers.

    Examples
    --------
    >>> cuts = RfmCuts(recency=(365, 180, 90, 30), frequency=(2, 3, 4, 5), monetary=(100, 200, 300, 400))
    >>> cuts.frequency
    (2.0, 3.0, 4.0, 5.0)
    """

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]

    def __post_init__(self) -> None:
        for name, falling in (("recency", True), ("frequency", False), ("monetary", False)):
            given = getattr(self, name)
            if not isinstance(given, tuple | list | np.ndarray):
                fail(name, given, "a tuple of numbers", reason="type")
            at_most(name, given, MAX_PARTS - 1, "cuts")
            found = np.ravel(floats(name, given, _CUT))
            ordered = found[1:] <= found[:-1] if falling else found[1:] >= found[:-1]
            if not ordered.all():
                fail(name, given, "numbers that never rise" if falling else "numbers that never fall", reason="order")
            object.__setattr__(self, name, tuple(float(item) for item in found))


def quantile_cuts(recency: object, frequency: object, monetary: object, *, parts: int = 5) -> RfmCuts:
    """Return the cuts that rank customers into equal parts; equal customers always share a score.

    Scoring the same customers by these cuts gives ``1 + floor(parts * worse / n)``, where `worse` counts the customers
    strictly worse. Keep the cuts to score the next month by the same rule.

    Parameters
    ----------
    recency, frequency, monetary : array-like of shape (n,)
        Days since the last order, orders, spend.
    parts : int
        Scores run from 1 to `parts`.

    Returns
    -------
    RfmCuts

    Raises
    ------
    InputError
        If a column holds what is no number, or `parts` is outside 2 to 100.

    Examples
    --------
    >>> cuts = quantile_cuts([5, 40, 40, 90, 200], [9, 2, 2, 1, 1], [900, 250, 150, 80, 40])
    >>> cuts.recency, cuts.frequency
    ((90.0, 40.0, 5.0, 5.0), (2.0, 2.0, 9.0, 9.0))
    """
    integer("parts", parts, low=2, high=MAX_PARTS)
    days = _rank_cuts(-np.ravel(floats("recency", recency)), parts)
    return RfmCuts(
        recency=tuple(-cut for cut in days),
        frequency=_rank_cuts(np.ravel(floats("frequency", frequency)), parts),
        monetary=_rank_cuts(np.ravel(floats("monetary", monetary)), parts),
    )


def _rank_cuts(values: FloatArray, parts: int) -> tuple[float, ...]:
    # A score of k + 1 needs at least ceil(k n / parts) strictly worse; the cut is the smallest value that has them.
    n = len(values)
    places = [-(-step * n // parts) for step in range(1, parts)]
    # Sorting the whole column is a third of a partition at four places with numpy of today.
    ordered = np.sort(values)
    return tuple(_smallest_above(ordered, place) if place < n else np.inf for place in places)


def _smallest_above(ordered: FloatArray, place: int) -> float:
    value = ordered[place]
    if place and ordered[place - 1] == value:
        place = int(np.searchsorted(ordered, value, side="right"))
    return float(ordered[place]) if place < len(ordered) else np.inf


def trade_cuts(average_order_value: float) -> RfmCuts:
    """Return the bands Chinese shops commonly start from (行业分档).

    Days are cut at 365, 180, 90 and 30, orders at 2, 3, 4 and 5, spend at multiples of the average order.

    Parameters
    ----------
    average_order_value : float
        Mean value of an order, in the unit of the spend to be scored.

    Returns
    -------
    RfmCuts
        Spend is cut at 0.5, 1, 1.5 and 2 average orders.

    Raises
    ------
    InputError
        If the value is not above zero.

    Notes
    -----
    A convention, not an estimate: set your own `RfmCuts` where buying cycles are longer than a quarter.

    Examples
    --------
    >>> trade_cuts(120.0).monetary
    (60.0, 120.0, 180.0, 240.0)
    """
    value = number("average_order_value", average_order_value, low=0.0, low_open=True, high=1e300)
    return RfmCuts((365.0, 180.0, 90.0, 30.0), (2.0, 3.0, 4.0, 5.0), tuple(value * share for share in (0.5, 1, 1.5, 2)))


def reached(values: FloatArray, cuts: tuple[float, ...], *, falling: bool = False) -> Any:
    """Return one plus the number of cuts that each value reaches, as small integers."""
    score = np.ones(values.shape, dtype=np.int8)
    for cut in cuts:
        score += values <= cut if falling else values >= cut
    return score
