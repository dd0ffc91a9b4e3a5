"""A cart to be priced: lines, shipping fee, codes entered, and the facts about the buyer that rules may ask for."""

from __future__ import annotations

from typing import Annotated, Final, Self, TypeAlias

from pydantic import Field, model_validator

from shopcore._checks import fail_limit
from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models._base import Model
from shopcore.models._fields import NO_TAX, Amount, Count, CurrencyField, Id, Many, Quantity, SkuCode, TaxRate, Word
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._privacy import Personal, Public

__all__ = ["Buyer", "Cart", "CartLine"]

MAX_CART_LINES: Final = 1_000
MAX_UNITS: Final = 10_000
MAX_VALUE: Final = 2**53
Words: TypeAlias = Annotated[Items[Word], Many(100, "words")]


class CartLine(Model):
    """One line of a cart (购物车行): what, how many, at which list price.

    Parameters
    ----------
    line_id, sku : str
        The line's id, unique in the cart, and the article's code.
    quantity : int
        Units, 1 or more; a cart holds at most 10,000 in all.
    unit_price : Money
        For one unit, before every promotion.
    price_floor : Money, optional
        No promotion brings a unit below it (底价); default zero.
    tags, categories : tuple of str
        What selectors look for.
    tax_rate : Rate
        The sum of all taxes on the line.
    """

    line_id: Public[Id]
    sku: Public[SkuCode]
    quantity: Public[Quantity]
    unit_price: Public[Amount]
    price_floor: Public[Amount | None] = None
    tags: Public[Words] = EMPTY
    categories: Public[Words] = EMPTY
    brand: Public[Word | None] = None
    shop: Public[Word | None] = None
    tax_rate: Public[TaxRate] = NO_TAX


class Buyer(Model):
    """What rules may ask about the buyer: facts the host states, no identity.

    Parameters
    ----------
    orders : int, optional
        Orders completed before this one; 0 is a new customer. None: not known, so no rule about it is met.
    level : str, optional
        Member level (会员等级).
    segments : tuple of str
        Groups the host puts the buyer in.
    birthday : (month, day), optional
        For birthday coupons.
    points : int
        Points that may be spent.
    """

    orders: Public[Count | None] = None
    level: Public[Word | None] = None
    segments: Public[Words] = EMPTY
    birthday: Personal[tuple[Annotated[int, Field(ge=1, le=12)], Annotated[int, Field(ge=1, le=31)]] | None] = None
    points: Public[Annotated[int, Field(ge=0, le=10**12)]] = 0


class Cart(Model):
    """A cart (购物车) as promotions see it: at most 1,000 lines and 10,000 units, of one currency.

    Parameters
    ----------
    currency : str or Currency
        Of every amount in it.
    lines : tuple of CartLine
        In the order the buyer sees; their ids differ.
    shipping : Money, optional
        The shipping fee before promotions.
    codes : tuple of str
        Coupon codes entered, in that order.
    buyer : Buyer
        Facts about who buys.
    channel, region : str, optional
        Where it is bought and where it goes.
    prices_include_tax : bool
        Whether unit prices hold the tax.

    Raises
    ------
    InputError
        If two lines share an id or an amount is in another currency.
    LimitError
        If there are too many lines or units, or the cart is worth more than 2**53 minor units.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> tea = CartLine(line_id="1", sku="TEA", quantity=3, unit_price=Money(4900, "CNY"))
    >>> cart = Cart(currency="CNY", lines=[tea], shipping=Money(1200, "CNY"))
    >>> Cart.from_json(cart.to_json()) == cart
    True
    """

    currency: Public[CurrencyField]
    lines: Public[Annotated[Items[CartLine], Many(MAX_CART_LINES, "lines")]] = EMPTY
    shipping: Public[Amount | None] = None
    codes: Public[Annotated[Items[Word], Many(50, "codes")]] = EMPTY
    buyer: Public[Buyer] = Buyer()
    channel: Public[Word | None] = None
    region: Public[Word | None] = None
    prices_include_tax: Public[bool] = True

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        units = value = 0
        for line in self.lines:
            units += line.quantity
            value += line.quantity * line.unit_price.minor
            for amount in (line.unit_price, line.price_floor):
                if amount is not None and amount.currency is not self.currency:
                    _fail_currency()
        if self.shipping is not None and self.shipping.currency is not self.currency:
            _fail_currency()
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise InputError(
                "lines must have ids that differ", argument="lines", expected="different ids", reason="duplicate"
            )
        if units > MAX_UNITS:
            fail_limit("lines", units, MAX_UNITS, "units", reason="too_many_units")
        if value + (0 if self.shipping is None else self.shipping.minor) > MAX_VALUE:
            fail_limit("lines", value, MAX_VALUE, "minor units", reason="too_large")
        return self


def _fail_currency() -> None:
    raise CurrencyMismatchError(
        "lines must be in the currency of the cart",
        argument="lines",
        expected="the currency of the cart",
        reason="currency_mismatch",
    )
