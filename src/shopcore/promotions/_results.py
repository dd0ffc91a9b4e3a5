"""What pricing a cart gives: amounts line by line and unit by unit, and a record of every promotion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from shopcore._checks import fail
from shopcore.models import DiscountShare, Money, Result
from shopcore.models._result import html_table

__all__ = ["Certificate", "Claim", "PricedCart", "PricedLine", "PromotionTrace"]

Status: TypeAlias = Literal["greedy", "optimal", "gap"]

WORDS = {
    "threshold": "the goods do not cost enough yet",
    "not_enough_items": "too few items",
    "missing_item": "an item it needs is not in the cart",
    "code_missing": "its code was not entered",
    "not_started": "it has not started",
    "expired": "it is over",
    "usage_limit": "it is used up",
    "customer_limit": "this customer has used it up",
    "not_first_order": "it is for a first order",
    "budget": "its budget is spent",
    "conflict": "it may not stand beside another promotion",
    "dominated": "leaving it out is no dearer",
    "no_effect": "there is nothing left to take off",
    "unknown_kind": "its rule is not in the registry",
}


@dataclass(frozen=True, slots=True)
class PromotionTrace(Result):
    """What became of one promotion, and the smallest change that would make it apply.

    `code` is ``"applied"`` or the reason why not. `saving` is what it took off, shipping included. `shortfall` and
    `missing` say how far the cart is from it; `conflicts` with whom it may not stand; `dominated_by` what the
    combination chosen saves more than the best one with it.
    """

    promotion_id: str
    code: str
    saving: Money
    shipping: Money
    basis: Money
    line_savings: tuple[tuple[str, Money], ...] = ()
    shortfall: Money | None = None
    missing: int | None = None
    skus: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    dominated_by: Money | None = None
    capped: bool = False

    @property
    def applied(self) -> bool:
        """Whether it took effect."""
        return self.code == "applied"

    @property
    def would_apply_if(self) -> str | None:
        """The smallest change that would make it apply, in words; None where there is none to be made."""
        if self.shortfall is not None:
            return f"{self.shortfall} more were spent on its goods"
        if self.missing is not None:
            return f"{self.missing} more of its items were in the cart"
        if self.skus:
            return "one of these were in the cart: " + ", ".join(self.skus[:5])
        changes = {"code_missing": "its code were entered", "not_started": "it had started"}
        if self.conflicts:
            return "these were left out: " + ", ".join(self.conflicts[:5])
        return changes.get(self.code)

    def explain(self) -> str:
        """Return the record as a sentence."""
        if self.applied:
            return f"{self.promotion_id}: {self.saving} off{' (limited)' if self.capped else ''}{self._where()}"
        change = self.would_apply_if
        text = f"{self.promotion_id}: not applied, {WORDS.get(self.code, self.code)}"
        if self.dominated_by is not None and self.dominated_by.minor:
            text += f"; with it the cart would cost {self.dominated_by} more"
        return text + (f"; it would if {change}" if change else "")

    def _where(self) -> str:
        parts = [f"{amount} on {line}" for line, amount in self.line_savings[:5]]
        if len(self.line_savings) > 5:
            parts.append(f"{len(self.line_savings) - 5} more lines")
        if self.shipping.minor:
            parts.append(f"{self.shipping} on shipping")
        return f": {', '.join(parts)}" if parts else ""


@dataclass(frozen=True, slots=True)
class Claim(Result):
    """What the order takes of a promotion's limits: one use and an amount, under the ceilings stated."""

    promotion_id: str
    uses: int
    amount: Money
    limit: int | None
    per_customer: int | None
    budget: Money | None
    shop_part: Money
    platform_part: Money


@dataclass(frozen=True, slots=True)
class PricedLine(Result):
    """A line after promotions: list amount, discount, what is to be paid, the tax on it, and every unit's share.

    `unit_amounts` are runs of (units, minor units to pay), in the order units come back.
    """

    line_id: str
    sku: str
    quantity: int
    list_amount: Money
    discount: Money
    amount: Money
    tax: Money
    unit_amounts: tuple[tuple[int, int], ...]
    discounts: tuple[DiscountShare, ...] = ()

    def through(self, units: int) -> int:
        """Return the minor units that the first `units` units are paid with."""
        total, left = 0, units
        for count, minor in self.unit_amounts:
            total += min(count, left) * minor
            left -= min(count, left)
        return total


@dataclass(frozen=True, slots=True)
class Certificate(Result):
    """How the combination was found and what is proved about it.

    `saving` is what it takes off, `bound` what no legal combination can exceed; `status` is ``"optimal"`` where they
    are equal, ``"gap"`` where they are not, ``"greedy"`` where nothing was searched.
    """

    method: str
    status: Status
    saving: Money
    bound: Money
    nodes: int
    next_best: tuple[str, ...] | None = None
    next_best_total: Money | None = None
    solver: str | None = None

    @property
    def gap(self) -> Money:
        """What a better combination could save at most."""
        return self.bound - self.saving


@dataclass(frozen=True, slots=True)
class PricedCart(Result):
    """A cart after promotions (优惠结算): every amount, a record of every promotion, and the proof.

    `total` is to be paid without tax on top; `total_with_tax` with it. `applied` are the promotions in the order in
    which they took effect. `pay_now` is a presale deposit, `pay_later` the rest. `claims` are for the host to book.
    """

    total: Money
    total_with_tax: Money
    list_total: Money
    saving: Money
    shipping: Money
    shipping_list: Money
    lines: tuple[PricedLine, ...]
    gifts: tuple[tuple[str, int], ...]
    applied: tuple[str, ...]
    trace: tuple[PromotionTrace, ...]
    claims: tuple[Claim, ...]
    certificate: Certificate
    pay_now: Money
    pay_later: Money
    points: int = 0

    def line(self, line_id: str) -> PricedLine:
        """Return the line of an id."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        return fail("line_id", line_id, "the id of a line of the cart", reason="unknown")

    def of(self, promotion_id: str) -> PromotionTrace:
        """Return the record of a promotion."""
        for entry in self.trace:
            if entry.promotion_id == promotion_id:
                return entry
        return fail("promotion_id", promotion_id, "the id of a promotion of the set", reason="unknown")

    def explain(self) -> str:
        """Return in words what was taken off, why the rest was not, and what is proved."""
        proof = self.certificate
        found = {
            "greedy": "promotions were taken in their order",
            "optimal": "no legal combination costs less (proved)",
            "gap": f"a legal combination could cost at most {proof.gap} less",
        }[proof.status]
        head = f"{self.list_total} less {self.saving} is {self.total} to pay; {found}"
        return "\n".join([head, *(entry.explain() for entry in self.trace)])

    def _repr_html_(self) -> str:
        rows: list[tuple[Any, ...]] = [
            (line.line_id, line.quantity, line.list_amount, line.discount, line.amount) for line in self.lines
        ]
        rows += [(entry.promotion_id, "", "", entry.saving, entry.code) for entry in self.trace]
        head = ("line or promotion", "units", "list", "off", "to pay or reason")
        return html_table(f"{self.total} to pay, {self.saving} saved", head, rows)
