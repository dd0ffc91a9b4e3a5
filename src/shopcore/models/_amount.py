"""Signs, sums and comparison of amounts: the part of Money that never meets text, rates or rounding."""

from __future__ import annotations

from typing import Any, ClassVar, Final, NoReturn, Self

from shopcore._checks import fail, integer
from shopcore.errors import InputError
from shopcore.models._currency import Currency, currency_mismatch
from shopcore.models._frozen import Frozen

# What a signed 64-bit column holds: a database BIGINT and an int64 array can take every Money.
LIMIT: Final = 2**63 - 1
LOWEST: Final = -LIMIT


class Amount(Frozen):
    """Base of Money; every result is made without the checks of type that its operands passed."""

    __slots__ = ("currency", "minor")

    # numpy would otherwise loop over an array and give back an array of objects.
    __array_ufunc__: ClassVar[None] = None

    minor: int
    currency: Currency

    def _like(self, minor: int) -> Self:
        if not LOWEST <= minor <= LIMIT:
            fail("amount", minor, "within 64 bits", reason="range")
        made: Self = _new(self.__class__)
        set_minor(made, minor)
        set_currency(made, self.currency)
        return made

    def __add__(self, other: Self) -> Self:
        """Return the sum; both must be of one currency."""
        kind = self.__class__
        if other.__class__ is not kind:
            return NotImplemented
        currency = self.currency
        if currency is not other.currency:
            raise currency_mismatch(currency, other.currency)
        minor = self.minor + other.minor
        if not LOWEST <= minor <= LIMIT:
            fail("sum", minor, "within 64 bits", reason="range")
        # `_like` written out: the call alone would cost a fifth of the sum.
        made: Self = _new(kind)
        set_minor(made, minor)
        set_currency(made, currency)
        return made

    def __radd__(self, other: object) -> Self:
        """Refuse what `sum` starts with, and say what to write instead."""
        if type(other) is int:
            raise InputError(
                "a number has no currency, so money cannot be added to it; for sums write Money.total(amounts, 'CNY')",
                argument="sum",
                expected="amounts of money only",
                reason="type",
            )
        return NotImplemented

    def __sub__(self, other: Self) -> Self:
        """Return the difference; both must be of one currency."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        if self.currency is not other.currency:
            raise currency_mismatch(self.currency, other.currency)
        return self._like(self.minor - other.minor)

    def __mul__(self, count: int) -> Self:
        """Return a whole multiple; for a rate use `times`, which names its rounding."""
        if type(count) is not int:
            if isinstance(count, bool) or not hasattr(count, "__index__"):
                return NotImplemented
            count = integer("count", count)
        return self._like(self.minor * count)

    __rmul__ = __mul__

    def __neg__(self) -> Self:
        """Return the amount with the other sign."""
        return self._like(-self.minor)

    def __pos__(self) -> Self:
        """Return the amount itself."""
        return self

    def __abs__(self) -> Self:
        """Return the size of the amount."""
        return self._like(abs(self.minor))

    def __bool__(self) -> NoReturn:
        """Refuse; ``if price`` hides the question whether zero counts: compare with a zero amount instead."""
        raise InputError("money has no truth value; compare: amount.minor != 0", argument="money", reason="truth_value")

    def __eq__(self, other: object) -> bool:
        """Return whether amount and currency are the same; 0 USD is not 0 EUR, and no number is money."""
        if not isinstance(other, Amount):
            return NotImplemented
        return self.minor == other.minor and self.currency is other.currency

    def __hash__(self) -> int:
        """Hash by amount and currency."""
        return hash((self.minor, self.currency.code))

    def __lt__(self, other: Self) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor < other.minor

    def __le__(self, other: Self) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor <= other.minor

    def __gt__(self, other: Self) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor > other.minor

    def __ge__(self, other: Self) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor >= other.minor


_new: Any = object.__new__
set_minor: Final = Amount.__dict__["minor"].__set__
set_currency: Final = Amount.__dict__["currency"].__set__


def same_currency(left: Amount, right: object) -> None:
    """Refuse two amounts of different currencies, or something that is no amount."""
    if not isinstance(right, Amount):
        fail("amount", right, "a Money", reason="type")
    if left.currency is not right.currency:
        raise currency_mismatch(left.currency, right.currency)
