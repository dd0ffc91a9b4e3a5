"""Every error shopcore raises, on one page.

::

    ShopcoreError(Exception)                  .code leads to a page of the reference
      InputError(ValueError)                  .argument .value .expected .reason .positions
        CurrencyMismatchError                 two currencies where one is needed
        PrecisionError                        an exact answer needs a rounding that nobody named
        ShapeError                            arrays that do not fit each other
        LimitError                            too large, too deep, too many
      RuleContractError                       a foreign rule broke the contract: .promotion_id
      RefusedError                            a command that may not be done now: .state .allowed
        TransitionError                       the order is not in a state that allows it: .limit
        OutOfStockError                       .lines holds every short line
        PromotionLimitError                   .claims holds every promotion that has nothing left
        RefundLimitError                      more than was paid or received: .limit
        AccessDeniedError                     the role has no right to it
      StorageError
        RecordNotFoundError
        StaleRecordError                      somebody else changed the record meanwhile
        IdempotencyConflictError              the operation id was used with other facts
        RetryableError                        nothing happened; the same call may go through later

    ShopcoreWarning(UserWarning)              answer given, assumption weak (the result says so too)

A sound question without an answer is never an error: the result then holds None and a reason code.
No message holds personal data or a cost price. All errors can be pickled.
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "AccessDeniedError",
    "CurrencyMismatchError",
    "IdempotencyConflictError",
    "InputError",
    "LimitError",
    "OutOfStockError",
    "PrecisionError",
    "PromotionLimitError",
    "RecordNotFoundError",
    "RefundLimitError",
    "RefusedError",
    "RetryableError",
    "RuleContractError",
    "ShapeError",
    "ShopcoreError",
    "ShopcoreWarning",
    "StaleRecordError",
    "StorageError",
    "TransitionError",
]


class ShopcoreError(Exception):
    """Base of every error of this library; `code` names its page in the reference."""

    code: ClassVar[str] = "shopcore"


class InputError(ShopcoreError, ValueError):
    """An argument that cannot be used, with its name, the value shown, and what would do.

    Attributes
    ----------
    argument : str
        Name of the argument or dotted path of the field (``"lines.3.quantity"``).
    value : str
        The value as short text; empty where it may not be shown (personal data, cost prices).
    expected : str
        What the argument must be.
    reason : str
        A code for programs, such as ``"check_digit"`` or ``"timezone_required"``.
    positions : tuple of int
        Rows at fault when the argument was an array.
    """

    code: ClassVar[str] = "input"

    def __init__(
        self,
        message: str,
        *,
        argument: str = "",
        value: str = "",
        expected: str = "",
        reason: str = "invalid",
        positions: tuple[int, ...] = (),
    ) -> None:
        super().__init__(message)
        self.argument = argument
        self.value = value
        self.expected = expected
        self.reason = reason
        self.positions = positions


class CurrencyMismatchError(InputError):
    """Amounts of two currencies met where one is needed."""

    code: ClassVar[str] = "currency-mismatch"


class PrecisionError(InputError):
    """An amount does not fit the currency's minor unit and no rounding was named."""

    code: ClassVar[str] = "precision"


class ShapeError(InputError):
    """Arrays whose shapes cannot be broadcast together."""

    code: ClassVar[str] = "shape"


class LimitError(InputError):
    """Input that is too large, too deep or has too many parts; nothing was computed."""

    code: ClassVar[str] = "limit"


class RuleContractError(ShopcoreError):
    """A custom promotion rule broke the contract; `promotion_id` says whose it was."""

    code: ClassVar[str] = "rule-contract"

    def __init__(self, message: str, *, promotion_id: str = "", reason: str = "invalid") -> None:
        super().__init__(message)
        self.promotion_id = promotion_id
        self.reason = reason


class RefusedError(ShopcoreError):
    """A command that may not be carried out now; `state` is what is, `allowed` what may be done."""

    code: ClassVar[str] = "refused"

    def __init__(
        self, message: str, *, state: str = "", allowed: tuple[str, ...] = (), reason: str = "refused"
    ) -> None:
        super().__init__(message)
        self.state = state
        self.allowed = allowed
        self.reason = reason


class TransitionError(RefusedError):
    """The order's state does not allow this command; `limit` is the most it would allow, where that is why."""

    code: ClassVar[str] = "transition"

    def __init__(
        self,
        message: str,
        *,
        limit: Any = None,
        state: str = "",
        allowed: tuple[str, ...] = (),
        reason: str = "transition",
    ) -> None:
        super().__init__(message, state=state, allowed=allowed, reason=reason)
        self.limit = limit


class OutOfStockError(RefusedError):
    """Not enough stock; `lines` names every short SKU, not only the first."""

    code: ClassVar[str] = "out-of-stock"

    def __init__(
        self,
        message: str,
        *,
        lines: tuple[Any, ...] = (),
        state: str = "",
        allowed: tuple[str, ...] = (),
        reason: str = "out_of_stock",
    ) -> None:
        super().__init__(message, state=state, allowed=allowed, reason=reason)
        self.lines = lines


class PromotionLimitError(RefusedError):
    """Promotions have nothing left for this order; `claims` names every one. Price the cart again."""

    code: ClassVar[str] = "promotion-limit"

    def __init__(
        self,
        message: str,
        *,
        claims: tuple[Any, ...] = (),
        state: str = "",
        allowed: tuple[str, ...] = (),
        reason: str = "usage_limit",
    ) -> None:
        super().__init__(message, state=state, allowed=allowed, reason=reason)
        self.claims = claims


class RefundLimitError(RefusedError):
    """A refund above what was paid or received; `limit` is the most that may be refunded."""

    code: ClassVar[str] = "refund-limit"

    def __init__(
        self,
        message: str,
        *,
        limit: Any = None,
        state: str = "",
        allowed: tuple[str, ...] = (),
        reason: str = "refund_limit",
    ) -> None:
        super().__init__(message, state=state, allowed=allowed, reason=reason)
        self.limit = limit


class AccessDeniedError(RefusedError):
    """The role has no right to see or do this."""

    code: ClassVar[str] = "access-denied"


class StorageError(ShopcoreError):
    """The database said no, in our words."""

    code: ClassVar[str] = "storage"


class RecordNotFoundError(StorageError):
    """There is no such record."""

    code: ClassVar[str] = "record-not-found"


class StaleRecordError(StorageError):
    """The record changed since it was read; read it again."""

    code: ClassVar[str] = "stale-record"


class IdempotencyConflictError(StorageError):
    """The operation id was used before with other facts."""

    code: ClassVar[str] = "idempotency-conflict"


class RetryableError(StorageError):
    """The database asked for another try; nothing was changed."""

    code: ClassVar[str] = "retryable"


class ShopcoreWarning(UserWarning):
    """An answer was given although one of its assumptions is weak."""
