"""Columns of a data frame as checked numpy arrays: which one is missing, empty or of another kind is said by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from shopcore._arrays import check_rows, fail_rows
from shopcore._checks import fail, fail_limit
from shopcore.errors import InputError
from shopcore.models import Money

if TYPE_CHECKING:
    from shopcore.models import Currency

Kind: TypeAlias = Literal["money", "count", "number", "text", "currency"]
WORDING = {
    "money": "minor units (integers), Decimal or text such as '19.99'",
    "count": "integers",
    "number": "numbers",
    "text": "text",
    "currency": "text",
}
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a question reads; `required` ones must be there, the others have a default of their own."""

    name: str
    kind: Kind
    required: bool = False


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
    found = {}
    for field in fields:
        name = columns.get(field.name, field.name)
        if name in table.columns:
            found[field.name] = _values(name, table[name], field.kind, currency)
        elif field.required or field.name in columns:
            _missing(field.name, name, table.columns)
    return found


def _missing(field: str, name: str, there: list[str]) -> None:
    shown = ", ".join(str(column)[:40] for column in there[:20])
    hint = f"name another with columns={{{field!r}: ...}}" if field == name else ""
    fail("columns", shown, f"columns that hold {name!r}", reason="missing_column", hint=hint)


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
    return fail(name, str(dtype), f"a column of {WORDING[kind]}", reason="type")


def _minor_units(name: str, series: Any, dtype: Any, currency: Currency | None) -> Any:
    if dtype.is_float() or currency is None:
        fail(name, str(dtype), f"a column of {WORDING['money']}", reason="type", hint="money is never a float")
    minor, bad, reason = [], np.zeros(len(series), dtype=bool), "format"
    for row, value in enumerate(series.to_list()):
        try:
            amount = Money.parse(value, currency) if isinstance(value, str) else _of(value, currency)
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


def _of(value: Any, currency: Currency) -> Money:
    if not isinstance(value, Decimal):
        fail("amount", value, "a Decimal", reason="type")
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


def add(table: Any, answers: Mapping[str, Any], prefix: str) -> Any:
    """Return the frame in its own library with the answers as new columns.

    Raises
    ------
    InputError
        If a column of that name is there already.
    """
    import narwhals.stable.v2 as nw

    taken = [prefix + name for name in answers if prefix + name in table.columns]
    if taken:
        fail("prefix", prefix, f"one that keeps {', '.join(taken)} apart", reason="column_exists")
    space = table.implementation.to_native_namespace()
    series = [nw.new_series(prefix + name, _plain(values), backend=space) for name, values in answers.items()]
    return nw.to_native(table.with_columns(*series))


def _plain(values: Any) -> Any:
    return values.tolist() if getattr(values, "dtype", None) is not None and values.dtype.kind in "OU" else values
