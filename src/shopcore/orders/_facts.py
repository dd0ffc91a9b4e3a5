"""The facts of an order that its words, guards and ceilings are made of, in one pass over its lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shopcore.models import Money, Order, OrderLine, Rate, RoundingPolicy
from shopcore.orders._amounts import allotments, tax_of, through

# What is bought; postage, fees and adjustments follow the goods and never decide a word.
ITEMS: Final = frozenset({"goods", "gift", "service"})
SHIPPED: Final = frozenset({"goods", "gift"})


@dataclass(frozen=True, slots=True)
class LineFacts:
    """How many units of a line stand where; the open ones are cancelled or returned and not settled."""

    open_cancelled: int
    open_returned: int
    unshipped: int
    keepable: int

    @property
    def open(self) -> int:
        """Units that came off the order and whose money was neither given back nor waived."""
        return self.open_cancelled + self.open_returned


def line_facts(line: OrderLine) -> LineFacts:
    """Return where the units of a line stand."""
    fields = line.__dict__
    cancelled, returned = fields["cancelled"], fields["returned"]
    settled = fields["waived"] + fields["refunded"] - fields["kept"]
    spare = max(0, cancelled - settled)
    return LineFacts(
        open_cancelled=spare,
        open_returned=cancelled + returned - fields["exchanged"] - settled - spare,
        unshipped=fields["quantity"] - cancelled - fields["shipped"],
        keepable=fields["shipped"] + fields["exchanged"] - returned - fields["return_requested"] - fields["kept"],
    )


@dataclass(slots=True)
class Facts:
    """Sums over the lines and postings of one order; amounts in minor units."""

    payable: int = 0
    paid: int = 0
    refunded: int = 0
    goodwill: int = 0
    charged_back: int = 0
    prepaid: bool = True
    sale: bool = True
    audit: str = "none"
    left: int = 0
    ordered: int = 0
    outstanding: int = 0
    unshipped: int = 0
    shipped: int = 0
    received: int = 0
    returnable: int = 0
    requested: int = 0
    returned: int = 0
    exchanged: int = 0
    open_cancelled: int = 0
    open_returned: int = 0

    @property
    def held(self) -> int:
        """What the shop still holds of what was paid: the ceiling of everything that goes back."""
        return self.paid - self.refunded - self.goodwill - self.charged_back

    @property
    def all_back(self) -> bool:
        """Whether refunds left the shop nothing of what was paid."""
        return self.refunded > 0 and self.held <= 0

    @property
    def due(self) -> int:
        """What is still to be paid; what was refunded does not fall due again, what a bank took back does."""
        return max(0, self.payable - self.paid + self.charged_back)


def facts_of(order: Order) -> Facts:
    """Return the facts of an order."""
    fields = order.__dict__
    found = Facts(
        payable=payable(order),
        prepaid=fields["payment_terms"] == "prepaid",
        sale=fields["kind"] == "sale",
        audit=fields["audit"],
    )
    for posting in fields["postings"]:
        _post(found, posting.kind, posting.amount.minor)
    lines = fields["lines"]
    counted = any(line.__dict__["kind"] in ITEMS for line in lines)
    for line in lines:
        _count(found, line, item=not counted or line.__dict__["kind"] in ITEMS)
    return found


def _post(found: Facts, kind: str, minor: int) -> None:
    if kind == "payment":
        found.paid += minor
    elif kind == "refund":
        found.refunded += minor
    elif kind == "goodwill":
        found.goodwill += minor
    else:
        found.charged_back += minor if kind == "chargeback" else -minor


def _count(found: Facts, line: OrderLine, *, item: bool) -> None:
    fields = line.__dict__
    quantity, cancelled, shipped = fields["quantity"], fields["cancelled"], fields["shipped"]
    found.unshipped += quantity - cancelled - shipped
    if fields["kind"] in SHIPPED:
        found.outstanding += quantity - cancelled - shipped
        found.ordered += quantity
        found.shipped += shipped
        found.received += fields["received"]
    if item:
        found.left += quantity - cancelled
    if not (shipped or cancelled):
        return
    came_off = fields["returned"] - fields["exchanged"]
    if item:
        found.left -= came_off + fields["kept"]
    found.returnable += shipped - came_off - fields["return_requested"] - fields["kept"]
    found.requested += fields["return_requested"]
    found.returned += fields["returned"]
    found.exchanged += fields["exchanged"]
    settled = fields["waived"] + fields["refunded"] - fields["kept"]
    spare = max(0, cancelled - settled)
    found.open_cancelled += spare
    found.open_returned += cancelled + came_off - settled - spare


def payable(order: Order) -> int:
    """Return what is to be paid for an order in minor units: its total less what was waived."""
    fields = order.__dict__
    policy = fields["rounding"]
    lines = fields["lines"]
    if policy.scope == "order":
        return _payable_by_order(lines, policy)
    total = 0
    for line in lines:
        inner = line.__dict__
        price = inner["unit_price"]
        if inner["tax_included"] and not inner["discounts"] and type(price) is Money:
            total += price.minor * (inner["quantity"] - inner["waived"])
        else:
            total += charged(line, policy) - (charged(line, policy, inner["waived"]) if inner["waived"] else 0)
    return total


def charged(line: OrderLine, policy: RoundingPolicy, units: int | None = None, allotted: int | None = None) -> int:
    """Return what the customer pays for the first units of a line, all of them by default; in minor units."""
    return through(line, line.quantity if units is None else units, policy, allotted).charged(line)


def _payable_by_order(lines: tuple[OrderLine, ...], policy: RoundingPolicy) -> int:
    if any(line.__dict__["waived"] for line in lines):
        return sum(
            charged(line, policy, None, share) - charged(line, policy, line.waived, share)
            for line, share in zip(lines, allotments(lines, policy), strict=True)
        )
    # The sum of a rate is all that counts here; splitting it over the lines would cost more than the rest.
    total = 0
    on_top: dict[Rate, int] = {}
    for line in lines:
        amount = through(line, line.quantity, policy, 0).amount
        total += amount
        if not line.tax_included:
            on_top[line.tax_rate] = on_top.get(line.tax_rate, 0) + amount
    return total + sum(tax_of(amount, rate, policy, included=False) for rate, amount in on_top.items())
