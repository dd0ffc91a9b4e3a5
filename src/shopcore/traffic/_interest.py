"""What visitors liked: favourites, carts and the union of both (收藏加购)."""

from __future__ import annotations

from typing import Final

from shopcore.traffic._definition import Words, examples, share
from shopcore.traffic._ratio import Meaning
from shopcore.traffic._signatures import AddToCartRate, FavouriteCartRate, FavouriteRate

favourite_rate: Final[FavouriteRate] = share(
    "favourite_rate",
    Meaning("favourites", "visitors", "person", "no_visitors"),
    Words(
        says="the favourite rate (收藏率): people who saved the product or shop over visitors.",
        use="How many like what they see without buying yet.",
        part="Distinct people who saved it",
        whole="Distinct people",
        notes="Source: Sycm, favourites per visitor.",
        example=""">>> favourite_rate(410, 12500).value
0.0328""",
    ),
)


add_to_cart_rate: Final[AddToCartRate] = share(
    "add_to_cart_rate",
    Meaning("added_to_cart", "visitors", "person", "no_visitors"),
    Words(
        says="the add-to-cart rate (加购率): people who put it in the cart over visitors.",
        use="How many intend to buy.",
        part="Distinct people who added to the cart",
        whole="Distinct people",
        notes="People, not items. Source: Sycm, add-to-cart rate.",
        example=""">>> add_to_cart_rate(1125, 12500).value
0.09""",
    ),
)


favourite_cart_rate: Final[FavouriteCartRate] = share(
    "favourite_cart_rate",
    Meaning("favourite_or_cart", "visitors", "person", "no_visitors"),
    Words(
        says="the favourite-and-cart rate (收藏加购率) over visitors.",
        use="The union counts: a person who did both counts once, so the two rates must not be added.",
        part="Distinct people who saved it, put it in the cart, or both",
        whole="Distinct people",
        notes="Source: Sycm, favourite-and-cart people.",
        example=""">>> favourite_cart_rate(1400, 12500).value
0.112""",
    ),
)


__test__ = examples(favourite_rate, add_to_cart_rate, favourite_cart_rate)
