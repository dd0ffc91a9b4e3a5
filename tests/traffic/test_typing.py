"""The host that type checkers read asks every public function of traffic and customers, and is answered."""

import importlib.util
import inspect
import pickle
from pathlib import Path

import pytest

from shopcore import customers, traffic

HOST = Path(__file__).parents[1] / "typing" / "analyst.py"
PARTS = ("rates", "shop", "advertising", "credit", "experiments", "people", "models", "goods")


@pytest.fixture(scope="module")
def host():
    spec = importlib.util.spec_from_file_location("typing_analyst", HOST)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("part", PARTS)
def test_every_question_is_answered(host, part):
    for answer in getattr(host, part)():
        if not isinstance(answer, float | int):
            assert answer.explain()
            assert pickle.loads(pickle.dumps(answer)) == answer
            answer.to_dict()


@pytest.mark.parametrize(("package", "short"), [(traffic, "t"), (customers, "c")], ids=["traffic", "customers"])
def test_no_public_function_is_left_out(package, short):
    text = HOST.read_text("utf-8")
    functions = [name for name in package.__all__ if inspect.isfunction(getattr(package, name))]
    assert [name for name in functions if f"{short}.{name}" not in text] == []
