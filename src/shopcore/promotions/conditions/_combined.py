"""Conditions made of conditions."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import model_validator

from shopcore._checks import fail_limit
from shopcore.models import Public
from shopcore.models._fields import Many
from shopcore.models._promotion import ConditionField, RawRule
from shopcore.models._rule import CartView, Condition, Unmet
from shopcore.promotions.conditions._base import Check

__all__ = ["AllOf", "AnyOf", "NoneOf"]

MAX_DEPTH: Final = 16
Parts: TypeAlias = Annotated[tuple[ConditionField, ...], Many(100, "conditions")]
UNKNOWN: Final = Unmet("unknown_kind")


class _Combined(Check):
    of: Public[Parts]

    @model_validator(mode="after")
    def _not_too_deep(self) -> Self:
        if self.height > MAX_DEPTH:
            fail_limit("of", self.height, MAX_DEPTH, "levels", reason="too_deep")
        return self

    @property
    def height(self) -> int:
        """Levels of conditions; every part was measured when it was made, so this does not go deep."""
        return 1 + max((part.height if isinstance(part, _Combined) else 1 for part in self.of), default=0)

    def resolved(self, find: Any) -> Self:
        """Return it with its parts looked up by `find`."""
        return self.evolve(of=tuple(find(part) for part in self.of))


def ask(part: Condition, view: CartView) -> Unmet | None:
    """Return what a part says; one that is still raw is never met."""
    return UNKNOWN if isinstance(part, RawRule) else part.check(view)


class AllOf(_Combined):
    """All of these conditions are met; the first that is not gives the reason.

    Examples
    --------
    >>> from shopcore.promotions.conditions import Channel, FirstOrder
    >>> AllOf(of=[FirstOrder(), Channel(channels=["app"])]).height
    2
    """

    kind: Public[Literal["all"]] = "all"

    def check(self, view: CartView) -> Unmet | None:
        """Return the first part's reason that is not met."""
        for part in self.of:
            unmet = ask(part, view)
            if unmet is not None:
                return unmet
        return None


class AnyOf(_Combined):
    """One of these conditions is met; else the first one's reason is given.

    Examples
    --------
    >>> from shopcore.promotions.conditions import Channel, FirstOrder
    >>> AnyOf(of=[FirstOrder(), Channel(channels=["app"])]).kind
    'any'
    """

    kind: Public[Literal["any"]] = "any"

    def check(self, view: CartView) -> Unmet | None:
        """Return None as soon as a part is met."""
        first: Unmet | None = Unmet("no_condition")
        for place, part in enumerate(self.of):
            unmet = ask(part, view)
            if unmet is None:
                return None
            first = unmet if place == 0 else first
        return first


class NoneOf(_Combined):
    """None of these conditions is met (not).

    Examples
    --------
    >>> from shopcore.promotions.conditions import MemberLevel
    >>> NoneOf(of=[MemberLevel(levels=["staff"])]).kind
    'none'
    """

    kind: Public[Literal["none"]] = "none"

    def check(self, view: CartView) -> Unmet | None:
        """Return a reason as soon as a part is met, or is not known."""
        for part in self.of:
            unmet = ask(part, view)
            if unmet is None or unmet.code == "unknown_kind":
                return Unmet("excluded") if unmet is None else unmet
        return None
