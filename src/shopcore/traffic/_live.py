"""Figures of a live session, in total and by hour (直播指标)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.models._result import Result
from shopcore.traffic._definition import Words, average, examples, share
from shopcore.traffic._ratio import CONFIDENCE, Meaning, of_counts, of_totals
from shopcore.traffic._signatures import GrossMerchandisePerMille, InteractionRate
from shopcore.typing import FloatLike

interaction_rate: Final[InteractionRate] = share(
    "interaction_rate",
    Meaning("interacting", "viewers", "person", "no_viewers"),
    Words(
        says="the interaction rate of a live session (直播互动率): people who interacted over viewers.",
        use="Whether the host holds the room: comments, likes and follows of one person count once.",
        part="Distinct people who interacted",
        whole="Distinct viewers",
        notes="Source: own definition after the platforms' live dashboards.",
        example=""">>> interaction_rate(1480, 18_500).value
0.08""",
    ),
)


gross_merchandise_per_mille: Final[GrossMerchandisePerMille] = average(
    "gross_merchandise_per_mille",
    Meaning("revenue", "views", "money", "no_views"),
    Words(
        says="the sales per thousand views of a live session (千次观看成交, GPM).",
        use="How well a live room sells, whatever its size.",
        part="Sales in one stated unit of money",
        whole="Views (a person may view often)",
        notes="The denominator of the result is thousands of views. Source: the platforms' live dashboards.",
        example=""">>> round(gross_merchandise_per_mille(39_960.0, 26_000).value, 2)
1536.92""",
        unit="Money per thousand views",
    ),
    per=1000.0,
)


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
        interaction_rate=interaction_rate(interacting, viewers, confidence=confidence),
        conversion=of_counts(Meaning("buyers", "viewers", "person", "no_viewers"), buyers, viewers, confidence),
        gross_merchandise_per_mille=gross_merchandise_per_mille(revenue, views),
        watch_minutes=of_totals(watched, watch_minutes, viewers),
    )


__test__ = examples(interaction_rate, gross_merchandise_per_mille)
