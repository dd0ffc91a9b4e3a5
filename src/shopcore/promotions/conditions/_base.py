"""What the built-in conditions share."""

from __future__ import annotations

from typing import ClassVar, Literal

from shopcore.models import Model, Public


class Check(Model):
    """Base of the built-in conditions; `v` is the version of its fields."""

    v: Public[Literal[1]] = 1

    depth: ClassVar[int] = 1
