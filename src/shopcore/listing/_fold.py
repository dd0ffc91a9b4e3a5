"""Texts as they look: one skeleton for all spellings that the eye takes for the same."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

# Letters of other scripts that look like Latin ones, and characters of the long form; after NFKD and case folding.
_LATIN: Final = ("аеорсухкмтвнісјԁԛѕıɑοαυνρτκχ", "aeopcyxkmtbhicjdqsiaoauvptkx")
_LONG: Final = (
    "國級獨絕對頂極優無與藥療癒證專題場際領袖標銷質產癌腫瘀濕腎壯陽熱",
    "国级独绝对顶极优无与药疗愈证专题场际领袖标销质产癌肿瘀湿肾壮阳热",
)
_MORE: Final = ("壓糖預補發細複進環護膚罰萬價網見壹弌蕞0〇丨", "压糖预补发细复进环护肤罚万价网见一一最ool")
_LOOKALIKES: Final = {ord(left): right for pair in (_LATIN, _LONG, _MORE) for left, right in zip(*pair, strict=True)}
# Marks that end a thought are not looked through: "small, best" is not "smallbest".
_BARRIERS: Final = frozenset("，。；！？、,;!?：:\n\r\t")
BARRIER: Final = "\x00"


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    if character in _BARRIERS:
        return BARRIER
    plain = unicodedata.normalize("NFKD", character).casefold().translate(_LOOKALIKES)
    return "".join(part for part in plain if unicodedata.category(part)[0] in "LN" or part == "%")


def skeleton(text: str) -> tuple[str, list[int]]:
    """Return a text's letters and digits as they look, and where each stands in the text.

    Width, case, accents, letters of other scripts, spaces, symbols and invisible marks are seen through.

    Examples
    --------
    >>> skeleton("Ｎ０．１\u200b 品 牌")[0]
    'no1品牌'
    """
    parts: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        folded = _folded(character)
        parts.append(folded)
        places.extend([place] * len(folded))
    return "".join(parts), places


def joins(text: str, place: int, step: int) -> bool:
    """Return whether a Latin letter or digit stands right beside a place; invisible marks are passed over."""
    place += step
    while 0 <= place < len(text):
        if unicodedata.category(text[place]) not in ("Cf", "Mn", "Me", "Cc"):
            folded = _folded(text[place])
            return folded.isascii() and folded.isalnum()
        place += step
    return False
