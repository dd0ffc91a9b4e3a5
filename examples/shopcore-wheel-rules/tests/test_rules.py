"""The laws every rule must pass, and what these two do on carts one can check by hand."""

import pytest
from shopcore_wheel_rules import COLOUR_MATCH, LUCKY_WHEEL, PARTY_WEEK, ColourMatch, LuckyWheel, Prize

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models import Buyer, Cart, CartLine, Money, Promotion, Rate, Stacking
from shopcore.promotions import BUILT_INS, Selector, evaluate, verify
from shopcore.testing import check_rule

REGISTRY = BUILT_INS.with_kinds(LUCKY_WHEEL, COLOUR_MATCH)


def yuan(text):
    return Money.parse(text, "CNY")


WHEEL = LuckyWheel(
    wheel="party",
    prizes=(Prize(name="gold", percent="20%"), Prize(name="five", amount=yuan("5")), Prize(name="blank")),
    most=yuan("30"),
)
MATCH = ColourMatch(colours=("red", "blue"), percent="10%")


def cart(*lines, won=(), currency="CNY"):
    """Make a cart of ``sku price quantity tag...`` lines."""
    made = []
    for place, line in enumerate(lines):
        sku, price, quantity, *tags = line.split()
        unit_price = Money.parse(price, currency)
        made.append(
            CartLine(line_id=f"{place}", sku=sku, quantity=int(quantity), unit_price=unit_price, tags=tuple(tags))
        )
    return Cart(currency=currency, lines=tuple(made), buyer=Buyer(segments=tuple(won)))


def saving(goods, rule):
    return evaluate(goods, [Promotion(promotion_id="p", effect=rule)]).saving


@pytest.mark.parametrize("prize", ["gold", "five"])
@pytest.mark.parametrize("on", [Selector(), Selector(tags=["a", "b"])])
def test_the_wheel_passes_the_suite(prize, on):
    def won(random_cart):
        return random_cart.evolve(buyer=Buyer(segments=(f"party:{prize}",)))

    assert check_rule(WHEEL.evolve(on=on), registry=REGISTRY, carts=80, prepare=won).effective > 20


@pytest.mark.parametrize("articles", [2, 3])
@pytest.mark.parametrize("percent", ["10%", "1/3", "100%"])
def test_the_colour_match_passes_the_suite(articles, percent):
    rule = ColourMatch(colours=("a", "b", "c"), articles=articles, percent=percent)
    assert check_rule(rule, registry=REGISTRY, carts=80).effective > 10


def test_the_wheel_gives_what_was_won():
    lamp = "LAMP 99 1"
    assert saving(cart(lamp, won=["party:gold"]), WHEEL) == yuan("19.80")
    assert saving(cart(lamp, lamp, won=["party:gold"]), WHEEL) == yuan("30")
    assert saving(cart(lamp, won=["party:five"]), WHEEL) == yuan("5")
    assert saving(cart("PEN 2 1", won=["party:five"]), WHEEL) == yuan("2")
    assert saving(cart(lamp, won=["party:five", "party:gold"]), WHEEL) == yuan("19.80")
    assert saving(cart(lamp, won=["summer:gold"]), WHEEL) == yuan("0")


@pytest.mark.parametrize(
    ("won", "code"),
    [((), "wheel_not_spun"), (("party:blank",), "wheel_blank"), (("party:gold",), "no_goods_of_the_wheel")],
)
def test_the_wheel_says_why_it_gives_nothing(won, code):
    offer = Promotion(promotion_id="wheel", effect=WHEEL.evolve(on=Selector(skus=["PEN"])))
    goods = cart("PEN 9 1" if "party:blank" in won else "LAMP 99 1", won=won)
    assert evaluate(goods, [offer]).of("wheel").code == code


def test_pricing_again_finds_the_same_prize():
    goods = cart("LAMP 99 2", won=["party:gold"])
    offers = [Promotion(promotion_id="wheel", effect=WHEEL)]
    assert len({evaluate(goods, offers).to_json() for _ in range(5)}) == 1


def test_colours_match_among_different_articles_only():
    assert saving(cart("COAT 100 1 red", "SCARF 50 2 red", "HAT 30 1 blue"), MATCH) == yuan("20")
    assert saving(cart("COAT 100 3 red", "COAT 100 1 red"), MATCH) == yuan("0")
    assert saving(cart("COAT 100 1 red blue", "SCARF 50 1 red", "HAT 30 1 blue"), MATCH) == yuan("18")
    assert saving(cart("COAT 100 1 green", "SCARF 50 1 green"), MATCH) == yuan("0")


def test_the_colour_match_says_how_much_is_missing():
    offer = Promotion(promotion_id="match", effect=MATCH.evolve(articles=3))
    found = evaluate(cart("COAT 100 1 red", "SCARF 50 1 red"), [offer]).of("match")
    assert (found.code, found.missing) == ("colours_do_not_match", 1)


def test_a_wheel_of_yuan_is_refused_on_a_cart_of_euros():
    offer = Promotion(promotion_id="wheel", effect=WHEEL)
    with pytest.raises(CurrencyMismatchError):
        evaluate(cart("LAMP 99 1", won=["party:gold"], currency="EUR"), [offer])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Prize(name="both", percent="10%", amount=yuan("5")),
        lambda: Prize(name="much", percent="120%"),
        lambda: Prize(name="owed", amount=yuan("-1")),
        lambda: Prize(name="loud name"),
        lambda: WHEEL.evolve(prizes=(Prize(name="one"), Prize(name="one"))),
        lambda: WHEEL.evolve(prizes=()),
        lambda: WHEEL.evolve(most=yuan("-1")),
        lambda: MATCH.evolve(percent="-10%"),
        lambda: MATCH.evolve(articles=1),
        lambda: MATCH.evolve(colours=()),
    ],
)
def test_senseless_rules_cannot_be_made(make):
    with pytest.raises(InputError):
        make()


def test_the_party_week_takes_the_better_game_and_never_more_than_half():
    games = [
        Promotion(promotion_id="wheel", effect=WHEEL, stage=1, stacking=Stacking(groups=["wheel"])),
        Promotion(promotion_id="match", effect=MATCH, stage=1, stacking=Stacking(groups=["wheel"])),
    ]
    small = cart("COAT 40 1 red", "SCARF 20 1 red", won=["party:gold"])
    large = cart("COAT 800 1 red", "SCARF 200 1 red", won=["party:gold"])
    for goods, applied in ((small, "wheel"), (large, "match")):
        priced = evaluate(goods, games, PARTY_WEEK)
        assert priced.applied == (applied,)
        assert priced.certificate.status == "optimal"
        assert verify(priced, goods, games, PARTY_WEEK).sound
    half = Promotion(promotion_id="half", effect=ColourMatch(colours=("red",), percent=Rate("80%")))
    assert evaluate(large, [half], PARTY_WEEK).saving == yuan("500")
