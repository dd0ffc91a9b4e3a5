"""What a role may see of a value: another type, without the fields it may not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from shopcore._checks import fail, instance
from shopcore.errors import AccessDeniedError
from shopcore.models._base import Model, privacy_of
from shopcore.models._privacy import PrivacyClass
from shopcore.models._result import Result

__all__ = ["ROLES", "view", "visible_fields"]

ROLES: Final[Mapping[str, frozenset[PrivacyClass]]] = {
    "public": frozenset({"public"}),
    "marketing": frozenset({"public"}),
    "customer_service": frozenset({"public", "personal"}),
    "warehouse": frozenset({"public", "personal"}),
    "purchasing": frozenset({"public", "sensitive"}),
    "finance": frozenset({"public", "sensitive"}),
    "owner": frozenset({"public", "personal", "sensitive"}),
}


def _classes(role: str, roles: Mapping[str, frozenset[PrivacyClass]]) -> frozenset[PrivacyClass]:
    if not isinstance(role, str) or role not in roles:
        fail("role", role, "one of " + ", ".join(roles), reason="choice")
    return frozenset(roles[role])


def visible_fields(
    model: type[Model], role: str, *, roles: Mapping[str, frozenset[PrivacyClass]] = ROLES
) -> tuple[str, ...]:
    """Return the fields of a model that a role may see (字段权限).

    Parameters
    ----------
    model : type
        A model of `shopcore.models`, or of your own that derives from `Model`; unmarked fields are nobody's.
    role : str
        One of `roles`.
    roles : mapping of str to set
        What each role may see: ``"public"``, ``"personal"``, ``"sensitive"``.

    Examples
    --------
    >>> from shopcore.models import Sku
    >>> found = visible_fields(Sku, "customer_service")
    >>> "price" in found, "unit_cost" in found, "supplier_price" in found
    (True, False, False)
    """
    return _visible(model, _classes(role, roles))


@lru_cache(maxsize=1024)
def _visible(model: type[BaseModel], classes: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name, kind in privacy_of(model).items() if kind in classes)


def view(
    value: Model,
    role: str,
    *,
    fields: Sequence[str] | None = None,
    roles: Mapping[str, frozenset[PrivacyClass]] = ROLES,
) -> Result:
    """Return what a role may see of a value: a frozen result of another type, inner values too (角色视图).

    A field the role may not see is not there at all, so no forgotten exclusion can leak it. Personal and sensitive
    fields it may see are in `to_dict` and as attributes, never in `repr`, `explain` or a notebook table.

    Parameters
    ----------
    value : Model
        Any value: a product, an order, a customer.
    role : str
        One of `roles`.
    fields : sequence of str, optional
        The fields wanted; by default all the role may see.
    roles : mapping of str to set
        What each role may see; by default `ROLES`.

    Raises
    ------
    AccessDeniedError
        If a field is asked for that the role may not see; `allowed` names those it may.

    Examples
    --------
    >>> from shopcore.models import Money, Sku
    >>> mug = Sku(sku="MUG", price=Money(3900, "CNY"), unit_cost=Money(1250, "CNY"))
    >>> shown = view(mug, "customer_service")
    >>> shown.price, hasattr(shown, "unit_cost")
    (Money(3900, 'CNY'), False)
    """
    instance("value", value, Model)
    classes = _classes(role, roles)
    names = _visible(type(value), classes)
    if fields is not None:
        unknown = [name for name in fields if name not in type(value).model_fields]
        if unknown:
            fail("fields", unknown[0], f"fields of {type(value).__name__}", reason="unknown_field")
        hidden = [name for name in fields if name not in names]
        if hidden:
            raise AccessDeniedError(
                f"{role} may not see {', '.join(hidden)} of {type(value).__name__}", state=role, allowed=names,
                reason="access_denied",
            )  # fmt: skip
        names = tuple(fields)
    return _view(value, names, classes)


def _view(value: BaseModel, names: tuple[str, ...], classes: frozenset[str]) -> Result:
    made: Result = view_type(type(value), names)(*(_inner(getattr(value, name), classes) for name in names))
    return made


def _inner(value: Any, classes: frozenset[str]) -> Any:
    if isinstance(value, BaseModel):
        return _view(value, _visible(type(value), classes), classes)
    if isinstance(value, tuple):
        return tuple(_inner(item, classes) for item in value)
    return value


@lru_cache(maxsize=1024)
def view_type(model: type[BaseModel], names: tuple[str, ...]) -> type[Any]:
    """Return the type of the views of a model that show these fields."""
    kinds = privacy_of(model)
    shown = [(name, Any, dataclasses.field(repr=kinds[name] == "public")) for name in names]

    def reduce(self: Any) -> tuple[Any, ...]:
        return remake, (model, names, tuple(getattr(self, name) for name in names))

    space = {"__module__": __name__, "__reduce__": reduce, "__doc__": f"What may be seen of {model.__name__}."}
    return dataclasses.make_dataclass(
        model.__name__ + "View", shown, bases=(Result,), namespace=space, frozen=True, slots=True
    )


def remake(model: type[BaseModel], names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """Return a view from its pickled parts."""
    return view_type(model, names)(*values)
