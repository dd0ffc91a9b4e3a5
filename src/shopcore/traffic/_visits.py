"""What visits were like: bounce, depth, dwell, new and returning (访问指标)."""

from __future__ import annotations

from typing import Final, overload

from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.traffic._ratio import CONFIDENCE, Column, Meaning, of_counts, of_totals
from shopcore.typing import FloatLike

_BOUNCE_RATE: Final = Meaning("single_page_visits", "visits", "visit", "no_visits")


@overload
def bounce_rate(single_page_visits: float, visits: float, *, confidence: float = ...) -> Ratio: ...


@overload
def bounce_rate(single_page_visits: Column, visits: FloatLike, *, confidence: float = ...) -> Ratios: ...


def bounce_rate(single_page_visits: FloatLike, visits: FloatLike, *, confidence: float = CONFIDENCE) -> Ratio | Ratios:
    """Return the bounce rate (跳失率): visits of one page over all visits of that entrance.

    Which entrances disappoint. GA4 counts something else under the same name, see `unengaged_rate`.

    Parameters
    ----------
    single_page_visits : float or array
        Visits that saw one page and left, >= 0.
    visits : float or array
        All visits of the entrance, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"visit"``; without a value
        (reason ``"no_visits"``) where `visits` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `single_page_visits` exceeds `visits`.

    Notes
    -----
    Visits, not visitors: one person may come twice. Source: Sycm, definition of the bounce rate.

    Examples
    --------
    >>> bounce_rate(3977, 8123).explain()
    '0.489597 = 3977 / 8123, 95% interval 0.478734 to 0.500471 (wilson)'
    """
    found: Ratio | Ratios = of_counts(_BOUNCE_RATE, single_page_visits, visits, confidence)
    return found


_UNENGAGED_RATE: Final = Meaning("unengaged_sessions", "sessions", "session", "no_sessions")


@overload
def unengaged_rate(unengaged_sessions: float, sessions: float, *, confidence: float = ...) -> Ratio: ...


@overload
def unengaged_rate(unengaged_sessions: Column, sessions: FloatLike, *, confidence: float = ...) -> Ratios: ...


def unengaged_rate(
    unengaged_sessions: FloatLike, sessions: FloatLike, *, confidence: float = CONFIDENCE
) -> Ratio | Ratios:
    """Return the bounce rate as GA4 counts it: sessions without engagement over all sessions.

    An engaged session lasted longer than ten seconds, saw two pages or more, or had a key event; the others
    bounced. Never compare it with `bounce_rate`: the same traffic gives two different figures.

    Parameters
    ----------
    unengaged_sessions : float or array
        Sessions that were not engaged (sessions minus engaged sessions), >= 0.
    sessions : float or array
        All sessions, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"session"``; without a value
        (reason ``"no_sessions"``) where `sessions` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `unengaged_sessions` exceeds `sessions`.

    Notes
    -----
    One minus the engagement rate. Source: Google Analytics help, engagement rate and bounce rate.

    Examples
    --------
    >>> unengaged_rate(2800, 8000).value
    0.35
    """
    found: Ratio | Ratios = of_counts(_UNENGAGED_RATE, unengaged_sessions, sessions, confidence)
    return found


_PAGE_DEPTH: Final = Meaning("page_views", "visits", "visit", "no_visits")


@overload
def page_depth(page_views: float, visits: float) -> Ratio: ...


@overload
def page_depth(page_views: Column, visits: FloatLike) -> Ratios: ...


def page_depth(page_views: FloatLike, visits: FloatLike) -> Ratio | Ratios:
    """Return the pages per visit (访问深度).

    How far people read on.

    Parameters
    ----------
    page_views : float or array
        Pages opened, refreshes included, >= 0.
    visits : float or array
        Visits, >= 0.

    Returns
    -------
    Ratio or Ratios
        Pages per visit; basis ``"visit"``; without a value
        (reason ``"no_visits"``) where `visits` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Totals alone carry no interval; `ratio_of_sums` over days gives one. Source: Sycm, average page views.

    Examples
    --------
    >>> page_depth(30600, 8500).value
    3.6
    """
    found: Ratio | Ratios = of_totals(_PAGE_DEPTH, page_views, visits)
    return found


_DWELL_TIME: Final = Meaning("seconds", "visits", "visit", "no_visits")


@overload
def dwell_time(seconds: float, visits: float) -> Ratio: ...


@overload
def dwell_time(seconds: Column, visits: FloatLike) -> Ratios: ...


def dwell_time(seconds: FloatLike, visits: FloatLike) -> Ratio | Ratios:
    """Return the mean length of a visit (平均停留时长).

    How long people stay. The last page of a visit has no measured time in most systems, so visits of one page count
    as zero and the figure is a lower bound.

    Parameters
    ----------
    seconds : float or array
        Measured seconds over all visits, >= 0.
    visits : float or array
        Visits, >= 0.

    Returns
    -------
    Ratio or Ratios
        Seconds per visit; basis ``"visit"``; without a value
        (reason ``"no_visits"``) where `visits` is zero.

    Raises
    ------
    InputError
        If a value is negative or not finite.

    Notes
    -----
    Source: Sycm, average stay.

    Examples
    --------
    >>> dwell_time(409_500, 8500).explain()
    '48.1765 = 409500 / 8500'
    """
    found: Ratio | Ratios = of_totals(_DWELL_TIME, seconds, visits)
    return found


_NEW_VISITOR_SHARE: Final = Meaning("new_visitors", "visitors", "person", "no_visitors")


@overload
def new_visitor_share(new_visitors: float, visitors: float, *, confidence: float = ...) -> Ratio: ...


@overload
def new_visitor_share(new_visitors: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...


def new_visitor_share(
    new_visitors: FloatLike, visitors: FloatLike, *, confidence: float = CONFIDENCE
) -> Ratio | Ratios:
    """Return the share of new visitors (新访客占比).

    How much of the traffic is people who were never here before the window; the rest is returning.

    Parameters
    ----------
    new_visitors : float or array
        People whose first visit lies in the window, >= 0.
    visitors : float or array
        Distinct people of the window, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value
        (reason ``"no_visitors"``) where `visitors` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `new_visitors` exceeds `visitors`.

    Notes
    -----
    Depends on how far back visits are remembered: state it beside the figure.

    Examples
    --------
    >>> new_visitor_share(9300, 12500).value
    0.744
    """
    found: Ratio | Ratios = of_counts(_NEW_VISITOR_SHARE, new_visitors, visitors, confidence)
    return found


_RETURNING_VISITOR_SHARE: Final = Meaning("returning_visitors", "visitors", "person", "no_visitors")


@overload
def returning_visitor_share(returning_visitors: float, visitors: float, *, confidence: float = ...) -> Ratio: ...


@overload
def returning_visitor_share(returning_visitors: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...


def returning_visitor_share(
    returning_visitors: FloatLike, visitors: FloatLike, *, confidence: float = CONFIDENCE
) -> Ratio | Ratios:
    """Return the share of returning visitors (回访客占比).

    How much of the traffic knows the shop already.

    Parameters
    ----------
    returning_visitors : float or array
        People with a visit before the window, >= 0.
    visitors : float or array
        Distinct people of the window, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value
        (reason ``"no_visitors"``) where `visitors` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `returning_visitors` exceeds `visitors`.

    Notes
    -----
    New and returning shares of the same window sum to one.

    Examples
    --------
    >>> returning_visitor_share(3200, 12500).value
    0.256
    """
    found: Ratio | Ratios = of_counts(_RETURNING_VISITOR_SHARE, returning_visitors, visitors, confidence)
    return found
