"""Random demand and lead times for the simulation, from a generator that is passed in."""

from __future__ import annotations

from typing import Any

import numpy as np

from shopcore import _distributions as dist
from shopcore._arrays import broadcast
from shopcore._checks import fail, instance
from shopcore.inventory import _lead_time_demand as ltd
from shopcore.inventory._values import Demand, LeadTime


def draw_demand(demand: Demand, periods: int, rng: np.random.Generator | None) -> Any:
    """Return units of shape (periods, SKUs); negative draws of the normal become 0."""
    source = _source(rng)
    if demand.samples is not None and demand.distribution in ("auto", "empirical"):
        past = np.atleast_2d(demand.samples)
        return past[np.arange(past.shape[0]), source.integers(0, past.shape[1], (periods, past.shape[0]))]
    mean, sd = (np.atleast_1d(column).ravel() for column in broadcast(mean=demand.mean, sd=demand.sd))
    if demand.distribution == "auto":
        kinds = ltd.choose_rows(mean, sd)
    else:
        kinds = np.full(mean.shape, ltd.KINDS.index(demand.distribution))
    kinds = np.where((sd <= ltd.STEADY * mean) | (mean <= ltd.NOTHING), ltd.CONSTANT, kinds)
    units = np.empty((periods, mean.size))
    for kind in np.unique(kinds):
        rows = kinds == kind
        units[:, rows] = _drawn(int(kind), mean[rows], sd[rows], (periods, int(rows.sum())), source)
    return units


def _source(rng: Any) -> np.random.Generator:
    if rng is None:
        fail("rng", None, "given where something is drawn", reason="missing", hint="numpy.random.default_rng(seed)")
    return instance("rng", rng, np.random.Generator)


def _drawn(kind: int, mean: Any, sd: Any, shape: tuple[int, int], rng: np.random.Generator) -> Any:
    if kind == ltd.CONSTANT:
        return np.broadcast_to(mean, shape)
    if kind == ltd.NORMAL:
        return np.maximum(rng.normal(mean, sd, shape), 0.0)
    if kind == ltd.GAMMA:
        return rng.gamma(np.square(mean / sd), sd * sd / mean, shape)
    if kind == ltd.LOGNORMAL:
        mu, sigma = dist.lognormal_parameters(mean, sd * sd)
        return rng.lognormal(mu, sigma, shape)
    if kind == ltd.POISSON:
        return rng.poisson(mean, shape).astype(np.float64)
    r, p = dist.negative_binomial_parameters(mean, sd * sd)
    return rng.negative_binomial(r, p, shape).astype(np.float64)


def draw_lead_times(lead_time: LeadTime, shape: tuple[int, int], rng: np.random.Generator | None) -> Any:
    """Return one whole number for all orders, or whole periods of shape (periods, SKUs)."""
    mean, sd = (np.asarray(column) for column in broadcast(mean=lead_time.mean, sd=lead_time.sd))
    if mean.shape not in ((), (shape[1],)):
        fail("lead_time", list(mean.shape), f"one number or {shape[1]}", reason="shape")
    if np.any(mean != np.floor(mean)) and not sd.any():
        fail("lead_time.mean", None, "whole periods", reason="range")
    if not sd.any() and mean.ndim == 0:
        return int(mean)
    if not sd.any():
        return np.broadcast_to(mean.astype(np.intp), shape)
    safe, spread = np.where(mean > 0.0, mean, 1.0), np.where(sd > 0.0, sd, 1.0)
    drawn = _source(rng).gamma(np.square(safe / spread), spread * spread / safe, shape)
    return np.rint(np.where((sd > 0.0) & (mean > 0.0), drawn, mean)).astype(np.intp)
