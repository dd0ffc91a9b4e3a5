"""Laws of what is stored: it comes back equal on both databases, saving twice is saving once, pages are the whole."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_records import carts, customers, instants, promotions, records

from shopcore.errors import StorageError
from shopcore.models import Customer, Product, Promotion
from shopcore.persistence import (
    load_carts,
    load_promotions,
    load_records,
    promotion_history,
    save_cart,
    save_promotions,
    save_records,
)
from shopcore.persistence._records import KINDS, key_of
from shopcore.promotions import BUILT_INS


def storable(found):
    """Leave one record of each key, one article of each code and one customer of each external reference."""
    kept, codes, references = {}, {}, set()
    for record in found:
        key = type(record), key_of(record, KINDS[type(record)])
        if isinstance(record, Product):
            if key in kept or any(sku.sku in codes for sku in record.skus):
                continue
            codes.update(dict.fromkeys(sku.sku for sku in record.skus))
        if isinstance(record, Customer) and record.source and record.external_ref:
            if key in kept or (record.source, record.external_ref) in references:
                continue
            references.add((record.source, record.external_ref))
        kept[key] = record
    return kept


@given(found=st.lists(records, max_size=12), limit=st.integers(1, 4), validate=st.booleans())
def test_records_come_back_equal_in_pages(place, found, limit, validate):
    connection, tables = place
    kept = storable(found)
    with connection.begin_nested() as savepoint:
        for _ in range(2):
            assert save_records(connection, tables, iter(kept.values())) == len(kept)
        by_kind = defaultdict(dict)
        for (model, key), record in kept.items():
            by_kind[model][key] = record
        for model, expected in by_kind.items():
            seen, last = [], None
            while page := load_records(connection, tables, model, after=last, limit=limit, validate=validate):
                seen += page
                last = page[-1]
            assert {key_of(one, KINDS[model]): one for one in seen} == expected
            assert len(seen) == len(expected)
            some = [key[0] for key in expected][:2]
            chosen = load_records(connection, tables, model, some)
            assert set(chosen) == {one for key, one in expected.items() if key[0] in some}
        savepoint.rollback()


@given(old=customers, new=customers)
def test_the_later_record_stands_alone(place, old, new):
    connection, tables = place
    new = new.evolve(customer_id=old.customer_id)
    with connection.begin_nested() as savepoint:
        save_records(connection, tables, [old, new])
        assert load_records(connection, tables, Customer) == (new,)
        save_records(connection, tables, [old])
        assert load_records(connection, tables, Customer, customer_id=old.customer_id) == (old,)
        savepoint.rollback()


@given(found=st.lists(promotions, max_size=6), at=instants)
def test_promotions_come_back_as_the_registry_reads_them(place, found, at):
    connection, tables = place
    kept = {promotion.promotion_id: promotion for promotion in found}
    with connection.begin_nested() as savepoint:
        written = save_promotions(connection, tables, found, at=at)
        assert {(one.promotion_id, one.version) for one in written} == {(name, 1) for name in kept}
        assert save_promotions(connection, tables, kept.values(), at=at) == ()
        loaded = load_promotions(connection, tables)
        assert {one.promotion_id: one for one in loaded} == {n: BUILT_INS.resolve(one) for n, one in kept.items()}
        assert save_promotions(connection, tables, loaded, at=at) == ()
        for name, one in kept.items():
            again = load_promotions(connection, tables, [name])[0]
            assert again.to_dict() == one.to_dict() or "acme." not in one.effect.kind
            inside = [one.promotion_id for one in load_promotions(connection, tables, at=at)]
            assert (name in inside) == (one.window is None or one.window.start <= at < one.window.end)
        savepoint.rollback()


@given(priorities=st.lists(st.integers(0, 3), min_size=1, max_size=8), at=instants)
def test_every_change_is_a_version_and_nothing_else_is(place, priorities, at):
    connection, tables = place
    changes = [p for position, p in enumerate(priorities) if position == 0 or priorities[position - 1] != p]
    with connection.begin_nested() as savepoint:
        for priority in priorities:
            one = Promotion(promotion_id="p", priority=priority, effect={"kind": "acme.wheel", "deep": {"x": [1, 1.5]}})
            save_promotions(connection, tables, [one], at=at)
        history = promotion_history(connection, tables, "p")
        assert [(one.version, one.promotion.priority) for one in history] == list(enumerate(changes, start=1))
        assert load_promotions(connection, tables) == (history[-1].promotion,)
        savepoint.rollback()


@given(cart=carts, at=instants)
def test_carts_come_back_equal(place, cart, at):
    connection, tables = place
    with connection.begin_nested() as savepoint:
        kept = save_cart(connection, tables, "K", cart, at=at, customer_id="C")
        assert load_carts(connection, tables, "K") == load_carts(connection, tables, customer_id="C") == (kept,)
        assert load_carts(connection, tables, idle_since=at) == (kept,)
        savepoint.rollback()


def test_what_the_database_refuses_is_named_without_its_values(place):
    connection, tables = place
    twins = [Customer(customer_id=name, source="tmall", external_ref="secret-ref", name="Zhang") for name in "AB"]
    with connection.begin_nested() as savepoint:
        with pytest.raises(StorageError) as caught:
            save_records(connection, tables, twins)
        assert "source" in str(caught.value)
        assert "secret-ref" not in str(caught.value)
        assert caught.value.__suppress_context__
        assert load_records(connection, tables, Customer) == ()
        savepoint.rollback()
