"""Results that hold one row for each customer, SKU or month: equal by value, and ready to become a table."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from shopcore._arrays import ByValue
from shopcore.models import Result


class Table(ByValue, Result):
    """Mixin of results whose arrays are the columns of one table."""

    __slots__ = ()

    def to_columns(self) -> dict[str, Any]:
        """Return the columns for a table, by name; what is common to all rows is left out."""
        found = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in found.items() if isinstance(value, np.ndarray) and value.ndim == 1}
