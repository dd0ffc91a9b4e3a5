"""Orders: what they come to, which steps they may take, what may go back, and what is due when."""

from typing import TYPE_CHECKING

__all__ = [
    "STATES",
    "TRANSITIONS",
    "Deadline",
    "LineTotals",
    "OrderEvent",
    "OrderStatus",
    "OrderStep",
    "OrderTotals",
    "RefundShare",
    "Refundable",
    "RefundableLine",
    "Refusal",
    "ServiceTerms",
    "TaxTotals",
    "Term",
    "Transition",
    "TransitionTable",
    "WorkItem",
    "WorkList",
    "approve",
    "basket_totals",
    "cancel",
    "chargeback",
    "check_command",
    "confirm_receipt",
    "deadline",
    "exchange",
    "goodwill",
    "hold",
    "order_deadlines",
    "order_state",
    "order_status",
    "pay",
    "place",
    "receive_return",
    "refund",
    "refund_shares",
    "refundable",
    "reject",
    "reject_return",
    "replay",
    "request_return",
    "reverse_chargeback",
    "ship",
    "totals",
    "transition_table",
    "work_list",
]

if TYPE_CHECKING:
    from shopcore.orders._check import Refusal, check_command
    from shopcore.orders._deadlines import Deadline, ServiceTerms, Term, deadline, order_deadlines
    from shopcore.orders._events import OrderEvent, replay
    from shopcore.orders._fulfilment import approve, cancel, confirm_receipt, hold, reject, ship
    from shopcore.orders._payment import chargeback, goodwill, pay, refund, reverse_chargeback
    from shopcore.orders._refunds import Refundable, RefundableLine, RefundShare, refund_shares, refundable
    from shopcore.orders._returns import exchange, receive_return, reject_return, request_return
    from shopcore.orders._status import STATES, OrderStatus, order_state, order_status
    from shopcore.orders._step import OrderStep, place
    from shopcore.orders._table import TRANSITIONS, Transition, TransitionTable, transition_table
    from shopcore.orders._totals import LineTotals, OrderTotals, TaxTotals, basket_totals, totals
    from shopcore.orders._work_list import WorkItem, WorkList, work_list
else:
    from shopcore._lazy import lazy

    _WHERE = {
        "_check": (
            "Refusal",
            "check_command",
        ),
        "_deadlines": (
            "Deadline",
            "ServiceTerms",
            "Term",
            "deadline",
            "order_deadlines",
        ),
        "_events": (
            "OrderEvent",
            "replay",
        ),
        "_fulfilment": (
            "approve",
            "cancel",
            "confirm_receipt",
            "hold",
            "reject",
            "ship",
        ),
        "_payment": (
            "chargeback",
            "goodwill",
            "pay",
            "refund",
            "reverse_chargeback",
        ),
        "_refunds": (
            "RefundShare",
            "Refundable",
            "RefundableLine",
            "refund_shares",
            "refundable",
        ),
        "_returns": (
            "exchange",
            "receive_return",
            "reject_return",
            "request_return",
        ),
        "_status": (
            "STATES",
            "OrderStatus",
            "order_state",
            "order_status",
        ),
        "_step": (
            "OrderStep",
            "place",
        ),
        "_table": (
            "TRANSITIONS",
            "Transition",
            "TransitionTable",
            "transition_table",
        ),
        "_totals": (
            "LineTotals",
            "OrderTotals",
            "TaxTotals",
            "basket_totals",
            "totals",
        ),
        "_work_list": (
            "WorkItem",
            "WorkList",
            "work_list",
        ),
    }
    __getattr__, __dir__ = lazy(__name__, {name: module for module, names in _WHERE.items() for name in names})
    del lazy
