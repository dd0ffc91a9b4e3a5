"""The base of the validated values: frozen, strict, closed to unknown fields, with limits on what is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NoReturn,
    Self,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
)

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError
from pydantic._internal._model_construction import ModelMetaclass

from shopcore._checks import fail_limit
from shopcore.errors import InputError, LimitError
from shopcore.models._privacy import MASK, Privacy

MAX_JSON_BYTES: Final = 4_000_000
MAX_JSON_DEPTH: Final = 32
MAX_SHOWN_PART: Final = 60
# Every fault is worded before the first can be looked at; a million unknown fields would take a minute.
MAX_FAULTS: Final = 1_000
# A whole text value, or one that is never closed; possessive, so that hostile text cannot make it go back.
_TEXT_VALUE = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = bytes.maketrans(b"[]", b"{}")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


# No frozen_default: mypy would then tell heirs that a field is what it takes (`_inputs`).
@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(Field, PrivateAttr))
class _OurErrors(ModelMetaclass):
    """Turns pydantic's refusals into `InputError` where a model is called by the user.

    Nested models are built by pydantic's core without passing here, so this costs nothing per nested value.
    """

    # Out of sight of type checkers: they would take its answer, not the model, for what a call gives.
    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().__call__(*args, **kwargs)
            except ValidationError as error:
                ours = translate(error, cls)
            raise ours


class Model(BaseModel, metaclass=_OurErrors):
    """Base of the validated values (cart, order, product ...).

    Frozen; unknown fields are refused; integers are strict; collections are tuples. Fields that are not public
    are masked in `repr`, `str` and errors. Made from arguments, `from_json` or `from_dict`; changed by `evolve`.

    Examples
    --------
    >>> from shopcore.models import Money, Sku
    >>> mug = Sku(sku="MUG-RED", price=Money(3900, "CNY"))
    >>> Sku.from_json(mug.to_json()) == mug
    True
    >>> mug.evolve(price=Money(3500, "CNY")).price
    Money(3500, 'CNY')
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=False,
        ser_json_inf_nan="strings",
        revalidate_instances="never",
    )

    max_json_bytes: ClassVar[int] = MAX_JSON_BYTES

    if TYPE_CHECKING:
        # pydantic makes it for what is frozen, which checkers do not know.
        def __hash__(self) -> int: ...

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated like a new one.

        Raises
        ------
        InputError
            If a field is unknown or a value does not fit.
        """
        current = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**current, **changes})

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy as pydantic does, except that changes are validated (`evolve`)."""
        return super().model_copy(deep=deep) if update is None else self.evolve(**update)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return the value read from JSON, within the stated limits of size and depth.

        Raises
        ------
        LimitError
            If the text is larger than `max_json_bytes` or nested deeper than 32.
        InputError
            If it is not JSON or a field does not fit; `argument` is the path of the first such field.
        """
        bounded = is_bounded(cls)
        check_json(text, cls.max_json_bytes, None if bounded else MAX_JSON_DEPTH)
        try:
            return cls.model_validate_json(text)
        except InputError as error:
            # What is too deep for any field is refused as such, whatever pydantic stumbled over first.
            if bounded and not isinstance(error, LimitError):
                check_json(text, cls.max_json_bytes)
            raise

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Return the value read from plain data as JSON gives it (lists, ISO texts)."""
        return cls.from_json(dump_plain(fields))

    def to_json(self) -> str:
        """Return the value as JSON text that `from_json` reads without loss."""
        return self.model_dump_json()

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain data."""
        return self.model_dump(mode="json")

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Validate as pydantic does, with our errors."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            ours = translate(error, cls)
        raise ours

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Validate JSON as pydantic does, with our errors."""
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:
            ours = translate(error, cls)
        raise ours

    if not TYPE_CHECKING:

        def __setattr__(self, name, value):  # noqa: ANN001, ANN204  # out of sight of checkers, which know it is frozen
            """Refuse, without showing the value; a model never changes."""
            _refuse_change(self, name)

        def __delattr__(self, name):  # noqa: ANN001, ANN204
            """Refuse; a model never changes."""
            _refuse_change(self, name)

    def __repr_args__(self) -> Any:
        """Give the fields for `repr`, masked unless public."""
        hidden = private_fields(type(self))
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in hidden and value is not None and value != ():
                yield name, _Masked()
            else:
                yield name, value

    def __str__(self) -> str:
        """Return the masked `repr`."""
        return repr(self)


def _refuse_change(model: Model, name: str) -> NoReturn:
    raise InputError(
        f"{name} of a {type(model).__name__} never changes; make a changed copy with evolve",
        argument=name, expected="left as it is", reason="frozen",
    )  # fmt: skip


class _Masked:
    def __repr__(self) -> str:
        return MASK


@lru_cache(maxsize=1024)
def privacy_of(model: type[BaseModel]) -> dict[str, str | None]:
    """Return the privacy class of every field; None where a field was not marked."""
    found: dict[str, str | None] = {}
    for name, field in model.model_fields.items():
        kinds = [mark.kind for mark in field.metadata if isinstance(mark, Privacy)]
        found[name] = kinds[-1] if kinds else None
    return found


def private_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the fields that may not be shown."""
    return frozenset(name for name, kind in privacy_of(model).items() if kind != "public")


def dump_plain(value: Any) -> bytes:
    """Return plain data as JSON bytes, refusing what JSON cannot hold."""
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(value)
    except (PydanticSerializationError, RecursionError, ValueError):
        pass
    raise InputError("fields must be plain data as JSON holds it", argument="fields", reason="format")


@lru_cache(maxsize=1024)
def is_bounded(model: type[BaseModel]) -> bool:
    """Return whether a model's fields alone bound how deep its JSON goes: no recursion, nothing free in form.

    Its JSON then needs no scan for depth: unknown fields are refused, and pydantic's own parser stops at 200 levels
    without harm.
    """
    return model.model_config.get("extra") == "forbid" and all(
        _is_bounded(field.annotation, (model,)) for field in model.model_fields.values()
    )


def _is_bounded(annotation: Any, outer: tuple[Any, ...]) -> bool:
    kind = get_origin(annotation) or annotation
    if kind in outer:
        return False
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = (field.annotation for field in kind.model_fields.values())
        return all(_is_bounded(found, (*outer, kind)) for found in inner)
    if kind is Literal:
        return True
    parts = [part for part in get_args(annotation) if part is not Ellipsis]
    known = kind in (tuple, Union, UnionType, Annotated) or annotation in _flat_types()
    return known and all(_is_bounded(part, outer) for part in parts if isinstance(part, type) or get_origin(part))


@lru_cache(maxsize=1)
def _flat_types() -> frozenset[Any]:
    from shopcore.models._currency import Currency
    from shopcore.models._money import Money
    from shopcore.models._period import Period
    from shopcore.models._rate import Rate
    from shopcore.models._rounding_policy import RoundingPolicy
    from shopcore.models._unit_price import UnitPrice

    plain = (str, int, bool, float, type(None), datetime, date, timedelta)
    return frozenset({*plain, Currency, Money, Period, Rate, RoundingPolicy, UnitPrice})


def check_json(text: str | bytes, limit: int = MAX_JSON_BYTES, depth: int | None = MAX_JSON_DEPTH) -> None:
    """Refuse JSON text that is too large or nested too deep, before parsing it; None asks for the size alone.

    Raises
    ------
    LimitError
        With reason ``"too_large"`` or ``"too_deep"``.
    """
    if not isinstance(text, str | bytes):
        raise InputError("json must be text or bytes", argument="json", expected="text or bytes", reason="type")
    if len(text) > limit:
        fail_limit("json", len(text), limit, "bytes", reason="too_large")
    if depth is None and 4 * len(text) <= limit:
        return
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(data) > limit:
        fail_limit("json", len(data), limit, "bytes", reason="too_large")
    if depth is not None and _is_deeper(data, depth):
        fail_limit("json", depth + 1, depth, "levels", reason="too_deep")


def _is_deeper(data: bytes, depth: int) -> bool:
    if data.count(b"{") + data.count(b"[") <= depth:
        return False
    # Texts and all but brackets are dropped; then every pass takes away the innermost level, all of it in C.
    left = _TEXT_VALUE.sub(b"", data).translate(_BRACKETS, _NOT_BRACKETS)
    for _ in range(depth):
        left = left.replace(b"{}", b"")
    return b"{}" in left or left.count(b"{") > depth


_LABELS: Final = frozenset({"minor_form", "text_form"})
_REASONS: Final = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "unexpected_keyword_argument": "unknown_field",
    "timezone_aware": "timezone_required",
    "too_long": "too_many",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "recursion_loop": "too_deep",
    "json_invalid": "format",
}


def translate(error: ValidationError, model: type[Any]) -> InputError:
    """Return our error for pydantic's: the first field at fault by path, no input of a private field."""
    if error.error_count() > MAX_FAULTS:
        return LimitError(
            f"{model.__name__}: more than {MAX_FAULTS} fields do not fit", argument=model.__name__,
            expected=f"at most {MAX_FAULTS} faults", reason="too_many_faults",
        )  # fmt: skip
    found = error.errors(include_url=False, include_input=False)
    first = next((entry for entry in found if "error" in entry.get("ctx", {})), found[0])
    path = ".".join(_part(part) for part in first["loc"] if not _is_label(part)) or model.__name__
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        message = str(cause) if not _touches_private(model, first["loc"]) else f"must be {cause.expected}"
        # A rule over several fields names the one at fault itself; its place is the model's own.
        named = path if first["loc"] else cause.argument or path
        return type(cause)(
            f"{path}: {message}",
            argument=named,
            expected=cause.expected,
            reason=cause.reason,
            positions=cause.positions,
        )
    reason = (
        "too_deep"
        if _stopped_by_depth(first)
        else _REASONS.get(first["type"], "type" if first["type"].endswith("_type") else first["type"])
    )
    kind = LimitError if reason in ("too_many", "too_deep", "too_long") else InputError
    if reason == "too_many":
        reason = "too_many_" + path.rsplit(".", 1)[-1]
    # A foreign validator words its own message and may have put the input in it.
    worded_elsewhere = cause is not None and _touches_private(model, first["loc"])
    expected = "a value that its validator takes" if worded_elsewhere else first["msg"]
    return kind(f"{path}: {expected}", argument=path, expected=expected, reason=reason)


def _stopped_by_depth(entry: Any) -> bool:
    return entry["type"] == "json_invalid" and "recursion limit" in entry["msg"]


def _part(part: int | str) -> str:
    # Names of unknown fields come from outside: cut to a length that fits a message, marks of control taken out.
    text = str(part)
    return text if text.isidentifier() and len(text) <= MAX_SHOWN_PART else repr(text[:MAX_SHOWN_PART])[1:-1]


def _is_label(part: object) -> bool:
    return isinstance(part, str) and (part in _LABELS or "[" in part)


def _touches_private(model: type[Any], path: tuple[int | str, ...]) -> bool:
    for part in path:
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or part not in model.model_fields:
            continue
        if part in private_fields(model):
            return True
        inner = _model_inside(model.model_fields[str(part)].annotation)
        if inner is None:
            return False
        model = inner
    return False


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_inside(argument)
        if found is not None:
            return found
    return None
