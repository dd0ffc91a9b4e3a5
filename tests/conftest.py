"""Profiles of the property tests, and where the real data sets are."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=QUIET)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, suppress_health_check=QUIET)
settings.register_profile("deep", max_examples=5_000, deadline=None, suppress_health_check=QUIET)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Leave the heavy tests to their own command (``-m heavy``), and refuse names that differ from run to run."""
    moving = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if moving:
        raise pytest.UsageError(f"a test is named by an address, which workers cannot agree on; give ids: {moving[0]}")
    if "heavy" in (config.option.markexpr or ""):
        return
    heavy = [item for item in items if "heavy" in item.keywords]
    if heavy:
        config.hook.pytest_deselected(items=heavy)
        items[:] = [item for item in items if "heavy" not in item.keywords]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets: ``SHOPCORE_DATA``, or ``../shared/data`` beside the project."""
    folder = Path(os.environ.get("SHOPCORE_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not here: {folder.name} is no folder")
    return folder
