"""What is to be done for many orders: exceptions first, then by deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shopcore._checks import aware, instance
from shopcore.models import Money, Order, Result
from shopcore.models._result import html_table
from shopcore.orders._deadlines import USUAL, Deadline, ServiceTerms, order_deadlines
from shopcore.orders._events import OrderEvent
from shopcore.orders._facts import Facts, facts_of
from shopcore.orders._status import word

__all__ = ["WorkItem", "WorkList", "work_list"]

# A task, when it is one, and the deadline it goes by; the order of the rows is the order of urgency.
_TASKS: Final[tuple[tuple[str, Callable[[Facts], bool], str | None], ...]] = (
    ("chargeback", lambda facts: facts.charged_back > 0, None),
    ("refund", lambda facts: facts.held > 0 and facts.open_cancelled + facts.open_returned > 0, "refund"),
    ("settle_return", lambda facts: facts.held <= 0 and facts.open_returned > 0, None),
    ("answer_return", lambda facts: facts.requested > 0, "answer_return"),
    ("audit", lambda facts: facts.audit == "pending", None),
    ("cancel_rejected", lambda facts: facts.audit == "rejected" and facts.unshipped > 0, None),
    ("ship", lambda facts: facts.outstanding > 0 and facts.audit in ("none", "passed") and _secured(facts), "ship"),
    ("collect_payment", lambda facts: facts.due > 0 and facts.shipped > 0 and facts.left > 0, None),
    ("await_payment", lambda facts: facts.due > 0 and facts.shipped == 0 and facts.left > 0 and facts.prepaid, "pay"),
    ("await_receipt", lambda facts: facts.shipped > facts.received and not facts.requested, "receive"),
)
_EXCEPTIONS: Final = frozenset({"chargeback", "settle_return", "audit", "cancel_rejected"})


def _secured(facts: Facts) -> bool:
    return (facts.due == 0 or not facts.prepaid) and not facts.all_back


@dataclass(frozen=True, slots=True)
class WorkItem(Result):
    """One thing to do for one order.

    Attributes
    ----------
    order_id, state : str
        The order and the trade's word for where it stands.
    task : str
        ``"chargeback"``, ``"refund"``, ``"settle_return"``, ``"answer_return"``, ``"audit"``,
        ``"cancel_rejected"``, ``"ship"``, ``"collect_payment"``, ``"await_payment"`` or ``"await_receipt"``.
    rank : int
        0 overdue, 1 an exception, 2 in time.
    due_at : datetime or None
        Its deadline, where there is a term and its beginning is known.
    value : Money
        What the shop holds of the order.
    """

    order_id: str
    state: str
    task: str
    rank: int
    due_at: datetime | None
    value: Money


@dataclass(frozen=True, slots=True)
class WorkList(Result):
    """What is to be done, most urgent first.

    Attributes
    ----------
    at : datetime
        When it was drawn up.
    items : tuple of WorkItem
        Overdue first, then exceptions, then the rest, each by deadline.
    counts : dict of str to int
        Items by task.
    """

    at: datetime
    items: tuple[WorkItem, ...]
    counts: dict[str, int]

    def explain(self) -> str:
        """Return how many things are to be done, and the ten most urgent."""
        late = sum(item.rank == 0 for item in self.items)
        head = f"{len(self.items)} things to do, {late} overdue: " + ", ".join(
            f"{count} {task}" for task, count in self.counts.items()
        )
        rows = (f"{item.task} {item.order_id} ({item.state}), due {item.due_at or 'unknown'}" for item in self.items)
        return "\n".join([head, *list(rows)[:10]])

    def _repr_html_(self) -> str:
        """Return the most urgent items as a table."""
        rows = [(item.rank, item.task, item.order_id, item.state, item.due_at, item.value) for item in self.items]
        return html_table("Work list", ("rank", "task", "order", "state", "due", "held"), rows)


def work_list(
    orders: Iterable[Order],
    *,
    at: datetime,
    terms: ServiceTerms = USUAL,
    events: Mapping[str, Sequence[OrderEvent]] | None = None,
) -> WorkList:
    """Return what is to be done for orders, exceptions first (异常优先的订单工作台).

    Parameters
    ----------
    orders : iterable of Order
        Sales; credit notes and orders with nothing to do are left out.
    at : datetime
        Now; aware.
    terms : ServiceTerms
        By default only shipping, within 48 hours.
    events : mapping of str to sequence of OrderEvent, optional
        The events of each order by its id: they know since when a return or a refund waits.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from shopcore.models import OrderLine, Posting, RoundingPolicy
    >>> paid = datetime.fromisoformat("2026-06-01T10:00:00+08:00")
    >>> mug = OrderLine(line_id="1", sku="MUG", title="Mug", quantity=1, unit_price=Money(3900, "CNY"))
    >>> fields = {"currency": "CNY", "rounding": RoundingPolicy("line"), "lines": [mug]}
    >>> posting = Posting(kind="payment", amount=Money(3900, "CNY"), at=paid)
    >>> late = Order(order_id="A1", placed_at=paid, paid_at=paid, postings=[posting], **fields)
    >>> new = Order(order_id="A2", placed_at=paid, **fields)
    >>> found = work_list([new, late], at=paid + timedelta(hours=49))
    >>> [(item.order_id, item.task, item.rank) for item in found.items]
    [('A1', 'ship', 0), ('A2', 'await_payment', 2)]
    """
    aware("at", at)
    items = [
        item
        for order in orders
        if instance("orders", order, Order).kind == "sale"
        for item in _items(order, at, terms, (events or {}).get(order.order_id, ()))
    ]
    urgency = {task: place for place, (task, _, _) in enumerate(_TASKS)}
    last = max((item.due_at for item in items if item.due_at), default=at)
    items.sort(key=lambda item: (item.rank, item.due_at or last, urgency[item.task], item.order_id))
    counted = Counter(item.task for item in items)
    return WorkList(at=at, items=tuple(items), counts={task: counted[task] for task in urgency if counted[task]})


def _items(order: Order, at: datetime, terms: ServiceTerms, events: Sequence[OrderEvent]) -> list[WorkItem]:
    facts = facts_of(order)
    found: dict[str, Deadline] = {
        item.task: item for item in order_deadlines(order, at=at, terms=terms, events=events) if item.done_at is None
    }
    state = word(facts)
    items = []
    for task, is_due, goes_by in _TASKS:
        if not is_due(facts):
            continue
        end = found.get(goes_by or "")
        rank = 0 if end is not None and end.breach else 1 if task in _EXCEPTIONS else 2
        items.append(
            WorkItem(
                order_id=order.order_id, state=state, task=task, rank=rank, due_at=end.due_at if end else None,
                value=Money(facts.held, order.currency),
            )
        )  # fmt: skip
    return items
