"""The table of transitions: every command, what must hold for it, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shopcore.models import Result
from shopcore.orders._facts import Facts

__all__ = ["TRANSITIONS", "Transition", "TransitionTable", "transition_table"]


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold for a command, as a predicate and in words."""

    holds: Callable[[Facts], bool]
    text: str


GUARDS: Final[Mapping[str, Guard]] = {
    "is_sale": Guard(lambda facts: facts.sale, "the order is a sale, not a credit note"),
    "money_due": Guard(lambda facts: facts.due > 0, "money is due"),
    "not_rejected": Guard(lambda facts: facts.audit != "rejected", "the audit did not reject it"),
    "secured": Guard(
        lambda facts: (facts.due == 0 or not facts.prepaid) and not facts.all_back,
        "it is paid, or sold on account or delivery, and the money did not all go back",
    ),
    "audit_clear": Guard(lambda facts: facts.audit in ("none", "passed"), "no audit is pending or lost"),
    "audit_open": Guard(lambda facts: facts.audit in ("pending", "rejected"), "an audit was asked for"),
    "audit_pending": Guard(lambda facts: facts.audit == "pending", "an audit is pending"),
    "units_unshipped": Guard(lambda facts: facts.unshipped > 0, "units are neither shipped nor cancelled"),
    "units_outstanding": Guard(lambda facts: facts.outstanding > 0, "units are still to be shipped"),
    "units_under_way": Guard(lambda facts: facts.shipped > facts.received, "units are under way"),
    "units_returnable": Guard(lambda facts: facts.returnable > 0, "the customer has units that may come back"),
    "return_requested": Guard(lambda facts: facts.requested > 0, "a return was requested"),
    "units_to_replace": Guard(lambda facts: facts.open_returned > 0, "units came back and are not settled"),
    "money_held": Guard(lambda facts: facts.held > 0, "the shop holds money of it"),
    "units_to_settle": Guard(
        lambda facts: facts.held > 0 or facts.open_cancelled + facts.open_returned > 0,
        "the shop holds money of it, or units wait to be settled",
    ),
    "charged_back": Guard(lambda facts: facts.charged_back > 0, "a bank took money back"),
}


@dataclass(frozen=True, slots=True)
class Transition(Result):
    """One row of the table: a command, its guards, and what it does.

    Attributes
    ----------
    command, chinese : str
        Name of the function in `shopcore.orders` and the trade's word.
    axis : str
        ``"payment"``, ``"fulfilment"``, ``"return"`` or ``"audit"``.
    guards : tuple of str
        What must hold, in words.
    effect : str
        Which quantities and amounts it changes.
    event : str
        Kind of the event it gives.
    leads_to : tuple of str
        The words the order may stand at afterwards.
    needs : tuple of str
        The guards by their codes, which are the reasons of refusals.
    """

    command: str
    chinese: str
    axis: str
    guards: tuple[str, ...]
    effect: str
    event: str
    leads_to: tuple[str, ...]
    needs: tuple[str, ...]


_RETURNED: Final = ("in_return", "refunded", "cancelled")
_OPEN: Final = ("awaiting_payment", "awaiting_shipment", "partially_shipped", "shipped", "received", "exchanged")
_ANY: Final = (*_OPEN, *_RETURNED)


def _row(  # noqa: PLR0917  # a row of the table below, read by its columns
    command: str, chinese: str, axis: str, event: str, needs: tuple[str, ...], effect: str, leads_to: tuple[str, ...]
) -> Transition:
    needs = ("is_sale", *needs)
    texts = tuple(GUARDS[name].text for name in needs)
    return Transition(
        command=command, chinese=chinese, axis=axis, guards=texts, effect=effect, event=event, leads_to=leads_to,
        needs=needs,
    )  # fmt: skip


TRANSITIONS: Final[tuple[Transition, ...]] = (
    _row("pay", "付款", "payment", "paid", ("money_due", "not_rejected"), "posts a payment, at most the sum due", _ANY),
    _row("hold", "送审", "audit", "held", ("audit_clear", "units_outstanding"), "audit = pending; ships nothing", _ANY),
    _row("approve", "审核通过", "audit", "approved", ("audit_open",), "audit = passed", _ANY),
    _row("reject", "审核驳回", "audit", "rejected", ("audit_pending",), "audit = rejected: cancel or approve", _ANY),
    _row("cancel", "取消", "fulfilment", "cancelled", ("units_unshipped",),
         "cancelled += units; waived too where money is still due", _ANY),
    _row("ship", "发货", "fulfilment", "shipped", ("units_outstanding", "secured", "audit_clear"),
         "shipped += units, one parcel", ("partially_shipped", "shipped", "in_return", "exchanged")),
    _row("confirm_receipt", "确认收货", "fulfilment", "received", ("units_under_way",), "received += units",
         ("partially_shipped", "shipped", "received", "exchanged", "in_return", "refunded", "cancelled")),
    _row("request_return", "申请退货", "return", "return_requested", ("units_returnable",),
         "return_requested += units", ("in_return",)),
    _row("reject_return", "驳回退货", "return", "return_rejected", ("return_requested",),
         "return_requested -= units", _ANY),
    _row("receive_return", "退货签收", "return", "return_received", ("return_requested",),
         "return_requested -= units, returned += units; waived too where money is still due",
         ("in_return", "cancelled", "refunded", "partially_shipped", "shipped", "received", "exchanged")),
    _row("exchange", "换货", "return", "exchanged", ("units_to_replace",), "exchanged += units, a new parcel",
         ("exchanged", "in_return", "partially_shipped", "refunded", "cancelled")),
    _row("refund", "退款", "payment", "refunded", ("units_to_settle",),
         "posts a refund; refunded += units, unshipped ones are cancelled", _ANY),
    _row("goodwill", "补偿", "payment", "goodwill", ("money_held",), "posts goodwill, apart from refunds", _ANY),
    _row("chargeback", "拒付", "payment", "charged_back", ("money_held",), "posts what the bank took back", _ANY),
    _row("reverse_chargeback", "拒付撤销", "payment", "chargeback_reversed", ("charged_back",),
         "posts what the bank gave back", _ANY),
)  # fmt: skip

BY_COMMAND: Final[Mapping[str, Transition]] = {row.command: row for row in TRANSITIONS}


@dataclass(frozen=True, slots=True)
class TransitionTable(Result):
    """The table of transitions, printable as text, Markdown and in a notebook."""

    rows: tuple[Transition, ...]

    def explain(self) -> str:
        """Return the table as Markdown."""
        head = "| command | 中文 | axis | if | effect | event |\n| --- | --- | --- | --- | --- | --- |"
        cells = (
            (row.command, row.chinese, row.axis, "; ".join(row.guards[1:]) or "always", row.effect, row.event)
            for row in self.rows
        )
        return "\n".join([head, *("| " + " | ".join(row) + " |" for row in cells)])


def transition_table() -> TransitionTable:
    """Return the table of transitions (订单流转表): every command with its guards and effect.

    Returns
    -------
    TransitionTable
        `explain` prints it; commands refuse by the same rows.

    Examples
    --------
    >>> [row.command for row in transition_table().rows if row.axis == "return"]
    ['request_return', 'reject_return', 'receive_return', 'exchange']
    """
    return TransitionTable(TRANSITIONS)


def broken_guard(command: str, facts: Facts) -> str | None:
    """Return the code of the first guard of a command that does not hold."""
    return next((name for name in BY_COMMAND[command].needs if not GUARDS[name].holds(facts)), None)


def allowed_by(facts: Facts) -> tuple[str, ...]:
    """Return the commands whose guards hold."""
    return tuple(row.command for row in TRANSITIONS if broken_guard(row.command, facts) is None)
