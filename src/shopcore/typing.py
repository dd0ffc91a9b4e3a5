"""Names for annotations, for use in signatures of code that calls shopcore.

At run time the numpy names are resolved only when asked for, so that importing this module loads nothing heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shopcore.models._rate import Rate

    FloatArray: TypeAlias = NDArray[np.float64]
    IntArray: TypeAlias = NDArray[np.int64]
    MinorArray: TypeAlias = NDArray[np.int64]
    BoolArray: TypeAlias = NDArray[np.bool_]
    FloatLike: TypeAlias = float | Sequence[float] | NDArray[Any]
    IntLike: TypeAlias = int | Sequence[int] | NDArray[Any]
    RateLike: TypeAlias = Rate | Decimal | Fraction | str | int
else:
    FloatArray = IntArray = MinorArray = BoolArray = Any
    FloatLike = float | Sequence
    IntLike = int | Sequence
    RateLike = Decimal | Fraction | str | int

__all__ = ["BoolArray", "FloatArray", "FloatLike", "IntArray", "IntLike", "MinorArray", "RateLike"]
