"""Where and how amounts are rounded: one value for tax, discount and refund alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from shopcore._checks import fail, integer, one_of
from shopcore._rounding import ROUNDINGS, Rounding
from shopcore.models._currency import Currency
from shopcore.models._money import Money
from shopcore.models._rate import rate_argument

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["RoundingPolicy", "RoundingScope"]

RoundingScope: TypeAlias = Literal["unit", "line", "order"]


@dataclass(frozen=True, slots=True)
class RoundingPolicy:
    """The level, mode and step of rounding that an order is settled by (取整规则).

    An order, its invoice and its refunds agree only if they share this value; it is stored on the order.

    Parameters
    ----------
    scope : {"unit", "line", "order"}
        What is rounded: each unit (then multiplied), each line, or the sum of a rate over the whole order.
    mode : str
        One of the seven rounding modes.
    step : int
        Minor units results must be a multiple of; 5 for cash in Swiss francs.

    Examples
    --------
    >>> RoundingPolicy(scope="line")
    RoundingPolicy(scope='line', mode='half_up', step=1)
    """

    scope: RoundingScope
    mode: Rounding = "half_up"
    step: int = 1

    def __post_init__(self) -> None:
        one_of("scope", self.scope, get_args(RoundingScope))
        one_of("mode", self.mode, ROUNDINGS)
        integer("step", self.step, low=1, high=1_000_000)

    def share(
        self, lines: Sequence[tuple[Money, int]], rate: RateLike, *, currency: str | Currency | None = None
    ) -> Money:
        """Return what a rate takes of lines of unit amount and quantity, rounded where this policy says.

        One rule for a tax, a percent discount and its refund, so that they agree to the minor unit.

        Parameters
        ----------
        lines : sequence of (Money, int)
            Unit amounts of one currency and quantities.
        rate : Rate, str, Decimal or int
            The share, ``"0.055"``.
        currency : str or Currency, optional
            Needed only where there may be no line.

        Examples
        --------
        >>> lines = [(Money(360, "EUR"), 10)]
        >>> [RoundingPolicy(scope).share(lines, "0.055").minor for scope in ("unit", "line", "order")]
        [200, 198, 198]
        """
        if not lines and currency is None:
            fail("currency", currency, "stated where there are no lines", reason="missing")
        exact = rate_argument("rate", rate, low=None)
        total = Money(0, lines[0][0].currency if currency is None else currency)
        whole = total
        for unit, quantity in lines:
            integer("quantity", quantity, low=0, high=10**12)
            if self.scope == "unit":
                total += unit.times(exact, rounding=self.mode, step=self.step) * quantity
            elif self.scope == "line":
                total += (unit * quantity).times(exact, rounding=self.mode, step=self.step)
            else:
                whole += unit * quantity
        return total if self.scope != "order" else whole.times(exact, rounding=self.mode, step=self.step)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Read and write ``{"scope": "line", "mode": "half_up", "step": 1}``."""
        from pydantic_core import core_schema as cs

        fields = cs.dataclass_args_schema(
            "RoundingPolicy",
            [
                cs.dataclass_field("scope", cs.literal_schema(list(get_args(RoundingScope)))),
                cs.dataclass_field(
                    "mode", cs.with_default_schema(cs.literal_schema(list(ROUNDINGS)), default="half_up")
                ),
                cs.dataclass_field(
                    "step", cs.with_default_schema(cs.int_schema(strict=True, ge=1, le=1_000_000), default=1)
                ),
            ],
        )
        return cs.dataclass_schema(
            cls, fields, ["scope", "mode", "step"], slots=True, config={"extra_fields_behavior": "forbid"}
        )
