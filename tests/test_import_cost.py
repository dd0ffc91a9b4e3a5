"""Importing shopcore costs next to nothing and loads none of the heavy libraries."""

import json
import subprocess
import sys

HEAVY = ("numpy", "scipy", "pydantic", "pydantic_core", "sqlalchemy", "narwhals", "alembic", "pandas", "pyarrow")
BUDGET_MS = 30.0
_SHOW = """
import json, sys, time
began = time.process_time_ns()
{what}
cost = (time.process_time_ns() - began) / 1e6
print(json.dumps([cost, sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""


def imported(what: str) -> tuple[float, set[str]]:
    """Return the CPU milliseconds and the top-level modules of a fresh interpreter after a statement."""
    done = subprocess.run([sys.executable, "-c", _SHOW.format(what=what)], capture_output=True, text=True, check=True)
    cost, modules = json.loads(done.stdout)
    return cost, set(modules)


def test_the_root_loads_nothing_heavy() -> None:
    assert not imported("import shopcore")[1] & set(HEAVY)


def test_front_doors_and_money_load_nothing_heavy() -> None:
    what = "import shopcore.errors, shopcore.models, shopcore.pricing; shopcore.models.Money(1, 'CNY')"
    assert not imported(what)[1] & set(HEAVY)


def test_the_root_is_within_its_budget_of_cpu() -> None:
    # The best of five: a busy machine makes single runs slower, never faster.
    best = min(imported("import shopcore")[0] for _ in range(5))
    assert best <= BUDGET_MS, f"import shopcore took {best:.1f} ms of CPU at best"
