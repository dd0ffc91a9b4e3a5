"""What an advertisement may cost: break-even returns and highest bids from a contribution margin."""

from __future__ import annotations

from dataclasses import dataclass

from shopcore._checks import fail, number
from shopcore.models._result import Result


@dataclass(frozen=True, slots=True)
class BreakEven(Result):
    """From which return on advertising pays (保本投产比).

    Attributes
    ----------
    contribution : float or None
        Money an ordered unit leaves before advertising; None where only the margin was given.
    contribution_margin : float
        Contribution over price.
    return_on_ad_spend : float or None
        Break-even ROAS, ``1 / contribution_margin``; None where nothing is left to pay advertising with.
    advertising_cost_of_sale : float or None
        Break-even ACoS, the margin itself.
    reason : str or None
        ``"never_breaks_even"``.
    """

    contribution: float | None
    contribution_margin: float
    return_on_ad_spend: float | None
    advertising_cost_of_sale: float | None
    reason: str | None = None

    def profit(self, spend: float, return_on_ad_spend: float) -> float:
        """Return what is left of a spend with this return: ``roas spend margin - spend``.

        Examples
        --------
        >>> round(break_even_return(0.4).profit(1000.0, 3.0), 9)
        200.0
        """
        cost = number("spend", spend, low=0.0)
        return number("return_on_ad_spend", return_on_ad_spend, low=0.0) * cost * self.contribution_margin - cost


def break_even_return(contribution_margin: float) -> BreakEven:
    """Return the break-even return on ad spend (保本投产比) of a margin given as a number.

    The guides' "at least 1 : 2.5" is a contribution margin of 40 %.

    Parameters
    ----------
    contribution_margin : float
        What is left of the price before advertising, at most 1; zero or less never breaks even.

    Returns
    -------
    BreakEven
        ROAS and ACoS.

    Raises
    ------
    InputError
        If the margin exceeds 1.

    Notes
    -----
    From a table of fees the margin is pricing's. Source: own definition.

    Examples
    --------
    >>> break_even_return(0.4).return_on_ad_spend, break_even_return(0.0).reason
    (2.5, 'never_breaks_even')
    """
    margin = number("contribution_margin", contribution_margin, high=1.0, hint="40 % is written as 0.4")
    return _break_even(None, margin)


def _break_even(contribution: float | None, margin: float) -> BreakEven:
    if margin <= 0.0:
        return BreakEven(contribution, margin, None, None, "never_breaks_even")
    return BreakEven(contribution, margin, 1.0 / margin, margin)


def break_even_of_order(
    price: float, unit_cost: float, *, commission_rate: float = 0.0, shipping: float = 0.0, refund_rate: float = 0.0
) -> BreakEven:
    """Return the break-even return on ad spend (保本投产比) of one ordered unit with refunds.

    Refunded orders count in the platform's return on ad spend but leave nothing except the cost of sending them.

    Parameters
    ----------
    price : float
        Paid by the customer, > 0, in one unit of money.
    unit_cost, shipping : float
        Cost of the goods, which come back with a refund, and of sending and packing, which does not; >= 0.
    commission_rate, refund_rate : float
        Shares in [0, 1]; the commission is returned with a refund.

    Returns
    -------
    BreakEven
        On gross attributed sales.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    ``contribution = (1 - refund)(price (1 - fee) - cost) - shipping``. An estimate in floats: exact waterfalls are
    pricing's. Source: own definition.

    Examples
    --------
    >>> found = break_even_of_order(100.0, 55.0, commission_rate=0.05, shipping=8.0, refund_rate=0.1)
    >>> round(found.contribution, 9), round(found.return_on_ad_spend, 6)
    (28.0, 3.571429)
    """
    paid = number("price", price, low=0.0, low_open=True)
    cost, sending = number("unit_cost", unit_cost, low=0.0), number("shipping", shipping, low=0.0)
    fee = number("commission_rate", commission_rate, low=0.0, high=1.0)
    refunded = number("refund_rate", refund_rate, low=0.0, high=1.0)
    contribution = (1.0 - refunded) * (paid * (1.0 - fee) - cost) - sending
    return _break_even(contribution, contribution / paid)


def highest_bid(
    conversion_rate: float,
    average_order_value: float,
    *,
    contribution_margin: float | None = None,
    target_return: float | None = None,
) -> float:
    """Return the highest bid per click (最高出价) that still breaks even, or reaches a target return.

    Parameters
    ----------
    conversion_rate : float
        Orders per click, in [0, 1]; of few orders use the shrunken rate of `review_plans`.
    average_order_value : float
        Money per order, >= 0.
    contribution_margin : float, optional
        Gives the break-even bid; in [0, 1].
    target_return : float, optional
        Gives the bid for a target ROAS; > 0. One of the two.

    Returns
    -------
    float
        Money per click.

    Raises
    ------
    InputError
        If a number is out of range, or both or none of margin and target are given.

    Notes
    -----
    ``CVR AOV margin`` or ``CVR AOV / target``. Source: own definition.

    Examples
    --------
    >>> round(highest_bid(0.03, 140.0, contribution_margin=0.4), 9)
    1.68
    >>> round(highest_bid(0.03, 140.0, target_return=2.5), 9)
    1.68
    """
    worth = number("conversion_rate", conversion_rate, low=0.0, high=1.0) * number(
        "average_order_value", average_order_value, low=0.0
    )
    if (contribution_margin is None) == (target_return is None):
        fail("contribution_margin", contribution_margin, "given, or target_return, but not both", reason="choice")
    if contribution_margin is not None:
        return worth * number("contribution_margin", contribution_margin, low=0.0, high=1.0)
    return worth / number("target_return", target_return, low=0.0, low_open=True)
