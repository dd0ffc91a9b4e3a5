"""Journeys in columns: which channels were touched in which order, and how often that ended in a sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shopcore._arrays import NON_NEGATIVE, ByValue, check_rows, fail_rows, floats, minors
from shopcore._checks import at_most, entries, fail, text
from shopcore.errors import ShapeError
from shopcore.models._result import Result
from shopcore.typing import FloatArray, FloatLike, IntArray, IntLike

MAX_CHANNELS: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Journeys(ByValue, Result):
    """Journeys of customers in columns (转化路径); equal paths may share a row with their counts.

    Attributes
    ----------
    channels : tuple of str
        Names; a code is a position in them.
    codes : int array, shape (touches,)
        The touches of all journeys, one journey after another, each in order of time.
    offsets : int array, shape (n + 1,)
        Journey i holds the touches from ``offsets[i]`` to ``offsets[i + 1]``.
    conversions, value, nulls : float array, shape (n,)
        How often the journey ended in a sale, the value of those sales together, how often in none.
    days : float array, shape (touches,), or None
        Days from the touch to the end of its journey.
    """

    channels: tuple[str, ...]
    codes: IntArray
    offsets: IntArray
    conversions: FloatArray
    value: FloatArray
    nulls: FloatArray
    days: FloatArray | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.conversions.size)

    @property
    def lengths(self) -> IntArray:
        """Touches of each journey."""
        found: IntArray = np.diff(self.offsets)
        return found

    def per_touch(self, values: FloatArray) -> FloatArray:
        """Return a column of the journeys repeated for each of their touches."""
        found: FloatArray = np.repeat(values, self.lengths)
        return found

    def weighted(self, conversions: FloatArray, nulls: FloatArray) -> Journeys:
        """Return the same paths with other counts; the value of one conversion stays."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(self.conversions > 0.0, self.value / self.conversions, 0.0)
        return Journeys(self.channels, self.codes, self.offsets, conversions, each * conversions, nulls, self.days)

    def explain(self) -> str:
        """Return the size in words."""
        return (
            f"{len(self)} journeys, {self.codes.size} touches of {len(self.channels)} channels, "
            f"{self.conversions.sum():g} conversions, {self.nulls.sum():g} without"
        )


def journeys(
    codes: IntLike,
    offsets: IntLike,
    *,
    channels: Sequence[str],
    conversions: FloatLike,
    nulls: FloatLike | None = None,
    value: FloatLike | None = None,
    days: FloatLike | None = None,
) -> Journeys:
    """Return journeys from coded columns (转化路径), checked once, for millions of rows.

    Parameters
    ----------
    codes : int array, shape (touches,)
        Positions in `channels`, the journeys one after another, each in order of time.
    offsets : int array, shape (n + 1,)
        Where each journey begins; from 0 to the number of touches, every journey at least one touch.
    channels : sequence of str
        Names, at most 10,000.
    conversions, nulls, value : float or array, shape (n,)
        Times it ended in a sale, in none (default 0), and the value of the sales (default 0); >= 0.
    days : array, shape (touches,), optional
        Days from the touch to the end of the journey, >= 0; needed by `time_decay_credit`.

    Returns
    -------
    Journeys
        The columns.

    Raises
    ------
    InputError
        If a code, an offset or a number is out of its range, or a row has value without conversions; LimitError
        above 100,000,000 touches; ShapeError if columns do not fit.

    Examples
    --------
    >>> journeys([0, 1, 1], [0, 2, 3], channels=["search", "live"], conversions=[3, 0], nulls=[1, 9]).explain()
    '2 journeys, 3 touches of 2 channels, 3 conversions, 10 without'
    """
    names = _names(channels)
    touches, edges = _ints("codes", codes), _ints("offsets", offsets)
    check_rows("codes", touches.size)
    if touches.size and (int(touches.min()) < 0 or int(touches.max()) >= len(names)):
        fail_rows("codes", (touches < 0) | (touches >= len(names)), touches, f"in [0, {len(names) - 1}]")
    if edges.size == 0 or edges[0] != 0 or edges[-1] != touches.size:
        fail("offsets", edges.size, f"offsets from 0 to {touches.size}", reason="shape")
    if (edges[1:] <= edges[:-1]).any():
        fail_rows("offsets", edges[1:] <= edges[:-1], edges[1:], "rising: every journey has a touch", reason="empty")
    n = edges.size - 1
    sales, lost, money = (
        _column(name, column, n) for name, column in (("conversions", conversions), ("nulls", nulls), ("value", value))
    )
    if ((money > 0.0) & (sales == 0.0)).any():
        fail_rows("value", (money > 0.0) & (sales == 0.0), money, "0 where there are no conversions")
    ages = None if days is None else _column("days", days, touches.size)
    return Journeys(names, touches, edges, sales, money, lost, ages)


def journeys_of_paths(
    paths: Sequence[Sequence[str]],
    *,
    conversions: FloatLike,
    nulls: FloatLike | None = None,
    value: FloatLike | None = None,
    days: Sequence[Sequence[float]] | None = None,
) -> Journeys:
    """Return journeys from paths of channel names (转化路径); channels in order of appearance.

    Parameters
    ----------
    paths : sequence of sequences of str
        The channels of each journey in order of time, at least one.
    conversions, nulls, value : float or array, shape (n,)
        As in `journeys`.
    days : sequence of sequences of float, optional
        Days from each touch to the end of its journey.

    Returns
    -------
    Journeys
        The columns.

    Raises
    ------
    InputError
        As `journeys`; ShapeError if the days do not fit the paths.

    Examples
    --------
    >>> journeys_of_paths([["ads", "mail"], ["mail"]], conversions=[1, 1], nulls=[0, 2]).channels
    ('ads', 'mail')
    """
    paths = [entries(f"paths.{position}", path) for position, path in enumerate(entries("paths", paths))]
    for position, path in enumerate(paths):
        if not path:
            fail(f"paths.{position}", path, "a list of at least one channel", reason="shape")
    place: dict[str, int] = {}
    codes = [place.setdefault(text("paths", name, max_length=200), len(place)) for name in chain.from_iterable(paths)]
    offsets = np.concatenate(([0], np.cumsum([len(path) for path in paths], dtype=np.int64)))
    flat: list[float] | None = None
    if days is not None:
        days = [entries(f"days.{position}", row) for position, row in enumerate(entries("days", days))]
        if [len(row) for row in days] != [len(path) for path in paths]:
            raise ShapeError("days must have one number per touch", argument="days", reason="shape")
        flat = list(chain.from_iterable(days))
    return journeys(codes, offsets, channels=tuple(place), conversions=conversions, nulls=nulls, value=value, days=flat)


def _names(channels: Sequence[str]) -> tuple[str, ...]:
    at_most("channels", channels, MAX_CHANNELS, "channels")
    names = tuple(text(f"channels.{i}", name, max_length=200) for i, name in enumerate(channels))
    if len(set(names)) < len(names):
        fail("channels", names, "names that differ", reason="duplicate")
    return names


def _ints(argument: str, values: Any) -> IntArray:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        found: NDArray[np.int64] = values.astype(np.int64, copy=False)
    else:
        found = minors(argument, entries(argument, values))
    if found.ndim != 1:
        raise ShapeError(f"{argument} must be a column, got shape {found.shape}", argument=argument, reason="shape")
    return found


def _column(argument: str, values: FloatLike | None, size: int) -> FloatArray:
    column = floats(argument, 0.0 if values is None else values, NON_NEGATIVE)
    if column.ndim > 1 or (column.ndim == 1 and column.size != size):
        raise ShapeError(f"{argument} must have {size} rows, got {column.shape}", argument=argument, reason="shape")
    found: FloatArray = np.broadcast_to(column, (size,))
    return found
