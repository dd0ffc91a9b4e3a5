"""Titles: the order of their words, and words repeated to be found more often."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shopcore._checks import at_most, fail, instance
from shopcore.listing._fold import BARRIER, skeleton

__all__ = ["TitleWords", "repeated_words", "title_width", "words_out_of_order"]

MAX_NAMED: Final = 200
GROUPS: Final = ("core", "attributes", "scene")


@dataclass(frozen=True, slots=True)
class TitleWords:
    """The words a title should hold (标题结构), in this order: core words, attributes, scene.

    Parameters
    ----------
    core : sequence of str
        What it is: ``("马克杯", "水杯")``.
    attributes : sequence of str
        Material, size, style.
    scene : sequence of str
        Occasion, user, season.

    Examples
    --------
    >>> TitleWords(core=["mug"], attributes=["stoneware", "300 ml"], scene=["office"]).core
    ('mug',)
    """

    core: Sequence[str] = field(default=(), kw_only=True)
    attributes: Sequence[str] = field(default=(), kw_only=True)
    scene: Sequence[str] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        for name in GROUPS:
            words = getattr(self, name)
            if isinstance(words, str):
                fail(name, words, "a sequence of words", reason="type")
            at_most(name, words, MAX_NAMED, "words")
            for word in words:
                instance(name, word, str)
            object.__setattr__(self, name, tuple(words))


def title_width(text: str) -> int:
    """Return how wide a title is: full-width characters count two, others one, invisible marks none.

    Examples
    --------
    >>> title_width("马克杯 mug")
    10
    """
    return sum(
        0
        if unicodedata.category(character) in ("Cf", "Mn", "Me")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _first(shape: str, words: Sequence[str]) -> int | None:
    forms = (skeleton(word)[0] for word in words)
    found = [shape.find(form) for form in forms if form]
    return min((place for place in found if place >= 0), default=None)


def words_out_of_order(title: str, words: TitleWords) -> tuple[str, ...]:
    """Return the groups of words that stand before a group that should precede them; ``"core"`` first if it is absent.

    Examples
    --------
    >>> words_out_of_order("office stoneware mug", TitleWords(core=["mug"], attributes=["stoneware"], scene=["office"]))
    ('attributes', 'scene')
    """
    shape = skeleton(title)[0]
    places = [_first(shape, getattr(words, name)) for name in GROUPS]
    if words.core and places[0] is None:
        return ("core",)
    late: list[str] = []
    for index, name in enumerate(GROUPS):
        before = [place for place in places[:index] if place is not None]
        place = places[index]
        if place is not None and before and place < max(before):
            late.append(name)
    return tuple(late)


def repeated_words(title: str, *, times: int = 3) -> tuple[str, ...]:
    """Return what a title repeats at least `times` times (关键词堆砌): words, and runs of characters in Chinese.

    Examples
    --------
    >>> repeated_words("杯子男士杯子女士杯子", times=3)
    ('杯子',)
    """
    shape = skeleton(title)[0]
    spaced = [skeleton(word)[0].replace(BARRIER, "") for word in title.split()]
    found = {word for word in spaced if len(word) > 1 and spaced.count(word) >= times}
    for size in range(6, 1, -1):
        for at in range(len(shape) - size + 1):
            part = shape[at : at + size]
            wide = not part.isascii() and BARRIER not in part
            if wide and shape.count(part) >= times and not any(part in longer for longer in found):
                found.add(part)
    return tuple(sorted(found))
