"""What may be promised over time, with stock that is still on its way."""

from __future__ import annotations

from typing import Any

import numpy as np

from shopcore._arrays import broadcast, floats
from shopcore._checks import fail
from shopcore.inventory._fields import ANY, NON_NEGATIVE
from shopcore.typing import FloatLike

__all__ = ["available_to_promise"]


def available_to_promise(on_hand: FloatLike, incoming: FloatLike, promised: FloatLike) -> Any:
    """Return the units that may be promised for each coming period (可售库存, available to promise).

    Parameters
    ----------
    on_hand : float or array, shape (SKUs,)
        Units on hand now, less what is reserved now; may be negative.
    incoming, promised : array, shape (periods,) or (SKUs, periods)
        Units expected to arrive, and already promised to leave, in each period.

    Returns
    -------
    array, shape (periods,) or (SKUs, periods)
        Units that may still be promised for delivery in that period, without breaking any later promise; >= 0.

    Raises
    ------
    InputError
        If a value is negative or the shapes do not fit.

    Notes
    -----
    The smallest projected stock from that period on: ``min over s >= t of (on hand + incoming - promised up to s)``.
    Source: APICS Dictionary, cumulative available to promise with look-ahead.

    Examples
    --------
    >>> from shopcore.inventory import available_to_promise
    >>> available_to_promise(10, [0, 0, 30, 0], [4, 0, 0, 5]).tolist()
    [6.0, 6.0, 31.0, 31.0]
    """
    start = floats("on_hand", on_hand, ANY)
    arrivals, leaving = floats("incoming", incoming, NON_NEGATIVE), floats("promised", promised, NON_NEGATIVE)
    start, arrivals, leaving = broadcast(on_hand=start[..., None], incoming=arrivals, promised=leaving)
    if arrivals.ndim not in (1, 2) or arrivals.shape[-1] == 0:
        fail("incoming", list(arrivals.shape), "of shape (periods,) or (SKUs, periods)", reason="shape")
    projected = start + np.cumsum(arrivals - leaving, axis=-1)
    later = np.minimum.accumulate(projected[..., ::-1], axis=-1)[..., ::-1]
    return np.maximum(later, 0.0)
