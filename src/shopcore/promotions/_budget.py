"""How far a search may go: nodes and gap first, seconds only on top."""

from __future__ import annotations

from dataclasses import dataclass

from shopcore._checks import fail, integer, number

__all__ = ["SearchBudget"]


@dataclass(frozen=True, slots=True)
class SearchBudget:
    """How far the search for the best combination may go.

    Parameters
    ----------
    nodes : int
        Steps of the search: combinations looked at, and rules asked for what they could still take off. Two calls
        with the same nodes give the same bytes. The solver of single-use units gets one node for every 20.
    gap : float
        Enough is a combination that saves at least ``1 - gap`` of what is possible; 0 searches to the proof.
    seconds : float, optional
        A wall-clock limit for the solver of single-use units on top. It makes the answer depend on the machine; the
        result states the gap either way.
    """

    nodes: int = 20_000
    gap: float = 0.0
    seconds: float | None = None

    def __post_init__(self) -> None:
        integer("nodes", self.nodes, low=0, high=10**9)
        number("gap", self.gap, low=0.0, high=1.0)
        if self.seconds is not None and not number("seconds", self.seconds, low=0.0) > 0:
            fail("seconds", self.seconds, "positive", reason="range")
