"""One check of a product: what keeps it from being listed well, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from shopcore._checks import instance, integer
from shopcore.listing._claims import find_claims
from shopcore.listing._title import TitleWords, repeated_words, title_width, words_out_of_order
from shopcore.listing._words import PRC_WORDS, ClaimWord
from shopcore.models import Money, Product, Rate, Result, Sku, UnitPrice, check_gtin
from shopcore.models._rate import rate_argument
from shopcore.models._result import html_table

if TYPE_CHECKING:
    from shopcore.typing import RateLike

__all__ = ["ListingCheck", "ListingIssue", "ListingRules", "MediaLimits", "check_listing"]


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What a platform asks of pictures and videos (主图与视频要求); None where it asks nothing.

    Parameters
    ----------
    images_at_least, images_at_most : int
        Number of pictures.
    side_at_least : int
        Pixels of the shorter side of the main picture.
    square_main : bool
        Whether the main picture must be square.
    image_bytes_at_most, video_bytes_at_most : int
        Size of one file.
    video_seconds_at_most : int
        Length of a video.

    Examples
    --------
    >>> MediaLimits(images_at_least=3, video_seconds_at_most=30).side_at_least
    800
    """

    images_at_least: int | None = field(default=1, kw_only=True)
    images_at_most: int | None = field(default=None, kw_only=True)
    side_at_least: int | None = field(default=800, kw_only=True)
    square_main: bool = field(default=False, kw_only=True)
    image_bytes_at_most: int | None = field(default=3_000_000, kw_only=True)
    video_bytes_at_most: int | None = field(default=None, kw_only=True)
    video_seconds_at_most: int | None = field(default=60, kw_only=True)


@dataclass(frozen=True, slots=True)
class ListingRules:
    """What a listing is held to; the figures are those of the platform, the defaults those of the guides.

    Parameters
    ----------
    words, allowed : sequence
        As in `find_claims`.
    blank_share : Rate, str, Decimal or int
        The largest share of attributes that may be blank; ``"0.20"``.
    title_width : int
        The widest title, full-width characters counting two; 60, thirty Chinese characters.
    repeats : int
        How often the same word makes a title stuffed; 3.
    price_ratio : Rate, str, Decimal or int, optional
        The dearest SKU may cost at most this many times the cheapest.
    media : MediaLimits
        Pictures and videos.

    Examples
    --------
    >>> ListingRules(blank_share="0.1", price_ratio=5).title_width
    60
    """

    words: Sequence[ClaimWord] = field(default=PRC_WORDS, kw_only=True)
    allowed: Sequence[str] = field(default=(), kw_only=True)
    blank_share: RateLike = field(default="0.20", kw_only=True)
    title_width: int = field(default=60, kw_only=True)
    repeats: int = field(default=3, kw_only=True)
    price_ratio: RateLike | None = field(default=None, kw_only=True)
    media: MediaLimits = field(default=MediaLimits(), kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "blank_share", rate_argument("blank_share", self.blank_share, low=0))
        if self.price_ratio is not None:
            object.__setattr__(self, "price_ratio", rate_argument("price_ratio", self.price_ratio, low=1))
        integer("title_width", self.title_width, low=1, high=600)
        integer("repeats", self.repeats, low=2, high=50)
        instance("media", self.media, MediaLimits)


@dataclass(frozen=True, slots=True)
class ListingIssue(Result):
    """One thing that keeps a product from being listed well.

    Attributes
    ----------
    code : str
        What it is, such as ``"forbidden_claim"`` or ``"weight_missing"``.
    severity : str
        ``"blocker"``, ``"warning"`` or ``"hint"``.
    where : str
        The field, ``"title"`` or ``"skus.MUG-RED.gtin"``.
    text : str
        In words, with the figures.
    """

    code: str
    severity: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class ListingCheck(Result):
    """What keeps a product from being listed well (商品发布质检).

    Attributes
    ----------
    product_id : str
        Of the product.
    issues : tuple of ListingIssue
        Blockers first, then warnings, then hints.
    """

    product_id: str
    issues: tuple[ListingIssue, ...]

    @property
    def publishable(self) -> bool:
        """Whether nothing blocks it."""
        return all(issue.severity != "blocker" for issue in self.issues)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the issues, in their order."""
        return tuple(issue.code for issue in self.issues)

    def explain(self) -> str:
        """Return every issue with its reason, and whether it may be published."""
        rows = [f"{issue.severity} {issue.code} at {issue.where}: {issue.text}" for issue in self.issues]
        return "\n".join([f"{self.product_id}: " + ("fit to list" if self.publishable else "blocked"), *rows])

    def _repr_html_(self) -> str:
        """Return the issues as a table."""
        rows = [(issue.severity, issue.code, issue.where, issue.text) for issue in self.issues]
        return html_table(f"Listing of {self.product_id}", ("severity", "code", "where", "why"), rows)


_ORDER: Final = ("blocker", "warning", "hint")
USUAL: Final = ListingRules()
NO_WORDS: Final = TitleWords()


def check_listing(product: Product, *, rules: ListingRules = USUAL, title_words: TitleWords = NO_WORDS) -> ListingCheck:
    """Return what keeps a product from being listed well, and why (商品发布质检).

    Parameters
    ----------
    product : Product
        With its attributes (blank ones too), media facts and SKUs.
    rules : ListingRules
        What it is held to.
    title_words : TitleWords, optional
        The core words, attributes and scene its title should name in this order.

    Returns
    -------
    ListingCheck
        Blockers: forbidden claims, no SKU, no price, no picture, a list price below the price. The rest are warnings
        and hints.

    Notes
    -----
    Attributes are too blank where blank / all > `blank_share`; exactly the share is not.

    Examples
    --------
    >>> from shopcore.models import Attribute
    >>> mug = Product(product_id="P1", title="全网 最 低价 马克杯", attributes=[Attribute(name="material")],
    ...               skus=[Sku(sku="MUG", price=Money(3900, "CNY"), weight_grams=380)])
    >>> check_listing(mug).codes
    ('forbidden_claim', 'images_missing', 'attributes_blank', 'gtin_missing', 'category_missing')
    """
    instance("product", product, Product)
    instance("rules", rules, ListingRules)
    instance("title_words", title_words, TitleWords)
    issues = [
        *_claims(product, rules), *_title(product, rules, title_words), *_attributes(product, rules),
        *_media(product, rules.media), *_prices(product, rules), *_skus(product),
    ]  # fmt: skip
    if not product.category:
        issues.append(ListingIssue("category_missing", "hint", "category", "no category"))
    issues.sort(key=lambda issue: _ORDER.index(issue.severity))
    return ListingCheck(product.product_id, tuple(issues))


def _claims(product: Product, rules: ListingRules) -> Iterator[ListingIssue]:
    texts = [("title", product.title), ("description", product.description or "")]
    texts += [(f"attributes.{entry.name}", entry.value or "") for entry in product.attributes]
    texts += [(f"skus.{sku.sku}.title", sku.title or "") for sku in product.skus]
    for where, text in texts:
        for hit in find_claims(text, words=rules.words, allowed=rules.allowed):
            yield ListingIssue("forbidden_claim", "blocker", where, hit.explain())


def _title(product: Product, rules: ListingRules, words: TitleWords) -> Iterator[ListingIssue]:
    title = product.title
    width = title_width(title)
    if width > rules.title_width:
        yield ListingIssue("title_too_long", "warning", "title", f"width {width}, at most {rules.title_width}")
    repeated = repeated_words(title, times=rules.repeats)
    if repeated:
        yield ListingIssue(
            "title_stuffed", "warning", "title", f"{rules.repeats} times or more: " + ", ".join(repeated)
        )
    late = words_out_of_order(title, words)
    if late == ("core",):
        yield ListingIssue("core_word_missing", "warning", "title", "none of " + ", ".join(words.core))
    elif late:
        yield ListingIssue(
            "title_order", "hint", "title", "core words, attributes, scene: too early are " + ", ".join(late)
        )


def _attributes(product: Product, rules: ListingRules) -> Iterator[ListingIssue]:
    blank = [entry.name for entry in product.attributes if not (entry.value or "").strip()]
    limit = rate_argument("blank_share", rules.blank_share, low=0)
    if not product.attributes:
        yield ListingIssue("attributes_missing", "warning", "attributes", "none is given")
    elif Rate(len(blank)) / len(product.attributes) > limit:
        text = f"{len(blank)} of {len(product.attributes)} blank, at most {limit}: " + ", ".join(blank[:10])
        yield ListingIssue("attributes_blank", "warning", "attributes", text)


def _media(product: Product, limits: MediaLimits) -> Iterator[ListingIssue]:
    images = [entry for entry in product.media if entry.kind == "image"]
    if limits.images_at_least is not None and len(images) < limits.images_at_least:
        text = f"{len(images)} pictures, at least {limits.images_at_least}"
        code = "images_too_few" if images else "images_missing"
        yield ListingIssue(code, "warning" if images else "blocker", "media", text)
    if limits.images_at_most is not None and len(images) > limits.images_at_most:
        text = f"{len(images)} pictures, at most {limits.images_at_most}"
        yield ListingIssue("images_too_many", "warning", "media", text)
    main = next((entry for entry in images if entry.is_main), images[0] if images else None)
    if main is not None:
        side = min(main.width, main.height)
        if limits.side_at_least is not None and side < limits.side_at_least:
            text = f"shorter side {side} px, at least {limits.side_at_least}"
            yield ListingIssue("main_image_too_small", "warning", "media", text)
        if limits.square_main and main.width != main.height:
            yield ListingIssue("main_image_not_square", "warning", "media", f"{main.width} x {main.height} px")
    for entry in product.media:
        most = limits.image_bytes_at_most if entry.kind == "image" else limits.video_bytes_at_most
        if most is not None and entry.size_bytes is not None and entry.size_bytes > most:
            yield ListingIssue("file_too_large", "warning", "media", f"{entry.size_bytes} bytes, at most {most}")
        longest = limits.video_seconds_at_most
        if entry.kind == "video" and longest is not None and (entry.seconds or 0) > longest:
            yield ListingIssue("video_too_long", "warning", "media", f"{entry.seconds:g} s, at most {longest}")


def _exact(price: Money | UnitPrice) -> Rate:
    return Rate(price.minor) / price.currency.factor if isinstance(price, Money) else price.amount


def _prices(product: Product, rules: ListingRules) -> Iterator[ListingIssue]:
    prices = [sku.price for sku in product.skus if sku.price is not None]
    if len({price.currency for price in prices}) > 1:
        yield ListingIssue("currencies_mixed", "blocker", "skus", "prices in several currencies")
        return
    for sku in product.skus:
        where = f"skus.{sku.sku}"
        if sku.price is None or _exact(sku.price) == 0:
            yield ListingIssue("price_missing", "blocker", f"{where}.price", "no price above zero")
        elif (
            sku.list_price is not None
            and sku.list_price.currency is sku.price.currency
            and _exact(sku.list_price) < _exact(sku.price)
        ):
            text = f"list price {sku.list_price} is below the price {sku.price}"
            yield ListingIssue("list_price_below_price", "blocker", f"{where}.list_price", text)
    sold = [_exact(price) for price in prices if _exact(price) > 0]
    limit = rules.price_ratio
    if limit is not None and sold and max(sold) > min(sold) * rate_argument("price_ratio", limit, low=1):
        text = f"the dearest SKU costs more than {limit} times the cheapest ({max(sold)} against {min(sold)})"
        yield ListingIssue("price_ladder", "warning", "skus", text)


def _skus(product: Product) -> Iterator[ListingIssue]:
    if not product.skus:
        yield ListingIssue("skus_missing", "blocker", "skus", "nothing to sell")
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for sku in product.skus:
        yield from _sku(sku)
        options = tuple(sorted((option.name, option.value) for option in sku.options))
        if seen.setdefault(options, sku.sku) != sku.sku:
            text = f"the same options as {seen[options]}"
            yield ListingIssue("options_repeated", "warning", f"skus.{sku.sku}.options", text)


def _sku(sku: Sku) -> Iterator[ListingIssue]:
    where = f"skus.{sku.sku}"
    if sku.weight_grams is None:
        yield ListingIssue("weight_missing", "warning", f"{where}.weight_grams", "freight cannot be computed")
    if sku.gtin is None:
        yield ListingIssue("gtin_missing", "warning", f"{where}.gtin", "no trade item number")
        return
    flags = check_gtin(sku.gtin).flags
    if flags:
        text = f"{', '.join(flags)}: no global identifier"
        yield ListingIssue("gtin_restricted", "warning", f"{where}.gtin", text)
