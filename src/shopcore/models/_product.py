"""What a shop lists: a product page with its articles."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from shopcore.errors import InputError
from shopcore.models._base import Model
from shopcore.models._fields import Id, Many, Title, Word
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._instant import Instant
from shopcore.models._privacy import Public
from shopcore.models._sku import ListingState, Sku, Stage

__all__ = ["Attribute", "MediaFacts", "Product"]


class Attribute(Model):
    """One property of a product (商品属性); `value` is None where it was left blank."""

    name: Public[Word]
    value: Public[Title | None] = None


class MediaFacts(Model):
    """Facts about one picture or video of a product; the file itself stays with the host."""

    kind: Public[str] = Field(pattern=r"^(image|video)$")
    width: Public[Annotated[int, Field(ge=1, le=100_000)]]
    height: Public[Annotated[int, Field(ge=1, le=100_000)]]
    size_bytes: Public[Annotated[int, Field(ge=0, le=10**12)] | None] = None
    seconds: Public[Annotated[float, Field(ge=0, le=86_400)] | None] = None
    is_main: Public[bool] = False


class Product(Model):
    """A product as the customer sees it (商品 SPU): title, attributes, pictures, and its SKUs.

    Parameters
    ----------
    product_id, title : str
        The host's id and the title on the page.
    category : tuple of str
        Path from the root, ``("home", "kitchen", "mugs")``.
    skus : tuple of Sku
        At most 500, with codes that differ.

    Raises
    ------
    InputError
        If two SKUs share a code, or two attributes a name.

    Examples
    --------
    >>> mug = Product(product_id="P1", title="Stoneware mug 300 ml", skus=[Sku(sku="MUG-RED"), Sku(sku="MUG-BLUE")])
    >>> [sku.sku for sku in mug.skus]
    ['MUG-RED', 'MUG-BLUE']
    >>> mug.sku("MUG-BLUE").sku
    'MUG-BLUE'
    """

    product_id: Public[Id]
    title: Public[Title]
    category: Public[Annotated[Items[Word], Many(10, "levels")]] = EMPTY
    brand: Public[Word | None] = None
    attributes: Public[Annotated[Items[Attribute], Many(200, "attributes")]] = EMPTY
    tags: Public[Annotated[Items[Word], Many(100, "tags")]] = EMPTY
    media: Public[Annotated[Items[MediaFacts], Many(100, "media")]] = EMPTY
    description: Public[Annotated[str, Field(max_length=20_000)] | None] = None
    skus: Public[Annotated[Items[Sku], Many(500, "skus")]] = EMPTY
    listing: Public[ListingState] = "listed"
    stage: Public[Stage | None] = None
    listed_at: Public[Instant | None] = None

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        if len({sku.sku for sku in self.skus}) != len(self.skus):
            raise InputError(
                "skus must have codes that differ", argument="skus", expected="different codes", reason="duplicate"
            )
        if len({entry.name for entry in self.attributes}) != len(self.attributes):
            raise InputError(
                "attributes must have names that differ", argument="attributes", expected="different names",
                reason="duplicate",
            )  # fmt: skip
        return self

    def sku(self, code: str) -> Sku:
        """Return the SKU of a code.

        Raises
        ------
        InputError
            If the product has none.
        """
        for found in self.skus:
            if found.sku == code:
                return found
        raise InputError(
            "code must be that of a SKU of the product", argument="code", expected="a SKU's code", reason="unknown"
        )
