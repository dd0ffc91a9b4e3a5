"""The outbox: messages written in the transaction of what they tell of, read by the host at least once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from shopcore._checks import at_most, aware, fail, instance, integer, text
from shopcore.models._result import Result
from shopcore.orders import OrderEvent
from shopcore.persistence._tables import Tables
from shopcore.persistence._unit import Host, unit

__all__ = ["OutboxMessage", "acknowledge_outbox", "read_outbox", "write_outbox"]


@dataclass(frozen=True, slots=True)
class OutboxMessage(Result):
    """A message for the outside.

    Attributes
    ----------
    number : int
        Grows within one key; never given twice. Receivers leave out numbers they have seen.
    topic : str
        Such as ``"order.paid"``.
    key : str
        What it is about, such as the order id; messages of one key come in order.
    at : datetime
        When it happened.
    body : mapping
        Plain data.
    """

    number: int
    topic: str
    key: str
    at: datetime
    body: Mapping[str, Any]


def write_outbox(host: Host, tables: Tables, topic: str, body: Mapping[str, Any], *, key: str, at: datetime) -> None:
    """Write a message of the host's own into the outbox, in its transaction (事务性消息).

    `place_order` and `advance_order` write theirs by themselves.

    Parameters
    ----------
    host, tables, at
        As in `receive_stock`.
    topic : str
        What kind of message; those that begin with ``order.`` are shopcore's.
    body : mapping
        Plain data that JSON can hold.
    key : str
        What it is about; messages of one key are read in order if whoever writes them holds a lock on what the key
        names, as the verbs of this package do.

    Raises
    ------
    InputError
        If the body is not plain data.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, read_outbox
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     write_outbox(connection, shop.tables, "parcel.packed", {"parcel": "P1"}, key="P1", at=noon)
    ...     [message] = read_outbox(connection, shop.tables)
    >>> message.topic, message.body
    ('parcel.packed', {'parcel': 'P1'})
    """
    try:
        written = json.dumps(dict(body), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        fail("body", type(body).__name__, "a mapping of plain data", reason="type")
    row = {
        "topic": text("topic", topic, max_length=128), "key": text("key", key, max_length=128),
        "at": aware("at", at), "body": written,
    }  # fmt: skip
    with unit(host) as connection:
        connection.execute(tables.trade.outbox.insert(), row)


def write_events(connection: Connection, tables: Tables, events: Iterable[OrderEvent], op_id: str) -> None:
    """Append events of orders, and a message of each."""
    events = tuple(events)
    rows = [
        {"order_id": event.order_id, "number": event.number, "kind": event.kind, "at": event.at, "op_id": op_id,
         "body": event.to_json()}
        for event in events
    ]  # fmt: skip
    connection.execute(tables.trade.order_events.insert(), rows)
    messages = [
        {"topic": f"order.{event.kind}", "key": event.order_id, "at": event.at, "body": _told(event)}
        for event in events
    ]  # fmt: skip
    connection.execute(tables.trade.outbox.insert(), messages)


def _told(event: OrderEvent) -> str:
    # Messages leave the shop: without the order itself, which holds costs and whom it is for.
    return json.dumps(event.model_dump(mode="json", exclude={"order"}, exclude_defaults=True), ensure_ascii=False)


def read_outbox(host: Host, tables: Tables, *, limit: int = 100) -> tuple[OutboxMessage, ...]:
    """Return the oldest messages, to be sent and then acknowledged in the same transaction (读取消息).

    One reader at a time: a second one waits for the first to end its transaction. What was read and not acknowledged
    comes again, so each message arrives at least once; messages of one key in order.

    Parameters
    ----------
    host, tables
        As in `receive_stock`.
    limit : int
        1 to 10,000.

    Raises
    ------
    RetryableError
        As in `receive_stock`.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from shopcore.persistence import Shop, acknowledge_outbox, write_outbox
    >>> shop, noon = Shop(), datetime(2026, 11, 11, 4, tzinfo=UTC)
    >>> with shop.begin() as connection:
    ...     write_outbox(connection, shop.tables, "parcel.packed", {"parcel": "P1"}, key="P1", at=noon)
    >>> with shop.begin() as connection:
    ...     messages = read_outbox(connection, shop.tables)
    ...     acknowledge_outbox(connection, shop.tables, messages), read_outbox(connection, shop.tables)
    (1, ())
    """
    integer("limit", limit, low=1, high=10_000)
    table = tables.trade.outbox
    oldest = select(table).order_by(table.c.number).limit(limit).with_for_update()
    with unit(host) as connection:
        rows = connection.execute(oldest).mappings().all()
    return tuple(
        OutboxMessage(row["number"], row["topic"], row["key"], row["at"], json.loads(row["body"])) for row in rows
    )


def acknowledge_outbox(host: Host, tables: Tables, messages: Iterable[OutboxMessage]) -> int:
    """Return how many messages were taken away after they were sent (确认消息).

    Parameters
    ----------
    host, tables
        As in `receive_stock`.
    messages : iterable of OutboxMessage
        From `read_outbox`; at most 10,000.

    Examples
    --------
    >>> from shopcore.persistence import Shop, read_outbox
    >>> shop = Shop()
    >>> with shop.begin() as connection:
    ...     acknowledge_outbox(connection, shop.tables, read_outbox(connection, shop.tables))
    0
    """
    numbers = [instance("messages", message, OutboxMessage).number for message in messages]
    at_most("messages", numbers, 10_000, "messages")
    table = tables.trade.outbox
    gone, pages = 0, range(0, len(numbers), 500)
    with unit(host) as connection:
        for start in pages:
            some = table.c.number.in_(numbers[start : start + 500])
            gone += connection.execute(table.delete().where(some)).rowcount
    return gone
