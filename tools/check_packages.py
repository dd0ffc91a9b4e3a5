"""Check what the built sdist and wheel in a folder hold: ``python tools/check_packages.py dist``."""

import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import shopcore


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the one wheel and the one sdist of a folder; empty when all is well."""
    wheel = folder / f"shopcore-{shopcore.__version__}-py3-none-any.whl"
    sdist = folder / f"shopcore-{shopcore.__version__}.tar.gz"
    found = [f"{path.name} was not built" for path in (wheel, sdist) if not path.is_file()]
    if found:
        return found
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    info = f"shopcore-{shopcore.__version__}.dist-info"
    wanted = ["shopcore/py.typed", f"{info}/licenses/LICENSE"]
    if "scripts" in tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]:
        wanted.append(f"{info}/entry_points.txt")
    found += [f"{name} is not in the wheel" for name in wanted if name not in names]
    found += [
        f"{name} does not belong into the wheel" for name in names if name.split("/")[0] not in ("shopcore", info)
    ]
    source = {path.relative_to("src").as_posix() for path in Path("src").rglob("*.py")}
    found += [f"{name} is missing from the wheel" for name in sorted(source - set(names))]
    with tarfile.open(sdist) as tar:
        members = {name.partition("/")[2] for name in tar.getnames()}
    found += [
        f"{name} is not in the sdist" for name in ("LICENSE", "README.md", "pyproject.toml") if name not in members
    ]
    return found


if __name__ == "__main__":
    PROBLEMS = problems(Path(sys.argv[1]))
    print("\n".join(PROBLEMS) or "the wheel and the sdist hold what they must")
    sys.exit(bool(PROBLEMS))
