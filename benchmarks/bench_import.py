"""CPU milliseconds of imports in fresh interpreters: ``python benchmarks/bench_import.py``.

Each figure is the median of 15 runs of ``process_time`` around the statement, the modules compiled before.
"""

import statistics
import subprocess
import sys

STATEMENTS = (
    "pass",
    "import shopcore",
    "from shopcore.models import Money; Money(1, 'CNY')",
    "from shopcore.models import Order",
    "from shopcore.pricing import waterfall",
    "import numpy",
)
_TIMED = "import time; began = time.process_time_ns(); {}; print((time.process_time_ns() - began) / 1e6)"


def cost(statement: str) -> float:
    command = [sys.executable, "-c", _TIMED.format(statement)]
    runs = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(15)]  # noqa: S603  # our own command
    return statistics.median(runs)


if __name__ == "__main__":
    for statement in STATEMENTS:
        print(f"{cost(statement):8.1f} ms  {statement}")
