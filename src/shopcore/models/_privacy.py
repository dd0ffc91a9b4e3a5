"""Who may see a field: each one is marked public, personal or sensitive, once, where it is declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, TypeVar

__all__ = ["MASK", "Personal", "Privacy", "Public", "Sensitive"]

T = TypeVar("T")
PrivacyClass: TypeAlias = Literal["public", "personal", "sensitive"]
MASK = "***"


@dataclass(frozen=True, slots=True)
class Privacy:
    """The class of a field; masked in repr and errors unless public."""

    kind: PrivacyClass


Public = Annotated[T, Privacy("public")]
Personal = Annotated[T, Privacy("personal")]
Sensitive = Annotated[T, Privacy("sensitive")]
