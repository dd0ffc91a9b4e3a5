"""A lucky wheel, a discount for goods of one colour, and the stacking they were made for."""

from shopcore.promotions import Kind
from shopcore_wheel_rules._colour_match import ColourMatch
from shopcore_wheel_rules._lucky_wheel import LuckyWheel, Prize
from shopcore_wheel_rules._stacking import PARTY_WEEK

LUCKY_WHEEL = Kind("wheel.lucky", LuckyWheel.from_dict)
COLOUR_MATCH = Kind("wheel.colour_match", ColourMatch.from_dict)

__all__ = ["COLOUR_MATCH", "LUCKY_WHEEL", "PARTY_WEEK", "ColourMatch", "LuckyWheel", "Prize"]
