"""What visitors liked: favourites, carts and the union of both (收藏加购)."""

from __future__ import annotations

from typing import Final, overload

from shopcore.models._ratio import Ratio
from shopcore.models._ratios import Ratios
from shopcore.traffic._ratio import CONFIDENCE, Column, Meaning, of_counts
from shopcore.typing import FloatLike

_FAVOURITE_RATE: Final = Meaning("favourites", "visitors", "person", "no_visitors")


@overload
def favourite_rate(favourites: float, visitors: float, *, confidence: float = ...) -> Ratio: ...


@overload
def favourite_rate(favourites: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...


def favourite_rate(favourites: FloatLike, visitors: FloatLike, *, confidence: float = CONFIDENCE) -> Ratio | Ratios:
    """Return the favourite rate (收藏率): people who saved the product or shop over visitors.

    How many like what they see without buying yet.

    Parameters
    ----------
    favourites : float or array
        Distinct people who saved it, >= 0.
    visitors : float or array
        Distinct people, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value
        (reason ``"no_visitors"``) where `visitors` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `favourites` exceeds `visitors`.

    Notes
    -----
    Source: Sycm, favourites per visitor.

    Examples
    --------
    >>> favourite_rate(410, 12500).value
    0.0328
    """
    found: Ratio | Ratios = of_counts(_FAVOURITE_RATE, favourites, visitors, confidence)
    return found


_ADD_TO_CART_RATE: Final = Meaning("added_to_cart", "visitors", "person", "no_visitors")


@overload
def add_to_cart_rate(added_to_cart: float, visitors: float, *, confidence: float = ...) -> Ratio: ...


@overload
def add_to_cart_rate(added_to_cart: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...


def add_to_cart_rate(
    added_to_cart: FloatLike, visitors: FloatLike, *, confidence: float = CONFIDENCE
) -> Ratio | Ratios:
    """Return the add-to-cart rate (加购率): people who put it in the cart over visitors.

    How many intend to buy.

    Parameters
    ----------
    added_to_cart : float or array
        Distinct people who added to the cart, >= 0.
    visitors : float or array
        Distinct people, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value
        (reason ``"no_visitors"``) where `visitors` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `added_to_cart` exceeds `visitors`.

    Notes
    -----
    People, not items. Source: Sycm, add-to-cart rate.

    Examples
    --------
    >>> add_to_cart_rate(1125, 12500).value
    0.09
    """
    found: Ratio | Ratios = of_counts(_ADD_TO_CART_RATE, added_to_cart, visitors, confidence)
    return found


_FAVOURITE_CART_RATE: Final = Meaning("favourite_or_cart", "visitors", "person", "no_visitors")


@overload
def favourite_cart_rate(favourite_or_cart: float, visitors: float, *, confidence: float = ...) -> Ratio: ...


@overload
def favourite_cart_rate(favourite_or_cart: Column, visitors: FloatLike, *, confidence: float = ...) -> Ratios: ...


def favourite_cart_rate(
    favourite_or_cart: FloatLike, visitors: FloatLike, *, confidence: float = CONFIDENCE
) -> Ratio | Ratios:
    """Return the favourite-and-cart rate (收藏加购率) over visitors.

    The union counts: a person who did both counts once, so the two rates must not be added.

    Parameters
    ----------
    favourite_or_cart : float or array
        Distinct people who saved it, put it in the cart, or both, >= 0.
    visitors : float or array
        Distinct people, >= 0.
    confidence : float
        Coverage of the Wilson interval, in (0, 1).

    Returns
    -------
    Ratio or Ratios
        A share in [0, 1]; basis ``"person"``; without a value
        (reason ``"no_visitors"``) where `visitors` is zero.

    Raises
    ------
    InputError
        If a count is negative or not finite, or `favourite_or_cart` exceeds `visitors`.

    Notes
    -----
    Source: Sycm, favourite-and-cart people.

    Examples
    --------
    >>> favourite_cart_rate(1400, 12500).value
    0.112
    """
    found: Ratio | Ratios = of_counts(_FAVOURITE_CART_RATE, favourite_or_cart, visitors, confidence)
    return found
