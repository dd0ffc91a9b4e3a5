"""The article that is sold and stocked: one choice of every option of its product."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from shopcore.errors import InputError
from shopcore.models._base import Model
from shopcore.models._fields import Id, Many, Price, SkuCode, TaxRateOrNone, Title, Word
from shopcore.models._gtin import Gtin
from shopcore.models._inputs import EMPTY, NOTHING, Items
from shopcore.models._privacy import Public, Sensitive

__all__ = ["Dimensions", "ListingState", "Sku", "SpecOption", "Stage"]

ListingState: TypeAlias = Literal["draft", "listed", "withdrawn"]
Stage: TypeAlias = Literal["introduction", "growth", "maturity", "decline", "clearance", "discontinued"]
Millimetres: TypeAlias = Annotated[int, Field(ge=1, le=100_000)]


class SpecOption(Model):
    """One chosen option of an article (规格): its name and value, colour and red."""

    name: Public[Word]
    value: Public[Title]


class Dimensions(Model):
    """The size of a packed article (包装尺寸), in millimetres.

    Examples
    --------
    >>> Dimensions(length_mm=300, width_mm=200, height_mm=100).volume_mm3
    6000000
    """

    length_mm: Public[Millimetres]
    width_mm: Public[Millimetres]
    height_mm: Public[Millimetres]

    @property
    def volume_mm3(self) -> int:
        """The volume of the box in cubic millimetres."""
        return self.length_mm * self.width_mm * self.height_mm


class Sku(Model):
    """An article that is priced, stocked and shipped (SKU 规格).

    Parameters
    ----------
    sku : str
        The shop's code, 1 to 64 characters, unique in the shop.
    price : Money or UnitPrice, optional
        What a unit sells for today.
    list_price : Money or UnitPrice, optional
        The crossed-out price (划线价).
    unit_cost, supplier_price : Money or UnitPrice, optional
        What a unit costs landed, and what the supplier asks for it; sensitive.
    gtin : str, optional
        GTIN-8, -12, -13 or -14 with a right check digit, kept as given.

    Raises
    ------
    InputError
        If two options share a name, or a field does not fit.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> mug = Sku(sku="MUG-RED", price=Money(3900, "CNY"), unit_cost=Money(1250, "CNY"), weight_grams=380)
    >>> mug.unit_cost.minor, "1250" in repr(mug)
    (1250, False)
    """

    sku: Public[SkuCode]
    title: Public[Title | None] = None
    product_id: Public[Id | None] = None
    options: Public[Annotated[Items[SpecOption], Many(20, "options")]] = EMPTY
    gtin: Public[Gtin | None] = None
    price: Public[Price | None] = None
    list_price: Public[Price | None] = None
    unit_cost: Sensitive[Price | None] = None
    supplier_price: Sensitive[Price | None] = None
    supplier_id: Sensitive[Id | None] = None
    weight_grams: Public[Annotated[int, Field(ge=1, le=100_000_000)] | None] = None
    dimensions: Public[Dimensions | None] = None
    tax_code: Public[Word | None] = None
    tax_rate: Public[TaxRateOrNone] = NOTHING
    tax_included: Public[bool] = True
    listing: Public[ListingState] = "listed"
    stage: Public[Stage | None] = None

    @model_validator(mode="after")
    def _options_differ(self) -> Self:
        if len({option.name for option in self.options}) != len(self.options):
            raise InputError(
                "options must have names that differ", argument="options", expected="different names",
                reason="duplicate",
            )  # fmt: skip
        return self
