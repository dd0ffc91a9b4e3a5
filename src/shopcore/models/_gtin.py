"""Trade item numbers (GTIN) with their check digit, and why a number is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, StringConstraints

from shopcore.errors import InputError
from shopcore.models._result import Result

__all__ = ["Gtin", "GtinCheck", "GtinKind", "check_gtin"]

GtinKind: TypeAlias = Literal["GTIN-8", "GTIN-12", "GTIN-13", "GTIN-14"]
_KINDS: Final[dict[int, GtinKind]] = {8: "GTIN-8", 12: "GTIN-12", 13: "GTIN-13", 14: "GTIN-14"}


@dataclass(frozen=True, slots=True)
class GtinCheck(Result):
    """What a text is as a trade item number.

    Attributes
    ----------
    valid : bool
        Whether it is a GTIN.
    kind : str or None
        ``"GTIN-8"``, ``"GTIN-12"`` (UPC), ``"GTIN-13"`` (EAN) or ``"GTIN-14"`` (trade unit); None if not valid.
    gtin14 : str or None
        The number padded to fourteen digits, which is what to compare; None if not valid.
    reason : str or None
        The first rule broken: ``"type"``, ``"format"``, ``"length"``, ``"check_digit"`` or ``"all_zero"``.
    expected_digit : str or None
        The check digit the other digits call for, where it was wrong.
    flags : tuple of str
        ``"restricted_circulation"``: numbers a shop or country gives itself (in-store labels, weighed goods), which
        must not be offered as a global identifier. ``"coupon"``, ``"refund_receipt"``, ``"demonstration"``.
    """

    valid: bool
    kind: GtinKind | None = None
    gtin14: str | None = None
    reason: str | None = None
    expected_digit: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def flag(self) -> str | None:
        """The first flag, or None."""
        return self.flags[0] if self.flags else None


def check_digit(body: str) -> str:
    """Return the check digit for the digits before it: modulo 10, weights 3 and 1 from the right."""
    odd, even = body[::-2], body[-2::-2]
    total = 3 * sum(map(int, odd)) + sum(map(int, even))
    return str(-total % 10)


def check_gtin(value: object) -> GtinCheck:
    """Return what a value is as a trade item number (GTIN 商品条码), or the first rule it breaks.

    Parameters
    ----------
    value : str
        ASCII digits, 8, 12, 13 or 14 of them. A number has lost its leading zeros and is refused as a type;
        spaces, hyphens and full-width digits are a format error.

    Returns
    -------
    GtinCheck
        Kind, padded form and flags, or the reason.

    Notes
    -----
    The rules are looked at in the order type, format, length, check digit. ISBN-13 and ISSN are GTIN-13.
    Source: GS1 General Specifications, section 7.9 (check digit) and 1.4 (prefixes).

    Examples
    --------
    >>> check_gtin("4006381333931").kind
    'GTIN-13'
    >>> check_gtin("4006381333930").expected_digit
    '1'
    """
    if not isinstance(value, str):
        return GtinCheck(valid=False, reason="type")
    if not (value.isascii() and value.isdigit()):
        return GtinCheck(valid=False, reason="format")
    kind = _KINDS.get(len(value))
    if kind is None:
        return GtinCheck(valid=False, reason="length")
    expected = check_digit(value[:-1])
    if value[-1] != expected:
        return GtinCheck(valid=False, reason="check_digit", expected_digit=expected)
    if not value.strip("0"):
        return GtinCheck(valid=False, reason="all_zero")
    return GtinCheck(valid=True, kind=kind, gtin14=value.zfill(14), flags=_flags(value))


def _flags(value: str) -> tuple[str, ...]:
    if len(value) == 8:
        # GTIN-8 has prefixes of its own: 0 and 2 are for use inside one company.
        return ("restricted_circulation",) if value[0] in "02" else ()
    padded = value.zfill(14)
    prefix = int(padded[1:4])
    if 20 <= prefix <= 29 or 40 <= prefix <= 49 or 200 <= prefix <= 299:
        return ("restricted_circulation",)
    if 50 <= prefix <= 59 or 981 <= prefix <= 984 or prefix == 99 or 990 <= prefix <= 999:
        return ("coupon",)
    if prefix == 980:
        return ("refund_receipt",)
    return ("demonstration",) if prefix == 952 else ()


def _checked(value: str) -> str:
    found = check_gtin(value)
    if not found.valid:
        hint = f"; the check digit should be {found.expected_digit}" if found.expected_digit else ""
        raise InputError(
            f"gtin must be 8, 12, 13 or 14 digits with a right check digit ({found.reason}{hint})",
            argument="gtin",
            expected="a GTIN",
            reason=str(found.reason),
        )
    return value


Gtin: TypeAlias = Annotated[str, StringConstraints(max_length=40), AfterValidator(_checked)]
