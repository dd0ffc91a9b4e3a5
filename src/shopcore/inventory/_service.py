"""How a service is turned into a level, for one SKU and for arrays; `_reorder_point` shows the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import broadcast
from shopcore._checks import fail, fail_limit, instance
from shopcore.inventory import _fill
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._fields import NON_NEGATIVE, POSITIVE, all_floats, field
from shopcore.inventory._values import CycleService, Demand, FillService, LeadTime


class Asked(NamedTuple):
    """A checked question without its service: what the answers below are computed from."""

    demand: Demand
    lead_time: LeadTime
    quantity: Any
    review: Any


def ask(demand: Demand, lead_time: LeadTime, order_quantity: Any, review_period: Any) -> Asked:
    """Return the checked question."""
    if type(demand) is not Demand or type(lead_time) is not LeadTime:
        instance("demand", demand, Demand)
        instance("lead_time", lead_time, LeadTime)
    if demand.period != lead_time.period:
        fail("lead_time.period", lead_time.period, f"the demand's, {demand.period!r}", reason="period")
    quantity = None if order_quantity is None else field("order_quantity", order_quantity, POSITIVE)
    review = field("review_period", review_period, NON_NEGATIVE)
    if not (type(demand.mean) is type(demand.sd) is type(lead_time.mean) is float):
        broadcast(demand=demand.mean, demand_sd=demand.sd, lead_time=lead_time.mean, lead_time_sd=lead_time.sd)
    return Asked(demand, lead_time, quantity, review)


def mean_of(asked: Asked, review: Any = None) -> Any:
    """Return the mean demand over lead time and review period."""
    return asked.demand.mean * (asked.lead_time.mean + (asked.review if review is None else review))


def sd_of(asked: Asked, review: Any = None) -> Any:
    """Return the deviation of that demand."""
    demand, lead_time = asked.demand, asked.lead_time
    time = lead_time.mean + (asked.review if review is None else review)
    spread: Any = demand.mean * lead_time.sd
    return (time * demand.sd * demand.sd + spread * spread) ** 0.5


def volume_of(asked: Asked) -> Any:
    """Return the units asked for between two deliveries; None where nothing says how many."""
    if asked.quantity is not None:
        return asked.quantity
    return asked.demand.mean * asked.review if np.any(np.asarray(asked.review) > 0.0) else None


def kinds_of(asked: Asked, level: Any) -> Any:
    """Return the code of the distribution, or one code per row where they are chosen."""
    named = asked.demand.distribution
    if named not in ("auto", "empirical"):
        kind = ltd.KINDS.index(named)
        if kind in ltd.DISCRETE and (largest := float(np.max(mean_of(asked), initial=0.0))) > ltd.MAX_COUNT:
            hint = "gamma or normal demand is the same at that size"
            fail_limit(
                "demand.mean", int(largest), int(ltd.MAX_COUNT), f"units over the lead time; {hint}", reason="range"
            )
        return kind
    if asked.demand.samples is not None and _windows_fit(asked, level):
        return ltd.EMPIRICAL
    mean, sd = mean_of(asked), sd_of(asked)
    if type(mean) is float and type(sd) is float:
        return ltd.choose(mean, sd)
    return ltd.choose_rows(*broadcast(demand=mean, lead_time=sd))


def _windows_fit(asked: Asked, level: Any) -> bool:
    time, forced = asked.lead_time.mean + asked.review, asked.demand.distribution == "empirical"
    if type(time) is not float or type(asked.lead_time.sd) is not float:
        if forced:
            fail("lead_time", time, "one number for empirical demand", reason="shape")
        return False
    windows = _windows(asked, time)
    if windows is None:
        if forced:
            fail("samples", "shorter", "longer than lead time and review period", reason="too_short")
        return False
    beyond = windows.values.shape[-1] * (1.0 - (0.95 if level is None else float(np.max(level))))
    return forced or beyond >= ltd.WINDOWS_BEYOND


def _windows(asked: Asked, time: float) -> ltd.Windows | None:
    return ltd.windows_of(np.asarray(asked.demand.samples), time, float(asked.lead_time.sd))


def demand_of(asked: Asked, kinds: Any, review: Any = None) -> Any:
    """Return the lead-time demand with its quantile, tail and loss."""
    review = asked.review if review is None else review
    if isinstance(kinds, int) and kinds == ltd.EMPIRICAL:
        found = _windows(asked, float(asked.lead_time.mean + review))
        return found if found is not None else ltd.Windows(np.zeros(1), np.ones(1))
    mean, sd = np.broadcast_arrays(mean_of(asked, review), sd_of(asked, review))
    return ltd.Moments(kinds, mean, sd) if isinstance(kinds, int) else ltd.Mixed(kinds, mean, sd)


def shortage_of(asked: Asked, kinds: Any) -> Callable[[Any], Any]:
    """Return the expected shortage of a cycle as a function of the level."""
    after = demand_of(asked, kinds)
    if asked.quantity is not None:
        narrow = asked.quantity < _fill.NARROW * sd_of(asked)
        if not np.any(narrow):
            return lambda x: after.loss(x) - after.loss(x + asked.quantity)
        return lambda x: np.where(
            narrow,
            asked.quantity * after.tail(x + 0.5 * asked.quantity),
            after.loss(x) - after.loss(x + asked.quantity),
        )
    if volume_of(asked) is None:
        found: Callable[[Any], Any] = after.loss
        return found
    before = demand_of(asked, kinds, 0.0)
    return lambda x: after.loss(x) - before.loss(x)


def _slope_of(asked: Asked, kinds: Any) -> Callable[[Any], Any]:
    after = demand_of(asked, kinds)
    if asked.quantity is not None:
        return lambda x: after.tail(x) - after.tail(x + asked.quantity)
    before = demand_of(asked, kinds, 0.0)
    return lambda x: after.tail(x) - before.tail(x)


def solve(asked: Asked, service: CycleService | FillService, kinds: Any) -> Any:
    """Return the level that holds the service."""
    if isinstance(service, FillService):
        return _fill_level(asked, service.level, kinds)
    level: Any = service.level
    if isinstance(kinds, int) and kinds == ltd.NORMAL:
        mean, sd = mean_of(asked) if type(level) is float else None, None
        if type(mean) is float and type(sd := sd_of(asked)) is float:
            return mean + dist.normal_quantile_scalar(level) * sd
        return _normal_levels(asked, level)
    if isinstance(kinds, int) and kinds == ltd.EMPIRICAL:
        found = np.asarray(demand_of(asked, kinds).quantile(np.asarray(level)))
    else:
        found = _quantiles(asked, level, kinds)
    return found if found.ndim else found.item()


def _quantiles(asked: Asked, level: Any, kinds: Any) -> Any:
    flat, shape = _columns(asked._replace(quantity=None), level, kinds)
    result = np.empty(flat[0].size)
    for start in range(0, result.size, dist.CHUNK):
        d, s, lead, lead_sd, p, r, _, kind = (c[start : start + dist.CHUNK] for c in flat)
        mean, sd = d * (lead + r), np.sqrt((lead + r) * s * s + np.square(d * lead_sd))
        after: Any = ltd.Moments(kinds, mean, sd) if isinstance(kinds, int) else ltd.Mixed(kind, mean, sd)
        result[start : start + dist.CHUNK] = after.quantile(p)
    return result.reshape(shape)


def _columns(asked: Asked, level: Any, kinds: Any = 0) -> tuple[list[Any], tuple[int, ...]]:
    # Demand, its deviation, lead time, its deviation, level, review period, order quantity, kind: rows of one shape.
    columns = broadcast(
        demand=asked.demand.mean, demand_sd=asked.demand.sd, lead_time=asked.lead_time.mean,
        lead_time_sd=asked.lead_time.sd, level=level, review_period=asked.review,
        order_quantity=0.0 if asked.quantity is None else asked.quantity, kinds=kinds,
    )  # fmt: skip
    return [c if c.ndim == 1 else np.ravel(c) for c in columns], columns[0].shape


def _normal_levels(asked: Asked, level: Any) -> Any:
    flat, shape = _columns(asked._replace(quantity=None), level)
    result = np.empty(flat[0].size)
    for start in range(0, result.size, dist.CHUNK):
        d, s, lead, lead_sd, p, r, *_ = (c[start : start + dist.CHUNK] for c in flat)
        time = lead + r
        spread = d * lead_sd
        spread *= spread
        spread += time * s * s
        np.sqrt(spread, out=spread)
        spread *= dist.normal_quantile(p)
        time *= d
        np.add(time, spread, out=result[start : start + dist.CHUNK])
    return result.reshape(shape)


def _normal_fill_levels(asked: Asked, level: Any) -> Any:
    flat, shape = _columns(asked, level)
    result = np.empty(flat[0].size)
    for start in range(0, result.size, dist.CHUNK):
        d, s, lead, lead_sd, p, r, q, _ = (c[start : start + dist.CHUNK] for c in flat)
        mean, spread = d * (lead + r), np.square(d * lead_sd)
        sd = np.sqrt((lead + r) * s * s + spread)
        if asked.quantity is None:
            volume, before = d * r, np.sqrt(lead * s * s + spread)
        else:
            volume, before = q, sd
        wanted = (1.0 - p) * volume
        live = (sd > ltd.STEADY * volume) & (volume > 0.0)
        columns = mean, sd, volume, before, wanted
        if live.all():
            found = _fill.normal_piece(*columns)
        else:
            # Constant demand: each unit below the mean is short, up to the whole volume.
            found = mean - np.where(volume > 0.0, wanted, 0.0)
            found[live] = _fill.normal_piece(*(c[live] for c in columns))
        result[start : start + dist.CHUNK] = found
    return result.reshape(shape)


def _normal_fill_level(asked: Asked, level: float) -> Any:
    volume, mean, sd = volume_of(asked), mean_of(asked), sd_of(asked)
    wanted = (1.0 - level) * volume
    if not sd > ltd.STEADY * volume > 0.0:
        return mean - wanted
    return _fill.normal_level_scalar(mean, sd, volume, _before(asked, sd), wanted)


def _fill_level(asked: Asked, level: Any, kinds: Any) -> Any:
    if isinstance(kinds, int) and kinds == ltd.NORMAL:
        lead_time, quantity = asked.lead_time, 1.0 if asked.quantity is None else asked.quantity
        each = (asked.demand.mean, asked.demand.sd, lead_time.mean, lead_time.sd, asked.review, quantity, level)
        return _normal_fill_level(asked, level) if all_floats(*each) else _normal_fill_levels(asked, level)
    volume, mean, sd = volume_of(asked), mean_of(asked), sd_of(asked)
    columns = broadcast(order_quantity=volume, demand=mean, lead_time=sd, level=level, review_period=asked.review)
    shape = columns[0].shape
    rows = _fill_rows(_rows_of(asked, shape), np.ravel(columns[3]), np.broadcast_to(kinds, shape).ravel())
    return rows.reshape(shape) if shape else rows.item()


def _before(asked: Asked, sd: Any) -> Any:
    # Deviation of the demand of which is still short what an order begins with.
    return sd if asked.quantity is not None else sd_of(asked, 0.0)


def _rows_of(asked: Asked, shape: tuple[int, ...]) -> Asked:
    # The same question with every number as a column of rows.
    def column(value: Any) -> Any:
        return np.ravel(np.broadcast_to(np.asarray(value, dtype=np.float64), shape))

    demand = Demand(column(asked.demand.mean), column(asked.demand.sd), asked.demand.distribution, asked.demand.samples)
    lead_time = LeadTime(column(asked.lead_time.mean), column(asked.lead_time.sd))
    return Asked(demand, lead_time, None if asked.quantity is None else column(asked.quantity), column(asked.review))


def _some(asked: Asked, rows: Any) -> Asked:
    d, lead = asked.demand, asked.lead_time
    mean: Any = d.mean
    lead_mean: Any = lead.mean
    quantity = None if asked.quantity is None else asked.quantity[rows]
    return Asked(Demand(mean[rows], d.sd[rows], "normal"), LeadTime(lead_mean[rows], lead.sd[rows]), quantity,
                 asked.review[rows])  # fmt: skip


def _fill_rows(asked: Asked, level: Any, kinds: Any) -> Any:
    volume, mean, sd = volume_of(asked), mean_of(asked), sd_of(asked)
    wanted = (1.0 - level) * volume
    live = (sd > ltd.STEADY * volume) & (volume > 0.0)
    # Constant demand: each unit below the mean is short, up to the whole volume.
    found = np.where(live, mean, mean - wanted)
    for kind in np.unique(kinds[live]):
        rows = live & (kinds == kind)
        if kind == ltd.EMPIRICAL:
            found[rows] = _fill_empirical(asked, wanted)[rows]
        else:
            found[rows] = _fill_kind(_some(asked, rows), int(kind), wanted[rows])
    return found


def _fill_kind(asked: Asked, kind: int, wanted: Any) -> Any:
    volume, mean, sd = volume_of(asked), mean_of(asked), sd_of(asked)
    start = _fill.normal_level(mean, sd, volume, _before(asked, sd), wanted)
    if kind == ltd.NORMAL:
        return start
    lowest = -np.ceil(volume) if asked.quantity is not None else np.zeros(mean.shape)
    if kind not in ltd.DISCRETE:
        bracket = (lowest, mean + sd + volume)
        return _fill.level(shortage_of(asked, kind), _slope_of(asked, kind), wanted, bracket)

    def short(x: Any, *rows: Any) -> Any:
        return shortage_of(_some(asked, rows[0].astype(np.intp)), kind)(x)

    return _fill.whole_level(short, wanted, lowest, start, np.arange(float(mean.size)))


def _fill_empirical(asked: Asked, wanted: Any) -> Any:
    time, volume = np.asarray(asked.review), volume_of(asked)
    lead: Any = asked.lead_time.mean
    one = asked._replace(review=float(time[0]), lead_time=LeadTime(float(lead[0]), float(asked.lead_time.sd[0])))
    short, slope = shortage_of(one, ltd.EMPIRICAL), _slope_of(one, ltd.EMPIRICAL)
    lowest = -volume if asked.quantity is not None else np.zeros(wanted.shape)
    return _fill.level(short, slope, wanted, (lowest, np.asarray(asked.demand.samples).sum(axis=-1) + volume))
