"""Rules made of rules: the best of several, or one after the other."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from shopcore._checks import fail
from shopcore.models import Model, Public
from shopcore.models._fields import Many
from shopcore.models._promotion import EffectField, RawRule
from shopcore.models._rule import CartView, Cut, Proposal, Unmet
from shopcore.promotions._bounds import bound_of
from shopcore.promotions._contract import check_proposal
from shopcore.promotions._grant import grant
from shopcore.promotions._view import View
from shopcore.promotions.rules._base import fail_rule

__all__ = ["BestOf", "Sequence"]

Parts: TypeAlias = Annotated[tuple[EffectField, ...], Many(20, "rules")]


class _Combination(Model):
    v: Public[Literal[1]] = 1
    of: Public[Parts]

    def model_post_init(self, _context: Any, /) -> None:
        """Refuse combinations of combinations: two levels say all there is to say."""
        if any(isinstance(part, _Combination) for part in self.of):
            fail_rule("of", "plain rules, not combinations")

    def resolved(self, find: Any) -> Self:
        """Return it with its parts looked up by `find`."""
        return self.evolve(of=tuple(find(part) for part in self.of))


def _asked(part: Any, view: View) -> Proposal:
    if isinstance(part, RawRule):
        return Proposal(unmet=Unmet("unknown_kind"))
    found: object = part.propose(view) if hasattr(part, "propose") else part(view)
    return check_proposal(found, len(view.list_price), "of a combination")


def _engine_view(view: CartView) -> View:
    if isinstance(view, View):
        return view
    return fail("view", view, "the engine's own view", reason="type")


class BestOf(_Combination):
    """Whichever of these rules takes off most on this cart (取最优惠).

    Examples
    --------
    >>> from shopcore.models import Money
    >>> from shopcore.promotions.rules import PercentOff, RedPacket
    >>> len(BestOf(of=[PercentOff(percent="10%"), RedPacket(amount=Money(888, "CNY"))]).of)
    2
    """

    kind: Public[Literal["best_of"]] = "best_of"

    def propose(self, view: CartView) -> Proposal:
        """Return the proposal that takes off most; the first of equals."""
        best, most = Proposal(unmet=Unmet("missing_item")), -1
        whole = _engine_view(view)
        for part in self.of:
            own = whole.beside(part)
            found = _asked(part, own)
            worth = -1 if found.unmet is not None else sum(grant(own, found).values()) + found.shipping
            if worth > most or (most < 0 and part is self.of[0]):
                best, most = found, worth
        return best

    def upper_bound(self, view: CartView) -> int:
        """Return the largest bound of its parts."""
        whole = _engine_view(view)
        return max((bound_of(part, whole.beside(part), self.kind) for part in self.of), default=0)


class Sequence(_Combination):
    """These rules one after the other as one promotion, each on what the earlier ones left.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> from shopcore.promotions.rules import AmountOff, PercentOff
    >>> Sequence(of=[AmountOff(amount=Money(500, "CNY")), PercentOff(percent="10%")]).kind
    'sequence'
    """

    kind: Public[Literal["sequence"]] = "sequence"

    def propose(self, view: CartView) -> Proposal:
        """Return the shares of all rules together, each one seeing what is left."""
        shares: dict[int, int] = {}
        gifts: list[tuple[str, int]] = []
        shipping, unmet = 0, None
        whole = _engine_view(view)
        for part in self.of:
            own = whole.beside(part).lowered(shares, shipping)
            found = _asked(part, own)
            unmet = unmet or found.unmet
            for unit, minor in grant(own, found).items():
                shares[unit] = shares.get(unit, 0) + minor
            shipping += min(found.shipping, own.shipping)
            gifts += found.gifts
        if not (shares or shipping or gifts):
            return Proposal(unmet=unmet or Unmet("no_effect"))
        units = tuple(sorted(shares))
        return Proposal((Cut(units, tuple(shares[unit] for unit in units)),), shipping=shipping, gifts=tuple(gifts))

    def upper_bound(self, view: CartView) -> int:
        """Return the bounds of its parts together."""
        whole = _engine_view(view)
        return sum(bound_of(part, whole.beside(part), self.kind) for part in self.of)
