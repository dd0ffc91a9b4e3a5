"""Currencies of ISO 4217, each one object for the whole process."""

from __future__ import annotations

from typing import Any, Final, NoReturn, Self

from shopcore._checks import fail
from shopcore.errors import InputError
from shopcore.models._currency_table import ROWS

__all__ = ["CURRENCIES", "Currency"]


class Currency:
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
            fail("currency", code, "an ISO 4217 code such as 'CNY'", reason="unknown_currency")
        if found.withdrawn and not withdrawn_ok and not isinstance(code, cls):
            fail(
                "currency",
                code,
                "a currency in use",
                reason="withdrawn_currency",
                hint=f"withdrawn {found.withdrawn}; old records load with Currency.of({code!r}, withdrawn_ok=True)",
            )
        return found

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse; a currency never changes."""
        raise AttributeError(f"a currency never changes: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse; a currency never changes."""
        raise AttributeError(f"a currency never changes: {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the code, so that the copy is the same object."""
        return _load, (self.code,)

    def __copy__(self) -> Currency:
        """Return itself; there is only one."""
        return self

    def __deepcopy__(self, memo: object) -> Currency:
        """Return itself; there is only one."""
        return self

    def __repr__(self) -> str:
        """Return the call that gives this currency."""
        asked = ", withdrawn_ok=True" if self.withdrawn else ""
        return f"Currency.of({self.code!r}{asked})"

    def __str__(self) -> str:
        """Return the code."""
        return self.code


def _load(code: str) -> Currency:
    return Currency.of(code, withdrawn_ok=True)


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
