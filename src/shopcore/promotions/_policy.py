"""The stacking policy: one versioned value that says which promotions may meet and what each of them sees."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from shopcore.models import Model, Public, Rate, RoundingPolicy
from shopcore.models._fields import Count, Many, Word
from shopcore.models._rate import rate_argument
from shopcore.models._rule import Basis
from shopcore.promotions._schema import tidy

__all__ = ["StackingPolicy", "StagePolicy"]

SCHEMA: Final = "shopcore.stacking/1"
PER_LINE: Final = RoundingPolicy("line")
GroupLimits: TypeAlias = tuple[tuple[Word, Count], ...]
UnitMode: TypeAlias = Literal["shared", "once"]


def _pairs(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(value.items())
    # A validator that runs first sees a JSON array as a list, which a strict tuple would refuse.
    return (
        tuple(tuple(pair) if isinstance(pair, list) else pair for pair in value) if isinstance(value, list) else value
    )


def _part(rate: Rate) -> Rate:
    return rate_argument("max_discount", rate, high=1)


class StagePolicy(Model):
    """What differs in one stage; a field left None follows the policy.

    Parameters
    ----------
    stage : int
        Which stage it speaks of.
    units : {"shared", "once"}, optional
        Whether promotions of the stage may act on the same unit. Stages of single use draw on the same units, in
        order; a stage that shares its units sees all of them, at the prices earlier stages left.
    within : {"all", "one", "best"}
        All promotions of the stage, only the first that takes effect, or only the one that takes off most.
    threshold_basis, percent_basis : {"running", "item", "list"}, optional
        What thresholds and percents of the stage are measured on.
    """

    stage: Public[Annotated[int, Field(ge=0, le=1_000)]]
    units: Public[UnitMode | None] = None
    within: Public[Literal["all", "one", "best"]] = "all"
    threshold_basis: Public[Basis | None] = None
    percent_basis: Public[Basis | None] = None


class StackingPolicy(Model):
    """How promotions stack on one order (叠加规则).

    Parameters
    ----------
    selection : {"priority", "best"}
        Take promotions in order while they are legal and take effect, or find the legal combination with the lowest
        amount to pay, shipping included.
    units : {"shared", "once"}
        Whether promotions may act on the same unit, or each unit serves at most one.
    threshold_basis, percent_basis : {"running", "item", "list"}
        Prices left by earlier promotions, after stage 0, or before every promotion.
    stages : tuple of StagePolicy
        What differs in single stages.
    group_limits : mapping or pairs of (group, n)
        At most n promotions of a group.
    max_codes, max_promotions : int, optional
        At most so many codes, and promotions, on one order.
    may_decline : bool
        In best selection, whether a promotion may be left out though it is legal. False: a set must be complete.
    order : {"fixed", "free"}
        In best selection, whether promotions of one stage keep their order or take the best one.
    max_discount : Rate, optional
        All promotions together take at most this share of the list price of the goods.
    rounding : RoundingPolicy
        How a percent is rounded: per unit, per line (default) or over the order.
    multibuy_allocation : {"on_unit", "spread_group"}
        Whether the discounted units of a group carry its discount, or all its units by value.
    tie_break : {"fewest", "most"}
        Between combinations that cost the same: the one with fewer, or more, promotions; then by order of
        application.

    Examples
    --------
    >>> policy = StackingPolicy(selection="best", group_limits={"price": 1}, max_codes=1)
    >>> StackingPolicy.from_json(policy.to_json()) == policy
    True
    """

    schema_version: Public[Literal["shopcore.stacking/1"]] = SCHEMA
    selection: Public[Literal["priority", "best"]] = "priority"
    units: Public[UnitMode] = "shared"
    threshold_basis: Public[Basis] = "running"
    percent_basis: Public[Basis] = "running"
    stages: Public[Annotated[tuple[StagePolicy, ...], Many(100, "stages")]] = ()
    group_limits: Public[Annotated[GroupLimits, Many(100, "groups"), BeforeValidator(_pairs)]] = ()
    max_codes: Public[Count | None] = None
    max_promotions: Public[Count | None] = None
    may_decline: Public[bool] = True
    order: Public[Literal["fixed", "free"]] = "fixed"
    max_discount: Public[Annotated[Rate, AfterValidator(_part)] | None] = None
    rounding: Public[RoundingPolicy] = PER_LINE
    multibuy_allocation: Public[Literal["on_unit", "spread_group"]] = "on_unit"
    tie_break: Public[Literal["fewest", "most"]] = "fewest"

    @classmethod
    def policy_schema(cls) -> dict[str, Any]:
        """Return a JSON Schema of policies."""
        return tidy(cls.model_json_schema())
