"""Money: whole minor units of one currency, exact by construction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NoReturn

from shopcore._checks import fail, integer, one_of
from shopcore._rounding import ROUNDINGS, Rounding, round_div
from shopcore.errors import CurrencyMismatchError, InputError, PrecisionError
from shopcore.models._allocation import AllocationMode, allocate_capped_minor, allocate_minor, whole_weights
from shopcore.models._currency import CURRENCIES, Currency
from shopcore.models._rate import Rate, rate_argument

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["Money"]

# What a signed 64-bit column holds: a database BIGINT and an int64 array can take every Money.
LIMIT: Final = 2**63 - 1
_TEXT: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,12}))?", re.ASCII)
_WORDING: Final = "an amount such as '19.99' in plain ASCII digits"


class Money:
    """An amount of money (金额): a whole number of minor units and a currency.

    Parameters
    ----------
    minor : int
        Minor units: 1999 for 19.99 CNY, 1999 for 1999 JPY. Never a float, never a bool.
    currency : str or Currency
        An ISO 4217 code. There is no default currency.

    Raises
    ------
    InputError
        If `minor` is not an int, is outside 64 bits, or the currency is unknown.

    See Also
    --------
    Money.parse : from text. Money.of : from a Decimal. Money.total : the sum of many, or of none.

    Notes
    -----
    Immutable, hashable, picklable; amounts of two currencies are never equal and never added. Nothing rounds
    unless the rounding is named; sums, differences and whole multiples are exact.

    Examples
    --------
    >>> price = Money(1999, "CNY")
    >>> print(price * 3 - Money.parse("10", "CNY"))
    49.97 CNY
    >>> [share.text for share in Money.parse("100", "USD").allocate([1, 1, 1])]
    ['33.34', '33.33', '33.33']
    """

    __slots__ = ("currency", "minor")

    minor: int
    currency: Currency

    def __init__(self, minor: int, currency: str | Currency) -> None:
        if type(minor) is not int:
            minor = _strict_int(minor)
        if type(currency) is not Currency:
            # One dictionary look-up for the usual case; `Currency.of` then only words the refusal.
            currency = _IN_USE.get(currency) or Currency.of(currency)
        if not -LIMIT <= minor <= LIMIT:
            fail("minor", minor, "within 64 bits", reason="range")
        _set_minor(self, minor)
        _set_currency(self, currency)

    @classmethod
    def parse(cls, text: str, currency: str | Currency) -> Money:
        """Return the amount written in `text`, exactly.

        Parameters
        ----------
        text : str
            ASCII digits with at most one point and a leading minus: ``"19.99"``. No exponent, no separators,
            no spaces, no "-0". Trailing zeros beyond the minor unit are read.
        currency : str or Currency
            An ISO 4217 code.

        Raises
        ------
        InputError
            If the text is not such a number.
        PrecisionError
            If it has more decimal places than the currency; use `Money.of` with a rounding, or `UnitPrice`.

        Examples
        --------
        >>> Money.parse("1.235", "KWD")
        Money(1235, 'KWD')
        """
        known = Currency.of(currency)
        if not isinstance(text, str):
            fail("amount", text, _WORDING, reason="type", hint=_float_hint(text))
        match = _TEXT.fullmatch(text) if len(text) <= 40 else None
        if match is None:
            fail("amount", text, _WORDING, reason="format")
        sign, whole, places = match.groups()
        places = (places or "").rstrip("0")
        if len(places) > known.digits:
            _refuse_precision(text, known)
        minor = int(whole) * known.factor + int(places.ljust(known.digits, "0") or "0")
        if sign and not minor:
            fail("amount", text, _WORDING, reason="format", hint="write 0, not -0")
        return cls(-minor if sign else minor, known)

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str | Currency, *, rounding: Rounding | None = None) -> Money:
        """Return an amount given in whole units, such as ``Decimal("19.99")``.

        Parameters
        ----------
        amount : Decimal, str or int
            Units, not minor units: ``Money.of(5, "USD")`` is five dollars.
        currency : str or Currency
            An ISO 4217 code.
        rounding : str, optional
            One of the seven modes. Without it an amount finer than the minor unit raises.

        Raises
        ------
        InputError
            If the amount is not finite or too large.
        PrecisionError
            If it does not fit the minor unit and no rounding was named.

        Examples
        --------
        >>> Money.of(Decimal("2.665"), "USD", rounding="half_up")
        Money(267, 'USD')
        """
        known = Currency.of(currency)
        if isinstance(amount, float | bool) or not isinstance(amount, Decimal | str | int):
            fail("amount", amount, "a Decimal, int or text", reason="type", hint=_float_hint(amount))
        if isinstance(amount, Decimal) and not amount and amount.is_finite():
            return cls(0, known)
        exact = rate_argument("amount", amount, low=None)
        scaled = exact.numerator * known.factor
        if rounding is None:
            if scaled % exact.denominator:
                _refuse_precision(str(amount), known)
            return cls(scaled // exact.denominator, known)
        one_of("rounding", rounding, ROUNDINGS)
        return cls(round_div(scaled, exact.denominator, rounding), known)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str | Currency) -> Money:
        """Return the sum of amounts of one currency; zero when there are none.

        Examples
        --------
        >>> Money.total([], "JPY")
        Money(0, 'JPY')
        """
        known = Currency.of(currency)
        minor = 0
        for amount in amounts:
            if amount.currency is not known:
                raise _mismatch(known.code, amount.currency.code)
            minor += amount.minor
        return cls(minor, known)

    @property
    def amount(self) -> Decimal:
        """The amount in units, as a Decimal with the currency's decimal places."""
        return Decimal(self.minor).scaleb(-self.currency.digits)

    @property
    def text(self) -> str:
        """The amount as plain text, ``"19.99"``; `Money.parse` reads it back."""
        digits = self.currency.digits
        if digits == 0:
            return str(self.minor)
        size = str(abs(self.minor)).rjust(digits + 1, "0")
        return f"{'-' if self.minor < 0 else ''}{size[:-digits]}.{size[-digits:]}"

    def times(self, rate: RateLike, *, rounding: Rounding = "half_up", step: int = 1) -> Money:
        """Return the amount times an exact rate, rounded once.

        Parameters
        ----------
        rate : Rate, str, Decimal or int
            ``"0.15"``, ``"15%"``, ``"1/3"``.
        rounding : str
            One of the seven modes; half up (away from zero) as statements do.
        step : int
            Minor units the result must be a multiple of: 5 for Swiss cash.

        Examples
        --------
        >>> Money(1050, "USD").times("2.9%")
        Money(30, 'USD')
        """
        exact = rate if type(rate) is Rate else rate_argument("rate", rate, low=None)
        if step != 1:
            integer("step", step, low=1, high=LIMIT)
        quotient = round_div(self.minor * exact.numerator, exact.denominator * step, rounding)
        return Money(quotient * step, self.currency)

    def rounded(self, step: int, *, rounding: Rounding) -> Money:
        """Return the nearest multiple of `step` minor units by the named mode (cash rounding).

        Examples
        --------
        >>> Money(1998, "CHF").rounded(5, rounding="half_up")
        Money(2000, 'CHF')
        """
        integer("step", step, low=1, high=LIMIT)
        return Money(round_div(self.minor, step, rounding) * step, self.currency)

    def convert(self, currency: str | Currency, rate: RateLike, *, rounding: Rounding) -> Money:
        """Return the amount in another currency at an exact rate of exchange (汇率), rounded once.

        Parameters
        ----------
        currency : str or Currency
            The currency wanted.
        rate : Rate, str, Decimal or int
            Units of the wanted currency for one unit of this one.
        rounding : str
            One of the seven modes.

        Examples
        --------
        >>> Money(10000, "USD").convert("JPY", "149.345", rounding="half_even")
        Money(14934, 'JPY')
        """
        target = Currency.of(currency)
        exact = rate_argument("rate", rate, low=0, low_open=True)
        numerator = self.minor * exact.numerator * target.factor
        return Money(round_div(numerator, exact.denominator * self.currency.factor, rounding), target)

    def allocate(
        self, weights: Sequence[RateLike | Money], *, mode: AllocationMode = "largest_remainder"
    ) -> tuple[Money, ...]:
        """Return parts in proportion to the weights (优惠分摊); they sum to the whole, always.

        Parameters
        ----------
        weights : sequence of int, rate or Money
            Zero or positive, not all zero. A zero weight gets nothing.
        mode : {"largest_remainder", "first"}
            Who gets the minor units left over: the largest remainders (earliest on ties), or the first parts.

        Raises
        ------
        InputError
            If there is no weight, one is negative, or all are zero.

        Examples
        --------
        >>> [part.minor for part in Money(1003, "USD").allocate(["49", "51"])]
        [491, 512]
        """
        parts = allocate_minor(self.minor, whole_weights(weights), mode)
        currency = self.currency
        return tuple([_make(part, currency) for part in parts])

    def allocate_capped(
        self, weights: Sequence[RateLike | Money], caps: Sequence[Money]
    ) -> tuple[tuple[Money, ...], Money]:
        """Return parts in proportion to the weights, none above its cap, and what could not be placed.

        What a cap refuses goes to the parts that still have room (water-filling); parts and rest sum to the whole.

        Parameters
        ----------
        weights : sequence of int, rate or Money
            As in `allocate`.
        caps : sequence of Money
            The most each part may be in size; zero or positive, one for each weight.

        Examples
        --------
        >>> price_floors = [Money(100, "CNY"), Money(900, "CNY")]
        >>> Money(600, "CNY").allocate_capped([1, 1], price_floors)
        ((Money(100, 'CNY'), Money(500, 'CNY')), Money(0, 'CNY'))
        """
        whole = whole_weights(weights)
        if len(caps) != len(whole):
            fail("caps", caps, f"as many as the weights ({len(whole)})", reason="shape")
        for cap in caps:
            same_currency(self, cap)
            if cap.minor < 0:
                fail("caps", str(cap), "zero or positive", reason="range")
        parts, rest = allocate_capped_minor(self.minor, whole, [cap.minor for cap in caps])
        return tuple([_make(part, self.currency) for part in parts]), _make(rest, self.currency)

    def split(self, parts: int) -> tuple[Money, ...]:
        """Return `parts` equal parts; the first ones carry the minor units left over.

        Examples
        --------
        >>> Money(5, "KWD").split(3)
        (Money(2, 'KWD'), Money(2, 'KWD'), Money(1, 'KWD'))
        """
        return self.allocate([1] * integer("parts", parts, low=1, high=1_000_000))

    def split_tax(self, rate: RateLike, *, included: bool, rounding: Rounding = "half_up") -> tuple[Money, Money]:
        """Return net and tax of this amount.

        Parameters
        ----------
        rate : Rate, str, Decimal or int
            The tax rate, ``"0.13"``; zero or positive.
        included : bool
            True where this amount holds the tax (net is rounded, tax is the rest, so both always sum to it);
            False where the tax comes on top (tax is rounded, net is this amount).
        rounding : str
            One of the seven modes.

        Examples
        --------
        >>> Money(801, "EUR").split_tax("0.20", included=True)
        (Money(668, 'EUR'), Money(133, 'EUR'))
        """
        exact = rate_argument("rate", rate, low=0)
        if not included:
            return self, self.times(exact, rounding=rounding)
        net = round_div(self.minor * exact.denominator, exact.denominator + exact.numerator, rounding)
        return _make(net, self.currency), _make(self.minor - net, self.currency)

    def __add__(self, other: Money) -> Money:
        """Return the sum; both must be of one currency."""
        try:
            if self.currency is not other.currency:
                raise _mismatch(self.currency.code, other.currency.code)
            minor = self.minor + other.minor
        except AttributeError:
            return NotImplemented
        if not -LIMIT <= minor <= LIMIT:
            fail("sum", minor, "within 64 bits", reason="range")
        made: Money = _new(Money)
        _set_minor(made, minor)
        _set_currency(made, self.currency)
        return made

    def __sub__(self, other: Money) -> Money:
        """Return the difference; both must be of one currency."""
        try:
            if self.currency is not other.currency:
                raise _mismatch(self.currency.code, other.currency.code)
            minor = self.minor - other.minor
        except AttributeError:
            return NotImplemented
        return _make(minor, self.currency)

    def __mul__(self, count: int) -> Money:
        """Return a whole multiple; for a rate use `times`, which names its rounding."""
        if type(count) is not int:
            return NotImplemented
        return _make(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        """Return the amount with the other sign."""
        return _make(-self.minor, self.currency)

    def __pos__(self) -> Money:
        """Return the amount itself."""
        return self

    def __abs__(self) -> Money:
        """Return the size of the amount."""
        return _make(abs(self.minor), self.currency)

    def __bool__(self) -> NoReturn:
        """Refuse; ``if price`` hides the question whether zero counts: compare with a zero amount instead."""
        raise InputError("money has no truth value; compare: amount.minor != 0", argument="money", reason="truth_value")

    def __eq__(self, other: object) -> bool:
        """Return whether amount and currency are the same; 0 USD is not 0 EUR, and no number is money."""
        if type(other) is not Money:
            return NotImplemented
        return self.minor == other.minor and self.currency is other.currency

    def __hash__(self) -> int:
        """Hash by amount and currency."""
        return hash((self.minor, self.currency.code))

    def __lt__(self, other: Money) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor > other.minor

    def __ge__(self, other: Money) -> bool:
        """Compare within one currency."""
        same_currency(self, other)
        return self.minor >= other.minor

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse; money never changes."""
        raise AttributeError(f"money never changes: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse; money never changes."""
        raise AttributeError(f"money never changes: {name}")

    def __copy__(self) -> Money:
        """Return itself."""
        return self

    def __deepcopy__(self, memo: object) -> Money:
        """Return itself."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as minor units and currency."""
        return Money, (self.minor, self.currency)

    def __repr__(self) -> str:
        """Return a call that gives this amount."""
        code = repr(self.currency) if self.currency.withdrawn else repr(self.currency.code)
        return f"Money({self.minor}, {code})"

    def __str__(self) -> str:
        """Return amount and code, ``19.99 CNY``."""
        return f"{self.text} {self.currency.code}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read ``{"minor": 1999, "currency": "CNY"}`` or ``{"amount": "19.99", ...}``, write the former."""
        from shopcore.models._money_schema import money_schema

        return money_schema()


_IN_USE: Final[dict[Any, Currency]] = {code: found for code, found in CURRENCIES.items() if not found.withdrawn}
_new = object.__new__
_set_minor = Money.__dict__["minor"].__set__
_set_currency = Money.__dict__["currency"].__set__


def _make(minor: int, currency: Currency) -> Money:
    # The constructor without its checks of type, for arithmetic on values that passed them; a third faster.
    if not -LIMIT <= minor <= LIMIT:
        fail("amount", minor, "within 64 bits", reason="range")
    made: Money = _new(Money)
    _set_minor(made, minor)
    _set_currency(made, currency)
    return made


def _strict_int(value: object) -> int:
    if isinstance(value, float | str | Decimal):
        hint = "write Money.parse('19.99', 'CNY') for text, Money.of(Decimal(...), ...) for a Decimal"
        fail("minor", value, "an int of minor units", reason="type", hint=hint)
    return integer("minor", value)


def _float_hint(value: object) -> str:
    return "a float is not exact; write the amount as text" if isinstance(value, float) else ""


def _refuse_precision(text: str, currency: Currency) -> NoReturn:
    raise PrecisionError(
        f"amount must have at most {currency.digits} decimal places in {currency.code}, got {text[:40]!r}; "
        "name a rounding in Money.of, or keep it as a UnitPrice",
        argument="amount",
        value=text[:40],
        expected=f"at most {currency.digits} decimal places",
        reason="precision",
    )


def _mismatch(left: str, right: str) -> CurrencyMismatchError:
    return CurrencyMismatchError(
        f"amounts must be of one currency, got {left} and {right}; convert one of them with Money.convert",
        argument="currency",
        value=f"{left}, {right}",
        expected="one currency",
        reason="currency_mismatch",
    )


def same_currency(left: Money, right: object) -> None:
    """Refuse two amounts of different currencies, or something that is no amount."""
    if type(right) is not Money:
        fail("amount", right, "a Money", reason="type")
    if left.currency is not right.currency:
        raise _mismatch(left.currency.code, right.currency.code)


def known_currency(code: str) -> Currency:
    """Return the currency of a stored record, withdrawn or not."""
    found = CURRENCIES.get(code)
    return Currency.of(code, withdrawn_ok=True) if found is None else found
