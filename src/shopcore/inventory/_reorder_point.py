"""Reorder points and order-up-to levels that hold a stated service, and the service a level gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import broadcast
from shopcore._checks import fail
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._fields import ANY, ByValue, field
from shopcore.inventory._service import Asked, ask, demand_of, kinds_of, mean_of, sd_of, shortage_of, solve, volume_of
from shopcore.inventory._values import CycleService, Demand, FillService, LeadTime
from shopcore.models._result import Result
from shopcore.typing import FloatLike

NEXT_POINT: Final = 0.01
HIGH_SERVICE: Final = 0.98
NORMAL_MASS_BELOW_ZERO: Final = 0.01
OVERDISPERSED: Final = 1.1

__all__ = ["ReorderPoint", "achieved_service", "reorder_point", "safety_stock"]

WARNINGS: Final = {
    "normal_misses_high_service": "the normal falls 2 to 4 points short of so high a target when demand varies so",
    "normal_below_zero": "the normal puts more than 1 % of its mass below zero; gamma does not",
    "poisson_overdispersed": "the variance exceeds the mean by more than 10 %, so Poisson promises too much",
    "negative_safety_stock": "the target is met with less than the mean demand: the safety stock is negative",
    "not_overdispersed": "a negative binomial needs a variance above its mean; Poisson was used in effect",
}


@dataclass(frozen=True, slots=True, eq=False)
class ReorderPoint(ByValue, Result):
    """A reorder point or order-up-to level with everything that follows from it, computed when asked for.

    Attributes
    ----------
    reorder_point : float or array
        Order when the stock position is at or below it; with a review period, order up to it.
    demand, lead_time, service, order_quantity, review_period
        What was asked; `service` is None where the level was given.
    kinds : int or array
        Codes of the distributions assumed; `distribution` gives their names.
    """

    reorder_point: Any
    demand: Demand
    lead_time: LeadTime
    service: CycleService | FillService | None
    order_quantity: Any
    review_period: Any
    kinds: Any

    @property
    def order_up_to_level(self) -> Any:
        """The level under its name in periodic review (目标库存)."""
        return self.reorder_point

    @property
    def lead_time_demand_mean(self) -> Any:
        """Mean demand over lead time and review period, in units."""
        return mean_of(self._asked())

    @property
    def lead_time_demand_sd(self) -> Any:
        """Standard deviation of that demand, in units."""
        return sd_of(self._asked())

    @property
    def safety_stock(self) -> Any:
        """The level less the mean demand it has to cover; may be negative (安全库存)."""
        return self.reorder_point - self.lead_time_demand_mean

    @property
    def components(self) -> dict[str, Any]:
        """Variance of the lead-time demand by its cause: demand and lead time."""
        mean: Any = self.demand.mean
        time = self.lead_time.mean + self.review_period
        return {"demand": time * self.demand.sd**2, "lead_time": mean**2 * self.lead_time.sd**2}

    @property
    def distribution(self) -> Any:
        """Name of the distribution assumed, one per row where they differ."""
        return ltd.KINDS[self.kinds] if isinstance(self.kinds, int) else np.array(ltd.KINDS)[self.kinds]

    @property
    def reason(self) -> Any:
        """Why that distribution, one text per row where they differ."""
        if self.demand.distribution != "auto":
            return "asked for"
        if isinstance(self.kinds, int):
            return ltd.REASONS[self.kinds]
        return np.array([ltd.REASONS[k] for k in range(len(ltd.KINDS))], dtype=object)[self.kinds]

    @property
    def achieved_cycle_service(self) -> Any:
        """Share of cycles without a stock-out that the level gives."""
        return self._back(1.0 - demand_of(self._asked(), self.kinds).tail(self._level()))

    @property
    def achieved_fill_rate(self) -> Any:
        """Share of units served from the shelf; None in continuous review without an order quantity."""
        volume = volume_of(self._asked())
        if volume is None:
            return None
        short = shortage_of(self._asked(), self.kinds)(self._level())
        served = np.where(volume > 0.0, 1.0 - short / np.where(volume > 0.0, volume, 1.0), 1.0)
        return self._back(np.clip(served, 0.0, 1.0))

    @property
    def expected_shortage(self) -> Any:
        """Units short per cycle; without an order quantity those not yet short before it count too."""
        return self._back(shortage_of(self._asked(), self.kinds)(self._level()))

    @property
    def units_for_next_point(self) -> Any:
        """Units that one more point of service costs on the shelf (half the way to 100 % above 98 %); None if given."""
        if self.service is None:
            return None
        level = self.service.level
        higher = np.minimum(np.asarray(level) + NEXT_POINT, 0.5 * (1.0 + np.asarray(level)))
        service = type(self.service)(higher if np.ndim(higher) else higher.item())
        more = solve(self._asked(), service, self.kinds)
        return more - self.reorder_point

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of the weak assumptions that hold for any row, in words in `explain`."""
        return tuple(code for code, rows in self.warning_rows().items() if np.any(rows))

    def warning_rows(self) -> dict[str, Any]:
        """Return for each warning code the rows it applies to."""
        mean, sd, kinds = self.lead_time_demand_mean, self.lead_time_demand_sd, self.kinds
        mean, sd, kinds = np.asarray(mean), np.asarray(sd), np.asarray(kinds)
        service = np.asarray(0.0 if self.service is None else self.service.level)
        normal, poisson = kinds == ltd.NORMAL, kinds == ltd.POISSON
        return {
            "normal_misses_high_service": normal & (service >= HIGH_SERVICE) & (sd >= ltd.NORMAL_BELOW_CV * mean),
            "normal_below_zero": normal & (mean < -dist.normal_quantile_scalar(NORMAL_MASS_BELOW_ZERO) * sd),
            "poisson_overdispersed": poisson & (sd * sd > OVERDISPERSED * mean),
            "negative_safety_stock": np.asarray(self.safety_stock < -1e-9 * (1.0 + mean)) & (self.service is not None),
            "not_overdispersed": (kinds == ltd.NEGATIVE_BINOMIAL) & (sd * sd <= mean),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the level and all that follows from it as plain data."""
        from shopcore.models._result import plain

        return {name: plain(getattr(self, name)) for name in _SHOWN}

    def explain(self) -> str:
        """Return in words how the level was reached."""
        from shopcore.models._result import words

        lines = [f"{name.replace('_', ' ')}: {words(getattr(self, name))}" for name in _SHOWN if name != "warnings"]
        return "\n".join(lines + [f"warning: {WARNINGS[code]}" for code in self.warnings])

    def _shown(self) -> list[tuple[str, Any]]:
        return [(name.replace("_", " "), getattr(self, name)) for name in _SHOWN]

    def _level(self) -> Any:
        return np.asarray(self.reorder_point, dtype=np.float64)

    def _back(self, values: Any) -> Any:
        return values if np.ndim(self.reorder_point) else float(np.asarray(values).item())

    def _asked(self) -> Asked:
        return Asked(self.demand, self.lead_time, self.order_quantity, self.review_period)


_SHOWN: Final = (
    "reorder_point", "safety_stock", "lead_time_demand_mean", "lead_time_demand_sd", "distribution", "reason",
    "achieved_cycle_service", "achieved_fill_rate", "expected_shortage", "units_for_next_point", "warnings",
)  # fmt: skip


def reorder_point(
    demand: Demand,
    lead_time: LeadTime,
    service: CycleService | FillService,
    *,
    order_quantity: FloatLike | None = None,
    review_period: FloatLike = 0.0,
) -> ReorderPoint:
    """Return the stock position at which to order so that the service holds (补货点).

    With a review period it is the level to order up to. Use it per SKU or, with arrays in the fields, for a whole
    catalogue at once.

    Parameters
    ----------
    demand : Demand
        Mean and deviation per period.
    lead_time : LeadTime
        Mean and deviation in periods.
    service : CycleService or FillService
        ``Service.cycle(0.95)`` or ``Service.fill(0.98)``.
    order_quantity : float or array, optional
        Units of one order, > 0; needed for a fill rate in continuous review.
    review_period : float or array
        Periods between reviews; 0 is continuous review.

    Returns
    -------
    ReorderPoint
        The level, with both achieved measures, shortage, reason and warnings on access.

    Raises
    ------
    InputError
        If the periods differ, or a fill rate lacks the order quantity.

    Notes
    -----
    Mean ``d (L + R)``, variance ``(L + R) s^2 + d^2 sL^2``, demand independent between periods and of the lead time.
    The fill rate uses the exact two-term form. Not rounded, except that counts give whole units. Orders are taken to
    be placed exactly at the level (no undershoot). Source: Silver, Pyke & Thomas, Inventory and Production
    Management, ch. 6; Chopra & Meindl, Supply Chain Management, safety-inventory chapter.

    Examples
    --------
    >>> from shopcore.inventory import Demand, LeadTime, Service, reorder_point
    >>> answer = reorder_point(Demand(2500, 500), LeadTime(7, 1), Service.cycle(0.90))
    >>> round(answer.reorder_point), round(answer.safety_stock), answer.distribution
    (21125, 3625, 'normal')
    >>> held = reorder_point(Demand(2500, 500), LeadTime(2), Service.fill(0.975), order_quantity=10_000)
    >>> round(held.safety_stock), round(held.achieved_cycle_service, 3)
    (67, 0.538)
    """
    asked = ask(demand, lead_time, order_quantity, review_period)
    if not isinstance(service, CycleService | FillService):
        fail("service", service, "Service.cycle(level) or Service.fill(level)", reason="type")
    if isinstance(service, FillService) and volume_of(asked) is None:
        fail("order_quantity", None, "given for a fill rate in continuous review", reason="missing")
    kinds = kinds_of(asked, service.level)
    return ReorderPoint(solve(asked, service, kinds), demand, lead_time, service, asked.quantity, asked.review, kinds)


def safety_stock(
    demand: Demand,
    lead_time: LeadTime,
    service: CycleService | FillService,
    *,
    order_quantity: FloatLike | None = None,
    review_period: FloatLike = 0.0,
) -> Any:
    """Return the units held above the mean lead-time demand so that the service holds (安全库存).

    The same question as `reorder_point`, which tells more.

    Parameters
    ----------
    demand, lead_time, service, order_quantity, review_period
        As in `reorder_point`.

    Returns
    -------
    float or array
        Units; negative where less than the mean is enough.

    Raises
    ------
    InputError
        As in `reorder_point`.

    Notes
    -----
    ``z * sqrt(L s^2 + d^2 sL^2)`` for a cycle service and normal demand. Source: Chopra & Meindl, Supply Chain
    Management, safety-inventory chapter.

    Examples
    --------
    >>> from shopcore.inventory import Demand, LeadTime, Service, safety_stock
    >>> round(safety_stock(Demand(2500, 500), LeadTime(7, 2), Service.cycle(0.90)))
    6628
    """
    answer = reorder_point(demand, lead_time, service, order_quantity=order_quantity, review_period=review_period)
    return answer.safety_stock


def achieved_service(
    level: FloatLike,
    demand: Demand,
    lead_time: LeadTime,
    *,
    order_quantity: FloatLike | None = None,
    review_period: FloatLike = 0.0,
) -> ReorderPoint:
    """Return what service today's reorder point (or order-up-to level) gives: the inverse of `reorder_point`.

    Parameters
    ----------
    level : float or array
        The reorder point in use, in units.
    demand, lead_time, order_quantity, review_period
        As in `reorder_point`.

    Returns
    -------
    ReorderPoint
        With `achieved_cycle_service` and `achieved_fill_rate`; its `service` is None.

    Raises
    ------
    InputError
        If the periods differ or a value lies outside its domain.

    Notes
    -----
    Same assumptions as `reorder_point`. Source: Silver, Pyke & Thomas, ch. 6.

    Examples
    --------
    >>> from shopcore.inventory import Demand, LeadTime, achieved_service
    >>> today = achieved_service(6000, Demand(2500, 500), LeadTime(2), order_quantity=10_000)
    >>> round(today.achieved_cycle_service, 3), round(today.achieved_fill_rate, 3)
    (0.921, 0.997)
    """
    asked = ask(demand, lead_time, order_quantity, review_period)
    kinds = kinds_of(asked, None)
    given, mean = field("level", level, ANY), mean_of(asked)
    if not (type(given) is float and type(mean) is float):
        given = np.array(broadcast(level=given, demand=mean, lead_time=sd_of(asked))[0])
    return ReorderPoint(given, demand, lead_time, None, asked.quantity, asked.review, kinds)
