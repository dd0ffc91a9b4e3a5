"""What is sold, as far as its costs need it."""

from __future__ import annotations

from dataclasses import dataclass, field

from shopcore._checks import fail, integer
from shopcore.models._money import Money
from shopcore.models._result import Result
from shopcore.pricing._component import MAX_AMOUNT
from shopcore.pricing._freight import MAX_GRAMS, volume_of

MAX_QUANTITY = 1_000_000


@dataclass(frozen=True, slots=True)
class Item(Result):
    """One line of an order as costing sees it: the goods' cost, the quantity, weight and size.

    Parameters
    ----------
    unit_cost : Money
        Landed cost of one unit (进货成本), zero or positive; another currency needs an `Exchange` in the table.
        Not shown by `repr`.
    quantity : int
        Units sold in the order.
    weight : int
        Grams of one unit.
    size : tuple of three int, optional
        Millimetres of one unit; needed where the freight template counts volume.
    region : str, optional
        Where the parcel goes, one of the template's regions.

    Examples
    --------
    >>> Item(Money(2350, "CNY"), quantity=2, weight=600)
    Item(quantity=2, weight=600, size=None, region=None)
    """

    unit_cost: Money = field(repr=False)
    quantity: int = 1
    weight: int = 0
    size: tuple[int, int, int] | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        if type(self.unit_cost) is not Money:
            fail("unit_cost", None, "a Money", reason="type")
        if not 0 <= self.unit_cost.minor <= MAX_AMOUNT:
            # The message never holds a cost price.
            fail("unit_cost", None, f"from 0 to {MAX_AMOUNT} minor units", reason="range")
        integer("quantity", self.quantity, low=1, high=MAX_QUANTITY)
        integer("weight", self.weight, low=0, high=MAX_GRAMS)
        if self.size is not None:
            volume_of(self.size)

    @property
    def volume(self) -> int:
        """Cubic millimetres of one unit; 0 where no size is given."""
        if self.size is None:
            return 0
        length, width, height = self.size
        return length * width * height
