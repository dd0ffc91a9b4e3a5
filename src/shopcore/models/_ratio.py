"""A ratio as an answer: its value, or why there is none, and how sure one can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from shopcore.models._result import Result

__all__ = ["Ratio"]


@dataclass(frozen=True, slots=True)
class Ratio(Result):
    """A ratio with its parts and interval (比率), or undefined with the reason.

    Attributes
    ----------
    value : float or None
        Numerator over denominator; None where it is undefined.
    numerator, denominator : float
        What was divided: sums, so that ratios can be aggregated without averaging ratios.
    low, high : float or None
        Ends of the interval; None where none can be given.
    confidence : float or None
        Nominal coverage of the interval, such as 0.95.
    method : str
        How the interval was made (``"wilson"``, ``"fieller"``, ``"delta"``, ``"none"``).
    reason : str or None
        Why there is no value (``"zero_denominator"``, ``"no_spend"``, ...).
    basis : str
        What is counted: ``"visit"``, ``"person"``, ``"session"``, ``"order"``, ``"money"``; empty where it does
        not matter.
    """

    # Read by pydantic where a model holds a ratio.
    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid", "ser_json_inf_nan": "strings"}

    value: float | None
    numerator: float
    denominator: float
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    method: str = "none"
    reason: str | None = None
    basis: str = ""

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Ratio:
        """Return the ratio that `to_dict` wrote.

        Raises
        ------
        InputError
            If a field is unknown, missing or of the wrong kind.

        Examples
        --------
        >>> Ratio.from_dict(Ratio(0.25, 5, 20).to_dict()) == Ratio(0.25, 5, 20)
        True
        """
        from pydantic import TypeAdapter, ValidationError

        from shopcore.models._base import translate

        try:
            return TypeAdapter(cls).validate_python(dict(fields))
        except ValidationError as error:
            ours = translate(error, cls)
        raise ours

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def explain(self) -> str:
        """Return the ratio, its parts and its interval in words.

        Examples
        --------
        >>> Ratio(0.25, 5, 20).explain()
        '0.25 = 5 / 20'
        >>> Ratio(None, 5, 0, reason="zero_denominator").explain()
        'undefined (zero_denominator): 5 / 0'
        """
        parts = f"{self.numerator:g} / {self.denominator:g}"
        if self.value is None:
            return f"undefined ({self.reason}): {parts}"
        text = f"{self.value:.6g} = {parts}"
        if self.low is None or self.high is None or self.confidence is None:
            return text
        return f"{text}, {self.confidence:.0%} interval {self.low:.6g} to {self.high:.6g} ({self.method})"

    def __str__(self) -> str:
        """Return the explanation."""
        return self.explain()
