"""Forbidden claims through disguises, titles, and the check of a whole product."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcore.errors import InputError, LimitError
from shopcore.listing import (
    PRC_WORDS,
    ClaimWord,
    ListingRules,
    MediaLimits,
    TitleWords,
    check_listing,
    find_claims,
    repeated_words,
    title_width,
    words_out_of_order,
)
from shopcore.models import Attribute, MediaFacts, Money, Product, Sku, SpecOption, UnitPrice

WORDS = [word.text for word in PRC_WORDS]


def names(text, **options):
    return [hit.word for hit in find_claims(text, **options)]


def test_the_list_is_clean():
    assert len(set(WORDS)) == len(WORDS) > 150
    assert {word.category for word in PRC_WORDS} == {"superlative", "ranking", "medical", "authority", "promise"}
    assert all(word.rule for word in PRC_WORDS)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("全网 最 低价", "全网最低价"),
        ("ＮＯ．１ 品牌", "NO.1"),
        ("国家级", "国家级"),
        ("國家級", "国家级"),
        ("最*好*用", "最好"),
        ("最\u200b佳选择", "最佳"),
        ("N0.1", "NO.1"),
        ("№1 品质", "NO.1"),
        ("NО.1", "NO.1"),  # with a Cyrillic letter
        ("𝐍𝐎.𝟏", "NO.1"),
        ("N\u0332O\u0332.1", "NO.1"),
        ("蕞好", "最好"),
        ("顶🔥级", "顶级"),
        ("独【一】无二", "独一无二"),
        ("抗-炎", "抗炎"),
        ("⼀次見效", "一次见效"),
        ("100 % 有效", "100%有效"),
        ("The Lowest  Price", "lowest price"),
    ],
)
def test_disguises_are_seen_through(text, word):
    [hit] = find_claims(text)
    assert hit.word == word
    assert text[hit.start : hit.end] == hit.found


@pytest.mark.parametrize(
    "text",
    [
        "casino 1 set", "model no 12", "nol", "小而精，佳品", "最。好", "第一次购买", "马克杯 350ml 陶瓷", "", "   ",
        "stop 1 minute",         "最近上新", "one two three",
    ],
)  # fmt: skip
def test_harmless_texts_are_left_alone(text):
    assert find_claims(text) == ()


def test_the_longer_hit_is_given():
    assert names("全网最低价") == ["全网最低价"]
    assert names("史上最低价") == ["史上最低价"]


def test_plain_and_disguised_are_told_apart():
    plain, hidden = find_claims("顶级，顶 级")
    assert (plain.disguised, hidden.disguised) == (False, True)
    assert "written as '顶 级'" in hidden.explain()
    assert "art. 9" in plain.explain()


def test_words_of_your_own_and_allowed_ones():
    assert names("earth's fine-st", words=[ClaimWord("earth's finest", "superlative")]) == ["earth's finest"]
    assert names("消炎", allowed=["消炎"]) == []
    with pytest.raises(InputError):
        names("x", allowed=["no such word"])
    with pytest.raises(InputError):
        names("x", words=["text"])
    with pytest.raises(InputError):
        names("x", words=[ClaimWord("...", "promise")])
    with pytest.raises(InputError):
        names(5)
    with pytest.raises(LimitError):
        names("x" * 100_001)


@given(st.sampled_from(WORDS), st.data())
def test_every_word_is_found_however_it_is_spaced(word, data):
    gaps = st.sampled_from(["", " ", "\u200b", "*", "·", "\u3000", "\ufeff", "~"])
    text = "".join(character + data.draw(gaps) for character in word)
    assert any(word in hit for hit in names(f"杯 {text} 杯"))
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    assert names(f"杯 {wide.upper()} 杯")


@given(st.text(max_size=200))
def test_any_text_is_taken(text):
    for hit in find_claims(text):
        assert text[hit.start : hit.end] == hit.found
    title_width(text)
    repeated_words(text)


def test_titles():
    words = TitleWords(core=["马克杯"], attributes=["陶瓷", "350ml"], scene=["办公室"])
    assert words_out_of_order("马克杯 陶瓷 办公室", words) == ()
    assert words_out_of_order("陶瓷 马克杯 办公室", words) == ("attributes",)
    assert words_out_of_order("杯子 陶瓷", words) == ("core",)
    assert words_out_of_order("马克杯", words) == ()
    assert repeated_words("mug mug mug tea") == ("mug",)
    assert repeated_words("a b c") == ()
    assert title_width("Ａ a\u200b") == 4
    with pytest.raises(InputError):
        TitleWords(core="mug")
    with pytest.raises(LimitError):
        TitleWords(core=["a"] * 201)


def good(**changes):
    sku = Sku(
        sku="MUG", price=Money(3900, "CNY"), list_price=Money(4900, "CNY"), weight_grams=380, gtin="4006381333931"
    )
    fields = {
        "product_id": "P1",
        "title": "马克杯 陶瓷 350ml 办公室",
        "category": ["home", "mugs"],
        "attributes": [Attribute(name=f"a{number}", value="x") for number in range(5)],
        "media": [MediaFacts(kind="image", width=800, height=800, size_bytes=200_000, is_main=True)],
        "skus": [sku],
    }
    return Product(**{**fields, **changes})


def changed(**changes):
    return good(skus=[good().skus[0].evolve(**changes)])


def blank(count, of):
    return good(attributes=[Attribute(name=f"a{n}", value=None if n < count else "x") for n in range(of)])


def test_a_good_product_has_no_issue():
    found = check_listing(good())
    assert (found.codes, found.publishable) == ((), True)
    assert found.explain() == "P1: fit to list"


@pytest.mark.parametrize(
    ("product", "code", "blocks"),
    [
        (good(title="国家级 马克杯"), "forbidden_claim", True),
        (good(description="可以治疗失眠"), "forbidden_claim", True),
        (good(attributes=[Attribute(name="effect", value="抗 炎")]), "forbidden_claim", True),
        (good(title="马克杯马克杯马克杯"), "title_stuffed", False),
        (good(title="杯" * 31), "title_too_long", False),
        (blank(2, 9), "attributes_blank", False),
        (good(attributes=[]), "attributes_missing", False),
        (good(attributes=[Attribute(name="a", value="  ")]), "attributes_blank", False),
        (good(media=[]), "images_missing", True),
        (good(media=[MediaFacts(kind="image", width=799, height=2000)]), "main_image_too_small", False),
        (good(media=[*good().media, MediaFacts(kind="video", width=9, height=9, seconds=61)]), "video_too_long", False),
        (good(media=[MediaFacts(kind="image", width=900, height=900, size_bytes=3_000_001)]), "file_too_large", False),
        (good(skus=[]), "skus_missing", True),
        (changed(price=None), "price_missing", True),
        (changed(price=Money(0, "CNY")), "price_missing", True),
        (changed(list_price=Money(3899, "CNY")), "list_price_below_price", True),
        (changed(list_price=UnitPrice("38.999", "CNY")), "list_price_below_price", True),
        (changed(weight_grams=None), "weight_missing", False),
        (changed(gtin=None), "gtin_missing", False),
        (changed(gtin="2012345678903"), "gtin_restricted", False),
        (good(category=[]), "category_missing", False),
        (good(skus=[good().skus[0], good().skus[0].evolve(sku="B")]), "options_repeated", False),
        (good(skus=[good().skus[0], good().skus[0].evolve(sku="B", price=Money(1, "USD"),
              options=[SpecOption(name="colour", value="red")])]), "currencies_mixed", True),
    ],
)  # fmt: skip
def test_each_fault_is_named(product, code, blocks):
    found = check_listing(product)
    assert code in found.codes
    assert found.publishable != blocks
    assert code in found.explain()


def test_exactly_a_fifth_blank_is_allowed():
    assert check_listing(blank(1, 5)).codes == ()
    assert check_listing(blank(2, 10)).codes == ()
    assert check_listing(blank(3, 10)).codes == ("attributes_blank",)


def test_rules_are_data():
    dear = good().skus[0].evolve(sku="B", price=Money(39_001, "CNY"), list_price=None,
                                 options=[SpecOption(name="pack", value="10")])  # fmt: skip
    product = good(skus=[good().skus[0], dear])
    assert check_listing(product).codes == ()
    assert check_listing(product, rules=ListingRules(price_ratio=10)).codes == ("price_ladder",)
    limits = MediaLimits(images_at_least=3, images_at_most=0, square_main=True, side_at_least=None)
    assert check_listing(good(), rules=ListingRules(media=limits)).codes == ("images_too_few", "images_too_many")
    words = TitleWords(core=["马克杯"], attributes=["陶瓷"], scene=["办公室"])
    assert check_listing(good(title="陶瓷 马克杯"), title_words=words).codes == ("title_order",)
    assert check_listing(good(title="陶瓷 水杯"), title_words=words).codes == ("core_word_missing",)


def test_misuse_is_refused():
    for wrong in ({"blank_share": -1}, {"title_width": 0}, {"repeats": 1}, {"price_ratio": "0.5"}, {"media": 5}):
        with pytest.raises(InputError):
            ListingRules(**wrong)
    with pytest.raises(InputError):
        check_listing("product")


def test_blockers_come_first_and_html_is_escaped():
    found = check_listing(good(title="<b>顶级", category=[], media=[]))
    assert [issue.severity for issue in found.issues] == ["blocker", "blocker", "hint"]
    assert "<b>" not in found._repr_html_()
    assert found.to_dict()["issues"][0]["code"] == "forbidden_claim"
