"""Forbidden claims in a text, through disguises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shopcore._checks import at_most, fail, fail_limit, instance
from shopcore.listing._fold import BARRIER, joins, skeleton
from shopcore.listing._words import PRC_WORDS, ClaimWord
from shopcore.models import Result

__all__ = ["ClaimHit", "find_claims"]

MAX_TEXT: Final = 100_000
MAX_WORDS: Final = 10_000
MAX_HITS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ClaimHit(Result):
    """A forbidden word found in a text.

    Attributes
    ----------
    word, category, rule : str
        Of the list.
    found : str
        As it stands in the text.
    start, end : int
        Where; ``text[start:end] == found``.
    disguised : bool
        Whether it was written so that a plain search would miss it: spaced out, full width, look-alike letters.
    """

    word: str
    category: str
    rule: str
    found: str
    start: int
    end: int
    disguised: bool

    def explain(self) -> str:
        """Return the hit as a sentence."""
        how = f" written as {self.found!r}" if self.disguised else ""
        return f"{self.word}{how}: {self.category}" + (f" ({self.rule})" if self.rule else "")


def find_claims(
    text: str, *, words: Sequence[ClaimWord] = PRC_WORDS, allowed: Iterable[str] = ()
) -> tuple[ClaimHit, ...]:
    """Return the forbidden words of a text, in the order they stand there (违禁词检查).

    Spaces, symbols, invisible marks, full-width and look-alike letters inside a word are seen through; marks that end
    a thought are not. Where one hit lies inside another, the longer one is given.

    Parameters
    ----------
    text : str
        A title or description of at most 100,000 characters.
    words : sequence of ClaimWord
        The list; by default superlatives and medical claims of the PRC's Advertising Law.
    allowed : iterable of str
        Words of the list that this shop may use, by their text.

    Returns
    -------
    tuple of ClaimHit
        At most 1,000. A hit is a reason to look, not a verdict: a disguised one may be chance.

    Raises
    ------
    InputError
        If an argument is of the wrong kind or `allowed` names a word that is not in the list.
    LimitError
        If the text or the list is too long.

    Notes
    -----
    Both sides are compared as skeletons: NFKD, case folding, look-alikes of other scripts and long-form characters
    mapped, all but letters, digits and the percent sign dropped.
    Source: Advertising Law of the PRC (2021), art. 9, 17, 28; look-alikes after Unicode UTS 39.

    Examples
    --------
    >>> [hit.word for hit in find_claims("ＮＯ．１ 品牌，全网 最 低价")]
    ['NO.1', '全网最低价']
    """
    instance("text", text, str)
    if len(text) > MAX_TEXT:
        fail_limit("text", len(text), MAX_TEXT, "characters", reason="too_long")
    at_most("words", words, MAX_WORDS, "words")
    known = _usual() if words is PRC_WORDS else _prepared(words)
    free = frozenset(allowed)
    unknown = free and free - {word.text for word, _ in known}
    if unknown:
        fail("allowed", min(unknown), "words of the list", reason="unknown")
    shape, places = skeleton(text)
    present = [(word, form) for word, form in known if form in shape and word.text not in free]
    hits = [hit for word, form in present for hit in _hits(text, shape, places, word, form)]
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    return tuple(_longest(hits))[:MAX_HITS]


@lru_cache(maxsize=1)
def _usual() -> list[tuple[ClaimWord, str]]:
    return _prepared(PRC_WORDS)


def _prepared(words: Sequence[ClaimWord]) -> list[tuple[ClaimWord, str]]:
    return [(word, _form(instance("words", word, ClaimWord).text)) for word in words]


@lru_cache(maxsize=20_000)
def _form(word: str) -> str:
    found = skeleton(word)[0].replace(BARRIER, "")
    if not found:
        fail("words", word, "words with a letter or digit", reason="format")
    return found


def _hits(text: str, shape: str, places: list[int], word: ClaimWord, form: str) -> Iterable[ClaimHit]:
    at = shape.find(form)
    while at >= 0:
        start, end = places[at], places[at + len(form) - 1] + 1
        # A Latin word stands by itself: "casino 1" holds no "no 1", and "no 12" neither.
        cut_before = form[0].isascii() and joins(text, start, -1)
        cut_after = form[-1].isascii() and joins(text, end - 1, 1)
        if not (cut_before or cut_after):
            found = text[start:end]
            yield ClaimHit(
                word=word.text, category=word.category, rule=word.rule, found=found, start=start, end=end,
                disguised=found.casefold() != word.text.casefold(),
            )  # fmt: skip
        at = shape.find(form, at + 1)


def _longest(hits: list[ClaimHit]) -> Iterable[ClaimHit]:
    reached = -1
    for hit in hits:
        if hit.end > reached:
            reached = hit.end
            yield hit
