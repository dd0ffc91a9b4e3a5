"""What may go back for an order: per unit, exactly, and never more than the shop still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopcore._checks import fail, instance, integer
from shopcore.models import Money, Order, OrderLine, Result, RoundingPolicy
from shopcore.orders._amounts import allotments, discount_parts, through
from shopcore.orders._facts import LineFacts, facts_of, line_facts

__all__ = ["RefundShare", "Refundable", "RefundableLine", "refund_shares", "refundable"]


@dataclass(frozen=True, slots=True)
class RefundableLine(Result):
    """What of one line may go back.

    Attributes
    ----------
    line_id : str
        Of the line.
    open : int
        Units that were cancelled or came back and are not settled: what a refund takes first.
    unshipped : int
        Units a refund may take next; it cancels them.
    keepable : int
        Units with the customer, for a refund that leaves the goods there.
    open_amount, amount : Money
        For the open units, and for all of these.
    """

    line_id: str
    open: int
    unshipped: int
    keepable: int
    open_amount: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Refundable(Result):
    """What may go back for an order (可退金额), in columns: one entry for each line of which something may.

    Attributes
    ----------
    open_amount : Money
        For all open units, at most the ceiling.
    ceiling : Money
        Payments less refunds, goodwill and chargebacks: no refund passes it.
    line_ids : tuple of str
        The lines; `lines` gives them as rows.
    open, unshipped, keepable : tuple of int
        Units, as in `RefundableLine`.
    open_minor, minor : tuple of int
        Minor units for the open units and for all.
    """

    open_amount: Money
    ceiling: Money
    line_ids: tuple[str, ...]
    open: tuple[int, ...]
    unshipped: tuple[int, ...]
    keepable: tuple[int, ...]
    open_minor: tuple[int, ...]
    minor: tuple[int, ...]

    @property
    def lines(self) -> tuple[RefundableLine, ...]:
        """The lines as rows."""
        currency = self.ceiling.currency
        columns = zip(self.line_ids, self.open, self.unshipped, self.keepable, self.open_minor, self.minor, strict=True)
        return tuple(
            RefundableLine(
                line_id=line_id, open=opened, unshipped=unshipped, keepable=keepable,
                open_amount=Money(open_minor, currency), amount=Money(minor, currency),
            )
            for line_id, opened, unshipped, keepable, open_minor, minor in columns
        )  # fmt: skip

    def explain(self) -> str:
        """Return what may go back by line, and the ceiling."""
        rows = [
            f"{row.line_id}: {row.open} open units bring back {row.open_amount.text}; {row.unshipped} not shipped and "
            f"{row.keepable} with the customer, {row.amount.text} for all"
            for row in self.lines
        ]
        return "\n".join([*rows, f"at most {self.ceiling} in all"])


@dataclass(frozen=True, slots=True)
class RefundShare(Result):
    """What units of a line bring back, and which part of it is tax and which discounts are undone.

    Attributes
    ----------
    line_id, units
        Which units.
    amount, net, tax : Money
        What goes back; ``net + tax == amount``.
    discount : Money
        What promotions had taken off these units.
    promotions : tuple of (str, Money)
        The discount by promotion; sums to `discount`.
    """

    line_id: str
    units: int
    amount: Money
    net: Money
    tax: Money
    discount: Money
    promotions: tuple[tuple[str, Money], ...]


def refundable(order: Order) -> Refundable:
    """Return what may go back for an order (可退金额): by line, and the ceiling for all.

    Parameters
    ----------
    order : Order
        A sale.

    Notes
    -----
    n units bring back F(settled + n) - F(settled), where F is what the first units were charged, tax included, and
    settled counts the units refunded or waived. Partial refunds therefore telescope to the whole in any order.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import Posting, RoundingPolicy
    >>> noon = datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"), cancelled=1)
    >>> paid = Posting(kind="payment", amount=Money(11700, "CNY"), at=noon)
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug], placed_at=noon,
    ...               postings=[paid])
    >>> found = refundable(order)
    >>> found.open_amount, found.ceiling, found.lines[0].unshipped
    (Money(3900, 'CNY'), Money(11700, 'CNY'), 2)
    """
    instance("order", order, Order)
    facts = facts_of(order)
    ceiling = max(0, facts.held)
    policy = order.rounding
    shares = allotments(order.lines, policy)
    rows = []
    for line, allotted in zip(order.lines, shares, strict=True):
        fields = line.__dict__
        settled = fields["waived"] + fields["refunded"]
        total = fields["quantity"] - settled - fields["return_requested"]
        if not total:
            continue
        if not (fields["cancelled"] or fields["shipped"]):
            amount = _charged(line, settled + total, allotted, policy)
            rows.append((fields["line_id"], 0, total, 0, 0, amount))
            continue
        found = line_facts(line)
        before = _charged(line, settled, allotted, policy) if settled else 0
        opened = _charged(line, settled + found.open, allotted, policy) - before if found.open else 0
        amount = _charged(line, settled + total, allotted, policy) - before
        rows.append((fields["line_id"], found.open, found.unshipped, found.keepable, opened, amount))
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * 6
    return Refundable(Money(min(sum(columns[4]), ceiling), order.currency), Money(ceiling, order.currency), *columns)


def _charged(line: OrderLine, units: int, allotted: int | None, policy: RoundingPolicy) -> int:
    fields = line.__dict__
    price = fields["unit_price"]
    if fields["tax_included"] and not fields["discounts"] and type(price) is Money:
        return price.minor * units
    return through(line, units, policy, allotted).charged(line)


def charged_between(order: Order, line: OrderLine, units: int, allotted: int | None) -> int:
    """Return what the next units to be settled were charged, in minor units."""
    settled, policy = line.refunded + line.waived, order.rounding
    return _charged(line, settled + units, allotted, policy) - _charged(line, settled, allotted, policy)


def refund_shares(order: Order, units: Mapping[str, int]) -> tuple[RefundShare, ...]:
    """Return what units of lines would bring back: amount, tax, and the discount of each promotion (退款分摊).

    Parameters
    ----------
    order : Order
        A sale.
    units : mapping of str to int
        Units by line id, 1 to what is not settled yet.

    Raises
    ------
    InputError
        If a line is unknown or more units are asked for than are not settled.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.models import DiscountShare, RoundingPolicy
    >>> share = DiscountShare(promotion_id="11.11", amount=Money(1000, "CNY"))
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=3, unit_price=Money(3900, "CNY"),
    ...                 discounts=[share])
    >>> order = Order(order_id="A1", currency="CNY", rounding=RoundingPolicy("line"), lines=[mug],
    ...               placed_at=datetime(2026, 11, 11, 4, tzinfo=UTC))
    >>> [row] = refund_shares(order, {"1": 2})
    >>> row.amount, row.discount
    (Money(7133, 'CNY'), Money(667, 'CNY'))
    """
    instance("order", order, Order)
    if not isinstance(units, Mapping):
        fail("units", units, "units by line id", reason="type")
    found = []
    shares = zip(order.lines, allotments(order.lines, order.rounding), strict=True)
    known = {line.line_id: (line, allotted) for line, allotted in shares}
    for line_id, count in units.items():
        line, allotted = known[line_id] if line_id in known else (order.line(line_id), None)
        start = line.refunded + line.waived
        integer("units", count, low=1, high=line.quantity - start)
        found.append(_share(order, line, (start, start + count), allotted))
    return tuple(found)


def _share(order: Order, line: OrderLine, between: tuple[int, int], allotted: int | None) -> RefundShare:
    policy = order.rounding
    before, after = (through(line, units, policy, allotted) for units in between)
    parts = [discount_parts(line, units, policy) for units in between]

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    amount = after.charged(line) - before.charged(line)
    tax = after.tax - before.tax
    return RefundShare(
        line_id=line.line_id,
        units=between[1] - between[0],
        amount=money(amount),
        net=money(amount - tax),
        tax=money(tax),
        discount=money(after.discount - before.discount),
        promotions=tuple(
            (share.promotion_id, money(two - one)) for share, one, two in zip(line.discounts, *parts, strict=True)
        ),
    )


def sources(found: LineFacts, units: int, *, keep_goods: bool) -> tuple[int, int] | None:
    """Return how many units a refund cancels and how many stay with the customer; None if there are not enough."""
    left = max(0, units - found.open)
    cancels = min(left, found.unshipped)
    keeps = left - cancels
    if keeps and (not keep_goods or keeps > found.keepable):
        return None
    return cancels, keeps
