"""What every fee has in common: a name, the margin level it is taken at, and how it is rounded."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from shopcore._checks import fail
from shopcore._rounding import Rounding
from shopcore.errors import CurrencyMismatchError
from shopcore.models._base import Model
from shopcore.models._currency import Currency
from shopcore.models._money import Money
from shopcore.models._privacy import Public
from shopcore.models._rate import Rate, rate_argument

Level: TypeAlias = Literal["cm1", "cm2", "cm3", "overhead"]
Base: TypeAlias = Literal["gross", "net", "cost", "freight"]
LEVELS: Final[tuple[Level, ...]] = ("cm1", "cm2", "cm3", "overhead")
LEVEL_TEXT: Final = {
    "cm1": "CM1 = net - goods and what comes with them",
    "cm2": "CM2 = CM1 - selling and fulfilment (commission, payment, freight, packaging, returns)",
    "cm3": "CM3 = CM2 - advertising and promotion",
    "overhead": "profit = CM3 - overhead",
}
# One amount of a fee table: far above any real fee, far below what could leave 64 bits in a twin.
MAX_AMOUNT: Final = 10**12


def share(rate: Rate) -> Rate:
    """Return the rate if it is a share from 0 to 1, or refuse it with the way out."""
    return rate_argument("rate", rate, low=0, high=1)


def amount(money: Money) -> Money:
    """Return the amount if its size is within the limit of a fee table."""
    if abs(money.minor) > MAX_AMOUNT:
        fail("amount", money.minor, f"at most {MAX_AMOUNT} minor units in size", reason="range")
    return money


def not_negative(money: Money) -> Money:
    """Return the amount if it is zero or positive and within the limit of a fee table."""
    if amount(money).minor < 0:
        fail("amount", str(money), "zero or positive", reason="range")
    return money


def as_tuple(value: Any) -> Any:
    """Return a list as a tuple, so that callers may write either."""
    return tuple(value) if isinstance(value, list) else value


Share: TypeAlias = Annotated[Rate, AfterValidator(share)]
Amount: TypeAlias = Annotated[Money, AfterValidator(amount)]
Charge: TypeAlias = Annotated[Money, AfterValidator(not_negative)]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
AsTuple = BeforeValidator(as_tuple)


class Component(Model):
    """Base of all fees: `name`, margin `level`, `rounding`."""

    name: Public[Name]
    level: Public[Level]
    rounding: Public[Rounding] = "half_up"

    def amounts(self) -> tuple[Money, ...]:
        """Return every amount the fee is defined by, so that the table can check their currency."""
        return ()


class Exchange(Model):
    """The exact rate at which amounts of another currency enter the table (汇率), rounded once, half up."""

    currency: Public[str]
    rate: Public[Annotated[Rate, AfterValidator(lambda rate: rate_argument("rate", rate, low=0, low_open=True))]]


def minor_in(money: Money, currency: Currency, exchange: tuple[Exchange, ...]) -> int:
    """Return the amount in minor units of the table's currency, converted if the table has a rate.

    Raises
    ------
    CurrencyMismatchError
        If the amount is in another currency and there is no rate for it.
    """
    if money.currency is currency:
        return money.minor
    for entry in exchange:
        if entry.currency == money.currency.code:
            return money.convert(currency, entry.rate, rounding="half_up").minor
    raise CurrencyMismatchError(
        f"amounts must be in {currency.code}, got one in {money.currency.code}; "
        f"add Exchange(currency={money.currency.code!r}, rate=...) to the fee table",
        argument="currency",
        value=money.currency.code,
        expected=currency.code,
        reason="currency_mismatch",
    )
