"""Hand-made inline SVG: months as bars, weeks as sparks, ratios as intervals. Text and shapes only, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

from shopcore.operations._html import EMPTY, Markup, joined, tag

_STEPS: Final = (1, 2, 2.5, 5, 10)
_LEFT, _TOP, _BOTTOM = 46, 10, 34
_UNITS: Final = ((1e9, "b"), (1e6, "m"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: its label, the whole bar, the part of it that is margin, the words shown on touch."""

    label: str
    value: float
    part: float | None
    words: str
    is_whole: bool = True


def short(value: float) -> str:
    """Return a number of an axis.

    Examples
    --------
    >>> short(2_500_000.0), short(750_000.0), short(-20.0)
    ('2.5m', '750k', '-20')
    """
    for size, unit in _UNITS:
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Return round numbers that span a range.

    Examples
    --------
    >>> ticks(0.0, 830_000.0)
    [0.0, 250000.0, 500000.0, 750000.0, 1000000.0]
    """
    rough = max(high - low, 1e-9) / count
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))
    first = floor(low / step)
    found = [first * step]
    while found[-1] < high:
        found.append((first + len(found)) * step)
    return found


def bars(items: Sequence[Bar], *, title: str, width: int, height: int, kind: str) -> Markup:
    """Return bars over time with a scale, the margin in front of the revenue."""
    if not items:
        return EMPTY
    low = min(0.0, *(min(bar.value, bar.part or 0.0) for bar in items))
    marks = ticks(low, max(1.0, *(max(bar.value, bar.part or 0.0) for bar in items)))
    room = (width - _LEFT) / len(items)
    scale = _Scale(marks[0], marks[-1], height)
    grid = [
        joined((
            tag("line", x1=_LEFT, x2=width, y1=scale(mark), y2=scale(mark), class_="zero" if mark == 0 else "grid"),
            tag("text", short(mark), x=_LEFT - 6, y=f"{float(scale(mark)) + 4:.1f}", class_="axis end"),
        ))
        for mark in marks
    ]  # fmt: skip
    every = -(-len(items) * 44 // (width - _LEFT))
    columns = [
        _column(bar, _LEFT + index * room, room, scale, is_named=index % every == 0) for index, bar in enumerate(items)
    ]
    return tag(
        "svg", tag("title", title), *grid, *columns, viewBox=f"0 0 {width} {height}", role="img", class_=f"chart {kind}"
    )


class _Scale:
    def __init__(self, low: float, high: float, height: int) -> None:
        self._low, self._span, self._room = low, high - low, height - _TOP - _BOTTOM
        self.foot = _TOP + self._room

    def __call__(self, value: float) -> str:
        return f"{_TOP + self._room * (1 - (value - self._low) / self._span):.1f}"

    def rect(self, value: float, x: float, width: float, kind: str) -> Markup:
        top, zero = sorted((float(self(value)), float(self(0.0))))
        height = max(zero - top, 0.6 if value else 0.0)
        return tag("rect", x=f"{x:.1f}", y=f"{top:.1f}", width=f"{width:.1f}", height=f"{height:.1f}", class_=kind)


def _column(bar: Bar, x: float, room: float, scale: _Scale, *, is_named: bool) -> Markup:
    kind = "bar" if bar.is_whole else "bar partial"
    inside = [scale.rect(bar.value, x + room * 0.14, room * 0.72, kind)]
    if bar.part is not None:
        inside.append(scale.rect(bar.part, x + room * 0.28, room * 0.44, "part"))
    if is_named:
        year, month = bar.label.split("-")
        middle, foot = f"{x + room / 2:.1f}", scale.foot
        names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        inside.append(tag("text", names[int(month) - 1], x=middle, y=foot + 15, class_="axis mid"))
        inside.append(tag("text", year, x=middle, y=foot + 28, class_="axis mid small"))
    return tag("g", tag("title", bar.words), *inside)


def spark(values: Sequence[float], words: str) -> Markup:
    """Return small bars without a scale, the last one marked."""
    if not values:
        return EMPTY
    top = max(*values, 1.0)
    shapes = [
        tag("rect", x=index * 6, y=f"{20 - 19 * max(value, 0) / top - 0.6:.1f}", width=4.5,
            height=f"{19 * max(value, 0) / top + 0.6:.1f}", class_="bar last" if index == len(values) - 1 else "bar")
        for index, value in enumerate(values)
    ]  # fmt: skip
    width = len(values) * 6
    return tag("svg", tag("title", words), *shapes, viewBox=f"0 0 {width} 20", width=width, height=20, role="img")


def interval(low: float, value: float, high: float, *, top: float, mark: float | None, words: str) -> Markup:
    """Return a ratio as a dot in its interval, with a line where the shop as a whole stands."""

    def at(share: float) -> str:
        return f"{4 + 112 * min(max(share, 0.0), top) / top:.1f}"

    shapes = [
        tag("line", x1=at(low), x2=at(high), y1=8, y2=8, class_="range"),
        tag("circle", cx=at(value), cy=8, r=3.4, class_="dot"),
    ]
    if mark is not None:
        shapes.insert(0, tag("line", x1=at(mark), x2=at(mark), y1=0, y2=16, class_="mark"))
    return tag("svg", tag("title", words), *shapes, viewBox="0 0 120 16", width=120, height=16, role="img")
