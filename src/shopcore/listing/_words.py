"""Words a listing may not use, as data: what each is and which rule speaks against it.

Not legal advice, and not complete: a shop adds the words its platform names and takes out those its licences allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from shopcore._checks import one_of, text

__all__ = ["PRC_WORDS", "Category", "ClaimWord"]

Category: TypeAlias = Literal["superlative", "ranking", "medical", "authority", "promise"]


@dataclass(frozen=True, slots=True)
class ClaimWord:
    """A word or phrase that a listing may not use (违禁词).

    Parameters
    ----------
    text : str
        As it is usually written; spellings that look alike are found too.
    category : {"superlative", "ranking", "medical", "authority", "promise"}
        What kind of claim it is.
    rule : str
        The rule that speaks against it.

    Examples
    --------
    >>> ClaimWord("earth's finest", "superlative", "house rule").category
    'superlative'
    """

    text: str
    category: Category
    rule: str = ""

    def __post_init__(self) -> None:
        text("text", self.text, max_length=60)
        one_of("category", self.category, get_args(Category))
        text("rule", self.rule, max_length=200, min_length=0)


_ARTICLE_9: Final = "PRC Advertising Law art. 9 (3)"
_ARTICLE_9_STATE: Final = "PRC Advertising Law art. 9 (1)-(2)"
_ARTICLE_17: Final = "PRC Advertising Law art. 17"
_ARTICLE_28: Final = "PRC Advertising Law art. 28"

_LISTS: Final[tuple[tuple[Category, str, str], ...]] = (
    (
        "superlative",
        _ARTICLE_9,
        """
        国家级,世界级,宇宙级,最高级,最佳,最好,最优,最优秀,最强,最高,最低,最低价,最便宜,最实惠,最划算,最先进,
        最先,最新科技,最时尚,最受欢迎,最畅销,最热销,最舒适,最安全,最权威,最高端,最专业,最具,最流行,最爱,
        史上最,史上最低价,全网最低,全网最低价,全国最低,全国最低价,全城最低,极品,极致,极佳,顶级,顶尖,顶峰,
        巅峰,至尊,至高无上,尖端,终极,绝佳,绝对,绝无仅有,独一无二,空前绝后,史无前例,前所未有,无与伦比,无敌,
        万能,完美,唯一,仅此一款,奢侈,王牌,金牌,名牌,之王,之最,缔造者,遥遥领先,领袖品牌,领导品牌,领先上市,
        超级无敌,世界领先,全球领先,国际领先,全球首发,全国首发,独家,首选,首家,填补国内空白,cheapest,
        lowest price,
        """,
    ),
    (
        "ranking",
        _ARTICLE_9,
        """
        全国第一,全网第一,世界第一,全球第一,行业第一,销量第一,排名第一,天下第一,质量第一,第一品牌,第一名,
        销售冠军,销量冠军,全网销量冠军,NO.1,TOP1,全国NO.1,冠军品牌,全国十大品牌,number one,
        """,
    ),
    (
        "authority",
        _ARTICLE_9_STATE,
        """
        国家领导人,领导人推荐,国务院,人民大会堂,国宴,国家机关,国家免检,质量免检,免检产品,特供,专供,军队特供,
        驰名商标,中国驰名,国旗,国徽,
        """,
    ),
    (
        "medical",
        _ARTICLE_17,
        """
        治疗,治愈,根治,主治,治病,疗效,药效,疗程,处方,复方,药用,药到病除,包治百病,消炎,抗炎,镇痛,止痛,止咳,
        退烧,降血压,降血糖,降血脂,降压,降糖,抗癌,防癌,抗肿瘤,防肿瘤,活血,化瘀,活血化瘀,祛湿,补肾,壮阳,排毒,
        清热解毒,通便,安神,催眠,抗过敏,脱敏,祛疤,生发,细胞再生,修复细胞,延年益寿,增强免疫力,提高免疫力,
        促进新陈代谢,促进血液循环,改善内分泌,平衡荷尔蒙,治失眠,治脱发,医疗级,医学护肤,临床验证,临床试验,
        无副作用,无毒副作用,妊娠纹,防辐射,cures cancer,clinically proven,
        """,
    ),
    (
        "promise",
        _ARTICLE_28,
        """
        永久,永不褪色,百分百有效,百分之百有效,100%有效,立竿见影,一次见效,无效退款,假一罚万,零风险,包过,稳赚,
        """,
    ),
)

PRC_WORDS: Final[tuple[ClaimWord, ...]] = tuple(
    ClaimWord(word.strip(), category, rule)
    for category, rule, words in _LISTS
    for word in words.split(",")
    if word.strip()
)
