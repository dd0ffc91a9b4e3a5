"""A question asked of every row of a table: the columns it reads, those it adds, and the engine that answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, TypeAlias

from shopcore.frames import _columns
from shopcore.models import Currency

# The last two are lists, one for each row.
ColumnType: TypeAlias = Literal["int64", "float64", "bool", "string", "strings", "int64s"]


class Question(Protocol):
    """What frames and batches have in common; a value, so that it can be pickled to another process.

    Rows are answered independently of each other, so the size of a batch never changes an answer.

    Examples
    --------
    >>> from shopcore.frames import Reorder
    >>> from shopcore.inventory import Service
    >>> question: Question = Reorder(Service.fill(0.98))
    >>> [field.name for field in question.inputs if field.required]
    ['demand_mean', 'demand_sd', 'lead_time', 'on_hand']
    """

    @property
    def inputs(self) -> tuple[_columns.Field, ...]:
        """The columns it reads."""

    @property
    def outputs(self) -> Mapping[str, ColumnType]:
        """The columns it adds, by name, with their types."""

    @property
    def currency(self) -> Currency | None:
        """The currency of its money columns; None where it has none."""

    def answer(self, columns: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the new columns; a bad value raises `InputError` with the positions of all bad rows."""


def ask(frame: Any, question: Question, columns: Mapping[str, str] | None, prefix: str) -> Any:
    """Return the frame with the answers added as columns."""
    table = _columns.eager(frame)
    found = _columns.read(table, question.inputs, columns or {}, question.currency)
    return _columns.add(table, question.answer(found), question.outputs, prefix)
