"""A host that makes every model the natural way and gives every command of orders; checkers must accept it.

What is annotated as a tuple takes a list as well, a currency its code, a rate its text. Run by
tests/models/test_typing.py too, so that what checkers accept is what is taken.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import assert_type

from shopcore.models import (
    Address,
    Attribute,
    Budget,
    Buyer,
    Campaign,
    Cart,
    CartLine,
    Channel,
    Complaint,
    Consent,
    ContractTerms,
    Currency,
    Customer,
    Dimensions,
    DiscountShare,
    LeadTime,
    LiveBroadcast,
    MediaFacts,
    Model,
    Money,
    Order,
    OrderLine,
    Period,
    Posting,
    Preference,
    PriceTier,
    Product,
    Promotion,
    Rate,
    Result,
    Review,
    RoundingPolicy,
    Sku,
    SpecOption,
    Stacking,
    StockPosition,
    Supplier,
    SupplierRecord,
    TaxPart,
    TrafficFacts,
    UnitPrice,
    erase_personal,
    export_personal,
    view,
)
from shopcore.orders import (
    OrderEvent,
    OrderStep,
    Refusal,
    ServiceTerms,
    approve,
    basket_totals,
    cancel,
    chargeback,
    check_command,
    confirm_receipt,
    exchange,
    goodwill,
    hold,
    order_deadlines,
    order_state,
    order_status,
    pay,
    place,
    receive_return,
    refund,
    refund_shares,
    refundable,
    reject,
    reject_return,
    replay,
    request_return,
    reverse_chargeback,
    ship,
    totals,
    transition_table,
    work_list,
)
from shopcore.promotions.rules import PercentOff

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)
NOVEMBER = Period.local("2026-11-01", "2026-12-01", zone="Asia/Shanghai")


def catalogue() -> Iterator[Model]:
    """Give products and what is sold of them."""
    sku = Sku(
        sku="MUG-RED",
        title="Red mug",
        options=[SpecOption(name="colour", value="red")],
        gtin="4006381333931",
        price=Money(3900, "CNY"),
        list_price=Money.parse("59.00", "CNY"),
        unit_cost=UnitPrice("12.345", "CNY"),
        dimensions=Dimensions(length_mm=120, width_mm=100, height_mm=100),
        weight_grams=350,
        tax_rate="13%",
    )
    assert_type(sku.tax_rate, Rate | None)
    assert_type(sku.options, tuple[SpecOption, ...])
    yield sku
    yield Product(
        product_id="P1",
        title="Stoneware mug",
        category=["home", "kitchen"],
        attributes=[Attribute(name="material", value="stoneware"), Attribute(name="volume")],
        tags=["gift"],
        media=[MediaFacts(kind="image", width=800, height=800, is_main=True)],
        skus=[sku, sku.evolve(sku="MUG-BLUE")],
        listed_at=NOON,
    )
    yield StockPosition(sku="MUG-RED", on_hand=40, reserved=3)
    yield Supplier(
        supplier_id="S1",
        name="Kiln and Sons",
        skus=["MUG-RED"],
        lead_times=[LeadTime(mean_days=12, sd_days=2.5, observed=9)],
        record=SupplierRecord(deliveries=10, on_time=9, complete=10, units=500, defective=2),
        terms=ContractTerms(
            contract_id="K1",
            valid=NOVEMBER,
            tiers=[PriceTier(sku="MUG-RED", from_quantity=100, unit_price=UnitPrice("11.905", "CNY"))],
        ),
    )


def people() -> Iterator[Model]:
    """Give customers and what they said."""
    customer = Customer(
        customer_id="C1",
        name="Zhang San",
        consents=[Consent(purpose="sms", granted=True, at=NOON)],
        tags=["tea"],
        joined_at=NOON,
    )
    assert_type(customer.consents, tuple[Consent, ...])
    assert_type(erase_personal(customer, pseudonym="anon-1"), Customer)
    assert_type(view(customer, "marketing"), Result)
    export_personal("C1", [customer])
    yield customer
    yield Address(address_id="A1", customer_id="C1", recipient="Zhang San", lines=["1 Kiln Road"], country="CN")
    yield Preference(customer_id="C1", name="size", value="large", at=NOON)
    yield Review(review_id="R1", at=NOON, sku="MUG-RED", goods=5, logistics=4, service=5)
    yield Complaint(complaint_id="B1", opened_at=NOON, kind="late", compensation=Money(500, "CNY"))


def selling() -> Iterator[Model]:
    """Give carts, promotions, channels and their figures."""
    yield Promotion(
        promotion_id="11.11",
        effect=PercentOff(percent=Rate("10%")),
        window=NOVEMBER,
        stacking=Stacking(excludes=["vip"], groups=["coupon"], tags=["sale"], allows=["sale"]),
        budget=Budget(limit=Money(1_000_000, "CNY")),
        platform_share="0.5",
    )
    cart = Cart(
        currency="CNY",
        lines=[CartLine(line_id="1", sku="MUG-RED", quantity=2, unit_price=Money(3900, "CNY"), tags=["gift"])],
        codes=["SAVE10"],
        buyer=Buyer(orders=3, segments=["tea"], birthday=(5, 20)),
    )
    assert_type(cart.currency, Currency)
    assert_type(cart.lines, tuple[CartLine, ...])
    yield cart
    yield Channel(channel_id="douyin", name="Douyin", kind="live", paid=True)
    yield Campaign(
        campaign_id="1111", name="Double eleven", period=NOVEMBER, channel_ids=["douyin"], promotion_ids=["11.11"]
    )
    yield LiveBroadcast(broadcast_id="L1", channel_id="douyin", period=NOVEMBER, skus=["MUG-RED"], viewers=900)
    yield TrafficFacts(channel_id="douyin", period=NOVEMBER, visitors=900, revenue=Money(99_00, "CNY"))


def an_order(currency: str | Currency = "CNY") -> Order:
    """Give an order of three mugs with postage."""
    mugs = OrderLine(
        line_id="1",
        sku="MUG-RED",
        title="Stoneware mug",
        quantity=3,
        unit_price=Money(3900, currency),
        options=[SpecOption(name="colour", value="red")],
        discounts=[DiscountShare(promotion_id="11.11", amount=Money(1001, currency), per_unit=[(2, 334), (1, 333)])],
        taxes=[TaxPart(name="GST", rate="5%"), TaxPart(name="PST", rate=Decimal("0.07"))],
        unit_cost=UnitPrice("12.345", currency),
    )
    postage = OrderLine(
        line_id="2", sku="POST", title="Postage", quantity=1, unit_price=Money(600, currency), kind="shipping",
        tax_rate="0.13",
    )  # fmt: skip
    return Order(
        order_id="A1",
        currency=currency,
        rounding=RoundingPolicy("line"),
        placed_at=NOON,
        lines=[mugs, postage],
    )


def sold() -> Iterator[Model]:
    """Give an order, what was paid for it, and an event."""
    order = an_order()
    assert_type(order.currency, Currency)
    assert_type(order.lines[0].tax_rate, Rate)
    assert_type(order.lines[0].unit_price, Money | UnitPrice)
    assert_type(order.placed_at, datetime)
    assert_type({order: 1}, dict[Order, int])
    yield order
    yield order.evolve(postings=[Posting(kind="payment", amount=Money(100, "CNY"), at=NOON)])
    yield from place(order).events


def life() -> Order:
    """Give every command once; return the order replayed from its events."""
    trail: list[OrderEvent] = []

    def keep(step: OrderStep) -> Order:
        trail.extend(step.events)
        return step.order

    order = keep(place(an_order()))
    refusal = check_command(order, "ship", units={"1": 2})
    assert_type(refusal, Refusal | None)
    order = keep(hold(order, at=NOON, reason="new buyer"))
    order = keep(reject(order, at=NOON))
    order = keep(approve(order, at=NOON))
    order = keep(pay(order, order_status(order).due, at=NOON, reference="WX-1"))
    order = keep(cancel(order, {"1": 1}, at=NOON))
    order = keep(refund(order, {"1": 1}, at=NOON))
    order = keep(ship(order, at=NOON, reference="SF-1"))
    order = keep(confirm_receipt(order, {"1": 1}, at=NOON))
    order = keep(request_return(order, at=NOON))
    order = keep(reject_return(order, {"1": 1}, at=NOON))
    order = keep(receive_return(order, at=NOON))
    order = keep(exchange(order, at=NOON, reference="SF-2"))
    order = keep(goodwill(order, Money(100, "CNY"), at=NOON))
    order = keep(chargeback(order, Money(500, "CNY"), at=NOON))
    order = keep(reverse_chargeback(order, Money(500, "CNY"), at=NOON))
    assert_type(replay(trail), Order)
    return order if replay(trail) == order else an_order()


def asked(order: Order) -> list[Result]:
    """Give every question about an order."""
    assert_type(order_state(order), str)
    return [
        totals(order),
        basket_totals(order.lines, rounding=RoundingPolicy("order")),
        refundable(order),
        *refund_shares(an_order(), {"1": 2}),
        order_status(order),
        *order_deadlines(order, at=NOON),
        work_list([order], at=NOON, terms=ServiceTerms()),
        transition_table(),
    ]
