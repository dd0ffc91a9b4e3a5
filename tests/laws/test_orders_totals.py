"""Laws of order totals: shown parts sum, inclusive totals never move, parts of a line telescope in any order."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shopcore._rounding import ROUNDINGS, round_div
from shopcore.models import DiscountShare, Money, Order, OrderLine, Rate, RoundingPolicy, TaxPart, UnitPrice
from shopcore.orders import basket_totals, totals
from shopcore.orders._amounts import allotments, discount_parts, through

CURRENCIES = ("CNY", "JPY", "KWD")
RATES = ("0", "0.05", "0.10", "0.13", "0.20", "0.08875", "1/3")
policies = st.builds(
    RoundingPolicy,
    scope=st.sampled_from(["unit", "line", "order"]),
    mode=st.sampled_from(ROUNDINGS),
    step=st.sampled_from([1, 1, 1, 5]),
)


@st.composite
def shares(draw, quantity, price, currency, promotion):
    if draw(st.booleans()):
        amount = draw(st.integers(0, price * quantity))
        return DiscountShare(promotion_id=promotion, amount=Money(amount, currency))
    first = draw(st.integers(1, quantity))
    runs = [(first, draw(st.integers(0, price)))]
    if first < quantity:
        runs.append((quantity - first, draw(st.integers(0, price))))
    amount = sum(count * minor for count, minor in runs)
    return DiscountShare(promotion_id=promotion, amount=Money(amount, currency), per_unit=runs)


@st.composite
def order_lines(draw, number=0, currency="CNY", fine=True):
    quantity = draw(st.integers(1, 12))
    price = draw(st.integers(0, 5_000))
    fields = {"line_id": str(number), "sku": f"S{number}", "title": "A thing", "quantity": quantity}
    if fine and draw(st.integers(0, 5)) == 0:
        return OrderLine(**fields, unit_price=UnitPrice(Rate(price) / 7 / 1000, currency), tax_rate=Rate("0.13"))
    found = []
    for index in range(draw(st.integers(0, 3))):
        share = draw(shares(quantity, price, currency, f"p{index}"))
        try:
            OrderLine(**fields, unit_price=Money(price, currency), discounts=[*found, share])
        except ValueError:
            continue
        found.append(share)
    taxes = draw(st.sampled_from([(), (), ("0.05", "0.09975"), ("0", "0.2")]))
    if taxes:
        fields["taxes"] = [TaxPart(name=f"T{index}", rate=Rate(rate)) for index, rate in enumerate(taxes)]
    else:
        fields["tax_rate"] = Rate(draw(st.sampled_from(RATES)))
    return OrderLine(**fields, unit_price=Money(price, currency), discounts=found, tax_included=draw(st.booleans()))


@st.composite
def baskets(draw, **options):
    currency = draw(st.sampled_from(CURRENCIES))
    return [draw(order_lines(number, currency, **options)) for number in range(draw(st.integers(1, 5)))]


@given(baskets(), policies)
def test_shown_parts_sum_to_the_total(lines, policy):
    found = basket_totals(lines, rounding=policy)
    for row in found.lines:
        assert row.net + row.tax == row.total
        assert sum(entry.tax.minor for entry in row.taxes) == row.tax.minor
        assert sum(amount.minor for _, amount in row.discounts) == row.discount.minor
        assert min(row.net.minor, row.tax.minor, row.discount.minor) >= 0
    for name in ("listed", "discount", "net", "tax", "total"):
        assert getattr(found, name).minor == sum(getattr(row, name).minor for row in found.lines)
    assert sum(entry.tax.minor for entry in found.taxes) == found.tax.minor
    assert found.net + found.tax == found.total


@given(baskets(fine=False), policies, policies)
def test_the_total_of_prices_with_tax_never_depends_on_rounding(lines, one, two):
    lines = [line.evolve(tax_included=True) for line in lines]
    first, second = basket_totals(lines, rounding=one), basket_totals(lines, rounding=two)
    assert first.total == second.total == first.listed - first.discount


@given(baskets(), policies, st.data())
def test_parts_of_a_line_telescope_in_any_order_and_never_go_down(lines, policy, data):
    for line, allotted in zip(lines, allotments(lines, policy), strict=True):
        found = [through(line, units, policy, allotted) for units in range(line.quantity + 1)]
        charged = [part.charged(line) for part in found]
        assert charged[0] == 0
        if isinstance(line.unit_price, Money):
            assert charged == sorted(charged)
        assert [part.tax for part in found] == sorted(part.tax for part in found)
        for units, part in enumerate(found):
            assert sum(discount_parts(line, units, policy)) == part.discount
        cuts = sorted(data.draw(st.sets(st.integers(0, line.quantity))) | {0, line.quantity})
        pieces = [charged[end] - charged[start] for start, end in pairwise(cuts)]
        assert sum(pieces) == charged[-1]


@given(baskets(), st.sampled_from(ROUNDINGS))
def test_unit_level_is_the_sum_over_units(lines, mode):
    policy = RoundingPolicy("unit", mode)
    for line in lines:
        amounts = [through(line, units, policy).amount for units in range(line.quantity + 1)]
        rate = line.tax_rate
        by_unit = 0
        for before, after in pairwise(amounts):
            if line.tax_included:
                net = round_div((after - before) * rate.denominator, rate.denominator + rate.numerator, mode)
                by_unit += after - before - net
            else:
                by_unit += round_div((after - before) * rate.numerator, rate.denominator, mode)
        assert through(line, line.quantity, policy).tax == by_unit


@given(baskets(fine=False), st.sampled_from([("half_up", ROUND_HALF_UP), ("half_even", ROUND_HALF_EVEN)]))
def test_tax_on_top_equals_decimal_arithmetic(lines, modes):
    ours, theirs = modes
    lines = [line.evolve(tax_included=False, taxes=(), tax_rate=Rate("0.08875")) for line in lines]
    per_line = basket_totals(lines, rounding=RoundingPolicy("line", ours))
    amounts = [Decimal((row.listed - row.discount).minor) for row in per_line.lines]
    exact = [amount * Decimal("0.08875") for amount in amounts]
    assert per_line.tax.minor == sum(tax.quantize(Decimal(1), theirs) for tax in exact)
    over_order = basket_totals(lines, rounding=RoundingPolicy("order", ours))
    assert over_order.tax.minor == sum(exact).quantize(Decimal(1), theirs)
    for row, tax in zip(over_order.lines, exact, strict=True):
        assert abs(Fraction(row.tax.minor) - Fraction(tax)) < 2


@given(baskets(), policies)
def test_a_credit_note_mirrors_its_sale(lines, policy):
    fields = {"order_id": "A", "currency": lines[0].unit_price.currency, "rounding": policy, "lines": lines}
    sale = Order(**fields, placed_at=datetime(2026, 6, 1, tzinfo=UTC))
    credit = sale.evolve(kind="credit")
    assert totals(credit).total == -totals(sale).total
    assert totals(credit).tax == -totals(sale).tax
