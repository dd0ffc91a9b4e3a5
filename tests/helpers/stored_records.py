"""Strategies of the records that are stored, built on those of `shopcore.testing`."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from shopcore.models import (
    Address,
    Attribute,
    Budget,
    Campaign,
    Cart,
    CartLine,
    Channel,
    Complaint,
    Consent,
    ContractTerms,
    Customer,
    LeadTime,
    LiveBroadcast,
    MediaFacts,
    Preference,
    PriceTier,
    Product,
    Promotion,
    Rate,
    Review,
    Sku,
    SpecOption,
    Stacking,
    Supplier,
    SupplierRecord,
)
from shopcore.testing import money, periods, rates

START = datetime(2026, 1, 1, tzinfo=UTC)
ids = st.text("ABCabc019-_é中'\";%\\", min_size=1, max_size=10)
words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
titles = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
# Notes may hold anything that is text: a NUL too, which no text column of PostgreSQL can hold.
notes = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
instants = st.one_of(
    st.integers(-(10**16), 10**16).map(lambda step: START + timedelta(microseconds=step)),
    st.sampled_from([datetime(1000, 1, 1, tzinfo=UTC), datetime(9990, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)]),
)
counts = st.integers(0, 10**6)
cny = money("CNY", low=0)


def maybe(strategy):
    return st.none() | strategy


def many(strategy, by, size=3):
    return st.lists(strategy, max_size=size, unique_by=lambda one: getattr(one, by))


skus = st.builds(
    Sku, sku=ids, title=maybe(titles), product_id=maybe(ids), price=maybe(cny), unit_cost=maybe(cny),
    list_price=maybe(cny), supplier_id=maybe(ids), tax_rate=maybe(rates()),
    options=many(st.builds(SpecOption, name=words, value=titles), "name"),
)  # fmt: skip
products = st.builds(
    Product, product_id=ids, title=titles, category=st.lists(words, max_size=3), brand=maybe(words),
    attributes=many(st.builds(Attribute, name=words, value=maybe(titles)), "name"), tags=st.lists(words, max_size=3),
    media=st.lists(st.builds(MediaFacts, kind=st.just("image"), width=st.just(800), height=st.just(600)), max_size=2),
    description=maybe(notes), skus=many(skus, "sku"), listing=st.sampled_from(["draft", "listed", "withdrawn"]),
    stage=maybe(st.sampled_from(["growth", "decline"])), listed_at=maybe(instants),
)  # fmt: skip
terms = st.builds(
    ContractTerms, contract_id=ids, valid=maybe(periods()), payment_days=maybe(st.integers(0, 90)),
    minimum_order_units=maybe(counts), minimum_order_value=maybe(cny), takes_returns=st.booleans(), notes=maybe(notes),
    tiers=many(st.builds(PriceTier, sku=ids, from_quantity=st.integers(1, 99), unit_price=cny), "from_quantity"),
)  # fmt: skip
suppliers = st.builds(
    Supplier, supplier_id=ids, name=titles, contact=maybe(titles), phone=maybe(words), skus=st.lists(ids, max_size=3),
    lead_times=st.lists(st.builds(LeadTime, mean_days=st.floats(0, 99), sd_days=st.floats(0, 9)), max_size=2),
    record=maybe(st.builds(SupplierRecord, deliveries=st.just(9), on_time=st.integers(0, 9))), terms=maybe(terms),
)  # fmt: skip
consents = st.builds(
    Consent, purpose=st.sampled_from(["email", "sms", "profiling"]), granted=st.booleans(), at=instants,
    evidence=maybe(titles),
)  # fmt: skip
customers = st.builds(
    Customer, customer_id=ids, name=maybe(titles), phone=maybe(words), email=maybe(st.just("a@b.example")),
    source=maybe(words), external_ref=maybe(ids), level=maybe(words), points=counts,
    consents=st.lists(consents, max_size=3), tags=st.lists(words, max_size=3), country=maybe(st.just("CN")),
    joined_at=maybe(instants),
)  # fmt: skip
addresses = st.builds(
    Address, address_id=ids, customer_id=ids, recipient=titles, phone=maybe(words), lines=st.lists(titles, max_size=3),
    city=maybe(titles), postcode=maybe(words), country=st.just("中国"),
)  # fmt: skip
channels = st.builds(
    Channel, channel_id=ids, name=titles, kind=st.sampled_from(["search", "live"]), platform=maybe(words),
    paid=st.booleans(),
)  # fmt: skip
campaigns = st.builds(
    Campaign, campaign_id=ids, name=titles, period=periods(), channel_ids=st.lists(ids, max_size=3),
    skus=st.lists(ids, max_size=3), budget=maybe(cny),
)  # fmt: skip
broadcasts = st.builds(
    LiveBroadcast, broadcast_id=ids, channel_id=ids, period=periods(), presenter=maybe(titles),
    campaign_id=maybe(ids), viewers=maybe(counts), revenue=maybe(cny),
)  # fmt: skip
scores = maybe(st.integers(1, 5))
reviews = st.builds(
    Review, review_id=ids, at=instants, sku=maybe(ids), order_id=maybe(ids), customer_id=maybe(ids), goods=scores,
    logistics=scores, service=scores, text=maybe(notes), pictures=counts, by_default=st.booleans(), reply=maybe(notes),
    replied_at=maybe(instants),
)  # fmt: skip
complaints = st.builds(
    Complaint, complaint_id=ids, opened_at=st.just(START), kind=st.sampled_from(["late", "quality", "privacy"]),
    customer_id=maybe(ids), order_id=maybe(ids), sku=maybe(ids), text=maybe(notes),
    closed_at=maybe(st.just(START + timedelta(days=3))), outcome=maybe(titles), compensation=maybe(money(low=0)),
)  # fmt: skip
preferences = st.builds(
    Preference, customer_id=ids, name=words, value=titles, at=instants, stated=st.booleans()
)  # fmt: skip
records = st.one_of(
    products, suppliers, customers, addresses, channels, campaigns, broadcasts, reviews, complaints, preferences
)
carts = st.builds(
    Cart, currency=st.just("CNY"), shipping=maybe(money("CNY", low=0, high=10**6)), codes=st.lists(words, max_size=2),
    lines=many(st.builds(CartLine, line_id=ids, sku=ids, quantity=st.integers(1, 99),
                         unit_price=money("CNY", low=0, high=10**6), tags=st.lists(words, max_size=2)), "line_id"),
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
unknown_rules = st.builds(
    lambda body, kind, v: {**body, "kind": "acme." + kind, "v": v},
    st.dictionaries(words, json_values, max_size=4), words, st.integers(1, 99),
)  # fmt: skip
known_rules = st.sampled_from(
    [{"kind": "percent_off", "percent": "10%"}, {"kind": "percent_off", "v": 1, "percent": "1/3"}]
)
promotions = st.builds(
    Promotion, promotion_id=ids, title=maybe(titles), effect=unknown_rules | known_rules, code=maybe(words),
    priority=st.integers(-9, 9), window=maybe(periods()), limit=maybe(counts),
    stacking=st.builds(Stacking, exclusive=st.booleans(), groups=st.lists(words, max_size=2)),
    budget=maybe(st.builds(Budget, limit=cny)), platform_share=st.sampled_from([Rate(0), Rate("1/3"), Rate(1)]),
)  # fmt: skip
