"""What a foreign rule may answer: every field of it is looked over before anything is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from shopcore.errors import RuleContractError
from shopcore.models import Rate
from shopcore.models._rule import Cut, Proposal, Unmet

MOST: Final = 2**62
MAX_CUTS: Final = 10_000
MAX_GIFTS: Final = 1_000
MAX_TEXT: Final = 64
MAX_SKUS: Final = 1_000


def asked(name: str, question: Callable[[Any], Any], about: Any) -> Any:
    """Return what a rule answers; whatever it raises is chained to an error that names its promotion."""
    try:
        return question(about)
    except Exception as error:
        raise RuleContractError(
            f"promotion {name}: its rule raised {type(error).__name__}", promotion_id=name, reason="raised"
        ) from error


def check_proposal(found: object, units: int, name: str) -> Proposal:
    """Return what a rule answered to a cart of so many units, or refuse it in the name of its promotion."""
    if type(found) is not Proposal:
        broken(name, "a rule must return a Proposal", "type")
    if found.unmet is not None:
        check_unmet(found.unmet, name)
    if type(found.cuts) is not tuple or len(found.cuts) > MAX_CUTS:
        broken(name, f"cuts must be a tuple of at most {MAX_CUTS}", "type")
    for cut in found.cuts:
        _check_cut(cut, units, name)
    if found.used is not None:
        _check_units(found.used, units, name, "used")
    check_minor(found.shipping, name)
    check_minor(found.points, name)
    if found.pay_now is not None:
        check_minor(found.pay_now, name)
    good = type(found.gifts) is tuple and len(found.gifts) <= MAX_GIFTS
    if not good or not all(_is_gift(gift) for gift in found.gifts):
        broken(name, "gifts must be pairs of a SKU and a quantity", "gifts")
    return found


def check_unmet(found: object, name: str) -> Unmet:
    """Return a reason, or refuse it in the name of its promotion."""
    if type(found) is not Unmet:
        broken(name, "a reason must be an Unmet", "type")
    if not _is_text(found.code):
        broken(name, f"the code of a reason must be a text of at most {MAX_TEXT} characters", "code")
    if type(found.skus) is not tuple or len(found.skus) > MAX_SKUS or not all(map(_is_text, found.skus)):
        broken(name, "the SKUs of a reason must be a tuple of texts", "skus")
    for amount in (found.minor, found.count):
        if amount is not None:
            check_minor(amount, name)
    return found


def check_minor(minor: object, name: str) -> None:
    """Refuse what is not a whole, not negative number of minor units."""
    if type(minor) is not int or not 0 <= minor <= MOST:
        broken(name, "an amount must be an int of minor units, zero or positive", "amount")


def broken(name: str, what: str, reason: str) -> NoReturn:
    """Raise `RuleContractError` naming the promotion."""
    raise RuleContractError(f"promotion {name}: {what}", promotion_id=name, reason=reason)


def _check_cut(cut: object, units: int, name: str) -> None:
    if type(cut) is not Cut:
        broken(name, "a cut must be a Cut with a tuple of units", "type")
    _check_units(cut.units, units, name, "a cut")
    _check_units(cut.carriers, units, name, "carriers")
    if cut.rate is not None:
        if type(cut.rate) is not Rate or not 0 <= cut.rate <= 1:
            broken(name, "a rate must be a Rate from 0 to 1", "rate")
    elif cut.total is not None:
        check_minor(cut.total, name)
    else:
        if type(cut.amounts) is not tuple or len(cut.amounts) != len(cut.units):
            broken(name, "amounts must be one for every unit", "amounts")
        for minor in cut.amounts:
            check_minor(minor, name)


def _check_units(chosen: object, units: int, name: str, what: str) -> None:
    if type(chosen) is not tuple:
        broken(name, f"{what} must name units in a tuple", "type")
    for unit in chosen:
        if type(unit) is not int or not 0 <= unit < units:
            broken(name, f"{what} must name units of the cart", "unit")
    if len(set(chosen)) != len(chosen):
        broken(name, f"{what} must name a unit once", "unit")


def _is_gift(gift: object) -> bool:
    if type(gift) is not tuple or len(gift) != 2:
        return False
    sku, quantity = gift
    return _is_text(sku) and type(quantity) is int and 0 < quantity <= 10**6


def _is_text(text: object) -> bool:
    return type(text) is str and 0 < len(text) <= MAX_TEXT
