"""Money: whole minor units of one currency, exact by construction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, final

from shopcore._checks import fail, integer
from shopcore._rounding import Rounding, round_div
from shopcore.models._allocation import AllocationMode, allocate_capped_minor, allocate_minor, whole_weights
from shopcore.models._amount import LIMIT, LOWEST, Amount, same_currency, set_currency, set_minor
from shopcore.models._currency import CURRENCIES, Currency, currency_mismatch
from shopcore.models._money_text import minor_of_number, minor_of_text
from shopcore.models._rate import Rate, rate_argument

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["Money"]


@final
class Money(Amount):
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

    __slots__ = ()

    _noun: ClassVar[str] = "money"

    def __init__(self, minor: int, currency: str | Currency) -> None:
        if type(minor) is not int:
            minor = _strict_int(minor)
        if type(currency) is not Currency:
            # One dictionary look-up for the usual case; `Currency.of` then only words the refusal.
            currency = _IN_USE[currency] if type(currency) is str and currency in _IN_USE else Currency.of(currency)
        if not LOWEST <= minor <= LIMIT:
            fail("minor", minor, "within 64 bits", reason="range")
        set_minor(self, minor)
        set_currency(self, currency)

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
        return cls(minor_of_text(text, known), known)

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
        return cls(minor_of_number(amount, known, rounding), known)

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
            if type(amount) is not Money:
                fail("amounts", amount, "amounts of money only", reason="type")
            if amount.currency is not known:
                raise currency_mismatch(known, amount.currency)
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
        return tuple([self._like(part) for part in parts])

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
        return tuple([self._like(part) for part in parts]), self._like(rest)

    def split(self, parts: int) -> tuple[Money, ...]:
        """Return `parts` equal parts; the first ones carry the minor units left over.

        Examples
        --------
        >>> Money(5, "KWD").split(3)
        (Money(2, 'KWD'), Money(2, 'KWD'), Money(1, 'KWD'))
        """
        low, more = divmod(abs(self.minor), integer("parts", parts, low=1, high=1_000_000))
        sign = -1 if self.minor < 0 else 1
        smaller, larger = self._like(sign * low), self._like(sign * (low + 1 if more else low))
        return (larger,) * more + (smaller,) * (parts - more)

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
        return self._like(net), self._like(self.minor - net)

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


def _strict_int(value: object) -> int:
    if isinstance(value, float | str | Decimal):
        hint = "write Money.parse('19.99', 'CNY') for text, Money.of(Decimal(...), ...) for a Decimal"
        fail("minor", value, "an int of minor units", reason="type", hint=hint)
    return integer("minor", value)
