"""What a person may ask for: a copy of what is known about them, and its erasure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from shopcore._checks import fail, instance, text
from shopcore.models._base import Model, privacy_of
from shopcore.models._views import view

__all__ = ["erase_personal", "export_personal"]

M = TypeVar("M", bound=Model)


def erase_personal(value: M, *, pseudonym: str) -> M:
    """Return a value without what tells who a person is; amounts, dates and sums stay (删除个人信息).

    For orders, reviews, complaints and the customer record itself; an address is best deleted whole.

    Parameters
    ----------
    value : Model
        A customer, an order, a review ...
    pseudonym : str
        What stands in place of the customer's id, so that the orders of one person still belong together; an id that
        tells nothing, kept by nobody beside the old one.

    Raises
    ------
    InputError
        If the pseudonym is the id itself.

    Notes
    -----
    Personal fields take their default; those without one hold the pseudonym. Fields inside other values are erased
    too. Figures of orders are untouched, so totals, refunds and accounts stay what they were.

    Examples
    --------
    >>> from shopcore.models import Customer
    >>> erase_personal(Customer(customer_id="C1", name="Zhang San", phone="13800138000", points=5), pseudonym="x7")
    Customer(customer_id=***, name=None, phone=None, email=None, source=None, external_ref=None, level=None, points=5,
        consents=(), tags=(), country=None, joined_at=None)
    """
    instance("value", value, Model)
    text("pseudonym", pseudonym, max_length=128)
    if getattr(value, "customer_id", None) == pseudonym:
        fail("pseudonym", "", "another word than the id it replaces", reason="same")
    kinds = privacy_of(type(value))
    changes: dict[str, Any] = {}
    for name, field in type(value).model_fields.items():
        current = getattr(value, name)
        if kinds[name] == "personal":
            changes[name] = _erased(name, current, field.default, pseudonym, required=field.is_required())
        else:
            inner = _erased_inside(current, pseudonym)
            if inner is not current:
                changes[name] = inner
    return value.evolve(**changes) if changes else value


def _erased(name: str, current: Any, default: Any, pseudonym: str, *, required: bool) -> Any:
    if name == "customer_id":
        return None if current is None else pseudonym
    return pseudonym if required else default


def _erased_inside(value: Any, pseudonym: str) -> Any:
    if isinstance(value, Model):
        return erase_personal(value, pseudonym=pseudonym)
    if isinstance(value, tuple) and any(isinstance(item, Model) for item in value):
        return tuple(_erased_inside(item, pseudonym) for item in value)
    return value


def export_personal(customer_id: str, records: Iterable[Model]) -> dict[str, list[dict[str, Any]]]:
    """Return a copy of what is known about a person as plain data, by kind of record (导出个人信息).

    Parameters
    ----------
    customer_id : str
        Whose.
    records : iterable of Model
        Customers, addresses, orders, reviews ...; those of others are left out.

    Notes
    -----
    Holds public and personal fields. Trade secrets such as cost prices stay out.

    Examples
    --------
    >>> from shopcore.models import Customer
    >>> people = [Customer(customer_id="C1", name="Zhang San"), Customer(customer_id="C2", name="Li Si")]
    >>> [found["name"] for found in export_personal("C1", people)["Customer"]]
    ['Zhang San']
    """
    text("customer_id", customer_id, max_length=128)
    found: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        instance("records", record, Model)
        if getattr(record, "customer_id", None) == customer_id:
            found.setdefault(type(record).__name__, []).append(view(record, "customer_service").to_dict())
    return found
