"""How pydantic reads and writes Money and Currency, in pydantic's own core; no JSON number for an amount."""

from __future__ import annotations

from typing import Any

from pydantic_core import core_schema as cs

from shopcore.models._amount import LIMIT
from shopcore.models._currency import CURRENCIES, Currency, known_currency
from shopcore.models._money import Money
from shopcore.models._money_text import MAX_TEXT


def _from_text(fields: dict[str, Any]) -> Money:
    return Money.parse(fields["amount"], known_currency(fields["currency"]))


def _described(**updates: Any) -> dict[str, Any]:
    return {"pydantic_js_updates": updates}


class _Known(dict[str, Currency]):
    # Called by the core without a Python frame in between; only an unknown code, or a withdrawn one, is looked into.
    def __missing__(self, code: str) -> Currency:
        return known_currency(code)


_BY_CODE = _Known({code: found for code, found in CURRENCIES.items() if not found.withdrawn})


def _code() -> cs.CoreSchema:
    return cs.str_schema(strict=True, pattern="^[A-Z]{3}$", metadata=_described(title="ISO 4217 code"))


def currency_schema() -> cs.CoreSchema:
    """Return the core schema of Currency: its code."""
    read = cs.no_info_after_validator_function(_BY_CODE.__getitem__, _code())
    return cs.json_or_python_schema(
        json_schema=read,
        python_schema=cs.union_schema([cs.is_instance_schema(Currency), read], mode="left_to_right"),
        serialization=cs.to_string_ser_schema(when_used="always"),
    )


def money_schema() -> cs.CoreSchema:
    """Return the core schema of Money.

    The usual form, minor units, is built by the core itself as a slotted dataclass, which costs half of what a
    function of ours would; the form with the amount as text is tried after it.
    """
    minor = cs.int_schema(strict=True, ge=-LIMIT, le=LIMIT)
    currency = cs.no_info_after_validator_function(
        _BY_CODE.__getitem__, _code(), serialization=cs.to_string_ser_schema(when_used="always")
    )
    fields = cs.dataclass_args_schema(
        "Money", [cs.dataclass_field("minor", minor), cs.dataclass_field("currency", currency)]
    )
    exact = cs.dataclass_schema(
        Money,
        fields,
        ["minor", "currency"],
        slots=True,
        config={"extra_fields_behavior": "forbid"},
        metadata=_described(title="Money", description="Whole minor units of one currency."),
    )
    as_text = cs.typed_dict_schema(
        {
            "amount": cs.typed_dict_field(
                cs.str_schema(strict=True, max_length=MAX_TEXT, metadata=_described(examples=["19.99"])),
                required=True,
            ),
            "currency": cs.typed_dict_field(_code(), required=True),
        },
        extra_behavior="forbid",
        metadata=_described(title="Money as text", description="Read only; written as minor units."),
    )
    read_text = cs.no_info_after_validator_function(_from_text, as_text)
    return cs.union_schema([(exact, "minor_form"), (read_text, "text_form")], mode="left_to_right")
