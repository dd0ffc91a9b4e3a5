"""Laws of the domain's values: they survive JSON and pickle, refuse anything else in our words, and views add up."""

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shopcore.models as models_package
from shopcore.errors import InputError
from shopcore.models import (
    ROLES,
    Attribute,
    Customer,
    Dimensions,
    Model,
    Money,
    Order,
    Product,
    Rate,
    Review,
    Sku,
    SpecOption,
    StockPosition,
    UnitPrice,
    check_gtin,
    erase_personal,
    view,
)
from shopcore.models._gtin import check_digit

AT = datetime(2026, 11, 11, tzinfo=UTC)
MODELS = [
    value for value in (getattr(models_package, name) for name in models_package.__all__)
    if isinstance(value, type) and issubclass(value, Model) and value is not Model
]  # fmt: skip
codes = st.text("ABC0189-_é中", min_size=1, max_size=12)
titles = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=40)
counts = st.integers(0, 10**6)
prices = st.one_of(
    st.none(),
    st.integers(0, 10**9).map(lambda minor: Money(minor, "CNY")),
    st.builds(lambda minor, part: UnitPrice(Rate(minor) / part, "USD"), st.integers(0, 10**6), st.integers(1, 999)),
)
options = st.dictionaries(codes, titles, max_size=3).map(
    lambda found: [SpecOption(name=name, value=value) for name, value in found.items()]
)
gtins = st.one_of(
    st.none(),
    st.builds(
        lambda size, number: (body := str(number).zfill(20)[-size:]) + check_digit(body),
        st.sampled_from([7, 11, 12, 13]), st.integers(1, 10**7 - 1),
    ),
)  # fmt: skip
skus = st.builds(
    Sku, sku=codes, title=st.none() | titles, options=options, price=prices, list_price=prices, unit_cost=prices,
    gtin=gtins, weight_grams=st.none() | st.integers(1, 10**6),
    tax_rate=st.none() | st.sampled_from(["0", "0.13", "1/3"]),
    dimensions=st.none() | st.builds(Dimensions, length_mm=st.integers(1, 99), width_mm=st.integers(1, 99),
                                     height_mm=st.integers(1, 99)),
)  # fmt: skip
products = st.builds(
    Product, product_id=codes, title=titles, skus=st.lists(skus, max_size=3, unique_by=lambda sku: sku.sku),
    attributes=st.lists(st.builds(Attribute, name=codes, value=st.none() | titles), max_size=3,
                        unique_by=lambda entry: entry.name),
)  # fmt: skip
customers = st.builds(
    Customer, customer_id=codes, name=st.none() | titles, phone=st.none() | codes, level=st.none() | codes,
    points=counts,
)  # fmt: skip
reviews = st.builds(
    Review, review_id=codes, at=st.just(AT),
    customer_id=st.none() | codes, goods=st.none() | st.integers(1, 5), text=st.none() | titles,
)  # fmt: skip
positions = st.builds(StockPosition, sku=codes, on_hand=st.integers(500, 10**6), reserved=st.integers(0, 500))
values = st.one_of(skus, products, customers, reviews, positions)


@given(values)
def test_values_survive_json_and_pickle(value):
    kind = type(value)
    assert kind.from_json(value.to_json()) == value
    assert kind.from_dict(value.to_dict()) == value
    assert kind.from_json(value.to_json().encode()) == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert value.evolve() == value
    assert hash(value) == hash(kind.from_json(value.to_json()))


@given(values)
def test_views_of_more_classes_show_more(value):
    shown = {role: set(view(value, role).to_dict()) for role in ROLES}
    for one in ROLES:
        for two in ROLES:
            if ROLES[one] <= ROLES[two]:
                assert shown[one] <= shown[two]
    assert shown["owner"] == set(type(value).model_fields)


@given(customers, codes)
def test_erasure_is_done_once_for_all(customer, pseudonym):
    if customer.customer_id == pseudonym:
        with pytest.raises(InputError):
            erase_personal(customer, pseudonym=pseudonym)
        return
    erased = erase_personal(customer, pseudonym=pseudonym)
    assert (erased.name, erased.phone, erased.customer_id) == (None, None, pseudonym)
    assert (erased.points, erased.level) == (customer.points, customer.level)
    assert erase_personal(erased, pseudonym=pseudonym + "2").evolve(customer_id=pseudonym) == erased


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(MODELS), st.data())
def test_anything_else_is_refused_in_our_words(model, data):
    fields = data.draw(st.dictionaries(st.sampled_from(sorted(model.model_fields)) | st.text(max_size=5), json_values))
    refused = None
    try:
        found = model.from_json(json.dumps(fields))
    except InputError as error:
        refused = error
    if refused is None:
        assert model.from_json(found.to_json()) == found
    else:
        assert refused.reason
        assert refused.argument


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_is_refused_in_our_words(text):
    for model in (Order, Customer, Sku):
        with pytest.raises(InputError):
            model.from_json(text)


@given(gtins.filter(bool), st.integers(0, 12), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(gtin, place, shift):
    place %= len(gtin)
    wrong = gtin[:place] + str((int(gtin[place]) + shift) % 10) + gtin[place + 1 :]
    assert check_gtin(gtin).valid
    assert check_gtin(wrong).reason == "check_digit"
