"""One way to define a metric: its two parts, its basis, and what people should know; the rest is the same for all.

`share` makes the metrics that divide counts of a part by counts of its whole, `average` those that divide totals.
Both give plain functions whose docstring is put together from the definition; how each is called, for type checkers,
stands in `_signatures`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature, cleandoc
from typing import Any, Final

from shopcore._arrays import NON_NEGATIVE, floats
from shopcore.traffic._ratio import CONFIDENCE, Meaning, of_counts, of_totals


@dataclass(frozen=True, slots=True)
class Words:
    """What is said about a metric: first line, use, its parts, the unit of the answer, notes, examples."""

    says: str
    use: str
    part: str
    whole: str
    notes: str
    example: str
    unit: str = "A share in [0, 1]"


_PAGE: Final = """Return {words.says}

{words.use}

Parameters
----------
{meaning.part} : float or array
    {words.part}, >= 0.
{meaning.whole} : float or array
    {words.whole}, >= 0.
{confidence}
Returns
-------
Ratio or Ratios
    {words.unit}; basis ``"{meaning.basis}"``; without a value
    (reason ``"{meaning.empty}"``) where `{meaning.whole}` is zero.

Raises
------
InputError
    If a value is negative or not finite{excess}.

Notes
-----
{words.notes}

Examples
--------
{words.example}
"""
_CONFIDENCE: Final = """confidence : float
    Coverage of the Wilson interval, in (0, 1).
"""


def share(name: str, meaning: Meaning, words: Words) -> Any:
    """Return the metric `name`: a share of counts with its Wilson interval."""
    signature = _signature(meaning, Parameter("confidence", Parameter.KEYWORD_ONLY, default=CONFIDENCE))

    def metric(*parts: Any, **named: Any) -> Any:
        given = signature.bind(*parts, **named)
        return of_counts(meaning, given.args[0], given.args[1], given.kwargs.get("confidence", CONFIDENCE))

    excess = f", or `{meaning.part}` exceeds `{meaning.whole}`"
    page = _PAGE.format(meaning=meaning, words=words, confidence=_CONFIDENCE, excess=excess)
    return _named(metric, name, signature, page)


def average(name: str, meaning: Meaning, words: Words, *, per: float = 1.0) -> Any:
    """Return the metric `name`: one total over `per` of another, without an interval."""
    signature = _signature(meaning)

    def metric(*parts: Any, **named: Any) -> Any:
        part, whole = signature.bind(*parts, **named).args
        return of_totals(meaning, part, whole if per == 1.0 else floats(meaning.whole, whole, NON_NEGATIVE) / per)

    page = _PAGE.format(meaning=meaning, words=words, confidence="", excess="")
    return _named(metric, name, signature, page)


def examples(*metrics: Callable[..., Any]) -> dict[str, str]:
    """Return the docstrings by name, where doctest looks for those of functions that were made."""
    return {metric.__name__: str(metric.__doc__) for metric in metrics}


def _signature(meaning: Meaning, *more: Parameter) -> Signature:
    parts = [Parameter(each, Parameter.POSITIONAL_OR_KEYWORD) for each in (meaning.part, meaning.whole)]
    return Signature([*parts, *more])


def _named(metric: Any, name: str, signature: Signature, page: str) -> Any:
    metric.__name__ = metric.__qualname__ = name
    metric.__module__ = "shopcore.traffic"
    metric.__signature__ = signature
    metric.__doc__ = cleandoc(page)
    return metric
