"""Fields of this package's values and results: a float or a read-only array, compared by value."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Final

import numpy as np

from shopcore import _arrays
from shopcore._arrays import Domain, broadcast, floats
from shopcore._checks import fail

# Units, times and costs up to this size can be multiplied, squared and summed without leaving what floats can hold.
LARGEST: Final = 1e15
ANY: Final = Domain("a number from -1e15 to 1e15", low=-LARGEST, high=LARGEST)
NON_NEGATIVE: Final = Domain("finite, >= 0 and at most 1e15", low=0.0, high=LARGEST)
POSITIVE: Final = Domain("finite, > 0 and from 1e-15 to 1e15", low=1.0 / LARGEST, high=LARGEST)


class ByValue(_arrays.ByValue):
    """Equality and hash of a frozen dataclass whose array fields cannot be written to."""

    __slots__ = ()

    def __hash__(self) -> int:
        """Return a hash of the fields, arrays by their bytes."""
        values = [getattr(self, field.name) for field in dataclasses.fields(self)]  # type: ignore[arg-type]
        return hash((type(self), *(v.tobytes() if isinstance(v, np.ndarray) else v for v in values)))


def field(argument: str, value: object, domain: Domain) -> Any:
    """Return a checked float, or a checked array that nobody can change through this value."""
    if type(value) is float or type(value) is int:
        try:
            number = float(value)
        except OverflowError:
            fail(argument, value, domain.text, reason="range")
        inside = domain.low < number < domain.high
        inside |= (number == domain.low and not domain.low_open) or (number == domain.high and not domain.high_open)
        if not inside or (not math.isfinite(number) and not domain.infinite):
            fail(argument, value, domain.text, reason="range")
        return number
    array = floats(argument, value, domain)
    if array.ndim == 0:
        return array.item()
    return read_only(array)


def read_only(array: Any) -> Any:
    """Return a view of an array that refuses to be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def set_fields(value: object, **fields: Any) -> None:
    """Set the fields of a frozen value while it is being made."""
    for name, checked in fields.items():
        object.__setattr__(value, name, checked)


def all_floats(*values: object) -> bool:
    """Return whether every value is a Python float, so that plain arithmetic answers."""
    return all(type(value) is float for value in values)


def aligned(**values: Any) -> list[Any]:
    """Return the values as they are when all are floats, else broadcast to one shape."""
    return list(values.values()) if all_floats(*values.values()) else broadcast(**values)
