"""Selectors: which lines of a cart a rule speaks of."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, TypeAlias

from shopcore.models import Model, Public
from shopcore.models._cart import CartLine
from shopcore.models._fields import Amount, Many, SkuCode, Word

__all__ = ["EVERYTHING", "Selector"]

Skus: TypeAlias = Annotated[tuple[SkuCode, ...], Many(10_000, "skus")]
Words: TypeAlias = Annotated[tuple[Word, ...], Many(1_000, "words")]


class Selector(Model):
    """Which lines a rule speaks of (适用商品); every field that is given must agree, none given is every line.

    Parameters
    ----------
    skus, tags, categories, brands, shops : tuple of str
        One of them must fit.
    not_skus, not_tags, not_categories, not_brands, not_shops : tuple of str
        None of them may fit.
    min_unit_price, max_unit_price : Money, optional
        Bounds of the list price of a unit, both included.

    Examples
    --------
    >>> from shopcore.models import CartLine, Money
    >>> tea = CartLine(line_id="1", sku="TEA", quantity=1, unit_price=Money(4900, "CNY"), tags=["drink"])
    >>> Selector(tags=["drink"], not_skus=["TEA-GIFT"]).matches(tea)
    True
    """

    skus: Public[Skus] = ()
    tags: Public[Words] = ()
    categories: Public[Words] = ()
    brands: Public[Words] = ()
    shops: Public[Words] = ()
    not_skus: Public[Skus] = ()
    not_tags: Public[Words] = ()
    not_categories: Public[Words] = ()
    not_brands: Public[Words] = ()
    not_shops: Public[Words] = ()
    min_unit_price: Public[Amount | None] = None
    max_unit_price: Public[Amount | None] = None

    @cached_property
    def sku_set(self) -> frozenset[str]:
        """The SKUs as a set."""
        return frozenset(self.skus)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it asks for SKUs only."""
        return all(getattr(self, name) in (None, ()) for name in type(self).model_fields if name != "skus")

    @cached_property
    def is_everything(self) -> bool:
        """Whether it names nothing, and so every line."""
        return self.is_plain and not self.skus

    def matches(self, line: CartLine) -> bool:
        """Return whether a line is meant."""
        return self._included(line) and not self._excluded(line) and self._priced(line)

    def _included(self, line: CartLine) -> bool:
        return not (
            (self.skus and line.sku not in self.sku_set)
            or (self.tags and not any(tag in self.tags for tag in line.tags))
            or (self.categories and not any(name in self.categories for name in line.categories))
            or (self.brands and line.brand not in self.brands)
            or (self.shops and line.shop not in self.shops)
        )

    def _excluded(self, line: CartLine) -> bool:
        return (
            line.sku in self.not_skus
            or any(tag in self.not_tags for tag in line.tags)
            or any(name in self.not_categories for name in line.categories)
            or line.brand in self.not_brands
            or line.shop in self.not_shops
        )

    def _priced(self, line: CartLine) -> bool:
        price, low, high = line.unit_price, self.min_unit_price, self.max_unit_price
        return (low is None or price >= low) and (high is None or price <= high)


EVERYTHING = Selector()
