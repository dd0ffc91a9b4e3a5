"""The same questions over a stream of Arrow record batches: out of core on one machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from shopcore._checks import fail, one_of
from shopcore.errors import InputError
from shopcore.frames import _columns
from shopcore.frames._question import Question

# pyarrow ships no types of its own.
RecordBatch: TypeAlias = Any
# Arrow's name of a type and what a Spark schema calls it.
DDL: Final = {
    "string": "string",
    "int64": "bigint",
    "int32": "int",
    "float64": "double",
    "bool": "boolean",
    "date32": "date",
}
_LISTS: Final = {"strings": "string", "int64s": "int64"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A question over record batches: batches in, batches out, each row by itself (批处理).

    Picklable and without state, so any engine can run it: pyarrow, DuckDB, Spark's ``mapInArrow``, Dask, Ray, Polars.

    Parameters
    ----------
    question : Question
        Such as ``Margins(fees)`` or ``Reorder(service)``.
    keys : mapping
        Columns that pass through untouched, with their types: ``{"sku": "string"}``; types are string, int64,
        int32, float64, bool, date32.
    columns : mapping, optional
        Where an input column has another name.

    Notes
    -----
    The schema is fixed, for an empty batch too: keys, answers, and the column ``status``: ``"ok"``, or
    ``"column:reason"`` for a row that could not be answered, whose answers are null. A bad row never stops a job;
    a missing column does. Results do not depend on the size of the batches.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import date
    >>> from shopcore.frames import Margins
    >>> from shopcore.pricing import FeeTable
    >>> stage = Stage(Margins(FeeTable(name="shop", currency="CNY", valid_from=date(2026, 1, 1))), {"sku": "string"})
    >>> batch = pa.record_batch({"sku": ["MUG", "TEA"], "price": [9990, 4990], "unit_cost": [3520, None]})
    >>> stage.one(batch).select(["sku", "profit", "status"]).to_pylist()[1]
    {'sku': 'TEA', 'profit': None, 'status': 'unit_cost:missing'}
    """

    question: Question
    keys: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, kind in self.keys.items():
            one_of(f"keys[{name!r}]", kind, tuple(DDL))
            if name in self.question.outputs or name == "status":
                fail("keys", name, "names other than those of the answers", reason="column_exists")
        object.__setattr__(self, "keys", dict(self.keys))
        object.__setattr__(self, "columns", dict(self.columns))

    @property
    def input_columns(self) -> tuple[str, ...]:
        """Names of the columns that must be in every batch."""
        required = [self.columns.get(f.name, f.name) for f in self.question.inputs if f.required]
        return (*self.keys, *required)

    @property
    def output_ddl(self) -> str:
        """The schema as text, ``"sku string, profit bigint, ..."``: what Spark's ``mapInArrow`` asks for."""
        return ", ".join(f"{name} {_ddl(kind)}" for name, kind in self._types().items())

    @property
    def output_schema(self) -> Any:
        """The Arrow schema of every batch that comes out."""
        import pyarrow as pa

        return pa.schema([(name, _arrow(kind)) for name, kind in self._types().items()])

    def __call__(self, batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        """Yield the answer of each batch."""
        return map(self.one, batches)

    def one(self, batch: RecordBatch) -> RecordBatch:
        """Return the answer of one batch.

        Raises
        ------
        InputError
            If a column is missing or of another kind: that is no fault of a row.
        """
        import pyarrow as pa

        table = pa.Table.from_batches([batch])
        for name in self.keys:
            if name not in table.column_names:
                fail("keys", name, "a column of the batch: " + ", ".join(table.column_names), reason="missing_column")
        rows, answers, status = self._answer(table)
        schema, columns = self.output_schema, []
        for at in schema:
            if at.name in self.keys:
                columns.append(table.column(at.name).cast(at.type).combine_chunks())
            elif at.name == "status":
                columns.append(pa.array(status.tolist(), type=at.type))
            else:
                columns.append(_spread(answers.get(at.name), rows, len(status), at.type))
        return pa.record_batch(columns, schema=schema)

    def table(self, table: Any) -> Any:
        """Return the answer of a whole table; for engines that hand over tables (Ray)."""
        import pyarrow as pa

        return pa.Table.from_batches(list(self(table.to_batches())), schema=self.output_schema)

    def _types(self) -> dict[str, str]:
        return {**self.keys, **self.question.outputs, "status": "string"}

    def _answer(self, table: Any) -> tuple[Any, Mapping[str, Any], Any]:
        # Each refusal names all bad rows of one column; they are put aside and the rest is asked again.
        status = np.full(table.num_rows, "ok", dtype=object)
        rows = np.arange(table.num_rows)
        while True:
            part = table if rows.size == table.num_rows else table.take(rows)
            try:
                found = _columns.read(_columns.eager(part), self.question.inputs, self.columns, self.question.currency)
                return rows, self.question.answer(found) if rows.size else {}, status
            except InputError as error:
                if not error.positions:
                    raise
                bad = list(error.positions)
                status[rows[bad]] = f"{error.argument}:{error.reason}"
                rows = np.delete(rows, bad)


def _ddl(kind: str) -> str:
    return f"array<{DDL[_LISTS[kind]]}>" if kind in _LISTS else DDL[kind]


def _arrow(kind: str) -> Any:
    import pyarrow as pa

    if kind in _LISTS:
        return pa.list_(_arrow(_LISTS[kind]))
    return pa.bool_() if kind == "bool" else getattr(pa, kind)()


def _spread(values: Any, rows: Any, size: int, kind: Any) -> Any:
    import pyarrow as pa

    if values is None:
        return pa.nulls(size, kind)
    if len(rows) == size:
        return pa.array(values, type=kind, from_pandas=True)
    places = np.full(size, -1, dtype=np.int64)
    places[rows] = np.arange(len(rows))
    return pa.array(values, type=kind, from_pandas=True).take(pa.array(places, mask=places < 0))
