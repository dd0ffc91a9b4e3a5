"""The kinds of fields the domain models share: ids, texts, counts, prices, instants, bounded tuples."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import core_schema as cs

from shopcore._checks import fail_limit
from shopcore.errors import InputError
from shopcore.models._currency import Currency, known_currency
from shopcore.models._inputs import CurrencyInput, RateInput, RateOrNone
from shopcore.models._money import Money
from shopcore.models._rate import Rate
from shopcore.models._unit_price import UnitPrice

MAX_QUANTITY: Final = 10**9
# No control, format or private-use characters anywhere, no blank at either end: an id that looks the same is the same.
_ID_PATTERN: Final = r"^[^\p{C}\p{Z}](?:[^\p{C}]*[^\p{C}\p{Z}])?$"
_TEXT_PATTERN: Final = r"^[^\p{Cc}]*$"

Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_ID_PATTERN)]
SkuCode: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_ID_PATTERN)]
Word: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_ID_PATTERN)]
Title: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_TEXT_PATTERN)]
Note: TypeAlias = Annotated[str, StringConstraints(max_length=4_000)]
Country: TypeAlias = Annotated[str, StringConstraints(min_length=2, max_length=64, pattern=_TEXT_PATTERN)]
Count: TypeAlias = Annotated[int, Field(ge=0, le=MAX_QUANTITY)]
Quantity: TypeAlias = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]


def _canonical(price: UnitPrice) -> Money | UnitPrice:
    # A whole price is Money whatever it was made of, so that equal prices are equal after JSON too.
    if not price.is_whole:
        return price
    return Money(price.amount.numerator * price.currency.factor // price.amount.denominator, price.currency)


def _not_negative(price: Money | UnitPrice) -> Money | UnitPrice:
    if (price.minor if isinstance(price, Money) else price.amount.numerator) < 0:
        raise InputError(
            "price must be zero or positive", argument="price", expected="zero or positive", reason="range"
        )
    return price


Price: TypeAlias = Annotated[
    Money | Annotated[UnitPrice, AfterValidator(_canonical)],
    Field(union_mode="left_to_right"),
    AfterValidator(_not_negative),
]


class _Amount:
    """Money of a stated sign."""

    def __init__(self, *, low: int) -> None:
        self.low = low

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return cs.no_info_after_validator_function(self._check, handler(source))

    def _check(self, amount: Money) -> Money:
        if amount.minor < self.low:
            expected = "positive" if self.low else "zero or positive"
            raise InputError(f"amount must be {expected}", argument="amount", expected=expected, reason="range")
        return amount


Amount: TypeAlias = Annotated[Money, _Amount(low=0)]
PositiveAmount: TypeAlias = Annotated[Money, _Amount(low=1)]


class Many:
    """A tuple of at most `limit` items; the length is looked at before any item is.

    Python callers may hand in a list as well; it is kept as a tuple.
    """

    def __init__(self, limit: int, unit: str) -> None:
        self.limit = limit
        self.unit = unit

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Bound the JSON array in pydantic's core, the Python one before it is walked through."""
        inner = handler(source)
        # The first item that does not fit ends it: a million of them would each be worded before one is shown.
        (inner["schema"] if inner["type"] == "nullable" else inner).update(max_length=self.limit, fail_fast=True)
        return cs.json_or_python_schema(
            json_schema=inner, python_schema=cs.no_info_before_validator_function(self._check, inner)
        )

    def _check(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            if len(value) > self.limit:
                fail_limit(self.unit, len(value), self.limit, self.unit, reason="too_many_" + self.unit)
            return tuple(value)
        return value


class _CurrencyField:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        read = cs.no_info_after_validator_function(known_currency, cs.str_schema(strict=True, max_length=3))
        return cs.json_or_python_schema(
            json_schema=read,
            python_schema=cs.union_schema([cs.is_instance_schema(Currency), read], mode="left_to_right"),
            serialization=cs.to_string_ser_schema(when_used="always"),
        )


CurrencyField: TypeAlias = Annotated[CurrencyInput, _CurrencyField()]


class _Rates(dict[str, Rate]):
    # A shop has a handful of tax rates and a hundred thousand lines: each text is parsed once.
    def __missing__(self, text: Any) -> Rate:
        rate = Rate(text)
        if rate.numerator < 0 or rate > 10:
            raise InputError("tax_rate must be in [0, 10]", argument="tax_rate", expected="in [0, 10]", reason="range")
        if type(text) is str and len(self) < 1_000:
            self[text] = rate
        return rate


_RATES: Final = _Rates()


def _tax_rate(value: Any) -> Rate:
    if type(value) is str:
        return _RATES[value]
    return _RATES.__missing__(value)


class _TaxRate:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        schema = handler(source)
        checked = {"function": {"type": "no-info", "function": _tax_rate}}
        if schema["type"] == "nullable":
            return {**schema, "schema": {**schema["schema"], **checked}}
        return {**schema, **checked}


TaxRate: TypeAlias = Annotated[RateInput, _TaxRate()]
TaxRateOrNone: TypeAlias = Annotated[RateOrNone, _TaxRate()]
# Any: the default of a field is compared with what declares it, not with what is got from it.
NO_TAX: Final[Any] = Rate(0)
