"""Strategies for the values of `shopcore.models`, edge cases first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

from hypothesis import strategies as st

from shopcore._checks import integer
from shopcore.models import CURRENCIES, Currency, Money, Period, Rate, UnitPrice

LARGEST: Final = 2**63 - 1
MAX_PARTS: Final = 10**9
ZONES: Final = (
    "UTC",
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
)
_IN_USE: Final = tuple(found for found in CURRENCIES.values() if not found.withdrawn)
_USUAL: Final = tuple(CURRENCIES[code] for code in ("CNY", "USD", "JPY", "KWD", "CLF"))


def currencies(*, withdrawn: bool = False) -> st.SearchStrategy[Currency]:
    """Return a strategy of currencies: the usual ones with 0, 2, 3 and 4 digits first, then all in use.

    Parameters
    ----------
    withdrawn : bool
        Whether withdrawn ones are drawn too.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(currencies(withdrawn=True))
    ... def has_a_minor_unit(currency):
    ...     assert currency.factor == 10**currency.digits
    >>> has_a_minor_unit()
    """
    every = tuple(CURRENCIES.values()) if withdrawn else _IN_USE
    return st.one_of(st.sampled_from(_USUAL), st.sampled_from(every))


def amounts(*, low: int = -(10**12), high: int = 10**12) -> st.SearchStrategy[int]:
    """Return a strategy of minor units between two bounds, small ones and round ones more often."""
    integer("low", low, low=-LARGEST, high=LARGEST)
    integer("high", high, low=low, high=LARGEST)
    near_zero = st.integers(max(low, -1_000), min(high, 1_000)) if low <= 1_000 and high >= -1_000 else st.nothing()
    return st.one_of(near_zero, st.integers(low, high))


def money(
    currency: str | Currency | None = None, *, low: int = -(10**12), high: int = 10**12
) -> st.SearchStrategy[Money]:
    """Return a strategy of amounts, of one currency or of any.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(money("JPY", low=0))
    ... def text_has_no_point(price):
    ...     assert "." not in price.text
    >>> text_has_no_point()
    """
    of = currencies() if currency is None else st.just(Currency.of(currency))
    return st.builds(Money, amounts(low=low, high=high), of)


@st.composite
def same_currency_money(
    draw: st.DrawFn, *, min_size: int = 1, max_size: int = 8, low: int = -(10**12), high: int = 10**12
) -> list[Money]:
    """Return a strategy of lists of amounts that share one currency."""
    currency = draw(currencies())
    return [
        Money(minor, currency)
        for minor in draw(st.lists(amounts(low=low, high=high), min_size=min_size, max_size=max_size))
    ]


def rates(*, low: Fraction | int = 0, high: Fraction | int = 1) -> st.SearchStrategy[Rate]:
    """Return a strategy of exact rates between two bounds: decimals, percentages and thirds."""
    bottom, top = Fraction(low), Fraction(high)
    fine = st.fractions(bottom, top, max_denominator=MAX_PARTS)
    coarse = st.fractions(bottom, top, max_denominator=max(100, bottom.denominator, top.denominator))
    return st.one_of(st.sampled_from((bottom, top)), coarse, fine).map(Rate)


def unit_prices() -> st.SearchStrategy[UnitPrice]:
    """Return a strategy of unit prices with up to six decimal places."""
    size = st.integers(0, 10**9)
    return st.builds(lambda n, code: UnitPrice(Fraction(n, 10**6), code), size, currencies())


def zones() -> st.SearchStrategy[str]:
    """Return a strategy of zone names, those with odd offsets and clock changes among them."""
    return st.sampled_from(ZONES)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Return a strategy of half-open periods from a microsecond to a thousand days."""
    seconds = draw(st.integers(0, 4_000_000_000))
    length = draw(st.one_of(st.just(1), st.integers(1, 86_400_000_000 * 1_000)))
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return Period(start, start + timedelta(microseconds=length), draw(zones()))
