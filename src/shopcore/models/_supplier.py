"""Whom the shop buys from, on which terms, and how well they kept them."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import Field, model_validator

from shopcore.errors import CurrencyMismatchError, InputError
from shopcore.models._base import Model
from shopcore.models._fields import Amount, Count, Id, Many, Note, Price, Quantity, SkuCode, Title, Word
from shopcore.models._inputs import EMPTY, Items
from shopcore.models._period import Period
from shopcore.models._privacy import Personal, Public, Sensitive
from shopcore.models._ratio import Ratio

__all__ = ["ContractTerms", "LeadTime", "PriceTier", "Supplier", "SupplierRecord"]

Days: TypeAlias = Annotated[float, Field(ge=0, le=3_650)]


class LeadTime(Model):
    """How long deliveries take (到货周期), in days: mean, spread, and how many were observed."""

    sku: Public[SkuCode | None] = None
    mean_days: Public[Days]
    sd_days: Public[Days] = 0.0
    observed: Public[Count | None] = None


class PriceTier(Model):
    """The price of a unit from a quantity on (阶梯进价)."""

    sku: Public[SkuCode]
    from_quantity: Public[Quantity] = 1
    unit_price: Sensitive[Price]


class ContractTerms(Model):
    """What was agreed with a supplier (合同条款); sensitive as a whole.

    Raises
    ------
    InputError
        If two tiers of a SKU begin at the same quantity.
    """

    contract_id: Public[Id]
    valid: Public[Period | None] = None
    payment_days: Sensitive[Annotated[int, Field(ge=0, le=3_650)] | None] = None
    minimum_order_units: Sensitive[Count | None] = None
    minimum_order_value: Sensitive[Amount | None] = None
    tiers: Sensitive[Annotated[Items[PriceTier], Many(10_000, "tiers")]] = EMPTY
    delivery_terms: Sensitive[Word | None] = None
    takes_returns: Sensitive[bool] = False
    notes: Sensitive[Note | None] = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        starts = {(tier.sku, tier.from_quantity) for tier in self.tiers}
        if len(starts) != len(self.tiers):
            raise InputError(
                "tiers must begin at quantities that differ", argument="tiers", expected="different quantities",
                reason="duplicate",
            )  # fmt: skip
        currencies = {tier.unit_price.currency for tier in self.tiers}
        if self.minimum_order_value is not None:
            currencies.add(self.minimum_order_value.currency)
        if len(currencies) > 1:
            raise CurrencyMismatchError(
                "tiers must be of one currency", argument="tiers", expected="one currency", reason="currency_mismatch"
            )
        return self


class SupplierRecord(Model):
    """How well a supplier delivered (服务记录): counts, of which the rates are made.

    Raises
    ------
    InputError
        If more was on time, complete or defective than was delivered.

    Examples
    --------
    >>> record = SupplierRecord(deliveries=40, on_time=36, complete=39, units=5_000, defective=20)
    >>> record.on_time_rate.value, round(record.on_time_rate.low, 3), record.defect_rate.value
    (0.9, 0.769, 0.004)
    """

    deliveries: Sensitive[Count]
    on_time: Sensitive[Count] = 0
    complete: Sensitive[Count] = 0
    units: Sensitive[Count] = 0
    defective: Sensitive[Count] = 0

    @model_validator(mode="after")
    def _parts_of_the_whole(self) -> Self:
        if max(self.on_time, self.complete) > self.deliveries or self.defective > self.units:
            raise InputError(
                "on_time and complete must be at most deliveries, defective at most units",
                argument="on_time", expected="at most deliveries", reason="range",
            )  # fmt: skip
        return self

    @property
    def on_time_rate(self) -> Ratio:
        """Deliveries on time among all, with its Wilson interval."""
        return _share(self.on_time, self.deliveries)

    @property
    def defect_rate(self) -> Ratio:
        """Defective units among all, with its Wilson interval."""
        return _share(self.defective, self.units)


def _share(part: int, whole: int) -> Ratio:
    from shopcore._intervals import wilson

    if not whole:
        return Ratio(None, part, whole, reason="zero_denominator")
    low, high = wilson(part, whole)
    return Ratio(part / whole, part, whole, low=low, high=high, confidence=0.95, method="wilson")


class Supplier(Model):
    """A supplier (供应商): lead times, record of service and terms of the contract.

    Examples
    --------
    >>> kiln = Supplier(supplier_id="S1", name="Kiln & Co", lead_times=[LeadTime(mean_days=12, sd_days=3)])
    >>> kiln.lead_times[0].mean_days, "Kiln" in repr(kiln)
    (12.0, False)
    """

    supplier_id: Sensitive[Id]
    name: Sensitive[Title]
    contact: Personal[Title | None] = None
    phone: Personal[Word | None] = None
    skus: Sensitive[Annotated[Items[SkuCode], Many(100_000, "skus")]] = EMPTY
    lead_times: Sensitive[Annotated[Items[LeadTime], Many(10_000, "lead_times")]] = EMPTY
    record: Sensitive[SupplierRecord | None] = None
    terms: Sensitive[ContractTerms | None] = None
