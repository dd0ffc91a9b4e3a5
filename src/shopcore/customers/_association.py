"""Which products are bought together: support, confidence and lift with intervals, error controlled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from shopcore._checks import fail_limit, instance, integer, number
from shopcore._intervals import adjust, binomial_p, normal_quantile, wilson_of
from shopcore.customers._history import codes_of, same_rows
from shopcore.customers._table import Table
from shopcore.models import Result
from shopcore.typing import FloatArray, IntArray

__all__ = ["Associations", "Bundle", "CrossSell", "associations", "cross_sell"]

MAX_ITEMS: Final = 20_000
MAX_PAIRS: Final = 200_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Associations(Table):
    """Pairs of products and how much more often they meet than chance would have it (购物篮关联).

    One row for each pair that met often enough, the surest lift first: ordered by the lower end of the interval, so
    that three baskets of a rare pair do not outrank three hundred of a common one.

    Attributes
    ----------
    first, second : arrays of shape (m,)
        The products; `first` is the rarer one.
    first_code, second_code : int64 arrays
        Their places among all products in order, for fast grouping.
    baskets : int64 array
        Baskets with both.
    support : float64 array
        Share of all baskets with both.
    confidence_first, confidence_second : float64 arrays
        Share of the baskets with the first that hold the second, and the other way round.
    confidence_low, confidence_high : float64 arrays
        Wilson interval of `confidence_first`.
    lift : float64 array
        Baskets with both over those expected if they were independent: adjusted for popularity.
    lift_low, lift_high : float64 arrays
        Interval of `lift` (delta method on its logarithm).
    p_value : float64 array
        Of meeting no more often than by chance, adjusted for all pairs that could have met (Benjamini-Hochberg).
    all_baskets : int
    pairs_seen : int
        Pairs that met at all.
    confidence : float
    """

    first: Any
    second: Any
    first_code: IntArray
    second_code: IntArray
    baskets: IntArray
    support: FloatArray
    confidence_first: FloatArray
    confidence_second: FloatArray
    confidence_low: FloatArray
    confidence_high: FloatArray
    lift: FloatArray
    lift_low: FloatArray
    lift_high: FloatArray
    p_value: FloatArray
    all_baskets: int
    pairs_seen: int
    confidence: float

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.baskets)

    def bundles(self, *, top: int = 10, min_lift: float = 1.0, max_p_value: float = 0.05) -> tuple[Bundle, ...]:
        """Return the pairs to offer together: a lift surely above `min_lift`, the most baskets first.

        Examples
        --------
        >>> baskets = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12]
        >>> items = ["tea", "cup"] * 6 + ["jam"] * 6
        >>> associations(baskets, items).bundles()[0].explain()
        'cup with tea: together in 6 baskets, 2 times as often as by chance'
        """
        floor = number("min_lift", min_lift, low=0.0)
        keep = np.flatnonzero((self.lift_low > floor) & (self.p_value <= number("max_p_value", max_p_value, low=0.0)))
        keep = keep[np.argsort(-self.baskets[keep], kind="stable")][: integer("top", top, low=0)]
        return tuple(
            Bundle(self.first[row], self.second[row], int(self.baskets[row]), float(self.lift[row])) for row in keep
        )

    def explain(self) -> str:
        """Return the surest pairs in words."""
        head = f"{len(self)} pairs of {self.pairs_seen} that met in {self.all_baskets} baskets"
        rows = [
            f"{self.first[row]} with {self.second[row]}: lift {self.lift[row]:.2f} "
            f"({self.lift_low[row]:.2f} to {self.lift_high[row]:.2f})"
            for row in range(min(len(self), 5))
        ]
        return "\n".join([head, *rows])


@dataclass(frozen=True, slots=True)
class Bundle(Result):
    """Two products to offer together (搭配候选), with the baskets and the lift that speak for it."""

    first: Any
    second: Any
    baskets: int
    lift: float

    def explain(self) -> str:
        """Return in words why."""
        often = f"{self.lift:.3g} times as often as by chance"
        return f"{self.first} with {self.second}: together in {self.baskets} baskets, {often}"


def associations(
    baskets: object,
    items: object,
    *,
    min_baskets: int = 5,
    min_item_baskets: int = 1,
    confidence: float = 0.95,
) -> Associations:
    """Return which products are bought together more often than their popularity explains (关联分析).

    Parameters
    ----------
    baskets, items : array-like of shape (n,)
        Order number and product of each line: integers or texts. Repeated lines count once.
    min_baskets : int
        Pairs that met less often are left out.
    min_item_baskets : int
        Products in fewer baskets are left out before pairs are made.
    confidence : float
        Of the intervals.

    Returns
    -------
    Associations

    Raises
    ------
    InputError
        If a column holds what it should not.
    LimitError
        If more than 20,000 products or 200,000,000 pairs within baskets are left.

    Notes
    -----
    ``lift = n * n_both / (n_first * n_second)``, its interval by the delta method on the logarithm over the table of
    four cells. The p value is the upper tail of a binomial: `n_first` baskets, each with the second product at its
    share of all baskets; slightly larger than the exact hypergeometric tail.
    Source: Agrawal, Imielinski and Swami 1993; Brin, Motwani and Silverstein 1997.

    Examples
    --------
    >>> baskets = [1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9]
    >>> found = associations(baskets, ["tea", "cup"] * 3 + ["jam"] * 6, min_baskets=1)
    >>> found.first.tolist(), found.second.tolist(), found.lift.tolist(), found.confidence_first.tolist()
    (['cup'], ['tea'], [3.0], [1.0])
    """
    integer("min_baskets", min_baskets, low=1)
    names, lines, size = _lines(baskets, items, integer("min_item_baskets", min_item_baskets, low=1))
    basket, item = lines
    held = np.bincount(item, minlength=len(names))
    one, two, both = _pairs(basket, item, len(names))
    seen = len(both)
    keep = both >= min_baskets
    one, two, both = one[keep], two[keep], both[keep]
    turn = held[one] > held[two]
    one, two = np.where(turn, two, one), np.where(turn, one, two)
    possible = len(names) * (len(names) - 1) // 2
    return _measured(names, (one, two, both), held, (size, seen, possible), confidence)


def _lines(baskets: object, items: object, least: int) -> tuple[Any, tuple[IntArray, IntArray], int]:
    raw = np.ravel(np.asarray(baskets))
    basket_ids, basket = codes_of("baskets", raw, len(raw))
    names, item = codes_of("items", items, len(raw))
    same_rows("items", item, len(raw))
    key = np.unique(basket * np.int64(max(len(names), 1)) + item)
    basket, item = np.divmod(key, max(len(names), 1))
    common = np.flatnonzero(np.bincount(item, minlength=len(names)) >= least)
    if len(common) > MAX_ITEMS:
        fail_limit("items", len(common), MAX_ITEMS, "products", reason="too_many_items")
    place = np.full(len(names), -1)
    place[common] = np.arange(len(common))
    left = place[item] >= 0
    return names[common], (basket[left], place[item[left]]), len(basket_ids)


def _pairs(basket: IntArray, item: IntArray, size: int) -> tuple[IntArray, IntArray, IntArray]:
    # The table of baskets by items times itself counts in how many baskets each pair meets.
    from scipy.sparse import csr_array, triu

    counts = np.bincount(basket)
    total = int((counts * (counts - 1) // 2).sum())
    if total > MAX_PAIRS:
        fail_limit("baskets", total, MAX_PAIRS, "pairs within baskets", reason="too_many_pairs")
    table = csr_array((np.ones(len(item), dtype=np.int32), (basket, item)), shape=(len(counts), size))
    met = triu(table.T @ table, k=1, format="coo")
    one, two = (np.asarray(column, dtype=np.int64) for column in met.coords)
    return one, two, np.asarray(met.data, dtype=np.int64)


def _measured(names: Any, pairs: Any, held: IntArray, sizes: tuple[int, int, int], confidence: float) -> Associations:
    (one, two, both), (n, seen, possible) = pairs, sizes
    n_one, n_two, met = (column.astype(np.float64) for column in (held[one], held[two], both))
    z = normal_quantile(confidence)
    lift = n * met / (n_one * n_two)
    variance = _log_lift_variance(met, n_one, n_two, float(n))
    around = np.exp(z * np.sqrt(variance))
    low, high = wilson_of(met, n_one, z)
    p = _by_chance(met, n_one, n_two, float(n), possible)
    order = np.argsort(-(lift / around), kind="stable")
    columns = {
        "first": names[one],
        "second": names[two],
        "first_code": one,
        "second_code": two,
        "baskets": both,
        "support": met / n if n else met,
        "confidence_first": met / n_one,
        "confidence_second": met / n_two,
        "confidence_low": low,
        "confidence_high": high,
        "lift": lift,
        "lift_low": lift / around,
        "lift_high": lift * around,
        "p_value": p,
    }
    rows = {name: column[order] for name, column in columns.items()}
    return Associations(**rows, all_baskets=n, pairs_seen=seen, confidence=confidence)


def _log_lift_variance(met: FloatArray, one: FloatArray, two: FloatArray, n: float) -> FloatArray:
    # ln lift = ln p11 - ln p1. - ln p.1 + const; delta method with the multinomial covariance of the four cells.
    p, a, b = met / n, one / n, two / n
    by_both, by_one, by_two = 1 / p - 1 / a - 1 / b, -1 / a, -1 / b
    mean = p * by_both + (a - p) * by_one + (b - p) * by_two
    square = p * by_both**2 + (a - p) * by_one**2 + (b - p) * by_two**2
    found: FloatArray = np.maximum(square - mean**2, 0.0) / n
    return found


def _by_chance(met: FloatArray, one: FloatArray, two: FloatArray, n: float, possible: int) -> FloatArray:
    # Pairs that are not listed were looked at, too; they count as having shown nothing, so that Benjamini-Hochberg over
    # all pairs is that over the listed ones times the share of the listed.
    p = np.asarray(binomial_p(met, one, two / n, "greater")) if len(met) else met
    found: FloatArray = np.minimum(adjust(p, "benjamini_hochberg") * (possible / max(len(p), 1)), 1.0)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class CrossSell(Table):
    """What to show to buyers of each product (加购推荐): one row for each product and recommendation.

    Attributes
    ----------
    item, offer : arrays of shape (m,)
    rank : int64 array
        From 1.
    confidence, confidence_low : float64 arrays
        Share of the buyers of `item` who bought `offer`, and the lower end of its interval.
    lift : float64 array
    """

    item: Any
    offer: Any
    rank: IntArray
    confidence: FloatArray
    confidence_low: FloatArray
    lift: FloatArray


def cross_sell(found: Associations, *, top: int = 3, min_lift: float = 1.0, max_p_value: float = 0.05) -> CrossSell:
    """Return what to offer beside each product (交叉销售清单): the surest shares of buyers first.

    Parameters
    ----------
    found : Associations
    top : int
        Offers for each product.
    min_lift : float
        Only pairs whose lift is surely above: a bestseller is bought with everything and recommends nothing.
    max_p_value : float
        Adjusted.

    Returns
    -------
    CrossSell

    Examples
    --------
    >>> baskets = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12]
    >>> found = associations(baskets, ["tea", "cup"] * 6 + ["jam"] * 6)
    >>> offers = cross_sell(found)
    >>> offers.item.tolist(), offers.offer.tolist()
    (['cup', 'tea'], ['tea', 'cup'])
    """
    instance("found", found, Associations)
    integer("top", top, low=1)
    floor, limit = number("min_lift", min_lift, low=0.0), number("max_p_value", max_p_value, low=0.0)
    keep = (found.lift_low > floor) & (found.p_value <= limit)
    item = np.concatenate([found.first_code[keep], found.second_code[keep]])
    offer = np.concatenate([found.second_code[keep], found.first_code[keep]])
    names = np.concatenate([found.first[keep], found.second[keep]])
    share = np.concatenate([found.confidence_first[keep], found.confidence_second[keep]])
    lift, both = (np.tile(column[keep], 2) for column in (found.lift, found.baskets.astype(np.float64)))
    low, _ = wilson_of(both, both / share, normal_quantile(found.confidence))
    order = np.lexsort((offer, -low, item))
    new = np.r_[True, item[order][1:] != item[order][:-1]] if len(order) else np.zeros(0, dtype=bool)
    start = np.flatnonzero(new)
    rank = np.arange(len(order)) - np.repeat(start, np.diff(np.r_[start, len(order)])) + 1
    first = rank <= top
    order = order[first]
    other = (order + int(keep.sum())) % max(len(names), 1)
    return CrossSell(names[order], names[other], rank[first], share[order], low[order], lift[order])
