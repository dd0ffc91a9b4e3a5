"""Show that a type checker finds the misspelt names of ``tests/typing/misspelt.py.txt``, and nothing else.

``python tools/check_misspelt.py mypy``, ``... mypy-without-plugin`` or ``... pyright``. Front doors load their names
when these are first used; a checker that saw how would believe in every name, and a typing mistake would reach the
shop's server.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TYPING = ROOT / "tests" / "typing"
CHECKERS = {
    "mypy": ["-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary"],
    "mypy-without-plugin": [
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--cache-dir=.mypy_cache/plain",
        "--no-error-summary",
    ],
    "pyright": ["-m", "pyright", "--pythonpath", sys.executable],
}
RIGHT = ("good.py", "host.py")
_FOUND = re.compile(r"misspelt\.py:(\d+):.*\berror\b")


def expected() -> list[int]:
    """Return the numbers of the lines marked ``# error``."""
    lines = (TYPING / "misspelt.py.txt").read_text("utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if line.endswith("# error")]


def check(checker: str) -> list[str]:
    """Return what is wrong: planted errors that were not found, others that were; empty when all is well."""
    with tempfile.TemporaryDirectory() as folder:
        planted = Path(folder) / "misspelt.py"
        planted.write_text((TYPING / "misspelt.py.txt").read_text("utf-8"), encoding="utf-8")
        command = [sys.executable, *CHECKERS[checker], str(planted), *(str(TYPING / name) for name in RIGHT)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)  # noqa: S603  # our own command
    found = sorted({int(number) for number in _FOUND.findall(done.stdout)})
    problems = [f"line {number}: the misspelt name was not found" for number in expected() if number not in found]
    problems += [f"line {number}: an error nobody planted" for number in found if number not in expected()]
    problems += [line for line in done.stdout.splitlines() if " error" in line and any(name in line for name in RIGHT)]
    if not done.stdout.strip() or done.stderr.strip():
        problems.append(f"{checker} did not run: {done.stderr.strip()}")
    return problems if not problems else [*problems, done.stdout]


if __name__ == "__main__":
    PROBLEMS = check(sys.argv[1])
    print("\n".join(PROBLEMS) or f"{sys.argv[1]}: {len(expected())} planted misspellings found, no other error")
    sys.exit(bool(PROBLEMS))
