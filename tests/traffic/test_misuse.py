"""Every public function of traffic and customers answers misuse with an error of the library, whatever it is given."""

import importlib.util
import inspect
from pathlib import Path

import pytest

from shopcore import customers, traffic
from shopcore.errors import ShopcoreError

HOST = Path(__file__).parents[1] / "typing" / "analyst.py"
PARTS = ("rates", "shop", "advertising", "credit", "experiments", "people", "models", "goods")
HOSTILE = (None, "x", b"x", True, -1, 1 + 2j, float("nan"), float("inf"), object(), {})


@pytest.fixture(scope="module")
def calls():
    """Record what the host asks, so that each question can be asked again with one argument spoilt."""
    patch, found = pytest.MonkeyPatch(), {}

    def record(name, function):
        def asked(*parts, **named):
            bound = inspect.signature(function).bind(*parts, **named)
            found.setdefault(name, (function, bound.arguments))
            return function(*parts, **named)

        return asked

    for package in (traffic, customers):
        for name in package.__all__:
            if inspect.isfunction(getattr(package, name)):
                patch.setattr(package, name, record(name, getattr(package, name)))
    spec = importlib.util.spec_from_file_location("misuse_analyst", HOST)
    host = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(host)
    for part in PARTS:
        list(getattr(host, part)())
    patch.undo()
    return found


@pytest.mark.parametrize("package", [traffic, customers], ids=["traffic", "customers"])
def test_one_spoilt_argument_is_refused_or_answered(calls, package):
    escaped = []
    for name in [n for n in package.__all__ if n in calls]:
        function, named = calls[name]
        for argument in named:
            for value in HOSTILE:
                try:
                    function(**{**named, argument: value})
                except ShopcoreError:
                    continue
                except Exception as error:  # noqa: BLE001  # any other error is what is looked for
                    escaped.append(f"{name}({argument}={value!r:.20}): {type(error).__name__} {error!s:.80}")
    assert escaped == []


def test_the_host_asks_every_function(calls):
    functions = [n for p in (traffic, customers) for n in p.__all__ if inspect.isfunction(getattr(p, n))]
    assert sorted(set(functions) - set(calls)) == []
