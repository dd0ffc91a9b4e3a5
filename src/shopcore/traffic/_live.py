"""Figures of a live session, in total and by hour (直播指标)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, overload

import numpy as np

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.models._result import Result
from shopcore.traffic._ratio import CONFIDENCE, Column, Meaning, of_counts, of_totals
from shopcore.typing import FloatLike

_INTERACTION_RATE: Final = Meaning("interacting", "viewers", "person", "no_viewers")


@overload
def interaction_rate(interacting: float, viewers: float, *, confidence: float = ...) -> Ratio: ...


@overload
def interaction_rate(interacting: Column, viewers: FloatLike, *, confidence: float = ...) -> Ratios: ...


def interaction_rate(interacting: FloatLike, viewers: FloatLike, *, confidence: float = CONFIDENCE) -> Ratio | Ratios:
    """Return the interaction rate of a live session (直播互动率): people who interacted over viewers.

    Whether the host holds the room: comments, likes and follows of one person count once.

    Parameters
    ----------
    interacting : float or array
        Distinct people who interacted, >= 0.
    viewers : float or array
        Distinct viewers, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value
        (reason ``"no_viewers"``) where `viewers` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `interacting` exceeds `viewers`.

    Notes
    -----
    Source: own definition after the platforms' live dashboards.

    Examples
    --------
    >>> interaction_rate(1480, 18_500).value
    0.08
    """
    found: Ratio | Ratios = of_counts(_INTERACTION_RATE, interacting, viewers, confidence)
    return found


_GROSS_MERCHANDISE_PER_MILLE: Final = Meaning("revenue", "views", "money", "no_views")


@overload
def gross_merchandise_per_mille(revenue: float, views: float) -> Ratio: ...


@overload
def gross_merchandise_per_mille(revenue: Column, views: FloatLike) -> Ratios: ...


def gross_merchandise_per_mille(revenue: FloatLike, views: FloatLike) -> Ratio | Ratios:
    """Return the sales per thousand views of a live session (千次观看成交, GPM).

    How well a live room sells, whatever its size.

    Parameters
    ----------
    revenue : float or array
        Sales in one stated unit of money, >= 0.
    views : float or array
        Views (a person may view often), >= 0.

    Returns
    -------
    Ratio or Ratios
        Money per thousand views; basis ``"money"``; without a value
        (reason ``"no_views"``) where `views` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    The denominator of the result is thousands of views. Source: the platforms' live dashboards.

    Examples
    --------
    >>> round(gross_merchandise_per_mille(39_960.0, 26_000).value, 2)
    1536.92
    """
    found: Ratio | Ratios = of_totals(
        _GROSS_MERCHANDISE_PER_MILLE, revenue, floats("views", views, NON_NEGATIVE) / 1000.0
    )
    return found


@dataclass(frozen=True, slots=True)
class LiveSession(Result):
    """The figures of a live session, or of its hours (直播场次).

    Attributes
    ----------
    interaction_rate, conversion : Ratio or Ratios
        Over distinct viewers, with intervals.
    gross_merchandise_per_mille : Ratio or Ratios
        Sales per thousand views.
    watch_minutes : Ratio or Ratios
        Mean minutes watched by a viewer.
    """

    interaction_rate: Ratio | Ratios
    conversion: Ratio | Ratios
    gross_merchandise_per_mille: Ratio | Ratios
    watch_minutes: Ratio | Ratios

    def best_hour(self) -> int | None:
        """Return the row with the highest sales per thousand views; None for a single session or without views."""
        column = self.gross_merchandise_per_mille
        if not isinstance(column, Ratios) or not column.is_defined.any():
            return None
        return int(np.nanargmax(column.value))


def live_session(
    *,
    viewers: FloatLike,
    views: FloatLike,
    interacting: FloatLike,
    buyers: FloatLike,
    revenue: FloatLike,
    watch_minutes: FloatLike,
    confidence: float = CONFIDENCE,
) -> LiveSession:
    """Return the figures of a live session (直播数据), of one session or of each hour of it.

    Which hour held the room and which sold. Hours share viewers: figures per viewer cannot be pooled from hours.

    Parameters
    ----------
    viewers, interacting, buyers : float or array
        Distinct people; interacting and buyers are among the viewers.
    views : float or array
        Views, a person may view often.
    revenue : float or array
        Sales in one stated unit of money.
    watch_minutes : float or array
        Minutes watched by all viewers together.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    LiveSession
        Ratios; columns where the arguments are columns.

    Raises
    ------
    InputError
        If a value is negative or not finite, or a part exceeds the viewers.

    Notes
    -----
    Source: own definition after the platforms' live dashboards.

    Examples
    --------
    >>> live = live_session(viewers=18_500, views=26_000, interacting=1480, buyers=333, revenue=39_960.0,
    ...                     watch_minutes=55_500.0)
    >>> live.interaction_rate.value, live.conversion.value, live.watch_minutes.value
    (0.08, 0.018, 3.0)
    """
    watched = Meaning("watch_minutes", "viewers", "person", "no_viewers")
    return LiveSession(
        interaction_rate=of_counts(_INTERACTION_RATE, interacting, viewers, confidence),
        conversion=of_counts(Meaning("buyers", "viewers", "person", "no_viewers"), buyers, viewers, confidence),
        gross_merchandise_per_mille=of_totals(
            _GROSS_MERCHANDISE_PER_MILLE, revenue, floats("views", views, NON_NEGATIVE) / 1000.0
        ),
        watch_minutes=of_totals(watched, watch_minutes, viewers),
    )
