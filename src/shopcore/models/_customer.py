"""The person who buys, what they agreed to, and where they live: identity apart from orders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import Field

from shopcore._checks import aware, one_of
from shopcore.models._base import Model
from shopcore.models._fields import Country, Id, Many, Title, Word
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._instant import Instant
from shopcore.models._privacy import Personal, Public

__all__ = ["Address", "Consent", "Customer", "Purpose"]

Purpose: TypeAlias = Literal["service", "email", "sms", "phone", "post", "push", "profiling", "third_party"]


class Consent(Model):
    """A customer's yes or no to one purpose (授权), and since when."""

    purpose: Public[Purpose]
    granted: Public[bool]
    at: Public[Instant]
    evidence: Personal[Title | None] = None


class Address(Model):
    """Where parcels go (收货地址); a record of its own, so that orders outlive it."""

    address_id: Public[Id]
    customer_id: Personal[Id]
    recipient: Personal[Title]
    phone: Personal[Word | None] = None
    lines: Personal[Annotated[Items[Title], Many(6, "lines")]] = EMPTY
    city: Personal[Title | None] = None
    region: Personal[Title | None] = None
    postcode: Personal[Word | None] = None
    country: Public[Country]


class Customer(Model):
    """A customer (买家): identity, member level and consents; orders refer to it by `customer_id` only.

    Examples
    --------
    >>> buyer = Customer(customer_id="C1", name="Zhang San", phone="13800138000", level="gold", points=120)
    >>> "13800138000" in repr(buyer), buyer.phone
    (False, '13800138000')
    """

    customer_id: Personal[Id]
    name: Personal[Title | None] = None
    phone: Personal[Word | None] = None
    email: Personal[Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None] = None
    source: Public[Word | None] = None
    external_ref: Personal[Id | None] = None
    level: Public[Word | None] = None
    points: Public[Annotated[int, Field(ge=0, le=10**12)]] = 0
    consents: Public[Annotated[Items[Consent], Many(50, "consents")]] = EMPTY
    tags: Public[Annotated[Items[Word], Many(100, "tags")]] = EMPTY
    country: Public[Country | None] = None
    joined_at: Public[Instant | None] = None

    def consents_to(self, purpose: Purpose, *, at: datetime | None = None) -> bool:
        """Return whether the customer's latest word on a purpose is yes (是否授权); without a word it is no.

        Parameters
        ----------
        purpose : str
            Such as ``"sms"``.
        at : datetime, optional
            Count only what was said up to then.

        Examples
        --------
        >>> from datetime import UTC
        >>> words = [Consent(purpose="sms", granted=granted, at=datetime(2026, month, 1, tzinfo=UTC))
        ...          for month, granted in ((1, True), (6, False))]
        >>> buyer = Customer(customer_id="C1", consents=words)
        >>> buyer.consents_to("sms"), buyer.consents_to("sms", at=datetime(2026, 3, 1, tzinfo=UTC))
        (False, True)
        """
        one_of("purpose", purpose, get_args(Purpose))
        if at is not None:
            aware("at", at)
        said = [word for word in self.consents if word.purpose == purpose and (at is None or word.at <= at)]
        # Of two words of one instant the later in the list counts.
        return max(reversed(said), key=lambda word: word.at).granted if said else False
