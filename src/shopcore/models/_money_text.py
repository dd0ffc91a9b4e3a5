"""Reading amounts: plain text and exact numbers into minor units, and nothing else."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final, NoReturn

from shopcore._checks import fail, one_of
from shopcore._rounding import ROUNDINGS, Rounding, round_div
from shopcore.errors import PrecisionError
from shopcore.models._currency import Currency
from shopcore.models._rate import rate_argument

MAX_TEXT: Final = 40
_TEXT: Final = re.compile(r"(-?)(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,18}))?", re.ASCII)
_WORDING: Final = "an amount such as '19.99' in plain ASCII digits"


def minor_of_text(text: object, currency: Currency) -> int:
    """Return the minor units written in plain text; see `Money.parse`."""
    if not isinstance(text, str):
        fail("amount", text, _WORDING, reason="type", hint=float_hint(text))
    match = _TEXT.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        fail("amount", text, _WORDING, reason="format")
    sign, whole, places = match.groups()
    places = (places or "").rstrip("0")
    if len(places) > currency.digits:
        refuse_precision(text, currency)
    minor = int(whole) * currency.factor + int(places.ljust(currency.digits, "0") or "0")
    if sign and not minor:
        fail("amount", text, _WORDING, reason="format", hint="write 0, not -0")
    return -minor if sign else minor


def minor_of_number(amount: Any, currency: Currency, rounding: Rounding | None) -> int:
    """Return the minor units of an exact amount in whole units; see `Money.of`."""
    if rounding is not None:
        one_of("rounding", rounding, ROUNDINGS)
    if isinstance(amount, str):
        # "25%" and "1/3" are rates, not amounts, so the grammar of an amount is checked first.
        if len(amount) > MAX_TEXT or _TEXT.fullmatch(amount) is None:
            return minor_of_text(amount, currency)
    elif isinstance(amount, Decimal):
        if amount.is_zero():
            return 0
    elif isinstance(amount, float | bool) or not hasattr(amount, "__index__"):
        fail("amount", amount, "a Decimal, int or text", reason="type", hint=float_hint(amount))
    exact = rate_argument("amount", amount, low=None, wording="a finite amount of less than 25 digits")
    scaled = exact.numerator * currency.factor
    if rounding is None:
        if scaled % exact.denominator:
            refuse_precision(str(amount), currency)
        return scaled // exact.denominator
    return round_div(scaled, exact.denominator, rounding)


def float_hint(value: object) -> str:
    """Return the way out for somebody who handed in a float."""
    return "a float is not exact; write the amount as text" if isinstance(value, float) else ""


def refuse_precision(text: str, currency: Currency) -> NoReturn:
    """Refuse an amount finer than the minor unit."""
    raise PrecisionError(
        f"amount must have at most {currency.digits} decimal places in {currency.code}, got {text[:MAX_TEXT]!r}; "
        "name a rounding in Money.of, or keep it as a UnitPrice",
        argument="amount",
        value=text[:MAX_TEXT],
        expected=f"at most {currency.digits} decimal places",
        reason="precision",
    )
