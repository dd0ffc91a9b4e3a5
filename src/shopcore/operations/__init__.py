"""What a shop asks of its own export: the review, composed of the engines (经营体检).

`review` reads order lines, and what else the shop has, and answers in one result and one folder; `demo` makes a small
believable shop and reviews it.
"""

from typing import TYPE_CHECKING

__all__ = [
    "PRESETS",
    "Assumptions",
    "Buyer",
    "CallBack",
    "DemoShop",
    "ExportLayout",
    "Margin",
    "Month",
    "Reorder",
    "Returned",
    "ShopReview",
    "SlowMover",
    "demo",
    "layout",
    "make_demo_shop",
    "review",
]

if TYPE_CHECKING:
    from shopcore.operations._call_back import CallBack
    from shopcore.operations._demo import DemoShop, demo, make_demo_shop
    from shopcore.operations._layout import ExportLayout, layout
    from shopcore.operations._lists import Buyer, Returned, SlowMover
    from shopcore.operations._money import Margin, Month
    from shopcore.operations._presets import PRESETS
    from shopcore.operations._reorder import Assumptions, Reorder
    from shopcore.operations._result import ShopReview
    from shopcore.operations._review import review
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_call_back": ("CallBack",),
        "_demo": ("DemoShop", "demo", "make_demo_shop"),
        "_layout": ("ExportLayout", "layout"),
        "_lists": ("Buyer", "Returned", "SlowMover"),
        "_money": ("Margin", "Month"),
        "_presets": ("PRESETS",),
        "_reorder": ("Assumptions", "Reorder"),
        "_result": ("ShopReview",),
        "_review": ("review",),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
