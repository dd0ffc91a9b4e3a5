"""JSON Schema for front ends: kinds required, one title for every type and none elsewhere, one line of description."""

from __future__ import annotations

from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema cleaned, in which every titled type is written once and referred to elsewhere."""
    found = cleaned({**schema, "$schema": DIALECT})
    types: dict[str, Any] = {}
    fields = {name: _referred(part, types) for name, part in found["properties"].items()}
    known = {name: {key: _referred(value, types) for key, value in part.items()} for name, part in _defs(found)}
    return {**found, "properties": fields, "$defs": {**known, **types}}


def _defs(schema: dict[str, Any]) -> Any:
    return schema.get("$defs", {}).items()


def _referred(part: Any, types: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_referred(one, types) for one in part]
    if not isinstance(part, dict):
        return part
    inner = {name: _referred(value, types) for name, value in part.items()}
    title = inner.get("title")
    # Under "properties" a field may be called title; its value is a schema then.
    if not isinstance(title, str) or types.setdefault(title, inner) != inner:
        return inner
    return {"$ref": f"#/$defs/{title}"}


def cleaned(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema in which only objects with fields have a title, and a ``kind`` must be given."""
    found = {name: _part(name, value) for name, value in schema.items()}
    fields = found.get("properties")
    if fields is None:
        if isinstance(found.get("title"), str):
            del found["title"]
    elif "const" in fields.get("kind", {}):
        found["required"] = ["kind", *found.get("required", ())]
        fields["kind"].pop("default", None)
    if isinstance(found.get("description"), str):
        found["description"] = found["description"].splitlines()[0]
    return found


def _part(name: str, value: Any) -> Any:
    if name in ("properties", "$defs"):
        return {key: cleaned(part) for key, part in value.items()}
    if isinstance(value, dict) and name != "default":
        return cleaned(value)
    if isinstance(value, list) and name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        return [cleaned(part) for part in value]
    return value
