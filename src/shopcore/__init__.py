"""shopcore answers an online shop's operating questions with typed values and pure functions.

Values are made from `shopcore.models`; each engine is a package of its own. Importing this root loads none of them.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "customers",
    "errors",
    "frames",
    "inventory",
    "listing",
    "models",
    "operations",
    "orders",
    "persistence",
    "pricing",
    "promotions",
    "traffic",
    "typing",
]

if TYPE_CHECKING:
    from shopcore import (
        customers,
        errors,
        frames,
        inventory,
        listing,
        models,
        operations,
        orders,
        persistence,
        pricing,
        promotions,
        traffic,
        typing,
    )
else:
    from shopcore._lazy import lazy

    __getattr__, __dir__ = lazy(__name__, {name: name for name in __all__ if name != "__version__"})
    del lazy
