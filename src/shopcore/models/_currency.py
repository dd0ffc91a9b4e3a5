"""Currencies of ISO 4217, each one object for the whole process."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self, final

from shopcore._checks import fail
from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models._currency_table import ROWS
from shopcore.models._frozen import Frozen

__all__ = ["CURRENCIES", "Currency"]


@final
class Currency(Frozen):
    """A currency of ISO 4217 (币种): code, number and digits of its minor unit.

    There is one object per code, so currencies are compared by identity. Get one by `Currency.of`.

    Attributes
    ----------
    code : str
        Three capital letters, ``"CNY"``.
    numeric : int
        The three-digit number, 156.
    digits : int
        Decimal digits of the minor unit in ISO 4217 (JPY 0, USD 2, KWD 3, CLF 4).
    display_digits : int
        Digits customary on screen (CLDR); for thirteen currencies fewer than `digits`. Never used in arithmetic.
    withdrawn : str or None
        Month of withdrawal, ``"2023-01"``; such money can be loaded but not made anew unless asked.
    factor : int
        Minor units in one unit, 10 ** digits.

    Notes
    -----
    Source: ISO 4217 lists one and three; Unicode CLDR for `display_digits`.

    Examples
    --------
    >>> Currency.of("KWD").digits
    3
    """

    __slots__ = ("code", "digits", "display_digits", "factor", "numeric", "withdrawn")

    _noun: ClassVar[str] = "a currency"

    code: str
    numeric: int
    digits: int
    display_digits: int
    withdrawn: str | None
    factor: int

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """Refuse; currencies are looked up, not made."""
        raise InputError("currencies are looked up: write Currency.of('CNY')", argument="currency", reason="type")

    @classmethod
    def of(cls, code: str | Currency, *, withdrawn_ok: bool = False) -> Currency:
        """Return the currency of a code.

        Parameters
        ----------
        code : str or Currency
            Three capital letters of ISO 4217.
        withdrawn_ok : bool
            Whether a withdrawn code (DEM, HRK, BGN ...) may be used; for loading old records.

        Returns
        -------
        Currency
            The one object for this code.

        Raises
        ------
        InputError
            If the code is unknown, has no minor unit (gold, SDR) or is withdrawn and `withdrawn_ok` is false.

        Examples
        --------
        >>> Currency.of("JPY")
        Currency.of('JPY')
        """
        if isinstance(code, cls):
            found: Currency | None = code
        else:
            found = CURRENCIES.get(code) if isinstance(code, str) else None
        if found is None:
            if isinstance(code, str) and code in WITHOUT_MINOR_UNIT:
                fail("currency", code, "a currency with a minor unit", reason="no_minor_unit")
            capitals = code[:4].upper() if isinstance(code, str) else ""
            hint = f"write {capitals!r}" if capitals in CURRENCIES and capitals != code else ""
            fail("currency", code, "an ISO 4217 code such as 'CNY'", reason="unknown_currency", hint=hint)
        if found.withdrawn and not withdrawn_ok and not isinstance(code, cls):
            fail(
                "currency",
                code,
                "a currency in use",
                reason="withdrawn_currency",
                hint=f"withdrawn {found.withdrawn}; old records load with Currency.of({code!r}, withdrawn_ok=True)",
            )
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the code, so that the copy is the same object."""
        return known_currency, (self.code,)

    def __repr__(self) -> str:
        """Return the call that gives this currency."""
        asked = ", withdrawn_ok=True" if self.withdrawn else ""
        return f"Currency.of({self.code!r}{asked})"

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read and write the code as text; withdrawn ones are read."""
        from shopcore.models._money_schema import currency_schema

        return currency_schema()


def known_currency(code: str) -> Currency:
    """Return the currency of a stored record, withdrawn or not."""
    found = CURRENCIES.get(code)
    return Currency.of(code, withdrawn_ok=True) if found is None else found


def currency_mismatch(left: Currency, right: Currency) -> CurrencyMismatchError:
    """Return the error of two currencies where one is needed."""
    return CurrencyMismatchError(
        f"amounts must be of one currency, got {left.code} and {right.code}; convert one of them with Money.convert",
        argument="currency",
        value=f"{left.code}, {right.code}",
        expected="one currency",
        reason="currency_mismatch",
    )


def _read_table() -> tuple[dict[str, Currency], frozenset[str]]:
    found: dict[str, Currency] = {}
    without: set[str] = set()
    for row in ROWS.split("\n")[1:-1]:
        code, numeric, digits, display, withdrawn = row.split(" ")
        if digits == "-":
            without.add(code)
            continue
        currency: Currency = object.__new__(Currency)
        values = (code, int(digits), int(display), 10 ** int(digits), int(numeric))
        for name, value in zip(Currency.__slots__, (*values, None if withdrawn == "-" else withdrawn), strict=True):
            object.__setattr__(currency, name, value)
        found[code] = currency
    return found, frozenset(without)


_TABLE = _read_table()
CURRENCIES: Final[dict[str, Currency]] = _TABLE[0]
WITHOUT_MINOR_UNIT: Final[frozenset[str]] = _TABLE[1]
