"""Freight by template: first weight, further weight in started steps, volumetric weight, regions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shopcore._checks import fail, integer
from shopcore.models._amount import same_currency
from shopcore.models._base import Model
from shopcore.models._money import Money
from shopcore.models._privacy import Public
from shopcore.models._result import Result
from shopcore.pricing._component import AsTuple, Charge, Component, Level, Name
from shopcore.pricing._lines import Parcel, Reader, volumetric_grams

MAX_GRAMS = 10**9
Grams = Annotated[int, Field(ge=1, le=MAX_GRAMS)]


class Region(Model):
    """What a region pays more than the template says (偏远地区): once a parcel, and for each further step."""

    name: Public[Name]
    surcharge: Public[Charge]
    step_surcharge: Public[Charge | None] = None


class FreightTemplate(Model):
    """A freight template (运费模板): the first weight, then each started step of further weight (首重/续重).

    Parameters
    ----------
    first_weight : int
        Grams covered by `first_fee`.
    first_fee, step_fee : Money
        Fee of the first weight, and of each started step beyond it.
    step_weight : int
        Grams of one step.
    divisor : int, optional
        Cubic centimetres counted as one kilogram (5000 or 6000); without it volume does not count.
    regions : tuple of Region
        Surcharges by name.

    Examples
    --------
    >>> first, step = Money(500, "CNY"), Money(100, "CNY")
    >>> template = FreightTemplate(first_weight=1000, first_fee=first, step_weight=1000, step_fee=step)
    >>> freight(2300, template).fee
    Money(700, 'CNY')
    """

    first_weight: Public[Grams]
    first_fee: Public[Charge]
    step_weight: Public[Grams]
    step_fee: Public[Charge]
    divisor: Public[Annotated[int, Field(ge=1, le=1_000_000)] | None] = None
    regions: Public[Annotated[tuple[Region, ...], AsTuple, Field(max_length=500)]] = ()

    @model_validator(mode="after")
    def _check(self) -> FreightTemplate:
        for money in self.amounts():
            same_currency(self.first_fee, money)
        names = [region.name for region in self.regions]
        if len(set(names)) != len(names):
            fail("regions", names, "of different names", reason="duplicate")
        return self

    def amounts(self) -> tuple[Money, ...]:
        """Return every amount of the template."""
        extra = [region.surcharge for region in self.regions]
        steps = [region.step_surcharge for region in self.regions if region.step_surcharge is not None]
        return (self.first_fee, self.step_fee, *extra, *steps)

    def region(self, name: str | None) -> Region | None:
        """Return the surcharges of a region; None for no region."""
        if name is None:
            return None
        found = next((region for region in self.regions if region.name == name), None)
        if found is None:
            fail("region", name, "one of the template's regions", reason="unknown_region")
        return found


class Freight(Component):
    """The parcel's freight as a line of the waterfall; price does not change it.

    Examples
    --------
    >>> from shopcore.models import Money
    >>> first, step = Money(500, "CNY"), Money(100, "CNY")
    >>> template = FreightTemplate(first_weight=1000, first_fee=first, step_weight=1000, step_fee=step)
    >>> Freight(name="post", template=template).level
    'cm2'
    """

    kind: Public[Literal["freight"]] = "freight"
    level: Public[Level] = "cm2"
    template: Public[FreightTemplate]

    def amounts(self) -> tuple[Money, ...]:
        """Return every amount of the template."""
        return self.template.amounts()

    def in_numbers(self, minor: Reader) -> Parcel:
        """Return the template in whole numbers."""
        template = self.template
        surcharges = {x.name: (minor(x.surcharge), minor(x.step_surcharge)) for x in template.regions}
        first, step = minor(template.first_fee), minor(template.step_fee)
        return Parcel(template.first_weight, first, template.step_weight, step, template.divisor, surcharges)


@dataclass(frozen=True, slots=True)
class FreightFee(Result):
    """A parcel's freight and how it came about.

    Attributes
    ----------
    billable_grams : int
        The larger of weight and volumetric weight.
    volumetric_grams : int or None
        None where the template does not count volume or no size was given.
    steps : int
        Started steps beyond the first weight.
    fee : Money
        First fee, steps and surcharges.
    """

    billable_grams: int
    volumetric_grams: int | None
    steps: int
    fee: Money

    def explain(self) -> str:
        """Return the billable weight, the steps and the fee in words."""
        by = "volume" if self.volumetric_grams == self.billable_grams else "weight"
        return f"{self.billable_grams} g billable by {by}: first weight and {self.steps} steps = {self.fee}"


def freight(
    weight: int,
    template: FreightTemplate,
    *,
    size: tuple[int, int, int] | None = None,
    region: str | None = None,
) -> FreightFee:
    """Return a parcel's freight by template (运费).

    Parameters
    ----------
    weight : int
        Actual weight in grams, zero or positive.
    template : FreightTemplate
        First weight, step, divisor and regions.
    size : tuple of three int, optional
        Length, width and height in millimetres.
    region : str, optional
        Name of a region of the template.

    Returns
    -------
    FreightFee
        Billable weight, steps and fee.

    Raises
    ------
    InputError
        If the weight is negative or the region unknown.

    Notes
    -----
    billable = max(weight, length x width x height / divisor), in started grams; fee = first fee + step fee x
    ceil((billable - first weight) / step weight) + surcharges. Source: carriers' public tariffs (5000 or 6000
    cm3 a kilogram).

    Examples
    --------
    >>> first, step = Money(500, "CNY"), Money(100, "CNY")
    >>> template = FreightTemplate(
    ...     first_weight=1000, first_fee=first, step_weight=1000, step_fee=step, divisor=6000
    ... )
    >>> print(freight(800, template, size=(400, 300, 200)).explain())
    4000 g billable by volume: first weight and 3 steps = 8.00 CNY
    """
    integer("weight", weight, low=0, high=MAX_GRAMS)
    by_volume = None
    if template.divisor is not None and size is not None:
        by_volume = volumetric_grams(volume_of(size), template.divisor)
    billable = weight if by_volume is None else max(weight, by_volume)
    steps = max(0, -(-(billable - template.first_weight) // template.step_weight))
    fee = template.first_fee + template.step_fee * steps
    where = template.region(region)
    if where is not None:
        fee = fee + where.surcharge
        if where.step_surcharge is not None:
            fee = fee + where.step_surcharge * steps
    return FreightFee(billable, by_volume, steps, fee)


def volume_of(size: tuple[int, int, int]) -> int:
    """Return the volume of three checked edges."""
    if not isinstance(size, tuple | list) or len(size) != 3:
        fail("size", size, "three lengths in millimetres", reason="shape")
    length, width, height = (integer("size", edge, low=1, high=100_000) for edge in size)
    return length * width * height
