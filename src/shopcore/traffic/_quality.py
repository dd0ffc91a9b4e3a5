"""Whether traffic is what it seems: sources that behave unlike the others, mixes off their reference, peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shopcore._checks import at_most, entries, fail, mapping, number, one_of, text
from shopcore._intervals import CORRECTIONS, Correction, adjust, binomial_p, counts
from shopcore.models._ratio import Ratio
from shopcore.models._result import Result, html_table
from shopcore.traffic._compare import proportion_tests
from shopcore.traffic._ratio import CONFIDENCE, Meaning, of_counts
from shopcore.typing import FloatLike


@dataclass(frozen=True, slots=True)
class SourceSign(Result):
    """One figure of one source against all others (异常信号).

    Attributes
    ----------
    source, measure : str
        What was looked at.
    rate : Ratio
        Of the source.
    others : float or None
        The same of all other sources together.
    p_value, adjusted_p : float or None
        One-sided, and adjusted for all that was looked at; None where there is nothing to compare.
    alarm : bool
        Whether the adjusted p value is at most the error allowed.
    """

    source: str
    measure: str
    rate: Ratio
    others: float | None
    p_value: float | None
    adjusted_p: float | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class SourceQuality(Result):
    """Sources that do not behave like people (虚假流量排查).

    Attributes
    ----------
    signs : tuple of SourceSign
        Every source and measure.
    error : float
        Share of false alarms allowed among the alarms (Benjamini-Hochberg), or chance of any (Holm).
    correction : str
        How the p values were adjusted.
    """

    signs: tuple[SourceSign, ...]
    error: float
    correction: str

    def alarms(self) -> tuple[SourceSign, ...]:
        """Return the signs that raise an alarm, the clearest first."""
        return tuple(sorted((sign for sign in self.signs if sign.alarm), key=lambda sign: sign.adjusted_p or 0.0))

    def explain(self) -> str:
        """Return the alarms in words."""
        lines = [
            f"{sign.source}: {sign.measure} {sign.rate.explain()}, p {sign.adjusted_p:.3g}" for sign in self.alarms()
        ]
        return "\n".join(lines) or "no source behaves unlike the others"

    def _repr_html_(self) -> str:
        """Return a table of the alarms."""
        rows = [(s.source, s.measure, s.rate.value, s.others, s.adjusted_p) for s in self.alarms()]
        return html_table("SourceQuality", ("source", "measure", "rate", "others", "adjusted p"), rows)


def source_quality(
    sources: Sequence[str],
    measures: Mapping[str, tuple[FloatLike, FloatLike, Literal["high", "low"]]],
    *,
    error: float = 0.05,
    correction: Correction = "benjamini_hochberg",
) -> SourceQuality:
    """Return which sources behave unlike the others (虚假流量排查), with the rate of false alarms held.

    Bought clicks bounce, never save anything and never buy. Looking at fifty sources by three measures finds seven
    "significant" ones among honest people; the correction takes that into account.

    Parameters
    ----------
    sources : sequence of str
        Two to 10,000.
    measures : mapping of str to (part, whole, side)
        Counts of each source and which side is suspicious:
        ``{"bounce rate": (single_page, visits, "high"), "conversion": (buyers, visitors, "low")}``.
    error : float
        In (0, 1).
    correction : {"benjamini_hochberg", "holm", "none"}
        How p values are adjusted.

    Returns
    -------
    SourceQuality
        A sign per source and measure. Unlike is no proof of fraud: a new audience is unlike too.

    Raises
    ------
    InputError
        If a part exceeds its whole, a side is unknown, or columns differ in length.

    Notes
    -----
    One-sided pooled z test of the source against all others. Source: Benjamini and Hochberg 1995.

    Examples
    --------
    >>> found = source_quality(["search", "live", "cheap"], {"conversion": ([90, 62, 1], [3000, 2000, 1500], "low")})
    >>> [sign.source for sign in found.alarms()]
    ['cheap']
    """
    at_most("sources", sources, 10_000, "sources")
    names = [text(f"sources.{i}", name, max_length=200) for i, name in enumerate(entries("sources", sources))]
    mapping("measures", measures)
    limit = number("error", error, low=0.0, high=1.0, low_open=True, high_open=True)
    one_of("correction", correction, CORRECTIONS)
    if len(names) < 2 or not measures:
        fail("sources", len(names), "two sources or more and one measure or more", reason="empty")
    for measure, columns in measures.items():
        if not isinstance(columns, tuple | list) or len(columns) != 3:
            fail(f"measures.{measure}", columns, "(part, whole, side)", reason="shape")
    rows = [
        row for measure, (part, whole, side) in measures.items() for row in _signs(names, measure, part, whole, side)
    ]
    adjusted = adjust([row[4] for row in rows], correction)
    signs = tuple(
        SourceSign(source, measure, rate, _or_none(others), _or_none(p), _or_none(q), bool(q <= limit))
        for (source, measure, rate, others, p), q in zip(rows, adjusted.tolist(), strict=True)
    )
    return SourceQuality(signs, limit, correction)


def _signs(
    names: list[str], measure: str, part: FloatLike, whole: FloatLike, side: str
) -> list[tuple[str, str, Ratio, float, float]]:
    one_of(f"measures.{measure}", side, ("high", "low"))
    hits, tries = (np.atleast_1d(c) for c in counts(part, whole, (f"{measure} part", f"{measure} whole")))
    if hits.shape != (len(names),):
        fail(f"measures.{measure}", hits.shape, f"columns of {len(names)} rows", reason="shape")
    rest, rest_of = hits.sum() - hits, tries.sum() - tries
    tests = proportion_tests(rest, rest_of, hits, tries, alternative="greater" if side == "high" else "less")
    rates = of_counts(Meaning("part", "whole", "", "no_traffic"), hits, tries, CONFIDENCE)
    others = np.divide(rest, rest_of, out=np.full(rest.shape, np.nan), where=rest_of > 0.0)
    return [(name, measure, rates[i], float(others[i]), float(tests.p_value[i])) for i, name in enumerate(names)]


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, slots=True)
class PeerComparison(Result):
    """A rate against that of the peers (同行对比).

    Attributes
    ----------
    rate : Ratio
        One's own, with Wilson interval.
    peer_rate : float
        Taken as known.
    p_value : float or None
        Exact binomial, two-sided; None without visitors.
    verdict : str
        ``"above"``, ``"below"``, ``"alike"`` (no difference shown), or ``"no_visitors"``.
    """

    rate: Ratio
    peer_rate: float
    p_value: float | None
    verdict: str


def compare_with_peers(
    buyers: float, visitors: float, *, peer_rate: float, confidence: float = CONFIDENCE
) -> PeerComparison:
    """Return whether a conversion rate differs from the peers' average (同行对比), by an exact test.

    Parameters
    ----------
    buyers, visitors : float
        Distinct people, buyers among visitors; whole numbers.
    peer_rate : float
        The average the platform shows, in [0, 1].
    confidence : float
        Of interval and verdict, in (0, 1).

    Returns
    -------
    PeerComparison
        With the verdict.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    The p value sums the outcomes no more likely than the one seen. Source: Clopper and Pearson 1934; own definition.

    Examples
    --------
    >>> found = compare_with_peers(45, 2000, peer_rate=0.03)
    >>> round(found.p_value, 5), found.verdict
    (0.04903, 'below')
    """
    bought, came = number("buyers", buyers, low=0.0), number("visitors", visitors, low=0.0)
    rate: Ratio = of_counts(Meaning("buyers", "visitors", "person", "no_visitors"), bought, came, confidence)
    peers = number("peer_rate", peer_rate, low=0.0, high=1.0)
    if rate.value is None:
        return PeerComparison(rate, peers, None, "no_visitors")
    p = float(binomial_p(bought, came, peers))
    verdict = "alike" if p > 1.0 - confidence else "above" if rate.value > peers else "below"
    return PeerComparison(rate, peers, p, verdict)


@dataclass(frozen=True, slots=True)
class SourceShare(Result):
    """The share of one kind of traffic against its reference (流量占比).

    Attributes
    ----------
    source : str
        Such as ``"search"``, ``"paid"``, ``"live"``.
    share : Ratio
        With Wilson interval.
    reference : float or None
        Share it should have.
    state : str
        ``"too_high"``, ``"too_low"``, ``"within"``, ``"no_reference"`` or ``"no_visits"``.
    """

    source: str
    share: Ratio
    reference: float | None
    state: str


def traffic_structure(
    visits: Mapping[str, float],
    *,
    reference: Mapping[str, float] | None = None,
    tolerance: float = 0.05,
    confidence: float = CONFIDENCE,
) -> tuple[SourceShare, ...]:
    """Return the mix of traffic (流量结构) and which parts are too large or too small against a reference.

    A shop that lives on paid visits alone is one raise of the price of a click away from loss.

    Parameters
    ----------
    visits : mapping of str to float
        Visits by source, >= 0 (visits, not people: a person counts in every source).
    reference : mapping of str to float, optional
        Shares in [0, 1], of peers or of a plan.
    tolerance : float
        Points of share that do not matter, >= 0.
    confidence : float
        Coverage of the intervals, in (0, 1).

    Returns
    -------
    tuple of SourceShare
        A source is out of range where its whole interval lies beyond the tolerance.

    Raises
    ------
    InputError
        If a number is out of range or a reference names an unknown source.

    Examples
    --------
    >>> found = traffic_structure({"search": 4200, "paid": 6100, "live": 900}, reference={"search": 0.5, "paid": 0.3})
    >>> [(part.source, part.state) for part in found]
    [('search', 'too_low'), ('paid', 'too_high'), ('live', 'no_reference')]
    """
    at_most("visits", mapping("visits", visits), 10_000, "sources")
    known = {} if reference is None else mapping("reference", reference)
    unknown = sorted(set(known) - set(visits))
    if unknown:
        fail("reference", unknown[0], "a source of visits", reason="unknown")
    room = number("tolerance", tolerance, low=0.0)
    parts = {source: number(f"visits.{source}", count, low=0.0) for source, count in visits.items()}
    whole = float(sum(parts.values()))
    found = []
    for source, count in parts.items():
        share: Ratio = of_counts(Meaning("visits", "all visits", "visit", "no_visits"), count, whole, confidence)
        goal = known.get(source)
        aim = None if goal is None else number(f"reference.{source}", goal, low=0.0, high=1.0)
        found.append(SourceShare(source, share, aim, _state(share, aim, room)))
    return tuple(found)


def _state(share: Ratio, aim: float | None, room: float) -> str:
    if share.low is None or share.high is None:
        return "no_visits"
    if aim is None:
        return "no_reference"
    if share.low > aim + room:
        return "too_high"
    return "too_low" if share.high < aim - room else "within"
