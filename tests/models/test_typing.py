"""What type checkers accept is taken, and the host they read makes every model and gives every command."""

import importlib.util
from pathlib import Path

import pytest

from shopcore import models, orders
from shopcore.errors import InputError
from shopcore.models import Cart, Model, Money, Rate, Sku, Stacking

HOST = Path(__file__).parents[1] / "typing" / "host.py"


@pytest.fixture(scope="module")
def host():
    spec = importlib.util.spec_from_file_location("typing_host", HOST)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def inside(value):
    """Give a value and all models in it."""
    if isinstance(value, Model):
        yield value
        for name in type(value).model_fields:
            yield from inside(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from inside(item)


def test_every_model_is_made_and_kept_as_it_is_typed(host):
    made = [model for part in (host.catalogue, host.people, host.selling, host.sold) for model in part()]
    public = {
        kind for name in models.__all__ if isinstance(kind := getattr(models, name), type) and issubclass(kind, Model)
    }
    assert public - {Model} <= {type(value) for whole in made for value in inside(whole)}
    for value in made:
        assert type(value).from_json(value.to_json()) == value or type(value).__name__ == "Promotion"


def test_every_command_is_given_and_replays(host):
    order = host.life()
    assert order.version == len(orders.transition_table().rows) + 1
    assert all(found.explain() for found in host.asked(order))


def test_every_public_name_of_orders_is_used_or_is_a_type(host):
    functions = {name for name in orders.__all__ if name.islower() and name != "deadline"}
    assert {name for name in functions if not hasattr(host, name)} == set()


def test_a_field_that_may_be_absent_keeps_its_bounds_and_its_text():
    assert Sku(sku="MUG", tax_rate="13%").tax_rate == Rate("0.13")
    assert Stacking(allows=["a"]).allows == ("a",)
    with pytest.raises(InputError, match="tax_rate"):
        Sku(sku="MUG", tax_rate="11")
    for make in (Stacking.from_dict, lambda fields: Stacking(**fields)):
        with pytest.raises(InputError, match="at most 50"):
            make({"allows": ["a"] * 51})


def test_defaults_of_such_fields_are_what_is_kept():
    cart = Cart(currency="CNY")
    assert cart.lines == () == cart.codes
    line = models.OrderLine(line_id="1", sku="A", title="A", quantity=1, unit_price=Money(1, "CNY"))
    assert type(line.tax_rate) is Rate
    assert line.options == ()
    assert hash(line) == hash(line.evolve())
