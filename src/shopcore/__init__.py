"""shopcore answers an online shop's operating questions with typed values and pure functions."""

__version__ = "0.1.0"
