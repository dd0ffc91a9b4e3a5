"""Random small carts, promotions of every kind, and policies; and the plain exhaustive search they are held against."""

from itertools import combinations, permutations, product

from hypothesis import strategies as st

from shopcore.models import Budget, Buyer, Cart, CartLine, Money, Promotion, RoundingPolicy, Stacking
from shopcore.promotions import Selector, StackingPolicy, StagePolicy
from shopcore.promotions import conditions as c
from shopcore.promotions import rules as r
from shopcore.promotions._prepare import Problem
from shopcore.promotions._run import Legality, Outcome, attempt

SKUS = ("a", "b", "c", "d")
GROUPS = ("g", "h")
MEMBER = Buyer(level="gold")


def yuan(minor):
    return Money(minor, "CNY")


prices = st.sampled_from([0, 1, 99, 100, 333, 500, 999, 1000, 1999, 2500, 4000])
rates = st.sampled_from(["5%", "10%", "1/3", "50%", "33.3%", "100%"])
amounts = st.sampled_from([1, 50, 100, 250, 333, 1000, 5000]).map(yuan)
thresholds = st.sampled_from([100, 999, 2000, 3000, 5000]).map(yuan)
selectors = st.one_of(
    st.just(Selector()),
    st.lists(st.sampled_from(SKUS), min_size=1, max_size=3, unique=True).map(lambda skus: Selector(skus=skus)),
    st.sampled_from(SKUS).map(lambda sku: Selector(not_skus=[sku])),
)


@st.composite
def carts(draw, max_units=7, floors=True):
    lines, left = [], max_units
    for sku in draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=4, unique=True)):
        quantity = draw(st.integers(1, min(3, left)))
        price = draw(prices)
        floor = draw(st.sampled_from([None, None, 0, price // 2])) if floors else None
        lines.append(
            CartLine(
                line_id=sku,
                sku=sku,
                quantity=quantity,
                unit_price=yuan(price),
                price_floor=None if floor is None else yuan(floor),
                tax_rate=draw(st.sampled_from(["0", "0.13", "0.06"])),
            )
        )
        left -= quantity
        if not left:
            break
    shipping = draw(st.sampled_from([None, yuan(0), yuan(800)]))
    codes = draw(st.lists(st.sampled_from(["X", "Y"]), unique=True))
    return Cart(
        currency="CNY",
        lines=lines,
        shipping=shipping,
        codes=codes,
        buyer=MEMBER,
        prices_include_tax=draw(st.booleans()),
    )


def _set_fields(draw):
    name = draw(st.sampled_from(["price", "amount", "percent"]))
    value = draw(rates) if name == "percent" else draw(amounts)
    return {name: value, "max_times": draw(st.sampled_from([None, 1, 2]))}


@st.composite
def effects(draw):
    on = draw(selectors)
    few = st.sampled_from([None, 1, 2])
    n = st.integers(1, 3)
    return draw(st.sampled_from([
        lambda: r.PercentOff(percent=draw(rates), on=on, max_units=draw(few)),
        lambda: r.AmountOff(amount=draw(amounts), on=on),
        lambda: r.FixedPrice(price=draw(amounts), on=on, max_units=draw(few)),
        lambda: r.TieredPrice(tiers=[r.PriceTier(min_quantity=draw(n), percent=draw(rates))], on=on),
        lambda: r.SpendThreshold(amount=draw(amounts), threshold=draw(thresholds), max_times=draw(few), on=on),
        lambda: r.SpendThreshold(amount=draw(amounts), every=draw(thresholds), max_times=draw(few), on=on),
        lambda: r.SpendThresholdPercent(percent=draw(rates), cap=draw(st.none() | amounts), on=on),
        lambda: r.SpendTiers(tiers=[r.SpendTier(min_spend=draw(thresholds), amount=draw(amounts)),
                                    r.SpendTier(min_quantity=draw(n), percent=draw(rates))], on=on),
        lambda: r.NthUnit(group=draw(st.integers(2, 3)), percent=draw(rates), on=on, max_groups=draw(few),
                          grouping=draw(st.sampled_from(["from_dearest", "from_dearest", "cheapest_overall"]))),
        lambda: r.GroupAmount(group=draw(n), amount_per_unit=draw(amounts), on=on),
        lambda: r.BuyXGetY(buy=draw(n), get=draw(n), percent=draw(rates), on=on, get_on=draw(st.none() | selectors)),
        lambda: r.Bundle(parts=[r.BundlePart(on=on), r.BundlePart(on=draw(selectors), quantity=draw(n))],
                         **_set_fields(draw)),
        lambda: r.AnyN(n=draw(n), on=on, **_set_fields(draw)),
        lambda: r.Gift(sku="G", threshold=draw(thresholds)),
        lambda: r.FreeShipping(threshold=draw(thresholds)),
        lambda: r.RedPacket(amount=draw(amounts), on=on),
        lambda: r.Points(points=draw(st.integers(0, 900)), value_per_point=yuan(3), cap_percent=draw(rates)),
        lambda: r.BestOf(of=[r.PercentOff(percent=draw(rates), on=on), r.RedPacket(amount=draw(amounts))]),
        lambda: r.AddOn(price=draw(amounts), threshold=draw(thresholds), on=on, max_units=draw(st.integers(1, 2)),
                        others=draw(st.none() | selectors)),
        lambda: r.FlashSale(price=draw(amounts), on=on, max_units=draw(st.integers(1, 2))),
        lambda: r.MemberPrice(price=draw(amounts), on=on, max_units=draw(few)),
        lambda: r.Presale(deposit=draw(amounts), worth=yuan(5000), on=on),
        lambda: r.TieredPrice(tiers=[r.PriceTier(min_quantity=1, percent=draw(rates)),
                                     r.PriceTier(min_quantity=draw(st.integers(2, 4)), price=draw(amounts))], on=on),
        lambda: r.BestOf(of=[r.FlashSale(price=draw(amounts), on=on), r.AmountOff(amount=draw(amounts), max_units=1)]),
        lambda: r.Sequence(of=[r.AmountOff(amount=draw(amounts), on=on), r.SpendThresholdPercent(percent=draw(rates))]),
    ]))()  # fmt: skip


conditions = st.one_of(
    st.none(),
    st.none(),
    thresholds.map(lambda amount: c.SpendAtLeast(amount=amount)),
    thresholds.map(lambda amount: c.NoneOf(of=[c.SpendAtLeast(amount=amount, on=Selector())])),
    st.integers(1, 4).map(lambda quantity: c.QuantityAtLeast(quantity=quantity)),
)


@st.composite
def stackings(draw, names):
    if draw(st.integers(0, 2)):
        return Stacking()
    return Stacking(
        exclusive=draw(st.sampled_from([False, False, False, True])),
        excludes=draw(st.lists(st.sampled_from(names), max_size=1)),
        groups=draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True)),
        tags=draw(st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True)),
        allows=draw(st.none() | st.lists(st.sampled_from(["x", "y"]), max_size=2, unique=True)),
    )


@st.composite
def offers(draw, max_size=5, budgets=True):
    names = [f"p{place}" for place in range(draw(st.integers(0, max_size)))]
    return [
        Promotion(
            promotion_id=name,
            effect=draw(effects()),
            when=draw(conditions),
            code=draw(st.sampled_from([None, None, "X", "Y"])),
            stage=draw(st.integers(0, 2)),
            priority=draw(st.integers(0, 2)),
            stacking=draw(stackings(names)),
            budget=draw(st.none() | amounts.map(lambda a: Budget(limit=a))) if budgets else None,
        )
        for name in names
    ]


@st.composite
def stages(draw, units=(None,)):
    bases = st.sampled_from([None, None, "running", "item", "list"])
    return [
        StagePolicy(
            stage=stage,
            units=draw(st.sampled_from(units)),
            within=draw(st.sampled_from(["all", "all", "one", "best"])),
            threshold_basis=draw(bases),
            percent_basis=draw(bases),
        )
        for stage in draw(st.lists(st.integers(0, 2), max_size=2, unique=True))
    ]


@st.composite
def policies(draw, **fixed):
    fields = {
        "stages": draw(stages()),
        "selection": draw(st.sampled_from(["priority", "best"])),
        "threshold_basis": draw(st.sampled_from(["running", "item", "list"])),
        "percent_basis": draw(st.sampled_from(["running", "item", "list"])),
        "group_limits": draw(st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 2), max_size=2)),
        "max_codes": draw(st.sampled_from([None, 1])),
        "max_promotions": draw(st.sampled_from([None, None, 2])),
        "max_discount": draw(st.sampled_from([None, None, "50%"])),
        "rounding": RoundingPolicy(draw(st.sampled_from(["unit", "line", "order"])), draw(
            st.sampled_from(["half_up", "half_even", "down", "up"]))),
        "multibuy_allocation": draw(st.sampled_from(["on_unit", "spread_group"])),
    }  # fmt: skip
    return StackingPolicy(**(fields | fixed))


def legal(problem, taken):
    legality = Legality(problem)
    return all(not legality.blockers(taken[:place], one) for place, one in enumerate(taken))


def brute_force(cart, promotions, policy):
    """Return the largest saving by trying every legal set, and every order inside a stage where that is free."""
    problem = Problem(cart, promotions, policy, None, {})
    row, best = problem.candidates, 0
    for size in range(1, len(row) + 1):
        for chosen in combinations(row, size):
            for taken in orders(chosen, policy):
                if legal(problem, list(taken)):
                    best = max(best, saving_of(problem, taken))
    return best


def orders(chosen, policy):
    if policy.order == "fixed":
        return [chosen]
    return [
        order
        for order in permutations(chosen)
        if [one.promotion.stage for one in order] == sorted(one.promotion.stage for one in order)
    ]


def saving_of(problem, taken):
    state, total = problem.layout.opening(once=False), 0
    for one in taken:
        found, state = attempt(problem, one, state)
        if not isinstance(found, Outcome):
            return -1
        total += found.saving
    return total


def brute_force_units(cart, promotions, policy):
    """Return the largest saving by trying every way to give every unit to one use of one promotion, or to none."""
    problem = Problem(cart, promotions, policy, None, {})
    row, count = problem.candidates, len(problem.layout.all)
    best = 0
    for owners in product(range(-1, len(row)), repeat=count):
        given = {}
        for unit, owner in enumerate(owners):
            if owner >= 0:
                given.setdefault(owner, set()).add(unit)
        for order in orders(tuple(row), policy):
            best = max(best, _given_saving(problem, order, {row[place]: some for place, some in given.items()}))
    return best


def _given_saving(problem, order, given):
    state, total = problem.layout.opening(once=True), 0
    legality, taken = Legality(problem), []
    for one in order:
        units = frozenset(given.get(one, ()))
        goods = not isinstance(one.promotion.effect, r.FreeShipping | r.Gift)
        if (goods and not units) or legality.blockers(taken, one):
            continue
        found, after = attempt(problem, one, state._replace(free=units))
        if isinstance(found, Outcome):
            total += found.saving
            taken.append(one)
            state = after
    return total


def brute_force_mixed(cart, promotions, policy):
    """Return the largest saving by trying every legal set and, where units serve once, every owner of every unit."""
    problem = Problem(cart, promotions, policy, None, {})
    row = problem.candidates
    once = [one.index for one in row if one.terms.once]
    best = 0
    for owners in product((None, *once), repeat=len(problem.layout.all)):
        given = {index: frozenset(u for u, owner in enumerate(owners) if owner == index) for index in once}
        for size in range(1, len(row) + 1):
            for chosen in combinations(row, size):
                for taken in orders(chosen, policy):
                    if legal(problem, list(taken)):
                        best = max(best, _mixed_saving(problem, taken, given))
    return best


def _mixed_saving(problem, taken, given):
    state, total = problem.layout.opening(once=True), 0
    for one in taken:
        own = state._replace(free=given[one.index]) if one.terms.once else state
        found, state = attempt(problem, one, own)
        if not isinstance(found, Outcome):
            return -1
        total += found.saving
    return total
