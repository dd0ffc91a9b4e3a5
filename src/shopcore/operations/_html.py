"""HTML that cannot be broken into: every text is escaped unless it was made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from shopcore.models import Money


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


EMPTY: Final = Markup("")
_VOID: Final = frozenset({"br", "meta", "line", "rect", "circle", "path"})


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element; children and attributes are escaped unless they are `Markup`.

    Examples
    --------
    >>> tag("td", "<b>", class_="n")
    '<td class="n">&lt;b&gt;</td>'
    """
    text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID and not children:
        return Markup(f"<{name}{text}/>")
    return Markup(f"<{name}{text}>{joined(children)}</{name}>")


def joined(children: Iterable[object]) -> Markup:
    """Return parts one after the other, escaped unless they are `Markup`."""
    return Markup("".join(part if isinstance(part, Markup) else escape(str(part)) for part in children))


def amount(money: Money | None) -> str:
    """Return an amount with separators, without its currency, which the report's head states.

    Examples
    --------
    >>> amount(Money(-123456789, "CNY")), amount(Money(5, "JPY")), amount(None)
    ('-1,234,567.89', '5', '–')
    """
    return "–" if money is None else f"{money.amount:,f}"


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> Markup:
    """Return a table whose rows become cards on a narrow screen.

    Parameters
    ----------
    heads : sequence of (str, str)
        Heading and class of each column: ``"n"`` for numbers, ``"t"`` for the title of a card, ``""`` otherwise.
    rows : iterable of sequences
        As many cells as heads.
    """
    top = tag("tr", *(tag("th", name, class_=kind or None, scope="col") for name, kind in heads))
    body = (
        tag("tr", *(tag("td", cell, class_=kind or None, data_label=name or None)
                    for (name, kind), cell in zip(heads, row, strict=True)))
        for row in rows
    )  # fmt: skip
    return tag("div", tag("table", tag("thead", top), tag("tbody", *body)), class_="scroll")


def section(name: str, title: str, lead: object, *parts: object) -> Markup:
    """Return a section with its heading and one sentence on what it says."""
    return tag("section", tag("h2", title), tag("p", lead, class_="lead"), *parts, id=name)


def folded(title: str, *parts: object) -> Markup:
    """Return something that is opened by a click, without a script."""
    return tag("details", tag("summary", title), *parts)
