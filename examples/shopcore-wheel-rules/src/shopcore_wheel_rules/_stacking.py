"""How the party week stacks."""

from shopcore.models import Rate
from shopcore.promotions import StackingPolicy, StagePolicy

PARTY_WEEK = StackingPolicy(
    selection="best",
    stages=(StagePolicy(stage=1, within="best"),),  # of the games only the one that gives most
    group_limits=(("wheel", 1),),
    max_codes=1,
    max_discount=Rate("50%"),
)
"""The lowest price the rules allow, one game and one code for each order, never more than half of the list price."""
