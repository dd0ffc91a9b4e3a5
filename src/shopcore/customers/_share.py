"""Shares of counts as the answers of this package: a ratio with its Wilson interval, or none with the reason."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from shopcore._intervals import normal_quantile, wilson_of
from shopcore.models import Ratio, Ratios
from shopcore.typing import FloatArray

CONFIDENCE: Final = 0.95


def shares(part: Any, whole: Any, *, basis: str, empty: str, confidence: float = CONFIDENCE) -> Ratios:
    """Return the shares of counted columns (part at most whole); rows without a whole have the reason `empty`."""
    hits, tries = np.broadcast_arrays(np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64))
    low, high = wilson_of(hits, tries, normal_quantile(confidence))
    return ratios(hits, tries, (low, high), basis=basis, empty=empty, confidence=confidence, method="wilson")


def ratios(
    top: Any, bottom: Any, ends: Any = None, *, basis: str, empty: str, confidence: float | None, method: str
) -> Ratios:
    """Return a column of ratios with the bounds handed in, or none."""
    top, bottom = np.ravel(np.asarray(top, dtype=np.float64)), np.ravel(np.asarray(bottom, dtype=np.float64))
    void = bottom == 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        value: FloatArray = np.where(void, np.nan, top / bottom)
    low, high = (np.full(value.shape, np.nan),) * 2 if ends is None else (np.ravel(end) for end in ends)
    reasons = (empty,) if void.any() else ()
    return Ratios(value, top, bottom, low, high, void.astype(np.int64), reasons, confidence, method, basis)


def share(part: float, whole: float, *, basis: str, empty: str, confidence: float = CONFIDENCE) -> Ratio:
    """Return the share of two counts with its Wilson interval."""
    return shares([part], [whole], basis=basis, empty=empty, confidence=confidence)[0]


def ratio(part: float, whole: float, *, basis: str, empty: str) -> Ratio:
    """Return the ratio of two sums without an interval."""
    return ratios([part], [whole], basis=basis, empty=empty, confidence=None, method="none")[0]
