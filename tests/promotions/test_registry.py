"""Kinds, versions, JSON: what is known is read, what is not survives; and the suite every rule must pass."""

import json
from dataclasses import dataclass
from typing import ClassVar

import pytest

from shopcore.errors import CurrencyMismatchError, InputError, LimitError, RuleContractError
from shopcore.models import Buyer, Cart, CartLine, Cut, Money, Promotion, Proposal, Rate, RawRule
from shopcore.promotions import (
    BUILT_INS,
    PRESETS,
    Kind,
    Registry,
    Selector,
    StackingPolicy,
    evaluate,
    installed_presets,
    read_promotions,
)
from shopcore.promotions import conditions as c
from shopcore.promotions import rules as r
from shopcore.testing import check_rule

ON = Selector(tags=["a", "b"])


def yuan(minor):
    return Money(minor, "CNY")


@dataclass(frozen=True)
class Dearest:
    """A foreign rule: a share off the dearest unit."""

    percent: Rate
    kind: ClassVar[str] = "acme.dearest"
    v: ClassVar[int] = 2

    def propose(self, view):
        units = view.units()
        if not units:
            return Proposal()
        top = max(units, key=lambda unit: (view.price[unit], -unit))
        return Proposal((Cut((top,), rate=self.percent),))


ACME = Kind(
    "acme.dearest",
    lambda data: Dearest(Rate(data["percent"])),
    v=2,
    upgrades={1: lambda data: {"percent": f"{data['per_hundred']}%"}},
)
OFFERS = [
    (r.PercentOff(percent="15%", on=ON), "free"), (r.PercentOff(percent="15%", max_units=2), "matters"),
    (r.AmountOff(amount=yuan(77)), "free"), (r.FixedPrice(price=yuan(500), on=ON), "free"),
    (r.FlashSale(price=yuan(500), max_units=2), "matters"),
    (r.AddOn(price=yuan(9), threshold=yuan(900), on=ON), "matters"),
    (r.TieredPrice(tiers=[r.PriceTier(min_quantity=2, percent="10%")]), "free"),
    (r.SpendThreshold(threshold=yuan(5000), amount=yuan(700)), "free"),
    (r.SpendThreshold(every=yuan(5000), amount=yuan(700), max_times=3), "free"),
    (r.SpendThresholdPercent(threshold=yuan(900), percent="33%", cap=yuan(4000)), "free"),
    (r.SpendTiers(tiers=[r.SpendTier(min_spend=yuan(5000), percent="20%"),
                         r.SpendTier(min_spend=yuan(9000), amount=yuan(100))]), "free"),
    (r.NthUnit(group=3, percent="50%"), "matters"), (r.GroupAmount(group=2, amount_per_unit=yuan(50)), "matters"),
    (r.BuyXGetY(buy=2, get=1, percent="100%", on=ON), "matters"),
    (r.BuyXGetY(buy=1, get=2, amount=yuan(60), on=ON, get_on=Selector(tags=["b", "c"])), "matters"),
    (r.Bundle(parts=[r.BundlePart(on=ON), r.BundlePart(on=Selector(tags=["b", "c"]))], price=yuan(990)), "matters"),
    (r.AnyN(n=2, percent="20%"), "matters"), (r.AnyN(n=3, price=yuan(3000)), "matters"),
    (r.RedPacket(amount=yuan(888)), "free"), (r.Presale(deposit=yuan(50), worth=yuan(99)), "free"),
    (r.Points(points=900, value_per_point=yuan(1), cap_percent="30%"), "free"),
    (r.FreeShipping(threshold=yuan(100)), "free"),
    (r.BestOf(of=[r.PercentOff(percent="5%"), r.RedPacket(amount=yuan(300))]), "free"),
    (r.Sequence(of=[r.AmountOff(amount=yuan(50)), r.SpendThresholdPercent(percent="10%")]), "free"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "line_order"), OFFERS, ids=[rule.kind for rule, _ in OFFERS])
def test_the_built_in_rules_pass_the_suite_for_foreign_ones(rule, line_order):
    assert check_rule(rule, carts=60, line_order=line_order).effective > 0


def test_a_foreign_rule_passes_too_and_a_foul_one_is_named():
    mine = BUILT_INS.with_kinds(ACME)
    # Of two equally dear units it takes the first, so the order of the lines matters.
    assert check_rule(Dearest(Rate("10%")), carts=60, registry=mine, line_order="matters").effective > 0
    calls = []

    def moody(view):
        calls.append(1)
        return Proposal((Cut(view.units(), total=len(calls)),)) if view.units() else Proposal()

    with pytest.raises(AssertionError, match="same cart gives the same answer"):
        check_rule(moody, registry=None)
    with pytest.raises(AssertionError, match="order of the lines"):
        check_rule(lambda view: Proposal((Cut(view.units()[:1], total=50),)), registry=None)
    with pytest.raises(AssertionError, match="in the registry"):
        check_rule(Dearest(Rate("10%")))

    @dataclass(frozen=True)
    class Boaster(Dearest):
        def upper_bound(self, _view):
            return 0

    with pytest.raises(AssertionError, match="upper bound"):
        check_rule(Boaster(Rate("10%")), registry=None)


def test_old_versions_are_upgraded_and_unknown_ones_survive():
    registry = BUILT_INS.with_kinds(ACME)
    text = json.dumps([
        {"promotion_id": "old", "effect": {"kind": "acme.dearest", "per_hundred": 10}},
        {"promotion_id": "new", "effect": {"kind": "acme.dearest", "v": 2, "percent": "10%"}},
        {"promotion_id": "far", "effect": {"kind": "acme.dearest", "v": 9, "magic": [1, {"x": None}]}},
        {"promotion_id": "odd", "effect": {"kind": "other.wheel", "spins": 3}, "when": {"kind": "all", "of": [
            {"kind": "first_order"}, {"kind": "other.moon"}]}},
    ])  # fmt: skip
    old, new, far, odd = read_promotions(text, registry)
    assert old.effect == new.effect == Dearest(Rate("10%"))
    assert far.effect.to_dict() == {"kind": "acme.dearest", "v": 9, "magic": [1, {"x": None}]}
    assert isinstance(odd.when, c.AllOf)
    again = read_promotions([one.to_json() for one in (old, new, far, odd)], registry)
    assert again == (old, new, far, odd)
    tea = CartLine(line_id="1", sku="TEA", quantity=1, unit_price=yuan(1000))
    priced = evaluate(Cart(currency="CNY", lines=[tea]), [old, far, odd])
    assert [entry.code for entry in priced.trace] == ["applied", "unknown_kind", "unknown_kind"]


def test_promotions_read_one_by_one_are_looked_up_when_they_are_priced():
    read = Promotion.from_json(Promotion(promotion_id="p", effect=r.PercentOff(percent="10%")).to_json())
    tea = CartLine(line_id="1", sku="TEA", quantity=1, unit_price=yuan(1000))
    cart = Cart(currency="CNY", lines=[tea])
    assert evaluate(cart, [read]).saving == yuan(100)
    assert evaluate(cart, [read], registry=Registry()).of("p").code == "unknown_kind"


def test_the_schema_describes_what_is_written():
    schema = BUILT_INS.schema()
    offer = Promotion(promotion_id="p", effect=r.RedPacket(amount=yuan(1)), when=c.FirstOrder())
    assert set(json.loads(offer.to_json())) == set(schema["properties"])
    for name, rule in (("effect", offer.effect), ("when", offer.when)):
        assert {"$ref": f"#/$defs/kind:{rule.kind}"} in schema["properties"][name]["anyOf"]
        assert set(rule.to_dict()) == set(schema["$defs"][f"kind:{rule.kind}"]["properties"])
    references = {part.split('"')[0] for part in json.dumps(schema).split('"#/$defs/')[1:]}
    assert references <= set(schema["$defs"])


def test_hostile_json_is_refused_before_work_is_done():
    deep = "[" * 10_000 + "]" * 10_000
    for text, error in (
        (deep, LimitError),
        ("[" + "{}," * 1_000 + "{}]", LimitError),
        ('[{"promotion_id": "p", "effect": {"kind": "percent_off", "percent": "1e1000000"}}]', InputError),
        ('[{"promotion_id": "p", "effect": {"kind": "percent_off", "percent": "NaN"}}]', InputError),
        ('[{"promotion_id": "p", "effect": {"kind": "percent_off", "percent": 0.1}}]', InputError),
        ('[{"promotion_id": "p", "effect": {"spins": 3}}]', InputError),
        ('{"promotion_id": "p"}', InputError),
        ("nonsense", InputError),
    ):
        with pytest.raises(error):
            read_promotions(text)


def test_a_kind_is_known_once():
    with pytest.raises(InputError, match="names that differ"):
        BUILT_INS.with_kinds(Kind("percent_off", r.PercentOff.from_dict))
    assert Registry((ACME,)).with_entry_points() == Registry((ACME,))


def test_a_plain_function_has_no_json():
    with pytest.raises(Exception, match="no JSON form"):
        Promotion(promotion_id="p", effect=lambda view: Proposal((Cut(view.units(), total=1),))).to_json()
    with pytest.raises(RuleContractError):
        check_rule(lambda _: 5, registry=None)


@pytest.mark.parametrize("effect", [
    {}, {"percent": None}, {"percent": []}, {"percent": {"x": 1}}, {"percent": 0.1}, {"percent": "rubbish"},
    {"v": 1}, {"v": 1, "per_hundred": "rubbish"},
])  # fmt: skip
def test_data_a_foreign_reader_trips_over_are_bad_input(effect):
    text = json.dumps([{"promotion_id": "p", "effect": {"kind": "acme.dearest", "v": 2, **effect}}])
    with pytest.raises(InputError):
        read_promotions(text, BUILT_INS.with_kinds(ACME))
    with pytest.raises(InputError, match=r"readable as a rule of kind acme\.broken: ZeroDivisionError") as caught:
        Kind("acme.broken", lambda _: 1 // 0).value(RawRule.of({"kind": "acme.broken"}))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@dataclass(frozen=True)
class Prize:
    off: Money


@dataclass(frozen=True)
class Wheel:
    prizes: tuple[Prize, ...]
    kind: ClassVar[str] = "acme.wheel"
    v: ClassVar[int] = 1

    def propose(self, view):
        return Proposal((Cut(view.units(), total=self.prizes[0].off.minor),))


def test_amounts_inside_a_foreign_rule_must_be_in_the_currency_of_the_cart():
    offer = Promotion(promotion_id="wheel", effect=Wheel((Prize(yuan(500)),)))
    assert {found.code for found in offer.currencies} == {"CNY"}
    line = CartLine(line_id="1", sku="TEA", quantity=1, unit_price=Money(1000, "EUR"))
    with pytest.raises(CurrencyMismatchError):
        evaluate(Cart(currency="EUR", lines=[line]), [offer])


def test_the_suite_is_led_to_the_facts_a_rule_asks_for():
    def members_only(view):
        off = 50 if view.cart.buyer.level == "gold" and view.units() else 0
        return Proposal((Cut(view.units(), total=off),)) if off else Proposal()

    assert check_rule(members_only, registry=None, carts=30).effective == 0
    led = check_rule(members_only, registry=None, carts=30, prepare=lambda cart: cart.evolve(buyer=Buyer(level="gold")))
    assert led.effective > 0


def test_a_registry_is_short_to_look_at():
    assert repr(Registry((ACME,))) == "<Registry of 1 kinds>"
    assert len(repr(BUILT_INS)) < 40


def offer_presets(folder, text):
    info = folder / "acme-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[shopcore.presets]\n{text}\n", "utf-8")


def test_installed_presets_join_the_built_in_ones(tmp_path, monkeypatch):
    assert installed_presets() == PRESETS
    offer_presets(tmp_path, "acme_week = acme_presets:WEEK")
    module = "from shopcore.promotions import StackingPolicy\nWEEK = StackingPolicy(max_codes=1)\nNONE = 5\n"
    (tmp_path / "acme_presets.py").write_text(module, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert installed_presets() == {**PRESETS, "acme_week": StackingPolicy(max_codes=1)}


@pytest.mark.parametrize(("text", "words"), [
    ("sylius = shopcore.promotions:PRESETS", "not taken"), ("acme = shopcore.promotions:PRESETS", "a StackingPolicy"),
])  # fmt: skip
def test_a_preset_that_is_none_or_takes_a_name_is_refused(tmp_path, monkeypatch, text, words):
    offer_presets(tmp_path, text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match=words):
        installed_presets()
