"""Results that hold one row for each customer, SKU or month: equal by value, and ready to become a table."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from shopcore.models import Result


class Table(Result):
    """Mixin of results whose arrays are the columns of one table."""

    __slots__ = ()
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # holds arrays, like a list it cannot be a key

    def to_columns(self) -> dict[str, Any]:
        """Return the columns for a table, by name; what is common to all rows is left out."""
        found = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in found.items() if isinstance(value, np.ndarray) and value.ndim == 1}

    def __eq__(self, other: object) -> bool:
        """Compare by value; missing numbers are equal to missing numbers."""
        if type(other) is not type(self):
            return NotImplemented
        names = [field.name for field in dataclasses.fields(self)]  # type: ignore[arg-type]
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)


def _same(one: Any, two: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        return bool(np.array_equal(one, two, equal_nan=one.dtype.kind == "f" and two.dtype.kind == "f"))
    return bool(one == two)
