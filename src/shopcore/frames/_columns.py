"""Columns of a data frame as checked numpy arrays: which one is missing, empty or of another kind is said by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import index
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from shopcore._arrays import check_rows, fail_rows
from shopcore._checks import fail, fail_limit
from shopcore.errors import InputError
from shopcore.models import Currency, Money

Kind: TypeAlias = Literal["money", "count", "number", "text", "currency", "id", "day", "instant", "texts", "lines"]
WORDING = {
    "money": "minor units (integers), Decimal or text such as '19.99'",
    "count": "integers",
    "number": "numbers",
    "text": "text",
    "currency": "text",
    "id": "integers or text",
    "day": "dates, text such as '2026-11-11', or whole day numbers",
    "instant": "instants with a time zone",
    "texts": "lists of text",
    "lines": "lists of lines (structs)",
}
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a question reads; `required` ones must be there, the others have a default of their own.

    With `gaps` a null is a value that is not known; the column is then a list with None.
    """

    name: str
    kind: Kind
    required: bool = False
    gaps: bool = False


def currency_of(code: str | None) -> Currency | None:
    """Return the currency of a code; None where money is in minor units and no currency is named."""
    return None if code is None else Currency.of(code, withdrawn_ok=True)


def eager(frame: Any) -> Any:
    """Return the frame under one interface, whatever library it is of.

    Raises
    ------
    InputError
        If it is not an eager table of pandas, polars or pyarrow.
    """
    import narwhals.stable.v2 as nw

    try:
        table = nw.from_native(frame, eager_only=True)
    except TypeError:
        table = None
    if table is None:
        lazy = hasattr(frame, "collect")
        hint = "collect() it first, or hand it over in batches" if lazy else ""
        fail("frame", frame, "an eager pandas, polars or pyarrow table", reason="type", hint=hint)
    check_rows("frame", len(table))
    return table


def read(
    table: Any, fields: tuple[Field, ...], columns: Mapping[str, str], currency: Currency | None
) -> dict[str, Any]:
    """Return the columns that are there as arrays by the names of the fields.

    Raises
    ------
    InputError
        If a required column is missing, or holds nulls or values of another kind; `positions` names the rows.
    """
    known = {field.name for field in fields}
    for name in columns:
        if name not in known:
            fail("columns", name, "a mapping from " + ", ".join(sorted(known)), reason="unknown_column")
    found, there = {}, table.columns
    plain = _numbers_of(table)
    for field in fields:
        name = columns.get(field.name, field.name)
        if name in there:
            values = plain(name, field)
            if values is None:
                values = (_with_gaps if field.gaps else _values)(name, table[name], field.kind, currency)
            found[field.name] = values
        elif field.required or field.name in columns:
            _missing(field.name, name, there)
    return found


def _numbers_of(table: Any) -> Callable[[str, Field], Any]:
    # Numbers without nulls need none of the looks that the others get, which cost most of a millisecond together.
    import narwhals.stable.v2 as nw

    column = _NUMBERS.get(table.implementation.value)
    frame = nw.to_native(table)

    def plain(name: str, field: Field) -> Any:
        if column is None or field.gaps or field.kind not in ("money", "count", "number", "id", "day"):
            return None
        values = column(frame, name)
        if values is None or (field.kind != "number" and values.dtype.kind == "f"):
            return None
        return values.astype(np.float64, copy=False) if field.kind == "number" else values

    return plain


def _numbers_of_pandas(frame: Any, name: str) -> Any:
    column = frame[name]
    if not isinstance(column.dtype, np.dtype) or column.dtype.kind not in "iuf":
        return None
    values = column.to_numpy()
    return None if values.dtype.kind == "f" and np.isnan(values).any() else values


def _numbers_of_polars(frame: Any, name: str) -> Any:
    column = frame.get_column(name)
    fine = (column.dtype.is_integer() or column.dtype.is_float()) and not column.null_count()
    return column.to_numpy() if fine else None


def _numbers_of_pyarrow(frame: Any, name: str) -> Any:
    column = frame.column(name)
    fine = str(column.type) in _NUMERIC and not column.null_count
    return column.to_numpy() if fine else None


_NUMERIC: Final = {*(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "float", "double"}
_NUMBERS: Final = {"pandas": _numbers_of_pandas, "polars": _numbers_of_polars, "pyarrow": _numbers_of_pyarrow}


def _missing(field: str, name: str, there: list[str]) -> None:
    shown = ", ".join(str(column)[:40] for column in there[:20])
    hint = f"name another with columns={{{field!r}: ...}}" if field == name else ""
    fail("columns", shown, f"columns that hold {name!r}", reason="missing_column", hint=hint)


def _with_gaps(name: str, series: Any, kind: Kind, currency: Currency | None) -> list[Any]:
    there = ~series.is_null().to_numpy()
    if there.all():
        found = _values(name, _whole(series) if kind == "count" else series, kind, currency)
        return found if isinstance(found, list) else list(found.tolist())
    known = _whole(series.filter(there.tolist())) if kind == "count" else series.filter(there.tolist())
    at = np.flatnonzero(there)
    if not len(at):
        return [None] * len(there)
    try:
        found = _values(name, known, kind, currency)
    except InputError as error:
        error.positions = tuple(int(at[row]) for row in error.positions)
        raise
    values = iter(found if isinstance(found, list) else found.tolist())
    return [next(values) if is_there else None for is_there in there]


def _whole(series: Any) -> Any:
    # pandas makes floats or objects of whole numbers with a gap.
    import narwhals.stable.v2 as nw

    if series.dtype == nw.Object:
        fine = all(hasattr(value, "__index__") and not isinstance(value, bool) for value in series.to_list())
    else:
        fine = series.dtype.is_float() and bool((series.to_numpy() == np.floor(series.to_numpy())).all())
    return series.cast(nw.Int64) if fine else series


def _values(name: str, series: Any, kind: Kind, currency: Currency | None) -> Any:
    import narwhals.stable.v2 as nw

    empty = series.is_null().to_numpy()
    if empty.any():
        fail_rows(name, empty, np.where(empty, "null", ""), "given in every row", reason="missing")
    dtype = series.dtype
    if kind == "money" and not dtype.is_integer():
        return _minor_units(name, series, dtype, currency)
    if kind in ("money", "count") and dtype.is_integer():
        return series.to_numpy()
    if kind == "number" and dtype.is_numeric():
        return series.to_numpy().astype(np.float64)
    if kind in ("text", "currency") and dtype in (nw.String, nw.Categorical, nw.Enum, nw.Object):
        return _texts(name, series.to_list(), kind, currency)
    if kind == "id" and dtype.is_integer():
        return series.to_numpy()
    if kind == "id" and dtype in (nw.String, nw.Categorical, nw.Enum, nw.Object):
        return np.array(_texts(name, series.to_list(), kind, currency), dtype=None if len(series) else object)
    if kind in ("day", "instant"):
        return _times(name, series, dtype, kind)
    if kind in ("texts", "lines") and (dtype.is_nested() or dtype == nw.Object):
        return series.to_list()
    return fail(name, str(dtype), f"a column of {WORDING[kind]}", reason="type")


def _times(name: str, series: Any, dtype: Any, kind: Kind) -> Any:
    import narwhals.stable.v2 as nw

    zoned = getattr(dtype, "time_zone", None) is not None
    if kind == "instant" and (zoned or dtype == nw.Object):
        return series.to_list()
    if kind == "day" and zoned:
        # numpy would take the day in UTC.
        fail(name, str(dtype), "days without a time zone", reason="timezone", hint="take the shop's local date first")
    if kind == "day" and (dtype in (nw.Date, nw.Datetime) or dtype.is_integer()):
        return series.to_numpy()
    if kind == "day" and dtype in (nw.String, nw.Object):
        return np.array(series.to_list(), dtype=None if dtype == nw.String else object)
    return fail(name, str(dtype), f"a column of {WORDING[kind]}", reason="type")


def _minor_units(name: str, series: Any, dtype: Any, currency: Currency | None) -> Any:
    if dtype.is_float() or dtype.is_boolean():
        fail(name, str(dtype), f"a column of {WORDING['money']}", reason="type", hint="money is never a float")
    if currency is None:
        hint = "name the currency for Decimal or text"
        fail(name, str(dtype), "a column of minor units (integers)", reason="type", hint=hint)
    minor, bad, reason = [], np.zeros(len(series), dtype=bool), "format"
    for row, value in enumerate(series.to_list()):
        try:
            amount = amount_of(value, currency)
        except InputError as error:
            bad[row], reason = True, error.reason
            minor.append(0)
        else:
            minor.append(amount.minor)
    if bad.any():
        # Values stay out of the message: the column may hold cost prices.
        expected = f"{WORDING['money']} of at most {currency.digits} decimal places"
        fail_rows(name, bad, np.where(bad, "another", ""), expected, reason=reason)
    return np.array(minor, dtype=np.int64)


def amount_of(value: Any, currency: Currency) -> Money:
    """Return an amount given as text, Decimal or whole minor units."""
    if isinstance(value, str):
        return Money.parse(value, currency)
    if hasattr(value, "__index__") and not isinstance(value, bool | np.bool_):
        return Money(index(value), currency)
    if not isinstance(value, Decimal):
        fail("amount", None, WORDING["money"], reason="type", hint="money is never a float")
    return Money.of(value, currency)


def _texts(name: str, values: list[Any], kind: Kind, currency: Currency | None) -> list[str]:
    wrong = np.array([not isinstance(value, str) for value in values], dtype=bool)
    if wrong.any():
        fail_rows(name, wrong, np.where(wrong, "another", ""), "text", reason="type")
    longest = max(map(len, values), default=0)
    if longest > MAX_TEXT:
        fail_limit(name, longest, MAX_TEXT, "characters", reason="too_long")
    if kind == "currency" and currency is not None:
        other = np.array([value != currency.code for value in values], dtype=bool)
        if other.any():
            fail_rows(name, other, np.array(values), currency.code, reason="currency_mismatch")
    return values


def add(table: Any, answers: Mapping[str, Any], types: Mapping[str, str], prefix: str) -> Any:
    """Return the frame in its own library with the answers as new columns.

    Raises
    ------
    InputError
        If a column of that name is there already.
    """
    import narwhals.stable.v2 as nw

    there = table.columns
    taken = [prefix + name for name in answers if prefix + name in there]
    if taken:
        fail("prefix", prefix, f"one that keeps {', '.join(taken)} apart", reason="column_exists")
    found = {prefix + name: (values, types[name]) for name, values in answers.items()}
    how = _BESIDE.get(table.implementation.value)
    if how is not None:
        return how(nw.to_native(table), found, table.implementation.to_native_namespace())
    space = table.implementation
    return nw.to_native(table.with_columns(*(_series(name, *one, space) for name, one in found.items())))


def make(answers: Mapping[str, Any], types: Mapping[str, str], like: Any) -> Any:
    """Return a new frame of the answers, of the library that `like` is of."""
    import narwhals.stable.v2 as nw

    found = {name: (values, types[name]) for name, values in answers.items()}
    how = _BESIDE.get(like.implementation.value)
    if how is not None:
        return how(None, found, like.implementation.to_native_namespace())
    series = {name: _series(name, *one, like.implementation) for name, one in found.items()}
    return nw.to_native(nw.from_dict(series, backend=like.implementation))


# Each library has a way to take all columns at once; one by one they cost a millisecond more.
def _beside_pandas(frame: Any, found: Mapping[str, tuple[Any, str]], pd: Any) -> Any:
    columns = {name: _plain(values) for name, (values, _) in found.items()}
    new = pd.DataFrame(columns, index=None if frame is None else frame.index)
    return new if frame is None else pd.concat([frame, new], axis=1)


def _beside_polars(frame: Any, found: Mapping[str, tuple[Any, str]], pl: Any) -> Any:
    kinds = {"string": pl.String, "strings": pl.List(pl.String), "int64s": pl.List(pl.Int64)}
    columns = [
        pl.Series(name, _plain(values), dtype=kinds.get(kind), nan_to_null=kind == "float64")
        for name, (values, kind) in found.items()
    ]
    return pl.DataFrame(columns) if frame is None else frame.hstack(columns)


def _beside_pyarrow(frame: Any, found: Mapping[str, tuple[Any, str]], pa: Any) -> Any:
    kinds = {"string": pa.string(), "strings": pa.list_(pa.string()), "int64s": pa.list_(pa.int64())}
    columns = [
        pa.array(_plain(values), type=kinds.get(kind), from_pandas=kind == "float64") for values, kind in found.values()
    ]
    if frame is None:
        return pa.table(columns, names=list(found))
    fields = [*frame.schema, *(pa.field(name, column.type) for name, column in zip(found, columns, strict=True))]
    return pa.table([*frame.columns, *columns], schema=pa.schema(fields, metadata=frame.schema.metadata))


_BESIDE: Final = {"pandas": _beside_pandas, "polars": _beside_polars, "pyarrow": _beside_pyarrow}


def _series(name: str, values: Any, kind: str, implementation: Any) -> Any:
    # Another library with the interface of pandas.
    import narwhals.stable.v2 as nw

    found = nw.new_series(name, _plain(values), backend=implementation)
    return found.fill_nan(None) if kind == "float64" else found


def _plain(values: Any) -> Any:
    return values.tolist() if isinstance(values, np.ndarray) and values.dtype.kind in "OU" else values
