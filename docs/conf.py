"""How the documentation is built: ``sphinx-build -W -n docs docs/_build/html``."""

import inspect
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tools"))

import public_names  # noqa: E402  # found by the line above
import trade_glossary  # noqa: E402

import shopcore  # noqa: E402

project = "shopcore"
author = "The shopcore team"
version = release = shopcore.__version__
copyright = "2026, The shopcore team"

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "sphinx_design", "myst_nb"]
exclude_patterns = ["_build", "changelog.d", "**/.ipynb_checkpoints"]
source_suffix = {".md": "myst-nb"}

html_theme = "furo"
html_title = f"shopcore {release}"
html_static_path = ["_static"]
html_css_files = ["shop.css"]
html_show_sphinx = False
html_copy_source = False
suppress_warnings = ["toc.empty_glob"]  # a folder may be empty until its first page is written
html_math_renderer = "mathml"

myst_enable_extensions = ["amsmath", "attrs_block", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / "notebooks")
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
# What pydantic adds to each model is documented there, not once per class here.
autodoc_inherit_docstrings = False
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_ivar = True
# "int64 array of shape (n,)" is prose, not the name of a class.
napoleon_use_param = False
napoleon_use_rtype = False
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"

# Own names must lead somewhere; those of other projects are not looked up, so that the build needs no network.
nitpick_ignore_regex = [("py:.*", r"(?!shopcore\b).*"), ("py:.*", r"shopcore(\.\w+)*\._\w.*")]


@cache
def public_places() -> dict[str, str]:
    """Where each private definition is published: ``shopcore.models._money.Money`` as ``shopcore.models.Money``."""
    places = {}
    for package, names in public_names.surface().items():
        for name in names:
            value = getattr(sys.modules[package], name)
            home = getattr(value, "__module__", None)
            if home and home != package and hasattr(value, "__qualname__"):
                places[f"{home}.{value.__qualname__}"] = f"{package}.{name}"
    return places


def resolve(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Lead a reference to a private definition, as annotations give it, to the place where it is published."""
    wanted = node.get("reftarget", "")
    if node.get("refdomain") != "py" or wanted not in public_places():
        return None
    domain = env.domains["py"]
    return domain.resolve_xref(
        env, node["refdoc"], app.builder, node["reftype"], public_places()[wanted], node, contnode
    )


def add_fragments(app: Any, docname: str, source: list[str]) -> None:
    """Append what is not yet released to the changelog page."""
    if docname == "changelog":
        fragments = sorted((HERE / "changelog.d").glob("*.md"))
        texts = [f"### {path.stem}\n\n{path.read_text('utf-8')}" for path in fragments if path.stem != "README"]
        released = (HERE.parent / "CHANGELOG.md").read_text("utf-8")
        source[0] = released.replace("<!-- unreleased -->", "\n\n".join(texts))


def add_glossary(app: Any, docname: str, source: list[str]) -> None:
    """Fill the glossary page with the words of the docstrings."""
    if docname == "reference/glossary":
        source[0] = source[0].replace("<!-- trade-glossary -->", trade_glossary.tables())


def math_to_mathml(self: Any, node: Any) -> None:
    """Write a formula as MathML, which browsers draw themselves: no script, no font, no network."""
    from docutils import nodes
    from latex2mathml.converter import convert

    inline = isinstance(node, nodes.math)
    self.body.append(convert(node.astext(), display="inline" if inline else "block"))
    raise nodes.SkipNode


def strip_generated(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Drop the docstrings that dataclasses write themselves (``Name(field: type ...)``)."""
    if inspect.isclass(obj) and lines and lines[0].startswith(f"{obj.__name__}("):
        lines.clear()


def keep_words(app: Any, doctree: Any) -> None:
    """Leave words among the types of a field as words: "net" in a list of choices is no link to some `net`."""
    from docutils import nodes
    from sphinx.addnodes import pending_xref

    for node in list(doctree.findall(pending_xref)):
        target = node.get("reftarget", "")
        kind = (node.get("refdomain"), node["reftype"])
        if kind in (("py", "class"), ("py", "obj")) and target.islower() and "." not in target:
            node.replace_self(nodes.inline(target, target))


def join_names(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep the names of one entry together: of "smallest, stable" the first would be taken for a type."""
    for place, line in enumerate(lines):
        if found := re.match(r":(ivar|vartype) (\w+(?:, \w+)+):", line):
            lines[place] = line.replace(found[2], found[2].replace(", ", ","), 1)


def show_fields(app: Any, what: str, name: str, obj: Any, options: Any, signature: Any, returns: Any) -> Any:
    """Write the fields of a model by their types alone: the limits are in the text, and would fill a page each."""
    from sphinx.util.typing import stringify_annotation

    from shopcore.models import Model

    if not (inspect.isclass(obj) and issubclass(obj, Model)):
        return None
    fields = obj.model_fields
    annotations = {field: info.annotation for field, info in fields.items()}
    bare = type("Bare", (), {"__annotations__": annotations, "__module__": obj.__module__})
    types = get_type_hints(bare)
    parts = []
    for field, info in fields.items():
        default = "" if info.is_required() else f" = {info.get_default(call_default_factory=True)!r}"
        parts.append(f"{field}: {stringify_annotation(types[field], 'smart')}{default}")
    return f"(*, {', '.join(parts)})", None


def setup(app: Any) -> dict[str, bool]:
    """Register the hooks above."""
    app.add_html_math_renderer("mathml", (math_to_mathml, None), (math_to_mathml, None))
    app.connect("missing-reference", resolve)
    app.connect("source-read", add_fragments)
    app.connect("source-read", add_glossary)
    app.connect("autodoc-process-docstring", join_names)
    app.connect("autodoc-process-signature", show_fields)
    app.connect("doctree-read", keep_words)
    app.connect("autodoc-process-docstring", strip_generated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
