"""More rows than memory on one machine: a query of DuckDB through a stage into Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopcore._checks import integer, text
from shopcore.errors import ShopcoreError
from shopcore.frames._stage import RecordBatch

if TYPE_CHECKING:
    from shopcore.frames._stage import Stage


def duckdb_to_parquet(
    stage: Stage,
    query: str,
    target: str | Path,
    *,
    parameters: Sequence[Any] = (),
    memory_limit: str = "512MB",
    threads: int = 2,
    batch_rows: int = 131_072,
    spill_folder: str | Path | None = None,
) -> int:
    """Return the number of rows of a query that went through a stage into a Parquet file (大表离线计算).

    For tables larger than memory: DuckDB reads, joins and groups under a memory limit and spills what does not fit,
    the stage answers batch by batch, and DuckDB writes. Where rows are ready in one Parquet file and nothing is
    joined, a loop over ``pyarrow.parquet.ParquetFile.iter_batches`` needs no DuckDB.

    Parameters
    ----------
    stage : Stage
        The question.
    query : str
        DuckDB's SQL, such as ``"select * from 'stock/*.parquet'"``. It is run as it is: never build it from what a
        stranger typed, hand values over as `parameters`.
    target : str or Path
        The file; it appears, or is replaced, when it is complete.
    parameters : sequence
        Values for ``?`` in the query.
    memory_limit : str
        Of DuckDB, such as ``"512MB"``; a few batches in Python come on top.
    threads : int
        Of DuckDB.
    batch_rows : int
        Rows in a batch; answers do not depend on it.
    spill_folder : str or Path, optional
        Where DuckDB puts what does not fit; beside the target by default.

    Raises
    ------
    InputError
        If a column is missing or of another kind; bad rows have a status in the file.

    Notes
    -----
    Needs the extra ``duckdb`` and pyarrow. The connection is the function's own, in memory, and closed at the end.

    Examples
    --------
    >>> import tempfile, pyarrow as pa, pyarrow.parquet as pq
    >>> from shopcore.frames import Reorder, Stage
    >>> from shopcore.inventory import Service
    >>> folder = Path(tempfile.mkdtemp())
    >>> sales = pa.table({"sku": ["MUG", "MUG", "TEA"], "units": [18.0, 22.0, 5.0]})
    >>> pq.write_table(sales, folder / "sales.parquet")
    >>> stage = Stage(Reorder(Service.cycle(0.95)), {"sku": "string"})
    >>> query = '''select sku, avg(units) as demand_mean, 2.0 as demand_sd, 7 as lead_time, 60 as on_hand
    ...            from read_parquet(?) group by sku'''
    >>> duckdb_to_parquet(stage, query, folder / "advice.parquet", parameters=[str(folder / "sales.parquet")])
    2
    """
    import duckdb
    import pyarrow as pa

    goal = Path(target)
    unfinished = goal.with_name(goal.name + ".part")
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": text("memory_limit", memory_limit, max_length=40),
        "threads": integer("threads", threads, low=1),
        "temp_directory": str(spill_folder or goal.with_name(goal.name + ".spill")),
        "preserve_insertion_order": False,
    }
    rows = _Counted(stage)
    size = integer("batch_rows", batch_rows, low=1, high=10_000_000)
    try:
        with duckdb.connect(config=settings) as con:
            reader = con.sql(query, params=list(parameters) or None).to_arrow_reader(size)
            answers = pa.RecordBatchReader.from_batches(stage.output_schema, rows.over(reader))
            # The reader keeps its connection busy, so the answers are written by a second one.
            with con.cursor() as writing:
                writing.from_arrow(answers).write_parquet(str(unfinished), compression="zstd")
        unfinished.replace(goal)
    except duckdb.Error as error:
        # DuckDB wraps what was raised inside the stage into one of its own.
        raise (rows.refused or error) from error.__cause__
    finally:
        unfinished.unlink(missing_ok=True)
    return rows.seen


class _Counted:
    """A stage that counts what went through, and keeps what it refused."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.seen = stage, 0
        self.refused: ShopcoreError | None = None

    def over(self, batches: Any) -> Iterator[RecordBatch]:
        for batch in batches:
            try:
                answer = self.stage.one(batch)
            except ShopcoreError as error:
                self.refused = error
                raise
            self.seen += batch.num_rows
            yield answer
