"""The base of the exact values: they never change, are their own copies, and are final."""

from __future__ import annotations

from typing import ClassVar, NoReturn, Self


class Frozen:
    """Base of Money, Rate, UnitPrice and Currency; each names itself in `_noun` for its messages.

    They are final because equality, hash and arithmetic compare exact types: a subclass with another rounding or
    another sign would pass for the real thing.
    """

    __slots__ = ()

    _noun: ClassVar[str] = "a value"

    def __init_subclass__(cls) -> None:
        for base in cls.__mro__[1:]:
            if base is not Frozen and "_noun" in vars(base):
                raise TypeError(f"{base.__name__} is final; hold one in a class of your own instead")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse; the value never changes."""
        raise AttributeError(f"{self._noun} never changes: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse; the value never changes."""
        raise AttributeError(f"{self._noun} never changes: {name}")

    def __copy__(self) -> Self:
        """Return itself."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself."""
        return self
