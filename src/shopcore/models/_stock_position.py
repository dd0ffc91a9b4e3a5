"""What lies where, and how much of it may be promised."""

from __future__ import annotations

from pydantic import model_validator

from shopcore.errors import InputError
from shopcore.models._base import Model
from shopcore.models._fields import Count, Id, SkuCode
from shopcore.models._privacy import Public

__all__ = ["StockPosition"]


class StockPosition(Model):
    """The stock of one SKU at one place (库存): on hand, and what of it is spoken for.

    ``on_hand = available + reserved + safety + quality_control + damaged``; `incoming` is apart, it is not here yet.

    Raises
    ------
    InputError
        If more is reserved than is on hand.

    Examples
    --------
    >>> StockPosition(sku="MUG-RED", location="SHA", on_hand=120, reserved=30, safety=10).available
    80
    """

    sku: Public[SkuCode]
    location: Public[Id] = "main"
    on_hand: Public[Count]
    reserved: Public[Count] = 0
    safety: Public[Count] = 0
    quality_control: Public[Count] = 0
    damaged: Public[Count] = 0
    incoming: Public[Count] = 0

    @model_validator(mode="after")
    def _reserved_is_here(self) -> StockPosition:
        if self.reserved > self.on_hand:
            raise InputError(
                "reserved must be at most on_hand", argument="reserved", expected="at most on_hand", reason="range"
            )
        return self

    @property
    def available(self) -> int:
        """What may be promised (可售库存); negative where buffers and damage exceed what is left."""
        return self.on_hand - self.reserved - self.safety - self.quality_control - self.damaged
