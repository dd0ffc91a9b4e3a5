"""Exact rates: commission, tax, margin, exchange rate. Never a float."""

from __future__ import annotations

import re
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Any, ClassVar, Final, final

from shopcore._checks import fail, integer, number
from shopcore._rounding import Rounding, round_div
from shopcore.errors import InputError
from shopcore.models._frozen import Frozen

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["Rate"]

# Large enough for any rate of exchange, small enough that products stay cheap.
LIMIT: Final = 10**24
MAX_PLACES: Final = 24
MAX_TEXT: Final = 60
PATTERN: Final = r"^-?[0-9]{1,25}(\.[0-9]{1,24})?(%|/[0-9]{1,25})?$"
_TEXT: Final = re.compile(r"(-?[0-9]{1,25})(?:\.([0-9]{1,24}))?(%|/([0-9]{1,25}))?", re.ASCII)
# Rounds a hostile Decimal of a million digits in C before anything of Python looks at its digits.
_EXACT: Final = Context(prec=49, Emin=-999_999, Emax=999_999, traps=[Inexact, InvalidOperation, Overflow])
WORDING: Final = "a rate such as '0.25', '25%' or '1/3'"


@final
class Rate(Frozen):
    """An exact rate (费率): a fraction of two integers, so that 1/3 and 8.875 % lose nothing.

    Parameters
    ----------
    value : str, int, Decimal, Fraction or Rate
        ``"0.25"``, ``"25%"``, ``"1/3"``, ``Decimal("0.25")`` or a whole number. A float is refused; where only a
        float is to be had, `Rate.approx` names what is done.

    Attributes
    ----------
    numerator, denominator : int
        In lowest terms; the denominator is positive, both are at most 10**24.

    Raises
    ------
    InputError
        If the value is not a rate in one of these forms.

    Examples
    --------
    >>> Rate("8.875%")
    Rate('0.08875')
    >>> Rate("1/3") + Rate("1/6")
    Rate('0.5')
    """

    __slots__ = ("denominator", "numerator")

    __array_ufunc__: ClassVar[None] = None
    _noun: ClassVar[str] = "a rate"

    numerator: int
    denominator: int

    def __init__(self, value: RateLike) -> None:
        numerator, denominator = _parse(value)
        _set_numerator(self, numerator)
        _set_denominator(self, denominator)

    @classmethod
    def of(cls, value: RateLike) -> Rate:
        """Return `value` itself if it is a Rate, otherwise a Rate made of it."""
        return value if type(value) is Rate else cls(value)

    @classmethod
    def approx(cls, value: float, *, places: int = 9) -> Rate:
        """Return the rate nearest to a float at the stated number of decimal places.

        For rates that were estimated (a return rate, a conversion rate) and are exact nowhere.

        Examples
        --------
        >>> Rate.approx(0.1 + 0.2, places=6)
        Rate('0.3')
        """
        exact = Fraction(number("value", value, low=-1e12, high=1e12))
        scale = 10 ** integer("places", places, low=0, high=12)
        return cls(Fraction(round_div(exact.numerator * scale, exact.denominator), scale))

    def as_fraction(self) -> Fraction:
        """Return the rate as a `fractions.Fraction`."""
        return Fraction(self.numerator, self.denominator)

    def as_decimal(self, places: int, rounding: Rounding = "half_up") -> Decimal:
        """Return the rate as a Decimal with `places` decimal places, rounded by the named mode.

        Examples
        --------
        >>> Rate("1/3").as_decimal(4)
        Decimal('0.3333')
        """
        integer("places", places, low=0, high=MAX_PLACES)
        digits = round_div(self.numerator * 10**places, self.denominator, rounding)
        return Decimal(f"{digits}E-{places}")

    def __float__(self) -> float:
        """Return the nearest float, for estimators and plots; never for money."""
        return self.numerator / self.denominator

    def __add__(self, other: object) -> Rate:
        """Return the sum with a rate or whole number."""
        right = _operand(other)
        if right is None:
            return NotImplemented
        return _make(
            self.numerator * right.denominator + right.numerator * self.denominator,
            self.denominator * right.denominator,
        )

    __radd__ = __add__

    def __sub__(self, other: object) -> Rate:
        """Return the difference to a rate or whole number."""
        right = _operand(other)
        return NotImplemented if right is None else self + (-right)

    def __rsub__(self, other: object) -> Rate:
        """Return a whole number less this rate."""
        return -self + other

    def __mul__(self, other: object) -> Rate:
        """Return the product with a rate or whole number."""
        right = _operand(other)
        if right is None:
            return NotImplemented
        return _make(self.numerator * right.numerator, self.denominator * right.denominator)

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Rate:
        """Return the quotient by a rate or whole number, exactly."""
        right = _operand(other)
        if right is None:
            return NotImplemented
        if right.numerator == 0:
            fail("divisor", 0, "a rate other than zero", reason="zero_division")
        return _make(self.numerator * right.denominator, self.denominator * right.numerator)

    def __rtruediv__(self, other: object) -> Rate:
        """Return a whole number divided by this rate."""
        left = _operand(other)
        return NotImplemented if left is None else left / self

    def __neg__(self) -> Rate:
        """Return the rate with the other sign."""
        return _make(-self.numerator, self.denominator)

    def __abs__(self) -> Rate:
        """Return the size of the rate."""
        return _make(abs(self.numerator), self.denominator)

    def __bool__(self) -> bool:
        """Return whether the rate differs from zero."""
        return self.numerator != 0

    def __eq__(self, other: object) -> bool:
        """Return whether two rates are the same number; a float is never equal to a rate."""
        if isinstance(other, Rate):
            return self.numerator == other.numerator and self.denominator == other.denominator
        if isinstance(other, int | Fraction) and not isinstance(other, bool):
            return self.as_fraction() == other
        if isinstance(other, Decimal):
            # Decimal and Fraction do not compare; what is too long to be a rate equals none.
            try:
                return self == Rate(other)
            except InputError:
                return False
        return NotImplemented

    def __lt__(self, other: object) -> bool:
        """Compare exactly, by cross multiplication."""
        sign = self._compared(other)
        return NotImplemented if sign is None else sign < 0

    def __le__(self, other: object) -> bool:
        """Compare exactly, by cross multiplication."""
        sign = self._compared(other)
        return NotImplemented if sign is None else sign <= 0

    def __gt__(self, other: object) -> bool:
        """Compare exactly, by cross multiplication."""
        sign = self._compared(other)
        return NotImplemented if sign is None else sign > 0

    def __ge__(self, other: object) -> bool:
        """Compare exactly, by cross multiplication."""
        sign = self._compared(other)
        return NotImplemented if sign is None else sign >= 0

    def _compared(self, other: object) -> int | None:
        # Any whole number or fraction can be compared with, also one too long to be a rate itself.
        if isinstance(other, int | Fraction) and not isinstance(other, bool):
            return self.numerator * other.denominator - other.numerator * self.denominator
        right = _operand(other)
        return None if right is None else self.numerator * right.denominator - right.numerator * self.denominator

    def __hash__(self) -> int:
        """Hash like the equal int, Decimal or Fraction."""
        return hash(self.as_fraction())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as text."""
        return Rate, (str(self),)

    def __str__(self) -> str:
        """Return the decimal text where there is an exact one, ``"n/d"`` otherwise; `Rate` reads both."""
        rest, twos, fives = self.denominator, 0, 0
        while rest % 2 == 0:
            rest, twos = rest // 2, twos + 1
        while rest % 5 == 0:
            rest, fives = rest // 5, fives + 1
        places = max(twos, fives)
        if rest != 1 or places > MAX_PLACES:
            return f"{self.numerator}/{self.denominator}"
        digits = str(abs(self.numerator) * 10**places // self.denominator).rjust(places + 1, "0")
        sign = "-" if self.numerator < 0 else ""
        return sign + (digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")

    def __repr__(self) -> str:
        """Return a call that gives this rate."""
        return f"Rate({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read from text (or a whole number) and write text, in JSON and Python."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            _validate,
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
            json_schema_input_schema=core_schema.str_schema(min_length=1, max_length=MAX_TEXT, pattern=PATTERN),
        )


_set_numerator = Rate.__dict__["numerator"].__set__
_set_denominator = Rate.__dict__["denominator"].__set__


def _make(numerator: int, denominator: int) -> Rate:
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    common = gcd(numerator, denominator)
    numerator, denominator = numerator // common, denominator // common
    if denominator > LIMIT or not -LIMIT <= numerator <= LIMIT:
        raise InputError(
            "the rate must keep numerator and denominator within 10**24; round one of the parts first",
            argument="rate",
            expected="numerator and denominator within 10**24",
            reason="too_long",
        )
    made: Rate = object.__new__(Rate)
    _set_numerator(made, numerator)
    _set_denominator(made, denominator)
    return made


def _operand(value: object) -> Rate | None:
    if type(value) is Rate:
        return value
    if isinstance(value, Decimal | Fraction) or (hasattr(value, "__index__") and not isinstance(value, bool)):
        return Rate(value)  # type: ignore[arg-type]  # numpy integers too
    return None


def _parse(value: Any, argument: str = "rate", wording: str = WORDING) -> tuple[int, int]:
    if isinstance(value, Rate):
        return value.numerator, value.denominator
    if isinstance(value, str):
        return _parse_text(value, argument)
    if isinstance(value, Decimal):
        value = _short_decimal(value, argument, wording)
    elif not isinstance(value, Fraction):
        if isinstance(value, bool | float) or not hasattr(value, "__index__"):
            fail(argument, value, wording, reason="type", hint=_float_hint(value))
        value = integer(argument, value)
    return _within_limit(value.numerator, value.denominator, argument, value)


def _within_limit(numerator: int, denominator: int, argument: str, value: object) -> tuple[int, int]:
    common = gcd(numerator, denominator)
    numerator, denominator = numerator // common, denominator // common
    if denominator > LIMIT or not -LIMIT <= numerator <= LIMIT:
        fail(argument, value, "a number whose numerator and denominator are within 10**24", reason="range")
    return numerator, denominator


def _short_decimal(value: Decimal, argument: str, wording: str) -> Fraction | int:
    # `as_integer_ratio` of 1E+1000000 would take a minute, so the size is looked at first.
    if value.is_zero():
        return 0
    if not value.is_finite() or abs(value.adjusted()) > MAX_PLACES:
        fail(argument, value, wording, reason="range")
    try:
        short = _EXACT.plus(value).normalize(_EXACT)
    except DecimalException:
        short = None
    if short is None or short.as_tuple().exponent < -MAX_PLACES:  # type: ignore[operator]  # finite by now
        fail(argument, value, f"a number of at most {MAX_PLACES} decimal places", reason="range")
    return Fraction(short)


def _float_hint(value: object) -> str:
    return "a float is not exact: write it as text, or use Rate.approx" if isinstance(value, float) else ""


def _parse_text(value: str, argument: str) -> tuple[int, int]:
    match = _TEXT.fullmatch(value) if len(value) <= MAX_TEXT else None
    if match is None or (value[0] == "-" and not any(digit in "123456789" for digit in value)):
        fail(argument, value, WORDING, reason="format")
    whole, places, suffix, bottom = match.groups()
    places = places or ""
    denominator: int = 10 ** len(places)
    if suffix == "%":
        denominator *= 100
    elif bottom is not None:
        if places or int(bottom) == 0:
            fail(argument, value, WORDING, reason="format")
        denominator = int(bottom)
    return _within_limit(int(whole + places), denominator, argument, value)


def _validate(value: Any) -> Rate:
    return value if type(value) is Rate else Rate(value)


def rate_argument(
    argument: str,
    value: object,
    *,
    low: int | None = 0,
    high: int | None = None,
    low_open: bool = False,
    high_open: bool = False,
    wording: str = WORDING,
) -> Rate:
    """Return `value` as a Rate within the bounds, or refuse it with the way out in the message.

    Examples
    --------
    >>> rate_argument("target_margin", "25%", high=1, high_open=True)
    Rate('0.25')
    """
    rate = value if type(value) is Rate else _make(*_parse(value, argument, wording))
    below = low is not None and (rate <= low if low_open else rate < low)
    above = high is not None and (rate >= high if high_open else rate > high)
    if below or above:
        left = f"{'(' if low_open else '['}{low}" if low is not None else "(-inf"
        right = f"{high}{')' if high_open else ']'}" if high is not None else "inf)"
        percent = above and high == 1 and rate <= 100
        hint = f'write {rate} % as "{rate / 100}" or "{rate}%"' if percent else ""
        fail(
            argument,
            value if isinstance(value, str | int) else str(rate),
            f"in {left}, {right}",
            reason="range",
            hint=hint,
        )
    return rate
