"""Prices finer than the minor unit, which keep their digits until a named rounding makes money of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, final

from shopcore._checks import fail, integer
from shopcore._rounding import Rounding, round_div
from shopcore.models._currency import Currency, known_currency
from shopcore.models._frozen import Frozen
from shopcore.models._money import Money
from shopcore.models._rate import Rate, rate_argument

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["UnitPrice"]


@final
class UnitPrice(Frozen):
    """A price for one unit with digits below the minor unit (单价): 0.0345 USD a screw, 2.5066 GBP a metre.

    Parameters
    ----------
    amount : str, Decimal, int or Rate
        Units of the currency, exact; at most 24 decimal places.
    currency : str or Currency
        An ISO 4217 code.

    Raises
    ------
    InputError
        If the amount is a float, not a number, or the currency unknown.

    Examples
    --------
    >>> UnitPrice("0.0345", "USD").times(1000, rounding="half_up")
    Money(3450, 'USD')
    """

    __slots__ = ("amount", "currency")

    __array_ufunc__: ClassVar[None] = None
    _noun: ClassVar[str] = "a unit price"

    amount: Rate
    currency: Currency

    def __init__(self, amount: RateLike, currency: str | Currency) -> None:
        if isinstance(amount, str) and amount.endswith("%"):
            fail("amount", amount, "an amount such as '0.0345'", reason="format", hint="a percentage is a Rate")
        object.__setattr__(self, "amount", rate_argument("amount", amount, low=None))
        object.__setattr__(self, "currency", Currency.of(currency))

    @classmethod
    def of_money(cls, money: Money) -> UnitPrice:
        """Return a whole amount as a unit price."""
        return cls(Rate(money.minor) / money.currency.factor, money.currency)

    def times(self, quantity: int, *, rounding: Rounding) -> Money:
        """Return the price of `quantity` units, rounded once, on the product."""
        integer("quantity", quantity, low=-(10**12), high=10**12)
        scaled = self.amount.numerator * quantity * self.currency.factor
        return Money(round_div(scaled, self.amount.denominator, rounding), self.currency)

    @property
    def is_whole(self) -> bool:
        """Whether the price is a whole number of minor units."""
        return self.currency.factor * self.amount.numerator % self.amount.denominator == 0

    def as_decimal(self, places: int = 12) -> Decimal:
        """Return the amount as a Decimal, rounded half up where it has more places."""
        return self.amount.as_decimal(places)

    def to_plain(self) -> dict[str, str]:
        """Return the price as plain data, ``{"amount": "0.0345", "currency": "USD"}``."""
        return {"amount": str(self.amount), "currency": self.currency.code}

    def __eq__(self, other: object) -> bool:
        """Return whether amount and currency are the same."""
        if type(other) is not UnitPrice:
            return NotImplemented
        return self.amount == other.amount and self.currency is other.currency

    def __hash__(self) -> int:
        """Hash by amount and currency."""
        return hash((self.amount, self.currency.code))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as text and currency."""
        return UnitPrice, (str(self.amount), self.currency)

    def __repr__(self) -> str:
        """Return a call that gives this price."""
        code = repr(self.currency) if self.currency.withdrawn else repr(self.currency.code)
        return f"UnitPrice({str(self.amount)!r}, {code})"

    def __str__(self) -> str:
        """Return amount and code."""
        return f"{self.amount} {self.currency.code}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read and write ``{"amount": "0.0345", "currency": "USD"}``."""
        from pydantic_core import core_schema as cs

        fields = cs.typed_dict_schema(
            {
                "amount": cs.typed_dict_field(cs.str_schema(strict=True, max_length=60), required=True),
                "currency": cs.typed_dict_field(cs.str_schema(strict=True, max_length=3), required=True),
            },
            extra_behavior="forbid",
        )
        read = cs.no_info_after_validator_function(_from_fields, fields)
        return cs.json_or_python_schema(
            json_schema=read,
            python_schema=cs.union_schema([cs.is_instance_schema(UnitPrice), read], mode="left_to_right"),
            serialization=cs.plain_serializer_function_ser_schema(cls.to_plain, return_schema=fields),
        )


def _from_fields(fields: dict[str, str]) -> UnitPrice:
    return UnitPrice(fields["amount"], known_currency(fields["currency"]))
