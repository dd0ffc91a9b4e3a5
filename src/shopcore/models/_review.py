"""What customers say: reviews with their three scores, complaints, preferences."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from shopcore.errors import InputError
from shopcore.models._base import Model
from shopcore.models._fields import Amount, Count, Id, Note, SkuCode, Title, Word
from shopcore.models._instant import Instant
from shopcore.models._privacy import Personal, Public

__all__ = ["Complaint", "ComplaintKind", "Preference", "Review"]

Score: TypeAlias = Annotated[int, Field(ge=1, le=5)]
ComplaintKind: TypeAlias = Literal[
    "quality", "not_as_described", "damaged", "missing", "late", "service", "price", "privacy", "counterfeit", "other"
]


class Review(Model):
    """A review (评价) with the three scores of a shop's rating (DSR): goods, logistics, service; 1 to 5 each.

    `by_default` marks a review the platform wrote because the buyer did not.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> review = Review(review_id="R1", at=datetime(2026, 11, 20, tzinfo=UTC), sku="MUG-RED", goods=5, logistics=4,
    ...                 service=5, text="Lovely glaze")
    >>> "glaze" in repr(review)
    False
    """

    review_id: Public[Id]
    at: Public[Instant]
    sku: Public[SkuCode | None] = None
    order_id: Public[Id | None] = None
    line_id: Public[Id | None] = None
    customer_id: Personal[Id | None] = None
    goods: Public[Score | None] = None
    logistics: Public[Score | None] = None
    service: Public[Score | None] = None
    text: Personal[Note | None] = None
    pictures: Public[Count] = 0
    by_default: Public[bool] = False
    reply: Public[Note | None] = None
    replied_at: Public[Instant | None] = None


class Complaint(Model):
    """A complaint (投诉记录): about what, since when, and how it ended.

    Raises
    ------
    InputError
        If it was closed before it was opened.
    """

    complaint_id: Public[Id]
    opened_at: Public[Instant]
    kind: Public[ComplaintKind]
    customer_id: Personal[Id | None] = None
    order_id: Public[Id | None] = None
    sku: Public[SkuCode | None] = None
    text: Personal[Note | None] = None
    closed_at: Public[Instant | None] = None
    outcome: Public[Title | None] = None
    compensation: Public[Amount | None] = None

    @model_validator(mode="after")
    def _closed_after_opened(self) -> Self:
        if self.closed_at is not None and self.closed_at < self.opened_at:
            raise InputError(
                "closed_at must not be before opened_at", argument="closed_at", expected="at or after opened_at",
                reason="order",
            )  # fmt: skip
        return self


class Preference(Model):
    """Something a customer likes (偏好记录): a size, a colour, a way of delivery; stated or inferred."""

    customer_id: Personal[Id]
    name: Public[Word]
    value: Personal[Title]
    at: Public[Instant]
    stated: Public[bool] = True
