"""What the inventory questions are asked with: demand, lead time, service, costs, constraints, position.

A field is a float or an array; one value then stands for one SKU or for a catalogue. All times are in the same
period, named by `period`.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from shopcore._arrays import OPEN_UNIT, floats
from shopcore._checks import fail, integer, one_of, text
from shopcore.inventory._fields import ANY, NON_NEGATIVE, POSITIVE, ByValue, field, read_only, set_fields
from shopcore.typing import FloatArray, FloatLike

__all__ = ["Constraints", "Costs", "CycleService", "Demand", "FillService", "LeadTime", "Position", "Service"]

Distribution: TypeAlias = Literal["auto", "normal", "gamma", "lognormal", "poisson", "negative_binomial", "empirical"]
DISTRIBUTIONS: Final[tuple[Distribution, ...]] = get_args(Distribution)
MAX_CYCLE: Final = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Demand(ByValue):
    """The demand of one period: its mean, its deviation and the distribution to assume (需求).

    Parameters
    ----------
    mean : float or array
        Units per period, >= 0.
    sd : float or array, optional
        Standard deviation of the demand of one period; the square root of the mean where left out for Poisson.
    distribution : {"auto", "normal", "gamma", "lognormal", "poisson", "negative_binomial", "empirical"}
        What the demand over the lead time is taken to follow; ``"auto"`` chooses and says why.
    samples : array, shape (periods,) or (SKUs, periods), optional
        Past demand; needed for ``"empirical"``.
    period : str
        The unit of time, such as ``"day"``.

    Raises
    ------
    InputError
        If a value is negative, not finite, or something needed is missing.

    Examples
    --------
    >>> Demand(mean=50, sd=12)
    Demand(mean=50.0, sd=12.0, distribution='auto', period='day')
    >>> Demand(mean=4, distribution="poisson").sd
    2.0
    """

    mean: FloatLike
    sd: Any = None
    distribution: Distribution = "auto"
    samples: FloatArray | None = dataclass_field(default=None, repr=False)
    period: str = "day"

    def __post_init__(self) -> None:
        one_of("distribution", self.distribution, DISTRIBUTIONS)
        mean = field("mean", self.mean, NON_NEGATIVE)
        sd = self.sd
        if sd is None:
            if self.distribution != "poisson":
                fail("sd", None, "given", reason="missing", hint='only distribution="poisson" implies it')
            sd = mean**0.5
        set_fields(self, mean=mean, sd=field("sd", sd, NON_NEGATIVE))
        if self.samples is not None:
            _check_samples(self.samples)
            set_fields(self, samples=read_only(floats("samples", self.samples, NON_NEGATIVE)))
        elif self.distribution == "empirical":
            fail("samples", None, "given", reason="missing", hint="Demand.from_samples(history) keeps them")
        text("period", self.period, max_length=40)

    @classmethod
    def from_samples(cls, samples: FloatLike, *, distribution: Distribution = "auto", period: str = "day") -> Demand:
        """Return the demand seen in a history, one row per SKU: mean, sample deviation, and the history itself.

        A single period has deviation 0.

        Examples
        --------
        >>> Demand.from_samples([4, 0, 7, 3, 6]).mean
        4.0
        """
        history = floats("samples", samples, NON_NEGATIVE)
        _check_samples(history)
        sd = history.std(axis=-1, ddof=1) if history.shape[-1] > 1 else np.zeros(history.shape[:-1])
        return cls(history.mean(axis=-1), sd, distribution, history, period)


def _check_samples(samples: Any) -> None:
    shape = np.shape(samples)
    if len(shape) not in (1, 2) or shape[-1] == 0:
        fail("samples", list(shape), "of shape (periods,) or (SKUs, periods) with at least one period", reason="shape")


@dataclass(frozen=True, slots=True, eq=False)
class LeadTime(ByValue):
    """The time from ordering to stock on the shelf: mean and deviation (到货周期).

    Parameters
    ----------
    mean, sd : float or array
        In periods of the demand, >= 0.
    period : str
        The unit of time; must be the demand's.

    Examples
    --------
    >>> LeadTime(7, 2)
    LeadTime(mean=7.0, sd=2.0, period='day')
    """

    mean: FloatLike
    sd: Any = 0.0
    period: str = "day"

    def __post_init__(self) -> None:
        set_fields(self, mean=field("mean", self.mean, NON_NEGATIVE), sd=field("sd", self.sd, NON_NEGATIVE))
        text("period", self.period, max_length=40)


class Service:
    """The promise to hold: `Service.cycle` or `Service.fill`, two kinds that cannot be mixed up (服务水平).

    Examples
    --------
    >>> Service.cycle(0.95)
    CycleService(level=0.95)
    >>> Service.fill([0.95, 0.99])
    FillService(level=array([0.95, 0.99]))
    """

    __slots__ = ()

    @staticmethod
    def cycle(level: FloatLike) -> CycleService:
        """Return a cycle service level: the share of replenishment cycles without a stock-out, in (0, 1)."""
        return CycleService(level)

    @staticmethod
    def fill(level: FloatLike) -> FillService:
        """Return a fill rate: the share of units served from the shelf, in (0, 1)."""
        return FillService(level)


@dataclass(frozen=True, slots=True, eq=False)
class CycleService(ByValue):
    """The share of replenishment cycles without a stock-out, in (0, 1); type 1, alpha."""

    level: FloatLike

    def __post_init__(self) -> None:
        set_fields(self, level=field("cycle_service_level", self.level, OPEN_UNIT))


@dataclass(frozen=True, slots=True, eq=False)
class FillService(ByValue):
    """The share of units served from the shelf, in (0, 1); type 2, beta (需求满足率)."""

    level: FloatLike

    def __post_init__(self) -> None:
        set_fields(self, level=field("fill_rate", self.level, OPEN_UNIT))


@dataclass(frozen=True, slots=True, eq=False)
class Costs(ByValue):
    """What ordering, holding and being short costs, as plain numbers in one stated money unit.

    Parameters
    ----------
    order : float or array
        Per order placed.
    holding : float or array
        Per unit held and period.
    shortage_per_unit, shortage_per_unit_time, shortage_per_event : float or array, optional
        Per unit short; per unit short and period; per cycle with a stock-out. Three costs that differ.

    Examples
    --------
    >>> Costs(order=8, holding=0.225, shortage_per_unit_time=7.5).shortage_per_unit is None
    True
    """

    order: FloatLike = dataclass_field(default=0.0, repr=False)
    holding: FloatLike = dataclass_field(default=0.0, repr=False)
    shortage_per_unit: Any = dataclass_field(default=None, repr=False)
    shortage_per_unit_time: Any = dataclass_field(default=None, repr=False)
    shortage_per_event: Any = dataclass_field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None or not name.startswith("shortage"):
                set_fields(self, **{name: field(name, value, NON_NEGATIVE)})


@dataclass(frozen=True, slots=True, eq=False)
class Constraints(ByValue):
    """What an order has to keep to: minimum (MOQ), pack, container, maximum, and when the supplier takes orders.

    Parameters
    ----------
    minimum, maximum : float or array, optional
        Fewest and most units of an order.
    pack : float or array
        Units of one pack; orders are whole packs.
    container : float or array, optional
        Units a container holds; orders are whole containers where it is given.
    order_every : int
        Length of the supplier's calendar in periods, such as 7 for weeks of days (供应商日历).
    order_on : tuple of int
        The periods of each such cycle, counted from 0, in which the supplier takes orders.

    Examples
    --------
    >>> monday_and_thursday = Constraints(pack=12, order_every=7, order_on=(0, 3))
    >>> monday_and_thursday.takes_orders(10), monday_and_thursday.next_order(11), monday_and_thursday.review_period(10)
    (True, 14, 4)
    """

    minimum: FloatLike = 0.0
    pack: FloatLike = 1.0
    container: Any = None
    maximum: Any = None
    order_every: int = 1
    order_on: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        set_fields(self, minimum=field("minimum", self.minimum, NON_NEGATIVE), pack=field("pack", self.pack, POSITIVE))
        if self.container is not None:
            set_fields(self, container=field("container", self.container, POSITIVE))
        if self.maximum is not None:
            set_fields(self, maximum=field("maximum", self.maximum, NON_NEGATIVE))
        cycle = integer("order_every", self.order_every, low=1, high=MAX_CYCLE)
        try:
            days = sorted({integer("order_on", day, low=0, high=cycle - 1) for day in self.order_on})
        except TypeError:
            days = []
        if not days:
            fail("order_on", self.order_on, "at least one period of the cycle", reason="empty")
        set_fields(self, order_on=tuple(days))

    def takes_orders(self, period: int) -> bool:
        """Return whether the supplier takes orders in a period."""
        return integer("period", period, low=0) % self.order_every in self.order_on

    def next_order(self, period: int) -> int:
        """Return the first period, from `period` on, in which the supplier takes orders."""
        within = integer("period", period, low=0) % self.order_every
        later = [day for day in self.order_on if day >= within]
        return period - within + (later[0] if later else self.order_every + self.order_on[0])

    def review_period(self, period: int) -> int:
        """Return how many periods the next order has to last until the one after it can be placed."""
        return self.next_order(self.next_order(period) + 1) - self.next_order(period)


@dataclass(frozen=True, slots=True, eq=False)
class Position(ByValue):
    """The stock position (库存头寸): on hand and on order, less what is reserved and backordered.

    Examples
    --------
    >>> Position(on_hand=40, on_order=60, reserved=5, backordered=10).net
    85.0
    """

    on_hand: FloatLike
    on_order: FloatLike = 0.0
    reserved: FloatLike = 0.0
    backordered: FloatLike = 0.0

    def __post_init__(self) -> None:
        set_fields(self, on_hand=field("on_hand", self.on_hand, ANY))
        for name in ("on_order", "reserved", "backordered"):
            set_fields(self, **{name: field(name, getattr(self, name), NON_NEGATIVE)})

    @property
    def net(self) -> Any:
        """On hand plus on order minus reserved minus backordered: what a reorder point is compared with."""
        return self.on_hand + self.on_order - self.reserved - self.backordered  # type: ignore[operator]  # floats or arrays
