"""Which kinds of rules and conditions are known: an explicit value, handed to whoever reads promotions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from shopcore._checks import at_most, fail, instance, text
from shopcore.errors import InputError, ShopcoreError
from shopcore.models import Model
from shopcore.models._base import MAX_JSON_BYTES, check_json
from shopcore.models._promotion import Promotion, RawRule
from shopcore.promotions._schema import tidy

__all__ = ["BUILT_INS", "Kind", "Registry", "read_promotions"]

Upgrade: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
MAX_UPGRADES: Final = 100
ENTRY_POINTS: Final = "shopcore.rules"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule or condition: its name, its newest version, how it is read, and how old versions are upgraded.

    Parameters
    ----------
    name : str
        ``"vendor.name"`` for foreign kinds.
    read : callable
        Makes the value from plain data of the newest version.
    v : int
        The newest version.
    upgrades : mapping of version to callable
        From each older version to the next one: plain data in, plain data out.

    Notes
    -----
    Whatever `read` or an upgrade raises on data that do not fit reaches the caller as an `InputError`.
    """

    name: str
    read: Callable[[dict[str, Any]], Any]
    v: int = 1
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text("name", self.name, max_length=64)

    def value(self, raw: RawRule) -> Any | None:
        """Return the value of raw data, upgraded step by step; None for a version it does not know."""
        data, v = raw.to_dict(), raw.v
        for _ in range(MAX_UPGRADES):
            if v == self.v:
                return self._read(self.read, {**data, "kind": self.name, "v": v})
            upgrade = self.upgrades.get(v)
            if upgrade is None:
                return None
            data, v = self._read(upgrade, data), v + 1
        return None

    def _read(self, reader: Callable[[dict[str, Any]], Any], data: dict[str, Any]) -> Any:
        """Return what a reader makes of data; whatever it trips over is a fault of the data."""
        try:
            return reader(data)
        except ShopcoreError:
            raise
        except Exception as error:
            expected = f"readable as a rule of kind {self.name}"
            raise InputError(
                f"effect must be {expected}: {type(error).__name__}",
                argument="effect",
                value=self.name,
                expected=expected,
                reason="format",
            ) from error


@dataclass(frozen=True, slots=True, repr=False)
class Registry:
    """The kinds that are known (规则注册表); a value without side effects, passed in by the host.

    Examples
    --------
    >>> from shopcore.promotions.rules import PercentOff
    >>> mine = BUILT_INS.with_kinds(Kind("acme.tenth", lambda data: PercentOff(percent="10%")))
    >>> "acme.tenth" in mine, "acme.tenth" in BUILT_INS
    (True, False)
    """

    kinds: tuple[Kind, ...] = ()

    def __post_init__(self) -> None:
        names = [kind.name for kind in self.kinds]
        for name in names:
            if names.count(name) > 1:
                fail("kinds", name, "kinds with names that differ", reason="duplicate")

    def __repr__(self) -> str:
        return f"<Registry of {len(self.kinds)} kinds>"  # it is a default of many functions, and help() shows it

    def __contains__(self, name: object) -> bool:
        return any(kind.name == name for kind in self.kinds)

    def with_kinds(self, *kinds: Kind) -> Registry:
        """Return a registry that knows these kinds too; a name that is taken is refused."""
        return Registry((*self.kinds, *kinds))

    def with_entry_points(self) -> Registry:
        """Return a registry filled with the kinds that installed packages offer under ``shopcore.rules``.

        An entry point names a `Kind`, or a function that returns some. Only what is asked for here is imported.
        """
        from importlib.metadata import entry_points

        found: list[Kind] = []
        for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda one: (one.name, one.value)):
            offered = entry.load()
            offered = offered() if callable(offered) and not isinstance(offered, Kind) else offered
            found += [instance("kind", kind, Kind) for kind in _listed(offered)]
        return self.with_kinds(*found)

    def resolve(self, promotion: Promotion) -> Promotion:
        """Return the promotion with its rule and condition looked up; what is not known stays as it was read."""
        effect, when = self.find(promotion.effect), None if promotion.when is None else self.find(promotion.when)
        if effect is promotion.effect and when is promotion.when:
            return promotion
        return promotion.evolve(effect=effect, when=when)

    def find(self, rule: Any) -> Any:
        """Return the value of a rule that is still raw, with its parts; unknown kinds and versions stay raw."""
        if isinstance(rule, RawRule):
            kind = next((kind for kind in self.kinds if kind.name == rule.kind), None)
            value = None if kind is None else kind.value(rule)
            return rule if value is None else self.find(value)
        return rule.resolved(self.find) if hasattr(rule, "resolved") else rule

    def schema(self, *, foreign: bool = True) -> dict[str, Any]:
        """Return a JSON Schema of promotions: the kinds it knows in full, every other kind as an open object.

        Without `foreign` kinds the rules are a union that ``kind`` tells apart, as a front end's types want it.
        """
        schema = Promotion.model_json_schema()
        shared = dict(schema.get("$defs", {}))
        known: dict[str, list[dict[str, Any]]] = {"propose": [], "check": []}
        combined: list[tuple[dict[str, Any], str]] = []
        for kind in self.kinds:
            made = getattr(kind.read, "__self__", None)
            if not (isinstance(made, type) and issubclass(made, Model)):
                continue
            own = made.model_json_schema()
            shared |= own.pop("$defs", {})
            shared[f"kind:{kind.name}"] = own
            method = "propose" if hasattr(made, "propose") else "check"
            known[method].append({"$ref": f"#/$defs/kind:{kind.name}"})
            if hasattr(made, "resolved"):
                combined.append((own, method))
        names = [kind.name for kind in self.kinds]
        others = {"type": "object", "required": ["kind"], "properties": {"kind": {"not": {"enum": names}}}}
        rules = {method: [*row, others] if foreign else row for method, row in known.items()}
        for own, method in combined:
            own["properties"]["of"]["items"] = {"anyOf": rules[method]}
        schema["properties"]["effect"] = {"anyOf": rules["propose"]}
        schema["properties"]["when"] = {"anyOf": [{"type": "null"}, *rules["check"]]}
        return tidy({**schema, "$defs": shared})


def _listed(offered: Any) -> Iterable[Any]:
    return (offered,) if isinstance(offered, Kind) else tuple(offered)


def _built_in() -> Registry:
    from shopcore.promotions import conditions, rules

    found = []
    for module in (rules, conditions):
        for name in module.__all__:
            made = getattr(module, name)
            if issubclass(made, Model) and "kind" in made.model_fields:
                found.append(Kind(made.model_fields["kind"].default, made.from_dict))
    return Registry(tuple(found))


BUILT_INS: Final = _built_in()


def read_promotions(data: str | bytes | Sequence[str | bytes], registry: Registry = BUILT_INS) -> tuple[Promotion, ...]:
    """Return promotions read from JSON: an array, or one text each (读取活动).

    Kinds that the registry does not know survive untouched; pricing then refuses them with ``unknown_kind``.

    Parameters
    ----------
    data : str, bytes, or a sequence of them
        A JSON array of promotions, or promotions one by one.
    registry : Registry
        The kinds that are known.

    Raises
    ------
    LimitError
        If the text is too large, nested too deep, or holds more than 1,000 promotions.
    InputError
        If it is not JSON, or a field does not fit.

    Examples
    --------
    >>> text = '[{"promotion_id": "p", "effect": {"kind": "percent_off", "percent": "10%"}}]'
    >>> read_promotions(text)[0].effect.percent
    Rate('0.1')
    """
    import json

    if isinstance(data, str | bytes):
        check_json(data, MAX_JSON_BYTES)
        try:
            parsed = json.loads(data)
        except (ValueError, RecursionError):
            parsed = None
        if not isinstance(parsed, list):
            fail("data", "text", "a JSON array of promotions", reason="format")
        at_most("promotions", parsed, 1_000, "promotions")
        return tuple(registry.resolve(Promotion.from_dict(fields)) for fields in parsed)
    at_most("promotions", data, 1_000, "promotions")
    return tuple(registry.resolve(Promotion.from_json(part)) for part in data)
