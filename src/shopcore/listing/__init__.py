"""Listing quality: what keeps a product from being listed well, and why."""

from typing import TYPE_CHECKING

__all__ = [
    "PRC_WORDS",
    "ClaimHit",
    "ClaimWord",
    "ListingCheck",
    "ListingIssue",
    "ListingRules",
    "MediaLimits",
    "TitleWords",
    "check_listing",
    "find_claims",
    "repeated_words",
    "title_width",
    "words_out_of_order",
]

if TYPE_CHECKING:
    from shopcore.listing._check import ListingCheck, ListingIssue, ListingRules, MediaLimits, check_listing
    from shopcore.listing._claims import ClaimHit, find_claims
    from shopcore.listing._title import TitleWords, repeated_words, title_width, words_out_of_order
    from shopcore.listing._words import PRC_WORDS, ClaimWord
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_check": ("ListingCheck", "ListingIssue", "ListingRules", "MediaLimits", "check_listing"),
        "_claims": ("ClaimHit", "find_claims"),
        "_title": ("TitleWords", "repeated_words", "title_width", "words_out_of_order"),
        "_words": ("PRC_WORDS", "ClaimWord"),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
