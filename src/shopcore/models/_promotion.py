"""The envelope of a promotion: its rule and condition, when and with whom it applies, and what limits it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import core_schema as cs

from shopcore._checks import fail, integer, text
from shopcore.models._amount import Amount as Amount_
from shopcore.models._base import Model, check_json, dump_plain
from shopcore.models._currency import Currency
from shopcore.models._fields import Amount, Count, Id, Many, Title, Word
from shopcore.models._inputs import EMPTY, NOTHING, Items, ItemsOrNone, RateInput
from shopcore.models._period import Period
from shopcore.models._privacy import Public
from shopcore.models._rate import Rate, rate_argument
from shopcore.models._result import plain
from shopcore.models._rule import Condition, Effect
from shopcore.models._unit_price import UnitPrice

__all__ = ["Budget", "Promotion", "RawRule", "Stacking"]

MAX_RULE_BYTES: Final = 100_000
SCHEMA: Final = "shopcore.promotion/1"
ReturnRule: TypeAlias = Literal["pro_rata", "reprice_kept"]
NO_SHARE: Final[Any] = Rate(0)


@dataclass(frozen=True, slots=True)
class RawRule:
    """A rule as it was read, not yet looked up in a registry; it survives a round trip untouched.

    Examples
    --------
    >>> RawRule.of({"kind": "acme.wheel", "v": 2, "spins": 3}).kind
    'acme.wheel'
    """

    kind: str
    v: int
    body: str

    @classmethod
    def of(cls, fields: dict[str, Any]) -> RawRule:
        """Return the raw rule of plain data with a text under ``kind``; ``v`` is 1 where it is not given.

        Raises
        ------
        InputError
            If there is no kind, or the data are too large or nested too deep.
        """
        if not isinstance(fields, dict):
            fail("rule", fields, "an object with a kind", reason="type")
        kind = text("kind", fields.get("kind"), max_length=64)
        v = integer("v", fields.get("v", 1), low=1, high=1_000_000)
        body = dump_plain(fields)
        check_json(body, MAX_RULE_BYTES)
        return cls(kind, v, body.decode())

    def to_dict(self) -> dict[str, Any]:
        """Return the plain data it was made of."""
        found: dict[str, Any] = json.loads(self.body)
        return found


def rule_data(rule: Any) -> dict[str, Any]:
    """Return a rule as plain data with its kind and version; `InputError` where it is a bare function."""
    if isinstance(rule, RawRule):
        return rule.to_dict()
    if hasattr(rule, "to_dict"):
        found = dict(rule.to_dict())
    elif dataclasses.is_dataclass(rule) and not isinstance(rule, type):
        found = {field.name: plain(getattr(rule, field.name)) for field in dataclasses.fields(rule)}
    else:
        fail("rule", rule, "a rule value; a function has no JSON form", reason="not_plain")
    return {**found, "kind": rule.kind, "v": rule.v}


class _RuleField:
    """Any value with the one method of the contract; an object in JSON is kept raw until it is looked up."""

    def __init__(self, method: str, *, functions: bool) -> None:
        self.method = method
        self.functions = functions

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        raw = cs.no_info_after_validator_function(RawRule.of, cs.dict_schema(cs.str_schema()))
        return cs.json_or_python_schema(
            json_schema=raw,
            python_schema=cs.no_info_plain_validator_function(self._check),
            serialization=cs.plain_serializer_function_ser_schema(rule_data),
        )

    def _check(self, value: Any) -> Any:
        if isinstance(value, RawRule) or callable(getattr(value, self.method, None)):
            return value
        if isinstance(value, dict):
            return RawRule.of(value)
        if self.functions and callable(value) and not isinstance(value, type):
            return value
        return fail("rule", type(value).__name__, f"a rule with the method {self.method}", reason="type")


EffectField: TypeAlias = Annotated[Effect, _RuleField("propose", functions=True)]
ConditionField: TypeAlias = Annotated[Condition, _RuleField("check", functions=False)]


def _part(share: Rate) -> Rate:
    return rate_argument("platform_share", share, high=1)


class Budget(Model):
    """Money a promotion may cost in all (预算); where an order would pass it, what is left is granted, or nothing."""

    limit: Public[Amount]
    on_exceed: Public[Literal["cap", "refuse"]] = "cap"


class Stacking(Model):
    """With whom a promotion may stand on one order (叠加与互斥).

    Parameters
    ----------
    exclusive : bool
        It stands alone on the order.
    excludes : tuple of str
        Promotions it never meets; one side naming the other is enough.
    groups : tuple of str
        Groups whose limits the policy states.
    tags, allows : tuple of str
        What it is, and whom it tolerates: both sides must consent, for every pair. `allows` None tolerates all.
    """

    exclusive: Public[bool] = False
    excludes: Public[Annotated[Items[Id], Many(1_000, "promotions")]] = EMPTY
    groups: Public[Annotated[Items[Word], Many(20, "groups")]] = EMPTY
    tags: Public[Annotated[Items[Word], Many(50, "tags")]] = EMPTY
    allows: Public[Annotated[ItemsOrNone[Word], Many(50, "tags")]] = NOTHING


class Promotion(Model):
    """A promotion (促销活动): a rule, and everything about when it may apply.

    Parameters
    ----------
    promotion_id : str
        Unique in the set.
    effect : rule
        A value of `shopcore.promotions.rules` or one of your own with ``propose(view)``.
    when : condition, optional
        A value with ``check(view)``; None is always.
    code : str, optional
        The code that must be entered; None applies by itself.
    stage, priority : int
        Stages run upwards; inside one the higher priority first, then the order of the list.
    window : Period, optional
        When it runs; half-open, in a named zone.
    stacking : Stacking
        With whom it may stand.
    limit, per_customer : int, optional
        How often it may be used in all, and by one customer.
    budget : Budget, optional
        What it may cost in all.
    platform_share : Rate
        The part of the discount that the platform bears, 0 to 1; the shop bears the rest.
    on_return : {"pro_rata", "reprice_kept"}, optional
        Overrides the policy of a return for this promotion.

    Examples
    --------
    >>> Promotion(promotion_id="wheel", effect={"kind": "acme.wheel", "v": 2}).effect.kind
    'acme.wheel'
    """

    schema_version: Public[Literal["shopcore.promotion/1"]] = SCHEMA
    promotion_id: Public[Id]
    title: Public[Title | None] = None
    effect: Public[EffectField]
    when: Public[ConditionField | None] = None
    code: Public[Word | None] = None
    stage: Public[Annotated[int, Field(ge=0, le=1_000)]] = 0
    priority: Public[Annotated[int, Field(ge=-(10**9), le=10**9)]] = 0
    window: Public[Period | None] = None
    stacking: Public[Stacking] = Stacking()
    limit: Public[Count | None] = None
    per_customer: Public[Count | None] = None
    budget: Public[Budget | None] = None
    platform_share: Public[Annotated[RateInput, AfterValidator(_part)]] = NO_SHARE
    on_return: Public[ReturnRule | None] = None

    @cached_property
    def currencies(self) -> frozenset[Currency]:
        """The currencies of all amounts in its rule, condition and budget."""
        found: set[Currency] = set()
        for part in (self.effect, self.when, self.budget):
            _collect(part, found)
        return frozenset(found)


def _collect(value: Any, found: set[Currency]) -> None:
    if isinstance(value, Amount_ | UnitPrice):
        found.add(value.currency)
    elif isinstance(value, BaseModel):
        for part in value.__dict__.values():
            if not isinstance(part, str | int | None):
                _collect(part, found)
    elif isinstance(value, tuple) and value and not isinstance(value[0], str):
        for part in value:
            _collect(part, found)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            _collect(getattr(value, field.name), found)
