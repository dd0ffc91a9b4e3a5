"""The house rules that a machine can hold: layers, purity, sizes. Each import contract is shown to fail when broken."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "shopcore"
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))
RIMS = {"operations", "persistence", "frames", "testing", "__main__.py"}
PURE = [name for name in MODULES if name.partition("/")[0] not in RIMS]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = CONFIG["tool"]["importlinter"]["contracts"]

MAX_FILE = 600
MAX_FUNCTION = 45
NEVER = {"scipy.stats", "scipy.signal", "scipy.interpolate", "pyarrow.dataset"}
# Loaded where they are used; each with the packages that are built on it.
LATE = {
    "scipy": set[str](),
    "sqlalchemy": {"persistence"},
    "alembic": {"persistence"},
    "narwhals": {"frames"},
    "pyarrow": {"frames"},
    "duckdb": set[str](),
    "pandas": set[str](),
    "polars": set[str](),
    "matplotlib": set[str](),
    "rich": set[str](),
}
IMPURE_MODULES = {
    "logging",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
    "uuid",
}
IMPURE_CALLS = {
    "open", "print", "input", "eval", "exec", "compile", "__import__",
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "os.getenv", "os.environ.get", "decimal.getcontext", "decimal.setcontext", "getcontext", "setcontext",
    "np.random.seed", "np.random.rand", "np.random.normal", "np.seterr",
}  # fmt: skip


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse((SOURCE / name).read_text("utf-8"))


def imports(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Give the line and the dotted name of everything an import statement may load."""
    if isinstance(node, ast.Import):
        yield from ((node.lineno, alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.lineno, node.module
        yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def at_import_time(tree: ast.Module) -> Iterator[ast.stmt]:
    """Give the statements that run when a module is imported, without those for type checkers only."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))


@pytest.mark.parametrize("name", MODULES)
def test_slow_parts_of_scipy_are_never_imported(name: str) -> None:
    found = [(line, what) for node in ast.walk(parsed(name)) for line, what in imports(node) if what in NEVER]
    assert not found


@pytest.mark.parametrize("name", MODULES)
def test_heavy_libraries_are_imported_inside_functions(name: str) -> None:
    package = name.partition("/")[0]
    for node in at_import_time(parsed(name)):
        for line, what in imports(node):
            owners = LATE.get(what.partition(".")[0])
            assert owners is None or package in owners, f"{name}:{line} imports {what} when it is imported itself"


@pytest.mark.parametrize("name", PURE)
def test_values_and_engines_do_nothing_but_compute(name: str) -> None:
    for node in ast.walk(parsed(name)):
        for line, what in imports(node):
            assert what.partition(".")[0] not in IMPURE_MODULES, f"{name}:{line} imports {what}"
        if isinstance(node, ast.Global):
            pytest.fail(f"{name}:{node.lineno} changes a global name")
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in IMPURE_CALLS, f"{name}:{node.lineno} calls {called}"
            seeded = called.endswith("default_rng") and not node.args
            assert not seeded, f"{name}:{node.lineno} draws a generator nobody handed in"
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ":
            pytest.fail(f"{name}:{node.lineno} reads the environment")


def test_the_rules_above_see_what_they_forbid() -> None:
    tree = ast.parse("import scipy.stats\nif TYPE_CHECKING:\n    import pandas\nclass A:\n    import polars\n")
    late = {what for node in at_import_time(tree) for _, what in imports(node)}
    assert late == {"scipy.stats", "polars"}


@pytest.mark.parametrize("name", MODULES)
def test_files_and_functions_stay_readable(name: str) -> None:
    lines = (SOURCE / name).read_text("utf-8").count("\n")
    assert lines <= MAX_FILE, f"{name} has {lines} lines"
    if "/versions/" in name:
        return  # a revision of the database is a list of tables, written once
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = length(node)
            assert size <= MAX_FUNCTION, f"{name}:{node.lineno} {node.name} has {size} lines without its docstring"


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@cache
def home_of(dotted: str) -> str | None:
    """Return the file that holds a dotted name of ours: the module, or the module a front door takes the name from."""
    parts = dotted.split(".")[1:]
    for count in range(len(parts), -1, -1):
        for candidate in ("/".join(parts[:count]) + ".py", "/".join([*parts[:count], "__init__.py"])):
            if (SOURCE / candidate).is_file():
                return published(candidate, parts[count:])
    return None


def published(front: str, rest: list[str]) -> str:
    """Follow a lazy front door to the private module of a name."""
    if rest and front.endswith("__init__.py"):
        for node in ast.walk(parsed(front)):
            if isinstance(node, ast.ImportFrom) and rest[0] in {alias.name for alias in node.names}:
                found = home_of(f"{node.module}.{rest[0]}") if node.module != "shopcore" else None
                return found or front
    return front


def needed_by(name: str) -> set[str | None]:
    """Return the files of ours that are loaded when a module is imported."""
    found = [what for node in at_import_time(parsed(name)) for _, what in imports(node)]
    return {home_of(what) for what in found if what.startswith("shopcore.")}


def test_no_module_imports_itself_by_a_detour() -> None:
    edges = {
        name: {
            home_of(what)
            for node in at_import_time(parsed(name))
            for _, what in imports(node)
            if what.startswith("shopcore.")
        }
        - {name, None}
        for name in MODULES
    }
    left = dict(edges)
    while free := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in free:
            del left[name]
    assert not left, f"these modules import each other: {sorted(left)}"


BREAKS = {
    "layers": ("models/_planted.py", "from shopcore.pricing import waterfall\n"),
    "database": ("models/_planted.py", "import sqlalchemy\n"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts on the package in a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(SOURCE, tmp_path / "shopcore", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_database_contract_names_every_package_of_values_and_engines() -> None:
    packages = {f"shopcore.{name.partition('/')[0]}" for name in PURE if "/" in name}
    [contract] = [found for found in CONTRACTS if found["id"] == "database"]
    assert set(contract["source_modules"]) == packages


def test_every_contract_has_a_planted_break() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(BREAKS)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_contract_fails_when_it_is_broken(copy: Path, contract: dict[str, str]) -> None:
    before = lint(copy)
    assert f"{contract['name']} KEPT" in before.stdout
    name, text = BREAKS[contract["id"]]
    (copy / "shopcore" / name).write_text(text, encoding="utf-8")
    after = lint(copy)
    assert after.returncode != 0
    assert f"{contract['name']} BROKEN" in after.stdout


def test_a_new_package_must_be_given_its_layer(copy: Path) -> None:
    (copy / "shopcore" / "planted").mkdir()
    (copy / "shopcore" / "planted" / "__init__.py").write_text("", encoding="utf-8")
    assert lint(copy).returncode != 0
