"""Who sees what: every field is classed, roles see types without the rest, erasure keeps sums, nothing leaks."""

import json
import logging
import pickle
from datetime import UTC, datetime

import pytest

import shopcore.models as models_package
from shopcore import orders
from shopcore.errors import AccessDeniedError, InputError
from shopcore.models import (
    ROLES,
    Address,
    Complaint,
    ContractTerms,
    Customer,
    LiveBroadcast,
    Model,
    Money,
    Order,
    OrderLine,
    Period,
    Posting,
    Preference,
    PriceTier,
    Product,
    Review,
    RoundingPolicy,
    Sku,
    Supplier,
    SupplierRecord,
    erase_personal,
    export_personal,
    view,
    visible_fields,
)
from shopcore.models._base import privacy_of, private_fields

AT = datetime(2026, 11, 11, 4, tzinfo=UTC)
PRIVATE = "XPRIVATEX"
COST = Money(987_654_321, "CNY")
ALL = [
    value for value in (getattr(models_package, name) for name in models_package.__all__)
    if isinstance(value, type) and issubclass(value, Model) and value is not Model
]  # fmt: skip


def order(**fields):
    line = OrderLine(
        line_id="1", sku="MUG", title="Mug", quantity=2, unit_price=Money(3900, "CNY"), unit_cost=COST, cancelled=1
    )
    paid = Posting(kind="payment", amount=Money(7800, "CNY"), at=AT)
    given = {"customer_id": PRIVATE, "postings": [paid], **fields}
    return Order(order_id="A", currency="CNY", rounding=RoundingPolicy("line"), placed_at=AT, lines=[line], **given)


RECORDS = [
    Customer(customer_id=PRIVATE, name=PRIVATE, phone=PRIVATE, email=f"{PRIVATE}@x.cn", external_ref=PRIVATE),
    Address(address_id="1", customer_id=PRIVATE, recipient=PRIVATE, phone=PRIVATE, lines=[PRIVATE], country="CN"),
    order(),
    Review(review_id="R", at=AT, customer_id=PRIVATE, text=PRIVATE, goods=5),
    Complaint(complaint_id="K", opened_at=AT, kind="late", customer_id=PRIVATE, text=PRIVATE),
    Preference(customer_id=PRIVATE, name="size", value=PRIVATE, at=AT),
    LiveBroadcast(
        broadcast_id="L", channel_id="live", period=Period.day(AT.date(), "UTC"), presenter=PRIVATE, spend=COST
    ),
    Supplier(
        supplier_id=PRIVATE, name=PRIVATE, contact=PRIVATE, phone=PRIVATE,
        terms=ContractTerms(contract_id="1", tiers=[PriceTier(sku="MUG", unit_price=COST)], notes=PRIVATE),
    ),
    Product(product_id="P", title="Mug", skus=[Sku(sku="M", unit_cost=COST, supplier_price=COST, supplier_id=PRIVATE)]),
]  # fmt: skip


def leaks(text):
    return PRIVATE in text or str(COST.minor) in text or COST.text in text


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_nothing_private_is_shown(record, caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("host").warning("%s %r", record, record)
    assert not leaks(caplog.text + repr(record) + str(record) + f"{record}" + repr([record]) + repr({1: record}))
    assert leaks(record.to_json())


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.__name__)
def test_every_field_is_classed_and_a_bad_private_one_is_not_shown(model):
    kinds = privacy_of(model)
    assert set(kinds.values()) <= {"public", "personal", "sensitive"}
    for name in private_fields(model):
        with pytest.raises(InputError) as caught:
            model.from_json(json.dumps({name: {PRIVATE: PRIVATE}}))
        shown = str(caught.value) + repr(vars(caught.value)) + repr(caught.value.__cause__) + repr(caught.value.args)
        assert not leaks(shown)
        assert not hasattr(caught.value, "errors")


def test_results_over_orders_hold_nothing_private():
    made = order()
    found = [
        orders.totals(made),
        orders.order_status(made),
        orders.refundable(made),
        orders.refund_shares(made, {"1": 1}),
        orders.check_command(made, "pay", amount=Money(1, "CNY")),
        orders.work_list([made], at=AT),
        orders.order_deadlines(made, at=AT),
    ]
    for result in found:
        shown = repr(result) + repr(pickle.dumps(result))
        if hasattr(result, "to_json"):
            shown += result.to_json() + result.explain() + result._repr_html_()
        assert not leaks(shown)


def test_events_mask_the_order_they_hold():
    placed = orders.place(order(postings=[]).evolve(lines=[order().lines[0].evolve(cancelled=0)]))
    assert not leaks(repr(placed))


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_view_has_what_the_role_may_see_and_nothing_else(record, role):
    shown = view(record, role)
    kinds = privacy_of(type(record))
    for name, kind in kinds.items():
        assert hasattr(shown, name) == (kind in ROLES[role])
    assert type(shown) is not type(record)
    assert not leaks(repr(shown) + shown.explain() + shown._repr_html_())
    text = json.dumps(shown.to_dict(), ensure_ascii=False)
    if "sensitive" not in ROLES[role]:
        assert str(COST.minor) not in text
    if ROLES[role] == {"public"}:
        assert not leaks(text + repr(pickle.dumps(shown)))
    assert pickle.loads(pickle.dumps(shown)) == shown


def test_asking_for_a_hidden_field_is_refused():
    mug = RECORDS[-1].skus[0]
    with pytest.raises(AccessDeniedError) as caught:
        view(mug, "customer_service", fields=["price", "unit_cost"])
    assert "unit_cost" in str(caught.value)
    assert "unit_cost" not in caught.value.allowed
    assert not leaks(str(caught.value) + repr(vars(caught.value)))
    assert view(mug, "purchasing", fields=["unit_cost"]).unit_cost == COST
    for wrong in ({"role": "nobody"}, {"role": "owner", "fields": ["nothing"]}, {"role": 5}):
        with pytest.raises(InputError):
            view(mug, **wrong)


def test_roles_of_your_own():
    roles = {"intern": frozenset({"public"})}
    assert "unit_cost" not in visible_fields(Sku, "intern", roles=roles)
    with pytest.raises(InputError):
        visible_fields(Sku, "owner", roles=roles)


@pytest.mark.parametrize("record", RECORDS[:7], ids=lambda record: type(record).__name__)
def test_erasure_removes_the_person_and_keeps_the_rest(record):
    erased = erase_personal(record, pseudonym="anon-1")
    assert PRIVATE not in erased.to_json()
    for name, kind in privacy_of(type(record)).items():
        if kind != "personal":
            assert getattr(erased, name) == getattr(record, name)
    assert type(record).from_json(erased.to_json()) == erased


def test_erasure_keeps_sums():
    made = order()
    erased = erase_personal(made, pseudonym="anon-1")
    assert erased.customer_id == "anon-1"
    assert orders.totals(erased) == orders.totals(made)
    assert orders.refundable(erased) == orders.refundable(made)
    assert erase_personal(order(customer_id=None), pseudonym="anon-1").customer_id is None
    with pytest.raises(InputError) as caught:
        erase_personal(made, pseudonym=PRIVATE)
    assert PRIVATE not in str(caught.value)


def test_export_holds_the_person_and_no_secret_of_the_shop():
    found = export_personal(PRIVATE, [*RECORDS, Customer(customer_id="other", name="Other")])
    assert set(found) == {"Customer", "Address", "Order", "Review", "Complaint", "Preference"}
    text = json.dumps(found, ensure_ascii=False)
    assert "Other" not in text
    assert str(COST.minor) not in text
    assert found["Order"][0]["lines"][0]["quantity"] == 2


def test_records_check_themselves():
    with pytest.raises(InputError):
        SupplierRecord(deliveries=1, on_time=2)
    with pytest.raises(InputError):
        Complaint(complaint_id="K", opened_at=AT, closed_at=datetime(2026, 1, 1, tzinfo=UTC), kind="late")
    with pytest.raises(InputError):
        ContractTerms(contract_id="1", tiers=[PriceTier(sku="M", unit_price=COST)] * 2)
    with pytest.raises(InputError):
        ContractTerms(contract_id="1", minimum_order_value=Money(1, "USD"), tiers=[PriceTier(sku="M", unit_price=COST)])
    with pytest.raises(InputError):
        Review(review_id="R", at=AT, goods=6)
    assert SupplierRecord(deliveries=0).on_time_rate.reason == "zero_denominator"
