"""Fields that take more than they keep, told to type checkers: ``currency="CNY"``, ``lines=[line]``, ``"0.13"``.

A type checker takes the type of an argument from the annotation of its field. Where a field takes a text or a list
and keeps a Currency, a Rate or a tuple, the annotation is a descriptor to it: what is set is the argument, what is got
the attribute. At run time the same names are the plain types, which is what pydantic sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar, overload

from shopcore.models._currency import Currency
from shopcore.models._rate import Rate

__all__ = ["EMPTY", "NOTHING", "CurrencyInput", "Items", "ItemsOrNone", "RateInput", "RateOrNone"]

T = TypeVar("T")
# Defaults of such fields are what is got, which a checker would compare with what declares them.
EMPTY: Final[Any] = ()
NOTHING: Final[Any] = None

if TYPE_CHECKING:
    from shopcore.typing import RateLike

    class _Kept(Generic[T]):
        @overload
        def __get__(self, owner: None, kind: type[Any]) -> Self: ...
        @overload
        def __get__(self, owner: object, kind: type[Any]) -> T: ...
        def __get__(self, owner: object | None, kind: type[Any]) -> T | Self: ...

    class CurrencyInput(_Kept[Currency]):
        """Takes a code or a Currency, is a Currency."""

        def __set__(self, owner: Any, value: Currency | str) -> None: ...

    class RateInput(_Kept[Rate]):
        """Takes what makes a Rate, is a Rate."""

        def __set__(self, owner: Any, value: RateLike) -> None: ...

    class RateOrNone(_Kept[Rate | None]):
        """Takes what makes a Rate or None, is one of them."""

        def __set__(self, owner: Any, value: RateLike | None) -> None: ...

    class Items(_Kept[tuple[T, ...]]):
        """Takes a tuple or a list, is a tuple."""

        def __set__(self, owner: Any, value: tuple[T, ...] | list[T]) -> None: ...

    class ItemsOrNone(_Kept[tuple[T, ...] | None]):
        """Takes a tuple, a list or None, is a tuple or None."""

        def __set__(self, owner: Any, value: tuple[T, ...] | list[T] | None) -> None: ...
else:
    CurrencyInput = Currency
    RateInput = Rate
    RateOrNone = Rate | None
    Items = tuple[T, ...]
    ItemsOrNone = tuple[T, ...] | None
