"""How pydantic reads and writes Money: JSON objects in pydantic's own core, no JSON number for an amount."""

from __future__ import annotations

from typing import Any

from pydantic_core import core_schema as cs

from shopcore.models._money import LIMIT, Money, known_currency


def _from_text(fields: dict[str, Any]) -> Money:
    return Money.parse(fields["amount"], known_currency(fields["currency"]))


def money_schema() -> cs.CoreSchema:
    """Return the core schema of Money.

    The usual form, minor units, is built by the core itself as a slotted dataclass, which costs half of what a
    function of ours would; the form with the amount as text is tried after it.
    """
    minor = cs.int_schema(strict=True, ge=-LIMIT, le=LIMIT)
    code = cs.str_schema(strict=True, min_length=3, max_length=3)
    currency = cs.no_info_after_validator_function(
        known_currency, code, serialization=cs.to_string_ser_schema(when_used="always")
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
        metadata={"pydantic_js_updates": {"title": "Money", "description": "Whole minor units of one currency."}},
    )
    as_text = cs.typed_dict_schema(
        {
            "amount": cs.typed_dict_field(cs.str_schema(strict=True, max_length=40), required=True),
            "currency": cs.typed_dict_field(code, required=True),
        },
        extra_behavior="forbid",
    )
    read_text = cs.no_info_after_validator_function(_from_text, as_text)
    return cs.union_schema([(exact, "minor_form"), (read_text, "text_form")], mode="left_to_right")
